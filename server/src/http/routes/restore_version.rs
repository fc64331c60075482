//! `POST /records/{object}/{id}/versions/{version}/restore`: what a record held before, given back.

use axum::extract::Path;
use guanxi_kernel::write::restore_version;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

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
            Answer::json(&restore_version(&signed_in.context, &object, record_id(&id)?, version)?)
        })
        .await
}
