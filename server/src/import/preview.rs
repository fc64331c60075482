//! The dry run: every row planned, nothing written.

use std::time::Duration;

use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::DraftKind;
use guanxi_kernel::{Result, Value};
use guanxi_tabular::{Table, TabularError};
use uuid::Uuid;

use super::batch::add_parts;
use super::chunk::{Item, Repeat};
use super::kin::{MAX_ROUNDS, Stage};
use super::kinds::Kinds;
use super::overlay::{Overlay, kept_cells};
use super::recipe::Recipe;
use super::rows::{KeptRow, RowData, RowState};
use super::trial::Trial;
use super::{Counts, MAX_PROBLEMS, PartCounts, RowProblem};

/// Rows planned at once.
const CHUNK: usize = 1_000;
/// Rows of several records that are written and taken back at once, at first and within which bounds later.
const FIRST_WHOLE: usize = 250;
const LEAST_WHOLE: usize = 200;
const MOST_WHOLE: usize = 4_000;
/// How long others who write may have to wait for a dry run, about.
const HELD: Duration = Duration::from_millis(100);
/// Most rows of a dry run: enough to judge by, and nobody waits for minutes.
const MAX_ROWS: u64 = 50_000;
/// The same where each row makes several records, which are written and taken back.
const MAX_WHOLE_ROWS: u64 = 20_000;
/// Most bytes of the cells of refused rows that are kept beside the file.
const MOST_KEPT: usize = 64_000_000;
/// Most new records of which it is looked whether they are there already.
const MOST_COMPARED: usize = 2_000;

/// What an import would do.
#[derive(Debug, Default)]
pub struct Preview {
    /// Rows by what becomes of them.
    pub counts: Counts,
    /// The same by the records of each part, where rows have several.
    pub parts: Vec<PartCounts>,
    /// Rows that mean the same record as one before.
    pub repeats: u64,
    /// The first of them.
    pub first_repeats: Vec<Repeat>,
    /// All problems by kind.
    pub kinds: Kinds,
    /// The first problems.
    pub problems: Vec<RowProblem>,
    /// Whether there are more.
    pub more_problems: bool,
    /// Rows looked at.
    pub rows: u64,
    /// Whether those are all.
    pub complete: bool,
    /// The rows that cannot be used, to be kept with the import.
    pub refused: Vec<KeptRow>,
    /// Number of the last row looked at.
    pub last: u64,
    /// Values, and lists of links, of records that a new version of them would empty.
    pub emptied: u64,
    /// The first rows that would be new records: number, and the row of the object's table.
    pub new: Vec<(u64, Vec<Value>)>,
}

/// Plans the rows of a table, with what people changed of them where it is that of an import.
///
/// # Errors
/// The file's own errors inside, the engine's outside.
pub fn preview(context: &Context, recipe: &Recipe, table: &Table, import: Option<Uuid>) -> std::result::Result<Result<Preview>, TabularError> {
    let overlay = match import.map(|id| context.workspace.store.read_with(|tx| Overlay::load(tx, id))).transpose() {
        Ok(overlay) => overlay.unwrap_or_default(),
        Err(error) => return Ok(Err(error)),
    };
    let width = table.headers().len();
    let mut rows = table.rows()?;
    let at_once = if recipe.has_parts() { FIRST_WHOLE } else { CHUNK };
    let mut run = DryRun { context, recipe, trial: Trial::new(recipe), preview: Preview::default(), kept_bytes: 0, at_once };
    let mut waiting = Vec::new();
    let most = if recipe.has_parts() { MAX_WHOLE_ROWS } else { MAX_ROWS };
    while run.preview.rows < most {
        let items = rows.by_ref().take(run.at_once).map(|it| Item::of(it, table.headers()).map(|it| overlay.lay(it, width)));
        let items = items.collect::<std::result::Result<Vec<_>, _>>()?;
        if items.is_empty() {
            run.preview.complete = true;
            break;
        }
        run.preview.rows += items.len() as u64;
        run.preview.last = items.last().map_or(0, Item::number);
        match run.plan(items) {
            Ok(later) => waiting.extend(later),
            Err(error) => return Ok(Err(error)),
        }
    }
    run.preview.complete |= rows.next().is_none();
    Ok(run.settle(waiting).map(|()| run.preview))
}

struct DryRun<'a> {
    context: &'a Context,
    recipe: &'a Recipe,
    trial: Trial,
    preview: Preview,
    /// Bytes of the cells of refused rows.
    kept_bytes: usize,
    /// Rows that are planned at once.
    at_once: usize,
}

/// How many rows to take next, when so many held up others for so long. What rows before made is made again for each lot of rows: the more at
/// once, the less often; but nobody else writes to a file of SQLite meanwhile.
fn next_lot(rows: usize, took: Duration) -> usize {
    let fitting = rows as f64 * HELD.as_secs_f64() / took.as_secs_f64().max(0.001);
    // One slow lot says little of the next.
    (fitting as usize).clamp(rows / 4, rows * 2).clamp(LEAST_WHOLE, MOST_WHOLE)
}

impl DryRun<'_> {
    /// Plans some rows; answers those that wait for what others may make.
    fn plan(&mut self, items: Vec<Item>) -> Result<Vec<Item>> {
        let Self { context, recipe, trial, preview, kept_bytes, at_once } = self;
        let planned = trial.plan(context, &items)?;
        if recipe.has_parts() {
            *at_once = next_lot(items.len(), trial.held());
        }
        preview.counts.add(planned.counts);
        add_parts(recipe, &mut preview.parts, &planned.parts);
        preview.repeats += planned.repeats.len() as u64;
        let told = MAX_PROBLEMS.saturating_sub(preview.first_repeats.len());
        preview.first_repeats.extend(planned.repeats.into_iter().take(told));
        preview.emptied += planned.emptied;
        let made = planned.drafts.into_iter().zip(planned.rows).filter(|it| it.0.kind == DraftKind::Create);
        let left = MOST_COMPARED.saturating_sub(preview.new.len());
        preview.new.extend(made.take(left).map(|(draft, row)| (row, draft.row)));
        for refused in &planned.refused {
            let Some(item) = items.get(refused.item) else { continue };
            let cells = kept_cells(item).filter(|it| {
                *kept_bytes += it.iter().map(String::len).sum::<usize>();
                *kept_bytes <= MOST_KEPT
            });
            let data = RowData { cells, problems: refused.problems.clone(), ..RowData::default() };
            preview.refused.push(KeptRow { row: item.number(), state: RowState::Problem, attempt: 0, data });
        }
        for problem in planned.refused.into_iter().flat_map(|it| it.problems) {
            preview.kinds.note(&problem);
            if preview.problems.len() < MAX_PROBLEMS { preview.problems.push(problem) } else { preview.more_problems = true }
        }
        let waits = |it: &Item| matches!(it, Item::Row(row) if planned.waiting.binary_search(&row.number).is_ok());
        Ok(items.into_iter().filter(waits).collect())
    }

    /// Plans rows, some after the others; answers those that wait on.
    fn plan_all(&mut self, mut items: &[Item]) -> Result<Vec<Item>> {
        let mut waiting = Vec::new();
        while !items.is_empty() {
            let (some, rest) = items.split_at(self.at_once.min(items.len()));
            waiting.extend(self.plan(some.to_vec())?);
            items = rest;
        }
        Ok(waiting)
    }

    /// Goes over the rows that wait until nobody comes any further.
    fn settle(&mut self, mut waiting: Vec<Item>) -> Result<()> {
        for round in 1.. {
            if waiting.is_empty() {
                break;
            }
            let before = waiting.len();
            self.trial.begin(Stage::Open);
            let left = self.plan_all(&waiting)?;
            if left.len() == before || round == MAX_ROUNDS {
                self.trial.begin(if self.preview.complete { Stage::Closing } else { Stage::ClosingUnseen });
                self.plan_all(&left)?;
                break;
            }
            waiting = left;
        }
        self.preview.problems.sort_by_key(|it| it.row);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_grow_and_shrink_with_the_time_they_take() {
        let took = Duration::from_millis;
        assert_eq!(next_lot(1_000, took(100)), 1_000);
        assert_eq!(next_lot(400, took(10)), 800, "no more than twice as many");
        assert_eq!(next_lot(1_000, took(200)), 500);
        assert_eq!(next_lot(2_000, took(40_000)), 500, "no less than a quarter");
        assert_eq!(next_lot(250, took(4_000)), 200);
        assert_eq!(next_lot(4_000, took(1)), 4_000);
        assert_eq!(next_lot(3, took(0)), 200);
    }
}
