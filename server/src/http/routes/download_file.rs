//! `GET /files/{id}`: the bytes of a file, or of an older version of it.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use guanxi_kernel::files;
use guanxi_kernel::store::StoreExt as _;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::file_bytes::Sent;
use crate::http::{Caller, Query, Shared, transfers};

/// Sends a file, as an attachment unless it is a picture of a safe kind and `inline` is asked for.
pub async fn download(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiFailure> {
    let (inline, number) = (query.flag("inline")?, query.value::<i64>("version")?);
    query.finish()?;
    let place = transfers::begin()?;
    let version = caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            Ok(context.workspace.store.read_with(|tx| match number {
                Some(number) => files::version_of(context, tx, id, number),
                None => files::present_version(context, tx, id),
            })?)
        })
        .await?;
    let sent = app.outside(move |app| Sent::open(app, version.content, inline, &headers)).await??;
    Ok(sent.respond(place)?)
}
