//! `POST /auth/logout`: the session is dead.

use axum::extract::State;
use axum::response::Response;
use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{self, Stage};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::ApiFailure;
use crate::http::foreign::{base_url, oidc, told};
use crate::http::sign_in::with_cookie;
use crate::http::{Answer, Caller, Query, Shared};

/// Signed out here.
#[derive(Serialize, JsonSchema)]
pub struct SignedOut {
    /// Where the browser signs out of the identity provider as well; null where there is nothing to do.
    provider_url: Option<String>,
}

/// Signs out. Here that never depends on the provider.
pub async fn logout(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    let cookie = caller.session_cookie("");
    let workspace = caller.workspace.clone();
    let provider = caller
        .himself()
        .call_at(&[Stage::Full, Stage::SecondFactor, Stage::Enrolment], |signed_in| {
            let Some(session) = &signed_in.session else { return Ok(None) };
            identity::close_session(&signed_in.context, &session.token_hash)?;
            // Streams of this session look and find it gone.
            signed_in.context.workspace.feed.announce();
            Ok(session.provider.as_ref().map(|it| it.provider))
        })
        .await?;
    let provider_url = match provider {
        Some(provider) => sign_out_url(&app, workspace, provider).await?,
        None => None,
    };
    with_cookie(Answer::json(&SignedOut { provider_url })?, &cookie)
}

async fn sign_out_url(app: &Shared, workspace: std::sync::Arc<guanxi_kernel::workspace::Workspace>, id: Uuid) -> Result<Option<String>, ApiFailure> {
    let Ok(base) = base_url(app, &workspace.id) else { return Ok(None) };
    let all = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::providers(tx))?)).await?;
    let Some(found) = all.into_iter().find(|it| it.id == id && it.enabled && oidc(it).is_ok_and(|it| it.signs_out)) else { return Ok(None) };
    let now = app.workspaces.clock().now();
    let asked = app.outside(move |app| Ok::<_, KernelError>(app.oidc.sign_out(oidc(&found)?, &format!("{base}/login"), now))).await??;
    Ok(asked.unwrap_or_else(|error| {
        told(id, &error);
        None
    }))
}
