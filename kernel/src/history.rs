//! Field history: the event log read by record.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use uuid::Uuid;

use crate::access::{Place, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{Event, events_of_record, visible};
use crate::read::{load_record, object_of};
use crate::schema::{Field, Object};
use crate::store::ReadTx;

/// How far back a merge looks.
const MAX_MERGE_DISTANCE: u64 = 100;

/// The fields changed after a version, with what they held in it; `None` where the log no longer tells.
pub fn fields_changed_since(tx: &mut dyn ReadTx, record: Uuid, version: i64) -> Result<Option<BTreeMap<String, Json>>> {
    let events = events_of_record(tx, record, None, MAX_MERGE_DISTANCE)?;
    let reaches = events.last().is_some_and(|it| it.version <= version + 1);
    let mut held = BTreeMap::new();
    // Newest first: what the oldest change found is what the version held.
    for event in events.into_iter().filter(|it| it.version > version) {
        held.extend(event.changes.into_iter().map(|(name, pair)| (name, pair.get(0).cloned().unwrap_or_default())));
    }
    Ok(reaches.then_some(held))
}

/// A field's value as history has it, with the names of what it refers to as far as the caller may see them.
pub fn with_labels(context: &Context, tx: &mut dyn ReadTx, field: &Field, value: &Json) -> Result<Json> {
    let Some(target) = field.target.as_deref().and_then(|it| context.schema.object(it)) else { return Ok(value.clone()) };
    let mut named = |value: &Json| -> Result<Json> {
        let id = value.as_str().or_else(|| value.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok());
        let Some(id) = id else { return Ok(Json::Null) };
        let record = load_record(context, tx, target, id, Verb::Read, true)?;
        let label = record.and_then(|it| it.text_for(context, target.title_field().name()));
        Ok(serde_json::json!({ "id": id, "label": label }))
    };
    match value {
        Json::Array(items) => items.iter().map(named).collect::<Result<Vec<_>>>().map(Json::Array),
        one => named(one),
    }
}

/// Fails unless what became of a record is the caller's to see: a live one he may read, one in the bin that is his to
/// restore.
///
/// # Errors
/// Not found.
pub fn require_record(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<()> {
    if load_record(context, tx, object, id, Verb::Read, false)?.is_none() {
        load_record(context, tx, object, id, Verb::Restore, true)?.ok_or(KernelError::NotFound)?;
    }
    Ok(())
}

/// The history of a record as the caller may see it, newest first.
pub fn history(context: &Context, tx: &mut dyn ReadTx, object: &str, id: Uuid, before: Option<i64>, limit: u64) -> Result<Vec<Event>> {
    let object = object_of(context, object)?;
    require_record(context, tx, &object, id)?;
    let events = events_of_record(tx, id, before, limit)?;
    visible(context, tx, events, Place::Record)
}
