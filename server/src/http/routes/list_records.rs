//! `GET /records/{object}`: one page of records.

use axum::extract::Path;
use guanxi_kernel::read::{self, CountMode, Deleted, ListRequest, MAX_LIMIT};
use guanxi_kernel::store::StoreExt as _;
use serde_json::json;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::{Answer, Caller, Query};
use crate::import;

/// Lists.
pub async fn list(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let asked = request(&query)?;
    let imported_by = query.text("imported_by").filter(|it| !it.is_empty());
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let mut request = asked.clone();
            if let Some(id) = &imported_by {
                // Whose import it is may know what came with it; nil is a change that never was.
                request.change = Some(import::load(context, record_id(id)?)?.data.change_id.unwrap_or_default());
            }
            let page = context.workspace.store.read_with(|tx| read::list(context, tx, &object, &request))?;
            let mut body = String::with_capacity(page.items.len() + 128);
            body.push_str("{\"items\":");
            body.push_str(&page.items);
            body.push_str(",\"next_cursor\":");
            body.push_str(&json!(page.next_cursor).to_string());
            if let Some(count) = page.count {
                body.push_str(",\"count\":");
                body.push_str(&json!(count).to_string());
            }
            body.push('}');
            Ok(Answer::ok(body))
        })
        .await
}

/// The parameters of a list.
///
/// # Errors
/// Names the parameter that is wrong.
pub fn request(query: &Query) -> Result<ListRequest, ApiError> {
    let limit = query.limit(50, MAX_LIMIT)?;
    let count = match query.text("count").as_deref() {
        None | Some("none") => CountMode::None,
        Some("capped") => CountMode::Capped,
        Some("exact") => CountMode::Exact,
        Some(_) => return Err(ApiError::bad("bad_request", "count", "可选值：capped、exact、none", "count is capped, exact or none")),
    };
    let deleted = match query.text("deleted").as_deref() {
        None => Deleted::Without,
        Some("only") => Deleted::Only,
        Some(_) => return Err(ApiError::bad("bad_request", "deleted", "可选值：only", "deleted is only")),
    };
    Ok(ListRequest {
        filter: query.text("filter"),
        sort: query.text("sort"),
        fields: query.list("fields"),
        limit,
        cursor: query.text("cursor").filter(|it| !it.is_empty()),
        count,
        deleted,
        words: query.text("q"),
        ..ListRequest::default()
    })
}
