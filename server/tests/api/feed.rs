//! The feed: paged and streamed.

use guanxi_server::http::MAX_STREAMS_OF_MEMBER;
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::json;

use super::{make_account, path_of};

#[test]
fn the_feed_resumes_where_it_was_left() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let start = client.get("/events?after=0&limit=500").expect(200)["head"].as_i64().unwrap();
        let account = make_account(&client, "星河");
        client.patch(&path_of("account", &account), json!({ "level": "a" })).expect(200);
        let page = client.get(&format!("/events?after={start}&limit=1")).expect(200);
        assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["kind"]), (1, &json!("account.created")));
        let rest = client.get(&format!("/events?after={}", page["next"])).expect(200);
        let event = &rest["items"][0];
        assert_eq!((&event["kind"], &event["id"], &event["version"]), (&json!("account.updated"), &account["id"], &json!(2)));
        assert_eq!(event["changes"], json!([{ "field": "level", "old": "c", "new": "a" }]));
        assert_eq!(rest["next"], rest["head"]);
        assert_eq!(client.get(&format!("/events?after={start}&objects=contact")).expect(200)["items"], json!([]));
        client.get("/events?limit=501").problem(400, "bad_request");
        server.anonymous().get("/events").problem(401, "not_signed_in");
    });
}

#[test]
fn the_stream_tells_what_the_caller_may_see_and_nothing_else() {
    on_both_stores(|server| {
        let (partner, sales) = (server.caller("partner"), server.caller("sales"));
        let events = partner.stream_events("/events/stream?objects=account", 1, || {
            make_account(&sales, "别人的客户");
            make_account(&partner, "自己的客户");
        });
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["kind"], "account.created");
        assert!(events[0]["changes"].to_string().contains("自己的客户"));
        let again = partner.stream_events("/events/stream?after=0&objects=account", 1, || {});
        assert_eq!(again, events);
    });
}

#[test]
fn the_stream_ends_with_the_session() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let events = client.stream_events("/events/stream", 2, || {
            make_account(&client, "星河");
            client.post("/auth/logout", json!({})).expect(200);
        });
        assert!(events.len() < 2, "{events:?}");
        server.anonymous().get("/events/stream").problem(401, "not_signed_in");
    });
}

/// Runs a check while the caller holds so many streams open.
fn while_streaming(client: &Client<'_>, count: usize, check: &dyn Fn()) {
    match count.checked_sub(1) {
        None => check(),
        Some(rest) => drop(client.stream_events("/events/stream", 0, || while_streaming(client, rest, check))),
    }
}

#[test]
fn a_member_holds_so_many_streams_and_no_more() {
    let server = TestServer::sqlite();
    let (client, other) = (server.caller("sales"), server.caller("sales"));
    while_streaming(&client, MAX_STREAMS_OF_MEMBER, &|| {
        let refused = client.get("/events/stream");
        let problem = refused.problem(429, "busy");
        assert!(problem["detail"].as_str().unwrap().contains("16"), "{problem}");
        assert_eq!(refused.header("retry-after"), "30");
        client.with_new_key().get("/events/stream").problem(429, "busy");
        other.stream_events("/events/stream", 0, || {});
    });
    assert_eq!(server.app.streams.count(), 0, "the places come back when the streams end");
    while_streaming(&client, MAX_STREAMS_OF_MEMBER, &|| {});
}
