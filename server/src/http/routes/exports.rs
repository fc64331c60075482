//! `/exports`: files that are made in the background, each its member's own.

use axum::extract::{Path as Segment, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::get_record::record_id;
use super::import_list::{cursor_of, place_of};
use crate::errors::ApiFailure;
use crate::export::{self, ExportAsked};
use crate::http::body::{JsonBody, LargeJsonBody};
use crate::http::file_bytes::Sent;
use crate::http::parts::Page;
use crate::http::{Answer, Caller, Query, Shared, transfers};

/// Begins one. It is for members themselves: it goes on with all their rights, of which a key may have less.
pub async fn begin(caller: Caller, query: Query, body: LargeJsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body.0, move |signed_in, body| {
            signed_in.require_session()?;
            let begun = export::begin_run(&signed_in.context, body.read::<ExportAsked>()?)?;
            Ok(Answer::json(&begun.told(&signed_in.context))?.with_status(StatusCode::ACCEPTED))
        })
        .await
}

/// The caller's own, the latest first.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let before = query.text("cursor").map(|it| place_of(&it)).transpose()?;
    let limit = query.limit(50, 200)? as usize;
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            let (items, next) = export::list(context, before, limit)?;
            Answer::json(&Page { items: items.into_iter().map(|it| it.told(context)).collect(), next_cursor: next.map(cursor_of) })
        })
        .await
}

/// How far one has come.
pub async fn get(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            Answer::json(&export::load(&signed_in.context, record_id(&id)?)?.told(&signed_in.context))
        })
        .await
}

/// Ends one, and takes its file away.
pub async fn cancel(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            signed_in.require_session()?;
            Answer::json(&export::cancel(&signed_in.context, record_id(&id)?)?.told(&signed_in.context))
        })
        .await
}

/// The file of one.
pub async fn file(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiFailure> {
    query.finish()?;
    let place = transfers::begin()?;
    let content = caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            Ok(export::fetch(&signed_in.context, record_id(&id)?)?)
        })
        .await?;
    let sent = app.outside(move |app| Sent::open(app, content, false, &headers)).await??;
    Ok(sent.respond(place)?)
}
