//! Undo of everything that can be done, and what stops it.

use guanxi_expr::Value;
use guanxi_kernel::Result;
use guanxi_kernel::app::{App, Hook};
use guanxi_kernel::context::Context;
use guanxi_kernel::store::{Condition, ReadTx, Select, StoreExt};
use guanxi_kernel::system_tables::AUDIT;
use guanxi_kernel::write::{Batch, BatchMode, Draft, DraftKind, Operation, PlanOptions, Unit, execute, undo};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, code, digest, map, on_both_stores, on_both_stores_with};

fn batch(it: &Fixture, object: &str, operations: Vec<Operation>) -> uuid::Uuid {
    let batch = Batch { object: it.object(object), operations, mode: BatchMode::AllOrNothing, verb: "batch", change: None };
    execute(&it.as_admin(), &batch).unwrap().change
}

#[test]
fn a_whole_import_goes_to_the_bin_and_comes_back_by_undoing_the_undo() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let rows = (0..30).map(|n| Operation::Create { values: map(json!({"name": format!("N{n:02}"), "code": format!("c{n}")})) }).collect();
        let change = batch(it, "account", rows);
        let done = undo(&admin, change).unwrap();
        assert_eq!((done.undone, done.skipped.len()), (30, 0));
        assert!(it.names(&admin, "account", "true", "name").is_empty());
        let again = undo(&admin, done.change_id).unwrap();
        assert_eq!((again.undone, again.skipped.len()), (30, 0));
        assert_eq!(it.names(&admin, "account", "true", "name").len(), 30);
        undo(&admin, again.change_id).unwrap();
        assert!(it.names(&admin, "account", "true", "name").is_empty(), "and again");
    });
}

#[test]
fn a_deletion_with_what_belonged_comes_back_whole_with_its_rollups() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let deals: Vec<_> = (0..3).map(|n| it.create(&admin, "deal", json!({"name": format!("D{n}"), "account": account, "amount": "10"}))).collect();
        let earlier = it.delete(&admin, "deal", deals[0]).unwrap();
        let change = it.delete(&admin, "account", account).unwrap();
        undo(&admin, change).unwrap();
        assert_eq!(it.get(&admin, "account", account).unwrap()["deals"], 2);
        assert!(it.get(&admin, "deal", deals[0]).is_none(), "deleted before, stays");
        undo(&admin, earlier).unwrap();
        assert_eq!(it.get(&admin, "account", account).unwrap()["deals"], 3);
    });
}

#[test]
fn what_cannot_be_undone_is_skipped_and_leaves_nothing_half_done() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let operations = ["A", "B", "C"].map(|name| Operation::Create { values: map(json!({"name": name})) }).to_vec();
        let change = batch(it, "tag", operations);
        let b = it.list(&admin, "tag", "name == 'B'", "name")[0]["id"].clone();
        it.create(&admin, "bill", json!({"name": "uses B", "tag": b}));
        let done = undo(&admin, change).unwrap();
        assert_eq!(done.undone, 2);
        assert_eq!((done.skipped.len(), done.skipped[0].reason), (1, "invalid"));
        assert_eq!(it.names(&admin, "tag", "true", "name"), ["B"], "the one still referred to is untouched");
        let of_b = it.list(&admin, "tag", "true", "name")[0].clone();
        assert_eq!((of_b["version"].clone(), of_b["deleted_at"].clone()), (json!(1), Json::Null));
    });
}

#[test]
fn a_value_taken_by_another_record_meanwhile_is_skipped() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let first = it.create(&admin, "account", json!({"name": "A", "code": "X"}));
        let other = it.create(&admin, "account", json!({"name": "B", "code": "Y"}));
        let operations = vec![
            Operation::Update { id: first, values: map(json!({"code": "Z"})), options: PlanOptions::default() },
            Operation::Update { id: other, values: map(json!({"name": "B2"})), options: PlanOptions::default() },
        ];
        let change = batch(it, "account", operations);
        it.create(&admin, "account", json!({"name": "C", "code": "X"}));
        let done = undo(&admin, change).unwrap();
        assert_eq!((done.undone, done.skipped.len()), (1, 1));
        assert_eq!(it.names(&admin, "account", "true", "name"), ["A", "B", "C"]);
        let deleted = it.create(&admin, "account", json!({"name": "D", "code": "Q"}));
        let change = it.delete(&admin, "account", deleted).unwrap();
        it.create(&admin, "account", json!({"name": "E", "code": "Q"}));
        let before = digest(it, &["account", "deal"]);
        let done = undo(&admin, change).unwrap();
        assert_eq!((done.undone, done.skipped[0].reason), (0, "invalid"));
        assert_eq!(digest(it, &["account", "deal"]), before);
        assert_eq!(code(&it.restore(&admin, "account", deleted).unwrap_err()), "duplicate_value");
    });
}

/// More than may turn out impossible one after the other.
const MANY: usize = 120;

#[test]
fn what_very_many_others_hold_meanwhile_is_skipped_and_the_rest_comes_back() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let create = |name: &str, n: usize| Operation::Create { values: map(json!({"name": format!("{name}{n:03}"), "code": format!("c{n}")})) };
        batch(it, "account", (0..MANY + 3).map(|n| create("A", n)).collect());
        let found: Vec<uuid::Uuid> =
            it.list(&admin, "account", "true", "name").iter().map(|it| serde_json::from_value(it["id"].clone()).unwrap()).collect();
        // Their codes are changed, and then they go to the bin; others take the codes.
        let values = |id: &uuid::Uuid| map(json!({"code": format!("x{id}")}));
        let change = |id: &uuid::Uuid| Operation::Update { id: *id, values: values(id), options: PlanOptions::default() };
        let changed = batch(it, "account", found.iter().map(change).collect());
        batch(it, "account", (0..MANY).map(|n| create("B", n)).collect());
        let done = undo(&admin, changed).unwrap();
        assert_eq!((done.undone, done.skipped.len()), (3, MANY));
        assert!(done.skipped.iter().all(|it| it.reason == "invalid"));
        let binned = batch(it, "account", found.iter().map(|id| Operation::Delete { id: *id }).collect());
        let taken: Vec<Json> = found.iter().map(|id| json!(format!("x{id}"))).collect();
        let take = |(n, code): (usize, &Json)| Operation::Create { values: map(json!({"name": format!("C{n:03}"), "code": code})) };
        batch(it, "account", taken.iter().enumerate().map(take).collect());
        let done = undo(&admin, binned).unwrap();
        assert_eq!((done.undone, done.skipped.len()), (3, MANY));
        assert!(done.skipped.iter().all(|it| it.reason == "invalid"));
    });
}

#[test]
fn states_move_back_and_tags_in_any_order_too() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": account, "amount": "5"}));
        let offered = it.update(&admin, "deal", deal, json!({"stage": "offer"}));
        assert_eq!(undo(&admin, offered).unwrap().undone, 1);
        assert_eq!(it.get(&admin, "deal", deal).unwrap()["stage"], "new", "a card dragged on the board goes back");
        let tags: Vec<_> = ["T1", "T2", "T3"].iter().map(|name| it.create(&admin, "tag", json!({"name": name}))).collect();
        let tagged = it.update(&admin, "account", account, json!({"tags": [tags[2], tags[0]]}));
        assert_eq!(undo(&admin, tagged).unwrap().undone, 1);
        assert_eq!(it.get(&admin, "account", account).unwrap()["tags"], json!([]));
    });
}

#[test]
fn what_was_erased_stays_gone_and_is_said_to_be() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "Secret Wang"}));
        let erased = batch(it, "account", vec![Operation::Erase { id }]);
        let done = undo(&admin, erased).unwrap();
        assert_eq!((done.undone, done.skipped[0].reason), (0, "gone"));
    });
}

#[test]
fn only_ones_own_change_and_only_with_the_right_to() {
    on_both_stores(|it| {
        let (ann, bob, admin) = (it.as_ann(), it.as_bob(), it.as_admin());
        let account = it.create(&ann, "account", json!({"name": "A"}));
        let change = it.update(&ann, "account", account, json!({"name": "B"}));
        assert_eq!(code(&undo(&bob, change).unwrap_err()), "not_found");
        it.update(&admin, "account", account, json!({"owner": it.bob}));
        let done = undo(&ann, change).unwrap();
        assert_eq!((done.undone, done.skipped[0].reason), (0, "gone"), "no longer hers to see");
        assert_eq!(it.get(&bob, "account", account).unwrap()["name"], "B");
        assert_eq!(code(&undo(&admin, uuid::Uuid::from_u128(5)).unwrap_err()), "not_found");
    });
}

/// Raises the margin with each change of the code, which reps neither see nor set, and makes a deal of each new account.
struct Pricing;

impl Hook for Pricing {
    fn object(&self) -> &str {
        "account"
    }
    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.changes("code") && !draft.changes("margin") {
            let margin = if draft.value("code").as_text() == Some("a") { "11" } else { "22" };
            draft.set(context, "margin", &json!(margin))?;
        }
        Ok(())
    }
    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if draft.kind == DraftKind::Create && draft.value("name").as_text() == Some("with deal") {
            unit.create_as_system("deal", &map(json!({"name": "from hook", "account": draft.id()})))?;
        }
        Ok(())
    }
}

fn pricing() -> Vec<App> {
    vec![App { hooks: vec![std::sync::Arc::new(Pricing)], ..App::default() }]
}

#[test]
fn what_a_hook_set_goes_back_with_what_was_written() {
    on_both_stores_with(pricing, |it| {
        let (ann, admin) = (it.as_ann(), it.as_admin());
        let account = it.create(&ann, "account", json!({"name": "A", "code": "a"}));
        let margin = || it.get(&admin, "account", account).unwrap()["margin"].to_string();
        let first = margin();
        let change = it.update(&ann, "account", account, json!({"code": "b"}));
        assert_ne!(margin(), first);
        assert!(it.get(&ann, "account", account).unwrap().get("margin").is_none(), "not hers to see");
        let done = undo(&ann, change).unwrap();
        assert_eq!((done.undone, done.skipped.len()), (1, 0), "{:?}", done.skipped);
        assert_eq!((it.get(&ann, "account", account).unwrap()["code"].clone(), margin()), (json!("a"), first.clone()));
        let again = undo(&ann, done.change_id).unwrap();
        assert_eq!((again.undone, it.get(&ann, "account", account).unwrap()["code"].clone()), (1, json!("b")));
        // Who may not see what somebody set since is not told of it.
        let change = it.update(&ann, "account", account, json!({"code": "a"}));
        it.update(&admin, "account", account, json!({"margin": "99"}));
        let done = undo(&ann, change).unwrap();
        assert!(!format!("{:?}", done.skipped).contains("margin"), "{:?}", done.skipped);
        assert_eq!(it.get(&ann, "account", account).unwrap()["code"], "b");
        // A change of which she may write nothing is not hers to take back, nor is one of a record she may not change.
        let theirs = it.update(&admin, "account", account, json!({"margin": "7"}));
        assert_eq!(code(&undo(&ann, theirs).unwrap_err()), "not_found");
        let change = it.update(&ann, "account", account, json!({"code": "a"}));
        it.update(&admin, "account", account, json!({"owner": it.bob}));
        assert_eq!(undo(&ann, change).unwrap().undone, 0);
    });
}

#[test]
fn the_audit_row_names_the_record_that_was_asked_for() {
    on_both_stores_with(pricing, |it| {
        let admin = it.as_admin();
        let rows = || it.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&AUDIT, Condition::True).order_by(0, true).limited(1))?)).unwrap();
        let told = || {
            let row = rows().remove(0);
            (row[4].clone(), row[5].clone(), row[6].clone(), row[8].clone())
        };
        let named = |verb: &str, record, count| (Value::Text(verb.into()), Value::Text("account".into()), record, Value::Int(count));
        let account = it.create(&admin, "account", json!({"name": "with deal"}));
        assert_eq!(told(), named("create", Value::Id(account), 2), "the deal came with it");
        it.delete(&admin, "account", account).unwrap();
        let (_, object, record, _) = told();
        assert_eq!((object, record), (Value::Text("account".into()), Value::Id(account)), "the deal went with it");
        let operations = ["A", "B"].map(|name| Operation::Create { values: map(json!({"name": name})) }).to_vec();
        batch(it, "account", operations);
        assert_eq!(told(), named("batch", Value::Null, 2), "two that were asked for are counted");
    });
}
