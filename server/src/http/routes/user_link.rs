//! `POST /users/{id}/link`, `DELETE /users/{id}/link`, `GET /users/waiting`: an administrator lets a member choose his
//! password: the first one of a new member, another one of who has forgotten his.

use axum::extract::{Path, State};
use guanxi_kernel::identity::{self, LinkKind};
use guanxi_kernel::mail as queue;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::link_path;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::ApiFailure;
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, Shared};
use crate::mail::mail_link;

/// Members who have no password yet.
pub async fn waiting(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            let items = context.workspace.store.read_with(|tx| identity::members_waiting(context, tx))?;
            Answer::json(&Items { items })
        })
        .await
}

/// A link for a member.
#[derive(Serialize, JsonSchema)]
pub struct MadeLink {
    /// What it is for.
    kind: LinkKind,
    /// It was sent; there is nothing to be handed over.
    mailed: bool,
    /// Where it leads on this server. It is not told again.
    path: Option<String>,
    /// The whole address, where this server knows its own.
    url: Option<String>,
    /// When it becomes void.
    expires_at: Option<Timestamp>,
}

/// Sends the link by mail. Where mail is not configured it is in this answer and nowhere else, to be handed over; it is
/// not under an idempotency key, since answers kept would hold it.
pub async fn make(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            identity::require_manager_of(context, id)?;
            context.require_proof()?;
            if queue::is_configured(context) {
                let kind = mail_link(context, id)?;
                return Answer::json(&MadeLink { kind, mailed: true, path: None, url: None, expires_at: None });
            }
            let kind = identity::link_wanted(context, id)?;
            let token = random_token(app.workspaces.ids().as_ref());
            let link = identity::make_link(context, id, kind, &sha256_hex(token.as_bytes()))?;
            let path = link_path(&context.workspace.id, kind, &token);
            let url = app.settings.public_url.as_ref().map(|it| format!("{it}{path}"));
            Answer::json(&MadeLink { kind, mailed: false, path: Some(path), url, expires_at: Some(link.expires_at) })
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
