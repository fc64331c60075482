//! Tables people bring become records: which column is which field, what each row would do, and doing it.
//!
//! The HTTP routes and `guanxi import` stand on this one engine. A run is a durable job: every batch of rows commits in one
//! transaction together with the note how far it has come, so that a crash neither loses nor doubles a row, and all
//! batches carry one change id, so that undo takes back the whole.

mod archive;
mod batch;
mod bounded;
mod cells;
mod chunk;
mod computed;
mod emptied;
mod fixing;
mod guess;
mod intake;
mod job;
mod keys;
mod kin;
mod kinds;
mod late;
mod ledger;
mod lookup;
mod mappings;
mod matching;
mod origin;
mod overlay;
pub mod parcels;
mod parts;
mod plan;
mod preview;
mod quotes;
mod ready;
mod recipe;
mod records;
mod rejected;
mod rows;
mod rules;
mod run;
pub mod schedules;
mod shape;
mod staged;
mod synonyms;
mod targets;
mod told;
mod transform;
mod trial;
mod tried;
mod upload;
mod waiting;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use archive::{Unpacked, is_archive, unpack};
pub use chunk::Repeat;
pub use fixing::{RowFix, RowsAsked, ToldRow, ToldRows, fix, page as rows_page};
pub use guess::{ColumnGuess, guess};
pub use intake::{NewFile, take_in};
pub use job::{ImportJob, RowsWanted, TidyImports, UnderWay, forget, of_changes, start};
pub use kinds::{Kinds, ToldKind};
pub use late::{MakeLateIndexes, awaited};
pub use ledger::{Import, ImportData, ImportState, Listing, cancel, import_of_change, insert, list, load, pause, save_plan};
pub use mappings::{KnownMapping, MAPPING_OBJECT, SavedMapping, SuggestedMapping, known_mappings, saved_mapping, suggest};
pub use origin::{Fate, row_of as row_of_record};
pub use plan::{
    AlsoPart, ColumnMapping, ColumnOptions, Computed, Constant, DateForm, DateOrder, Departments, ImportPlan, MatchRule, OnMatch, Owners, PartLink,
    Split, Take, Unit,
};
pub use preview::{Preview, preview};
pub use recipe::Recipe;
pub use records::{ImportedRows, records_page};
pub use rows::Only;
pub use run::{Ending, Runner};
pub use targets::{ImportTarget, targets};
pub use told::{ToldImport, ToldProblem, told_problems};
pub use tried::{Asked as TryAsked, Tries, tried};
pub use upload::{check_file, file_error, headers_of};

/// Largest file in bytes.
pub const MAX_FILE: u64 = 500_000_000;
/// Most problems kept with an import or told of a plan; the rest is in the file of rejected rows.
pub const MAX_PROBLEMS: usize = 200;

/// How many rows do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ImportCounts")]
pub struct Counts {
    /// New records.
    pub create: u64,
    /// Records changed.
    pub update: u64,
    /// Rows that change nothing.
    pub skip: u64,
    /// Rows that cannot be used.
    pub reject: u64,
}

/// How many records of one object the rows make or change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ImportPartCounts")]
pub struct PartCounts {
    /// Key of the part; empty for the main records.
    pub key: String,
    /// Its object.
    pub object: String,
    /// What becomes of them.
    pub counts: Counts,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.create += other.create;
        self.update += other.update;
        self.skip += other.skip;
        self.reject += other.reject;
    }
}

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// Number of the row in the file, as a spreadsheet shows it.
    pub row: u64,
    /// Key of the further record of the row that it is about; empty for the main one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// Field path, or the column's header where it is about no field: its number where it has none.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// What is wrong.
    pub message: Label,
    /// The cell, shortened.
    pub value: String,
}

/// The folder of uploaded files.
pub fn folder(data: &Path) -> PathBuf {
    data.join("imports")
}

/// The uploaded file of an import.
pub fn file_of(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(id.simple().to_string())
}

/// The rows an import refused.
pub fn rejected_of(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{}.rejected.csv", id.simple()))
}

/// The context an import runs in: the member's own, worked out anew, so that a right taken away ends it. The nil id is
/// the engine itself, for imports from the command line.
///
/// # Errors
/// Forbidden where the member is gone or deactivated.
pub fn importer(workspace: &Arc<Workspace>, member: Uuid, request_id: &str) -> Result<Context> {
    if member.is_nil() {
        return Ok(workspace.system_context(member, request_id));
    }
    let identity = workspace.store.read_with(|tx| workspace.identity(tx, member))?;
    let identity = identity.ok_or_else(|| KernelError::Forbidden("the member is not active any more".into()))?;
    let time_zone = identity.time_zone.clone().unwrap_or_else(|| workspace.time_zone());
    Ok(workspace.member_context(identity.member, identity.name, identity.locale, time_zone, request_id.to_owned()))
}

/// A cell as told in problems.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    short.push('…');
    short
}
