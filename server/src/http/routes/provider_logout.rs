//! `POST /auth/providers/{id}/logout`: an OpenID Connect provider says that somebody signed out there (Back-Channel Logout).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{self, Attempt};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::auth::token::sha256_hex;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::FormBody;
use crate::http::foreign::{oidc, told};
use crate::http::sign_in::{begin_attempt, note_failure, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared};

/// Who signed out there is signed out here.
#[derive(Serialize, JsonSchema)]
pub struct SignedOutThere {
    /// Sessions that ended.
    ended: u64,
}

/// Ends the sessions that were opened by what is signed out there.
pub async fn signed_out(
    State(app): State<Shared>,
    caller: Caller,
    Path(provider): Path<Uuid>,
    query: Query,
    body: FormBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let token = body.field("logout_token")?;
    let attempt = Attempt::new(&format!("provider-logout/{}", caller.address), caller.address);
    begin_attempt(&app, &caller, &attempt).await?;
    let workspace = caller.workspace.clone();
    let found = app.engine(move |_| Ok(workspace.store.read_with(|tx| identity::provider(tx, provider))?)).await?;
    oidc(&found)?;
    let now = app.workspaces.clock().now();
    let asked = app.outside(move |app| Ok::<_, KernelError>(app.oidc.signed_out(oidc(&found)?, &token, now))).await??;
    let said = match asked {
        Ok(said) => said,
        Err(error) => {
            note_failure(&app, &caller, None, "sign_out_refused", "bad_logout_token").await?;
            told(provider, &error);
            return Err(refused(error.message.zh_cn, error.message.en).into());
        }
    };
    succeed_attempt(&app, &attempt).await?;
    let (workspace, request_id) = (caller.workspace.clone(), caller.request_id.clone());
    let found = app
        .engine(move |_| {
            let context = workspace.system_context(Uuid::nil(), &request_id);
            let once = sha256_hex(format!("{provider}/{}", said.token).as_bytes());
            let ended = identity::end_sessions_there(&context, provider, &said, &once)?;
            // Streams of these sessions look and find them gone.
            workspace.feed.announce();
            Ok(ended)
        })
        .await?;
    let Some(ended) = found else {
        return Err(refused("此注销令牌已使用过".into(), "this logout token was used before".into()).into());
    };
    Ok(Answer::json(&SignedOutThere { ended })?)
}

fn refused(zh_cn: String, en: String) -> ApiError {
    ApiError::http(StatusCode::BAD_REQUEST, "bad_logout_token", zh_cn, en)
}
