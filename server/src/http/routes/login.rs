//! `POST /auth/login`: e-mail and password against a session.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use serde::Deserialize;
use uuid::Uuid;

use super::me_json::me_json;
use crate::auth::throttle::Attempt;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::caller::{LIFETIME, SignedIn};
use crate::http::{Answer, Caller, Query, Shared};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    email: String,
    password: String,
}

/// Signs in. Unknown account, wrong password and deactivated member are not told apart, by text or by time.
pub async fn login(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    caller.require_own_origin()?;
    let Login { email, password } = body.read()?;
    let attempt = Attempt::new(&email, caller.address);
    let now = app.workspaces.clock().now();
    app.throttle.begin(&attempt, now).map_err(ApiError::too_many_attempts)?;
    let workspace = caller.workspace.clone();
    let found = app
        .engine(move |_| {
            let schema = workspace.schema();
            Ok(workspace.store.read_with(|tx| {
                let Some(member) = identity::find_member(&schema, tx, &email)? else { return Ok(None) };
                let active = workspace.identity(tx, member)?.is_some();
                Ok(identity::credential(tx, member)?.filter(|_| active).map(|it| (member, it)))
            })?)
        })
        .await?;
    let hash = found.as_ref().map(|it| it.1.clone());
    let matches = app.hashing(move |app| app.passwords.verify(&password, hash.as_deref())).await?;
    let Some((member, _)) = found.filter(|_| matches) else {
        return Err(
            ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "邮箱或密码错误", "the e-mail address or the password is wrong").into()
        );
    };
    app.throttle.succeed(&attempt, now);
    sign_in(&app, caller, member).await
}

/// Opens a new session for a member; the one the browser had ends.
pub async fn sign_in(app: &Shared, caller: Caller, member: Uuid) -> Result<Response, ApiFailure> {
    let (answer, cookie) = app.engine(move |app| open_session(app, &caller, member)).await?;
    let mut response = answer.into_response();
    let value = HeaderValue::from_str(&cookie).map_err(|error| ApiError::internal(error.to_string()))?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

fn open_session(app: &Shared, caller: &Caller, member: Uuid) -> Result<(Answer, String), ApiFailure> {
    let identity = caller.workspace.store.read_with(|tx| caller.workspace.identity(tx, member))?;
    let identity = identity.ok_or(guanxi_kernel::KernelError::NotSignedIn)?;
    let context = caller.context_of(&identity)?;
    let ids = app.workspaces.ids().as_ref();
    let (token, csrf) = (random_token(ids), random_token(ids));
    let hash = sha256_hex(token.as_bytes());
    if let Some(old) = caller.session_hash() {
        identity::close_session(&context, old)?;
    }
    identity::open_session(&context, member, &hash, &csrf, LIFETIME)?;
    let signed_in = SignedIn { context, identity, session: Some((hash, csrf)) };
    Ok((Answer::json(&me_json(&signed_in)?), caller.session_cookie(&token)))
}
