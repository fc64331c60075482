//! `POST /changes/{id}/undo`: takes a change back.

use axum::extract::Path;
use guanxi_kernel::write::undo;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Undoes.
pub async fn undo_change(caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.write(body, move |signed_in, _| Answer::json(&undo(&signed_in.context, record_id(&id)?)?)).await
}
