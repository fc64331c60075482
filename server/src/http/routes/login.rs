//! `POST /auth/login`: e-mail and password against a session.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_kernel::identity::{self, Attempt};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::sign_in::{Proof, advance, begin_attempt, note_failure, succeed_attempt};
use crate::http::{Caller, Query, Shared};

/// Credentials.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The member's e-mail address.
    email: String,
    /// The password.
    password: String,
}

/// Signs in. Unknown account, wrong password and deactivated member are not told apart, by text or by time.
pub async fn login(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let Credentials { email, password } = body.read()?;
    let attempt = Attempt::new(&email, caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let workspace = caller.workspace.clone();
    let (known, hash) = app
        .engine(move |_| {
            let schema = workspace.schema();
            Ok(workspace.store.read_with(|tx| {
                let Some(member) = identity::find_member(&schema, tx, &email)? else { return Ok((None, None)) };
                let active = workspace.identity(tx, member)?.is_some();
                Ok((Some(member), identity::credential(tx, member)?.filter(|_| active)))
            })?)
        })
        .await?;
    let matches = app.hashing(move |app| app.passwords.verify(&password, hash.as_deref())).await?;
    let Some(member) = known.filter(|_| matches) else {
        note_failure(&app, &caller, known, "sign_in_failed", "bad_credentials").await?;
        return Err(
            ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "邮箱或密码错误", "the e-mail address or the password is wrong").into()
        );
    };
    succeed_attempt(&app, &attempt).await?;
    advance(&app, caller, member, Proof::First("password")).await
}
