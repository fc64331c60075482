//! O: the feed of events, open while rights change.

use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

use super::secrets::leaks;
use super::world::{Call, World, change_rep, on_both, on_sqlite};

fn kinds(events: &[Json]) -> Vec<&str> {
    events.iter().map(|it| it["kind"].as_str().unwrap()).collect()
}

#[track_caller]
fn clean(events: &[Json]) {
    let text = Json::Array(events.to_vec()).to_string();
    assert!(leaks("", text.as_bytes()).is_empty(), "{text}");
}

#[test]
fn an_open_stream_tells_nothing_more_once_rights_are_withdrawn() {
    on_both(|world| {
        let account = world.own.path("account");
        let events = world.rep.stream_events("/events/stream?objects=account,lead", 1, || {
            change_rep(&world.admin, |role| role["objects"]["account"]["read"] = json!("none"));
            world.admin.patch(&account, json!({ "description": "CNRYLATER" })).expect(200);
            world.rep.post("/records/lead", json!({ "name": "Still", "company": "his" })).expect(201);
        });
        assert_eq!(kinds(&events), ["lead.created"]);
        clean(&events);
        change_rep(&world.admin, |role| role["objects"]["account"]["read"] = json!("department_tree"));
        // A field hidden meanwhile, a record given away meanwhile.
        let events = world.rep.stream_events("/events/stream?objects=account,lead", 2, || {
            change_rep(&world.admin, |role| role["objects"]["account"]["fields"]["description"] = json!("hidden"));
            world.admin.patch(&account, json!({ "description": "CNRYHIDDEN", "level": "a" })).expect(200);
            world.admin.patch(&account, json!({ "margin": "CNRYOTHER" })).expect(200);
            world.rep.post("/records/lead", json!({ "name": "Still", "company": "his" })).expect(201);
        });
        clean(&events);
        assert!(kinds(&events).contains(&"account.updated"), "{events:?}");
    });
}

#[test]
fn a_stream_ends_when_its_member_leaves_or_his_key_is_taken() {
    on_sqlite(|world| {
        let mut program = world.server.anonymous();
        let made = world.rep.post("/me/api-keys", json!({ "name": "all" })).expect(201);
        program.key = made["key"].as_str().map(str::to_owned);
        let key = made["id"].as_str().unwrap();
        let events = program.stream_events("/events/stream", 3, || {
            world.rep.delete(&format!("/me/api-keys/{key}")).expect(204);
            world.rep.post("/records/lead", json!({ "name": "x", "company": "x" })).expect(201);
        });
        assert_eq!(events, Vec::<Json>::new());
        let rep = format!("/records/user/{}", world.rep_id);
        let events = world.rep.stream_events("/events/stream", 3, || {
            world.admin.patch(&rep, json!({ "active": false })).expect(200);
            world.admin.post("/records/lead", json!({ "name": "x", "company": "x", "owner": world.others.member })).expect(201);
        });
        assert_eq!(events, Vec::<Json>::new());
    });
}

/// Everything the feed tells a caller from its beginning.
fn whole_feed(world: &World<'_>, client: &Client<'_>, objects: &str) -> Vec<Json> {
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = world.ask(client, &Call::get(format!("/events?after={after}&limit=500{objects}"))).expect(200);
        all.extend(page["items"].as_array().unwrap().clone());
        if page["next"] == page["head"] {
            return all;
        }
        after = page["next"].as_i64().unwrap();
    }
}

#[test]
fn channels_that_are_not_his_are_as_those_that_are_not() {
    on_both(|world| {
        let nothing = whole_feed(world, &world.rep, "&objects=nothing");
        assert_eq!(nothing, Vec::<Json>::new());
        for objects in ["*", "%2A", "account%00", "gx_audit", "gx_session", "o_account", "account;contact", "..%2Faccount"] {
            let reply = world.ask(&world.rep, &Call::get(format!("/events?after=0&objects={objects}")));
            assert!(reply.status == 400 || reply.json["items"] == json!([]), "{objects}: {}", reply.json);
        }
        let own = whole_feed(world, &world.rep, "");
        assert!(!own.is_empty());
        // He hears of what he may see and of nobody else's doings with the rest.
        for id in world.others.records.iter().filter(|it| it.0 != "tag").map(|it| it.1.as_str()).chain([world.others.deleted.as_str()]) {
            assert!(own.iter().all(|it| it["id"] != id), "{id}");
        }
        assert!(whole_feed(world, &world.program, "").iter().all(|it| it["object"] == "lead"));
        // Tags are for every partner to read; customers of others are not.
        let told = world.partner.get("/events?after=0&limit=500").expect(200);
        assert!(told["items"].as_array().unwrap().iter().all(|it| it["object"] != "account"), "{told}");
    });
}

#[test]
fn another_who_signs_in_in_the_same_browser_hears_nothing_of_the_one_before() {
    on_sqlite(|world| {
        let mut browser = world.other_rep.clone();
        let events = world.other_rep.stream_events("/events/stream?objects=lead", 2, || {
            browser.sign_in("ally@test.example", guanxi_testkit::PASSWORD).expect(200);
            world.admin.post("/records/lead", json!({ "name": "CNRYTHEIRS", "company": "x", "owner": world.others.member })).expect(201);
        });
        assert_eq!(events, Vec::<Json>::new(), "the stream of the session that ended");
    });
}
