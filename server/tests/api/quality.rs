//! Data quality: what is judged and kept right, who is told of it, how it went, and mending many at once.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{encode, path_of};

const RULES: &str = "/records/quality_rule";
const LIST: &str = "/quality/account/worklist";
const SUMMARY: &str = "/quality/account/summary";
const FIX: &str = "/quality/account/fix";
/// A code whose check digit fits, and the same with a typing error: a plain text takes both.
const RIGHT: &str = "91110000802100433B";
const WRONG: &str = "91110000802100433C";

fn rule(values: Json) -> Json {
    let mut rule = json!({ "name": "规则", "object": "account", "check": "required", "message": "请补充", "weight": 10 });
    rule.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    rule
}

fn add_rule(admin: &Client<'_>, values: Json) -> Json {
    admin.post(RULES, rule(values)).expect(201)
}

fn add(client: &Client<'_>, values: Json) -> Json {
    client.post("/records/account", values).expect(201)
}

fn names(page: &Json) -> Vec<String> {
    let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|it| it["record"]["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn run_job(server: &TestServer, kind: &str) {
    let context = server.workspace.system_context(Uuid::nil(), "test");
    server.workspace.registry.job(kind).unwrap().run(&context, &json!({})).unwrap();
}

fn quality_of(client: &Client<'_>, object: &str, record: &Json) -> Json {
    client.get(&format!("{}/quality", path_of(object, record))).expect(200)
}

#[test]
fn records_are_judged_when_a_rule_comes_and_as_they_change() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (good, bad) = (add(&admin, json!({ "name": "甲", "industry": "food" })), add(&admin, json!({ "name": "乙" })));
        let rule =
            add_rule(&admin, json!({ "name": "有行业", "name_en": "Has an industry", "field": "industry", "weight": 30, "message_en": "Add it" }));
        let code = json!({ "name": "代码正确", "field": "legal_representative", "check": "valid", "valid_as": "credit_code", "kind": "wrong", "severity": "high" });
        add_rule(&admin, code);
        server.settle();
        let page = admin.get(&format!("{LIST}?kind=incomplete&count=exact")).expect(200);
        assert_eq!((names(&page), &page["count"]["value"]), (vec!["乙".to_owned()], &json!(1)));
        assert_eq!(page["rules"][0]["message"], json!({ "zh-CN": "请补充", "en": "Add it" }));
        assert_eq!(page["items"][0]["score"], 0.0);
        assert_eq!(quality_of(&admin, "account", &good)["score"], 100.0);
        // A change is judged as the log tells of it; what does not concern it does not count.
        admin.patch(&path_of("account", &bad), json!({ "industry": "pharma", "legal_representative": WRONG })).expect(200);
        server.settle();
        let told = quality_of(&admin, "account", &bad);
        assert_eq!(told["score"], 75.0, "30 of 40");
        assert_eq!((&told["findings"][0]["rule"]["name"]["zh-CN"], &told["findings"][0]["text"]), (&json!("代码正确"), &json!(WRONG)));
        assert_eq!(told["held"][0]["id"], rule["id"]);
        assert_eq!(names(&admin.get(&format!("{LIST}?severity=high")).expect(200)), ["乙"]);
        assert_eq!(names(&admin.get(&format!("{LIST}?rule={}", rule["id"].as_str().unwrap())).expect(200)), Vec::<String>::new());
        admin.patch(&path_of("account", &bad), json!({ "legal_representative": RIGHT })).expect(200);
        server.settle();
        assert_eq!(quality_of(&admin, "account", &bad)["score"], 100.0);
        // In the bin it is nobody's work, and out of it it is again.
        admin.patch(&path_of("account", &bad), json!({ "industry": null })).expect(200);
        server.settle();
        admin.delete(&path_of("account", &bad)).expect(204);
        server.settle();
        assert_eq!(admin.get(SUMMARY).expect(200)["incomplete"], 0);
        admin.post(&format!("{}/restore", path_of("account", &bad)), json!({})).expect(200);
        server.settle();
        assert_eq!(admin.get(SUMMARY).expect(200)["incomplete"], 1);
        // What a rule weighs counts at once; what it asks, when all were asked.
        admin.patch(&path_of("quality_rule", &rule), json!({ "active": false })).expect(200);
        assert_eq!(admin.get(SUMMARY).expect(200)["incomplete"], 0);
        server.settle();
        assert_eq!(admin.get("/quality").expect(200)["items"][0]["rules"], 1);
    });
}

#[test]
fn every_kind_of_check_says_what_it_says() {
    on_both_stores(|server| {
        let admin = server.administrator();
        add(&admin, json!({ "name": "甲", "short_name": "A1", "level": "a", "kind": "company" }));
        add(&admin, json!({ "name": "乙", "short_name": "没有", "level": "b", "address": { "province": "广东省", "city": "杭州市" } }));
        add(&admin, json!({ "name": "丙", "short_name": "产品一", "founded_on": "2030-01-01", "address": "广东省深圳市南山区科技园南路1号" }));
        admin.post("/records/product", json!({ "name": "产品一", "code": "P1", "family": "sensor", "list_price": "100" })).expect(201);
        let asked = |name: &str, values: Json| (name.to_owned(), add_rule(&admin, values)["id"].as_str().unwrap().to_owned());
        let rules = [
            asked("乙丙", json!({ "check": "pattern", "field": "short_name", "pattern": "[A-Z][0-9]|[A-Z]" })),
            asked("甲丙", json!({ "check": "one_of", "field": "level", "values": "b\nd" })),
            asked("甲乙", json!({ "check": "exists_in", "field": "short_name", "list_object": "product", "list_field": "name" })),
            asked("丙", json!({ "check": "expression", "expression": "founded_on == null || founded_on <= today()", "field": "founded_on" })),
            asked("乙", json!({ "check": "valid", "field": "address", "valid_as": "address", "kind": "wrong" })),
            asked("甲", json!({ "check": "required", "field": "address.city" })),
            asked("", json!({ "check": "required", "field": "phone", "filter": "level == 'd'" })),
            asked("", json!({ "check": "valid", "field": "level", "valid_as": "field_type" })),
        ];
        server.settle();
        for (found, id) in &rules {
            let page = admin.get(&format!("{LIST}?rule={id}")).expect(200);
            assert_eq!(names(&page).concat().chars().filter(|it| found.contains(*it)).count(), found.chars().count(), "{id} {page}");
            assert_eq!(names(&page).len(), found.chars().count(), "{page}");
        }
        // A value that comes into the list is no fault any more.
        admin.post("/records/product", json!({ "name": "没有", "code": "P2", "family": "sensor", "list_price": "100" })).expect(201);
        server.settle();
        assert_eq!(names(&admin.get(&format!("{LIST}?rule={}", rules[2].1)).expect(200)), ["甲"]);
    });
}

#[test]
fn time_makes_stale_and_a_call_makes_fresh() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let account = add(&admin, json!({ "name": "甲", "level": "a" }));
        add_rule(&admin, json!({ "check": "fresh", "field": "last_activity_at", "days": 30, "filter": "level == 'a'", "kind": "stale" }));
        server.settle();
        assert_eq!(admin.get(SUMMARY).expect(200)["stale"], 0, "new ones have their time");
        server.clock.advance(3_600 * 24 * 29);
        run_job(server, "quality.freshness");
        let admin = server.administrator();
        assert_eq!(admin.get(SUMMARY).expect(200)["stale"], 0);
        server.clock.advance(3_600 * 24);
        run_job(server, "quality.freshness");
        let admin = server.administrator();
        assert_eq!(names(&admin.get(&format!("{LIST}?kind=stale")).expect(200)), ["甲"]);
        // Nothing in the log tells of a roll-up; the call that moves it does.
        let call = json!({ "kind": "call", "subject": "回访", "account": account["id"], "status": "done" });
        let call = admin.post("/records/activity", call).expect(201);
        server.settle();
        assert_eq!(admin.get(SUMMARY).expect(200)["stale"], 0);
        admin.delete(&path_of("activity", &call)).expect(204);
        server.settle();
        assert_eq!(admin.get(SUMMARY).expect(200)["stale"], 1);
    });
}

#[test]
fn rules_reach_no_roll_up_by_way_of_a_formula() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let formula = |name: &str, expression: &str| {
            let label = json!({ "zh-CN": name, "en": name });
            let field = json!({ "name": name, "type": "formula", "result": "number", "expression": expression, "label": label });
            let change = json!({ "op": "add_field", "object": "account", "field": field });
            admin.post("/schema/apply", json!({ "changes": [change] })).expect(200);
        };
        formula("twice_people", "contact_count * 2");
        formula("four_times", "twice_people * 2");
        formula("staff", "employees * 2");
        let of_contacts = |expression: &str| rule(json!({ "object": "contact", "check": "expression", "expression": expression }));
        for wrong in ["account.contact_count > 1", "account.twice_people > 1", "account.four_times > 1"] {
            admin.post(RULES, of_contacts(wrong)).field_problem(422, "expression", "rule");
        }
        admin.post(RULES, of_contacts("account.staff > 1")).expect(201);
    });
}

#[test]
fn rows_out_of_reach_are_in_no_list_score_or_trend() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let other = server.create("department", json!({ "name": "别的部门" }));
        server.add_member("far", &["sales"], other);
        let (near, far) = (server.caller("sales"), server.sign_in("far"));
        add(&near, json!({ "name": "近的" }));
        add(&far, json!({ "name": "远的" }));
        let hidden = add(&far, json!({ "name": "远的二" }));
        add_rule(&admin, json!({ "field": "industry" }));
        server.settle();
        assert_eq!(names(&admin.get(LIST).expect(200)), ["近的", "远的", "远的二"]);
        assert_eq!(names(&near.get(LIST).expect(200)), ["近的"]);
        let (all, own) = (admin.get(&format!("{SUMMARY}?by=department")).expect(200), near.get(&format!("{SUMMARY}?by=department")).expect(200));
        assert_eq!((&all["records"], &all["groups"].as_array().unwrap().len()), (&json!(3), &2));
        assert_eq!((&own["records"], &own["incomplete"], own["groups"].as_array().unwrap().len()), (&json!(1), &json!(1), 1));
        assert_eq!(own["groups"][0]["id"], json!(server.department()));
        assert_eq!(near.get(&format!("{SUMMARY}?filter={}", encode("name.contains('远')"))).expect(200)["records"], 0);
        near.get(&format!("{}/quality", path_of("account", &hidden))).problem(404, "not_found");
        let (all, own) = (admin.get("/quality/account/trend").expect(200), near.get("/quality/account/trend").expect(200));
        assert_eq!((&all["points"][0]["records"], &all["partial"]), (&json!(3), &json!(false)));
        assert_eq!((&own["points"][0]["records"], &own["partial"]), (&json!(1), &json!(true)));
        let department = format!("/quality/account/trend?department={other}");
        assert_eq!(near.get(&department).expect(200)["points"], json!([]));
        assert_eq!(admin.get(&department).expect(200)["points"][0]["records"], 2);
    });
}

#[test]
fn a_rule_about_a_hidden_field_is_none() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let account = add(&admin, json!({ "name": "甲", "annual_revenue": "100" }));
        add_rule(&admin, json!({ "name": "有营业额", "field": "annual_revenue", "weight": 20 }));
        add_rule(&admin, json!({ "name": "大的有行业", "field": "industry", "filter": "annual_revenue > 5", "weight": 20 }));
        add_rule(&admin, json!({ "name": "有官网", "field": "website", "weight": 20 }));
        server.settle();
        let operator = server.caller("operator");
        assert_eq!(admin.get(SUMMARY).expect(200)["score"], 33.3);
        let told = operator.get(SUMMARY).expect(200);
        assert_eq!((&told["score"], &told["rules"], told["by_rule"].as_array().unwrap().len()), (&json!(0.0), &json!(1), 1));
        let all = [
            told.to_string(),
            operator.get(LIST).expect(200)["rules"].to_string(),
            operator.get("/quality/account/trend?by=rule").expect(200).to_string(),
            quality_of(&operator, "account", &account).to_string(),
        ]
        .concat();
        assert!(all.contains("有官网") && !all.contains("有营业额") && !all.contains("大的有行业"), "{all}");
        let point = &operator.get("/quality/account/trend").expect(200)["points"][0];
        assert_eq!((&point["score"], &point["incomplete"]), (&json!(0.0), &json!(1)));
    });
}

#[test]
fn what_a_pool_covers_is_told_to_its_keepers_alone() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (rep, keeper) = (server.caller("sales"), server.caller("sales_manager"));
        let id = |client: &Client<'_>| client.get("/me").expect(200)["user"]["id"].clone();
        let pool = json!({ "name": "公海", "object": "lead", "members": [id(&rep)], "administrators": [id(&keeper)], "masked_fields": ["mobile"] });
        let pool = admin.post("/records/pool", pool).expect(201);
        let lying = json!({ "name": "王海", "company": "恒泰机床", "owner": null, "pool": pool["id"], "email": "a@b.example" });
        let lying = admin.post("/records/lead", lying).expect(201);
        rep.post("/records/lead", json!({ "name": "自己的", "company": "乙" })).expect(201);
        add_rule(&admin, json!({ "name": "有手机", "object": "lead", "field": "mobile" }));
        add_rule(&admin, json!({ "name": "有行业", "object": "lead", "field": "industry" }));
        server.settle();
        let list = |client: &Client<'_>| {
            let page = client.get("/quality/lead/worklist?fields=company").expect(200);
            let mut found: Vec<(String, usize)> = page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| (it["record"]["company"].as_str().unwrap().to_owned(), it["findings"].as_array().unwrap().len()))
                .collect();
            found.sort();
            found
        };
        assert_eq!(list(&rep), [("乙".to_owned(), 2), ("恒泰机床".to_owned(), 1)]);
        assert_eq!(list(&keeper), [("乙".to_owned(), 2), ("恒泰机床".to_owned(), 2)]);
        let findings = |client: &Client<'_>| client.get("/quality/lead/summary").expect(200)["findings"]["incomplete"].clone();
        assert_eq!((findings(&rep), findings(&keeper)), (json!(3), json!(4)));
        assert_eq!(quality_of(&rep, "lead", &lying)["findings"].as_array().unwrap().len(), 1);
        let mobile =
            rep.get("/quality/lead/worklist").expect(200)["rules"].as_array().unwrap().iter().find(|it| it["name"]["en"] == "有手机").cloned();
        let only = format!("/quality/lead/worklist?fields=company&rule={}", mobile.unwrap()["id"].as_str().unwrap());
        assert_eq!(rep.get(&only).expect(200)["items"].as_array().unwrap().len(), 1);
        assert!(!rep.get("/quality/lead/trend?by=rule").expect(200).to_string().contains("有手机"));
    });
}

#[test]
fn many_are_mended_as_one_change_that_is_shown_first_and_taken_back() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let line = json!({ "street": "广东省深圳市南山区科技园南路1号" });
        let first = add(&admin, json!({ "name": "甲", "address": line }));
        add(&admin, json!({ "name": "乙", "address": { "street": "某处" } }));
        add(&admin, json!({ "name": "丙", "industry": "food" }));
        let place = json!({ "field": "address.province", "filter": "address.street != null", "fix": "fill_address", "fix_field": "address" });
        let place = add_rule(&admin, place);
        server.settle();
        let ask = |fix: Json, digest: Option<&Json>| {
            let mut body = json!({ "rule": place["id"], "fix": fix });
            if let Some(digest) = digest {
                body["digest"] = digest.clone();
            }
            body
        };
        let fill = json!({ "fill_address": "address" });
        let shown = admin.post(&format!("{FIX}?dry_run=true"), ask(fill.clone(), None)).expect(200);
        assert_eq!((&shown["total"], &shown["changed"], &shown["unchanged"]), (&json!(2), &json!(1), &json!(1)), "{shown}");
        let change = &shown["items"][0]["changes"][0];
        assert_eq!((&change["before"]["province"], &change["after"]["province"]), (&Json::Null, &json!("广东省")));
        assert_eq!(change["after"]["street"], "科技园南路1号");
        assert_eq!(admin.get(&path_of("account", &first)).expect(200)["address"]["province"], Json::Null, "nothing was written");
        admin.post(FIX, ask(fill.clone(), None)).problem(400, "bad_request");
        admin.post(FIX, ask(fill.clone(), Some(&json!("0000000000000000")))).problem(409, "state_conflict");
        let done = admin.post(FIX, ask(fill.clone(), Some(&shown["digest"]))).expect(200);
        assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(0)), "{done}");
        server.settle();
        assert_eq!(admin.get(&path_of("account", &first)).expect(200)["address"]["district"], "南山区");
        assert_eq!(names(&admin.get(LIST).expect(200)), ["乙"]);
        admin.post(FIX, ask(fill, Some(&shown["digest"]))).problem(409, "state_conflict");
        admin.post(&format!("/changes/{}/undo", done["change_id"].as_str().unwrap()), json!({})).expect(200);
        server.settle();
        assert_eq!(names(&admin.get(LIST).expect(200)), ["乙", "甲"]);
        // What the records' own rules forbid is shown, and is not done.
        let wrong = json!({ "set": { "employees": -3 } });
        let shown = admin.post(&format!("{FIX}?dry_run=true"), ask(wrong.clone(), None)).expect(200);
        assert_eq!((&shown["changed"], &shown["refused"]), (&json!(0), &json!(2)));
        assert_eq!(shown["items"][0]["problems"][0]["code"], "too_small");
        let done = admin.post(FIX, ask(wrong, Some(&shown["digest"]))).expect(200);
        assert_eq!((&done["changed"], &done["refused"]), (&json!(0), &json!(2)));
    });
}

#[test]
fn texts_are_written_in_their_usual_form() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let account = add(&admin, json!({ "name": "星河智能", "legal_representative": "ＡＢＣ  ｃｏ" }));
        let body = |field: &str| json!({ "ids": [account["id"]], "fix": { "normalise": field } });
        let shown = admin.post(&format!("{FIX}?dry_run=true"), body("legal_representative")).expect(200);
        assert_eq!(shown["items"][0]["changes"][0]["after"], "ABC co");
        let nothing = admin.post(&format!("{FIX}?dry_run=true"), body("phone")).expect(200);
        assert_eq!((&nothing["changed"], &nothing["unchanged"]), (&json!(0), &json!(1)));
    });
}

#[test]
fn who_may_not_mend_judge_or_declare_is_refused() {
    on_both_stores(|server| {
        let (admin, rep) = (server.administrator(), server.caller("sales"));
        let other = server.create("department", json!({ "name": "别的部门" }));
        server.add_member("far", &["sales"], other);
        let far = server.sign_in("far");
        let account = add(&far, json!({ "name": "远的" }));
        let rule_made = add_rule(&admin, json!({ "field": "industry" }));
        server.settle();
        rep.post(RULES, rule(json!({ "field": "industry" }))).problem(403, "forbidden");
        rep.patch(&path_of("quality_rule", &rule_made), json!({ "weight": 1 })).problem(403, "forbidden");
        rep.post("/quality/account/judge", json!({})).problem(403, "forbidden");
        rep.post("/records/quality_rule/actions/add_starters", json!({})).problem(403, "forbidden");
        let body = json!({ "ids": [account["id"]], "fix": { "set": { "industry": "food" } } });
        let shown = rep.post(&format!("{FIX}?dry_run=true"), body.clone()).expect(200);
        assert_eq!(shown["total"], 0, "what he does not see he does not mend");
        let analyst = server.caller("analyst");
        analyst.post(&format!("{FIX}?dry_run=true"), body.clone()).problem(403, "forbidden");
        let operator = server.caller("operator");
        let hidden = json!({ "ids": [account["id"]], "fix": { "set": { "annual_revenue": "5" } } });
        operator.post(&format!("{FIX}?dry_run=true"), hidden).problem(403, "forbidden");
        for (path, status, code) in [
            ("/quality/nonsense/summary", 404, "not_found"),
            ("/quality/account/worklist?kind=odd", 400, "bad_request"),
            ("/quality/account/worklist?cursor=odd", 400, "bad_request"),
            ("/quality/account/worklist?filter=odd", 400, "unknown_field"),
            ("/quality/account/trend?days=0", 400, "bad_request"),
            ("/quality/account/summary?by=industry", 400, "bad_request"),
        ] {
            let reply = admin.get(path);
            assert_eq!(reply.status, status, "{path}: {code}");
        }
        admin.post(FIX, json!({ "fix": { "normalise": "name" } })).problem(400, "bad_request");
        admin.post(&format!("{FIX}?dry_run=true"), json!({ "ids": [account["id"]], "fix": { "normalise": "odd" } })).problem(400, "unknown_field");
        server.caller("customer").get("/quality").expect(200);
    });
}

#[test]
fn what_makes_no_rule_is_refused_by_its_field() {
    on_both_stores(|server| {
        let admin = server.administrator();
        for (values, field) in [
            (json!({ "object": "nonsense", "field": "name" }), "object"),
            (json!({ "object": "notification", "field": "id" }), "object"),
            (json!({ "field": "odd" }), "field"),
            (json!({ "field": "address.odd" }), "field"),
            (json!({ "field": "tags" }), "field"),
            (json!({ "field": "name", "filter": "level ==" }), "filter"),
            (json!({ "field": "name", "filter": "owner == me.id" }), "filter"),
            (json!({ "check": "pattern", "field": "name", "pattern": "[a" }), "pattern"),
            (json!({ "check": "pattern", "field": "name", "pattern": "a)|(b" }), "pattern"),
            (json!({ "check": "pattern", "field": "name", "pattern": "((a{1000}){1000}){1000}" }), "pattern"),
            (json!({ "check": "one_of", "field": "name", "values": "\n \n" }), "values"),
            (json!({ "check": "exists_in", "field": "name", "list_object": "odd", "list_field": "name" }), "list_object"),
            (json!({ "check": "exists_in", "field": "name", "list_object": "product", "list_field": "odd" }), "list_field"),
            (json!({ "check": "expression", "expression": "amount > 3" }), "expression"),
            (json!({ "check": "fresh", "field": "name", "days": 3 }), "field"),
            (json!({ "check": "valid", "field": "name", "valid_as": "address" }), "valid_as"),
            (json!({ "field": "name", "fix": "fill_address" }), "fix_field"),
            (json!({ "field": "won_amount", "fix": "set", "fix_value": "1" }), "fix_field"),
        ] {
            let reply = admin.post(RULES, rule(values.clone()));
            assert_eq!(reply.status, 422, "{values}");
            let problem = reply.expect(422);
            let fields: Vec<&str> = problem["field_errors"].as_array().unwrap().iter().filter_map(|it| it["field"].as_str()).collect();
            assert!(fields.contains(&field), "{values}: {problem}");
        }
        let many: Vec<Json> =
            (0..31).map(|it| json!({ "op": "create", "values": rule(json!({ "name": format!("r{it}"), "field": "industry" })) })).collect();
        for operation in many.iter().take(30) {
            admin.post(RULES, operation["values"].clone()).expect(201);
        }
        admin.post(RULES, many[30]["values"].clone()).field_problem(422, "active", "rule");
    });
}

#[test]
fn ready_rules_come_once_and_a_rule_is_tried_before_it_is_one() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let made = admin.post("/records/quality_rule/actions/add_starters", json!({})).expect(200);
        let count = made["result"]["made"].as_i64().or(made["made"].as_i64()).unwrap();
        assert!(count > 20, "{made}");
        let again = admin.post("/records/quality_rule/actions/add_starters", json!({ "object": "lead" })).expect(200).to_string();
        assert!(again.contains("\"made\":0"), "{again}");
        add(&admin, json!({ "name": "甲" }));
        server.settle();
        let objects: Vec<Json> = admin.get("/quality").expect(200)["items"].as_array().unwrap().iter().map(|it| it["object"].clone()).collect();
        assert_eq!(objects, [json!("account"), json!("contact"), json!("lead")]);
        assert!(admin.get(SUMMARY).expect(200)["score"].as_f64().unwrap() < 100.0);
        let tried = admin
            .post("/records/quality_rule/actions/try", json!({ "object": "account", "check": "required", "field": "website" }))
            .expect(200)
            .to_string();
        assert!(tried.contains("\"failing\":1") && tried.contains("甲"), "{tried}");
        let wrong = json!({ "object": "account", "check": "required", "field": "odd" });
        admin.post("/records/quality_rule/actions/try", wrong).field_problem(422, "field", "rule");
        let manager = server.caller("sales_manager");
        assert!(
            manager.post("/records/quality_rule/actions/try", json!({ "object": "account", "check": "required", "field": "website" })).status == 200
        );
        server
            .caller("sales")
            .post("/records/quality_rule/actions/try", json!({ "object": "account", "check": "required", "field": "website" }))
            .problem(403, "forbidden");
    });
}

#[test]
fn a_day_is_kept_each_night() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let account = add(&admin, json!({ "name": "甲" }));
        let rule = add_rule(&admin, json!({ "field": "industry" }));
        server.settle();
        server.clock.advance(3_600 * 24);
        let admin = server.administrator();
        admin.patch(&path_of("account", &account), json!({ "industry": "food" })).expect(200);
        server.settle();
        run_job(server, "quality.night");
        let told = admin.get("/quality/account/trend?by=rule&days=30").expect(200);
        let points = told["points"].as_array().unwrap();
        assert_eq!(points.iter().map(|it| it["day"].as_str().unwrap()).collect::<Vec<_>>(), ["2026-11-16", "2026-11-17"]);
        assert_eq!((&points[0]["score"], &points[1]["score"]), (&json!(0.0), &json!(100.0)));
        assert_eq!(points[0]["rules"], json!([{ "id": rule["id"], "applies": 1, "fails": 1 }]));
        assert_eq!(told["rules"][0]["id"], rule["id"]);
        assert_eq!(admin.get("/quality/account/trend?days=1").expect(200)["points"].as_array().unwrap().len(), 1);
        // Once more in the same night is the same night.
        run_job(server, "quality.night");
        assert_eq!(admin.get("/quality/account/trend?days=30").expect(200)["points"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn a_trend_is_narrowed_by_what_one_may_name_alone() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let customer = server.caller("customer");
        customer.post("/records/lead", json!({ "name": "询价", "company": "乙" })).expect(201);
        let made = admin.get("/records/lead").expect(200)["items"][0].clone();
        let owner = made["owner"]["id"].as_str().map_or_else(|| Uuid::nil().to_string(), str::to_owned);
        add_rule(&admin, json!({ "object": "lead", "field": "industry" }));
        server.settle();
        let path = |key: &str, id: &str| format!("/quality/lead/trend?{key}={id}");
        let department = server.department().to_string();
        customer.get(&path("owner", &owner)).problem(400, "unknown_field");
        customer.get(&path("department", &department)).problem(400, "unknown_field");
        customer.get("/quality/lead/summary?by=owner").problem(400, "unknown_field");
        customer.get("/quality/lead/trend").expect(200);
        admin.get(&path("owner", &owner)).expect(200);
        admin.get(&path("department", &department)).expect(200);
    });
}

#[test]
fn records_named_are_mended_only_as_far_as_they_are_of_the_owner_and_department_named() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let other = server.create("department", json!({ "name": "别的部门" }));
        let far = server.add_member("far", &["sales"], other);
        let (near, theirs) = (add(&admin, json!({ "name": "近的" })), add(&server.sign_in("far"), json!({ "name": "远的" })));
        let fix = json!({ "set": { "industry": "food" } });
        let shown = |narrowed: Json| {
            let mut body = json!({ "ids": [near["id"], theirs["id"]], "fix": fix });
            body.as_object_mut().unwrap().extend(narrowed.as_object().unwrap().clone());
            let shown = admin.post(&format!("{FIX}?dry_run=true"), body).expect(200);
            let mut ids: Vec<Json> = shown["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            ids.sort_by_key(Json::to_string);
            (shown["total"].clone(), ids)
        };
        assert_eq!(shown(json!({})).0, 2);
        assert_eq!(shown(json!({ "owner": far })), (json!(1), vec![theirs["id"].clone()]));
        assert_eq!(shown(json!({ "department": other })), (json!(1), vec![theirs["id"].clone()]));
        assert_eq!(shown(json!({ "owner": Uuid::nil() })).0, 0);
        let body = json!({ "ids": [near["id"], theirs["id"]], "owner": far, "fix": fix });
        let digest = admin.post(&format!("{FIX}?dry_run=true"), body.clone()).expect(200)["digest"].clone();
        let mut body = body;
        body["digest"] = digest;
        assert_eq!(admin.post(FIX, body).expect(200)["changed"], 1);
        assert_eq!(admin.get(&path_of("account", &near)).expect(200)["industry"], Json::Null);
        assert_eq!(admin.get(&path_of("account", &theirs)).expect(200)["industry"], "food");
    });
}

#[test]
fn a_pattern_counts_characters_whatever_bytes_they_take() {
    on_both_stores(|server| {
        let admin = server.administrator();
        add(&admin, json!({ "name": "够短", "description": "好".repeat(2_000) }));
        add(&admin, json!({ "name": "太长", "description": "好".repeat(2_001) }));
        add_rule(&admin, json!({ "check": "pattern", "field": "description", "pattern": "好+", "kind": "wrong" }));
        server.settle();
        assert_eq!(names(&admin.get(LIST).expect(200)), ["太长"]);
    });
}
