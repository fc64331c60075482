//! `?dry_run=true`: what a request would do, without doing it.

use guanxi_kernel::KernelError;
use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::record_json;
use guanxi_kernel::schema::Field;
use guanxi_kernel::write::{Batch, Draft, plan_only};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::errors::{ApiError, FieldProblem, field_problems};
use crate::http::Answer;
use crate::openapi::AnyValues;

/// What a request would do.
#[derive(Serialize, JsonSchema)]
pub struct DryRun {
    /// Nothing is wrong with it.
    pub ok: bool,
    /// What is wrong; `row` says with which record where there are several.
    pub problems: Vec<FieldProblem>,
    /// The record as it would be, without what only the database knows; where there is only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AnyValues")]
    pub record: Option<Map<String, Json>>,
}

/// What a batch would do.
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
        let row = many.then_some(row);
        problems.extend(field_problems(&found, context.locale).into_iter().map(|it| FieldProblem { row, ..it }));
    }
    Answer::json(&DryRun { ok: problems.is_empty(), problems, record: record.filter(|_| !many) })
}

fn record_of(context: &Context, draft: &Draft) -> Map<String, Json> {
    let mut record = record_json(&draft.object, &draft.row);
    // What was covered before is not told by a plan that would make it the caller's.
    let row = draft.before.as_ref().map_or(&draft.row, |it| &it.row);
    let shown = |it: &Field| context.access.shown_of(&draft.object, it, Place::Record, row);
    record.retain(|name, _| draft.object.field(name).is_some_and(|it| shown(it) == Shown::Whole));
    record
}
