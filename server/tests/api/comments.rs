//! Comments over the API: in the timeline of their record and in nothing that does not show it.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::{encode, make_account, path_of};

fn on(account: &Json) -> Json {
    json!({ "object": "account", "id": account["id"] })
}

fn say(client: &Client<'_>, account: &Json, body: &str) -> Json {
    client.post("/records/comment", json!({ "target": on(account), "body": body })).expect(201)
}

#[test]
fn comments_stand_in_the_timeline_of_their_record() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let account = make_account(&lin, "星河");
        server.clock.advance(60);
        let comment = say(&lin, &account, "<p>客户要<b>三套</b></p>");
        let path = path_of("account", &account);
        let told = lin.get(&format!("{path}/timeline?kinds=comment")).expect(200);
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
        let entry = &told["items"][0];
        assert_eq!((&entry["kind"], &entry["text"], &entry["id"]), (&json!("comment"), &json!("客户要三套"), &comment["id"]));
        assert_eq!(entry["record"]["body"], "<p>客户要<b>三套</b></p>");
        assert_eq!(comment["target"], json!({ "object": "account", "id": account["id"], "label": "星河" }));
        assert_eq!(lin.get(&format!("{path}/timeline")).expect(200)["items"][0]["kind"], "comment");
        lin.patch(&path_of("comment", &comment), json!({ "body": "<p>四套</p>" })).expect(200);
        let history = lin.get(&format!("{}/history", path_of("comment", &comment))).expect(200);
        let bodies = history["items"][0]["changes"].as_array().unwrap().iter().find(|it| it["field"] == "body").unwrap().clone();
        assert_eq!((&bodies["old"], &bodies["new"]), (&json!("<p>客户要<b>三套</b></p>"), &json!("<p>四套</p>")));
    });
}

/// Everything there is over the API that could tell of a comment.
#[test]
fn who_does_not_see_the_record_learns_nothing_of_what_is_said_about_it() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let account = make_account(&lin, "星河");
        let comment = say(&lin, &account, "<p>机密底价CNRY</p>");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        let ma = server.sign_in("ma");
        server.settle();
        let own = path_of("comment", &comment);
        for path in [own.clone(), format!("{own}/history"), format!("{own}/access"), format!("{}/timeline", path_of("account", &account))] {
            ma.get(&path).problem(404, "not_found");
        }
        ma.patch(&own, json!({ "body": "<p>x</p>" })).problem(404, "not_found");
        ma.delete(&own).problem(404, "not_found");
        for action in ["react", "resolve"] {
            ma.post(&format!("{own}/actions/{action}"), json!({ "emoji": "heart" }))
                .problem(if action == "react" { 404 } else { 400 }, if action == "react" { "not_found" } else { "unknown_field" });
        }
        ma.post("/records/comment", json!({ "target": on(&account), "body": "<p>x</p>" })).problem(422, "invalid");
        ma.post("/records/comment", json!({ "target": on(&account), "body": "<p>x</p>", "parent": comment["id"] })).problem(422, "invalid");
        ma.post("/records/comment/actions/check_mentions", json!({ "target": on(&account), "body": "x" })).problem(422, "invalid");
        for path in [
            "/records/comment?count=exact".to_owned(),
            format!("/records/comment?count=exact&filter={}", encode(&format!("target == \"{}\"", account["id"].as_str().unwrap()))),
        ] {
            assert_eq!(ma.get(&path).expect(200)["count"], json!({ "value": 0, "exact": true }), "{path}");
        }
        let groups = ma.get("/records/comment/aggregate?group_by=audience&measures=count").expect(200);
        assert_eq!(groups["groups"], json!([]));
        for path in ["/search?q=CNRY", "/events?after=0&limit=500"] {
            assert!(!ma.get(path).expect(200).to_string().contains("CNRY"), "{path}");
        }
        ma.get("/records/comment/export?format=csv").problem(403, "forbidden");
        assert_eq!(lin.get(&own).expect(200)["version"], 1, "nothing of it was done");
    });
}

#[test]
fn scripts_are_taken_out_and_others_edits_refused() {
    on_both_stores(|server| {
        let (lin, colleague) = (server.caller("sales"), server.caller("sales"));
        let account = make_account(&lin, "星河");
        let body = "<p onclick=\"x()\">好<script>alert(1)</script><img src=x onerror=alert(2)><span data-mention=\"member:x\" style=\"position:fixed\">y</span></p>";
        let outcome = lin.post("/records/comment", json!({ "target": on(&account), "body": body }));
        outcome.problem(422, "invalid");
        let body = body.replace("member:x", "bot:7");
        let comment = say(&lin, &account, &body);
        let kept = comment["body"].as_str().unwrap();
        assert!(!kept.contains("alert") && !kept.contains("onclick") && !kept.contains("style") && !kept.contains("bot:7"), "{kept}");
        colleague.get(&path_of("comment", &comment)).expect(200);
        colleague.patch(&path_of("comment", &comment), json!({ "body": "<p>改</p>" })).problem(403, "forbidden");
        colleague.delete(&path_of("comment", &comment)).problem(403, "forbidden");
        let auditor = server.caller("auditor");
        auditor.post("/records/comment", json!({ "target": on(&account), "body": "<p>x</p>" })).problem(403, "forbidden");
        auditor.post(&format!("{}/actions/resolve", path_of("comment", &comment)), json!({})).problem(403, "forbidden");
        for (action, input) in [("react", json!({ "emoji": "heart" })), ("resolve", json!({})), ("reopen", json!({}))] {
            colleague.post(&format!("{}/actions/{action}", path_of("comment", &comment)), input).expect(200);
        }
        lin.delete(&path_of("comment", &comment)).expect(204);
        colleague.get(&path_of("comment", &comment)).problem(404, "not_found");
    });
}

#[test]
fn what_was_said_is_found_by_those_who_see_it_and_leads_to_where_it_was_said() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let account = make_account(&lin, "星河");
        let comment = say(&lin, &account, "<p>客户的预算是<b>三百万</b>，年底前签</p>");
        server.settle();
        let found = |client: &Client<'_>, words: &str| client.get(&format!("/search?q={}", encode(words))).expect(200)["items"].clone();
        let hits = found(&lin, "三百万");
        assert_eq!(hits.as_array().unwrap().len(), 1, "{hits}");
        assert_eq!((&hits[0]["object"], &hits[0]["id"]), (&json!("comment"), &comment["id"]));
        assert_eq!(hits[0]["on"], on(&account));
        assert!(found(&lin, "object:客户 星河")[0].get("on").is_none());
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        assert_eq!(found(&server.sign_in("ma"), "三百万"), json!([]));
        lin.patch(&path_of("comment", &comment), json!({ "body": "<p>预算未定</p>" })).expect(200);
        server.settle();
        assert_eq!(found(&lin, "三百万"), json!([]));
        lin.delete(&path_of("comment", &comment)).expect(204);
        server.settle();
        assert_eq!(found(&lin, "预算未定"), json!([]));
    });
}
