//! Sign-in, sessions, keys, CSRF.

use axum::http::Method;
use guanxi_testkit::{PASSWORD, TestServer, on_both_stores};
use serde_json::json;

#[test]
fn a_member_signs_in_and_out() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let mut client = server.anonymous();
        client.get("/me").problem(401, "not_signed_in");
        let reply = client.sign_in("LIN@Test.Example ", PASSWORD);
        let me = reply.expect(200);
        assert_eq!(me["user"]["email"], "lin@test.example");
        assert_eq!(me["user"]["roles"], json!(["sales"]));
        assert_eq!(me["user"]["department"]["label"], "总部");
        assert_eq!(
            (&me["theme"], &me["density"], &me["locale"], &me["time_zone"]),
            (&json!("system"), &json!("comfortable"), &json!("zh-CN"), &json!("Asia/Shanghai"))
        );
        let cookie = reply.header("set-cookie");
        for part in ["guanxi_session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"));
        assert_eq!(client.get("/me").expect(200)["csrf_token"], me["csrf_token"], "the token survives a reload");
        client.post("/auth/logout", json!({})).expect(200);
        client.get("/me").problem(401, "not_signed_in");
    });
}

#[test]
fn the_cookie_is_secure_where_the_public_address_is() {
    let server = TestServer::with_settings(&[("public-url", "https://crm.example")]);
    server.add_member("lin", &["sales"], server.department());
    let reply = server.anonymous().sign_in("lin@test.example", PASSWORD);
    assert!(reply.header("set-cookie").ends_with("; Secure"));
}

#[test]
fn wrong_credentials_are_not_told_apart_and_guessing_is_slowed() {
    on_both_stores(|server| {
        let id = server.add_member("lin", &["sales"], server.department());
        server.add_member("gone", &["sales"], server.department());
        let admin = server.administrator();
        let gone =
            admin.get("/records/user?filter=email%20%3D%3D%20%22gone%40test.example%22").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        admin.patch(&format!("/records/user/{gone}"), json!({ "active": false })).expect(200);
        let text = |email: &str, password: &str| {
            let mut problem = server.anonymous().sign_in(email, password).problem(401, "bad_credentials");
            problem["request_id"] = json!(null);
            problem
        };
        let wrong = text("lin@test.example", "wrong");
        assert_eq!(wrong, text("nobody@test.example", PASSWORD));
        assert_eq!(wrong, text("gone@test.example", PASSWORD));
        assert_eq!(wrong, text("not an address", PASSWORD));
        for _ in 0..4 {
            text("lin@test.example", "wrong");
        }
        let refused = server.anonymous().sign_in("lin@test.example", PASSWORD);
        refused.problem(429, "too_many_attempts");
        let wait: i64 = refused.header("retry-after").parse().unwrap();
        assert!(wait >= 1);
        server.clock.advance(wait);
        server.anonymous().sign_in("lin@test.example", PASSWORD).expect(200);
        assert!(!id.is_nil());
    });
}

#[test]
fn what_one_process_counted_another_knows() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let other = server.beside();
        for n in 0..5 {
            let at = if n % 2 == 0 { server.anonymous() } else { other.anonymous() };
            at.clone().sign_in("lin@test.example", "wrong").problem(401, "bad_credentials");
        }
        other.anonymous().sign_in("lin@test.example", PASSWORD).problem(429, "too_many_attempts");
        server.anonymous().sign_in("lin@test.example", PASSWORD).problem(429, "too_many_attempts");
        // One that starts only now knows as well.
        server.beside().anonymous().sign_in("lin@test.example", PASSWORD).problem(429, "too_many_attempts");
    });
}

#[test]
fn unsafe_requests_need_the_token_and_our_own_origin() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let mut without = client.clone();
        without.csrf = None;
        without.post("/records/account", json!({ "name": "a" })).problem(403, "csrf");
        without.csrf = Some("0".repeat(64));
        without.patch("/me", json!({ "theme": "dark" })).problem(403, "csrf");
        without.get("/me").expect(200);
        client.with_header("origin", "https://evil.example").post("/records/account", json!({ "name": "a" })).problem(403, "csrf");
        client.with_header("origin", "http://guanxi.test").post("/records/account", json!({ "name": "a" })).expect(201);
        let login = json!({ "email": "x@test.example", "password": PASSWORD });
        server.anonymous().with_header("origin", "https://evil.example").post("/auth/login", login.clone()).problem(403, "csrf");
        server.anonymous().with_header("sec-fetch-site", "cross-site").post("/auth/login", login).problem(403, "csrf");
        assert_eq!(client.get("/records/account?count=exact").expect(200)["count"]["value"], 1);
    });
}

#[test]
fn sessions_end_by_time() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for _ in 0..4 {
            server.clock.advance(6 * 24 * 3600);
            client.get("/me").expect(200);
        }
        server.clock.advance(6 * 24 * 3600 + 3600);
        client.get("/me").problem(401, "not_signed_in");
        let idle = server.caller("sales");
        server.clock.advance(7 * 24 * 3600);
        idle.get("/me").problem(401, "not_signed_in");
    });
}

#[test]
fn another_sign_in_gives_another_session_and_ends_the_old_one() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let first = server.sign_in("lin");
    let mut second = first.clone();
    second.sign_in("lin@test.example", PASSWORD).expect(200);
    assert_ne!(first.cookie, second.cookie);
    first.get("/me").problem(401, "not_signed_in");
    second.get("/me").expect(200);
}

#[test]
fn a_deactivated_member_is_out_at_once() {
    on_both_stores(|server| {
        let id = server.add_member("lin", &["sales"], server.department());
        let lin = server.sign_in("lin");
        let key = lin.with_new_key();
        key.get("/me").expect(200);
        let admin = server.administrator();
        admin.patch(&format!("/records/user/{id}"), json!({ "active": false })).expect(200);
        lin.get("/me").problem(401, "not_signed_in");
        key.get("/me").problem(401, "not_signed_in");
        admin.patch(&format!("/records/user/{id}"), json!({ "active": true })).expect(200);
        lin.get("/me").problem(401, "not_signed_in");
        key.get("/me").problem(401, "not_signed_in");
        let lin = server.sign_in("lin");
        assert_eq!(lin.get("/me/api-keys").expect(200)["items"], json!([]));
        let key = lin.with_new_key();
        key.get("/me").expect(200);
        admin.delete(&format!("/records/user/{id}")).expect(204);
        lin.get("/me").problem(401, "not_signed_in");
        server.anonymous().sign_in("lin@test.example", PASSWORD).problem(401, "bad_credentials");
        admin.post(&format!("/records/user/{id}/restore"), json!({})).expect(200);
        lin.get("/me").problem(401, "not_signed_in");
        key.get("/me").problem(401, "not_signed_in");
    });
}

#[test]
fn another_password_ends_the_other_sessions() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let (mut here, elsewhere) = (server.sign_in("lin"), server.sign_in("lin"));
        let new = "An-other-horse-10";
        here.post("/me/password", json!({ "current": "wrong", "new": new })).problem(401, "bad_credentials");
        here.post("/me/password", json!({ "current": PASSWORD, "new": "short" })).field_problem(422, "new", "too_small");
        let reply = here.post("/me/password", json!({ "current": PASSWORD, "new": new }));
        reply.expect(204);
        here.take_cookie(&reply);
        here.get("/me").expect(200);
        elsewhere.get("/me").problem(401, "not_signed_in");
        server.anonymous().sign_in("lin@test.example", PASSWORD).problem(401, "bad_credentials");
        server.anonymous().sign_in("lin@test.example", new).expect(200);
    });
}

#[test]
fn a_key_works_without_cookie_and_token_until_it_is_removed_or_expires() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let made = client.post("/me/api-keys", json!({ "name": "同步", "expires_at": "2026-11-17T00:00:00Z" })).expect(201);
        assert!(made["key"].as_str().unwrap().starts_with("gx_"));
        let mut program = server.anonymous();
        program.key = made["key"].as_str().map(str::to_owned);
        program.post("/records/account", json!({ "name": "经密钥建立" })).expect(201);
        let listed = client.get("/me/api-keys").expect(200);
        assert_eq!(listed["items"][0]["name"], "同步");
        assert!(listed["items"][0]["key"].is_null() && !listed["items"][0]["used_at"].is_null());
        server.caller("sales").delete(&format!("/me/api-keys/{}", made["id"].as_str().unwrap())).problem(404, "not_found");
        server.clock.advance(24 * 3600);
        program.get("/me").problem(401, "not_signed_in");
        client.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        let mut other = client.with_new_key();
        other.get("/me").expect(200);
        let id = client.get("/me/api-keys").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        client.delete(&format!("/me/api-keys/{id}")).expect(204);
        other.get("/me").problem(401, "not_signed_in");
        for wrong in ["gx_wrong", "no key at all", ""] {
            other.key = Some(wrong.to_owned());
            other.get("/me").problem(401, "not_signed_in");
        }
        client.post("/me/api-keys", json!({ "name": "" })).field_problem(422, "name", "required");
        client.post("/me/api-keys", json!({ "name": "x", "expires_at": "2026-01-01T00:00:00Z" })).field_problem(422, "expires_at", "too_small");
    });
}

#[test]
fn nothing_in_the_database_signs_anyone_in() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let token = client.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(server.data_folder()).unwrap() {
        files.extend(std::fs::read(entry.unwrap().path()).unwrap_or_default());
    }
    let holds = |text: &str| files.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(holds("总部"), "the database is among the files");
    assert!(!holds(&token) && !holds(PASSWORD));
    client.send(Method::GET, &format!("/api/v1/me?token={token}"), None).problem(400, "bad_request");
}
