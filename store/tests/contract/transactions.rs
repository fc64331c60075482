//! All or nothing.

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{ColumnRef, Condition, Select, Set, StoreExt, Update};

use crate::stores::{Shared, bare, contract, create, everything, fill, found, insert_all, rows, text};

contract!(
    an_error_leaves_nothing,
    a_panic_leaves_nothing_and_the_store_alive,
    a_failed_statement_cannot_be_committed,
    reads_stand_still,
    a_panic_in_a_read_does_no_harm
);

fn an_error_leaves_nothing(store: &Shared) {
    let table = everything();
    create(store, &table);
    let insert = insert_all(&table, vec![bare(1, "a")]);
    let outcome = store.write_with(move |tx| -> Result<(), KernelError> {
        tx.insert(&insert)?;
        assert_eq!(tx.count(&Select::all(&insert.table, Condition::True), None)?, 1);
        Err(KernelError::NotFound)
    });
    assert!(matches!(outcome, Err(KernelError::NotFound)));
    assert!(found(store, &table, Condition::True).is_empty());
}

fn a_panic_leaves_nothing_and_the_store_alive(store: &Shared) {
    let table = everything();
    create(store, &table);
    let insert = insert_all(&table, vec![bare(1, "a")]);
    let outcome = store.write_with(move |tx| -> Result<(), KernelError> {
        tx.insert(&insert)?;
        panic!("on purpose")
    });
    assert!(matches!(outcome, Err(KernelError::Internal(reason)) if reason.contains("on purpose")));
    fill(store, &table, vec![bare(2, "b")]);
    assert_eq!(found(store, &table, Condition::True), [2]);
    store.check().unwrap();
}

fn a_failed_statement_cannot_be_committed(store: &Shared) {
    let table = everything();
    create(store, &table);
    let insert = insert_all(&table, vec![bare(1, "a")]);
    let outcome = store.write_with(move |tx| {
        tx.insert(&insert)?;
        assert!(tx.insert(&insert).is_err());
        assert!(tx.rows(&Select::all(&insert.table, Condition::True)).is_err());
        Ok(())
    });
    assert!(outcome.is_err());
    assert!(found(store, &table, Condition::True).is_empty());
}

fn reads_stand_still(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "old")]);
    let select = Select::all(&table, Condition::True);
    store
        .read_with(|tx| {
            assert_eq!(tx.rows(&select)?.len(), 1);
            fill(store, &table, vec![bare(2, "new")]);
            let update = Update { table: table.clone(), set: vec![(1, Set::To(text("newer")))], condition: Condition::True };
            store.write_with(move |tx| Ok(tx.update(&update)?))?;
            let again = tx.rows(&select)?;
            assert_eq!((again.len(), &again[0][1]), (1, &text("old")));
            Ok(())
        })
        .unwrap();
    assert_eq!(found(store, &table, Condition::equals(ColumnRef::main(1), text("newer"))), [1, 2]);
}

fn a_panic_in_a_read_does_no_harm(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    for _ in 0..20 {
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.read_with(|tx| -> Result<Value, KernelError> {
                tx.rows(&Select::all(&table, Condition::True))?;
                panic!("on purpose")
            })
        }));
        assert!(ran.is_err());
    }
    let first = store.read_with(|tx| Ok(tx.first(&Select::all(&table, Condition::True))?)).unwrap();
    assert_eq!(first.unwrap()[1], text("a"));
    assert_eq!(rows(store, &Select::all(&table, Condition::True)).len(), 1);
}
