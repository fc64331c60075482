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
    a_team_and_a_product_line_have_pipelines_of_their_own,
    a_new_one_begins_where_its_pipeline_does,
    a_pipeline_out_of_use_takes_no_more,
    what_is_planned_is_a_next_step,
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

/// The name of the pipeline a new opportunity of a member goes through.
fn pipeline_of(engine: &TestEngine, member: &Context, more: Json) -> Json {
    let account = engine.create(member, "account", json!({ "name": format!("客户{more}") }));
    let mut values = json!({ "name": "项目", "account": account, "close_date": "2026-12-31" });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = engine.create(member, "opportunity", values);
    engine.get(&engine.system(), "opportunity", made)["pipeline"]["label"].clone()
}

fn a_team_and_a_product_line_have_pipelines_of_their_own(engine: &TestEngine) {
    let system = engine.system();
    let region = engine.department("华东大区", None);
    let team = engine.department("华东一部", Some(region));
    let (of_team, elsewhere) = (engine.member("lin", &["sales"], team), engine.member("ma", &["sales"], engine.department("华南", None)));
    assert_eq!(pipeline_of(engine, &of_team, json!({})), Json::Null, "there is none yet");
    let pipeline = |name: &str, more: Json| {
        let mut values = json!({ "name": name });
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        engine.create(&system, "pipeline", values)
    };
    pipeline("默认", json!({ "is_default": true }));
    pipeline("旁观", json!({}));
    let service = pipeline("服务", json!({ "product_lines": ["service", "part"] }));
    pipeline("大区", json!({ "departments": [region] }));
    pipeline("大区软件", json!({ "departments": [region], "product_lines": ["software"] }));
    assert_eq!(pipeline_of(engine, &of_team, json!({})), "大区", "that of the department above");
    assert_eq!(pipeline_of(engine, &of_team, json!({ "product_line": "software" })), "大区软件");
    assert_eq!(pipeline_of(engine, &of_team, json!({ "product_line": "service" })), "大区", "the department goes first");
    assert_eq!(pipeline_of(engine, &elsewhere, json!({ "product_line": "service" })), "服务");
    assert_eq!(pipeline_of(engine, &elsewhere, json!({ "product_line": "software" })), "默认");
    assert_eq!(pipeline_of(engine, &elsewhere, json!({})), "默认");
    let own = pipeline("一部", json!({ "departments": [team] }));
    assert_eq!(pipeline_of(engine, &of_team, json!({})), "一部", "the nearest goes first");
    assert_eq!(pipeline_of(engine, &of_team, json!({ "pipeline": service })), "服务", "what is named stands");
    engine.update(&system, "pipeline", own, json!({ "active": false }));
    assert_eq!(pipeline_of(engine, &of_team, json!({})), "大区");
}

fn a_new_one_begins_where_its_pipeline_does(engine: &TestEngine) {
    let (sales, _) = scene(engine);
    let late = engine.create(&engine.system(), "pipeline", json!({ "name": "续约", "is_default": true, "stages": ["negotiation", "solution"] }));
    let account = engine.create(&sales, "account", json!({ "name": "远大" }));
    let values = |more: Json| {
        let mut all = json!({ "name": "续约", "account": account, "close_date": "2026-12-31" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let made = engine.create(&sales, "opportunity", values(json!({})));
    let seen = engine.get(&sales, "opportunity", made);
    assert_eq!((&seen["stage"], &seen["probability"], &seen["pipeline"]["id"]), (&json!("solution"), &json!("45.00"), &json!(late)));
    let refused = engine.try_create(&sales, "opportunity", values(json!({ "stage": "new" }))).unwrap_err();
    assert_eq!(problem_fields(&refused), ["stage: bad_option"], "what is named is not bent");
}

fn a_pipeline_out_of_use_takes_no_more(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let old = engine.create(&engine.system(), "pipeline", json!({ "name": "旧流程" }));
    engine.update(&sales, "opportunity", opportunity, json!({ "pipeline": old }));
    engine.update(&engine.system(), "pipeline", old, json!({ "active": false }));
    // What stands in it goes on.
    stage(engine, &sales, opportunity, json!({ "stage": "solution" })).unwrap();
    engine.update(&sales, "opportunity", opportunity, json!({ "pipeline": null }));
    let again = engine.try_update(&sales, "opportunity", opportunity, json!({ "pipeline": old })).unwrap_err();
    assert_eq!(problem_fields(&again), ["pipeline: rule"]);
    let account = engine.create(&sales, "account", json!({ "name": "远大" }));
    let values = json!({ "name": "新项目", "account": account, "close_date": "2026-12-31", "pipeline": old });
    assert_eq!(problem_fields(&engine.try_create(&sales, "opportunity", values).unwrap_err()), ["pipeline: rule"]);
}

fn what_is_planned_is_a_next_step(engine: &TestEngine) {
    let (sales, opportunity) = scene(engine);
    let without = || {
        let object = engine.object("opportunity");
        let filter = object.definition.views.list.iter().find(|it| it.name == "without_next_step").and_then(|it| it.filter.clone()).unwrap();
        engine.list(&engine.again(&sales), "opportunity", &filter).len()
    };
    assert_eq!(without(), 1);
    let call = json!({ "subject": "回访", "kind": "task", "opportunity": opportunity, "due_at": "2026-11-20T02:00:00Z" });
    let call = engine.create(&sales, "activity", call);
    assert_eq!(without(), 0, "somebody will get in touch");
    engine.act(&engine.again(&sales), "activity", call, "complete", json!({})).unwrap();
    assert_eq!(without(), 1, "it is done, and nothing follows");
    engine.update(&sales, "opportunity", opportunity, json!({ "next_step": "报价", "next_step_date": "2026-11-18" }));
    assert_eq!(without(), 0);
    engine.clock.advance(5 * 86_400);
    assert_eq!(without(), 1, "its day is over");
    stage(engine, &engine.again(&sales), opportunity, json!({ "stage": "lost", "loss_reason": "price" })).unwrap();
    assert_eq!(without(), 0, "nothing needs to follow");
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
