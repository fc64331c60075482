//! Two people at once.

use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::{make_account, path_of};

#[test]
fn a_stale_version_is_refused_with_both_versions() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let path = path_of("account", &make_account(&client, "星河"));
        client.patch(&path, json!({ "name": "星河智能" })).expect(200);
        let problem = client.with_header("if-match", "\"1\"").patch(&path, json!({ "name": "银河", "level": "a" })).problem(409, "version_conflict");
        assert_eq!((&problem["current_version"], &problem["your_version"]), (&json!(2), &json!(1)));
        assert_eq!(problem["conflicting_fields"], json!(["name"]));
        assert_eq!(problem["current"]["name"], "星河智能");
        assert_eq!(client.get(&path).expect(200)["level"], "c", "nothing half written");
        client.with_header("if-match", "W/\"2\"").patch(&path, json!({ "level": "a" })).expect(200);
        client.patch(&path, json!({ "level": "b" })).expect(200);
        for wrong in ["x", "\"0\"", "-1"] {
            client.with_header("if-match", wrong).patch(&path, json!({ "level": "a" })).problem(400, "bad_request");
        }
    });
}

#[test]
fn fields_nobody_else_touched_merge() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let path = path_of("account", &make_account(&client, "星河"));
        client.patch(&path, json!({ "name": "星河智能" })).expect(200);
        let merging = client.with_header("if-match", "\"1\"").with_header("prefer", "merge");
        let merged = merging.patch(&path, json!({ "level": "a" })).expect(200);
        assert_eq!((&merged["name"], &merged["level"], &merged["version"]), (&json!("星河智能"), &json!("a"), &json!(3)));
        merging.patch(&path, json!({ "name": "银河" })).problem(409, "version_conflict");
    });
}

#[test]
fn a_conflict_tells_of_each_field_what_it_held_what_it_holds_and_what_was_sent() {
    on_both_stores(|server| {
        let (one, other) = (server.add_member("one", &["sales"], server.department()), server.add_member("other", &["sales"], server.department()));
        let admin = server.administrator();
        let account = admin.post("/records/account", json!({ "name": "星河", "owner": one })).expect(201);
        let path = path_of("account", &account);
        admin.patch(&path, json!({ "name": "星河二" })).expect(200);
        admin.patch(&path, json!({ "name": "星河三", "owner": other })).expect(200);
        let merging = admin.with_header("if-match", "\"1\"").with_header("prefer", "merge");
        let mine = json!({ "name": "银河", "owner": one, "level": "a" });
        let problem = merging.patch(&path, mine).problem(409, "version_conflict");
        let (one, other) = (json!({ "id": one, "label": "one" }), json!({ "id": other, "label": "other" }));
        let wanted = json!([
            { "field": "owner", "base": one, "theirs": other, "mine": one },
            { "field": "name", "base": "星河", "theirs": "星河三", "mine": "银河" },
        ]);
        assert_eq!(problem["conflicts"], wanted);
        assert_eq!(admin.get(&path).expect(200)["level"], "c", "and nothing is half written");
    });
}

#[test]
fn rules_hold_for_what_two_changes_come_to_together() {
    on_both_stores(|server| {
        let client = server.administrator();
        // A contact is to be reachable by something: each of the two leaves it so, both together do not.
        let made = client.post("/records/contact", json!({ "name": "李娜", "mobile": "13812345678", "email": "li@x.example" })).expect(201);
        let path = path_of("contact", &made);
        client.patch(&path, json!({ "email": null })).expect(200);
        let merging = client.with_header("if-match", "\"1\"").with_header("prefer", "merge");
        merging.patch(&path, json!({ "mobile": null })).field_problem(422, "mobile", "rule");
    });
}
