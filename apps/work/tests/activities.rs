//! Activities and notes: times that agree, work that finds its customer, completing and checking in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access::{Reason, explain, viewers};
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
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
    who_has_a_task_sees_what_it_is_about_until_it_ends,
    nobody_lends_by_a_task_what_he_could_not_share,
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

fn who_has_a_task_sees_what_it_is_about_until_it_ends(engine: &TestEngine) {
    let (sales, account, contact) = scene(engine);
    let boss = engine.member("boss", &["sales_manager"], sales.access.member.department.unwrap());
    let helper = engine.member("zhou", &["sales"], engine.department("销售二部", None));
    let third = engine.member("wu", &["sales"], engine.department("销售三部", None));
    let sees = |context: &Context, object: &str, id: Uuid| !engine.get(&engine.again(context), object, id).is_null();
    assert!(!sees(&helper, "account", account));
    let task = json!({ "subject": "准备资料", "account": account, "contact": contact, "owner": helper.actor });
    let task = engine.create(&boss, "activity", task);
    assert!(sees(&helper, "account", account) && sees(&helper, "contact", contact) && !sees(&third, "account", account));
    let change = engine.try_update(&engine.again(&helper), "account", account, json!({ "name": "改" }));
    assert_eq!(error_code(&change.unwrap_err()), "forbidden");
    // The reason names the task.
    let object = engine.object("account");
    let asked = engine.again(&helper);
    let told = engine.workspace.store.read_with(|tx| explain(&asked, tx, asked.actor, &object, account)).unwrap();
    let is_task = |it: &Reason| matches!(it, Reason::Share { because: Some((object, id)), reason, .. } if object == "activity" && *id == task && reason == "task");
    let because = |reasons: &[Reason]| reasons.iter().any(is_task);
    assert!(because(&told.verbs[0].reasons), "{told:?}");
    let seen_by = engine.workspace.store.read_with(|tx| viewers(&boss, tx, &object, account, None)).unwrap().0;
    assert!(seen_by.iter().any(|it| it.id == helper.actor && because(&it.reasons)), "{seen_by:?}");
    // Given to another, it is the other who sees it.
    engine.update(&boss, "activity", task, json!({ "owner": third.actor }));
    assert!(!sees(&helper, "account", account) && sees(&third, "account", account));
    // He who has it gives it on, but not what he could not share himself.
    engine.update(&engine.again(&third), "activity", task, json!({ "owner": helper.actor }));
    assert!(!sees(&helper, "account", account) && !sees(&third, "account", account));
    engine.update(&boss, "activity", task, json!({ "owner": third.actor }));
    // Done, it ends; opened again, it begins anew; in the bin, it ends, and comes back with the task.
    engine.update(&boss, "activity", task, json!({ "status": "done" }));
    assert!(!sees(&third, "account", account));
    engine.update(&boss, "activity", task, json!({ "status": "open" }));
    assert!(sees(&third, "account", account));
    engine.try_delete(&boss, "activity", task).unwrap();
    assert!(!sees(&third, "account", account));
    engine.try_restore(&boss, "activity", task).unwrap();
    assert!(sees(&third, "account", account));
    // An appointment is no task.
    engine.update(&boss, "activity", task, json!({ "kind": "appointment", "start_at": "2026-11-17T02:00:00Z" }));
    assert!(!sees(&third, "account", account));
}

fn nobody_lends_by_a_task_what_he_could_not_share(engine: &TestEngine) {
    let (sales, account, _) = scene(engine);
    let helper = engine.member("zhou", &["sales"], engine.department("销售二部", None));
    // The operator sees all customers and shares none of them.
    let operator = engine.member("liu", &["operator"], engine.department("呼叫中心", None));
    assert!(!engine.get(&operator, "account", account).is_null());
    let task = json!({ "subject": "回电", "account": account, "owner": helper.actor });
    let task = engine.create(&operator, "activity", task);
    assert!(engine.get(&engine.again(&helper), "account", account).is_null());
    assert!(!engine.get(&engine.again(&helper), "activity", task).is_null());
    // Who may share it makes the same task a reason to see it, by taking it and giving it again.
    let own = engine.create(&sales, "activity", json!({ "subject": "回电", "account": account, "owner": helper.actor }));
    assert!(!engine.get(&engine.again(&helper), "account", account).is_null());
    engine.try_delete(&engine.again(&helper), "activity", own).unwrap();
    assert!(engine.get(&engine.again(&helper), "account", account).is_null());
}
