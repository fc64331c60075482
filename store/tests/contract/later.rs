//! Statements nobody waits for, and rows that follow each other.

use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{
    Column, ColumnRef, Condition, Insert, OnConflict, Select, Set, Storage, StoreError, StoreExt, Table, Update, chained_hash,
};

use crate::stores::{Shared, bare, contract, create, everything, fill, found, id, insert_all, rows, text};

contract!(
    what_is_left_for_later_runs_in_order,
    many_rows_left_for_later_are_all_there,
    a_failure_left_for_later_ends_the_transaction,
    a_failure_left_for_later_is_told_by_the_next_statement,
    chained_rows_follow_each_other,
    what_is_seen_settles
);

fn what_is_left_for_later_runs_in_order(store: &Shared) {
    let table = everything();
    create(store, &table);
    let insert = insert_all(&table, vec![bare(1, "first")]);
    let rename =
        |to: &str| Update { table: table.clone(), set: vec![(1, Set::To(text(to)))], condition: Condition::equals(ColumnRef::main(0), id(1)) };
    let (second, third) = (rename("second"), rename("third"));
    store
        .write_with(move |tx| {
            tx.insert_later(&insert)?;
            tx.update_later(&second)?;
            let name = tx.first(&Select::all(&insert.table, Condition::True))?.map(|row| row[1].clone());
            assert_eq!(name, Some(text("second")), "a statement that is waited for sees those before it");
            tx.update_later(&third)?;
            Ok(())
        })
        .unwrap();
    assert_eq!(rows(store, &Select::all(&table, Condition::True))[0][1], text("third"));
}

fn many_rows_left_for_later_are_all_there(store: &Shared) {
    let table = everything();
    create(store, &table);
    let inserts: Vec<Insert> = (0..60).map(|part| insert_all(&table, (0..300).map(|at| bare(part * 300 + at, "n")).collect())).collect();
    store.write_with(move |tx| Ok(inserts.iter().try_for_each(|it| tx.insert_later(it))?)).unwrap();
    assert_eq!(found(store, &table, Condition::True), (0..18_000).collect::<Vec<_>>());
}

fn a_failure_left_for_later_ends_the_transaction(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    let insert = insert_all(&table, vec![bare(2, "b"), bare(1, "again")]);
    let outcome = store.write_with(move |tx| Ok(tx.insert_later(&insert)?));
    assert!(matches!(outcome, Err(KernelError::Store(StoreError::Duplicate { index })) if index == "everything"));
    assert_eq!(found(store, &table, Condition::True), [1]);
}

fn a_failure_left_for_later_is_told_by_the_next_statement(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    let insert = insert_all(&table, vec![bare(1, "again")]);
    let outcome = store.write_with(move |tx| {
        // On the one store this fails, on the other what follows does; either way the transaction does.
        let later = tx.insert_later(&insert);
        let next = later.and_then(|()| tx.count(&Select::all(&insert.table, Condition::True), None));
        assert!(matches!(&next, Err(StoreError::Duplicate { index }) if index == "everything"), "{next:?}");
        Ok(())
    });
    assert!(outcome.is_err());
    assert_eq!(found(store, &table, Condition::True), [1]);
}

fn chained_rows_follow_each_other(store: &Shared) {
    let table = Arc::new(Table {
        name: "chain".into(),
        columns: vec![Column::required("seq", Storage::Int), Column::required("words", Storage::Text), Column::nullable("hash", Storage::Text)],
        primary_key: vec!["seq".into()],
        identity: true,
        indexes: Vec::new(),
    });
    create(store, &table);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let table = &table;
            scope.spawn(move || {
                for part in 0..10 {
                    let words = format!("第{thread}个：{part}\n");
                    let insert = Insert { table: table.clone(), columns: vec![1], rows: vec![vec![text(&words)]], on_conflict: OnConflict::Fail };
                    let append = move |tx: &mut dyn guanxi_kernel::store::WriteTx| {
                        tx.serialise("events")?;
                        Ok(tx.insert_chained(&insert, 2, &words)?)
                    };
                    store.write_with(append).unwrap();
                }
            });
        }
    });
    let read = rows(store, &Select::all(&table, Condition::True).order_by(0, false));
    assert_eq!(read.len(), 80);
    let mut before = None;
    for row in read {
        let right = chained_hash(before.as_deref(), row[1].as_text().unwrap());
        assert_eq!(row[2], Value::Text(right.clone()), "{row:?}");
        before = Some(right);
    }
}

fn what_is_seen_settles(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    let select = Select::all(&table, Condition::True);
    let seen = store.read_with(|tx| {
        let seen = tx.rows(&select)?.len();
        tx.settle()?;
        Ok(seen)
    });
    assert_eq!(seen.unwrap(), 1);
    let insert = insert_all(&table, vec![bare(2, "b")]);
    store
        .write_with(move |tx| {
            tx.insert_later(&insert)?;
            Ok(tx.settle()?)
        })
        .unwrap();
    assert_eq!(found(store, &table, Condition::True), [1, 2]);
}
