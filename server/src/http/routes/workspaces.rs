//! `GET /workspaces`, `POST /workspaces`, `DELETE /workspaces/{id}`: for administrators of the main workspace.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query, Shared, SignedIn};
use crate::workspaces::MAIN;

fn require_server_administrator(signed_in: &SignedIn) -> Result<(), ApiError> {
    let context = &signed_in.context;
    context.access.require_administrator()?;
    if context.workspace.id == MAIN { Ok(()) } else { Err(KernelError::Forbidden("main workspace only".into()).into()) }
}

/// A workspace of this server.
#[derive(Serialize, JsonSchema)]
pub struct WorkspaceEntry {
    /// Id; stands in its address, `/w/ID/`.
    id: String,
    /// Name for people.
    name: String,
    /// When it was made; null for the main one.
    created_at: Option<Timestamp>,
}

/// A workspace just made.
#[derive(Serialize, JsonSchema)]
pub struct MadeWorkspace {
    /// Id; stands in its address, `/w/ID/`.
    id: String,
    /// Name for people.
    name: String,
}

/// All workspaces.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            require_server_administrator(signed_in)?;
            let name = signed_in.context.workspace.settings().name.clone();
            let mut items = vec![WorkspaceEntry { id: MAIN.to_owned(), name, created_at: None }];
            let others = app.workspaces.list()?.into_iter();
            items.extend(others.map(|it| WorkspaceEntry { id: it.id, name: it.name, created_at: Some(it.created_at) }));
            Answer::json(&Items { items })
        })
        .await
}

/// A workspace to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Its id, lower-case letters and digits.
    id: String,
    /// Its name for people.
    name: String,
    /// The workspace it begins as a copy of; empty where absent.
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
            app.start_background(&workspace).map_err(|error| ApiError::internal(format!("background threads: {error}")))?;
            let location = format!("/w/{id}/");
            let made = MadeWorkspace { id, name: name.trim().to_owned() };
            Ok(Answer::json(&made)?.with_status(StatusCode::CREATED).with_location(location))
        })
        .await
}

/// Drops one.
pub async fn remove(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            require_server_administrator(signed_in)?;
            app.backgrounds.stop(&id);
            app.workspaces.drop_workspace(&signed_in.context, &id)?;
            Ok(Answer::empty())
        })
        .await
}
