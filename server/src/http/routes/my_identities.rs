//! `/me/identities`, `/users/{id}/identities`: the accounts at identity providers that the caller or a member signs in by.

use axum::extract::{Path, State};
use axum::response::Response;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::providers::begun;
use super::sessions::require_member;
use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, Shared, foreign};

/// A provider, and the caller's account there.
#[derive(Serialize, JsonSchema)]
pub struct OwnIdentity {
    /// The provider.
    provider: Uuid,
    /// Its name.
    name: String,
    /// Its kind.
    #[schemars(extend("enum" = ["oidc", "ldap"]))]
    kind: &'static str,
    /// Since when the account is bound; null where none is.
    bound_at: Option<Timestamp>,
    /// When he last signed in by it.
    used_at: Option<Timestamp>,
    /// The address it was bound by.
    email: Option<String>,
}

/// The providers, and what the caller has there.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.require_himself()?;
            told(&signed_in.context, signed_in.context.actor)
        })
        .await
}

/// The providers, and what a member has there.
pub async fn list_of_member(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            require_member(&signed_in.context, id)?;
            told(&signed_in.context, id)
        })
        .await
}

fn told(context: &Context, member: Uuid) -> Result<Answer, ApiError> {
    let found = context.workspace.store.read_with(|tx| Ok((identity::providers(tx)?, identity::identities_of(tx, member)?)));
    let (providers, own) = found?;
    let one = |it: identity::Provider| {
        let bound = own.iter().find(|own| own.provider == it.id);
        (it.enabled || bound.is_some()).then(|| OwnIdentity {
            provider: it.id,
            kind: it.settings.kind(),
            name: it.name,
            bound_at: bound.map(|it| it.created_at),
            used_at: bound.and_then(|it| it.used_at),
            email: bound.map(|it| it.email.clone()),
        })
    };
    Answer::json(&Items { items: providers.into_iter().filter_map(one).collect() })
}

/// Begins to bind an account: the provider's answer is confirmed by this session.
pub async fn begin(State(app): State<Shared>, caller: Caller, Path(provider): Path<Uuid>, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    let member = caller
        .clone()
        .call(|signed_in| {
            signed_in.require_session()?;
            signed_in.context.require_proof()?;
            Ok(signed_in.context.actor)
        })
        .await?;
    begun(&foreign::begin(&app, &caller, provider, Some(member)).await?)
}

/// Releases the account.
pub async fn remove(caller: Caller, Path(provider): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, keep) = (&signed_in.context, signed_in.require_session()?.id);
            identity::release_identity(context, context.actor, provider, Some(keep))?;
            context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}

/// Releases a member's account; his sessions end.
pub async fn remove_of_member(caller: Caller, Path((id, provider)): Path<(Uuid, Uuid)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let keep = signed_in.session.as_ref().filter(|_| id == context.actor).map(|it| it.id);
            identity::release_identity(context, id, provider, keep)?;
            context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}
