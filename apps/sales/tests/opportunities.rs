//! Stages, probabilities, pipelines and product lines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{NewLock, lock, lock_state, release};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{PlanOptions, Planner, run_unit};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    the_probability_follows_the_stage_unless_it_is_named,
    a_loss_needs_a_reason_and_reopening_forgets_it,
    moves_that_the_stages_do_not_allow_are_refused,
    winning_counts_for_the_account,
    a_pipeline_limits_the_stages_and_only_one_is_the_default,
    a_line_takes_name_and_price_from_its_product_and_adds_to_the_total,
    what_locks_an_opportunity_locks_its_lines,
);

fn scene(engine: &TestEngine) -> (Context, Uuid) {
    let sales = engine.member("lin", &["sales"], engine.department("销售一部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司" }));
    let values = json!({ "name": "灌装线机械臂项目", "account": account, "amount": "200000", "close_date": "2026-12-31" });
    let opportunity = engine.create(&sales, "opportunity", values);
    (sales, opportunity)
}

fn stage(engine: &TestEngine, sales: &Context, opportunity: Uuid, input: Json) -> guanxi_kernel::Result<Json> {
    engine.act(sales, "opportunity", opportunity, "change_stage", input)
}

fn the_probability_follows_the_stage_unless_it_is_named(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    assert_eq!(engine.get(&sales, "opportunity", opportunity)["probability"], "10.00");
    engine.clock.advance(3600);
    let later = engine.workspace.member_context((*sales.access.member).clone(), "lin".into(), sales.locale, sales.time_zone.clone(), "test".into());
    stage(engine, &later, opportunity, json!({ "stage": "solution", "next_step": "出方案" })).unwrap();
    let seen = engine.get(&sales, "opportunity", opportunity);
    assert_eq!((&seen["probability"], &seen["weighted"], &seen["next_step"]), (&json!("45.00"), &json!("90000.00"), &json!("出方案")));
    assert_eq!(seen["stage_changed_at"], "2026-11-16T03:00:00Z");
    stage(engine, &sales, opportunity, json!({ "stage": "negotiation", "probability": "65" })).unwrap();
    assert_eq!(engine.get(&sales, "opportunity", opportunity)["probability"], "65.00");
}

fn a_loss_needs_a_reason_and_reopening_forgets_it(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let error = stage(engine, &sales, opportunity, json!({ "stage": "lost" })).unwrap_err();
    assert_eq!(problem_fields(&error), ["loss_reason: required"]);
    stage(engine, &sales, opportunity, json!({ "stage": "lost", "loss_reason": "price", "loss_note": "高出 8%" })).unwrap();
    let seen = engine.get(&sales, "opportunity", opportunity);
    assert_eq!((&seen["probability"], &seen["closed_at"]), (&json!("0.00"), &json!("2026-11-16T02:00:00Z")));
    stage(engine, &sales, opportunity, json!({ "stage": "need_confirmed" })).unwrap();
    let seen = engine.get(&sales, "opportunity", opportunity);
    assert!(["closed_at", "loss_reason", "loss_note"].iter().all(|it| seen[*it].is_null()), "{seen}");
}

fn moves_that_the_stages_do_not_allow_are_refused(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    assert_eq!(problem_fields(&stage(engine, &sales, opportunity, json!({ "stage": "won" })).unwrap_err()), ["stage: bad_option"]);
    assert_eq!(error_code(&stage(engine, &sales, opportunity, json!({ "stage": "new" })).unwrap_err()), "state_conflict");
    assert_eq!(problem_fields(&stage(engine, &sales, opportunity, json!({ "stage": "dream" })).unwrap_err()), ["stage: bad_option"]);
    assert_eq!(problem_fields(&stage(engine, &sales, opportunity, json!({})).unwrap_err()), ["stage: required"]);
    let colleague = engine.member("ma", &["sales"], sales.access.member.department.unwrap());
    assert_eq!(error_code(&stage(engine, &colleague, opportunity, json!({ "stage": "solution" })).unwrap_err()), "forbidden");
}

fn winning_counts_for_the_account(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    stage(engine, &sales, opportunity, json!({ "stage": "negotiation" })).unwrap();
    stage(engine, &sales, opportunity, json!({ "stage": "won", "win_reason": "service" })).unwrap();
    let account = &engine.list(&sales, "account", "")[0];
    assert_eq!((&account["won_amount"], &account["open_opportunity_count"]), (&json!("200000.00"), &json!(0)));
    // A slip is taken back to where it was.
    stage(engine, &sales, opportunity, json!({ "stage": "solution" })).unwrap();
    let account = &engine.list(&sales, "account", "")[0];
    assert_eq!((account["won_amount"].as_str().unwrap_or("0.00"), &account["open_opportunity_count"]), ("0.00", &json!(1)));
}

fn a_pipeline_limits_the_stages_and_only_one_is_the_default(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let system = engine.system();
    let first = engine.create(&system, "pipeline", json!({ "name": "直销", "is_default": true }));
    let short = engine.create(&system, "pipeline", json!({ "name": "备件", "is_default": true, "stages": ["new", "negotiation"] }));
    assert_eq!(engine.get(&system, "pipeline", first)["is_default"], false);
    engine.update(&sales, "opportunity", opportunity, json!({ "pipeline": short }));
    assert_eq!(problem_fields(&stage(engine, &sales, opportunity, json!({ "stage": "solution" })).unwrap_err()), ["stage: bad_option"]);
    stage(engine, &sales, opportunity, json!({ "stage": "negotiation" })).unwrap();
    assert_eq!(error_code(&engine.try_delete(&system, "pipeline", short).unwrap_err()), "still_referenced");
}

fn a_line_takes_name_and_price_from_its_product_and_adds_to_the_total(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let product = engine.create(&engine.system(), "product", json!({ "name": "光电传感器", "code": "PE30", "list_price": "320" }));
    let line =
        engine.create(&sales, "opportunity_line", json!({ "opportunity": opportunity, "product": product, "quantity": "100", "discount": "5" }));
    let seen = engine.get(&sales, "opportunity_line", line);
    assert_eq!((&seen["name"], &seen["unit_price"]["amount"], &seen["total"]), (&json!("光电传感器"), &json!("320.00"), &json!("30400.00")));
    engine.create(&sales, "opportunity_line", json!({ "opportunity": opportunity, "product": product, "quantity": "1", "unit_price": "300" }));
    assert_eq!(engine.get(&sales, "opportunity", opportunity)["lines_total"], "30700.00");
    engine.try_delete(&sales, "opportunity", opportunity).unwrap();
    assert!(engine.list(&sales, "opportunity_line", "").is_empty(), "lines go along with their opportunity");
}

fn what_locks_an_opportunity_locks_its_lines(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let manager = engine.member("zhao", &["sales_manager"], sales.access.member.department.unwrap());
    let product = engine.create(&engine.system(), "product", json!({ "name": "光电传感器", "code": "PE30", "list_price": "320" }));
    let values = json!({ "opportunity": opportunity, "product": product, "quantity": "100" });
    let line = engine.create(&sales, "opportunity_line", values.clone());
    let gone = engine.create(&sales, "opportunity_line", values.clone());
    engine.try_delete(&sales, "opportunity_line", gone).unwrap();
    let account = engine.list(&sales, "account", "")[0]["id"].clone();
    let other = engine.create(&sales, "opportunity", json!({ "name": "备件", "account": account, "close_date": "2026-12-31" }));
    let elsewhere = engine.create(&sales, "opportunity_line", json!({ "opportunity": other, "product": product, "quantity": "1" }));
    let object = engine.object("opportunity");
    let (planner, lines, wanted) = (&sales, engine.object("opportunity_line"), values.as_object().unwrap().clone());
    let plan = |tx: &mut dyn guanxi_kernel::store::ReadTx| Planner::new(planner).create(tx, &lines, &wanted, PlanOptions::default());
    let ahead = engine.workspace.store.read_with(plan).unwrap();
    let new = NewLock { reason: "合同已签".into(), except: Vec::new(), until: None };
    lock(&manager, &object, opportunity, &new).unwrap();
    let refused = |outcome: guanxi_kernel::Result<()>| assert_eq!(error_code(&outcome.unwrap_err()), "record_locked");
    for context in [&sales, &manager] {
        refused(engine.try_create(context, "opportunity_line", values.clone()).map(|_| ()));
        refused(engine.try_update(context, "opportunity_line", line, json!({ "quantity": "1" })));
        refused(engine.try_update(context, "opportunity_line", line, json!({ "opportunity": other })));
        refused(engine.try_update(context, "opportunity_line", elsewhere, json!({ "opportunity": opportunity })));
        refused(engine.try_delete(context, "opportunity_line", line));
        refused(engine.try_restore(context, "opportunity_line", gone));
    }
    // A plan from before the lock finds it when it runs.
    refused(run_unit(&sales, sales.new_id(), "test", Box::new(move |unit| unit.save(&mut ahead.clone()))));
    assert_eq!(engine.get(&sales, "opportunity", opportunity)["lines_total"], "32000.00");
    let seen = engine.workspace.store.read_with(|tx| lock_state(&sales, tx, &engine.object("opportunity_line"), line)).unwrap();
    assert_eq!((seen.binds, seen.may_release, seen.through.as_deref()), (true, false, Some("opportunity")));
    assert_eq!(error_code(&release(&manager, &engine.object("opportunity_line"), line).unwrap_err()), "not_found");
    // What is no part of it goes on, and so does the engine.
    engine.create(&sales, "activity", json!({ "subject": "电话", "kind": "call", "opportunity": opportunity }));
    engine.update(&engine.system(), "opportunity_line", line, json!({ "quantity": "99" }));
    release(&manager, &object, opportunity).unwrap();
    engine.update(&sales, "opportunity_line", line, json!({ "quantity": "1" }));
    // Those excepted from the lock change its parts too.
    lock(&manager, &object, opportunity, &NewLock { except: vec![sales.actor], ..new }).unwrap();
    engine.update(&sales, "opportunity_line", line, json!({ "quantity": "2" }));
    refused(engine.try_delete(&manager, "opportunity_line", line));
}
