//! `POST /users/{id}/link`, `POST /users/links`, `DELETE /users/{id}/link`, `GET /users/waiting`: an administrator lets a member
//! choose his password: the first one of a new member, of many at once, another one of who has forgotten his.

use axum::extract::{Path, State};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, LinkKind};
use guanxi_kernel::mail as queue;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result as KernelResult};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::link_path;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::Items;
use crate::http::{Answer, App, Caller, Query, Shared};
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

/// Most members invited with one request.
const MAX_INVITED: usize = 200;

/// Members to be invited.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedInvitations {
    /// At most 200.
    members: Vec<Uuid>,
}

/// What became of one invitation.
#[derive(Serialize, JsonSchema)]
pub struct Invitation {
    /// The member.
    member: Uuid,
    /// It was sent; there is nothing to be handed over.
    mailed: bool,
    /// His name, where there is a link to be handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// His address, where there is a link to be handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Where the link leads on this server. It is not told again.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The whole address, where this server knows its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When it becomes void.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Why there is none: `forbidden`, `not_found`, or `has_password` of who needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'static str>,
}

impl Invitation {
    fn of(member: Uuid) -> Self {
        Self { member, mailed: false, name: None, email: None, path: None, url: None, expires_at: None, refused: None }
    }
}

/// Invites many new members at once, each as [`make`] does; what is refused of one does not hold up the others.
pub async fn make_many(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            if context.access.branches().is_none() {
                context.access.require_administrator()?;
            }
            context.require_proof()?;
            let WantedInvitations { members } = body.read()?;
            if members.is_empty() || members.len() > MAX_INVITED {
                let (zh, en) = (format!("请选择1到{MAX_INVITED}名成员"), format!("name 1 to {MAX_INVITED} members"));
                return Err(ApiError::bad("bad_request", "members", zh, en));
            }
            let mut items = Vec::with_capacity(members.len());
            for member in members {
                items.push(match invite(&app, context, member) {
                    Ok(made) => made,
                    Err(KernelError::Forbidden(_)) => Invitation { refused: Some("forbidden"), ..Invitation::of(member) },
                    Err(KernelError::NotFound) => Invitation { refused: Some("not_found"), ..Invitation::of(member) },
                    Err(other) => return Err(other.into()),
                });
            }
            Answer::json(&Items { items })
        })
        .await
}

fn invite(app: &App, context: &Context, member: Uuid) -> KernelResult<Invitation> {
    let kind = identity::link_wanted(context, member)?;
    if kind != LinkKind::Activation {
        return Ok(Invitation { refused: Some("has_password"), ..Invitation::of(member) });
    }
    if queue::is_configured(context) {
        mail_link(context, member)?;
        return Ok(Invitation { mailed: true, ..Invitation::of(member) });
    }
    let token = random_token(app.workspaces.ids().as_ref());
    let link = identity::make_link(context, member, kind, &sha256_hex(token.as_bytes()))?;
    let path = link_path(&context.workspace.id, kind, &token);
    let url = app.settings.public_url.as_ref().map(|it| format!("{it}{path}"));
    let (name, email) = (Some(link.name), Some(link.email));
    Ok(Invitation { name, email, path: Some(path), url, expires_at: Some(link.expires_at), ..Invitation::of(member) })
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
