//! Random rows, conditions, orders and pages against the model.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Delete, Order, Select, StoreExt, TextOp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::model::{compare_rows, holds};
use crate::stores::{Shared, bare, contract, create, date, decimal, everything, insert_all, instant, numbers, rows, text};

contract!(selects_equal_the_model);

/// Columns tried: name, flag, number, money, day, at, took, and one text column.
const COLUMNS: [usize; 8] = [1, 2, 3, 4, 6, 7, 8, 9];

/// Few different values, so that there are ties everywhere.
fn value(column: usize) -> BoxedStrategy<Value> {
    let from = |values: Vec<Value>| proptest::sample::select(values).boxed();
    match column {
        1 | 6 => from(["", "a", "A", "b", "Ä", "星", "星河", "%", "ab"].map(text).to_vec()),
        2 => from(vec![Value::Bool(false), Value::Bool(true)]),
        3 => from([i64::MIN, -1, 0, 1, 2, i64::MAX].map(Value::Int).to_vec()),
        4 => from(["-1.50", "0.00", "0.01", "10.00", "9.99"].map(decimal).to_vec()),
        7 => from(["0999-12-31", "2026-02-28", "2026-03-01", "2026-10-01"].map(date).to_vec()),
        8 => from(["1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z"].map(instant).to_vec()),
        _ => from([-60, 0, 60].map(Value::Duration).to_vec()),
    }
}

fn nullable(column: usize) -> BoxedStrategy<Value> {
    if column == 1 { value(column) } else { prop_oneof![1 => Just(Value::Null), 2 => value(column)].boxed() }
}

fn row() -> impl Strategy<Value = Vec<Value>> {
    COLUMNS.map(nullable).prop_map(|values| {
        let mut row = bare(0, "");
        for (column, value) in COLUMNS.into_iter().zip(values) {
            row[column] = value;
        }
        row
    })
}

fn column() -> impl Strategy<Value = usize> {
    proptest::sample::select(COLUMNS.to_vec())
}

fn op() -> impl Strategy<Value = CompareOp> {
    proptest::sample::select(vec![CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge])
}

fn text_op() -> impl Strategy<Value = TextOp> {
    proptest::sample::select(vec![TextOp::Contains, TextOp::StartsWith, TextOp::EndsWith, TextOp::EqualsIgnoreCase])
}

fn order() -> impl Strategy<Value = Vec<Order>> {
    let term = (column(), any::<bool>()).prop_map(|(column, descending)| Order { column: ColumnRef::main(column), descending });
    (proptest::collection::vec(term, 0..3), any::<bool>()).prop_map(|(mut order, descending)| {
        order.push(Order { column: ColumnRef::main(0), descending });
        order
    })
}

fn after() -> impl Strategy<Value = Condition> {
    proptest::collection::vec(column().prop_flat_map(|column| (Just(column), any::<bool>(), nullable(column))), 1..4).prop_map(|terms| {
        Condition::After(
            terms.into_iter().map(|(column, descending, value)| (Order { column: ColumnRef::main(column), descending }, value)).collect(),
        )
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::True),
        Just(Condition::False),
        (column(), op()).prop_flat_map(|(column, op)| value(column).prop_map(move |value| Condition::Compare(ColumnRef::main(column), op, value))),
        proptest::sample::select(vec![(1, 6), (3, 3), (7, 7), (6, 1)])
            .prop_flat_map(|(left, right)| op().prop_map(move |op| Condition::CompareColumns(ColumnRef::main(left), op, ColumnRef::main(right)))),
        column().prop_map(|column| Condition::IsNull(ColumnRef::main(column))),
        column().prop_map(|column| Condition::NotNull(ColumnRef::main(column))),
        (column(), any::<bool>()).prop_flat_map(|(column, negated)| {
            proptest::collection::vec(value(column), 0..4).prop_map(move |values| Condition::In(ColumnRef::main(column), values, negated))
        }),
        (proptest::sample::select(vec![1, 6]), text_op(), proptest::sample::select(vec!["", "a", "ä", "%", "星"]), any::<bool>())
            .prop_map(|(column, op, literal, negated)| Condition::Text(ColumnRef::main(column), op, literal.into(), negated)),
        after(),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Condition::And),
            proptest::collection::vec(inner, 0..4).prop_map(Condition::Or),
        ]
    })
}

fn selects_equal_the_model(store: &Shared) {
    let mut table = (*everything()).clone();
    table.indexes.retain(|index| !index.unique);
    let table = std::sync::Arc::new(table);
    create(store, &table);
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let cases = (proptest::collection::vec(row(), 0..40), condition(), order(), 1_usize..9);
    let outcome = runner.run(&cases, |(mut all, condition, order, page)| {
        for (number, row) in all.iter_mut().enumerate() {
            row[0] = crate::stores::id(number as u128);
        }
        let (delete, insert) = (Delete { table: table.clone(), condition: Condition::True }, insert_all(&table, all.clone()));
        store
            .write_with(move |tx| {
                tx.delete(&delete)?;
                if !insert.rows.is_empty() {
                    tx.insert(&insert)?;
                }
                Ok(())
            })
            .unwrap();
        let mut expected: Vec<Vec<Value>> = all.into_iter().filter(|row| holds(&condition, row)).collect();
        expected.sort_by(|left, right| compare_rows(&order, left, right));

        let mut select = Select::all(&table, condition.clone());
        select.order = order.clone();
        prop_assert_eq!(numbers(&rows(store, &select)), numbers(&expected));
        let counts = store.read_with(|tx| Ok((tx.count(&select, None)?, tx.count(&select, Some(3))?))).unwrap();
        prop_assert_eq!(counts, (expected.len() as u64, expected.len().min(3) as u64));

        let mut paged = Vec::new();
        let mut next = select.clone().limited(page as u64);
        loop {
            let found = rows(store, &next);
            let Some(last) = found.last() else { break };
            let position = order.iter().map(|term| (*term, last[usize::from(term.column.column)].clone())).collect();
            next.condition = condition.clone().and(Condition::After(position));
            prop_assert!(found.len() <= page);
            paged.extend(found);
            prop_assert!(paged.len() <= expected.len());
        }
        prop_assert_eq!(paged, expected);
        Ok(())
    });
    outcome.unwrap();
}
