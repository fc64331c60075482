//! `GET /workspaces`, `POST /workspaces`, `DELETE /workspaces/{id}`: for administrators of the main workspace.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use serde::Deserialize;
use serde_json::json;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::workspaces::MAIN;

fn require_server_administrator(signed_in: &SignedIn) -> Result<(), ApiError> {
    let context = &signed_in.context;
    context.access.require_administrator()?;
    if context.workspace.id == MAIN { Ok(()) } else { Err(KernelError::Forbidden("main workspace only".into()).into()) }
}

/// All workspaces.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            require_server_administrator(signed_in)?;
            let main = json!({ "id": MAIN, "name": signed_in.context.workspace.settings().name, "created_at": null });
            let mut items = vec![main];
            items.extend(app.workspaces.list()?.into_iter().map(|it| json!(it)));
            Ok(Answer::json(&json!({ "items": items })))
        })
        .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWorkspace {
    id: String,
    name: String,
    template: Option<String>,
}

/// Makes one.
pub async fn create(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            require_server_administrator(signed_in)?;
            let NewWorkspace { id, name, template } = body.read()?;
            if name.trim().is_empty() || name.chars().count() > 200 {
                return Err(
                    KernelError::invalid("name", "required", "请填写名称，最多200个字符", "a name is required, at most 200 characters").into()
                );
            }
            let workspace = app.workspaces.create(&signed_in.context, &id, name.trim(), template.as_deref())?;
            app.start_background(&workspace)?;
            Ok(Answer::json(&json!({ "id": id, "name": name.trim() })).with_status(StatusCode::CREATED).with_location(format!("/w/{id}/")))
        })
        .await
}

/// Drops one.
pub async fn remove(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            require_server_administrator(signed_in)?;
            app.stop_background(&id);
            app.workspaces.drop_workspace(&signed_in.context, &id)?;
            Ok(Answer::empty())
        })
        .await
}
