//! Each operation with a caller who may and one who may not.

use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::{encode, make_account, names, path_of};

#[test]
fn what_a_role_may_not_do_is_refused_operation_by_operation() {
    on_both_stores(|server| {
        let (sales, analyst, colleague) = (server.caller("sales"), server.caller("analyst"), server.caller("sales"));
        let account = make_account(&sales, "星河");
        let path = path_of("account", &account);
        // An analyst reads everything and changes nothing.
        analyst.get(&path).expect(200);
        analyst.post("/records/account", json!({ "name": "a" })).problem(403, "forbidden");
        analyst.patch(&path, json!({ "level": "a" })).problem(403, "forbidden");
        analyst.delete(&path).problem(403, "forbidden");
        analyst.post("/records/account/bulk", json!({ "filter": "true", "change": { "delete": true } })).problem(403, "forbidden");
        let batch = json!({ "mode": "all_or_nothing", "operations": [{ "op": "update", "id": account["id"], "values": { "level": "a" } }] });
        analyst.post("/records/account/batch", batch.clone()).problem(403, "forbidden");
        analyst.get("/records/account?deleted=only").problem(403, "forbidden");
        // A colleague of the department sees it and may not change it.
        colleague.get(&path).expect(200);
        colleague.patch(&path, json!({ "level": "a" })).problem(403, "forbidden");
        colleague.delete(&path).problem(403, "forbidden");
        let bulk = json!({ "ids": [account["id"]], "change": { "update": { "level": "a" } } });
        assert_eq!(colleague.post("/records/account/bulk", bulk).expect(200)["failed"], 1);
        let by_filter = json!({ "filter": "true", "change": { "update": { "level": "a" } } });
        assert_eq!(colleague.post("/records/account/bulk", by_filter).expect(200)["succeeded"], 0);
        assert_eq!(sales.get(&path).expect(200)["version"], 1);
        sales.post("/records/account/batch", batch).expect(200);
        sales.delete(&path).expect(204);
        colleague.post(&format!("{path}/restore"), json!({})).problem(404, "not_found");
        sales.post(&format!("{path}/restore"), json!({})).expect(200);
    });
}

#[test]
fn administration_is_for_administrators() {
    on_both_stores(|server| {
        let (sales, admin) = (server.caller("sales"), server.administrator());
        let plan = json!({ "changes": [{ "op": "remove_object", "object": "nothing" }] });
        for client in [&sales, &server.caller("sales_manager"), &server.caller("analyst")] {
            client.get("/jobs").problem(403, "forbidden");
            client.post("/jobs/01890000-0000-7000-8000-000000000000/retry", json!({})).problem(403, "forbidden");
            client.get("/schema/objects").problem(403, "forbidden");
            client.get("/schema/objects/account").problem(403, "forbidden");
            client.post("/schema/plan", plan.clone()).problem(403, "forbidden");
            client.post("/schema/apply", plan.clone()).problem(403, "forbidden");
        }
        admin.get("/jobs").expect(200);
        admin.post("/jobs/01890000-0000-7000-8000-000000000000/retry", json!({})).problem(404, "not_found");
        admin.get("/jobs?state=sleeping").problem(400, "bad_request");
        assert_eq!(admin.post("/schema/plan", plan).expect(200)["problems"].as_array().unwrap().len(), 1);
        let anonymous = server.anonymous();
        for path in ["/me", "/meta", "/records/account", "/search?q=x", "/events", "/events/stream", "/jobs", "/schema/objects", "/me/api-keys"] {
            anonymous.get(path).problem(401, "not_signed_in");
        }
        for path in [
            "/records/account",
            "/records/account/batch",
            "/records/account/bulk",
            "/files",
            "/auth/logout",
            "/actions/x",
            "/schema/apply",
            "/changes/x/undo",
        ] {
            anonymous.post(path, json!({})).problem(401, "not_signed_in");
        }
    });
}

#[test]
fn a_field_that_is_hidden_is_hidden_everywhere() {
    on_both_stores(|server| {
        let (sales, analyst) = (server.caller("sales"), server.caller("analyst"));
        let contact = sales.post("/records/contact", json!({ "name": "欧阳明", "mobile": "13812345678" })).expect(201);
        sales.patch(&path_of("contact", &contact), json!({ "mobile": "13987654321" })).expect(200);
        server.settle();
        let seen = analyst.get(&path_of("contact", &contact)).expect(200);
        assert!(seen.get("mobile").is_none() && seen.get("name").is_some());
        analyst.get("/records/contact?fields=mobile").problem(400, "unknown_field");
        analyst.get("/records/contact?sort=mobile").problem(400, "unknown_field");
        analyst.get(&format!("/records/contact?filter={}", encode("mobile == '+8613987654321'"))).problem(400, "bad_filter");
        analyst.get("/records/contact/aggregate?group_by=mobile").problem(400, "unknown_field");
        analyst.get("/records/contact/aggregate?measures=max(mobile)").problem(400, "unknown_field");
        analyst.get("/records/contact/aggregate?measures=count_distinct(mobile)").problem(400, "unknown_field");
        assert_eq!(analyst.get("/search?q=87654321").expect(200)["items"], json!([]));
        assert_eq!(sales.get("/search?q=87654321").expect(200)["items"].as_array().unwrap().len(), 1);
        for path in [
            format!("{}/history", path_of("contact", &contact)),
            "/events?after=0".to_owned(),
            format!("{}/timeline", path_of("contact", &contact)),
            "/meta".to_owned(),
        ] {
            let text = analyst.get(&path).expect(200).to_string();
            assert!(!text.contains("87654321"), "{path}: {text}");
        }
        let meta = analyst.get("/meta").expect(200);
        let fields = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "contact").unwrap()["fields"].clone();
        assert!(fields.as_array().unwrap().iter().all(|it| it["name"] != "mobile"));
        assert!(analyst.get("/records/activity?fields=contact.mobile").problem(400, "unknown_field").is_object());
    });
}

#[test]
fn rows_that_are_hidden_are_hidden_everywhere() {
    on_both_stores(|server| {
        let (sales, partner) = (server.caller("sales"), server.caller("partner"));
        let account = make_account(&sales, "上海星河");
        let path = path_of("account", &account);
        server.settle();
        for path in [path.clone(), format!("{path}/history"), format!("{path}/timeline")] {
            partner.get(&path).problem(404, "not_found");
        }
        partner.patch(&path, json!({ "level": "a" })).problem(404, "not_found");
        partner.delete(&path).expect(404);
        assert_eq!(names(&partner.get("/records/account").expect(200)), Vec::<&str>::new());
        assert_eq!(partner.get("/records/account?count=exact").expect(200)["count"]["value"], 0);
        assert_eq!(partner.get("/search?q=xinghe").expect(200)["items"], json!([]));
        assert_eq!(partner.get("/records/account/aggregate?measures=count").expect(200)["groups"][0]["values"]["count"], 0);
        assert!(!partner.get("/events?after=0&limit=500").expect(200).to_string().contains("上海星河"));
        let bulk = json!({ "ids": [account["id"]], "change": { "update": { "level": "a" } } });
        let reply = partner.post("/records/account/bulk", bulk);
        assert!(reply.status == 403 || reply.json["failed"] == 1, "{}", reply.json);
        assert_eq!(sales.get(&path).expect(200)["version"], 1);
    });
}

#[test]
fn a_manager_locks_a_record_and_whoever_would_change_it_is_told_by_whom() {
    on_both_stores(|server| {
        let (sales, manager, analyst) = (server.caller("sales"), server.caller("sales_manager"), server.caller("analyst"));
        let account = make_account(&sales, "星河");
        let (path, change) = (path_of("account", &account), json!({ "level": "a" }));
        let lock = format!("{path}/lock");
        sales.post(&lock, json!({ "reason": "合同已签" })).problem(403, "forbidden");
        assert_eq!(sales.get(&lock).expect(200), json!({ "lock": null, "through": null, "binds": false, "may_lock": false, "may_release": false }));
        manager.post(&lock, json!({ "reason": " " })).field_problem(422, "reason", "required");
        manager.post(&lock, json!({ "reason": "x", "until": "2020-01-01T00:00:00Z" })).field_problem(422, "until", "too_small");
        manager.post(&lock, json!({ "reason": "合同已签" })).expect(201);
        let problem = sales.patch(&path, change.clone()).problem(409, "record_locked");
        assert!(problem["detail"].as_str().unwrap().contains("合同已签"), "{problem}");
        sales.delete(&path).problem(409, "record_locked");
        let bulk = json!({ "ids": [account["id"]], "change": { "update": { "level": "a" } } });
        assert_eq!(sales.post("/records/account/bulk", bulk).expect(200)["failed"], 1);
        sales.patch(&format!("{path}?dry_run=true"), change.clone()).problem(409, "record_locked");
        server.administrator().patch(&path, change.clone()).problem(409, "record_locked");
        sales.delete(&lock).problem(403, "forbidden");
        analyst.delete(&lock).problem(403, "forbidden");
        assert_eq!(sales.get(&path).expect(200)["level"], account["level"]);
        manager.delete(&lock).expect(204);
        manager.delete(&lock).problem(404, "not_found");
        sales.patch(&path, change).expect(200);
    });
}
