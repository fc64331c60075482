//! Tables people bring become records: which column is which field, what each row would do, and doing it.
//!
//! The HTTP routes and `guanxi import` stand on this one engine. A run is a durable job: every batch of rows commits in one
//! transaction together with the note how far it has come, so that a crash neither loses nor doubles a row, and all
//! batches carry one change id, so that undo takes back the whole.

mod cells;
mod chunk;
mod guess;
mod job;
mod keys;
mod kin;
mod late;
mod ledger;
mod lookup;
mod preview;
mod recipe;
mod rejected;
mod run;
mod shape;
mod synonyms;
mod targets;
mod upload;
mod waiting;

use std::collections::BTreeMap;
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

pub use guess::{ColumnGuess, guess};
pub use job::{ImportJob, TidyImports, forget, of_changes, start};
pub use late::{MakeLateIndexes, awaited};
pub use ledger::{Import, ImportData, ImportState, ToldImport, ToldProblem, cancel, file_of_change, insert, load, save_plan, told_problems};
pub use preview::{Preview, preview};
pub use recipe::Recipe;
pub use run::{Ending, Runner};
pub use targets::{ImportTarget, targets};
pub use upload::{check_file, file_error};

/// Largest file in bytes.
pub const MAX_FILE: u64 = 500_000_000;
/// Most problems kept with an import or told of a plan; the rest is in the file of rejected rows.
pub const MAX_PROBLEMS: usize = 200;

/// What becomes of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportColumnMapping")]
pub struct ColumnMapping {
    /// Position of the column, from 0.
    pub column: usize,
    /// `field` or `field.part`; null leaves the column out.
    pub field: Option<String>,
    /// How its cells are read.
    #[serde(default, skip_serializing_if = "ColumnOptions::is_default")]
    pub options: ColumnOptions,
}

/// How cells of a column are read where that is not plain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ImportColumnOptions")]
pub struct ColumnOptions {
    /// References: the field of the other object that the cells hold; its names and unique fields where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Cells to be read as something else: `{"潜在": "prospect"}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Dates: which of day and month comes first where the year comes last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
}

impl ColumnOptions {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Order of day and month before a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportDateOrder")]
pub enum DateOrder {
    /// 22/11/2026.
    Dmy,
    /// 11/22/2026.
    Mdy,
}

/// What to do with a row whose record exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportOnMatch")]
pub enum OnMatch {
    /// Leave the record as it is.
    Skip,
    /// Fill its empty fields.
    Fill,
    /// Overwrite what the row has a value for.
    Overwrite,
}

/// By which field a row finds its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ImportMatch")]
pub struct MatchRule {
    /// A field of the object that a column is mapped to; `id` too.
    pub field: String,
    /// What then.
    pub on_match: OnMatch,
}

/// What an import is to do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPlan {
    /// Columns; those not named are left out.
    pub mapping: Vec<ColumnMapping>,
    /// How rows find their records; every row is a new record where null.
    #[serde(default, rename = "match")]
    pub matching: Option<MatchRule>,
}

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
