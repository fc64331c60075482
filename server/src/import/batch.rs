//! Writing a batch of rows: its records, the note how far the import has come, and what is kept beside them, in one
//! transaction.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreError;
use guanxi_kernel::write::{Draft, DraftKind, Unit, run_unit};
use guanxi_kernel::{KernelError, Result};
use uuid::Uuid;

use super::chunk::{Item, Mode, Planned, Planning, Refused, row_problems};
use super::ledger::{self, Import, ImportState};
use super::lookup::Lookups;
use super::origin::{Fate, RowRecord};
use super::overlay::Overlay;
use super::recipe::Recipe;
use super::rejected::RejectedRows;
use super::rows::Outcome;
use super::run::{Runner, Step};
use super::staged::Pass;
use super::waiting::{Waiting, WaitingRows};
use super::{Counts, MAX_PROBLEMS, PartCounts, origin};
use crate::errors::disk_error;

/// How often rows are planned again that others were faster with.
const MAX_TRIES: usize = 3;

/// What lies beside the uploaded file.
pub(super) struct Files {
    pub rejected: RejectedRows,
    pub waiting: WaitingRows,
}

/// What the notebook says of an import before a batch, and what goes into it with the batch.
struct Note {
    import: Import,
    change: Uuid,
    recipe: Arc<Recipe>,
    overlay: Arc<Overlay>,
    files: Arc<Mutex<Files>>,
    taken: Arc<AtomicBool>,
}

impl Note {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The import as it will be, and what then lies beside it.
    fn next(&self, items: &[Item], planned: &Planned, kept: &mut Outcome) -> Result<(Import, Beside)> {
        let mut next = self.import.clone();
        next.data.change_id = Some(self.change);
        let refused = self.files().rejected.lines(items, &planned.refused).map_err(|error| disk_error(&error))?;
        next.data.rejected_bytes += refused.len() as u64;
        let beside = Beside { refused, round: next.data.waiting, waiting: planned.waiting.clone() };
        kept.bound(&mut next.data.kept_bytes);
        next.data.pass(items);
        next.data.waiting.left += planned.waiting.len() as u64;
        next.data.counts.add(planned.counts);
        add_parts(&self.recipe, &mut next.data.parts, &planned.parts);
        planned.refused.iter().flat_map(|it| &it.problems).for_each(|it| next.data.kinds.note(it));
        let room = MAX_PROBLEMS.saturating_sub(next.data.problems.len());
        next.data.problems.extend(planned.refused.iter().flat_map(|it| it.problems.iter().cloned()).take(room));
        Ok((next, beside))
    }

    /// Notes it in the transaction of the batch; answers the moment. The files only once the import's row is ours until the
    /// transaction ends: a run that another one took over must not write over what that one wrote.
    fn advance(&self, unit: &mut Unit<'_>, next: &Import, beside: &Beside, kept: &Outcome, origins: &[RowRecord]) -> Result<jiff::Timestamp> {
        let (mut next, now) = (next.clone(), unit.context.workspace.clock.now());
        if !ledger::advance(unit.tx, &mut next, ImportState::Running, now)? {
            self.taken.store(true, Ordering::SeqCst);
            return Err(KernelError::conflict("state_conflict", "导入已被取消", "the import was cancelled"));
        }
        {
            let mut files = self.files();
            files.rejected.write(&beside.refused).map_err(|error| disk_error(&error))?;
            files.waiting.write(beside.round, &beside.waiting).map_err(|error| disk_error(&error))?;
        }
        kept.write(unit.tx, next.id, next.data.attempt)?;
        origin::note(unit.context, unit.tx, self.change, origins)?;
        Ok(next.updated_at)
    }
}

/// What a batch leaves beside the database.
struct Beside {
    /// Lines of the rows it refuses.
    refused: Vec<u8>,
    /// How far the run was with those that wait.
    round: Waiting,
    /// Rows that wait.
    waiting: Vec<u64>,
}

/// Adds what became of the records of each part.
pub(super) fn add_parts(recipe: &Recipe, sums: &mut Vec<PartCounts>, more: &[Counts]) {
    for (place, counts) in more.iter().enumerate() {
        let part = recipe.part(place);
        match sums.iter_mut().find(|it| it.key == part.key) {
            Some(sum) => sum.counts.add(*counts),
            None => sums.push(PartCounts { key: part.key.clone(), object: part.object.name.clone(), counts: *counts }),
        }
    }
}

/// What a write does with its record.
fn fate_of(kind: DraftKind) -> Fate {
    if kind == DraftKind::Create { Fate::Created } else { Fate::Updated }
}

fn is_fatal(error: &KernelError) -> bool {
    matches!(
        error,
        KernelError::Store(StoreError::Full | StoreError::Unavailable(_) | StoreError::Outdated(_) | StoreError::Other(_)) | KernelError::Internal(_)
    )
}

impl Runner {
    /// Plans and writes items from the first to the last, in as many transactions as it takes.
    pub(super) fn plan_and_write(&mut self, context: &Context, items: &[Item]) -> Result<Step> {
        if self.recipe.has_parts() {
            return self.write_whole(context, items);
        }
        let mut rest = items;
        let recipe = self.recipe.clone();
        let mut lookups = Lookups::default();
        while !rest.is_empty() {
            let planned = Planning { context, recipe: &recipe, lookups: &mut lookups, kin: &mut self.kin, mode: Mode::Real }.plan(rest)?;
            let (now, later) = rest.split_at(planned.consumed.max(1).min(rest.len()));
            if matches!(self.write(context, now, planned)?, Step::Taken) {
                return Ok(Step::Taken);
            }
            rest = later;
        }
        Ok(Step::Go)
    }

    /// Writes planned items with the note that they are dealt with. Where one of them fails in the database, each half by
    /// itself, down to the rows that fail alone.
    pub(super) fn write(&mut self, context: &Context, items: &[Item], planned: Planned) -> Result<Step> {
        match self.commit(context, items, planned) {
            Ok(step) => Ok(step),
            Err(failure) if is_fatal(&failure) => Err(failure),
            Err(error) => match items {
                [Item::Row(row)] => self.write_alone(context, &items[0], row.clone(), error),
                _ if items.len() > 1 => self.write_halves(context, items),
                _ => Err(error),
            },
        }
    }

    fn write_halves(&mut self, context: &Context, items: &[Item]) -> Result<Step> {
        let (first, second) = items.split_at(items.len() / 2);
        if matches!(self.plan_and_write(context, first)?, Step::Taken) { Ok(Step::Taken) } else { self.plan_and_write(context, second) }
    }

    /// One row that failed in the database: again where others were faster, else it is refused.
    fn write_alone(&mut self, context: &Context, item: &Item, row: guanxi_tabular::Row, mut error: KernelError) -> Result<Step> {
        let items = std::slice::from_ref(item);
        let recipe = self.recipe.clone();
        for _ in 0..MAX_TRIES {
            if !matches!(error, KernelError::Store(StoreError::Busy)) {
                break;
            }
            let (lookups, kin) = (&mut Lookups::default(), &mut self.kin);
            let planned = Planning { context, recipe: &recipe, lookups, kin, mode: Mode::Real }.plan(items)?;
            match self.commit(context, items, planned) {
                Ok(step) => return Ok(step),
                Err(next) => error = next,
            }
        }
        self.refuse_alone(context, &recipe, item, &row, error)
    }

    /// Refuses a row by what a part of it ran into.
    fn refuse_alone(&mut self, context: &Context, part: &Recipe, item: &Item, row: &guanxi_tabular::Row, error: KernelError) -> Result<Step> {
        let problems = row_problems(part, row, error)?;
        let mut planned = Planned { consumed: 1, refused: vec![Refused { item: 0, problems }], ..Planned::default() };
        planned.counts.reject = 1;
        if self.recipe.has_parts() {
            let reject = |place: usize| u64::from(self.recipe.part(place).key == part.key);
            planned.parts = (0..=self.recipe.also.len()).map(|it| Counts { reject: reject(it), ..Counts::default() }).collect();
        }
        self.commit(context, std::slice::from_ref(item), planned)
    }

    fn note(&self, context: &Context) -> Note {
        Note {
            import: self.import.clone(),
            change: self.import.data.change_id.unwrap_or_else(|| context.new_id()),
            recipe: self.recipe.clone(),
            overlay: self.overlay.clone(),
            files: self.files.clone(),
            taken: Arc::new(AtomicBool::new(false)),
        }
    }

    fn commit(&mut self, context: &Context, items: &[Item], planned: Planned) -> Result<Step> {
        let note = self.note(context);
        let mut kept = self.overlay.outcome(items, &planned);
        let (next, beside) = note.next(items, &planned, &mut kept)?;
        let written = planned.drafts.iter().zip(planned.rows).map(|(it, row)| (it.id(), row, fate_of(it.kind)));
        let origins: Vec<RowRecord> = written.chain(planned.skipped.into_iter().map(|(id, row)| (id, row, Fate::Skipped))).collect();
        let (mut new, mut changed): (Vec<Draft>, Vec<Draft>) = planned.drafts.into_iter().partition(|it| it.kind == DraftKind::Create);
        let (change, taken) = (note.change, note.taken.clone());
        let work = Box::new(move |unit: &mut Unit<'_>| -> Result<Import> {
            let at = note.advance(unit, &next, &beside, &kept, &origins)?;
            unit.save_new(&mut new)?;
            changed.iter_mut().try_for_each(|it| unit.save(it))?;
            Ok(Import { updated_at: at, ..next.clone() })
        });
        let outcome = run_unit(context, change, "import", work);
        self.settle(outcome, &taken)
    }

    /// Writes rows that make several records each, all of a row or nothing.
    fn write_whole(&mut self, context: &Context, items: &[Item]) -> Result<Step> {
        self.recipe.require_import(context)?;
        let shared = Arc::new(items.to_vec());
        let mut tries = 0;
        let (failure, place) = loop {
            let pass = Arc::new(Mutex::new(Pass::new(&self.recipe, &self.kins, &shared, 0, false)));
            let failure = loop {
                match self.commit_whole(context, &shared, &pass) {
                    Ok(step) => return Ok(step),
                    Err(error) if Pass::is_taken_back(&error) && !locked(&pass).is_stuck() => {}
                    Err(error) => break error,
                }
            };
            let place = locked(&pass).place();
            tries += 1;
            if items.len() > 1 || tries > MAX_TRIES || !matches!(failure, KernelError::Store(StoreError::Busy)) {
                break (failure, place);
            }
        };
        match items {
            _ if is_fatal(&failure) => Err(failure),
            [item @ Item::Row(row)] => {
                let recipe = self.recipe.clone();
                self.refuse_alone(context, recipe.part(place), item, row, failure)
            }
            _ if items.len() > 1 => self.write_halves(context, items),
            _ => Err(failure),
        }
    }

    fn commit_whole(&mut self, context: &Context, items: &Arc<Vec<Item>>, pass: &Arc<Mutex<Pass>>) -> Result<Step> {
        let note = self.note(context);
        let (change, taken) = (note.change, note.taken.clone());
        let (items, pass) = (items.clone(), pass.clone());
        let work = Box::new(move |unit: &mut Unit<'_>| -> Result<Import> {
            let done = locked(&pass).run(unit)?;
            let mut kept = note.overlay.outcome(&items, &done.planned);
            let (next, beside) = note.next(&items, &done.planned, &mut kept)?;
            let at = note.advance(unit, &next, &beside, &kept, &done.origins)?;
            Ok(Import { updated_at: at, ..next })
        });
        let outcome = run_unit(context, change, "import", work);
        self.settle(outcome, &taken)
    }

    fn settle(&mut self, outcome: Result<Import>, taken: &AtomicBool) -> Result<Step> {
        match outcome {
            Ok(import) => {
                self.files.lock().unwrap_or_else(PoisonError::into_inner).rejected.commit(import.data.rejected_bytes);
                self.import = import;
                Ok(Step::Go)
            }
            Err(_) if taken.load(Ordering::SeqCst) => Ok(Step::Taken),
            Err(error) => Err(error),
        }
    }
}

fn locked(pass: &Mutex<Pass>) -> MutexGuard<'_, Pass> {
    pass.lock().unwrap_or_else(PoisonError::into_inner)
}
