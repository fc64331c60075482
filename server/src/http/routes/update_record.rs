//! `PATCH /records/{object}/{id}`: a change of the fields named.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, header};
use guanxi_kernel::read;
use guanxi_kernel::write::{Operation, PlanOptions};

use super::create_record::{execute_one, one, saved};
use super::dry_run;
use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Changes.
pub async fn update(
    caller: Caller,
    Path((object, id)): Path<(String, String)>,
    query: Query,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    let options = PlanOptions { expected_version: expected_version(&headers)?, merge: prefers_merge(&headers), ..PlanOptions::default() };
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let batch = one(&object, Operation::Update { id: record_id(&id)?, values: body.object()?, options }, "update");
            if dry {
                return dry_run::answer(context, &batch);
            }
            Ok(saved(context, &object, execute_one(context, &batch)?)?)
        })
        .await
}

/// The version in `If-Match: "3"`.
fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse().ok().filter(|it| *it > 0);
    version
        .map(Some)
        .ok_or_else(|| ApiError::bad("bad_request", "If-Match", "应为记录的版本号，例如 \"3\"", "must be the version of the record, as in \"3\""))
}

fn prefers_merge(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all(HeaderName::from_static("prefer"));
    preferences.iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(',')).any(|it| it.trim() == "merge")
}
