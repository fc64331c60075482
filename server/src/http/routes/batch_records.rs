//! `POST /records/{object}/batch`: up to 10,000 changes, all or nothing or row by row.

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::write::{Batch, BatchMode, BatchResult, Operation, Outcome, PlanOptions, execute};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::dry_run;
use crate::errors::{ApiFailure, Problem, problem};
use crate::http::body::LargeJsonBody;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyValues;

/// Many changes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// What becomes of the others when one cannot be carried out.
    mode: Mode,
    /// In order, at most 10,000.
    #[schemars(length(max = 10_000))]
    operations: Vec<BatchOperation>,
}

/// What becomes of the others when one change cannot be carried out.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BatchMode")]
enum Mode {
    /// Nothing is changed.
    AllOrNothing,
    /// Each stands for itself.
    RowByRow,
}

/// One change of a batch.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum BatchOperation {
    /// A new record.
    Create {
        /// Its fields.
        #[schemars(with = "AnyValues")]
        values: Map<String, Json>,
    },
    /// Other values of a record.
    Update {
        /// The record.
        id: Uuid,
        /// The version the change is based on; whatever it is where absent.
        version: Option<i64>,
        /// The fields that change.
        #[schemars(with = "AnyValues")]
        values: Map<String, Json>,
    },
    /// To the recycle bin.
    Delete {
        /// The record.
        id: Uuid,
    },
    /// Back from the recycle bin.
    Restore {
        /// The record.
        id: Uuid,
    },
}

impl BatchOperation {
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
            let request: BatchRequest = body.read()?;
            let mode = match request.mode {
                Mode::AllOrNothing => BatchMode::AllOrNothing,
                Mode::RowByRow => BatchMode::RowByRow,
            };
            let operations = request.operations.into_iter().map(BatchOperation::operation).collect();
            let batch = Batch { object, operations, mode, verb: "batch", change: None };
            if dry {
                return dry_run::answer(context, &batch);
            }
            Answer::json(&told(context, execute(context, &batch)?))
        })
        .await
}

/// What became of a batch.
#[derive(Serialize, JsonSchema)]
pub struct BatchAnswer {
    /// The change all of it is; undo it to take all of it back.
    change_id: Uuid,
    /// In the order of the operations.
    results: Vec<BatchRow>,
    /// Changes carried out.
    succeeded: usize,
    /// Changes that were not.
    failed: usize,
}

/// What became of one operation.
#[derive(Serialize, JsonSchema)]
struct BatchRow {
    /// Which operation, from 0.
    index: usize,
    /// The record.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// Its version now.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// Why it was not carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

fn told(context: &Context, result: BatchResult) -> BatchAnswer {
    let (succeeded, total) = (result.succeeded(), result.results.len());
    let row = |(index, outcome): (usize, guanxi_kernel::Result<Outcome>)| match outcome {
        Ok(it) => BatchRow { index, id: Some(it.id), version: Some(it.version).filter(|it| *it > 0), problem: None },
        Err(error) => BatchRow { index, id: None, version: None, problem: Some(problem(&error.into(), context.locale, &context.request_id)) },
    };
    let results = result.results.into_iter().enumerate().map(row).collect();
    BatchAnswer { change_id: result.change, results, succeeded, failed: total - succeeded }
}
