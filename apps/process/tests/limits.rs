//! What processes keep to: rights of rows and fields, who may give roles, cases that are over, templates that would never end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::readers;
use guanxi_kernel::write::{Unit, act, run_unit};
use guanxi_kernel::{KernelError, Result};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    who_has_the_next_step_too_keeps_the_record,
    a_case_is_looked_at_within_the_rights_of_rows_and_fields,
    hidden_fields_are_not_told_by_what_is_missing,
    who_only_sees_the_task_completes_nothing,
    nobody_gets_a_record_by_taking_a_role,
    a_role_goes_to_who_sees_the_record_where_it_may_not_be_shared,
    roles_the_template_fills_are_not_the_starters_to_give,
    a_case_that_is_over_stays_over,
    processes_do_not_start_themselves,
    what_ended_lately_counts_whenever_it_began,
    the_engines_part_of_a_change_ends_with_it,
    a_case_that_is_broken_keeps_no_other_from_being_watched,
);

/// May read accounts that are his, and not the websites of them; of the steps of cases not what was answered.
const NARROW: &str = "name = 'narrow'\nlabel = { zh-CN = '窄', en = 'Narrow' }
[objects.user]\nread = 'all'\n[objects.department]\nread = 'all'
[objects.account]\nread = 'own'\nfields = { website = 'hidden' }
[objects.activity]\nread = 'own'\nupdate = 'own'\nactions = ['*']
[objects.checklist_item]\nread = 'all'\nupdate = 'all'
[objects.process_template]\nread = { when = 'active' }\nactions = ['start', 'check']
[objects.process_role]\nread = 'all'\n[objects.process_step]\nread = 'all'
[objects.process_case]\nread = { when = 'owner in me.selves || me.id in participants' }\nupdate = 'own'\nactions = ['*']
[objects.process_case_step]\nread = STEPS\nfields = { answers = 'hidden', done_by = 'hidden' }
";

/// May change every account, and share none.
const CLERK: &str = "name = 'clerk'\nlabel = { zh-CN = '柜员', en = 'Clerk' }
[objects.user]\nread = 'all'\n[objects.department]\nread = 'all'
[objects.account]\nread = 'all'\nupdate = 'all'
[objects.activity]\nread = 'all'\nupdate = 'own'\nactions = ['*']
[objects.process_template]\nread = { when = 'active' }\nactions = ['start', 'check']
[objects.process_role]\nread = 'all'\n[objects.process_step]\nread = 'all'
[objects.process_case]\nread = { when = 'owner in me.selves || me.id in participants' }\nupdate = 'own'\nactions = ['*']
[objects.process_case_step]\nread = 'all'
";

fn put_role(engine: &TestEngine, text: &str) {
    apply(&engine.system(), &[SchemaChange::PutRole { role: toml::from_str(text).unwrap() }], false).unwrap();
}

fn narrow_role(engine: &TestEngine, steps: &str) {
    put_role(engine, &NARROW.replace("STEPS", steps));
}

struct Company {
    admin: Context,
    sales: Context,
    narrow: Context,
    account: Uuid,
    template: Uuid,
    seller: Uuid,
    promoter: Uuid,
    needs: Uuid,
    promote: Uuid,
}

/// needs (owner of the record) -> promote -> report (chosen at the start).
fn company(engine: &TestEngine) -> Company {
    narrow_role(engine, "'all'");
    let admin = engine.member("admin", &["administrator"], engine.department("总部", None));
    let sales = engine.member("sales", &["sales"], engine.department("销售部", None));
    let narrow = engine.member("narrow", &["narrow"], engine.department("市场部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司" }));
    let template = engine.create(&admin, "process_template", json!({ "name": "客户项目", "object": "account" }));
    let role = |name: &str, by: &str| engine.create(&admin, "process_role", json!({ "template": template, "name": name, "filled_by": by }));
    let (seller, promoter) = (role("销售", "owner"), role("推广", "hand"));
    let questions = json!([{ "name": "needs", "type": "text", "required": true, "label": { "zh-CN": "需求", "en": "needs" } }]);
    let step = |values: Json| engine.create(&admin, "process_step", values);
    let needs = step(json!({ "template": template, "name": "需求", "position": 1, "role": seller, "questions": questions }));
    let promote = step(json!({ "template": template, "name": "策略", "position": 2, "role": promoter, "after": [needs] }));
    step(json!({ "template": template, "name": "总结", "position": 3, "role": promoter, "after": [promote] }));
    engine.update(&admin, "process_template", template, json!({ "active": true }));
    Company { admin, sales, narrow, account, template, seller, promoter, needs, promote }
}

fn start(engine: &TestEngine, by: &Context, it: &Company, account: Uuid, roles: Json) -> Result<Uuid> {
    let input = json!({ "record": { "object": "account", "id": account }, "roles": roles });
    let answer = engine.act(&engine.again(by), "process_template", it.template, "start", input)?;
    Ok(answer["id"].as_str().unwrap().parse().unwrap())
}

fn started(engine: &TestEngine, it: &Company) -> Uuid {
    start(engine, &it.sales, it, it.account, json!({ it.promoter.to_string(): it.narrow.actor })).unwrap()
}

fn look(engine: &TestEngine, by: &Context, case: Uuid) -> Json {
    engine.act(&engine.again(by), "process_case", case, "look", json!({})).unwrap()
}

fn task(engine: &TestEngine, it: &Company, case: Uuid, step: usize) -> Uuid {
    look(engine, &it.admin, case)["steps"][step]["task"].as_str().unwrap().parse().unwrap()
}

fn complete(engine: &TestEngine, by: &Context, task: Uuid, input: Json) -> Result<Json> {
    engine.act(&engine.again(by), "activity", task, "complete_step", input)
}

fn first_done(engine: &TestEngine, it: &Company, case: Uuid) {
    complete(engine, &it.sales, task(engine, it, case, 0), json!({ "answers": { "needs": "灌装线" } })).unwrap();
}

fn who_has_the_next_step_too_keeps_the_record(engine: &TestEngine) {
    let it = company(engine);
    let case = started(engine, &it);
    let sees = || !engine.get(&engine.again(&it.narrow), "account", it.account).is_null();
    assert!(!sees(), "his turn has not come");
    first_done(engine, &it, case);
    assert!(sees());
    complete(engine, &it.narrow, task(engine, &it, case, 1), json!({})).unwrap();
    assert!(sees(), "the next step is his, too");
    complete(engine, &it.narrow, task(engine, &it, case, 2), json!({})).unwrap();
    assert!(!sees(), "nothing is his to do any more");
    assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "done");
}

fn a_case_is_looked_at_within_the_rights_of_rows_and_fields(engine: &TestEngine) {
    let it = company(engine);
    let case = started(engine, &it);
    first_done(engine, &it, case);
    let seen = look(engine, &it.sales, case);
    assert_eq!((&seen["steps"][0]["answers"]["needs"], &seen["steps"][0]["done_by"]["id"]), (&json!("灌装线"), &json!(it.sales.actor)));
    let seen = look(engine, &it.narrow, case);
    assert_eq!((&seen["steps"][0]["answers"], &seen["steps"][0]["done_by"]), (&json!({}), &Json::Null));
    assert_eq!((&seen["steps"][0]["state"], &seen["steps"].as_array().unwrap().len()), (&json!("done"), &3));
    let form = |by: &Context, task: Uuid| engine.act(&engine.again(by), "activity", task, "step_form", json!({})).unwrap();
    let first = task(engine, &it, case, 0);
    assert_eq!(form(&it.sales, first)["answers"]["needs"], "灌装线");
    // Back to him with what he wrote: whoever may not see it is not shown it.
    engine.update(&engine.system(), "activity", first, json!({ "owner": it.narrow.actor }));
    assert_eq!(form(&it.narrow, first)["answers"], json!({}));
    narrow_role(engine, "{ when = \"state != 'done'\" }");
    let seen = look(engine, &it.narrow, case);
    let names: Vec<&str> = seen["steps"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["策略", "总结"]);
    assert_eq!(form(&it.narrow, first)["step"]["state"], Json::Null);
    // A template that is in use no more is not shown to who sees only those in use.
    assert_eq!(look(engine, &it.narrow, case)["template"]["name"], "客户项目");
    engine.update(&it.admin, "process_template", it.template, json!({ "active": false }));
    assert_eq!(look(engine, &it.narrow, case)["template"], Json::Null);
    let stranger = engine.member("stranger", &["narrow"], engine.department("别处", None));
    assert_eq!(error_code(&engine.act(&stranger, "process_case", case, "look", json!({})).unwrap_err()), "not_found");
}

fn hidden_fields_are_not_told_by_what_is_missing(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&it.admin, "process_step", it.promote, json!({ "required_fields": ["website"] }));
    let case = started(engine, &it);
    first_done(engine, &it, case);
    let open = task(engine, &it, case, 1);
    assert_eq!(engine.act(&engine.again(&it.narrow), "activity", open, "step_form", json!({})).unwrap()["fields"], json!([]));
    assert_eq!(problem_fields(&complete(engine, &it.narrow, open, json!({})).unwrap_err()), ["values: required"]);
    let plain = engine.act(&engine.again(&it.narrow), "activity", open, "complete", json!({})).unwrap_err();
    let KernelError::Invalid(problems) = plain else { panic!("{plain:?}") };
    let label = engine.object("account").field("website").unwrap().definition.label.clone();
    assert!(!problems[0].message.zh_cn.contains(&label.zh_cn) && !problems[0].message.en.contains(&label.en), "{problems:?}");
    // Nor does he write what he may not: the record is lent to be read.
    let written = complete(engine, &it.narrow, open, json!({ "values": { "website": "https://boyuan.example" } })).unwrap_err();
    assert_eq!(problem_fields(&written), ["values: field_forbidden"]);
    assert_eq!(problem_fields(&complete(engine, &it.admin, open, json!({})).unwrap_err()), ["values.website: required"]);
    engine.update(&it.sales, "account", it.account, json!({ "website": "https://boyuan.example" }));
    complete(engine, &it.narrow, open, json!({})).unwrap();
}

fn who_only_sees_the_task_completes_nothing(engine: &TestEngine) {
    let it = company(engine);
    put_role(engine, CLERK);
    let clerk = engine.member("clerk", &["clerk"], engine.department("柜台", None));
    let case = started(engine, &it);
    let first = task(engine, &it, case, 0);
    // He reads every task, and takes no part in the case.
    let form = engine.act(&engine.again(&clerk), "activity", first, "step_form", json!({})).unwrap();
    assert_eq!((&form["case"]["name"], &form["answers"], &form["step"]["name"]), (&Json::Null, &json!({}), &json!("需求")));
    assert_eq!(error_code(&complete(engine, &clerk, first, json!({ "answers": { "needs": "x" } })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&complete(engine, &it.narrow, first, json!({})).unwrap_err()), "not_found");
}

fn nobody_gets_a_record_by_taking_a_role(engine: &TestEngine) {
    let it = company(engine);
    let case = started(engine, &it);
    // The case goes to somebody who sees nothing of the record.
    engine.update(&engine.system(), "process_case", case, json!({ "owner": it.narrow.actor }));
    let take = |by: &Context| {
        let input = json!({ "role": it.promoter, "member": by.actor });
        engine.act(&engine.again(by), "process_case", case, "change_role", input)
    };
    assert_eq!(problem_fields(&take(&it.narrow).unwrap_err()), ["member: rule"]);
    assert!(engine.get(&engine.again(&it.narrow), "account", it.account).is_null());
    take(&it.admin).unwrap();
}

fn a_role_goes_to_who_sees_the_record_where_it_may_not_be_shared(engine: &TestEngine) {
    let it = company(engine);
    put_role(engine, CLERK);
    let clerk = engine.member("clerk", &["clerk"], engine.department("柜台", None));
    let roles = |member: &Context| json!({ it.promoter.to_string(): member.actor });
    let refused = start(engine, &clerk, &it, it.account, roles(&it.narrow)).unwrap_err();
    assert_eq!(problem_fields(&refused), [format!("roles.{}: rule", it.promoter)]);
    let case = start(engine, &clerk, &it, it.account, roles(&clerk)).unwrap();
    let change = |member: &Context| {
        let input = json!({ "role": it.promoter, "member": member.actor });
        engine.act(&engine.again(&clerk), "process_case", case, "change_role", input)
    };
    assert_eq!(problem_fields(&change(&it.narrow).unwrap_err()), ["member: rule"]);
    change(&it.sales).unwrap();
}

fn roles_the_template_fills_are_not_the_starters_to_give(engine: &TestEngine) {
    let it = company(engine);
    let both = json!({ it.promoter.to_string(): it.narrow.actor, it.seller.to_string(): it.admin.actor });
    let refused = start(engine, &it.sales, &it, it.account, both.clone()).unwrap_err();
    assert_eq!(problem_fields(&refused), [format!("roles.{}: rule", it.seller)]);
    // Who it is anyway may be named.
    let same = json!({ it.promoter.to_string(): it.narrow.actor, it.seller.to_string(): it.sales.actor });
    let case = start(engine, &it.sales, &it, it.account, same).unwrap();
    let change = |role: Uuid, member: &Context| {
        let input = json!({ "role": role, "member": member.actor });
        engine.act(&engine.again(&it.sales), "process_case", case, "change_role", input)
    };
    assert_eq!(problem_fields(&change(it.seller, &it.admin).unwrap_err()), ["role: rule"]);
    let may = |case: Uuid| look(engine, &it.sales, case)["roles"].as_array().unwrap().iter().map(|it| it["may_change"] == true).collect::<Vec<_>>();
    assert_eq!(may(case).iter().filter(|it| **it).count(), 1);
    change(it.promoter, &it.sales).unwrap();
    // Who keeps the template may, and administrators.
    engine.update(&it.admin, "process_template", it.template, json!({ "keeper": it.sales.actor }));
    change(it.seller, &it.admin).unwrap();
    let other = engine.create(&it.sales, "account", json!({ "name": "另一家" }));
    start(engine, &it.admin, &it, other, both).unwrap();
}

fn a_case_that_is_over_stays_over(engine: &TestEngine) {
    let it = company(engine);
    for round in 0..4 {
        let account = engine.create(&it.sales, "account", json!({ "name": format!("客户{round}") }));
        let case = start(engine, &it.sales, &it, account, json!({ it.promoter.to_string(): it.narrow.actor })).unwrap();
        first_done(engine, &it, case);
        let open = task(engine, &it, case, 1);
        let act = |by: &Context, name: &str, input: Json| engine.act(&engine.again(by), "process_case", case, name, input).map(drop);
        std::thread::scope(|scope| {
            let cancel = scope.spawn(|| act(&it.sales, "cancel", json!({ "reason": "不做了" })));
            scope.spawn(|| complete(engine, &it.narrow, open, json!({})).map(drop));
            scope.spawn(|| act(&it.admin, "send_back", json!({ "step": it.needs, "reason": "没写清楚" })));
            scope.spawn(|| act(&it.admin, "change_role", json!({ "role": it.promoter, "member": it.sales.actor })));
            cancel.join().unwrap().unwrap();
        });
        assert_eq!(engine.get(&it.sales, "process_case", case)["state"], "cancelled");
        let filter = format!("process_case == '{case}' && status in ['open', 'in_progress']");
        assert_eq!(engine.list(&it.admin, "activity", &filter).len(), 0);
        assert_eq!(engine.list(&it.admin, "process_case_step", &format!("process_case == '{case}' && state in ['open', 'pending']")).len(), 0);
        for (name, input) in
            [("send_back", json!({ "step": it.needs, "reason": "再来" })), ("change_role", json!({ "role": it.promoter, "member": it.sales.actor }))]
        {
            assert_eq!(error_code(&act(&it.admin, name, input).unwrap_err()), "state_conflict", "{name}");
        }
    }
}

fn processes_do_not_start_themselves(engine: &TestEngine) {
    let it = company(engine);
    for object in ["process_case", "process_template"] {
        let made = engine.try_create(&it.admin, "process_template", json!({ "name": "无尽", "object": object, "start_by": "event" }));
        assert_eq!(problem_fields(&made.unwrap_err()), ["object: rule"], "{object}");
        let by_hand = engine.create(&it.admin, "process_template", json!({ "name": "手动", "object": object }));
        let relaid = engine.try_update(&it.admin, "process_template", by_hand, json!({ "start_by": "event" }));
        assert_eq!(problem_fields(&relaid.unwrap_err()), ["object: rule"], "{object}");
    }
    // A process on tasks starts with those people make, not with its own.
    let template = engine.create(
        &it.admin,
        "process_template",
        json!({ "name": "任务复核", "object": "activity", "start_by": "event", "keeper": it.admin.actor }),
    );
    engine.create(&it.admin, "process_step", json!({ "template": template, "name": "复核" }));
    engine.update(&it.admin, "process_template", template, json!({ "active": true }));
    let run = || {
        readers::read_all(&engine.system()).unwrap();
        while let Some(job) = guanxi_kernel::jobs::lease(&engine.system(), "test").unwrap() {
            if job.kind == "process.start_case" {
                engine.workspace.registry.job(&job.kind).unwrap().run(&engine.system(), &job.payload).unwrap();
            }
            guanxi_kernel::jobs::finish(&engine.system(), &job).unwrap();
        }
        engine.list(&it.admin, "process_case", &format!("template == '{template}'")).len()
    };
    assert_eq!(run(), 0);
    engine.create(&it.sales, "activity", json!({ "subject": "拜访" }));
    assert_eq!((run(), run(), run()), (1, 1, 1));
}

fn what_ended_lately_counts_whenever_it_began(engine: &TestEngine) {
    let it = company(engine);
    let case = started(engine, &it);
    engine.clock.advance(40 * 86_400);
    first_done(engine, &it, case);
    complete(engine, &it.narrow, task(engine, &it, case, 1), json!({})).unwrap();
    complete(engine, &it.narrow, task(engine, &it, case, 2), json!({})).unwrap();
    let overview = |days: i64| {
        let input = json!({ "days": days }).as_object().unwrap().clone();
        act(&engine.again(&it.admin), "process_case", None, "overview", &input).unwrap()
    };
    let seen = overview(30);
    assert_eq!((&seen["truncated"], &seen["templates"][0]["done"]), (&json!(false), &json!(1)));
    let steps: Vec<(&str, i64)> =
        seen["templates"][0]["steps"].as_array().unwrap().iter().map(|it| (it["name"].as_str().unwrap(), it["done"].as_i64().unwrap())).collect();
    assert_eq!(steps, [("需求", 1), ("策略", 1), ("总结", 1)]);
    engine.clock.advance(40 * 86_400);
    assert_eq!(overview(30)["templates"], json!([]));
}

fn the_engines_part_of_a_change_ends_with_it(engine: &TestEngine) {
    let it = company(engine);
    let sales = engine.again(&it.sales);
    let object = |values: Json| values.as_object().unwrap().clone();
    let work = Box::new(move |unit: &mut Unit<'_>| {
        let account = unit.create("account", &object(json!({ "name": "写在前面" })))?.id();
        let failed: Result<()> = unit.as_system(|unit| {
            assert!(unit.context.access.is_system());
            unit.create("department", &object(json!({ "name": "引擎" })))?;
            Err(KernelError::NotFound)
        });
        assert!(matches!(failed, Err(KernelError::NotFound)));
        // After it the caller is who he was.
        assert!(!unit.context.access.is_system());
        let refused = unit.create("department", &object(json!({ "name": "自己" })));
        assert!(matches!(refused, Err(KernelError::Forbidden(_) | KernelError::NotFound)), "{refused:?}");
        Ok(account)
    });
    let account = run_unit(&sales, sales.new_id(), "test", work).unwrap();
    // What was written before and in it is told like the rest of the change.
    assert_eq!(engine.get(&engine.again(&it.sales), "account", account)["name"], "写在前面");
    assert_eq!(engine.list(&engine.system(), "department", "name == '引擎'").len(), 1);
    // An error that is not passed over takes all of it back.
    let work = Box::new(|unit: &mut Unit<'_>| -> Result<()> {
        unit.as_system(|unit| {
            unit.create("department", json!({ "name": "回退" }).as_object().unwrap())?;
            Err(KernelError::NotFound)
        })
    });
    assert_eq!(error_code(&run_unit(&sales, sales.new_id(), "test", work).unwrap_err()), "not_found");
    assert_eq!(engine.list(&engine.system(), "department", "name == '回退'").len(), 0);
}

fn a_case_that_is_broken_keeps_no_other_from_being_watched(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&it.admin, "process_step", it.needs, json!({ "due_in": 2, "due_unit": "working_hours" }));
    let cases: Vec<Uuid> = (0..3)
        .map(|at| {
            let account = engine.create(&it.sales, "account", json!({ "name": format!("客户{at}") }));
            start(engine, &it.sales, &it, account, json!({ it.promoter.to_string(): it.narrow.actor })).unwrap()
        })
        .collect();
    engine.update(&engine.system(), "process_case", cases[0], json!({ "plan": { "none": true } }));
    engine.clock.advance(6 * 3_600);
    let job = engine.workspace.registry.job("process.watch_steps").unwrap().clone();
    // The others are watched, and the job tells that something is wrong.
    assert!(matches!(job.run(&engine.system(), &json!({})), Err(KernelError::Internal(_))));
    let late = |case: Uuid| engine.get(&it.admin, "process_case", case)["overdue_steps"].clone();
    assert_eq!(cases.iter().map(|it| late(*it)).collect::<Vec<_>>(), [json!(0), json!(1), json!(1)]);
}
