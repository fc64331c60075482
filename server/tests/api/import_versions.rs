//! Rows as the next versions of records, and giving records back what a version held.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{counts, guessed, path, upload};
use super::{encode, path_of};

const FILE: &str = "e-mail,job title,手机号码,备注\nwei@x.example,总监,,\nna@x.example,,13900000002,新的\n";

fn restore(client: &Client<'_>, record: &str, version: i64) -> Json {
    client.post(&format!("{record}/versions/{version}/restore"), json!({})).expect(200)
}

#[test]
fn a_row_is_the_next_version_of_its_record_blank_cells_included() {
    on_both_stores(|server| {
        let client = server.administrator();
        let contact = |values: Json| client.post("/records/contact", values).expect(201);
        let wei = contact(json!({ "name": "王伟", "email": "wei@x.example", "title": "经理", "mobile": "13800000001", "description": "旧的" }));
        let na = contact(json!({ "name": "李娜", "email": "na@x.example", "title": "助理", "gender": "female" }));
        server.clock.advance(60);
        let up = upload(&client, "contact", "新版.csv", FILE.as_bytes());
        let plan = json!({ "mapping": guessed(&up), "match": { "field": "email", "on_match": "new_version" } });
        let preview = client.post(&path(&up, "/plan"), plan).expect(200);
        assert_eq!((&preview["counts"], &preview["emptied"]), (&counts(0, 2, 0, 0), &json!(3)), "{preview}");
        assert_eq!(client.get(&path_of("contact", &wei)).expect(200)["title"], "经理", "a dry run writes nothing");
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let now = client.get(&path_of("contact", &wei)).expect(200);
        assert_eq!((&now["title"], &now["mobile"], &now["description"]), (&json!("总监"), &Json::Null, &Json::Null));
        assert_eq!(now["name"]["full"], "王伟", "what the file has no column for stays");
        let other = client.get(&path_of("contact", &na)).expect(200);
        assert_eq!((&other["title"], &other["description"], &other["gender"]), (&Json::Null, &json!("新的"), &json!("female")));

        // The history names it, and one press gives back what was before.
        let history = client.get(&format!("{}/history", path_of("contact", &wei))).expect(200);
        let kinds: Vec<&Json> = history["items"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
        assert!(kinds.contains(&&json!("contact.version_imported")), "{kinds:?}");
        let back = restore(&client, &path_of("contact", &wei), 1);
        assert_eq!((&back["left"], &back["version"]), (&json!([]), &json!(3)));
        let before = client.get(&path_of("contact", &wei)).expect(200);
        assert_eq!((&before["title"], &before["mobile"], &before["description"]), (&json!("经理"), &wei["mobile"], &json!("旧的")));
        server.settle();
        let undone = client.get(&format!("/records/contact?filter={}", encode("source(title) == 'undone'"))).expect(200);
        assert_eq!(undone["items"][0]["id"], wei["id"]);

        // Undoing the import gives back what nobody changed since, for all of them.
        let ended = client.get(&path(&up, "")).expect(200);
        client.post(&format!("/changes/{}/undo", ended["change_id"].as_str().unwrap()), json!({})).expect(200);
        let other = client.get(&path_of("contact", &na)).expect(200);
        assert_eq!((&other["title"], &other["mobile"], &other["description"]), (&json!("助理"), &Json::Null, &Json::Null));
    });
}

#[test]
fn the_dry_run_counts_what_is_emptied_among_links_and_in_every_part_of_a_row() {
    on_both_stores(|server| {
        let client = server.administrator();
        let tag = client.post("/records/tag", json!({ "name": "重点" })).expect(201);
        let account = json!({ "name": "星河", "credit_code": "91110000802100433B", "website": "https://x.example", "tags": [tag["id"]] });
        client.post("/records/account", account).expect(201);
        client.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example", "title": "经理" })).expect(201);
        let file = "代码,网址,标签,邮箱,职务\n91110000802100433B,,,wei@x.example,\n";
        let field = |column: usize, name: &str| json!({ "column": column, "field": name });
        let by = |field: &str| json!({ "fields": [field], "on_match": "new_version" });
        let alone = json!({ "mapping": [field(0, "credit_code"), field(1, "website"), field(2, "tags")], "match": by("credit_code") });
        let mut both = alone.clone();
        both["also"] = json!([{ "key": "person", "object": "contact", "mapping": [field(3, "email"), field(4, "title")], "match": by("email") }]);
        for (plan, emptied) in [(alone, 2), (both, 3)] {
            let up = upload(&client, "account", "新版.csv", file.as_bytes());
            let preview = client.post(&path(&up, "/plan"), plan).expect(200);
            assert_eq!((&preview["counts"], &preview["emptied"]), (&counts(0, 1, 0, 0), &json!(emptied)), "{preview}");
        }
        let now = client.get("/records/account").expect(200)["items"][0].clone();
        assert_eq!(now["tags"][0]["id"], tag["id"], "a dry run writes nothing");
    });
}

#[test]
fn what_a_record_must_have_stays_where_the_row_is_blank() {
    on_both_stores(|server| {
        let client = server.administrator();
        let made = client
            .post("/records/account", json!({ "name": "星河", "credit_code": "91110000802100433B", "website": "https://x.example" }))
            .expect(201);
        let up = upload(&client, "account", "a.csv", "统一社会信用代码,名称,网址\n91110000802100433B,,\n".as_bytes());
        let field = |column: usize, name: &str| json!({ "column": column, "field": name, "options": {} });
        let mapping = [field(0, "credit_code"), field(1, "name"), field(2, "website")];
        client.post(&path(&up, "/plan"), json!({ "mapping": mapping, "match": { "field": "credit_code", "on_match": "new_version" } })).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let now = client.get(&path_of("account", &made)).expect(200);
        assert_eq!((&now["name"], &now["website"]), (&json!("星河"), &Json::Null));
    });
}

#[test]
fn a_version_is_given_back_by_whoever_may_change_the_record_and_no_further() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        let made = sales.post("/records/account", json!({ "name": "星河", "level": "a" })).expect(201);
        let record = path_of("account", &made);
        sales.patch(&record, json!({ "level": "b", "website": "https://x.example" })).expect(200);
        sales.patch(&record, json!({ "level": "c" })).expect(200);
        let reader = server.caller("analyst");
        reader.get(&record).expect(200);
        reader.post(&format!("{record}/versions/1/restore"), json!({})).problem(403, "forbidden");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        server.sign_in("ma").post(&format!("{record}/versions/1/restore"), json!({})).problem(404, "not_found");
        for nowhere in ["0", "3", "9"] {
            sales.post(&format!("{record}/versions/{nowhere}/restore"), json!({})).problem(409, "state_conflict");
        }
        sales.post(&format!("{record}/versions/x/restore"), json!({})).problem(404, "not_found");
        let back = restore(&sales, &record, 2);
        assert_eq!(back["fields"], json!(["level"]));
        assert_eq!(sales.get(&record).expect(200)["level"], "b");
        assert_eq!(restore(&sales, &record, 1)["fields"], json!(["level", "website"]));
        let now = sales.get(&record).expect(200);
        assert_eq!((&now["level"], &now["website"]), (&json!("a"), &Json::Null));
    });
}

#[test]
fn what_a_field_may_not_be_given_today_is_left_and_the_rest_is_given_back() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let tag = admin.post("/records/tag", json!({ "name": "重点" })).expect(201);
        let made =
            sales.post("/records/account", json!({ "name": "星河", "level": "a", "website": "https://x.example", "tags": [tag["id"]] })).expect(201);
        let record = path_of("account", &made);
        sales.patch(&record, json!({ "level": "b", "tags": [], "website": null })).expect(200);
        admin.delete(&path_of("tag", &tag)).expect(204);
        let back = restore(&sales, &record, 1);
        assert_eq!((&back["fields"], &back["left"]), (&json!(["level", "website"]), &json!(["tags"])), "{back}");
        assert_eq!((&back["problems"][0]["field"], &back["problems"][0]["code"]), (&json!("tags"), &json!("no_such_record")), "{back}");
        assert_eq!(sales.get(&record).expect(200)["level"], "a");

        // Who may not assign gives back everything but the owner.
        let colleague = server.add_member("zhao", &["sales"], server.department());
        let theirs = admin.post("/records/account", json!({ "name": "明月", "level": "a", "owner": colleague })).expect(201);
        let record = path_of("account", &theirs);
        admin.patch(&record, json!({ "level": "c", "owner": made["owner"]["id"] })).expect(200);
        let scope = json!({ "objects": { "account": ["read", "update"], "*": ["read"] }, "roles": null });
        let key = sales.post("/me/api-keys", json!({ "name": "sync", "scope": scope })).expect(201);
        let mut program = server.anonymous();
        program.key = key["key"].as_str().map(str::to_owned);
        let back = restore(&program, &record, 1);
        assert_eq!((&back["fields"], &back["left"]), (&json!(["level"]), &json!(["owner"])), "{back}");
        assert_eq!(back["problems"][0]["code"], "field_forbidden");
        let now = sales.get(&record).expect(200);
        assert_eq!((&now["level"], &now["owner"]["id"]), (&json!("a"), &made["owner"]["id"]));
    });
}

#[test]
fn a_version_far_back_is_given_back_too() {
    on_both_stores(|server| {
        let client = server.administrator();
        let made = client.post("/records/contact", json!({ "name": "王伟", "mobile": "13812345678", "title": "经理" })).expect(201);
        let record = path_of("contact", &made);
        for step in 0..110 {
            client.patch(&record, json!({ "title": format!("职务{step}") })).expect(200);
        }
        assert_eq!(restore(&client, &record, 1)["fields"], json!(["title"]));
        assert_eq!(client.get(&record).expect(200)["title"], "经理");
    });
}
