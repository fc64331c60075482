//! Conditions that reach beyond one column and one value.

use std::sync::Arc;

use guanxi_expr::{Value, fold_case};
use guanxi_kernel::store::{
    Aggregate, Column, ColumnRef, CompareOp, Condition, Delete, Insert, Join, Measure, MeasureFunction, OnConflict, Order, Select, Set, Storage,
    StoreExt, Table, TextOp, Update,
};

use crate::stores::{Shared, bare, contract, create, decimal, everything, fill, found, id, numbers, rows, text};

contract!(
    text_tests_fold_like_the_language,
    json_lists_hold_values,
    links_lead_to_targets,
    selects_within_conditions,
    joins_are_left_joins,
    columns_compare_with_columns,
    numbers_between_steps,
    changes_take_conditions,
);

fn text_tests_fold_like_the_language(store: &Shared) {
    let table = everything();
    create(store, &table);
    let texts = [
        "Straße",
        "STRASSE",
        "İstanbul",
        "istanbul",
        "ISTANBUL",
        "星河银行",
        "ИВАН Петров",
        "ΟΔΥΣΣΕΥΣ",
        "οδυσσευς",
        "οδυσσευσ",
        "100%",
        "100x",
        "a_b",
        "aXb",
        "back\\slash",
        "",
        "Ünïcödé",
        "ÜNÏCÖDÉ",
        "ǅ",
        "ﬃ",
    ];
    let mut all: Vec<Vec<Value>> = texts
        .iter()
        .enumerate()
        .map(|(number, content)| {
            let mut row = bare(number as u128, content);
            row[6] = text(&format!("{content}#{number}"));
            row
        })
        .collect();
    all.push(bare(99, "no note"));
    fill(store, &table, all);
    let needles = ["straße", "İ", "i", "I", "银行", "иван", "ΣΣΕΥΣ", "σ", "ς", "%", "_", "\\", "ü", "", "aXB", "ǆ", "FFI", "100"];
    for needle in needles {
        for op in [TextOp::Contains, TextOp::StartsWith, TextOp::EndsWith, TextOp::EqualsIgnoreCase] {
            let wanted = fold_case(needle);
            let passes = |content: &str| {
                let folded = fold_case(content);
                match op {
                    TextOp::Contains => folded.contains(&wanted),
                    TextOp::StartsWith => folded.starts_with(&wanted),
                    TextOp::EndsWith => folded.ends_with(&wanted),
                    TextOp::EqualsIgnoreCase => folded == wanted,
                }
            };
            let expected: Vec<u128> = (0..texts.len()).filter(|number| passes(texts[*number])).map(|number| number as u128).collect();
            let mut read = found(store, &table, Condition::Text(ColumnRef::main(1), op, needle.into(), false));
            read.retain(|number| *number != 99);
            assert_eq!(read, expected, "{op:?} {needle:?}");
            // A row without the text passes the negation.
            let noted: Vec<u128> =
                (0..texts.len()).filter(|number| !passes(&format!("{}#{number}", texts[*number]))).map(|number| number as u128).collect();
            let read = found(store, &table, Condition::Text(ColumnRef::main(6), op, needle.into(), true));
            assert_eq!(read, noted.into_iter().chain([99]).collect::<Vec<_>>(), "not {op:?} {needle:?}");
        }
    }
}

fn json_lists_hold_values(store: &Shared) {
    let table = everything();
    create(store, &table);
    let lists = [Value::List(vec![text("红"), text("b")]), Value::List(vec![id(7), Value::Int(3)]), Value::List(vec![text("B\"'")]), Value::Null];
    let all = lists.iter().enumerate().map(|(number, list)| {
        let mut row = bare(number as u128, "n");
        row[11] = list.clone();
        row
    });
    fill(store, &table, all.collect());
    let holds = |values: Vec<Value>, negated| found(store, &table, Condition::JsonContainsAny(ColumnRef::main(11), values, negated));
    assert_eq!(holds(vec![text("红")], false), [0]);
    assert_eq!(holds(vec![text("b")], true), [1, 2, 3]);
    assert_eq!(holds(vec![id(7), text("B\"'")], false), [1, 2]);
    assert_eq!(holds(vec![Value::Int(3)], false), [1]);
    assert_eq!(holds(vec![text("x"), text("y"), text("b")], false), [0]);
    assert_eq!(holds(vec![], false), []);
    assert_eq!(holds(vec![], true), [0, 1, 2, 3]);
}

fn link() -> Arc<Table> {
    Arc::new(Table {
        name: "link".into(),
        columns: vec![Column::required("source", Storage::Id), Column::required("target", Storage::Id)],
        primary_key: vec!["source".into(), "target".into()],
        identity: false,
        indexes: Vec::new(),
    })
}

fn links_lead_to_targets(store: &Shared) {
    let (table, link) = (everything(), link());
    create(store, &table);
    create(store, &link);
    fill(store, &table, (1..=4).map(|number| bare(number, "n")).collect());
    fill(store, &link, vec![vec![id(1), id(10)], vec![id(1), id(11)], vec![id(2), id(11)]]);
    let linked = |targets: Vec<u128>, negated| {
        let targets = targets.into_iter().map(id).collect();
        found(store, &table, Condition::Linked { link: link.clone(), source: ColumnRef::main(0), targets, negated })
    };
    assert_eq!(linked(vec![11], false), [1, 2]);
    assert_eq!(linked(vec![10, 99], false), [1]);
    assert_eq!(linked(vec![], false), [1, 2]);
    assert_eq!(linked(vec![], true), [3, 4]);
    assert_eq!(linked(vec![10], true), [2, 3, 4]);
}

fn selects_within_conditions(store: &Shared) {
    let table = everything();
    create(store, &table);
    let row = |number: u128, name: &str, other: Value| {
        let mut row = bare(number, name);
        row[10] = other;
        row
    };
    fill(store, &table, vec![row(1, "a", Value::Null), row(2, "b", id(1)), row(3, "c", id(2)), row(4, "d", id(9))]);
    let inner = |name: &str, column: usize| {
        let mut select = Select::all(&table, Condition::equals(ColumnRef::main(1), text(name)));
        select.columns = vec![ColumnRef::main(column)];
        Box::new(select)
    };
    let among = |select, negated| found(store, &table, Condition::InSelect(ColumnRef::main(10), select, negated));
    assert_eq!(among(inner("a", 0), false), [2]);
    assert_eq!(among(inner("a", 0), true), [1, 3, 4]);
    assert_eq!(among(inner("a", 10), true), [1, 2, 3, 4], "NULL among the rows excludes nothing");
    let exists = |column, select, negated| found(store, &table, Condition::Exists(ColumnRef::main(column), select, negated));
    assert_eq!(exists(10, inner("a", 0), false), [2]);
    assert_eq!(exists(10, inner("a", 0), true), [1, 3, 4]);
    assert_eq!(exists(10, inner("a", 10), true), [1, 2, 3, 4]);
    // Rows another one of which refers to: the inner statement has a join and an inner statement of its own.
    let join = Join { table: table.clone(), from: ColumnRef::main(10), to: 0, condition: Condition::True };
    let referring = Select { columns: vec![ColumnRef::main(10)], ..Select::all(&table, Condition::True) };
    assert_eq!(exists(0, Box::new(referring.clone()), false), [1, 2]);
    let of_b = Select { joins: vec![join], condition: Condition::equals(ColumnRef::of(1, 1), text("b")), ..referring.clone() };
    assert_eq!(exists(0, Box::new(of_b.clone()), false), [2]);
    let leaf = Condition::Exists(ColumnRef::main(0), Box::new(referring), true);
    assert_eq!(exists(0, Box::new(Select { condition: of_b.condition.clone().and(leaf), ..of_b }), false), [2], "nobody refers to the third");
}

fn joins_are_left_joins(store: &Shared) {
    let table = everything();
    create(store, &table);
    let row = |number: u128, name: &str, other: Value| {
        let mut row = bare(number, name);
        row[10] = other;
        row
    };
    fill(store, &table, vec![row(1, "boss", Value::Null), row(2, "b", id(1)), row(3, "c", id(2)), row(4, "d", id(99))]);
    let join = |position: usize, condition| Join { table: table.clone(), from: ColumnRef::of(position, 10), to: 0, condition };
    let select = Select {
        table: table.clone(),
        joins: vec![join(0, Condition::True), join(1, Condition::equals(ColumnRef::of(2, 1), text("boss")))],
        columns: vec![ColumnRef::main(0), ColumnRef::of(1, 1), ColumnRef::of(2, 1)],
        condition: Condition::True,
        order: vec![Order { column: ColumnRef::of(1, 1), descending: false }, Order { column: ColumnRef::main(0), descending: true }],
        limit: None,
        lock: false,
    };
    let none = Value::Null;
    let expected = vec![
        vec![id(4), none.clone(), none.clone()],
        vec![id(1), none.clone(), none.clone()],
        vec![id(3), text("b"), text("boss")],
        vec![id(2), text("boss"), none.clone()],
    ];
    assert_eq!(rows(store, &select), expected);
    // Paging on a joined column, whose value may be missing.
    for (at, row) in expected.iter().enumerate() {
        let mut rest = select.clone();
        rest.condition = Condition::After(vec![(select.order[0], row[1].clone()), (select.order[1], row[0].clone())]);
        assert_eq!(rows(store, &rest), expected[at + 1..], "after {row:?}");
    }
    let without = Condition::Compare(ColumnRef::of(1, 1), CompareOp::Ne, text("b"));
    let counted = Select { condition: without.clone(), ..select.clone() };
    assert_eq!(store.read_with(|tx| Ok(tx.count(&counted, None)?)).unwrap(), 3);
    let grouped = Aggregate {
        table: table.clone(),
        joins: select.joins.clone(),
        condition: without,
        keys: vec![(ColumnRef::of(1, 1), None)],
        measures: vec![Measure { function: MeasureFunction::Count, column: None }],
        limit: 10,
    };
    let groups = store.read_with(|tx| Ok(tx.aggregate(&grouped)?)).unwrap();
    assert_eq!(groups, [vec![Value::Null, Value::Int(2)], vec![text("boss"), Value::Int(1)]]);
    let mut locked = select.clone();
    locked.lock = true;
    assert_eq!(store.write_with(move |tx| Ok(tx.rows(&locked)?)).unwrap(), expected);
}

fn columns_compare_with_columns(store: &Shared) {
    let table = everything();
    create(store, &table);
    let row = |number: u128, money: Value, rate: Value| {
        let mut row = bare(number, "n");
        row[4] = money;
        row[5] = rate;
        row
    };
    let one = decimal("1.00");
    fill(
        store,
        &table,
        vec![
            row(1, one.clone(), decimal("1.000000")),
            row(2, one.clone(), decimal("1.000001")),
            row(3, one.clone(), Value::Null),
            row(4, Value::Null, Value::Null),
            row(5, one, decimal("0.999999")),
        ],
    );
    for (op, expected) in [
        (CompareOp::Eq, vec![1, 4]),
        (CompareOp::Ne, vec![2, 3, 5]),
        (CompareOp::Lt, vec![2]),
        (CompareOp::Le, vec![1, 2]),
        (CompareOp::Gt, vec![5]),
        (CompareOp::Ge, vec![1, 5]),
    ] {
        assert_eq!(found(store, &table, Condition::CompareColumns(ColumnRef::main(4), op, ColumnRef::main(5))), expected, "{op:?}");
    }
}

fn numbers_between_steps(store: &Shared) {
    let table = everything();
    create(store, &table);
    let row = |number: u128, money: Value| {
        let mut row = bare(number, "n");
        row[4] = money;
        row
    };
    fill(store, &table, vec![row(1, decimal("1.00")), row(2, decimal("1.01")), row(3, decimal("-1.00")), row(4, Value::Null)]);
    let compare = |op, value: &str| found(store, &table, Condition::Compare(ColumnRef::main(4), op, decimal(value)));
    assert_eq!(compare(CompareOp::Gt, "1.005"), [2]);
    assert_eq!(compare(CompareOp::Ge, "1.005"), [2]);
    assert_eq!(compare(CompareOp::Lt, "1.005"), [1, 3]);
    assert_eq!(compare(CompareOp::Le, "-0.999"), [3]);
    assert_eq!(compare(CompareOp::Eq, "1.005"), []);
    assert_eq!(compare(CompareOp::Ne, "1.005"), [1, 2, 3, 4]);
    assert_eq!(compare(CompareOp::Lt, "100000000000000000000000"), [1, 2, 3]);
    assert_eq!(compare(CompareOp::Gt, "100000000000000000000000"), []);
    assert_eq!(compare(CompareOp::Gt, "-100000000000000000000000"), [1, 2, 3]);
    assert_eq!(compare(CompareOp::Eq, "1.000000"), [1]);
    let among = |negated| found(store, &table, Condition::In(ColumnRef::main(4), vec![decimal("1.005"), decimal("1.0")], negated));
    assert_eq!((among(false), among(true)), (vec![1], vec![2, 3, 4]));
}

fn changes_take_conditions(store: &Shared) {
    let (table, link) = (everything(), link());
    create(store, &table);
    create(store, &link);
    fill(store, &table, (1..=4).map(|number| bare(number, "n")).collect());
    let ties =
        Insert { table: link.clone(), columns: vec![0, 1], rows: vec![vec![id(1), id(9)], vec![id(3), id(9)]], on_conflict: OnConflict::Ignore };
    store.write_with(move |tx| Ok(tx.insert(&ties)?)).unwrap();
    let linked = |negated| Condition::Linked { link: link.clone(), source: ColumnRef::main(0), targets: vec![id(9)], negated };
    let update = Update { table: table.clone(), set: vec![(1, Set::To(text("linked")))], condition: linked(false) };
    assert_eq!(store.write_with(move |tx| Ok(tx.update(&update)?)).unwrap(), 2);
    let after = Condition::After(vec![(Order { column: ColumnRef::main(0), descending: false }, id(2))]);
    let delete = Delete { table: table.clone(), condition: linked(true).and(after) };
    assert_eq!(store.write_with(move |tx| Ok(tx.delete(&delete)?)).unwrap(), 1);
    let read = rows(store, &Select::all(&table, Condition::True).order_by(0, false));
    assert_eq!(numbers(&read), [1, 2, 3]);
    assert_eq!([&read[0][1], &read[1][1], &read[2][1]], [&text("linked"), &text("n"), &text("linked")]);
}
