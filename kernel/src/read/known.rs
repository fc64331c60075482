//! Records by what stands in a field, as the engine itself knows them: for what follows from an act, never for an answer.

use guanxi_expr::Value;

use super::Record;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::DELETED_AT;
use crate::store::{ColumnRef, Condition, ReadTx, Select};

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
    let missing = || KernelError::Internal(format!("no object {object}"));
    let object = context.schema.object(object).cloned().ok_or_else(missing)?;
    let column = |path: &str| {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let part = object.field(name).and_then(|it| it.part(part));
        part.map(|it| ColumnRef::main(it.column)).ok_or_else(|| KernelError::Internal(format!("{} has no field {path}", object.name)))
    };
    let condition = condition(&column)?.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let rows = tx.rows(&Select::all(&object.table, condition).limited(most))?;
    Ok(rows.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}

/// Whether a field is one of some values.
///
/// # Errors
/// As the column's own.
pub fn among(column: Result<ColumnRef>, values: impl IntoIterator<Item = uuid::Uuid>) -> Result<Condition> {
    Ok(Condition::In(column?, values.into_iter().map(Value::Id).collect(), false))
}
