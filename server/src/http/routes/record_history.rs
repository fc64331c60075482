//! `GET /records/{object}/{id}/history`: who changed what and when, newest first.

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::object_of;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{history, openings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::{Actor, Change, Page};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// The history of a record.
pub async fn history(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    let (before, limit) = (query.value::<i64>("cursor")?, page_size(&query)?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let id = record_id(&id)?;
            let context = &openings::open(context, &object_of(context, &object)?, id)?;
            let (events, titles) = context.workspace.store.read_with(|tx| {
                let events = history::history(context, tx, &object, id, before, limit)?;
                let mut titles = Titles::default();
                titles.want_events(context, &events);
                titles.load(context, tx)?;
                Ok((events, titles))
            })?;
            let next_cursor = events.last().filter(|_| events.len() as u64 == limit).map(|it| it.seq.to_string());
            let items = events.iter().map(|it| entry(context, &titles, it)).collect();
            Answer::json(&Page { items, next_cursor })
        })
        .await
}

/// `limit`, 1-200, 50 where absent.
///
/// # Errors
/// Names the parameter.
pub fn page_size(query: &Query) -> Result<u64, ApiError> {
    Ok(u64::from(query.limit(50, 200)?))
}

/// One change of a record.
#[derive(Serialize, JsonSchema)]
pub struct HistoryEntry {
    /// Place in the order of the workspace.
    seq: i64,
    /// When.
    at: Timestamp,
    /// Who did it.
    actor: Actor,
    /// `object.verb_past`.
    kind: String,
    /// Version after.
    version: i64,
    /// The change it was part of.
    change_id: Uuid,
    /// Fields that changed.
    changes: Vec<Change>,
}

fn entry(context: &Context, titles: &Titles, event: &Event) -> HistoryEntry {
    HistoryEntry {
        seq: event.seq,
        at: event.at,
        actor: titles.actor(context, event.actor),
        kind: event.kind.clone(),
        version: event.version,
        change_id: event.change,
        changes: titles.changes(context, event),
    }
}
