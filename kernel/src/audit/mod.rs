//! The audit log: one row per operation, in the same transaction. Append-only: nothing in the engine changes a row, and
//! only what is older than the workspace keeps it is forgotten ([`prune`]).
//!
//! Each row carries the hash of itself and the row before, so that a row changed or taken out from outside breaks the
//! chain where it stood ([`verify`]).

mod chain;
mod prune;
mod search;

use guanxi_expr::Value;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::store::{Insert, OnConflict, WriteTx};
use crate::system_tables::AUDIT;

pub use chain::{Verification, verify};
pub use prune::prune;
pub use search::{AuditEntry, AuditPage, AuditRequest, following, list};

const AT: usize = 1;
const ACTOR: usize = 2;
const ACTOR_NAME: usize = 3;
const VERB: usize = 4;
const OBJECT: usize = 5;
const RECORD: usize = 6;
const DETAIL: usize = 10;
const HASH: usize = 11;
/// In the detail of what was done with an API key: the name of the key.
pub(crate) const AGENT: &str = "api_key";
/// The verb of the row that tells of forgotten ones.
const PRUNED: &str = "prune_audit";

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
    // Who looks with somebody's rights is the one who did it.
    let (actor, name, detail) = match &context.viewer {
        Some(viewer) => (viewer.id, &viewer.name, Some(json!({ "viewed_as": context.actor, "detail": detail }))),
        None => (context.actor, &context.actor_name, detail),
    };
    let detail = match &context.agent {
        Some(key) => Some(with_agent(key, detail)),
        None => detail,
    };
    let row = vec![
        Value::DateTime(context.now),
        Value::Id(actor),
        Value::Text(name.clone()),
        Value::Text(verb.to_owned()),
        object.map_or(Value::Null, |it| Value::Text(it.to_owned())),
        id(record),
        id(change),
        Value::Int(records),
        Value::Text(context.request_id.clone()),
        detail.map_or(Value::Null, |it| Value::Json(Box::new(it))),
    ];
    // The lock of the event log: rows follow each other in the order of commit on every node.
    tx.serialise("events")?;
    let text = chain::text_of(&row);
    let insert = Insert { table: AUDIT.clone(), columns: (AT..=DETAIL).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
    Ok(tx.insert_chained(&insert, HASH, &text)?)
}

/// The detail of a row, with the key it was done with.
fn with_agent(key: &str, detail: Option<Json>) -> Json {
    match detail {
        Some(Json::Object(mut told)) => {
            told.insert(AGENT.to_owned(), json!(key));
            Json::Object(told)
        }
        Some(other) => json!({ AGENT: key, "detail": other }),
        None => json!({ AGENT: key }),
    }
}
