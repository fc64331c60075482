//! What stands between two steps, and is not seen from outside.

use guanxi_kernel::quality::findings_of;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::Operation;
use guanxi_kernel::{KernelError, jobs, readers};
use guanxi_testkit::TestEngine;
use serde_json::json;

use crate::fix::{Chosen, Fix, batch, problems_of, propose};

guanxi_testkit::on_each_store!(what_broke_the_former_question_is_forgotten_before_the_next_is_asked, each_record_is_mended_as_it_was_looked_at);

fn settle(engine: &TestEngine) {
    let context = engine.system();
    readers::read_all(&context).unwrap();
    while jobs::run_next(&context, "test").unwrap() {}
}

fn what_broke_the_former_question_is_forgotten_before_the_next_is_asked(engine: &TestEngine) {
    let context = engine.system();
    let account = engine.create(&context, "account", json!({ "name": "甲" }));
    let values = |field: &str| json!({ "name": "r", "object": "account", "check": "required", "field": field, "message": "请改" });
    let rule = engine.create(&context, "quality_rule", values("website"));
    let other = engine.create(&context, "quality_rule", values("phone"));
    settle(engine);
    let broken = || {
        let mut rules: Vec<_> = context.workspace.store.read_with(|tx| findings_of(tx, &[account])).unwrap().iter().map(|it| it.rule).collect();
        rules.sort_unstable();
        rules
    };
    assert_eq!(broken(), [rule, other]);
    engine.update(&context, "quality_rule", rule, json!({ "field": "industry" }));
    // The run has begun and has judged nothing yet.
    crate::jobs::begin(&engine.system(), "account", false).unwrap().unwrap();
    assert_eq!(broken(), [other]);
    let seen = crate::of_record(&engine.system(), "account", account).unwrap();
    assert_eq!(seen.findings.iter().map(|it| it.rule.id).collect::<Vec<_>>(), [other]);
    settle(engine);
    assert_eq!(broken(), [rule, other]);
    // One that was switched off and is in use again begins anew, too.
    engine.update(&context, "quality_rule", rule, json!({ "active": false }));
    crate::jobs::begin(&engine.system(), "account", false).unwrap().unwrap();
    engine.update(&context, "quality_rule", rule, json!({ "active": true }));
    crate::jobs::begin(&engine.system(), "account", false).unwrap().unwrap();
    assert_eq!(broken(), [other]);
}

fn each_record_is_mended_as_it_was_looked_at(engine: &TestEngine) {
    let context = engine.system();
    let account = engine.create(&context, "account", json!({ "name": "甲" }));
    engine.update(&context, "account", account, json!({ "website": "https://a.example" }));
    let chosen = Chosen { ids: Some(vec![account]), ..Chosen::default() };
    let set = Fix::Set(json!({ "industry": "food" }).as_object().unwrap().clone());
    let (object, proposals) = propose(&engine.system(), "account", &chosen, &set).unwrap();
    assert_eq!(proposals.digest.len(), 64);
    let batch = batch(&object, &proposals.changes);
    let [Operation::Update { options, .. }] = &batch.operations[..] else { panic!("one change") };
    assert_eq!(options.expected_version, Some(proposals.changes[0].record.version()));
    // Somebody was faster: his change stands, and the record refuses.
    engine.update(&context, "account", account, json!({ "industry": "pharma" }));
    let done = guanxi_kernel::write::execute(&engine.system(), &batch).unwrap();
    assert!(matches!(done.results[..], [Err(KernelError::VersionConflict { .. })]));
    assert_eq!(engine.get(&context, "account", account)["industry"], "pharma");
}

#[test]
fn a_refusal_is_told_with_its_reason_in_both_languages() {
    let conflict = KernelError::Conflict { code: "state_conflict", message: Label::new("已锁定", "it is locked"), fields: Vec::new() };
    let problem = problems_of(Err(conflict)).unwrap().remove(0);
    assert_eq!(problem.message, Label::new("这条记录不能修改：已锁定", "this record cannot be changed: it is locked"));
    let problem = problems_of(Err(KernelError::Forbidden("update account".into()))).unwrap().remove(0);
    assert!(problem.message.zh_cn.contains("权限") && problem.message.en.contains("administrator"));
}
