//! Assignment by rules and the clock of the first response.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    the_first_rule_that_fits_decides_and_takes_turns,
    who_is_away_full_or_lacks_the_skill_is_passed_over,
    who_has_least_gets_the_next,
    turns_are_kept_by_leads_that_come_at_once,
    many_leads_at_once_take_their_turns_within_the_caps,
    two_batches_with_rules_for_the_same_members_wait_for_each_other,
    least_load_holds_within_one_batch,
    what_comes_with_an_owner_takes_room_first,
    a_first_response_is_watched,
    who_claims_or_is_given_a_lead_has_a_clock_too,
    the_default_pool_may_time_what_comes_by_another_hand,
    hours_of_work_leave_out_nights_and_weekends,
    a_rule_says_where_what_nobody_answered_goes,
    the_clock_is_his_who_was_given_it_and_stops_for_a_lock,
    a_wrong_rule_is_told_by_its_field_and_is_not_for_everybody,
);

struct Scene {
    department: Uuid,
    reps: Vec<Context>,
}

fn scene(engine: &TestEngine, reps: usize) -> Scene {
    let department = engine.department("销售一部", None);
    let reps = (0..reps).map(|it| engine.member(&format!("rep{it}"), &["sales"], department)).collect();
    Scene { department, reps }
}

fn rule(engine: &TestEngine, values: Json) -> Uuid {
    let mut all = json!({ "name": "规则", "object": "lead" });
    all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
    engine.create(&engine.system(), "assignment_rule", all)
}

fn lead(engine: &TestEngine, more: Json) -> Uuid {
    let mut values = json!({ "name": "官网来的", "mobile": "13812345678", "owner": null, "source": "website" });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    engine.create(&engine.system(), "lead", values)
}

fn owner(engine: &TestEngine, id: Uuid) -> Option<Uuid> {
    engine.get(&engine.system(), "lead", id)["owner"]["id"].as_str().map(|it| it.parse().unwrap())
}

fn watch(engine: &TestEngine) {
    let job = engine.workspace.registry.job("pools.watch_responses").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn events(engine: &TestEngine, kind: &str) -> usize {
    use guanxi_kernel::store::StoreExt as _;
    let all = engine.workspace.store.read_with(|tx| guanxi_kernel::events::feed(&engine.system(), tx, 0, 500, None)).unwrap().events;
    all.iter().filter(|it| it.kind == kind).count()
}

fn the_first_rule_that_fits_decides_and_takes_turns(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 3);
    let far = engine.member("gao", &["sales"], engine.department("西部", None));
    let pool = engine.create(&engine.system(), "pool", json!({ "name": "公海", "object": "lead", "members": [far.actor], "is_default": true }));
    rule(engine, json!({ "name": "西部", "position": 1, "condition": "address.province == '四川省'", "members": [far.actor] }));
    rule(engine, json!({ "name": "不要的", "position": 2, "condition": "source == 'community'", "method": "pool", "pool": pool }));
    rule(engine, json!({ "name": "其余", "position": 3, "condition": "source == 'website'", "departments": [department] }));
    let west = lead(engine, json!({ "address": { "country": "中国", "province": "四川省", "city": "成都市" } }));
    assert_eq!(owner(engine, west), Some(far.actor));
    let owners: Vec<Option<Uuid>> = (0..6).map(|_| owner(engine, lead(engine, json!({})))).collect();
    let expected: Vec<Option<Uuid>> = reps.iter().chain(&reps).map(|it| Some(it.actor)).collect();
    assert_eq!(owners, expected, "by turns, in one order for good");
    let pooled = lead(engine, json!({ "source": "community" }));
    assert_eq!(engine.get(&engine.system(), "lead", pooled)["pool"]["id"], json!(pool));
    let none = lead(engine, json!({ "source": "event" }));
    assert_eq!(engine.get(&engine.system(), "lead", none)["pool"]["id"], json!(pool), "what no rule fits goes where the company looks");
    // What a rep enters for himself is his.
    let own = engine.create(&reps[0], "lead", json!({ "name": "自己的", "mobile": "13812345678", "source": "website" }));
    assert_eq!(owner(engine, own), Some(reps[0].actor));
}

fn who_is_away_full_or_lacks_the_skill_is_passed_over(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 4);
    let system = engine.system();
    let [away, full, unable, able] = reps.as_slice() else { panic!("four") };
    engine.update(&system, "user", away.actor, json!({ "absent_from": "2026-11-15T00:00:00Z", "absent_until": "2026-11-20T00:00:00Z" }));
    for it in [away, full, able] {
        engine.update(&system, "user", it.actor, json!({ "skills": ["english"] }));
    }
    engine.create(&system, "pool", json!({ "name": "公海", "object": "lead", "members": [full.actor], "holding_cap": 1 }));
    engine.create(&engine.again(full), "lead", json!({ "name": "已有", "mobile": "13812345678" }));
    rule(engine, json!({ "departments": [department], "skill": "english" }));
    let owners: Vec<Option<Uuid>> = (0..3).map(|_| owner(engine, lead(engine, json!({})))).collect();
    assert_eq!(owners, vec![Some(able.actor); 3], "not {:?}", [away.actor, full.actor, unable.actor]);
    engine.clock.advance(5 * 24 * 3600);
    assert_eq!(owner(engine, lead(engine, json!({}))), Some(away.actor), "back again");
}

fn who_has_least_gets_the_next(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 3);
    for (number, rep) in reps.iter().enumerate() {
        for it in 0..number {
            engine.create(rep, "lead", json!({ "name": format!("已有{it}"), "mobile": "13812345678" }));
        }
    }
    rule(engine, json!({ "method": "least_load", "departments": [department] }));
    let owners: Vec<Option<Uuid>> = (0..6).map(|_| owner(engine, lead(engine, json!({})))).collect();
    let count = |rep: &Context| owners.iter().filter(|it| **it == Some(rep.actor)).count();
    assert_eq!([count(&reps[0]), count(&reps[1]), count(&reps[2])], [3, 2, 1]);
}

fn turns_are_kept_by_leads_that_come_at_once(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 4);
    rule(engine, json!({ "departments": [department] }));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| lead(engine, json!({})));
        }
    });
    let counts: Vec<usize> = reps.iter().map(|it| engine.list(&engine.system(), "lead", &format!("owner == '{}'", it.actor)).len()).collect();
    assert_eq!(counts, [5, 5, 5, 5]);
}

fn a_first_response_is_watched(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 2);
    let pool = engine.create(&engine.system(), "pool", json!({ "name": "公海", "object": "lead", "departments": [department], "is_default": true }));
    rule(engine, json!({ "departments": [department], "respond_hours": 4, "return_hours": 8 }));
    let (kept, lost) = (lead(engine, json!({ "name": "回了" })), lead(engine, json!({ "name": "没回" })));
    assert_eq!(engine.get(&engine.system(), "lead", kept)["respond_by"], "2026-11-16T06:00:00Z");
    watch(engine);
    assert_eq!((events(engine, "lead.response_due"), events(engine, "lead.response_overdue")), (0, 0));
    engine.clock.advance(3 * 3600 + 60);
    watch(engine);
    watch(engine);
    assert_eq!(events(engine, "lead.response_due"), 2, "each is told once");
    let rep = reps.iter().find(|it| Some(it.actor) == owner(engine, kept)).unwrap();
    engine.create(&engine.again(rep), "activity", json!({ "subject": "电话", "kind": "call", "status": "done", "lead": kept }));
    engine.clock.advance(3600);
    watch(engine);
    watch(engine);
    assert_eq!(events(engine, "lead.response_overdue"), 1);
    assert_eq!(engine.get(&engine.system(), "lead", kept)["responded_at"], "2026-11-16T05:01:00Z");
    engine.clock.advance(8 * 3600);
    watch(engine);
    let gone = engine.get(&engine.system(), "lead", lost);
    assert_eq!((&gone["pool"]["id"], &gone["owner"], &gone["respond_by"]), (&json!(pool), &Json::Null, &Json::Null));
    assert_eq!(engine.list(&engine.system(), "pool_move", "reason == 'no_response'").len(), 1);
    assert!(owner(engine, kept).is_some());
}

fn who_claims_or_is_given_a_lead_has_a_clock_too(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 2);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let pool = |name: &str, more: Json| {
        let mut values = json!({ "name": name, "object": "lead", "departments": [department], "administrators": [manager.actor] });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        engine.create(&engine.system(), "pool", values)
    };
    let default = pool("默认公海", json!({ "is_default": true }));
    let timed = pool("限时公海", json!({ "respond_hours": 2, "return_hours": 3 }));
    let [claimed, given, back] = ["领的", "分的", "退还的"].map(|it| lead(engine, json!({ "name": it, "pool": timed })));
    let free = lead(engine, json!({ "name": "不限时的", "pool": default }));
    let (rep, manager) = (engine.again(&reps[0]), engine.again(&manager));
    engine.act(&rep, "lead", claimed, "claim", json!({})).unwrap();
    engine.act(&rep, "lead", free, "claim", json!({})).unwrap();
    engine.act(&manager, "lead", given, "assign_from_pool", json!({ "member": reps[1].actor })).unwrap();
    let clock = |id: Uuid| engine.get(&engine.system(), "lead", id)["respond_by"].clone();
    assert_eq!([claimed, given, free].map(clock), [json!("2026-11-16T04:00:00Z"), json!("2026-11-16T04:00:00Z"), Json::Null]);
    // Given back it is his as it was.
    engine.act(&rep, "lead", back, "claim", json!({})).unwrap();
    engine.act(&rep, "lead", back, "return_to_pool", json!({ "reason": "no_capacity", "pool": timed })).unwrap();
    engine.act(&manager, "lead", back, "give_back", json!({})).unwrap();
    assert_eq!(clock(back), Json::Null);
    engine.clock.advance(2 * 3600 + 60);
    watch(engine);
    assert_eq!(events(engine, "lead.response_overdue"), 2);
    engine.create(&engine.again(&reps[1]), "activity", json!({ "subject": "电话", "kind": "call", "status": "done", "lead": given }));
    engine.clock.advance(3 * 3600);
    watch(engine);
    let lies = engine.get(&engine.system(), "lead", claimed);
    assert_eq!((&lies["owner"], &lies["pool"]["id"]), (&Json::Null, &json!(timed)), "back where it came from, not in the default pool");
    assert_eq!([given, free, back].map(|it| owner(engine, it)), [Some(reps[1].actor), Some(reps[0].actor), Some(reps[0].actor)]);
}

fn the_default_pool_may_time_what_comes_by_another_hand(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 2);
    let values =
        json!({ "name": "默认公海", "object": "lead", "departments": [department], "is_default": true, "respond_hours": 2, "times_all": true });
    let pool = engine.create(&engine.system(), "pool", values);
    let manager = engine.again(&engine.member("zhou", &["sales_manager"], department));
    let rep = engine.again(&reps[0]);
    let entered =
        |who: &Context, owner: &Context| engine.create(who, "lead", json!({ "name": "客户", "mobile": "13800000000", "owner": owner.actor }));
    let clock = |id: Uuid| engine.get(&engine.system(), "lead", id)["respond_by"].clone();
    let (his, given) = (entered(&rep, &rep), entered(&manager, &rep));
    assert_eq!([his, given].map(clock), [Json::Null, json!("2026-11-16T04:00:00Z")], "who enters his own knows it");
    engine.clock.advance(3600);
    let manager = engine.again(&manager);
    engine.update(&manager, "lead", his, json!({ "owner": reps[1].actor }));
    engine.update(&manager, "lead", given, json!({ "title": "经理" }));
    assert_eq!([his, given].map(clock), [json!("2026-11-16T05:00:00Z"), json!("2026-11-16T04:00:00Z")]);
    engine.update(&engine.system(), "pool", pool, json!({ "times_all": false }));
    assert_eq!(clock(entered(&manager, &rep)), Json::Null);
}

fn hours_of_work_leave_out_nights_and_weekends(engine: &TestEngine) {
    let Scene { department, .. } = scene(engine, 1);
    // Friday, half past five in the afternoon.
    engine.clock.advance(4 * 24 * 3600 + 7 * 3600 + 1800);
    let by_rule = json!({ "departments": [department], "respond_hours": 4, "return_hours": 8, "in_working_hours": true });
    rule(engine, by_rule);
    let it = engine.get(&engine.system(), "lead", lead(engine, json!({ "name": "周五来的" })));
    // Half an hour on Friday, three hours before noon on Monday, and half an hour after it.
    assert_eq!((&it["respond_by"], &it["respond_return_at"]), (&json!("2026-11-23T05:30:00Z"), &json!("2026-11-24T05:30:00Z")));
    engine.create(&engine.system(), "holiday", json!({ "name": "调休", "date": "2026-11-21", "kind": "working_day" }));
    let it = engine.get(&engine.system(), "lead", lead(engine, json!({ "name": "周六上班" })));
    assert_eq!(it["respond_by"], "2026-11-21T05:30:00Z");
}

fn a_rule_says_where_what_nobody_answered_goes(engine: &TestEngine) {
    let Scene { department, .. } = scene(engine, 1);
    let pool = |name: &str, object: &str, is_default: bool| {
        engine.create(&engine.system(), "pool", json!({ "name": name, "object": object, "departments": [department], "is_default": is_default }))
    };
    let (default, late, accounts) = (pool("默认公海", "lead", true), pool("超时公海", "lead", false), pool("客户公海", "account", false));
    let values = |into: Uuid| json!({ "name": "规则", "object": "lead", "departments": [department], "respond_hours": 1, "return_hours": 1, "return_pool": into });
    assert_eq!(problem_fields(&engine.try_create(&engine.system(), "assignment_rule", values(accounts)).unwrap_err()), ["return_pool: rule"]);
    engine.create(&engine.system(), "assignment_rule", values(late));
    let lies = |id: Uuid| engine.get(&engine.system(), "lead", id)["pool"]["id"].clone();
    let first = lead(engine, json!({ "name": "没回" }));
    engine.clock.advance(3 * 3600);
    watch(engine);
    assert_eq!(lies(first), json!(late));
    // One that is closed meanwhile takes nothing.
    let second = lead(engine, json!({ "name": "也没回" }));
    engine.update(&engine.system(), "pool", late, json!({ "active": false }));
    engine.clock.advance(3 * 3600);
    watch(engine);
    assert_eq!(lies(second), json!(default));
}

fn a_wrong_rule_is_told_by_its_field_and_is_not_for_everybody(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 1);
    let refused = |values: Json| {
        let mut all = json!({ "name": "规则", "object": "lead", "departments": [department] });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        problem_fields(&engine.try_create(&engine.system(), "assignment_rule", all).unwrap_err())
    };
    assert_eq!(refused(json!({ "condition": "no_such_field == 1" })), ["condition: rule"]);
    assert_eq!(refused(json!({ "departments": [] })), ["members: required"]);
    assert_eq!(refused(json!({ "method": "pool" })), ["pool: required"]);
    let error = engine.try_create(&reps[0], "assignment_rule", json!({ "name": "我", "object": "lead", "members": [reps[0].actor] })).unwrap_err();
    assert_eq!(error_code(&error), "forbidden");
    let it = lead(engine, json!({}));
    assert_eq!(error_code(&engine.act(&reps[0], "lead", it, "assign_by_rules", json!({})).unwrap_err()), "not_found");
}

fn the_clock_is_his_who_was_given_it_and_stops_for_a_lock(engine: &TestEngine) {
    use guanxi_kernel::locks::{NewLock, lock};
    let Scene { department, reps } = scene(engine, 2);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let pool = json!({ "name": "公海", "object": "lead", "departments": [department], "administrators": [manager.actor], "is_default": true });
    engine.create(&engine.system(), "pool", pool);
    rule(engine, json!({ "members": [reps[0].actor], "respond_hours": 4, "return_hours": 8 }));
    let [returned, moved, locked] = ["退回的", "转走的", "锁住的"].map(|it| lead(engine, json!({ "name": it })));
    engine.act(&engine.again(&reps[0]), "lead", returned, "return_to_pool", json!({ "reason": "no_capacity" })).unwrap();
    engine.act(&engine.again(&reps[1]), "lead", returned, "claim", json!({})).unwrap();
    engine.update(&engine.system(), "lead", moved, json!({ "owner": reps[1].actor }));
    lock(&engine.again(&manager), &engine.object("lead"), locked, &NewLock { reason: "谈判中".into(), until: None, except: Vec::new() }).unwrap();
    engine.clock.advance(13 * 3600);
    watch(engine);
    assert_eq!([returned, moved, locked].map(|it| owner(engine, it)), [Some(reps[1].actor), Some(reps[1].actor), Some(reps[0].actor)]);
}

/// Many leads in one batch, as an import writes them.
fn batch(engine: &TestEngine, leads: usize, more: &Json) -> Vec<Uuid> {
    let system = engine.system();
    let values = |at: usize| {
        let mut values = json!({ "name": format!("导入{at}"), "mobile": "13812345678", "owner": null, "source": "website" });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        values.as_object().cloned().unwrap()
    };
    let operations = (0..leads).map(|at| Operation::Create { values: values(at) }).collect();
    let batch = Batch { object: engine.object("lead"), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
    execute(&system, &batch).unwrap().results.into_iter().map(|it| it.unwrap().id).collect()
}

fn held(engine: &TestEngine, rep: &Context) -> usize {
    use guanxi_kernel::read::{CountMode, ListRequest, count_of};
    use guanxi_kernel::store::StoreExt as _;
    let request = ListRequest { filter: Some(format!("owner == '{}'", rep.actor)), count: CountMode::Exact, ..ListRequest::default() };
    let system = engine.system();
    let count = engine.workspace.store.read_with(|tx| count_of(&system, tx, &engine.object("lead"), &request)).unwrap();
    usize::try_from(count.unwrap().value).unwrap()
}

fn many_leads_at_once_take_their_turns_within_the_caps(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 20);
    let system = engine.system();
    let rest = engine.create(&system, "pool", json!({ "name": "默认", "object": "lead", "roles": ["sales"], "is_default": true, "holding_cap": 90 }));
    engine.create(&system, "pool_limit", json!({ "name": "少些", "pool": rest, "member": reps[0].actor, "holding_cap": 10 }));
    engine.create(&engine.again(&reps[1]), "lead", json!({ "name": "已有", "mobile": "13812345678" }));
    rule(engine, json!({ "departments": [department], "condition": "source == 'website' && name != '谁也不要'" }));
    let began = std::time::Instant::now();
    let leads = batch(engine, 1_000, &json!({}));
    eprintln!("1,000 leads by one rule for 20 members: {:?}", began.elapsed());
    let counts: Vec<usize> = reps.iter().map(|it| held(engine, it)).collect();
    assert_eq!((counts[0], counts.iter().sum::<usize>()), (10, 1_001), "{counts:?}");
    assert!(counts[1..].iter().all(|it| (52..=54).contains(it)), "{counts:?}");
    let one = engine.get(&system, "lead", leads[500]);
    assert!(!one["owned_since"].is_null() && one["department"]["id"] == json!(department), "{one}");
    assert_eq!(one["version"], 1, "it was written once");
    assert_eq!(events(engine, "assignment_rule.updated"), 0, "the turn is no change of the rule");
    // The caps hold for the next one too, and what finds nobody falls into the default pool.
    batch(engine, 1_000, &json!({}));
    let counts: Vec<usize> = reps.iter().map(|it| held(engine, it)).collect();
    assert_eq!((counts[0], counts[1..].iter().all(|it| *it == 90)), (10, true), "{counts:?}");
    let lying = engine.list(&system, "lead", &format!("pool == '{rest}'"));
    assert!(!lying.is_empty() && !lying[0]["pooled_at"].is_null());
    let moves = engine.list(&system, "pool_move", "kind == 'entered'");
    assert!(!moves.is_empty());
}

fn two_batches_with_rules_for_the_same_members_wait_for_each_other(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 6);
    let system = engine.system();
    engine.create(&system, "pool", json!({ "name": "公海", "object": "lead", "departments": [department], "holding_cap": 50 }));
    rule(
        engine,
        json!({ "name": "一", "position": 1, "condition": "source == 'website'", "members": [reps[0].actor, reps[1].actor, reps[2].actor] }),
    );
    let backwards: Vec<Uuid> = reps.iter().rev().map(|it| it.actor).collect();
    rule(engine, json!({ "name": "二", "position": 2, "condition": "source == 'event' || source == 'website'", "members": backwards }));
    std::thread::scope(|scope| {
        for at in 0..6 {
            let source = if at % 2 == 0 { "website" } else { "event" };
            scope.spawn(move || batch(engine, 60, &json!({ "source": source })));
        }
    });
    let counts: Vec<usize> = reps.iter().map(|it| held(engine, it)).collect();
    assert!(counts.iter().all(|it| *it == 50), "360 leads, room for 300: {counts:?}");
}

fn what_comes_with_an_owner_takes_room_first(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 2);
    let system = engine.system();
    let manager = engine.member("zhou", &["sales_manager"], department);
    let pool = json!({ "name": "公海", "object": "lead", "departments": [department], "administrators": [manager.actor], "holding_cap": 2 });
    engine.create(&system, "pool", pool);
    rule(engine, json!({ "members": [reps[0].actor, reps[1].actor] }));
    engine.create(&engine.again(&reps[0]), "lead", json!({ "name": "已有", "mobile": "13812345678" }));
    let values = |name: &str, owner: Json| json!({ "name": name, "mobile": "13812345678", "owner": owner }).as_object().cloned().unwrap();
    // By turns the second of them would be the first member's, who has room for one more and gets it by name.
    let rows = [values("甲", Json::Null), values("乙", Json::Null), values("丙", json!(reps[0].actor))];
    let operations = rows.into_iter().map(|values| Operation::Create { values }).collect();
    let batch = Batch { object: engine.object("lead"), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
    execute(&engine.again(&manager), &batch).unwrap();
    assert_eq!([held(engine, &reps[0]), held(engine, &reps[1])], [2, 2]);
}

fn least_load_holds_within_one_batch(engine: &TestEngine) {
    let Scene { department, reps } = scene(engine, 3);
    for it in 0..20 {
        engine.create(&reps[0], "lead", json!({ "name": format!("已有{it}"), "mobile": "13812345678" }));
    }
    rule(engine, json!({ "method": "least_load", "departments": [department], "respond_hours": 4 }));
    let leads = batch(engine, 40, &json!({}));
    assert_eq!([held(engine, &reps[0]), held(engine, &reps[1]), held(engine, &reps[2])], [20, 20, 20]);
    assert_eq!(engine.get(&engine.system(), "lead", leads[0])["respond_by"], "2026-11-16T06:00:00Z");
}
