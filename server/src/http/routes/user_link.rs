//! `POST /users/{id}/link`, `DELETE /users/{id}/link`, `GET /users/waiting`: an administrator lets a member choose his
//! password: the first one of a new member, another one of who has forgotten his.

use axum::extract::{Path, State};
use guanxi_kernel::identity;
use guanxi_kernel::mail as queue;
use guanxi_kernel::store::StoreExt as _;
use serde_json::json;
use uuid::Uuid;

use crate::auth::link_path;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::ApiFailure;
use crate::http::{Answer, Caller, Query, Shared};
use crate::mail::mail_link;

/// Members who have no password yet.
pub async fn waiting(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let waiting = context.workspace.store.read_with(|tx| identity::members_waiting(context, tx))?;
            Ok(Answer::json(&json!({ "items": waiting })))
        })
        .await
}

/// Sends the link by mail. Where mail is not configured it is in this answer and nowhere else, to be handed over; it is
/// not under an idempotency key, since answers kept would hold it.
pub async fn make(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            context.require_proof()?;
            if queue::is_configured(context) {
                let kind = mail_link(context, id)?;
                return Ok(Answer::json(&json!({ "kind": kind, "mailed": true, "path": null, "url": null, "expires_at": null })));
            }
            let kind = identity::link_wanted(context, id)?;
            let token = random_token(app.workspaces.ids().as_ref());
            let link = identity::make_link(context, id, kind, &sha256_hex(token.as_bytes()))?;
            let path = link_path(&context.workspace.id, kind, &token);
            let url = app.settings.public_url.as_ref().map(|it| format!("{it}{path}"));
            Ok(Answer::json(&json!({ "kind": kind, "mailed": false, "path": path, "url": url, "expires_at": link.expires_at })))
        })
        .await
}

/// Makes the link void.
pub async fn revoke(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            identity::revoke_links(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}
