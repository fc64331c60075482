//! `POST /me/password`: another password for oneself; all other sessions end.

use axum::extract::State;
use axum::http::StatusCode;
use guanxi_kernel::identity::Attempt;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{identity, mail};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::auth::password_rules::{About, check_new};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::sign_in::{begin_attempt, note_failure, policy, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::mail::{Notice, notice};

/// Another password for oneself.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPassword {
    /// The one so far.
    current: String,
    /// The one from now on.
    new: String,
}

/// Changes the caller's password.
pub async fn change(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let (member, about, hash) = caller.clone().call(known).await?;
    let ChangedPassword { current, new } = body.read()?;
    let attempt = Attempt::new(&about.email, caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    if !app.hashing(move |app| app.passwords.verify(&current, hash.as_deref())).await? {
        note_failure(&app, &caller, Some(member), "sign_in_failed", "bad_credentials").await?;
        return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "当前密码错误", "the current password is wrong").into());
    }
    succeed_attempt(&app, &attempt).await?;
    check_new("new", &new, &about, &*policy(&app, &caller).await?)?;
    let hash = app.hashing(move |app| app.passwords.hash(&new, app.workspaces.ids().as_ref())).await??;
    let again = caller.clone();
    caller
        .call(move |signed_in| {
            let session = signed_in.require_session()?;
            let context = &signed_in.context;
            identity::set_credential(context, context.actor, &hash, Some(session.id))?;
            again.renew(context, session.clone())?;
            tell(signed_in, Notice::PasswordChanged)?;
            context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}

fn known(signed_in: &SignedIn) -> Result<(uuid::Uuid, About, Option<String>), ApiError> {
    signed_in.require_session()?;
    let (context, identity) = (&signed_in.context, &signed_in.identity);
    let hash = context.workspace.store.read_with(|tx| identity::credential(tx, context.actor))?;
    let about = About { name: identity.name.clone(), email: identity.email.clone(), company: context.workspace.settings().name.clone() };
    Ok((context.actor, about, hash))
}

/// Tells a member by mail that how he signs in has changed.
pub fn tell(signed_in: &SignedIn, what: Notice) -> Result<(), ApiError> {
    let context = signed_in.context.clone();
    let message = notice(what, &signed_in.identity.email, context.locale, &context.workspace.settings().name);
    Ok(signed_in.context.workspace.store.write_with(move |tx| mail::enqueue(&context, tx, &message))?)
}
