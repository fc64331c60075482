//! Names of companies and codes with check digits: one form however they are entered, and what was stored before stays.

use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::imports::{carry_out, counts, upload};
use super::path_of;

const CODE: &str = "91110000802100433B";

fn change(server: &TestServer, changes: Json) {
    let changes: Vec<SchemaChange> = serde_json::from_value(changes).unwrap();
    definition::apply(&server.workspace.system_context(Uuid::nil(), "an earlier version"), &changes, true).unwrap();
}

/// The fields as they were before they had a form.
fn as_before() -> Json {
    let name = json!({ "name": "name", "type": "text", "label": { "zh-CN": "客户名称", "en": "Name" }, "required": true, "searchable": true,
        "indexed": true, "max_length": 200 });
    let code = json!({ "name": "credit_code", "type": "text", "label": { "zh-CN": "统一社会信用代码", "en": "Code" }, "unique": true,
        "searchable": true, "max_length": 40 });
    json!([{ "op": "change_field", "object": "account", "field": name }, { "op": "change_field", "object": "account", "field": code }])
}

fn as_now() -> Json {
    json!([{ "op": "reset_field", "object": "account", "name": "name" }, { "op": "reset_field", "object": "account", "name": "credit_code" }])
}

#[test]
fn names_and_codes_are_stored_in_one_form_from_every_side() {
    on_both_stores(|server| {
        let client = server.administrator();
        let typed = json!({ "name": " 星河 智能(上海) 有限公司。", "short_name": "ＡＢＣ", "credit_code": "9111 0000 8021 0043 3b" });
        let account = client.post("/records/account", typed).expect(201);
        assert_eq!(
            (&account["name"], &account["short_name"], &account["credit_code"]),
            (&json!("星河智能（上海）有限公司"), &json!("ABC"), &json!(CODE))
        );
        // Another spelling is the same code.
        let again = json!({ "name": "乙", "credit_code": CODE.to_lowercase() });
        client.post("/records/account", again).field_problem(409, "credit_code", "duplicate");
        let wrong = client.post("/records/account", json!({ "name": "乙", "credit_code": "91110000802100433C" }));
        let told = wrong.field_problem(422, "credit_code", "bad_check_digit").to_string();
        assert!(told.contains("校验码“C”") && told.contains("营业执照"), "{told}");
        client.post("/records/account", json!({ "name": "乙", "credit_code": "1234" })).field_problem(422, "credit_code", "bad_format");

        // An import finds the record by any of its spellings, and writes the form too.
        let csv =
            "客户名称,统一社会信用代码,电话\n星河智能(上海)有限公司,,010-88886666\nＮＥＷ　Co.,91310000ma1k000006,\n错码公司,91310000MA1K000007,\n";
        let csv = csv.replace("ＮＥＷ　Co.", "\"ＮＥＷ　Co.,Ltd\"");
        let up = upload(&client, "account", "a.csv", csv.as_bytes());
        let end = carry_out(server, &client, &up, json!({ "field": "name", "on_match": "fill" }));
        assert_eq!((&end["counts"], &end["problems"][0]["code"]), (&counts(1, 1, 0, 1), &json!("bad_check_digit")), "{end}");
        let all = client.get("/records/account?sort=name").expect(200);
        let stored: Vec<(&str, &str)> =
            all["items"].as_array().unwrap().iter().map(|it| (it["name"].as_str().unwrap(), it["credit_code"].as_str().unwrap_or(""))).collect();
        assert_eq!(stored, [("星河智能（上海）有限公司", CODE), ("NEW Co., Ltd.", "91310000MA1K000006")]);
        // Leads name companies too.
        let lead = client.post("/records/lead", json!({ "name": "王伟", "company": "Xinghe Co.,Ltd" })).expect(201);
        assert_eq!(lead["company"], "Xinghe Co., Ltd.");
    });
}

#[test]
fn what_was_stored_before_stays_until_it_is_changed_and_is_found() {
    on_both_stores(|server| {
        let client = server.administrator();
        change(server, as_before());
        let (name, code) = ("星河(上海)有限公司", "91110000802100433c");
        let account = client.post("/records/account", json!({ "name": name, "credit_code": code })).expect(201);
        change(server, as_now());
        let path = path_of("account", &account);
        let now = client.patch(&path, json!({ "phone": "010-88886666" })).expect(200);
        assert_eq!((&now["name"], &now["credit_code"]), (&json!(name), &json!(code)), "what nobody touched is as it was");

        for (row, counted) in
            [("星河（上海）有限公司,https://x.example\n", counts(0, 1, 0, 0)), ("星河(上海)有限公司,https://y.example\n", counts(0, 0, 1, 0))]
        {
            let up = upload(&client, "account", "a.csv", format!("客户名称,网址\n{row}").as_bytes());
            assert_eq!(carry_out(server, &client, &up, json!({ "field": "name", "on_match": "fill" }))["counts"], counted, "{row}");
        }
        assert_eq!(client.get("/records/account").expect(200)["items"].as_array().unwrap().len(), 1, "and is not made once more");

        let now = client.patch(&path, json!({ "name": name })).expect(200);
        assert_eq!(now["name"], "星河（上海）有限公司", "whoever writes it writes its form");
        client.patch(&path, json!({ "credit_code": "91110000802100433d" })).field_problem(422, "credit_code", "bad_check_digit");
        assert_eq!(client.patch(&path, json!({ "credit_code": CODE.to_lowercase() })).expect(200)["credit_code"], CODE);
    });
}
