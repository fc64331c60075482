//! The socket of live news, over real TCP: nothing missed, nothing twice, nothing that is not for him, and no patience
//! with those who abuse it.

use guanxi_testkit::{Client, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

fn head(client: &Client<'_>) -> i64 {
    client.get("/events?limit=1").expect(200)["head"].as_i64().unwrap()
}

fn seqs(events: &[Json]) -> Vec<i64> {
    events.iter().map(|it| it["seq"].as_i64().unwrap()).collect()
}

/// What the feed tells of accounts after a sequence.
fn feed(client: &Client<'_>, after: i64) -> Vec<Json> {
    client.get(&format!("/events?after={after}&limit=500&objects=account")).expect(200)["items"].as_array().unwrap().clone()
}

#[test]
fn it_tells_what_the_feed_tells_and_resumes_with_nothing_missed_or_doubled() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let start = head(&client);
        let mut live = client.watch(&["account"]);
        let account = make_account(&client, "星河");
        client.post("/records/lead", json!({ "name": "别的", "company": "x" })).expect(201);
        for level in ["a", "b", "c"] {
            client.patch(&path_of("account", &account), json!({ "level": level })).expect(200);
        }
        let heard = live.events(4);
        assert_eq!(heard, feed(&client, start), "the same, in the same order, and no lead");
        // The network is lost after the second one; two more happen meanwhile.
        drop(live);
        client.patch(&path_of("account", &account), json!({ "level": "a" })).expect(200);
        make_account(&client, "银河");
        let mut again = client.live();
        again.say(&json!({ "type": "watch", "objects": ["account"], "after": heard[1]["seq"] }));
        assert_eq!(again.expect("watching")["seq"], heard[1]["seq"]);
        let rest = again.events(4);
        assert_eq!([&heard[..2], &rest[..]].concat(), feed(&client, start));
        let next = make_account(&client, "天河");
        assert_eq!(again.events(1)[0]["id"], next["id"]);
        let all = seqs(&feed(&client, start));
        assert!(all.windows(2).all(|it| it[0] < it[1]), "{all:?}");
    });
}

#[test]
fn whoever_resumes_from_too_long_ago_or_from_another_log_is_told_to_load_anew() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let mut live = client.live();
    let head = head(&client);
    live.say(&json!({ "type": "watch", "objects": ["account"], "after": head + 1 }));
    live.expect("watching");
    assert_eq!(live.expect("reset")["seq"], head);
    make_account(&client, "星河");
    assert_eq!(live.events(1)[0]["kind"], "account.created");
}

#[test]
fn what_is_watched_later_comes_with_what_happened_since_it_was_loaded() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let mut live = client.watch(&["lead"]);
    let account = make_account(&client, "星河");
    client.post("/records/lead", json!({ "name": "一", "company": "x" })).expect(201);
    assert_eq!(live.events(1)[0]["object"], "lead");
    // Loaded a moment ago, before the server knew that it is watched. The hub is too young to know what was then.
    live.say(&json!({ "type": "watch", "objects": ["lead", "account"], "age": 600_000 }));
    live.expect("watching");
    live.expect("reset");
    live.say(&json!({ "type": "watch", "objects": ["lead"], "records": [{ "object": "account", "id": account["id"] }] }));
    live.expect("watching");
    make_account(&client, "别的");
    client.patch(&path_of("account", &account), json!({ "level": "a" })).expect(200);
    assert_eq!(live.events(1)[0]["id"], account["id"], "the one watched by its id, and not the other");
}

#[test]
fn each_hears_what_he_may_see_and_no_more_of_it() {
    on_both_stores(|server| {
        let (partner, other, sales) = (server.caller("partner"), server.caller("partner"), server.caller("sales"));
        let (mut his, mut others, mut all) = (partner.watch(&["account"]), other.watch(&["account"]), sales.watch(&["account"]));
        make_account(&partner, "自己的客户");
        make_account(&other, "别人的客户");
        let names = |events: Vec<Json>| -> Vec<String> {
            let name =
                |it: &Json| it["changes"].as_array().unwrap().iter().find(|it| it["field"] == "name").unwrap()["new"].as_str().unwrap().to_owned();
            events.iter().map(name).collect()
        };
        assert_eq!(names(his.events(1)), ["自己的客户"]);
        assert_eq!(names(others.events(1)), ["别人的客户"]);
        assert_eq!(names(all.events(2)), ["自己的客户", "别人的客户"]);
        let mut key = partner.with_new_key().watch(&["account"]);
        make_account(&other, "又一个");
        make_account(&partner, "他的");
        assert_eq!(names(his.events(1)), ["他的"]);
        assert_eq!(names(key.events(1)), ["他的"], "with a key as with a session");
    });
}

#[test]
fn a_record_that_changes_hands_out_of_sight_is_told_to_whoever_has_it_before_him() {
    on_both_stores(|server| {
        let (admin, partner, other) = (server.administrator(), server.caller("partner"), server.caller("partner"));
        let shown = make_account(&partner, "在列表里的客户");
        let mut live = partner.live();
        live.say(&json!({ "type": "watch", "objects": ["account"], "records": [{ "object": "account", "id": shown["id"] }] }));
        live.expect("watching");
        let others = make_account(&other, "从未见过的客户");
        admin.patch(&path_of("account", &others), json!({ "website": "https://x.example" })).expect(200);
        let to = other.get("/me").expect(200)["user"]["id"].clone();
        admin.patch(&path_of("account", &shown), json!({ "owner": to })).expect(200);
        let lost = live.expect("lost");
        assert_eq!(lost["id"], shown["id"], "and nothing of the one he never saw");
    });
}

#[test]
fn rights_withdrawn_hold_from_the_next_event_on() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let account = make_account(&sales, "星河");
        let path = path_of("account", &account);
        let mut live = sales.live();
        live.say(&json!({ "type": "watch", "objects": ["lead"], "records": [{ "object": "account", "id": account["id"] }] }));
        live.expect("watching");
        let roles = admin.get("/roles").expect(200);
        let role = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "sales").unwrap().clone();
        let put = |role: &Json| {
            admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        };
        let mut narrow = role.clone();
        narrow["objects"]["account"]["fields"]["level"] = json!("hidden");
        put(&narrow);
        live.expect("rights");
        admin.patch(&path, json!({ "level": "a", "website": "https://x.example" })).expect(200);
        let event = live.events(1).remove(0);
        let fields: Vec<&Json> = event["changes"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
        assert_eq!(fields, ["website"], "the field hidden meanwhile is not in it");
        let mut none = role;
        none["objects"]["account"]["read"] = json!("none");
        put(&none);
        live.expect("rights");
        admin.patch(&path, json!({ "website": "https://y.example" })).expect(200);
        let lost = live.expect("lost");
        assert_eq!((&lost["object"], &lost["id"]), (&json!("account"), &account["id"]));
        admin.patch(&path, json!({ "website": "https://z.example" })).expect(200);
        sales.post("/records/lead", json!({ "name": "x", "company": "x" })).expect(201);
        assert_eq!(live.events(1)[0]["object"], "lead", "and nothing of the account");
    });
}

#[test]
fn it_ends_with_the_session_the_key_and_the_member() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let client = server.caller("sales");
        let mut live = client.watch(&["account"]);
        client.post("/auth/logout", json!({})).expect(200);
        assert_eq!(live.end(), (4401, "not signed in".into()));
        assert_eq!(client.try_live(&[]).err(), Some(401));

        let owner = server.caller("sales");
        let made = owner.post("/me/api-keys", json!({ "name": "k" })).expect(201);
        let mut program = server.anonymous();
        program.key = made["key"].as_str().map(str::to_owned);
        let mut live = program.watch(&["account"]);
        owner.delete(&format!("/me/api-keys/{}", made["id"].as_str().unwrap())).expect(204);
        make_account(&admin, "之后");
        assert_eq!(live.end().0, 4401);

        let member = server.add_member("leaver", &["sales"], server.department());
        let mut live = server.sign_in("leaver").watch(&["account"]);
        admin.patch(&format!("/records/user/{member}"), json!({ "active": false })).expect(200);
        assert_eq!(live.end().0, 4401);
    });
}

#[test]
fn pages_of_other_sites_and_those_who_prove_nothing_do_not_come_in() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    assert_eq!(server.anonymous().try_live(&[]).err(), Some(401));
    assert_eq!(client.try_live(&[("origin", "https://evil.example")]).err(), Some(403));
    let own = format!("http://{}", server.address());
    assert!(client.try_live(&[("origin", &own)]).is_ok());
    for first in [json!({ "type": "hello" }), json!({ "type": "hello", "csrf": "wrong" })] {
        let mut live = client.try_live(&[]).unwrap();
        live.say(&first);
        assert_eq!(live.end().0, 4403, "{first}");
    }
    let mut live = client.try_live(&[]).unwrap();
    live.say(&json!({ "type": "watch", "objects": ["account"] }));
    assert_eq!(live.end().0, 4400, "hello comes first");
    client.get("/live").problem(400, "bad_request");
    let key = client.with_new_key();
    let mut live = key.try_live(&[]).unwrap();
    live.say(&json!({ "type": "hello" }));
    live.expect("ready");
}

#[test]
fn what_is_malformed_huge_or_a_flood_ends_it_with_a_reason_and_others_are_unaffected() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let mut bystander = client.watch(&["account"]);
    let ended = |what: &dyn Fn(&mut guanxi_testkit::LiveSocket<'_>)| {
        let mut live = client.live();
        what(&mut live);
        live.end().0
    };
    for text in ["", "nonsense", "[]", "{}", r#"{"type":"sing"}"#, r#"{"type":"watch","objects":7}"#, r#"{"type":"watch","more":1}"#, "\u{0}"] {
        assert_eq!(ended(&|live| live.say_text(text)), 4400, "{text:?}");
    }
    assert_eq!(ended(&|live| live.say_bytes(b"\x00\x01")), 4400);
    assert_eq!(ended(&|live| live.say(&json!({ "type": "hello", "csrf": client.csrf }))), 4400, "twice");
    let many: Vec<String> = (0..1_001).map(|it| format!("object{it}")).collect();
    assert_eq!(ended(&|live| live.say(&json!({ "type": "watch", "objects": many }))), 4400);
    assert_eq!(ended(&|live| live.say_text(&"x".repeat(70_000))), 1009);
    assert_eq!(ended(&|live| live.say_text(&"x".repeat(5_000_000))), 1009);
    assert_eq!(ended(&|live| (0..200).for_each(|_| live.say(&json!({ "type": "watch" })))), 4429);
    let made = make_account(&client, "星河");
    assert_eq!(bystander.events(1)[0]["id"], made["id"]);
    drop(bystander);
}

#[test]
fn a_client_that_takes_nothing_is_sent_away_and_catches_up() {
    on_both_stores_with(&[("client-timeout", "5")], |server| {
        let client = server.caller("sales");
        let start = head(&client);
        let (mut slow, mut quick) = (client.watch(&["account"]), client.watch(&["account"]));
        // More than its queue, its socket and ours hold together, of which it takes nothing.
        let text = "长".repeat(6_000);
        let account = make_account(&client, "星河");
        assert_eq!(quick.events(1).len(), 1);
        let mut last = 0;
        for at in 0..400 {
            let changed = client.patch(&path_of("account", &account), json!({ "description": format!("{at}{text}") })).expect(200);
            last = changed["version"].as_i64().unwrap();
            assert_eq!(quick.events(1)[0]["version"], last, "the quick one hears of each at once");
        }
        let mut heard = Vec::new();
        let (code, reason) = loop {
            match slow.hear() {
                Ok(message) => heard.extend(message["events"].as_array().unwrap().iter().cloned()),
                Err(ended) => break ended,
            }
        };
        // Sent away with a word, or cut off where it did not even take that.
        assert!(code == 4408 || code == 1006, "{code} {reason}");
        let after = heard.last().map_or(start, |it| it["seq"].as_i64().unwrap());
        if code == 4408 {
            assert_eq!(reason, format!("too slow; resume after {after}"));
        }
        let mut again = client.live();
        again.say(&json!({ "type": "watch", "objects": ["account"], "after": after }));
        again.expect("watching");
        let missing = usize::try_from(last).unwrap() - heard.len();
        assert!(missing > 0, "it was never too slow");
        heard.extend(again.events(missing));
        assert_eq!(seqs(&heard), seqs(&feed(&client, start)));
    });
}

#[test]
fn a_member_holds_so_many_sockets_and_no_more() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let open: Vec<_> = (0..guanxi_server::http::MAX_STREAMS_OF_MEMBER).map(|_| client.live()).collect();
    assert_eq!(client.try_live(&[]).err(), Some(429));
    drop(open);
    // The places come back as the server hears that they have gone.
    for _ in 0..600 {
        if server.app.streams.count() == 0 {
            break;
        }
        client.get("/me").expect(200);
    }
    drop(client.live());
}

/// Who is told to be where the socket is, each with the field he edits.
fn met(live: &mut guanxi_testkit::LiveSocket<'_>) -> Vec<(String, Json)> {
    let message = live.expect("present");
    message["members"].as_array().unwrap().iter().map(|it| (it["label"].as_str().unwrap_or("?").to_owned(), it["field"].clone())).collect()
}

#[test]
fn those_at_one_record_know_of_each_other_and_nobody_else_does() {
    on_both_stores(|server| {
        server.add_member("anna", &["sales"], server.department());
        server.add_member("bert", &["sales"], server.department());
        let (anna, bert, partner) = (server.sign_in("anna"), server.sign_in("bert"), server.caller("partner"));
        let account = make_account(&anna, "星河");
        let at = |field: Option<&str>| json!({ "type": "present", "at": [{ "object": "account", "id": account["id"], "field": field }] });
        let (mut first, mut second, mut stranger) = (anna.live(), bert.live(), partner.live());
        first.say(&at(None));
        assert_eq!(met(&mut first), []);
        stranger.say(&at(None));
        second.say(&at(Some("level")));
        assert_eq!(met(&mut second), [("anna".to_owned(), Json::Null)]);
        assert_eq!(met(&mut first), [("bert".to_owned(), json!("level"))], "the stranger is not there");
        second.say(&at(None));
        assert_eq!(met(&mut first), [("bert".to_owned(), Json::Null)]);
        met(&mut second);
        drop(second);
        assert_eq!(met(&mut first), [], "gone with his connection");
        partner.post("/records/account", json!({ "name": "own" })).expect(201);
        stranger.say(&json!({ "type": "present", "at": [] }));
        let many: Vec<Json> = (0..17).map(|_| json!({ "object": "account" })).collect();
        stranger.say(&json!({ "type": "present", "at": many }));
        assert_eq!(stranger.hear().unwrap_err().0, 4400, "and it was told nothing before");
    });
}
