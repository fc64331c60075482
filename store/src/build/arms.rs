//! A page over several ways in: records of mine, of one of nine departments, or shared with me.
//!
//! Written as one OR, a planner reads every such row and sorts them, or walks along the order until a page is full; both
//! grow with the table. Here each way in is a select of its own, along an index that begins with its columns and goes on in
//! the order wanted; the database merges them as far as the page goes: it costs one seek for each way in and its own rows.
//! The rest of each row is read by its key.

use guanxi_expr::Value;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, IndexRows, Select, StoreError, Table};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::select::nulls;
use super::{Builder, Scope, Segment, Statement, alias, hint, identifier, table_ref};
use crate::bind::{Bind, bind};
use crate::dialect::Dialect;

/// Most values of one column that are ways in of their own.
const MOST_VALUES: usize = hint::MOST_VALUES;
/// Most ways in. Merging more costs more than walking along the order does.
const MOST: usize = 64;
/// Name of the page's keys.
const PAGE: &str = "page";
/// Name of what finds a row of the page again.
const KEY: &str = "row";

/// One way in.
#[derive(Debug)]
enum Arm<'a> {
    /// An index begins with these columns and goes on in the order of the page. The rest is looked at row by row.
    Along(Vec<(ColumnRef, &'a Value)>, Vec<&'a Condition>),
    /// Few rows, which the planner finds by itself.
    Few(&'a Condition),
    /// Any of these is true of rows found by walking along the order.
    Walk(Vec<&'a Condition>),
}

/// What every row of a page must fulfil, and the ways in.
#[derive(Debug)]
struct Arms<'a> {
    common: Vec<&'a Condition>,
    arms: Vec<Arm<'a>>,
}

impl<'a> Arms<'a> {
    /// The ways into a page, where going in by them pays.
    fn of(select: &'a Select, conditions: &[&'a Condition]) -> Option<Self> {
        let in_one_direction = select.order.iter().all(|it| it.column.table == 0 && it.descending == select.order[0].descending);
        if select.limit.is_none() || select.order.is_empty() || !in_one_direction || select.lock {
            return None;
        }
        let table = &*select.table;
        // The key is the last thing a page is ordered by, so that a row that comes by two ways is known again.
        let ends_in_key = select.order.last().and_then(|it| name_of(table, it.column)).is_some_and(|it| table.primary_key == [it]);
        if !ends_in_key || table.identity {
            return None;
        }
        let mut parts = Vec::new();
        conditions.iter().for_each(|it| flatten(it, false, &mut parts));
        let live = parts.iter().any(|it| matches!(it, Condition::IsNull(column) if name_of(table, *column) == Some("deleted_at")));
        // Something that leads to few rows by itself is the best way in.
        if parts.iter().any(|it| hint::is_few(select, it)) {
            return None;
        }
        let (at, arms) = parts.iter().enumerate().find_map(|(at, part)| Some((at, ways_in(select, part, live)?)))?;
        parts.remove(at);
        Some(Self { common: parts, arms })
    }
}

/// The ways into a condition, where at least one of them goes along an index.
fn ways_in<'a>(select: &'a Select, part: &'a Condition, live: bool) -> Option<Vec<Arm<'a>>> {
    let mut alternatives = Vec::new();
    flatten(part, true, &mut alternatives);
    let (mut arms, mut few, mut walk) = (Vec::new(), Vec::new(), Vec::new());
    for one in alternatives {
        match one {
            Condition::False => {}
            one if hint::is_few_from_outside(select, one) => few.push(Arm::Few(one)),
            one => match along(select, one, live) {
                Some(found) => arms.extend(found),
                None if hint::is_few(select, one) => few.push(Arm::Few(one)),
                None => walk.push(one),
            },
        }
    }
    let n = arms.len() + few.len() + usize::from(!walk.is_empty());
    // A single range is what the planner sees anyway.
    if arms.is_empty() || !(2..=MOST).contains(&n) {
        return None;
    }
    arms.append(&mut few);
    if !walk.is_empty() {
        arms.push(Arm::Walk(walk));
    }
    Some(arms)
}

/// The ways along an index into what a conjunction accepts: one, or one for each value of a column.
fn along<'a>(select: &'a Select, condition: &'a Condition, live: bool) -> Option<Vec<Arm<'a>>> {
    let mut parts = Vec::new();
    flatten(condition, false, &mut parts);
    let values = |name: &str| {
        parts.iter().enumerate().find_map(|(at, part)| match part {
            Condition::Compare(column, CompareOp::Eq, value) if name_of(&select.table, *column) == Some(name) => {
                Some((at, *column, std::slice::from_ref(value)))
            }
            Condition::In(column, values, false) if name_of(&select.table, *column) == Some(name) && values.len() <= MOST_VALUES => {
                Some((at, *column, values.as_slice()))
            }
            _ => None,
        })
    };
    let order: Vec<&str> = select.order.iter().filter_map(|it| name_of(&select.table, it.column)).collect();
    let mut best: Vec<(usize, ColumnRef, &'a [Value])> = Vec::new();
    for index in select.table.indexes.iter().filter(|it| holds(it.rows, live)) {
        let Some(at) = index.columns.windows(order.len()).position(|it| it == order.as_slice()) else { continue };
        let Some(begins) = index.columns[..at].iter().map(|it| values(it)).collect::<Option<Vec<_>>>() else { continue };
        // Of several columns at most one has several values: more would be ways without number.
        if begins.len() > best.len() && begins.iter().filter(|it| it.2.len() > 1).count() <= 1 {
            best = begins;
        }
    }
    if best.is_empty() {
        return None;
    }
    let rest: Vec<&'a Condition> = parts.iter().enumerate().filter(|(at, _)| best.iter().all(|it| it.0 != *at)).map(|it| *it.1).collect();
    let ways = best.iter().map(|it| it.2.len()).max().unwrap_or(0);
    // A column of one value has it in every way.
    let of_way = |way: usize| best.iter().filter_map(|it| Some((it.1, it.2.get(way).or_else(|| it.2.first())?))).collect::<Vec<_>>();
    let every = best.iter().all(|it| !it.2.is_empty());
    Some(if every { (0..ways).map(|way| Arm::Along(of_way(way), rest.clone())).collect() } else { Vec::new() })
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

/// Whether an index has every row asked for.
fn holds(rows: IndexRows, live: bool) -> bool {
    rows == IndexRows::All || (live && rows == IndexRows::Live)
}

/// Whether an index begins with a column and goes on in the order of the select.
pub(super) fn goes_on_in_order(select: &Select, column: ColumnRef, live: bool) -> bool {
    let table = &*select.table;
    let wanted: Option<Vec<&str>> = std::iter::once(column).chain(select.order.iter().map(|it| it.column)).map(|it| name_of(table, it)).collect();
    wanted.is_some_and(|wanted| table.indexes.iter().any(|index| holds(index.rows, live) && index.columns.starts_with_names(&wanted)))
}

/// Comparing owned names with borrowed ones.
trait StartsWithNames {
    fn starts_with_names(&self, names: &[&str]) -> bool;
}

impl StartsWithNames for Vec<String> {
    fn starts_with_names(&self, names: &[&str]) -> bool {
        self.len() >= names.len() && self.iter().zip(names).all(|(have, want)| have == want)
    }
}

/// The rows of a page over several ways in, where going in by them pays.
pub(crate) fn page<'a>(
    dialect: Dialect,
    select: &'a Select,
    conditions: &[&'a Condition],
    segment: Option<&Segment<'a>>,
    limit: Option<u64>,
) -> Result<Option<Statement<'a>>, StoreError> {
    let (Some(arms), Some(limit)) = (Arms::of(select, conditions), limit) else { return Ok(None) };
    let (mut ways, mut binds): (Vec<Statement<'a>>, Vec<Bind<'a>>) = (Vec::with_capacity(arms.arms.len()), Vec::new());
    let mut known: Option<(&Arm<'a>, usize)> = None;
    for arm in &arms.arms {
        let way = match known.and_then(|(like, at)| arms.as_before(dialect, select, arm, like, &ways[at]).transpose()) {
            Some(way) => way?,
            None => {
                known = Some((arm, ways.len()));
                let mut builder = Builder { before: binds.len(), ..Builder::new(dialect) };
                let query = builder.arm(select, &arms.common, arm, segment, limit)?;
                builder.finish(&query)
            }
        };
        binds.extend(way.binds.iter().cloned());
        ways.push(way);
    }
    let mut builder = Builder { before: binds.len(), ..Builder::new(dialect) };
    let rows = builder.rows_of_page(select)?;
    let rows = builder.finish(&rows);
    binds.extend(rows.binds);
    let sql = format!("WITH \"{PAGE}\" AS ({}) {}", keys_of_page(dialect, select, &ways, limit)?, rows.sql);
    Ok(Some(Statement { sql: sql.into(), binds }))
}

/// What a page is ordered by of each of its rows, once, and in order. Rows that come by two ways are alike in all of that;
/// SQLite sees it as it merges.
fn keys_of_page(dialect: Dialect, select: &Select, ways: &[Statement<'_>], limit: u64) -> Result<String, StoreError> {
    let scope = Scope::of(&select.table, &[]);
    let mut order = Vec::with_capacity(select.order.len());
    for (at, term) in select.order.iter().enumerate() {
        let direction = if term.descending { "DESC" } else { "ASC" };
        let nulls = match nulls(dialect, term.descending) {
            Some(sea_query::NullOrdering::First) if scope.may_be_null(term.column)? => " NULLS FIRST",
            Some(sea_query::NullOrdering::Last) if scope.may_be_null(term.column)? => " NULLS LAST",
            _ => "",
        };
        order.push(format!("\"{}\" {direction}{nulls}", name_of_key(at)));
    }
    let ways: Vec<&str> = ways.iter().map(|it| &*it.sql).collect();
    let order = order.join(", ");
    Ok(match dialect {
        Dialect::Sqlite => format!("{} ORDER BY {order} LIMIT {limit}", ways.join(" UNION ")),
        Dialect::Postgres => {
            let keys: Vec<String> = (0..select.order.len()).map(|at| format!("\"{}\"", name_of_key(at))).collect();
            let ways = ways.join(") UNION ALL (");
            format!("SELECT DISTINCT {} FROM (({ways})) AS \"ways\" ORDER BY {order} LIMIT {limit}", keys.join(", "))
        }
    })
}

impl<'a> Arms<'a> {
    /// A way that differs from one that is built by its values alone. Building is most of what a way costs.
    fn as_before(
        &self,
        dialect: Dialect,
        select: &Select,
        arm: &Arm<'a>,
        like: &Arm<'a>,
        built: &Statement<'a>,
    ) -> Result<Option<Statement<'a>>, StoreError> {
        let (Arm::Along(begins, rest), Arm::Along(others, other_rest)) = (arm, like) else { return Ok(None) };
        let is_plain = |it: &Value| matches!(it, Value::Id(_) | Value::Text(_) | Value::Bool(_));
        let alike =
            begins.len() == others.len() && begins.iter().zip(others).all(|(one, other)| one.0 == other.0 && is_plain(one.1) && is_plain(other.1));
        let same_rest = rest.len() == other_rest.len() && rest.iter().zip(other_rest).all(|(one, other)| std::ptr::eq(*one, *other));
        let joined = !hint::joins_named(&select.joins, self.common.iter().chain(rest).copied()).is_empty();
        if dialect != Dialect::Sqlite || !alike || !same_rest || joined {
            return Ok(None);
        }
        let scope = Scope::of(&select.table, &[]);
        let mut binds = built.binds.clone();
        for ((column, value), slot) in begins.iter().zip(&mut binds) {
            *slot = bind(dialect, value, scope.column(*column)?.storage)?;
        }
        Ok(Some(Statement { sql: built.sql.clone(), binds }))
    }
}

impl<'a> Builder<'a> {
    /// The rows whose keys are found.
    fn rows_of_page(&mut self, select: &'a Select) -> Result<SelectStatement, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        let mut query = Query::select();
        for column in &select.columns {
            query.expr(scope.expr(*column)?);
        }
        if select.columns.is_empty() {
            query.expr(Expr::cust("1"));
        }
        let of_page = |name: &str| Expr::col((identifier(PAGE), identifier(name)));
        // SQLite keeps to the order of a cross join, so its rows come in the order of the page.
        query.from(identifier(PAGE)).cross_join(table_ref(&select.table, alias(0)));
        match self.dialect {
            Dialect::Sqlite => query.and_where(row_number().eq(of_page(KEY))),
            Dialect::Postgres => {
                let key = select.order.last().ok_or_else(|| StoreError::Other("a page without order".into()))?;
                query.and_where(scope.expr(key.column)?.eq(of_page(&name_of_key(select.order.len() - 1))))
            }
        };
        self.joins(&mut query, &scope, &select.joins)?;
        if self.dialect == Dialect::Postgres {
            self.order(&mut query, select, &|at| of_page(&name_of_key(at)))?;
        }
        Ok(query)
    }

    fn order(&self, query: &mut SelectStatement, select: &Select, key: &dyn Fn(usize) -> Expr) -> Result<(), StoreError> {
        let scope = Scope::of(&select.table, &[]);
        for (at, order) in select.order.iter().enumerate() {
            let direction = if order.descending { Order::Desc } else { Order::Asc };
            match nulls(self.dialect, order.descending) {
                Some(nulls) if scope.may_be_null(order.column)? => query.order_by_expr_with_nulls(key(at), direction, nulls),
                _ => query.order_by_expr(key(at), direction),
            };
        }
        Ok(())
    }

    /// What the page is ordered by of the rows of one way in.
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
        for (at, order) in select.order.iter().enumerate() {
            query.expr_as(scope.expr(order.column)?, identifier(&name_of_key(at)));
        }
        if self.dialect == Dialect::Sqlite {
            query.expr_as(row_number(), identifier(KEY));
        }
        let own: &[&'a Condition] = match arm {
            Arm::Along(_, rest) => rest,
            Arm::Few(one) => std::slice::from_ref(one),
            Arm::Walk(any) => any,
        };
        query.from(table_ref(&select.table, alias(0)));
        let needed = hint::joins_named(&select.joins, common.iter().chain(own).copied());
        self.some_joins(&mut query, scope, &select.joins, &|at| needed.contains(&at))?;
        match arm {
            Arm::Along(begins, rest) => {
                for (column, value) in begins {
                    let equals = self.compare(scope, *column, CompareOp::Eq, value)?;
                    query.and_where(equals);
                }
                for one in rest {
                    self.filter(&mut query, scope, one, None)?;
                }
            }
            Arm::Few(one) => _ = query.and_where(self.condition(scope, one)?),
            Arm::Walk(any) => _ = query.and_where(self.any_along_the_order(scope, any)?),
        }
        for condition in common {
            let hints = (self.dialect == Dialect::Sqlite && matches!(arm, Arm::Walk(_))).then_some(select);
            self.filter(&mut query, scope, condition, hints)?;
        }
        if let Some(segment) = segment {
            let segment = self.segment(scope, segment)?;
            query.and_where(segment);
        }
        if self.dialect == Dialect::Postgres {
            // Each ends by itself, and is seen to come in order.
            let columns: Vec<Expr> = select.order.iter().map(|it| scope.expr(it.column)).collect::<Result<_, _>>()?;
            self.order(&mut query, select, &|at| columns[at].clone())?;
            query.limit(limit);
        }
        Ok(query)
    }

    /// Whether any of some conditions holds, asked of row after row.
    fn any_along_the_order(&mut self, scope: &Scope<'_>, any: &[&'a Condition]) -> Result<Expr, StoreError> {
        let mut either: Option<Expr> = None;
        for one in any {
            let one = self.asked(|it| it.condition(scope, one))?;
            either = Some(match either {
                Some(before) => before.or(one),
                None => one,
            });
        }
        let either = either.unwrap_or_else(super::falsehood);
        if self.dialect == Dialect::Postgres {
            return Ok(either);
        }
        // As a value, no index is seen in it, and outer joins stay what they are: read after the table they hang on.
        let value: Expr = Func::coalesce([either, Expr::cust("0")]).into();
        Ok(Func::cust("likely").arg(value).into())
    }
}

/// The engine's fields never begin with an underscore, so `_rowid_` always means SQLite's own.
fn row_number() -> Expr {
    Expr::col((alias(0), identifier("_rowid_")))
}

fn name_of_key(at: usize) -> String {
    format!("key{at}")
}
