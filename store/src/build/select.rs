//! Selects and counts.

use guanxi_kernel::store::{Condition, Join, Select, StoreError, Table};
use sea_query::{Expr, ExprTrait, JoinType, LockType, NullOrdering, Order, Query, SelectStatement};

use super::{Builder, Scope, Segment, alias, hint, table_ref};
use crate::dialect::Dialect;

impl<'a> Builder<'a> {
    /// A select as sea-query knows it.
    pub(super) fn select(&mut self, select: &'a Select) -> Result<SelectStatement, StoreError> {
        self.select_part(select, &[&select.condition], None, select.limit)
    }

    /// A select whose condition is given in parts, with one segment of its paging position.
    pub(crate) fn select_part(
        &mut self,
        select: &'a Select,
        conditions: &[&'a Condition],
        segment: Option<&Segment<'a>>,
        limit: Option<u64>,
    ) -> Result<SelectStatement, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        let mut query = answering(&scope, select)?;
        self.from(&mut query, &scope, &select.table, &select.joins)?;
        let hints = hint::applies(self.dialect, select).then_some(select);
        for condition in conditions {
            self.filter(&mut query, &scope, condition, hints)?;
        }
        if let Some(segment) = segment {
            let segment = self.segment(&scope, segment)?;
            query.and_where(segment);
        }
        self.order(&mut query, &scope, select, &|at| scope.expr(select.order[at].column))?;
        if let Some(limit) = limit {
            query.limit(limit);
        }
        if select.lock && self.dialect == Dialect::Postgres {
            query.lock_with_tables(LockType::Update, [alias(0)]);
        }
        Ok(query)
    }

    /// ORDER BY, each term by what stands for it.
    pub(super) fn order(
        &self,
        query: &mut SelectStatement,
        scope: &Scope<'_>,
        select: &Select,
        term: &dyn Fn(usize) -> Result<Expr, StoreError>,
    ) -> Result<(), StoreError> {
        for (at, order) in select.order.iter().enumerate() {
            let direction = if order.descending { Order::Desc } else { Order::Asc };
            // Where no NULL can be, nothing is said of it: neither do the index and the primary key.
            match nulls(self.dialect, order.descending) {
                Some(nulls) if scope.may_be_null(order.column)? => query.order_by_expr_with_nulls(term(at)?, direction, nulls),
                _ => query.order_by_expr(term(at)?, direction),
            };
        }
        Ok(())
    }

    /// `SELECT COUNT(*)`, stopping at a cap.
    pub(crate) fn count(&mut self, select: &'a Select, cap: Option<u64>) -> Result<SelectStatement, StoreError> {
        if let Some(cap) = cap.or(select.limit) {
            let rows = self.counted(select, cap)?;
            let mut counted = Query::select();
            counted.expr(Expr::cust("COUNT(*)")).from_subquery(rows, "counted");
            return Ok(counted);
        }
        let scope = Scope::of(&select.table, &select.joins);
        let mut rows = Query::select();
        self.from(&mut rows, &scope, &select.table, &select.joins)?;
        self.filter(&mut rows, &scope, &select.condition, None)?;
        rows.expr(Expr::cust("COUNT(*)"));
        Ok(rows)
    }

    /// One row for each row counted, no more than `most`.
    pub(crate) fn counted(&mut self, select: &'a Select, most: u64) -> Result<SelectStatement, StoreError> {
        let scope = Scope::of(&select.table, &select.joins);
        let mut rows = Query::select();
        self.from(&mut rows, &scope, &select.table, &select.joins)?;
        self.filter(&mut rows, &scope, &select.condition, None)?;
        rows.expr(Expr::cust("1")).limit(std::cmp::Ord::min(most, select.limit.unwrap_or(most)));
        Ok(rows)
    }

    /// FROM with the left joins.
    pub(super) fn from(&mut self, query: &mut SelectStatement, scope: &Scope<'_>, main: &Table, joins: &'a [Join]) -> Result<(), StoreError> {
        query.from(table_ref(main, scope.alias(0)));
        self.joins(query, scope, joins)
    }

    /// The left joins.
    pub(super) fn joins(&mut self, query: &mut SelectStatement, scope: &Scope<'_>, joins: &'a [Join]) -> Result<(), StoreError> {
        self.some_joins(query, scope, joins, &|_| true)
    }

    /// Some of the left joins, by their position.
    pub(super) fn some_joins(
        &mut self,
        query: &mut SelectStatement,
        scope: &Scope<'_>,
        joins: &'a [Join],
        wanted: &dyn Fn(usize) -> bool,
    ) -> Result<(), StoreError> {
        for (at, join) in joins.iter().enumerate().filter(|it| wanted(it.0)) {
            let position = at + 1;
            let on = scope.expr(guanxi_kernel::store::ColumnRef::of(position, join.to))?.eq(scope.expr(join.from)?);
            let on = match &join.condition {
                Condition::True => on,
                further => on.and(self.asked(|it| it.condition(scope, further))?),
            };
            query.join(JoinType::LeftJoin, table_ref(&join.table, scope.alias(position)), on);
        }
        Ok(())
    }

    /// WHERE, one term per part of a conjunction.
    pub(super) fn filter(
        &mut self,
        query: &mut SelectStatement,
        scope: &Scope<'_>,
        condition: &'a Condition,
        hints: Option<&Select>,
    ) -> Result<(), StoreError> {
        match condition {
            Condition::True => {}
            Condition::And(all) => {
                for one in all {
                    self.filter(query, scope, one, hints)?;
                }
            }
            other => {
                let wide = hints.is_some_and(|it| hint::is_wide(it, other));
                let expr = self.asking(wide || self.asked, |it| it.condition(scope, other))?;
                query.and_where(match hints {
                    Some(select) => hint::hinted(select, other, expr),
                    None => expr,
                });
            }
        }
        Ok(())
    }
}

/// A select that answers the columns asked for.
pub(super) fn answering(scope: &Scope<'_>, select: &Select) -> Result<SelectStatement, StoreError> {
    let mut query = Query::select();
    for column in &select.columns {
        query.expr(scope.expr(*column)?);
    }
    if select.columns.is_empty() {
        query.expr(Expr::cust("1"));
    }
    Ok(query)
}

/// NULL is the smallest: SQLite's own way, PostgreSQL must be told.
pub(super) fn nulls(dialect: Dialect, descending: bool) -> Option<NullOrdering> {
    match (dialect, descending) {
        (Dialect::Sqlite, _) => None,
        (Dialect::Postgres, false) => Some(NullOrdering::First),
        (Dialect::Postgres, true) => Some(NullOrdering::Last),
    }
}
