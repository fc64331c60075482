//! Imports as durable jobs, and what is left of old ones tidied away.

use std::path::PathBuf;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Select, StoreError, StoreExt as _};
use guanxi_kernel::system_tables::IMPORT;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::ledger::{self, Import, ImportState};
use super::run::{Ending, Runner, fail};
use super::waiting::waiting_of;
use super::{file_of, rejected_of};
use crate::shutdown::Shutdown;

const KIND: &str = "import.run";
/// Files of imports nobody touched for this long are removed.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Puts a planned import into the queue, or one that failed back into it.
///
/// # Errors
/// A conflict where it runs or has ended.
pub fn start(context: &Context, import: &Import) -> Result<Import> {
    let from = import.state;
    let resumes = from == ImportState::Failed && import.data.plan.is_some();
    if from != ImportState::Planned && !resumes {
        return Err(ledger::wrong_state(from));
    }
    let mut next = Import { state: ImportState::Running, ..import.clone() };
    next.data.failure = None;
    // Undo finds everything of the import under this id, from the first batch on.
    next.data.change_id.get_or_insert_with(|| context.new_id());
    let (inner, now) = (context.clone(), context.workspace.clock.now());
    let started = context.workspace.store.write_with(move |tx| {
        let mut next = next.clone();
        if !ledger::advance(tx, &mut next, from, now)? {
            return Err(ledger::wrong_state(from));
        }
        jobs::enqueue(&inner, tx, KIND, json!({ "id": next.id }), Some(format!("import.{}", next.id)), now)?;
        Ok(next)
    })?;
    context.workspace.feed.announce();
    Ok(started)
}

/// Runs imports.
pub struct ImportJob {
    /// Folder of the files.
    pub folder: PathBuf,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for ImportJob {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = payload["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let id = id.ok_or_else(|| KernelError::Internal("an import job without an id".into()))?;
        let workspace = &context.workspace;
        let Some(import) = workspace.store.read_with(|tx| ledger::find(tx, id))?.filter(|it| it.state == ImportState::Running) else {
            return Ok(());
        };
        let runner = match Runner::new(workspace, &self.folder, import.clone(), &context.request_id) {
            Ok(runner) => runner,
            Err(error @ (KernelError::Store(_) | KernelError::Internal(_))) => return Err(error),
            Err(error) => return fail(workspace, &import, &error),
        };
        match runner.run(&|| self.shutdown.has_begun(), &mut |_| workspace.feed.announce())? {
            // The next process takes it up where it stands.
            Ending::Stopped => Err(KernelError::Store(StoreError::Busy)),
            Ending::Done | Ending::Failed | Ending::Taken => {
                workspace.feed.announce();
                Ok(())
            }
        }
    }
}

/// Removes the files of imports long past; what they made and how they ended stays.
pub struct TidyImports {
    /// Folder of the files.
    pub folder: PathBuf,
}

impl JobHandler for TidyImports {
    fn kind(&self) -> &str {
        "import.tidy"
    }

    fn every_seconds(&self) -> Option<u32> {
        Some(24 * 3600)
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let before = context.workspace.clock.now() - KEPT;
        let old = Condition::Compare(ColumnRef::main(7), CompareOp::Lt, Value::DateTime(before));
        let idle = old.and(Condition::Compare(ColumnRef::main(4), CompareOp::Ne, Value::Text(ImportState::Running.name().into())));
        let select = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&IMPORT, idle) };
        let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))?;
        for id in rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }) {
            let waiting = waiting_of(&self.folder, id);
            for path in [file_of(&self.folder, id), rejected_of(&self.folder, id)].iter().chain(&waiting) {
                match std::fs::remove_file(path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => tracing::warn!(%error, path = %path.display(), "an old file stays"),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
