//! Looking with a member's rights, for administrators.

use axum::extract::Path;
use guanxi_kernel::identity;
use uuid::Uuid;

use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query};

/// From now on the session sees what the member sees, and changes nothing.
pub async fn begin(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            identity::begin_view(&signed_in.context, signed_in.require_session()?, id)?;
            // Streams of this session look and find other rights.
            signed_in.context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}

/// The session is its holder's own again.
pub async fn end(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .himself()
        .call(|signed_in| {
            identity::end_view(&signed_in.context, signed_in.require_session()?)?;
            signed_in.context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}
