//! Around an opportunity: co-sellers and their splits, the decision chain, competitors; and targets of visits.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::merge::{MergeRequest, merge};
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, Planner, act, execute, run_unit, undo};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    splits_never_pass_a_hundred,
    splits_planned_at_once_do_not_pass_it_either,
    the_owner_has_what_is_left,
    opportunities_become_one_with_their_parts,
    a_split_gives_no_rights,
    the_decision_chain_has_no_circle,
    two_do_not_close_a_circle_at_once,
    competitors_are_counted,
    visits_are_counted_against_targets,
    targets_of_years_ago_hide_none_of_today,
    targets_are_checked,
);

struct Scene {
    lin: Context,
    ma: Uuid,
    wu: Context,
    account: Uuid,
    deal: Uuid,
}

fn scene(engine: &TestEngine) -> Scene {
    let department = engine.department("销售一部", None);
    let lin = engine.member("lin", &["sales"], department);
    let ma = engine.member("ma", &["sales"], department).actor;
    let wu = engine.member("wu", &["sales"], engine.department("销售二部", None));
    let account = engine.create(&lin, "account", json!({ "name": "博远食品有限公司" }));
    let deal = engine.create(&lin, "opportunity", json!({ "name": "灌装线项目", "account": account, "close_date": "2026-12-31" }));
    Scene { lin, ma, wu, account, deal }
}

fn members(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn splits_never_pass_a_hundred(engine: &TestEngine) {
    let it = scene(engine);
    let part = |member: Uuid, split: &str| json!({ "opportunity": it.deal, "member": member, "split": split });
    let ma = engine.create(&it.lin, "opportunity_member", part(it.ma, "60"));
    let seen = engine.get(&it.lin, "opportunity", it.deal);
    assert_eq!((&seen["split_given"], seen["owner_split"].as_str().unwrap().parse::<f64>().unwrap()), (&json!("60.00"), 40.0));
    let refused = |outcome: guanxi_kernel::Result<()>| assert_eq!(problem_fields(&outcome.unwrap_err()), ["split: rule"]);
    refused(engine.try_create(&it.lin, "opportunity_member", part(it.wu.actor, "41")).map(drop));
    let wu = engine.create(&it.lin, "opportunity_member", part(it.wu.actor, "40"));
    refused(engine.try_update(&it.lin, "opportunity_member", ma, json!({ "split": "60.01" })));
    engine.try_delete(&it.lin, "opportunity_member", ma).unwrap();
    engine.update(&it.lin, "opportunity_member", wu, json!({ "split": "41" }));
    refused(engine.try_restore(&it.lin, "opportunity_member", ma));
    let error = engine.try_create(&it.lin, "opportunity_member", part(it.ma, "101")).unwrap_err();
    assert_eq!(problem_fields(&error)[0], "split: too_large");
    assert_eq!(problem_fields(&engine.try_create(&it.lin, "opportunity_member", part(it.ma, "-1")).unwrap_err()), ["split: too_small"]);
    // One member, one part.
    let again = engine.try_create(&it.lin, "opportunity_member", part(it.wu.actor, "1")).unwrap_err();
    assert_eq!(error_code(&again), "duplicate_value");
}

fn splits_planned_at_once_do_not_pass_it_either(engine: &TestEngine) {
    let it = scene(engine);
    let part = |member: Uuid| members(json!({ "opportunity": it.deal, "member": member, "split": "60" }));
    // In one batch each is fine alone.
    let operations = [it.ma, it.wu.actor].map(|it| Operation::Create { values: part(it) }).to_vec();
    let batch = Batch { object: engine.object("opportunity_member"), operations, mode: BatchMode::AllOrNothing, verb: "create", change: None };
    assert_eq!(problem_fields(&execute(&it.lin, &batch).unwrap_err())[0], "split: rule");
    // Two plans, made before either was carried out.
    let object = engine.object("opportunity_member");
    let plan = |member: Uuid| engine.workspace.store.read_with(|tx| Planner::new(&it.lin).create(tx, &object, &part(member), PlanOptions::default()));
    let (first, second) = (plan(it.ma).unwrap(), plan(it.wu.actor).unwrap());
    run_unit(&it.lin, it.lin.new_id(), "create", Box::new(move |unit| unit.save(&mut first.clone()))).unwrap();
    let late = run_unit(&it.lin, it.lin.new_id(), "create", Box::new(move |unit| unit.save(&mut second.clone())));
    assert_eq!(problem_fields(&late.unwrap_err()), ["split: rule"]);
    assert_eq!(engine.list(&it.lin, "opportunity_member", "").len(), 1);
}

fn the_owner_has_what_is_left(engine: &TestEngine) {
    let it = scene(engine);
    let part = |member: Uuid| json!({ "opportunity": it.deal, "member": member, "split": "30" });
    assert_eq!(problem_fields(&engine.try_create(&it.lin, "opportunity_member", part(it.lin.actor)).unwrap_err()), ["member: rule"]);
    engine.create(&it.lin, "opportunity_member", part(it.ma));
    engine.create(&it.lin, "opportunity_member", part(it.wu.actor));
    // Whoever becomes the owner keeps nothing beside.
    engine.update(&it.lin, "opportunity", it.deal, json!({ "owner": it.ma }));
    let left = engine.list(&engine.system(), "opportunity_member", "");
    assert_eq!(left.iter().map(|it| it["member"]["label"].clone()).collect::<Vec<_>>(), [json!("wu")]);
    assert_eq!(engine.get(&engine.system(), "opportunity", it.deal)["split_given"], "30.00");
}

fn opportunities_become_one_with_their_parts(engine: &TestEngine) {
    let it = scene(engine);
    let other = engine.create(&it.lin, "opportunity", json!({ "name": "灌装线", "account": it.account, "close_date": "2026-12-31" }));
    let part = |deal: Uuid, member: Uuid, split: &str| {
        engine.create(&engine.system(), "opportunity_member", json!({ "opportunity": deal, "member": member, "split": split }))
    };
    part(it.deal, it.ma, "60");
    let wu = part(other, it.wu.actor, "50");
    let request = MergeRequest { survivor: it.deal, others: vec![other], take: Default::default() };
    let admin = engine.member("chen", &["administrator"], it.lin.access.member.department.unwrap());
    let merged = || merge(&admin, &engine.object("opportunity"), &request);
    assert_eq!(problem_fields(&merged().unwrap_err()), ["split: rule"]);
    engine.update(&engine.system(), "opportunity_member", wu, json!({ "split": "40" }));
    let answer = merged().unwrap();
    let seen = engine.get(&it.lin, "opportunity", it.deal);
    assert_eq!(seen["split_given"], "100.00");
    let trail = format!("opportunity == '{}'", it.deal);
    assert_eq!(engine.list(&it.lin, "stage_move", &trail).len(), 2, "the ways of both");
    undo(&admin, answer.change_id).unwrap();
    assert_eq!(engine.get(&it.lin, "opportunity", it.deal)["split_given"], "60.00");
    assert_eq!((engine.list(&it.lin, "stage_move", &trail).len(), engine.list(&it.lin, "opportunity", "").len()), (1, 2));
    // Who owns the one that stays has no part of what comes along.
    engine.update(&engine.system(), "opportunity", other, json!({ "owner": it.wu.actor }));
    part(other, it.lin.actor, "30");
    merged().unwrap();
    assert_eq!(engine.get(&it.lin, "opportunity", it.deal)["split_given"], "60.00");
}

fn a_split_gives_no_rights(engine: &TestEngine) {
    let it = scene(engine);
    engine.create(&it.lin, "opportunity_member", json!({ "opportunity": it.deal, "member": it.wu.actor, "split": "30" }));
    assert!(engine.get(&engine.again(&it.wu), "opportunity", it.deal).is_null());
    assert!(engine.list(&engine.again(&it.wu), "opportunity_member", "").is_empty());
    // Who may only read the opportunity gives nobody a part in it.
    let ma = engine.workspace.member_context(
        guanxi_kernel::access::Member::of(it.ma, vec!["sales".into()], it.lin.access.member.department, it.lin.access.member.departments.clone()),
        "ma".into(),
        it.lin.locale,
        it.lin.time_zone.clone(),
        "test".into(),
    );
    let own = json!({ "opportunity": it.deal, "member": it.ma, "split": "10" });
    assert_eq!(error_code(&engine.try_create(&ma, "opportunity_member", own).unwrap_err()), "forbidden");
}

fn the_decision_chain_has_no_circle(engine: &TestEngine) {
    let it = scene(engine);
    let person = |name: &str| engine.create(&it.lin, "contact", json!({ "name": name, "account": it.account }));
    let link = |deal: Uuid, contact: Uuid, more: Json| {
        let mut values = json!({ "opportunity": deal, "contact": contact });
        values.as_object_mut().unwrap().extend(members(more));
        engine.try_create(&it.lin, "opportunity_contact", values)
    };
    let (boss, buyer, user) = (person("李总"), person("王芳"), person("张建国"));
    let top = link(it.deal, boss, json!({ "role": "decision_maker", "influence": "high", "attitude": "sceptic" })).unwrap();
    let middle = link(it.deal, buyer, json!({ "role": "evaluator", "reports_to": top })).unwrap();
    let below = link(it.deal, user, json!({ "role": "coach", "attitude": "champion", "reports_to": middle })).unwrap();
    let under = |id: Uuid, above: Uuid| engine.try_update(&it.lin, "opportunity_contact", id, json!({ "reports_to": above }));
    assert_eq!(problem_fields(&under(top, below).unwrap_err()), ["reports_to: rule"]);
    assert!(problem_fields(&under(top, top).unwrap_err()).contains(&"reports_to: rule".to_owned()));
    let other = engine.create(&it.lin, "opportunity", json!({ "name": "备件", "account": it.account, "close_date": "2026-12-31" }));
    let elsewhere = link(other, boss, json!({})).unwrap();
    assert_eq!(problem_fields(&under(middle, elsewhere).unwrap_err()), ["reports_to: rule"]);
    assert_eq!(error_code(&link(it.deal, boss, json!({})).unwrap_err()), "duplicate_value");
    let seen = engine.list(&it.lin, "opportunity_contact", &format!("reports_to == '{middle}'"));
    assert_eq!((&seen[0]["attitude"], &seen[0]["role"]), (&json!("champion"), &json!("coach")));
    assert!(engine.list(&it.wu, "opportunity_contact", "").is_empty(), "it is seen where the opportunity is");
}

fn two_do_not_close_a_circle_at_once(engine: &TestEngine) {
    let it = scene(engine);
    let link = |name: &str| {
        let contact = engine.create(&it.lin, "contact", json!({ "name": name, "account": it.account }));
        engine.create(&it.lin, "opportunity_contact", json!({ "opportunity": it.deal, "contact": contact }))
    };
    let (first, second) = (link("李总"), link("王芳"));
    let object = engine.object("opportunity_contact");
    let plan = |id: Uuid, above: Uuid| {
        let values = members(json!({ "reports_to": above }));
        engine.workspace.store.read_with(|tx| Planner::new(&it.lin).update(tx, &object, id, &values, PlanOptions::default())).unwrap()
    };
    let (one, other) = (plan(first, second), plan(second, first));
    run_unit(&it.lin, it.lin.new_id(), "update", Box::new(move |unit| unit.save(&mut one.clone()))).unwrap();
    let late = run_unit(&it.lin, it.lin.new_id(), "update", Box::new(move |unit| unit.save(&mut other.clone())));
    assert_eq!(problem_fields(&late.unwrap_err()), ["reports_to: rule"]);
}

fn competitors_are_counted(engine: &TestEngine) {
    let it = scene(engine);
    let rival = engine.create(&it.lin, "competitor", json!({ "name": "华中某机器人厂", "strengths": "价格低" }));
    assert_eq!(error_code(&engine.try_create(&it.lin, "competitor", json!({ "name": "华中某机器人厂" })).unwrap_err()), "duplicate_value");
    let bid = engine.create(&it.lin, "opportunity_competitor", json!({ "opportunity": it.deal, "competitor": rival, "threat": "high" }));
    engine.update(&it.lin, "opportunity_competitor", bid, json!({ "won": true }));
    let seen = engine.get(&it.lin, "competitor", rival);
    assert_eq!((&seen["deals"], &seen["deals_won"]), (&json!(1), &json!(1)));
    assert_eq!(error_code(&engine.try_delete(&engine.system(), "competitor", rival).unwrap_err()), "still_referenced");
    assert_eq!(error_code(&engine.try_update(&it.lin, "competitor", rival, json!({ "weaknesses": "交期长" })).unwrap_err()), "forbidden");
    let partner = engine.member("partner", &["partner"], engine.department("渠道", None));
    assert_eq!(error_code(&engine.try_list(&partner, "competitor", "").unwrap_err()), "not_found");
}

fn visits_are_counted_against_targets(engine: &TestEngine) {
    let it = scene(engine);
    let system = engine.system();
    let branch = engine.department("华东大区", None);
    let team = it.lin.access.member.department.unwrap();
    engine.update(&system, "department", team, json!({ "parent": branch }));
    engine.create(&system, "visit_target", json!({ "department": branch, "visits_per_week": 3, "valid_from": "2026-11-04" }));
    engine.create(&system, "visit_target", json!({ "member": it.lin.actor, "visits_per_week": 2, "valid_from": "2026-11-09" }));
    let visit = |at: &str, status: &str| {
        let values =
            json!({ "subject": "拜访", "kind": "visit", "visit_method": "door_visit", "status": status, "start_at": at, "account": it.account });
        engine.create(&it.lin, "activity", values);
    };
    // Sunday evening and the first minutes of Monday, where the company is.
    visit("2026-11-08T15:30:00Z", "done");
    visit("2026-11-08T16:10:00Z", "done");
    visit("2026-11-11T02:00:00Z", "done");
    visit("2026-11-12T02:00:00Z", "open");
    let ask = |context: &Context, input: Json| act(context, "visit_target", None, "attainment", &members(input));
    let rows = |context: &Context, input: Json| -> Vec<String> {
        let answer = ask(context, input).unwrap();
        let row = |it: &Json| {
            let who = it["department"]["label"].as_str().or(it["member"]["label"].as_str()).unwrap();
            let marks: String = ["current", "partial"].iter().filter(|mark| it[**mark] == true).map(|mark| format!(" {mark}")).collect();
            format!("{who} {} {}/{} {}{marks}", it["week"].as_str().unwrap(), it["done"], it["target"], it["percent"].as_str().unwrap())
        };
        answer["rows"].as_array().unwrap().iter().map(row).collect()
    };
    let lin = engine.again(&it.lin);
    let expected = [
        "华东大区 2026-11-02 1/3 33.33",
        "华东大区 2026-11-09 2/3 66.66",
        "华东大区 2026-11-16 0/3 0.00 current",
        "lin 2026-11-09 2/2 100.00",
        "lin 2026-11-16 0/2 0.00 current",
    ];
    assert_eq!(rows(&lin, json!({})), expected);
    assert_eq!(rows(&lin, json!({ "from": "2026-11-09", "to": "2026-11-15" })), [expected[1], expected[3]]);
    // Who does not see the visits counts none of them, and is told that there are some.
    assert_eq!(
        rows(&it.wu, json!({ "from": "2026-11-09", "to": "2026-11-15" })),
        ["华东大区 2026-11-09 0/3 0.00 partial", "lin 2026-11-09 0/2 0.00 partial",]
    );
    assert_eq!(problem_fields(&ask(&lin, json!({ "from": "2026-11-16", "to": "2026-11-01" })).unwrap_err()), ["from: rule"]);
    assert_eq!(problem_fields(&ask(&lin, json!({ "from": "2020-01-01" })).unwrap_err()), ["from: too_large"]);
    let partner = engine.member("partner", &["partner"], engine.department("渠道", None));
    assert_eq!(error_code(&ask(&partner, json!({})).unwrap_err()), "not_found");
}

fn targets_of_years_ago_hide_none_of_today(engine: &TestEngine) {
    let it = scene(engine);
    let system = engine.system();
    for n in 0..205 {
        let values = json!({ "name": format!("A{n:03}"), "member": it.ma, "valid_from": "2020-01-06", "valid_until": "2020-12-31" });
        engine.create(&system, "visit_target", values);
    }
    engine.create(&system, "visit_target", json!({ "name": "Z", "member": it.lin.actor, "visits_per_week": 2, "valid_from": "2026-11-09" }));
    let ask = json!({ "from": "2026-11-09", "to": "2026-11-15" });
    let answer = act(&engine.again(&it.lin), "visit_target", None, "attainment", &members(ask)).unwrap();
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["member"]["label"], &answer["more"]), (1, &json!("lin"), &json!(false)), "{answer}");
}

fn targets_are_checked(engine: &TestEngine) {
    let it = scene(engine);
    let system = engine.system();
    let refused = |values: Json| problem_fields(&engine.try_create(&system, "visit_target", values).unwrap_err());
    assert_eq!(refused(json!({})), ["department: rule"]);
    assert_eq!(refused(json!({ "member": it.ma, "department": it.lin.access.member.department })), ["department: rule"]);
    assert_eq!(refused(json!({ "member": it.ma, "valid_from": "2026-11-02", "valid_until": "2026-11-01" })), ["valid_until: rule"]);
    assert_eq!(refused(json!({ "member": it.ma, "visits_per_week": 0 })), ["visits_per_week: too_small"]);
    let target = engine.create(&system, "visit_target", json!({ "member": it.ma }));
    assert_eq!(engine.get(&it.lin, "visit_target", target)["name"], "ma");
    assert_eq!(error_code(&engine.try_update(&it.lin, "visit_target", target, json!({ "visits_per_week": 1 })).unwrap_err()), "forbidden");
}
