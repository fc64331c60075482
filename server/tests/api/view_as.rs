//! Looking with a member's rights.

use guanxi_testkit::{PASSWORD, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A rep with a customer of his own, and one of somebody else's.
fn rep(server: &TestServer) -> Uuid {
    let lin = server.add_member("lin", &["sales"], server.department());
    server.add_member("boss", &["administrator"], server.department());
    server.create("account", json!({ "name": "星河", "owner": lin }));
    server.create("account", json!({ "name": "远山" }));
    lin
}

fn names(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn an_administrator_sees_what_a_member_sees_and_changes_nothing() {
    on_both_stores(|server| {
        let lin = rep(server);
        let (boss, own) = (server.sign_in("boss"), server.sign_in("lin"));
        let accounts = "/records/account?sort=name&fields=name";
        assert_eq!(names(&boss.get(accounts).expect(200)).len(), 2);
        boss.post(&format!("/users/{lin}/view"), json!({})).expect(204);
        let me = boss.get("/me").expect(200);
        assert_eq!((me["user"]["id"].as_str(), me["viewer"]["name"].as_str()), (Some(lin.to_string().as_str()), Some("boss")));
        assert_eq!(boss.get(accounts).expect(200), own.get(accounts).expect(200));
        assert_eq!(boss.get("/search?q=远山").expect(200)["items"], json!([]));
        boss.get("/audit").problem(403, "forbidden");
        for private in ["/me/sessions", "/me/api-keys", "/me/factors", "/me/identities"] {
            boss.get(private).problem(403, "view_only");
        }
        boss.post("/records/account", json!({ "name": "新客户" })).problem(403, "view_only");
        boss.patch("/me", json!({ "name": "别名" })).problem(403, "view_only");
        boss.post("/me/password", json!({ "current": PASSWORD, "new": "another long password 9" })).problem(403, "view_only");
        boss.delete("/me/view").expect(204);
        assert_eq!(boss.get("/me").expect(200)["viewer"], Json::Null);
        assert_eq!(names(&boss.get(accounts).expect(200)).len(), 2);
        boss.delete("/me/view").expect(204);
        let told = server.audit(&["view_as", "end_view_as"]);
        assert_eq!(told.iter().map(|it| (it.0.as_str(), it.1)).collect::<Vec<_>>(), [("view_as", Some(lin)), ("end_view_as", Some(lin))]);
    });
}

#[test]
fn what_is_noted_meanwhile_names_the_administrator() {
    on_both_stores(|server| {
        let lin = rep(server);
        let boss = server.sign_in("boss");
        let id = boss.get("/me").expect(200)["user"]["id"].clone();
        boss.post(&format!("/users/{lin}/view"), json!({})).expect(204);
        boss.post("/auth/logout", json!({})).expect(200);
        boss.get("/me").problem(401, "not_signed_in");
        let log = server.administrator().get(&format!("/audit?actor={}", id.as_str().unwrap())).expect(200);
        let verbs: Vec<&str> = log["items"].as_array().unwrap().iter().map(|it| it["verb"].as_str().unwrap()).collect();
        assert_eq!(verbs, ["sign_out", "view_as", "sign_in"]);
    });
}

#[test]
fn only_administrators_who_proved_who_they_are_look_with_others_rights() {
    on_both_stores(|server| {
        let lin = rep(server);
        let boss = server.sign_in("boss");
        server.sign_in("lin").post(&format!("/users/{}/view", Uuid::nil()), json!({})).problem(403, "forbidden");
        server.caller("sales").post(&format!("/users/{lin}/view"), json!({})).problem(403, "forbidden");
        boss.post(&format!("/users/{}/view", Uuid::from_u128(7)), json!({})).problem(404, "not_found");
        let me: Uuid = boss.get("/me").expect(200)["user"]["id"].as_str().unwrap().parse().unwrap();
        boss.post(&format!("/users/{me}/view"), json!({})).problem(409, "state_conflict");
        server.clock.advance(3_600);
        boss.post(&format!("/users/{lin}/view"), json!({})).problem(403, "proof_needed");
    });
}

#[test]
fn the_view_ends_with_the_right_to_it() {
    on_both_stores(|server| {
        let lin = rep(server);
        let boss = server.sign_in("boss");
        let id = boss.get("/me").expect(200)["user"]["id"].as_str().unwrap().to_owned();
        boss.post(&format!("/users/{lin}/view"), json!({})).expect(204);
        server.administrator().patch(&format!("/records/user/{id}"), json!({ "roles": ["partner"] })).expect(200);
        let reply = boss.get("/me");
        assert_eq!((reply.expect(200)["user"]["id"].as_str(), &reply.expect(200)["viewer"]), (Some(id.as_str()), &Json::Null));
        // Who leaves is seen by nobody: the administrator is himself again.
        let chief = {
            server.add_member("chief", &["administrator"], server.department());
            server.sign_in("chief")
        };
        chief.post(&format!("/users/{lin}/view"), json!({})).expect(204);
        server.administrator().patch(&format!("/records/user/{lin}"), json!({ "active": false })).expect(200);
        assert_eq!(chief.get("/me").expect(200)["viewer"], Json::Null);
        chief.post("/records/account", json!({ "name": "新客户" })).expect(201);
    });
}
