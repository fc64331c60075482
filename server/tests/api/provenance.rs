//! Where the values of a record come from.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{carry_out, upload};
use super::{encode, make_account, path_of};

fn of<'j>(told: &'j Json, field: &str) -> &'j Json {
    told["items"].as_array().unwrap().iter().find(|it| it["field"] == field).unwrap_or(&Json::Null)
}

#[test]
fn each_value_names_the_last_change_that_set_it_and_an_import_taken_back_gives_the_old_ones_back() {
    on_both_stores(|server| {
        let client = server.administrator();
        let contact = |values: Json| client.post("/records/contact", values).expect(201);
        let wang = contact(json!({ "name": "王伟", "email": "wei@x.example", "title": "经理" }));
        let path = path_of("contact", &wang);
        let ask = || client.get(&format!("{path}/provenance")).expect(200);
        server.clock.advance(60);
        let up = upload(&client, "contact", "年底清理.csv", "e-mail,job title\nwei@x.example,总监\n".as_bytes());
        let ended = carry_out(server, &client, &up, json!({ "field": "email", "on_match": "overwrite" }));
        assert_eq!(ended["counts"]["update"], 1, "{ended}");
        let told = ask();
        assert_eq!((&of(&told, "title")["source"], &of(&told, "title")["file"]), (&json!("imported"), &json!("年底清理.csv")));
        assert_eq!((&of(&told, "email")["source"], &of(&told, "email")["file"]), (&json!("entered"), &Json::Null));
        assert!(of(&told, "email")["actor"]["label"].is_string() && of(&told, "mobile").is_null());

        server.clock.advance(60);
        let double = contact(json!({ "name": "王伟伟", "mobile": "13812345678" }));
        client.post(&format!("{path}/merge"), json!({ "others": [double["id"]] })).expect(200);
        assert_eq!(of(&ask(), "mobile")["source"], "merged");

        // Taking the import back gives updated fields their old values; what was changed since would stay.
        server.clock.advance(60);
        let change = ended["change_id"].as_str().unwrap();
        let back = client.post(&format!("/changes/{change}/undo"), json!({})).expect(200);
        assert_eq!((&back["undone"], &back["skipped"]), (&json!(1), &json!([])));
        assert_eq!(client.get(&path).expect(200)["title"], "经理");
        assert_eq!(of(&ask(), "title")["source"], "undone");
    });
}

#[test]
fn it_tells_nothing_that_is_hidden() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        server.sign_in("ma").get(&format!("{}/provenance", path_of("account", &account))).problem(404, "not_found");
        client.get("/records/account/01890000-0000-7000-8000-000000000000/provenance").problem(404, "not_found");
        let contact = client.post("/records/contact", json!({ "name": "王伟", "mobile": "13812345678" })).expect(201);
        let path = path_of("contact", &contact);
        let analyst = server.caller("analyst");
        assert_ne!(analyst.get(&path).expect(200)["mobile"], contact["mobile"], "analysts see numbers covered");
        let told = analyst.get(&format!("{path}/provenance")).expect(200);
        assert!(of(&told, "mobile").is_null() && !of(&told, "name").is_null(), "{told}");
    });
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

const ASKED: [&str; 4] = ["name", "email", "mobile", "title"];

fn found(client: &Client<'_>, filter: &str) -> BTreeSet<String> {
    let path = format!("/records/contact?limit=500&fields=name&filter={}", encode(filter));
    client.get(&path).expect(200)["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

/// One change of those that set fields in different ways.
fn change(server: &TestServer, client: &Client<'_>, dice: &mut Dice, step: usize, people: &mut Vec<String>, changes: &mut Vec<String>) {
    let (field, one) = (["mobile", "title", "email"][dice.roll(3)], dice.roll(people.len().max(1)));
    let value = match field {
        "mobile" => json!(format!("1381234{:04}", step)),
        "title" if dice.roll(4) == 0 => Json::Null,
        "title" => json!(format!("职务{step}")),
        _ => json!(format!("p{step}@x.example")),
    };
    match dice.roll(6) {
        _ if people.len() < 10 => {
            let made = client.post("/records/contact", json!({ "name": format!("人{step}"), "email": format!("e{step}@x.example") })).expect(201);
            people.push(made["id"].as_str().unwrap().to_owned());
        }
        0 => drop(client.patch(&format!("/records/contact/{}", people[one]), json!({ field: value })).expect(200)),
        1 => {
            let body = json!({ "ids": [people[one], people[(one + 1) % people.len()]], "change": { "update": { "title": format!("批量{step}") } } });
            let done = client.post("/records/contact/bulk", body).expect(200);
            changes.push(done["change_id"].as_str().unwrap().to_owned());
        }
        2 | 3 => {
            let kept = client.get(&format!("/records/contact/{}", people[one])).expect(200);
            let email = kept["email"].as_str().map_or_else(|| format!("n{step}@x.example"), str::to_owned);
            let csv = format!("姓名,e-mail,job title,手机号码\n导入{step},{email},总监{step},1390000{step:04}\n");
            let up = upload(client, "contact", "清理.csv", csv.as_bytes());
            let ended = carry_out(server, client, &up, json!({ "field": "email", "on_match": "overwrite" }));
            assert_eq!(ended["counts"]["reject"], 0, "{ended}");
            changes.push(ended["change_id"].as_str().unwrap().to_owned());
        }
        4 if people.len() > 4 => {
            let other = people.remove((one + 1) % people.len());
            let one = &people[one % people.len()];
            client.post(&format!("/records/contact/{one}/merge"), json!({ "others": [other] })).expect(200);
        }
        _ => {
            if let Some(change) = changes.pop() {
                client.post(&format!("/changes/{change}/undo"), json!({})).expect(200);
            }
        }
    }
}

#[test]
fn filters_by_source_find_what_the_provenance_of_each_record_says() {
    on_both_stores(|server| {
        let client = server.administrator();
        let (mut dice, mut people, mut changes) = (Dice(20_261_201), Vec::new(), Vec::new());
        for step in 0..70 {
            server.clock.advance(60);
            change(server, &client, &mut dice, step, &mut people, &mut changes);
        }
        // Whatever the dice led to, these two are there in the end.
        server.clock.advance(60);
        let bulk = json!({ "ids": [people[0], people[1]], "change": { "update": { "title": "批量" } } });
        client.post("/records/contact/bulk", bulk).expect(200);
        let (kept, double) = (format!("/records/contact/{}", people[2]), json!({ "name": "重复的人", "mobile": "13899990000" }));
        client.patch(&kept, json!({ "mobile": null, "email": "kept@x.example" })).expect(200);
        let double = client.post("/records/contact", double).expect(201);
        client.post(&format!("{kept}/merge"), json!({ "others": [double["id"]] })).expect(200);
        server.settle();
        let all = found(&client, "true");
        assert!(all.len() > 6, "{all:?}");
        let mut told: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
        let (mut since, mut of_change): (BTreeSet<String>, BTreeMap<String, BTreeSet<String>>) = Default::default();
        let half = "2026-11-16T02:50:00Z";
        for id in &all {
            let record = client.get(&format!("/records/contact/{id}")).expect(200);
            let items = client.get(&format!("/records/contact/{id}/provenance")).expect(200)["items"].as_array().unwrap().clone();
            for field in ASKED {
                let source = items.iter().find(|it| it["field"] == field);
                let name = source.and_then(|it| it["source"].as_str()).unwrap_or("nobody");
                // What was typed and emptied again has no value, and nothing is kept of it.
                let is_typed_away = name == "entered" && record[field].is_null();
                if !is_typed_away {
                    told.entry((field, name.to_owned())).or_default().insert(id.clone());
                }
                if let Some(it) = source.filter(|it| field == "title" && it["source"] != "entered") {
                    of_change.entry(it["change_id"].as_str().unwrap().to_owned()).or_default().insert(id.clone());
                    if it["at"].as_str().unwrap() >= half {
                        since.insert(id.clone());
                    }
                }
            }
        }
        for source in ["imported", "bulk", "merged", "undone", "entered"] {
            let seen = ASKED.iter().any(|field| told.contains_key(&(*field, source.to_owned())));
            assert!(seen, "the steps never led to {source}: {told:?}");
            for field in ASKED {
                let expected = told.get(&(field, source.to_owned())).cloned().unwrap_or_default();
                assert_eq!(found(&client, &format!("source({field}) == '{source}'")), expected, "{field} {source}");
                let others: BTreeSet<String> = all.difference(&expected).cloned().collect();
                assert_eq!(found(&client, &format!("source({field}) != '{source}'")), others, "{field} not {source}");
                let either = &expected | &told.get(&(field, "merged".to_owned())).cloned().unwrap_or_default();
                assert_eq!(found(&client, &format!("source({field}) in ['{source}', 'merged']")), either, "{field} in {source}");
                let neither: BTreeSet<String> = all.difference(&either).cloned().collect();
                assert_eq!(found(&client, &format!("!(source({field}) in ['{source}', 'merged'])")), neither);
            }
        }
        assert!(!since.is_empty() && since.len() < all.len());
        assert_eq!(found(&client, &format!("sourceAt(title) >= '{half}'")), since);
        for (change, expected) in of_change {
            assert_eq!(found(&client, &format!("sourceChange(title) == '{change}'")), expected);
        }
        // Summaries and saved views ask the same.
        let imported = told[&("mobile", "imported".to_owned())].len();
        let path = format!("/records/contact/aggregate?measures=count&filter={}", encode("source(mobile) == 'imported'"));
        assert_eq!(client.get(&path).expect(200)["groups"][0]["values"]["count"], json!(imported));
    });
}

#[test]
fn what_a_program_sends_with_an_api_key_is_told_from_what_people_type() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        let made = sales.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example" })).expect(201);
        let path = path_of("contact", &made);
        let key = sales.post("/me/api-keys", json!({ "name": "外呼助手" })).expect(201);
        let mut program = server.anonymous();
        program.key = key["key"].as_str().map(str::to_owned);
        server.clock.advance(60);
        program.patch(&path, json!({ "title": "总监", "email": "w@x.example" })).expect(200);
        server.clock.advance(60);
        let body = json!({ "ids": [made["id"]], "change": { "update": { "mobile": "13812345678" } } });
        program.post("/records/contact/bulk", body).expect(200);
        server.clock.advance(60);
        sales.patch(&path, json!({ "email": "wei@x.example" })).expect(200);
        let told = sales.get(&format!("{path}/provenance")).expect(200);
        for field in ["title", "mobile"] {
            assert_eq!((&of(&told, field)["source"], &of(&told, field)["from"]), (&json!("agent"), &json!("外呼助手")), "{told}");
        }
        assert_eq!((&of(&told, "email")["source"], &of(&told, "email")["from"]), (&json!("entered"), &Json::Null));
        server.settle();
        for (filter, hits) in [("source(title) == 'agent'", 1), ("source(email) == 'agent'", 0), ("source(mobile) != 'agent'", 0)] {
            assert_eq!(found(&sales, filter).len(), hits, "{filter}");
        }
        // The audit log names the key.
        let rows = server.audit(&["update"]);
        let of_contact: Vec<&Json> = rows.iter().filter(|it| it.1.is_some_and(|id| json!(id) == made["id"])).map(|it| &it.2).collect();
        assert_eq!((of_contact.len(), &of_contact[0]["api_key"], &of_contact[1]["api_key"]), (2, &json!("外呼助手"), &Json::Null));
    });
}

#[test]
fn the_source_of_a_field_is_asked_by_whoever_may_filter_by_it_and_nowhere_else() {
    on_both_stores(|server| {
        let admin = server.administrator();
        admin.post("/records/contact", json!({ "name": "王伟", "mobile": "13812345678" })).expect(201);
        server.settle();
        let ask = |client: &Client<'_>, filter: &str| client.get(&format!("/records/contact?filter={}", encode(filter)));
        let analyst = server.caller("analyst");
        let hidden = ask(&analyst, "source(mobile) == 'entered'").problem(400, "bad_filter");
        let unknown = ask(&analyst, "source(mobilf) == 'entered'").problem(400, "bad_filter");
        assert_eq!(hidden["detail"].as_str().unwrap().replace("mobile", "mobilf"), unknown["detail"].as_str().unwrap(), "the two read the same");
        assert_eq!(ask(&analyst, "source(name) == 'entered'").expect(200)["items"].as_array().unwrap().len(), 1);
        // Of a record referred to, of what is no field, and in other tests than comparisons it is not asked.
        for wrong in
            ["source(account.name) == 'entered'", "source('x') == 'entered'", "source(name).contains('e')", "source(name) == name", "source()"]
        {
            ask(&admin, wrong).problem(400, "bad_filter");
        }
        // Nor of what the system works out, and for no source there is none of.
        for wrong in ["source(created_at) == 'entered'", "source(name) == 'import'", "source(name) != 'import'", "source(name) in ['merged', 'x']"] {
            ask(&admin, wrong).problem(400, "bad_filter");
        }
        // Where a record by itself is asked, nobody knows.
        let rule = json!({ "name": "x", "object": "contact", "check": "expression", "expression": "source(name) == 'entered'", "message": "m" });
        admin.post("/records/quality_rule", rule).field_problem(422, "expression", "rule");
    });
}
