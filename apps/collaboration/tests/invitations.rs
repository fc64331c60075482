//! Who is told of appointments.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access;
use guanxi_kernel::context::Context;
use guanxi_kernel::readers;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::TestEngine;
use serde_json::json;
use uuid::Uuid;

guanxi_testkit::on_each_store!(who_is_invited_is_told_and_who_invited_learns_the_answer, what_is_over_invites_nobody,);

fn now(engine: &TestEngine, member: &Context) -> Context {
    let system = engine.system();
    engine.workspace.store.read_with(|tx| access::context_of(&system, tx, member.actor)).unwrap().unwrap()
}

/// Reads the log to its end and answers the kinds of what a member was told.
fn told(engine: &TestEngine, member: &Context) -> Vec<String> {
    readers::read_all(&engine.system()).unwrap();
    let mut all = engine.list(&now(engine, member), "notification", "!archived");
    all.sort_by_key(|it| it["id"].to_string());
    all.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
}

fn who_is_invited_is_told_and_who_invited_learns_the_answer(engine: &TestEngine) {
    let (north, south) = (engine.department("北方部", None), engine.department("南方部", None));
    let (lin, ma) = (engine.member("lin", &["member"], north), engine.member("ma", &["member"], south));
    let values = json!({
        "subject": "评审会", "kind": "appointment", "start_at": "2026-11-17T01:00:00Z", "end_at": "2026-11-17T02:00:00Z", "participants": [ma.actor],
    });
    let id = engine.create(&lin, "activity", values);
    assert_eq!(told(engine, &ma), ["invited"], "and not that it is shared with him as well");
    let asked: Uuid = engine.list(&lin, "attendance", "")[0]["id"].as_str().unwrap().parse().unwrap();
    engine.act(&now(engine, &ma), "attendance", asked, "answer", json!({ "answer": "accepted" })).unwrap();
    assert_eq!(told(engine, &lin), ["answered"]);
    engine.update(&lin, "activity", id, json!({ "start_at": "2026-11-17T01:30:00Z" }));
    assert_eq!(told(engine, &ma), ["invited", "moved"]);
    engine.update(&lin, "activity", id, json!({ "status": "cancelled" }));
    assert_eq!(told(engine, &ma), ["invited", "moved", "called_off"]);
    assert_eq!(told(engine, &lin), ["answered"]);
}

fn what_is_over_invites_nobody(engine: &TestEngine) {
    let north = engine.department("北方部", None);
    let (lin, ma) = (engine.member("lin", &["member"], north), engine.member("ma", &["member"], north));
    let past = json!({
        "subject": "拜访", "kind": "visit", "visit_method": "door_visit", "status": "done",
        "start_at": "2026-11-12T01:00:00Z", "end_at": "2026-11-12T02:00:00Z", "participants": [ma.actor],
    });
    engine.create(&lin, "activity", past);
    assert_eq!(told(engine, &ma), Vec::<String>::new());
}
