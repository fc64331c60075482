//! Reading what an object marks (`audit_reads`) leaves a row in the audit log, whichever way one looks.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::path_of;

/// Marks contacts, as an administrator would.
fn mark(admin: &Client<'_>) {
    let mut object = admin.get("/schema/objects/contact").expect(200);
    object["audit_reads"] = json!(true);
    for key in ["app", "origin", "field"] {
        object.as_object_mut().unwrap().remove(key);
    }
    admin.post("/schema/apply", json!({ "changes": [{ "op": "change_object", "object": object }] })).expect(200);
}

fn read_rows(admin: &Client<'_>) -> Vec<Json> {
    admin.get("/audit?verb=read&object=contact&limit=200").expect(200)["items"].as_array().unwrap().clone()
}

fn rows_of(server: &TestServer, admin: &Client<'_>, look: impl Fn()) -> Vec<Json> {
    // Another minute: nothing is the same as what was noted before.
    server.clock.advance(61);
    let before = read_rows(admin).len();
    look();
    let rows = read_rows(admin);
    rows[..rows.len() - before].to_vec()
}

#[test]
fn every_way_to_a_marked_record_leaves_a_row() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let account = super::make_account(&sales, "星河");
        let one = sales.post("/records/contact", json!({ "name": "林晓", "mobile": "13812345678", "account": account["id"] })).expect(201);
        sales.post("/records/contact", json!({ "name": "林静", "mobile": "13812345679" })).expect(201);
        server.settle();
        let id = one["id"].as_str().unwrap();
        sales.get(&path_of("contact", &one)).expect(200);
        assert_eq!(read_rows(&admin), Vec::<Json>::new(), "nobody asked for it");
        mark(&admin);
        let paths = [
            path_of("contact", &one),
            format!("/records/contact/{id}/history"),
            format!("/records/contact/{id}/timeline"),
            format!("/records/contact/{id}/provenance"),
            "/records/contact".to_owned(),
            format!("/records/contact?filter=account%20%3D%3D%20%22{}%22&fields=name", account["id"].as_str().unwrap()),
            "/records/contact?q=13812345678".to_owned(),
            "/records/contact/aggregate?group_by=account&measures=count".to_owned(),
            "/search?q=13812345678".to_owned(),
            "/events?after=0&limit=500".to_owned(),
        ];
        for path in paths {
            let rows = rows_of(server, &admin, || {
                sales.get(&path).expect(200);
            });
            assert_eq!(rows.len(), 1, "{path}: {rows:?}");
            let ids = rows[0]["detail"]["ids"].as_array().map_or(0, Vec::len);
            let told = rows[0]["record"] == json!(id) || ids > 0 || rows[0]["detail"]["groups"].is_number();
            assert!(told && rows[0]["actor"]["label"].is_string(), "{path}: {rows:?}");
        }
        // The same page again within the minute is not written down again; another one is.
        let rows = rows_of(server, &admin, || {
            for _ in 0..3 {
                sales.get("/records/contact").expect(200);
            }
            sales.get("/records/contact?limit=1").expect(200);
        });
        assert_eq!(rows.len(), 2, "{rows:?}");
        // What shows nothing of them leaves nothing.
        let rows = rows_of(server, &admin, || {
            sales.get("/records/account").expect(200);
            sales.get(&format!("/records/contact?filter=account%20%3D%3D%20%22{id}%22")).expect(200);
            sales.get(&format!("/records/contact/{id}/lock")).expect(200);
            sales.get("/me").expect(200);
        });
        assert_eq!(rows, Vec::<Json>::new());
    });
}
