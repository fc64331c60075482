//! A leaver's records by a plan: to whom, what stays, what goes into which pool; told on each record, and taken back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::KernelError;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{NewLock, lock};
use guanxi_kernel::write::act;
use guanxi_kernel::write::merge::{MergeRequest, merge};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    everything_goes_where_the_plan_says,
    it_is_taken_back_where_nobody_changed_it_since,
    what_somebody_changed_since_is_not_taken_back,
    a_claim_and_a_return_within_the_second_of_it_count,
    moves_of_what_was_merged_into_it_are_not_its_own,
    what_a_cap_or_a_lock_refuses_is_told_and_the_rest_goes,
    an_interrupted_run_goes_on,
    a_plan_that_makes_no_sense_is_refused,
    only_what_one_may_give_away_goes,
    who_may_not_is_refused,
);

struct Scene {
    manager: Context,
    leaver: Context,
    one: Context,
    two: Context,
    north: Uuid,
    pool: Uuid,
}

fn scene(engine: &TestEngine) -> Scene {
    let system = engine.system();
    let north = engine.department("华北部", None);
    let manager = engine.member("zhou", &["sales_manager"], north);
    let [leaver, one, two] = ["lin", "wu", "xu"].map(|it| engine.member(it, &["sales"], north));
    let pool = json!({ "name": "客户公海", "object": "account", "departments": [north], "administrators": [manager.actor] });
    let pool = engine.create(&system, "pool", pool);
    let again = |it: &Context| engine.again(it);
    Scene { manager: again(&manager), leaver: again(&leaver), one: again(&one), two: again(&two), north, pool }
}

fn account(engine: &TestEngine, owner: &Context, name: &str, level: &str) -> Uuid {
    engine.create(owner, "account", json!({ "name": name, "level": level }))
}

fn ask(context: &Context, action: &str, input: &Json) -> Result<Json, KernelError> {
    act(context, "ownership_transfer", None, action, input.as_object().unwrap())
}

fn run(engine: &TestEngine, transfer: &Json) {
    let job = engine.workspace.registry.job("ownership.transfer").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({ "transfer": transfer })).unwrap();
}

fn start(engine: &TestEngine, by: &Context, member: &Context, plan: &Json) -> Json {
    let started = ask(by, "start", &json!({ "member": member.actor, "plan": plan, "reason": "left" })).unwrap();
    run(engine, &started["id"]);
    started["id"].clone()
}

fn transfer(engine: &TestEngine, id: &Json) -> Json {
    engine.get(&engine.system(), "ownership_transfer", id.as_str().unwrap().parse().unwrap())
}

fn owner(engine: &TestEngine, object: &str, id: Uuid) -> Json {
    engine.get(&engine.system(), object, id)["owner"]["id"].clone()
}

/// Key accounts to one, level D into the pool, the rest by turns; leads to the other; contacts stay.
fn plan(it: &Scene) -> Json {
    json!([
        { "object": "account", "when": "level == 'a'", "to": { "member": it.one.actor } },
        { "object": "account", "when": "level == 'd'", "to": { "pool": it.pool } },
        { "object": "account", "to": { "members": [it.one.actor, it.two.actor] } },
        { "object": "lead", "department": it.north, "to": { "member": it.two.actor } },
        { "object": "contact", "to": { "stay": true } },
    ])
}

struct Held {
    key: Uuid,
    poor: Uuid,
    rest: [Uuid; 4],
    lead: Uuid,
    contact: Uuid,
    deal: Uuid,
}

fn held(engine: &TestEngine, it: &Scene) -> Held {
    let by = &it.leaver;
    let key = account(engine, by, "重点客户", "a");
    Held {
        key,
        poor: account(engine, by, "一般关注", "d"),
        rest: [1, 2, 3, 4].map(|number| account(engine, by, &format!("普通客户{number}"), "c")),
        lead: engine.create(by, "lead", json!({ "name": "线索", "mobile": "13812345678" })),
        contact: engine.create(by, "contact", json!({ "name": "王芳", "account": key })),
        deal: engine.create(by, "opportunity", json!({ "name": "商机", "account": key, "amount": "1000", "close_date": "2026-12-31" })),
    }
}

fn everything_goes_where_the_plan_says(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let told = ask(&it.manager, "preview", &json!({ "member": it.leaver.actor, "plan": plan(&it) })).unwrap();
    assert_eq!((&told["total"], &told["member"]["label"]), (&json!(9), &json!("lin")), "{told}");
    let accounts = told["objects"].as_array().unwrap().iter().find(|it| it["object"] == "account").unwrap();
    let counts: Vec<(i64, &str, i64)> = accounts["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["target"].as_i64().unwrap(), it["kind"].as_str().unwrap(), it["count"].as_i64().unwrap()))
        .collect();
    assert_eq!(counts, [(0, "member", 1), (1, "pool", 1), (2, "member", 2), (2, "member", 2)]);
    assert_eq!(owner(engine, "account", has.key), json!(it.leaver.actor), "a preview changes nothing");
    // He has left in the meantime.
    engine.update(&engine.system(), "user", it.leaver.actor, json!({ "active": false }));
    let id = start(engine, &it.manager, &it.leaver, &plan(&it));
    let done = transfer(engine, &id);
    let figures = ["total", "moved", "pooled", "stayed", "failed"].map(|name| done[name].as_i64().unwrap());
    assert_eq!((done["state"].as_str(), figures), (Some("done"), [9, 6, 1, 2, 0]), "{done}");
    assert_eq!((owner(engine, "account", has.key), owner(engine, "lead", has.lead)), (json!(it.one.actor), json!(it.two.actor)));
    assert_eq!((owner(engine, "contact", has.contact), owner(engine, "opportunity", has.deal)), (json!(it.leaver.actor), json!(it.leaver.actor)));
    let turns = has.rest.map(|id| owner(engine, "account", id));
    assert_eq!(turns.iter().filter(|owner| **owner == json!(it.one.actor)).count(), 2);
    let pooled = engine.get(&engine.system(), "account", has.poor);
    assert_eq!((&pooled["pool"]["id"], &pooled["owner"], &pooled["former_owner"]["id"]), (&json!(it.pool), &Json::Null, &json!(it.leaver.actor)));
    // The history of each record, the trail of the pool, and who did it.
    let told = engine.list(&engine.system(), "ownership_decision", &format!("record == '{}'", has.poor));
    assert_eq!((&told[0]["kind"], &told[0]["to_pool"]["id"], &told[0]["transfer"]["id"]), (&json!("transfer"), &json!(it.pool), &id));
    let moved = &engine.list(&engine.system(), "pool_move", "kind == 'returned'")[0];
    assert_eq!((&moved["reason"], &moved["from_owner"]["id"]), (&json!("left"), &json!(it.leaver.actor)));
    assert_eq!(engine.get(&engine.system(), "account", has.key)["updated_by"]["id"], json!(it.manager.actor));
}

fn it_is_taken_back_where_nobody_changed_it_since(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let id = start(engine, &it.manager, &it.leaver, &plan(&it));
    // One went on to somebody else since.
    engine.update(&engine.again(&it.manager), "account", has.key, json!({ "owner": it.two.actor }));
    let uuid: Uuid = id.as_str().unwrap().parse().unwrap();
    let other = engine.member("qian", &["sales_manager"], it.north);
    assert_eq!(error_code(&engine.act(&other, "ownership_transfer", uuid, "take_back", json!({})).unwrap_err()), "not_found");
    engine.act(&it.manager, "ownership_transfer", uuid, "take_back", json!({})).unwrap();
    run(engine, &id);
    run(engine, &id);
    let done = transfer(engine, &id);
    assert_eq!((&done["state"], &done["failed"], &done["failures"][0]["label"]), (&json!("taken_back"), &json!(1), &json!("重点客户")), "{done}");
    let all: Vec<Uuid> = has.rest.into_iter().chain([has.poor]).collect();
    assert!(all.iter().all(|id| owner(engine, "account", *id) == json!(it.leaver.actor)));
    assert_eq!(owner(engine, "account", has.key), json!(it.two.actor));
    let poor = engine.get(&engine.system(), "account", has.poor);
    assert_eq!((&poor["pool"], &poor["department"]["id"]), (&Json::Null, &json!(it.north)), "out of the pool, and in its department again");
    let trail = engine.list(&engine.system(), "ownership_decision", &format!("record == '{}'", has.poor));
    let mut kinds: Vec<&str> = trail.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["taken_back", "transfer"]);
    assert_eq!(engine.list(&engine.system(), "pool_move", "kind == 'given_back'").len(), 1);
    assert_eq!(error_code(&engine.act(&it.manager, "ownership_transfer", uuid, "take_back", json!({})).unwrap_err()), "state_conflict");
}

fn what_somebody_changed_since_is_not_taken_back(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let (system, south) = (engine.system(), engine.department("华南部", None));
    // One of the two belongs to no department: what goes to him keeps the one it has.
    engine.update(&system, "user", it.two.actor, json!({ "department": null }));
    let id = start(engine, &engine.again(&it.manager), &it.leaver, &plan(&it));
    engine.clock.advance(60);
    let system = engine.system();
    // The department was changed by hand since, whether the hand-over had given one or not.
    for account in [has.key, has.lead] {
        let object = if account == has.key { "account" } else { "lead" };
        engine.update(&system, object, account, json!({ "department": south }));
    }
    // What lay in the pool was somebody's meanwhile, and came back.
    engine.update(&system, "account", has.poor, json!({ "pool": null, "owner": it.one.actor, "department": it.north }));
    engine.update(&system, "account", has.poor, json!({ "pool": it.pool, "owner": null, "department": null }));
    let uuid: Uuid = id.as_str().unwrap().parse().unwrap();
    engine.act(&engine.again(&it.manager), "ownership_transfer", uuid, "take_back", json!({})).unwrap();
    run(engine, &id);
    let at = |object: &str, id: Uuid| {
        let told = engine.get(&engine.system(), object, id);
        (told["owner"]["id"].clone(), told["department"]["id"].clone())
    };
    let leaver = json!(it.leaver.actor);
    assert_eq!(at("account", has.key), (leaver.clone(), json!(south)), "the department was given by the hand-over and changed since");
    assert_eq!(at("lead", has.lead), (leaver, json!(south)), "the department was none of the hand-over's");
    assert_eq!(at("account", has.poor), (Json::Null, Json::Null), "it lies in the pool anew");
    assert_eq!(transfer(engine, &id)["failed"], 1);
}

fn a_claim_and_a_return_within_the_second_of_it_count(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let id = start(engine, &engine.again(&it.manager), &it.leaver, &plan(&it));
    // The clock stands: the record's own times cannot tell that it lies in the pool anew.
    let one = engine.again(&it.one);
    engine.act(&one, "account", has.poor, "claim", json!({})).unwrap();
    engine.act(&one, "account", has.poor, "return_to_pool", json!({ "pool": it.pool, "reason": "no_interest" })).unwrap();
    let uuid: Uuid = id.as_str().unwrap().parse().unwrap();
    engine.act(&engine.again(&it.manager), "ownership_transfer", uuid, "take_back", json!({})).unwrap();
    run(engine, &id);
    assert_eq!(owner(engine, "account", has.poor), Json::Null, "it lies there anew");
    let done = transfer(engine, &id);
    assert_eq!((&done["failed"], &done["failures"][0]["reason"]["en"]), (&json!(1), &json!("it changed hands since")), "{done}");
}

fn moves_of_what_was_merged_into_it_are_not_its_own(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let id = start(engine, &engine.again(&it.manager), &it.leaver, &plan(&it));
    // Its double came into the pool after the hand-over, and its moves come along.
    let system = engine.system();
    let double = engine.create(&system, "account", json!({ "name": "一般关注（重复）", "pool": it.pool }));
    merge(&system, &engine.object("account"), &MergeRequest { survivor: has.poor, others: vec![double], ..MergeRequest::default() }).unwrap();
    assert_eq!(engine.list(&system, "pool_move", &format!("record == '{}'", has.poor)).len(), 2);
    let uuid: Uuid = id.as_str().unwrap().parse().unwrap();
    engine.act(&engine.again(&it.manager), "ownership_transfer", uuid, "take_back", json!({})).unwrap();
    run(engine, &id);
    let done = transfer(engine, &id);
    assert_eq!((&done["failed"], owner(engine, "account", has.poor)), (&json!(0), json!(it.leaver.actor)), "{done}");
}

fn what_a_cap_or_a_lock_refuses_is_told_and_the_rest_goes(engine: &TestEngine) {
    let it = scene(engine);
    engine.update(&engine.system(), "pool", it.pool, json!({ "holding_cap": 2 }));
    let held = |name: &str| json!({ "name": name, "owner": it.leaver.actor, "department": it.north });
    let all = ["锁定的", "客户一", "客户二", "客户三"].map(|name| engine.create(&engine.system(), "account", held(name)));
    let manager = engine.again(&it.manager);
    lock(&manager, &engine.object("account"), all[0], &NewLock { reason: "合同审批中".into(), except: Vec::new(), until: None }).unwrap();
    let plan = json!([{ "object": "account", "to": { "member": it.one.actor } }]);
    let done = transfer(engine, &start(engine, &manager, &it.leaver, &plan));
    assert_eq!((&done["moved"], &done["failed"], &done["failures"][0]["label"]), (&json!(2), &json!(2), &json!("锁定的")), "{done}");
    assert!(done["failures"].as_array().unwrap().iter().all(|it| it["reason"]["zh-CN"].is_string()));
    let owners = all.map(|id| owner(engine, "account", id));
    let (leaver, one) = (json!(it.leaver.actor), json!(it.one.actor));
    assert_eq!(owners, [leaver.clone(), one.clone(), one, leaver]);
}

fn an_interrupted_run_goes_on(engine: &TestEngine) {
    let it = scene(engine);
    let has = held(engine, &it);
    let started = ask(&it.manager, "start", &json!({ "member": it.leaver.actor, "plan": plan(&it), "reason": "moved" })).unwrap();
    let id: Uuid = started["id"].as_str().unwrap().parse().unwrap();
    // As if it had died after it had begun.
    engine.update(&engine.system(), "ownership_transfer", id, json!({ "state": "running" }));
    run(engine, &started["id"]);
    run(engine, &started["id"]);
    assert_eq!(transfer(engine, &started["id"])["moved"], 6, "once");
    assert_eq!(engine.list(&engine.system(), "ownership_decision", &format!("record == '{}'", has.key)).len(), 1);
}

fn a_plan_that_makes_no_sense_is_refused(engine: &TestEngine) {
    let it = scene(engine);
    let lead_pool = engine.create(&engine.system(), "pool", json!({ "name": "线索公海", "object": "lead", "departments": [it.north] }));
    let wrong = [
        json!([]),
        json!({}),
        json!([{ "to": {} }]),
        json!([{ "to": { "stay": true, "member": it.one.actor } }]),
        json!([{ "to": { "member": it.leaver.actor } }]),
        json!([{ "to": { "member": Uuid::nil() } }]),
        json!([{ "to": { "members": [] } }]),
        json!([{ "to": { "pool": it.pool } }]),
        json!([{ "object": "account", "to": { "pool": lead_pool } }]),
        json!([{ "object": "nothing", "to": { "stay": true } }]),
        json!([{ "object": "product", "to": { "stay": true } }]),
        json!([{ "when": "level == 'a'", "to": { "stay": true } }]),
        json!([{ "object": "account", "when": "nothing == 1", "to": { "stay": true } }]),
        json!([{ "to": { "stay": true }, "who": "x" }]),
    ];
    for plan in wrong {
        assert_eq!(
            problem_fields(&ask(&it.manager, "preview", &json!({ "member": it.leaver.actor, "plan": plan })).unwrap_err()),
            ["plan: rule"],
            "{plan}"
        );
        assert_eq!(
            problem_fields(&ask(&it.manager, "start", &json!({ "member": it.leaver.actor, "plan": plan, "reason": "left" })).unwrap_err()),
            ["plan: rule"]
        );
    }
    let unknown = json!({ "member": it.leaver.actor, "plan": [{ "to": { "stay": true }, "who": "x" }] });
    let KernelError::Invalid(problems) = ask(&it.manager, "preview", &unknown).unwrap_err() else { panic!("it is refused") };
    assert!(!problems[0].message.zh_cn.contains("unknown field") && problems[0].message.en.contains("who"), "each in its language: {problems:?}");
    let nobody = json!({ "member": Uuid::nil(), "plan": [{ "to": { "stay": true } }] });
    assert_eq!(problem_fields(&ask(&it.manager, "preview", &nobody).unwrap_err()), ["member: no_such_record"]);
}

fn only_what_one_may_give_away_goes(engine: &TestEngine) {
    let it = scene(engine);
    let south = engine.department("华南部", None);
    let mine = account(engine, &it.leaver, "华北客户", "c");
    let others = engine.create(&engine.system(), "account", json!({ "name": "华南客户", "owner": it.leaver.actor, "department": south }));
    let plan = json!([{ "to": { "member": it.one.actor } }]);
    let told = ask(&it.manager, "preview", &json!({ "member": it.leaver.actor, "plan": plan })).unwrap();
    assert_eq!(told["total"], 1, "what he does not see is not counted: {told}");
    let done = transfer(engine, &start(engine, &it.manager, &it.leaver, &plan));
    assert_eq!((&done["moved"], &done["failed"]), (&json!(1), &json!(0)));
    assert_eq!((owner(engine, "account", mine), owner(engine, "account", others)), (json!(it.one.actor), json!(it.leaver.actor)));
    // Who started it is gone before it is carried out: nothing goes.
    let more = account(engine, &it.leaver, "另一客户", "c");
    let started = ask(&it.manager, "start", &json!({ "member": it.leaver.actor, "plan": plan, "reason": "left" })).unwrap();
    engine.update(&engine.system(), "user", it.manager.actor, json!({ "active": false }));
    run(engine, &started["id"]);
    assert_eq!((owner(engine, "account", more), &transfer(engine, &started["id"])["failed"]), (json!(it.leaver.actor), &json!(1)));
}

fn who_may_not_is_refused(engine: &TestEngine) {
    let it = scene(engine);
    let input = json!({ "member": it.leaver.actor, "plan": [{ "to": { "member": it.one.actor } }], "reason": "left" });
    let refused = |error: &KernelError| ["forbidden", "not_found"].contains(&error_code(error));
    assert!(refused(&ask(&it.one, "start", &input).unwrap_err()));
    let input = json!({ "member": it.leaver.actor, "plan": [{ "to": { "member": it.one.actor } }] });
    assert!(refused(&ask(&it.one, "preview", &input).unwrap_err()));
    assert!(engine.try_create(&it.manager, "ownership_transfer", json!({ "member": it.leaver.actor })).is_err(), "only by its action");
}
