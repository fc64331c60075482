//! Many records at once.

use guanxi_testkit::on_both_stores;
use serde_json::{Value as Json, json};

use super::{encode, make_account, names, path_of};

#[test]
fn all_or_nothing_is_all_or_nothing() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let operations = json!([
            { "op": "create", "values": { "name": "甲" } },
            { "op": "update", "id": account["id"], "version": 1, "values": { "level": "a" } },
            { "op": "create", "values": { "level": "a", "employees": -3 } },
        ]);
        let problem = client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations }));
        problem.field_problem(422, "operations[2].name", "required");
        problem.field_problem(422, "operations[2].employees", "too_small");
        assert_eq!(names(&client.get("/records/account").expect(200)), ["星河"]);
        let good: Vec<Json> = operations.as_array().unwrap()[..2].to_vec();
        let done = client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": good })).expect(200);
        assert_eq!((&done["succeeded"], &done["failed"]), (&json!(2), &json!(0)));
        assert_eq!(done["results"][1], json!({ "index": 1, "id": account["id"], "version": 2 }));
        assert_eq!(client.get(&path_of("account", &account)).expect(200)["level"], "a");
    });
}

#[test]
fn row_by_row_lets_the_good_ones_through() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let operations = json!([
            { "op": "create", "values": { "name": "甲", "credit_code": "91310000MA1K000006" } },
            { "op": "create", "values": { "name": "乙", "credit_code": "91310000MA1K000006" } },
            { "op": "create", "values": {} },
            { "op": "delete", "id": account["id"] },
            { "op": "update", "id": "01890000-0000-7000-8000-000000000000", "values": { "level": "a" } },
            { "op": "create", "values": { "nonsense": 1, "name": "丙" } },
        ]);
        let done = client.post("/records/account/batch", json!({ "mode": "row_by_row", "operations": operations })).expect(200);
        assert_eq!((&done["succeeded"], &done["failed"]), (&json!(2), &json!(4)), "{done}");
        let codes: Vec<&Json> = done["results"].as_array().unwrap().iter().map(|it| &it["problem"]["code"]).collect();
        assert_eq!(codes, [&json!(null), &json!("duplicate_value"), &json!("invalid"), &json!(null), &json!("not_found"), &json!("unknown_field")]);
        assert_eq!(done["results"][1]["problem"]["field_errors"][0]["field"], "credit_code");
        assert_eq!(names(&client.get("/records/account").expect(200)), ["甲"]);
    });
}

#[test]
fn a_thousand_records_in_one_request() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let operations: Vec<Json> = (0..1_000).map(|it| json!({ "op": "create", "values": { "name": format!("客户{it:04}") } })).collect();
        let done = client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
        assert_eq!(done["succeeded"], 1_000);
        assert_eq!(client.get("/records/account?limit=1&count=exact").expect(200)["count"]["value"], 1_000);
        assert_eq!(client.get("/records/account?limit=1&count=capped").expect(200)["count"], json!({ "value": 1_000, "exact": true }));
        let too_many: Vec<Json> = (0..10_001).map(|_| json!({ "op": "create", "values": {} })).collect();
        client.post("/records/account/batch", json!({ "mode": "row_by_row", "operations": too_many })).problem(400, "bad_request");
    });
}

#[test]
fn batches_that_make_no_sense_are_refused() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for body in [
            json!({ "operations": [] }),
            json!({ "mode": "sometimes", "operations": [] }),
            json!({ "mode": "row_by_row", "operations": [{ "op": "explode" }] }),
            json!({ "mode": "row_by_row", "operations": [{ "op": "create", "values": {}, "extra": 1 }] }),
            json!({ "mode": "row_by_row", "operations": [{ "op": "delete", "id": "x" }] }),
            json!([1]),
        ] {
            client.post("/records/account/batch", body).problem(400, "bad_request");
        }
    });
}

#[test]
fn a_bulk_change_by_filter_counts_first() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for name in ["甲", "乙", "丙"] {
            make_account(&client, name);
        }
        let bulk = |body: Json| client.post("/records/account/bulk", body);
        let change = json!({ "update": { "level": "a" } });
        bulk(json!({ "filter": "level == 'c'", "change": change, "expected_count": 2 })).problem(409, "state_conflict");
        let dry = client.post("/records/account/bulk?dry_run=true", json!({ "filter": "level == 'c'", "change": change })).expect(200);
        assert_eq!(dry["ok"], true);
        assert_eq!(client.get(&format!("/records/account?count=exact&filter={}", encode("level == 'a'"))).expect(200)["count"]["value"], 0);
        let done = bulk(json!({ "filter": "level == 'c'", "change": change, "expected_count": 3 })).expect(200);
        assert_eq!((&done["succeeded"], &done["failed"], &done["problems"]), (&json!(3), &json!(0), &json!([])));
        assert_eq!(client.get(&format!("/records/account?count=exact&filter={}", encode("level == 'a'"))).expect(200)["count"]["value"], 3);
        bulk(json!({ "change": change })).problem(400, "bad_request");
        bulk(json!({ "ids": [], "filter": "true", "change": change })).problem(400, "bad_request");
        bulk(json!({ "ids": [], "change": { "delete": false } })).problem(400, "bad_request");
        bulk(json!({ "ids": [], "change": { "explode": true } })).problem(400, "bad_request");
        bulk(json!({ "filter": "nonsense ==", "change": change })).problem(400, "bad_filter");
        let problems = bulk(json!({ "filter": "true", "change": { "update": { "employees": -1 } } })).expect(200);
        assert_eq!((&problems["failed"], &problems["problems"][0]["problem"]["code"]), (&json!(3), &json!("invalid")));
    });
}

#[test]
fn a_bulk_change_of_what_words_find_meets_those_and_no_others() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        for name in ["长江精密机械", "长江船舶", "黄河机械"] {
            make_account(&client, name);
        }
        // One that may be seen and not changed in bulk does not count.
        make_account(&server.caller("sales_manager"), "长江重工");
        server.settle();
        let terms = |query: &str| client.get(&format!("/records/account/bulk/terms{query}")).expect(200);
        assert_eq!(terms(""), json!({ "records": 3, "most": 10_000 }));
        assert_eq!(terms(&format!("?q={}", encode("长江")))["records"], 2);
        assert_eq!(terms(&format!("?q={}&filter={}", encode("长江"), encode("name == '长江船舶'")))["records"], 1);
        let change = json!({ "update": { "level": "a" } });
        let bulk = |body: Json| client.post("/records/account/bulk", body);
        bulk(json!({ "q": "长江", "change": change, "expected_count": 3 })).problem(409, "state_conflict");
        bulk(json!({ "ids": [], "q": "长江", "change": change })).problem(400, "bad_request");
        assert_eq!(bulk(json!({ "q": "长江", "change": change, "expected_count": 2 })).expect(200)["succeeded"], 2);
        let changed = client.get(&format!("/records/account?sort=name&filter={}", encode("level == 'a'"))).expect(200);
        assert_eq!(names(&changed), ["长江船舶", "长江精密机械"]);
        server.caller("customer").get("/records/account/bulk/terms").problem(404, "not_found");
    });
}

#[test]
fn tags_are_added_and_removed_in_bulk_and_records_deleted_and_restored() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let ids: Vec<Json> = ["甲", "乙"].iter().map(|it| make_account(&client, it)["id"].clone()).collect();
        let tags: Vec<Json> =
            ["VIP", "老客户"].iter().map(|it| client.post("/records/tag", json!({ "name": it })).expect(201)["id"].clone()).collect();
        let bulk = |change: Json| client.post("/records/account/bulk", json!({ "ids": ids, "change": change })).expect(200);
        let tagged = |tag: &Json| {
            client.get(&format!("/records/account?count=exact&filter={}", encode(&format!("{tag} in tags")))).expect(200)["count"]["value"].clone()
        };
        bulk(json!({ "add_tags": [tags[0]] }));
        bulk(json!({ "add_tags": tags }));
        assert_eq!((tagged(&tags[0]), tagged(&tags[1])), (json!(2), json!(2)));
        bulk(json!({ "remove_tags": [tags[0]] }));
        assert_eq!((tagged(&tags[0]), tagged(&tags[1])), (json!(0), json!(2)));
        assert_eq!(bulk(json!({ "delete": true }))["succeeded"], 2);
        assert_eq!(names(&client.get("/records/account").expect(200)), Vec::<&str>::new());
        assert_eq!(bulk(json!({ "restore": true }))["succeeded"], 2);
        assert_eq!(names(&client.get("/records/account?sort=name").expect(200)).len(), 2);
    });
}
