//! Leads and customers referred to colleagues and departments.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(a_referral_is_offered_accepted_and_kept, the_first_who_referred_it_stays, who_may_not_give_it_away_may_not_refer_it);

fn id(json: &Json) -> Uuid {
    json.as_str().unwrap().parse().unwrap()
}

fn a_referral_is_offered_accepted_and_kept(engine: &TestEngine) {
    let (north, south) = (engine.department("华北部", None), engine.department("华南部", None));
    let from = engine.member("lin", &["sales"], north);
    let to = engine.member("wu", &["sales"], south);
    let lead = engine.create(&from, "lead", json!({ "name": "王芳", "mobile": "13812345678" }));
    let nobody = engine.act(&from, "lead", lead, "refer", json!({ "note": "请跟进" })).unwrap_err();
    assert_eq!(problem_fields(&nobody), ["to_member: required"]);
    let silent = engine.act(&from, "lead", lead, "refer", json!({ "to_member": to.actor })).unwrap_err();
    assert_eq!(problem_fields(&silent), ["note: required"]);
    let offer = engine.act(&from, "lead", lead, "refer", json!({ "to_member": to.actor, "note": "客户在华南" })).unwrap();
    let seen = engine.get(&engine.again(&to), "handover", id(&offer["handover"]));
    assert_eq!((&seen["referral"], &seen["known"], &seen["due_at"]), (&json!(true), &json!("客户在华南"), &json!("2026-11-23T02:00:00Z")));
    assert_eq!(engine.get(&engine.system(), "lead", lead)["referred_by"], Json::Null, "not before it is accepted");
    engine.act(&engine.again(&to), "handover", id(&offer["handover"]), "accept", json!({})).unwrap();
    let lead = engine.get(&engine.system(), "lead", lead);
    assert_eq!((&lead["owner"]["id"], &lead["referred_by"]["id"]), (&json!(to.actor), &json!(from.actor)));
    assert_eq!((&lead["referred_from"]["id"], &lead["department"]["id"]), (&json!(north), &json!(south)));
    // A customer goes the same way, to a department.
    let account = engine.create(&from, "account", json!({ "name": "博远食品有限公司" }));
    let offer = engine.act(&from, "account", account, "refer", json!({ "to_department": south, "note": "请跟进" })).unwrap();
    engine.act(&engine.again(&to), "handover", id(&offer["handover"]), "accept", json!({})).unwrap();
    assert_eq!(engine.get(&engine.system(), "account", account)["owner"]["id"], json!(to.actor));
}

fn the_first_who_referred_it_stays(engine: &TestEngine) {
    let (north, south) = (engine.department("华北部", None), engine.department("华南部", None));
    let first = engine.member("lin", &["sales"], north);
    let second = engine.member("wu", &["sales"], south);
    let lead = engine.create(&first, "lead", json!({ "name": "王芳", "mobile": "13812345678" }));
    let to = engine.act(&first, "lead", lead, "refer", json!({ "to_member": second.actor, "note": "一" })).unwrap();
    let twice = engine.act(&first, "lead", lead, "refer", json!({ "to_member": second.actor, "note": "二" })).unwrap_err();
    assert_eq!(error_code(&twice), "state_conflict");
    engine.act(&engine.again(&second), "handover", id(&to["handover"]), "accept", json!({})).unwrap();
    let back = engine.act(&engine.again(&second), "lead", lead, "refer", json!({ "to_member": first.actor, "note": "三" })).unwrap();
    engine.act(&engine.again(&first), "handover", id(&back["handover"]), "accept", json!({})).unwrap();
    assert_eq!(engine.get(&engine.system(), "lead", lead)["referred_by"]["id"], json!(first.actor));
    // A hand-over that is no referral says nothing of that kind.
    let other = engine.create(&first, "lead", json!({ "name": "李娜", "mobile": "13812345679" }));
    let offer = json!({ "record": { "object": "lead", "id": other }, "known": "交接", "to_member": second.actor, "due_at": "2026-11-20T10:00:00Z" });
    let offer = engine.create(&first, "handover", offer);
    engine.act(&engine.again(&second), "handover", offer, "accept", json!({})).unwrap();
    assert_eq!(engine.get(&engine.system(), "lead", other)["referred_by"], Json::Null);
}

fn who_may_not_give_it_away_may_not_refer_it(engine: &TestEngine) {
    let north = engine.department("华北部", None);
    let owner = engine.member("lin", &["sales"], north);
    let other = engine.member("wu", &["sales"], north);
    let lead = engine.create(&owner, "lead", json!({ "name": "王芳", "mobile": "13812345678" }));
    let refused = engine.act(&other, "lead", lead, "refer", json!({ "to_member": other.actor, "note": "给我" })).unwrap_err();
    assert_eq!(error_code(&refused), "forbidden");
    let marketer = engine.member("su", &["marketer"], north);
    assert!(engine.act(&marketer, "lead", lead, "refer", json!({ "to_member": other.actor, "note": "给他" })).is_err());
}
