//! Recycling: who is warned, what goes and what stays, versions of rules, and one click back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{NewLock, lock};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    the_owner_is_warned_and_then_it_goes,
    who_follows_up_keeps_it,
    what_is_protected_locked_or_closed_stays,
    only_what_members_of_the_pool_hold_goes,
    a_rule_holds_from_the_next_day_and_is_replaced_not_changed,
    a_preview_says_who_would_lose_what,
    accounts_have_days_by_their_level,
    accounts_of_a_level_somebody_added_go_by_the_days_for_all,
    a_contract_that_ended_lets_an_account_go,
    a_rule_puts_what_it_takes_into_the_pool_it_names,
    a_night_nobody_was_there_is_made_up_for_once,
    a_wrong_rule_is_told_by_its_field,
    one_click_gives_a_record_back,
    a_version_takes_over_what_the_last_one_warned_of,
    a_rule_that_broke_says_so_and_keeps_nobody_back,
    a_rule_may_empty_a_list_and_says_so_before,
    what_is_claimed_while_it_is_recycled_is_whole,
    a_pool_whose_people_left_takes_back_and_is_looked_after,
);

const DAY: i64 = 24 * 3600;

struct Scene {
    manager: Context,
    rep: Context,
    pool: Uuid,
}

fn scene(engine: &TestEngine, object: &str) -> Scene {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let rep = engine.member("lin", &["sales"], department);
    let pool = json!({ "name": "公海", "object": object, "departments": [department], "administrators": [manager.actor], "run_hour": 2 });
    let pool = engine.create(&system, "pool", pool);
    Scene { manager: engine.again(&manager), rep: engine.again(&rep), pool }
}

/// A rule that is in force today.
fn rule(engine: &TestEngine, pool: Uuid, values: Json) -> Uuid {
    let mut all = json!({ "name": "超期回收", "pool": pool, "effective_from": "2026-11-16" });
    all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
    engine.create(&engine.system(), "pool_rule", all)
}

fn run(engine: &TestEngine) {
    let job = engine.workspace.registry.job("pools.recycle").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn days_later(engine: &TestEngine, days: i64) {
    engine.clock.advance(days * DAY);
    run(engine);
}

fn lead(engine: &TestEngine, owner: &Context, name: &str) -> Uuid {
    engine.create(owner, "lead", json!({ "name": name, "mobile": "13812345678" }))
}

fn record(engine: &TestEngine, object: &str, id: Uuid) -> Json {
    engine.get(&engine.system(), object, id)
}

fn is_in_pool(engine: &TestEngine, id: Uuid) -> bool {
    !record(engine, "lead", id)["pool"].is_null()
}

fn the_owner_is_warned_and_then_it_goes(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "lead");
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 10, "warn_days": 3 }));
    let it = lead(engine, &rep, "久未联系");
    days_later(engine, 6);
    assert_eq!(record(engine, "lead", it)["recycle_on"], Json::Null);
    days_later(engine, 2);
    assert_eq!(record(engine, "lead", it)["recycle_on"], "2026-11-27", "told three days before");
    assert_eq!(engine.list(&engine.again(&rep), "lead", "owner in me.people && recycle_on != null").len(), 1);
    days_later(engine, 2);
    assert!(!is_in_pool(engine, it));
    days_later(engine, 1);
    let gone = record(engine, "lead", it);
    assert_eq!((&gone["pool"]["id"], &gone["owner"], &gone["former_owner"]["id"]), (&json!(pool), &Json::Null, &json!(rep.actor)));
    let told = &engine.list(&engine.system(), "pool_move", "kind == 'recycled'")[0];
    assert_eq!((&told["reason"], &told["note"], &told["from_owner"]["id"]), (&json!("rule"), &json!("超期回收"), &json!(rep.actor)));
    days_later(engine, 1);
    assert_eq!(engine.list(&engine.system(), "pool_move", "kind == 'recycled'").len(), 1, "once");
}

fn who_follows_up_keeps_it(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "lead");
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 10, "warn_days": 3 }));
    let it = lead(engine, &rep, "跟进了");
    days_later(engine, 8);
    assert!(!record(engine, "lead", it)["recycle_on"].is_null());
    engine.create(&engine.again(&rep), "activity", json!({ "subject": "电话", "kind": "call", "status": "done", "lead": it }));
    days_later(engine, 1);
    assert_eq!(record(engine, "lead", it)["recycle_on"], Json::Null, "the warning is taken back");
    days_later(engine, 5);
    assert!(!is_in_pool(engine, it));
    // Warned again, and the pool goes out of use: nobody is waited for any more.
    days_later(engine, 3);
    assert!(!record(engine, "lead", it)["recycle_on"].is_null());
    engine.update(&engine.system(), "pool", pool, json!({ "active": false }));
    run(engine);
    assert_eq!(record(engine, "lead", it)["recycle_on"], Json::Null);
    engine.update(&engine.system(), "pool", pool, json!({ "active": true }));
    // Given to somebody else it is his from that day on.
    let other = engine.member("wu", &["sales"], record(engine, "lead", it)["department"]["id"].as_str().unwrap().parse().unwrap());
    engine.update(&engine.system(), "lead", it, json!({ "owner": other.actor }));
    days_later(engine, 6);
    assert!(!is_in_pool(engine, it));
    days_later(engine, 4);
    days_later(engine, 3);
    assert!(is_in_pool(engine, it));
}

fn what_is_protected_locked_or_closed_stays(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    engine.update(&engine.system(), "pool", pool, json!({ "protect_days": 30 }));
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0, "unless": "rating == 'hot'" }));
    let claimed = engine.create(&engine.system(), "lead", json!({ "name": "刚领的", "mobile": "13812345678", "owner": null, "pool": pool }));
    engine.act(&rep, "lead", claimed, "claim", json!({})).unwrap();
    let [locked, lost, hot, plain] = ["锁定的", "无效的", "热的", "普通的"].map(|it| lead(engine, &rep, it));
    engine.update(&rep, "lead", lost, json!({ "status": "disqualified", "disqualify_reason": "no_need" }));
    engine.update(&rep, "lead", hot, json!({ "rating": "hot" }));
    lock(&manager, &engine.object("lead"), locked, &NewLock { reason: "谈判中".into(), until: None, except: Vec::new() }).unwrap();
    days_later(engine, 6);
    assert_eq!([claimed, locked, lost, hot, plain].map(|it| is_in_pool(engine, it)), [false, false, false, false, true]);
    days_later(engine, 25);
    assert!(is_in_pool(engine, claimed), "protection ends");
}

fn only_what_members_of_the_pool_hold_goes(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "lead");
    let stranger = engine.member("gao", &["sales"], engine.department("海外部", None));
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    let (own, other) = (lead(engine, &rep, "本部门的"), lead(engine, &stranger, "海外的"));
    days_later(engine, 6);
    assert_eq!((is_in_pool(engine, own), is_in_pool(engine, other)), (true, false));
    let leaver = lead(engine, &engine.again(&rep), "离职的");
    for gone in [&rep, &stranger] {
        engine.update(&engine.system(), "user", gone.actor, json!({ "active": false }));
    }
    days_later(engine, 6);
    assert_eq!((is_in_pool(engine, leaver), is_in_pool(engine, other)), (true, false), "whoever left belongs where he was");
}

fn a_rule_holds_from_the_next_day_and_is_replaced_not_changed(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    let it = lead(engine, &rep, "老线索");
    engine.clock.advance(20 * DAY);
    let manager = engine.again(&manager);
    let first = engine.create(&manager, "pool_rule", json!({ "name": "十天", "pool": pool, "kind": "no_follow_up", "days": 10, "warn_days": 0 }));
    assert_eq!(engine.get(&manager, "pool_rule", first)["effective_from"], "2026-12-07");
    run(engine);
    assert!(!is_in_pool(engine, it), "not on the day it is made");
    let refused = engine.try_update(&manager, "pool_rule", first, json!({ "days": 5 })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["days: rule"]);
    let next = engine.act(&manager, "pool_rule", first, "replace", json!({ "days": 60 })).unwrap();
    let next: Uuid = next["id"].as_str().unwrap().parse().unwrap();
    let made = engine.get(&manager, "pool_rule", next);
    assert_eq!((&made["edition"], &made["days"], &made["supersedes"]["id"], &made["name"]), (&json!(2), &json!(60), &json!(first), &json!("十天")));
    assert_eq!(engine.get(&manager, "pool_rule", first)["ends_on"], "2026-12-07");
    // What is left out is kept; what is said to be empty is emptied.
    let replaced = |rule: Uuid, unless: Json| -> Uuid {
        let made = engine.act(&manager, "pool_rule", rule, "replace", unless).unwrap();
        made["id"].as_str().unwrap().parse().unwrap()
    };
    let hot = replaced(next, json!({ "unless": "rating == 'hot'" }));
    let kept = replaced(hot, json!({}));
    let next = replaced(kept, json!({ "unless": "" }));
    let unless = |rule: Uuid| engine.get(&manager, "pool_rule", rule)["unless"].clone();
    assert_eq!((unless(kept), unless(next)), (json!("rating == 'hot'"), Json::Null));
    days_later(engine, 1);
    assert!(!is_in_pool(engine, it), "the first version never held");
    let rep = engine.again(&rep);
    assert_eq!(error_code(&engine.act(&rep, "pool_rule", next, "stop", json!({})).unwrap_err()), "forbidden");
    engine.act(&engine.again(&manager), "pool_rule", next, "stop", json!({})).unwrap();
    days_later(engine, 50);
    assert!(!is_in_pool(engine, it), "nor the second any more");
}

fn a_preview_says_who_would_lose_what(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    let other = engine.member("wu", &["sales"], engine.department("别的部门", None));
    for name in ["甲", "乙", "丙"] {
        lead(engine, &rep, name);
        lead(engine, &other, name);
    }
    engine.clock.advance(12 * DAY);
    let (manager, rep) = (engine.again(&manager), engine.again(&rep));
    engine.create(
        &rep,
        "activity",
        json!({ "subject": "电话", "kind": "call", "status": "done", "lead": engine.list(&rep, "lead", "name == '甲'")[0]["id"] }),
    );
    let preview = |who: &Context, more: Json| {
        let mut input = json!({ "pool": pool, "kind": "no_follow_up", "days": 10, "warn_days": 3 });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        guanxi_kernel::write::act(who, "pool_rule", None, "preview", input.as_object().unwrap())
    };
    let told = preview(&manager, json!({})).unwrap();
    assert_eq!(told["total"], 2);
    assert_eq!(
        (&told["owners"][0]["loses"], &told["owners"][0]["holds"], &told["owners"][0]["member"]["id"]),
        (&json!(2), &json!(3), &json!(rep.actor))
    );
    assert_eq!(told["records"].as_array().unwrap().len(), 2);
    assert_eq!(engine.list(&engine.system(), "pool_rule", "").len(), 0, "nothing is made");
    assert!(["forbidden", "not_found"].contains(&error_code(&preview(&rep, json!({})).unwrap_err())));
    assert_eq!(problem_fields(&preview(&manager, json!({ "kind": "no_opportunity" })).unwrap_err()), ["kind: rule"]);
}

fn accounts_have_days_by_their_level(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "account");
    rule(engine, pool, json!({ "kind": "no_opportunity", "days": 10, "days_a": 30, "warn_days": 0 }));
    let account = |name: &str, level: &str| engine.create(&rep, "account", json!({ "name": name, "level": level }));
    let (key, plain, busy) = (account("甲机床", "a"), account("乙机床", "c"), account("丙机床", "c"));
    engine.create(&rep, "opportunity", json!({ "name": "在谈", "account": busy, "close_date": "2027-01-31" }));
    let free = |id: Uuid| record(engine, "account", id)["owner"].is_null();
    days_later(engine, 11);
    assert_eq!([key, plain, busy].map(free), [false, true, false]);
    days_later(engine, 20);
    assert_eq!([key, busy].map(free), [true, false]);
}

fn accounts_of_a_level_somebody_added_go_by_the_days_for_all(engine: &TestEngine) {
    use guanxi_kernel::definition::{SchemaChange, apply};
    let mut field = engine.object("account").field("level").unwrap().definition.clone();
    field.options.push(serde_json::from_value(json!({ "value": "vip", "label": { "zh-CN": "战略", "en": "Strategic" } })).unwrap());
    apply(&engine.system(), &[SchemaChange::ChangeField { object: "account".into(), field }], false).unwrap();
    let Scene { rep, pool, .. } = scene(engine, "account");
    rule(engine, pool, json!({ "kind": "no_opportunity", "days": 10, "days_a": 30, "warn_days": 0 }));
    let account = |name: &str, level: &str| engine.create(&engine.again(&rep), "account", json!({ "name": name, "level": level }));
    let (key, strategic) = (account("甲机床", "a"), account("乙机床", "vip"));
    let free = |id: Uuid| record(engine, "account", id)["owner"].is_null();
    days_later(engine, 11);
    assert_eq!([key, strategic].map(free), [false, true]);
}

fn a_contract_that_ended_lets_an_account_go(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "account");
    rule(engine, pool, json!({ "kind": "contract_ended", "days": 10, "days_a": 20, "warn_days": 3 }));
    let ending = |name: &str, level: &str, day: Json| {
        let it = engine.create(&rep, "account", json!({ "name": name, "level": level }));
        engine.update(&engine.system(), "account", it, json!({ "contract_ends_on": day }));
        it
    };
    let (ended, key, runs, none) = (
        ending("到期的", "c", json!("2026-11-20")),
        ending("重点的", "a", json!("2026-11-20")),
        ending("没到期的", "c", json!("2027-11-20")),
        ending("没合同的", "c", Json::Null),
    );
    let free = |id: Uuid| record(engine, "account", id)["owner"].is_null();
    // On the 28th, 8 days after it ended, its owner was told; three days later it goes.
    days_later(engine, 12);
    assert_eq!([ended, key].map(|it| record(engine, "account", it)["recycle_on"].clone()), [json!("2026-12-01"), Json::Null]);
    assert!(![ended, key, runs, none].into_iter().any(free));
    days_later(engine, 3);
    assert_eq!([ended, key, runs, none].map(free), [true, false, false, false]);
    // Whoever gets it has as many days, though the contract ended long ago.
    engine.act(&engine.again(&manager), "account", ended, "assign_from_pool", json!({ "member": rep.actor })).unwrap();
    days_later(engine, 1);
    assert_eq!([free(ended), record(engine, "account", ended)["recycle_on"].is_null()], [false, true]);
    // The rep it would be taken from does not say when it ended.
    let error = engine.try_update(&engine.again(&rep), "account", ended, json!({ "contract_ends_on": "2030-01-01" })).unwrap_err();
    assert!(["invalid", "forbidden"].contains(&error_code(&error)), "{error:?}");
    assert_eq!(problem_fields(&engine.try_create(&engine.system(), "pool_rule", lead_rule(engine)).unwrap_err()), ["kind: rule"]);
}

fn lead_rule(engine: &TestEngine) -> Json {
    let somebody = engine.list(&engine.system(), "user", "")[0]["id"].clone();
    let pool = engine.create(&engine.system(), "pool", json!({ "name": "线索公海", "object": "lead", "members": [somebody] }));
    json!({ "name": "线索没有合同", "pool": pool, "kind": "contract_ended", "days": 5 })
}

fn a_rule_puts_what_it_takes_into_the_pool_it_names(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    let outside = engine.department("外地", None);
    let pool_of = |name: &str, object: &str, keeper: Uuid| {
        let values = json!({ "name": name, "object": object, "departments": [outside], "administrators": [keeper] });
        engine.create(&engine.system(), "pool", values)
    };
    let stranger = engine.member("he", &["sales_manager"], outside);
    let (national, others) = (pool_of("全国公海", "lead", manager.actor), pool_of("别人的公海", "lead", stranger.actor));
    let accounts = pool_of("客户公海", "account", manager.actor);
    let manager = engine.again(&manager);
    let made = |into: Uuid| {
        let values = json!({ "name": "到全国", "pool": pool, "into": into, "kind": "no_follow_up", "days": 5, "warn_days": 0 });
        engine.try_create(&manager, "pool_rule", values)
    };
    assert_eq!(error_code(&made(others).unwrap_err()), "forbidden", "one puts nothing into pools of others");
    assert_eq!(problem_fields(&made(accounts).unwrap_err()), ["into: rule"]);
    let rule = made(national).unwrap();
    let first = lead(engine, &rep, "一条");
    let lies = |id: Uuid| record(engine, "lead", id)["pool"]["id"].clone();
    days_later(engine, 6);
    assert_eq!(lies(first), json!(national));
    let moved = engine.list(&engine.system(), "pool_move", "kind == 'recycled'");
    assert_eq!((moved.len(), &moved[0]["pool"]["id"], &moved[0]["rule"]["id"]), (1, &json!(national), &json!(rule)));
    // A new version keeps it; one that is closed takes nothing: its own pool does, and the rule says so.
    let manager = engine.again(&manager);
    let next = engine.act(&manager, "pool_rule", rule, "replace", json!({ "days": 4 })).unwrap()["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(record(engine, "pool_rule", next)["into"]["id"], json!(national));
    assert_eq!(problem_fields(&engine.try_update(&manager, "pool_rule", next, json!({ "into": null })).unwrap_err()), ["into: rule"]);
    engine.update(&engine.system(), "pool", national, json!({ "active": false }));
    days_later(engine, 6);
    let third = lead(engine, &engine.again(&rep), "三条");
    days_later(engine, 5);
    assert_eq!(lies(third), json!(pool));
    assert!(record(engine, "pool_rule", next)["problem"].as_str().is_some_and(|it| it.contains("收回到")));
}

fn a_night_nobody_was_there_is_made_up_for_once(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "lead");
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    // 10:00 in Shanghai: the hour has passed.
    run(engine);
    let it = lead(engine, &rep, "一条");
    run(engine);
    assert_eq!(record(engine, "pool", pool)["last_run_on"], "2026-11-16");
    engine.clock.advance(15 * 3600);
    // 01:00 on the next day: its hour has not come.
    run(engine);
    assert_eq!(record(engine, "pool", pool)["last_run_on"], "2026-11-16");
    engine.clock.advance(5 * DAY);
    // 01:00 on the 22nd: whole days were left out, and are made up for at once.
    run(engine);
    assert!(is_in_pool(engine, it));
    // A clock that is set back runs nothing twice, and breaks nothing.
    engine.clock.advance(-2 * DAY);
    run(engine);
    assert_eq!(engine.list(&engine.system(), "pool_move", "kind == 'recycled'").len(), 1);
}

fn a_wrong_rule_is_told_by_its_field(engine: &TestEngine) {
    let Scene { manager, pool, .. } = scene(engine, "lead");
    let refused = |values: Json| {
        let mut all = json!({ "name": "规则", "pool": pool });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        problem_fields(&engine.try_create(&manager, "pool_rule", all).unwrap_err())
    };
    assert_eq!(refused(json!({ "kind": "custom", "condition": "rating == " })), ["condition: rule"]);
    assert_eq!(refused(json!({ "kind": "custom", "condition": "no_such_field == 1" })), ["condition: rule"]);
    assert_eq!(refused(json!({ "kind": "no_follow_up", "days": 3, "warn_days": 3 })), ["warn_days: rule"]);
    assert_eq!(refused(json!({ "kind": "not_won", "days": 30 })), ["kind: rule"]);
    for unless in ["true) || (true", "level == 'a' // VIP", "'''\n && true)) // ''' == 'x'"] {
        assert_eq!(
            refused(json!({ "kind": "no_follow_up", "days": 30, "unless": unless })),
            ["unless: rule"],
            "it stays within its brackets: {unless}"
        );
    }
}

fn one_click_gives_a_record_back(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    let it = lead(engine, &rep, "收错了");
    days_later(engine, 6);
    let (manager, rep) = (engine.again(&manager), engine.again(&rep));
    assert_eq!(error_code(&engine.act(&rep, "lead", it, "give_back", json!({})).unwrap_err()), "state_conflict");
    engine.act(&manager, "lead", it, "give_back", json!({})).unwrap();
    let back = record(engine, "lead", it);
    assert_eq!((&back["owner"]["id"], &back["pool"]), (&json!(rep.actor), &Json::Null));
    run(engine);
    days_later(engine, 1);
    assert!(!is_in_pool(engine, it), "its days begin anew");
}

fn a_version_takes_over_what_the_last_one_warned_of(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    let first = rule(engine, pool, json!({ "kind": "no_follow_up", "days": 10, "warn_days": 5 }));
    let (it, other) = (lead(engine, &rep, "警告过的"), lead(engine, &rep, "热的"));
    days_later(engine, 6);
    assert_eq!(record(engine, "lead", it)["recycle_on"], "2026-11-27");
    let manager = engine.again(&manager);
    engine.act(&manager, "pool_rule", first, "replace", json!({ "days": 11, "unless": "rating == 'hot'" })).unwrap();
    engine.update(&engine.system(), "lead", other, json!({ "rating": "hot" }));
    days_later(engine, 1);
    assert_eq!(record(engine, "lead", it)["recycle_on"], "2026-11-27", "who was told is not told another day");
    assert_eq!(record(engine, "lead", other)["recycle_on"], Json::Null, "what no rule in force wants is let go of");
    days_later(engine, 4);
    assert!(is_in_pool(engine, it) && !is_in_pool(engine, other));
}

fn a_rule_that_broke_says_so_and_keeps_nobody_back(engine: &TestEngine) {
    use guanxi_kernel::definition::{SchemaChange, apply};
    let Scene { rep, pool, .. } = scene(engine, "lead");
    let field = json!({ "name": "custom_grade", "type": "text", "label": { "zh-CN": "等级", "en": "Grade" } });
    let change = SchemaChange::AddField { object: "lead".into(), field: serde_json::from_value(field).unwrap() };
    apply(&engine.system(), &[change], false).unwrap();
    let broken = rule(engine, pool, json!({ "name": "1 会坏的", "kind": "custom", "condition": "custom_grade == 'x'", "warn_days": 0 }));
    rule(engine, pool, json!({ "name": "2 好的", "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    let it = lead(engine, &rep, "一条");
    apply(&engine.system(), &[SchemaChange::RemoveField { object: "lead".into(), name: "custom_grade".into() }], true).unwrap();
    days_later(engine, 6);
    assert!(is_in_pool(engine, it));
    assert!(record(engine, "pool_rule", broken)["problem"].as_str().is_some_and(|it| it.contains("custom_grade")));
}

fn a_rule_may_empty_a_list_and_says_so_before(engine: &TestEngine) {
    let Scene { manager, rep, pool } = scene(engine, "lead");
    let all = ["甲", "乙"].map(|name| lead(engine, &rep, name));
    engine.clock.advance(12 * DAY);
    let manager = engine.again(&manager);
    let terms = json!({ "pool": pool, "kind": "no_follow_up", "days": 10, "warn_days": 0 });
    let told = guanxi_kernel::write::act(&manager, "pool_rule", None, "preview", terms.as_object().unwrap()).unwrap();
    assert_eq!((&told["owners"][0]["loses"], &told["owners"][0]["holds"]), (&json!(2), &json!(2)), "everything he has");
    let mut values = terms;
    values["name"] = json!("清空");
    engine.create(&manager, "pool_rule", values);
    run(engine);
    assert!(all.iter().all(|it| !is_in_pool(engine, *it)), "from the next day on");
    days_later(engine, 1);
    assert!(all.iter().all(|it| is_in_pool(engine, *it)));
}

fn what_is_claimed_while_it_is_recycled_is_whole(engine: &TestEngine) {
    let Scene { rep, pool, .. } = scene(engine, "lead");
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    let stale: Vec<Uuid> = (0..60).map(|at| lead(engine, &rep, &format!("线索{at}"))).collect();
    let department = engine.get(&engine.system(), "lead", stale[0])["department"]["id"].as_str().unwrap().parse().unwrap();
    let others = ["wu", "xu", "he"].map(|name| engine.member(name, &["sales"], department));
    engine.clock.advance(6 * DAY);
    let others = others.map(|it| engine.again(&it));
    // Two runs at once, as of two nodes, while three claim whatever has come into the pool.
    let claimed: Vec<Uuid> = std::thread::scope(|scope| {
        let runs = [scope.spawn(|| run(engine)), scope.spawn(|| run(engine))];
        let claims: Vec<_> = others
            .iter()
            .map(|who| {
                let stale = &stale;
                scope.spawn(move || {
                    let ids = stale.iter().filter(|id| engine.act(who, "lead", **id, "claim", json!({})).is_ok());
                    ids.copied().collect::<Vec<_>>()
                })
            })
            .collect();
        runs.into_iter().for_each(|it| it.join().unwrap());
        claims.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    for id in stale {
        let now = record(engine, "lead", id);
        let kinds: Vec<Json> = engine.list(&engine.system(), "pool_move", &format!("record == '{id}'")).iter().map(|it| it["kind"].clone()).collect();
        let count = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
        assert_eq!(now["owner"].is_null(), !now["pool"].is_null(), "somebody's or in the pool: {now}");
        assert_eq!(claimed.contains(&id), !now["owner"].is_null(), "who was told that he got it has it: {now}");
        assert_eq!((count("recycled"), count("claimed")), (1, usize::from(claimed.contains(&id))), "{kinds:?}");
    }
}

fn a_pool_whose_people_left_takes_back_and_is_looked_after(engine: &TestEngine) {
    let Scene { rep, .. } = scene(engine, "lead");
    let system = engine.system();
    let pool = engine.create(&system, "pool", json!({ "name": "一个人的公海", "object": "lead", "members": [rep.actor] }));
    rule(engine, pool, json!({ "kind": "no_follow_up", "days": 5, "warn_days": 0 }));
    let it = lead(engine, &rep, "没人管的");
    let successor = engine.member("wu", &["sales"], record(engine, "lead", it)["department"]["id"].as_str().unwrap().parse().unwrap());
    let administrator = engine.member("chen", &["administrator"], engine.department("信息部", None));
    engine.update(&system, "user", rep.actor, json!({ "active": false }));
    days_later(engine, 6);
    assert_eq!(record(engine, "lead", it)["pool"]["id"], json!(pool), "what he had lies there");
    let stranger = engine.again(&successor);
    assert!(engine.act(&stranger, "lead", it, "claim", json!({})).is_err(), "who does not belong claims nothing");
    engine.act(&engine.again(&administrator), "lead", it, "assign_from_pool", json!({ "member": successor.actor })).unwrap();
    assert_eq!(record(engine, "lead", it)["owner"]["id"], json!(successor.actor));
}
