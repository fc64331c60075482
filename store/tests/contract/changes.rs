//! Inserts, updates and deletes.

use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{
    Aggregate, Column, ColumnRef, Condition, Delete, Insert, Measure, MeasureFunction, OnConflict, Select, Set, Storage, StoreError, StoreExt, Table,
    Update,
};

use crate::stores::{Shared, bare, contract, create, decimal, everything, fill, found, id, insert_all, instant, rows, text};

contract!(
    duplicates_name_their_index,
    conflicts_can_be_ignored_or_replaced,
    updates_add_and_take_aggregates,
    identity_is_never_reused,
    deletes_count
);

fn duplicate(store: &Shared, insert: Insert) -> String {
    match store.write_with(move |tx| Ok(tx.insert(&insert)?)) {
        Err(KernelError::Store(StoreError::Duplicate { index })) => index,
        other => panic!("no duplicate: {other:?}"),
    }
}

fn with_note(number: u128, note: Value, deleted: Value) -> Vec<Value> {
    let mut row = bare(number, "n");
    row[6] = note;
    row[12] = deleted;
    row
}

fn duplicates_name_their_index(store: &Shared) {
    let table = everything();
    create(store, &table);
    let gone = instant("2026-01-01T00:00:00Z");
    fill(store, &table, vec![with_note(1, text("a"), Value::Null), with_note(2, text("a"), gone), with_note(3, Value::Null, Value::Null)]);
    fill(store, &table, vec![with_note(4, Value::Null, Value::Null)]);
    assert_eq!(duplicate(store, insert_all(&table, vec![bare(1, "again")])), "everything");
    assert_eq!(duplicate(store, insert_all(&table, vec![with_note(5, text("a"), Value::Null)])), "everything__note");
    let revive = Update { table: table.clone(), set: vec![(12, Set::To(Value::Null))], condition: Condition::equals(ColumnRef::main(0), id(2)) };
    let revived = store.write_with(move |tx| Ok(tx.update(&revive)?));
    assert!(matches!(revived, Err(KernelError::Store(StoreError::Duplicate { index })) if index == "everything__note"));
    assert_eq!(found(store, &table, Condition::True), [1, 2, 3, 4]);
}

fn conflicts_can_be_ignored_or_replaced(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![with_note(1, text("a"), Value::Null)]);
    for (on_conflict, name) in [(OnConflict::Ignore, "n"), (OnConflict::Replace(vec![1]), "new")] {
        let mut insert = insert_all(&table, vec![bare(1, "new"), bare(2, "two")]);
        insert.on_conflict = on_conflict;
        store.write_with(move |tx| Ok(tx.insert(&insert)?)).unwrap();
        let read = rows(store, &Select::all(&table, Condition::True).order_by(0, false));
        assert_eq!((&read[0][1], &read[0][6], read.len()), (&text(name), &text("a"), 2));
    }
}

fn updates_add_and_take_aggregates(store: &Shared) {
    let table = everything();
    create(store, &table);
    let row = |number: u128, amount: Value| {
        let mut row = bare(number, "n");
        row[4] = amount;
        row
    };
    fill(store, &table, vec![row(1, Value::Null), row(2, decimal("1.10")), row(3, decimal("2.20"))]);
    let one = || Condition::equals(ColumnRef::main(0), id(1));
    let measure = |function, condition| {
        Set::Aggregate(Box::new(Aggregate {
            table: table.clone(),
            joins: Vec::new(),
            condition,
            keys: Vec::new(),
            measures: vec![Measure { function, column: Some(ColumnRef::main(4)) }],
            limit: 1,
        }))
    };
    let all = || Condition::NotNull(ColumnRef::main(4));
    let nothing = || Condition::equals(ColumnRef::main(1), text("nobody"));
    for (column, set, expected) in [
        (4, Set::Add(decimal("0.5")), decimal("0.50")),
        (4, Set::Add(Value::Int(-1)), decimal("-0.50")),
        (3, Set::Add(Value::Int(2)), Value::Int(2)),
        (5, measure(MeasureFunction::Sum, all()), decimal("2.8")),
        (3, measure(MeasureFunction::Count, all()), Value::Int(3)),
        (5, measure(MeasureFunction::Avg, all()), decimal("0.933333")),
        (5, measure(MeasureFunction::Max, all()), decimal("2.200000")),
        (5, measure(MeasureFunction::Sum, nothing()), decimal("0")),
        (5, measure(MeasureFunction::Min, nothing()), Value::Null),
    ] {
        let update = Update { table: table.clone(), set: vec![(column, set)], condition: one() };
        let described = format!("{update:?}");
        assert_eq!(store.write_with(move |tx| Ok(tx.update(&update)?)).unwrap(), 1);
        let read = rows(store, &Select::all(&table, one()));
        assert_eq!(read[0][column], expected, "{described}");
    }
    let overflow = Update { table: table.clone(), set: vec![(3, Set::Add(Value::Int(i64::MAX)))], condition: one() };
    assert!(store.write_with(move |tx| Ok(tx.update(&overflow)?)).is_err());
    assert_eq!(rows(store, &Select::all(&table, one()))[0][3], Value::Int(3));
}

fn counted() -> Arc<Table> {
    Arc::new(Table {
        name: "counted".into(),
        columns: vec![Column::required("seq", Storage::Int), Column::required("name", Storage::Text)],
        primary_key: vec!["seq".into()],
        identity: true,
        indexes: Vec::new(),
    })
}

fn identity_is_never_reused(store: &Shared) {
    let table = counted();
    create(store, &table);
    let add = |names: &[&str]| {
        let rows = names.iter().map(|name| vec![text(name)]).collect();
        let insert = Insert { table: table.clone(), columns: vec![1], rows, on_conflict: OnConflict::Fail };
        store.write_with(move |tx| Ok(tx.insert(&insert)?)).unwrap()
    };
    assert_eq!(add(&["a", "b", "c"]), 3);
    let delete = Delete { table: table.clone(), condition: Condition::True };
    assert_eq!(store.write_with(move |tx| Ok(tx.delete(&delete)?)).unwrap(), 3);
    assert_eq!(add(&["d"]), 4);
    let read = rows(store, &Select::all(&table, Condition::True));
    assert_eq!(read, [vec![Value::Int(4), text("d")]]);
}

fn deletes_count(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, (0..10).map(|number| bare(number, if number % 2 == 0 { "even" } else { "odd" })).collect());
    let delete = Delete { table: table.clone(), condition: Condition::equals(ColumnRef::main(1), text("odd")) };
    assert_eq!(store.write_with(move |tx| Ok(tx.delete(&delete)?)).unwrap(), 5);
    assert_eq!(found(store, &table, Condition::True), [0, 2, 4, 6, 8]);
}
