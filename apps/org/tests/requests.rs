//! Requests for rights: who decides on what, what a decision gives, and what stands in its way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::ID;
use guanxi_kernel::store::{ColumnRef, Condition, Select, StoreExt as _};
use guanxi_kernel::write::act;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_role_is_agreed_to_by_the_head_and_given_by_an_administrator_for_a_time,
    a_head_gives_nothing_that_is_not_his_to_give,
    nobody_decides_on_his_own_request,
    a_record_is_shared_by_who_may_share_it_and_the_share_ends,
    a_record_that_is_not_there_is_asked_for_like_any_other,
    a_kind_of_data_takes_a_role_that_the_approver_chooses,
    what_changed_meanwhile_is_asked_again,
    two_approvers_at_once_give_once,
    a_wrong_request_names_what_is_wrong,
    the_deputy_of_an_absent_head_decides,
    a_request_goes_up_past_its_own_head,
);

const NOW: &str = "2026-11-16T02:00:00Z";
const UNTIL: &str = "2026-12-16T02:00:00Z";

struct Scene {
    head: Context,
    rep: Context,
    admin: Context,
    department: Uuid,
}

/// A department with its head and a rep, and an administrator elsewhere.
fn scene(engine: &TestEngine) -> Scene {
    let department = engine.department("销售一部", None);
    let head = engine.member("zhao", &["sales_manager"], department);
    engine.update(&engine.system(), "department", department, json!({ "head": head.actor }));
    let rep = engine.member("lin", &["sales"], department);
    let admin = engine.member("chen", &["administrator"], engine.department("信息部", None));
    Scene { head, rep, admin, department }
}

/// The member as he is now.
fn now(engine: &TestEngine, member: &Context) -> Context {
    engine.workspace.store.read_with(|tx| access::context_of(&engine.system(), tx, member.actor)).unwrap().unwrap()
}

fn ask(engine: &TestEngine, who: &Context, values: Json) -> guanxi_kernel::Result<Uuid> {
    let mut all = json!({ "until": UNTIL, "reason": "季度盘点" });
    all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    let answer = act(&now(engine, who), "rights_request", None, "ask", all.as_object().unwrap())?;
    Ok(answer["id"].as_str().unwrap().parse().unwrap())
}

fn decide(engine: &TestEngine, who: &Context, request: Uuid, action: &str, input: Json) -> guanxi_kernel::Result<Json> {
    engine.act(&now(engine, who), "rights_request", request, action, input)
}

fn state(engine: &TestEngine, request: Uuid) -> String {
    engine.get(&engine.system(), "rights_request", request)["state"].as_str().unwrap().to_owned()
}

fn grants(engine: &TestEngine) -> Vec<Json> {
    engine.list(&engine.system(), "role_grant", "")
}

fn events(engine: &TestEngine) -> Vec<String> {
    let table = &guanxi_kernel::system_tables::EVENT;
    let kind = table.position("kind").unwrap();
    let select = Select { columns: vec![ColumnRef::main(kind)], ..Select::all(table, Condition::True).order_by(ID, false) };
    let rows = engine.workspace.store.read_with(|tx| Ok(tx.rows(&select)?)).unwrap();
    rows.iter().filter_map(|row| row[0].as_text().filter(|it| it.starts_with("rights_request.")).map(str::to_owned)).collect()
}

fn a_role_is_agreed_to_by_the_head_and_given_by_an_administrator_for_a_time(engine: &TestEngine) {
    let Scene { head, rep, admin, .. } = scene(engine);
    let colleague = engine.member("ming", &["sales"], engine.department("销售二部", None));
    let request = ask(engine, &rep, json!({ "kind": "role", "role": "analyst" })).unwrap();
    let seen = engine.get(&rep, "rights_request", request);
    assert_eq!((&seen["state"], &seen["approver"]["id"], &seen["number"]), (&json!("waiting_head"), &json!(head.actor), &json!("RQ2026-00001")));
    assert!(seen.get("keeper").is_none(), "{seen}");
    // Nobody else's business.
    assert_eq!(engine.get(&colleague, "rights_request", request), Json::Null);
    assert_eq!(error_code(&decide(engine, &colleague, request, "approve", json!({})).unwrap_err()), "not_found");
    // The head agrees, and that alone gives nothing.
    assert_eq!(decide(engine, &head, request, "approve", json!({ "note": "同意" })).unwrap()["state"], "waiting_grant");
    assert_eq!(grants(engine), Vec::<Json>::new());
    assert_eq!(error_code(&decide(engine, &head, request, "approve", json!({})).unwrap_err()), "forbidden");
    assert_eq!(decide(engine, &admin, request, "approve", json!({ "until": "2026-12-01T00:00:00Z" })).unwrap()["state"], "approved");
    let seen = engine.get(&rep, "rights_request", request);
    assert_eq!(
        (&seen["granted_until"], &seen["decided_by"]["id"], &seen["endorsed_by"]["id"]),
        (&json!("2026-12-01T00:00:00Z"), &json!(admin.actor), &json!(head.actor))
    );
    let grant = grants(engine).remove(0);
    assert_eq!((&grant["member"]["id"], &grant["role"], &grant["ends_at"]), (&json!(rep.actor), &json!("analyst"), &json!("2026-12-01T00:00:00Z")));
    assert!(grant["reason"].as_str().unwrap().starts_with("RQ2026-00001"), "{grant}");
    assert!(now(engine, &rep).access.member.role_names().contains(&"analyst".to_owned()));
    assert_eq!(events(engine), ["created", "updated", "endorsed", "updated", "approved"].map(|it| format!("rights_request.{it}")));
    // It ends by itself.
    engine.clock.advance(20 * 86_400);
    assert!(!now(engine, &rep).access.member.role_names().contains(&"analyst".to_owned()));
    assert_eq!(error_code(&decide(engine, &admin, request, "refuse", json!({ "note": "晚了" })).unwrap_err()), "state_conflict");
}

fn a_head_gives_nothing_that_is_not_his_to_give(engine: &TestEngine) {
    let Scene { head, rep, .. } = scene(engine);
    for role in ["administrator", "sales_manager"] {
        let request = ask(engine, &rep, json!({ "kind": "role", "role": role })).unwrap();
        assert_eq!(decide(engine, &head, request, "approve", json!({})).unwrap()["state"], "waiting_grant");
        assert_eq!(error_code(&decide(engine, &head, request, "approve", json!({})).unwrap_err()), "forbidden");
        assert_eq!(error_code(&decide(engine, &head, request, "refuse", json!({ "note": "不" })).unwrap_err()), "forbidden");
    }
    let object = ask(engine, &rep, json!({ "kind": "object", "target_object": "合同" })).unwrap();
    assert_eq!(error_code(&decide(engine, &head, object, "approve", json!({ "role": "administrator" })).unwrap_err()), "forbidden");
    assert_eq!((grants(engine).len(), state(engine, object).as_str()), (0, "waiting_head"));
    // Nor does anybody write a decision by hand.
    let error = engine.try_update(&rep, "rights_request", object, json!({ "state": "approved" })).unwrap_err();
    assert_eq!(error_code(&error), "forbidden");
    let error = engine.try_create(&rep, "rights_request", json!({ "kind": "role", "role": "analyst", "state": "approved" })).unwrap_err();
    assert_eq!(error_code(&error), "forbidden");
}

fn nobody_decides_on_his_own_request(engine: &TestEngine) {
    let Scene { head, rep, admin, .. } = scene(engine);
    for (who, role) in [(&rep, "analyst"), (&head, "analyst"), (&admin, "sales")] {
        let request = ask(engine, who, json!({ "kind": "role", "role": role })).unwrap();
        assert_eq!(state(engine, request), if who.actor == rep.actor { "waiting_head" } else { "waiting_grant" });
        assert_eq!(error_code(&decide(engine, who, request, "approve", json!({})).unwrap_err()), "forbidden");
        assert_eq!(error_code(&decide(engine, who, request, "refuse", json!({ "note": "不" })).unwrap_err()), "forbidden");
        assert_eq!(decide(engine, who, request, "withdraw", json!({})).unwrap()["state"], "withdrawn");
    }
    let request = ask(engine, &rep, json!({ "kind": "role", "role": "analyst" })).unwrap();
    assert_eq!(error_code(&decide(engine, &head, request, "withdraw", json!({})).unwrap_err()), "forbidden");
    decide(engine, &head, request, "refuse", json!({ "note": "请用报表" })).unwrap();
    let seen = engine.get(&rep, "rights_request", request);
    assert_eq!((&seen["state"], &seen["decision_note"]), (&json!("refused"), &json!("请用报表")));
    assert_eq!(grants(engine).len(), 0);
}

fn a_record_is_shared_by_who_may_share_it_and_the_share_ends(engine: &TestEngine) {
    let Scene { head, rep, .. } = scene(engine);
    let elsewhere = engine.department("销售二部", None);
    let owner = engine.member("ming", &["sales_manager"], elsewhere);
    let account = engine.create(&owner, "account", json!({ "name": "博远食品有限公司" }));
    let wanted = json!({ "kind": "record", "target_object": "account", "target_record": account, "level": "write" });
    assert_eq!(engine.get(&rep, "account", account), Json::Null);
    let request = ask(engine, &rep, wanted.clone()).unwrap();
    assert_eq!(error_code(&ask(engine, &rep, wanted).unwrap_err()), "state_conflict");
    // The owner waits for the head of who asks; the head cannot share what is not his.
    assert_eq!(error_code(&decide(engine, &owner, request, "approve", json!({})).unwrap_err()), "state_conflict");
    assert_eq!(decide(engine, &head, request, "approve", json!({})).unwrap()["state"], "waiting_grant");
    assert_eq!(error_code(&decide(engine, &head, request, "approve", json!({})).unwrap_err()), "forbidden");
    assert_eq!(decide(engine, &owner, request, "approve", json!({})).unwrap()["state"], "approved");
    let seen = now(engine, &rep);
    assert_eq!(engine.get(&seen, "account", account)["name"], "博远食品有限公司");
    engine.update(&seen, "account", account, json!({ "level": "a" }));
    engine.clock.advance(31 * 86_400);
    assert_eq!(engine.get(&now(engine, &rep), "account", account), Json::Null);
}

fn a_record_that_is_not_there_is_asked_for_like_any_other(engine: &TestEngine) {
    let Scene { head, rep, admin, .. } = scene(engine);
    let owner = engine.member("ming", &["sales_manager"], engine.department("销售二部", None));
    let hidden = engine.create(&owner, "account", json!({ "name": "博远" }));
    let seen = |record: Uuid| {
        let request = ask(engine, &rep, json!({ "kind": "record", "target_object": "account", "target_record": record })).unwrap();
        decide(engine, &head, request, "approve", json!({})).unwrap();
        let mut seen = engine.get(&rep, "rights_request", request);
        for own in ["id", "number", "target_record"] {
            seen.as_object_mut().unwrap().remove(own);
        }
        (request, seen)
    };
    let (there, nowhere) = (seen(hidden), seen(Uuid::from_u128(7)));
    assert_eq!(there.1, nowhere.1);
    assert_eq!(error_code(&decide(engine, &admin, nowhere.0, "approve", json!({})).unwrap_err()), "forbidden");
    assert_eq!(state(engine, nowhere.0), "waiting_grant");
}

fn a_kind_of_data_takes_a_role_that_the_approver_chooses(engine: &TestEngine) {
    let Scene { head, rep, admin, department } = scene(engine);
    let request = ask(engine, &rep, json!({ "kind": "object", "target_object": "合同", "department": department })).unwrap();
    decide(engine, &head, request, "approve", json!({})).unwrap();
    assert_eq!(problem_fields(&decide(engine, &admin, request, "approve", json!({})).unwrap_err()), ["role: required"]);
    decide(engine, &admin, request, "approve", json!({ "role": "service_agent" })).unwrap();
    let grant = grants(engine).remove(0);
    assert_eq!((&grant["role"], &grant["department"]["id"]), (&json!("service_agent"), &json!(department)));
    assert_eq!(engine.get(&rep, "rights_request", request)["role"], "service_agent");
}

fn what_changed_meanwhile_is_asked_again(engine: &TestEngine) {
    let Scene { head, rep, admin, .. } = scene(engine);
    let request = ask(engine, &rep, json!({ "kind": "role", "role": "analyst" })).unwrap();
    // Whoever got the role otherwise needs it no more.
    engine.update(&engine.system(), "user", rep.actor, json!({ "roles": ["sales", "analyst"] }));
    assert_eq!(error_code(&decide(engine, &admin, request, "approve", json!({})).unwrap_err()), "state_conflict");
    engine.update(&engine.system(), "user", rep.actor, json!({ "roles": ["sales"], "active": false }));
    assert_eq!(error_code(&decide(engine, &head, request, "approve", json!({})).unwrap_err()), "state_conflict");
    engine.update(&engine.system(), "user", rep.actor, json!({ "active": true }));
    // An administrator who is none any more gives nothing.
    let second = engine.member("fang", &["administrator"], engine.department("总部", None));
    engine.update(&engine.system(), "user", second.actor, json!({ "roles": ["member"] }));
    assert_eq!(error_code(&decide(engine, &second, request, "approve", json!({})).unwrap_err()), "not_found");
    let stale = Context { proved: false, ..now(engine, &admin) };
    assert_eq!(error_code(&engine.act(&stale, "rights_request", request, "approve", json!({})).unwrap_err()), "proof_needed");
    engine.clock.advance(40 * 86_400);
    assert_eq!(error_code(&decide(engine, &admin, request, "approve", json!({})).unwrap_err()), "state_conflict");
    assert_eq!((grants(engine).len(), state(engine, request).as_str()), (0, "waiting_head"));
    decide(engine, &admin, request, "refuse", json!({ "note": "已过期" })).unwrap();
}

fn two_approvers_at_once_give_once(engine: &TestEngine) {
    let Scene { rep, admin, .. } = scene(engine);
    let second = engine.member("fang", &["administrator"], engine.department("总部", None));
    for round in 0..5 {
        let role = ["analyst", "trainer", "operator", "marketer", "dispatcher"][round];
        let request = ask(engine, &rep, json!({ "kind": "role", "role": role })).unwrap();
        let approve = |who: &Context| decide(engine, who, request, "approve", json!({})).map_err(|it| error_code(&it).to_owned());
        let mut answers = std::thread::scope(|scope| {
            let other = scope.spawn(|| approve(&second));
            [approve(&admin), other.join().unwrap()].map(|it| it.map(|it| it["state"].as_str().unwrap().to_owned()))
        });
        answers.sort();
        assert_eq!(answers, [Ok("approved".to_owned()), Err("state_conflict".to_owned())]);
        assert_eq!(grants(engine).len(), round + 1);
    }
}

fn a_wrong_request_names_what_is_wrong(engine: &TestEngine) {
    let Scene { rep, .. } = scene(engine);
    let refused = |values: Json| problem_fields(&ask(engine, &rep, values).unwrap_err());
    assert_eq!(refused(json!({ "kind": "everything" })), ["kind: bad_option"]);
    assert_eq!(refused(json!({ "kind": "role" })), ["role: required"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "emperor" })), ["role: bad_option"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "sales" })), ["role: rule"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "analyst", "until": NOW })), ["until: too_small"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "analyst", "until": "2028-01-01T00:00:00Z" })), ["until: too_large"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "analyst", "reason": "" })).len(), 1);
    assert_eq!(refused(json!({ "kind": "role", "role": "analyst", "department": Uuid::from_u128(9) })), ["department: no_such_record"]);
    assert_eq!(refused(json!({ "kind": "record", "target_object": "account" })), ["target_record: required"]);
    assert_eq!(refused(json!({ "kind": "record", "target_object": "account", "target_record": "everything" })), ["target_record: bad_format"]);
    assert_eq!(refused(json!({ "kind": "role", "role": "analyst", "state": "approved" })), ["unknown_field"]);
    assert_eq!(engine.list(&engine.system(), "rights_request", ""), Vec::<Json>::new());
    for round in 0..20 {
        ask(engine, &rep, json!({ "kind": "object", "target_object": format!("第{round}类") })).unwrap();
    }
    assert_eq!(error_code(&ask(engine, &rep, json!({ "kind": "role", "role": "analyst" })).unwrap_err()), "state_conflict");
}

fn the_deputy_of_an_absent_head_decides(engine: &TestEngine) {
    let Scene { head, rep, department, .. } = scene(engine);
    let deputy = engine.member("ming", &["sales"], department);
    let request = ask(engine, &rep, json!({ "kind": "role", "role": "analyst" })).unwrap();
    assert_eq!(error_code(&decide(engine, &deputy, request, "approve", json!({})).unwrap_err()), "not_found");
    engine.update(&engine.system(), "user", head.actor, json!({ "deputy": deputy.actor, "absent_until": "2026-11-20T02:00:00Z" }));
    assert_eq!(decide(engine, &deputy, request, "approve", json!({})).unwrap()["state"], "waiting_grant");
    // Standing in for the head lets nobody agree to his own.
    let own = ask(engine, &deputy, json!({ "kind": "role", "role": "analyst" })).unwrap();
    assert_eq!(error_code(&decide(engine, &deputy, own, "approve", json!({})).unwrap_err()), "forbidden");
}

fn a_request_goes_up_past_its_own_head(engine: &TestEngine) {
    let top = engine.department("大区", None);
    let boss = engine.member("wang", &["sales_manager"], top);
    engine.update(&engine.system(), "department", top, json!({ "head": boss.actor }));
    let below = engine.department("一部", Some(top));
    let head = engine.member("zhao", &["sales_manager"], below);
    engine.update(&engine.system(), "department", below, json!({ "head": head.actor }));
    let request = ask(engine, &head, json!({ "kind": "role", "role": "analyst" })).unwrap();
    assert_eq!(engine.get(&head, "rights_request", request)["approver"]["id"], json!(boss.actor));
    // A head who left is passed over as well; then there is only the manager.
    engine.update(&engine.system(), "user", boss.actor, json!({ "active": false }));
    let manager = engine.member("li", &["sales_manager"], top);
    engine.update(&engine.system(), "user", head.actor, json!({ "manager": manager.actor }));
    let request = ask(engine, &head, json!({ "kind": "role", "role": "trainer" })).unwrap();
    assert_eq!(engine.get(&head, "rights_request", request)["approver"]["id"], json!(manager.actor));
}
