//! `/identity-providers`: the providers members may sign in by, as an administrator sets them up. A secret goes in and
//! never comes out.

use axum::extract::{Path, State};
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, Provider, ProviderCheck, ProviderDraft, ProviderSettings};
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::sealing::{open_provider, seal_provider};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::foreign::{logout_url, redirect_url, told};
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, Shared};

/// A provider members may sign in by.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IdentityProvider")]
pub struct ToldProvider {
    /// Id.
    id: Uuid,
    /// What people know it as.
    name: String,
    /// Whether members may sign in by it.
    enabled: bool,
    /// How it is asked.
    settings: ProviderSettings,
    /// It has a secret, which is not told.
    secret_set: bool,
    /// What must be entered at the provider as the address it sends people back to; null where `public-url` is not set, and with directories.
    redirect_url: Option<String>,
    /// Where the provider tells that somebody signed out there (back-channel logout URI), to be entered at it; null as above.
    logout_url: Option<String>,
    /// How many members it knows.
    members: u64,
    /// When it was set up.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

fn tell(app: &Shared, context: &Context, it: Provider) -> Result<ToldProvider, ApiError> {
    let members = context.workspace.store.read_with(|tx| identity::count_identities(tx, it.id))?;
    let is_oidc = matches!(it.settings, ProviderSettings::Oidc(_));
    let logout_url = if is_oidc { logout_url(app, &context.workspace.id, it.id).ok() } else { None };
    let redirect_url = if is_oidc { redirect_url(app, &context.workspace.id, it.id).ok() } else { None };
    Ok(ToldProvider {
        id: it.id,
        name: it.name,
        enabled: it.enabled,
        settings: it.settings,
        secret_set: it.secret.is_some(),
        redirect_url,
        logout_url,
        members,
        created_at: it.created_at,
        updated_at: it.updated_at,
    })
}

/// All providers.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let all = context.workspace.store.read_with(|tx| identity::providers(tx))?;
            let items: Result<Vec<ToldProvider>, ApiError> = all.into_iter().map(|it| tell(&app, context, it)).collect();
            Answer::json(&Items { items: items? })
        })
        .await
}

/// A provider to be set up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProvider {
    /// What people know it as.
    name: String,
    /// Whether members may sign in by it.
    enabled: bool,
    /// How it is asked.
    settings: ProviderSettings,
    /// What this server proves itself to it with, where it wants that.
    secret: Option<String>,
}

/// Sets one up.
pub async fn add(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let NewProvider { name, enabled, settings, secret } = body.read()?;
            let id = context.new_id();
            let draft = ProviderDraft { name, enabled, settings, secret: Some(seal(&app, id, secret)?) };
            let added = identity::add_provider(context, id, &draft)?;
            Ok(Answer::json(&tell(&app, context, added)?)?.with_status(axum::http::StatusCode::CREATED))
        })
        .await
}

fn seal(app: &Shared, id: Uuid, secret: Option<String>) -> Result<Option<String>, ApiError> {
    let secret = secret.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    Ok(secret.map(|it| seal_provider(&app.vault, app.workspaces.ids().as_ref(), id, &it)).transpose()?)
}

/// What is to be changed; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedProvider {
    /// What people know it as.
    name: Option<String>,
    /// Whether members may sign in by it.
    enabled: Option<bool>,
    /// How it is asked.
    settings: Option<ProviderSettings>,
    /// Another secret; the empty text takes it away.
    secret: Option<String>,
}

/// Changes one.
pub async fn change(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let before = context.workspace.store.read_with(|tx| identity::provider(tx, id))?;
            let changed: ChangedProvider = body.read()?;
            let draft = ProviderDraft {
                name: changed.name.unwrap_or(before.name),
                enabled: changed.enabled.unwrap_or(before.enabled),
                settings: changed.settings.unwrap_or(before.settings),
                secret: changed.secret.map(|it| seal(&app, id, Some(it))).transpose()?,
            };
            Answer::json(&tell(&app, context, identity::change_provider(context, id, &draft)?)?)
        })
        .await
}

/// Removes one.
pub async fn remove(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            identity::remove_provider(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}

/// What a provider says of itself.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckedProvider {
    /// OpenID Connect.
    Oidc {
        /// Where people are sent to.
        authorization: String,
        /// How many keys it signs with.
        keys: usize,
        /// It can sign people out.
        signs_out: bool,
    },
    /// A directory.
    Ldap {
        /// How many people were found.
        people: u64,
        /// There are more than were counted.
        more: bool,
    },
}

/// Asks one whether it is there.
pub async fn check(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let found = caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            Ok(signed_in.context.workspace.store.read_with(|tx| identity::provider(tx, id))?)
        })
        .await?;
    let now = app.workspaces.clock().now();
    let checked = app
        .outside(move |app| {
            Ok::<_, KernelError>(match &found.settings {
                ProviderSettings::Oidc(it) => {
                    let told = |it: ProviderCheck| CheckedProvider::Oidc { authorization: it.authorization, keys: it.keys, signs_out: it.signs_out };
                    app.oidc.check(it, now).map(told)
                }
                ProviderSettings::Ldap(it) => {
                    let secret = open_provider(&app.vault, &found)?;
                    app.directory.check(it, secret.as_deref()).map(|it| CheckedProvider::Ldap { people: it.people, more: it.more })
                }
            })
        })
        .await??
        .map_err(|error| told(id, &error))?;
    Ok(Answer::json(&checked)?)
}
