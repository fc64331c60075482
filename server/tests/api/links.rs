//! Invitations and links to another password: for whom, how long, how often.

use std::collections::HashSet;

use guanxi_testkit::{Client, PASSWORD, SmtpPeer, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const NEW: &str = "An-other-horse-10";

/// A member nobody gave a password.
fn newcomer(server: &TestServer, login: &str) -> Uuid {
    let values = json!({ "name": "韩梅", "email": format!("{login}@test.example"), "roles": ["sales"], "department": server.department() });
    server.create("user", values)
}

fn link_for(admin: &Client<'_>, member: Uuid) -> Json {
    admin.post(&format!("/users/{member}/link"), json!({})).expect(200)
}

fn token_of(link: &Json) -> String {
    link["path"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

fn choose(server: &TestServer, token: &str, password: &str) -> guanxi_testkit::Reply {
    server.anonymous().post("/auth/password", json!({ "token": token, "password": password }))
}

#[test]
fn a_new_member_comes_in_by_his_link_once() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let han = newcomer(server, "han");
        let waiting = admin.get("/users/waiting").expect(200);
        assert!(waiting["items"].as_array().unwrap().iter().any(|it| it["member"] == json!(han) && it["invited_at"].is_null()));
        server.anonymous().sign_in("han@test.example", NEW).problem(401, "bad_credentials");
        let link = link_for(&admin, han);
        assert_eq!((&link["kind"], &link["mailed"], &link["url"]), (&json!("activation"), &json!(false), &Json::Null));
        assert!(link["path"].as_str().unwrap().starts_with("/activate#"));
        let token = token_of(&link);
        let seen = server.anonymous().post("/auth/link", json!({ "token": token })).expect(200);
        assert_eq!((&seen["kind"], &seen["name"], &seen["email"]), (&json!("activation"), &json!("韩梅"), &json!("han@test.example")));
        choose(server, &token, "hanmei88").field_problem(422, "password", "bad_format");
        let mut client = server.anonymous();
        let reply = choose(server, &token, NEW);
        assert_eq!(reply.expect(200)["user"]["name"], "韩梅");
        client.take_session(&reply);
        client.get("/me").expect(200);
        choose(server, &token, NEW).problem(409, "link_void");
        server.anonymous().post("/auth/link", json!({ "token": token })).problem(409, "link_void");
        server.anonymous().sign_in("han@test.example", NEW).expect(200);
        assert!(admin.get("/users/waiting").expect(200)["items"].as_array().unwrap().iter().all(|it| it["member"] != json!(han)));
        let verbs: Vec<String> = server.audit(&["invite", "activate"]).into_iter().map(|it| it.0).collect();
        assert_eq!(verbs, ["invite", "activate"]);
    });
}

#[test]
fn a_link_that_was_replaced_revoked_expired_or_made_for_another_address_is_void() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let han = newcomer(server, "han");
        let first = token_of(&link_for(&admin, han));
        let second = token_of(&link_for(&admin, han));
        choose(server, &first, NEW).problem(409, "link_void");
        admin.delete(&format!("/users/{han}/link")).expect(204);
        admin.delete(&format!("/users/{han}/link")).problem(404, "not_found");
        choose(server, &second, NEW).problem(409, "link_void");
        let third = token_of(&link_for(&admin, han));
        admin.patch(&format!("/records/user/{han}"), json!({ "email": "mei@test.example" })).expect(200);
        choose(server, &third, NEW).problem(409, "link_void");
        let fourth = token_of(&link_for(&admin, han));
        admin.patch(&format!("/records/user/{han}"), json!({ "active": false })).expect(200);
        choose(server, &fourth, NEW).problem(409, "link_void");
        admin.post(&format!("/users/{han}/link"), json!({})).problem(404, "not_found");
        admin.patch(&format!("/records/user/{han}"), json!({ "active": true })).expect(200);
        let admin = server.administrator();
        let fifth = token_of(&link_for(&admin, han));
        server.clock.advance(72 * 3600);
        choose(server, &fifth, NEW).problem(409, "link_void");
        for wrong in ["", "x", &"0".repeat(64), "' OR 1=1 --", &"9".repeat(10_000)] {
            let reply = server.anonymous().post("/auth/password", json!({ "token": wrong, "password": NEW }));
            assert!(reply.status == 409 || reply.status == 429, "{}", reply.json);
        }
        server.anonymous().sign_in("mei@test.example", NEW).problem(401, "bad_credentials");
    });
}

#[test]
fn another_password_by_an_administrators_link_ends_all_sessions() {
    on_both_stores(|server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        let before = server.sign_in("lin");
        let admin = server.administrator();
        let link = link_for(&admin, lin);
        assert_eq!(link["kind"], "reset");
        before.get("/me").expect(200);
        server.anonymous().sign_in("lin@test.example", PASSWORD).expect(200);
        choose(server, &token_of(&link), NEW).expect(200);
        before.get("/me").problem(401, "not_signed_in");
        server.anonymous().sign_in("lin@test.example", PASSWORD).problem(401, "bad_credentials");
        server.anonymous().sign_in("lin@test.example", NEW).expect(200);
        let late = token_of(&link_for(&admin, lin));
        server.clock.advance(30 * 60);
        choose(server, &late, PASSWORD).problem(409, "link_void");
    });
}

#[test]
fn only_an_administrator_who_just_proved_himself_makes_links() {
    on_both_stores(|server| {
        let han = newcomer(server, "han");
        let (sales, admin) = (server.caller("sales"), server.administrator());
        let path = format!("/users/{han}/link");
        sales.post(&path, json!({})).problem(403, "forbidden");
        sales.delete(&path).problem(403, "forbidden");
        sales.get("/users/waiting").problem(403, "forbidden");
        sales.get(&format!("/users/{han}/sessions")).problem(403, "forbidden");
        sales.delete(&format!("/users/{han}/sessions")).problem(403, "forbidden");
        assert_eq!(server.audit(&["invite"]), []);
        server.clock.advance(16 * 60);
        admin.post(&path, json!({})).problem(403, "proof_needed");
        admin.post("/auth/prove", json!({ "password": "wrong" })).problem(401, "bad_credentials");
        admin.post(&path, json!({})).problem(403, "proof_needed");
        admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        admin.post(&path, json!({})).expect(200);
        assert_eq!(server.audit(&["prove_identity"]).len(), 1);
        admin.with_new_key().post("/auth/prove", json!({ "password": PASSWORD })).problem(403, "forbidden");
    });
}

#[test]
fn tokens_are_long_random_and_never_stored() {
    let server = TestServer::sqlite();
    let admin = server.administrator();
    let han = newcomer(&server, "han");
    let tokens: HashSet<String> = (0..200).map(|_| token_of(&link_for(&admin, han))).collect();
    assert_eq!(tokens.len(), 200);
    assert!(tokens.iter().all(|it| it.len() == 64 && it.bytes().all(|it| it.is_ascii_hexdigit())), "256 bits");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(server.data_folder()).unwrap() {
        files.extend(std::fs::read(entry.unwrap().path()).unwrap_or_default());
    }
    let holds = |text: &str| files.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(holds("韩梅") && !tokens.iter().take(20).any(|it| holds(it)));
}

#[test]
fn without_mail_nobody_is_told_that_one_is_on_its_way() {
    let server = TestServer::sqlite();
    assert_eq!(server.anonymous().get("/setup").expect(200)["mail"], false);
    server.anonymous().post("/auth/forgotten", json!({ "email": "lin@test.example" })).problem(409, "mail_not_configured");
}

#[test]
fn a_forgotten_password_is_replaced_by_a_link_in_the_mail() {
    let Some(peer) = SmtpPeer::start() else { return };
    let settings = [("smtp-url", peer.url()), ("mail-from", "关系 <crm@xinghe.example>".into()), ("public-url", "https://crm.xinghe.example".into())];
    let settings: Vec<(&'static str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let before = std::cell::Cell::new(0);
    on_both_stores_with(&settings, |server| {
        let lin = server.add_member("lin", &["sales"], server.department());
        newcomer(server, "han");
        let gone = server.add_member("gone", &["sales"], server.department());
        let admin = server.administrator();
        admin.patch(&format!("/records/user/{gone}"), json!({ "active": false })).expect(200);
        // Whoever asks, and under whatever name of the server: the same answer, and the link leads where it is configured to.
        let mut answers = HashSet::new();
        for (number, email) in ["lin@test.example", "nobody@test.example", "han@test.example", "gone@test.example", "no address"].iter().enumerate() {
            let mut asker = server.anonymous().with_header("host", "evil.example").with_header("x-forwarded-host", "evil.example");
            asker = asker.with_header("forwarded", &format!("host=evil.example;for=192.0.2.{number}"));
            let reply = asker.post("/auth/forgotten", json!({ "email": email }));
            answers.insert((reply.status, reply.bytes.clone()));
        }
        assert_eq!(answers, HashSet::from([(204, Vec::new())]));
        server.settle();
        let mails = peer.mails().split_off(before.get());
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!((&mails[0]["to"], &mails[0]["from"]), (&json!("lin@test.example"), &json!("关系 <crm@xinghe.example>")));
        let text = mails[0]["text"].as_str().unwrap();
        assert!(!text.contains("evil"), "{text}");
        let token = text.split("https://crm.xinghe.example/reset#").nth(1).unwrap().lines().next().unwrap();
        choose(server, token, NEW).expect(200);
        choose(server, token, NEW).problem(409, "link_void");
        server.anonymous().sign_in("lin@test.example", NEW).expect(200);
        // He learns of it, should it not have been him.
        server.settle();
        let mails = peer.mails().split_off(before.get());
        assert!(mails.len() == 2 && mails[1]["subject"].as_str().unwrap().contains("密码刚刚被修改"), "{mails:?}");
        // An administrator's invitation goes by mail and is shown to nobody.
        let sent = link_for(&admin, lin);
        assert_eq!((&sent["mailed"], &sent["path"], &sent["url"]), (&json!(true), &Json::Null, &Json::Null));
        server.settle();
        assert_eq!(peer.mails().split_off(before.get()).len(), 3);
        before.set(peer.mails().len());
    });
}

#[test]
fn asking_for_links_over_and_over_is_slowed_down_for_known_and_unknown_alike() {
    let Some(peer) = SmtpPeer::start() else { return };
    let url = peer.url();
    let settings = [("smtp-url", url.as_str()), ("mail-from", "crm@xinghe.example"), ("public-url", "https://crm.xinghe.example")];
    let server = TestServer::with_settings(&settings);
    server.add_member("lin", &["sales"], server.department());
    for email in ["lin@test.example", "nobody@test.example"] {
        let statuses: Vec<u16> = (0..7).map(|_| server.anonymous().post("/auth/forgotten", json!({ "email": email })).status).collect();
        assert_eq!(statuses, [204, 204, 204, 204, 204, 429, 429], "{email}");
    }
    server.settle();
    assert_eq!(peer.mails().len(), 1, "waiting ones are one");
}
