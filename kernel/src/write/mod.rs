//! The one way in: plan, then run.
//!
//! A plan is pure: it reads, normalises, checks and answers the change with *all* problems; it never writes. Running it
//! is one transaction in which rows, history, audit, events and jobs commit together or not at all. A plan that has
//! become stale (somebody else changed the record since) is made again, unless the caller insisted on a version.

mod action;
mod anonymise;
mod call;
mod carry;
mod computed;
mod draft;
mod erasure;
mod execute;
mod lends;
pub mod merge;
mod numbering;
mod plan;
mod recompute;
mod removal;
mod restore_version;
mod rights;
mod rollups;
mod steps;
mod together;
mod tree;
mod undo;
mod undo_run;
mod undo_together;
mod unit;

pub use action::{act, action_input, dry_run_act};
pub(crate) use action::{refuse_if_covered, refuse_unless_shown};
pub(crate) use computed::{is_frozen, value_of};
pub use draft::{Draft, DraftKind, Stamp};
pub use erasure::TRACES;
pub use execute::{Batch, BatchMode, BatchResult, Operation, Outcome, execute, plan_only};
pub use plan::{PlanOptions, Planner};
pub(crate) use recompute::{Columns, is_behind, planned, recompute};
pub use recompute::{RECOMPUTE, RecomputeJob};
pub use restore_version::{RestoredVersion, restore_version};
pub(crate) use rights::refuse_locked;
pub use steps::{in_steps, in_steps_telling};
pub use tree::{closes_circle_now, would_close_circle};
pub use undo::{UndoAnswer, UndoSkipped, undo};
pub use undo_run::{AT_ONCE as UNDONE_AT_ONCE, UNDO, UndoBegun, UndoJob, UndoRun, UndoState, begin_undo, undo_of_change};
pub use unit::{Unit, Work, run_unit};
