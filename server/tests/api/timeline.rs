//! Everything about a record, newest first.

use guanxi_testkit::on_both_stores;
use serde_json::{Value as Json, json};

use super::{make_account, path_of};

#[test]
fn the_timeline_merges_what_refers_to_a_record_with_its_changes() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let path = path_of("account", &account);
        let mut made = Vec::new();
        for (object, body) in [
            ("activity", json!({ "subject": "电话回访", "kind": "call", "account": account["id"], "description": "聊了交期" })),
            ("note", json!({ "title": "要点", "body": "<p>价格<b>敏感</b></p>", "account": account["id"] })),
            ("contact", json!({ "name": "欧阳明", "account": account["id"] })),
        ] {
            server.clock.advance(60);
            made.push(client.post(&format!("/records/{object}"), body).expect(201));
        }
        server.clock.advance(60);
        client.patch(&path, json!({ "level": "a" })).expect(200);
        let all = client.get(&format!("{path}/timeline")).expect(200);
        let kinds = |page: &Json| page["items"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(kinds(&all), ["change", "contact", "note", "activity", "change"], "{all}");
        let note = &all["items"][2];
        assert_eq!((&note["title"], &note["text"], &note["id"]), (&json!("要点"), &json!("价格敏感"), &made[1]["id"]));
        assert_eq!(note["record"]["account"]["label"], "星河");
        assert_eq!(all["items"][0]["changes"], json!([{ "field": "level", "old": "c", "new": "a" }]));
        assert!(all["items"][0]["actor"]["label"].as_str().unwrap().starts_with("sales"));
        assert_eq!(all["next_cursor"], json!(null));
        assert_eq!(kinds(&client.get(&format!("{path}/timeline?kinds=activity,note")).expect(200)), ["note", "activity"]);
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = client.get(&format!("{path}/timeline?limit=2{cursor}")).expect(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(Json::Array(paged), all["items"]);
        client.get(&format!("{path}/timeline?cursor=x")).problem(400, "bad_cursor");
    });
}

#[test]
fn what_happened_stands_where_it_happened_whenever_it_was_written_down() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let path = path_of("account", &account);
        let write = |object: &str, mut body: Json| {
            server.clock.advance(60);
            body["account"] = account["id"].clone();
            client.post(&format!("/records/{object}"), body).expect(201)
        };
        // The clock stands at 2026-11-16T02:00Z. Written in an order that is not the one it happened in.
        let call = write("activity", json!({ "subject": "上周的电话", "kind": "call", "status": "done", "start_at": "2026-11-09T02:00:00Z" }));
        write("activity", json!({ "subject": "明天的会", "kind": "appointment", "start_at": "2026-11-17T02:00:00Z" }));
        write("activity", json!({ "subject": "过期的任务", "due_at": "2026-11-10T02:00:00Z" }));
        write("note", json!({ "title": "今天的要点", "body": "<p>价格</p>" }));
        write(
            "activity",
            json!({ "subject": "上月做完的任务", "status": "done", "due_at": "2026-11-20T02:00:00Z", "done_at": "2026-10-20T02:00:00Z" }),
        );
        write("activity", json!({ "subject": "没有时间的任务" }));
        let titles = |page: &Json| page["items"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let wanted = ["明天的会", "没有时间的任务", "今天的要点", "过期的任务", "上周的电话", "上月做完的任务"];
        let all = client.get(&format!("{path}/timeline?kinds=activity,note")).expect(200);
        assert_eq!(titles(&all), wanted);
        assert_eq!(all["items"][4]["at"], "2026-11-09T02:00:00Z");
        // Page by page, with the history in between, nothing is told twice or left out.
        let whole = client.get(&format!("{path}/timeline")).expect(200);
        for limit in [1, 2, 3] {
            let (mut paged, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = client.get(&format!("{path}/timeline?limit={limit}{cursor}")).expect(200);
                paged.extend(page["items"].as_array().unwrap().clone());
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(Json::Array(paged), whole["items"], "{limit} at a time");
        }
        // Moving it moves it on the timeline.
        client.patch(&path_of("activity", &call), json!({ "start_at": "2026-10-01T02:00:00Z" })).expect(200);
        assert_eq!(titles(&client.get(&format!("{path}/timeline?kinds=activity")).expect(200)).last().unwrap(), "上周的电话");
    });
}

#[test]
fn the_timeline_leaves_out_what_the_caller_may_not_see() {
    on_both_stores(|server| {
        let (sales, analyst) = (server.caller("sales"), server.caller("analyst"));
        let account = make_account(&sales, "星河");
        sales.post("/records/note", json!({ "title": "私下", "body": "只给自己", "account": account["id"] })).expect(201);
        let path = format!("{}/timeline", path_of("account", &account));
        assert!(sales.get(&path).expect(200).to_string().contains("只给自己"));
        assert!(!analyst.get(&path).expect(200).to_string().contains("只给自己"), "analysts read their own notes alone");
    });
}
