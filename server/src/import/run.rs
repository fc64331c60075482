//! Carrying an import out: one thread reads the file, one plans, one writes; each batch commits with its place in the file.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use guanxi_tabular::{Rows, Table, TabularError};
use uuid::Uuid;

use super::batch::Files;
use super::chunk::{Item, Mode, Planned, Planning};
use super::kin::{Kin, MAX_ROUNDS, Stage};
use super::late::LateIndexes;
use super::ledger::{self, Import, ImportState};
use super::lookup::Lookups;
use super::overlay::Overlay;
use super::recipe::Recipe;
use super::rejected::RejectedRows;
use super::rows;
use super::staged::{Kins, kins_of};
use super::upload::file_problem;
use super::waiting::WaitingRows;
use super::{check_file, file_of, importer, rejected_of};
use crate::errors::disk_error;

/// Rows of one transaction.
const BATCH: usize = 3_000;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All rows are dealt with.
    Done,
    /// The file or the importer's rights ended it; the import says why.
    Failed,
    /// Somebody cancelled it, or another worker goes on with it.
    Taken,
    /// The process is to end; the import goes on later.
    Stopped,
}

/// One run of an import.
pub struct Runner {
    workspace: Arc<Workspace>,
    pub(super) import: Import,
    pub(super) recipe: Arc<Recipe>,
    table: Table,
    pub(super) files: Arc<Mutex<Files>>,
    pub(super) overlay: Arc<Overlay>,
    pub(super) kin: Kin,
    pub(super) kins: Kins,
    request_id: String,
}

pub(super) enum Step {
    Go,
    Taken,
}

/// What is done after each batch.
type Passed<'a> = dyn FnMut(&Import) -> Result<()> + 'a;

/// What the planner hands to the writer.
type Batch = (Context, Vec<Item>, Planned);

impl Runner {
    /// Prepares an import that is to run, from wherever it stands.
    ///
    /// # Errors
    /// The file cannot be read any more, or the plan does not fit the schema and the rights of today.
    pub fn new(workspace: &Arc<Workspace>, folder: &Path, import: Import, request_id: &str) -> Result<Self> {
        let context = importer(workspace, import.member, request_id)?;
        let object = context.schema.object(&import.object).cloned().ok_or(KernelError::NotFound)?;
        let failed = |error: TabularError| KernelError::Conflict { code: error.code(), message: file_problem(&error), fields: Vec::new() };
        let table = check_file(file_of(folder, import.id), &import.file_name, import.data.sheet.as_deref()).map_err(failed)?;
        let plan = import.data.plan.clone().ok_or_else(|| ledger::wrong_state(import.state))?;
        let is_csv = table.format() == guanxi_tabular::Format::Csv;
        let recipe = Arc::new(Recipe::compile(&context, &object, &plan, table.headers(), is_csv)?);
        let rejected = RejectedRows::new(&rejected_of(folder, import.id), table.headers(), context.locale, import.data.rejected_bytes);
        let waiting = WaitingRows::new(folder, import.id);
        let overlay = Arc::new(workspace.store.read_with(|tx| Overlay::load(tx, import.id))?);
        let (workspace, request_id) = (workspace.clone(), request_id.to_owned());
        let (files, kins) = (Arc::new(Mutex::new(Files { rejected, waiting })), kins_of(&recipe));
        Ok(Self { workspace, import, recipe, table, files, overlay, kin: Kin::default(), kins, request_id })
    }

    /// Goes through the rows that are left. `stop` is asked between batches; `heard` is told of each one.
    ///
    /// # Errors
    /// The database or the disk: try again later.
    pub fn run(mut self, stop: &(dyn Fn() -> bool + Sync), heard: &mut dyn FnMut(&Import)) -> Result<Ending> {
        let workspace = self.workspace.clone();
        let _bulk = workspace.bulk.begin();
        let object = self.recipe.object.clone();
        let mut late = LateIndexes::begin(&workspace, &object, &self.import, !self.recipe.is_serial())?;
        match self.run_rounds(&mut late, stop, heard) {
            // Whoever takes it up goes on without the indexes.
            Ok(Ending::Stopped) => Ok(Ending::Stopped),
            Ok(Ending::Taken) => late.make().map(|()| Ending::Taken),
            Ok(_) => late.make().and_then(|()| self.end(ImportState::Done, None)),
            Err(error @ (KernelError::Store(_) | KernelError::Internal(_))) => Err(error),
            Err(error) => {
                let reason = reason_of(&error);
                late.make().and_then(|()| self.end(ImportState::Failed, Some(reason)))
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file from where the import stands, then the rows that wait, until nobody comes any further.
    fn run_rounds(&mut self, late: &mut LateIndexes, stop: &(dyn Fn() -> bool + Sync), heard: &mut dyn FnMut(&Import)) -> Result<Ending> {
        let fail = |error: TabularError| KernelError::Conflict { code: error.code(), message: file_problem(&error), fields: Vec::new() };
        loop {
            let waiting = self.import.data.waiting;
            let mut rows = self.table.rows().map_err(fail)?;
            let wanted = if waiting.round == 0 && self.import.data.is_repeated() {
                let (id, attempt) = (self.import.id, self.import.data.attempt);
                Some(self.workspace.store.read_with(|tx| rows::open_before(tx, id, attempt))?)
            } else if waiting.round == 0 {
                skip(&mut rows, self.import.data.done).map_err(fail)?;
                None
            } else {
                Some(self.files().waiting.read(waiting).map_err(|error| disk_error(&error))?)
            };
            // Only a round this process saw from its beginning knows why its rows wait.
            let saw_all = waiting.round > 0 && waiting.passed == 0;
            let mut created = self.import.data.counts.create;
            let ending = self.run_rows(rows, wanted, stop, &mut |import| {
                heard(import);
                let before = std::mem::replace(&mut created, import.data.counts.create);
                late.came(created - before)
            })?;
            let now = self.import.data.waiting;
            if ending != Ending::Done || now.left == 0 {
                return Ok(ending);
            }
            let stuck = (saw_all && now.left == now.rows) || now.round >= MAX_ROUNDS;
            let stage = if stuck { Stage::Closing } else { Stage::Open };
            self.kin.begin(stage);
            self.kins.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(|it| it.begin(stage));
            self.import.data.waiting = now.next();
        }
    }

    /// `passed` is told of the import after each batch.
    fn run_rows(&mut self, rows: Rows, wanted: Option<Vec<u64>>, stop: &(dyn Fn() -> bool + Sync), passed: &mut Passed<'_>) -> Result<Ending> {
        std::thread::scope(|scope| {
            let (to_planner, from_reader) = sync_channel(1);
            let (headers, overlay) = (self.table.headers().to_vec(), self.overlay.clone());
            scope.spawn(move || read_rows(rows, wanted, &headers, &overlay, &to_planner));
            if self.recipe.is_serial() {
                return self.run_serially(&from_reader, stop, passed);
            }
            let (to_writer, from_planner) = sync_channel(1);
            let planner = PlanAhead {
                workspace: self.workspace.clone(),
                import: self.import.clone(),
                recipe: self.recipe.clone(),
                request_id: self.request_id.clone(),
            };
            scope.spawn(move || planner.run(&from_reader, &to_writer));
            for batch in &from_planner {
                if stop() {
                    return Ok(Ending::Stopped);
                }
                let (context, items, planned) = batch?;
                if matches!(self.write(&context, &items, planned)?, Step::Taken) {
                    return Ok(Ending::Taken);
                }
                passed(&self.import)?;
            }
            Ok(Ending::Done)
        })
    }

    fn run_serially(
        &mut self,
        from_reader: &Receiver<Result<Vec<Item>>>,
        stop: &(dyn Fn() -> bool + Sync),
        passed: &mut Passed<'_>,
    ) -> Result<Ending> {
        for items in from_reader {
            if stop() {
                return Ok(Ending::Stopped);
            }
            let context = importer(&self.workspace, self.import.member, &self.request_id)?;
            if matches!(self.plan_and_write(&context, &items?)?, Step::Taken) {
                return Ok(Ending::Taken);
            }
            passed(&self.import)?;
        }
        Ok(Ending::Done)
    }

    fn end(&mut self, state: ImportState, failure: Option<Label>) -> Result<Ending> {
        self.import.state = state;
        self.import.data.failure = failure;
        let (import, context) = (self.import.clone(), self.workspace.system_context(Uuid::nil(), "import"));
        let ended = self.workspace.store.write_with(move |tx| ledger::end(&context, tx, &mut import.clone()))?;
        // Only then: where another run took it over, they are that one's.
        if ended && state == ImportState::Done {
            self.files().waiting.remove();
        }
        Ok(match (ended, state) {
            (false, _) => Ending::Taken,
            (true, ImportState::Done) => Ending::Done,
            (true, _) => Ending::Failed,
        })
    }
}

/// Plans rows that do not depend on each other while those before them are written.
struct PlanAhead {
    workspace: Arc<Workspace>,
    import: Import,
    recipe: Arc<Recipe>,
    request_id: String,
}

impl PlanAhead {
    fn run(&self, from_reader: &Receiver<Result<Vec<Item>>>, to_writer: &SyncSender<Result<Batch>>) {
        let (mut lookups, mut kin) = (Lookups::default(), Kin::default());
        for items in from_reader {
            let planned = items.and_then(|items| {
                let context = importer(&self.workspace, self.import.member, &self.request_id)?;
                let mut planning = Planning { context: &context, recipe: &self.recipe, lookups: &mut lookups, kin: &mut kin, mode: Mode::Real };
                let planned = planning.plan(&items)?;
                Ok((context, items, planned))
            });
            let failed = planned.is_err();
            if to_writer.send(planned).is_err() || failed {
                return;
            }
        }
    }
}

/// Reads the file in batches until it ends, fails or nobody listens; of some rows only, where their numbers are given.
fn read_rows(rows: Rows, wanted: Option<Vec<u64>>, headers: &[String], overlay: &Overlay, to_planner: &SyncSender<Result<Vec<Item>>>) {
    let last = wanted.as_ref().map_or(Some(u64::MAX), |it| it.last().copied());
    let is_wanted = |item: &Item| wanted.as_ref().is_none_or(|it| it.binary_search(&item.number()).is_ok());
    let is_over = |item: &Item| last.is_none_or(|it| item.number() > it);
    let mut items = Vec::with_capacity(BATCH);
    for row in rows {
        match Item::of(row, headers) {
            Ok(item) if is_over(&item) => break,
            Ok(item) if is_wanted(&item) => items.push(overlay.lay(item, headers.len())),
            Ok(_) => {}
            Err(error) => {
                let error = KernelError::Conflict { code: error.code(), message: file_problem(&error), fields: Vec::new() };
                let rest = [Ok(items), Err(error)];
                // Nobody listens any more: then nobody needs to know.
                rest.into_iter().filter(|it| !matches!(it, Ok(none) if none.is_empty())).for_each(|it| drop(to_planner.send(it)));
                return;
            }
        }
        if items.len() == BATCH && to_planner.send(Ok(std::mem::replace(&mut items, Vec::with_capacity(BATCH)))).is_err() {
            return;
        }
    }
    if !items.is_empty() {
        drop(to_planner.send(Ok(items)));
    }
}

/// Passes over the rows that are dealt with.
fn skip(rows: &mut Rows, done: u64) -> std::result::Result<(), TabularError> {
    for _ in 0..done {
        match rows.next() {
            Some(row) => Item::of(row, &[]).map(drop)?,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Why an import failed, for the person who started it.
fn reason_of(error: &KernelError) -> Label {
    match error {
        KernelError::BadRequest { message, .. } | KernelError::Conflict { message, .. } => message.clone(),
        KernelError::Forbidden(_) | KernelError::NotFound => Label::new("您已没有导入此对象的权限", "you may not import into this object any more"),
        KernelError::Invalid(errors) => errors.first().map_or_else(Label::default, |it| it.message.clone()),
        other => Label::new(other.to_string(), other.to_string()),
    }
}

/// Ends an import that cannot even begin.
pub(super) fn fail(workspace: &Arc<Workspace>, import: &Import, error: &KernelError) -> Result<()> {
    let mut failed = Import { state: ImportState::Failed, ..import.clone() };
    failed.data.failure = Some(reason_of(error));
    let context = workspace.system_context(Uuid::nil(), "import");
    workspace.store.write_with(move |tx| ledger::end(&context, tx, &mut failed.clone())).map(drop)
}
