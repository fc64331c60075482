//! A page over several ways in, for SQLite: records of mine, of one of nine departments, or shared with me.
//!
//! Written as one OR, the planner reads every such row and sorts them, or walks along the order until a page is full;
//! both grow with the table. Here each way in is a select of its own, along an index that begins with its column and goes
//! on in the order wanted, and SQLite merges them row by row (`UNION ... ORDER BY ... LIMIT` runs its parts as
//! coroutines): a page costs one seek for each way in and its own rows. The rest of the row is read by its row number.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, IndexRows, Select, StoreError, Table};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType};

use super::{Builder, Scope, Segment, alias, hint, identifier, table_ref};
use crate::dialect::Dialect;

/// Most ways in along an index.
const MOST: usize = hint::MOST_VALUES;
/// Name of the merged rows.
const PAGE: &str = "page";
/// Name of their row number. The engine's fields never begin with an underscore, so `_rowid_` always means SQLite's own.
const ROW: &str = "r";

/// One way in.
#[derive(Debug)]
enum Arm<'a> {
    /// An index begins with this column and goes on in the order of the page.
    Equals(ColumnRef, &'a Value),
    /// Few rows, which the planner finds by itself.
    Few(&'a Condition),
    /// Any of these is true of rows found by walking along the order.
    Walk(Vec<&'a Condition>),
}

/// What every row of a page must fulfil, and the ways in.
#[derive(Debug)]
pub(super) struct Arms<'a> {
    common: Vec<&'a Condition>,
    arms: Vec<Arm<'a>>,
}

impl<'a> Arms<'a> {
    /// The ways into a page, where going in by them pays.
    pub(super) fn of(dialect: Dialect, select: &'a Select, conditions: &[&'a Condition]) -> Option<Self> {
        let in_one_direction = select.order.iter().all(|it| it.column.table == 0 && it.descending == select.order[0].descending);
        if dialect != Dialect::Sqlite || select.limit.is_none() || select.order.is_empty() || !in_one_direction || select.lock {
            return None;
        }
        let table = &*select.table;
        if table.primary_key.len() != 1 || table.identity {
            return None;
        }
        let mut parts = Vec::new();
        conditions.iter().for_each(|it| flatten(it, false, &mut parts));
        let live = parts.iter().any(|it| matches!(it, Condition::IsNull(column) if name_of(table, *column) == Some("deleted_at")));
        // Something that leads to few rows by itself is the best way in.
        if parts.iter().any(|it| hint::is_few(select, it)) {
            return None;
        }
        let along = |column: ColumnRef| goes_on_in_order(select, column, live);
        let (at, arms) = parts.iter().enumerate().find_map(|(at, part)| Some((at, ways_in(select, part, &along)?)))?;
        parts.remove(at);
        Some(Self { common: parts, arms })
    }
}

/// The ways into a condition, where at least one of them goes along an index.
fn ways_in<'a>(select: &'a Select, part: &'a Condition, along: &dyn Fn(ColumnRef) -> bool) -> Option<Vec<Arm<'a>>> {
    let mut alternatives = Vec::new();
    flatten(part, true, &mut alternatives);
    let (mut equals, mut few, mut walk) = (Vec::new(), Vec::new(), Vec::new());
    for one in alternatives {
        match one {
            Condition::Compare(column, CompareOp::Eq, value) if along(*column) => equals.push((*column, value)),
            Condition::In(column, values, false) if along(*column) && values.len() <= MOST => equals.extend(values.iter().map(|it| (*column, it))),
            Condition::False => {}
            one if hint::is_few(select, one) => few.push(Arm::Few(one)),
            one => walk.push(one),
        }
    }
    // A single range is what the planner sees anyway.
    if equals.is_empty() || equals.len() > MOST + 1 || equals.len() + few.len() + usize::from(!walk.is_empty()) < 2 {
        return None;
    }
    // Few different shapes, so that prepared statements are found again. What comes twice is merged away.
    let padded = equals.len().next_power_of_two();
    let last = equals[equals.len() - 1];
    equals.resize(padded, last);
    let mut arms: Vec<Arm<'a>> = equals.into_iter().map(|(column, value)| Arm::Equals(column, value)).chain(few).collect();
    if !walk.is_empty() {
        arms.push(Arm::Walk(walk));
    }
    Some(arms)
}

/// The parts of a conjunction, or of a disjunction.
fn flatten<'a>(condition: &'a Condition, any: bool, parts: &mut Vec<&'a Condition>) {
    match (condition, any) {
        (Condition::And(all), false) => all.iter().for_each(|it| flatten(it, any, parts)),
        (Condition::Or(all), true) => all.iter().for_each(|it| flatten(it, any, parts)),
        (Condition::True, false) => {}
        _ => parts.push(condition),
    }
}

fn name_of(table: &Table, column: ColumnRef) -> Option<&str> {
    (column.table == 0).then(|| table.columns.get(usize::from(column.column))).flatten().map(|it| it.name.as_str())
}

/// Whether an index begins with a column and goes on in the order of the select.
pub(super) fn goes_on_in_order(select: &Select, column: ColumnRef, live: bool) -> bool {
    let table = &*select.table;
    let wanted: Option<Vec<&str>> = std::iter::once(column).chain(select.order.iter().map(|it| it.column)).map(|it| name_of(table, it)).collect();
    wanted.is_some_and(|wanted| {
        table.indexes.iter().any(|index| {
            let holds = index.rows == IndexRows::All || (live && index.rows == IndexRows::Live);
            holds && index.columns.len() >= wanted.len() && index.columns.iter().zip(&wanted).all(|(have, want)| have == want)
        })
    })
}

impl<'a> Builder<'a> {
    /// A select whose rows come in by several ways.
    pub(super) fn select_by_arms(
        &mut self,
        select: &'a Select,
        arms: &Arms<'a>,
        segment: Option<&Segment<'a>>,
        limit: Option<u64>,
    ) -> Result<SelectStatement, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        let mut merged: Option<SelectStatement> = None;
        for arm in &arms.arms {
            let rows = self.arm(select, &scope, &arms.common, arm, segment)?;
            merged = Some(match merged {
                Some(mut before) => {
                    before.union(UnionType::Distinct, rows);
                    before
                }
                None => rows,
            });
        }
        let mut merged = merged.ok_or_else(|| StoreError::Other("a page without a way in".into()))?;
        let direction = if select.order.iter().any(|it| it.descending) { Order::Desc } else { Order::Asc };
        for at in 0..select.order.len() {
            merged.order_by(key(at), direction.clone());
        }
        if let Some(limit) = limit {
            merged.limit(limit);
        }
        let mut query = Query::select();
        for column in &select.columns {
            query.expr(scope.expr(*column)?);
        }
        if select.columns.is_empty() {
            query.expr(Expr::cust("1"));
        }
        let same_row = row_number().eq(Expr::col((identifier(PAGE), identifier(ROW))));
        // A cross join is the one whose order SQLite keeps: the page first.
        query.from_subquery(merged, identifier(PAGE)).cross_join(table_ref(&select.table, alias(0))).and_where(same_row);
        self.joins(&mut query, &scope, &select.joins)?;
        for at in 0..select.order.len() {
            query.order_by_expr(Expr::col((identifier(PAGE), key(at))), direction.clone());
        }
        Ok(query)
    }

    /// The order's values and the row number of the rows of one way in.
    fn arm(
        &mut self,
        select: &'a Select,
        scope: &Scope<'_>,
        common: &[&'a Condition],
        arm: &Arm<'a>,
        segment: Option<&Segment<'a>>,
    ) -> Result<SelectStatement, StoreError> {
        let mut query = Query::select();
        for (at, order) in select.order.iter().enumerate() {
            query.expr_as(scope.expr(order.column)?, key(at));
        }
        query.expr_as(row_number(), identifier(ROW));
        let joined = |it: &&Condition| hint::names_a_join(it);
        let own: Vec<&Condition> = match arm {
            Arm::Equals(..) => Vec::new(),
            Arm::Few(one) => vec![one],
            Arm::Walk(any) => any.clone(),
        };
        query.from(table_ref(&select.table, alias(0)));
        if common.iter().chain(&own).any(joined) {
            self.joins(&mut query, scope, &select.joins)?;
        }
        for condition in common {
            let hints = matches!(arm, Arm::Walk(_)).then_some(select);
            self.filter(&mut query, scope, condition, hints)?;
        }
        let way_in = match arm {
            Arm::Equals(column, value) => self.compare(scope, *column, CompareOp::Eq, value)?,
            Arm::Few(one) => self.condition(scope, one)?,
            Arm::Walk(any) => {
                let mut either: Option<Expr> = None;
                for one in any {
                    let one = self.condition(scope, one)?;
                    either = Some(match either {
                        Some(before) => before.or(one),
                        None => one,
                    });
                }
                // "or 0" keeps outer joins what they are: read after the table they hang on.
                Func::cust("likely").arg(either.unwrap_or_else(super::falsehood).or(Expr::cust("0"))).into()
            }
        };
        query.and_where(way_in);
        if let Some(segment) = segment {
            let segment = self.segment(scope, segment)?;
            query.and_where(segment);
        }
        Ok(query)
    }
}

fn row_number() -> Expr {
    Expr::col((alias(0), identifier("_rowid_")))
}

/// Name of an order's value.
fn key(at: usize) -> sea_query::DynIden {
    identifier(&format!("k{at}"))
}
