//! News by the browser's push and by text message: to whom they go, what they say, and what becomes of them.

use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::save_setting;
use guanxi_testkit::{Client, MessagesPeer, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{make_account, path_of};

const NUMBER: &str = "13800000001";
const STORED: &str = "+8613800000001";

/// Comes to the next time a job may run, and runs what is due.
fn go_on(server: &TestServer, seconds: i64) {
    server.clock.advance(seconds);
    let context = server.workspace.system_context(Uuid::nil(), "test");
    guanxi_kernel::schedule::enqueue_due(&context).unwrap();
    server.settle();
}

fn mention(server: &TestServer, client: &Client<'_>, account: &Json, member: Uuid, text: &str) {
    let body = format!("<p><span data-mention=\"member:{member}\">@同事</span> {text}</p>");
    client.post("/records/comment", json!({ "target": { "object": "account", "id": account["id"] }, "body": body })).expect(201);
    server.settle();
}

fn list(taken: &Json, kind: &str) -> Vec<Json> {
    taken[kind].as_array().unwrap().clone()
}

/// What was pushed to a browser, in order.
fn pushed(peer: &MessagesPeer, name: &str) -> Vec<Json> {
    let taken = peer.taken();
    assert_eq!(taken["refused"], json!([]), "every push opens and is signed");
    list(&taken, "push").into_iter().filter(|it| it["name"] == name).collect()
}

struct Team<'s> {
    lin: Client<'s>,
    zhao: (Uuid, Client<'s>),
    account: Json,
}

fn team(server: &TestServer) -> Team<'_> {
    let lin = server.caller("sales");
    let zhao = (server.add_member("zhao", &["sales_manager"], server.department()), server.sign_in("zhao"));
    let account = make_account(&lin, "星河");
    Team { lin, zhao, account }
}

#[test]
fn what_is_not_read_is_pushed_to_ones_browsers_with_what_one_may_see_then() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let settings = [("push-hosts", host.as_str()), ("sms-hosts", host.as_str()), ("public-url", "https://crm.xinghe.example")];
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&settings, |server| {
        round.set(round.get() + 1);
        let (desk, phone) = (format!("desk{}", round.get()), format!("phone{}", round.get()));
        let it = team(server);
        let zhao = &it.zhao.1;
        assert_eq!(zhao.get("/me/push").expect(200)["public_key"], Json::Null, "looking makes nothing");
        let key = zhao.post("/me/push/key", json!({})).expect(200)["public_key"].clone();
        assert_eq!(it.lin.post("/me/push/key", json!({})).expect(200)["public_key"], key, "one for the workspace");
        assert_eq!(zhao.get("/me/push").expect(200)["public_key"], key, "the key stays");
        let made = zhao.post("/me/push", peer.subscribe(&desk)).expect(201);
        assert_eq!((&made["current"], &made["last_error"]), (&json!(true), &Json::Null));
        let other = server.sign_in("zhao");
        other.post("/me/push", peer.subscribe(&phone)).expect(201);
        assert_eq!(zhao.get("/me/push").expect(200)["items"].as_array().unwrap().len(), 2);
        assert_eq!(it.lin.get("/me/push").expect(200)["items"], json!([]), "nobody sees another's");

        mention(server, &it.lin, &it.account, it.zhao.0, "底价九折");
        go_on(server, 5);
        assert_eq!(pushed(&peer, &desk).len(), 0, "there is a moment to read it first");
        go_on(server, 20);
        let told = pushed(&peer, &desk).remove(0);
        let said = told["said"]["body"].as_str().unwrap();
        assert!(said.contains("在“星河”中提到了您") && said.contains("底价九折"), "{said}");
        assert!(told["said"]["path"].as_str().unwrap().starts_with("/notifications?open="), "{told}");
        assert_eq!((&told["key"], &told["claims"]["sub"]), (&key, &json!("https://crm.xinghe.example")));
        assert_eq!(told["topic"].as_str().unwrap().len(), 32);
        assert_eq!(pushed(&peer, &phone).len(), 1, "to each of his browsers");
        go_on(server, 60);
        assert_eq!(pushed(&peer, &desk).len(), 1, "once, however often the job runs");
        assert!(zhao.get("/me/push").expect(200)["items"][0]["used_at"].is_string());

        // Read in time, withdrawn in time, or muted: no push.
        mention(server, &it.lin, &it.account, it.zhao.0, "已读");
        zhao.post("/records/notification/actions/mark_all", json!({})).expect(200);
        go_on(server, 30);
        let secret = make_account(&it.lin, "机密客户");
        mention(server, &it.lin, &secret, it.zhao.0, "机密");
        it.lin.delete(&path_of("account", &secret)).expect(204);
        go_on(server, 30);
        zhao.patch("/me", json!({ "preferences": { "notifications": { "pushed": [] } } })).expect(200);
        mention(server, &it.lin, &it.account, it.zhao.0, "不推送");
        go_on(server, 200);
        assert_eq!(pushed(&peer, &desk).len(), 1);

        // In quiet hours it waits, and then comes together. It is 10 in the morning.
        zhao.post("/records/notification/actions/mark_all", json!({})).expect(200);
        zhao.patch("/me", json!({ "preferences": { "notifications": { "quiet_from": "09:00", "quiet_until": "12:00" } } })).expect(200);
        mention(server, &it.lin, &it.account, it.zhao.0, "一");
        mention(server, &it.lin, &it.account, it.zhao.0, "二");
        go_on(server, 600);
        assert_eq!(pushed(&peer, &desk).len(), 1);
        go_on(server, 2 * 3_600);
        let told = pushed(&peer, &desk);
        let [_, together] = told.as_slice() else { panic!("{told:?}") };
        assert!(together["said"]["body"].as_str().unwrap().contains("共2条"), "{together}");
        assert_eq!(together["said"]["path"], "/notifications");
    });
}

#[test]
fn a_browser_that_signed_out_or_is_gone_is_told_nothing() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        round.set(round.get() + 10);
        let named = |number: u32| format!("b{}", round.get() + number);
        let it = team(server);
        let zhao = &it.zhao.1;
        let tell = |text: &str| {
            mention(server, &it.lin, &it.account, it.zhao.0, text);
            go_on(server, 60);
        };
        let count = |client: &Client<'_>| client.get("/me/push").expect(200)["items"].as_array().unwrap().len();
        // Signed out.
        let desk = server.sign_in("zhao");
        desk.post("/me/push", peer.subscribe(&named(1))).expect(201);
        desk.post("/auth/logout", json!({})).expect(200);
        assert_eq!(count(zhao), 0);
        // Ended from elsewhere.
        let desk = server.sign_in("zhao");
        desk.post("/me/push", peer.subscribe(&named(2))).expect(201);
        zhao.delete("/me/sessions").expect(200);
        tell("一");
        assert_eq!((pushed(&peer, &named(1)).len(), pushed(&peer, &named(2)).len()), (0, 0));
        // Revoked by himself, and by nobody else.
        let made = zhao.post("/me/push", peer.subscribe(&named(3))).expect(201);
        let path = format!("/me/push/{}", made["id"].as_str().unwrap());
        it.lin.delete(&path).problem(404, "not_found");
        zhao.delete(&path).expect(204);
        // The browser itself is gone: the push service says so, once and for all.
        zhao.post("/me/push", peer.subscribe(&named(4))).expect(201);
        peer.answer_next("push", 410, json!({}), 1);
        tell("二");
        assert_eq!((pushed(&peer, &named(4)).len(), count(zhao)), (0, 0));
        // A browser belongs to who took it last: of two who share it the first is told nothing there.
        let shared = peer.subscribe(&named(5));
        zhao.post("/me/push", shared.clone()).expect(201);
        it.lin.post("/me/push", shared).expect(201);
        assert_eq!((count(zhao), count(&it.lin)), (0, 1));
        // Suspended.
        let made = peer.subscribe(&named(6));
        zhao.post("/me/push", made).expect(201);
        mention(server, &it.lin, &it.account, it.zhao.0, "三");
        server.administrator().patch(&format!("/records/user/{}", it.zhao.0), json!({ "active": false })).expect(200);
        go_on(server, 60);
        assert_eq!(pushed(&peer, &named(6)).len(), 0);
        assert!(server.audit(&["add_push", "remove_push"]).len() >= 7);
    });
}

#[test]
fn a_push_service_that_cannot_take_it_is_asked_again_as_it_says() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        round.set(round.get() + 1);
        let name = format!("later{}", round.get());
        let it = team(server);
        let zhao = &it.zhao.1;
        zhao.post("/me/push", peer.subscribe(&name)).expect(201);
        let error = || zhao.get("/me/push").expect(200)["items"][0]["last_error"].clone();
        peer.answer_next("push", 429, json!({ "retry-after": "600" }), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "一");
        go_on(server, 60);
        assert_eq!(error(), "HTTP 429");
        go_on(server, 300);
        assert_eq!(pushed(&peer, &name).len(), 0, "not before it says");
        go_on(server, 400);
        assert_eq!((pushed(&peer, &name).len(), error()), (1, Json::Null));
        // An outage: the job tries again.
        peer.answer_next("push", 502, json!({}), 2);
        mention(server, &it.lin, &it.account, it.zhao.0, "二");
        go_on(server, 60);
        assert_eq!(error(), "HTTP 502");
        go_on(server, 60);
        go_on(server, 60);
        assert_eq!((pushed(&peer, &name).len(), error()), (2, Json::Null));
        // Too large for it: that there is something is told all the same.
        peer.answer_next("push", 413, json!({}), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "三");
        go_on(server, 60);
        let told = pushed(&peer, &name);
        assert_eq!(told[2]["said"]["body"], "您有新的通知");
        // Refused for good: shown, and not tried again.
        peer.answer_next("push", 400, json!({}), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "四");
        go_on(server, 60);
        go_on(server, 3_600);
        assert_eq!((pushed(&peer, &name).len(), error()), (3, json!("HTTP 400")));
        // What was read between two tries is not told by the second one.
        peer.answer_next("push", 503, json!({ "retry-after": "600" }), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "五");
        go_on(server, 60);
        zhao.post("/records/notification/actions/mark_all", json!({})).expect(200);
        go_on(server, 700);
        assert_eq!(pushed(&peer, &name).len(), 3);
    });
}

/// One mention, once all before it was read.
fn mention_anew(server: &TestServer, it: &Team<'_>, text: &str) {
    it.zhao.1.post("/records/notification/actions/mark_all", json!({})).expect(200);
    mention(server, &it.lin, &it.account, it.zhao.0, text);
}

#[test]
fn an_outage_of_hours_loses_nothing_and_no_jobs_die_of_it() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        round.set(round.get() + 1);
        let name = format!("outage{}", round.get());
        let it = team(server);
        let zhao = &it.zhao.1;
        set_up(server, &peer, json!({}));
        confirm(zhao, &peer);
        zhao.patch("/me", json!({ "preferences": { "notifications": { "texted": ["mention"] } } })).expect(200);
        zhao.post("/me/push", peer.subscribe(&name)).expect(201);
        let texted = list(&peer.taken(), "sms").len();
        peer.answer_next("push", 502, json!({}), 10);
        peer.answer_next("sms", 502, json!({}), 10);
        mention(server, &it.lin, &it.account, it.zhao.0, "一");
        for _ in 0..12 {
            go_on(server, 600);
        }
        assert_eq!((pushed(&peer, &name).len(), list(&peer.taken(), "sms").len()), (0, texted), "it is still out");
        for _ in 0..8 {
            go_on(server, 600);
        }
        assert_eq!((pushed(&peer, &name).len(), list(&peer.taken(), "sms").len()), (1, texted + 1));
        let jobs = server.administrator().get("/jobs?state=dead").expect(200);
        assert_eq!(jobs["items"], json!([]), "{jobs}");
    });
}

#[test]
fn what_comes_late_heeds_what_its_reader_wishes_by_then() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        round.set(round.get() + 1);
        let name = format!("wishes{}", round.get());
        let it = team(server);
        let zhao = &it.zhao.1;
        let wish = |wishes: Json| drop(zhao.patch("/me", json!({ "preferences": { "notifications": wishes } })).expect(200));
        set_up(server, &peer, json!({}));
        confirm(zhao, &peer);
        zhao.post("/me/push", peer.subscribe(&name)).expect(201);
        let begun = list(&peer.taken(), "sms").len();
        let texted = || list(&peer.taken(), "sms").len() - begun;
        // Both are put off for ten minutes; meanwhile his quiet hours begin. It is 10 in the morning.
        wish(json!({ "texted": ["mention"] }));
        peer.answer_next("push", 503, json!({ "retry-after": "600" }), 1);
        peer.answer_next("sms", 503, json!({ "retry-after": "600" }), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "一");
        go_on(server, 180);
        wish(json!({ "texted": ["mention"], "quiet_from": "09:00", "quiet_until": "12:00" }));
        go_on(server, 3_600);
        assert_eq!((pushed(&peer, &name).len(), texted()), (0, 0), "it is quiet");
        go_on(server, 3_600);
        assert_eq!((pushed(&peer, &name).len(), texted()), (1, 1));
        // He wishes none of it any more.
        wish(json!({ "texted": ["mention"] }));
        peer.answer_next("push", 503, json!({ "retry-after": "600" }), 1);
        peer.answer_next("sms", 503, json!({ "retry-after": "600" }), 1);
        mention_anew(server, &it, "二");
        go_on(server, 180);
        wish(json!({ "texted": [], "pushed": [] }));
        go_on(server, 3_600);
        assert_eq!((pushed(&peer, &name).len(), texted()), (1, 1));
        let listed = server.administrator().get("/sms-messages").expect(200);
        assert_eq!(listed["items"][0]["state"], "failed", "{listed}");
        // Nor of what the server took up late, because it stood still.
        wish(json!({ "texted": ["mention"] }));
        mention_anew(server, &it, "三");
        server.clock.advance(13 * 3_600);
        wish(json!({ "texted": ["mention"], "quiet_from": "22:00", "quiet_until": "07:00" }));
        go_on(server, 60);
        assert_eq!((pushed(&peer, &name).len(), texted()), (1, 1), "it is the middle of the night");
        go_on(server, 9 * 3_600);
        go_on(server, 60);
        assert_eq!((pushed(&peer, &name).len(), texted()), (2, 2));
    });
}

#[test]
fn a_browser_that_can_be_told_nothing_any_more_is_forgotten() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let round = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str())], |server| {
        round.set(round.get() + 1);
        let name = format!("forgotten{}", round.get());
        let it = team(server);
        let zhao = &it.zhao.1;
        let browsers = || zhao.get("/me/push").expect(200)["items"].as_array().unwrap().len();
        zhao.post("/me/push", peer.subscribe(&name)).expect(201);
        peer.answer_next("push", 403, json!({}), 5);
        for left in [1, 1, 1, 1, 0] {
            mention_anew(server, &it, "一");
            go_on(server, 60);
            assert_eq!(browsers(), left);
        }
        // With another key no browser can be told anything: they are to come anew.
        zhao.post("/me/push", peer.subscribe(&name)).expect(201);
        let key = zhao.get("/me/push").expect(200)["public_key"].clone();
        server.workspace.store.write_with(|tx| save_setting(tx, "push_key", &json!({ "sealed": "of another server" }))).unwrap();
        assert_eq!(zhao.get("/me/push").expect(200)["public_key"], Json::Null, "that one is none of ours");
        let other = zhao.post("/me/push/key", json!({})).expect(200)["public_key"].clone();
        assert_ne!(other, key);
        let state = zhao.get("/me/push").expect(200);
        assert_eq!((&state["items"], &state["public_key"]), (&json!([]), &other));
        assert_eq!(server.audit(&["replace_push_key"]).len(), 1, "the administrator is told");
    });
}

#[test]
fn members_have_no_host_of_the_gateway_called() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    on_both_stores_with(&[("sms-hosts", host.as_str())], |server| {
        let zhao = server.caller("sales");
        let mut inside = peer.subscribe("inside");
        zhao.post("/me/push", inside.clone()).field_problem(422, "endpoint", "bad_format");
        inside["endpoint"] = json!(peer.sms_address());
        zhao.post("/me/push", inside).field_problem(422, "endpoint", "bad_format");
        set_up(server, &peer, json!({}));
    });
}

#[test]
fn a_push_goes_to_push_services_on_the_internet_alone() {
    on_both_stores(|server| {
        let zhao = server.caller("sales");
        let keys = json!({
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        });
        for endpoint in ["https://127.0.0.1/x", "http://push.example/x", "https://169.254.169.254/x", "https://user:p@push.example/", "ftp://x", ""] {
            zhao.post("/me/push", json!({ "endpoint": endpoint, "keys": keys })).field_problem(422, "endpoint", "bad_format");
        }
        let good = "https://push.example.com/x";
        let wrong = |p256dh: &str, auth: &str| zhao.post("/me/push", json!({ "endpoint": good, "keys": { "p256dh": p256dh, "auth": auth } }));
        wrong("AAAA", "BTBZMqHH6r4Tts7J_aSIgg").field_problem(422, "keys.p256dh", "bad_format");
        wrong(keys["p256dh"].as_str().unwrap(), "x").field_problem(422, "keys.auth", "bad_format");
        zhao.post("/me/push", json!({ "endpoint": good, "keys": keys })).expect(201);
        // A key of a program keeps no browser.
        let key = zhao.with_new_key();
        key.get("/me/push").problem(403, "forbidden");
        key.post("/me/push", json!({ "endpoint": good, "keys": keys })).problem(403, "forbidden");
    });
}

/// The gateway of the peer, set up by an administrator.
fn set_up(server: &TestServer, peer: &MessagesPeer, more: Json) -> Json {
    let mut change = json!({
        "enabled": true, "address": peer.sms_address(), "secret": peer.sms_secret(),
        "body": { "to": "{number}", "say": ["{text}"], "ref": "{id}" },
    });
    change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    server.administrator().patch("/sms-gateway", change).expect(200)
}

/// Confirms a number by the code that came.
fn confirm(client: &Client<'_>, peer: &MessagesPeer) {
    client.post("/me/phone", json!({ "number": NUMBER })).expect(200);
    let state = client.post("/me/phone/confirm", json!({ "code": code(peer) })).expect(200);
    assert_eq!((&state["number"], &state["pending"]), (&json!(STORED), &Json::Null));
}

/// The code of the last message.
fn code(peer: &MessagesPeer) -> String {
    let said = list(&peer.taken(), "sms").pop().unwrap()["body"]["say"][0].as_str().unwrap().to_owned();
    let digits: String = said.chars().skip_while(|it| !it.is_ascii_digit()).take(6).collect();
    assert_eq!(digits.len(), 6, "{said}");
    digits
}

#[test]
fn a_number_is_confirmed_by_a_code_before_anything_is_texted_there() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let before = std::cell::Cell::new(0);
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        let it = team(server);
        let zhao = &it.zhao.1;
        assert_eq!(zhao.get("/me/phone").expect(200)["available"], false);
        zhao.post("/me/phone", json!({ "number": NUMBER })).problem(409, "sms_not_configured");
        set_up(server, &peer, json!({}));
        zhao.post("/me/phone", json!({ "number": "12" })).field_problem(422, "number", "bad_format");
        let state = zhao.post("/me/phone", json!({ "number": NUMBER })).expect(200);
        assert_eq!((&state["number"], &state["pending"]["number"], &state["pending"]["tries_left"]), (&Json::Null, &json!(STORED), &json!(5)));
        zhao.post("/me/phone", json!({ "number": NUMBER })).problem(409, "state_conflict");
        let sent = code(&peer);
        // Of a code that never went out nobody is asked to type it, and the next one may be had at once.
        peer.answer_next("sms", 403, json!({}), 1);
        it.lin.post("/me/phone", json!({ "number": "13800000002" })).problem(409, "sms_not_sent");
        assert_eq!(it.lin.get("/me/phone").expect(200)["pending"], Json::Null);
        let wrong = if sent == "000000" { "111111" } else { "000000" };
        for _ in 0..4 {
            zhao.post("/me/phone/confirm", json!({ "code": wrong })).field_problem(422, "code", "rule");
        }
        zhao.post("/me/phone/confirm", json!({ "code": wrong })).problem(409, "state_conflict");
        zhao.post("/me/phone/confirm", json!({ "code": sent })).problem(409, "state_conflict");
        assert_eq!(zhao.get("/me/phone").expect(200)["pending"], Json::Null);
        // Another one, and it is too old.
        server.clock.advance(120);
        zhao.post("/me/phone", json!({ "number": NUMBER })).expect(200);
        server.clock.advance(601);
        zhao.post("/me/phone/confirm", json!({ "code": code(&peer) })).problem(409, "state_conflict");
        // One of somebody else is none of his.
        zhao.post("/me/phone", json!({ "number": NUMBER })).expect(200);
        it.lin.post("/me/phone/confirm", json!({ "code": code(&peer) })).problem(409, "state_conflict");
        zhao.post("/me/phone/confirm", json!({ "code": format!(" {} ", code(&peer)) })).expect(200);
        assert_eq!(zhao.get("/me/phone").expect(200)["number"], STORED);
        // What was sent is not kept, neither the code nor more than the end of the number.
        let listed = server.administrator().get("/sms-messages").expect(200);
        assert!(!listed.to_string().contains(&code(&peer)) && !listed.to_string().contains("8000000"), "{listed}");
        assert_eq!((&listed["items"][0]["number"], &listed["items"][0]["state"]), (&json!("…0001"), &json!("sent")));
        zhao.delete("/me/phone").expect(204);
        assert_eq!(zhao.get("/me/phone").expect(200)["number"], Json::Null);
        assert_eq!(server.audit(&["confirm_sms_number", "remove_sms_number"]).len(), 2);
        before.set(before.get() + 1);
        assert_eq!(peer.taken()["refused"], json!([]), "every message is signed as it should");
    });
}

#[test]
fn news_are_texted_once_with_a_link_and_within_the_limits_of_the_day() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    let settings = [("push-hosts", host.as_str()), ("sms-hosts", host.as_str()), ("public-url", "https://crm.xinghe.example")];
    on_both_stores_with(&settings, |server| {
        let it = team(server);
        let (zhao, admin) = (&it.zhao.1, server.administrator());
        set_up(server, &peer, json!({ "member_cap": 3, "header": "X-API-Key" }));
        confirm(zhao, &peer);
        let begun = list(&peer.taken(), "sms").len();
        let news = || list(&peer.taken(), "sms").split_off(begun);
        mention(server, &it.lin, &it.account, it.zhao.0, "请看");
        go_on(server, 300);
        assert_eq!(news().len(), 0, "nobody is texted who did not ask for it");
        zhao.post("/records/notification/actions/mark_all", json!({})).expect(200);
        zhao.patch("/me", json!({ "preferences": { "notifications": { "texted": ["mention"] } } })).expect(200);
        // An outage and a busy gateway: the same message comes in the end, by the same id.
        peer.answer_next("sms", 502, json!({}), 1);
        peer.answer_next("sms", 429, json!({ "retry-after": "300" }), 1);
        mention(server, &it.lin, &it.account, it.zhao.0, "请看");
        go_on(server, 180);
        let waiting = admin.get("/sms-messages").expect(200)["items"][0].clone();
        assert_eq!((&waiting["state"], &waiting["last_error"]), (&json!("waiting"), &json!("HTTP 502")), "{waiting}");
        go_on(server, 60);
        go_on(server, 400);
        let told = news();
        let [only] = told.as_slice() else { panic!("{told:?}") };
        let said = only["body"]["say"][0].as_str().unwrap();
        assert!(said.contains("在“星河”中提到了您") && said.contains("https://crm.xinghe.example/notifications?open="), "{said}");
        assert_eq!((&only["body"]["to"], &only["body"]["ref"], &only["token"]), (&json!(STORED), &only["id"], &json!(peer.sms_secret())));
        let listed = admin.get("/sms-messages").expect(200)["items"][0].clone();
        assert_eq!((&listed["id"], &listed["state"], &listed["attempts"]), (&only["id"], &json!("sent"), &json!(3)));
        assert_eq!(listed["member"]["label"], "zhao");
        // The third of the day passes (the code was the first), the fourth does not.
        for text in ["三", "四"] {
            mention(server, &it.lin, &it.account, it.zhao.0, text);
            go_on(server, 180);
        }
        assert_eq!(news().len(), 2);
        let held = admin.get("/sms-messages").expect(200)["items"][0].clone();
        assert_eq!((&held["state"], &held["attempts"]), (&json!("held"), &json!(0)));
        // The next day it goes on; who removed his number, or reads in time, is not texted.
        go_on(server, 86_400);
        mention(server, &it.lin, &it.account, it.zhao.0, "五");
        zhao.delete("/me/phone").expect(204);
        go_on(server, 180);
        assert_eq!(news().len(), 2);
    });
}

#[test]
fn the_gateway_is_the_administrators_and_its_secret_is_nobodys() {
    let Some(peer) = MessagesPeer::start() else { return };
    let host = peer.host();
    on_both_stores_with(&[("push-hosts", host.as_str()), ("sms-hosts", host.as_str())], |server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        for path in ["/sms-gateway", "/sms-messages"] {
            sales.get(path).problem(403, "forbidden");
        }
        sales.patch("/sms-gateway", json!({ "enabled": true })).problem(403, "forbidden");
        sales.post("/sms-gateway/test", json!({ "number": NUMBER })).problem(403, "forbidden");
        let told = admin.get("/sms-gateway").expect(200);
        assert_eq!((&told["enabled"], &told["secret_set"], &told["address"]), (&json!(false), &json!(false), &json!("")));
        admin.post("/sms-gateway/test", json!({ "number": NUMBER })).problem(409, "sms_not_configured");
        let wrong = |change: Json, field: &str, code: &str| drop(admin.patch("/sms-gateway", change).field_problem(422, field, code));
        for address in ["http://sms.example.com/", "https://10.0.0.1/", "https://127.0.0.1:1/", "https://a:b@sms.example.com/", "x"] {
            wrong(json!({ "address": address }), "address", "bad_format");
        }
        wrong(json!({ "body": { "to": "{number}" } }), "body", "bad_format");
        wrong(json!({ "body": [] }), "body", "bad_format");
        wrong(json!({ "header": "Content-Length" }), "header", "bad_format");
        wrong(json!({ "header": "a b" }), "header", "bad_format");
        wrong(json!({ "secret": "short" }), "secret", "bad_format");
        wrong(json!({ "member_cap": 0 }), "member_cap", "too_small");
        wrong(json!({ "daily_cap": 2_000_000 }), "daily_cap", "too_large");
        wrong(json!({ "enabled": true }), "address", "required");
        wrong(json!({ "enabled": true, "address": peer.sms_address() }), "secret", "required");
        let body = json!({ "to": "{number}", "say": ["{text}"], "ref": "{id}", "key": "{secret}" });
        let told = set_up(server, &peer, json!({ "address": format!("{}/send?token=in-the-query", peer.sms_address()), "body": body }));
        assert_eq!(told["secret_set"], true);
        let audited = admin.get("/audit").expect(200).to_string();
        assert!(audited.contains("?token=") && !audited.contains("in-the-query"), "{audited}");
        let everything = format!("{told}{}{}", admin.get("/sms-gateway").expect(200), admin.get("/audit").expect(200));
        assert!(!everything.contains(peer.sms_secret()), "{everything}");
        // To another address the secret does not go along.
        wrong(json!({ "address": "https://sms.example.com/" }), "secret", "required");
        let tried = admin.post("/sms-gateway/test", json!({ "number": NUMBER })).expect(200);
        assert_eq!((&tried["taken"], &tried["problem"]), (&json!(true), &Json::Null));
        assert_eq!(list(&peer.taken(), "sms").pop().unwrap()["body"]["key"], peer.sms_secret());
        peer.answer_next("sms", 403, json!({}), 1);
        let tried = admin.post("/sms-gateway/test", json!({ "number": NUMBER })).expect(200);
        assert_eq!((&tried["taken"], &tried["problem"]), (&json!(false), &json!("HTTP 403")));
        admin.patch("/sms-gateway", json!({ "enabled": false })).expect(200);
        admin.post("/sms-gateway/test", json!({ "number": NUMBER })).problem(409, "sms_not_configured");
        assert!(server.audit(&["change_sms_gateway"]).len() >= 2);
    });
}
