//! Tasks: given and answered, waiting for each other, coming again, brought before superiors.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::KernelError;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{jobs, readers};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use guanxi_work::workload::board;
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    what_others_give_is_accepted_or_declined_with_a_reason,
    who_begins_has_accepted_and_what_one_gives_oneself_asks_nobody,
    a_task_is_handed_over_with_a_note,
    tasks_are_assigned_in_turn_by_load_and_by_skill,
    a_checklist_is_ticked_by_who_may_change_the_task,
    time_spent_adds_up,
    a_task_waits_for_those_it_depends_on,
    what_comes_back_from_the_bin_is_counted_anew,
    tasks_that_wait_for_each_other_are_refused_by_name,
    a_task_comes_again_when_it_is_done,
    a_task_comes_again_by_the_calendar_once,
    what_was_missed_is_not_made_up_for,
    repeats_must_end,
    late_tasks_are_brought_before_superiors_step_by_step,
    many_late_tasks_do_not_stand_in_the_way_of_those_a_rule_is_for,
    a_task_about_any_record_lends_it,
    watching_opens_nothing_and_tells_what_one_may_see,
    a_task_is_done_together,
);

struct Company {
    boss: Context,
    lin: Context,
    ma: Context,
    wu: Context,
    department: Uuid,
}

fn company(engine: &TestEngine) -> Company {
    let department = engine.department("销售一部", None);
    let boss = engine.member("boss", &["sales_manager"], department);
    let (lin, ma) = (engine.member("lin", &["sales"], department), engine.member("ma", &["sales"], department));
    let wu = engine.member("wu", &["sales"], engine.department("销售二部", None));
    Company { boss, lin, ma, wu, department }
}

fn task(engine: &TestEngine, by: &Context, subject: &str, more: Json) -> Uuid {
    let mut values = json!({ "subject": subject, "kind": "task" });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    engine.create(by, "activity", values)
}

fn work(engine: &TestEngine) {
    let system = engine.system();
    guanxi_kernel::schedule::enqueue_due(&system).unwrap();
    while jobs::run_next(&system, "test").unwrap() {}
}

fn told(engine: &TestEngine, member: &Context) -> Vec<String> {
    readers::read_all(&engine.system()).unwrap();
    let mut all = engine.list(&engine.again(member), "notification", "");
    all.sort_by_key(|it| it["id"].to_string());
    all.iter().map(|it| format!("{}: {}", it["kind"].as_str().unwrap(), it["target"]["label"].as_str().unwrap_or("-"))).collect()
}

fn message(error: &KernelError) -> String {
    match error {
        KernelError::Invalid(problems) => problems[0].message.zh_cn.clone(),
        other => panic!("{other:?}"),
    }
}

fn what_others_give_is_accepted_or_declined_with_a_reason(engine: &TestEngine) {
    let it = company(engine);
    let given = task(engine, &it.boss, "发报价", json!({ "owner": it.lin.actor }));
    let seen = engine.get(&it.lin, "activity", given);
    assert_eq!((&seen["acceptance"], &seen["assigned_by"]["id"]), (&json!("waiting"), &json!(it.boss.actor)));
    let accept = |by: &Context| engine.act(by, "activity", given, "accept", json!({}));
    // Neither who gave it nor a colleague answers for him: the button is not even there.
    assert_eq!(error_code(&accept(&it.boss).unwrap_err()), "state_conflict");
    assert_eq!(error_code(&accept(&it.ma).unwrap_err()), "state_conflict");
    let decline = |reason: Json| engine.act(&it.lin, "activity", given, "decline", reason);
    assert_eq!(problem_fields(&decline(json!({})).unwrap_err()), ["reason: required"]);
    assert_eq!(problem_fields(&decline(json!({ "reason": "  " })).unwrap_err()), ["reason: required"]);
    decline(json!({ "reason": "本周出差" })).unwrap();
    let seen = engine.get(&it.boss, "activity", given);
    assert_eq!((&seen["acceptance"], &seen["owner"]["id"]), (&json!("declined"), &json!(it.boss.actor)));
    assert_eq!(seen["decline_reason"], "本周出差");
    engine.update(&it.boss, "activity", given, json!({ "owner": it.ma.actor }));
    let seen = engine.get(&it.ma, "activity", given);
    assert_eq!((&seen["acceptance"], &seen["decline_reason"]), (&json!("waiting"), &Json::Null));
    accept(&it.ma).unwrap();
    assert_eq!(engine.get(&it.boss, "activity", given)["acceptance"], "accepted");
    assert_eq!(error_code(&accept(&it.ma).unwrap_err()), "state_conflict");
    engine.act(&it.ma, "activity", given, "complete", json!({})).unwrap();
    assert_eq!(told(engine, &it.boss), ["declined: 发报价", "accepted: 发报价", "finished: 发报价"]);
    assert_eq!(told(engine, &it.ma), ["assigned: 发报价"]);
}

fn who_begins_has_accepted_and_what_one_gives_oneself_asks_nobody(engine: &TestEngine) {
    let it = company(engine);
    let own = task(engine, &it.lin, "整理名片", json!({}));
    assert_eq!(engine.get(&it.lin, "activity", own)["acceptance"], Json::Null);
    let given = task(engine, &it.boss, "发报价", json!({ "owner": it.lin.actor }));
    engine.update(&it.lin, "activity", given, json!({ "status": "in_progress" }));
    assert_eq!(engine.get(&it.lin, "activity", given)["acceptance"], "accepted");
    // A call somebody logs for another is no task to be accepted.
    let call = engine.create(&it.boss, "activity", json!({ "subject": "回访", "kind": "call", "owner": it.lin.actor }));
    assert_eq!(engine.get(&it.lin, "activity", call)["acceptance"], Json::Null);
    let named = engine.try_update(&it.lin, "activity", given, json!({ "acceptance": "declined" })).unwrap_err();
    assert_eq!(error_code(&named), "read_only_field");
}

fn a_task_is_handed_over_with_a_note(engine: &TestEngine) {
    let it = company(engine);
    let own = task(engine, &it.lin, "准备标书", json!({}));
    let hand = |by: &Context, to: Uuid| engine.act(by, "activity", own, "hand_over", json!({ "to": to, "note": "差报价单" }));
    assert_eq!(error_code(&hand(&it.wu, it.ma.actor).unwrap_err()), "not_found");
    assert_eq!(error_code(&hand(&it.ma, it.wu.actor).unwrap_err()), "forbidden");
    assert_eq!(problem_fields(&hand(&it.lin, it.lin.actor).unwrap_err()), ["to: rule"]);
    assert_eq!(problem_fields(&hand(&it.lin, Uuid::from_u128(7)).unwrap_err()), ["to: no_such_record"]);
    let gone = engine.member("gone", &["sales"], it.department);
    engine.update(&engine.system(), "user", gone.actor, json!({ "active": false }));
    assert_eq!(problem_fields(&hand(&it.lin, gone.actor).unwrap_err()), ["to: no_such_record"]);
    hand(&it.lin, it.wu.actor).unwrap();
    let seen = engine.get(&it.wu, "activity", own);
    assert_eq!((&seen["owner"]["id"], &seen["acceptance"]), (&json!(it.wu.actor), &json!("waiting")));
    assert_eq!((&seen["assignment_note"], &seen["handed_over_by"]["id"]), (&json!("差报价单"), &json!(it.lin.actor)));
    // It is his department's concern now, and who gave it still sees what becomes of it.
    assert_eq!(seen["department"]["id"], json!(it.wu.access.member.department));
    assert_eq!(engine.get(&it.lin, "activity", own)["acceptance"], "waiting");
    assert_eq!(told(engine, &it.wu), ["assigned: 准备标书"]);
    assert_eq!(engine.list(&it.wu, "activity", "handed_over_by != null && owner == me.id").len(), 1);
}

fn tasks_are_assigned_in_turn_by_load_and_by_skill(engine: &TestEngine) {
    let it = company(engine);
    let team = engine.create(&engine.system(), "team", json!({ "name": "投标组", "members": [it.lin.actor, it.ma.actor, it.wu.actor] }));
    let assign = |task: Uuid, input: Json| engine.act(&it.boss, "activity", task, "assign", input);
    let who = |input: Json| {
        engine.clock.advance(60);
        let boss = engine.again(&it.boss);
        let made = task(engine, &boss, "分配", json!({}));
        engine.act(&boss, "activity", made, "assign", input).unwrap()["name"].as_str().unwrap().to_owned()
    };
    let some = task(engine, &it.boss, "分配", json!({}));
    assert_eq!(problem_fields(&assign(some, json!({ "by": "hand" })).unwrap_err()), ["to: required"]);
    assert_eq!(problem_fields(&assign(some, json!({ "by": "load" })).unwrap_err()), ["team: required"]);
    assert_eq!(problem_fields(&assign(some, json!({ "by": "skill" })).unwrap_err()), ["skill: required"]);
    assert_eq!(problem_fields(&assign(some, json!({ "by": "skill", "skill": "juggling" })).unwrap_err()), ["skill: bad_option"]);
    assert_eq!(problem_fields(&assign(some, json!({ "by": "skill", "skill": "japanese" })).unwrap_err()), ["skill: no_such_record"]);
    assert_eq!(problem_fields(&assign(some, json!({ "by": "load", "team": Uuid::from_u128(7) })).unwrap_err()), ["team: no_such_record"]);
    assert_eq!(error_code(&engine.act(&it.ma, "activity", some, "assign", json!({ "by": "hand", "to": it.ma.actor })).unwrap_err()), "forbidden");
    let turns: Vec<String> = (0..4).map(|_| who(json!({ "by": "rotation", "team": team }))).collect();
    assert_eq!(turns, ["lin", "ma", "wu", "lin"]);
    // Whoever has least to do; who is absent is passed over.
    assert_eq!(who(json!({ "by": "load", "team": team })), "ma");
    let absent = json!({ "absent_from": "2026-11-01T00:00:00Z", "absent_until": "2026-12-01T00:00:00Z" });
    engine.update(&engine.system(), "user", it.wu.actor, absent);
    assert_eq!(who(json!({ "by": "rotation", "team": team })), "lin");
    assert_eq!(who(json!({ "by": "load", "department": it.wu.access.member.department.unwrap(), "team": team })), "ma");
    engine.update(&engine.system(), "user", it.lin.actor, json!({ "skills": ["english", "tendering"] }));
    assert_eq!(who(json!({ "by": "skill", "skill": "english" })), "lin");
    let needs = task(engine, &it.boss, "翻译标书", json!({ "skill": "tendering" }));
    assert_eq!(assign(needs, json!({ "by": "skill" })).unwrap()["name"], "lin");
}

fn a_checklist_is_ticked_by_who_may_change_the_task(engine: &TestEngine) {
    let it = company(engine);
    let own = task(engine, &it.lin, "准备标书", json!({}));
    let item = |by: &Context, text: &str| engine.try_create(by, "checklist_item", json!({ "task": own, "text": text }));
    let (first, second) = (item(&it.lin, "资质复印件").unwrap(), item(&it.lin, "报价单").unwrap());
    assert_eq!(engine.get(&it.lin, "checklist_item", second)["position"], 2);
    engine.update(&it.lin, "checklist_item", first, json!({ "done": true }));
    let seen = engine.get(&it.lin, "activity", own);
    assert_eq!((&seen["checklist_total"], &seen["checklist_done"]), (&json!(2), &json!(1)));
    assert_eq!(engine.get(&it.lin, "checklist_item", first)["done_by"]["id"], json!(it.lin.actor));
    engine.update(&it.lin, "checklist_item", first, json!({ "done": false }));
    assert_eq!(engine.get(&it.lin, "checklist_item", first)["done_at"], Json::Null);
    // A colleague of the department reads it and changes nothing; one of another department does not know of it.
    assert_eq!(engine.list(&it.ma, "checklist_item", "").len(), 2);
    assert_eq!(error_code(&engine.try_update(&it.ma, "checklist_item", first, json!({ "done": true })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&item(&it.ma, "多余").unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_delete(&it.ma, "checklist_item", first).unwrap_err()), "forbidden");
    assert_eq!(engine.list(&it.wu, "checklist_item", "").len(), 0);
    assert_eq!(problem_fields(&item(&it.wu, "多余").unwrap_err()), ["task: no_such_record"]);
    let other = task(engine, &it.lin, "另一个", json!({}));
    assert_eq!(
        problem_fields(&engine.try_update(&it.lin, "checklist_item", first, json!({ "task": other })).unwrap_err()),
        ["task: read_only_field"]
    );
    let call = engine.create(&it.lin, "activity", json!({ "subject": "回访", "kind": "call" }));
    assert_eq!(problem_fields(&engine.try_create(&it.lin, "checklist_item", json!({ "task": call, "text": "问候" })).unwrap_err()), ["task: rule"]);
    engine.try_delete(&it.lin, "checklist_item", second).unwrap();
    assert_eq!(engine.get(&it.lin, "activity", own)["checklist_total"], 1);
    // It goes with its task, and comes back with it.
    engine.try_delete(&it.lin, "activity", own).unwrap();
    assert_eq!(engine.list(&it.lin, "checklist_item", "").len(), 0);
    engine.try_restore(&it.lin, "activity", own).unwrap();
    assert_eq!(engine.list(&it.lin, "checklist_item", "").len(), 1);
}

fn time_spent_adds_up(engine: &TestEngine) {
    let it = company(engine);
    let own = task(engine, &it.lin, "准备标书", json!({ "estimate": 7200 }));
    let log = |by: &Context, input: Json| engine.act(by, "activity", own, "log_time", input);
    log(&it.lin, json!({ "spent": 3600, "note": "目录" })).unwrap();
    let entry = log(&it.boss, json!({ "spent": "PT30M", "day": "2026-11-13" })).unwrap()["time_entry"].as_str().unwrap().parse().unwrap();
    assert_eq!(engine.get(&it.lin, "activity", own)["spent"], 5400);
    assert_eq!(problem_fields(&log(&it.lin, json!({ "spent": 0 })).unwrap_err()), ["spent: rule"]);
    assert_eq!(problem_fields(&log(&it.lin, json!({ "spent": 90_000 })).unwrap_err()), ["spent: rule"]);
    assert_eq!(problem_fields(&log(&it.lin, json!({ "spent": 60, "day": "2026-11-30" })).unwrap_err()), ["day: too_large"]);
    assert_eq!(error_code(&log(&it.ma, json!({ "spent": 60 })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_delete(&it.lin, "time_entry", entry).unwrap_err()), "forbidden");
    engine.try_delete(&it.boss, "time_entry", entry).unwrap();
    assert_eq!(engine.get(&it.lin, "activity", own)["spent"], 3600);
}

fn a_task_waits_for_those_it_depends_on(engine: &TestEngine) {
    let it = company(engine);
    let first = task(engine, &it.ma, "盖章", json!({}));
    let hidden = task(engine, &it.wu, "机密", json!({}));
    let second = task(engine, &it.lin, "寄出", json!({ "depends_on": [first] }));
    engine.update(&engine.system(), "activity", second, json!({ "depends_on": [first, hidden] }));
    assert_eq!(engine.get(&it.lin, "activity", second)["blockers"], 2);
    let early = engine.act(&it.lin, "activity", second, "complete", json!({})).unwrap_err();
    assert_eq!(problem_fields(&early), ["status: rule"]);
    assert!(message(&early).contains("盖章") && !message(&early).contains("机密"), "{}", message(&early));
    assert_eq!(problem_fields(&engine.try_update(&it.lin, "activity", second, json!({ "status": "done" })).unwrap_err()), ["status: rule"]);
    engine.act(&it.ma, "activity", first, "complete", json!({})).unwrap();
    assert_eq!(engine.get(&it.lin, "activity", second)["blockers"], 1);
    assert_eq!(told(engine, &it.lin), Vec::<String>::new());
    // What was called off holds nobody up.
    engine.update(&it.wu, "activity", hidden, json!({ "status": "cancelled" }));
    assert_eq!(engine.get(&it.lin, "activity", second)["blockers"], 0);
    assert_eq!(told(engine, &it.lin), ["ready: 寄出"]);
    engine.update(&it.ma, "activity", first, json!({ "status": "open" }));
    assert_eq!(engine.get(&it.lin, "activity", second)["blockers"], 1);
    engine.try_delete(&it.ma, "activity", first).unwrap();
    assert_eq!(engine.get(&it.lin, "activity", second)["blockers"], 0);
    engine.act(&it.lin, "activity", second, "complete", json!({})).unwrap();
}

fn what_comes_back_from_the_bin_is_counted_anew(engine: &TestEngine) {
    let it = company(engine);
    let (first, other) = (task(engine, &it.lin, "盖章", json!({})), task(engine, &it.lin, "复印", json!({})));
    let second = task(engine, &it.lin, "寄出", json!({ "depends_on": [first, other] }));
    let blockers = || engine.get(&it.lin, "activity", second)["blockers"].clone();
    let system = engine.system();
    engine.try_delete(&it.lin, "activity", first).unwrap();
    assert_eq!(blockers(), 1);
    engine.try_restore(&system, "activity", first).unwrap();
    assert_eq!(blockers(), 2, "it waits for the one that came back");
    // What ended while the one that waits was in the bin holds it up no longer.
    engine.try_delete(&it.lin, "activity", second).unwrap();
    engine.act(&it.lin, "activity", other, "complete", json!({})).unwrap();
    engine.try_restore(&system, "activity", second).unwrap();
    assert_eq!(blockers(), 1);
    // And what is erased without having been in the bin holds nobody up.
    guanxi_kernel::write::run_unit(&system, system.new_id(), "erase", Box::new(move |unit| unit.erase("activity", first))).unwrap();
    assert_eq!(blockers(), 0);
}

fn tasks_that_wait_for_each_other_are_refused_by_name(engine: &TestEngine) {
    let it = company(engine);
    let a = task(engine, &it.lin, "甲", json!({}));
    let b = task(engine, &it.lin, "乙", json!({ "depends_on": [a] }));
    let c = task(engine, &it.lin, "丙", json!({ "depends_on": [b] }));
    let circle = engine.try_update(&it.lin, "activity", a, json!({ "depends_on": [c] })).unwrap_err();
    assert_eq!(problem_fields(&circle), ["depends_on: rule"]);
    assert!(message(&circle).contains("甲 → 丙 → 乙 → 甲"), "{}", message(&circle));
    let itself = engine.try_update(&it.lin, "activity", a, json!({ "depends_on": [a] })).unwrap_err();
    assert!(problem_fields(&itself).contains(&"depends_on: rule".to_owned()));
    // Of what one may not see nothing is named.
    let secret = task(engine, &it.wu, "机密", json!({ "depends_on": [] }));
    engine.update(&engine.system(), "activity", secret, json!({ "depends_on": [a] }));
    engine.update(&engine.system(), "activity", b, json!({ "depends_on": [] }));
    let circle = engine.try_update(&engine.system(), "activity", a, json!({ "depends_on": [secret] })).unwrap_err();
    assert!(message(&circle).contains("机密"));
    assert_eq!(engine.get(&it.lin, "activity", a)["depends_on"], json!([]));
}

fn series(engine: &TestEngine, by: &Context) -> Vec<(String, String, i64)> {
    let mut all = engine.list(by, "activity", "repeat_every != null");
    all.sort_by_key(|it| it["occurrence"].as_i64());
    let text = |it: &Json| it.as_str().unwrap_or_default().to_owned();
    all.iter().map(|it| (text(&it["due_at"]), text(&it["status"]), it["occurrence"].as_i64().unwrap())).collect()
}

fn a_task_comes_again_when_it_is_done(engine: &TestEngine) {
    let it = company(engine);
    let rule = json!({
        "due_at": "2026-11-30T10:00:00Z", "repeat_every": "month", "repeat_times": 3, "repeat_from": "done",
        "watchers": [it.ma.actor], "priority": "high",
    });
    let first = task(engine, &it.lin, "月度对账", rule);
    engine.create(&it.lin, "checklist_item", json!({ "task": first, "text": "导出流水" }));
    engine.act(&it.lin, "activity", first, "complete", json!({})).unwrap();
    let due = |day: &str| format!("{day}T10:00:00Z");
    assert_eq!(series(engine, &it.lin), [(due("2026-11-30"), "done".into(), 1), (due("2026-12-16"), "open".into(), 2)]);
    let second = engine.list(&it.lin, "activity", "occurrence == 2").remove(0);
    let id: Uuid = second["id"].as_str().unwrap().parse().unwrap();
    assert_eq!((&second["owner"]["id"], &second["priority"]), (&json!(it.lin.actor), &json!("high")));
    let whole = engine.get(&it.lin, "activity", id);
    assert_eq!((whole["watchers"].as_array().unwrap().len(), &whole["checklist_total"]), (1, &json!(1)));
    assert_eq!(whole["previous_task"]["id"], json!(first));
    // Opened again and done again, it does not come twice.
    engine.update(&it.lin, "activity", first, json!({ "status": "open" }));
    engine.update(&it.lin, "activity", first, json!({ "status": "done" }));
    assert_eq!(series(engine, &it.lin).len(), 2);
    engine.act(&it.lin, "activity", id, "complete", json!({})).unwrap();
    let third = engine.list(&it.lin, "activity", "occurrence == 3").remove(0)["id"].as_str().unwrap().parse().unwrap();
    engine.act(&it.lin, "activity", third, "complete", json!({})).unwrap();
    assert_eq!(series(engine, &it.lin).len(), 3, "three times and no more");
}

fn a_task_comes_again_by_the_calendar_once(engine: &TestEngine) {
    let it = company(engine);
    let rule = json!({ "due_at": "2026-11-16T03:00:00Z", "repeat_every": "week", "repeat_days": ["mo", "th"], "repeat_until": "2026-11-20" });
    task(engine, &it.lin, "例会纪要", rule);
    work(engine);
    assert_eq!(series(engine, &it.lin).len(), 1, "its time has not come");
    engine.clock.advance(2 * 3_600);
    work(engine);
    work(engine);
    let due = |day: &str| format!("{day}T03:00:00Z");
    assert_eq!(series(engine, &it.lin), [(due("2026-11-16"), "open".into(), 1), (due("2026-11-19"), "open".into(), 2)]);
    engine.clock.advance(7 * 24 * 3_600);
    work(engine);
    assert_eq!(series(engine, &it.lin).len(), 2, "the next one would be after the end");
}

fn what_was_missed_is_not_made_up_for(engine: &TestEngine) {
    let it = company(engine);
    task(engine, &it.lin, "晨会", json!({ "due_at": "2026-11-17T01:00:00Z", "repeat_every": "day", "repeat_times": 40 }));
    engine.clock.advance(10 * 24 * 3_600);
    let now = engine.again(&it.lin).now.to_string();
    (0..4).for_each(|_| work(engine));
    let all = series(engine, &it.lin);
    assert_eq!(all.len(), 2, "one for the days nobody was there: {all:?}");
    assert!(all[1].0 > now, "{all:?}");
}

fn repeats_must_end(engine: &TestEngine) {
    let it = company(engine);
    let refused = |values: Json| {
        let mut all = json!({ "subject": "例会", "kind": "task", "due_at": "2026-11-30T10:00:00Z", "repeat_every": "day" });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        problem_fields(&engine.try_create(&it.lin, "activity", all).unwrap_err())
    };
    assert_eq!(refused(json!({})), ["repeat_until: rule"]);
    assert_eq!(refused(json!({ "repeat_times": 4000 })), ["repeat_times: too_large"]);
    assert_eq!(refused(json!({ "repeat_times": 3, "repeat_interval": 0 })), ["repeat_interval: too_small"]);
    assert_eq!(refused(json!({ "repeat_until": "2026-11-01" })), ["repeat_until: too_small"]);
    assert_eq!(refused(json!({ "repeat_times": 3, "due_at": null })), ["due_at: rule"]);
    assert_eq!(refused(json!({ "repeat_times": 3, "kind": "call" })), ["repeat_every: rule"]);
    assert_eq!(refused(json!({ "repeat_times": 3, "repeat_every": "minute" })), ["repeat_every: bad_option"]);
}

fn late_tasks_are_brought_before_superiors_step_by_step(engine: &TestEngine) {
    let it = company(engine);
    let system = engine.system();
    engine.update(&system, "user", it.lin.actor, json!({ "manager": it.boss.actor }));
    let head = engine.member("head", &["sales_manager"], it.department);
    engine.update(&system, "department", it.department, json!({ "head": head.actor }));
    let rule = |values: Json| engine.create(&system, "escalation_rule", values);
    rule(json!({ "name": "高：4小时", "priority": "high", "after_hours": 4 }));
    rule(json!({ "name": "高：24小时", "priority": "high", "after_hours": 24, "tell": "department_head" }));
    assert_eq!(error_code(&engine.try_create(&it.boss, "escalation_rule", json!({ "name": "我的", "after_hours": 1 })).unwrap_err()), "not_found");
    let urgent = task(engine, &it.lin, "投标", json!({ "due_at": "2026-11-16T03:00:00Z", "priority": "high" }));
    let calm = task(engine, &it.lin, "归档", json!({ "due_at": "2026-11-16T03:00:00Z" }));
    let later = |hours: i64| {
        engine.clock.advance(hours * 3_600);
        work(engine);
        work(engine);
        let seen = engine.get(&engine.again(&it.lin), "activity", urgent);
        (seen["escalated_hours"].clone(), seen["escalated_to"]["label"].clone())
    };
    assert_eq!(later(4).0, Json::Null);
    assert_eq!(later(2), (json!(4), json!("boss")));
    assert_eq!(later(2), (json!(4), json!("boss")));
    assert_eq!(later(24), (json!(24), json!("head")));
    assert_eq!(engine.get(&it.lin, "activity", calm)["escalated_hours"], Json::Null);
    let brought = |member: &Context| told(engine, member).into_iter().filter(|it| it.starts_with("escalated")).count();
    assert_eq!((brought(&it.boss), brought(&head)), (1, 1));
    // Put off, it begins anew.
    engine.update(&engine.again(&it.lin), "activity", urgent, json!({ "due_at": "2026-11-30T03:00:00Z" }));
    assert_eq!(engine.get(&it.lin, "activity", urgent)["escalated_hours"], Json::Null);
}

fn many_late_tasks_do_not_stand_in_the_way_of_those_a_rule_is_for(engine: &TestEngine) {
    let it = company(engine);
    let system = engine.system();
    engine.update(&system, "user", it.lin.actor, json!({ "manager": it.boss.actor }));
    engine.create(&system, "escalation_rule", json!({ "name": "急：4小时", "priority": "urgent", "after_hours": 4 }));
    for number in 0..501 {
        engine.create(&system, "activity", json!({ "subject": format!("归档 {number}"), "due_at": "2026-11-15T03:00:00Z", "owner": it.lin.actor }));
    }
    let urgent = task(engine, &it.lin, "投标", json!({ "due_at": "2026-11-16T03:00:00Z", "priority": "urgent" }));
    let own = engine.create(&it.boss, "activity", json!({ "subject": "没有上级", "due_at": "2026-11-16T03:00:00Z", "priority": "urgent" }));
    engine.clock.advance(6 * 3_600);
    work(engine);
    assert_eq!(engine.get(&engine.again(&it.lin), "activity", urgent)["escalated_to"]["label"], "boss");
    // Where there is nobody above, nobody is told, and it is not looked for again.
    let seen = engine.get(&engine.again(&it.boss), "activity", own);
    assert_eq!((&seen["escalated_hours"], &seen["escalated_at"]), (&json!(4), &Json::Null));
}

fn a_task_about_any_record_lends_it(engine: &TestEngine) {
    let it = company(engine);
    let deal = engine.create(&it.lin, "account", json!({ "name": "博远食品有限公司" }));
    let about = json!({ "object": "account", "id": deal });
    let given = task(engine, &it.boss, "准备资料", json!({ "owner": it.wu.actor, "regarding": about }));
    assert_eq!(engine.get(&engine.again(&it.wu), "account", deal)["name"], "博远食品有限公司");
    engine.act(&engine.again(&it.wu), "activity", given, "decline", json!({ "reason": "没空" })).unwrap();
    assert!(engine.get(&engine.again(&it.wu), "account", deal).is_null());
}

fn watching_opens_nothing_and_tells_what_one_may_see(engine: &TestEngine) {
    let it = company(engine);
    let own = task(engine, &it.lin, "发报价", json!({ "watchers": [it.ma.actor, it.wu.actor] }));
    assert!(engine.get(&it.wu, "activity", own).is_null());
    assert_eq!(engine.list(&it.ma, "activity", "me.id in watchers").len(), 1);
    engine.act(&it.lin, "activity", own, "complete", json!({})).unwrap();
    assert!(told(engine, &it.ma).contains(&"finished: 发报价".to_owned()));
    assert_eq!(told(engine, &it.wu), Vec::<String>::new());
}

fn a_task_is_done_together(engine: &TestEngine) {
    let it = company(engine);
    let sees = |who: &Context, task: Uuid| !engine.get(&engine.again(who), "activity", task).is_null();
    let shared = task(engine, &it.lin, "布展", json!({ "due_at": "2026-11-17T10:00:00Z", "estimate": 7200, "participants": [it.wu.actor] }));
    assert!(sees(&it.wu, shared));
    let my_tasks = |who: &Context| {
        let list = engine.object("activity").definition.views.list.iter().find(|it| it.name == "my_tasks").unwrap().filter.clone().unwrap();
        engine.list(&engine.again(who), "activity", &list).iter().map(|it| it["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((my_tasks(&it.wu), my_tasks(&it.lin), my_tasks(&it.ma)), (vec!["布展".to_owned()], vec!["布展".to_owned()], vec![]));
    // Two hours of two people are an hour of each.
    let members = |of: &Context| {
        let ids = [it.lin.actor, it.wu.actor];
        let object = engine.object("user");
        let load = |id: &Uuid| engine.workspace.store.read_with(|tx| load_record(of, tx, &object, *id, Verb::Read, false)).unwrap().unwrap();
        ids.iter().map(load).collect::<Vec<_>>()
    };
    let board = |of: &Context| {
        let people = members(of);
        engine.workspace.store.read_with(|tx| board(of, tx, people.clone(), "2026-11-16".parse().unwrap(), 7)).unwrap()
    };
    let seen = board(&engine.again(&it.lin));
    let tuesday: Vec<_> = seen.people.iter().map(|it| (it.days[1].planned, it.days[1].items[0].own)).collect();
    assert_eq!(tuesday, [(60, true), (60, false)]);
    // Whoever does it with him changes and completes it; whoever does not, does not.
    assert!(engine.try_update(&engine.again(&it.ma), "activity", shared, json!({ "description": "展板已到" })).is_err());
    engine.update(&engine.again(&it.wu), "activity", shared, json!({ "description": "展板已到" }));
    engine.act(&engine.again(&it.wu), "activity", shared, "complete", json!({ "outcome": "progress" })).unwrap();
    assert_eq!(engine.get(&it.lin, "activity", shared)["status"], "done");
    // Who is taken off it has nothing to do with it any more.
    engine.update(&it.lin, "activity", shared, json!({ "participants": [it.ma.actor] }));
    assert!(!sees(&it.wu, shared) && sees(&it.ma, shared));
    // What becomes an appointment one is asked to, and no more.
    let later = task(engine, &it.lin, "看厂", json!({ "participants": [it.wu.actor] }));
    let change = json!({ "kind": "appointment", "start_at": "2026-11-18T02:00:00Z" });
    engine.update(&it.lin, "activity", later, change);
    assert!(sees(&it.wu, later));
    assert!(engine.try_update(&engine.again(&it.wu), "activity", later, json!({ "description": "改" })).is_err());
}
