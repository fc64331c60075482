//! Groups and measures.

use std::borrow::Cow;

use guanxi_kernel::store::{Aggregate, Bucket, BucketUnit, Measure, MeasureFunction, Storage, StoreError};
use sea_query::{Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::{Builder, Scope};
use crate::bind::Bind;
use crate::build::select::nulls;
use crate::dialect::Dialect;

/// What one key or measure of an aggregate takes from the answered columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// One column, as it is.
    Plain,
    /// Two columns, sum and count, divided by the caller: databases disagree about averages, division here is exact.
    Average,
}

/// An aggregate as a query, the storages of its answered columns and what to make of them.
pub(crate) struct AggregateQuery {
    pub(crate) query: SelectStatement,
    pub(crate) storages: Vec<Storage>,
    pub(crate) outputs: Vec<Output>,
}

impl<'a> Builder<'a> {
    pub(crate) fn aggregate(&mut self, aggregate: &'a Aggregate) -> Result<AggregateQuery, StoreError> {
        let scope = Scope::of(&aggregate.table, &aggregate.joins);
        let mut query = Query::select();
        let mut storages = Vec::new();
        let mut outputs = Vec::new();
        for (column, bucket) in &aggregate.keys {
            let storage = scope.column(*column)?.storage;
            let key = scope.expr(*column)?;
            match bucket {
                Some(bucket) => {
                    query.expr(self.bucket(key, storage, bucket)?);
                    storages.push(Storage::Date);
                }
                None => {
                    query.expr(self.unordered(key));
                    storages.push(storage);
                }
            }
            outputs.push(Output::Plain);
        }
        for measure in &aggregate.measures {
            outputs.push(self.measure(&mut query, &scope, measure, &mut storages)?);
        }
        self.from(&mut query, &scope, &aggregate.table, &aggregate.joins)?;
        self.filter(&mut query, &scope, &aggregate.condition, None)?;
        if !aggregate.keys.is_empty() {
            // By position: a bucket's bound values would make the same expression look different to PostgreSQL.
            let positions = || (1..=aggregate.keys.len()).map(|at| Expr::cust(at.to_string()));
            query.add_group_by(positions());
            for position in positions() {
                match nulls(self.dialect, false) {
                    Some(nulls) => query.order_by_expr_with_nulls(position, Order::Asc, nulls),
                    None => query.order_by_expr(position, Order::Asc),
                };
            }
            query.limit(aggregate.limit);
        }
        Ok(AggregateQuery { query, storages, outputs })
    }

    /// A key that no index is walked for. SQLite would take the order of one for the groups and look up each row where the index
    /// leads, all over the table; one pass over the table with a small tree of groups takes a fifth of that.
    fn unordered(&self, key: Expr) -> Expr {
        if self.dialect == Dialect::Sqlite { Expr::cust_with_expr("+?", key) } else { key }
    }

    fn measure(
        &mut self,
        query: &mut SelectStatement,
        scope: &Scope<'_>,
        measure: &Measure,
        storages: &mut Vec<Storage>,
    ) -> Result<Output, StoreError> {
        let Some(reference) = measure.column else {
            if measure.function != MeasureFunction::Count {
                return Err(StoreError::Other("only a count needs no column".into()));
            }
            query.expr(Expr::cust("COUNT(*)"));
            storages.push(Storage::Int);
            return Ok(Output::Plain);
        };
        let storage = scope.column(reference)?.storage;
        let column = scope.expr(reference)?;
        let numeric = matches!(storage, Storage::Int | Storage::Duration | Storage::Decimal { .. });
        match measure.function {
            MeasureFunction::Count => {
                query.expr(column.count());
                storages.push(Storage::Int);
            }
            MeasureFunction::CountDistinct if !matches!(storage, Storage::Json | Storage::TextList) => {
                query.expr(column.count_distinct());
                storages.push(Storage::Int);
            }
            MeasureFunction::Sum if numeric => {
                let sum = column.sum();
                // PostgreSQL adds bigints up to a numeric; the cast refuses what 64 bits cannot hold.
                let narrow = self.dialect == Dialect::Postgres && !matches!(storage, Storage::Decimal { .. });
                query.expr(if narrow { sum.cast_as("bigint") } else { sum });
                storages.push(storage);
            }
            MeasureFunction::Avg if numeric => {
                query.expr(column.clone().sum());
                query.expr(column.count());
                storages.push(match storage {
                    Storage::Decimal { scale } => Storage::Decimal { scale },
                    _ => Storage::Decimal { scale: 0 },
                });
                storages.push(Storage::Int);
                return Ok(Output::Average);
            }
            MeasureFunction::Min | MeasureFunction::Max if !matches!(storage, Storage::Id | Storage::Json | Storage::TextList) => {
                let least = measure.function == MeasureFunction::Min;
                query.expr(match (self.dialect, storage) {
                    (Dialect::Postgres, Storage::Bool) => Expr::from(Func::cust(if least { "bool_and" } else { "bool_or" }).arg(column)),
                    _ if least => column.min(),
                    _ => column.max(),
                });
                storages.push(storage);
            }
            function => return Err(StoreError::Other(format!("{function:?} of a column of {storage:?} means nothing"))),
        }
        Ok(Output::Plain)
    }

    fn bucket(&mut self, column: Expr, storage: Storage, bucket: &'a Bucket) -> Result<Expr, StoreError> {
        if !matches!(storage, Storage::Date | Storage::DateTime) {
            return Err(StoreError::Other(format!("a column of {storage:?} has no {:?}", bucket.unit)));
        }
        let unit = unit_name(bucket.unit);
        match self.dialect {
            Dialect::Sqlite => {
                let zone = self.bound(Bind::Text(Cow::Borrowed(&bucket.time_zone)));
                let unit = self.bound(Bind::Text(Cow::Borrowed(unit)));
                Ok(Func::cust("gx_bucket").args([column, unit, zone]).into())
            }
            Dialect::Postgres => {
                let local = if storage == Storage::DateTime {
                    let zone = self.bound(Bind::Text(Cow::Borrowed(&bucket.time_zone)));
                    Expr::from(Func::cust("timezone").args([zone.cast_as("text"), column]))
                } else {
                    column.cast_as("timestamp")
                };
                let unit = self.bound(Bind::Text(Cow::Borrowed(unit)));
                Ok(Expr::from(Func::cust("date_trunc").args([unit.cast_as("text"), local])).cast_as("date"))
            }
        }
    }
}

/// A unit as PostgreSQL's date_trunc calls it; weeks begin on Monday there too.
fn unit_name(unit: BucketUnit) -> &'static str {
    match unit {
        BucketUnit::Day => "day",
        BucketUnit::Week => "week",
        BucketUnit::Month => "month",
        BucketUnit::Quarter => "quarter",
        BucketUnit::Year => "year",
    }
}
