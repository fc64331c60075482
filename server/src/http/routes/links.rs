//! `POST /auth/forgotten`, `POST /auth/link`, `POST /auth/password`: by a link in the mail to a password of one's own.

use axum::extract::State;
use axum::response::Response;
use guanxi_kernel::identity::{self, Attempt, Link, LinkKind, link_void};
use guanxi_kernel::mail;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::password_rules::{About, check_new};
use crate::auth::token::sha256_hex;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::sign_in::{Proof, advance, begin_attempt, policy, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared};
use crate::mail::{Notice, mail_forgotten, notice};

/// An address whose password was forgotten.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPassword {
    /// The address.
    email: String,
}

/// Has a link sent to whoever has this address. The same answer, and the same work, for an address that is nobody's.
pub async fn forgotten(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let ForgottenPassword { email } = body.read()?;
    let context = caller.workspace.system_context(Uuid::nil(), &caller.request_id);
    if !mail::is_configured(&context) {
        return Err(ApiError::http(
            axum::http::StatusCode::CONFLICT,
            "mail_not_configured",
            "本系统未配置邮件，请联系管理员获取重设密码的链接",
            "this server sends no mail; ask an administrator for a link",
        )
        .into());
    }
    // Every request counts: whoever fills mailboxes waits, and so does whoever tries out addresses.
    let attempt = Attempt::new(&format!("forgotten/{email}"), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    app.engine(move |_| {
        mail_forgotten(&context, &email.chars().take(254).collect::<String>())?;
        Ok(Answer::empty())
    })
    .await
}

/// A link, by what stands in it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// What stands in it.
    token: String,
}

/// For whom a link is.
#[derive(Serialize, JsonSchema)]
pub struct LinkOwner {
    /// What it is for.
    kind: LinkKind,
    /// Name of the member.
    name: String,
    /// His e-mail address.
    email: String,
    /// Name of the company.
    company: String,
    /// When it becomes void.
    expires_at: Timestamp,
    /// Characters of the shortest password.
    password_length: u32,
}

/// For whom a link is, so that the page can greet him.
pub async fn look(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let LinkToken { token } = body.read()?;
    let link = find(&app, &caller, &token).await?;
    let policy = policy(&app, &caller).await?;
    Ok(Answer::json(&LinkOwner {
        kind: link.kind,
        name: link.name,
        email: link.email,
        company: caller.workspace.settings().name.clone(),
        expires_at: link.expires_at,
        password_length: policy.password_length,
    })?)
}

/// The link of this token. Guessing one is hopeless, and slowed down all the same.
async fn find(app: &Shared, caller: &Caller, token: &str) -> Result<Link, ApiFailure> {
    let attempt = Attempt::new(&format!("link/{}", caller.address), caller.address);
    begin_attempt(app, caller, &attempt).await?;
    let (workspace, hash) = (caller.workspace.clone(), sha256_hex(token.as_bytes()));
    let found = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::link(&workspace, tx, &hash))?)).await?;
    let link = found.ok_or_else(link_void)?;
    succeed_attempt(app, &attempt).await?;
    Ok(link)
}

/// A password chosen by a link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenPassword {
    /// What stands in the link.
    token: String,
    /// The password.
    password: String,
}

/// Sets the password a link is for, uses the link up and goes on with signing in: a second factor is asked for as ever.
pub async fn choose(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let ChosenPassword { token, password } = body.read()?;
    let link = find(&app, &caller, &token).await?;
    let company = caller.workspace.settings().name.clone();
    let about = About { name: link.name, email: link.email, company: company.clone() };
    check_new("password", &password, &about, &*policy(&app, &caller).await?)?;
    let password_hash = app.hashing(move |app| app.passwords.hash(&password, app.workspaces.ids().as_ref())).await??;
    let (workspace, request_id, hash) = (caller.workspace.clone(), caller.request_id.clone(), sha256_hex(token.as_bytes()));
    let member = app
        .engine(move |_| {
            let context = workspace.system_context(Uuid::nil(), &request_id);
            let used = identity::use_link(&context, &hash, &password_hash)?;
            let message = notice(Notice::PasswordChanged, &used.email, used.locale, &company);
            if used.kind == LinkKind::Reset {
                let inner = context.clone();
                workspace.store.write_with(move |tx| mail::enqueue(&inner, tx, &message))?;
            }
            workspace.feed.announce();
            Ok(used.member)
        })
        .await?;
    advance(&app, caller, member, Proof::First("link")).await
}
