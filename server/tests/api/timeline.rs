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
