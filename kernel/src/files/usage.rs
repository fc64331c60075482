//! How much files take, and whether more may come.

use rust_decimal::prelude::ToPrimitive as _;

use super::policy::FilePolicy;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{FILE_OBJECT, FILE_VERSION_OBJECT, Schema};
use crate::store::{Aggregate, ColumnRef, Condition, Measure, MeasureFunction, ReadTx, WriteTx};

/// Bytes of all files, those in the bin too, and of their older versions. Equal contents are kept once and counted as often
/// as they are named: what a workspace uses does not depend on what others have.
///
/// # Errors
/// Fails where the database does.
pub fn usage(schema: &Schema, tx: &mut dyn ReadTx) -> Result<u64> {
    let mut bytes = 0;
    for name in [FILE_OBJECT, FILE_VERSION_OBJECT] {
        let Some(object) = schema.object(name) else { continue };
        let Some(size) = object.field("size").and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column)) else { continue };
        let sum = Aggregate {
            table: object.table.clone(),
            joins: Vec::new(),
            condition: Condition::True,
            keys: Vec::new(),
            measures: vec![Measure { function: MeasureFunction::Sum, column: Some(size) }],
            limit: 1,
        };
        let cell = tx.aggregate(&sum)?.pop().and_then(|mut row| row.pop());
        bytes += cell.and_then(|it| it.as_decimal()).and_then(|it| it.to_u64()).unwrap_or(0);
    }
    Ok(bytes)
}

/// As [`check_quota`], within the transaction that writes the entry: where there is a quota, one upload takes room after the
/// other.
///
/// # Errors
/// `quota_exceeded`.
pub fn take_room(context: &Context, tx: &mut dyn WriteTx, more: u64) -> Result<()> {
    if FilePolicy::load(tx)?.quota.is_some() {
        tx.serialise("files.quota")?;
    }
    check_quota(context, tx, more)
}

/// Fails where so many bytes more would be too many.
///
/// # Errors
/// `quota_exceeded`.
pub fn check_quota(context: &Context, tx: &mut dyn ReadTx, more: u64) -> Result<()> {
    let Some(quota) = FilePolicy::load(tx)?.quota else { return Ok(()) };
    let used = usage(&context.schema, tx)?;
    if used.saturating_add(more) <= quota {
        return Ok(());
    }
    let left = quota.saturating_sub(used);
    Err(KernelError::conflict(
        "quota_exceeded",
        format!("文件空间不足：上限{quota}字节，还剩{left}字节，此文件需要{more}字节。请删除不需要的文件，或请管理员提高上限"),
        format!(
            "there is no room for this file: {quota} bytes are allowed, {left} are left, and it needs {more}; erase files nobody needs, or ask an administrator to raise the quota"
        ),
    ))
}
