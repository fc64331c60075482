//! How much files take, and whether more may come. The sum is kept beside them by every transaction that writes or erases
//! some, since adding up a million of them takes a third of a second; once a day it is counted anew.

use guanxi_expr::Value;
use rust_decimal::prelude::ToPrimitive as _;

use super::policy::FilePolicy;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{FILE_OBJECT, FILE_VERSION_OBJECT, Object, Schema};
use crate::store::{
    Aggregate, ColumnRef, Condition, Insert, Measure, MeasureFunction, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx,
};
use crate::system_tables::COUNTER;

/// Under this name the sum stands among the counters.
const SUM: &str = "files.bytes";

/// Bytes of all files, those in the bin too, and of their older versions. Equal contents are kept once and counted as often
/// as they are named: what a workspace uses does not depend on what others have.
///
/// # Errors
/// Fails where the database does.
pub fn usage(schema: &Schema, tx: &mut dyn ReadTx) -> Result<u64> {
    let kept = kept(tx)?;
    kept.map_or_else(|| added_up(schema, tx), |it| Ok(u64::try_from(it).unwrap_or(0)))
}

fn own() -> Condition {
    Condition::equals(ColumnRef::main(0), Value::Text(SUM.to_owned()))
}

fn kept(tx: &mut dyn ReadTx) -> Result<Option<i64>> {
    let row = tx.first(&Select { columns: vec![ColumnRef::main(1)], ..Select::all(&COUNTER, own()) })?;
    Ok(row.and_then(|mut it| it.pop()).and_then(|it| if let Value::Int(sum) = it { Some(sum) } else { None }))
}

fn added_up(schema: &Schema, tx: &mut dyn ReadTx) -> Result<u64> {
    let mut bytes = 0;
    for name in [FILE_OBJECT, FILE_VERSION_OBJECT] {
        let Some(object) = schema.object(name) else { continue };
        let Some(size) = size_column(object) else { continue };
        let sum = Aggregate {
            table: object.table.clone(),
            joins: Vec::new(),
            condition: Condition::True,
            keys: Vec::new(),
            measures: vec![Measure { function: MeasureFunction::Sum, column: Some(ColumnRef::main(size)) }],
            limit: 1,
        };
        let cell = tx.aggregate(&sum)?.pop().and_then(|mut row| row.pop());
        bytes += cell.and_then(|it| it.as_decimal()).and_then(|it| it.to_u64()).unwrap_or(0);
    }
    Ok(bytes)
}

/// Where the size of what an object's records name stands; nowhere in objects that name no contents.
fn size_column(object: &Object) -> Option<usize> {
    let names = [FILE_OBJECT, FILE_VERSION_OBJECT].contains(&object.name.as_str());
    object.field("size").filter(|_| names).and_then(|it| it.part("")).map(|it| it.column)
}

/// Bytes of what a row names.
pub(crate) fn bytes_of(object: &Object, row: &[Value]) -> i64 {
    match size_column(object).and_then(|it| row.get(it)) {
        Some(Value::Int(size)) => *size,
        _ => 0,
    }
}

/// Keeps the sum after some came and others went. Before it was counted for the first time there is nothing to keep.
pub(crate) fn add_bytes(tx: &mut dyn WriteTx, bytes: i64) -> Result<()> {
    if bytes != 0 {
        tx.update(&Update { table: COUNTER.clone(), set: vec![(1, Set::Add(Value::Int(bytes)))], condition: own() })?;
    }
    Ok(())
}

/// Counts the sum anew. To be run once a day.
///
/// # Errors
/// Fails where the database does.
pub fn count_usage(context: &Context) -> Result<()> {
    let schema = context.schema.clone();
    context.workspace.store.write_with(move |tx| count(&schema, tx))
}

fn count(schema: &Schema, tx: &mut dyn WriteTx) -> Result<()> {
    let first = vec![Value::Text(SUM.to_owned()), Value::Int(0)];
    tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows: vec![first], on_conflict: OnConflict::Ignore })?;
    // Whoever writes files meanwhile adds to the sum at his end: he has done so, or waits for this one.
    tx.update(&Update { table: COUNTER.clone(), set: vec![(1, Set::Add(Value::Int(0)))], condition: own() })?;
    let sum = i64::try_from(added_up(schema, tx)?).unwrap_or(i64::MAX);
    tx.update(&Update { table: COUNTER.clone(), set: vec![(1, Set::To(Value::Int(sum)))], condition: own() })?;
    Ok(())
}

/// As [`check_quota`], within the transaction that writes the entry: where there is a quota, one upload takes room after the
/// other.
///
/// # Errors
/// `quota_exceeded`.
pub fn take_room(context: &Context, tx: &mut dyn WriteTx, more: u64) -> Result<()> {
    if FilePolicy::load(tx)?.quota.is_some() {
        tx.serialise("files.quota")?;
        if kept(tx)?.is_none() {
            count(&context.schema, tx)?;
        }
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
