//! Hints for SQLite's planner, which keeps no histograms: a page of an ordered list is best read along the index of its
//! order, looking at each row, unless the filter names a column that leads an index of its own.
//!
//! Without them a filter such as `level = 'a'` is taken for selective, all its rows are read and sorted, and the cost of
//! a page grows with the table. The price: a filter that matches next to nothing reads along the whole index.

use std::cell::RefCell;
use std::collections::BTreeSet;

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, IndexRows, Join, Select, Table};
use sea_query::{Expr, ExprTrait, Func};

use super::arms::goes_on_in_order;
use crate::dialect::Dialect;

/// What a top-level part of a filter is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// Nothing.
    Plain,
    /// True of most rows.
    Likely,
    /// True of most rows, and no reason to begin with the joined table.
    Joined,
}

/// Whether hints apply to a select.
pub(super) fn applies(dialect: Dialect, select: &Select) -> bool {
    dialect == Dialect::Sqlite && !select.order.is_empty() && select.limit.is_some()
}

/// A part of the filter with its hint.
pub(super) fn hinted(select: &Select, part: &Condition, expression: Expr) -> Expr {
    let likely = |it: Expr| Func::cust("likely").arg(it).into();
    match hint(select, part) {
        // As a number, no index is seen in it.
        _ if is_wide(select, part) => likely(expression.ne(Expr::cust("0"))),
        Hint::Plain => expression,
        Hint::Likely => likely(expression),
        // "or 0" keeps the outer join an outer join, which is always read after the table it hangs on.
        Hint::Joined => likely(expression.or(Expr::cust("0"))),
    }
}

fn hint(select: &Select, part: &Condition) -> Hint {
    let main = &*select.table;
    let mut columns = Vec::new();
    if !simple_columns(part, &mut columns) || columns.is_empty() {
        return Hint::Plain;
    }
    if columns.iter().any(|it| it.table > 0) {
        return if columns.iter().any(|it| it.table == 0) || is_few(select, part) { Hint::Plain } else { Hint::Joined };
    }
    let leads = |it: &ColumnRef| main.columns.get(usize::from(it.column)).is_some_and(|column| leads_an_index(main, &column.name));
    if columns.iter().any(leads) { Hint::Plain } else { Hint::Likely }
}

/// Most values of a column that are looked for one by one; more of them match so much of a table that walking along the
/// order of a page is faster than finding and sorting them all.
pub(super) const MOST_VALUES: usize = 32;

/// As many values as still lead to few rows, where one of them does.
const FEW_VALUES: usize = 4;

/// Whether a part of a filter takes more values than are looked for one by one, of a column whose index goes on in the
/// order of the page.
pub(super) fn is_wide(select: &Select, part: &Condition) -> bool {
    match part {
        Condition::Or(any) => any.iter().any(|it| is_wide(select, it)),
        Condition::In(column, values, false) => values.len() > MOST_VALUES && goes_on_in_order(select, *column, true),
        _ => false,
    }
}

/// Whether a condition leads to few rows by itself: the records of an account, those whose account is mine, ids found
/// elsewhere. Values of other kinds may lead an index and yet stand in half the rows, as states do.
pub(super) fn is_few(select: &Select, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(column, CompareOp::Eq, Value::Id(_)) => leads_to_few(select, *column),
        // Me and those I stand in for.
        Condition::In(column, values, false) => {
            column.table > 0 && values.len() <= FEW_VALUES && values.iter().all(|it| matches!(it, Value::Id(_))) && leads_to_few(select, *column)
        }
        Condition::InSelect(column, _, false) => column.table == 0 && is_primary_key(&select.table, *column),
        Condition::Words { .. } => true,
        Condition::And(parts) => parts.iter().any(|it| is_few(select, it)),
        _ => false,
    }
}

/// Whether what leads to few rows by itself is found outside the table: by what a record refers to, or by its id.
pub(super) fn is_few_from_outside(select: &Select, condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().any(|it| is_few_from_outside(select, it)),
        Condition::Compare(column, ..) | Condition::In(column, ..) => column.table > 0 && is_few(select, condition),
        one => is_few(select, one),
    }
}

fn is_primary_key(table: &Table, column: ColumnRef) -> bool {
    table.columns.get(usize::from(column.column)).is_some_and(|it| table.primary_key == [it.name.as_str()])
}

/// Whether rows with one value of a column are found by an index: of the table itself, or of a table referred to by a
/// column that leads an index in its turn, so that one can begin there.
fn leads_to_few(select: &Select, column: ColumnRef) -> bool {
    let Some(at) = usize::from(column.table).checked_sub(1) else { return column_leads(&select.table, column, |_| true) };
    let Some(join) = select.joins.get(at) else { return false };
    // Nothing is said of whether what is referred to is deleted, so an index of the live ones does not answer.
    column_leads(&join.table, column, |it| it == IndexRows::All) && leads_to_few(select, join.from)
}

fn column_leads(table: &Table, column: ColumnRef, rows: impl Fn(IndexRows) -> bool) -> bool {
    let Some(name) = table.columns.get(usize::from(column.column)).map(|it| it.name.as_str()).filter(|it| *it != "deleted_at") else { return false };
    let leads = |it: &[String]| it.first().is_some_and(|it| it == name);
    leads(&table.primary_key) || table.indexes.iter().any(|it| rows(it.rows) && leads(&it.columns))
}

/// Positions of the joins some conditions speak of, with those they hang on.
pub(super) fn joins_named<'c>(joins: &[Join], conditions: impl Iterator<Item = &'c Condition>) -> BTreeSet<usize> {
    let mut named = BTreeSet::new();
    conditions.for_each(|it| each_table(it, &mut |table| _ = named.insert(table)));
    // A join hangs on one before it.
    for (at, join) in joins.iter().enumerate().rev() {
        if named.contains(&(at + 1)) {
            named.insert(usize::from(join.from.table));
            each_table(&join.condition, &mut |table| _ = named.insert(table));
        }
    }
    named.into_iter().filter_map(|it| it.checked_sub(1)).collect()
}

/// Tells the tables a condition speaks of.
fn each_table(condition: &Condition, tell: &mut dyn FnMut(usize)) {
    let mut column = |it: &ColumnRef| tell(usize::from(it.table));
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|it| each_table(it, tell)),
        Condition::Compare(it, ..)
        | Condition::IsNull(it)
        | Condition::NotNull(it)
        | Condition::In(it, ..)
        | Condition::Text(it, ..)
        | Condition::JsonContainsAny(it, ..)
        | Condition::InSelect(it, ..)
        | Condition::Exists(it, ..)
        | Condition::Linked { source: it, .. }
        | Condition::Words { id: it, .. } => column(it),
        Condition::CompareColumns(left, _, right) => [left, right].into_iter().for_each(column),
        Condition::After(position) => position.iter().for_each(|it| column(&it.0.column)),
        Condition::Computed(test, _) => {
            let named = RefCell::new(Vec::new());
            test.any_column(&|it| {
                named.borrow_mut().push(it);
                false
            });
            named.into_inner().iter().for_each(column);
        }
        Condition::True | Condition::False => {}
    }
}

fn leads_an_index(table: &Table, column: &str) -> bool {
    column == "deleted_at"
        || table.primary_key.first().is_some_and(|it| it == column)
        || table.indexes.iter().any(|it| it.columns.first().is_some_and(|it| it == column))
}

/// Collects the columns of a condition made of comparisons; `false` for anything else.
fn simple_columns(condition: &Condition, columns: &mut Vec<ColumnRef>) -> bool {
    match condition {
        Condition::Compare(column, ..)
        | Condition::IsNull(column)
        | Condition::NotNull(column)
        | Condition::In(column, ..)
        | Condition::Text(column, ..) => {
            columns.push(*column);
            true
        }
        Condition::And(parts) | Condition::Or(parts) => parts.iter().all(|it| simple_columns(it, columns)),
        _ => false,
    }
}
