//! Records that become one, with all that the apps keep about them.

use guanxi_testkit::{Client, on_both_stores};
use serde_json::{Value as Json, json};

use super::{encode, make_account, names, path_of};

fn make(client: &Client<'_>, object: &str, values: Json) -> Json {
    client.post(&format!("/records/{object}"), values).expect(201)
}

fn merge_path(record: &Json) -> String {
    format!("{}/merge", path_of("account", record))
}

fn now(client: &Client<'_>, object: &str, record: &Json) -> Json {
    client.get(&path_of(object, record)).expect(200)
}

#[test]
fn all_that_is_known_of_a_customer_comes_along_and_goes_back() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (kept, gone) = (make_account(&client, "星河智能"), make_account(&client, "星河智能设备公司"));
        client.patch(&path_of("account", &gone), json!({ "website": "https://xinghe.example", "level": "a" })).expect(200);
        let gone_id = &gone["id"];
        let on_gone = json!({ "object": "account", "id": gone_id });
        let contact = make(&client, "contact", json!({ "name": "欧阳明", "account": gone_id }));
        let deal = make(&client, "opportunity", json!({ "name": "产线改造", "account": gone_id, "amount": "1000", "close_date": "2026-12-31" }));
        let task = make(&client, "activity", json!({ "subject": "回访", "kind": "task", "account": gone_id }));
        let note = make(&client, "note", json!({ "title": "要点", "body": "<p>价格</p>", "account": gone_id }));
        let comment = make(&client, "comment", json!({ "target": on_gone, "body": "<p>客户要三套</p>" }));
        let role = json!({ "contact": contact["id"], "account": gone_id, "role": "director" });
        let tie = make(&client, "account_contact", role);
        let double = make(&client, "account_contact", json!({ "contact": contact["id"], "account": kept["id"], "role": "director" }));
        server.settle();

        let plan = client.post(&format!("{}?dry_run=true", merge_path(&kept)), json!({ "others": [gone_id] })).expect(200);
        assert_eq!((&plan["ok"], &plan["records"][0]["id"], &plan["records"][1]["name"]), (&json!(true), &kept["id"], &gone["name"]));
        let field = |name: &str| plan["fields"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
        assert_eq!((&field("website")["chosen"], &field("level")["differs"]), (gone_id, &json!(true)));
        let moves: Vec<String> =
            plan["moves"].as_array().unwrap().iter().map(|it| format!("{}.{} {}", it["object"], it["field"], it["count"]).replace('"', "")).collect();
        for wanted in ["contact.account 1", "opportunity.account 1", "activity.account 1", "note.account 1", "comment.target 1"] {
            assert!(moves.iter().any(|it| it == wanted), "{wanted} in {moves:?}");
        }

        let take = json!({ "level": gone_id });
        let done = client.post(&merge_path(&kept), json!({ "others": [gone_id], "take": take })).expect(200);
        assert_eq!(
            (&done["record"]["website"], &done["record"]["level"], &done["removed"]),
            (&json!("https://xinghe.example/"), &json!("a"), &json!(1))
        );
        for (object, record) in [("contact", &contact), ("opportunity", &deal), ("activity", &task), ("note", &note)] {
            assert_eq!(now(&client, object, record)["account"]["id"], kept["id"], "{object}");
        }
        assert_eq!(now(&client, "comment", &comment)["target"]["id"], kept["id"]);
        client.get(&path_of("account_contact", &tie)).problem(404, "not_found");
        assert_eq!(now(&client, "account_contact", &double)["account"]["id"], kept["id"]);
        let timeline = client.get(&format!("{}/timeline", path_of("account", &kept))).expect(200).to_string();
        for what in ["客户要三套", "要点", "回访"] {
            assert!(timeline.contains(what), "{what}");
        }
        server.settle();
        assert_eq!(names(&client.get(&format!("/records/account?filter={}", encode("name.startsWith('星河')"))).expect(200)), ["星河智能"]);
        let found = client.get(&format!("/search?q={}", encode("星河智能"))).expect(200).to_string();
        assert!(found.contains(kept["id"].as_str().unwrap()) && !found.contains(gone_id.as_str().unwrap()));

        let merges = client.get(&format!("{}/merges", path_of("account", &kept))).expect(200);
        assert_eq!((&merges["items"][0]["id"], &merges["items"][0]["change_id"]), (gone_id, &done["change_id"]));
        // A sales rep writes on meanwhile; that stays.
        client.patch(&path_of("activity", &task), json!({ "subject": "回访（已改期）" })).expect(200);
        let back = client.post(&format!("/changes/{}/undo", done["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(back["skipped"], json!([]), "{back}");
        for (object, record) in [("contact", &contact), ("opportunity", &deal), ("activity", &task), ("note", &note), ("account_contact", &tie)] {
            assert_eq!(now(&client, object, record)["account"]["id"], *gone_id, "{object}");
        }
        assert_eq!(now(&client, "activity", &task)["subject"], "回访（已改期）");
        assert_eq!(now(&client, "comment", &comment)["target"]["id"], *gone_id);
        assert_eq!((&now(&client, "account", &kept)["level"], &now(&client, "account", &gone)["level"]), (&json!("c"), &json!("a")));
        assert_eq!(client.get(&format!("{}/merges", path_of("account", &kept))).expect(200)["items"], json!([]));
    });
}

#[test]
fn an_old_id_leads_to_the_record_it_is_part_of_for_those_who_may_see_that() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (kept, gone) = (make_account(&client, "甲"), make_account(&client, "乙"));
        client.post(&merge_path(&kept), json!({ "others": [gone["id"]] })).expect(200);
        let old = path_of("account", &gone);
        assert_eq!(client.get(&old).expect(200)["id"], kept["id"]);
        for refused in [
            client.patch(&old, json!({ "name": "丙" })),
            client.delete(&old),
            client.post(&format!("{old}/restore"), json!({})),
            client.post(&merge_path(&gone), json!({ "others": [kept["id"]] })),
            client.post(&merge_path(&make_account(&client, "丁")), json!({ "others": [gone["id"]] })),
        ] {
            let problem = refused.problem(409, "merged");
            assert_eq!(problem["merged_into"], json!({ "object": "account", "id": kept["id"] }));
        }
        let batch = json!({ "mode": "row_by_row", "operations": [{ "op": "update", "id": gone["id"], "values": { "name": "丙" } }] });
        let told = client.post("/records/account/batch", batch).expect(200);
        assert_eq!((&told["failed"], &told["results"][0]["problem"]["code"]), (&json!(1), &json!("merged")));
        let made = make(&client, "contact", json!({ "name": "欧阳明", "account": gone["id"] }));
        assert_eq!(made["account"]["id"], kept["id"], "who still has the old id writes to the right record");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        let ma = server.sign_in("ma");
        ma.get(&old).problem(404, "not_found");
        ma.patch(&old, json!({ "name": "丙" })).problem(404, "not_found");
        ma.get(&format!("{}/merges", path_of("account", &kept))).problem(404, "not_found");
    });
}

#[test]
fn who_may_not_is_refused_and_nothing_changes() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let (kept, gone) = (make_account(&client, "甲"), make_account(&client, "乙"));
        let body = json!({ "others": [gone["id"]] });
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        let ma = server.sign_in("ma");
        let own = make_account(&ma, "丙");
        ma.post(&merge_path(&kept), body.clone()).problem(404, "not_found");
        ma.post(&merge_path(&own), body.clone()).problem(404, "not_found");
        ma.post(&format!("{}?dry_run=true", merge_path(&own)), body.clone()).problem(404, "not_found");
        server.caller("analyst").post(&merge_path(&kept), body.clone()).problem(403, "forbidden");
        for wrong in [json!({}), json!({ "others": [] }), json!({ "others": "x" }), json!({ "others": [gone["id"]], "take": { "name": "x" } })] {
            client.post(&merge_path(&kept), wrong).problem(400, "bad_request");
        }
        client.post(&merge_path(&kept), json!({ "others": [gone["id"]], "take": { "nonsense": gone["id"] } })).problem(400, "unknown_field");
        client.post(&merge_path(&kept), json!({ "others": [gone["id"]], "more": 1 })).problem(400, "bad_request");
        let lock = format!("{}/lock", path_of("account", &gone));
        server.administrator().post(&lock, json!({ "reason": "审计" })).expect(201);
        client.post(&merge_path(&kept), body.clone()).problem(409, "record_locked");
        client.post(&merge_path(&gone), json!({ "others": [kept["id"]] })).problem(409, "record_locked");
        assert_eq!(names(&client.get("/records/account?sort=name").expect(200)).len(), 2);
        server.administrator().delete(&lock).expect(204);
        client.post(&merge_path(&kept), body).expect(200);
    });
}
