//! Records by what stands in a field, as the engine itself knows them: for what follows from an act, never for an answer.

use std::sync::Arc;

use guanxi_expr::Value;

use super::Record;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{DELETED_AT, ID, Object};
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};

/// Live records of an object that satisfy a condition over one of its columns, at most so many.
///
/// # Errors
/// Where there is no such object or field, or the database fails.
pub fn known_records(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &str,
    condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
    most: u64,
) -> Result<Vec<Record>> {
    let select = known(context, object, condition)?;
    records_of(context, tx, object, &select.limited(most))
}

/// How many there are, counted no further than `most`.
///
/// # Errors
/// As [`known_records`].
pub fn known_count(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &str,
    condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
    most: u64,
) -> Result<u64> {
    Ok(tx.count(&known(context, object, condition)?, Some(most))?)
}

/// As [`known_records`], in the order of their ids and behind one of them: what is too much for one look is gone through page
/// by page, and nothing of it is passed over.
///
/// # Errors
/// As [`known_records`].
pub fn known_page(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &str,
    condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
    after: Option<uuid::Uuid>,
    most: u64,
) -> Result<Vec<Record>> {
    let mut select = known(context, object, condition)?;
    if let Some(after) = after {
        select.condition = select.condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
    }
    records_of(context, tx, object, &select.order_by(ID, false).limited(most))
}

/// The youngest by their ids, as [`known_records`].
///
/// # Errors
/// As [`known_records`].
pub fn known_last(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &str,
    condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
) -> Result<Option<Record>> {
    let select = known(context, object, condition)?;
    Ok(records_of(context, tx, object, &select.order_by(ID, true).limited(1))?.pop())
}

fn records_of(context: &Context, tx: &mut dyn ReadTx, object: &str, select: &Select) -> Result<Vec<Record>> {
    let object = object_named(context, object)?;
    Ok(tx.rows(select)?.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}

fn object_named(context: &Context, object: &str) -> Result<Arc<Object>> {
    context.schema.object(object).cloned().ok_or_else(|| KernelError::Internal(format!("no object {object}")))
}

fn known(context: &Context, object: &str, condition: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>) -> Result<Select> {
    let object = object_named(context, object)?;
    let column = |path: &str| {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let part = object.field(name).and_then(|it| it.part(part));
        part.map(|it| ColumnRef::main(it.column)).ok_or_else(|| KernelError::Internal(format!("{} has no field {path}", object.name)))
    };
    let condition = condition(&column)?.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    Ok(Select::all(&object.table, condition))
}

/// Whether a field is one of some values.
///
/// # Errors
/// As the column's own.
pub fn among(column: Result<ColumnRef>, values: impl IntoIterator<Item = uuid::Uuid>) -> Result<Condition> {
    Ok(Condition::In(column?, values.into_iter().map(Value::Id).collect(), false))
}
