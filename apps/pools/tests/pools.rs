//! Pools: who sees and claims what lies in them, how much one may hold, and what administrators do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    one_gets_a_lead_and_the_others_are_told_by_whom_and_when,
    no_daily_limit_and_no_cap_is_passed_by_claims_at_once,
    only_who_belongs_sees_what_lies_in_a_pool,
    an_assigned_pool_is_seen_by_its_administrators_alone,
    who_returned_it_waits_and_so_does_what_is_new,
    a_cap_holds_for_entry_and_transfer_too,
    a_member_or_a_role_may_have_limits_of_its_own,
    records_are_shared_out_as_the_preview_said,
    what_is_entered_without_an_owner_falls_into_the_default_pool,
    a_pool_has_people_and_keeps_what_it_holds,
    what_was_deleted_is_not_claimed,
    who_does_not_look_after_a_pool_makes_no_rules_and_no_limits_for_it,
    what_was_shared_before_is_not_when_it_lies_in_a_pool,
    a_lead_taken_up_again_counts_towards_the_cap,
    moves_of_old_get_their_names,
);

/// A department with sales reps, and a pool of leads for it that the manager looks after.
struct Scene {
    manager: Context,
    reps: Vec<Context>,
    pool: Uuid,
}

fn scene(engine: &TestEngine, reps: usize, pool: Json) -> Scene {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let reps: Vec<Context> = (0..reps).map(|it| engine.member(&format!("rep{it}"), &["sales"], department)).collect();
    let mut values = json!({ "name": "华东线索公海", "object": "lead", "departments": [department], "administrators": [manager.actor] });
    values.as_object_mut().unwrap().extend(pool.as_object().cloned().unwrap());
    let pool = engine.create(&system, "pool", values);
    Scene { manager: engine.again(&manager), reps: reps.iter().map(|it| engine.again(it)).collect(), pool }
}

fn lead(engine: &TestEngine, pool: Uuid, name: &str) -> Uuid {
    let values =
        json!({ "name": name, "company": format!("{name}机械有限公司"), "mobile": "13812345678", "owner": null, "department": null, "pool": pool });
    engine.create(&engine.system(), "lead", values)
}

fn claim(engine: &TestEngine, who: &Context, lead: Uuid) -> Result<Json, KernelError> {
    engine.act(who, "lead", lead, "claim", json!({}))
}

fn message(error: &KernelError) -> String {
    match error {
        KernelError::Conflict { message, .. } => message.zh_cn.clone(),
        other => panic!("{other:?}"),
    }
}

fn moves(engine: &TestEngine, filter: &str) -> Vec<Json> {
    engine.list(&engine.system(), "pool_move", filter)
}

fn one_gets_a_lead_and_the_others_are_told_by_whom_and_when(engine: &TestEngine) {
    let scene = scene(engine, 100, json!({ "protect_days": 7 }));
    let it = lead(engine, scene.pool, "王建军");
    let answers: Vec<(Uuid, Result<Json, KernelError>)> = std::thread::scope(|scope| {
        let all: Vec<_> = scene.reps.iter().map(|rep| scope.spawn(move || (rep.actor, claim(engine, rep, it)))).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let winners: Vec<Uuid> = answers.iter().filter(|it| it.1.is_ok()).map(|it| it.0).collect();
    assert_eq!(winners.len(), 1, "exactly one gets it");
    let winner = scene.reps.iter().find(|it| it.actor == winners[0]).unwrap();
    let name = engine.get(&engine.system(), "user", winner.actor)["name"].as_str().unwrap().to_owned();
    for error in answers.iter().filter_map(|it| it.1.as_ref().err()) {
        assert_eq!(error_code(error), "already_claimed", "{error:?}");
        assert!(message(error).starts_with(&format!("{name} 已于 2026-11-16 10:00")), "{}", message(error));
    }
    let seen = engine.get(winner, "lead", it);
    assert_eq!((&seen["owner"]["id"], &seen["pool"], &seen["protected_until"]), (&json!(winner.actor), &Json::Null, &json!("2026-11-23T02:00:00Z")));
    assert_eq!(moves(engine, "kind == 'claimed'").len(), 1);
}

fn no_daily_limit_and_no_cap_is_passed_by_claims_at_once(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({ "daily_claims": 7, "holding_cap": 10 }));
    let rep = &scene.reps[0];
    let leads: Vec<Uuid> = (0..40).map(|it| lead(engine, scene.pool, &format!("客户{it}"))).collect();
    let claimed = |some: &[Uuid]| {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = some.iter().map(|it| scope.spawn(move || claim(engine, rep, *it))).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let refused: Vec<String> =
            answers.iter().filter_map(|it| it.as_ref().err()).map(|it| format!("{}: {}", error_code(it), message(it))).collect();
        (answers.iter().filter(|it| it.is_ok()).count(), refused)
    };
    let (first, refused) = claimed(&leads[..20]);
    assert_eq!(first, 7);
    assert!(refused.iter().all(|it| it.starts_with("claim_refused: 今天已从公海“华东线索公海”领取 7 条，每天最多 7 条")), "{refused:?}");
    engine.clock.advance(24 * 3600);
    let again = Scene { reps: vec![engine.again(rep)], ..scene };
    let rep = &again.reps[0];
    let (second, refused) = {
        let answers: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = leads[20..].iter().map(|it| scope.spawn(move || claim(engine, rep, *it))).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let refused: Vec<String> = answers.iter().filter_map(|it| it.as_ref().err()).map(message).collect();
        (answers.iter().filter(|it| it.is_ok()).count(), refused)
    };
    assert_eq!(second, 3, "ten are held and no more");
    assert!(refused.iter().all(|it| it.contains("持有上限：最多 10，名下已有 10")), "{refused:?}");
    // A lead that came to nothing takes no place.
    let own = engine.list(rep, "lead", &format!("owner == '{}'", rep.actor))[0]["id"].as_str().unwrap().parse().unwrap();
    engine.update(rep, "lead", own, json!({ "status": "disqualified", "disqualify_reason": "no_need" }));
    let free = engine.list(rep, "lead", "owner == null")[0]["id"].as_str().unwrap().parse().unwrap();
    claim(engine, rep, free).unwrap();
}

fn only_who_belongs_sees_what_lies_in_a_pool(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({}));
    let outsider = engine.member("wu", &["sales"], engine.department("销售二部", None));
    let trainer = engine.member("pei", &["trainer"], engine.department("培训部", None));
    let it = lead(engine, scene.pool, "李娜");
    assert_eq!(engine.list(&scene.reps[0], "lead", "pool in me.circles").len(), 1);
    for stranger in [engine.again(&outsider), engine.again(&trainer)] {
        assert!(engine.try_list(&stranger, "lead", "").unwrap_or_default().is_empty());
        assert!(["not_found", "forbidden"].contains(&error_code(&claim(engine, &stranger, it).unwrap_err())));
    }
    // A member of the pool reads, and neither changes, deletes nor assigns.
    let rep = &scene.reps[0];
    assert_eq!(error_code(&engine.try_update(rep, "lead", it, json!({ "company": "别家" })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(rep, "lead", it, json!({ "owner": rep.actor })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_delete(rep, "lead", it).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.act(rep, "lead", it, "assign_from_pool", json!({ "member": rep.actor })).unwrap_err()), "state_conflict");
    assert_eq!(error_code(&engine.act(rep, "lead", it, "give_back", json!({})).unwrap_err()), "state_conflict");
    assert_eq!(error_code(&engine.act(rep, "pool", scene.pool, "distribute", json!({ "records": [it], "members": [] })).unwrap_err()), "forbidden");
    // Taken off the pool he sees nothing of it on his next request.
    engine.update(&engine.system(), "pool", scene.pool, json!({ "departments": [], "members": [] }));
    assert!(engine.list(&engine.again(rep), "lead", "").is_empty());
    assert_eq!(engine.list(&engine.again(&scene.manager), "lead", "").len(), 1, "its administrator does");
}

fn an_assigned_pool_is_seen_by_its_administrators_alone(engine: &TestEngine) {
    let scene = scene(engine, 2, json!({ "visibility": "assigned" }));
    let it = lead(engine, scene.pool, "赵敏");
    let rep = &scene.reps[0];
    assert!(engine.list(rep, "lead", "").is_empty());
    assert_eq!(error_code(&claim(engine, rep, it).unwrap_err()), "not_found");
    engine.act(&scene.manager, "lead", it, "assign_from_pool", json!({ "member": rep.actor, "note": "就近" })).unwrap();
    assert_eq!(engine.get(rep, "lead", it)["owner"]["id"], json!(rep.actor));
    let told = &moves(engine, "kind == 'assigned'")[0];
    assert_eq!((&told["note"], &told["to_owner"]["id"]), (&json!("就近"), &json!(rep.actor)));
    let late = claim(engine, &scene.reps[1], it).unwrap_err();
    assert_eq!(error_code(&late), "state_conflict", "who never saw it there is not told how it went");
}

fn who_returned_it_waits_and_so_does_what_is_new(engine: &TestEngine) {
    let scene = scene(engine, 2, json!({ "former_owner_days": 5, "new_days": 1, "masked_fields": ["mobile"] }));
    let [one, other] = scene.reps.as_slice() else { panic!("two reps") };
    let it = engine.create(one, "lead", json!({ "name": "孙强", "mobile": "13812345678" }));
    let refused = |who: &Context| problem_fields(&engine.act(who, "lead", it, "return_to_pool", json!({})).unwrap_err());
    assert_eq!(refused(one), ["reason: required"]);
    engine.act(one, "lead", it, "return_to_pool", json!({ "reason": "unreachable", "note": "三次未接" })).unwrap();
    let seen = engine.get(other, "lead", it);
    assert_eq!((&seen["owner"], &seen["department"], &seen["former_owner"]["id"]), (&Json::Null, &Json::Null, &json!(one.actor)));
    let told = &moves(engine, "kind == 'returned'")[0];
    assert_eq!((&told["reason"], &told["note"], &told["from_owner"]["id"]), (&json!("unreachable"), &json!("三次未接"), &json!(one.actor)));
    assert!(message(&claim(engine, other, it).unwrap_err()).starts_with("刚进入公海，2026-11-17 10:00"));
    engine.clock.advance(25 * 3600);
    assert!(message(&claim(engine, &engine.again(one), it).unwrap_err()).starts_with("您是原负责人，2026-11-21 10:00"));
    claim(engine, &engine.again(other), it).unwrap();
    assert_eq!(error_code(&engine.act(&engine.again(one), "lead", it, "return_to_pool", json!({ "reason": "other" })).unwrap_err()), "forbidden");
}

fn a_cap_holds_for_entry_and_transfer_too(engine: &TestEngine) {
    let scene = scene(engine, 2, json!({ "holding_cap": 2 }));
    let [one, other] = scene.reps.as_slice() else { panic!("two reps") };
    let own: Vec<Uuid> = (0..2).map(|it| engine.create(one, "lead", json!({ "name": format!("自有{it}"), "mobile": "13812345678" }))).collect();
    let error = engine.try_create(one, "lead", json!({ "name": "第三条", "mobile": "13812345678" })).unwrap_err();
    assert_eq!(error_code(&error), "claim_refused");
    assert!(message(&error).contains("最多 2，名下已有 2"), "{}", message(&error));
    for it in 0..2 {
        engine.create(other, "lead", json!({ "name": format!("他的{it}"), "mobile": "13812345678" }));
    }
    let error = engine.try_update(one, "lead", own[0], json!({ "owner": other.actor })).unwrap_err();
    assert_eq!(error_code(&error), "claim_refused", "a transfer brings nobody beyond");
    let free = lead(engine, scene.pool, "公海里的");
    assert_eq!(
        error_code(&engine.act(&scene.manager, "lead", free, "assign_from_pool", json!({ "member": one.actor })).unwrap_err()),
        "claim_refused"
    );
    // Accounts are counted for themselves.
    engine.create(one, "account", json!({ "name": "苏州华锐精密机械有限公司" }));
}

fn a_member_or_a_role_may_have_limits_of_its_own(engine: &TestEngine) {
    let scene = scene(engine, 2, json!({ "daily_claims": 1 }));
    let system = engine.system();
    let [one, other] = scene.reps.as_slice() else { panic!("two reps") };
    engine.create(&system, "pool_limit", json!({ "name": "老员工", "pool": scene.pool, "member": one.actor, "daily_claims": 3 }));
    let claims = |who: &Context| (0..5).filter(|it| claim(engine, who, lead(engine, scene.pool, &format!("甲{it}"))).is_ok()).count();
    assert_eq!((claims(one), claims(other)), (3, 1));
    engine.create(&system, "pool_limit", json!({ "name": "销售不限", "pool": scene.pool, "role": "sales", "exempt": true }));
    assert_eq!(claims(other), 5);
    assert_eq!(claims(one), 0, "a member's own come first");
    let both =
        engine.try_create(&system, "pool_limit", json!({ "name": "二者", "pool": scene.pool, "role": "sales", "member": one.actor })).unwrap_err();
    assert_eq!(problem_fields(&both), ["member: rule"]);
}

fn records_are_shared_out_as_the_preview_said(engine: &TestEngine) {
    let scene = scene(engine, 3, json!({ "holding_cap": 4 }));
    let leads: Vec<Uuid> = (0..10).map(|it| lead(engine, scene.pool, &format!("待分{it}"))).collect();
    let members: Vec<Json> = scene.reps.iter().map(|it| json!({ "member": it.actor, "weight": 1 })).collect();
    let input = |more: Json| {
        let mut input = json!({ "records": leads, "members": members, "mode": "random" });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        input
    };
    let distribute = |more: Json| engine.act(&scene.manager, "pool", scene.pool, "distribute", input(more)).unwrap();
    let preview = distribute(json!({ "preview": true }));
    assert_eq!(moves(engine, "kind == 'assigned'").len(), 0);
    let done = distribute(json!({ "seed": preview["seed"] }));
    let all = |it: &Json, key: &str| it[key].as_array().unwrap().clone();
    assert_eq!((&preview["moves"], &preview["members"]), (&done["moves"], &done["members"]), "caps are known before");
    let records = |it: &Json| all(it, "refused").iter().map(|it| it["record"].clone()).collect::<Vec<_>>();
    assert_eq!(records(&preview), records(&done));
    assert!(all(&done, "moves").len() + all(&done, "refused").len() == 10 && all(&preview, "refused").iter().all(|it| it["message"].is_string()));
    for (member, rep) in all(&done, "members").iter().zip(&scene.reps) {
        assert_eq!((&member["member"]["id"], &member["cap"], &member["held"], &member["free"]), (&json!(rep.actor), &json!(4), &json!(0), &json!(4)));
        assert!(member["given"].as_u64().unwrap() <= 4, "{member}");
    }
    let moved = moves(engine, "kind == 'assigned'");
    let name = engine.get(&engine.system(), "user", moved[0]["to_owner"]["id"].as_str().unwrap().parse().unwrap())["name"].clone();
    assert_eq!(moved[0]["title"], json!(format!("华东线索公海 → {}", name.as_str().unwrap())));
    for rep in &scene.reps {
        assert!(engine.list(rep, "lead", &format!("owner == '{}'", rep.actor)).len() <= 4);
    }
    let again = distribute(json!({}));
    assert!(all(&again, "moves").len() + all(&again, "refused").len() == 10 && all(&again, "refused").iter().all(|it| it["message"].is_string()));
    for (wrong, field) in [(json!({ "records": "x" }), "records: bad_format"), (json!({ "members": [{ "member": "x" }] }), "members: bad_format")] {
        let mut input = input(json!({}));
        input.as_object_mut().unwrap().extend(wrong.as_object().cloned().unwrap());
        assert_eq!(problem_fields(&engine.act(&scene.manager, "pool", scene.pool, "distribute", input).unwrap_err()), [field]);
    }
}

fn what_is_entered_without_an_owner_falls_into_the_default_pool(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({ "is_default": true }));
    let system = engine.system();
    let it = engine.create(&system, "lead", json!({ "name": "官网来的", "mobile": "13812345678", "owner": null }));
    assert_eq!(engine.get(&scene.reps[0], "lead", it)["pool"]["id"], json!(scene.pool));
    assert_eq!(moves(engine, "kind == 'entered'").len(), 1);
    let second =
        engine.create(&system, "pool", json!({ "name": "第二个", "object": "lead", "is_default": true, "administrators": [scene.manager.actor] }));
    assert_eq!(engine.get(&system, "pool", scene.pool)["is_default"], false, "one of a kind is the default");
    let accounts = engine.create(
        &system,
        "pool",
        json!({ "name": "客户公海", "object": "account", "is_default": true, "administrators": [scene.manager.actor] }),
    );
    assert_eq!(engine.get(&system, "pool", second)["is_default"], true);
    let wrong = engine.try_create(&system, "lead", json!({ "name": "错放", "mobile": "13812345678", "owner": null, "pool": accounts })).unwrap_err();
    assert_eq!(problem_fields(&wrong), ["pool: rule"]);
}

fn a_pool_has_people_and_keeps_what_it_holds(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({}));
    let system = engine.system();
    assert_eq!(
        problem_fields(&engine.try_create(&system, "pool", json!({ "name": "没有人", "object": "lead" })).unwrap_err()),
        ["administrators: required"]
    );
    assert_eq!(problem_fields(&engine.try_update(&system, "pool", scene.pool, json!({ "object": "account" })).unwrap_err()), ["object: rule"]);
    let it = lead(engine, scene.pool, "还在里面");
    let error = engine.try_delete(&system, "pool", scene.pool).unwrap_err();
    assert_eq!(error_code(&error), "still_referenced");
    engine.update(&system, "pool", scene.pool, json!({ "active": false }));
    let rep = engine.again(&scene.reps[0]);
    assert!(engine.list(&rep, "lead", "").is_empty(), "a pool that is not in use is closed");
    assert_eq!(
        error_code(&engine.act(&engine.again(&scene.manager), "lead", it, "assign_from_pool", json!({ "member": rep.actor })).unwrap_err()),
        "claim_refused"
    );
}

fn what_was_deleted_is_not_claimed(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({}));
    let it = lead(engine, scene.pool, "要删的");
    let system = engine.system();
    engine.try_delete(&system, "lead", it).unwrap();
    assert_eq!(error_code(&claim(engine, &scene.reps[0], it).unwrap_err()), "not_found");
    engine.try_restore(&system, "lead", it).unwrap();
    claim(engine, &scene.reps[0], it).unwrap();
    engine.act(&scene.reps[0], "lead", it, "convert", json!({})).unwrap();
    assert_eq!(error_code(&engine.act(&scene.reps[0], "lead", it, "convert", json!({})).unwrap_err()), "state_conflict", "twice");
}

fn who_does_not_look_after_a_pool_makes_no_rules_and_no_limits_for_it(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({ "holding_cap": 5 }));
    let other = engine.member("han", &["sales_manager"], engine.department("别的大区", None));
    let other = engine.again(&other);
    let rule = json!({ "name": "全收", "pool": scene.pool, "kind": "custom", "condition": "true", "warn_days": 0 });
    assert_eq!(error_code(&engine.try_create(&other, "pool_rule", rule.clone()).unwrap_err()), "forbidden");
    let limit = json!({ "name": "不限", "pool": scene.pool, "member": other.actor, "exempt": true });
    assert_eq!(error_code(&engine.try_create(&other, "pool_limit", limit.clone()).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(&other, "pool", scene.pool, json!({ "holding_cap": 500 })).unwrap_err()), "forbidden");
    engine.create(&scene.manager, "pool_rule", rule);
    engine.create(&scene.manager, "pool_limit", limit);
    // Whom it is for, and what it covers, is the administrator's to say.
    for values in [
        json!({ "administrators": [scene.reps[0].actor] }),
        json!({ "departments": [] }),
        json!({ "masked_fields": [] }),
        json!({ "is_default": true }),
    ] {
        assert!(engine.try_update(&scene.manager, "pool", scene.pool, values.clone()).is_err(), "{values}");
    }
}

fn what_was_shared_before_is_not_when_it_lies_in_a_pool(engine: &TestEngine) {
    use guanxi_kernel::access::{Principal, ShareLevel};
    use guanxi_kernel::shares::{NewShare, share};
    let scene = scene(engine, 1, json!({ "hidden_fields": ["mobile"] }));
    let friend = engine.member("wu", &["sales"], engine.department("销售二部", None));
    let rep = &scene.reps[0];
    let it = engine.create(rep, "lead", json!({ "name": "共享过的", "mobile": "13812345678" }));
    share(rep, &engine.object("lead"), it, &NewShare { principal: Principal::Member(friend.actor), level: ShareLevel::Manage, expires_at: None })
        .unwrap();
    assert_eq!(engine.get(&engine.again(&friend), "lead", it)["mobile"], "+8613812345678");
    engine.act(rep, "lead", it, "return_to_pool", json!({ "reason": "no_capacity" })).unwrap();
    assert!(engine.list(&engine.again(&friend), "lead", "").is_empty());
    // Nobody's hands move it but those of the pool: by no way round either.
    let rep = engine.again(rep);
    assert!(engine.act(&rep, "lead", it, "convert", json!({})).is_err());
    let error = engine.try_update(&scene.manager, "lead", it, json!({ "owner": rep.actor })).unwrap_err();
    assert_eq!(problem_fields(&error), ["owner: rule"]);
    assert_eq!(moves(engine, "").len(), 1, "one move is told once");
}

fn a_lead_taken_up_again_counts_towards_the_cap(engine: &TestEngine) {
    let scene = scene(engine, 1, json!({ "holding_cap": 1 }));
    let rep = &scene.reps[0];
    let first = engine.create(rep, "lead", json!({ "name": "第一条", "mobile": "13812345678" }));
    engine.update(rep, "lead", first, json!({ "status": "disqualified", "disqualify_reason": "no_need" }));
    claim(engine, rep, lead(engine, scene.pool, "第二条")).unwrap();
    let error = engine.try_update(rep, "lead", first, json!({ "status": "new" })).unwrap_err();
    assert_eq!(error_code(&error), "claim_refused");
}

fn moves_of_old_get_their_names(engine: &TestEngine) {
    use guanxi_kernel::app::JobHandler;
    let scene = scene(engine, 1, json!({}));
    for name in ["甲", "乙", "丙"] {
        let it = lead(engine, scene.pool, name);
        claim(engine, &scene.reps[0], it).unwrap();
    }
    let system = engine.system();
    let ids: Vec<Uuid> = moves(engine, "").iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect();
    let (titles, all) = (|| moves(engine, "title == null").len(), ids.len());
    let nameless = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
        let emptied = serde_json::Map::from_iter([("title".to_owned(), Json::Null)]);
        ids.iter().try_for_each(|id| unit.update_as_system("pool_move", *id, &emptied).map(drop))
    };
    guanxi_kernel::write::run_unit(&system, system.new_id(), "test", Box::new(nameless)).unwrap();
    assert_eq!((titles(), all), (6, 6));
    let run = || {
        let job = engine.workspace.registry.job("pools.name_moves").unwrap().clone();
        JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
    };
    run();
    assert_eq!(titles(), 0);
    let claimed = moves(engine, "kind == 'claimed'");
    let rep = engine.get(&system, "user", scene.reps[0].actor)["name"].as_str().unwrap().to_owned();
    assert!(claimed.iter().all(|it| it["title"].as_str().unwrap().ends_with(&format!("→ {rep}"))), "{claimed:?}");
    let versions = || moves(engine, "").iter().map(|it| it["version"].as_i64().unwrap()).sum::<i64>();
    let before = versions();
    run();
    assert_eq!(versions(), before, "once");
}
