//! The audit log: one row per operation, in the same transaction. Append-only.

use guanxi_expr::Value;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::store::{Insert, OnConflict, WriteTx};
use crate::system_tables::AUDIT;

/// Appends a row: who did what to which (or how many) records.
#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
pub fn append(
    context: &Context,
    tx: &mut dyn WriteTx,
    verb: &str,
    object: Option<&str>,
    record: Option<Uuid>,
    change: Option<Uuid>,
    records: i64,
    detail: Option<Json>,
) -> Result<()> {
    let id = |it: Option<Uuid>| it.map_or(Value::Null, Value::Id);
    let row = vec![
        Value::DateTime(context.now),
        Value::Id(context.actor),
        Value::Text(context.actor_name.clone()),
        Value::Text(verb.to_owned()),
        object.map_or(Value::Null, |it| Value::Text(it.to_owned())),
        id(record),
        id(change),
        Value::Int(records),
        Value::Text(context.request_id.clone()),
        detail.map_or(Value::Null, |it| Value::Json(Box::new(it))),
    ];
    tx.insert(&Insert { table: AUDIT.clone(), columns: (1..=10).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
    Ok(())
}
