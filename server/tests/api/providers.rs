//! Signing in by an identity provider, against a real one: who gets in, who must confirm, and every answer that is not
//! what it should be.

use std::collections::BTreeSet;

use guanxi_kernel::context::Clock as _;
use guanxi_testkit::{Client, OidcPeer, PASSWORD, Reply, SmtpPeer, TestServer, on_both_stores_with};
use serde_json::{Value as Json, json};

use super::second_factor::enrol;

const PUBLIC: (&str, &str) = ("public-url", "http://crm.test.example");
const INTERNAL: (&str, &str) = ("internal-hosts", "127.0.0.1");

fn settings(peer: &OidcPeer) -> Json {
    json!({ "kind": "oidc", "issuer": peer.issuer, "client_id": peer.client, "signs_out": true, "new_members": null })
}

/// An administrator sets the provider up; answers him and its id. The server's clock goes as the provider's from then on.
fn set_up<'a>(server: &'a TestServer, peer: &OidcPeer, settings: &Json) -> (Client<'a>, String) {
    let there = peer.tell(&json!({ "do": "now" }))["now"].as_i64().unwrap();
    server.clock.advance(there - server.clock.now().as_second());
    let admin = server.administrator();
    let new = json!({ "name": "统一登录", "enabled": true, "settings": settings, "secret": peer.secret });
    let made = admin.post("/identity-providers", new).expect(201);
    peer.tell(&json!({ "do": "configure", "redirect": made["redirect_url"] }));
    (admin, made["id"].as_str().unwrap().to_owned())
}

/// A browser that has been at the provider, and what it was sent back with.
fn attempt<'a>(server: &'a TestServer, peer: &OidcPeer, id: &str, account: &Json) -> (Client<'a>, Json) {
    let mut browser = server.anonymous();
    let begun = browser.post(&format!("/auth/providers/{id}/begin"), json!({}));
    let url = begun.expect(200)["url"].as_str().unwrap().to_owned();
    browser.take_cookie(&begun);
    (browser, peer.walk(&url, account.clone()))
}

fn answer(browser: &Client<'_>, id: &str, back: &Json) -> Reply {
    let body = json!({ "code": back["code"], "state": back["state"], "iss": back["iss"] });
    browser.post(&format!("/auth/providers/{id}/answer"), body)
}

fn lin() -> Json {
    json!({ "sub": "lin-1", "email": "lin@test.example", "email_verified": true, "name": "林晓" })
}

/// `lin` confirms by his password once, and is bound from then on.
fn bind_lin(server: &TestServer, peer: &OidcPeer, id: &str) {
    let (browser, back) = attempt(server, peer, id, &lin());
    let step = answer(&browser, id, &back).expect(202);
    browser.post("/auth/providers/confirm", json!({ "confirm": step["confirm"], "password": PASSWORD })).expect(200);
}

#[test]
fn a_member_confirms_once_that_the_account_is_his() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (_, id) = set_up(server, &peer, &settings(&peer));
        assert_eq!(server.anonymous().get("/setup").expect(200)["providers"], json!([{ "id": id, "name": "统一登录", "kind": "oidc" }]));
        let (browser, back) = attempt(server, &peer, &id, &lin());
        let reply = answer(&browser, &id, &back);
        let step = reply.expect(202);
        assert_eq!((&step["email"], &step["by_password"], &step["by_mail"]), (&json!("lin@test.example"), &json!(true), &json!(false)));
        assert_eq!(reply.header("set-cookie"), "", "nobody is signed in yet");
        browser.get("/me").problem(401, "not_signed_in");
        let confirm = |browser: &Client<'_>, password: &str| {
            browser.post("/auth/providers/confirm", json!({ "confirm": step["confirm"], "password": password }))
        };
        confirm(&browser, "wrong").problem(401, "bad_credentials");
        confirm(&server.anonymous(), PASSWORD).problem(409, "sign_in_void");
        browser.post("/auth/providers/confirm/mail", json!({ "confirm": step["confirm"] })).problem(409, "mail_not_configured");
        let signed_in = confirm(&browser, PASSWORD);
        assert_eq!(signed_in.expect(200)["user"]["email"], "lin@test.example");
        confirm(&browser, PASSWORD).problem(409, "sign_in_void");
        let bound = server.audit(&["bind_identity"]);
        assert_eq!((bound.len(), &bound[0].2["method"]), (1, &json!("password")));
        // From then on the provider's word is enough, whatever address he has there by now.
        let moved = json!({ "sub": "lin-1", "email": "new@test.example", "email_verified": false });
        let (mut browser, back) = attempt(server, &peer, &id, &moved);
        let reply = answer(&browser, &id, &back);
        reply.expect(200);
        browser.take_session(&reply);
        assert_eq!(browser.get("/me").expect(200)["user"]["email"], "lin@test.example");
        let own = browser.get("/me/identities").expect(200);
        assert_eq!((&own["items"][0]["email"], own["items"][0]["used_at"].is_string()), (&json!("lin@test.example"), true));
        // Signing out goes on to the provider.
        let out = browser.post("/auth/logout", json!({})).expect(200)["provider_url"].as_str().unwrap().to_owned();
        assert!(out.starts_with(&peer.issuer) && out.contains("post_logout_redirect_uri=http%3A%2F%2Fcrm.test.example%2Flogin"), "{out}");
        assert_eq!(server.sign_in("lin").post("/auth/logout", json!({})).expect(200)["provider_url"], Json::Null, "not who signed in here");
    });
}

#[test]
fn an_answer_that_is_not_as_it_should_be_lets_nobody_in() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (_, id) = set_up(server, &peer, &settings(&peer));
        bind_lin(server, &peer, &id);
        let faults = ["audience", "audiences", "azp", "issuer", "nonce", "no_nonce", "expired", "old", "alg_none", "hs256", "wrong_key", "tampered"];
        for fault in faults {
            peer.tell(&json!({ "do": "fault", "fault": fault }));
            let (browser, back) = attempt(server, &peer, &id, &lin());
            let reply = answer(&browser, &id, &back);
            let problem = reply.problem(401, "provider_refused");
            assert_eq!(reply.header("set-cookie"), "", "{fault}: {problem}");
            // One that waits no longer than it must does not slow down the next attempts.
            server.clock.advance(1);
            let (other, back) = (peer.tell(&json!({ "do": "fault", "fault": null })), attempt(server, &peer, &id, &lin()));
            assert_eq!(other, json!({}));
            answer(&back.0, &id, &back.1).expect(200);
        }
        // What the token says of its subject must be what the account says of itself.
        peer.tell(&json!({ "do": "fault", "fault": "subject" }));
        let (browser, back) = attempt(server, &peer, &id, &lin());
        answer(&browser, &id, &back).problem(401, "provider_refused");
        peer.tell(&json!({ "do": "fault", "fault": null }));
    });
}

#[test]
fn an_attempt_is_of_one_browser_with_one_provider_and_once() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (admin, id) = set_up(server, &peer, &settings(&peer));
        bind_lin(server, &peer, &id);
        let again = |client: &Client<'_>, back: &Json| answer(client, &id, back);
        // Another browser, no browser, another state.
        let (browser, back) = attempt(server, &peer, &id, &lin());
        again(&server.anonymous(), &back).problem(409, "sign_in_void");
        again(&browser, &back).problem(409, "sign_in_void");
        let (browser, back) = attempt(server, &peer, &id, &lin());
        let (foreign, _) = attempt(server, &peer, &id, &lin());
        again(&foreign, &back).problem(409, "sign_in_void");
        let (browser_too, mut back) = attempt(server, &peer, &id, &lin());
        let code = back["code"].clone();
        back["state"] = json!("0".repeat(64));
        again(&browser_too, &back).problem(409, "sign_in_void");
        server.clock.advance(60);
        // The code of one attempt in another one.
        let (browser_three, mut back) = attempt(server, &peer, &id, &lin());
        back["code"] = code;
        again(&browser_three, &back).problem(401, "provider_refused");
        server.clock.advance(60);
        // Twice.
        let (browser_four, back) = attempt(server, &peer, &id, &lin());
        again(&browser_four, &back).expect(200);
        again(&browser_four, &back).problem(409, "sign_in_void");
        // At another provider, and as if another had answered.
        let other = json!({ "name": "另一个", "enabled": true, "settings": settings(&peer), "secret": peer.secret });
        let other = admin.post("/identity-providers", other).expect(201)["id"].as_str().unwrap().to_owned();
        let (browser_five, back) = attempt(server, &peer, &id, &lin());
        answer(&browser_five, &other, &back).problem(409, "sign_in_void");
        let (browser_six, mut back) = attempt(server, &peer, &id, &lin());
        back["iss"] = json!("https://other.example");
        again(&browser_six, &back).problem(401, "provider_refused");
        server.clock.advance(60);
        let (browser_seven, mut back) = attempt(server, &peer, &id, &lin());
        back["iss"] = Json::Null;
        again(&browser_seven, &back).problem(401, "provider_refused");
        // Too late, and after the provider was switched off.
        let (late, back) = attempt(server, &peer, &id, &lin());
        server.clock.advance(31 * 60);
        again(&late, &back).problem(409, "sign_in_void");
        admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        admin.patch(&format!("/identity-providers/{id}"), json!({ "enabled": false })).expect(200);
        server.anonymous().post(&format!("/auth/providers/{id}/begin"), json!({})).problem(404, "not_found");
        assert_eq!(server.anonymous().get("/setup").expect(200)["providers"].as_array().unwrap().len(), 1);
        browser.get("/me").problem(401, "not_signed_in");
        let elsewhere = server.anonymous().with_header("origin", "https://evil.example");
        elsewhere.post(&format!("/auth/providers/{other}/begin"), json!({})).problem(403, "csrf");
    });
}

#[test]
fn keys_the_provider_has_changed_are_fetched_again() {
    let Some(peer) = OidcPeer::start() else { return };
    let server = TestServer::with_settings(&[PUBLIC, INTERNAL]);
    server.add_member("lin", &["sales"], server.department());
    let (_, id) = set_up(&server, &peer, &settings(&peer));
    bind_lin(&server, &peer, &id);
    server.clock.advance(31);
    peer.tell(&json!({ "do": "rotate" }));
    let (browser, back) = attempt(&server, &peer, &id, &lin());
    answer(&browser, &id, &back).expect(200);
}

#[test]
fn only_who_the_provider_vouches_for_and_only_members() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let gone = server.add_member("gone", &["sales"], server.department());
        let (admin, id) = set_up(server, &peer, &settings(&peer));
        let comes_to = |account: Json| {
            server.clock.advance(60);
            let (browser, back) = attempt(server, &peer, &id, &account);
            answer(&browser, &id, &back)
        };
        // An address that is not verified, or that nobody speaks of, is nobody's: neither a member's nor a stranger's.
        for account in [
            json!({ "sub": "x", "email": "lin@test.example", "email_verified": false }),
            json!({ "sub": "x", "email": "lin@test.example" }),
            json!({ "sub": "x", "email": "nobody@test.example", "email_verified": false }),
            json!({ "sub": "x" }),
        ] {
            comes_to(account).problem(403, "address_not_verified");
        }
        comes_to(json!({ "sub": "n", "email": "nobody@test.example", "email_verified": true })).problem(403, "not_a_member");
        bind_lin(server, &peer, &id);
        let lin_record = admin.get("/records/user?filter=email%20%3D%3D%20%22lin%40test.example%22").expect(200)["items"][0]["id"].clone();
        for member in [gone.to_string(), lin_record.as_str().unwrap().to_owned()] {
            admin.patch(&format!("/records/user/{member}"), json!({ "active": false })).expect(200);
        }
        comes_to(json!({ "sub": "g", "email": "gone@test.example", "email_verified": true })).problem(403, "not_a_member");
        comes_to(lin()).problem(403, "not_a_member");
        let members = admin.get("/records/user?count=exact").expect(200)["count"]["value"].clone();
        assert_eq!(members, 3, "nobody was made");
    });
}

#[test]
fn members_are_made_where_the_administrator_says_so() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        let mut wanted = settings(&peer);
        wanted["new_members"] = json!({ "roles": ["administrator"], "department": null, "domains": ["not a domain"] });
        let admin = server.administrator();
        let new = json!({ "name": "统一登录", "enabled": true, "settings": wanted, "secret": null });
        let refused = admin.post("/identity-providers", new.clone());
        refused.field_problem(422, "settings.new_members.roles", "bad_option");
        refused.field_problem(422, "settings.new_members.domains", "bad_format");
        wanted["new_members"] = json!({ "roles": ["sales"], "department": server.department(), "domains": ["test.example"] });
        let (_, id) = set_up(server, &peer, &wanted);
        let elsewhere = json!({ "sub": "e", "email": "han@elsewhere.example", "email_verified": true });
        let (browser, back) = attempt(server, &peer, &id, &elsewhere);
        answer(&browser, &id, &back).problem(403, "not_a_member");
        let han = json!({ "sub": "h", "email": "han@test.example", "email_verified": true, "name": "韩梅" });
        for _ in 0..2 {
            let (browser, back) = attempt(server, &peer, &id, &han);
            let me = answer(&browser, &id, &back).expect(200);
            assert_eq!((&me["user"]["name"], &me["user"]["roles"]), (&json!("韩梅"), &json!(["sales"])));
            assert_eq!(me["user"]["department"]["label"], "总部");
        }
        assert_eq!(server.audit(&["bind_identity"]).len(), 1);
        // Whose address a member has already is not made a second time: he must confirm.
        server.add_member("lin", &["sales"], server.department());
        let (browser, back) = attempt(server, &peer, &id, &lin());
        answer(&browser, &id, &back).expect(202);
    });
}

#[test]
fn a_second_factor_is_asked_for_as_ever() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (_, id) = set_up(server, &peer, &settings(&peer));
        bind_lin(server, &peer, &id);
        let (secret, _) = enrol(server, &mut server.sign_in("lin"));
        let (mut browser, back) = attempt(server, &peer, &id, &lin());
        let reply = answer(&browser, &id, &back);
        assert_eq!(reply.expect(202)["stage"], "second_factor");
        browser.take_session(&reply);
        browser.get("/me").problem(401, "second_factor_required");
        let whole = browser.post("/auth/second-factor", json!({ "code": super::second_factor::code(server, &secret, 0) }));
        whole.expect(200);
        browser.take_session(&whole);
        assert!(browser.post("/auth/logout", json!({})).expect(200)["provider_url"].is_string(), "the provider is not forgotten on the way");
    });
}

/// A member who is signed in goes to the provider to bind an account of his.
fn begin_to_bind<'a>(client: &Client<'a>, peer: &OidcPeer, path: &str, account: Json) -> (Client<'a>, Json) {
    let begun = client.post(path, json!({}));
    let url = begun.expect(200)["url"].as_str().unwrap().to_owned();
    let attempt = begun.header("set-cookie").split(';').next().unwrap();
    let mut browser = client.clone();
    browser.cookie = Some(format!("{}; {attempt}", client.cookie.as_deref().unwrap()));
    (browser, peer.walk(&url, account))
}

#[test]
fn who_is_signed_in_binds_his_own_account_and_releases_it() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        server.add_member("wang", &["sales"], server.department());
        let (_, id) = set_up(server, &peer, &settings(&peer));
        let path = format!("/me/identities/{id}");
        let (lin_there, wang) = (server.sign_in("lin"), server.sign_in("wang"));
        let (browser, back) = begin_to_bind(&lin_there, &peer, &path, json!({ "sub": "o", "email": "other@test.example", "email_verified": true }));
        answer(&browser, &id, &back).problem(403, "address_differs");
        let (browser, back) = begin_to_bind(&lin_there, &peer, &path, json!({ "sub": "o", "email": "lin@test.example", "email_verified": false }));
        answer(&browser, &id, &back).problem(403, "address_not_verified");
        // Somebody else's session does not finish what he began.
        let (browser, back) = begin_to_bind(&lin_there, &peer, &path, lin());
        let mut other = wang.clone();
        other.cookie = Some(format!("{}; {}", wang.cookie.as_deref().unwrap(), browser.cookie.as_deref().unwrap().split("; ").nth(1).unwrap()));
        answer(&other, &id, &back).problem(409, "sign_in_void");
        let (browser, back) = begin_to_bind(&lin_there, &peer, &path, lin());
        answer(&browser, &id, &back).expect(200);
        let (signed_in, back) = attempt(server, &peer, &id, &lin());
        answer(&signed_in, &id, &back).expect(200);
        // The same account for a second member.
        wang.delete(&path).problem(404, "not_found");
        lin_there.delete(&path).expect(204);
        let (browser, back) = attempt(server, &peer, &id, &lin());
        answer(&browser, &id, &back).expect(202);
        server.clock.advance(16 * 60);
        lin_there.post(&path, json!({})).problem(403, "proof_needed");
        // A program cannot bind an account to its owner.
        lin_there.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        lin_there.with_new_key().post(&path, json!({})).problem(403, "forbidden");
    });
}

#[test]
fn a_link_in_the_mail_confirms_in_the_browser_that_began() {
    let (Some(peer), Some(mail)) = (OidcPeer::start(), SmtpPeer::start()) else { return };
    let url = mail.url();
    let settings_of_mail = [PUBLIC, INTERNAL, ("smtp-url", url.as_str()), ("mail-from", "crm@test.example")];
    let server = TestServer::with_settings(&settings_of_mail);
    server.add_member("lin", &["sales"], server.department());
    let (_, id) = set_up(&server, &peer, &settings(&peer));
    let (browser, back) = attempt(&server, &peer, &id, &lin());
    let step = answer(&browser, &id, &back).expect(202);
    assert_eq!(step["by_mail"], true);
    server.anonymous().post("/auth/providers/confirm/mail", json!({ "confirm": step["confirm"] })).problem(409, "sign_in_void");
    browser.post("/auth/providers/confirm/mail", json!({ "confirm": step["confirm"] })).expect(204);
    server.settle();
    let mails = mail.mails();
    assert_eq!((mails.len(), &mails[0]["to"]), (1, &json!("lin@test.example")));
    let text = mails[0]["text"].as_str().unwrap();
    let token = text.split("http://crm.test.example/confirm#").nth(1).unwrap().lines().next().unwrap();
    // Whoever else opens it, in the browser he reads his mail with, confirms nothing.
    server.anonymous().post("/auth/providers/confirm/link", json!({ "token": token })).problem(409, "sign_in_void");
    let me = browser.post("/auth/providers/confirm/link", json!({ "token": token })).expect(200);
    assert_eq!(me["user"]["email"], "lin@test.example");
    browser.post("/auth/providers/confirm/link", json!({ "token": token })).problem(409, "sign_in_void");
    assert_eq!(server.audit(&["bind_identity"])[0].2["method"], "mail");
}

#[test]
fn providers_are_the_administrators_and_their_secrets_nobodys() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        let (admin, id) = set_up(server, &peer, &settings(&peer));
        let path = format!("/identity-providers/{id}");
        let sales = server.caller("sales");
        let new = json!({ "name": "x", "enabled": true, "settings": settings(&peer), "secret": null });
        sales.get("/identity-providers").problem(403, "forbidden");
        sales.post("/identity-providers", new.clone()).problem(403, "forbidden");
        sales.patch(&path, json!({ "enabled": false })).problem(403, "forbidden");
        sales.delete(&path).problem(403, "forbidden");
        sales.post(&format!("{path}/check"), json!({})).problem(403, "forbidden");
        let checked = admin.post(&format!("{path}/check"), json!({})).expect(200);
        assert_eq!((&checked["keys"], &checked["signs_out"]), (&json!(1), &json!(true)));
        let listed = admin.get("/identity-providers").expect(200);
        assert_eq!(
            (&listed["items"][0]["secret_set"], &listed["items"][0]["redirect_url"]),
            (&json!(true), &json!(format!("http://crm.test.example/sign-in/{id}")))
        );
        let changed = admin.patch(&path, json!({ "name": "单点登录" })).expect(200);
        assert_eq!((&changed["name"], &changed["secret_set"]), (&json!("单点登录"), &json!(true)));
        // Whoever may change the address must not get the secret sent to one of his own.
        let mut moved = settings(&peer);
        moved["issuer"] = json!("https://evil.example");
        admin.patch(&path, json!({ "settings": moved })).field_problem(422, "secret", "required");
        admin.patch(&path, json!({ "settings": { "kind": "oidc" } })).problem(400, "bad_request");
        let mut empty = settings(&peer);
        empty["client_id"] = json!(" ");
        admin.patch(&path, json!({ "settings": empty })).field_problem(422, "settings.client_id", "required");
        // It is in no answer, no audit row and not in the database.
        let audit = format!("{:?}", server.audit(&["add_identity_provider", "change_identity_provider"]));
        assert!(audit.contains("单点登录") && !audit.contains(&peer.secret), "{audit}");
        assert!(!format!("{listed}{changed}").contains(&peer.secret));
        for entry in std::fs::read_dir(server.data_folder()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
            assert!(!bytes.windows(peer.secret.len()).any(|it| it == peer.secret.as_bytes()));
        }
        // With another one that is wrong the provider refuses us, and says so in words an administrator can use.
        admin.patch(&path, json!({ "secret": "wrong" })).expect(200);
        server.add_member("lin", &["sales"], server.department());
        let (browser, back) = attempt(server, &peer, &id, &lin());
        answer(&browser, &id, &back).problem(409, "provider_unreachable");
        server.clock.advance(16 * 60);
        admin.patch(&path, json!({ "enabled": false })).problem(403, "proof_needed");
        admin.delete(&path).problem(403, "proof_needed");
        admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
        admin.delete(&path).expect(204);
        admin.delete(&path).problem(404, "not_found");
    });
}

#[test]
fn the_network_inside_is_not_reached_but_for_hosts_that_are_named() {
    let Some(peer) = OidcPeer::start() else { return };
    let server = TestServer::with_settings(&[PUBLIC]);
    let admin = server.administrator();
    for (issuer, hint) in [
        (peer.issuer.as_str(), "https"),
        ("https://127.0.0.1:1", "internal-hosts"),
        ("https://localhost:1", "internal-hosts"),
        ("https://[::1]:1", "internal-hosts"),
        ("https://169.254.169.254", "internal-hosts"),
        ("file:///etc/passwd", "https"),
    ] {
        let settings = json!({ "kind": "oidc", "issuer": issuer, "client_id": "x", "signs_out": false, "new_members": null });
        let made = admin.post("/identity-providers", json!({ "name": "x", "enabled": true, "settings": settings, "secret": null })).expect(201);
        let english = admin.with_header("accept-language", "en");
        let problem =
            english.post(&format!("/identity-providers/{}/check", made["id"].as_str().unwrap()), json!({})).problem(409, "provider_unreachable");
        assert!(problem["detail"].as_str().unwrap().contains(hint), "{issuer}: {problem}");
    }
    let without = TestServer::sqlite();
    let made =
        without.administrator().post("/identity-providers", json!({ "name": "x", "enabled": true, "settings": settings(&peer), "secret": null }));
    let made = made.expect(201);
    assert_eq!(made["redirect_url"], Json::Null);
    let begin = format!("/auth/providers/{}/begin", made["id"].as_str().unwrap());
    without.anonymous().post(&begin, json!({})).problem(409, "public_url_needed");
}

/// What only a provider can answer, for the check that every operation is called; all of it where none is installed.
pub(super) fn operations() -> BTreeSet<String> {
    let (Some(peer), Some(mail)) = (OidcPeer::start(), SmtpPeer::start()) else {
        let all = [
            "beginAtProvider",
            "answerOfProvider",
            "confirmByPassword",
            "confirmByMail",
            "confirmByLink",
            "listIdentities",
            "bindIdentity",
            "releaseIdentity",
            "listIdentityProviders",
            "addIdentityProvider",
            "changeIdentityProvider",
            "removeIdentityProvider",
            "checkIdentityProvider",
            "signedOutAtProvider",
        ];
        return all.map(str::to_owned).into();
    };
    let url = mail.url();
    let server = TestServer::with_settings(&[PUBLIC, INTERNAL, ("smtp-url", url.as_str()), ("mail-from", "crm@test.example")]);
    for login in ["lin", "wang"] {
        server.add_member(login, &["sales"], server.department());
    }
    let (admin, id) = set_up(&server, &peer, &settings(&peer));
    bind_lin(&server, &peer, &id);
    let lin_there = server.sign_in("lin");
    lin_there.get("/me/identities").expect(200);
    lin_there.post(&format!("/me/identities/{id}"), json!({})).expect(200);
    lin_there.delete(&format!("/me/identities/{id}")).expect(204);
    let wang = json!({ "sub": "w", "email": "wang@test.example", "email_verified": true });
    let (browser, back) = attempt(&server, &peer, &id, &wang);
    let step = answer(&browser, &id, &back).expect(202);
    browser.post("/auth/providers/confirm/mail", json!({ "confirm": step["confirm"] })).expect(204);
    server.settle();
    let mails = mail.mails();
    let token = mails[0]["text"].as_str().unwrap().split("/confirm#").nth(1).unwrap().lines().next().unwrap().to_owned();
    browser.post("/auth/providers/confirm/link", json!({ "token": token })).expect(200);
    let (browser, back) = attempt(&server, &peer, &id, &wang);
    answer(&browser, &id, &back).expect(200);
    say_signed_out(&server, &id, &peer.tell(&json!({ "do": "signOut", "sub": "w" }))).expect(200);
    let path = format!("/identity-providers/{id}");
    admin.get("/identity-providers").expect(200);
    admin.patch(&path, json!({ "name": "单点登录" })).expect(200);
    admin.post(&format!("{path}/check"), json!({})).expect(200);
    admin.delete(&path).expect(204);
    server.operations_kept()
}

/// Signs in by the provider; answers the browser.
fn signed_in<'a>(server: &'a TestServer, peer: &OidcPeer, id: &str, account: &Json) -> Client<'a> {
    let (mut browser, back) = attempt(server, peer, id, account);
    let reply = answer(&browser, id, &back);
    reply.expect(200);
    browser.take_session(&reply);
    browser
}

fn say_signed_out(server: &TestServer, id: &str, token: &Json) -> Reply {
    let body = format!("logout_token={}", token["token"].as_str().unwrap());
    server.anonymous().post_bytes(&format!("/auth/providers/{id}/logout"), "application/x-www-form-urlencoded", body.as_bytes())
}

#[test]
fn who_signs_out_at_the_provider_is_signed_out_here() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        for login in ["lin", "wu"] {
            server.add_member(login, &["sales"], server.department());
        }
        let (admin, id) = set_up(server, &peer, &settings(&peer));
        bind_lin(server, &peer, &id);
        let told = admin.get("/identity-providers").expect(200)["items"][0]["logout_url"].clone();
        assert_eq!(told, format!("http://crm.test.example/api/v1/auth/providers/{id}/logout"));
        let session_of_first = |client: &Client<'_>| client.get("/me").status;
        let (by_password, first) = (server.sign_in("lin"), signed_in(server, &peer, &id, &lin()));
        let sent = peer.tell(&json!({ "do": "signOut", "sub": "lin-1" }));
        // Another session of his there began since, and stays.
        let second = signed_in(server, &peer, &id, &lin());
        assert_eq!(say_signed_out(server, &id, &sent).expect(200), json!({ "ended": 1 }));
        assert_eq!((session_of_first(&first), session_of_first(&second), session_of_first(&by_password)), (401, 200, 200));
        // Once, and not a second time.
        say_signed_out(server, &id, &sent).problem(400, "bad_logout_token");
        assert_eq!(session_of_first(&second), 200);
        // Without a session it is all of his there, and nobody else's.
        peer.tell(&json!({ "do": "fault", "fault": "no_session" }));
        let sent = peer.tell(&json!({ "do": "signOut", "sub": "lin-1" }));
        let other = peer.tell(&json!({ "do": "signOut", "sub": "wu-1" }));
        peer.tell(&json!({ "do": "fault", "fault": null }));
        assert_eq!(say_signed_out(server, &id, &other).expect(200), json!({ "ended": 0 }), "somebody nobody knows here");
        assert_eq!(session_of_first(&second), 200);
        let third = signed_in(server, &peer, &id, &lin());
        assert_eq!(say_signed_out(server, &id, &sent).expect(200), json!({ "ended": 3 }), "with the one that began when he confirmed");
        assert_eq!((session_of_first(&second), session_of_first(&third), session_of_first(&by_password)), (401, 401, 200));
        let noted = server.audit(&["sign_out"]);
        assert!(noted.iter().all(|it| it.2["by"] == "provider") && noted.len() == 2, "{noted:?}");
    });
}

#[test]
fn a_logout_token_that_is_not_as_it_should_be_ends_nothing() {
    let Some(peer) = OidcPeer::start() else { return };
    on_both_stores_with(&[PUBLIC, INTERNAL], |server| {
        server.add_member("lin", &["sales"], server.department());
        let (admin, id) = set_up(server, &peer, &settings(&peer));
        bind_lin(server, &peer, &id);
        let client = signed_in(server, &peer, &id, &lin());
        let faults = [
            "audience",
            "audiences",
            "issuer",
            "expired",
            "old",
            "alg_none",
            "hs256",
            "wrong_key",
            "tampered",
            "no_events",
            "other_event",
            "event_no_object",
            "with_nonce",
            "no_jti",
            "nobody",
        ];
        for fault in faults {
            peer.tell(&json!({ "do": "fault", "fault": fault }));
            let sent = peer.tell(&json!({ "do": "signOut", "sub": "lin-1" }));
            peer.tell(&json!({ "do": "fault", "fault": null }));
            say_signed_out(server, &id, &sent).problem(400, "bad_logout_token");
            assert_eq!(client.get("/me").status, 200, "{fault}");
            // A good one in between, so that the next try does not wait.
            let good = peer.tell(&json!({ "do": "signOut", "sub": "nobody", "session": "none" }));
            say_signed_out(server, &id, &good).expect(200);
        }
        // What signs somebody in does not sign anybody out, nor does what is no token, no form, or for another provider.
        for token in ["a.b.c", "", "e30.e30.", "x"] {
            let reply = say_signed_out(server, &id, &json!({ "token": token }));
            reply.problem(400, if token.is_empty() { "bad_request" } else { "bad_logout_token" });
            server.clock.advance(120);
        }
        let path = format!("/auth/providers/{id}/logout");
        server.anonymous().post(&path, json!({ "logout_token": "x" })).problem(415, "unsupported_media_type");
        let second = admin.post("/identity-providers", json!({ "name": "另一个", "enabled": true, "settings": settings(&peer) })).expect(201);
        let there = peer.tell(&json!({ "do": "now" }))["now"].as_i64().unwrap();
        server.clock.advance(there - server.clock.now().as_second());
        let sent = peer.tell(&json!({ "do": "signOut", "sub": "lin-1" }));
        assert_eq!(say_signed_out(server, second["id"].as_str().unwrap(), &sent).expect(200), json!({ "ended": 0 }));
        assert_eq!(client.get("/me").status, 200);
    });
}
