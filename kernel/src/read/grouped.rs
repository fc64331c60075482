//! Groups and measures of many records at once, as values: for rules that ask the same of every record.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::civil::Date;
use uuid::Uuid;

use super::aggregate::{measure, resolve_shown};
use super::conditions::{Tables, rights_condition, unknown_field};
use crate::access::{Verb, compile_filter};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{DELETED_AT, Object, WithSources};
use crate::store::{Aggregate, Bucket, BucketUnit, ColumnRef, CompareOp, Condition, ReadTx, Storage};

/// What is asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupsOf<'a> {
    /// The field that leads to the records asked about, `id` for themselves: the first key of every group.
    pub via: &'a str,
    /// The records asked about.
    pub ids: &'a [Uuid],
    /// Further keys; `day:month` is the first day of the month.
    pub keys: &'a [&'a str],
    /// `count`, `sum(amount)`, `max(day)`.
    pub measures: &'a [&'a str],
    /// A filter expression.
    pub filter: Option<&'a str>,
    /// A field of days or moments, the first day that counts and the first that counts no more, where the context's clock is.
    pub during: Option<(&'a str, Date, Date)>,
}

/// The groups of all of them, through the caller's rights: keys, then measures. Nothing is cut off: who asks about fewer records
/// gets fewer groups.
///
/// # Errors
/// A name that is none or is closed to the caller, a filter that does not compile; the database's.
pub fn groups_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &GroupsOf<'_>) -> Result<Vec<Vec<Value>>> {
    context.access.require(object, Verb::Read)?;
    let mut tables = Tables::new(context, object);
    let (via, _) = column(context, &mut tables, request.via)?;
    let wanted = Condition::In(via, request.ids.iter().copied().map(Value::Id).collect(), false);
    let mut condition = wanted.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    if let Some((path, from, until)) = request.during {
        let (column, storage) = column(context, &mut tables, path)?;
        let from = Condition::Compare(column, CompareOp::Ge, start_of(context, storage, from)?);
        let until = Condition::Compare(column, CompareOp::Lt, start_of(context, storage, until)?);
        // In a form that no index of days is taken for: the records asked about are few, the days are most of the table.
        condition = condition.and(Condition::Or(vec![from.and(until), Condition::False]));
    }
    if let Some(source) = request.filter.filter(|it| !it.trim().is_empty()) {
        let gate = WithSources(context.access.as_ref());
        let predicate = compile_filter(&context.schema, object, source, &gate, &context.access.member, context.now, &context.time_zone)?;
        condition = condition.and(tables.condition(&predicate)?);
    }
    let mut keys = vec![(via, None)];
    for source in request.keys {
        keys.push(key(context, &mut tables, source)?);
    }
    let measures = request.measures.iter().map(|it| Ok(measure(context, &mut tables, it)?.1)).collect::<Result<_>>()?;
    condition = condition.and(tables.take_uncovered());
    let mut joins = tables.statements;
    condition = condition.and(rights_condition(context, object, Verb::Read, &mut joins)?);
    tx.aggregate(&Aggregate { table: object.table.clone(), joins, condition, keys, measures, limit: i64::MAX.unsigned_abs() }).map_err(Into::into)
}

fn column(context: &Context, tables: &mut Tables<'_>, path: &str) -> Result<(ColumnRef, Storage)> {
    let names: Vec<&str> = path.split('.').collect();
    let found = resolve_shown(context, tables, &names)?;
    let table = tables.table_of(&found)?;
    let part = found.field().part(found.part).ok_or_else(|| unknown_field(path))?;
    Ok((ColumnRef::of(table, part.column), part.storage))
}

fn key(context: &Context, tables: &mut Tables<'_>, source: &str) -> Result<(ColumnRef, Option<Bucket>)> {
    let Some(path) = source.strip_suffix(":month") else { return Ok((column(context, tables, source)?.0, None)) };
    let (column, storage) = column(context, tables, path)?;
    if !matches!(storage, Storage::Date | Storage::DateTime) {
        return Err(unknown_field(source));
    }
    let time_zone = context.time_zone.iana_name().unwrap_or("UTC").to_owned();
    Ok((column, Some(Bucket { unit: BucketUnit::Month, time_zone })))
}

/// A day as the first moment a column of days or moments holds of it.
fn start_of(context: &Context, storage: Storage, day: Date) -> Result<Value> {
    match storage {
        Storage::Date => Ok(Value::Date(day)),
        Storage::DateTime => {
            let start = day.to_zoned(context.time_zone.clone()).map_err(|error| KernelError::Internal(error.to_string()))?;
            Ok(Value::DateTime(start.timestamp()))
        }
        _ => Err(KernelError::bad_request("bad_request", "只有日期字段可以限定时间", "only days and moments can be limited in time")),
    }
}
