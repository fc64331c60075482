//! `/scim-tokens`: by what identity systems keep members and teams, as administrators give it out. A secret is told once.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::identity::{self, MEMBER_OBJECT, ScimToken};
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::api_keys::check_new_key;
use crate::auth::token::{API_KEY_PREFIX, random_token, sha256_hex};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::Reference;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query, Shared};

/// A token by which an identity system keeps members and teams.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ScimToken")]
pub struct ToldScimToken {
    /// Id.
    id: Uuid,
    /// What it was called.
    name: String,
    /// The administrator who made it; it goes when he goes.
    owner: Reference,
    /// When it was made.
    created_at: Timestamp,
    /// When it stops working.
    expires_at: Option<Timestamp>,
    /// When it was last used, to within an hour.
    used_at: Option<Timestamp>,
    /// Roles it may give and take.
    roles: BTreeSet<String>,
}

/// Tokens, and where identity systems call.
#[derive(Serialize, JsonSchema)]
pub struct ScimTokens {
    /// Newest first.
    items: Vec<ToldScimToken>,
    /// What is entered at the identity system; begins with `/` where `public-url` is not set.
    base_url: String,
}

fn tell(titles: &Titles, it: &ScimToken) -> ToldScimToken {
    let ScimToken { id, name, owner, created_at, expires_at, used_at, roles } = it.clone();
    ToldScimToken { id, name, owner: titles.reference(owner), created_at, expires_at, used_at, roles }
}

/// All tokens, without their secrets.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let base_url = caller.scim_base();
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let items = context.workspace.store.read_with(|tx| {
                let tokens = identity::scim_tokens(context, tx)?;
                let mut titles = Titles::default();
                tokens.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.owner));
                titles.load(context, tx)?;
                Ok(tokens.iter().map(|it| tell(&titles, it)).collect())
            })?;
            Answer::json(&ScimTokens { items, base_url: base_url.clone() })
        })
        .await
}

/// A token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewScimToken {
    /// What it is called, at most 100 characters.
    name: String,
    /// When it stops working; never where absent.
    expires_at: Option<Timestamp>,
    /// Roles it may give and take, at least one. Members with other roles keep address and access, whatever it says.
    roles: BTreeSet<String>,
}

/// A token just made.
#[derive(Serialize, JsonSchema)]
pub struct MadeScimToken {
    #[serde(flatten)]
    about: ToldScimToken,
    /// The secret. It is not told again.
    token: String,
}

/// Makes a token; its secret is in this answer and nowhere else. Not under an idempotency key: answers kept would hold it.
pub async fn add(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let secret = format!("{API_KEY_PREFIX}{}", random_token(app.workspaces.ids().as_ref()));
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let NewScimToken { name, expires_at, roles } = body.read()?;
            check_new_key(context, &name, expires_at)?;
            let made = identity::add_scim_token(context, name.trim(), &sha256_hex(secret.as_bytes()), expires_at, roles)?;
            let about = context.workspace.store.read_with(|tx| {
                let mut titles = Titles::default();
                titles.want(MEMBER_OBJECT, made.owner);
                titles.load(context, tx)?;
                Ok(tell(&titles, &made))
            })?;
            Ok(Answer::json(&MadeScimToken { about, token: secret.clone() })?.with_status(StatusCode::CREATED))
        })
        .await
}

/// Removes a token: the identity system is refused from the next call on.
pub async fn remove(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            identity::remove_scim_token(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}
