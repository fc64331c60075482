//! A store in a few lines of plain Rust, to hold the real ones against.

use std::cmp::Ordering;

use guanxi_expr::{Value, fold_case};
use guanxi_kernel::store::{CompareOp, Condition, Order, TextOp};

/// NULL is the smallest; false stands before true; everything else as the values say.
pub fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Id(left), Value::Id(right)) => left.cmp(right),
        _ => left.order(right).expect("values of one column"),
    }
}

pub fn compare_rows(order: &[Order], left: &[Value], right: &[Value]) -> Ordering {
    order
        .iter()
        .map(|term| {
            let at = usize::from(term.column.column);
            let found = compare(&left[at], &right[at]);
            if term.descending { found.reverse() } else { found }
        })
        .find(|found| found.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn fulfils(op: CompareOp, order: Ordering) -> bool {
    match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }
}

pub fn holds(condition: &Condition, row: &[Value]) -> bool {
    let value = |column: &guanxi_kernel::store::ColumnRef| &row[usize::from(column.column)];
    match condition {
        Condition::True => true,
        Condition::False => false,
        Condition::And(all) => all.iter().all(|one| holds(one, row)),
        Condition::Or(any) => any.iter().any(|one| holds(one, row)),
        Condition::Compare(column, op, wanted) => match value(column) {
            Value::Null => *op == CompareOp::Ne,
            held => fulfils(*op, compare(held, wanted)),
        },
        Condition::CompareColumns(left, op, right) => match (value(left), value(right)) {
            (Value::Null, Value::Null) => *op == CompareOp::Eq,
            (Value::Null, _) | (_, Value::Null) => *op == CompareOp::Ne,
            (left, right) => fulfils(*op, compare(left, right)),
        },
        Condition::IsNull(column) => value(column).is_null(),
        Condition::NotNull(column) => !value(column).is_null(),
        Condition::In(column, values, negated) => {
            let held = value(column);
            values.iter().any(|wanted| !held.is_null() && compare(held, wanted).is_eq()) != *negated
        }
        Condition::Text(column, op, literal, negated) => {
            let wanted = fold_case(literal);
            let found = value(column).as_text().map(fold_case).is_some_and(|held| match op {
                TextOp::Contains => held.contains(&wanted),
                TextOp::StartsWith => held.starts_with(&wanted),
                TextOp::EndsWith => held.ends_with(&wanted),
                TextOp::EqualsIgnoreCase => held == wanted,
            });
            found != *negated
        }
        Condition::After(position) => {
            for (order, wanted) in position {
                let found = compare(value(&order.column), wanted);
                let found = if order.descending { found.reverse() } else { found };
                if found.is_ne() {
                    return found.is_gt();
                }
            }
            false
        }
        other => panic!("the model does not know {other:?}"),
    }
}
