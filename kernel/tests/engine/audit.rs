//! The audit log: what it keeps, who may look, and that it shows when somebody touched it.

use guanxi_expr::Value;
use guanxi_kernel::audit::{AuditRequest, Verification, list, prune, verify};
use guanxi_kernel::protection::{ProtectionPolicy, save_protection_policy};
use guanxi_kernel::store::{ColumnRef, Condition, Delete, Select, Set, StoreExt, Update};
use guanxi_kernel::system_tables::AUDIT;
use serde_json::json;

use crate::fixture::{Fixture, code, on_both_stores};

fn chain(it: &Fixture) -> Verification {
    it.workspace.store.read_with(|tx| verify(tx)).unwrap()
}

fn filled(it: &Fixture) -> Verification {
    let admin = it.as_admin();
    for n in 0..5 {
        let id = it.create(&admin, "account", json!({"name": format!("A{n}")}));
        it.update(&admin, "account", id, json!({"level": "a"}));
    }
    let found = chain(it);
    assert!(found.rows >= 10 && found.unchained == 0 && found.broken_at.is_none(), "{found:?}");
    found
}

fn row(seq: i64) -> Condition {
    Condition::equals(ColumnRef::main(0), Value::Int(seq))
}

#[test]
fn a_row_changed_from_outside_breaks_the_chain_where_it_stood() {
    on_both_stores(|it| {
        filled(it);
        for (column, value) in [(3, Value::Text("Somebody else".into())), (4, Value::Text("read".into())), (8, Value::Int(7))] {
            let original = it.workspace.store.read_with(|tx| Ok(tx.first(&guanxi_kernel::store::Select::all(&AUDIT, row(5)))?)).unwrap().unwrap();
            let set = move |value: Value| Update { table: AUDIT.clone(), set: vec![(column, Set::To(value))], condition: row(5) };
            let (forged, back) = (set(value), set(original[column].clone()));
            it.workspace.store.write_with(move |tx| Ok(tx.update(&forged)?)).unwrap();
            assert_eq!(chain(it).broken_at, Some(5), "column {column}");
            it.workspace.store.write_with(move |tx| Ok(tx.update(&back)?)).unwrap();
            assert_eq!(chain(it).broken_at, None);
        }
    });
}

#[test]
fn a_row_taken_out_is_missed_by_the_one_after_it() {
    on_both_stores(|it| {
        filled(it);
        it.workspace.store.write_with(|tx| Ok(tx.delete(&Delete { table: AUDIT.clone(), condition: row(5) })?)).unwrap();
        assert_eq!(chain(it).broken_at, Some(6));
    });
}

#[test]
fn the_log_is_for_auditors_and_finds_what_is_looked_for() {
    on_both_stores(|it| {
        filled(it);
        let ann = it.as_ann();
        let id = it.create(&ann, "account", json!({"name": "Ann's"}));
        let find = |request: AuditRequest| it.workspace.store.read_with(|tx| list(&it.as_admin(), tx, &request)).unwrap();
        let of_ann = find(AuditRequest { actor: Some(it.ann), limit: 10, ..AuditRequest::default() });
        assert_eq!(of_ann.entries.iter().map(|it| (it.verb.as_str(), it.record)).collect::<Vec<_>>(), [("create", Some(id))]);
        let first = find(AuditRequest { object: Some("account".into()), limit: 4, ..AuditRequest::default() });
        let rest = find(AuditRequest { object: Some("account".into()), before: first.next, limit: 500, ..AuditRequest::default() });
        assert_eq!((first.entries.len(), rest.entries.len(), rest.next), (4, 7, None));
        assert!(find(AuditRequest { until: Some(it.system().now), limit: 9, ..AuditRequest::default() }).entries.is_empty());
        let refused = it.workspace.store.read_with(|tx| list(&ann, tx, &AuditRequest { limit: 5, ..AuditRequest::default() }));
        assert_eq!(code(&refused.unwrap_err()), "forbidden");
    });
}

#[test]
fn old_rows_are_forgotten_by_rule_and_the_rest_stays_whole() {
    on_both_stores(|it| {
        let before = filled(it);
        let day = 86_400;
        let keep = |days: Option<u32>| save_protection_policy(&it.as_admin(), &ProtectionPolicy { audit_days: days, ..ProtectionPolicy::default() });
        assert_eq!(prune(&it.system()).unwrap(), 0, "kept for ever unless said otherwise");
        assert_eq!(code(&keep(Some(30)).unwrap_err()), "invalid");
        assert_eq!(code(&save_protection_policy(&it.as_ann(), &ProtectionPolicy::default()).unwrap_err()), "forbidden");
        keep(Some(200)).unwrap();
        it.clock.advance(150 * day);
        it.create(&it.as_admin(), "account", json!({"name": "later"}));
        assert_eq!(prune(&it.system()).unwrap(), 0);
        it.clock.advance(60 * day);
        let gone = prune(&it.system()).unwrap();
        assert_eq!(gone, before.rows + 1, "what is older, and the change of the policy with it");
        let left = chain(it);
        assert_eq!((left.rows, left.unchained, left.broken_at), (2, 0, None));
        // Once a day is enough.
        assert_eq!(prune(&it.system()).unwrap(), 0);
        // A row taken out from the beginning is missed as before, and so is a forged word about it.
        let rows = it.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&AUDIT, Condition::True).order_by(0, false))?)).unwrap();
        let (Value::Int(first), Value::Int(told)) = (rows[0][0].clone(), rows[1][0].clone()) else { panic!("{rows:?}") };
        assert_eq!(rows[1][4], Value::Text("prune_audit".into()));
        let forged = json!({ "through": first, "hash": rows[0][11].as_text(), "before": "", "days": 200 });
        let forge = Update { table: AUDIT.clone(), set: vec![(10, Set::To(Value::Json(Box::new(forged))))], condition: row(told) };
        it.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: AUDIT.clone(), condition: row(first) })?)).unwrap();
        assert_eq!(chain(it).broken_at, Some(told));
        it.workspace.store.write_with(move |tx| Ok(tx.update(&forge)?)).unwrap();
        assert_eq!(chain(it).broken_at, Some(told));
    });
}

#[test]
fn everything_old_goes_but_the_row_the_next_one_follows() {
    on_both_stores(|it| {
        filled(it);
        save_protection_policy(&it.as_admin(), &ProtectionPolicy { audit_days: Some(183), ..ProtectionPolicy::default() }).unwrap();
        it.clock.advance(400 * 86_400);
        assert!(prune(&it.system()).unwrap() > 0);
        assert_eq!(chain(it).rows, 2, "the newest of before, and what tells of the rest");
        it.create(&it.as_admin(), "account", json!({"name": "new"}));
        it.clock.advance(400 * 86_400);
        assert_eq!(prune(&it.system()).unwrap(), 2);
        let left = chain(it);
        assert_eq!((left.rows, left.broken_at), (2, None));
        assert_eq!(code(&prune(&it.as_ann()).unwrap_err()), "forbidden");
    });
}
