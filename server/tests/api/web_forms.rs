//! Forms for people who are no members: the page, what is sent, what is doubted, and what nobody learns by it.

use axum::http::Method;
use guanxi_testkit::{Client, Reply, TestServer, on_both_stores, on_both_stores_with};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const SITE: &str = "https://www.xinghe.example";

/// A form that asks for a name, a mobile number, a company and a need.
pub fn make_form(server: &TestServer, more: Json) -> (Uuid, String) {
    let mut values = json!({
        "name": "官网咨询",
        "title": "预约产品演示",
        "intro": "留下联系方式，我们会尽快与您联系。",
        "fields": [
            { "field": "name", "required": true },
            { "field": "mobile", "required": true, "label": "联系电话" },
            { "field": "company" },
            { "field": "email" },
            { "field": "need" },
        ],
        "purpose": "与您联系",
        "consent_text": "我同意贵公司按隐私政策处理上述信息。",
        "language": "zh_cn",
        "goes_to": "rules",
        "allowed_origins": SITE,
    });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let id = server.create("web_form", values);
    let told = server.administrator().get(&format!("/records/web_form/{id}")).expect(200);
    (id, told["key"].as_str().unwrap().to_owned())
}

fn page(visitor: &Client<'_>, key: &str) -> Reply {
    visitor.send(Method::GET, &format!("/f/{key}"), None)
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.bytes).into_owned()
}

fn token_of(reply: &Reply) -> String {
    let text = text(reply);
    let rest = text.split("name=\"form-token\" value=\"").nth(1).unwrap_or_else(|| panic!("no token in {text}"));
    rest.split('"').next().unwrap().to_owned()
}

fn encoded(pairs: &[(&str, &str)]) -> Vec<u8> {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", super::encode(name), super::encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&").into_bytes()
}

fn post(visitor: &Client<'_>, key: &str, pairs: &[(&str, &str)]) -> Reply {
    visitor.send(Method::POST, &format!("/f/{key}"), Some(("application/x-www-form-urlencoded", encoded(pairs))))
}

/// Opens the form, reads it for ten seconds, and sends it.
fn fill(server: &TestServer, visitor: &Client<'_>, key: &str, pairs: &[(&str, &str)]) -> Reply {
    let token = token_of(&page(visitor, key));
    server.clock.advance(10);
    let mut all = vec![("form-token", token.as_str()), ("form-consent", "yes")];
    all.extend_from_slice(pairs);
    post(visitor, key, &all)
}

fn submissions(admin: &Client<'_>) -> Vec<Json> {
    let list = admin.get("/records/web_form_submission?sort=received_at&limit=500").expect(200);
    list["items"].as_array().unwrap().clone()
}

fn leads(admin: &Client<'_>) -> Vec<Json> {
    admin.get("/records/lead?limit=500").expect(200)["items"].as_array().unwrap().clone()
}

const WANG: [(&str, &str); 3] = [("name", "王小明"), ("mobile", "13812345678"), ("need", "想了解 <b>灌装线</b>\n第二行")];

#[test]
fn what_a_visitor_sends_becomes_a_lead_with_what_he_agreed_to() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (form, key) = make_form(server, json!({ "success_message": "谢谢！" }));
        assert!(key.len() == 32 && key.bytes().all(|it| it.is_ascii_hexdigit()), "{key}");
        let visitor = server.anonymous();
        let shown = page(&visitor, &key);
        let html = text(&shown);
        assert_eq!((shown.status, shown.header("content-type")), (200, "text/html; charset=utf-8"));
        for part in ["<html lang=\"zh-CN\">", "预约产品演示", "联系电话", "我同意贵公司", "收集目的：与您联系", "autocomplete=\"tel\""]
        {
            assert!(html.contains(part), "{part} in {html}");
        }
        let policy = shown.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(
            policy.contains(&format!("frame-ancestors 'self' {SITE};")) && !policy.contains("unsafe") && !policy.contains("script-src"),
            "{policy}"
        );
        assert_eq!((shown.header("x-frame-options"), shown.header("cache-control")), ("", "no-store"));
        assert!(shown.headers.get("set-cookie").is_none() && !html.contains("<script"));
        let done = fill(server, &visitor, &key, &WANG);
        assert!(done.status == 200 && text(&done).contains("谢谢！"), "{}", text(&done));
        let lead = &leads(&admin)[0];
        assert_eq!(
            (&lead["name"]["full"], &lead["mobile"], &lead["source"], &lead["source_detail"], &lead["status"]),
            (&json!("王小明"), &json!("+8613812345678"), &json!("website"), &json!("官网咨询"), &json!("new"))
        );
        assert_eq!(lead["need"], "想了解 <b>灌装线</b>\n第二行");
        let sent = &submissions(&admin)[0];
        assert_eq!((&sent["state"], &sent["name"], &sent["lead"]["id"]), (&json!("accepted"), &json!("王小明"), &lead["id"]));
        assert_eq!((&sent["consent_text"], &sent["consent_at"]), (&json!("我同意贵公司按隐私政策处理上述信息。"), &sent["received_at"]));
        assert_eq!((&sent["network"], &sent["origin"], &sent["values"]["mobile"]), (&json!("0.0.0.0/24"), &Json::Null, &json!("+8613812345678")));
        let told = admin.get(&format!("/records/web_form/{form}")).expect(200);
        assert_eq!((&told["submissions"], &told["accepted"], &told["held"]), (&json!(1), &json!(1), &json!(0)));
        // Who did it stands in the trail: nobody, by a form.
        assert!(server.audit(&["web_form"]).len() == 1);
    });
}

#[test]
fn what_is_wrong_is_named_and_what_was_typed_stays() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let token = token_of(&page(&visitor, &key));
        server.clock.advance(10);
        let typed = [("form-token", token.as_str()), ("name", "\"><script>alert(1)</script>"), ("mobile", "12"), ("need", "</textarea><img src=x>")];
        let again = post(&visitor, &key, &typed);
        let html = text(&again);
        assert_eq!(again.status, 422);
        for part in [
            "<title>有误: 预约产品演示</title>",
            "role=\"alert\"",
            "<a href=\"#mobile\">联系电话: ",
            "id=\"mobile\" name=\"mobile\" value=\"12\"",
            "aria-invalid=\"true\" aria-describedby=\"mobile-wrong\"",
            "请勾选同意后再提交",
            "value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"",
            "&lt;/textarea&gt;&lt;img src=x&gt;</textarea>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("<script") && !html.contains("<img"));
        assert_eq!(token_of(&again), token, "the time he took counts from the first look");
        assert_eq!((submissions(&admin).len(), leads(&admin).len()), (0, 0));
        let missing = post(&visitor, &key, &[("form-token", &token), ("form-consent", "yes"), ("name", " "), ("mobile", "")]);
        assert!(missing.status == 422 && text(&missing).contains("请填写联系电话"), "{}", text(&missing));
        // In English where the form leaves it to the browser.
        let (_, english) = make_form(server, json!({ "language": "auto", "name": "二" }));
        let other = server.anonymous().with_header("accept-language", "en-GB,en;q=0.9");
        assert!(text(&page(&other, &english)).contains("<html lang=\"en\">"));
    });
}

#[test]
fn a_page_is_good_for_one_submission_and_for_a_day() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let token = token_of(&page(&visitor, &key));
        server.clock.advance(10);
        let sent = |token: &str, name: &str| {
            post(&visitor, &key, &[("form-token", token), ("form-consent", "yes"), ("name", name), ("mobile", "13812345678")])
        };
        assert_eq!(sent(&token, "王小明").status, 200);
        // Pressed twice: it was received once, and he is told so.
        assert_eq!(sent(&token, "王小明").status, 200);
        let used = sent(&token, "李娜");
        assert!(used.status == 409 && text(&used).contains("已经提交过") && text(&used).contains("value=\"李娜\""), "{}", text(&used));
        assert_ne!(token_of(&used), token);
        assert_eq!((submissions(&admin).len(), leads(&admin).len()), (1, 1));
        server.clock.advance(10);
        assert_eq!(sent(&token_of(&used), "李娜").status, 200);
        // Without proof that it was opened, with another form's, with a forged or an old one, he is asked to look again.
        let (_, other) = make_form(server, json!({ "name": "另一个" }));
        let others = token_of(&page(&visitor, &other));
        let old = token_of(&page(&visitor, &key));
        server.clock.advance(25 * 3600);
        let mut forged = old.clone();
        forged.replace_range(forged.len() - 2.., if forged.ends_with("00") { "11" } else { "00" });
        for token in ["", "x", "gx1:0:00", others.as_str(), old.as_str(), forged.as_str(), &"a".repeat(5_000)] {
            let again = sent(token, "赵敏");
            assert!(again.status == 422 && text(&again).contains("value=\"赵敏\""), "{token}: {}", text(&again));
        }
        assert_eq!(leads(&admin).len(), 2);
    });
}

#[test]
fn what_is_doubtful_waits_for_a_person_and_the_visitor_learns_nothing_of_it() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (form, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let good = text(&fill(server, &visitor, &key, &WANG));
        let told = |reply: Reply| {
            assert_eq!((reply.status, text(&reply)), (200, good.clone()));
        };
        told(fill(server, &visitor, &key, &[("name", "Win https://spam.example"), ("mobile", "13812345670")]));
        told(fill(server, &visitor, &key, &[("name", "机器人"), ("mobile", "13812345671"), ("form-website", "https://x.example")]));
        let token = token_of(&page(&visitor, &key));
        server.clock.advance(1);
        told(post(&visitor, &key, &[("form-token", &token), ("form-consent", "yes"), ("name", "快手"), ("mobile", "13812345672")]));
        // The same again within a day, from another page, is one.
        told(fill(server, &visitor, &key, &WANG));
        let kept = submissions(&admin);
        let states: Vec<(&str, &Json)> = kept.iter().map(|it| (it["state"].as_str().unwrap(), &it["reason"])).collect();
        assert_eq!(states.len(), 5);
        for expected in
            [("held", json!(["links"])), ("held", json!(["trap"])), ("held", json!(["too_fast"])), ("accepted", json!([])), ("duplicate", json!([]))]
        {
            assert!(states.iter().any(|it| it.0 == expected.0 && (*it.1 == expected.1 || it.1.is_null())), "{expected:?} in {states:?}");
        }
        assert_eq!(leads(&admin).len(), 1);
        // A marketer looks at them; a seller knows of none.
        let marketer = server.caller("marketer");
        let held = kept.iter().find(|it| it["reason"] == json!(["too_fast"])).unwrap()["id"].as_str().unwrap();
        let spam = kept.iter().find(|it| it["reason"] == json!(["links"])).unwrap()["id"].as_str().unwrap();
        let path = |id: &str, action: &str| format!("/records/web_form_submission/{id}/actions/{action}");
        server.caller("sales").post(&path(held, "accept"), json!({})).problem(404, "not_found");
        let accepted = marketer.post(&path(held, "accept"), json!({})).expect(200);
        assert_eq!(admin.get(&format!("/records/lead/{}", accepted["lead"].as_str().unwrap())).expect(200)["name"]["full"], "快手");
        marketer.post(&path(held, "accept"), json!({})).problem(409, "state_conflict");
        marketer.post(&path(spam, "reject"), json!({ "note": "广告" })).expect(200);
        let rejected = admin.get(&format!("/records/web_form_submission/{spam}")).expect(200);
        assert_eq!((&rejected["state"], &rejected["review_note"]), (&json!("rejected"), &json!("广告")));
        let told = admin.get(&format!("/records/web_form/{form}")).expect(200);
        assert_eq!((&told["submissions"], &told["accepted"], &told["held"]), (&json!(5), &json!(2), &json!(1)));
        // What was sent is changed and deleted by nobody but administrators.
        let path = format!("/records/web_form_submission/{held}");
        marketer.patch(&path, json!({ "consent_text": "x" })).problem(403, "forbidden");
        marketer.delete(&path).problem(403, "forbidden");
    });
}

#[test]
fn who_made_a_form_is_told_that_something_waits() {
    on_both_stores(|server| {
        server.add_member("su", &["marketer"], server.department());
        let su = server.sign_in("su");
        let boss = server.caller("sales_manager");
        let fields = json!([{ "field": "name" }, { "field": "mobile" }]);
        let values = json!({ "name": "官网咨询", "title": "预约演示", "fields": fields, "consent_text": "同意" });
        let form = su.post("/records/web_form", values).expect(201);
        let key = form["key"].as_str().unwrap();
        let visitor = server.anonymous();
        let send = |mobile: &str, trap: &str| fill(server, &visitor, key, &[("name", "王小明"), ("mobile", mobile), ("form-website", trap)]).status;
        assert_eq!(send("13812345670", ""), 200);
        server.settle();
        let told = |client: &Client<'_>| client.get("/records/notification?filter=!read").expect(200)["items"].as_array().unwrap().clone();
        assert_eq!(told(&su), Vec::<Json>::new(), "what becomes a lead waits for nobody");
        assert_eq!((send("13812345671", "x"), send("13812345672", "x")), (200, 200));
        server.settle();
        let [line]: [Json; 1] = told(&su).try_into().unwrap_or_else(|it| panic!("one line: {it:?}"));
        assert_eq!((&line["kind"], &line["target"]["id"], &line["count"], &line["actor"]), (&json!("held"), &form["id"], &json!(2), &Json::Null));
        assert_eq!(told(&boss), Vec::<Json>::new(), "others are not");
    });
}

#[test]
fn who_floods_it_is_held_and_then_refused_and_the_others_get_through() {
    on_both_stores_with(&[("trust-proxy", "true")], |server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({ "per_hour": 5 }));
        let from = |address: &str| server.anonymous().with_header("x-forwarded-for", address);
        let mobile = |at: usize| format!("138{at:08}");
        // From one network after the other, one each: five become leads, then they wait, then nothing more is taken.
        for at in 0..20 {
            let reply = fill(server, &from(&format!("203.0.{at}.9")), &key, &[("name", &format!("客户{at}")), ("mobile", &mobile(at))]);
            assert_eq!(reply.status, 200, "{at}: {}", text(&reply));
        }
        let full = fill(server, &from("198.51.100.1"), &key, &[("name", "迟到"), ("mobile", "13812345678")]);
        assert!(full.status == 429 && text(&full).contains("value=\"迟到\""), "{}", text(&full));
        let count = |state: &str| submissions(&admin).iter().filter(|it| it["state"] == state).count();
        assert_eq!((count("accepted"), count("held")), (5, 15));
        server.clock.advance(3_600);
        assert_eq!(fill(server, &from("198.51.100.1"), &key, &[("name", "迟到"), ("mobile", "13812345678")]).status, 200);
        assert_eq!(count("accepted"), 6);
        // One address alone: told to wait with all it wrote, then not even read.
        let (_, key) = make_form(server, json!({ "name": "二" }));
        server.clock.advance(3_600);
        let token = token_of(&page(&from("192.0.2.7"), &key));
        let statuses: Vec<u16> = (0..130).map(|_| post(&from("192.0.2.7"), &key, &[("form-token", &token), ("name", "x")]).status).collect();
        assert_eq!((statuses[0], statuses[29], statuses[30], statuses[119], statuses[120]), (422, 422, 429, 429, 429));
        // Nothing was kept of it, and it says so.
        let refused = text(&post(&from("192.0.2.7"), &key, &[("form-token", &token), ("name", "x")]));
        assert!(refused.contains("没有收到") && refused.contains("十分钟") && !refused.contains("仍保留着"), "{refused}");
        assert_eq!(post(&from("192.0.3.7"), &key, &[("form-token", &token), ("name", "x")]).status, 422);
        // Who asks whether he may send opens the form as well.
        let asking = from("192.0.4.7").with_header("access-control-request-method", "POST");
        let asked: Vec<u16> = (0..301).map(|_| asking.send(Method::OPTIONS, &format!("/f/{key}"), None).status).collect();
        assert_eq!((asked[0], asked[299], asked[300]), (204, 204, 429));
    });
}

#[test]
fn nothing_is_written_that_the_form_does_not_ask_for() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let owner = server.add_member("zhang", &["sales"], server.department());
        let (_, key) = make_form(server, json!({ "goes_to": "member", "lead_owner": owner }));
        let visitor = server.anonymous();
        let id = owner.to_string();
        for (name, value) in [
            ("owner", id.as_str()),
            ("status", "converted"),
            ("score", "100"),
            ("id", &id),
            ("title", "x"),
            ("created_at", "2020-01-01T00:00:00Z"),
            ("name.family", "x"),
            ("x'; drop table lead; --", "x"),
        ] {
            let reply = fill(server, &visitor, &key, &[WANG[0], WANG[1], (name, value)]);
            assert!(reply.status == 400 && text(&reply).contains("表单中没有此项"), "{name}: {} {}", reply.status, text(&reply));
        }
        let twice = fill(server, &visitor, &key, &[WANG[0], WANG[1], WANG[0]]);
        assert_eq!(twice.status, 422);
        assert_eq!((submissions(&admin).len(), leads(&admin).len()), (0, 0));
        assert_eq!(fill(server, &visitor, &key, &WANG).status, 200);
        assert_eq!(leads(&admin)[0]["owner"]["id"], json!(owner));
        // An empty box of a field it does not ask for is one as well.
        assert_eq!(fill(server, &visitor, &key, &[WANG[0], WANG[1], ("owner", "")]).status, 400);
    });
}

#[test]
fn nobody_learns_of_records_there_are() {
    on_both_stores(|server| {
        let admin = server.administrator();
        // Where the company lets a number stand once, a visitor must not find out whose stands there.
        let mut lead = admin.get("/schema/objects/lead").expect(200);
        for key in ["app", "origin", "field"] {
            lead.as_object_mut().unwrap().remove(key);
        }
        lead["index"].as_array_mut().unwrap().push(json!({ "fields": ["mobile"], "unique": true }));
        admin.post("/schema/apply", json!({ "changes": [{ "op": "change_object", "object": lead }] })).expect(200);
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let first = fill(server, &visitor, &key, &[("name", "王小明"), ("mobile", "13812345678")]);
        let second = fill(server, &visitor, &key, &[("name", "李娜"), ("mobile", "13812345678")]);
        assert_eq!((first.status, text(&first)), (second.status, text(&second)));
        let kept = submissions(&admin);
        let held = kept.iter().filter(|it| it["reason"] == json!(["not_saved"])).count();
        assert_eq!((kept.len(), held, leads(&admin).len()), (2, 1, 1));
    });
}

#[test]
fn a_form_that_is_not_there_is_off_or_is_elsewhere_is_the_same() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (form, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let gone = page(&visitor, &"0".repeat(32));
        assert_eq!(gone.status, 404);
        admin.patch(&format!("/records/web_form/{form}"), json!({ "active": false })).expect(200);
        for key in [key.as_str(), "x", "..%2f..%2fetc", &key.to_uppercase(), &format!("{key}0"), "%00"] {
            let reply = page(&visitor, key);
            assert_eq!((reply.status, text(&reply)), (404, text(&gone)), "{key}");
            assert_eq!(post(&visitor, key, &[("name", "x")]).status, 404);
        }
        admin.patch(&format!("/records/web_form/{form}"), json!({ "active": true })).expect(200);
        assert_eq!(page(&visitor, &key).status, 200);
        assert_eq!(visitor.send(Method::GET, &format!("/w/elsewhere/f/{key}"), None).status, 404);
        assert_eq!(visitor.send(Method::DELETE, &format!("/f/{key}"), None).status, 405);
        // In the bin it takes nothing either.
        admin.delete(&format!("/records/web_form/{form}")).expect(204);
        assert_eq!(page(&visitor, &key).status, 404);
    });
}

#[test]
fn only_websites_the_form_names_may_send_and_read() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({ "redirect_url": "https://www.xinghe.example/thanks?a=1" }));
        let from = |origin: &str| server.anonymous().with_header("origin", origin);
        let path = format!("/f/{key}");
        for origin in
            ["https://evil.example", "null", "https://www.xinghe.example.evil.example", "http://www.xinghe.example", "https://xinghe.example"]
        {
            let refused = fill(server, &from(origin), &key, &WANG);
            assert!(refused.status == 403 && refused.headers.get("access-control-allow-origin").is_none(), "{origin}");
            let asked = from(origin).with_header("access-control-request-method", "POST").send(Method::OPTIONS, &path, None);
            assert!(asked.status == 404 && asked.headers.get("access-control-allow-origin").is_none(), "{origin}");
            let read = from(origin).with_header("accept", "application/json").send(Method::GET, &path, None);
            assert!(read.status == 404 && read.headers.get("access-control-allow-origin").is_none(), "{origin}");
        }
        let other = server.anonymous().with_header("sec-fetch-site", "cross-site");
        assert_eq!(post(&other, &key, &WANG).status, 403);
        // The one it names may, with its own script as well.
        let asked = from(SITE).with_header("access-control-request-method", "POST").send(Method::OPTIONS, &path, None);
        assert_eq!(
            (asked.status, asked.header("access-control-allow-origin"), asked.header("access-control-allow-headers")),
            (204, SITE, "content-type")
        );
        assert!(asked.headers.get("access-control-allow-credentials").is_none());
        let script = from(SITE).with_header("accept", "application/json");
        let told = script.send(Method::GET, &path, None);
        let form = told.expect(200);
        assert_eq!((told.header("access-control-allow-origin"), &form["fields"][1]["label"]), (SITE, &json!("联系电话")));
        server.clock.advance(10);
        let body =
            |values: Json, consent: bool, token: &Json| json!({ "values": values, "consent": consent, "token": token }).to_string().into_bytes();
        let send = |body: Vec<u8>| script.send(Method::POST, &path, Some(("application/json", body)));
        let wrong = send(body(json!({ "name": "王", "mobile": "1" }), false, &form["token"]));
        wrong.field_problem(422, "mobile", "bad_format");
        wrong.field_problem(422, "form-consent", "required");
        assert_eq!(wrong.header("access-control-allow-origin"), SITE);
        send(body(json!({ "name": "王", "mobile": "13812345678", "owner": "x" }), true, &form["token"])).field_problem(400, "owner", "unknown_field");
        send(body(json!({ "name": "王", "mobile": "13812345678" }), true, &json!(""))).field_problem(422, "token", "rule");
        let done = send(body(json!({ "name": { "family": "王", "given": "芳" }, "mobile": "13812345678" }), true, &form["token"])).expect(200);
        assert_eq!(done["next_page"], "https://www.xinghe.example/thanks?a=1");
        assert_eq!(submissions(&admin)[0]["origin"], SITE);
        // By hand he is brought to the next page, which his browser lets a form lead to; within a frame he is shown the way.
        let by_hand = fill(server, &server.anonymous(), &key, &WANG);
        assert_eq!((by_hand.status, by_hand.header("location")), (303, "https://www.xinghe.example/thanks?a=1"));
        assert!(by_hand.header("content-security-policy").contains("form-action 'self' https://www.xinghe.example;"));
        let framed = server.anonymous().with_header("sec-fetch-dest", "iframe").with_header("referer", &format!("{SITE}/contact"));
        let shown = fill(server, &framed, &key, &[("name", "赵敏"), ("mobile", "13812345679")]);
        assert!(shown.status == 200 && text(&shown).contains("target=\"_top\""), "{}", text(&shown));
        assert!(submissions(&admin).iter().any(|it| it["name"] == "赵敏" && it["origin"] == SITE));
        // A form that names none is in no frame but our own.
        let (_, own) = make_form(server, json!({ "name": "三", "allowed_origins": null }));
        let shown = page(&server.anonymous(), &own);
        assert_eq!(shown.header("x-frame-options"), "SAMEORIGIN");
        assert!(shown.header("content-security-policy").contains("frame-ancestors 'self';"));
    });
}

#[test]
fn bodies_that_are_none_are_refused_and_nothing_is_kept() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let path = format!("/f/{key}");
        let send = |kind: &str, body: Vec<u8>| visitor.send(Method::POST, &path, Some((kind, body)));
        for (status, kind, body) in [
            (415, "text/plain", b"name=x".to_vec()),
            (415, "multipart/form-data; boundary=x", b"--x--".to_vec()),
            (413, "application/x-www-form-urlencoded", vec![b'a'; 256_001]),
            (400, "application/x-www-form-urlencoded", "a=1&".repeat(400).into_bytes()),
            (413, "application/json", vec![b' '; 256_001]),
            (400, "application/json", b"[]".to_vec()),
            (400, "application/json", b"{\"values\":{\"name\":\"a\",\"name\":\"b\"},\"token\":\"\"}".to_vec()),
            (422, "application/json", b"{\"values\":{},\"token\":\"\"}".to_vec()),
        ] {
            assert_eq!(send(kind, body).status, status, "{kind}");
        }
        for name in ["王\u{0}", "王\u{202e}", &"王".repeat(5_000), "\u{1F600}", "%", "𠮷𠮷"] {
            let reply = fill(server, &visitor, &key, &[("name", name), ("mobile", "13812345678")]);
            assert!([200, 422].contains(&reply.status), "{name:?}: {}", reply.status);
        }
        assert!(submissions(&admin).iter().all(|it| it["state"] == "accepted" || it["state"] == "held"));
    });
}

#[test]
fn other_words_to_agree_to_are_read_first() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (form, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let token = token_of(&page(&visitor, &key));
        server.clock.advance(10);
        admin.patch(&format!("/records/web_form/{form}"), json!({ "consent_text": "我也同意接收营销信息。" })).expect(200);
        let pairs = |token: &str| post(&visitor, &key, &[("form-token", token), ("form-consent", "yes"), WANG[0], WANG[1]]);
        let again = pairs(&token);
        let html = text(&again);
        assert!(again.status == 422 && html.contains("同意声明刚刚更新") && html.contains("我也同意接收营销信息。"), "{html}");
        assert!(!html.contains("value=\"yes\" required checked"), "he ticks it himself");
        server.clock.advance(10);
        assert_eq!(pairs(&token_of(&again)).status, 200);
        assert_eq!(submissions(&admin)[0]["consent_text"], "我也同意接收营销信息。");
    });
}

#[test]
fn what_is_agreed_to_is_ticked_beforehand_for_nobody_who_has_not_seen_it() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (form, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let is_ticked = |reply: &Reply| text(reply).contains("value=\"yes\" required checked");
        let send = |visitor: &Client<'_>, token: &str| post(visitor, &key, &[("form-token", token), ("form-consent", "yes"), WANG[0], WANG[1]]);
        let day_later = || {
            let token = token_of(&page(&visitor, &key));
            server.clock.advance(25 * 3600);
            token
        };
        // A page that was open for too long: what he ticked himself stays, where it is still what is agreed to.
        let old = send(&visitor, &day_later());
        assert!(old.status == 422 && is_ticked(&old), "{}", text(&old));
        let token = day_later();
        admin.patch(&format!("/records/web_form/{form}"), json!({ "consent_text": "我也同意接收营销信息。" })).expect(200);
        let changed = send(&visitor, &token);
        assert!(changed.status == 422 && text(&changed).contains("我也同意接收营销信息。") && !is_ticked(&changed), "{}", text(&changed));
        // The words a page never showed: a website that sends a tick along, hidden or not.
        for visitor in [server.anonymous().with_header("origin", SITE), server.anonymous()] {
            let shown = send(&visitor, "");
            assert!(shown.status == 422 && text(&shown).contains("value=\"王小明\"") && !is_ticked(&shown), "{}", text(&shown));
        }
        assert!(submissions(&admin).is_empty());
    });
}

#[test]
fn what_the_page_lets_people_type_is_taken_and_more_is_said_to_be_too_long() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        assert!(text(&page(&visitor, &key)).contains("<textarea id=\"need\" name=\"need\" rows=\"4\" maxlength=\"8000\""));
        let long = "需".repeat(8_000);
        assert_eq!(fill(server, &visitor, &key, &[WANG[0], WANG[1], ("need", &long)]).status, 200);
        assert_eq!(leads(&admin)[0]["need"], long);
        let more = fill(server, &visitor, &key, &[WANG[0], WANG[1], ("need", &long.repeat(4))]);
        assert!(more.status == 413 && text(&more).contains("内容太长"), "{}", text(&more));
    });
}

#[test]
fn a_choice_that_is_offered_no_more_is_not_offered_to_visitors() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let mut lead = admin.get("/schema/objects/lead").expect(200);
        let mut field = lead["field"].as_array().unwrap().iter().find(|it| it["name"] == "purchase_time").unwrap().clone();
        let former = field["options"][0]["value"].as_str().unwrap().to_owned();
        let offered = field["options"][1]["value"].as_str().unwrap().to_owned();
        field["options"][0]["retired"] = json!(true);
        for key in ["app", "origin"] {
            field.as_object_mut().unwrap().remove(key);
            lead.as_object_mut().unwrap().remove(key);
        }
        admin.post("/schema/apply", json!({ "changes": [{ "op": "change_field", "object": "lead", "field": field }] })).expect(200);
        let (form, key) = make_form(server, json!({ "fields": [{ "field": "name" }, { "field": "mobile" }, { "field": "purchase_time" }] }));
        let code = admin.post(&format!("/records/web_form/{form}/actions/embed"), json!({})).expect(200);
        for html in [text(&page(&server.anonymous(), &key)), code["form"].as_str().unwrap().to_owned()] {
            let has = |value: &str| html.contains(&format!("<option value=\"{value}\""));
            assert!(!has(&former) && has(&offered), "{html}");
        }
    });
}

#[test]
fn a_visitor_is_nobody_whatever_he_comes_with() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({}));
        // The session of an administrator makes it no request of his.
        let shown = fill(server, &admin, &key, &WANG);
        assert_eq!(shown.status, 200);
        let made = &leads(&admin)[0];
        assert_ne!(made["created_by"]["id"], admin.get("/me").expect(200)["user"]["id"]);
        // Nor does the key of a form open anything else.
        let mut bearer = server.anonymous();
        bearer.key = Some(key.clone());
        bearer.get("/records/lead").problem(401, "not_signed_in");
        server.anonymous().get("/records/web_form").problem(401, "not_signed_in");
    });
}

#[test]
fn a_form_is_made_of_what_visitors_may_say() {
    on_both_stores(|server| {
        let marketer = server.caller("marketer");
        let form = |change: Json| {
            let mut values =
                json!({ "name": "表单", "title": "标题", "fields": [{ "field": "name" }, { "field": "mobile" }], "consent_text": "同意" });
            values.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
            marketer.post("/records/web_form", values)
        };
        for field in ["owner", "status", "score", "pool", "converted_account", "created_by", "tags", "id", "nothing", "interested_products"] {
            form(json!({ "fields": [{ "field": "name" }, { "field": field }] })).field_problem(422, "fields", "bad_format");
        }
        for fields in [
            json!([]),
            json!({}),
            json!([{ "field": "mobile" }]),
            json!([{ "field": "name" }, { "field": "name" }]),
            json!([{ "field": "name", "html": "x" }]),
        ] {
            form(json!({ "fields": fields })).field_problem(422, "fields", "bad_format");
        }
        form(json!({ "consent_text": " " })).field_problem(422, "consent_text", "required");
        form(json!({ "redirect_url": "http://www.example.com" })).field_problem(422, "redirect_url", "bad_format");
        form(json!({ "redirect_url": "javascript:alert(1)" })).field_problem(422, "redirect_url", "bad_format");
        for origin in ["*", "https://*.example.com", "https://a.example; script-src *", "http://a.example"] {
            form(json!({ "allowed_origins": origin })).field_problem(422, "allowed_origins", "bad_format");
        }
        form(json!({ "key": "0" })).field_problem(400, "key", "read_only_field");
        let made = form(json!({ "allowed_origins": " HTTPS://WWW.Example.com/ \n\nhttps://www.example.com" })).expect(201);
        assert_eq!(made["allowed_origins"], "https://www.example.com");
        let path = format!("/records/web_form/{}", made["id"].as_str().unwrap());
        marketer.patch(&path, json!({ "key": "0" })).field_problem(400, "key", "read_only_field");
        let code = marketer.post(&format!("{path}/actions/embed"), json!({})).expect(200);
        let key = made["key"].as_str().unwrap();
        assert_eq!(code["path"], format!("/f/{key}"));
        assert!(code["iframe"].as_str().unwrap().starts_with("<iframe src=\"") && code["form"].as_str().unwrap().contains("name=\"form-consent\""));
        // A seller makes none.
        let values = json!({ "name": "表单", "title": "标题", "fields": [{ "field": "name" }], "consent_text": "同意" });
        assert!([403, 404].contains(&server.caller("sales").post("/records/web_form", values).status));
    });
}

#[test]
fn many_at_once_are_counted_one_by_one() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (_, key) = make_form(server, json!({ "per_hour": 3 }));
        let token = token_of(&page(&server.anonymous(), &key));
        let tokens: Vec<String> = (0..8).map(|_| token_of(&page(&server.anonymous(), &key))).collect();
        server.clock.advance(10);
        std::thread::scope(|scope| {
            for (at, own) in tokens.iter().enumerate() {
                let (key, shared) = (&key, &token);
                scope.spawn(move || {
                    let visitor = server.anonymous();
                    let (name, mobile) = (format!("客户{at}"), format!("1381234567{at}"));
                    let one = post(&visitor, key, &[("form-token", own), ("form-consent", "yes"), ("name", &name), ("mobile", &mobile)]);
                    assert_eq!(one.status, 200, "{}", text(&one));
                    // The same page by eight at once is one submission.
                    let same = post(&visitor, key, &[("form-token", shared), ("form-consent", "yes"), ("name", "同一人"), ("mobile", "13900000000")]);
                    assert_eq!(same.status, 200, "{}", text(&same));
                });
            }
        });
        let kept = submissions(&admin);
        assert_eq!((kept.len(), leads(&admin).len()), (9, 3));
        assert_eq!(kept.iter().filter(|it| it["state"] == "accepted").count(), 3);
        assert_eq!(kept.iter().filter(|it| it["name"] == "同一人").count(), 1);
    });
}

#[test]
fn the_link_somebody_came_by_is_kept_with_the_lead() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let search = server.create("campaign", json!({ "name": "搜索推广", "kind": "advertisement", "utm_campaign": "search_q4" }));
        let (_, key) = make_form(server, json!({}));
        let visitor = server.anonymous();
        let lead = |mobile: &str| {
            let found = leads(&admin).into_iter().find(|it| it["mobile"] == format!("+86{mobile}"));
            found.unwrap_or_else(|| panic!("no lead {mobile}"))
        };
        let filled = |path: &str, referer: Option<&str>, mobile: &str| {
            let visitor = referer.map_or_else(|| server.anonymous(), |it| server.anonymous().with_header("referer", it));
            let shown = visitor.send(Method::GET, path, None);
            assert_eq!(shown.status, 200, "{}", text(&shown));
            server.clock.advance(10);
            // As a browser sends it: with all that stands hidden in the page.
            let page = text(&shown);
            let hidden: Vec<(String, String)> = page
                .split("<input type=\"hidden\" name=\"")
                .skip(1)
                .map(|it| {
                    let (name, rest) = it.split_once('"').unwrap();
                    let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
                    (name.to_owned(), value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
                })
                .collect();
            let mut all: Vec<(&str, &str)> = hidden.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            all.extend([("form-consent", "yes"), ("name", "王小明"), ("mobile", mobile)]);
            assert_eq!(post(&server.anonymous(), &key, &all).status, 200);
            page
        };
        // The query of the form's own page; the page that led there.
        filled(
            &format!("/f/{key}?utm_source=baidu&utm_medium=cpc&utm_campaign=SEARCH_Q4&utm_term=%E6%9C%BA%E6%A2%B0%E8%87%82&utm_content=b"),
            Some("https://www.baidu.example/s?wd=private"),
            "13812345670",
        );
        let found = lead("13812345670");
        assert_eq!((&found["campaign"]["id"], &found["source"]), (&json!(search), &json!("website")));
        let said = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "referrer"].map(|it| found[it].clone());
        assert_eq!(said, ["baidu", "cpc", "SEARCH_Q4", "机械臂", "b", "https://www.baidu.example/s"].map(|it| json!(it)));
        let sent = &submissions(&admin)[0];
        assert_eq!((&sent["utm_source"], &sent["referrer"]), (&json!("baidu"), &json!("https://www.baidu.example/s")));
        // Hostile texts are bounded and stay texts; they keep nobody out.
        let hostile = super::encode(&format!("\"><script>alert(1)</script>{}", "x".repeat(3_000)));
        let page = filled(&format!("/f/{key}?utm_source={hostile}&utm_source=second&owner=me&referrer=javascript:alert(1)"), None, "13812345671");
        assert!(!page.contains("<script"), "{page}");
        let found = lead("13812345671");
        let source = found["utm_source"].as_str().unwrap();
        assert!(source.starts_with("\"><script>") && source.chars().count() == 200 && found["referrer"].is_null(), "{found}");
        // The plain form of a website: its address bears the tags, and they outlive the page that asks to confirm.
        let pairs = [("name", "李娜"), ("mobile", "13812345672")];
        let website = server.anonymous().with_header("origin", SITE);
        let asked = website.send(
            Method::POST,
            &format!("/f/{key}?utm_source=xinghe&referrer=https%3A%2F%2Fm.example%2Fa%3Fb"),
            Some(("application/x-www-form-urlencoded", encoded(&pairs))),
        );
        assert!(asked.status == 422 && text(&asked).contains("name=\"form-utm_source\" value=\"xinghe\""), "{}", text(&asked));
        // A website's own script.
        let told =
            server.anonymous().with_header("origin", SITE).with_header("accept", "application/json").send(Method::GET, &format!("/f/{key}"), None);
        let token = told.json["token"].as_str().unwrap().to_owned();
        server.clock.advance(10);
        let script = |came_by: Json| {
            let body = json!({ "token": token, "consent": true, "values": { "name": "赵敏", "mobile": "13812345673" }, "came_by": came_by });
            let client = server.anonymous().with_header("origin", SITE);
            client.send(Method::POST, &format!("/f/{key}"), Some(("application/json", body.to_string().into_bytes()))).status
        };
        assert_eq!(script(json!({ "utm_source": 1 })), 400);
        assert_eq!(script(json!({ "owner": "me" })), 400);
        assert_eq!(script(json!({ "utm_source": "script", "referrer": "https://www.xinghe.example/p?q" })), 200);
        let found = lead("13812345673");
        assert_eq!((&found["utm_source"], &found["referrer"]), (&json!("script"), &json!("https://www.xinghe.example/p")));
        visitor.get("/records/lead?limit=1").problem(401, "not_signed_in");
        let grouped = admin.get("/records/lead/aggregate?group_by=utm_source&measures=count").expect(200);
        assert_eq!(grouped["groups"].as_array().unwrap().len(), 3, "{grouped}");
    });
}

#[test]
fn what_goes_wrong_with_a_form_is_told_in_the_frames_of_its_websites_alone() {
    on_both_stores_with(&[("trust-proxy", "true")], |server| {
        let (_, key) = make_form(server, json!({}));
        let (_, closed) = make_form(server, json!({ "name": "二", "allowed_origins": null }));
        let from = |address: &str| server.anonymous().with_header("x-forwarded-for", address);
        let frames = |reply: &Reply| {
            let policy = reply.header("content-security-policy").to_owned();
            let ancestors = policy.split("frame-ancestors ").nth(1).unwrap_or_else(|| panic!("{policy}")).split(';').next().unwrap().to_owned();
            (reply.status, ancestors, reply.header("x-frame-options").to_owned())
        };
        let named = |status: u16| (status, format!("'self' {SITE}"), String::new());
        let own = |status: u16| (status, "'self'".to_owned(), "SAMEORIGIN".to_owned());
        let text_plain = |key: &str| server.anonymous().send(Method::POST, &format!("/f/{key}"), Some(("text/plain", b"x".to_vec())));
        // Not opened on this node yet.
        assert_eq!(frames(&text_plain(&key)), named(415));
        assert_eq!(frames(&text_plain(&closed)), own(415));
        let long = server.anonymous().send(Method::POST, &format!("/f/{key}"), Some(("application/x-www-form-urlencoded", vec![b'a'; 300_000])));
        assert_eq!(frames(&long), named(413));
        let elsewhere = server.anonymous().with_header("origin", "https://other.example");
        let sent = elsewhere.send(Method::POST, &format!("/f/{key}"), Some(("application/x-www-form-urlencoded", encoded(&WANG))));
        assert_eq!(frames(&sent), named(403));
        // Nothing is read of a flood; what was opened before is known.
        assert_eq!(page(&from("192.0.2.7"), &key).status, 200);
        let floods: Vec<Reply> = (0..301).map(|_| page(&from("192.0.2.7"), &key)).collect();
        assert_eq!(frames(floods.last().unwrap()), named(429));
        assert_eq!(frames(&page(&server.anonymous(), &"0".repeat(32))), own(404));
    });
}

#[test]
fn no_website_and_no_next_page_writes_a_directive_into_the_policy_of_a_form() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (id, key) = make_form(server, json!({}));
        let path = format!("/records/web_form/{id}");
        let anonymous = server.anonymous();
        let policy = || page(&anonymous, &key).header("content-security-policy").to_owned();
        let names = |policy: &str| policy.split(';').filter_map(|it| it.split_whitespace().next().map(str::to_owned)).collect::<Vec<_>>();
        let usual = names(&policy());
        assert_eq!(usual, ["default-src", "style-src", "form-action", "frame-ancestors", "base-uri"]);
        let attacks = [
            "https://a.example; script-src *",
            "https://a.example;script-src 'unsafe-inline'",
            "https://a.example 'unsafe-inline'",
            "https://*",
            "*",
            "'self'; script-src data:",
            "https://a.example/\u{2028}; script-src *",
            "https://a.example\t*",
            "https://a.example@b.example; default-src *",
            "https://user:pass@a.example",
            "https://a.example,https://b.example; report-uri https://c.example",
            "data:text/html,<script>1</script>",
            "javascript:alert(1)",
        ];
        for attack in attacks {
            for field in ["allowed_origins", "redirect_url"] {
                let answer = admin.patch(&path, json!({ field: attack }));
                assert!([200, 422].contains(&answer.status), "{field} {attack}: {}", answer.json);
                // Whatever is kept, only a host comes of it: no directive more, no wild card, no word in quotes but ours.
                let (shown, sent) = (policy(), fill(server, &server.anonymous(), &key, &WANG));
                let told_then = sent.headers.get("content-security-policy").and_then(|it| it.to_str().ok()).unwrap_or(&shown).to_owned();
                for told in [&shown, &told_then] {
                    assert_eq!(names(told), usual, "{field} {attack}: {told}");
                    let foreign = ["*", "unsafe", "data:", "javascript:", "@", "report-uri", ",", "\u{2028}"];
                    assert!(foreign.iter().all(|it| !told.contains(it)), "{field} {attack}: {told}");
                }
                let next = sent.headers.get("location").and_then(|it| it.to_str().ok()).unwrap_or_default();
                assert!(next.is_empty() || next.starts_with("https://"), "{attack}: {next}");
                admin.patch(&path, json!({ "allowed_origins": SITE, "redirect_url": null })).expect(200);
                server.clock.advance(3_600);
            }
        }
    });
}
