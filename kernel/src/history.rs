//! Field history: the event log read by record.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::access::{Place, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{Event, events_of_record, visible};
use crate::read::{load_record, object_of};
use crate::schema::Object;
use crate::store::ReadTx;

/// How far back a merge looks.
const MAX_MERGE_DISTANCE: u64 = 100;

/// Names of the fields changed after a version; `None` where the log no longer tells.
pub fn fields_changed_since(tx: &mut dyn ReadTx, record: Uuid, version: i64) -> Result<Option<BTreeSet<String>>> {
    let events = events_of_record(tx, record, None, MAX_MERGE_DISTANCE)?;
    let reaches = events.last().is_some_and(|it| it.version <= version + 1);
    let later = events.into_iter().filter(|it| it.version > version);
    Ok(reaches.then(|| later.flat_map(|it| it.changes.into_iter().map(|(name, _)| name)).collect()))
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
