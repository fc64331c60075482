//! Scores of leads follow from rules, with their reasons.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::jobs;
use guanxi_testkit::{TestEngine, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_score_is_the_sum_of_the_rules_that_hold,
    a_rule_that_changes_is_worked_into_the_leads_there_are,
    what_follows_from_time_is_worked_out_every_day,
    a_conversion_can_be_taken_back,
);

fn rule(engine: &TestEngine, name: &str, condition: &str, points: i64) -> Uuid {
    engine.create(&engine.system(), "score_rule", json!({ "name": name, "condition": condition, "points": points }))
}

fn lead(engine: &TestEngine, more: Json) -> Uuid {
    let mut values = json!({ "name": "王海", "mobile": "13812345678" });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    engine.create(&engine.system(), "lead", values)
}

fn score(engine: &TestEngine, id: Uuid) -> (Json, Json) {
    let lead = engine.get(&engine.system(), "lead", id);
    (lead["score"].clone(), lead["score_reasons"].clone())
}

fn run_jobs(engine: &TestEngine) {
    while jobs::run_next(&engine.system(), "test").unwrap() {}
}

fn a_score_is_the_sum_of_the_rules_that_hold(engine: &TestEngine) {
    let by_hand = lead(engine, json!({ "score": 42 }));
    assert_eq!(score(engine, by_hand), (json!(42), Json::Null), "without rules people say it");
    rule(engine, "预算 50 万以上", "budget >= 500000", 40);
    rule(engine, "老客户介绍", "source == 'referral'", 25);
    rule(engine, "助理代问", "title != null && title.contains('助理')", -30);
    rule(engine, "很快采购", "purchase_time == 'within_month'", 60);
    let it = lead(engine, json!({ "source": "referral", "budget": "600000", "score": 1 }));
    assert_eq!(score(engine, it), (json!(65), json!("+40 预算 50 万以上\n+25 老客户介绍")));
    engine.update(&engine.system(), "lead", it, json!({ "title": "总经理助理" }));
    assert_eq!(score(engine, it), (json!(35), json!("+40 预算 50 万以上\n-30 助理代问\n+25 老客户介绍")));
    engine.update(&engine.system(), "lead", it, json!({ "title": null, "purchase_time": "within_month" }));
    assert_eq!(score(engine, it).0, json!(100), "never above a hundred");
    let cold = lead(engine, json!({ "title": "助理" }));
    assert_eq!(score(engine, cold).0, json!(0), "nor below nothing");
    let wrong = |condition: &str| {
        problem_fields(&engine.try_create(&engine.system(), "score_rule", json!({ "name": "错", "condition": condition, "points": 1 })).unwrap_err())
    };
    assert_eq!(
        (wrong("budget >= "), wrong("no_such == 1"), wrong("name.full")),
        (vec!["condition: rule".into()], vec!["condition: rule".into()], vec!["condition: rule".into()])
    );
}

fn a_rule_that_changes_is_worked_into_the_leads_there_are(engine: &TestEngine) {
    let (open, done) = (lead(engine, json!({ "source": "referral" })), lead(engine, json!({ "source": "referral" })));
    engine.update(&engine.system(), "lead", done, json!({ "status": "disqualified", "disqualify_reason": "no_need", "score": 7 }));
    let rule = rule(engine, "老客户介绍", "source == 'referral'", 25);
    run_jobs(engine);
    assert_eq!((score(engine, open).0, score(engine, done).0), (json!(25), json!(7)), "what has ended stays as it was");
    engine.update(&engine.system(), "score_rule", rule, json!({ "points": 30 }));
    run_jobs(engine);
    assert_eq!(score(engine, open), (json!(30), json!("+30 老客户介绍")));
    let version = engine.get(&engine.system(), "lead", open)["version"].clone();
    let job = engine.workspace.registry.job("sales.score_leads").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
    assert_eq!(engine.get(&engine.system(), "lead", open)["version"], version, "nothing is written where nothing changes");
}

fn what_follows_from_time_is_worked_out_every_day(engine: &TestEngine) {
    rule(engine, "三天没有跟进", "last_activity_at == null && created_at < now() - days(3)", 10);
    let it = lead(engine, json!({}));
    assert_eq!(score(engine, it).0, json!(0));
    engine.clock.advance(4 * 24 * 3600);
    let job = engine.workspace.registry.job("sales.score_leads").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
    assert_eq!(score(engine, it), (json!(10), json!("+10 三天没有跟进")));
}

fn a_conversion_can_be_taken_back(engine: &TestEngine) {
    let rep = engine.member("lin", &["sales"], engine.department("销售一部", None));
    let it = engine.create(&rep, "lead", json!({ "name": "王海", "company": "恒泰机床", "mobile": "13812345678", "status": "qualified" }));
    let call = engine.create(&rep, "activity", json!({ "subject": "首次通话", "kind": "call", "status": "done", "lead": it }));
    let made = engine.act(&rep, "lead", it, "convert", json!({})).unwrap();
    let history = {
        use guanxi_kernel::store::StoreExt as _;
        engine.workspace.store.read_with(|tx| guanxi_kernel::history::history(&rep, tx, "lead", it, None, 10)).unwrap()
    };
    let change = history.iter().find(|it| it.kind == "lead.converted").unwrap().change;
    guanxi_kernel::write::undo(&rep, change).unwrap();
    let back = engine.get(&rep, "lead", it);
    assert_eq!((&back["status"], &back["converted_account"], &back["converted_at"]), (&json!("qualified"), &Json::Null, &Json::Null));
    assert_eq!(engine.get(&rep, "activity", call)["account"], Json::Null, "what came along is as it was");
    for (object, key) in [("account", "account"), ("contact", "contact"), ("opportunity", "opportunity")] {
        let id = made[key].as_str().unwrap();
        assert!(engine.list(&rep, object, &format!("id == '{id}'")).is_empty(), "{object}");
    }
    engine.act(&rep, "lead", it, "convert", json!({})).unwrap();
}
