//! `POST /records/{object}/batch`: up to 10,000 changes, all or nothing or row by row.

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::write::{Batch, BatchMode, BatchResult, Operation, PlanOptions, execute};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::dry_run;
use crate::errors::{ApiFailure, problem_json};
use crate::http::body::LargeJsonBody;
use crate::http::{Answer, Caller, Query};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    mode: Mode,
    operations: Vec<Change>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    AllOrNothing,
    RowByRow,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Create { values: Map<String, Json> },
    Update { id: Uuid, version: Option<i64>, values: Map<String, Json> },
    Delete { id: Uuid },
    Restore { id: Uuid },
}

impl Change {
    fn operation(self) -> Operation {
        match self {
            Self::Create { values } => Operation::Create { values },
            Self::Update { id, version, values } => {
                Operation::Update { id, values, options: PlanOptions { expected_version: version, ..PlanOptions::default() } }
            }
            Self::Delete { id } => Operation::Delete { id },
            Self::Restore { id } => Operation::Restore { id },
        }
    }
}

/// Carries many changes out.
pub async fn batch(caller: Caller, Path(object): Path<String>, query: Query, body: LargeJsonBody) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller
        .write(body.0, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let request: Request = body.read()?;
            let mode = match request.mode {
                Mode::AllOrNothing => BatchMode::AllOrNothing,
                Mode::RowByRow => BatchMode::RowByRow,
            };
            let operations = request.operations.into_iter().map(Change::operation).collect();
            let batch = Batch { object, operations, mode, verb: "batch", change: None };
            if dry {
                return dry_run::answer(context, &batch);
            }
            Ok(Answer::json(&results_json(context, execute(context, &batch)?)))
        })
        .await
}

fn results_json(context: &Context, result: BatchResult) -> Json {
    let (succeeded, total) = (result.succeeded(), result.results.len());
    let rows: Vec<Json> = result
        .results
        .into_iter()
        .enumerate()
        .map(|(index, outcome)| match outcome {
            Ok(it) if it.version > 0 => json!({ "index": index, "id": it.id, "version": it.version }),
            Ok(it) => json!({ "index": index, "id": it.id }),
            Err(error) => json!({ "index": index, "problem": problem_json(&error.into(), context.locale, &context.request_id) }),
        })
        .collect();
    json!({ "change_id": result.change, "results": rows, "succeeded": succeeded, "failed": total - succeeded })
}
