//! Notices reach those they are for, at their time, and tell who has confirmed them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::{jobs, readers};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_notice_reaches_departments_and_roles_and_nobody_else,
    partners_see_what_is_for_them,
    what_is_to_come_comes_out_at_its_time,
    who_has_confirmed_is_known_and_who_has_not_is_reminded,
    a_notice_stays_for_whom_it_was,
);

struct Company {
    boss: Context,
    lin: Context,
    ma: Context,
    partner: Context,
    north: Uuid,
}

fn company(engine: &TestEngine) -> Company {
    let top = engine.department("总部", None);
    let north = engine.department("北方部", Some(top));
    let (team, south) = (engine.department("北方一组", Some(north)), engine.department("南方部", Some(top)));
    Company {
        boss: engine.member("zhao", &["sales_manager"], top),
        lin: engine.member("lin", &["sales"], team),
        ma: engine.member("ma", &["service_agent"], south),
        partner: engine.member("wu", &["partner"], south),
        north,
    }
}

fn publish(engine: &TestEngine, by: &Context, values: Json) -> Uuid {
    let mut notice = json!({ "title": "假期安排", "body": "<p>十月一日起放假</p>" });
    notice.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    engine.create(by, "notice", notice)
}

fn told(engine: &TestEngine, member: &Context) -> usize {
    readers::read_all(&engine.system()).unwrap();
    engine.list(member, "notification", "kind == 'notice'").len()
}

fn sees(engine: &TestEngine, member: &Context, notice: Uuid) -> bool {
    !engine.get(member, "notice", notice).is_null()
}

fn a_notice_reaches_departments_and_roles_and_nobody_else(engine: &TestEngine) {
    let it = company(engine);
    let north = publish(engine, &it.boss, json!({ "departments": [it.north] }));
    assert_eq!((sees(engine, &it.lin, north), sees(engine, &it.ma, north)), (true, false), "those below the department, not others");
    assert_eq!((told(engine, &it.lin), told(engine, &it.ma), told(engine, &it.boss)), (1, 0, 0));
    let service = publish(engine, &it.boss, json!({ "roles": ["service_agent"] }));
    assert_eq!((sees(engine, &it.lin, service), sees(engine, &it.ma, service)), (false, true));
    let all = publish(engine, &it.boss, json!({ "everyone": true }));
    assert!(sees(engine, &it.lin, all) && sees(engine, &it.ma, all) && !sees(engine, &it.partner, all));
    assert_eq!(engine.get(&it.boss, "notice", all)["audience_size"], 3);
    assert_eq!(problem_fields(&engine.try_create(&it.boss, "notice", json!({ "title": "x", "body": "<p>x</p>" })).unwrap_err()), ["everyone: rule"]);
    assert_eq!(
        error_code(&engine.try_create(&it.lin, "notice", json!({ "title": "x", "body": "<p>x</p>", "everyone": true })).unwrap_err()),
        "forbidden"
    );
}

fn partners_see_what_is_for_them(engine: &TestEngine) {
    let it = company(engine);
    let notice = publish(engine, &it.boss, json!({ "partners": true }));
    assert!(sees(engine, &it.partner, notice) && !sees(engine, &it.lin, notice));
    assert_eq!((told(engine, &it.partner), told(engine, &it.lin)), (1, 0));
    assert!(engine.get(&it.partner, "notice", notice).get("audience").is_none(), "nor whom else it is for");
}

fn what_is_to_come_comes_out_at_its_time(engine: &TestEngine) {
    let it = company(engine);
    let notice = publish(engine, &it.boss, json!({ "everyone": true, "publish_at": "2026-11-16T03:00:00Z" }));
    let run = || {
        let system = engine.system();
        guanxi_kernel::schedule::enqueue_due(&system).unwrap();
        while jobs::run_next(&system, "test").unwrap() {}
    };
    run();
    assert!(!sees(engine, &it.lin, notice) && sees(engine, &it.boss, notice));
    engine.clock.advance(3_700);
    run();
    assert!(sees(engine, &it.lin, notice));
    assert_eq!(told(engine, &it.lin), 1);
    run();
    assert_eq!(told(engine, &it.lin), 1, "it comes out once");
}

fn who_has_confirmed_is_known_and_who_has_not_is_reminded(engine: &TestEngine) {
    let it = company(engine);
    let notice = publish(engine, &it.boss, json!({ "everyone": true, "must_read": true }));
    told(engine, &it.lin);
    for _ in 0..2 {
        engine.act(&it.lin, "notice", notice, "confirm", json!({})).unwrap();
    }
    assert_eq!(engine.get(&it.boss, "notice", notice)["read_count"], 1);
    let receipts = engine.list(&it.boss, "notice_receipt", "");
    assert_eq!((receipts.len(), &receipts[0]["member"]["label"]), (1, &json!("lin")));
    assert_eq!(engine.list(&it.ma, "notice_receipt", ""), Vec::<Json>::new(), "who else has read it is not his affair");
    assert_eq!(error_code(&engine.act(&it.lin, "notice", notice, "remind", json!({})).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.act(&it.partner, "notice", notice, "confirm", json!({})).unwrap_err()), "not_found");
    let missing = engine.act(&it.boss, "notice", notice, "missing", json!({})).unwrap();
    let mut names: Vec<&str> = missing["members"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!((&missing["total"], names), (&json!(2), vec!["ma", "zhao"]));
    assert_eq!(error_code(&engine.act(&it.lin, "notice", notice, "missing", json!({})).unwrap_err()), "forbidden");
    // His role has no such action, whatever the notice.
    assert_eq!(error_code(&engine.act(&it.partner, "notice", notice, "missing", json!({})).unwrap_err()), "forbidden");
    let answer = engine.act(&it.boss, "notice", notice, "remind", json!({})).unwrap();
    assert_eq!(answer["reminded"], 2);
    readers::read_all(&engine.system()).unwrap();
    assert_eq!(engine.list(&it.ma, "notification", "kind == 'notice'")[0]["count"], 2, "one line, told twice");
    assert_eq!(engine.list(&it.lin, "notification", "kind == 'notice'")[0]["count"], 1);
}

fn a_notice_stays_for_whom_it_was(engine: &TestEngine) {
    let it = company(engine);
    let notice = publish(engine, &it.boss, json!({ "departments": [it.north] }));
    let error = engine.try_update(&it.boss, "notice", notice, json!({ "everyone": true })).unwrap_err();
    assert_eq!(problem_fields(&error), ["everyone: rule"]);
    engine.update(&it.boss, "notice", notice, json!({ "title": "假期安排（更正）" }));
    assert_eq!(error_code(&engine.try_update(&it.lin, "notice", notice, json!({ "title": "x" })).unwrap_err()), "forbidden");
}
