//! The dry run: every row planned, nothing written.

use std::collections::HashSet;

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_tabular::{Table, TabularError};

use super::chunk::{Item, Planning};
use super::lookup::Lookups;
use super::recipe::Recipe;
use super::{Counts, MAX_PROBLEMS, RowProblem};

/// Rows planned at once.
const CHUNK: usize = 1_000;
/// Most rows of a dry run: enough to judge by, and nobody waits for minutes.
const MAX_ROWS: u64 = 50_000;

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
}

/// Plans the rows of a table.
///
/// # Errors
/// The file's own errors inside, the engine's outside.
pub fn preview(context: &Context, recipe: &Recipe, table: &Table) -> std::result::Result<Result<Preview>, TabularError> {
    let mut rows = table.rows()?;
    let mut preview = Preview::default();
    let (mut lookups, mut before) = (Lookups::default(), HashSet::new());
    while preview.rows < MAX_ROWS {
        let items = rows.by_ref().take(CHUNK).map(Item::of).collect::<std::result::Result<Vec<_>, _>>()?;
        if items.is_empty() {
            preview.complete = true;
            break;
        }
        preview.rows += items.len() as u64;
        let mut planning = Planning { context, recipe, lookups: &mut lookups, dry: Some(&mut before) };
        let planned = match planning.plan(&items) {
            Ok(planned) => planned,
            Err(error) => return Ok(Err(error)),
        };
        preview.counts.add(planned.counts);
        for problem in planned.refused.into_iter().flat_map(|it| it.problems) {
            if preview.problems.len() < MAX_PROBLEMS { preview.problems.push(problem) } else { preview.more_problems = true }
        }
    }
    preview.complete |= rows.next().is_none();
    Ok(Ok(preview))
}
