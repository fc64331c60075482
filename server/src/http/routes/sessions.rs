//! `GET /me/sessions`, `DELETE /me/sessions`, `DELETE /me/sessions/{id}`, and the same of another member under
//! `/users/{id}/sessions`: where somebody is signed in.

use axum::extract::Path;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, MEMBER_OBJECT, Session};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, read};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, SignedIn};

/// A place where somebody is signed in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub struct ToldSession {
    /// Id.
    id: Uuid,
    /// What the browser says it is.
    device: String,
    /// Where it was last seen.
    address: String,
    /// When it was opened.
    created_at: Timestamp,
    /// When it was last used.
    seen_at: Timestamp,
    /// It is the one that asks.
    current: bool,
}

/// Sessions that were ended.
#[derive(Serialize, JsonSchema)]
pub struct EndedSessions {
    /// How many.
    ended: u64,
}

/// Where the caller is signed in.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.require_session()?;
            sessions(signed_in, signed_in.context.actor)
        })
        .await
}

/// Where a member is signed in.
pub async fn list_of_member(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            require_member(&signed_in.context, id)?;
            sessions(signed_in, id)
        })
        .await
}

fn sessions(signed_in: &SignedIn, member: Uuid) -> Result<Answer, ApiError> {
    let context = &signed_in.context;
    let limits = context.workspace.sign_in_policy()?.limits();
    let all = context.workspace.store.read_with(|tx| identity::sessions_of(tx, member, context.now, limits))?;
    let own = signed_in.session.as_ref().map(|it| it.id);
    Answer::json(&Items { items: all.into_iter().map(|it| told(it, own)).collect() })
}

fn told(session: Session, own: Option<Uuid>) -> ToldSession {
    ToldSession {
        id: session.id,
        device: session.device,
        address: session.address,
        created_at: session.created_at,
        seen_at: session.seen_at,
        current: Some(session.id) == own,
    }
}

/// Ends one of the caller's sessions.
pub async fn end(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            end_one(signed_in, signed_in.context.actor, id)
        })
        .await
}

/// Ends one of a member's sessions.
pub async fn end_of_member(caller: Caller, Path((member, session)): Path<(Uuid, Uuid)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            end_one(signed_in, member, session)
        })
        .await
}

/// Fails unless there is such a member.
///
/// # Errors
/// Not found.
pub fn require_member(context: &Context, member: Uuid) -> Result<(), ApiError> {
    let object = read::object_of(context, MEMBER_OBJECT)?;
    let found = context.workspace.store.read_with(|tx| read::load_record(context, tx, &object, member, Verb::Read, true))?;
    Ok(found.map(drop).ok_or(KernelError::NotFound)?)
}

fn end_one(signed_in: &SignedIn, member: Uuid, id: Uuid) -> Result<Answer, ApiError> {
    identity::end_session(&signed_in.context, member, id)?;
    // Streams of this session look and find it gone.
    signed_in.context.workspace.feed.announce();
    Ok(Answer::empty())
}

/// Ends the caller's sessions but this one.
pub async fn end_others(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let this = Some(signed_in.require_session()?.id);
            end_all(signed_in, signed_in.context.actor, this)
        })
        .await
}

/// Ends all sessions of a member; of the caller himself all but this one.
pub async fn end_all_of_member(caller: Caller, Path(member): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            require_member(&signed_in.context, member)?;
            let this = signed_in.session.as_ref().map(|it| it.id).filter(|_| member == signed_in.context.actor);
            end_all(signed_in, member, this)
        })
        .await
}

fn end_all(signed_in: &SignedIn, member: Uuid, keep: Option<Uuid>) -> Result<Answer, ApiError> {
    let ended = identity::end_sessions(&signed_in.context, member, keep)?;
    signed_in.context.workspace.feed.announce();
    Answer::json(&EndedSessions { ended })
}
