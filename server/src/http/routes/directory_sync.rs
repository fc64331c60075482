//! `POST /identity-providers/{id}/sync/plan`, `POST /identity-providers/{id}/sync`: takes the organisation over from a
//! directory; first told, then done in the background.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::identity::{self, Organisation, Provider};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, jobs};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::directory::{self, SYNC, SyncPlan};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::foreign::told;
use crate::http::{Answer, Caller, Query, Shared};

/// The directory, for an administrator; not found where the organisation is not taken over from it.
async fn directory(caller: &Caller, id: Uuid) -> Result<Provider, ApiFailure> {
    caller
        .clone()
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            let found = signed_in.context.workspace.store.read_with(|tx| identity::provider(tx, id))?;
            if directory::settings_of(&found).is_none() { Err(KernelError::NotFound.into()) } else { Ok(found) }
        })
        .await
}

/// What a run would do.
pub async fn plan(State(app): State<Shared>, caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let provider = directory(&caller, id).await?;
    let asked = provider.clone();
    let found: Organisation =
        app.outside(move |app| directory::ask(app.directory.as_ref(), &app.vault, &asked)).await??.map_err(|error| told(id, &error))?;
    caller
        .call(move |signed_in| {
            signed_in.context.access.require_administrator()?;
            let plan: SyncPlan = directory::plan(&signed_in.context, &provider, &found)?.told(&found);
            Answer::json(&plan)
        })
        .await
}

/// A run to be begun.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedSync {
    /// So many may be suspended, though it is more than the settings let a run suspend.
    leavers: Option<u64>,
}

/// A run that was begun.
#[derive(Serialize, JsonSchema)]
pub struct BegunSync {
    /// The job; null where the same one waits already.
    job: Option<Uuid>,
}

/// Begins a run.
pub async fn run(caller: Caller, Path(id): Path<Uuid>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    directory(&caller, id).await?;
    caller
        .write(body, move |signed_in, body| {
            let context = signed_in.context.clone();
            context.access.require_administrator()?;
            context.require_proof()?;
            let WantedSync { leavers } = body.read()?;
            let store = context.workspace.store.clone();
            let job = store.write_with(move |tx| {
                let payload = json!({ "provider": id, "leavers": leavers });
                jobs::enqueue(&context, tx, SYNC, payload, Some(format!("{SYNC}/{id}/{leavers:?}")), context.now)
            })?;
            Ok(Answer::json(&BegunSync { job: Some(job).filter(|it| !it.is_nil()) })?.with_status(StatusCode::ACCEPTED))
        })
        .await
}
