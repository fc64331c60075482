//! Records one at a time: create, read, change, delete, restore, lists.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::{encode, make_account, names, path_of};

#[test]
fn a_record_is_made_read_changed_deleted_and_restored() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let reply =
            client.post("/records/account", json!({ "name": "上海星河智能设备有限公司", "phone": "021-6888 1234", "annual_revenue": "1200000.50" }));
        let account = reply.expect(201);
        let path = path_of("account", &account);
        assert_eq!((reply.header("etag"), reply.header("location")), ("\"1\"", format!("/api/v1{path}").as_str()));
        assert_eq!(account["version"], 1);
        assert_eq!(account["annual_revenue"], json!({ "amount": "1200000.50", "currency": "CNY" }));
        assert!(account["phone"].as_str().unwrap().starts_with("+8621"));
        assert!(account["number"].as_str().unwrap().starts_with("C2026-"));
        assert_eq!(account["owner"]["id"], client.get("/me").expect(200)["user"]["id"]);
        assert_eq!(account["created_at"], "2026-11-16T02:00:00Z");

        let changed = client.patch(&path, json!({ "level": "a", "phone": null }));
        assert_eq!(changed.header("etag"), "\"2\"");
        let changed = changed.expect(200);
        assert_eq!((&changed["level"], &changed["phone"], &changed["name"]), (&json!("a"), &json!(null), &account["name"]));
        assert_eq!(client.get(&path).expect(200), changed);
        let some = client.get(&format!("{path}?fields=name,owner.email")).expect(200);
        assert_eq!(some.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "name", "owner", "version"]);

        client.delete(&path).expect(204);
        client.get(&path).problem(404, "not_found");
        client.patch(&path, json!({ "level": "b" })).problem(404, "not_found");
        assert_eq!(names(&client.get("/records/account?deleted=only").expect(200)), ["上海星河智能设备有限公司"]);
        let restored = client.post(&format!("{path}/restore"), json!({})).expect(200);
        assert_eq!((&restored["level"], &restored["deleted_at"]), (&json!("a"), &json!(null)));
        client.post(&format!("{path}/restore"), json!({})).problem(404, "not_found");
    });
}

#[test]
fn what_was_deleted_along_comes_back_along() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let contact = client.post("/records/contact", json!({ "name": "欧阳明", "account": account["id"] })).expect(201);
        let tie = client.post("/records/account_contact", json!({ "account": account["id"], "contact": contact["id"] })).expect(201);
        client.delete(&path_of("account", &account)).expect(204);
        client.get(&path_of("account_contact", &tie)).problem(404, "not_found");
        client.post(&format!("{}/restore", path_of("account", &account)), json!({})).expect(200);
        client.get(&path_of("account_contact", &tie)).expect(200);
    });
}

#[test]
fn erasing_leaves_nothing_to_restore() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        let account = make_account(&sales, "星河");
        let path = path_of("account", &account);
        sales.delete(&format!("{path}?permanent=true")).problem(403, "forbidden");
        sales.get(&path).expect(200);
        admin.delete(&format!("{path}?permanent=true")).expect(204);
        admin.get(&path).problem(404, "not_found");
        admin.post(&format!("{path}/restore"), json!({})).problem(404, "not_found");
        let left = admin.get("/events?after=0").expect(200).to_string();
        assert!(left.contains("account.erased") && !left.contains("星河"), "{left}");
    });
}

#[test]
fn lists_filter_sort_page_and_count() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for (name, employees) in [("张江", 30), ("安徽", 10), ("北京", 20), ("重庆", 40), ("郑州", 50)] {
            client.post("/records/account", json!({ "name": name, "employees": employees })).expect(201);
        }
        let first = client.get("/records/account?sort=name&limit=2&count=exact").expect(200);
        assert_eq!(names(&first), ["安徽", "北京"]);
        assert_eq!(first["count"], json!({ "value": 5, "exact": true }));
        let next = |page: &serde_json::Value| {
            client.get(&format!("/records/account?sort=name&limit=2&cursor={}", page["next_cursor"].as_str().unwrap())).expect(200)
        };
        let second = next(&first);
        let third = next(&second);
        let mut all = names(&first);
        all.extend(names(&second));
        all.extend(names(&third));
        assert_eq!(all.len(), 5);
        assert_eq!(all.last(), Some(&"郑州"), "by pinyin: {all:?}");
        assert_eq!(third["next_cursor"], json!(null));
        let filter = encode("employees >= 20 && employees < 50 && owner == me.id");
        assert_eq!(names(&client.get(&format!("/records/account?sort=-name&filter={filter}")).expect(200)).len(), 3);
        let fields = client.get("/records/account?limit=1&fields=name,owner.department.name").expect(200);
        assert_eq!(fields["items"][0]["owner"]["department"]["name"], "总部");
        let problem = client.get(&format!("/records/account?filter={}", encode("employees >== 3"))).problem(400, "bad_filter");
        assert!(problem["position"].is_number(), "{problem}");
        client.get(&format!("/records/account?filter={}", encode("salary > 3"))).problem(400, "bad_filter");
        client.get("/records/account?sort=description").problem(400, "bad_request");
        client.get("/records/account?fields=nothing").problem(400, "unknown_field");
        client.get("/records/account?cursor=zz").problem(400, "bad_cursor");
        for wrong in ["limit=0", "limit=501", "limit=x", "count=all", "deleted=yes", "page=2", "limit=1&limit=2"] {
            client.get(&format!("/records/account?{wrong}")).problem(400, "bad_request");
        }
    });
}

#[test]
fn words_are_found_once_the_index_has_followed() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        make_account(&client, "上海星河智能设备有限公司");
        let other = make_account(&client, "北京月亮科技");
        client.patch(&path_of("account", &other), json!({ "phone": "13812345678" })).expect(200);
        server.settle();
        for (query, name) in [
            ("星河", "上海星河智能设备有限公司"),
            ("xinghe", "上海星河智能设备有限公司"),
            ("xhzn", "上海星河智能设备有限公司"),
            ("1234567", "北京月亮科技"),
        ] {
            let found = client.get(&format!("/search?q={}", encode(query))).expect(200);
            let labels: Vec<&str> =
                found["items"].as_array().unwrap().iter().filter(|it| it["object"] == "account").map(|it| it["label"].as_str().unwrap()).collect();
            assert_eq!(labels, [name], "{query}: {found}");
            assert_eq!(names(&client.get(&format!("/records/account?q={}", encode(query))).expect(200)), [name], "{query}");
        }
        client.delete(&path_of("account", &other)).expect(204);
        server.settle();
        assert_eq!(client.get("/search?q=1234567&objects=account").expect(200)["items"], json!([]));
        client.get("/search?q=x&limit=0").problem(400, "bad_request");
        client.get(&format!("/search?q={}", "x".repeat(300))).problem(400, "bad_request");
    });
}

#[test]
fn groups_and_measures() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for (level, revenue) in [("a", "100.50"), ("a", "200.25"), ("b", "7")] {
            client.post("/records/account", json!({ "name": level, "level": level, "annual_revenue": revenue })).expect(201);
        }
        let answer = client.get("/records/account/aggregate?group_by=level&measures=count,sum(annual_revenue),max(annual_revenue)").expect(200);
        assert_eq!(answer["truncated"], false);
        let groups = answer["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0]["keys"], json!(["a"]));
        assert_eq!(groups[0]["values"], json!({ "count": 2, "sum(annual_revenue)": "300.75", "max(annual_revenue)": "200.25" }));
        let months = client.get("/records/account/aggregate?group_by=created_at:month").expect(200);
        assert_eq!(months["groups"][0]["keys"], json!(["2026-11-01"]));
        let owners = client.get("/records/account/aggregate?group_by=owner").expect(200);
        assert!(owners["groups"][0]["labels"][0].as_str().unwrap().starts_with("sales"));
        for wrong in ["group_by=nothing", "group_by=level:month", "measures=median(annual_revenue)", "measures=sum(name)", "foo=1"] {
            assert_eq!(client.get(&format!("/records/account/aggregate?{wrong}")).expect(400)["status"], 400, "{wrong}");
        }
    });
}

#[test]
fn history_tells_who_changed_what() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let path = path_of("account", &account);
        let parent = make_account(&client, "集团");
        server.clock.advance(60);
        client.patch(&path, json!({ "name": "星河智能", "parent": parent["id"] })).expect(200);
        let history = client.get(&format!("{path}/history")).expect(200);
        let items = history["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!((&items[0]["kind"], &items[1]["kind"]), (&json!("account.updated"), &json!("account.created")));
        assert_eq!(items[0]["at"], "2026-11-16T02:01:00Z");
        assert!(items[0]["actor"]["label"].as_str().unwrap().starts_with("sales"));
        let changes = items[0]["changes"].as_array().unwrap();
        assert!(changes.contains(&json!({ "field": "name", "old": "星河", "new": "星河智能" })), "{changes:?}");
        assert!(changes.contains(&json!({ "field": "parent", "old": null, "new": { "id": parent["id"], "label": "集团" } })), "{changes:?}");
        let first = client.get(&format!("{path}/history?limit=1")).expect(200);
        let rest = client.get(&format!("{path}/history?limit=1&cursor={}", first["next_cursor"].as_str().unwrap())).expect(200);
        assert_eq!(rest["items"][0]["kind"], "account.created");
    });
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let good = client.post("/records/account?dry_run=true", json!({ "name": "星河" })).expect(200);
        assert_eq!((&good["ok"], &good["record"]["name"], &good["record"]["level"]), (&json!(true), &json!("星河"), &json!("c")));
        let bad = client.post("/records/account?dry_run=true", json!({ "employees": -1, "email": "x", "level": "z" })).expect(200);
        assert_eq!(bad["ok"], false);
        let fields: Vec<&str> = bad["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
        for field in ["name", "employees", "email", "level"] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
        let account = make_account(&client, "月亮");
        let path = path_of("account", &account);
        assert_eq!(client.patch(&format!("{path}?dry_run=true"), json!({ "level": "a" })).expect(200)["record"]["level"], "a");
        let batch =
            json!({ "mode": "all_or_nothing", "operations": [{ "op": "create", "values": {} }, { "op": "create", "values": { "name": "x" } }] });
        let batch = client.post("/records/account/batch?dry_run=true", batch).expect(200);
        assert_eq!((&batch["ok"], &batch["problems"][0]["row"]), (&json!(false), &json!(0)));
        assert_eq!(client.get(&path).expect(200), account);
        assert_eq!(names(&client.get("/records/account").expect(200)), ["月亮"]);
    });
}

#[test]
fn a_search_takes_operators_and_exact_words_under_the_same_rights() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "上海星河智能设备有限公司");
        make_account(&client, "星河");
        let deal = |name: &str, values: Json| {
            let mut all = json!({ "name": name, "account": account["id"], "amount": "1000", "close_date": "2026-12-31" });
            all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
            client.post("/records/opportunity", all).expect(201)
        };
        deal("星河二期 改造", json!({}));
        let boss = server.administrator();
        boss.post("/records/opportunity", json!({ "name": "星河三期", "account": account["id"], "amount": "1", "close_date": "2026-12-31" }))
            .expect(201);
        server.settle();
        let found = |client: &Client<'_>, query: &str| -> Vec<String> {
            let answer = client.get(&format!("/search?q={}", encode(query))).expect(200);
            answer["items"].as_array().unwrap().iter().map(|it| format!("{} {}", it["object"], it["label"]).replace('"', "")).collect()
        };
        assert_eq!(found(&client, "星河 object:account"), ["account 星河", "account 上海星河智能设备有限公司"], "what is called just so comes first");
        assert_eq!(found(&client, "对象：商机 星河 负责人：我"), ["opportunity 星河二期 改造"]);
        assert_eq!(found(&boss, "object:商机 is:mine"), ["opportunity 星河三期"]);
        assert_eq!(found(&boss, "object:opportunity \"二期 改\""), ["opportunity 星河二期 改造"]);
        assert_eq!(found(&boss, "object:opportunity \"期二\""), Vec::<String>::new());
        assert_eq!(found(&boss, "object:opportunity is:closed 星河"), Vec::<String>::new());
        assert_eq!(found(&boss, "object:opportunity is:open 星河").len(), 2);
        assert_eq!(found(&boss, "object:nonsense 星河"), Vec::<String>::new());
        assert_eq!(found(&boss, "\" || true || \""), Vec::<String>::new(), "what is typed is text");
        for hostile in ["owner:\"' OR 1=1 --\"", "object:\"", "is:", "\"", "owner:\"a\" || true", &"\"x\" ".repeat(60)] {
            boss.get(&format!("/search?q={}", encode(&hostile.chars().take(200).collect::<String>()))).expect(200);
        }
    });
}
