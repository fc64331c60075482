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
