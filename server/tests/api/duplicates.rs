//! Duplicates: told at entry without telling what is hidden, searched for, gathered for review, and kept up to date.

use std::time::Duration;

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::path_of;

const CHECK: &str = "/records/account/duplicates/check";
const QUEUE: &str = "/records/account/duplicates";
const DECIDE: &str = "/records/account/duplicates/decide";
const STATUS: &str = "/records/account/duplicates/status";
const SCAN: &str = "/records/account/duplicates/scan";

/// Accounts that have nothing to do with each other, from which it learns what chance is.
pub fn others(client: &Client<'_>) {
    let (cities, names) = (["上海", "北京", "深圳", "成都", "武汉", "苏州"], ["远航", "宏图", "金石", "华润", "天成", "鼎新", "瑞丰", "永固"]);
    let (trades, people) = (["食品", "物流", "化工", "电子", "包装"], ["陈静", "赵磊", "孙丽", "周强", "吴敏", "郑洁", "冯涛"]);
    let account = |at: usize| {
        let (city, name, trade) = (cities[at % 6], names[at % 8], trades[at / 2 % 5]);
        json!({ "op": "create", "values": {
            "name": format!("{city}{name}{trade}有限公司"), "phone": format!("139{:08}", at * 7_654_321 % 90_000_000 + 1_000_003),
            "website": format!("firm{at}.example"), "legal_representative": people[at % 7],
        } })
    };
    let operations: Vec<Json> = (0..48).map(account).collect();
    client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
}

pub fn known() -> Json {
    json!({ "name": "上海星河智能设备有限公司", "phone": "13812345678", "website": "xinghe.example", "legal_representative": "欧阳明" })
}

pub fn add(client: &Client<'_>, values: Json) -> Json {
    client.post("/records/account", values).expect(201)
}

pub fn with(mut values: Json, field: &str, value: Json) -> Json {
    values[field] = value;
    values
}

fn check(client: &Client<'_>, values: Json) -> Vec<Json> {
    let answer = client.post(CHECK, json!({ "values": values })).expect(200);
    assert_eq!(answer["ready"], true);
    answer["candidates"].as_array().unwrap().clone()
}

pub fn scan(server: &TestServer, admin: &Client<'_>) {
    assert_eq!(admin.post(SCAN, json!({})).expect(202)["state"], "running");
    server.settle();
    assert_eq!(admin.get(STATUS).expect(200)["state"], "ready");
}

/// The ids of each group's records.
fn groups(client: &Client<'_>, query: &str) -> Vec<Vec<String>> {
    let page = client.get(&format!("{QUEUE}{query}")).expect(200);
    let ids = |it: &Json| it["records"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    page["items"].as_array().unwrap().iter().map(ids).collect()
}

fn ids(records: &[&Json]) -> Vec<String> {
    records.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

fn put_role(admin: &Client<'_>, name: &str, account: Json) {
    let label = json!({ "zh-CN": name, "en": name });
    let role = json!({ "name": name, "label": label, "objects": { "account": account, "user": { "read": "all" } } });
    admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
}

#[test]
fn a_likely_duplicate_is_told_at_entry() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        others(&sales);
        let account = add(&sales, known());
        let entered = json!({ "name": "星河智能设备（上海）有限公司", "phone": "138 1234 5678" });
        let found = check(&sales, entered.clone());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0]["visible"], &found[0]["id"], &found[0]["label"]), (&json!(true), &account["id"], &account["name"]));
        assert_eq!(found[0]["owner"]["id"], account["owner"]["id"]);
        let reasons = found[0]["reasons"].as_array().unwrap();
        let said: Vec<&str> = reasons.iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert!(said.contains(&"phone") && said.contains(&"name") && !said.contains(&"website"), "{found:?}");
        let bits: Vec<f64> = reasons.iter().map(|it| it["bits"].as_f64().unwrap().abs()).collect();
        assert!(bits.windows(2).all(|it| it[0] >= it[1]), "{found:?}");
        // What is wrong yet counts as not entered yet.
        assert_eq!(check(&sales, with(entered.clone(), "email", json!("ann@"))), found);
        assert_eq!(check(&sales, json!({ "name": "星河", "phone": "13" })), Vec::<Json>::new());
        assert_eq!(check(&sales, json!({})), Vec::<Json>::new());
        // A record is no duplicate of itself, whatever of it is entered.
        let own = sales.post(CHECK, json!({ "values": { "phone": "13812345678" }, "id": account["id"] })).expect(200);
        assert_eq!(own["candidates"], json!([]));
        // What is saved is known at once; what is changed or gone is not found any more.
        let again = add(&sales, with(known(), "website", json!("https://www.xinghe.example/about")));
        assert_eq!(check(&sales, known()).len(), 2);
        sales
            .patch(&path_of("account", &again), json!({ "name": "甲", "phone": "13712340000", "website": null, "legal_representative": null }))
            .expect(200);
        assert_eq!(check(&sales, known()).len(), 1);
        sales.delete(&path_of("account", &account)).expect(204);
        assert_eq!(check(&sales, known()), Vec::<Json>::new());
        sales.post(&format!("{}/restore", path_of("account", &account)), json!({})).expect(200);
        assert_eq!(check(&sales, known())[0]["id"], account["id"]);
    });
}

#[test]
fn of_a_hidden_record_only_the_owner_is_told_and_nothing_can_be_guessed() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        put_role(&admin, "outsider", json!({ "read": "own", "create": true, "update": "own" }));
        others(&sales);
        let account = add(&sales, known());
        let outsider = server.caller("outsider");
        let found = check(&outsider, known());
        let owner = sales.get("/me").expect(200)["user"].clone();
        let told = json!([{ "visible": false, "object": "account", "owner": { "id": owner["id"], "label": owner["name"] }, "probability": 0.9 }]);
        assert_eq!(json!(found), told);
        // Near is no nearer than far: whoever tries digit by digit is told the same until all is right.
        let two = json!({ "name": known()["name"], "website": known()["website"] });
        let answers: Vec<Vec<Json>> = ["13812345679", "13812340000", "13798765432", "13800000000"]
            .map(|phone| check(&outsider, with(two.clone(), "phone", json!(phone))))
            .to_vec();
        assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
        let phones = ["13812345679", "13812345670", "15998765432"].map(|phone| check(&outsider, json!({ "name": "甲", "phone": phone })));
        assert!(phones.iter().all(Vec::is_empty), "{phones:?}");
        // What is gone is nobody's.
        sales.delete(&path_of("account", &account)).expect(204);
        assert_eq!(check(&outsider, known()), Vec::<Json>::new());
    });
}

#[test]
fn a_masked_phone_cannot_be_found_out() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        put_role(
            &admin,
            "clerk",
            json!({ "read": "all", "create": true, "update": "all", "delete": "all", "fields": { "phone": "masked", "email": "hidden" } }),
        );
        others(&sales);
        let account = add(&sales, with(known(), "email", json!("info@xinghe.example")));
        let clerk = server.caller("clerk");
        let shown = clerk.get(&path_of("account", &account)).expect(200);
        assert_ne!(shown["phone"], "+8613812345678");
        for entered in [json!({}), json!({ "name": known()["name"] }), json!({ "name": known()["name"], "website": "xinghe.example" })] {
            let without = check(&clerk, entered.clone());
            for digit in 0..10 {
                for phone in [format!("1381234567{digit}"), format!("13{digit}12345678"), format!("1381{digit}345678")] {
                    assert_eq!(check(&clerk, with(entered.clone(), "phone", json!(phone))), without, "{phone}");
                }
            }
            for email in ["info@xinghe.example", "inf@xinghe.example", "a@b.example"] {
                assert_eq!(check(&clerk, with(entered.clone(), "email", json!(email))), without, "{email}");
            }
            // Nor by the record that is changed, which has the right one.
            let another = add(&sales, known());
            let own = clerk.post(CHECK, json!({ "values": { "name": "乙" }, "id": another["id"] })).expect(200);
            assert!(!own.to_string().contains("phone"), "{own}");
            sales.delete(&format!("/records/account/{}", another["id"].as_str().unwrap())).expect(204);
        }
        add(&sales, known());
        scan(server, &admin);
        let told = clerk.get(QUEUE).expect(200);
        assert!(told["items"][0]["pairs"][0]["reasons"].as_array().unwrap().iter().all(|it| it["field"] != "phone"), "{told}");
        assert!(!told.to_string().contains("13812345678") && !told.to_string().contains("info@"), "{told}");
        let all = admin.get(QUEUE).expect(200);
        assert!(all["items"][0]["pairs"][0]["reasons"].to_string().contains("\"phone\""), "{all}");
    });
}

#[test]
fn a_search_fills_the_queue_and_what_is_decided_is_remembered() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        others(&sales);
        let (one, other) = (add(&sales, known()), add(&sales, with(known(), "name", json!("星河智能设备（上海）有限公司"))));
        let far = json!({ "name": "成都锦程贸易有限公司", "phone": "13900001111", "website": "jincheng.example", "legal_representative": "何伟" });
        let (third, fourth) = (add(&sales, far.clone()), add(&sales, with(with(far, "legal_representative", Json::Null), "name", json!("锦程贸易"))));
        assert_eq!(admin.get(STATUS).expect(200)["state"], "never");
        scan(server, &admin);
        let status = admin.get(STATUS).expect(200);
        assert_eq!(
            (&status["records"], &status["open"], &status["different"], &status["may_scan"]),
            (&json!(52), &json!(2), &json!(0), &json!(true))
        );
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other]), ids(&[&third, &fourth])]);
        let page = sales.get(QUEUE).expect(200);
        let (first, second) = (&page["items"][0], &page["items"][1]);
        assert!(first["certainty"].as_f64() >= second["certainty"].as_f64() && second["certainty"].as_f64().unwrap() >= 0.5, "{page}");
        assert_eq!((&page["count"]["value"], &page["next_cursor"]), (&json!(2), &Json::Null));
        let pair = &first["pairs"][0];
        assert_eq!((&pair["left"], &pair["right"]), (&one["id"], &other["id"]));
        assert!(pair["reasons"].as_array().unwrap().iter().any(|it| it["field"] == "phone" && it["agreement"] == "equal"), "{pair}");
        assert_eq!(first["records"][0]["phone"], "+8613812345678");
        // One page after the other.
        let page = sales.get(&format!("{QUEUE}?limit=1")).expect(200);
        let next = page["next_cursor"].as_str().unwrap();
        assert_eq!(groups(&sales, &format!("?limit=1&cursor={next}")), [ids(&[&third, &fourth])]);
        // Another search finds the same, and not what is said to be different.
        sales.post(DECIDE, json!({ "pairs": [[other["id"], one["id"]]], "verdict": "different" })).expect(204);
        scan(server, &admin);
        assert_eq!(groups(&sales, ""), [ids(&[&third, &fourth])]);
        let decided = sales.get(&format!("{QUEUE}?state=different")).expect(200);
        assert_eq!(decided["items"][0]["pairs"][0]["decided_by"]["id"], sales.get("/me").expect(200)["user"]["id"]);
        let own = sales.post(CHECK, json!({ "values": {}, "id": one["id"] })).expect(200);
        assert_eq!(own["candidates"], json!([]), "nor is it told again while it is changed");
        assert_eq!(server.audit(&["decide_duplicates", "search_duplicates"]).len(), 3);
        // It can be taken back.
        sales.post(DECIDE, json!({ "pairs": [[one["id"], other["id"]]], "verdict": "open" })).expect(204);
        assert_eq!(groups(&sales, "").len(), 2);
        assert_eq!(groups(&sales, "?state=different"), Vec::<Vec<String>>::new());
        // What no longer agrees goes with the next search.
        sales.patch(&path_of("account", &fourth), json!({ "name": "丁", "phone": "13712349999", "website": null })).expect(200);
        scan(server, &admin);
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
    });
}

#[test]
fn what_is_new_joins_the_queue_and_what_goes_leaves_it() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        others(&sales);
        let one = add(&sales, known());
        server.settle();
        scan(server, &admin);
        assert_eq!(groups(&sales, ""), Vec::<Vec<String>>::new());
        let other = add(&sales, with(known(), "name", json!("星河智能设备（上海）有限公司")));
        server.settle();
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
        // A third one joins the two.
        let third = add(&sales, with(known(), "phone", json!("13812345679")));
        server.settle();
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other, &third])]);
        // One of three that is another company after all.
        let apart = json!({ "pairs": [[third["id"], one["id"]], [third["id"], other["id"]]], "verdict": "different" });
        sales.post(DECIDE, apart).expect(204);
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
        sales.delete(&path_of("account", &other)).expect(204);
        assert_eq!(groups(&sales, ""), Vec::<Vec<String>>::new());
        server.settle();
        sales.post(&format!("{}/restore", path_of("account", &other)), json!({})).expect(200);
        server.settle();
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
        sales
            .patch(&path_of("account", &other), json!({ "name": "戊", "phone": "13712340000", "website": null, "legal_representative": null }))
            .expect(200);
        server.settle();
        assert_eq!(groups(&sales, ""), Vec::<Vec<String>>::new());
        // Another process reads the same, and learns what this one saves.
        let beside = server.beside();
        let mut there = beside.anonymous();
        (there.cookie, there.csrf) = (admin.cookie.clone(), admin.csrf.clone());
        sales.patch(&path_of("account", &other), known()).expect(200);
        assert_eq!(check(&there, known()).len(), 3);
        beside.settle();
        assert_eq!(groups(&there, ""), [ids(&[&one, &other])]);
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
        // Who is erased leaves nothing.
        admin.delete(&format!("{}?permanent=true", path_of("account", &third))).expect(204);
        let decided = admin.get(&format!("{QUEUE}?state=different")).expect(200);
        assert_eq!((decided["items"].as_array().unwrap().len(), &decided["count"]["value"]), (0, &json!(0)));
        assert_eq!(admin.get(STATUS).expect(200)["different"], 0);
    });
}

#[test]
fn a_merge_settles_its_pairs_and_taking_it_back_brings_them_again() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales_manager"), server.administrator());
        others(&sales);
        let (one, other) = (add(&sales, known()), add(&sales, known()));
        scan(server, &admin);
        let pair = [ids(&[&one, &other])];
        assert_eq!(groups(&admin, ""), pair);
        let merged = admin.post(&format!("{}/merge", path_of("account", &one)), json!({ "others": [other["id"]] })).expect(200);
        assert_eq!(groups(&admin, ""), Vec::<Vec<String>>::new(), "at once");
        let found = check(&admin, known());
        assert_eq!((found.len(), &found[0]["id"]), (1, &one["id"]));
        server.settle();
        assert_eq!(groups(&admin, ""), Vec::<Vec<String>>::new());
        admin.post(&format!("/changes/{}/undo", merged["change_id"].as_str().unwrap()), json!({})).expect(200);
        server.settle();
        assert_eq!(groups(&admin, ""), pair);
        assert_eq!(check(&admin, known()).len(), 2);
    });
}

#[test]
fn the_review_is_for_those_who_could_merge_and_shows_them_what_they_may_see() {
    on_both_stores(|server| {
        let (sales, analyst, admin) = (server.caller("sales"), server.caller("analyst"), server.administrator());
        put_role(&admin, "outsider", json!({ "read": "own", "create": true, "update": "own", "delete": "own" }));
        put_role(&admin, "stranger", json!({}));
        others(&sales);
        let (one, other) = (add(&sales, known()), add(&sales, known()));
        let (outsider, stranger) = (server.caller("outsider"), server.caller("stranger"));
        let own = add(&outsider, known());
        scan(server, &admin);
        let pair = json!({ "pairs": [[one["id"], other["id"]]], "verdict": "different" });
        for (path, status) in [(QUEUE, 403), (STATUS, 403)] {
            analyst.get(path).problem(status, "forbidden");
            server.anonymous().get(path).problem(401, "not_signed_in");
            stranger.get(path).problem(404, "not_found");
        }
        analyst.post(DECIDE, pair.clone()).problem(403, "forbidden");
        analyst.post(CHECK, json!({ "values": {} })).problem(403, "forbidden");
        analyst.post(SCAN, json!({})).problem(403, "forbidden");
        sales.post(SCAN, json!({})).problem(403, "forbidden");
        assert_eq!(sales.get(STATUS).expect(200)["may_scan"], false);
        // A group of which he sees one record is none; of two he sees he may say what he thinks.
        assert_eq!(groups(&outsider, ""), Vec::<Vec<String>>::new());
        assert_eq!(outsider.get(QUEUE).expect(200)["count"]["value"], 0);
        outsider.post(DECIDE, json!({ "pairs": [[own["id"], one["id"]]], "verdict": "different" })).problem(404, "not_found");
        assert_eq!(groups(&admin, ""), [ids(&[&one, &other, &own])]);
        let seen = groups(&sales, "");
        assert!(seen[0].contains(&one["id"].as_str().unwrap().to_owned()), "{seen:?}");
        let second = add(&outsider, known());
        server.settle();
        assert_eq!(groups(&outsider, ""), [ids(&[&own, &second])]);
        outsider.post(DECIDE, json!({ "pairs": [[own["id"], second["id"]]], "verdict": "different" })).expect(204);
        assert_eq!(groups(&outsider, ""), Vec::<Vec<String>>::new());
    });
}

#[test]
fn nonsense_is_refused_by_its_name() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        let account = add(&sales, known());
        let contact = sales.post("/records/contact", json!({ "name": "欧阳明", "mobile": "13812345678" })).expect(201);
        sales.post(CHECK, json!({ "values": { "nothing": 1 } })).problem(400, "unknown_field");
        sales.post(CHECK, json!({ "values": [] })).expect(400);
        sales.post(CHECK, json!({})).expect(400);
        sales.post(CHECK, json!({ "values": {}, "id": "x" })).expect(400);
        sales.post("/records/nothing/duplicates/check", json!({ "values": {} })).problem(404, "not_found");
        admin.post("/records/activity/duplicates/check", json!({ "values": {} })).problem(400, "bad_request");
        admin.get("/records/activity/duplicates").problem(400, "bad_request");
        admin.post("/records/activity/duplicates/scan", json!({})).problem(400, "bad_request");
        // Much, and much of nothing.
        let huge =
            json!({ "name": "星".repeat(200_000), "description": "a".repeat(100_000), "phone": "1".repeat(50_000), "founded_on": "0000-00-00" });
        sales.post(CHECK, json!({ "values": huge })).expect(200);
        sales
            .post(CHECK, json!({ "values": { "name": "a\u{0}b\u{202e}", "address": { "city": ["x"] }, "website": 17 }, "id": contact["id"] }))
            .expect(200);
        let none = Uuid::from_u128(7);
        let pairs: Vec<[Uuid; 2]> = (0..10_000).map(|at| [none, Uuid::from_u128(at)]).collect();
        sales.post(DECIDE, json!({ "pairs": pairs, "verdict": "different" })).problem(400, "bad_request");
        sales.post(DECIDE, json!({ "pairs": [], "verdict": "different" })).expect(204);
        sales.post(DECIDE, json!({ "pairs": [[account["id"], account["id"]]], "verdict": "different" })).problem(400, "bad_request");
        sales.post(DECIDE, json!({ "pairs": [[account["id"], contact["id"]]], "verdict": "different" })).problem(404, "not_found");
        sales.post(DECIDE, json!({ "pairs": [[account["id"], none]], "verdict": "open" })).problem(404, "not_found");
        sales.post(DECIDE, json!({ "pairs": [[account["id"]]], "verdict": "open" })).expect(400);
        sales.post(DECIDE, json!({ "pairs": [], "verdict": "merged" })).expect(400);
        for query in ["?state=merged", "?limit=0", "?limit=101", "?sort=name"] {
            sales.get(&format!("{QUEUE}{query}")).problem(400, "bad_request");
        }
        sales.get(&format!("{QUEUE}?cursor=nonsense")).problem(400, "bad_cursor");
        let other = add(&sales, json!({ "name": "乙" }));
        sales.post(DECIDE, json!({ "pairs": [[account["id"], other["id"]]], "verdict": "open" })).problem(404, "not_found");
        // Two that no search found can be said to be different all the same, and that can be taken back.
        for verdict in ["different", "different", "open"] {
            sales.post(DECIDE, json!({ "pairs": [[account["id"], other["id"]]], "verdict": verdict })).expect(204);
        }
        assert_eq!(groups(&sales, "?state=different"), Vec::<Vec<String>>::new());
        assert_eq!(groups(&sales, ""), Vec::<Vec<String>>::new());
    });
}

#[test]
fn what_nobody_asks_for_is_let_go_and_read_again() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        others(&sales);
        let account = add(&sales, known());
        let residents = server.app.workspaces.residents();
        assert_eq!(check(&sales, known())[0]["id"], account["id"]);
        assert!(residents.let_go(Duration::from_secs(900)), "somebody asked a moment ago");
        assert!(!residents.let_go(Duration::ZERO));
        assert_eq!(check(&sales, known())[0]["id"], account["id"]);
        // Many more than it learnt from: it learns anew, and nobody notices.
        let many: Vec<Json> = (0..60)
            .map(|at| json!({ "op": "create", "values": { "name": format!("宁波{at}号工厂"), "phone": format!("137{:08}", at * 123_457) } }))
            .collect();
        sales.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": many })).expect(200);
        assert_eq!(check(&sales, known())[0]["id"], account["id"]);
        // By other fields than before.
        let mut definition = admin.get("/schema/objects/account").expect(200);
        definition["duplicates"] = json!([{ "field": "name", "as": "company" }, { "field": "website" }]);
        for key in ["app", "origin", "field"] {
            definition.as_object_mut().unwrap().remove(key);
        }
        admin.post("/schema/apply", json!({ "changes": [{ "op": "change_object", "object": definition }] })).expect(200);
        let found = check(&sales, known());
        assert_eq!(found[0]["id"], account["id"]);
        assert!(found[0]["reasons"].as_array().unwrap().iter().all(|it| it["field"] != "phone"), "{found:?}");
    });
}

#[test]
fn a_second_search_is_the_first_one_and_a_failed_one_is_told() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        others(&sales);
        let (one, other) = (add(&sales, known()), add(&sales, known()));
        admin.post(SCAN, json!({})).expect(202);
        admin.post(SCAN, json!({})).expect(202);
        let waiting = admin.get("/jobs?state=waiting").expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().iter().filter(|it| it["kind"] == "duplicates.scan").count(), 1, "{waiting}");
        server.settle();
        assert_eq!(groups(&sales, ""), [ids(&[&one, &other])]);
        assert_eq!(server.audit(&["search_duplicates"]).len(), 1);
        // An object of the workspace's own says by what its records are compared, as every other.
        let label = json!({ "zh-CN": "设备", "en": "Machine" });
        let field = |name: &str| json!({ "name": name, "type": "text", "label": label });
        let mut machine = json!({ "name": "machine", "label": label, "title_field": "name", "field": [field("name"), field("serial")] });
        machine["duplicates"] = json!([{ "field": "nothing" }]);
        let put = |it: &Json| json!({ "changes": [{ "op": "add_object", "object": it }] });
        assert!(admin.post("/schema/plan", put(&machine)).expect(200).to_string().contains("没有字段“nothing”"));
        machine["duplicates"] = json!([{ "field": "name" }, { "field": "serial", "as": "id" }]);
        admin.post("/schema/apply", put(&machine)).expect(200);
        let meta = admin.get("/meta").expect(200);
        let takes_part = |name: &str| meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()["duplicates"].clone();
        assert_eq!((takes_part("machine"), takes_part("account"), takes_part("activity")), (json!(true), json!(true), json!(false)));
        for at in 0..30 {
            admin.post("/records/machine", json!({ "name": format!("压力机 {at}"), "serial": format!("SN{:06}", at * 7919) })).expect(201);
        }
        let machine = admin.post("/records/machine", json!({ "name": "激光切割机", "serial": "XH-2026-0815" })).expect(201);
        let values = json!({ "values": { "name": "激光切割机", "serial": "xh20260815" } });
        let found = admin.post("/records/machine/duplicates/check", values).expect(200);
        assert_eq!(found["candidates"][0]["id"], machine["id"], "{found}");
    });
}
