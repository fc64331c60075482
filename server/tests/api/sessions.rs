//! Where somebody is signed in, and how that ends.

use guanxi_testkit::{PASSWORD, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

fn ids(list: &Json) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_member_sees_where_he_is_signed_in_and_ends_it() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let here = server.sign_in("lin");
        let mut phone = server.anonymous().with_header("user-agent", "Mozilla/5.0 (iPhone) <script>");
        phone.sign_in("lin@test.example", PASSWORD).expect(200);
        let third = server.sign_in("lin");
        let listed = here.get("/me/sessions").expect(200);
        assert_eq!(ids(&listed).len(), 3);
        let current: Vec<&Json> = listed["items"].as_array().unwrap().iter().filter(|it| it["current"] == true).collect();
        assert_eq!(current.len(), 1);
        let other = listed["items"].as_array().unwrap().iter().find(|it| it["device"].as_str().unwrap().contains("iPhone")).unwrap();
        assert!(!listed.to_string().contains("csrf") && !listed.to_string().contains("token"));
        let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
        server.caller("sales").delete(&path).problem(404, "not_found");
        phone.get("/me").expect(200);
        here.delete(&path).expect(204);
        phone.get("/me").problem(401, "not_signed_in");
        here.delete(&path).problem(404, "not_found");
        assert_eq!(here.delete("/me/sessions").expect(200)["ended"], 1);
        third.get("/me").problem(401, "not_signed_in");
        here.get("/me").expect(200);
        assert_eq!(server.audit(&["end_session"]).len(), 2);
    });
}

#[test]
fn an_administrator_sees_and_ends_a_members_sessions() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let (one, two) = (server.sign_in("lin"), server.sign_in("lin"));
        let admin = server.administrator();
        let listed = admin.get(&format!("/users/{lin}/sessions")).expect(200);
        assert_eq!(ids(&listed).len(), 2);
        admin.delete(&format!("/users/{lin}/sessions/{}", ids(&listed)[0])).expect(204);
        assert_eq!([&one, &two].iter().filter(|it| it.get("/me").status == 200).count(), 1);
        assert_eq!(admin.delete(&format!("/users/{lin}/sessions")).expect(200)["ended"], 1);
        assert_eq!([&one, &two].iter().filter(|it| it.get("/me").status == 200).count(), 0);
        admin.get("/me").expect(200);
    });
}

#[test]
fn a_change_of_roles_gives_the_session_another_token() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let old = server.sign_in("lin");
        server.administrator().patch(&format!("/records/user/{lin}"), json!({ "roles": ["sales", "sales_manager"] })).expect(200);
        let reply = old.get("/me");
        assert!(reply.expect(200)["user"]["roles"].as_array().unwrap().contains(&json!("sales_manager")));
        let mut new = old.clone();
        new.take_session(&reply);
        assert_ne!(new.cookie, old.cookie, "the answer brings another token");
        // What was under way with the old one still passes, until the new one has been used.
        assert!(old.get("/me").headers.get("set-cookie").is_none());
        new.get("/me").expect(200);
        new.post("/records/account", json!({ "name": "星河" })).expect(201);
        old.get("/me").problem(401, "not_signed_in");
    });
}

#[test]
fn a_token_that_was_replaced_and_not_used_again_dies_too() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let old = server.sign_in("lin");
        server.administrator().patch(&format!("/records/user/{lin}"), json!({ "roles": ["analyst"] })).expect(200);
        old.get("/me").expect(200);
        server.clock.advance(61);
        old.get("/me").problem(401, "not_signed_in");
    });
}

#[test]
fn another_password_gives_this_session_another_token_at_once() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let old = server.sign_in("lin");
        let reply = old.post("/me/password", json!({ "current": PASSWORD, "new": "An-other-horse-10" }));
        reply.expect(204);
        let mut new = old.clone();
        new.take_cookie(&reply);
        assert_ne!(new.cookie, old.cookie);
        old.get("/me").problem(401, "not_signed_in");
        new.get("/me").expect(200);
        new.patch("/me", json!({ "theme": "dark" })).expect(200);
    });
}

#[test]
fn nobody_can_plant_a_session() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let mut victim = server.anonymous();
    victim.cookie = Some(format!("guanxi_session={}", "a".repeat(64)));
    let planted = victim.clone();
    victim.sign_in("lin@test.example", PASSWORD).expect(200);
    assert_ne!(victim.cookie, planted.cookie);
    planted.get("/me").problem(401, "not_signed_in");
}

#[test]
fn a_stream_left_open_keeps_no_session_alive() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    server.clock.advance(6 * 24 * 3600);
    client.stream_events("/events/stream?after=0", 1, || {});
    let seen = client.get("/me/sessions").expect(200)["items"][0]["seen_at"].clone();
    assert_eq!(seen, "2026-11-22T02:00:00Z", "seen when the stream was opened");
    server.clock.advance(3600);
    client.stream_events("/events/stream?after=0", 1, || {});
}

#[test]
fn failed_attempts_are_in_the_audit_log_and_a_flood_of_them_is_not() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        for _ in 0..40 {
            server.anonymous().sign_in("lin@test.example", "wrong");
        }
        server.anonymous().sign_in("nobody@test.example", "my secret password");
        let failed = server.audit(&["sign_in_failed"]);
        assert_eq!(failed.iter().map(|it| it.1).collect::<Vec<_>>(), [vec![Some(lin); 5], vec![None]].concat());
        assert!(failed.iter().all(|it| it.2["address"].is_string()));
        assert_eq!(server.audit(&["sign_in_locked"]).len(), 1);
        assert!(!format!("{:?}", server.audit(&["sign_in_failed"])).contains("secret"));
        server.clock.advance(900);
        server.anonymous().sign_in("lin@test.example", PASSWORD).expect(200);
        assert_eq!(server.audit(&["sign_in"]).last().unwrap().2["method"], "password");
    });
}

#[test]
fn a_profile_gives_nobody_rights() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let client = server.sign_in("lin");
        for change in [
            json!({ "roles": ["administrator"] }),
            json!({ "role": "admin" }),
            json!({ "is_admin": 1 }),
            json!({ "email": "boss@test.example" }),
            json!({ "email_verified": true }),
            json!({ "department": server.department() }),
            json!({ "second_factor": false }),
            json!({ "active": true }),
            json!({ "user": { "roles": ["administrator"] } }),
        ] {
            client.patch("/me", change).problem(400, "bad_request");
        }
        let reply = client.patch(&format!("/records/user/{lin}"), json!({ "roles": ["administrator"] }));
        assert!(reply.status == 403 || reply.status == 404, "{}", reply.json);
        assert_eq!(client.get("/me").expect(200)["user"]["roles"], json!(["sales"]));
    });
}

#[test]
fn passwords_of_every_kind() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let mut client = server.sign_in("lin");
        let change =
            |client: &guanxi_testkit::Client<'_>, current: &str, new: &str| client.post("/me/password", json!({ "current": current, "new": new }));
        change(&client, PASSWORD, "x").field_problem(422, "new", "too_small");
        change(&client, PASSWORD, "with\0nothing").field_problem(422, "new", "bad_format");
        change(&client, PASSWORD, "password123").field_problem(422, "new", "bad_format");
        change(&client, PASSWORD, &"y".repeat(10_000_000)).problem(413, "too_large");
        let long: String = "春眠不觉晓".chars().cycle().take(200).collect();
        let mut current = PASSWORD.to_owned();
        for new in [long.as_str(), "🐼🐯🦊🐻🦁🐨🐮🐷"] {
            let reply = change(&client, &current, new);
            reply.expect(204);
            client.take_cookie(&reply);
            current = new.to_owned();
            server.anonymous().sign_in("lin@test.example", new).expect(200);
            server.anonymous().sign_in("lin@test.example", new.trim_end_matches(['晓', '🐷'])).problem(401, "bad_credentials");
        }
    });
}
