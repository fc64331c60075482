//! Field visits: where somebody is when he says so, how far from the customer, how long, and that it stands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::history::history;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::undo;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_check_in_says_how_far_from_the_customer_it_was,
    without_a_place_of_the_customer_no_distance_is_claimed,
    who_does_not_see_where_the_customer_is_learns_no_distance,
    a_check_out_ends_the_visit_and_says_how_long_it_was,
    what_waited_for_a_network_keeps_its_time_and_says_when_it_came,
    what_was_recorded_stands,
    only_who_makes_the_visit_is_there,
    a_photo_is_ones_own,
);

const NOW: &str = "2026-11-16T02:00:00Z";

fn scene(engine: &TestEngine) -> (Context, Uuid) {
    let sales = engine.member("lin", &["sales"], engine.department("销售一部", None));
    let place = json!({ "lat": 31.240_000, "lng": 121.490_000 });
    let account = engine.create(&sales, "account", json!({ "name": "博远食品有限公司", "location": place }));
    (sales, account)
}

fn visit(engine: &TestEngine, caller: &Context, account: Uuid) -> Uuid {
    let values = json!({ "subject": "拜访", "kind": "visit", "visit_method": "door_visit", "account": account });
    engine.create(caller, "activity", values)
}

fn at(lat: f64, lng: f64) -> Json {
    json!({ "position": { "lat": lat, "lng": lng } })
}

fn with(mut input: Json, name: &str, value: impl Into<Json>) -> Json {
    input[name] = value.into();
    input
}

fn a_check_in_says_how_far_from_the_customer_it_was(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let near = visit(engine, &sales, account);
    let answer = engine.act(&sales, "activity", near, "check_in", with(at(31.241, 121.49), "accuracy", 20)).unwrap();
    assert_eq!((&answer["distance"], &answer["place"]), (&json!(111), &json!("near")));
    let seen = engine.get(&sales, "activity", near);
    assert_eq!((&seen["check_in_at"], &seen["check_in_sent_at"]), (&json!(NOW), &Json::Null));
    assert_eq!((&seen["check_in_distance"], &seen["check_in_place"], &seen["check_in_accuracy"]), (&json!(111), &json!("near"), &json!(20)));
    assert_eq!(seen["checked_in_by"]["id"], json!(sales.actor));
    // 778 m are too far; with a position that is only good to 400 m one may still be there, and to say 10 km helps nobody
    // who is that far away.
    let place = |lat: f64, accuracy: i64| {
        let visit = visit(engine, &sales, account);
        engine.act(&sales, "activity", visit, "check_in", with(at(lat, 121.49), "accuracy", accuracy)).unwrap()["place"].clone()
    };
    assert_eq!((place(31.247, 20), place(31.247, 400), place(31.34, 10_000)), (json!("far"), json!("near"), json!("far")));
    let refused = |input: Json| {
        let visit = visit(engine, &sales, account);
        problem_fields(&engine.act(&sales, "activity", visit, "check_in", input).unwrap_err())
    };
    assert_eq!(refused(json!({})), ["position: required"]);
    assert_eq!(refused(at(131.24, 121.49)), ["position.lat: too_large"]);
    assert_eq!(refused(with(at(31.24, 121.49), "accuracy", -1)), ["accuracy: too_small"]);
}

fn without_a_place_of_the_customer_no_distance_is_claimed(engine: &TestEngine) {
    let (sales, _) = scene(engine);
    let account = engine.create(&sales, "account", json!({ "name": "无位置公司" }));
    let visit = visit(engine, &sales, account);
    engine.act(&sales, "activity", visit, "check_in", at(31.24, 121.49)).unwrap();
    let seen = engine.get(&sales, "activity", visit);
    assert_eq!((&seen["check_in_distance"], &seen["check_in_place"]), (&Json::Null, &json!("unknown")));
}

fn who_does_not_see_where_the_customer_is_learns_no_distance(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let colleague = engine.member("zhou", &["sales"], engine.department("销售二部", None));
    let visit = visit(engine, &sales, account);
    engine.update(&sales, "activity", visit, json!({ "participants": [colleague.actor] }));
    let colleague = engine.again(&colleague);
    assert!(engine.get(&colleague, "account", account).is_null());
    let answer = engine.act(&colleague, "activity", visit, "check_in", at(31.24, 121.49)).unwrap();
    assert_eq!((&answer["distance"], &answer["place"]), (&Json::Null, &json!("unknown")));
}

fn a_check_out_ends_the_visit_and_says_how_long_it_was(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let visit = visit(engine, &sales, account);
    let early = engine.act(&sales, "activity", visit, "check_out", json!({})).unwrap_err();
    assert_eq!(error_code(&early), "state_conflict");
    engine.act(&sales, "activity", visit, "check_in", at(31.24, 121.49)).unwrap();
    engine.clock.advance(45 * 60);
    let later = engine.again(&sales);
    let input = with(with(at(31.241, 121.49), "outcome", "progress"), "description", "客户要两套样品");
    assert_eq!(engine.act(&later, "activity", visit, "check_out", input).unwrap()["onsite"], 2700);
    let seen = engine.get(&later, "activity", visit);
    assert_eq!((&seen["onsite"], &seen["duration"], &seen["check_out_distance"]), (&json!(2700), &json!(2700), &json!(111)));
    assert_eq!((&seen["status"], &seen["outcome"], &seen["description"]), (&json!("done"), &json!("progress"), &json!("客户要两套样品")));
    assert_eq!((&seen["check_out_at"], &seen["done_at"]), (&json!("2026-11-16T02:45:00Z"), &json!("2026-11-16T02:45:00Z")));
    assert_eq!(error_code(&engine.act(&later, "activity", visit, "check_out", json!({})).unwrap_err()), "state_conflict");
}

fn what_waited_for_a_network_keeps_its_time_and_says_when_it_came(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let taken = |input: Json, at: &str| with(input, "taken_at", at);
    let first = visit(engine, &sales, account);
    engine.act(&sales, "activity", first, "check_in", taken(at(31.24, 121.49), "2026-11-15T08:00:00Z")).unwrap();
    engine.act(&sales, "activity", first, "check_out", taken(json!({}), "2026-11-15T08:30:00Z")).unwrap();
    let seen = engine.get(&sales, "activity", first);
    assert_eq!((&seen["check_in_at"], &seen["check_in_sent_at"]), (&json!("2026-11-15T08:00:00Z"), &json!(NOW)));
    assert_eq!((&seen["check_out_at"], &seen["check_out_sent_at"], &seen["onsite"]), (&json!("2026-11-15T08:30:00Z"), &json!(NOW), &json!(1800)));
    assert_eq!(seen["done_at"], "2026-11-15T08:30:00Z");
    // Seconds on the way, or a clock that is ahead: the server's time counts.
    for told in ["2026-11-16T01:59:00Z", "2026-11-16T09:00:00Z"] {
        let visit = visit(engine, &sales, account);
        engine.act(&sales, "activity", visit, "check_in", taken(at(31.24, 121.49), told)).unwrap();
        let seen = engine.get(&sales, "activity", visit);
        assert_eq!((&seen["check_in_at"], &seen["check_in_sent_at"]), (&json!(NOW), &Json::Null), "{told}");
    }
    let late = visit(engine, &sales, account);
    let error = engine.act(&sales, "activity", late, "check_in", taken(at(31.24, 121.49), "2026-11-08T02:00:00Z")).unwrap_err();
    assert_eq!(problem_fields(&error), ["taken_at: too_small"]);
    // By clocks that disagree he would leave before he came: that is no time, not less than none.
    engine.act(&sales, "activity", late, "check_in", at(31.24, 121.49)).unwrap();
    engine.act(&sales, "activity", late, "check_out", taken(json!({}), "2026-11-16T01:00:00Z")).unwrap();
    let seen = engine.get(&sales, "activity", late);
    assert_eq!((&seen["onsite"], &seen["check_out_at"]), (&json!(0), &json!(NOW)));
}

fn what_was_recorded_stands(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let visit = visit(engine, &sales, account);
    engine.act(&sales, "activity", visit, "check_in", at(31.24, 121.49)).unwrap();
    let admin = engine.member("chief", &["administrator"], engine.department("总部", None));
    for caller in [&sales, &admin] {
        for values in
            [json!({ "check_in": { "lat": 31.0, "lng": 121.0 } }), json!({ "check_in_at": "2026-11-16T01:00:00Z" }), json!({ "onsite": 60 })]
        {
            assert_eq!(error_code(&engine.try_update(caller, "activity", visit, values).unwrap_err()), "read_only_field");
        }
    }
    let forged = json!({ "subject": "补记", "kind": "visit", "visit_method": "door_visit", "check_in_at": NOW });
    assert_eq!(error_code(&engine.try_create(&sales, "activity", forged).unwrap_err()), "read_only_field");
    let system = engine.system();
    let last = engine.workspace.store.read_with(|tx| history(&system, tx, "activity", visit, None, 1)).unwrap();
    for caller in [&sales, &admin] {
        let undone = undo(&engine.again(caller), last[0].change).unwrap();
        assert_eq!((undone.undone, undone.skipped.len()), (0, 1), "{:?}", undone.skipped);
    }
    // Everything else of it is still one's own to write.
    engine.update(&sales, "activity", visit, json!({ "description": "到了" }));
    assert_eq!(engine.get(&sales, "activity", visit)["check_in_at"], NOW);
}

fn only_who_makes_the_visit_is_there(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let visit = visit(engine, &sales, account);
    let boss = engine.member("boss", &["sales_manager"], sales.access.member.department.unwrap());
    assert!(!engine.get(&boss, "activity", visit).is_null());
    let refused = engine.act(&boss, "activity", visit, "check_in", at(31.24, 121.49)).unwrap_err();
    assert_eq!(error_code(&refused), "forbidden");
    // Who goes along may.
    engine.update(&sales, "activity", visit, json!({ "participants": [boss.actor] }));
    engine.act(&engine.again(&boss), "activity", visit, "check_in", at(31.24, 121.49)).unwrap();
    assert_eq!(engine.get(&sales, "activity", visit)["checked_in_by"]["id"], json!(boss.actor));
}

fn a_photo_is_ones_own(engine: &TestEngine) {
    let (sales, account) = scene(engine);
    let visit = visit(engine, &sales, account);
    let stranger = engine.member("wu", &["sales"], engine.department("销售三部", None));
    let file = json!({ "name": "现场.jpg", "size": 3, "content_type": "image/jpeg", "sha256": "0".repeat(64) });
    let file = engine.create(&stranger.as_system(), "file", file);
    for photo in [json!(file), json!(Uuid::from_u128(7)), json!({ "id": file })] {
        let error = engine.act(&sales, "activity", visit, "check_in", with(at(31.24, 121.49), "photo", photo)).unwrap_err();
        assert_eq!(problem_fields(&error), ["photo: no_such_record"]);
    }
}
