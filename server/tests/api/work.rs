//! Tasks and hand-overs over the API.

use guanxi_testkit::on_both_stores;
use serde_json::json;

use super::{make_account, path_of};

#[test]
fn a_task_is_handed_over_accepted_and_ticked_off() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let elsewhere = server.create("department", json!({ "name": "售后" }));
        server.add_member("he", &["service_agent"], elsewhere);
        let he = server.sign_in("he");
        let me = he.get("/me").expect(200)["user"].clone();
        assert_eq!((&me["selves"], &me["own_departments"]), (&json!([me["id"]]), &json!([elsewhere])));
        let task = lin.post("/records/activity", json!({ "subject": "约装机时间", "kind": "task" })).expect(201);
        let path = path_of("activity", &task);
        let item = lin.post("/records/checklist_item", json!({ "task": task["id"], "text": "确认地址" })).expect(201);
        let to = json!({ "to": me["id"], "note": "客户只有周五在" });
        he.post(&format!("{path}/actions/hand_over"), to.clone()).problem(403, "forbidden");
        lin.post(&format!("{path}/actions/hand_over"), json!({ "to": me["id"] })).field_problem(422, "note", "required");
        lin.post(&format!("{path}/actions/hand_over"), to).expect(200);
        lin.post(&format!("{path}/actions/accept"), json!({})).problem(409, "state_conflict");
        he.post(&format!("{path}/actions/accept"), json!({})).expect(200);
        he.patch(&path_of("checklist_item", &item), json!({ "done": true })).expect(200);
        lin.patch(&path_of("checklist_item", &item), json!({ "done": false })).problem(403, "forbidden");
        he.post(&format!("{path}/actions/log_time"), json!({ "spent": 1_800 })).expect(200);
        let seen = he.get(&path).expect(200);
        assert_eq!((&seen["acceptance"], &seen["checklist_done"], &seen["spent"]), (&json!("accepted"), &json!(1), &json!(1_800)));
        let other = he.post("/records/activity", json!({ "subject": "寄合同", "kind": "task", "depends_on": [task["id"]] })).expect(201);
        he.patch(&path, json!({ "depends_on": [other["id"]] })).field_problem(422, "depends_on", "rule");
        he.post(&format!("{}/actions/complete", path_of("activity", &other)), json!({})).field_problem(422, "status", "rule");
        he.patch(&path, json!({ "due_at": "2026-12-01T10:00:00Z", "repeat_every": "day" })).field_problem(422, "repeat_until", "rule");
        let meta = he.get("/meta").expect(200);
        let activity = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "activity").unwrap();
        let related = &activity["views"]["record"]["related"];
        let checklist = related.as_array().unwrap().iter().find(|it| it["object"] == "checklist_item").unwrap();
        assert_eq!((&checklist["tick"], &checklist["visible_when"]), (&json!("done"), &json!("kind == 'task'")));
        let skill = activity["fields"].as_array().unwrap().iter().find(|it| it["name"] == "skill").unwrap();
        assert!(skill["options"].as_array().unwrap().iter().any(|it| it["value"] == "english"), "{skill}");
    });
}

#[test]
fn a_customer_goes_from_sales_to_service() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let account = make_account(&lin, "星河");
        let elsewhere = server.create("department", json!({ "name": "售后" }));
        server.add_member("he", &["member"], elsewhere);
        let he = server.sign_in("he");
        he.get(&path_of("account", &account)).problem(404, "not_found");
        let mut offer = json!({
            "record": { "object": "account", "id": account["id"] }, "to_department": elsewhere,
            "known": "已签约", "promised": "两周内装机", "open_points": "安排工程师", "due_at": "2026-12-01T10:00:00Z",
        });
        he.post("/records/handover", offer.clone()).field_problem(422, "record", "no_such_record");
        let handover = lin.post("/records/handover", offer.clone()).expect(201);
        let path = path_of("handover", &handover);
        assert_eq!(handover["record"]["label"], "星河");
        lin.post("/records/handover", offer.clone()).problem(409, "state_conflict");
        he.get(&path_of("account", &account)).expect(200);
        lin.post(&format!("{path}/actions/accept"), json!({})).problem(409, "state_conflict");
        server.clock.advance(90);
        he.post(&format!("{path}/actions/accept"), json!({})).expect(200);
        let seen = lin.get(&path).expect(200);
        assert_eq!((&seen["state"], &seen["answer_time"], &seen["accepted_by"]["label"]), (&json!("accepted"), &json!(90), &json!("he")));
        assert_eq!(he.get(&path_of("account", &account)).expect(200)["owner"]["label"], "he");
        lin.post(&format!("{path}/actions/withdraw"), json!({})).problem(409, "state_conflict");
        he.post(&format!("{path}/actions/finish"), json!({ "result": "已装机" })).expect(200);
        // What is not one's own any more is not offered again.
        offer["known"] = json!("再来一次");
        let answer = lin.post("/records/handover", offer);
        assert!([403, 422].contains(&answer.status), "{}", answer.status);
    });
}

#[test]
fn how_long_departments_take_to_accept_is_counted_for_each() {
    on_both_stores(|server| {
        let lin = server.caller("sales");
        let elsewhere = server.create("department", json!({ "name": "售后" }));
        let he = server.add_member("he", &["service_agent"], elsewhere);
        let service = server.sign_in("he");
        for (name, hours, action) in [("甲", 1, "accept"), ("乙", 3, "accept"), ("丙", 9, "decline")] {
            let account = make_account(&lin, name);
            let input = json!({ "to_member": he, "known": "已签约", "due_at": "2026-12-24T00:00:00Z" });
            let made = lin.post(&format!("{}/actions/offer_handover", path_of("account", &account)), input).expect(200);
            server.clock.advance(hours * 3_600);
            let path = format!("/records/handover/{}/actions/{action}", made["handover"].as_str().unwrap());
            service
                .post(&path, json!({ "reason": "不归我们管" }).as_object().filter(|_| action == "decline").map_or(json!({}), |it| json!(it)))
                .expect(200);
        }
        let asked = "group_by=to_department&measures=count,avg(answer_time),max(answer_time)&filter=state%20in%20%5B'accepted'%2C'done'%5D";
        let told = lin.get(&format!("/records/handover/aggregate?{asked}")).expect(200);
        let group = &told["groups"][0];
        assert_eq!((&group["keys"][0], &group["values"]["count"]), (&json!(elsewhere), &json!(2)), "{told}");
        let seconds = |measure: &str| group["values"][measure].as_f64().or_else(|| group["values"][measure].as_str()?.parse().ok());
        assert_eq!((seconds("avg(answer_time)"), seconds("max(answer_time)")), (Some(7_200.0), Some(10_800.0)), "{told}");
        // Of hand-overs one may not see nothing is counted.
        server.add_member("ma", &["sales"], server.create("department", json!({ "name": "别处" })));
        let told = server.sign_in("ma").get(&format!("/records/handover/aggregate?{asked}")).expect(200);
        assert_eq!(told["groups"], json!([]));
    });
}
