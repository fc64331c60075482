//! `/changes/{id}/undo`: takes a change back, and tells how far that has come.

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{UndoBegun, begin_undo, undo_of_change};
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};
use crate::import::{self, ImportState};

/// Undoes: at once, or as a job where that takes long.
pub async fn undo_change(caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> std::result::Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            refuse_while_it_runs(context, id)?;
            match begin_undo(context, id)? {
                UndoBegun::Done(answer) => Answer::json(&answer),
                UndoBegun::Running(run) => Ok(Answer::json(&run)?.with_status(StatusCode::ACCEPTED)),
            }
        })
        .await
}

/// How far taking a change back has come: one's own, or anybody's for an administrator.
pub async fn get_undo(caller: Caller, Path(id): Path<String>, query: Query) -> std::result::Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let run = context.workspace.store.read_with(|tx| undo_of_change(context, tx, id))?;
            let run = run.filter(|it| it.member == context.actor || context.access.is_unlimited());
            Answer::json(&run.ok_or(KernelError::NotFound)?)
        })
        .await
}

/// What an import goes on writing would be left of it.
fn refuse_while_it_runs(context: &Context, change: Uuid) -> Result<()> {
    let import = context.workspace.store.read_with(|tx| import::import_of_change(tx, context.actor, change))?;
    if import.is_some_and(|it| it.state == ImportState::Running) {
        return Err(KernelError::conflict(
            "state_conflict",
            "此导入正在进行，请先暂停或取消，再撤销",
            "the import is running; pause or cancel it before taking it back",
        ));
    }
    Ok(())
}
