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
/// How far back a version is given back.
pub const MAX_VERSION_DISTANCE: u64 = 10_000;
/// Events read at once.
const AT_ONCE: u64 = 500;

/// The fields changed after a version, with what they held in it; `None` where the log no longer tells, or too much came since.
pub fn fields_changed_since(tx: &mut dyn ReadTx, record: Uuid, version: i64) -> Result<Option<BTreeMap<String, Json>>> {
    changed_within(tx, record, version, MAX_MERGE_DISTANCE)
}

/// The same for giving a version back, which may lie far behind: up to [`MAX_VERSION_DISTANCE`] events.
pub fn fields_of_version(tx: &mut dyn ReadTx, record: Uuid, version: i64) -> Result<Option<BTreeMap<String, Json>>> {
    changed_within(tx, record, version, MAX_VERSION_DISTANCE)
}

fn changed_within(tx: &mut dyn ReadTx, record: Uuid, version: i64, most: u64) -> Result<Option<BTreeMap<String, Json>>> {
    let (mut held, mut read) = (BTreeMap::new(), 0);
    let (mut before, mut oldest, mut is_end) = (None, i64::MAX, false);
    // Two events may be of one version: only one that is older tells that all of them were seen.
    while read < most && oldest > version && !is_end {
        let wanted = AT_ONCE.min(most - read);
        let events = events_of_record(tx, record, before, wanted)?;
        let count = events.len() as u64;
        (read, is_end) = (read + count, count < wanted);
        // Newest first: what the oldest change found is what the version held.
        for event in events {
            (before, oldest) = (Some(event.seq), event.version);
            if event.version > version {
                held.extend(event.changes.into_iter().map(|(name, pair)| (name, pair.get(0).cloned().unwrap_or_default())));
            }
        }
    }
    let reaches = oldest <= version || (is_end && oldest == version + 1);
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
