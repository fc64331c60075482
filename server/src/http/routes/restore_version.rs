//! `POST /records/{object}/{id}/versions/{version}/restore`: what a record held before, given back.

use axum::extract::Path;
use guanxi_kernel::write::restore_version;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure, FieldProblem, field_problems};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// What became of it.
#[derive(Serialize, JsonSchema)]
pub struct RestoredVersion {
    /// The change that gave the values back: undo it to have the later ones again.
    change_id: Uuid,
    /// The record's version now.
    version: i64,
    /// Fields that hold what they held then.
    fields: Vec<String>,
    /// Fields that changed since and stay: they are computed, not the caller's to change, or cannot hold that today.
    left: Vec<String>,
    /// Why fields that could be set are left.
    problems: Vec<FieldProblem>,
}

/// Restores.
pub async fn restore(
    caller: Caller,
    Path((object, id, version)): Path<(String, String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let version: i64 = version.parse().map_err(|_| ApiError::from(guanxi_kernel::KernelError::NotFound))?;
            let done = restore_version(&signed_in.context, &object, record_id(&id)?, version)?;
            let problems = field_problems(&done.problems, signed_in.context.locale);
            Answer::json(&RestoredVersion { change_id: done.change, version: done.version, fields: done.fields, left: done.left, problems })
        })
        .await
}
