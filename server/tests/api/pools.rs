//! Pools through the API: what is covered stays so in files, previews and checks, and two nodes give one lead once.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{guessed, path, upload};
use super::{encode, path_of};

const MOBILE: &str = "13988887777";

struct Scene<'s> {
    rep: Client<'s>,
    keeper: Client<'s>,
    lead: Json,
}

/// A pool that covers how to reach people, a lead in it, one who belongs to it and one who looks after it.
fn scene(server: &TestServer) -> Scene<'_> {
    let admin = server.administrator();
    let (rep, keeper) = (server.caller("sales"), server.caller("sales_manager"));
    let id = |client: &Client<'_>| client.get("/me").expect(200)["user"]["id"].clone();
    let pool = json!({
        "name": "公海", "object": "lead", "members": [id(&rep)], "administrators": [id(&keeper)],
        "masked_fields": ["mobile"], "hidden_fields": ["email"],
    });
    let pool = admin.post("/records/pool", pool).expect(201);
    let lead =
        json!({ "name": "王海", "company": "恒泰机床", "mobile": MOBILE, "email": "canary@hengtai.example", "owner": null, "pool": pool["id"] });
    let lead = admin.post("/records/lead", lead).expect(201);
    assert_eq!(rep.get("/me").expect(200)["user"]["circles"], json!([pool["id"]]));
    assert_eq!(keeper.get("/me").expect(200)["user"]["keeps"], json!([pool["id"]]));
    Scene { rep, keeper, lead }
}

#[test]
fn leads_of_a_file_that_are_nobodys_are_given_by_the_rule_and_taken_back() {
    on_both_stores(|server| {
        let client = server.administrator();
        let members = ["first", "second", "third"].map(|it| server.add_member(it, &["sales"], server.department()).to_string());
        let rule = json!({ "name": "展会", "object": "lead", "condition": "source == 'event'", "members": members });
        client.post("/records/assignment_rule", rule).expect(201);
        let rows: String = (0..9).map(|it| format!("展会客户{it},event,1380000000{it}\n")).collect();
        let up = upload(&client, "lead", "展会.csv", format!("姓名,来源,手机\n{rows}").as_bytes());
        let mapping = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "source" }, { "column": 2, "field": "mobile" }]);
        let plan = client.post(&path(&up, "/plan"), json!({ "mapping": mapping, "match": null, "owners": { "by": "nobody" } })).expect(200);
        assert_eq!(plan["counts"]["create"], 9, "{plan}");
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["counts"]["create"]), (&json!("done"), &json!(9)), "{end}");
        let leads = || client.get("/records/lead?limit=50").expect(200)["items"].as_array().unwrap().clone();
        let owned = |by: &String| leads().iter().filter(|it| it["owner"]["id"] == json!(by)).count();
        assert_eq!(members.each_ref().map(owned), [3, 3, 3], "by turns");
        let undone = client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!((&undone["undone"], &undone["skipped"]), (&json!(9), &json!([])), "{undone}");
        assert!(leads().is_empty());
        // The turns go on, though what they gave out is gone.
        let next = client.post("/records/lead", json!({ "name": "又一位", "source": "event", "mobile": "13800000099", "owner": null })).expect(201);
        assert!(members.iter().any(|it| next["owner"]["id"] == json!(it)), "{next}");
    });
}

#[test]
fn what_is_covered_is_told_by_no_answer() {
    on_both_stores(|server| {
        let Scene { rep, keeper, lead } = scene(server);
        server.settle();
        let one = path_of("lead", &lead);
        let seen = rep.get(&one).expect(200);
        assert_eq!((&seen["mobile"], &seen["email"]), (&json!("139****7777"), &Json::Null));
        assert_eq!(seen["_covered"], json!({ "mobile": "masked", "email": "hidden" }));
        assert!(keeper.get(&one).expect(200)["_covered"].is_null());
        let list = format!("/records/lead?filter={}", encode(&format!("mobile == '+86{MOBILE}'")));
        assert_eq!(keeper.get(&list).expect(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(rep.get(&list).expect(200)["items"], json!([]));
        for path in [
            one.clone(),
            "/records/lead".into(),
            format!("{one}/history"),
            format!("{one}/timeline"),
            format!("{one}/provenance"),
            "/events?after=0".into(),
        ] {
            let told = rep.get(&path).expect(200).to_string();
            assert!(!told.contains("88887777") && !told.contains("canary"), "{path}: {told}");
        }
        for words in ["canary", "88887777", MOBILE] {
            assert_eq!(rep.get(&format!("/search?q={words}")).expect(200)["items"], json!([]), "{words}");
        }
        let why = rep.get(&format!("{one}/access?member={}", rep.get("/me").expect(200)["user"]["id"].as_str().unwrap())).expect(200);
        assert_eq!(why["verbs"][0]["reasons"][0]["kind"], "circle");
        let exported = String::from_utf8(rep.get("/records/lead/export?format=csv").bytes).unwrap();
        assert!(exported.contains("恒泰机床") && !exported.contains("88887777") && !exported.contains("canary"), "{exported}");
    });
}

#[test]
fn no_guess_is_confirmed_by_an_import_or_a_check_for_duplicates() {
    on_both_stores(|server| {
        let Scene { rep, lead, .. } = scene(server);
        server.settle();
        let file = format!("姓名,手机,邮箱\n甲,{MOBILE},canary@hengtai.example\n乙,13811112222,other@example.com\n");
        for field in ["mobile", "email"] {
            let up = upload(&rep, "lead", "guesses.csv", file.as_bytes());
            let matching = json!({ "field": field, "on_match": "skip" });
            let reply = rep.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up), "match": matching })).expect(200);
            assert_eq!(reply["counts"]["skip"], 0, "{field}: {reply}");
        }
        // Its own values are not compared with a guess that is a record of one's own.
        let own = rep.post("/records/lead", json!({ "name": "我的", "mobile": MOBILE, "email": "canary@hengtai.example" })).expect(201);
        server.settle();
        let told = rep.post("/records/lead/duplicates/check", json!({ "values": {}, "id": lead["id"] })).expect(200);
        assert_eq!(told["candidates"], json!([]), "{told} {own}");
        let told = rep.post("/records/lead/duplicates/check", json!({ "values": { "mobile": MOBILE } })).expect(200);
        let about = |it: &&Json| it["id"] == lead["id"];
        assert!(!told["candidates"].as_array().unwrap().iter().any(|it| about(&it)), "{told}");
    });
}

#[test]
fn a_contact_of_an_account_in_a_pool_is_told_by_no_answer_until_that_is_claimed() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let (rep, keeper) = (server.caller("sales"), server.caller("sales_manager"));
        let me = rep.get("/me").expect(200)["user"]["id"].clone();
        let pool = json!({ "name": "客户公海", "object": "account", "members": [me], "administrators": [keeper.get("/me").expect(200)["user"]["id"]],
            "masked_fields": ["phone"], "hidden_fields": ["email"] });
        let pool = admin.post("/records/pool", pool).expect(201);
        let account = rep.post("/records/account", json!({ "name": "恒泰机床" })).expect(201);
        let contact = json!({ "name": "王海", "account": account["id"], "mobile": MOBILE, "email": "canary@hengtai.example" });
        let contact = rep.post("/records/contact", contact).expect(201);
        let (of_account, one) = (path_of("account", &account), path_of("contact", &contact));
        rep.post(&format!("{of_account}/actions/return_to_pool"), json!({ "reason": "no_capacity", "pool": pool["id"] })).expect(200);
        server.settle();
        let seen = rep.get(&one).expect(200);
        assert_eq!((&seen["mobile"], &seen["owner"], &seen["pool"]["id"]), (&json!("139****7777"), &Json::Null, &pool["id"]));
        assert_eq!(seen["_covered"], json!({ "mobile": "masked", "phone": "masked", "wechat": "masked", "email": "hidden" }));
        assert_eq!(keeper.get(&one).expect(200)["email"], "canary@hengtai.example");
        for path in [
            one.clone(),
            "/records/contact".into(),
            format!("{one}/history"),
            format!("{one}/timeline"),
            format!("{of_account}/timeline"),
            format!("{of_account}/history"),
            format!("{one}/provenance"),
            "/events?after=0".into(),
        ] {
            let told = rep.get(&path).expect(200).to_string();
            assert!(!told.contains("88887777") && !told.contains("canary"), "{path}: {told}");
        }
        for words in ["canary", "88887777", MOBILE] {
            assert_eq!(rep.get(&format!("/search?q={words}")).expect(200)["items"], json!([]), "{words}");
        }
        let exported = String::from_utf8(rep.get("/records/contact/export?format=csv").bytes).unwrap();
        assert!(exported.contains("王海") && !exported.contains("88887777") && !exported.contains("canary"), "{exported}");
        let told = rep.post("/records/contact/duplicates/check", json!({ "values": { "mobile": MOBILE } })).expect(200);
        assert_eq!(told["candidates"], json!([]), "{told}");
        // By whom it is refused: the rep takes it with the account, and no other way.
        assert_eq!(rep.patch(&one, json!({ "owner": me })).status, 403);
        assert_eq!(keeper.patch(&one, json!({ "owner": me })).status, 422);
        rep.post(&format!("{of_account}/actions/claim"), json!({})).expect(200);
        assert_eq!(rep.get(&one).expect(200)["mobile"], json!(format!("+86{MOBILE}")));
        rep.patch(&one, json!({ "title": "设备部经理" })).expect(200);
    });
}

#[test]
fn two_nodes_give_a_lead_to_one_and_no_more_than_a_day_allows() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let department = server.department();
        let logins: Vec<String> = (0..12).map(|it| format!("rep{it}")).collect();
        let ids: Vec<_> = logins.iter().map(|it| server.add_member(it, &["sales"], department)).collect();
        let pool = json!({ "name": "公海", "object": "lead", "members": ids, "daily_claims": 2 });
        let pool = admin.post("/records/pool", pool).expect(201);
        let lying = |name: String| json!({ "name": name, "mobile": "13812345678", "owner": null, "pool": pool["id"] });
        let wanted = admin.post("/records/lead", lying("大家都要".into())).expect(201);
        let others: Vec<Json> = (0..10).map(|it| admin.post("/records/lead", lying(format!("其余{it}"))).expect(201)).collect();
        let beside = server.beside();
        let here: Vec<Client<'_>> = logins.iter().map(|it| server.sign_in(it)).collect();
        let there: Vec<Client<'_>> = here
            .iter()
            .map(|it| {
                let mut far = beside.anonymous();
                (far.cookie, far.csrf) = (it.cookie.clone(), it.csrf.clone());
                far
            })
            .collect();
        let claim = |client: &Client<'_>, lead: &Json| client.post(&format!("{}/actions/claim", path_of("lead", lead)), json!({})).status;
        let all: Vec<u16> = std::thread::scope(|scope| {
            let asked: Vec<_> = here.iter().zip(&there).enumerate().map(|(at, (near, far))| if at % 2 == 0 { near } else { far }).collect();
            let threads: Vec<_> = asked.into_iter().map(|it| scope.spawn(|| claim(it, &wanted))).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!((all.iter().filter(|it| **it == 200).count(), all.iter().filter(|it| **it == 409).count()), (1, 11), "{all:?}");
        // One rep on both nodes at once, for as many as there are.
        let at = all.iter().position(|it| *it != 200).unwrap();
        let got: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = others
                .iter()
                .enumerate()
                .map(|(number, lead)| {
                    let client = if number % 2 == 0 { &here[at] } else { &there[at] };
                    scope.spawn(|| claim(client, lead))
                })
                .collect();
            threads.into_iter().map(|it| usize::from(it.join().unwrap() == 200)).sum()
        });
        assert_eq!(got, 2);
    });
}

#[test]
fn a_day_opens_so_many_records_on_all_nodes_together_and_no_other_path_tells_more() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let rep = server.caller("sales");
        let me = rep.get("/me").expect(200)["user"]["id"].clone();
        let pool = json!({ "name": "公海", "object": "lead", "members": [me], "daily_views": 4 });
        let pool = admin.post("/records/pool", pool).expect(201);
        let lying = |at: usize| json!({ "name": format!("线索{at}"), "company": "恒泰机床", "mobile": MOBILE, "need": "五轴加工中心", "owner": null, "pool": pool["id"] });
        let leads: Vec<Json> = (0..12).map(|at| admin.post("/records/lead", lying(at)).expect(201)).collect();
        let file = admin.post("/records/comment", json!({ "target": { "object": "lead", "id": leads[0]["id"] }, "body": "打 88887777" })).expect(201);
        server.settle();
        assert_eq!(rep.get("/me/views").expect(200)["items"][0]["left"], 4);
        let closed = |path: &str| {
            let reply = rep.get(path).expect(200).to_string();
            assert!(!reply.contains("88887777") && !reply.contains("五轴"), "{path}: {reply}");
        };
        for path in ["/records/lead?limit=50", "/records/lead?fields=name,mobile,need", "/events?after=0", "/records/comment"] {
            closed(path);
        }
        closed(&format!("/search?q={}", encode("恒泰")));
        let exported = String::from_utf8(rep.get("/records/lead/export?format=csv").bytes).unwrap();
        assert!(exported.contains("恒泰机床") && !exported.contains("88887777") && !exported.contains("五轴"), "{exported}");
        assert_eq!(rep.get(&format!("/records/comment/{}", file["id"].as_str().unwrap())).status, 404);
        assert_eq!(rep.get("/records/lead").expect(200)["items"][0]["_covered"]["mobile"], "unopened");
        // Asked for on two nodes at once, each of twelve twice.
        let beside = server.beside();
        let mut far = beside.anonymous();
        (far.cookie, far.csrf) = (rep.cookie.clone(), rep.csrf.clone());
        let statuses: Vec<(usize, u16)> = std::thread::scope(|scope| {
            let (rep, far, leads) = (&rep, &far, &leads);
            let ask = move |at: usize, client: &Client<'_>, tail: &str| (at, client.get(&format!("{}{tail}", path_of("lead", &leads[at]))).status);
            let threads: Vec<_> =
                (0..leads.len()).flat_map(|at| [scope.spawn(move || ask(at, rep, "")), scope.spawn(move || ask(at, far, "/history"))]).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let mut open: Vec<usize> = statuses.iter().filter(|it| it.1 == 200).map(|it| it.0).collect();
        open.dedup();
        assert_eq!((open.len(), statuses.iter().all(|it| it.1 == 200 || it.1 == 409)), (4, true), "{statuses:?}");
        let left = rep.get("/me/views").expect(200);
        assert_eq!((&left["items"][0]["used"], &left["items"][0]["left"], &left["items"][0]["limit"]), (&json!(4), &json!(0), &json!(4)));
        let shut = (0..12).find(|at| !open.contains(at)).unwrap();
        for tail in ["", "/history", "/timeline", "/provenance"] {
            let refused = rep.get(&format!("{}{tail}", path_of("lead", &leads[shut]))).expect(409);
            assert_eq!(refused["code"], "view_limit_reached", "{tail}");
        }
        let whole = rep.get(&path_of("lead", &leads[open[0]])).expect(200);
        assert_eq!((&whole["need"], &whole["_covered"]), (&json!("五轴加工中心"), &Json::Null));
        closed("/records/lead?limit=50");
        // The administrator opens what he likes, and claiming makes it one's own.
        assert!(leads.iter().all(|it| admin.get(&path_of("lead", it)).status == 200));
        rep.post(&format!("{}/actions/claim", path_of("lead", &leads[shut])), json!({})).expect(200);
        assert_eq!(rep.get(&path_of("lead", &leads[shut])).expect(200)["need"], "五轴加工中心");
    });
}
