//! `GET /jobs`, `POST /jobs/{id}/retry`: the job queue, for administrators.

use axum::extract::Path;
use guanxi_kernel::jobs::{self, Job};
use guanxi_kernel::schedule::{ScheduledJob, scheduled};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use schemars::JsonSchema;
use serde::Serialize;

use super::get_record::record_id;
use super::record_history::page_size;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// The job queue.
#[derive(Serialize, JsonSchema)]
pub struct JobQueue {
    /// Jobs, newest first.
    items: Vec<Job>,
    /// What runs on a schedule, by when it is due.
    scheduled: Vec<ScheduledJob>,
}

/// Jobs, newest first, and what is scheduled.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let (state, limit) = (query.text("state"), page_size(&query)?);
    query.finish()?;
    if state.as_deref().is_some_and(|it| !jobs::STATES.contains(&it)) {
        return Err(ApiError::bad("bad_request", "state", "可选值：waiting、running、done、dead", "state is waiting, running, done or dead").into());
    }
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let read = |tx: &mut dyn ReadTx| Ok((jobs::list(context, tx, state.as_deref(), limit)?, scheduled(context, tx)?));
            let (items, scheduled) = context.workspace.store.read_with(read)?;
            Answer::json(&JobQueue { items, scheduled })
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
