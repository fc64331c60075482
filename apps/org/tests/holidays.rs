//! Public holidays come in once a year; what an administrator makes of them counts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::working_days::{add_working_days, is_working_day};
use guanxi_testkit::{TestEngine, error_code};
use jiff::civil::{Date, date};
use serde_json::json;

guanxi_testkit::on_each_store!(
    the_holidays_of_a_year_come_once_and_are_the_administrators_from_then_on,
    a_day_stands_there_once_and_members_only_read
);

fn fill(engine: &TestEngine) {
    let job = engine.workspace.registry.job("org.fill_holidays").unwrap().clone();
    job.run(&engine.system(), &json!({})).unwrap();
}

fn works(context: &Context, day: Date) -> bool {
    context.workspace.store.read_with(|tx| is_working_day(context, tx, day)).unwrap()
}

fn the_holidays_of_a_year_come_once_and_are_the_administrators_from_then_on(engine: &TestEngine) {
    let admin = engine.member("chen", &["administrator"], engine.department("总部", None));
    // He entered a day himself before the server knew of it.
    let own = engine.create(&admin, "holiday", json!({ "name": "本公司放假", "date": "2026-01-02" }));
    fill(engine);
    let all = engine.list(&admin, "holiday", "");
    let (off, worked): (Vec<_>, Vec<_>) = all.iter().partition(|it| it["kind"] == "day_off");
    assert_eq!((off.len(), worked.len()), (28 + 33, 5 + 6), "28 days off and 5 worked in 2025, 33 and 6 in 2026");
    assert_eq!(engine.get(&admin, "holiday", own)["name"], "本公司放假");
    // National Day of 2026: eight days of the calendar later is the next day of work but one.
    assert!(!works(&admin, date(2026, 10, 7)) && works(&admin, date(2026, 10, 8)) && works(&admin, date(2026, 10, 10)));
    let add = |day, count| admin.workspace.store.read_with(|tx| add_working_days(&admin, tx, day, count)).unwrap();
    assert_eq!(add(date(2026, 9, 30), 1), date(2026, 10, 8));
    assert_eq!(add(date(2026, 10, 9), 1), date(2026, 10, 10), "a Saturday that is worked");
    // What is deleted does not come back.
    let saturday = worked.iter().find(|it| it["date"] == "2026-10-10").unwrap()["id"].as_str().unwrap().parse().unwrap();
    engine.try_delete(&admin, "holiday", saturday).unwrap();
    fill(engine);
    assert!(!works(&admin, date(2026, 10, 10)));
    assert_eq!(add(date(2026, 10, 9), 1), date(2026, 10, 12));
}

fn a_day_stands_there_once_and_members_only_read(engine: &TestEngine) {
    let department = engine.department("总部", None);
    let (admin, member) = (engine.member("chen", &["administrator"], department), engine.member("lin", &["member"], department));
    let day = engine.create(&admin, "holiday", json!({ "name": "司庆", "date": "2026-11-20" }));
    assert_eq!(engine.get(&member, "holiday", day)["kind"], "day_off");
    let again = engine.try_create(&admin, "holiday", json!({ "name": "司庆", "date": "2026-11-20" })).unwrap_err();
    assert_eq!(error_code(&again), "duplicate_value");
    assert_eq!(error_code(&engine.try_create(&member, "holiday", json!({ "name": "放假", "date": "2026-11-21" })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(&member, "holiday", day, json!({ "kind": "working_day" })).unwrap_err()), "forbidden");
}
