//! Records locked one by one: who may, whom it binds, every way in that would change one, and how it ends.

use guanxi_kernel::access::{Reason, explain};
use guanxi_kernel::audit::{AuditRequest, list};
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{Lock, LockState, NewLock, forget_expired, lock, lock_state, release};
use guanxi_kernel::store::{Condition, Select, StoreExt};
use guanxi_kernel::system_tables::LOCK;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute, undo};
use guanxi_kernel::{KernelError, Result};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, code, digest, map, on_both_stores};
use crate::roles::{define, member};

const KEEPER: &str = "name = \"keeper\"\nlabel = { zh-CN = \"管理\", en = \"Keeper\" }\n[objects.user]\nread = \"all\"\n[objects.account]\nread = \"all\"\nupdate = \"all\"\ndelete = \"all\"\ncreate = true\nlock = true\n";
const WORKER: &str = "name = \"worker\"\nlabel = { zh-CN = \"员工\", en = \"Worker\" }\n[objects.user]\nread = \"all\"\n[objects.account]\nread = \"all\"\nupdate = \"all\"\ndelete = \"all\"\ncreate = true\nbulk = true\nassign = true\nshare = true\n[objects.deal]\nread = \"all\"\n";

/// Bob may lock, Ann may change and delete; an account of Ann's.
fn scene(it: &Fixture) -> (Context, Context, Uuid) {
    define(it, KEEPER);
    define(it, WORKER);
    let ann = member(it, it.ann, json!({"roles": ["worker"], "department": it.north_one}));
    let bob = member(it, it.bob, json!({"roles": ["keeper"], "department": it.south}));
    let id = it.create(&ann, "account", json!({"name": "Signed"}));
    (ann, bob, id)
}

fn wanted(reason: &str) -> NewLock {
    NewLock { reason: reason.into(), except: Vec::new(), until: None }
}

fn state(it: &Fixture, context: &Context, id: Uuid) -> LockState {
    it.workspace.store.read_with(|tx| lock_state(context, tx, &it.object("account"), id)).unwrap()
}

fn rename(it: &Fixture, context: &Context, id: Uuid) -> Result<()> {
    it.try_update(context, "account", id, json!({"name": "Changed"}), PlanOptions::default()).map(|_| ())
}

fn run(it: &Fixture, context: &Context, operations: Vec<Operation>) -> Vec<Option<&'static str>> {
    let batch = Batch { object: it.object("account"), operations, mode: BatchMode::RowByRow, verb: "batch", change: None };
    execute(context, &batch).unwrap().results.iter().map(|it| it.as_ref().err().map(code)).collect()
}

#[test]
fn a_lock_names_who_why_and_until_when_and_is_released_by_those_who_may() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let object = it.object("account");
        assert_eq!(code(&lock(&ann, &object, id, &wanted("no right")).unwrap_err()), "forbidden");
        let until = it.system().now + SignedDuration::from_hours(24);
        lock(&bob, &object, id, &NewLock { until: Some(until), ..wanted("合同已签署") }).unwrap();
        let refused = rename(it, &ann, id).unwrap_err();
        let KernelError::Conflict { code: "record_locked", message, .. } = &refused else { panic!("{refused:?}") };
        for part in ["Bob", "合同已签署"] {
            assert!(message.en.contains(part) && message.zh_cn.contains(part), "{message:?}");
        }
        assert!(message.en.contains("release"), "{message:?}");
        let seen = state(it, &ann, id);
        assert!(seen.binds && !seen.may_lock && !seen.may_release, "{seen:?}");
        assert_eq!(seen.lock.as_ref().map(|it| (it.reason.as_str(), it.until, it.locked_by)), Some(("合同已签署", Some(until), it.bob)));
        assert_eq!(code(&lock(&bob, &object, id, &wanted("twice")).unwrap_err()), "record_locked");
        assert_eq!(code(&release(&ann, &object, id).unwrap_err()), "forbidden");
        release(&bob, &object, id).unwrap();
        assert_eq!(code(&release(&bob, &object, id).unwrap_err()), "not_found");
        rename(it, &ann, id).unwrap();
        let request = AuditRequest { record: Some(id), limit: 50, ..AuditRequest::default() };
        let rows = it.workspace.store.read_with(|tx| list(&it.as_admin(), tx, &request)).unwrap().entries;
        let verbs: Vec<&str> = rows.iter().map(|it| it.verb.as_str()).collect();
        assert!(verbs.contains(&"lock") && verbs.contains(&"unlock"), "{verbs:?}");
    });
}

#[test]
fn no_way_in_changes_a_locked_record_and_nothing_is_left_of_the_try() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let change = it.try_update(&ann, "account", id, json!({"code": "c1"}), PlanOptions::default()).unwrap();
        let free = it.create(&ann, "account", json!({"name": "Free"}));
        lock(&bob, &it.object("account"), id, &wanted("signed")).unwrap();
        let before = digest(it, &["account"]);
        for context in [&ann, &bob, &it.as_admin()] {
            assert_eq!(code(&rename(it, context, id).unwrap_err()), "record_locked");
            assert_eq!(run(it, context, vec![Operation::Delete { id }]), [Some("record_locked")]);
        }
        let give = it.try_update(&ann, "account", id, json!({"owner": it.bob}), PlanOptions::default());
        assert_eq!(code(&give.unwrap_err()), "record_locked");
        let stale = PlanOptions { expected_version: Some(1), merge: true, ..PlanOptions::default() };
        assert_eq!(code(&it.try_update(&ann, "account", id, json!({"name": "x"}), stale).unwrap_err()), "record_locked");
        let answer = undo(&ann, change).unwrap();
        assert_eq!((answer.undone, answer.skipped.len()), (0, 1));
        assert_eq!(run(it, &it.as_admin(), vec![Operation::Erase { id }]), [Some("record_locked")]);
        assert_eq!(digest(it, &["account"]), before);
        // Of a batch row by row, the rest is done.
        let update = |id| Operation::Update { id, values: map(json!({"name": "Batch"})), options: PlanOptions::default() };
        assert_eq!(run(it, &ann, vec![update(free), update(id), update(free)]), [None, Some("record_locked"), None]);
        assert_eq!(it.get(&ann, "account", id).unwrap()["name"], "Signed");
    });
}

#[test]
fn what_belongs_to_a_record_and_is_locked_keeps_it_from_going() {
    on_both_stores(|it| {
        let (ann, _, id) = scene(it);
        let admin = it.as_admin();
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": id}));
        lock(&admin, &it.object("deal"), deal, &wanted("signed")).unwrap();
        let refused = run(it, &ann, vec![Operation::Delete { id }]);
        assert_eq!(refused, [Some("record_locked")]);
        assert!(it.get(&ann, "account", id).is_some());
        // What the engine keeps goes on: the account counts its deals.
        it.create(&admin, "deal", json!({"name": "E", "account": id, "amount": "7"}));
    });
}

#[test]
fn those_excepted_change_it_and_nobody_else() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        lock(&bob, &it.object("account"), id, &NewLock { except: vec![it.ann], ..wanted("Ann mends it") }).unwrap();
        rename(it, &ann, id).unwrap();
        assert_eq!(code(&rename(it, &bob, id).unwrap_err()), "record_locked");
        let seen = state(it, &bob, id);
        assert!(seen.binds && seen.may_release && !state(it, &ann, id).binds, "{seen:?}");
    });
}

#[test]
fn a_lock_ends_with_its_time_and_is_forgotten_then() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        let until = it.system().now + SignedDuration::from_hours(1);
        lock(&bob, &it.object("account"), id, &NewLock { until: Some(until), ..wanted("an hour") }).unwrap();
        assert_eq!(code(&rename(it, &ann, id).unwrap_err()), "record_locked");
        it.clock.advance(3601);
        rename(it, &it.signed_in(it.ann), id).unwrap();
        assert_eq!(state(it, &it.signed_in(it.bob), id).lock, None::<Lock>);
        let rows = || it.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&LOCK, Condition::True), None)?)).unwrap();
        assert_eq!((rows(), forget_expired(&it.system()).unwrap(), rows()), (1, 1, 0));
        // One that is over and still lies there does not stand in the way of the next.
        let until = it.system().now + SignedDuration::from_hours(1);
        lock(&it.signed_in(it.bob), &it.object("account"), id, &NewLock { until: Some(until), ..wanted("again") }).unwrap();
        it.clock.advance(3601);
        lock(&it.signed_in(it.bob), &it.object("account"), id, &wanted("for good")).unwrap();
        assert_eq!(code(&rename(it, &it.signed_in(it.ann), id).unwrap_err()), "record_locked");
    });
}

#[test]
fn what_is_wrong_with_a_lock_is_named_by_its_field() {
    on_both_stores(|it| {
        let (_, bob, id) = scene(it);
        let past = it.system().now - SignedDuration::from_secs(1);
        let tries = [
            ("reason", wanted("  ")),
            ("reason", wanted(&"长".repeat(501))),
            ("until", NewLock { until: Some(past), ..wanted("past") }),
            ("except", NewLock { except: vec![Uuid::from_u128(7)], ..wanted("nobody") }),
        ];
        for (field, new) in tries {
            let refused = lock(&bob, &it.object("account"), id, &new).unwrap_err();
            let KernelError::Invalid(problems) = &refused else { panic!("{refused:?}") };
            assert_eq!(problems[0].field, field);
        }
        let team = it.create(&it.as_admin(), "team", json!({"name": "T"}));
        assert_eq!(code(&lock(&it.as_admin(), &it.object("team"), team, &wanted("of rights")).unwrap_err()), "bad_request");
        assert_eq!(code(&lock(&bob, &it.object("account"), Uuid::from_u128(7), &wanted("none")).unwrap_err()), "not_found");
    });
}

#[test]
fn explain_names_the_lock() {
    on_both_stores(|it| {
        let (ann, bob, id) = scene(it);
        lock(&bob, &it.object("account"), id, &wanted("signed")).unwrap();
        let told = it.workspace.store.read_with(|tx| explain(&ann, tx, it.ann, &it.object("account"), id)).unwrap();
        for verb in &told.verbs {
            let locked = verb.reasons.iter().any(|it| matches!(it, Reason::Locked { reason, .. } if reason == "signed"));
            let closes = ["update", "delete", "assign", "bulk"].contains(&verb.verb);
            // What the role does not give is closed without it.
            let given = !["import", "export", "lock"].contains(&verb.verb);
            assert_eq!((locked, verb.allowed), (closes, given && !closes), "{verb:?}");
        }
    });
}
