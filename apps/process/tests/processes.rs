//! Processes: laid out, started by hand and by events, their steps done as tasks, sent back, handed to others, ended.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::readers;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::act;
use guanxi_kernel::{KernelError, Result};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_case_moves_on_as_its_tasks_are_done,
    a_step_is_done_only_with_its_form,
    two_at_once_complete_a_step_once_and_join_their_branches_once,
    branches_run_side_by_side_and_a_condition_skips,
    who_may_not_start_is_refused,
    roles_that_nobody_has_are_named,
    a_record_has_one_case_at_a_time,
    a_template_that_cannot_work_is_not_put_to_use,
    circles_are_refused_with_their_way,
    cases_keep_the_version_they_started_with,
    a_step_that_goes_leaves_no_gap,
    a_step_is_sent_back_with_all_that_came_after,
    a_case_is_cancelled_with_its_tasks,
    a_role_goes_to_somebody_else,
    least_to_do_and_whose_turn_it_is_are_chosen_when_the_step_begins,
    a_step_nobody_can_take_waits_and_is_told,
    an_event_starts_one_case_and_not_two,
    what_is_late_is_noted_once_and_told,
    tasks_of_a_process_are_no_others_to_move,
    where_cases_stand_is_told_within_rights,
    the_three_role_project_runs_from_end_to_end,
);

struct Company {
    admin: Context,
    sales: Context,
    marketing: Context,
    service: Context,
    desk: Uuid,
    account: Uuid,
}

fn company(engine: &TestEngine) -> Company {
    let desk = engine.department("服务台", None);
    let sales = engine.member("sales", &["sales"], engine.department("销售部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司" }));
    Company {
        admin: engine.member("admin", &["administrator"], engine.department("总部", None)),
        marketing: engine.member("marketing", &["marketer"], engine.department("市场部", None)),
        service: engine.member("service", &["service_agent"], desk),
        sales,
        desk,
        account,
    }
}

struct Laid {
    template: Uuid,
    seller: Uuid,
    helper: Uuid,
    needs: Uuid,
    plan: Uuid,
    help: Uuid,
}

/// needs (owner of the record) -> plan (chosen at the start) and help (service desk, least to do).
fn laid_out(engine: &TestEngine, it: &Company, more: Json) -> Laid {
    let mut values = json!({ "name": "客户项目", "object": "account" });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let template = engine.create(&it.admin, "process_template", values);
    let role = |name: &str, values: Json| {
        let mut all = json!({ "template": template, "name": name });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        engine.create(&it.admin, "process_role", all)
    };
    let seller = role("销售", json!({ "filled_by": "owner" }));
    let helper = role("服务", json!({ "filled_by": "load", "department": it.desk }));
    let step = |name: &str, position: i64, values: Json| {
        let mut all = json!({ "template": template, "name": name, "position": position });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        engine.create(&it.admin, "process_step", all)
    };
    let needs = step("需求", 1, json!({ "role": seller, "due_in": 4, "due_unit": "working_hours", "tell_finish": ["roles"] }));
    let plan = step("策略", 2, json!({ "role": seller, "after": [needs], "due_in": 2 }));
    let help = step("服务", 3, json!({ "role": helper, "after": [needs] }));
    engine.update(&it.admin, "process_template", template, json!({ "active": true }));
    Laid { template, seller, helper, needs, plan, help }
}

fn start(engine: &TestEngine, by: &Context, template: Uuid, account: Uuid, more: Json) -> Result<Uuid> {
    let mut input = json!({ "record": { "object": "account", "id": account } });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = engine.act(&engine.again(by), "process_template", template, "start", input)?;
    Ok(answer["id"].as_str().unwrap().parse().unwrap())
}

fn look(engine: &TestEngine, by: &Context, case: Uuid) -> Json {
    engine.act(&engine.again(by), "process_case", case, "look", json!({})).unwrap()
}

/// `name: state` of each step.
fn states(engine: &TestEngine, case: Uuid) -> Vec<String> {
    let seen = look(engine, &system_admin(engine), case);
    let step = |it: &Json| format!("{}: {}", it["name"].as_str().unwrap(), it["state"].as_str().unwrap());
    seen["steps"].as_array().unwrap().iter().map(step).collect()
}

fn system_admin(engine: &TestEngine) -> Context {
    let found = engine.list(&engine.system(), "user", "name == 'admin'");
    let id = found[0]["id"].as_str().unwrap().parse().unwrap();
    let identity = engine.workspace.store.read_with(|tx| engine.workspace.identity(tx, id)).unwrap().unwrap();
    engine.workspace.member_context(
        identity.member,
        identity.name,
        guanxi_kernel::context::Locale::ZhCn,
        engine.system().time_zone,
        "test".to_owned(),
    )
}

fn task(engine: &TestEngine, case: Uuid, step: &str) -> Uuid {
    let seen = look(engine, &system_admin(engine), case);
    let found = seen["steps"].as_array().unwrap().iter().find(|it| it["name"] == step).unwrap();
    found["task"].as_str().unwrap_or_else(|| panic!("no task of {step}: {found}")).parse().unwrap()
}

fn done(engine: &TestEngine, by: &Context, task: Uuid) -> Result<Json> {
    engine.act(&engine.again(by), "activity", task, "complete", json!({}))
}

fn told(engine: &TestEngine, member: &Context) -> Vec<String> {
    readers::read_all(&engine.system()).unwrap();
    let kinds = "kind in ['step_started', 'step_finished', 'step_overdue', 'step_back', 'case_waiting', 'case_ended']";
    let mut all: Vec<String> =
        engine.list(&engine.again(member), "notification", kinds).iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

fn run_job(engine: &TestEngine, kind: &str, payload: &Json) {
    engine.workspace.registry.job(kind).unwrap().run(&engine.system(), payload).unwrap();
}

fn a_case_moves_on_as_its_tasks_are_done(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({ "due_days": 5 }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    assert_eq!(states(engine, case), ["需求: open", "策略: pending", "服务: pending"]);
    let seen = engine.get(&it.sales, "process_case", case);
    assert_eq!((&seen["state"], &seen["current"], &seen["steps_total"]), (&json!("running"), &json!("需求"), &json!(3)));
    assert_eq!((&seen["owner"]["id"], &seen["started_by"]["id"]), (&json!(it.sales.actor), &json!(it.sales.actor)));
    assert_eq!(seen["due_at"], "2026-11-23T10:00:00Z");
    let first = task(engine, case, "需求");
    let seen = engine.get(&it.sales, "activity", first);
    // Ten o'clock and four hours of work, noon left out.
    assert_eq!((&seen["due_at"], &seen["account"]["id"]), (&json!("2026-11-16T07:00:00Z"), &json!(it.account)));
    assert_eq!((&seen["process_case"]["id"], &seen["acceptance"]), (&json!(case), &json!("accepted")));
    engine.clock.advance(3_600);
    done(engine, &it.sales, first).unwrap();
    assert_eq!(states(engine, case), ["需求: done", "策略: open", "服务: open"]);
    // Who has the step sees what it is about, and the case, and nothing before he had it.
    let help = task(engine, case, "服务");
    let seen = engine.get(&engine.again(&it.service), "activity", help);
    assert_eq!(
        (&seen["owner"]["id"], &seen["acceptance"], &seen["assigned_by"]["id"]),
        (&json!(it.service.actor), &json!("waiting"), &json!(it.sales.actor))
    );
    assert_eq!(engine.get(&engine.again(&it.service), "account", it.account)["name"], "博远食品有限公司");
    assert_eq!(engine.get(&engine.again(&it.service), "process_case", case)["name"], "客户项目");
    assert_eq!(engine.get(&engine.again(&it.marketing), "process_case", case), Json::Null);
    // The second of two who complete it finds it done.
    done(engine, &it.service, help).unwrap();
    assert_eq!(error_code(&done(engine, &it.service, help).unwrap_err()), "state_conflict");
    done(engine, &it.sales, task(engine, case, "策略")).unwrap();
    let seen = engine.get(&it.sales, "process_case", case);
    assert_eq!((&seen["state"], &seen["current"], &seen["took"], &seen["steps_done"]), (&json!("done"), &Json::Null, &json!(3_600), &json!(3)));
    assert_eq!(told(engine, &it.service), ["case_ended"]);
    assert_eq!(look(engine, &it.sales, case)["steps"][0]["took"], 3_600);
}

fn two_at_once_complete_a_step_once_and_join_their_branches_once(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    engine.create(&it.admin, "process_step", json!({ "template": laid.template, "name": "复盘", "position": 9, "after": [laid.plan, laid.help] }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    let both = |one: (&Context, Uuid), other: (&Context, Uuid)| {
        std::thread::scope(|scope| {
            let runs = [one, other].map(|(by, task)| scope.spawn(move || done(engine, by, task).map_err(|it| error_code(&it))));
            runs.map(|it| it.join().unwrap().err())
        })
    };
    let first = task(engine, case, "需求");
    let mut answers = both((&it.sales, first), (&it.admin, first));
    answers.sort_unstable();
    assert_eq!(answers, [None, Some("state_conflict")]);
    assert_eq!(states(engine, case), ["需求: done", "策略: open", "服务: open", "复盘: pending"]);
    let (plan, help) = (task(engine, case, "策略"), task(engine, case, "服务"));
    assert_eq!(both((&it.sales, plan), (&it.service, help)), [None, None]);
    assert_eq!(states(engine, case)[3], "复盘: open");
    assert_eq!(engine.list(&it.admin, "activity", "subject == '复盘'").len(), 1);
}

fn a_step_is_done_only_with_its_form(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let label = json!({ "zh-CN": "需求", "en": "needs" });
    let questions = json!([
        { "name": "needs", "type": "long_text", "label": label, "required": true },
        { "name": "budget", "type": "decimal", "label": label },
    ]);
    let asks = json!({ "questions": questions, "required_fields": ["website"], "checklist": "打电话\n写纪要" });
    engine.update(&it.admin, "process_step", laid.needs, asks);
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    let first = task(engine, case, "需求");
    let form = engine.act(&it.sales, "activity", first, "step_form", json!({})).unwrap();
    assert_eq!(
        (&form["fields"][0]["name"], &form["fields"][0]["may_write"], &form["checklist"]["total"]),
        (&json!("website"), &json!(true), &json!(2))
    );
    assert_eq!(
        (&form["case"]["id"], &form["record"]["label"], &form["questions"][0]["name"]),
        (&json!(case), &json!("博远食品有限公司"), &json!("needs"))
    );
    // By no way without it.
    assert_eq!(problem_fields(&done(engine, &it.sales, first).unwrap_err()), ["status: required"]);
    assert_eq!(problem_fields(&engine.try_update(&it.sales, "activity", first, json!({ "status": "done" })).unwrap_err()), ["status: required"]);
    let complete = |by: &Context, input: Json| engine.act(&engine.again(by), "activity", first, "complete_step", input);
    assert_eq!(
        problem_fields(&complete(&it.sales, json!({})).unwrap_err()),
        ["answers.needs: required", "values.website: required", "checklist: required"]
    );
    let wrong = json!({ "answers": { "budget": "many", "else": 1 } });
    assert_eq!(problem_fields(&complete(&it.sales, wrong).unwrap_err()), ["answers.budget: wrong_type", "answers.else: unknown_field"]);
    assert_eq!(problem_fields(&complete(&it.sales, json!({ "values": { "name": "改" } })).unwrap_err()), ["values.name: unknown_field"]);
    assert_eq!(problem_fields(&complete(&it.sales, json!({ "values": { "website": "no address" } })).unwrap_err()).len(), 1);
    assert_eq!(problem_fields(&complete(&it.sales, json!({ "answers": [] })).unwrap_err()), ["answers: wrong_type"]);
    assert_eq!(error_code(&complete(&it.marketing, json!({})).unwrap_err()), "not_found");
    for item in engine.list(&it.sales, "checklist_item", "") {
        engine.update(&it.sales, "checklist_item", item["id"].as_str().unwrap().parse().unwrap(), json!({ "done": true }));
    }
    let form = json!({ "answers": { "needs": "两条灌装线", "budget": "800000.00" }, "values": { "website": "https://boyuan.example" }, "outcome": "progress" });
    let answer = complete(&it.sales, form).unwrap();
    assert_eq!((&answer["case"], &answer["state"]), (&json!(case), &json!("running")));
    assert!(engine.get(&it.sales, "account", it.account)["website"].as_str().unwrap().contains("boyuan"));
    let seen = look(engine, &it.sales, case);
    assert_eq!(seen["steps"][0]["answers"], json!({ "needs": "两条灌装线", "budget": "800000.00" }));
    assert_eq!(engine.get(&it.sales, "activity", first)["outcome"], "progress");
    assert_eq!(error_code(&complete(&it.sales, json!({})).unwrap_err()), "state_conflict");
    // What others wrote down, those after them have before them.
    assert_eq!(look(engine, &it.service, case)["steps"][0]["answers"]["needs"], "两条灌装线");
}

fn branches_run_side_by_side_and_a_condition_skips(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    engine.update(&it.admin, "process_step", laid.help, json!({ "condition": "kind == 'person'" }));
    let last = engine.create(
        &it.admin,
        "process_step",
        json!({ "template": laid.template, "name": "复盘", "position": 9, "after": [laid.plan, laid.help] }),
    );
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    assert_eq!(states(engine, case), ["需求: done", "策略: open", "服务: skipped", "复盘: pending"]);
    done(engine, &it.sales, task(engine, case, "策略")).unwrap();
    // What is nobody's role is done by who answers for the case.
    assert_eq!(engine.get(&it.sales, "activity", task(engine, case, "复盘"))["owner"]["id"], json!(it.sales.actor));
    let seen = engine.get(&it.sales, "process_case", case);
    assert_eq!((&seen["steps_total"], &seen["steps_done"]), (&json!(3), &json!(2)));
    let bad = engine.try_update(&it.admin, "process_step", last, json!({ "condition": "no_such == 1" })).unwrap_err();
    assert_eq!(problem_fields(&bad), ["condition: rule"]);
}

fn who_may_not_start_is_refused(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({ "start_roles": ["sales"] }));
    // He may see the template, and neither start it nor change it; of the record he knows nothing.
    assert_eq!(engine.get(&it.marketing, "process_template", laid.template)["name"], "客户项目");
    assert_eq!(error_code(&start(engine, &it.marketing, laid.template, it.account, json!({})).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(&it.sales, "process_template", laid.template, json!({ "name": "我的" })).unwrap_err()), "forbidden");
    assert_eq!(
        error_code(&engine.try_create(&it.sales, "process_step", json!({ "template": laid.template, "name": "x" })).unwrap_err()),
        "forbidden"
    );
    let other = engine.member("other", &["sales"], engine.department("销售二部", None));
    assert_eq!(problem_fields(&start(engine, &other, laid.template, it.account, json!({})).unwrap_err()), ["record: no_such_record"]);
    let partner = engine.member("partner", &["partner"], engine.department("经销商", None));
    assert_eq!(error_code(&start(engine, &partner, laid.template, it.account, json!({})).unwrap_err()), "not_found");
    engine.update(&it.admin, "process_template", laid.template, json!({ "active": false }));
    assert_eq!(error_code(&start(engine, &it.sales, laid.template, it.account, json!({})).unwrap_err()), "not_found");
    assert_eq!(error_code(&start(engine, &it.admin, laid.template, it.account, json!({})).unwrap_err()), "state_conflict");
    engine.update(&it.admin, "process_template", laid.template, json!({ "active": true }));
    let past = json!({ "due_at": "2026-11-16T01:00:00Z" });
    assert_eq!(problem_fields(&start(engine, &it.sales, laid.template, it.account, past).unwrap_err()), ["due_at: too_small"]);
    let none = engine.act(&it.sales, "process_template", laid.template, "start", json!({})).unwrap_err();
    assert_eq!(problem_fields(&none), ["record: required"]);
    // Nobody makes cases or their steps but the engine.
    assert_eq!(error_code(&engine.try_create(&it.sales, "process_case", json!({ "name": "x" })).unwrap_err()), "forbidden");
    let case = start(engine, &it.sales, laid.template, it.account, json!({ "name": "博远项目" })).unwrap();
    let moved = engine.try_update(&it.sales, "process_case", case, json!({ "state": "done" })).unwrap_err();
    assert!(["invalid", "read_only_field"].contains(&error_code(&moved)), "{moved:?}");
    assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "running");
}

fn roles_that_nobody_has_are_named(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    engine.update(&it.admin, "process_role", laid.seller, json!({ "filled_by": "hand" }));
    let place = |role: Uuid| format!("roles.{role}");
    let refused = |input: Json| problem_fields(&start(engine, &it.sales, laid.template, it.account, input).unwrap_err());
    assert_eq!(refused(json!({})), [format!("{}: required", place(laid.seller))]);
    assert_eq!(refused(json!({ "roles": { laid.seller.to_string(): "nobody" } })), [format!("{}: wrong_type", place(laid.seller))]);
    let stranger = Uuid::from_u128(7);
    assert_eq!(refused(json!({ "roles": { laid.seller.to_string(): stranger } })), [format!("{}: rule", place(laid.seller))]);
    let unknown = refused(json!({ "roles": { stranger.to_string(): it.sales.actor, laid.seller.to_string(): it.sales.actor } }));
    assert_eq!(unknown, [format!("{}: no_such_record", place(stranger))]);
    engine.update(&it.admin, "user", it.service.actor, json!({ "active": false }));
    // The desk has nobody left: the template says so before it is started.
    assert_eq!(error_code(&start(engine, &it.sales, laid.template, it.account, json!({})).unwrap_err()), "state_conflict");
    let checked = engine.act(&it.admin, "process_template", laid.template, "check", json!({})).unwrap();
    assert_eq!((&checked["ok"], &checked["problems"][0]["role"]), (&json!(false), &json!(laid.helper)));
    assert_eq!(checked["stages"], json!([[laid.needs], [laid.plan, laid.help]]));
}

fn a_record_has_one_case_at_a_time(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    assert_eq!(error_code(&start(engine, &it.sales, laid.template, it.account, json!({})).unwrap_err()), "state_conflict");
    engine.act(&engine.again(&it.sales), "process_case", case, "cancel", json!({ "reason": "客户搁置" })).unwrap();
    start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    engine.update(&it.admin, "process_template", laid.template, json!({ "again": "once" }));
    let other = engine.create(&it.sales, "account", json!({ "name": "另一家" }));
    let case = start(engine, &it.sales, laid.template, other, json!({})).unwrap();
    engine.act(&engine.again(&it.sales), "process_case", case, "cancel", json!({ "reason": "客户搁置" })).unwrap();
    assert_eq!(error_code(&start(engine, &it.sales, laid.template, other, json!({})).unwrap_err()), "state_conflict");
}

fn a_template_that_cannot_work_is_not_put_to_use(engine: &TestEngine) {
    let it = company(engine);
    let make = |values: Json| engine.try_create(&it.admin, "process_template", values);
    assert_eq!(problem_fields(&make(json!({ "name": "空", "active": true })).unwrap_err()), ["active: rule"]);
    assert_eq!(problem_fields(&make(json!({ "name": "无", "object": "no_such" })).unwrap_err()), ["object: bad_option"]);
    assert_eq!(problem_fields(&make(json!({ "name": "无", "start_by": "event" })).unwrap_err()), ["object: rule"]);
    let bad = json!({ "name": "无", "object": "account", "start_by": "event", "start_when": "no_such == 1" });
    assert_eq!(problem_fields(&make(bad).unwrap_err()), ["start_when: rule"]);
    let template = make(json!({ "name": "新", "object": "account", "start_by": "event", "start_when": "kind == 'company'" })).unwrap();
    let role = engine.create(&it.admin, "process_role", json!({ "template": template, "name": "谁", "filled_by": "hand" }));
    let step = engine.create(&it.admin, "process_step", json!({ "template": template, "name": "做", "role": role, "required_fields": ["no_such"] }));
    let active = |by: &Context| engine.try_update(by, "process_template", template, json!({ "active": true }));
    assert_eq!(problem_fields(&active(&it.admin).unwrap_err()), ["active: rule"]);
    let checked = engine.act(&it.admin, "process_template", template, "check", json!({})).unwrap();
    let codes: Vec<&str> = checked["problems"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(codes, ["required_fields", "filled_by"]);
    engine.update(&it.admin, "process_step", step, json!({ "required_fields": ["website"] }));
    engine.update(&it.admin, "process_role", role, json!({ "filled_by": "owner" }));
    active(&it.admin).unwrap();
    let wrong = json!({ "template": template, "name": "问", "questions": [{ "name": "A", "type": "text", "label": { "zh-CN": "问", "en": "" } }] });
    assert_eq!(problem_fields(&engine.try_create(&it.admin, "process_step", wrong).unwrap_err()), ["questions: bad_format"]);
    let elsewhere = engine.create(&it.admin, "process_template", json!({ "name": "别的" }));
    let foreign = json!({ "template": elsewhere, "name": "做", "role": role, "after": [step] });
    assert_eq!(
        problem_fields(&engine.try_create(&it.admin, "process_step", foreign).unwrap_err()),
        ["role: no_such_record", "after: no_such_record"]
    );
}

fn circles_are_refused_with_their_way(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let refused = engine.try_update(&it.admin, "process_step", laid.needs, json!({ "after": [laid.help] })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["after: rule"]);
    let KernelError::Invalid(problems) = refused else { panic!("{refused:?}") };
    assert!(problems[0].message.zh_cn.contains('→'), "{problems:?}");
    let own = engine.try_update(&it.admin, "process_step", laid.needs, json!({ "after": [laid.needs] })).unwrap_err();
    assert_eq!(problem_fields(&own), ["after: no_such_record"]);
}

fn cases_keep_the_version_they_started_with(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let version = || engine.get(&it.admin, "process_template", laid.template)["edition"].clone();
    assert_eq!(version(), 1, "nothing was started yet");
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    engine.update(
        &it.admin,
        "process_step",
        laid.plan,
        json!({ "name": "新策略", "questions": [{ "name": "x", "type": "text", "required": true, "label": { "zh-CN": "问", "en": "q" } }] }),
    );
    assert_eq!(version(), 2);
    engine.update(&it.admin, "process_step", laid.plan, json!({ "instructions": "再写" }));
    assert_eq!(version(), 2, "no case has the new one");
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    done(engine, &it.sales, task(engine, case, "策略")).unwrap();
    let other = engine.create(&it.sales, "account", json!({ "name": "另一家" }));
    let newer = start(engine, &it.sales, laid.template, other, json!({})).unwrap();
    assert_eq!(states(engine, newer)[1], "新策略: pending");
    let seen = look(engine, &it.sales, case);
    assert_eq!((&seen["template"]["version"], &seen["template"]["current_version"]), (&json!(1), &json!(2)));
}

fn a_step_that_goes_leaves_no_gap(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let last = engine.create(&it.admin, "process_step", json!({ "template": laid.template, "name": "复盘", "position": 9, "after": [laid.plan] }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    engine.try_delete(&it.admin, "process_step", laid.plan).unwrap();
    // Who waited for it waits for what it waited for; the case goes on as it began.
    assert_eq!(engine.get(&it.admin, "process_step", last)["after"][0]["id"], json!(laid.needs));
    assert_eq!(states(engine, case), ["需求: open", "策略: pending", "服务: pending", "复盘: pending"]);
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    assert_eq!(states(engine, case)[1], "策略: open");
    let used = engine.try_delete(&it.admin, "process_role", laid.seller).unwrap_err();
    assert_eq!(error_code(&used), "state_conflict");
}

fn a_step_is_sent_back_with_all_that_came_after(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    let first = task(engine, case, "需求");
    done(engine, &it.sales, first).unwrap();
    let help = task(engine, case, "服务");
    let back = |by: &Context, step: Uuid, reason: &str| {
        engine.act(&engine.again(by), "process_case", case, "send_back", json!({ "step": step, "reason": reason }))
    };
    assert_eq!(error_code(&back(&it.marketing, laid.needs, "不清楚").unwrap_err()), "not_found");
    assert_eq!(problem_fields(&back(&it.sales, laid.plan, "没做过").unwrap_err()), ["step: rule"]);
    assert_eq!(problem_fields(&back(&it.sales, Uuid::from_u128(9), "没有").unwrap_err()), ["step: no_such_record"]);
    assert_eq!(problem_fields(&back(&it.sales, laid.needs, " ").unwrap_err()), ["reason: required"]);
    assert_eq!(look(engine, &it.service, case)["may"]["send_back"], true);
    // Who has a step that comes after finds what is not right, and says so.
    back(&it.service, laid.needs, "需求没写清楚").unwrap();
    assert_eq!(states(engine, case), ["需求: open", "策略: pending", "服务: pending"]);
    assert_eq!(engine.get(&it.admin, "activity", help)["status"], "cancelled");
    let anew = task(engine, case, "需求");
    assert_ne!(anew, first);
    assert!(engine.get(&it.sales, "activity", anew)["description"].as_str().unwrap().contains("需求没写清楚"));
    let seen = look(engine, &it.sales, case);
    assert_eq!((&seen["steps"][0]["round"], &seen["steps"][0]["back_reason"]), (&json!(2), &json!("需求没写清楚")));
    assert_eq!(told(engine, &it.sales), ["step_back"]);
    // The task of the first round moves nothing any more.
    let again = engine.try_update(&it.sales, "activity", first, json!({ "status": "open" })).unwrap_err();
    assert_eq!(problem_fields(&again), ["status: rule"]);
    done(engine, &it.sales, anew).unwrap();
    assert_eq!(states(engine, case), ["需求: done", "策略: open", "服务: open"]);
    // His own step is not his to send back from any more, once it is done.
    done(engine, &it.service, task(engine, case, "服务")).unwrap();
    assert_eq!(error_code(&back(&it.service, laid.needs, "还有").unwrap_err()), "forbidden");
}

fn a_case_is_cancelled_with_its_tasks(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    let open = task(engine, case, "策略");
    let cancel = |by: &Context, reason: &str| engine.act(&engine.again(by), "process_case", case, "cancel", json!({ "reason": reason }));
    assert_eq!(error_code(&cancel(&it.service, "不做了").unwrap_err()), "forbidden");
    assert_eq!(error_code(&cancel(&it.marketing, "不做了").unwrap_err()), "not_found");
    assert_eq!(problem_fields(&cancel(&it.sales, "").unwrap_err()), ["reason: required"]);
    cancel(&it.sales, "客户取消项目").unwrap();
    assert_eq!(states(engine, case), ["需求: done", "策略: cancelled", "服务: cancelled"]);
    let seen = engine.get(&it.sales, "process_case", case);
    assert_eq!((&seen["state"], &seen["reason"], &seen["ended_by"]["id"]), (&json!("cancelled"), &json!("客户取消项目"), &json!(it.sales.actor)));
    assert_eq!(engine.get(&it.sales, "activity", open)["status"], "cancelled");
    assert_eq!(error_code(&cancel(&it.sales, "再来").unwrap_err()), "state_conflict");
    assert_eq!(engine.list(&it.sales, "activity", "process_case != null && status in ['open', 'in_progress']").len(), 0);
    // A case that is deleted leaves nobody anything to do; one that comes back goes on where it stood.
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    assert_eq!(error_code(&engine.try_delete(&it.sales, "process_case", case).unwrap_err()), "forbidden");
    engine.try_delete(&it.admin, "process_case", case).unwrap();
    assert_eq!(engine.list(&it.sales, "activity", "process_case != null && status in ['open', 'in_progress']").len(), 0);
    engine.try_restore(&it.admin, "process_case", case).unwrap();
    run_job(engine, "process.resume_case", &json!({ "case": case }));
    run_job(engine, "process.resume_case", &json!({ "case": case }));
    assert_eq!(states(engine, case)[0], "需求: open");
    assert_eq!(engine.list(&it.sales, "activity", "process_case != null && status in ['open', 'in_progress']").len(), 1);
}

fn a_role_goes_to_somebody_else(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    let second = engine.member("second", &["service_agent"], it.desk);
    let change = |by: &Context, role: Uuid, member: Uuid| {
        engine.act(&engine.again(by), "process_case", case, "change_role", json!({ "role": role, "member": member, "note": "请接手" }))
    };
    assert_eq!(error_code(&change(&it.service, laid.helper, second.actor).unwrap_err()), "forbidden");
    assert_eq!(problem_fields(&change(&it.sales, Uuid::from_u128(5), it.sales.actor).unwrap_err()), ["role: no_such_record"]);
    change(&it.admin, laid.helper, second.actor).unwrap();
    let help = task(engine, case, "服务");
    let seen = engine.get(&engine.again(&second), "activity", help);
    assert_eq!((&seen["owner"]["id"], &seen["assignment_note"], &seen["acceptance"]), (&json!(second.actor), &json!("请接手"), &json!("waiting")));
    assert_eq!(look(engine, &it.admin, case)["steps"][2]["member"]["id"], json!(second.actor));
    assert_eq!(engine.get(&engine.again(&second), "process_case", case)["name"], "客户项目");
    // He hands it over himself: the step follows, the role stays his.
    let note = json!({ "to": it.service.actor, "note": "您来" });
    engine.act(&engine.again(&second), "activity", help, "hand_over", note).unwrap();
    let seen = look(engine, &it.admin, case);
    assert_eq!((&seen["steps"][2]["member"]["id"], &seen["roles"][1]["member"]["id"]), (&json!(it.service.actor), &json!(second.actor)));
    // Declined, it comes back to who answers for the case.
    engine.act(&engine.again(&it.service), "activity", help, "decline", json!({ "reason": "没空" })).unwrap();
    assert_eq!(look(engine, &it.admin, case)["steps"][2]["member"]["id"], json!(second.actor));
}

fn least_to_do_and_whose_turn_it_is_are_chosen_when_the_step_begins(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let second = engine.member("second", &["service_agent"], it.desk);
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    assert_eq!(look(engine, &it.sales, case)["roles"][1]["member"], Json::Null);
    engine.create(&it.service, "activity", json!({ "subject": "别的事" }));
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    assert_eq!(look(engine, &it.admin, case)["roles"][1]["member"]["id"], json!(second.actor));
    engine.update(&it.admin, "process_role", laid.helper, json!({ "filled_by": "turn" }));
    let other = engine.create(&it.sales, "account", json!({ "name": "另一家" }));
    let case = start(engine, &it.sales, laid.template, other, json!({})).unwrap();
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    assert_eq!(look(engine, &it.admin, case)["roles"][1]["member"]["id"], json!(it.service.actor), "he was given none yet");
}

fn a_step_nobody_can_take_waits_and_is_told(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({ "keeper": it.admin.actor }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    let away = json!({ "absent_from": "2026-11-16T00:00:00Z", "absent_until": "2026-11-18T00:00:00Z" });
    engine.update(&it.admin, "user", it.service.actor, away);
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    assert_eq!(states(engine, case), ["需求: done", "策略: open", "服务: waiting"]);
    assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "running", "something else goes on");
    done(engine, &it.sales, task(engine, case, "策略")).unwrap();
    assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "waiting");
    assert_eq!(told(engine, &it.admin), ["case_waiting"]);
    run_job(engine, "process.watch_steps", &json!({}));
    assert_eq!(states(engine, case)[2], "服务: waiting");
    // He is back: the step begins by itself, once.
    engine.clock.advance(3 * 86_400);
    run_job(engine, "process.watch_steps", &json!({}));
    run_job(engine, "process.watch_steps", &json!({}));
    assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "running");
    assert_eq!(engine.list(&engine.again(&it.service), "activity", "process_case != null && owner == me.id").len(), 1);
}

fn an_event_starts_one_case_and_not_two(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({ "start_by": "event", "start_when": "industry == 'food'" }));
    let cases = || engine.list(&it.admin, "process_case", "").len();
    let jobs = |engine: &TestEngine| {
        readers::read_all(&engine.system()).unwrap();
        let mut run = 0;
        while let Some(job) = guanxi_kernel::jobs::lease(&engine.system(), "test").unwrap() {
            if job.kind == "process.start_case" {
                run += 1;
                run_job(engine, &job.kind, &job.payload);
                // After a crash it runs again, and nothing starts twice.
                run_job(engine, &job.kind, &job.payload);
            }
            guanxi_kernel::jobs::finish(&engine.system(), &job).unwrap();
        }
        run
    };
    jobs(engine);
    assert_eq!(cases(), 0);
    let industry = engine.object("account").field("industry").unwrap().definition.options[0].value.clone();
    engine.update(&it.admin, "process_template", laid.template, json!({ "start_when": format!("industry == '{industry}'") }));
    engine.update(&it.sales, "account", it.account, json!({ "industry": industry }));
    assert_eq!((jobs(engine), cases()), (1, 1));
    let seen = &engine.list(&it.admin, "process_case", "")[0];
    assert_eq!((&seen["started_by"], &seen["owner"]["id"]), (&Json::Null, &json!(it.sales.actor)));
    // It holds as before: no change of something else starts it again.
    engine.update(&it.sales, "account", it.account, json!({ "website": "https://boyuan.example" }));
    assert_eq!((jobs(engine), cases()), (0, 1));
    // It comes true again while one runs.
    engine.update(&it.sales, "account", it.account, json!({ "industry": null }));
    engine.update(&it.sales, "account", it.account, json!({ "industry": industry }));
    jobs(engine);
    assert_eq!(cases(), 1);
}

fn what_is_late_is_noted_once_and_told(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    engine.update(&it.admin, "user", it.sales.actor, json!({ "manager": it.admin.actor }));
    engine.update(&it.admin, "process_step", laid.needs, json!({ "tell_overdue": ["superior"] }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    engine.clock.advance(6 * 3_600);
    run_job(engine, "process.watch_steps", &json!({}));
    run_job(engine, "process.watch_steps", &json!({}));
    assert_eq!(told(engine, &it.admin), ["step_overdue"]);
    let seen = engine.get(&it.sales, "process_case", case);
    assert_eq!(seen["overdue_steps"], 1);
    // Put off, it is not late any more.
    engine.update(&engine.again(&it.sales), "activity", task(engine, case, "需求"), json!({ "due_at": "2026-11-20T10:00:00Z" }));
    let seen = look(engine, &it.sales, case);
    assert_eq!((&seen["steps"][0]["late"], &seen["steps"][0]["due_at"]), (&json!(false), &json!("2026-11-20T10:00:00Z")));
}

fn tasks_of_a_process_are_no_others_to_move(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    let first = task(engine, case, "需求");
    let refused = |values: Json| problem_fields(&engine.try_update(&it.sales, "activity", first, values).unwrap_err());
    assert_eq!(refused(json!({ "status": "cancelled" })), ["status: rule"]);
    assert_eq!(refused(json!({ "kind": "call" })), ["kind: rule"]);
    assert!(refused(json!({ "repeat_every": "day", "repeat_times": 3 })).contains(&"repeat_every: rule".to_owned()));
    assert!(engine.try_update(&it.sales, "activity", first, json!({ "process_case": null })).is_err(), "only the engine says so");
    assert_eq!(error_code(&engine.try_delete(&it.sales, "activity", first).unwrap_err()), "state_conflict");
    done(engine, &it.sales, first).unwrap();
    assert_eq!(refused(json!({ "status": "open" })), ["status: rule"]);
    // A task that is none has no form.
    let plain = engine.create(&it.sales, "activity", json!({ "subject": "别的事" }));
    assert_eq!(error_code(&engine.act(&it.sales, "activity", plain, "step_form", json!({})).unwrap_err()), "state_conflict");
    engine.update(&it.sales, "activity", plain, json!({ "status": "cancelled" }));
}

fn where_cases_stand_is_told_within_rights(engine: &TestEngine) {
    let it = company(engine);
    let laid = laid_out(engine, &it, json!({}));
    let other = engine.create(&it.sales, "account", json!({ "name": "另一家" }));
    let case = start(engine, &it.sales, laid.template, it.account, json!({})).unwrap();
    start(engine, &it.sales, laid.template, other, json!({})).unwrap();
    engine.clock.advance(6 * 3_600);
    done(engine, &it.sales, task(engine, case, "需求")).unwrap();
    run_job(engine, "process.watch_steps", &json!({}));
    let overview = |by: &Context, input: Json| {
        let input = input.as_object().unwrap().clone();
        act(&engine.again(by), "process_case", None, "overview", &input).unwrap()
    };
    let seen = overview(&it.sales, json!({}));
    let one = &seen["templates"][0];
    assert_eq!((&one["name"], &one["running"], &one["overdue"]), (&json!("客户项目"), &json!(2), &json!(1)));
    let steps: Vec<(&str, i64, i64, i64)> = one["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["open"].as_i64().unwrap(), it["done"].as_i64().unwrap(), it["overdue"].as_i64().unwrap()))
        .collect();
    assert_eq!(steps, [("需求", 1, 1, 1), ("策略", 1, 0, 0), ("服务", 1, 0, 0)]);
    assert_eq!((&one["steps"][0]["average_seconds"], &one["bottleneck"]), (&json!(6 * 3_600), &json!(laid.needs)));
    // Who takes part in one of them counts that one, and a stranger none.
    assert_eq!(overview(&it.service, json!({ "template": laid.template }))["templates"][0]["running"], 1);
    assert_eq!(overview(&it.marketing, json!({}))["templates"], json!([]));
    let partner = engine.member("partner", &["partner"], engine.department("经销商", None));
    assert_eq!(error_code(&act(&partner, "process_case", None, "overview", &serde_json::Map::new()).unwrap_err()), "not_found");
}

fn the_three_role_project_runs_from_end_to_end(engine: &TestEngine) {
    let it = company(engine);
    let ready = |by: &Context| act(&engine.again(by), "process_template", None, "use_ready", &serde_json::Map::new());
    assert_eq!(error_code(&ready(&it.sales).unwrap_err()), "forbidden");
    let template: Uuid = ready(&it.admin).unwrap()["id"].as_str().unwrap().parse().unwrap();
    let role = |name: &str| {
        let found = engine.list(&it.admin, "process_role", &format!("name == '{name}'"));
        found[0]["id"].as_str().unwrap().to_owned()
    };
    // He may share his account, and so brings in who does not see it.
    let roles = json!({ "roles": { role("市场"): it.marketing.actor, role("服务"): it.service.actor } });
    let case = start(engine, &it.sales, template, it.account, roles).unwrap();
    let complete = |by: &Context, step: &str, answers: Json| {
        let task = task(engine, case, step);
        for item in engine.list(&engine.system(), "checklist_item", &format!("task == '{task}'")) {
            engine.update(&engine.again(by), "checklist_item", item["id"].as_str().unwrap().parse().unwrap(), json!({ "done": true }));
        }
        engine.act(&engine.again(by), "activity", task, "complete_step", json!({ "answers": answers })).unwrap()
    };
    complete(&it.sales, "首次接触", json!({ "channel": "visit" }));
    complete(&it.sales, "需求调研", json!({ "needs": "节能改造", "budget": "500000" }));
    // Marketing and service know in time.
    assert_eq!(told(engine, &it.marketing), ["step_finished"]);
    assert_eq!(told(engine, &it.service), ["step_finished"]);
    assert_eq!(look(engine, &it.marketing, case)["steps"][1]["answers"]["needs"], "节能改造");
    assert_eq!(engine.get(&engine.again(&it.marketing), "account", it.account)["name"], "博远食品有限公司");
    complete(&it.marketing, "推广策略", json!({ "strategy": "样板工厂参观" }));
    complete(&it.sales, "方案与报价", json!({ "proposal": "两期实施" }));
    complete(&it.marketing, "推广执行", json!({}));
    complete(&it.sales, "交底给服务", json!({ "promised": "两周内上门" }));
    let answer = complete(&it.service, "服务跟进", json!({ "satisfaction": "high" }));
    assert_eq!(answer["state"], "done");
}
