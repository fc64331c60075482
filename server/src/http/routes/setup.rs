//! `GET /setup`, `POST /setup`: the first administrator of a new server.

use axum::extract::State;
use axum::response::Response;
use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{self, Attempt, NewMember};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use uuid::Uuid;

use super::me::{LOCALES, or_null};
use crate::auth::passkeys::Passkeys;
use crate::auth::password_rules::{About, check_new};
use crate::auth::token::same_secret;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::foreign;
use crate::http::sign_in::{Proof, advance, begin_attempt, policy, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared};

/// What a server that nobody is signed in to tells of itself.
#[derive(Serialize, JsonSchema)]
pub struct SetupState {
    /// It still needs its first administrator.
    needed: bool,
    /// Who makes him must present the token the server printed.
    token_required: bool,
    /// It is a demo company, whose logins everybody may know.
    demo: bool,
    /// It sends mail.
    mail: bool,
    /// Passkeys can be bound to its address.
    passkeys: bool,
    /// Characters of the shortest password.
    password_length: u32,
    /// Identity providers members may sign in by.
    providers: Vec<OfferedProvider>,
}

/// An identity provider members may sign in by.
#[derive(Serialize, JsonSchema)]
pub struct OfferedProvider {
    /// Id.
    id: Uuid,
    /// What people know it as.
    name: String,
    /// How people sign in by it: on its own page, or by their account and password there.
    #[schemars(extend("enum" = ["oidc", "ldap"]))]
    kind: &'static str,
}

fn offered(app: &Shared, caller: &Caller) -> Result<Vec<OfferedProvider>, KernelError> {
    // Browsers cannot be sent back to where nobody knows.
    let can_come_back = app.settings.public_url.is_some();
    let all = caller.workspace.store.read_with(|tx| identity::providers(tx))?;
    Ok(all
        .into_iter()
        .filter(|it| it.enabled && (can_come_back || foreign::oidc(it).is_err()))
        .map(|it| OfferedProvider { id: it.id, kind: it.settings.kind(), name: it.name })
        .collect())
}

/// Whether an administrator is still to be made, and whether this is a demo company, whose logins everybody may know.
pub async fn state(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    app.engine(move |app| {
        let needed = caller.workspace.store.read_with(|tx| identity::needs_setup(tx))?;
        let (demo, policy) = (caller.workspace.settings().demo, caller.workspace.sign_in_policy()?);
        Ok(Answer::json(&SetupState {
            needed,
            token_required: needed && app.setup_token.is_some(),
            demo,
            mail: app.settings.smtp_url.is_some(),
            passkeys: Passkeys::new(app.settings.public_url.as_deref(), "").is_some(),
            password_length: policy.password_length,
            providers: offered(app, &caller)?,
        })?)
    })
    .await
}

/// The first administrator and his company.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// Name of the company.
    company: String,
    /// Name of the administrator.
    name: String,
    /// His e-mail address, with which he signs in.
    email: String,
    /// His password.
    password: String,
    /// His language.
    #[schemars(extend("enum" = or_null(LOCALES)))]
    locale: Option<String>,
    /// What the server printed, where it asks for it.
    token: Option<String>,
}

/// Makes the first administrator and signs him in.
pub async fn set_up(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let asked: SetUp = body.read()?;
    check_token(&app, &caller, asked.token.as_deref()).await?;
    require("company", &asked.company)?;
    require("name", &asked.name)?;
    let about = About { name: asked.name.clone(), email: asked.email.clone(), company: asked.company.clone() };
    check_new("password", &asked.password, &about, &*policy(&app, &caller).await?)?;
    let password = asked.password.clone();
    let password_hash = app.hashing(move |app| app.passwords.hash(&password, app.workspaces.ids().as_ref())).await??;
    let (inner, request_id) = (caller.clone(), caller.request_id.clone());
    let member = app
        .engine(move |_| {
            let mut values = Map::new();
            values.insert("name".into(), json!(asked.name));
            values.insert("email".into(), json!(asked.email));
            values.insert("roles".into(), json!(["administrator"]));
            if let Some(locale) = asked.locale {
                values.insert("locale".into(), json!(locale));
            }
            let context = inner.workspace.system_context(Uuid::nil(), &request_id);
            Ok(identity::set_up(&context, &asked.company, &NewMember { values, password_hash })?)
        })
        .await?;
    advance(&app, caller, member, Proof::First("setup")).await
}

async fn check_token(app: &Shared, caller: &Caller, token: Option<&str>) -> Result<(), ApiFailure> {
    let Some(wanted) = &app.setup_token else { return Ok(()) };
    let attempt = Attempt::new("setup", caller.address);
    begin_attempt(app, caller, &attempt).await?;
    if token.is_some_and(|it| same_secret(it, wanted)) {
        succeed_attempt(app, &attempt).await?;
        return Ok(());
    }
    Err(KernelError::Forbidden("setup token".into()).into())
}

fn require(field: &str, text: &str) -> Result<(), KernelError> {
    if text.trim().is_empty() || text.chars().count() > 200 {
        return Err(KernelError::invalid(field, "required", "请填写，最多200个字符", "is required, at most 200 characters"));
    }
    Ok(())
}
