//! The indexes an import puts off: a table that is small against what comes is written much faster without those that
//! serve the order of its lists alone, and a list that looks at each row meanwhile is still an answer.

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{PutOff, make_put_off, put_off, put_offs};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{ColumnRef, Condition, Select, StoreExt as _};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use jiff::SignedDuration;
use serde_json::Value as Json;

use super::ledger::{self, Import, ImportState};

/// Fewer rows to come are not worth a change of the schema.
const FEWEST: u64 = 10_000;
/// The table is small where so many times as many rows are to come as it holds.
const TIMES: u64 = 4;
/// Most rows of a table without its indexes: a list that has to look at each takes half a second to a second.
const MOST: u64 = 1_000_000;
/// An import that has not moved for this long is not under way.
const STILL: SignedDuration = SignedDuration::from_mins(10);

/// The table an import writes to.
pub(super) struct LateIndexes {
    workspace: Arc<Workspace>,
    object: String,
    /// Rows in it, while it is without indexes.
    rows: Option<u64>,
}

impl LateIndexes {
    /// Puts the indexes off where that pays, or goes on without them where the import began so. `titles`: no row looks for
    /// a record of the same object by its title.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn begin(workspace: &Arc<Workspace>, object: &Arc<Object>, import: &Import, titles: bool) -> Result<Self> {
        let mut late = Self { workspace: workspace.clone(), object: object.name.clone(), rows: None };
        if !workspace.store.gains_by_late_indexes() {
            return Ok(late);
        }
        let begun = put_offs(workspace)?.get(&late.object).is_some_and(|it| it.load == import.id);
        let to_come = import.data.rows.saturating_sub(import.data.done);
        if !begun && to_come < FEWEST {
            return Ok(late);
        }
        let small = if begun { MOST } else { MOST.min(to_come / TIMES) };
        let all = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&object.table, Condition::True) };
        let rows = workspace.store.read_with(|tx| Ok(tx.count(&all, Some(small))?))?;
        if rows >= small {
            late.rows = begun.then_some(rows);
            late.make()?;
        } else if begun || put_off(workspace, &late.object, import.id, titles)? {
            late.rows = Some(rows);
        }
        Ok(late)
    }

    /// Notes that so many rows came; makes the indexes before the table is too large for lists without them.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn came(&mut self, rows: u64) -> Result<()> {
        let Some(there) = &mut self.rows else { return Ok(()) };
        *there += rows;
        if *there < MOST { Ok(()) } else { self.make() }
    }

    /// Makes them, where they are put off.
    ///
    /// # Errors
    /// Fails where the database does; what is missing is made later.
    pub fn make(&mut self) -> Result<()> {
        if self.rows.take().is_some() { make_put_off(&self.workspace, &self.object) } else { Ok(()) }
    }
}

/// The import that indexes wait for, while it may still come to its end.
///
/// # Errors
/// Fails where the database does.
pub fn awaited(context: &Context, waiting: &PutOff) -> Result<Option<Import>> {
    let workspace = &context.workspace;
    let import = workspace.store.read_with(|tx| ledger::find(tx, waiting.load))?;
    let moved_since = workspace.clock.now() - STILL;
    Ok(import.filter(|it| it.state == ImportState::Running && it.updated_at > moved_since))
}

/// Makes the indexes of imports that never came to their end.
pub struct MakeLateIndexes;

impl JobHandler for MakeLateIndexes {
    fn kind(&self) -> &str {
        "import.indexes"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(300))
    }

    fn run(&self, context: &Context, _payload: &Json) -> std::result::Result<(), KernelError> {
        for (object, waiting) in put_offs(&context.workspace)? {
            if awaited(context, &waiting)?.is_none() {
                make_put_off(&context.workspace, &object)?;
            }
        }
        Ok(())
    }
}
