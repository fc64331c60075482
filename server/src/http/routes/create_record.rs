//! `POST /records/{object}`: one new record.

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{StoreError, StoreExt as _};
use guanxi_kernel::write::{Batch, BatchMode, Operation, Outcome, execute};
use guanxi_kernel::{KernelError, Result};
use serde_json::json;
use std::sync::Arc;

use super::dry_run;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// Creates.
pub async fn create(caller: Caller, Path(object): Path<String>, query: Query, body: JsonBody) -> std::result::Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let batch = one(&object, Operation::Create { values: body.object()? }, "create");
            if dry {
                return dry_run::answer(context, &batch);
            }
            let written = execute_one(context, &batch)?;
            let answer = saved(context, &object, written)?;
            Ok(answer.with_status(StatusCode::CREATED).with_location(format!("/api/v1/records/{}/{}", object.name, written.id)))
        })
        .await
}

/// A batch of one.
pub fn one(object: &Arc<Object>, operation: Operation, verb: &'static str) -> Batch {
    Batch { object: object.clone(), operations: vec![operation], mode: BatchMode::AllOrNothing, verb, change: None }
}

/// Carries a batch of one out.
///
/// # Errors
/// Its own.
pub fn execute_one(context: &Context, batch: &Batch) -> Result<Outcome> {
    execute(context, batch)?.results.pop().unwrap_or(Err(guanxi_kernel::KernelError::NotFound))
}

/// A record just saved, as the caller sees it now; only its id where he does not.
///
/// # Errors
/// Fails where the database does.
pub fn saved(context: &Context, object: &Arc<Object>, written: Outcome) -> Result<Answer> {
    let found = match context.workspace.store.read_with(|tx| read::get(context, tx, object, written.id, None)) {
        // It is saved, whatever happened to the definitions since.
        Err(KernelError::Store(StoreError::Outdated(_))) => None,
        found => found?,
    };
    let (version, body) = found.unwrap_or_else(|| (written.version, json!({ "id": written.id, "version": written.version }).to_string()));
    Ok(Answer::ok(body).with_version(version))
}
