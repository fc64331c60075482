//! `/me/factors`, `/me/recovery-codes`, `/users/{id}/factors`: second factors, one's own and, to take away, a member's.
//!
//! Who must set one up before he is let in does it by the same routes; the first one lets him in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, Attempt, Factor, FactorKind, NewFactor, NewTicket, RecoveryCode, Stage};
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::me_json::Me;
use super::password::tell;
use super::sessions::require_member;
use crate::auth::passkeys::Passkeys;
use crate::auth::recovery::new_codes;
use crate::auth::sealing::{open_codes, seal_codes};
use crate::auth::token::{random_token, sha256_hex};
use crate::auth::totp;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::factor_check::{MAKE, PATIENCE, bad_second_factor, passkeys, remember, take_question};
use crate::http::sign_in::{Proof, begin_attempt, note_failure, open_session, succeed_attempt, with_cookie};
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::mail::Notice;

/// Kind of the ticket that holds a secret for codes until the first code was right.
const SECRET: &str = "totp_secret";
/// Who may set up a factor: members, and who must before he is one.
const OPEN: &[Stage] = &[Stage::Full, Stage::Enrolment];

/// A second factor, without its secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Factor")]
struct ToldFactor {
    /// Id.
    id: Uuid,
    /// What it is.
    kind: FactorKind,
    /// What its owner calls it.
    name: String,
    /// When it was set up.
    created_at: Timestamp,
    /// When it was last used.
    used_at: Option<Timestamp>,
}

/// The second factors of a member.
#[derive(Serialize, JsonSchema)]
pub struct MemberFactors {
    /// In the order they were set up.
    items: Vec<ToldFactor>,
    /// Recovery codes he has not used.
    recovery_codes_left: u64,
}

/// The caller's own second factors.
#[derive(Serialize, JsonSchema)]
pub struct OwnFactors {
    #[serde(flatten)]
    factors: MemberFactors,
    /// He must have one.
    required: bool,
    /// Passkeys can be bound to this server's address.
    passkeys: bool,
}

/// A secret for an app that counts time.
#[derive(Serialize, JsonSchema)]
pub struct TotpSecret {
    /// Goes with the first code.
    token: String,
    /// To be typed.
    secret: String,
    /// `otpauth:` address, to be shown as a QR code.
    address: String,
}

/// A factor just set up. Who had to set one up before he was let in is in now, and is told who he is.
#[derive(Serialize, JsonSchema)]
pub struct AddedFactor {
    /// Id of the factor.
    factor: Uuid,
    /// Codes for when it is lost, with the first factor. They are not told again.
    recovery_codes: Option<Vec<String>>,
    #[serde(flatten)]
    me: Option<Me>,
}

/// Codes for when all factors are lost. They are not told again.
#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// The codes.
    recovery_codes: Vec<String>,
}

fn factors_of(context: &Context, member: Uuid) -> Result<MemberFactors, KernelError> {
    let (factors, left) = context.workspace.store.read_with(|tx| Ok((identity::factors(tx, member)?, identity::recovery_codes_left(tx, member)?)))?;
    let one = |it: Factor| ToldFactor { id: it.id, kind: it.kind, name: it.name, created_at: it.created_at, used_at: it.used_at };
    Ok(MemberFactors { items: factors.into_iter().map(one).collect(), recovery_codes_left: left })
}

/// The caller's factors.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call_at(OPEN, move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            Answer::json(&OwnFactors {
                factors: factors_of(context, context.actor)?,
                required: context.workspace.sign_in_policy()?.needs_second_factor(&signed_in.identity.member),
                passkeys: Passkeys::new(app.settings.public_url.as_deref(), "").is_some(),
            })
        })
        .await
}

/// A member's factors.
pub async fn list_of_member(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            require_member(&signed_in.context, id)?;
            Answer::json(&factors_of(&signed_in.context, id)?)
        })
        .await
}

/// Takes a member's factors from him: he lost them.
pub async fn reset(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            identity::reset_factors(&signed_in.context, id)?;
            signed_in.context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}

/// A secret for an app that counts time; it counts for nothing before its first code was right.
pub async fn new_totp(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call_at(OPEN, move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            context.require_proof()?;
            let ids = app.workspaces.ids().as_ref();
            let (secret, token) = (totp::new_secret(ids), random_token(ids));
            let data = seal_codes(&app.vault, ids, context.actor, &secret)?;
            let hash = sha256_hex(token.as_bytes());
            identity::give_ticket(context, &NewTicket { kind: SECRET, member: Some(context.actor), token_hash: hash, data, lifetime: PATIENCE * 2 })?;
            let address = totp::address(&secret, &context.workspace.settings().name, &signed_in.identity.email)?;
            Answer::json(&TotpSecret { token, secret, address })
        })
        .await
}

/// The first code of an app.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstCode {
    /// What the secret came with.
    token: String,
    /// The code.
    code: String,
    /// What the member calls the app.
    name: Option<String>,
}

/// Sets the app up by its first code.
pub async fn confirm_totp(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    let context = caller.clone().call_at(OPEN, |signed_in| Ok(signed_in.context.clone())).await?;
    let FirstCode { token, code, name } = body.read()?;
    let name = name_of(name, "验证器应用", "Authenticator app", &context)?;
    let attempt = Attempt::new(&format!("factor/{}", context.actor), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let inner = context.clone();
    let found = app
        .engine(move |app| {
            // The secret stays good for another try: a mistyped digit should not want another picture.
            let hash = sha256_hex(token.as_bytes());
            let ticket = inner.workspace.store.read_with(|tx| identity::ticket(tx, &hash, &[SECRET], inner.now))?;
            let Some(ticket) = ticket.filter(|it| it.member == Some(inner.actor)) else { return Ok(None) };
            let secret = open_codes(&app.vault, inner.actor, &ticket.data)?;
            let Some(step) = totp::matching_step(&secret, &code, inner.now)? else { return Ok(None) };
            Ok(identity::take_ticket(&inner, &hash, &[SECRET])?.map(|ticket| (ticket.data, step)))
        })
        .await?;
    let Some((data, step)) = found else {
        note_failure(&app, &caller, Some(context.actor), "factor_refused", "bad_second_factor").await?;
        return Err(bad_second_factor().into());
    };
    succeed_attempt(&app, &attempt).await?;
    let factor = NewFactor { kind: FactorKind::Totp, name, data, handle: None, step: Some(step) };
    add(&app, caller, factor).await
}

/// What the browser needs to make a passkey.
pub async fn new_passkey(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call_at(OPEN, move |signed_in| {
            signed_in.require_session()?;
            let (context, who) = (&signed_in.context, &signed_in.identity);
            context.require_proof()?;
            let mut there = context.workspace.store.read_with(|tx| identity::factors(tx, context.actor))?;
            there.retain(|it| it.kind == FactorKind::Passkey);
            let question = passkeys(&app, context)?.ask_for_new(context.actor, &who.email, &who.name, &there)?;
            Answer::json(&remember(&app, context, MAKE, Some(context.actor), question)?)
        })
        .await
}

/// A passkey a browser made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadePasskey {
    /// What the question came with.
    token: String,
    /// The browser's answer, as its `toJSON()` gives it.
    #[schemars(with = "AnyJson")]
    credential: Json,
    /// What the member calls it.
    name: Option<String>,
}

/// Takes the passkey the browser made.
pub async fn confirm_passkey(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    let (inner, again) = (app.clone(), caller.clone());
    let factor = again
        .call_at(OPEN, move |signed_in| {
            let context = &signed_in.context;
            let MadePasskey { token, credential, name } = body.read()?;
            let name = name_of(name, "通行密钥", "Passkey", context)?;
            let question = take_question(context, &token, &[MAKE])?;
            let made = passkeys(&inner, context)?.check_new(&question.data, credential)?;
            let (data, handle) = made.ok_or_else(bad_second_factor)?;
            Ok(NewFactor { kind: FactorKind::Passkey, name, data, handle: Some(handle), step: None })
        })
        .await?;
    add(&app, caller, factor).await
}

fn name_of(name: Option<String>, zh_cn: &str, en: &str, context: &Context) -> Result<String, ApiError> {
    let name = name.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let name = name.unwrap_or_else(|| if context.locale == guanxi_kernel::context::Locale::ZhCn { zh_cn } else { en }.to_owned());
    if name.chars().count() > 60 {
        return Err(KernelError::invalid("name", "too_long", "名称最多60个字符", "a name has at most 60 characters").into());
    }
    Ok(name)
}

/// Adds a factor that has proved itself. The first one brings recovery codes, shown in this answer alone.
async fn add(app: &Shared, caller: Caller, factor: NewFactor) -> Result<Response, ApiFailure> {
    let first = caller
        .clone()
        .call_at(OPEN, |signed_in| {
            let context = &signed_in.context;
            Ok(context.workspace.store.read_with(|tx| identity::factors(tx, context.actor))?.is_empty())
        })
        .await?;
    let codes = if first { Some(make_codes(app).await?) } else { None };
    let (inner, again) = (app.clone(), caller.clone());
    let (answer, cookie) = caller
        .call_at(OPEN, move |signed_in| {
            let (context, session) = (&signed_in.context, signed_in.require_session()?);
            let (shown, kept) = codes.clone().unzip();
            let id = identity::add_factor(context, &factor, kept.as_deref(), session.id)?;
            tell(signed_in, Notice::FactorAdded)?;
            context.workspace.feed.announce();
            let mut added = AddedFactor { factor: id, recovery_codes: shown, me: None };
            if session.stage == Stage::Full {
                again.renew(context, session.clone())?;
                return Ok((Answer::json(&added)?, None));
            }
            let (opened, cookie) = open_session(&inner, &again, context.actor, Proof::Whole("enrolment"), None).map_err(|it| it.error)?;
            added.me = opened.me();
            Ok((Answer::json(&added)?, Some(cookie)))
        })
        .await?;
    match cookie {
        Some(cookie) => with_cookie(answer, &cookie),
        None => Ok(answer.into_response()),
    }
}

async fn make_codes(app: &Shared) -> Result<(Vec<String>, Vec<RecoveryCode>), ApiFailure> {
    Ok(app.hashing(|app| new_codes(&app.passwords, app.workspaces.ids().as_ref())).await??)
}

/// Removes one of the caller's factors.
pub async fn remove(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let again = caller.clone();
    caller
        .call(move |signed_in| {
            let (context, session) = (&signed_in.context, signed_in.require_session()?);
            identity::remove_factor(context, id, session.id)?;
            again.renew(context, session.clone())?;
            tell(signed_in, Notice::FactorRemoved)?;
            context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}

/// Gives the caller other recovery codes; those he has are void. Shown in this answer alone.
pub async fn recovery_codes(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let may = |signed_in: &SignedIn| -> Result<(), ApiError> {
        signed_in.require_session()?;
        Ok(signed_in.context.require_proof()?)
    };
    // Who may not is told so before anything is hashed.
    caller.clone().call(may).await?;
    let (shown, kept) = make_codes(&app).await?;
    caller
        .call(move |signed_in| {
            may(signed_in)?;
            identity::replace_recovery_codes(&signed_in.context, &kept)?;
            Answer::json(&RecoveryCodes { recovery_codes: shown.clone() })
        })
        .await
}
