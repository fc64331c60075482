//! `POST /me/password`: another password for oneself; all other sessions end.

use axum::extract::State;
use axum::http::StatusCode;
use guanxi_kernel::identity;
use guanxi_kernel::store::StoreExt as _;
use serde::Deserialize;

use crate::auth::password::check_new;
use crate::auth::throttle::Attempt;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    current: String,
    new: String,
}

/// Changes the caller's password.
pub async fn change(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let again = caller.clone();
    let (email, hash) = caller
        .clone()
        .call(|signed_in| {
            let context = &signed_in.context;
            let hash = context.workspace.store.read_with(|tx| identity::credential(tx, context.actor))?;
            Ok((signed_in.identity.email.clone(), hash))
        })
        .await?;
    let Change { current, new } = body.read()?;
    let attempt = Attempt::new(&email, caller.address);
    let now = app.workspaces.clock().now();
    app.throttle.begin(&attempt, now).map_err(ApiError::too_many_attempts)?;
    if !app.hashing(move |app| app.passwords.verify(&current, hash.as_deref())).await? {
        return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "当前密码错误", "the current password is wrong").into());
    }
    app.throttle.succeed(&attempt, now);
    check_new("new", &new, &email)?;
    let hash = app.hashing(move |app| app.passwords.hash(&new, app.workspaces.ids().as_ref())).await??;
    again
        .call(move |signed_in| {
            let keep = signed_in.session.as_ref().map(|it| it.0.as_str());
            identity::set_credential(&signed_in.context, signed_in.context.actor, &hash, keep)?;
            signed_in.context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}
