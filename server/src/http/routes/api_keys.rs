//! `GET /me/api-keys`, `POST /me/api-keys`, `DELETE /me/api-keys/{id}`: keys for programs acting as the caller.
//! `GET /api-keys`, `DELETE /api-keys/{id}`: those of all members, for auditors to see and administrators to remove.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, ApiKey, KeyScope, MEMBER_OBJECT};
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::token::{API_KEY_PREFIX, random_token, sha256_hex};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::{Items, Page, Reference};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query, Shared};

/// The caller's keys, without their secrets.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.require_himself()?;
            let items = context.workspace.store.read_with(|tx| identity::api_keys(context, tx))?;
            Answer::json(&Items { items })
        })
        .await
}

/// A key to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What its owner calls it, at most 100 characters.
    name: String,
    /// When it stops working; never where absent.
    expires_at: Option<Timestamp>,
    /// What of its owner's rights it has; all where absent.
    scope: Option<KeyScope>,
}

/// A key just made.
#[derive(Serialize, JsonSchema)]
pub struct MadeApiKey {
    #[serde(flatten)]
    about: ApiKey,
    /// The secret. It is not told again.
    key: String,
}

/// Makes a key; its secret is in this answer and nowhere else. Not under an idempotency key: answers kept would hold it.
pub async fn add(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let secret = format!("{API_KEY_PREFIX}{}", random_token(app.workspaces.ids().as_ref()));
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            let NewApiKey { name, expires_at, scope } = body.read()?;
            check_new_key(&signed_in.context, &name, expires_at)?;
            let about = identity::add_api_key(&signed_in.context, name.trim(), &sha256_hex(secret.as_bytes()), expires_at, scope)?;
            Ok(Answer::json(&MadeApiKey { about, key: secret.clone() })?.with_status(StatusCode::CREATED))
        })
        .await
}

/// What holds for the name and the end of every key.
///
/// # Errors
/// No name, or a very long one; an end that is past.
pub fn check_new_key(context: &Context, name: &str, expires_at: Option<Timestamp>) -> Result<(), KernelError> {
    if name.trim().is_empty() || name.chars().count() > 100 {
        return Err(KernelError::invalid("name", "required", "请填写名称，最多100个字符", "a name is required, at most 100 characters"));
    }
    if expires_at.is_some_and(|it| it <= context.now) {
        return Err(KernelError::invalid("expires_at", "too_small", "到期时间应在将来", "must be in the future"));
    }
    Ok(())
}

/// An API key and whose it is.
#[derive(Serialize, JsonSchema)]
pub struct OwnedApiKey {
    #[serde(flatten)]
    about: ApiKey,
    /// Its owner; without a name where the caller may not see him.
    owner: Reference,
}

/// The keys of all members, or of one, newest first.
pub async fn list_all(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let (member, after, limit) = (query.value::<Uuid>("member")?, query.value::<Uuid>("cursor")?, query.limit(50, 200)?);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let page = context.workspace.store.read_with(|tx| {
                let (keys, next) = identity::api_keys_of_all(context, tx, member, after, u64::from(limit))?;
                let mut titles = Titles::default();
                keys.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.0));
                titles.load(context, tx)?;
                let items = keys.into_iter().map(|(owner, about)| OwnedApiKey { about, owner: titles.reference(owner) }).collect();
                Ok(Page { items, next_cursor: next.map(|it| it.to_string()) })
            })?;
            Answer::json(&page)
        })
        .await
}

/// Removes a key, whosever it is.
pub async fn remove_any(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            identity::remove_api_key_of_anybody(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}

/// Removes a key.
pub async fn remove(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            identity::remove_api_key(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}
