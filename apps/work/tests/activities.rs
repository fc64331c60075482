//! Activities and notes: times that agree, work that finds its customer, completing and checking in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_call_with_a_contact_belongs_to_the_account_and_is_its_last_activity,
    a_visit_says_how_and_an_appointment_when,
    a_task_stands_in_the_calendar_when_it_is_due,
    completing_records_the_outcome_and_plans_the_next_step,
    only_visits_are_checked_in_and_only_once,
    a_note_is_named_after_its_first_line,
    sales_sees_what_service_does_for_the_own_customers_and_not_for_others,
    a_customer_out_of_sight_is_not_filled_in,
);

const NOW: &str = "2026-11-16T02:00:00Z";

fn scene(engine: &TestEngine) -> (Context, Uuid, Uuid) {
    let sales = engine.member("lin", &["sales"], engine.department("销售一部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司" }));
    let contact = engine.create(&sales, "contact", json!({ "name": "欧阳静", "account": account }));
    (sales, account, contact)
}

fn a_call_with_a_contact_belongs_to_the_account_and_is_its_last_activity(engine: &TestEngine) {
    let (sales, account, contact) = scene(engine);
    let call = engine.create(&sales, "activity", json!({ "subject": "回访", "kind": "call", "status": "done", "contact": contact }));
    let seen = engine.get(&sales, "activity", call);
    assert_eq!((&seen["account"]["id"], &seen["start_at"], &seen["done_at"]), (&json!(account), &json!(NOW), &json!(NOW)));
    assert_eq!(engine.get(&sales, "account", account)["last_activity_at"], NOW);
    assert_eq!(engine.get(&sales, "contact", contact)["last_activity_at"], NOW);
    engine.update(&sales, "activity", call, json!({ "status": "open" }));
    assert_eq!(engine.get(&sales, "activity", call)["done_at"], Json::Null);
    assert_eq!(engine.get(&sales, "account", account)["last_activity_at"], Json::Null);
}

fn a_visit_says_how_and_an_appointment_when(engine: &TestEngine) {
    let (sales, _, _) = scene(engine);
    let refused = |values: Json| problem_fields(&engine.try_create(&sales, "activity", values).unwrap_err());
    assert_eq!(refused(json!({ "subject": "拜访", "kind": "visit" })), ["visit_method: required"]);
    assert_eq!(refused(json!({ "subject": "评审会", "kind": "appointment" })), ["start_at: required"]);
    let backwards = json!({ "subject": "评审会", "kind": "appointment", "start_at": "2026-11-17T02:00:00Z", "end_at": "2026-11-17T01:00:00Z" });
    assert_eq!(refused(backwards), ["end_at: rule"]);
    let meeting = json!({ "subject": "评审会", "kind": "appointment", "start_at": "2026-11-17T02:00:00Z", "end_at": "2026-11-17T03:30:00Z" });
    let meeting = engine.create(&sales, "activity", meeting);
    assert_eq!(engine.get(&sales, "activity", meeting)["duration"], 5400);
}

fn a_task_stands_in_the_calendar_when_it_is_due(engine: &TestEngine) {
    let (sales, _, _) = scene(engine);
    let task = engine.create(&sales, "activity", json!({ "subject": "寄样册", "due_at": "2026-11-18T10:00:00Z" }));
    let seen = engine.get(&sales, "activity", task);
    assert_eq!((&seen["kind"], &seen["start_at"], &seen["done_at"]), (&json!("task"), &json!("2026-11-18T10:00:00Z"), &Json::Null));
}

fn completing_records_the_outcome_and_plans_the_next_step(engine: &TestEngine) {
    let (sales, account, contact) = scene(engine);
    let task = engine.create(&sales, "activity", json!({ "subject": "发报价", "contact": contact, "description": "三套" }));
    let input = json!({ "outcome": "progress", "description": "客户确认收到", "next_subject": "催回复", "next_due_at": "2026-11-20T10:00:00Z" });
    let answer = engine.act(&sales, "activity", task, "complete", input).unwrap();
    let seen = engine.get(&sales, "activity", task);
    assert_eq!((&seen["status"], &seen["outcome"], &seen["done_at"]), (&json!("done"), &json!("progress"), &json!(NOW)));
    assert_eq!(seen["description"], "三套\n\n客户确认收到");
    let next = engine.get(&sales, "activity", answer["next"].as_str().unwrap().parse().unwrap());
    assert_eq!((&next["subject"], &next["status"], &next["due_at"]), (&json!("催回复"), &json!("open"), &json!("2026-11-20T10:00:00Z")));
    assert_eq!((&next["account"]["id"], &next["contact"]["id"]), (&json!(account), &json!(contact)));
    assert_eq!(error_code(&engine.act(&sales, "activity", task, "complete", json!({})).unwrap_err()), "state_conflict");
    assert_eq!(
        problem_fields(&engine.act(&sales, "activity", task, "complete", json!({ "outcome": "great" })).unwrap_err()),
        ["outcome: bad_option"]
    );
}

fn only_visits_are_checked_in_and_only_once(engine: &TestEngine) {
    let (sales, _, _) = scene(engine);
    let place = json!({ "position": { "lat": 31.22, "lng": 121.54 } });
    let visit = engine.create(&sales, "activity", json!({ "subject": "拜访", "kind": "visit", "visit_method": "door_visit" }));
    engine.act(&sales, "activity", visit, "check_in", place.clone()).unwrap();
    let seen = engine.get(&sales, "activity", visit);
    assert_eq!((&seen["status"], &seen["check_in_at"], &seen["check_in"]["lat"]), (&json!("in_progress"), &json!(NOW), &json!(31.22)));
    assert_eq!(error_code(&engine.act(&sales, "activity", visit, "check_in", place.clone()).unwrap_err()), "state_conflict");
    let call = engine.create(&sales, "activity", json!({ "subject": "去电", "kind": "call" }));
    assert_eq!(error_code(&engine.act(&sales, "activity", call, "check_in", place).unwrap_err()), "state_conflict");
}

fn a_note_is_named_after_its_first_line(engine: &TestEngine) {
    let (sales, account, contact) = scene(engine);
    let note = engine.create(&sales, "note", json!({ "body": "<p>付款方式</p><p>三成预付，七成发货前</p>", "contact": contact }));
    let seen = engine.get(&sales, "note", note);
    assert_eq!((&seen["title"], &seen["account"]["id"]), (&json!("付款方式"), &json!(account)));
}

fn sales_sees_what_service_does_for_the_own_customers_and_not_for_others(engine: &TestEngine) {
    let (sales, account, _) = scene(engine);
    let service = engine.member("he", &["service_agent"], engine.department("客服部", None));
    let own = engine.create(&service, "activity", json!({ "subject": "售后回访", "kind": "call", "account": account }));
    let colleague = engine.member("zhou", &["sales"], engine.department("销售二部", None));
    let other = engine.create(&colleague, "account", json!({ "name": "别人的客户" }));
    let foreign = engine.create(&service, "activity", json!({ "subject": "售后回访", "kind": "call", "account": other }));
    assert_eq!(engine.get(&sales, "activity", own)["subject"], "售后回访");
    assert!(engine.get(&sales, "activity", foreign).is_null());
    assert!(engine.try_update(&sales, "activity", own, json!({ "subject": "改" })).is_err());
}

fn a_customer_out_of_sight_is_not_filled_in(engine: &TestEngine) {
    let (sales, account, _) = scene(engine);
    let opportunity = engine.create(&sales, "opportunity", json!({ "name": "项目", "account": account, "close_date": "2026-12-31" }));
    let operator = engine.member("liu", &["operator"], engine.department("呼叫中心", None));
    let error = engine.try_create(&operator, "activity", json!({ "subject": "跟进", "opportunity": opportunity })).unwrap_err();
    assert_eq!(problem_fields(&error), ["opportunity: no_such_record"]);
}
