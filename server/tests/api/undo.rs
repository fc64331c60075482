//! Taking changes back.

use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::{make_account, path_of};

#[test]
fn a_bulk_change_is_taken_back_but_for_what_changed_since() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (first, second) = (make_account(&client, "甲"), make_account(&client, "乙"));
        let done = client.post("/records/account/bulk", json!({ "filter": "true", "change": { "update": { "level": "a" } } })).expect(200);
        client.patch(&path_of("account", &second), json!({ "level": "b" })).expect(200);
        let undo = format!("/changes/{}/undo", done["change_id"].as_str().unwrap());
        server.caller("sales").post(&undo, json!({})).problem(404, "not_found");
        let undone = client.post(&undo, json!({})).expect(200);
        assert_eq!(undone["undone"], 1, "{undone}");
        assert_eq!((&undone["skipped"][0]["id"], &undone["skipped"][0]["reason"]), (&second["id"], &json!("changed_since")));
        assert_eq!(client.get(&path_of("account", &first)).expect(200)["level"], "c");
        assert_eq!(client.get(&path_of("account", &second)).expect(200)["level"], "b");
        let redo = format!("/changes/{}/undo", undone["change_id"].as_str().unwrap());
        client.post(&redo, json!({})).expect(200);
        assert_eq!(client.get(&path_of("account", &first)).expect(200)["level"], "a");
        client.post("/changes/01890000-0000-7000-8000-000000000000/undo", json!({})).problem(404, "not_found");
        client.post("/changes/x/undo", json!({})).problem(404, "not_found");
    });
}

#[test]
fn a_creation_and_a_deletion_are_taken_back() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "甲");
        let path = path_of("account", &account);
        let last = |path: &str| client.get(&format!("{path}/history")).expect(200)["items"][0]["change_id"].as_str().unwrap().to_owned();
        let created = last(&path);
        client.delete(&path).expect(204);
        let deleted = client.get("/events?after=0").expect(200);
        let deleted =
            deleted["items"].as_array().unwrap().iter().find(|it| it["kind"] == "account.deleted").unwrap()["change_id"].as_str().unwrap().to_owned();
        client.post(&format!("/changes/{deleted}/undo"), json!({})).expect(200);
        client.get(&path).expect(200);
        let kept = client.post(&format!("/changes/{created}/undo"), json!({})).expect(200);
        assert_eq!((&kept["undone"], &kept["skipped"][0]["reason"]), (&json!(0), &json!("changed_since")));
        client.get(&path).expect(200);
        let fresh = path_of("account", &make_account(&client, "乙"));
        client.post(&format!("/changes/{}/undo", last(&fresh)), json!({})).expect(200);
        client.get(&fresh).problem(404, "not_found");
    });
}
