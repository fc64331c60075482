//! The second step of signing in: what stands half way can do nothing, what proves is accepted once, and who must have
//! one is led to it.

use guanxi_testkit::{Client, PASSWORD, Reply, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use totp_rs::{Builder, Secret};

/// The code an app shows now, or so many seconds from now.
pub(super) fn code(server: &TestServer, secret: &str, seconds: i64) -> String {
    let app = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let now = guanxi_kernel::context::Clock::now(server.clock.as_ref()).as_second() + seconds;
    app.generate(u64::try_from(now).unwrap()).to_string()
}

/// Sets codes up for the caller; answers the secret and the recovery codes.
pub(super) fn enrol(server: &TestServer, client: &mut Client<'_>) -> (String, Vec<String>) {
    let new = client.post("/me/factors/totp", json!({})).expect(200);
    let secret = new["secret"].as_str().unwrap().to_owned();
    let reply = client.post("/me/factors/totp/confirm", json!({ "token": new["token"], "code": code(server, &secret, 0) }));
    let answer = reply.expect(200);
    client.take_cookie(&reply);
    // The code that set it up counts for nothing else.
    server.clock.advance(30);
    (secret, answer["recovery_codes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect())
}

/// The right password of somebody who has a second factor.
fn half_way<'a>(server: &'a TestServer, login: &str) -> Client<'a> {
    let mut client = server.anonymous();
    let reply = client.post("/auth/login", json!({ "email": format!("{login}@test.example"), "password": PASSWORD }));
    assert_eq!(reply.expect(202)["stage"], "second_factor");
    client.take_session(&reply);
    client
}

fn present(client: &Client<'_>, factor: Json) -> Reply {
    client.post("/auth/second-factor", factor)
}

#[test]
fn the_second_step_is_asked_for_and_half_way_there_is_nothing_else() {
    on_both_stores(|server| {
        server.add_member("lin", &["administrator"], server.department());
        let mut lin = server.sign_in("lin");
        let before = lin.clone();
        let (secret, codes) = enrol(server, &mut lin);
        assert_eq!(codes.len(), 10);
        before.get("/me").problem(401, "not_signed_in");
        lin.get("/me").expect(200);
        let half = half_way(server, "lin");
        for path in [
            "/me",
            "/meta",
            "/records/account",
            "/users/waiting",
            "/me/sessions",
            "/me/factors",
            "/events?after=0",
            "/sign-in-policy",
            "/openapi.json",
        ] {
            half.get(path).problem(401, "second_factor_required");
        }
        for path in ["/records/account", "/me/api-keys", "/me/factors/totp", "/me/recovery-codes", "/auth/prove", "/files", "/me/password"] {
            half.post(path, json!({})).problem(401, "second_factor_required");
        }
        half.delete("/me/sessions").problem(401, "second_factor_required");
        assert_eq!(half.get("/auth/step").expect(200)["factors"], json!(["totp"]));
        let mut forged = half.clone();
        forged.csrf = Some("0".repeat(64));
        present(&forged, json!({ "code": code(server, &secret, 0) })).problem(403, "csrf");
        let reply = present(&half, json!({ "code": code(server, &secret, 0) }));
        let mut whole = half.clone();
        reply.expect(200);
        whole.take_session(&reply);
        assert_ne!(whole.cookie, half.cookie);
        whole.get("/users/waiting").expect(200);
        half.get("/auth/step").problem(401, "not_signed_in");
        whole.post("/auth/second-factor", json!({ "code": code(server, &secret, 30) })).problem(403, "forbidden");
        let methods: Vec<Json> = server.audit(&["sign_in"]).into_iter().map(|it| it.2["method"].clone()).collect();
        assert_eq!(methods, [json!("password"), json!("totp")]);
    });
}

#[test]
fn a_code_is_accepted_once_and_guessing_is_slowed_down() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let mut lin = server.sign_in("lin");
        let (secret, _) = enrol(server, &mut lin);
        let now = code(server, &secret, 0);
        let (one, two) = (half_way(server, "lin"), half_way(server, "lin"));
        present(&one, json!({ "code": now })).expect(200);
        present(&two, json!({ "code": now })).problem(401, "bad_second_factor");
        // Nor one from before it.
        present(&two, json!({ "code": code(server, &secret, -30) })).problem(401, "bad_second_factor");
        server.clock.advance(1800);
        let guesser = half_way(server, "lin");
        let statuses: Vec<u16> = (0..10).map(|number| present(&guesser, json!({ "code": format!("00000{number}") })).status).collect();
        assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429, 429, 429]);
        let right = present(&guesser, json!({ "code": code(server, &secret, 0) }));
        right.problem(429, "too_many_attempts");
        server.clock.advance(60);
        present(&guesser, json!({ "code": code(server, &secret, 0) })).expect(200);
        let failed = server.audit(&["sign_in_failed"]);
        assert!(failed.len() == 7 && failed.iter().all(|it| it.2["reason"] == "bad_second_factor"), "{failed:?}");
        assert_eq!(server.audit(&["sign_in_locked"]).len(), 1);
    });
}

#[test]
fn half_a_session_does_not_last() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let mut lin = server.sign_in("lin");
    let (secret, _) = enrol(&server, &mut lin);
    let half = half_way(&server, "lin");
    server.clock.advance(600);
    present(&half, json!({ "code": code(&server, &secret, 0) })).problem(401, "not_signed_in");
    assert_eq!(lin.get("/me/sessions").expect(200)["items"].as_array().unwrap().len(), 1, "half ones are not listed");
}

#[test]
fn a_recovery_code_stands_in_once() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let mut lin = server.sign_in("lin");
        let (_, codes) = enrol(server, &mut lin);
        present(&half_way(server, "lin"), json!({ "recovery_code": codes[0].to_uppercase() })).expect(200);
        present(&half_way(server, "lin"), json!({ "recovery_code": codes[0] })).problem(401, "bad_second_factor");
        assert_eq!(lin.get("/me/factors").expect(200)["recovery_codes_left"], 9);
        let others = lin.post("/me/recovery-codes", json!({})).expect(200);
        present(&half_way(server, "lin"), json!({ "recovery_code": codes[1] })).problem(401, "bad_second_factor");
        let other = server.caller("sales");
        other.post("/me/recovery-codes", json!({})).problem(409, "state_conflict");
        // Somebody else's do not fit.
        server.add_member("mei", &["sales"], server.department());
        let mut mei = server.sign_in("mei");
        enrol(server, &mut mei);
        present(&half_way(server, "mei"), json!({ "recovery_code": others["recovery_codes"][0] })).problem(401, "bad_second_factor");
        assert_eq!(server.audit(&["use_recovery_code"]).len(), 1);
    });
}

#[test]
fn what_is_presented_is_of_one_kind_and_well_formed() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let mut lin = server.sign_in("lin");
    let (secret, _) = enrol(&server, &mut lin);
    let half = half_way(&server, "lin");
    for body in [
        json!({}),
        json!({ "code": 123456 }),
        json!({ "code": code(&server, &secret, 0), "recovery_code": "x" }),
        json!({ "code": code(&server, &secret, 0), "stage": "full" }),
        json!({ "code": null }),
    ] {
        present(&half, body).problem(400, "bad_request");
    }
    present(&half, json!(["123456"])).problem(400, "bad_request");
    half.post("/auth/sign", json!({})).problem(404, "not_found");
    present(&half, json!({ "token": "x", "credential": {} })).problem(409, "passkeys_unavailable");
}

#[test]
fn another_password_by_a_link_does_not_skip_the_second_step() {
    on_both_stores(|server| {
        let id = server.add_member("lin", &["sales"], server.department());
        let mut lin = server.sign_in("lin");
        let (secret, _) = enrol(server, &mut lin);
        let link = server.administrator().post(&format!("/users/{id}/link"), json!({})).expect(200);
        let token = link["path"].as_str().unwrap().split_once('#').unwrap().1;
        let mut client = server.anonymous();
        let reply = client.post("/auth/password", json!({ "token": token, "password": "An-other-horse-10" }));
        assert_eq!(reply.expect(202)["stage"], "second_factor");
        client.take_session(&reply);
        client.get("/me").problem(401, "second_factor_required");
        present(&client, json!({ "code": code(server, &secret, 0) })).expect(200);
    });
}

#[test]
fn whom_the_policy_requires_a_factor_of_is_led_to_it() {
    on_both_stores(|server| {
        server.add_member("boss", &["sales_manager"], server.department());
        let admin = server.administrator();
        let policy = admin.patch("/sign-in-policy", json!({ "second_factor_roles": ["sales_manager"] })).expect(200);
        assert_eq!((&policy["second_factor_roles"], &policy["idle_minutes"]), (&json!(["sales_manager"]), &json!(10080)));
        server.caller("sales").get("/me").expect(200);
        let mut boss = server.anonymous();
        let reply = boss.post("/auth/login", json!({ "email": "boss@test.example", "password": PASSWORD }));
        assert_eq!(reply.expect(202)["stage"], "enrolment");
        boss.take_session(&reply);
        let half = boss.clone();
        boss.get("/me").problem(401, "enrolment_required");
        boss.post("/records/account", json!({ "name": "星河" })).problem(401, "enrolment_required");
        present(&boss, json!({ "code": "123456" })).problem(401, "enrolment_required");
        assert_eq!(boss.get("/me/factors").expect(200)["required"], true);
        let new = boss.post("/me/factors/totp", json!({})).expect(200);
        let (secret, token) = (new["secret"].as_str().unwrap(), &new["token"]);
        boss.post("/me/factors/totp/confirm", json!({ "token": token, "code": "000000" })).problem(401, "bad_second_factor");
        let reply = boss.post("/me/factors/totp/confirm", json!({ "token": token, "code": code(server, secret, 0) }));
        let answer = reply.expect(200);
        assert_eq!((answer["recovery_codes"].as_array().unwrap().len(), &answer["user"]["name"]), (10, &json!("boss")));
        boss.take_session(&reply);
        boss.get("/me").expect(200);
        half.get("/auth/step").problem(401, "not_signed_in");
        // The last one stays while it is required.
        let id = boss.get("/me/factors").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        boss.delete(&format!("/me/factors/{id}")).problem(409, "state_conflict");
        admin.patch("/sign-in-policy", json!({ "second_factor_roles": [] })).expect(200);
        boss.delete(&format!("/me/factors/{id}")).expect(204);
    });
}

#[test]
fn an_administrator_takes_lost_factors_away() {
    on_both_stores(|server| {
        let id = server.add_member("lin", &["sales"], server.department());
        let mut lin = server.sign_in("lin");
        enrol(server, &mut lin);
        let path = format!("/users/{id}/factors");
        server.caller("sales_manager").delete(&path).problem(403, "forbidden");
        server.caller("sales_manager").get(&path).problem(403, "forbidden");
        let admin = server.administrator();
        let listed = admin.get(&path).expect(200);
        assert!(listed["items"][0]["kind"] == "totp" && !listed.to_string().contains("secret"), "{listed}");
        server.clock.advance(16 * 60);
        admin.delete(&path).problem(403, "proof_needed");
        admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        admin.delete(&path).expect(204);
        admin.delete(&path).problem(404, "not_found");
        lin.get("/me").problem(401, "not_signed_in");
        server.sign_in("lin");
        assert_eq!(server.audit(&["add_factor", "reset_factors"]).into_iter().map(|it| it.1).collect::<Vec<_>>(), [Some(id), Some(id)]);
    });
}

#[test]
fn a_change_of_factors_wants_a_fresh_proof_and_ends_other_sessions() {
    on_both_stores(|server| {
        server.add_member("lin", &["sales"], server.department());
        let (mut lin, elsewhere) = (server.sign_in("lin"), server.sign_in("lin"));
        lin.with_new_key().post("/me/factors/totp", json!({})).problem(403, "forbidden");
        server.clock.advance(16 * 60);
        lin.post("/me/factors/totp", json!({})).problem(403, "proof_needed");
        lin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        let (secret, _) = enrol(server, &mut lin);
        elsewhere.get("/me").problem(401, "not_signed_in");
        server.clock.advance(16 * 60);
        let id = lin.get("/me/factors").expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        lin.delete(&format!("/me/factors/{id}")).problem(403, "proof_needed");
        lin.post("/auth/prove", json!({ "code": "000000" })).problem(401, "bad_second_factor");
        lin.post("/auth/prove", json!({ "code": code(server, &secret, 0) })).expect(204);
        server.caller("sales").delete(&format!("/me/factors/{id}")).problem(404, "not_found");
        lin.delete(&format!("/me/factors/{id}")).expect(204);
        server.sign_in("lin");
    });
}

#[test]
fn a_secret_that_was_not_confirmed_or_is_anothers_counts_for_nothing() {
    let server = TestServer::sqlite();
    server.add_member("lin", &["sales"], server.department());
    let (lin, other) = (server.sign_in("lin"), server.caller("sales"));
    let new = lin.post("/me/factors/totp", json!({})).expect(200);
    let secret = new["secret"].as_str().unwrap();
    let right = json!({ "token": new["token"], "code": code(&server, secret, 0) });
    other.post("/me/factors/totp/confirm", right.clone()).problem(401, "bad_second_factor");
    server.sign_in("lin");
    server.clock.advance(600);
    let late = json!({ "token": new["token"], "code": code(&server, secret, 0) });
    lin.post("/me/factors/totp/confirm", late).problem(401, "bad_second_factor");
    assert_eq!(lin.get("/me/factors").expect(200)["items"], json!([]));
}

#[test]
fn the_policy_is_an_administrators_and_within_reason() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        sales.get("/sign-in-policy").problem(403, "forbidden");
        sales.patch("/sign-in-policy", json!({ "second_factor_for_all": true })).problem(403, "forbidden");
        admin.patch("/sign-in-policy", json!({ "idle_minutes": 1 })).field_problem(422, "idle_minutes", "too_small");
        admin.patch("/sign-in-policy", json!({ "password_length": 4 })).field_problem(422, "password_length", "too_small");
        admin.patch("/sign-in-policy", json!({ "session_hours": 9_000 })).field_problem(422, "session_hours", "too_large");
        admin.patch("/sign-in-policy", json!({ "second_factor_roles": ["king"] })).field_problem(422, "second_factor_roles", "bad_option");
        admin.patch("/sign-in-policy", json!({ "second_factor_for_nobody": true })).problem(400, "bad_request");
        admin.patch("/sign-in-policy", json!({ "idle_minutes": 30, "session_hours": 2, "password_length": 12 })).expect(200);
        assert_eq!(server.audit(&["change_sign_in_policy"]).len(), 1);
        sales.post("/me/password", json!({ "current": PASSWORD, "new": "eleven char" })).field_problem(422, "new", "too_small");
        // Limits hold for sessions that are open already.
        for _ in 0..4 {
            server.clock.advance(29 * 60);
            sales.get("/me").expect(200);
        }
        server.clock.advance(29 * 60);
        sales.get("/me").problem(401, "not_signed_in");
        let idle = server.caller("sales");
        server.clock.advance(30 * 60);
        idle.get("/me").problem(401, "not_signed_in");
    });
}
