//! `GET /auth/step`, `POST /auth/second-factor`, `POST /auth/sign`, `POST /auth/passkey/options`, `POST /auth/passkey`:
//! the second step of signing in, and signing in by a passkey alone.

use axum::extract::State;
use axum::response::Response;
use guanxi_kernel::identity::{self, Attempt, FactorKind, Stage};
use guanxi_kernel::store::StoreExt as _;
use uuid::Uuid;

use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::factor_check::{Presented, SIGN, Signature, bad_second_factor, check, check_passkey, passkeys, remember};
use crate::http::sign_in::{Proof, advance, begin_attempt, next_step, note_failure, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared};

/// How far this browser has come, and what comes next.
pub async fn step(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call_at(&[Stage::SecondFactor, Stage::Enrolment, Stage::Full], |signed_in| {
            let context = &signed_in.context;
            let factors = context.workspace.store.read_with(|tx| identity::factors(tx, context.actor))?;
            Answer::json(&next_step(signed_in, &factors))
        })
        .await
}

/// Takes the second factor and signs in.
pub async fn second_factor(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    let context = caller.clone().call_at(&[Stage::SecondFactor], |signed_in| Ok(signed_in.context.clone())).await?;
    let member = context.actor;
    let presented: Presented = body.read()?;
    let method = check(&app, &caller, context, member, presented).await?;
    advance(&app, caller, member, Proof::Whole(method)).await
}

/// Asks the browser to sign with one of the member's passkeys.
pub async fn sign(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call_at(&[Stage::SecondFactor, Stage::Full], move |signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            let mut own = context.workspace.store.read_with(|tx| identity::factors(tx, context.actor))?;
            own.retain(|it| it.kind == FactorKind::Passkey);
            if own.is_empty() {
                // Without any named the browser would be asked for one of anybody's.
                return Err(guanxi_kernel::KernelError::NotFound.into());
            }
            let question = passkeys(&app, context)?.ask_to_sign(&own)?;
            Answer::json(&remember(&app, context, SIGN, Some(context.actor), question)?)
        })
        .await
}

/// Asks the browser for whatever passkey it has for this server.
pub async fn options(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let attempt = Attempt::new(&format!("options/{}", caller.address), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let answer = app
        .engine(move |app| {
            let context = caller.workspace.system_context(Uuid::nil(), &caller.request_id);
            let question = passkeys(app, &context)?.ask_to_sign(&[])?;
            Ok(Answer::json(&remember(app, &context, SIGN, None, question)?)?)
        })
        .await?;
    succeed_attempt(&app, &attempt).await?;
    Ok(answer)
}

/// Signs in by a passkey alone: its holder is known to it, so it is both factors at once.
pub async fn passkey(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let signature: Signature = body.read()?;
    let attempt = Attempt::new(&format!("passkey/{}", caller.address), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let inner = caller.clone();
    let found = app
        .engine(move |app| {
            let context = inner.workspace.system_context(Uuid::nil(), &inner.request_id);
            let Some(factor) = check_passkey(app, &context, None, signature)? else { return Ok(None) };
            let active = inner.workspace.store.read_with(|tx| inner.workspace.identity(tx, factor.member))?.is_some();
            Ok(active.then_some(factor.member))
        })
        .await?;
    let Some(member) = found else {
        note_failure(&app, &caller, None, "sign_in_failed", "bad_passkey").await?;
        return Err(bad_second_factor().into());
    };
    succeed_attempt(&app, &attempt).await?;
    advance(&app, caller, member, Proof::Whole("passkey")).await
}
