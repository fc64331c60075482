//! The dry run: every row planned, nothing written.

use std::collections::HashSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::write::DraftKind;
use guanxi_kernel::{Result, Value};
use guanxi_tabular::{Table, TabularError};

use super::chunk::{Item, Planning};
use super::kin::{Kin, MAX_ROUNDS, Stage};
use super::lookup::Lookups;
use super::recipe::Recipe;
use super::{Counts, MAX_PROBLEMS, RowProblem};

/// Rows planned at once.
const CHUNK: usize = 1_000;
/// Most rows of a dry run: enough to judge by, and nobody waits for minutes.
const MAX_ROWS: u64 = 50_000;
/// Most new records of which it is looked whether they are there already.
const MOST_COMPARED: usize = 2_000;

/// What an import would do.
#[derive(Debug, Default)]
pub struct Preview {
    /// Rows by what becomes of them.
    pub counts: Counts,
    /// The first problems.
    pub problems: Vec<RowProblem>,
    /// Whether there are more.
    pub more_problems: bool,
    /// Rows looked at.
    pub rows: u64,
    /// Whether those are all.
    pub complete: bool,
    /// The first rows that would be new records: number, and the row of the object's table.
    pub new: Vec<(u64, Vec<Value>)>,
}

/// Plans the rows of a table.
///
/// # Errors
/// The file's own errors inside, the engine's outside.
pub fn preview(context: &Context, recipe: &Recipe, table: &Table) -> std::result::Result<Result<Preview>, TabularError> {
    let mut rows = table.rows()?;
    let mut run = DryRun { context, recipe, lookups: Lookups::default(), kin: Kin::default(), before: HashSet::new(), preview: Preview::default() };
    let mut waiting = Vec::new();
    while run.preview.rows < MAX_ROWS {
        let items = rows.by_ref().take(CHUNK).map(|it| Item::of(it, table.headers())).collect::<std::result::Result<Vec<_>, _>>()?;
        if items.is_empty() {
            run.preview.complete = true;
            break;
        }
        run.preview.rows += items.len() as u64;
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
    lookups: Lookups,
    kin: Kin,
    before: HashSet<String>,
    preview: Preview,
}

impl DryRun<'_> {
    /// Plans some rows; answers those that wait for what others may make.
    fn plan(&mut self, items: Vec<Item>) -> Result<Vec<Item>> {
        let Self { context, recipe, lookups, kin, before, preview } = self;
        let planned = Planning { context, recipe, lookups, kin, dry: Some(before) }.plan(&items)?;
        preview.counts.add(planned.counts);
        let made = planned.drafts.into_iter().zip(planned.rows).filter(|it| it.0.kind == DraftKind::Create);
        let left = MOST_COMPARED.saturating_sub(preview.new.len());
        preview.new.extend(made.take(left).map(|(draft, row)| (row, draft.row)));
        for problem in planned.refused.into_iter().flat_map(|it| it.problems) {
            if preview.problems.len() < MAX_PROBLEMS { preview.problems.push(problem) } else { preview.more_problems = true }
        }
        let waits = |it: &Item| matches!(it, Item::Row(row) if planned.waiting.binary_search(&row.number).is_ok());
        Ok(items.into_iter().filter(waits).collect())
    }

    /// Goes over the rows that wait until nobody comes any further.
    fn settle(&mut self, mut waiting: Vec<Item>) -> Result<()> {
        for round in 1.. {
            if waiting.is_empty() {
                break;
            }
            let before = waiting.len();
            let mut left = Vec::new();
            self.kin.begin(Stage::Open);
            for items in waiting.chunks(CHUNK) {
                left.extend(self.plan(items.to_vec())?);
            }
            if left.len() == before || round == MAX_ROUNDS {
                self.kin.begin(if self.preview.complete { Stage::Closing } else { Stage::ClosingUnseen });
                for items in left.chunks(CHUNK) {
                    self.plan(items.to_vec())?;
                }
                break;
            }
            waiting = left;
        }
        self.preview.problems.sort_by_key(|it| it.row);
        Ok(())
    }
}
