//! Some columns of all live records of an object, a stretch at a time: for what is kept in memory beside the database.

use std::ops::ControlFlow;
use std::sync::Arc;

use guanxi_expr::{CompareOp, Value};
use uuid::Uuid;

use crate::access::Verb;
use crate::context::Context;
use crate::error::Result;
use crate::read::rights_condition;
use crate::schema::{DELETED_AT, ID, Object};
use crate::store::{ColumnRef, Condition, ReadTx, Select};

/// Calls `found` with id and columns of the live records the caller may read that come after an id, in the order of ids, at
/// most `limit`. Answers the last id; `None` where there was none.
///
/// # Errors
/// Fails where the database does.
pub fn each_row(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    columns: &[usize],
    after: Option<Uuid>,
    limit: u64,
    found: &mut dyn FnMut(Uuid, &[Value]),
) -> Result<Option<Uuid>> {
    let mut select = live(context, object)?;
    if let Some(after) = after {
        select.condition = select.condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
    }
    select.columns = std::iter::once(ID).chain(columns.iter().copied()).map(ColumnRef::main).collect();
    let mut last = None;
    tx.select(&select.order_by(ID, false).limited(limit), &mut |row| {
        if let Some((Value::Id(id), cells)) = row.split_first() {
            found(*id, cells);
            last = Some(*id);
        }
        ControlFlow::Continue(())
    })?;
    Ok(last)
}

/// How many live records of an object the caller may read.
///
/// # Errors
/// Fails where the database does.
pub fn count_records(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>) -> Result<u64> {
    Ok(tx.count(&live(context, object)?, None)?)
}

fn live(context: &Context, object: &Arc<Object>) -> Result<Select> {
    let mut joins = Vec::new();
    let condition = rights_condition(context, object, Verb::Read, &mut joins)?.and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    Ok(Select { joins, ..Select::all(&object.table, condition) })
}
