//! `/auth/providers/..`: signing in by an identity provider. An account that nobody here is bound to yet is bound to a
//! member only by its address, which the provider must vouch for, and by the member himself, who confirms it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::identity::{self, Attempt, NewTicket, ProviderAnswer, ThereSignedIn, Ticket};
use guanxi_kernel::mail;
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::me_json::me_json;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::foreign::{self, Begun, CONFIRM, CONFIRM_LINK, Here, PATIENCE, Vouched, sign_in_void};
use crate::http::sign_in::{NextStep, Proof, advance_by, begin_attempt, note_failure, succeed_attempt, with_cookie};
use crate::http::{Answer, Caller, Query, Shared};
use crate::mail::mail_confirmation;

/// Where to go on.
#[derive(Serialize, JsonSchema)]
pub struct ProviderPage {
    /// The provider's page, made for this browser and this once.
    url: String,
}

/// An attempt as an answer.
pub fn begun(begun: &Begun) -> Result<Response, ApiFailure> {
    with_cookie(Answer::json(&ProviderPage { url: begun.url.clone() })?, &begun.cookie)
}

/// Begins to sign in.
pub async fn begin(State(app): State<Shared>, caller: Caller, Path(provider): Path<Uuid>, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    begun(&foreign::begin(&app, &caller, provider, None).await?)
}

/// What the browser came back with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnedAnswer {
    /// `code` of the address.
    code: String,
    /// `state` of the address.
    state: String,
    /// `iss` of the address.
    iss: Option<String>,
}

/// It must be confirmed that the provider's account is this member's.
#[derive(Serialize, JsonSchema)]
pub struct Confirmation {
    /// Goes with the confirmation.
    confirm: String,
    /// The provider's name.
    provider: String,
    /// The member's address, which the provider vouches for.
    email: String,
    /// The member has a password to confirm by.
    by_password: bool,
    /// A link can be sent to the address to confirm by.
    by_mail: bool,
}

/// What is to be done next.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ProviderStep {
    /// Confirming.
    Confirmation(Confirmation),
    /// The next step of signing in.
    #[expect(dead_code, reason = "the session that is opened answers it; here it is told of")]
    Step(NextStep),
}

/// Takes the provider's answer.
pub async fn answer(
    State(app): State<Shared>,
    caller: Caller,
    Path(provider): Path<Uuid>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let ReturnedAnswer { code, state, iss } = body.read()?;
    let attempt = Attempt::new(&format!("provider/{}", caller.address), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let vouched = match foreign::redeem(&app, &caller, provider, &state, ProviderAnswer { code, issuer: iss }).await {
        Err(failure) => {
            note_failure(&app, &caller, None, "sign_in_failed", "provider_refused").await?;
            return Err(failure);
        }
        Ok(vouched) => vouched,
    };
    succeed_attempt(&app, &attempt).await?;
    if let Some(member) = vouched.member {
        return bind_own(caller, vouched, member).await;
    }
    let browser = caller.attempt().map(str::to_owned);
    enter(&app, caller, vouched, browser.as_deref()).await
}

/// Signs in whom a provider vouches for, or asks him to confirm in this browser, known by its secret.
///
/// # Errors
/// Where he is nobody here.
pub(super) async fn enter(app: &Shared, caller: Caller, vouched: Vouched, browser: Option<&str>) -> Result<Response, ApiFailure> {
    let (inner, method) = (caller.clone(), vouched.provider.settings.kind());
    let there = ThereSignedIn { provider: vouched.provider.id, session: vouched.identity.session.clone() };
    let found = app
        .engine(move |_| match foreign::find(&inner, &vouched) {
            Ok(here) => Ok(Ok((here, vouched))),
            Err(error) => Ok(Err(error)),
        })
        .await?;
    let (here, vouched) = match found {
        Err(error) => {
            let reason = if let ApiError::Http { code, .. } = &error { code } else { "not_a_member" };
            note_failure(app, &caller, None, "sign_in_failed", reason).await?;
            return Err(error.into());
        }
        Ok(found) => found,
    };
    match here {
        Here::Member(member) | Here::New(member) => advance_by(app, caller, member, Proof::First(method), Some(there)).await,
        Here::Perhaps(member) => ask_to_confirm(app, caller, vouched, member, browser).await,
    }
}

async fn ask_to_confirm(app: &Shared, caller: Caller, vouched: Vouched, member: Uuid, browser: Option<&str>) -> Result<Response, ApiFailure> {
    let token = random_token(app.workspaces.ids().as_ref());
    let data = foreign::remembered(&vouched, browser);
    let (workspace, request_id, token_hash) = (caller.workspace.clone(), caller.request_id.clone(), sha256_hex(token.as_bytes()));
    let (by_password, by_mail) = app
        .engine(move |_| {
            let context = workspace.system_context(Uuid::nil(), &request_id);
            identity::give_ticket(&context, &NewTicket { kind: CONFIRM, member: Some(member), token_hash, data, lifetime: PATIENCE })?;
            let has_password = workspace.store.read_with(|tx| identity::credential(tx, member))?.is_some();
            Ok((has_password, mail::is_configured(&context)))
        })
        .await?;
    let email = vouched.identity.verified_email.unwrap_or_default();
    let step = Confirmation { confirm: token, provider: vouched.provider.name, email, by_password, by_mail };
    Ok(Answer::json(&ProviderStep::Confirmation(step))?.with_status(StatusCode::ACCEPTED).into_response())
}

/// Who was signed in when he began, and still is, confirms by that.
async fn bind_own(caller: Caller, vouched: Vouched, member: Uuid) -> Result<Response, ApiFailure> {
    let bound = caller
        .call(move |signed_in| {
            if signed_in.context.actor != member {
                return Err(sign_in_void());
            }
            let (own, known) = (&signed_in.identity.email, &vouched.identity);
            if known.verified_email.as_deref().is_none_or(|it| !it.eq_ignore_ascii_case(own)) {
                return Err(foreign::address_differs(known, own));
            }
            let bound = foreign::binding(vouched.provider.id, known, member, own, signed_in.context.now);
            identity::bind_identity(&signed_in.context, &bound, "session")?;
            Answer::json(&me_json(signed_in)?)
        })
        .await?;
    Ok(bound.into_response())
}

/// What was to be confirmed, with the member's password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfirmation {
    /// `confirm` of the answer.
    confirm: String,
    /// The member's password here.
    password: String,
}

/// A ticket of confirming that this browser was given.
async fn waiting(app: &Shared, caller: &Caller, token: &str, kind: &'static str) -> Result<Ticket, ApiFailure> {
    let (workspace, hash) = (caller.workspace.clone(), sha256_hex(token.as_bytes()));
    let now = app.workspaces.clock().now();
    let found = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::ticket(tx, &hash, &[kind], now))?)).await?;
    Ok(found.filter(|it| foreign::browser_of(caller, it).is_some()).ok_or_else(sign_in_void)?)
}

/// Binds what a ticket is for and goes on with signing in; of two who come with it, one does.
async fn bind(app: &Shared, caller: Caller, token: &str, kind: &'static str, method: &'static str) -> Result<Response, ApiFailure> {
    let (workspace, request_id, hash) = (caller.workspace.clone(), caller.request_id.clone(), sha256_hex(token.as_bytes()));
    let (member, there, way) = app
        .engine(move |_| {
            let context = workspace.system_context(Uuid::nil(), &request_id);
            let kinds: &'static [&'static str] = if kind == CONFIRM { &[CONFIRM] } else { &[CONFIRM_LINK] };
            let ticket = identity::take_ticket(&context, &hash, kinds)?.ok_or_else(sign_in_void)?;
            let bound = foreign::binding_of(&ticket).ok_or_else(sign_in_void)?;
            let there = ThereSignedIn { provider: bound.provider, session: ticket.data["session"].as_str().map(str::to_owned) };
            let (provider, still) =
                workspace.store.read_with(|tx| Ok((identity::provider(tx, bound.provider)?, workspace.identity(tx, bound.member)?)))?;
            // His address may be another one by now.
            if still.is_none_or(|it| !it.email.eq_ignore_ascii_case(&bound.email)) {
                return Err(sign_in_void().into());
            }
            identity::bind_identity(&context, &bound, method)?;
            Ok((bound.member, there, provider.settings.kind()))
        })
        .await?;
    advance_by(app, caller, member, Proof::First(way), Some(there)).await
}

/// Confirms by the password.
pub async fn confirm(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let PasswordConfirmation { confirm, password } = body.read()?;
    let ticket = waiting(&app, &caller, &confirm, CONFIRM).await?;
    let bound = foreign::binding_of(&ticket).ok_or_else(sign_in_void)?;
    // The same count as of signing in by the password itself.
    let attempt = Attempt::new(&bound.email, caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let (workspace, member) = (caller.workspace.clone(), bound.member);
    let hash = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::credential(tx, member))?)).await?;
    if !app.hashing(move |app| app.passwords.verify(&password, hash.as_deref())).await? {
        note_failure(&app, &caller, Some(member), "sign_in_failed", "bad_credentials").await?;
        return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "密码错误", "the password is wrong").into());
    }
    succeed_attempt(&app, &attempt).await?;
    bind(&app, caller, &confirm, CONFIRM, "password").await
}

/// What was to be confirmed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailConfirmation {
    /// `confirm` of the answer.
    confirm: String,
}

/// Has a link sent to the address, to confirm by.
pub async fn confirm_by_mail(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let MailConfirmation { confirm } = body.read()?;
    let ticket = waiting(&app, &caller, &confirm, CONFIRM).await?;
    let context = caller.workspace.system_context(Uuid::nil(), &caller.request_id);
    if !mail::is_configured(&context) {
        return Err(ApiError::http(
            StatusCode::CONFLICT,
            "mail_not_configured",
            "本系统未配置邮件，请用密码确认，或请管理员给您发邀请",
            "this server sends no mail: confirm by your password, or ask an administrator for an invitation",
        )
        .into());
    }
    let bound = foreign::binding_of(&ticket).ok_or_else(sign_in_void)?;
    let attempt = Attempt::new(&format!("confirm/{}", bound.email), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    app.engine(move |_| {
        mail_confirmation(&context, bound.member, &ticket.data)?;
        Ok(Answer::empty())
    })
    .await
}

/// A link in a mail, by what stands in it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailedConfirmation {
    /// What stands in it.
    token: String,
}

/// Confirms by the link, in the browser that began: whoever else opens it confirms nothing.
pub async fn confirm_by_link(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let MailedConfirmation { token } = body.read()?;
    let attempt = Attempt::new(&format!("link/{}", caller.address), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    waiting(&app, &caller, &token, CONFIRM_LINK).await?;
    succeed_attempt(&app, &attempt).await?;
    bind(&app, caller, &token, CONFIRM_LINK, "mail").await
}
