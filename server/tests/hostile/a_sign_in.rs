//! A: signing in and sessions.

use axum::http::Method;
use guanxi_testkit::{Client, PASSWORD, TestServer};
use serde_json::json;

use super::world::{Call, on_both, on_sqlite, text_of};

/// Somebody at this address, behind our own proxy.
fn at<'a>(server: &'a TestServer, address: &str) -> Client<'a> {
    server.anonymous().with_header("x-forwarded-for", address)
}

#[test]
fn guessing_is_slowed_by_account_and_by_address_and_locks_nobody_out() {
    let server = TestServer::with_settings(&[("trust-proxy", "true")]);
    server.add_member("lin", &["sales"], server.department());
    at(&server, "192.0.2.1").sign_in("lin@test.example", PASSWORD).expect(200);
    // From one address: the account's limit.
    let statuses: Vec<u16> = (0..20).map(|_| at(&server, "198.51.100.7").sign_in("lin@test.example", "wrong").status).collect();
    assert_eq!((statuses.iter().filter(|it| **it == 401).count(), statuses.last()), (5, Some(&429)), "{statuses:?}");
    // From twenty others: the same account stays slow.
    for last in 1..=20 {
        at(&server, &format!("203.0.113.{last}")).sign_in("lin@test.example", "wrong").problem(429, "too_many_attempts");
    }
    // Its owner comes in from where he has been before, all the while.
    at(&server, "192.0.2.1").sign_in("lin@test.example", PASSWORD).expect(200);
    // Many accounts from one address: the address's limit.
    let many: Vec<u16> = (0..40).map(|it| at(&server, "198.51.100.9").sign_in(&format!("nobody{it}@test.example"), "wrong").status).collect();
    assert_eq!((many.iter().filter(|it| **it == 401).count(), many.last()), (30, Some(&429)), "{many:?}");
    server.clock.advance(900);
    at(&server, "198.51.100.7").sign_in("lin@test.example", PASSWORD).expect(200);
    assert!(!server.audit(&["sign_in_failed"]).is_empty() && !server.audit(&["sign_in_locked"]).is_empty());
}

#[test]
fn a_forwarded_address_counts_only_behind_our_own_proxy() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let statuses: Vec<u16> = (0..8).map(|it| at(&server, &format!("203.0.113.{it}")).sign_in("lin@test.example", "wrong").status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429], "who names another address each time is still himself");
}

#[test]
fn a_session_is_another_after_sign_in_and_the_planted_one_dies() {
    on_sqlite(|world| {
        let mut victim = world.server.anonymous();
        victim.cookie = Some(format!("guanxi_session={}", "a".repeat(64)));
        let planted = victim.clone();
        victim.sign_in("rep@test.example", PASSWORD).expect(200);
        assert_ne!(victim.cookie, planted.cookie);
        world.refused(&planted, &[401], &Call::get("/me"));
        // Somebody's own session planted in a victim's browser does not become the victim's.
        let mut victim = world.partner.clone();
        let attacker = world.partner.clone();
        victim.sign_in("rival@test.example", PASSWORD).expect(200);
        world.refused(&attacker, &[401], &Call::get("/me"));
        assert_eq!(victim.get("/me").expect(200)["user"]["email"], "rival@test.example");
    });
}

#[test]
fn credentials_are_taken_from_headers_alone_and_from_our_own_workspace() {
    on_sqlite(|world| {
        let token = |client: &Client<'_>| client.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
        let anonymous = world.server.anonymous();
        let key = world.program.key.clone().unwrap();
        for query in [format!("api_key={key}"), format!("token={}", token(&world.rep)), format!("authorization=Bearer%20{key}")] {
            world.refused(&anonymous, &[400, 401], &Call::get(format!("/records/lead?{query}")));
        }
        // The session of one workspace is none in the other, in either direction.
        let elsewhere = world.rep.in_workspace(&world.elsewhere);
        world.refused(&elsewhere, &[401], &Call::get("/me"));
        let mut here = world.server.anonymous();
        here.cookie = Some(format!("guanxi_session={}", token(&world.outsider)));
        world.refused(&here, &[401], &Call::get("/me"));
        let mut key_elsewhere = world.server.anonymous().in_workspace(&world.elsewhere);
        key_elsewhere.key = Some(key);
        world.refused(&key_elsewhere, &[401], &Call::get("/records/lead"));
        for wrong in ["gx_", "Basic cmVwOng=", "gx_00000000", "' OR 1=1 --"] {
            let mut forged = world.server.anonymous();
            forged.key = Some(wrong.to_owned());
            world.refused(&forged, &[401], &Call::get("/records/lead"));
        }
        // A wrong key is not mended by a good cookie beside it.
        let mut both = world.rep.clone();
        both.key = Some("gx_wrong".to_owned());
        world.refused(&both, &[401], &Call::get("/me"));
    });
}

#[test]
fn a_key_has_its_scope_from_the_next_request_on_and_dies_with_its_owner() {
    on_both(|world| {
        world.ask(&world.program, &Call::get("/records/lead")).expect(200);
        for object in ["account", "contact", "user", "role_grant", "file"] {
            world.refused(&world.program, &[403, 404], &Call::get(format!("/records/{object}")));
        }
        world.refused(&world.program, &[403], &Call::patch(world.own.path("lead"), json!({ "need": "x" })));
        world.refused(&world.program, &[403], &Call::get("/records/lead/export"));
        for path in ["/me/sessions", "/me/factors", "/audit", "/roles", "/sign-in-policy", "/workspaces", "/jobs"] {
            world.refused(&world.program, &[403], &Call::get(path));
        }
        world.refused(&world.program, &[403], &Call::post("/me/api-keys", json!({ "name": "wider" })));
        // What is answered to the session under a key of idempotency is not told to the program that repeats it.
        let keyed = world.rep.with_header("idempotency-key", "same");
        let body = json!({ "name": "Keyed", "company": "Keyed" });
        keyed.post("/records/lead", body.clone()).expect(201);
        world.refused(&world.program.with_header("idempotency-key", "same"), &[403, 422], &Call::post("/records/lead", body));
        world.admin.patch(&format!("/records/user/{}", world.rep_id), json!({ "active": false })).expect(200);
        world.refused(&world.program, &[401], &Call::get("/records/lead"));
        world.refused(&world.rep, &[401], &Call::get("/me"));
    });
}

#[test]
fn a_sign_in_that_is_none_tells_nothing() {
    on_sqlite(|world| {
        let anonymous = world.server.anonymous();
        let ask = |body: serde_json::Value| {
            let mut problem = world.refused(&anonymous, &[400, 401, 413, 429], &Call::post("/auth/login", body)).json;
            problem["request_id"] = json!(null);
            problem
        };
        let wrong = ask(json!({ "email": "rep@test.example", "password": "wrong" }));
        assert_eq!(ask(json!({ "email": "CNRY@test.example", "password": PASSWORD })), wrong);
        assert_eq!(ask(json!({ "email": "rep@test.example' --", "password": PASSWORD })), wrong);
        assert_eq!(ask(json!({ "email": "*", "password": "" })), wrong);
        for odd in [json!({ "email": ["rep@test.example"], "password": PASSWORD }), json!({ "email": "rep@test.example", "password": { "$ne": "" } })]
        {
            assert_eq!(ask(odd)["code"], "bad_request");
        }
        let huge = "p".repeat(2_000_000);
        ask(json!({ "email": "rep@test.example", "password": huge }));
        // Headers that speak for somebody else open nothing.
        for (name, value) in [("x-forwarded-user", "chief"), ("x-remote-user", "chief@test.example"), ("x-original-url", "/metrics")] {
            world.refused(&anonymous.with_header(name, value), &[401], &Call::get("/me"));
        }
        let metrics = world.rep.send(Method::GET, "/metrics", None);
        metrics.problem(403, "forbidden");
    });
}

#[test]
fn another_role_or_password_gives_another_session() {
    on_sqlite(|world| {
        let old = world.rep.clone();
        world.admin.patch(&format!("/records/user/{}", world.rep_id), json!({ "roles": ["rep", "analyst"] })).expect(200);
        let reply = old.get("/me");
        let mut new = old.clone();
        new.take_session(&reply);
        assert_eq!(text_of(&reply.expect(200)["user"], "name"), "rep");
        assert_ne!(new.cookie, old.cookie);
        new.get("/me").expect(200);
        world.refused(&old, &[401], &Call::get("/me"));
        let reply = new.post("/me/password", json!({ "current": PASSWORD, "new": "An-other-horse-10" }));
        reply.expect(204);
        world.refused(&new, &[401], &Call::get("/me"));
        let mut newest = new.clone();
        newest.take_cookie(&reply);
        newest.get("/me").expect(200);
    });
}
