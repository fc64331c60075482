//! Hints for SQLite's planner, which keeps no histograms: a page of an ordered list is best read along the index of its
//! order, looking at each row, unless the filter names a column that leads an index of its own.
//!
//! Without them a filter such as `level = 'a'` is taken for selective, all its rows are read and sorted, and the cost of
//! a page grows with the table. The price: a filter that matches next to nothing reads along the whole index.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Select, Table};
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

/// Whether a part of a filter takes more values than are looked for one by one, of a column whose index goes on in the
/// order of the page.
fn is_wide(select: &Select, part: &Condition) -> bool {
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
        Condition::InSelect(column, _, false) => column.table == 0 && is_primary_key(&select.table, *column),
        Condition::Words { .. } => true,
        _ => false,
    }
}

fn is_primary_key(table: &Table, column: ColumnRef) -> bool {
    table.columns.get(usize::from(column.column)).is_some_and(|it| table.primary_key == [it.name.as_str()])
}

/// Whether rows with one value of a column are found by an index: of the table itself, or of a table referred to by a
/// column that leads an index in its turn, so that one can begin there.
fn leads_to_few(select: &Select, column: ColumnRef) -> bool {
    let Some(at) = usize::from(column.table).checked_sub(1) else { return column_leads(&select.table, column) };
    let Some(join) = select.joins.get(at) else { return false };
    column_leads(&join.table, column) && leads_to_few(select, join.from)
}

fn column_leads(table: &Table, column: ColumnRef) -> bool {
    table.columns.get(usize::from(column.column)).is_some_and(|it| it.name != "deleted_at" && leads_an_index(table, &it.name))
}

/// Whether a condition speaks of a joined table.
pub(super) fn names_a_join(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => parts.iter().any(names_a_join),
        Condition::Compare(column, ..)
        | Condition::IsNull(column)
        | Condition::NotNull(column)
        | Condition::In(column, ..)
        | Condition::Text(column, ..)
        | Condition::JsonContainsAny(column, ..)
        | Condition::InSelect(column, ..)
        | Condition::Exists(column, ..) => column.table > 0,
        Condition::CompareColumns(left, _, right) => left.table > 0 || right.table > 0,
        Condition::Linked { source, .. } => source.table > 0,
        Condition::Words { id, .. } => id.table > 0,
        Condition::After(position) => position.iter().any(|it| it.0.column.table > 0),
        Condition::Computed(test, _) => test.any_column(&|column| column.table > 0),
        Condition::True | Condition::False => false,
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
