//! Everything about a record, newest first.

use guanxi_testkit::{Client, TestServer, on_both_stores};
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

/// An account with a contact, a deal and a visit of the deal, and something said of each; a minute between all of it.
fn a_customer_with_a_story(server: &TestServer, client: &Client<'_>) -> (Json, Json) {
    let make = |object: &str, body: Json| {
        server.clock.advance(60);
        client.post(&format!("/records/{object}"), body).expect(201)
    };
    let account = make_account(client, "星河");
    let contact = make("contact", json!({ "name": "欧阳明", "account": account["id"] }));
    let deal = make("opportunity", json!({ "name": "三号线", "account": account["id"], "close_date": "2026-12-31" }));
    let named = client.with_header("content-disposition", "attachment; filename=plan.pdf");
    let file = named.post_bytes("/files", "application/pdf", b"%PDF-1.7 text").expect(201);
    let visit = json!({ "subject": "看现场", "kind": "visit", "visit_method": "door_visit", "opportunity": deal["id"], "attachment": file["id"] });
    let visit = make("activity", visit);
    make("activity", json!({ "subject": "微信报价", "kind": "message", "channel": "wechat", "opportunity": deal["id"] }));
    for (object, record, body) in [("opportunity", &deal, "谈到了账期"), ("contact", &contact, "他下月调岗"), ("activity", &visit, "现场有吊车")]
    {
        make("comment", json!({ "target": { "object": object, "id": record["id"] }, "body": format!("<p>{body}</p>") }));
    }
    server.clock.advance(60);
    client.post(&format!("{}/actions/change_stage", path_of("opportunity", &deal)), json!({ "stage": "need_confirmed" })).expect(200);
    server.clock.advance(60);
    client.patch(&path_of("contact", &contact), json!({ "title": "总工" })).expect(200);
    (account, deal)
}

/// Kind and title of the entries.
fn told(page: &Json) -> Vec<(String, String)> {
    let text = |it: &Json| it.as_str().unwrap().to_owned();
    page["items"].as_array().unwrap().iter().map(|it| (text(&it["kind"]), text(&it["title"]))).collect()
}

#[test]
fn a_customers_timeline_is_that_of_its_people_and_deals_too() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (account, deal) = a_customer_with_a_story(server, &client);
        let path = format!("{}/timeline", path_of("account", &account));
        let pair = |kind: &str, title: &str| (kind.to_owned(), title.to_owned());
        let whole = client.get(&path).expect(200);
        let all = told(&whole);
        for wanted in [
            pair("change", "欧阳明"),
            pair("stage_move", "need_confirmed"),
            pair("comment", "现场有吊车"),
            pair("comment", "他下月调岗"),
            pair("comment", "谈到了账期"),
            pair("activity", "看现场"),
            pair("file", "plan.pdf"),
            pair("opportunity", "三号线"),
            pair("contact", "欧阳明"),
        ] {
            assert!(all.contains(&wanted), "{wanted:?} in {all:?}");
        }
        // The deal's move is told once, by its trail; that the contact and the deal were made their own entries say.
        let changes = client.get(&format!("{path}?kinds=change")).expect(200);
        assert_eq!(told(&changes).iter().map(|it| it.1.as_str()).collect::<Vec<_>>(), ["欧阳明", "新建"], "{changes}");
        assert_eq!(changes["items"][0]["object"], "contact");
        assert_eq!(changes["items"][0]["changes"], json!([{ "field": "title", "old": null, "new": "总工" }]));
        let moves = client.get(&format!("{path}?kinds=stage_move")).expect(200);
        assert_eq!(moves["items"][0]["record"]["opportunity"]["id"], deal["id"]);
        assert_eq!(told(&client.get(&format!("{path}?kinds=activity.message")).expect(200)), [pair("activity", "微信报价")]);
        assert_eq!(told(&client.get(&format!("{path}?kinds=activity.visit,comment")).expect(200)).len(), 4);
        assert_eq!(told(&client.get(&format!("{path}?kinds=activity.none")).expect(200)), []);
        assert_eq!(told(&client.get(&format!("{path}?kinds=contact.none")).expect(200)), []);
        // Page by page nothing is told twice or left out. What files one may see takes PostgreSQL long to plan: few pages.
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("{path}?limit=4{cursor}")).expect(200);
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(Json::Array(paged), whole["items"]);
    });
}

#[test]
fn who_sees_the_customer_but_not_the_deal_hears_nothing_of_it() {
    on_both_stores(|server| {
        let (sales, operator) = (server.caller("sales"), server.caller("operator"));
        let (account, deal) = a_customer_with_a_story(server, &sales);
        assert_ne!(operator.get(&path_of("opportunity", &deal)).status, 200);
        let path = format!("{}/timeline", path_of("account", &account));
        for kinds in ["", "?kinds=comment", "?kinds=change", "?kinds=file", "?kinds=stage_move", "?kinds=activity.message"] {
            let page = operator.get(&format!("{path}{kinds}")).expect(200).to_string();
            for hidden in ["三号线", "谈到了账期", "need_confirmed", "plan.pdf", "现场有吊车", "微信报价"] {
                assert!(!page.contains(hidden), "{hidden} with {kinds}: {page}");
            }
        }
        // Gone to the bin, the deal takes its story along.
        sales.delete(&path_of("opportunity", &deal)).expect(204);
        let page = sales.get(&path).expect(200).to_string();
        assert!(!page.contains("谈到了账期") && !page.contains("stage_move"), "{page}");
        assert!(page.contains("他下月调岗"), "{page}");
    });
}
