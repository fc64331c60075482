//! `GET /records/{object}/aggregate`: groups and measures.

use axum::extract::Path;
use guanxi_kernel::read::{self, AggregateRequest, MAX_GROUPS};
use guanxi_kernel::store::StoreExt as _;

use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// Groups.
pub async fn aggregate(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let request = AggregateRequest {
        group_by: query.list("group_by").unwrap_or_default(),
        measures: query.list("measures").unwrap_or_else(|| vec!["count".into()]),
        filter: query.text("filter"),
        words: query.text("q"),
        limit: Some(query.limit(MAX_GROUPS, MAX_GROUPS)?),
    };
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let answer = context.workspace.store.read_with(|tx| read::aggregate(context, tx, &object, &request))?;
            Answer::json(&answer)
        })
        .await
}
