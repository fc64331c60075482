//! `GET /jobs`, `POST /jobs/{id}/retry`: the job queue, for administrators.

use axum::extract::Path;
use guanxi_kernel::jobs;
use guanxi_kernel::store::StoreExt as _;

use super::get_record::record_id;
use super::record_history::page_size;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query};

/// Jobs, newest first.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let (state, limit) = (query.text("state"), page_size(&query)?);
    query.finish()?;
    if state.as_deref().is_some_and(|it| !jobs::STATES.contains(&it)) {
        return Err(ApiError::bad("bad_request", "state", "可选值：waiting、running、done、dead", "state is waiting, running, done or dead").into());
    }
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let items = context.workspace.store.read_with(|tx| jobs::list(context, tx, state.as_deref(), limit))?;
            Answer::json(&Items { items })
        })
        .await
}

/// Gives a dead job another chance.
pub async fn retry(caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            jobs::retry(&signed_in.context, record_id(&id)?)?;
            Ok(Answer::empty())
        })
        .await
}
