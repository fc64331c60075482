//! Imports as durable jobs, and what is left of old ones tidied away.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{StoreError, StoreExt as _, WriteTx};
use guanxi_kernel::write::undo_of_change;
use guanxi_kernel::{KernelError, Result};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::kinds::Kinds;
use super::ledger::{self, Import, ImportState};
use super::rows;
use super::run::{Ending, Runner, fail};
use super::waiting::{Waiting, waiting_of};
use super::{ImportPlan, file_of, parcels, rejected_of};
use crate::errors::disk_error;
use crate::shutdown::Shutdown;

const KIND: &str = "import.run";
/// Files and quoted cells of imports nobody touched for this long are removed.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which rows a run is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportRowsWanted")]
pub enum RowsWanted {
    /// All that are left.
    #[default]
    All,
    /// Those that were refused, with what was changed of them since.
    Rejected,
}

/// Puts a planned import into the queue, one that was paused or failed back into it, or the rows that one refused which is done.
///
/// # Errors
/// A conflict where it runs or has ended; `nothing_rejected` where no row is left to be tried again.
pub fn start(context: &Context, id: Uuid, wanted: RowsWanted) -> Result<Import> {
    let workspace = context.workspace.clone();
    loop {
        let import = ledger::load(context, id)?;
        refuse_taken_back(context, &import)?;
        let from = import.state;
        let (inner, next, now) = (context.clone(), next_run(context, &import, wanted)?, workspace.clock.now());
        let started = workspace.store.write_with(move |tx| {
            let mut next = next.clone();
            if !ledger::advance(tx, &mut next, from, now)? {
                return Ok(None);
            }
            enqueue(&inner, tx, &next, now)?;
            Ok(Some(next))
        })?;
        // Somebody changed a row of it meanwhile: look again.
        if let Some(started) = started {
            workspace.feed.announce();
            return Ok(started);
        }
    }
}

/// What more an import that was taken back wrote would be of a change that is none any more.
fn refuse_taken_back(context: &Context, import: &Import) -> Result<()> {
    let Some(change) = import.data.change_id else { return Ok(()) };
    if context.workspace.store.read_with(|tx| undo_of_change(context, tx, change))?.is_none() {
        return Ok(());
    }
    Err(KernelError::conflict("state_conflict", "此导入已撤销，请重新上传文件导入", "the import was taken back; upload the file again to import it"))
}

/// Puts an import into the queue that was just taken in, with a plan that nobody has to look at.
///
/// # Errors
/// Where the database fails.
pub(super) fn start_planned(context: &Context, mut import: Import, plan: ImportPlan) -> Result<()> {
    let from = import.state;
    import.state = ImportState::Planned;
    import.data.plan = Some(plan);
    // In one transaction: a plan that nobody runs would be a table that is lost without a word.
    let (inner, next, now) = (context.clone(), next_run(context, &import, RowsWanted::All)?, context.workspace.clock.now());
    let started = context.workspace.store.write_with(move |tx| {
        let mut next = next.clone();
        Ok(ledger::advance(tx, &mut next, from, now)? && enqueue(&inner, tx, &next, now)?)
    })?;
    if !started {
        return Err(ledger::wrong_state(from));
    }
    context.workspace.feed.announce();
    Ok(())
}

fn enqueue(context: &Context, tx: &mut dyn WriteTx, next: &Import, now: Timestamp) -> Result<bool> {
    // A run that was paused a moment ago may still be about its last rows: this one is another job.
    let key = format!("import.{}.{}", next.id, next.data.epoch);
    jobs::enqueue(context, tx, KIND, json!({ "id": next.id }), Some(key), now).map(|_| true)
}

/// The import as it is when it runs.
fn next_run(context: &Context, import: &Import, wanted: RowsWanted) -> Result<Import> {
    let mut next = Import { state: ImportState::Running, ..import.clone() };
    let data = &mut next.data;
    match (import.state, wanted) {
        (ImportState::Planned, RowsWanted::All) => data.attempt = 1,
        (ImportState::Failed | ImportState::Paused, RowsWanted::All) if data.plan.is_some() => data.attempt = data.attempt.max(1),
        (ImportState::Done, RowsWanted::Rejected) => {
            data.attempt = data.attempt.max(1) + 1;
            let (id, attempt) = (import.id, data.attempt);
            data.left = context.workspace.store.read_with(|tx| rows::open_before(tx, id, attempt))?.len() as u64;
            if data.left == 0 {
                return Err(KernelError::conflict(
                    "state_conflict",
                    "此导入没有可以重新导入的行",
                    "no row of this import was refused and can be tried again",
                ));
            }
            data.problems.clear();
            data.kinds = Kinds::default();
            data.parts.iter_mut().for_each(|it| it.counts.reject = 0);
            data.rejected_bytes = 0;
            data.waiting = Waiting::default();
        }
        (state, _) => return Err(ledger::wrong_state(state)),
    }
    data.epoch += 1;
    data.failure = None;
    // Undo finds everything of the import under this id, from the first batch on.
    data.change_id.get_or_insert_with(|| context.new_id());
    Ok(next)
}

/// Imports that a process is about: the next run of one waits until the run that was paused has put down its pen.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(Arc<(Mutex<HashSet<Uuid>>, Condvar)>);

impl UnderWay {
    fn begin(&self, id: Uuid) -> Working<'_> {
        let held = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = self.0.1.wait_while(held, |it| it.contains(&id)).unwrap_or_else(PoisonError::into_inner);
        held.insert(id);
        Working { under_way: self, id }
    }
}

struct Working<'a> {
    under_way: &'a UnderWay,
    id: Uuid,
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.under_way.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.under_way.0.1.notify_all();
    }
}

/// Runs imports.
pub struct ImportJob {
    /// Folder of the files.
    pub folder: PathBuf,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
    /// What it is about.
    pub under_way: UnderWay,
}

impl JobHandler for ImportJob {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = payload["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let id = id.ok_or_else(|| KernelError::Internal("an import job without an id".into()))?;
        let workspace = &context.workspace;
        let _working = self.under_way.begin(id);
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
        ledger::fill_in(context)?;
        parcels::tidy(&self.folder, context.workspace.clock.now()).map_err(|error| disk_error(&error))?;
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
    let mut next = import.clone();
    let quotes = next.data.forget_quotes();
    let (from, now) = (import.state, context.workspace.clock.now());
    let forgotten = context.workspace.store.write_with(move |tx| {
        if quotes && !ledger::advance(tx, &mut next.clone(), from, now)? {
            return Ok(false);
        }
        rows::forget(tx, next.id)?;
        Ok(true)
    })?;
    if !forgotten {
        return Ok(false);
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
