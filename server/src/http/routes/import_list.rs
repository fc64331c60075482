//! `GET /imports`: what was imported, and what is about to be.

use jiff::Timestamp;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Page;
use crate::http::{Answer, Caller, Query};
use crate::import::{self, Import, ImportState, Listing};

/// Imports, newest first.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let wrong =
        || ApiError::bad("bad_request", "state", "没有这种导入状态", "state is uploaded, planned, running, paused, done, failed or cancelled");
    let state = query.text("state").map(|it| ImportState::of(&it).ok_or_else(wrong)).transpose()?;
    let asked = Listing {
        object: query.text("object").filter(|it| !it.is_empty()),
        state,
        group: query.value("group")?,
        schedule: query.value("schedule")?,
        before: query.text("cursor").map(|it| place_of(&it)).transpose()?,
        limit: query.limit(50, 200)? as usize,
    };
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (items, next) = import::list(context, &asked)?;
            let next_cursor = next.map(cursor_of);
            Answer::json(&Page { items: Import::told_all(items, context)?, next_cursor })
        })
        .await
}

/// Of the last one of a page: its moment and id.
pub fn cursor_of((at, id): (Timestamp, Uuid)) -> String {
    format!("{}-{}", at.as_microsecond(), id.simple())
}

/// What a cursor says.
///
/// # Errors
/// `bad_cursor`.
pub fn place_of(cursor: &str) -> Result<(Timestamp, Uuid), ApiError> {
    let read = || {
        let (at, id) = cursor.split_once('-')?;
        Some((Timestamp::from_microsecond(at.parse().ok()?).ok()?, Uuid::try_parse(id).ok()?))
    };
    read().ok_or_else(|| {
        ApiError::bad("bad_cursor", "cursor", "翻页标记无效，请从第一页重新开始", "the cursor is not one of ours; begin with the first page again")
    })
}
