//! Signing in, whatever the way: throttled attempts, the session that follows, and what the audit log is told.
//!
//! A way in (password, link, and whatever is added) proves who somebody is and then calls [`advance`], which decides how
//! far that brings him.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, Attempt, Factor, FactorKind, MEMBER_OBJECT, NewSession, SignInPolicy, Stage, ThereSignedIn};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, audit};
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::routes::me_json::{Me, me_json};
use super::{Answer, Caller, Shared, SignedIn};
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::{ApiError, ApiFailure};

/// How long somebody may take for the next step of signing in.
const HALF_WAY: SignedDuration = SignedDuration::from_mins(10);

/// How members sign in.
///
/// # Errors
/// Fails where the database does.
pub async fn policy(app: &Shared, caller: &Caller) -> Result<Arc<SignInPolicy>, ApiFailure> {
    let workspace = caller.workspace.clone();
    app.engine(move |_| Ok(workspace.sign_in_policy()?)).await
}

/// Begins an attempt to prove something; it counts as failed until it is said to have succeeded.
///
/// # Errors
/// `too_many_attempts`.
pub async fn begin_attempt(app: &Shared, caller: &Caller, attempt: &Attempt) -> Result<(), ApiFailure> {
    let attempt = attempt.clone();
    let Some(wait) = app.engine(move |app| Ok(identity::begin_attempt(&counting(app)?, &attempt)?)).await? else { return Ok(()) };
    if wait.first {
        note_failure(app, caller, None, "sign_in_locked", "too_many_attempts").await?;
    }
    Err(ApiError::too_many_attempts(wait.seconds).into())
}

/// Says that an attempt succeeded.
///
/// # Errors
/// Fails where the database does.
pub async fn succeed_attempt(app: &Shared, attempt: &Attempt) -> Result<(), ApiFailure> {
    let attempt = attempt.clone();
    app.engine(move |app| Ok(identity::succeed_attempt(&counting(app)?, &attempt)?)).await
}

/// Attempts at all workspaces are counted together, in the main one: who guesses at many of them is one who guesses.
fn counting(app: &Shared) -> Result<Context, ApiFailure> {
    Ok(app.workspaces.main()?.system_context(Uuid::nil(), "sign-in"))
}

/// Writes a failed attempt into the audit log. The name that was typed is not written: people type passwords there.
///
/// # Errors
/// Fails where the database does.
pub async fn note_failure(app: &Shared, caller: &Caller, member: Option<Uuid>, verb: &'static str, reason: &'static str) -> Result<(), ApiFailure> {
    let (workspace, request_id, address) = (caller.workspace.clone(), caller.request_id.clone(), caller.address.to_string());
    app.engine(move |_| {
        let context = workspace.system_context(Uuid::nil(), &request_id);
        Ok(workspace.store.write_with(move |tx| {
            let detail = json!({ "reason": reason, "address": address });
            audit::append(&context, tx, verb, Some(MEMBER_OBJECT), member, None, 0, Some(detail))
        })?)
    })
    .await
}

/// What somebody has proved who he is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// One factor, such as a password.
    First(&'static str),
    /// All it takes: both factors, or one that holds both.
    Whole(&'static str),
}

/// What a half-signed-in browser needs to know to go on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NextStep {
    /// How far it has come.
    stage: Option<Stage>,
    /// Kinds of second factors the member has.
    factors: Vec<FactorKind>,
    /// His name.
    name: String,
    /// His e-mail address.
    email: String,
    /// What unsafe requests of this session repeat.
    csrf_token: Option<String>,
}

/// A session just opened.
pub enum Opened {
    /// All is proved.
    In(Box<Me>),
    /// Something is still to come.
    HalfWay(NextStep),
}

impl Opened {
    /// Who is signed in now, if anybody.
    pub fn me(self) -> Option<Me> {
        if let Self::In(me) = self { Some(*me) } else { None }
    }

    fn answer(&self) -> Result<Answer, ApiError> {
        match self {
            Self::In(me) => Answer::json(me),
            Self::HalfWay(step) => Ok(Answer::json(step)?.with_status(StatusCode::ACCEPTED)),
        }
    }
}

/// Opens the session that somebody who proved who he is has come to; the one the browser had ends.
///
/// # Errors
/// `not_signed_in` where the member is gone.
pub async fn advance(app: &Shared, caller: Caller, member: Uuid, proof: Proof) -> Result<Response, ApiFailure> {
    advance_by(app, caller, member, proof, None).await
}

/// As [`advance`], for somebody whom a provider of identities vouched for.
///
/// # Errors
/// As [`advance`].
pub async fn advance_by(app: &Shared, caller: Caller, member: Uuid, proof: Proof, provider: Option<ThereSignedIn>) -> Result<Response, ApiFailure> {
    let (opened, cookie) = app.engine(move |app| open_session(app, &caller, member, proof, provider)).await?;
    with_cookie(opened.answer()?, &cookie)
}

/// An answer that brings a session.
///
/// # Errors
/// Where the cookie is none.
pub fn with_cookie(answer: Answer, cookie: &str) -> Result<Response, ApiFailure> {
    let mut response = answer.into_response();
    let value = HeaderValue::from_str(cookie).map_err(|error| ApiError::internal(error.to_string()))?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// As [`advance`], within a call: the session and its cookie.
///
/// # Errors
/// As [`advance`].
pub fn open_session(
    app: &Shared,
    caller: &Caller,
    member: Uuid,
    proof: Proof,
    provider: Option<ThereSignedIn>,
) -> Result<(Opened, String), ApiFailure> {
    let policy = caller.workspace.sign_in_policy()?;
    let found = caller.workspace.store.read_with(|tx| Ok((caller.workspace.identity(tx, member)?, identity::factors(tx, member)?)))?;
    let (Some(identity), factors) = found else { return Err(KernelError::NotSignedIn.into()) };
    let (stage, method) = match proof {
        Proof::First(method) if !factors.is_empty() => (Stage::SecondFactor, method),
        Proof::First(method) | Proof::Whole(method) if factors.is_empty() && policy.needs_second_factor(&identity.member) => {
            (Stage::Enrolment, method)
        }
        Proof::First(method) | Proof::Whole(method) => (Stage::Full, method),
    };
    let context = caller.context_of(&identity);
    let ids = app.workspaces.ids().as_ref();
    let token = random_token(ids);
    let token_hash = sha256_hex(token.as_bytes());
    let session = NewSession {
        member,
        token_hash: token_hash.clone(),
        csrf: random_token(ids),
        stage,
        device: caller.device.clone(),
        address: caller.address.to_string(),
        lifetime: if stage == Stage::Full { policy.limits().absolute } else { HALF_WAY },
        method,
        provider: provider.or(before_this_step(caller, member)?),
    };
    identity::open_session(&context, &session, caller.session_hash())?;
    // Streams of the session that ended look and find it gone.
    context.workspace.feed.announce();
    let session = context.workspace.store.read_with(|tx| identity::session(tx, &token_hash, context.now, policy.limits()))?;
    let signed_in = SignedIn { context, identity, session, caldav: None };
    let opened = match stage {
        Stage::Full => Opened::In(Box::new(me_json(&signed_in)?)),
        _ => Opened::HalfWay(next_step(&signed_in, &factors)),
    };
    Ok((opened, caller.session_cookie(&token)))
}

/// By which provider somebody began who now takes the next step.
fn before_this_step(caller: &Caller, member: Uuid) -> Result<Option<ThereSignedIn>, ApiFailure> {
    let Some(hash) = caller.session_hash() else { return Ok(None) };
    let (workspace, limits) = (&caller.workspace, caller.workspace.sign_in_policy()?.limits());
    let before = workspace.store.read_with(|tx| identity::session(tx, hash, workspace.clock.now(), limits))?;
    Ok(before.filter(|it| it.member == member && it.stage != Stage::Full).and_then(|it| it.provider))
}

/// What a half-signed-in browser needs to know to go on.
pub fn next_step(signed_in: &SignedIn, factors: &[Factor]) -> NextStep {
    let mut kinds: Vec<FactorKind> = factors.iter().map(|it| it.kind).collect();
    kinds.sort_unstable_by_key(|it| it.name());
    kinds.dedup();
    let session = signed_in.session.as_ref();
    NextStep {
        stage: session.map(|it| it.stage),
        factors: kinds,
        name: signed_in.identity.name.clone(),
        email: signed_in.identity.email.clone(),
        csrf_token: session.map(|it| it.csrf.clone()),
    }
}
