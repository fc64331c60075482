//! `POST /auth/providers/{id}/password`: signing in by an account of a directory. The password goes to the directory and
//! nowhere else.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use guanxi_kernel::identity::Attempt;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::providers::enter;
use crate::auth::token::random_token;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::sign_in::{begin_attempt, note_failure, succeed_attempt};
use crate::http::{Caller, Query, Shared, foreign};

/// An account of a directory.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryCredentials {
    /// What people type as their account there.
    login: String,
    /// The password there.
    password: String,
}

/// Signs in. Unknown account, wrong password and one that is locked are not told apart.
pub async fn login(
    State(app): State<Shared>,
    caller: Caller,
    Path(provider): Path<Uuid>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let DirectoryCredentials { login, password } = body.read()?;
    let attempt = Attempt::new(&format!("directory/{provider}/{}", login.trim()), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let Some(vouched) = foreign::authenticate(&app, &caller, provider, login, password).await? else {
        note_failure(&app, &caller, None, "sign_in_failed", "bad_credentials").await?;
        return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "账号或密码错误", "the account or the password is wrong").into());
    };
    succeed_attempt(&app, &attempt).await?;
    // Where he must confirm, it is this browser that does.
    let secret = random_token(app.workspaces.ids().as_ref());
    let cookie = caller.attempt_cookie(&secret);
    let mut response = enter(&app, caller, vouched, Some(&secret)).await?;
    if !response.headers().contains_key(header::SET_COOKIE) {
        let value = HeaderValue::from_str(&cookie).map_err(|error| ApiError::internal(error.to_string()))?;
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
