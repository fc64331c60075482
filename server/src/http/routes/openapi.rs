//! `GET /openapi.json`: the API in machine-readable form, as far as the caller may know of it.

use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};
use crate::openapi::{Source, document};

/// The document.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let source = Source { schema: &context.schema, registry: &context.workspace.registry, access: &context.access };
            Answer::json(&document(&source))
        })
        .await
}
