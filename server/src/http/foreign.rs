//! Signing in by an identity provider: where the browser is sent, what it comes back with, and who that is here.
//!
//! What makes one attempt the one it is hangs on a secret that only the browser has, in a cookie: nonce and verifier are
//! made of it, and the state is a ticket that knows its hash. Another browser can do nothing with the answer, and what lies
//! in the database redeems nothing.

use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{
    self, BoundIdentity, ForeignIdentity, LdapSettings, NewTicket, OidcSettings, Provider, ProviderError, ProviderSettings, SignInRequest, Ticket,
};
use guanxi_kernel::store::StoreExt as _;
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Caller, Shared};
use crate::auth::token::{random_token, same_secret, sha256_hex};
use crate::errors::{ApiError, ApiFailure};
use crate::workspaces::MAIN;

/// Kind of the ticket behind a state.
pub const STATE: &str = "provider_state";
/// Kind of the ticket with which a member confirms that a provider's account is his.
pub const CONFIRM: &str = "provider_confirm";
/// Kind of the ticket behind the link in a mail that does the same.
pub const CONFIRM_LINK: &str = "provider_confirm_link";
/// How long somebody may take at the provider, and then to confirm.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// Where the pages of a workspace begin, as people type it.
///
/// # Errors
/// `public_url_needed` where this server does not know its own address.
pub fn base_url(app: &Shared, workspace: &str) -> Result<String, ApiError> {
    let Some(url) = &app.settings.public_url else {
        return Err(ApiError::http(
            StatusCode::CONFLICT,
            "public_url_needed",
            "使用身份提供方登录前，需要服务器管理员配置访问地址（public-url）",
            "identity providers need the address of this server (public-url), which whoever runs it configures",
        ));
    };
    Ok(if workspace == MAIN { url.clone() } else { format!("{url}/w/{workspace}") })
}

/// Where a provider sends browsers back to; each has its own, so that no answer is taken for another's.
///
/// # Errors
/// As [`base_url`].
pub fn redirect_url(app: &Shared, workspace: &str, provider: Uuid) -> Result<String, ApiError> {
    Ok(format!("{}/sign-in/{provider}", base_url(app, workspace)?))
}

/// Where a provider tells that somebody signed out there.
///
/// # Errors
/// As [`base_url`].
pub fn logout_url(app: &Shared, workspace: &str, provider: Uuid) -> Result<String, ApiError> {
    Ok(format!("{}/api/v1/auth/providers/{provider}/logout", base_url(app, workspace)?))
}

/// How an OpenID Connect provider is asked.
///
/// # Errors
/// Not found where it is none.
pub fn oidc(provider: &Provider) -> Result<&OidcSettings, KernelError> {
    match &provider.settings {
        ProviderSettings::Oidc(it) => Ok(it),
        ProviderSettings::Ldap(_) => Err(KernelError::NotFound),
    }
}

/// How a directory is asked.
///
/// # Errors
/// Not found where it is none.
pub fn ldap(provider: &Provider) -> Result<&LdapSettings, KernelError> {
    match &provider.settings {
        ProviderSettings::Ldap(it) => Ok(it.as_ref()),
        ProviderSettings::Oidc(_) => Err(KernelError::NotFound),
    }
}

fn request(redirect: String, state: String, secret: &str) -> SignInRequest {
    let made = |purpose: &str| sha256_hex(format!("{purpose}/{secret}").as_bytes());
    SignInRequest { redirect, state, nonce: made("nonce"), verifier: made("verifier") }
}

/// An attempt begun: where to go, and the cookie that belongs to it.
pub struct Begun {
    /// The provider's address.
    pub url: String,
    /// `Set-Cookie`.
    pub cookie: String,
}

/// Begins an attempt; `member` where somebody who is signed in binds the account to himself.
///
/// # Errors
/// Not found; `public_url_needed`; `provider_unreachable`.
pub async fn begin(app: &Shared, caller: &Caller, provider: Uuid, member: Option<Uuid>) -> Result<Begun, ApiFailure> {
    let found = enabled(app, caller, provider).await?;
    let redirect = redirect_url(app, &caller.workspace.id, provider)?;
    let ids = app.workspaces.ids().as_ref();
    let (state, secret) = (random_token(ids), random_token(ids));
    let (asked, now) = (request(redirect, state.clone(), &secret), app.workspaces.clock().now());
    let url =
        app.outside(move |app| Ok::<_, KernelError>(app.oidc.begin(oidc(&found)?, &asked, now))).await??.map_err(|error| told(provider, &error))?;
    let (workspace, request_id) = (caller.workspace.clone(), caller.request_id.clone());
    let data = json!({ "provider": provider, "browser": sha256_hex(secret.as_bytes()) });
    app.engine(move |_| {
        let context = workspace.system_context(Uuid::nil(), &request_id);
        let token_hash = sha256_hex(state.as_bytes());
        Ok(identity::give_ticket(&context, &NewTicket { kind: STATE, member, token_hash, data, lifetime: PATIENCE })?)
    })
    .await?;
    Ok(Begun { url, cookie: caller.attempt_cookie(&secret) })
}

async fn enabled(app: &Shared, caller: &Caller, id: Uuid) -> Result<Provider, ApiFailure> {
    let workspace = caller.workspace.clone();
    let found = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::provider(tx, id))?)).await?;
    if found.enabled { Ok(found) } else { Err(KernelError::NotFound.into()) }
}

/// What a provider's answer comes to.
pub struct Vouched {
    /// The provider.
    pub provider: Provider,
    /// Whom it vouches for.
    pub identity: ForeignIdentity,
    /// The member who began, where somebody binds the account to himself.
    pub member: Option<Uuid>,
}

/// Redeems what a browser came back with. Whatever comes of it, the attempt is over.
///
/// # Errors
/// `sign_in_void` where this browser did not begin it, with this provider, or it was used; what the provider says.
pub async fn redeem(app: &Shared, caller: &Caller, provider: Uuid, state: &str, answer: identity::ProviderAnswer) -> Result<Vouched, ApiFailure> {
    let (workspace, request_id, hash) = (caller.workspace.clone(), caller.request_id.clone(), sha256_hex(state.as_bytes()));
    let ticket = app
        .engine(move |_| {
            let context = workspace.system_context(Uuid::nil(), &request_id);
            Ok(identity::take_ticket(&context, &hash, &[STATE])?)
        })
        .await?;
    let ticket = ticket.filter(|it| it.data["provider"] == json!(provider)).ok_or_else(sign_in_void)?;
    let browser = browser_of(caller, &ticket).ok_or_else(sign_in_void)?;
    let found = enabled(app, caller, provider).await?;
    let asked = request(redirect_url(app, &caller.workspace.id, provider)?, state.to_owned(), browser);
    let (inner, now) = (found.clone(), app.workspaces.clock().now());
    let identity = app
        .outside(move |app| {
            let secret = crate::auth::sealing::open_provider(&app.vault, &inner)?;
            Ok::<_, KernelError>(app.oidc.redeem(oidc(&inner)?, secret.as_deref(), &asked, &answer, now))
        })
        .await??
        .map_err(|error| told(provider, &error))?;
    Ok(Vouched { provider: found, identity, member: ticket.member })
}

/// Whom an account of a directory and its password are of; `None` where they are nobody's.
///
/// # Errors
/// Not found where there is no such directory; what it says.
pub async fn authenticate(app: &Shared, caller: &Caller, provider: Uuid, login: String, password: String) -> Result<Option<Vouched>, ApiFailure> {
    let found = enabled(app, caller, provider).await?;
    ldap(&found)?;
    let inner = found.clone();
    let identity = app
        .outside(move |app| {
            let secret = crate::auth::sealing::open_provider(&app.vault, &inner)?;
            Ok::<_, KernelError>(app.directory.authenticate(ldap(&inner)?, secret.as_deref(), &login, &password))
        })
        .await??
        .map_err(|error| told(provider, &error))?;
    Ok(identity.map(|identity| Vouched { provider: found, identity, member: None }))
}

/// The secret of the browser, where it is the one that began.
pub fn browser_of<'a>(caller: &'a Caller, ticket: &Ticket) -> Option<&'a str> {
    let began = ticket.data["browser"].as_str().unwrap_or_default();
    caller.attempt().filter(|it| same_secret(&sha256_hex(it.as_bytes()), began))
}

/// The attempt is none any more, or never was one of this browser.
pub fn sign_in_void() -> ApiError {
    ApiError::http(
        StatusCode::CONFLICT,
        "sign_in_void",
        "此次登录已失效：可能已使用、已过期，或是在另一个浏览器中开始的。请重新登录",
        "this attempt to sign in is over: it was used, has expired or was begun in another browser; begin again",
    )
}

/// The reason of a provider as a problem; what exactly it was goes to the log.
pub fn told(provider: Uuid, error: &ProviderError) -> ApiError {
    tracing::warn!(%provider, code = error.code, cause = error.cause, "an identity provider");
    let status = if error.code == "provider_unreachable" { StatusCode::CONFLICT } else { StatusCode::UNAUTHORIZED };
    ApiError::http(status, error.code, error.message.zh_cn.clone(), error.message.en.clone())
}

/// Who somebody a provider vouches for is here.
pub enum Here {
    /// A member it knows.
    Member(Uuid),
    /// Perhaps the member with this address: that he is, he must confirm.
    Perhaps(Uuid),
    /// Nobody yet; a member was made of him.
    New(Uuid),
}

/// Finds out who that is here. Blocks.
///
/// # Errors
/// `address_not_verified`, `not_a_member`.
pub fn find(caller: &Caller, vouched: &Vouched) -> Result<Here, ApiError> {
    let (workspace, provider, known) = (&caller.workspace, &vouched.provider, &vouched.identity);
    let schema = workspace.schema();
    let found = workspace.store.read_with(|tx| {
        if let Some(bound) = identity::bound_identity(tx, provider.id, &known.subject)?
            && workspace.identity(tx, bound.member)?.is_some()
        {
            return Ok((Some(bound.member), None));
        }
        let Some(email) = &known.verified_email else { return Ok((None, None)) };
        let member = identity::find_member(&schema, tx, email)?;
        Ok((None, member.map(|it| workspace.identity(tx, it).map(|active| (it, active.is_some()))).transpose()?))
    })?;
    let context = workspace.system_context(Uuid::nil(), &caller.request_id);
    let email = match found {
        (Some(member), _) => {
            identity::note_identity_use(&context, provider.id, &known.subject)?;
            return Ok(Here::Member(member));
        }
        (None, Some((member, true))) => return Ok(Here::Perhaps(member)),
        // He was deactivated: by what he has elsewhere he does not come back.
        (None, Some((_, false))) => return Err(not_a_member(known)),
        (None, None) => known.verified_email.clone().ok_or_else(address_not_verified)?,
    };
    let Some(new) = provider.settings.new_members().filter(|it| it.takes(&email)) else { return Err(not_a_member(known)) };
    let mut values = Map::new();
    let name = known.name.clone().filter(|it| !it.trim().is_empty()).unwrap_or_else(|| email.clone());
    values.insert("name".into(), json!(name.chars().take(100).collect::<String>()));
    values.insert("email".into(), json!(email));
    values.insert("roles".into(), json!(new.roles));
    if let Some(department) = new.department {
        values.insert("department".into(), json!(department));
    }
    let bound = binding(provider.id, known, Uuid::nil(), &email, context.now);
    Ok(Here::New(identity::add_foreign_member(&context, values, &bound)?))
}

/// What is kept of an account that is bound to a member.
pub fn binding(provider: Uuid, known: &ForeignIdentity, member: Uuid, email: &str, now: jiff::Timestamp) -> BoundIdentity {
    BoundIdentity { provider, subject: known.subject.clone(), member, email: email.to_owned(), created_at: now, used_at: None }
}

/// What a ticket of confirming remembers.
pub fn remembered(vouched: &Vouched, browser: Option<&str>) -> Json {
    json!({
        "provider": vouched.provider.id,
        "provider_name": vouched.provider.name,
        "subject": vouched.identity.subject,
        "session": vouched.identity.session,
        "email": vouched.identity.verified_email,
        "browser": browser.map(|it| sha256_hex(it.as_bytes())),
    })
}

/// The binding that a ticket of confirming is for.
pub fn binding_of(ticket: &Ticket) -> Option<BoundIdentity> {
    let text = |key: &str| ticket.data[key].as_str().map(str::to_owned);
    Some(BoundIdentity {
        provider: text("provider")?.parse().ok()?,
        subject: text("subject")?,
        member: ticket.member?,
        email: text("email")?,
        created_at: ticket.created_at,
        used_at: None,
    })
}

fn address_not_verified() -> ApiError {
    ApiError::http(
        StatusCode::FORBIDDEN,
        "address_not_verified",
        "身份提供方没有证实您的邮箱地址（email_verified）：请先在提供方验证邮箱，或请其管理员开放邮箱信息",
        "the provider does not vouch for your e-mail address (email_verified): verify it there, or have its administrator pass it on",
    )
}

fn not_a_member(known: &ForeignIdentity) -> ApiError {
    let email = known.verified_email.as_deref().unwrap_or_default();
    ApiError::http(
        StatusCode::FORBIDDEN,
        "not_a_member",
        format!("没有邮箱为 {email} 的成员：请联系管理员添加您"),
        format!("there is no member with the address {email}: ask an administrator to add you"),
    )
}

/// Somebody binds an account to himself that the provider says is of another address.
pub fn address_differs(known: &ForeignIdentity, own: &str) -> ApiError {
    let Some(email) = &known.verified_email else { return address_not_verified() };
    ApiError::http(
        StatusCode::FORBIDDEN,
        "address_differs",
        format!("该外部账号的邮箱是 {email}，而您在此处的邮箱是 {own}：两者须相同"),
        format!("the account there is of {email} and you are {own} here: they must be the same"),
    )
}
