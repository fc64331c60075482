//! `GET /imports/mappings?object=`: mappings that can be used again.

use axum::extract::State;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, Shared};
use crate::import;

/// The caller's own, those shared with him, and those for the exports of other systems.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let object = query.text("object");
    let import: Option<Uuid> = query.value("import")?;
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = object.as_deref().ok_or_else(|| ApiError::bad("bad_request", "object", "请指定对象", "name the object"))?;
            let object = read::object_of(context, object)?;
            context.access.require(&object, Verb::Import)?;
            let headers = match import {
                Some(id) => Some(import::headers_of(&import::load(context, id)?, &folder).map_err(|error| import::file_error(&error))?),
                None => None,
            };
            Answer::json(&Items { items: import::known_mappings(context, &object, headers.as_deref())? })
        })
        .await
}
