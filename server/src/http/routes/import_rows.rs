//! `/imports/{id}/rows`: what is wrong with single rows, mended where they are.

use axum::extract::{Path as Segment, State};

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};
use crate::import::{self, Fate, Only, RowFix, RowsAsked};

/// Rows with something to tell.
pub async fn list(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    let only = query.text("only").unwrap_or_else(|| "problems".into());
    let only = Only::of(&only)
        .ok_or_else(|| ApiError::bad("bad_request", "only", "可选值：problems、fixed、left_out", "only is problems, fixed or left_out"))?;
    let asked = RowsAsked {
        only,
        after: query.value("after")?.unwrap_or_default(),
        limit: query.limit(50, 500)? as usize,
        field: query.text("field").filter(|it| !it.is_empty()),
        code: query.text("code").filter(|it| !it.is_empty()),
        // Empty is a key too: that of the main records.
        part: query.text("part"),
    };
    query.finish()?;
    caller.call(move |signed_in| Answer::json(&import::rows_page(&signed_in.context, record_id(&id)?, &asked)?)).await
}

/// Rows with the records they led to.
pub async fn records(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    let only = query.text("only").unwrap_or_else(|| "created".into());
    let only = Fate::named(&only)
        .ok_or_else(|| ApiError::bad("bad_request", "only", "可选值：created、updated、skipped", "only is created, updated or skipped"))?;
    let after = query.value("after")?.unwrap_or_default();
    let limit = query.limit(50, 500)? as usize;
    query.finish()?;
    caller.call(move |signed_in| Answer::json(&import::records_page(&signed_in.context, record_id(&id)?, only, after, limit)?)).await
}

/// Changes cells of a row, or leaves it out.
pub async fn fix(
    State(app): State<Shared>,
    caller: Caller,
    Segment((id, row)): Segment<(String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .write(body, move |signed_in, body| {
            let it = import::load(&signed_in.context, record_id(&id)?)?;
            let (row, fix) = (row_number(&row)?, body.read::<RowFix>()?);
            Answer::json(&import::fix(&signed_in.context, &folder, it.id, row, Some(&fix))?)
        })
        .await
}

/// Puts a row back to what the file says.
pub async fn reset(
    State(app): State<Shared>,
    caller: Caller,
    Segment((id, row)): Segment<(String, String)>,
    query: Query,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .call(move |signed_in| {
            let it = import::load(&signed_in.context, record_id(&id)?)?;
            Answer::json(&import::fix(&signed_in.context, &folder, it.id, row_number(&row)?, None)?)
        })
        .await
}

fn row_number(text: &str) -> Result<u64, ApiError> {
    let wrong = || ApiError::bad("bad_request", "row", "行号应为正整数", "a row is its number in the file, from 1");
    text.parse().ok().filter(|it| (1..=i64::MAX as u64).contains(it)).ok_or_else(wrong)
}
