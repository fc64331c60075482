//! Notifications over the API and by mail.

use guanxi_testkit::{Client, SmtpPeer, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{imports, make_account, path_of};

fn mention(client: &Client<'_>, account: &Json, member: Uuid, text: &str) -> Json {
    let body = format!("<p><span data-mention=\"member:{member}\">@同事</span> {text}</p>");
    client.post("/records/comment", json!({ "target": { "object": "account", "id": account["id"] }, "body": body })).expect(201)
}

#[test]
fn each_reads_and_marks_his_own() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let zhao = server.add_member("zhao", &["sales_manager"], server.department());
        let zhao = (zhao, server.sign_in("zhao"));
        let account = make_account(&lin, "星河");
        let comment = mention(&lin, &account, zhao.0, "请看");
        server.settle();
        let inbox = zhao.1.get("/records/notification?filter=!read&count=exact").expect(200);
        assert_eq!((&inbox["count"]["value"], &inbox["items"][0]["kind"]), (&json!(1), &json!("mention")));
        let told = &inbox["items"][0];
        assert_eq!((&told["target"]["label"], &told["comment"]["id"]), (&json!("星河"), &comment["id"]));
        let path = path_of("notification", told);
        for other in [&lin, &server.administrator()] {
            other.get(&path).problem(404, "not_found");
            other.patch(&path, json!({ "read": true })).problem(404, "not_found");
            assert_eq!(other.get("/records/notification?count=exact").expect(200)["count"]["value"], 0);
        }
        zhao.1.patch(&path, json!({ "actor": null })).problem(400, "read_only_field");
        zhao.1.delete(&path).problem(403, "forbidden");
        zhao.1.patch(&path, json!({ "read": true })).expect(200);
        mention(&lin, &account, zhao.0, "再看");
        server.settle();
        let marked = zhao.1.post("/records/notification/actions/mark_all", json!({ "archive": true })).expect(200);
        assert_eq!(marked["marked"], 2);
        assert_eq!(zhao.1.get("/records/notification?filter=!archived").expect(200)["items"], json!([]));
        let outsider = server.caller("customer");
        outsider.get("/records/notification").problem(404, "not_found");
        outsider.post("/records/notification/actions/mark_all", json!({})).problem(404, "not_found");
    });
}

#[test]
fn whoever_imports_is_told_that_it_has_ended_and_nobody_else() {
    on_both_stores(|server| {
        let boss = server.administrator();
        let lin = server.caller("sales_manager");
        let csv = "客户名称,客户级别\n星河,A\n博远,没有的\n".as_bytes();
        let up = imports::upload(&boss, "account", "客户.csv", csv);
        let ended = imports::carry_out(server, &boss, &up, Json::Null);
        assert_eq!((&ended["state"], &ended["counts"]), (&json!("done"), &imports::counts(1, 0, 0, 1)));
        server.settle();
        let told = boss.get("/records/notification").expect(200);
        let [told] = told["items"].as_array().unwrap().as_slice() else { panic!("one line: {told}") };
        assert_eq!((&told["kind"], &told["target"], &told["actor"]), (&json!("imported"), &Json::Null, &Json::Null));
        let about = json!({
            "import": up["id"], "object": "account", "file": "客户.csv", "state": "done", "written": 1, "rejected": 1,
        });
        assert_eq!(told["about"], about);
        assert_eq!(lin.get("/records/notification").expect(200)["items"], json!([]));
        // The log's word of it is in nobody's feed, and of the notification others learn nothing.
        for (client, told) in [(&boss, true), (&lin, false)] {
            let feed = client.get("/events?after=0&limit=500").expect(200).to_string();
            assert!(!feed.contains("import.ended") && feed.contains("客户.csv") == told, "{feed}");
        }
    });
}

#[test]
fn one_follows_what_one_sees_and_nobody_else_does_it_for_him() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let account = make_account(&lin, "星河");
        let target = json!({ "object": "account", "id": account["id"] });
        let follow = lin.post("/records/follow", json!({ "target": target })).expect(201);
        lin.post("/records/follow", json!({ "target": target })).problem(409, "duplicate_value");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        let ma = server.sign_in("ma");
        ma.post("/records/follow", json!({ "target": target })).problem(422, "invalid");
        ma.delete(&path_of("follow", &follow)).problem(404, "not_found");
        lin.delete(&path_of("follow", &follow)).expect(204);
        server.caller("customer").post("/records/follow", json!({ "target": target })).problem(404, "not_found");
    });
}

#[test]
fn a_view_of_what_a_file_brought_tells_of_that_and_one_of_what_was_typed_does_not() {
    on_both_stores(|server| {
        let (admin, follower) = (server.caller("administrator"), server.caller("sales_manager"));
        for (name, filter) in [("导入的", "source(phone) == 'imported'"), ("录入的", "phone != null && source(phone) == 'entered'")] {
            let config = json!({ "columns": [], "filter": filter, "sort": "name" });
            let view = json!({ "name": name, "object_name": "account", "config": config });
            let view = follower.post("/records/saved_view", view).expect(201);
            follower.post("/records/follow", json!({ "view": view["id"] })).expect(201);
        }
        server.settle();
        let up = imports::upload(&admin, "account", "客户.csv", "名称,电话\n星河,021-61234567\n明月,021-61234568\n".as_bytes());
        let field = |column: usize, name: &str| json!({ "column": column, "field": name, "options": {} });
        let plan = json!({ "mapping": [field(0, "name"), field(1, "phone")] });
        admin.post(&format!("/imports/{}/plan", up["id"].as_str().unwrap()), plan).expect(200);
        admin.post(&format!("/imports/{}/run", up["id"].as_str().unwrap()), json!({})).expect(202);
        server.settle();
        let told = || {
            server.settle();
            let lines = follower.get("/records/notification?filter=kind%20%3D%3D%20'found'&sort=last_at").expect(200)["items"].clone();
            lines.as_array().unwrap().iter().map(|it| (it["about"]["view_name"].clone(), it["count"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(told(), [(json!("导入的"), json!(2))]);
        admin.post("/records/account", json!({ "name": "晨光", "phone": "021-61234569" })).expect(201);
        assert_eq!(told(), [(json!("导入的"), json!(2)), (json!("录入的"), json!(1))]);
    });
}

#[test]
fn a_view_one_follows_tells_of_what_comes_into_it_under_ones_own_rights() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let zhao = (server.add_member("zhao", &["sales_manager"], server.department()), server.sign_in("zhao"));
        let view = |client: &Client<'_>, filter: &str| {
            let config = json!({ "columns": [], "filter": filter, "sort": "name" });
            let values = json!({ "name": "大客户", "object_name": "account", "config": config, "shared": true });
            client.post("/records/saved_view", values).expect(201)
        };
        let big = view(&zhao.1, "level == 'a'");
        let follow = zhao.1.post("/records/follow", json!({ "view": big["id"] })).expect(201);
        zhao.1.post("/records/follow", json!({ "view": big["id"] })).problem(409, "duplicate_value");
        let told = || {
            server.settle();
            let lines = zhao.1.get("/records/notification?filter=kind%20%3D%3D%20'found'&sort=last_at").expect(200)["items"].clone();
            lines.as_array().unwrap().iter().map(|it| it["count"].as_i64().unwrap()).sum::<i64>()
        };
        let account = make_account(&lin, "星河");
        assert_eq!(told(), 0, "it is not in the view");
        let path = path_of("account", &account);
        lin.patch(&path, json!({ "level": "a" })).expect(200);
        assert_eq!(told(), 1, "it came into it");
        lin.patch(&path, json!({ "website": "https://xinghe.example" })).expect(200);
        assert_eq!(told(), 1, "it was in it already");
        lin.post("/records/account", json!({ "name": "明月", "level": "a" })).expect(201);
        assert_eq!(told(), 2);
        lin.patch(&path, json!({ "level": "b" })).expect(200);
        lin.patch(&path, json!({ "level": "a" })).expect(200);
        assert_eq!(told(), 2, "out and in again within one look is no news");
        zhao.1.patch(&path, json!({ "level": "b" })).expect(200);
        told();
        zhao.1.patch(&path, json!({ "level": "a" })).expect(200);
        assert_eq!(told(), 2, "what one does oneself is no news");
        let line = zhao.1.get("/records/notification?filter=kind%20%3D%3D%20'found'").expect(200)["items"][0].clone();
        assert_eq!((&line["about"]["view"], &line["about"]["view_name"], &line["target"]), (&big["id"], &json!("大客户"), &Json::Null));

        // What he may not see comes into no view of his; a filter that is wrong by now finds nothing and breaks nothing.
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        server.sign_in("ma").post("/records/account", json!({ "name": "别处的", "level": "a" })).expect(201);
        zhao.1.patch(&path_of("saved_view", &big), json!({ "config": { "filter": "nonsense == 1" } })).expect(200);
        lin.post("/records/account", json!({ "name": "晨光", "level": "a" })).expect(201);
        assert_eq!(told(), 2);
        zhao.1.patch(&path_of("saved_view", &big), json!({ "config": { "filter": "owner.name.contains('sales') && level == 'a'" } })).expect(200);
        lin.patch(&path, json!({ "name": "星河智能" })).expect(200);
        assert_eq!(told(), 2, "nothing that the filter names was changed");
        lin.post("/records/account", json!({ "name": "远山", "level": "a" })).expect(201);
        assert_eq!(told(), 3);
        zhao.1.delete(&path_of("follow", &follow)).expect(204);
        lin.post("/records/account", json!({ "name": "近水", "level": "a" })).expect(201);
        assert_eq!(told(), 3);
    });
}

fn mail_on(server: &TestServer) {
    let context = server.workspace.system_context(Uuid::nil(), "test");
    guanxi_kernel::schedule::enqueue_due(&context).unwrap();
    server.settle();
}

#[test]
fn what_was_not_read_in_time_is_mailed_with_what_may_be_seen_then() {
    let Some(peer) = SmtpPeer::start() else { return };
    let url = peer.url();
    let settings = [("smtp-url", url.as_str()), ("mail-from", "crm@xinghe.example"), ("public-url", "https://crm.xinghe.example")];
    let before = std::cell::Cell::new(0);
    on_both_stores_with(&settings, |server| {
        let lin = server.caller("sales");
        let zhao = server.add_member("zhao", &["sales_manager"], server.department());
        let account = make_account(&lin, "星河<b>");
        mention(&lin, &account, zhao, "底价 <script>alert(1)</script>九折");
        server.settle();
        mail_on(server);
        assert_eq!(peer.mails().len(), before.get(), "there is time to read it first");
        server.clock.advance(180);
        mail_on(server);
        let mails = peer.mails().split_off(before.get());
        assert_eq!(mails.len(), 1, "{mails:?}");
        let (text, html) = (mails[0]["text"].as_str().unwrap(), mails[0]["html"].as_str().unwrap());
        assert!(text.contains("在“星河<b>”中提到了您") && text.contains("九折"), "{text}");
        assert!(text.contains("https://crm.xinghe.example/notifications?open="), "{text}");
        assert!(html.contains("星河&lt;b&gt;") && !html.contains("<script"), "{html}");
        assert_eq!(mails[0]["unsubscribe"], "<https://crm.xinghe.example/profile/notifications>");
        // Once, however often the job runs.
        server.clock.advance(180);
        mail_on(server);
        assert_eq!(peer.mails().len(), before.get() + 1);
        // Read in time, or withdrawn in time: no mail.
        let other = make_account(&lin, "明月");
        mention(&lin, &other, zhao, "机密");
        server.settle();
        lin.delete(&path_of("account", &other)).expect(204);
        let boss = server.sign_in("zhao");
        mention(&lin, &account, zhao, "已读");
        server.settle();
        boss.post("/records/notification/actions/mark_all", json!({})).expect(200);
        server.clock.advance(180);
        mail_on(server);
        assert_eq!(peer.mails().len(), before.get() + 1, "{:?}", peer.mails().last());
        before.set(peer.mails().len());
    });
}
