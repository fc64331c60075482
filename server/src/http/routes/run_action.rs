//! `POST .../actions/{action}`: an action on a record, on an object or on nothing.

use axum::extract::Path;
use guanxi_kernel::KernelError;
use guanxi_kernel::write::{act, dry_run_act};
use uuid::Uuid;

use super::dry_run::DryRun;
use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure, field_problems};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, SignedIn};

/// On one record.
pub async fn on_record(
    caller: Caller,
    Path((object, id, action)): Path<(String, String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller.write(body, move |signed_in, body| run(signed_in, &object, Some(record_id(&id)?), &action, body, dry)).await
}

/// On an object as a whole.
pub async fn on_object(caller: Caller, Path((object, action)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller.write(body, move |signed_in, body| run(signed_in, &object, None, &action, body, dry)).await
}

/// On nothing.
pub async fn on_nothing(caller: Caller, Path(action): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller.write(body, move |signed_in, body| run(signed_in, "", None, &action, body, dry)).await
}

fn run(signed_in: &SignedIn, object: &str, id: Option<Uuid>, action: &str, body: &JsonBody, dry: bool) -> Result<Answer, ApiError> {
    let (context, input) = (&signed_in.context, body.object()?);
    if !dry {
        return Answer::json(&act(context, object, id, action, &input)?);
    }
    let problems = match dry_run_act(context, object, id, action, &input) {
        Ok(()) => Vec::new(),
        Err(KernelError::Invalid(problems)) => problems,
        Err(other) => return Err(other.into()),
    };
    Answer::json(&DryRun { ok: problems.is_empty(), problems: field_problems(&problems, context.locale), record: None })
}
