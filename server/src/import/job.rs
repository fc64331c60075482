//! Imports as durable jobs, and what is left of old ones tidied away.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{StoreError, StoreExt as _};
use guanxi_kernel::{KernelError, Result};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::ledger::{self, Import, ImportState};
use super::run::{Ending, Runner, fail};
use super::waiting::waiting_of;
use super::{file_of, rejected_of};
use crate::errors::disk_error;
use crate::shutdown::Shutdown;

const KIND: &str = "import.run";
/// Files and quoted cells of imports nobody touched for this long are removed.
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

/// Removes the files and quoted cells of imports long past; what they made and how they ended stays.
pub struct TidyImports {
    /// Folder of the files.
    pub folder: PathBuf,
}

impl JobHandler for TidyImports {
    fn kind(&self) -> &str {
        "import.tidy"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("20 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let before = context.workspace.clock.now() - KEPT;
        for import in ledger::untouched_since(context, Some(before))? {
            forget(context, &self.folder, &import)?;
        }
        Ok(())
    }
}

/// The imports whose writes are among these changes.
///
/// # Errors
/// Where the database fails.
pub fn of_changes(context: &Context, changes: &HashSet<Uuid>) -> Result<Vec<Import>> {
    let all = ledger::untouched_since(context, None)?;
    Ok(all.into_iter().filter(|it| it.data.change_id.is_some_and(|it| changes.contains(&it))).collect())
}

/// Removes the files of an import and the cells that its problems quote. `false`: it runs and still needs them.
///
/// # Errors
/// Where the database fails.
pub fn forget(context: &Context, folder: &Path, import: &Import) -> Result<bool> {
    if import.state == ImportState::Running {
        return Ok(false);
    }
    if !import.data.problems.is_empty() || import.data.rejected_bytes > 0 {
        let mut next = import.clone();
        next.data.problems.clear();
        next.data.rejected_bytes = 0;
        if !ledger::change(context, &next, import.state)? {
            return Ok(false);
        }
    }
    let waiting = waiting_of(folder, import.id);
    for path in [file_of(folder, import.id), rejected_of(folder, import.id)].iter().chain(&waiting) {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk_error(&error).into()),
            _ => {}
        }
    }
    Ok(true)
}
