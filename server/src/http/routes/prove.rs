//! `POST /auth/prove`: the caller proves again who he is, before something sensitive.

use axum::extract::State;
use axum::http::StatusCode;
use guanxi_kernel::identity::{self, Attempt};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::factor_check::{Presented, check};
use crate::http::sign_in::{begin_attempt, note_failure, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared};

/// See [`PresentedProof`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Password {
    /// The member's password.
    password: String,
}

/// The password, or a second factor.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Proof")]
pub enum PresentedProof {
    /// The password.
    Password(Password),
    /// A second factor.
    Factor(Presented),
}

/// Takes the proof: the password or one of the caller's factors.
pub async fn prove(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let (context, email, hash) = caller
        .clone()
        .call(|signed_in| {
            signed_in.require_session()?;
            let context = &signed_in.context;
            let hash = context.workspace.store.read_with(|tx| identity::credential(tx, context.actor))?;
            Ok((context.clone(), signed_in.identity.email.clone(), hash))
        })
        .await?;
    let member = context.actor;
    let method = match body.read()? {
        PresentedProof::Factor(presented) => check(&app, &caller, context, member, presented).await?,
        PresentedProof::Password(Password { password }) => {
            let attempt = Attempt::new(&email, caller.address);
            begin_attempt(&app, &caller, &attempt).await?;
            if !app.hashing(move |app| app.passwords.verify(&password, hash.as_deref())).await? {
                note_failure(&app, &caller, Some(member), "sign_in_failed", "bad_credentials").await?;
                return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "密码错误", "the password is wrong").into());
            }
            succeed_attempt(&app, &attempt).await?;
            "password"
        }
    };
    caller
        .call(move |signed_in| {
            identity::note_proof(&signed_in.context, signed_in.require_session()?, method)?;
            Ok(Answer::empty())
        })
        .await
}
