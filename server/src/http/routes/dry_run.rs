//! `?dry_run=true`: what a request would do, without doing it.

use guanxi_kernel::KernelError;
use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::record_json;
use guanxi_kernel::write::{Batch, Draft, plan_only};
use serde_json::{Map, Value as Json, json};

use crate::errors::{ApiError, field_errors_json};
use crate::http::Answer;

/// `{ok, problems, record?}`; the record where there is only one.
///
/// # Errors
/// What is wrong with the request as a whole.
pub fn answer(context: &Context, batch: &Batch) -> Result<Answer, ApiError> {
    let many = batch.operations.len() > 1;
    let mut problems = Vec::new();
    let mut record = None;
    for (row, draft) in plan_only(context, batch)?.into_iter().enumerate() {
        let found = match draft {
            Ok(draft) => {
                record = Some(record_of(context, &draft));
                draft.problems
            }
            Err(KernelError::Invalid(problems)) => problems,
            Err(other) => return Err(other.into()),
        };
        if let Json::Array(items) = field_errors_json(&found, context.locale) {
            problems.extend(items.into_iter().map(|it| if many { with_row(it, row) } else { it }));
        }
    }
    let mut answer = json!({ "ok": problems.is_empty(), "problems": problems });
    if let (false, Some(record), Some(map)) = (many, record, answer.as_object_mut()) {
        map.insert("record".into(), Json::Object(record));
    }
    Ok(Answer::json(&answer))
}

fn with_row(mut problem: Json, row: usize) -> Json {
    if let Some(map) = problem.as_object_mut() {
        map.insert("row".into(), json!(row));
    }
    problem
}

fn record_of(context: &Context, draft: &Draft) -> Map<String, Json> {
    let mut record = record_json(&draft.object, &draft.row);
    record.retain(|name, _| draft.object.field(name).is_some_and(|it| context.access.shown(&draft.object, it, Place::Record) == Shown::Whole));
    record
}
