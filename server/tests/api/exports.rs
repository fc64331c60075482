//! Exports: what is in the file, in which language, and for whom.

use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::{encode, make_account};

#[test]
fn every_page_is_in_the_file_and_the_audit_log_knows() {
    on_both_stores(|server| {
        let client = server.administrator();
        let operations: Vec<_> = (0..1_203).map(|it| json!({ "op": "create", "values": { "name": format!("公司{it:04}") } })).collect();
        client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
        let csv = client.get("/records/account/export?format=csv&sort=name&fields=name,owner,created_at");
        assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(csv.header("content-disposition").contains("account-2026-11-16.csv"));
        let text = String::from_utf8(csv.bytes.clone()).unwrap();
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 1_204);
        let ids: std::collections::HashSet<&str> = lines[1..].iter().map(|it| it.split(',').next().unwrap()).collect();
        assert_eq!(ids.len(), 1_203, "each once");
        assert!(lines[1].contains("公司0000") && lines[1_203].contains("公司1202") && lines[1].ends_with("2026-11-16 10:00:00"), "{}", lines[1]);
        let records: Vec<serde_json::Value> = serde_json::from_slice(&client.get("/records/account/export?format=json").bytes).unwrap();
        assert_eq!(records.len(), 1_203);
        let filter = encode("name == '公司0007'");
        let some = client.get(&format!("/records/account/export?format=json&filter={filter}"));
        assert_eq!(some.json.as_array().unwrap().len(), 1);
        let table =
            guanxi_tabular::open(client.get("/records/account/export?format=xlsx").bytes, "a.xlsx", guanxi_tabular::Limits::default()).unwrap();
        assert_eq!(table.count_rows().unwrap(), (1_203, 0));
    });
}

#[test]
fn labels_are_in_the_callers_language() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    make_account(&client, "星河");
    client.post("/records/contact", json!({ "name": "王伟", "email": "wei@x.example", "gender": "male", "do_not_contact": true })).expect(201);
    let text = |client: &guanxi_testkit::Client<'_>| {
        String::from_utf8(client.get("/records/contact/export?fields=name,gender,do_not_contact").bytes).unwrap()
    };
    assert!(text(&client).contains("姓名,性别,免打扰") && text(&client).contains("王伟,男,是"));
    client.patch("/me", json!({ "locale": "en" })).expect(200);
    assert!(text(&client).contains("Name,Gender,Do not contact") && text(&client).contains("王伟,Male,Yes"));
}

#[test]
fn without_the_right_nothing_leaves() {
    let server = TestServer::sqlite();
    server.anonymous().get("/records/account/export").problem(401, "not_signed_in");
    let client = server.administrator();
    client.get("/records/account/export?format=pdf").problem(400, "bad_request");
    client.get("/records/account/export?fields=nothing").problem(400, "unknown_field");
    client.get("/records/account/export?filter=%28").problem(400, "bad_filter");
    client.get("/records/nothing/export").problem(404, "not_found");
    server.caller("service_agent").get("/records/account/export").problem(403, "forbidden");
}

#[test]
fn how_much_may_be_exported_and_why_is_for_the_administrator_to_say() {
    on_both_stores(|server| {
        let (admin, manager) = (server.administrator(), server.caller("sales_manager"));
        for name in ["甲", "乙", "丙"] {
            make_account(&manager, name);
        }
        let terms = |client: &guanxi_testkit::Client<'_>| client.get("/records/account/export/terms").expect(200);
        assert_eq!(terms(&manager), json!({ "records": 3, "most": null, "reason_needed": false, "background_above": 20_000 }));
        let policy = json!({ "export_reason_above": 2, "export_most": 2, "export_most_of_roles": { "sales_manager": 5 } });
        manager.patch("/protection-policy", policy.clone()).problem(403, "forbidden");
        manager.get("/protection-policy").problem(403, "forbidden");
        manager.get("/records/nothing/export/terms").problem(404, "not_found");
        server.caller("service_agent").get("/records/account/export/terms").problem(403, "forbidden");
        admin.patch("/protection-policy", json!({ "audit_days": 30 })).field_problem(422, "audit_days", "too_small");
        admin.patch("/protection-policy", json!({ "export_most_of_roles": { "nobody": 1 } })).field_problem(
            422,
            "export_most_of_roles",
            "bad_option",
        );
        admin.patch("/protection-policy", json!({ "export_mots": 1 })).problem(400, "bad_request");
        assert_eq!(admin.patch("/protection-policy", policy.clone()).expect(200)["audit_days"], json!(null));
        assert_eq!(server.caller("auditor").get("/protection-policy").expect(200)["export_most"], 2);
        // The role's own limit stands instead of the general one, which holds for administrators too.
        assert_eq!(terms(&manager), json!({ "records": 3, "most": 5, "reason_needed": true, "background_above": 20_000 }));
        admin.get("/records/account/export").problem(409, "export_limit");
        admin.get("/records/account/export?reason=x").problem(409, "export_limit");
        let one = encode("name == '甲'");
        assert_eq!(admin.get(&format!("/records/account/export?filter={one}")).status, 200);
        manager.get("/records/account/export").field_problem(422, "reason", "required");
        manager.get("/records/account/export?reason=%20").field_problem(422, "reason", "required");
        manager.get(&format!("/records/account/export?reason={}", "x".repeat(501))).field_problem(422, "reason", "too_long");
        assert_eq!(manager.get(&format!("/records/account/export?reason={}", encode("季度报表"))).status, 200);
        let told = server.audit(&["export", "export_refused"]);
        let seen: Vec<(&str, &str)> = told.iter().map(|it| (it.0.as_str(), it.2["reason"].as_str().unwrap_or("-"))).collect();
        assert_eq!(
            seen,
            [
                ("export_refused", "-"),
                ("export_refused", "x"),
                ("export", "-"),
                ("export_refused", "-"),
                ("export_refused", "-"),
                ("export", "季度报表")
            ]
        );
        // Proved again where it is long ago.
        let boss = {
            server.add_member("boss", &["administrator"], server.department());
            server.sign_in("boss")
        };
        server.clock.advance(3_600);
        boss.patch("/protection-policy", json!({ "export_most": null })).problem(403, "proof_needed");
    });
}

#[test]
fn a_workbook_tells_who_took_it_out_and_when() {
    let server = TestServer::sqlite();
    let client = server.administrator();
    make_account(&client, "星河");
    let bytes = client.get("/records/account/export?format=xlsx").bytes;
    let me = client.get("/me").expect(200);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    let footer = sheet.split("<oddFooter>").nth(1).unwrap().split("</oddFooter>").next().unwrap();
    assert!(footer.contains(me["user"]["name"].as_str().unwrap()) && footer.contains("2026-11-16 10:00:00"), "{footer}");
}

#[test]
fn amounts_worked_out_are_in_the_currency_of_what_they_follow_from() {
    on_both_stores(|server| {
        let admin = server.administrator();
        admin.post("/schema/apply", json!({ "changes": [{ "op": "put_rates", "rates": { "USD": "7" } }] })).expect(200);
        let account = make_account(&admin, "海外客户");
        let money = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
        let deal = json!({ "name": "Line A", "account": account["id"], "close_date": "2026-12-31", "amount": money("1000", "USD") });
        let deal = admin.post("/records/opportunity", deal).expect(201);
        let product = admin.post("/records/product", json!({ "name": "Sensor", "code": "S1", "list_price": "1" })).expect(201);
        let line = |price| json!({ "opportunity": deal["id"], "product": product["id"], "quantity": "2", "unit_price": price });
        admin.post("/records/opportunity_line", line(money("100", "USD"))).expect(201);
        // What has no rate cannot be added up.
        admin.post("/records/opportunity_line", line(money("100", "EUR"))).field_problem(422, "unit_price", "bad_option");
        let meta = admin.get("/meta").expect(200);
        let field = |object: &str, name: &str| {
            let object = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == object).unwrap();
            object["fields"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone()
        };
        assert_eq!(
            (&field("opportunity", "weighted")["currency_of"], &field("opportunity", "weighted")["currency"]),
            (&json!(["amount"]), &Json::Null)
        );
        assert_eq!(
            (&field("opportunity", "lines_total")["currency"], &field("opportunity", "lines_total")["currency_of"]),
            (&json!("CNY"), &Json::Null)
        );
        assert_eq!(field("opportunity", "probability")["currency_of"], Json::Null);
        let file = admin.get("/records/opportunity/export?format=csv&fields=name,weighted,lines_total");
        let text = String::from_utf8(file.bytes).unwrap();
        let row: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
        assert_eq!((row[1], row[3], row[4], row[5], row.len()), ("Line A", "USD", "1400.00", "CNY", 6), "{text}");
    });
}
