//! `GET /files/{id}/preview`: what a text, a table or a presentation says.

use std::time::Duration;

use axum::extract::{Path, State};
use guanxi_kernel::files;
use guanxi_kernel::store::StoreExt as _;
use tokio::sync::Semaphore;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::{Answer, Caller, Query, Shared, file_bytes};
use crate::preview::{self, Way};

/// Files read at once: each may take as much memory as it is large, several times over.
static READING: Semaphore = Semaphore::const_new(3);
/// Longest wait for a place among them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads it.
pub async fn get(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let (number, sheet) = (query.value::<i64>("version")?, query.text("sheet"));
    query.finish()?;
    let content = caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let version = context.workspace.store.read_with(|tx| match number {
                Some(number) => files::version_of(context, tx, id, number),
                None => files::present_version(context, tx, id),
            })?;
            Ok(version.content)
        })
        .await?;
    let way = Way::of(&content.content_type).ok_or_else(preview::unsupported)?;
    if content.size > preview::LARGEST {
        return Err(preview::too_large().into());
    }
    let Ok(Ok(_place)) = tokio::time::timeout(PATIENCE, READING.acquire()).await else { return Err(ApiError::busy().into()) };
    let said = app
        .outside(move |app| file_bytes::open(app, &content, None).and_then(|bytes| preview::read(way, bytes, &content.name, sheet.as_deref())))
        .await??;
    Ok(Answer::json(&said)?)
}
