//! Duplicates so sure that nobody needs to look, merged by themselves.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::duplicates::{add, known, others, scan, with};
use super::path_of;

const AUTOMATIC: &str = "/records/account/duplicates/automatic";

fn leads_to(client: &Client<'_>, record: &Json) -> Json {
    client.get(&path_of("account", record)).expect(200)["id"].clone()
}

#[test]
fn sure_groups_are_merged_by_themselves_where_that_is_wanted_and_can_be_taken_back() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        others(&sales);
        let first = add(&sales, known());
        let twin = add(&sales, with(known(), "email", json!("info@xinghe.example")));
        scan(server, &admin);
        assert_eq!(leads_to(&sales, &first), first["id"], "not before somebody wants it");

        sales.post(AUTOMATIC, json!({ "at_least": 0.99 })).problem(403, "forbidden");
        admin.post(AUTOMATIC, json!({ "at_least": 0.5 })).field_problem(422, "at_least", "too_small");
        admin.post(AUTOMATIC, json!({ "at_least": "x" })).problem(400, "bad_request");
        admin.post("/records/user/duplicates/automatic", json!({ "at_least": 0.99 })).problem(400, "bad_request");
        assert_eq!(admin.post(AUTOMATIC, json!({ "at_least": 0.99 })).expect(200)["automatic"], 0.99);
        server.settle();
        assert_eq!(leads_to(&sales, &first), twin["id"], "the one that says more survives");
        assert_eq!(leads_to(&sales, &twin), twin["id"]);
        let merges = admin.get(&format!("{}/merges", path_of("account", &twin))).expect(200)["items"].clone();
        assert_eq!((&merges[0]["id"], &merges[0]["by"]["id"]), (&first["id"], &Json::Null), "by the system");

        // What is entered twice afterwards is merged as it comes.
        let third = add(&sales, known());
        server.settle();
        assert_eq!(leads_to(&sales, &third), twin["id"]);

        // Of two owners a person decides, and of what is locked.
        let hers = server.administrator();
        let foreign = add(&hers, known());
        server.settle();
        assert_eq!(leads_to(&admin, &foreign), foreign["id"]);
        admin.delete(&path_of("account", &foreign)).expect(204);
        admin.post(&format!("{}/lock", path_of("account", &twin)), json!({ "reason": "审计" })).expect(201);
        let fourth = add(&sales, known());
        server.settle();
        assert_eq!(leads_to(&sales, &fourth), fourth["id"]);
        assert_eq!(admin.get("/records/account/duplicates/status").expect(200)["open"], 1);

        // Taken back, and wanted no longer: it stays so.
        admin.delete(&format!("{}/lock", path_of("account", &twin))).expect(204);
        assert_eq!(admin.post(AUTOMATIC, json!({})).expect(200)["automatic"], Json::Null);
        let change = merges[0]["change_id"].as_str().unwrap();
        sales.post(&format!("/changes/{change}/undo"), json!({})).problem(404, "not_found");
        admin.post(&format!("/changes/{change}/undo"), json!({})).expect(200);
        server.settle();
        assert_eq!(leads_to(&sales, &first), first["id"]);
    });
}
