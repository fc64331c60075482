//! `GET /jobs`, `POST /jobs/retry`, `POST /jobs/{id}/retry`: the job queue, for administrators.

use axum::extract::Path;
use guanxi_kernel::jobs::{self, Job, JobsAsked};
use guanxi_kernel::schedule::{ScheduledJob, scheduled};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Where the next page begins; null on the last.
    next_cursor: Option<String>,
    /// What runs on a schedule, by when it is due.
    scheduled: Vec<ScheduledJob>,
}

/// Jobs, newest first, and what is scheduled.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let asked = JobsAsked { state: query.text("state"), kind: query.text("kind").filter(|it| !it.is_empty()), before: query.value("cursor")? };
    let limit = page_size(&query)?;
    query.finish()?;
    if asked.state.as_deref().is_some_and(|it| !jobs::STATES.contains(&it)) {
        return Err(ApiError::bad("bad_request", "state", "可选值：waiting、running、done、dead", "state is waiting, running, done or dead").into());
    }
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let read = |tx: &mut dyn ReadTx| Ok((jobs::page(context, tx, &asked, limit + 1)?, scheduled(context, tx)?));
            let (mut items, scheduled) = context.workspace.store.read_with(read)?;
            let more = items.len() as u64 > limit;
            items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let next_cursor = items.last().filter(|_| more).map(|it| it.id.to_string());
            Answer::json(&JobQueue { items, next_cursor, scheduled })
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

/// Which dead jobs are tried again.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JobsToRetry {
    /// Those of this kind; all where absent.
    kind: Option<String>,
}

/// How many are tried again.
#[derive(Serialize, JsonSchema)]
pub struct JobsRetried {
    /// Jobs.
    retried: u64,
}

/// Gives all dead jobs, or those of a kind, another chance.
pub async fn retry_all(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let asked: JobsToRetry = body.read()?;
            Answer::json(&JobsRetried { retried: jobs::retry_all(&signed_in.context, asked.kind.as_deref())? })
        })
        .await
}
