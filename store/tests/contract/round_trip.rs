//! What goes in comes out, at the edges too.

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{Column, ColumnRef, CompareOp, Condition, Insert, OnConflict, Select, Storage, StoreExt, Table};

use crate::stores::{Shared, bare, contract, create, date, decimal, everything, fill, found, id, insert_all, instant, rows, text};

contract!(
    lists_of_texts_stay_lists,
    every_storage_keeps_its_values,
    what_does_not_fit_is_refused,
    text_with_nul_does_no_harm,
    large_texts_and_many_rows
);

fn every_storage_keeps_its_values(store: &Shared) {
    let table = everything();
    create(store, &table);
    let json = |text: &str| Value::Json(Box::new(serde_json::from_str(text).unwrap()));
    let written = vec![
        bare(0, ""),
        vec![
            id(u128::MAX),
            text("星河银行 ‏مرحبا ß İ 😀 \u{10FFFF} '\"\\%_\n\t"),
            Value::Bool(true),
            Value::Int(i64::MAX),
            decimal("92233720368547758.07"),
            decimal("9223372036854.775807"),
            text(" "),
            date("9999-12-31"),
            instant("9999-12-30T21:59:59.999999Z"),
            Value::Duration(i64::MAX),
            id(0),
            json(r#"["一", "b", 3, null, true]"#),
            Value::Null,
        ],
        vec![
            id(1),
            text("z"),
            Value::Bool(false),
            Value::Int(i64::MIN),
            decimal("-92233720368547758.08"),
            decimal("-0.000001"),
            text(""),
            date("0001-01-01"),
            instant("0001-01-01T00:00:00Z"),
            Value::Duration(-1),
            id(1),
            json(r#"{"a": {"b": [1.5, "x"]}}"#),
            instant("2026-02-28T23:59:59.000001Z"),
        ],
    ];
    fill(store, &table, written.clone());
    let read = rows(store, &Select::all(&table, Condition::True));
    for row in &written {
        assert!(read.contains(row), "{row:?}\nis not among\n{read:?}");
    }
    assert_eq!(read.len(), 3);
    // Every value also finds its row again.
    for row in &written {
        for (at, value) in row.iter().enumerate().filter(|(at, value)| !value.is_null() && *at != 11) {
            let ids = found(store, &table, Condition::equals(ColumnRef::main(at), value.clone()));
            let Value::Id(own) = row[0] else { unreachable!() };
            assert!(ids.contains(&own.as_u128()), "{value:?} of column {at}");
        }
    }
}

fn lists_of_texts_stay_lists(store: &Shared) {
    let table = std::sync::Arc::new(Table {
        name: "labelled".into(),
        columns: vec![Column::required("id", Storage::Id), Column::nullable("labels", Storage::TextList)],
        primary_key: vec!["id".into()],
        identity: false,
        indexes: Vec::new(),
    });
    create(store, &table);
    let written = vec![
        vec![id(1), Value::List(vec![text("星"), text("b"), text("星"), text("\"\\,[]")])],
        vec![id(2), Value::List(Vec::new())],
        vec![id(3), Value::Null],
    ];
    fill(store, &table, written.clone());
    assert_eq!(rows(store, &Select::all(&table, Condition::True).order_by(0, false)), written);
    let holds = |label: &str| found(store, &table, Condition::JsonContainsAny(ColumnRef::main(1), vec![text(label)], false));
    assert_eq!((holds("星"), holds("\"\\,[]"), holds("x")), (vec![1], vec![1], vec![]));
}

fn what_does_not_fit_is_refused(store: &Shared) {
    let table = everything();
    create(store, &table);
    for (column, value) in [
        (4, decimal("1.005")),
        (4, decimal("92233720368547758.08")),
        (4, text("1")),
        (3, decimal("1.5")),
        (7, date("-000001-01-01")),
        (8, instant("-000001-01-01T00:00:00Z")),
        (10, text("00000000-0000-0000-0000-000000000000")),
        (1, Value::Null),
    ] {
        let mut row = bare(1, "n");
        row[column] = value.clone();
        let insert = insert_all(&table, vec![row]);
        let refused = store.write_with(move |tx| Ok(tx.insert(&insert)?));
        assert!(matches!(refused, Err(KernelError::Store(_))), "{value:?} in column {column}: {refused:?}");
    }
    assert!(found(store, &table, Condition::True).is_empty());
    // What fits another way is taken: whole decimals for integers, integers for decimals.
    let mut row = bare(1, "n");
    row[3] = decimal("7.00");
    row[4] = Value::Int(7);
    fill(store, &table, vec![row]);
    let read = rows(store, &Select::all(&table, Condition::Compare(ColumnRef::main(3), CompareOp::Le, decimal("7.5"))));
    assert_eq!((&read[0][3], &read[0][4]), (&Value::Int(7), &decimal("7.00")));
}

fn text_with_nul_does_no_harm(store: &Shared) {
    let table = everything();
    create(store, &table);
    let insert = insert_all(&table, vec![bare(1, "a\0b")]);
    let written = store.write_with(move |tx| Ok(tx.insert(&insert)?));
    let read = store.read_with(|tx| Ok(tx.rows(&Select::all(&table, Condition::equals(ColumnRef::main(1), text("a\0b"))))?));
    match store.kind() {
        "sqlite" => assert_eq!(read.unwrap().len(), written.map(|_| 1).unwrap()),
        _ => assert!(written.is_err() && read.is_err()),
    }
    fill(store, &table, vec![bare(2, "fine")]);
}

fn large_texts_and_many_rows(store: &Shared) {
    // Not indexed: PostgreSQL refuses index rows beyond a third of a page.
    let mut table = (*everything()).clone();
    table.indexes.clear();
    let table = std::sync::Arc::new(table);
    create(store, &table);
    let long = "关系".repeat(200_000);
    let many: Vec<Vec<Value>> = (0..5_000).map(|number| bare(number, &format!("n{number}"))).collect();
    fill(store, &table, many);
    fill(store, &table, vec![bare(9_999, &long)]);
    let read = rows(store, &Select::all(&table, Condition::equals(ColumnRef::main(0), id(9_999))));
    assert_eq!(read[0][1], text(&long));
    let count = store
        .read_with(|tx| Ok((tx.count(&Select::all(&table, Condition::True), None)?, tx.count(&Select::all(&table, Condition::True), Some(10))?)));
    assert_eq!(count.unwrap(), (5_001, 10));
    // A list of ten thousand ids is one condition.
    let ids: Vec<Value> = (0..10_000).map(id).collect();
    assert_eq!(found(store, &table, Condition::In(ColumnRef::main(0), ids.clone(), false)).len(), 5_001);
    assert_eq!(found(store, &table, Condition::In(ColumnRef::main(0), ids, true)).len(), 0);
    let only_some = Insert { table: table.clone(), columns: vec![1, 0], rows: vec![vec![text("x"), id(70_000)]], on_conflict: OnConflict::Fail };
    store.write_with(move |tx| Ok(tx.insert(&only_some)?)).unwrap();
    assert_eq!(found(store, &table, Condition::equals(ColumnRef::main(1), text("x"))), [70_000]);
}
