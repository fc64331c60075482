//! A page over several ways in, for SQLite: records of mine, of one of nine departments, or shared with me.
//!
//! Written as one OR, the planner reads every such row and sorts them, or walks along the order until a page is full;
//! both grow with the table. Here each way in is a select of its own, along an index that begins with its column and goes
//! on in the order wanted. They are read side by side and merged as far as the page goes: it costs one seek for each way
//! in and its own rows. The rest of the row is read by its row number.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, IndexRows, Select, StoreError, Table};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::{Builder, Scope, Segment, Statement, alias, hint, identifier, table_ref};
use crate::bind::{Bind, bind};
use crate::dialect::Dialect;

/// Most ways in along an index.
const MOST: usize = hint::MOST_VALUES;
/// Name of the page's rows.
const PAGE: &str = "page";

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

/// A page over several ways in.
pub(crate) struct Page<'a> {
    /// Each answers the order's values and the row number of its rows, in the order of the page.
    pub(crate) ways: Vec<Statement<'a>>,
    /// How many values the order has.
    pub(crate) keys: usize,
    /// The greatest first.
    pub(crate) descending: bool,
    /// At most so many rows.
    pub(crate) limit: u64,
}

impl<'a> Page<'a> {
    /// The ways into a page, where going in by them pays.
    pub(crate) fn of(
        dialect: Dialect,
        select: &'a Select,
        conditions: &[&'a Condition],
        segment: Option<&Segment<'a>>,
        limit: Option<u64>,
    ) -> Result<Option<Self>, StoreError> {
        let (Some(arms), Some(limit)) = (Arms::of(dialect, select, conditions), limit) else { return Ok(None) };
        let mut ways: Vec<Statement<'a>> = Vec::with_capacity(arms.arms.len());
        let mut along: Option<(ColumnRef, Statement<'a>)> = None;
        for arm in &arms.arms {
            // Ways along one index differ by one value alone, which is bound first.
            if let (Arm::Equals(column, value @ Value::Id(_)), Some((known, statement))) = (arm, &along)
                && column == known
            {
                let storage = Scope::of(&select.table, &[]).column(*column)?.storage;
                let mut binds = statement.binds.clone();
                if let Some(first) = binds.first_mut() {
                    *first = bind(dialect, value, storage)?;
                }
                ways.push(Statement { sql: statement.sql.clone(), binds });
                continue;
            }
            let mut builder = Builder::new(dialect);
            let query = builder.arm(select, &arms.common, arm, segment, limit)?;
            let statement = builder.finish(&query);
            if let Arm::Equals(column, Value::Id(_)) = arm
                && !arms.common.iter().any(|it| hint::names_a_join(it))
            {
                along = Some((*column, Statement { sql: statement.sql.clone(), binds: statement.binds.clone() }));
            }
            ways.push(statement);
        }
        let descending = select.order.iter().any(|it| it.descending);
        Ok(Some(Self { ways, keys: select.order.len(), descending, limit }))
    }
}

impl<'a> Builder<'a> {
    /// The rows of a page by their numbers, in their order.
    pub(crate) fn rows_of_page(&mut self, select: &'a Select, numbers: &[i64]) -> Result<SelectStatement, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        let mut query = Query::select();
        for column in &select.columns {
            query.expr(scope.expr(*column)?);
        }
        if select.columns.is_empty() {
            query.expr(Expr::cust("1"));
        }
        let numbers = self.bound(Bind::Json(format!("{numbers:?}").into()));
        let of_page = |name: &str| Expr::col((identifier(PAGE), identifier(name)));
        // A cross join is the one whose order SQLite keeps: the page first.
        query.from_function(Func::cust("json_each").arg(numbers), identifier(PAGE)).cross_join(table_ref(&select.table, alias(0)));
        query.and_where(row_number().eq(of_page("value")));
        self.joins(&mut query, &scope, &select.joins)?;
        query.order_by_expr(of_page("key"), Order::Asc);
        Ok(query)
    }

    /// The order's values and the row number of the rows of one way in.
    fn arm(
        &mut self,
        select: &'a Select,
        common: &[&'a Condition],
        arm: &Arm<'a>,
        segment: Option<&Segment<'a>>,
        limit: u64,
    ) -> Result<SelectStatement, StoreError> {
        let scope = &Scope::of(&select.table, &select.joins);
        let mut query = Query::select();
        for order in &select.order {
            query.expr(scope.expr(order.column)?);
        }
        query.expr(row_number());
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
                // As a value, no index is seen in it, and outer joins stay what they are: read after the table they hang on.
                let value: Expr = Func::coalesce([either.unwrap_or_else(super::falsehood), Expr::cust("0")]).into();
                Func::cust("likely").arg(value).into()
            }
        };
        query.and_where(way_in);
        for condition in common {
            let hints = matches!(arm, Arm::Walk(_)).then_some(select);
            self.filter(&mut query, scope, condition, hints)?;
        }
        if let Some(segment) = segment {
            let segment = self.segment(scope, segment)?;
            query.and_where(segment);
        }
        for order in &select.order {
            query.order_by_expr(scope.expr(order.column)?, if order.descending { Order::Desc } else { Order::Asc });
        }
        query.limit(limit);
        Ok(query)
    }
}

/// The engine's fields never begin with an underscore, so `_rowid_` always means SQLite's own.
fn row_number() -> Expr {
    Expr::col((alias(0), identifier("_rowid_")))
}
