//! A page over several ways in, as one statement.
//!
//! Written as one OR, a planner reads every such row and sorts them, or walks along the order until a page is full; both
//! grow with the table. Here each way in is a select of its own, along an index that begins with its columns and goes on in
//! the order wanted; the database merges them as far as the page goes: it costs one seek for each way in and its own rows.
//! The rest of each row is read by its key.

use guanxi_expr::Value;
use guanxi_kernel::store::{CompareOp, Condition, Select, StoreError};
use sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};

use super::arms::{Arm, Arms};
use super::select::{answering, nulls};
use super::{Builder, Scope, Segment, Statement, alias, hint, identifier, table_ref};
use crate::bind::{Bind, bind};
use crate::dialect::Dialect;

/// Name of the page's keys.
const PAGE: &str = "page";
/// Name of what finds a row of the page again.
const KEY: &str = "row";

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
        let mut query = answering(&scope, select)?;
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
            self.order(&mut query, &scope, select, &|at| Ok(of_page(&name_of_key(at))))?;
        }
        Ok(query)
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
            self.order(&mut query, scope, select, &|at| scope.expr(select.order[at].column))?;
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
