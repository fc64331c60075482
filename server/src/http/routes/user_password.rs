//! `POST /users/{id}/password`: an administrator sets a member's password; all the member's sessions end.

use axum::extract::{Path, State};
use guanxi_kernel::identity;
use serde::Deserialize;
use uuid::Uuid;

use crate::auth::password::check_new;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    new: String,
}

/// Sets a member's password.
pub async fn set(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    // Who may not is told so before anything is hashed.
    caller.clone().call(|signed_in| Ok(signed_in.context.access.require_administrator()?)).await?;
    let NewPassword { new } = body.read()?;
    check_new("new", &new, "")?;
    let hash = app.hashing(move |app| app.passwords.hash(&new, app.workspaces.ids().as_ref())).await??;
    caller
        .call(move |signed_in| {
            let keep = signed_in.session.as_ref().filter(|_| id == signed_in.context.actor).map(|it| it.0.as_str());
            identity::set_credential(&signed_in.context, id, &hash, keep)?;
            signed_in.context.workspace.feed.announce();
            Ok(Answer::empty())
        })
        .await
}
