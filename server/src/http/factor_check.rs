//! Whether a second factor holds: a code, a recovery code or a passkey, each accepted once and tried a few times only.

use axum::http::StatusCode;
use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, Attempt, Factor, FactorKind, NewTicket, Ticket};
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::store::StoreExt as _;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::sign_in::{begin_attempt, note_failure, succeed_attempt};
use super::{Caller, Shared};
use crate::auth::passkeys::{Passkeys, Question, handle_of};
use crate::auth::recovery::read_code;
use crate::auth::sealing::open_codes;
use crate::auth::token::{random_token, sha256_hex};
use crate::auth::totp::matching_step;
use crate::auth::vault::Vault;
use crate::errors::{ApiError, ApiFailure};

/// Kind of the ticket that holds what a browser was asked to sign.
pub const SIGN: &str = "passkey_sign";
/// Kind of the ticket that holds what a browser was asked to make.
pub const MAKE: &str = "passkey_make";
/// How long a browser may take to answer.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// A second factor as it is presented.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SecondFactor")]
pub enum Presented {
    /// Six digits of an app.
    Code(Code),
    /// One of the codes on paper.
    Recovery(Recovery),
    /// A passkey's signature.
    Passkey(Signature),
}

/// Six digits of an app.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Code {
    /// The digits.
    code: String,
}

/// One of the codes on paper.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Recovery {
    /// The code.
    recovery_code: String,
}

/// A passkey's signature.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasskeySignature")]
pub struct Signature {
    /// Names the question.
    pub token: String,
    /// The browser's answer, as its `toJSON()` gives it.
    #[schemars(with = "AnyJson")]
    pub credential: Json,
}

/// What a browser is asked to sign or to make.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PasskeyQuestion")]
pub struct AskedQuestion {
    /// Goes with the answer.
    token: String,
    /// For `navigator.credentials`.
    #[schemars(with = "AnyJson")]
    options: Json,
}

/// The passkeys of this server.
///
/// # Errors
/// `passkeys_unavailable` where its address is none they can be bound to.
pub fn passkeys(app: &Shared, context: &Context) -> std::result::Result<Passkeys, ApiError> {
    Passkeys::new(app.settings.public_url.as_deref(), &context.workspace.settings().name).ok_or_else(|| {
        ApiError::http(
            StatusCode::CONFLICT,
            "passkeys_unavailable",
            "通行密钥需要管理员配置 https 访问地址（public-url）",
            "passkeys need an https address of this server (public-url), which an administrator configures",
        )
    })
}

/// Remembers a question and answers it with the token that leads back to it.
///
/// # Errors
/// Fails where the database does.
pub fn remember(app: &Shared, context: &Context, kind: &'static str, member: Option<Uuid>, question: Question) -> Result<AskedQuestion> {
    let token = random_token(app.workspaces.ids().as_ref());
    let hash = sha256_hex(token.as_bytes());
    identity::give_ticket(context, &NewTicket { kind, member, token_hash: hash, data: question.state, lifetime: PATIENCE })?;
    Ok(AskedQuestion { token, options: question.options })
}

/// Fails unless what is presented holds for this member; answers by what. Tries are counted and failures written down.
///
/// # Errors
/// `bad_second_factor`, `too_many_attempts`.
pub async fn check(
    app: &Shared,
    caller: &Caller,
    context: Context,
    member: Uuid,
    presented: Presented,
) -> std::result::Result<&'static str, ApiFailure> {
    let attempt = Attempt::new(&format!("factor/{member}"), caller.address);
    begin_attempt(app, caller, &attempt).await?;
    let held = match presented {
        Presented::Code(code) => app.engine(move |app| Ok(check_code(&app.vault, &context, member, &code.code)?.then_some("totp"))).await?,
        Presented::Recovery(recovery) => check_recovery(app, context, member, &recovery.recovery_code).await?.then_some("recovery_code"),
        Presented::Passkey(signature) => app.engine(move |app| Ok(check_passkey(app, &context, Some(member), signature)?.map(|_| "passkey"))).await?,
    };
    let Some(method) = held else {
        note_failure(app, caller, Some(member), "sign_in_failed", "bad_second_factor").await?;
        return Err(bad_second_factor().into());
    };
    succeed_attempt(app, &attempt).await?;
    Ok(method)
}

/// It does not hold; how near it was is not told.
pub fn bad_second_factor() -> ApiError {
    ApiError::http(
        StatusCode::UNAUTHORIZED,
        "bad_second_factor",
        "验证未通过：验证码错误、已过期或已使用过",
        "this did not hold: the code is wrong, too old or was used before",
    )
}

fn check_code(vault: &Vault, context: &Context, member: Uuid, code: &str) -> Result<bool> {
    let factors = context.workspace.store.read_with(|tx| identity::factors(tx, member))?;
    for factor in factors.iter().filter(|it| it.kind == FactorKind::Totp) {
        let secret = open_codes(vault, member, &factor.data)?;
        if let Some(step) = matching_step(&secret, code, context.now)? {
            return identity::accept_step(context, factor.id, step);
        }
    }
    Ok(false)
}

async fn check_recovery(app: &Shared, context: Context, member: Uuid, typed: &str) -> std::result::Result<bool, ApiFailure> {
    let Some((selector, code)) = read_code(typed) else { return Ok(false) };
    let (inner, wanted) = (context.clone(), selector.clone());
    let hash = app.engine(move |_| Ok(inner.workspace.store.read_with(|tx| identity::recovery_hash(tx, member, &wanted))?)).await?;
    let matches = app.hashing(move |app| app.passwords.verify(&code, hash.as_deref())).await?;
    if !matches {
        return Ok(false);
    }
    app.engine(move |_| Ok(identity::use_recovery_code(&context, member, &selector)?)).await
}

/// The passkey a signature is of, where it holds: of this member, or whoever's it is where nobody said.
///
/// # Errors
/// `passkeys_unavailable`.
pub fn check_passkey(app: &Shared, context: &Context, member: Option<Uuid>, signature: Signature) -> std::result::Result<Option<Factor>, ApiError> {
    let passkeys = passkeys(app, context)?;
    // Taken whatever comes of it: an answer is tried once.
    let taken = identity::take_ticket(context, &sha256_hex(signature.token.as_bytes()), &[SIGN])?;
    let Some(question) = taken.filter(|it| it.member == member) else { return Ok(None) };
    let Some(handle) = handle_of(&signature.credential).map(str::to_owned) else { return Ok(None) };
    let factor = context.workspace.store.read_with(|tx| identity::factor_by_handle(tx, &handle))?;
    let Some(factor) = factor.filter(|it| member.is_none_or(|member| it.member == member)) else { return Ok(None) };
    let Some(data) = passkeys.check_signature(&question.data, signature.credential, &factor)? else { return Ok(None) };
    identity::note_factor_use(context, factor.id, data)?;
    Ok(Some(factor))
}

/// What the browser was asked to make, by its token; once.
///
/// # Errors
/// `bad_second_factor` where it was answered already, is too old or another's.
pub fn take_question(context: &Context, token: &str, kinds: &'static [&'static str]) -> std::result::Result<Ticket, ApiError> {
    let taken = identity::take_ticket(context, &sha256_hex(token.as_bytes()), kinds)?;
    taken.filter(|it| it.member == Some(context.actor)).ok_or_else(bad_second_factor)
}
