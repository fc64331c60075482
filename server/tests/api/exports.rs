//! Exports: what is in the file, in which language, and for whom.

use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::json;

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
