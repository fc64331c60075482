//! Hints for SQLite's planner, which keeps no histograms: a page of an ordered list is best read along the index of its
//! order, looking at each row, unless the filter names a column that leads an index of its own.
//!
//! Without them a filter such as `level = 'a'` is taken for selective, all its rows are read and sorted, and the cost of
//! a page grows with the table. The price: a filter that matches next to nothing reads along the whole index.

use guanxi_kernel::store::{ColumnRef, Condition, Select, Table};
use sea_query::{Expr, ExprTrait, Func};

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
pub(super) fn hinted(main: &Table, part: &Condition, expression: Expr) -> Expr {
    let likely = |it: Expr| Func::cust("likely").arg(it).into();
    match hint(main, part) {
        Hint::Plain => expression,
        Hint::Likely => likely(expression),
        // "or 0" keeps the outer join an outer join, which is always read after the table it hangs on.
        Hint::Joined => likely(expression.or(Expr::cust("0"))),
    }
}

fn hint(main: &Table, part: &Condition) -> Hint {
    let mut columns = Vec::new();
    if !simple_columns(part, &mut columns) || columns.is_empty() {
        return Hint::Plain;
    }
    if columns.iter().any(|it| it.table > 0) {
        return if columns.iter().all(|it| it.table > 0) { Hint::Joined } else { Hint::Plain };
    }
    let leads = |it: &ColumnRef| main.columns.get(usize::from(it.column)).is_some_and(|column| leads_an_index(main, &column.name));
    if columns.iter().any(leads) { Hint::Plain } else { Hint::Likely }
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
