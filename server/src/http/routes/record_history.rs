//! `GET /records/{object}/{id}/history`: who changed what and when, newest first.

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::history;
use guanxi_kernel::store::StoreExt as _;
use serde_json::{Value as Json, json};

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
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
            let (events, titles) = context.workspace.store.read_with(|tx| {
                let events = history::history(context, tx, &object, id, before, limit)?;
                let mut titles = Titles::default();
                titles.want_events(context, &events);
                titles.load(context, tx)?;
                Ok((events, titles))
            })?;
            let next = events.last().filter(|_| events.len() as u64 == limit).map(|it| it.seq.to_string());
            let items: Vec<Json> = events.iter().map(|it| entry(context, &titles, it)).collect();
            Ok(Answer::json(&json!({ "items": items, "next_cursor": next })))
        })
        .await
}

/// `limit`, 1-200, 50 where absent.
///
/// # Errors
/// Names the parameter.
pub fn page_size(query: &Query) -> Result<u64, ApiError> {
    let limit = query.value::<u64>("limit")?.unwrap_or(50);
    if (1..=200).contains(&limit) { Ok(limit) } else { Err(ApiError::bad("bad_request", "limit", "每页1到200条", "limit is 1 to 200")) }
}

fn entry(context: &Context, titles: &Titles, event: &Event) -> Json {
    json!({
        "seq": event.seq, "at": event.at, "actor": titles.actor(context, event.actor), "kind": event.kind, "version": event.version,
        "change_id": event.change, "changes": titles.changes(context, event),
    })
}
