//! Taking changes back.

use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::imports::{carry_out, counts, path, upload};
use super::{make_account, path_of};

#[test]
fn a_bulk_change_is_taken_back_but_for_what_changed_since() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (first, second) = (make_account(&client, "甲"), make_account(&client, "乙"));
        let done = client.post("/records/account/bulk", json!({ "filter": "true", "change": { "update": { "level": "a" } } })).expect(200);
        client.patch(&path_of("account", &second), json!({ "level": "b" })).expect(200);
        let change = format!("/changes/{}", done["change_id"].as_str().unwrap());
        let undo = format!("{change}/undo");
        // How many records it is about is told to whoever may take it back.
        let size = json!({ "change_id": done["change_id"], "records": 2, "exact": true });
        assert_eq!((client.get(&change).expect(200), server.administrator().get(&change).expect(200)), (size.clone(), size));
        server.caller("sales").get(&change).problem(404, "not_found");
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

#[test]
fn a_large_import_is_taken_back_in_the_background_and_its_ledger_says_so() {
    on_both_stores(|server| {
        use std::fmt::Write as _;
        const ROWS: usize = 2_010;
        let client = server.caller("sales");
        let kept = client.post("/records/contact", json!({ "name": "王伟", "email": "p0@x.example", "title": "经理" })).expect(201);
        let mut csv = "name,e-mail,job title\n".to_owned();
        (0..ROWS).for_each(|it| writeln!(csv, "P{it},p{it}@x.example,buyer").unwrap());
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        let end = carry_out(server, &client, &up, json!({ "field": "email", "on_match": "overwrite" }));
        assert_eq!((&end["counts"], &end["undo"]), (&counts(ROWS as u64 - 1, 1, 0, 0), &json!(null)), "{end}");
        let undo = format!("/changes/{}/undo", end["change_id"].as_str().unwrap());
        client.get(&undo).problem(404, "not_found");
        server.caller("sales").post(&undo, json!({})).problem(404, "not_found");
        let begun = client.post(&undo, json!({})).expect(202);
        assert_eq!((&begun["state"], &begun["done"]), (&json!("undoing"), &json!(0)), "{begun}");
        assert_eq!(client.get(&path(&up, "")).expect(200)["undo"]["state"], "undoing");
        client.post(&path(&up, "/run"), json!({ "rows": "rejected" })).problem(409, "state_conflict");
        server.caller("sales").get(&undo).problem(404, "not_found");
        server.settle();
        let told = client.get(&undo).expect(200);
        assert_eq!((&told["state"], &told["undone"], &told["left"]), (&json!("undone"), &json!(ROWS), &json!(0)), "{told}");
        assert_eq!(client.get(&path(&up, "")).expect(200)["undo"], told, "after a reload too");
        assert_eq!(client.get("/imports?object=contact").expect(200)["items"][0]["undo"]["state"], "undone");
        let left = client.get("/records/contact?count=exact").expect(200);
        assert_eq!((&left["count"]["value"], &left["items"][0]["title"]), (&json!(1), &kept["title"]), "{left}");
    });
}
