//! Imports as the API tells them.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::{UndoRun, undo_of_change};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::ledger::{Import, ImportState};
use super::{Counts, ImportPlan, PartCounts, RowProblem, ToldKind};

/// An import as `GET /imports/{id}` tells it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Import")]
pub struct ToldImport {
    /// Id.
    id: Uuid,
    /// Into which object.
    object: String,
    /// Name of the file as uploaded.
    file_name: String,
    /// Who imports; null for the command line.
    member: Option<Uuid>,
    /// How far it has come.
    state: ImportState,
    /// When the file was taken in.
    created_at: Timestamp,
    /// When something last became of it.
    updated_at: Timestamp,
    /// Encoding of a text file.
    encoding: String,
    /// `csv`, `xlsx`, `xls`, `ods`, `json` or `vcard`.
    format: String,
    /// Sheet of a workbook.
    sheet: Option<String>,
    /// Names of the columns.
    headers: Vec<String>,
    /// Files that came in one archive have this in common.
    group: Option<Uuid>,
    /// The regular import it is one of.
    schedule: Option<Uuid>,
    /// What it is to do, once that was said.
    plan: Option<ImportPlan>,
    /// Rows dealt with.
    done: u64,
    /// Rows in the file.
    total: u64,
    /// What became of the rows so far.
    counts: Counts,
    /// What became of the records of each object; empty where a row makes one record.
    parts: Vec<PartCounts>,
    /// All problems by kind, the most frequent first.
    kinds: Vec<ToldKind>,
    /// The change all of it is, once it has begun; undo it to take all of it back.
    change_id: Option<Uuid>,
    /// How it stands with taking it back; null where nobody did, or where that was taken back in turn.
    undo: Option<UndoRun>,
    /// The first rows that could not be used.
    problems: Vec<ToldProblem>,
    /// Whether there are more.
    more_problems: bool,
    /// Why it failed.
    failure: Option<String>,
}

/// Why a row cannot be used.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportProblem")]
pub struct ToldProblem {
    /// Number of the row in the file, as a spreadsheet shows it.
    row: u64,
    /// Key of the further record of the row that it is about; empty for the main one.
    part: String,
    /// Field path, or the column's header where it is about no field: its number where it has none.
    field: String,
    /// Stable code.
    code: String,
    /// What is wrong.
    message: String,
    /// The cell, shortened.
    value: String,
}

impl Import {
    /// As `GET /imports/{id}` tells it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn told(self, context: &Context) -> Result<ToldImport> {
        let undo = context.workspace.store.read_with(|tx| self.undo(context, tx))?;
        Ok(self.told_with(context, undo))
    }

    /// The same of several.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn told_all(imports: Vec<Self>, context: &Context) -> Result<Vec<ToldImport>> {
        let undos = context.workspace.store.read_with(|tx| imports.iter().map(|it| it.undo(context, tx)).collect::<Result<Vec<_>>>())?;
        Ok(imports.into_iter().zip(undos).map(|(it, undo)| it.told_with(context, undo)).collect())
    }

    fn undo(&self, context: &Context, tx: &mut dyn ReadTx) -> Result<Option<UndoRun>> {
        Ok(self.data.change_id.map(|it| undo_of_change(context, tx, it)).transpose()?.flatten())
    }

    fn told_with(self, context: &Context, undo: Option<UndoRun>) -> ToldImport {
        let data = self.data;
        ToldImport {
            undo,
            id: self.id,
            object: self.object,
            file_name: self.file_name,
            member: (!self.member.is_nil()).then_some(self.member),
            state: self.state,
            created_at: self.created_at,
            updated_at: self.updated_at,
            encoding: data.encoding,
            format: data.format,
            sheet: data.sheet,
            headers: data.headers,
            group: data.group,
            schedule: data.schedule,
            plan: data.plan,
            done: data.done.saturating_sub(data.waiting.open() + data.left),
            total: data.rows,
            counts: data.counts,
            parts: data.parts,
            kinds: data.kinds.told(context),
            change_id: data.change_id,
            more_problems: data.counts.reject > data.problems.len() as u64,
            problems: told_problems(context, data.problems),
            failure: data.failure.map(|it| context.locale.pick(&it).to_owned()),
        }
    }
}

/// Problems in the caller's language.
pub fn told_problems(context: &Context, problems: Vec<RowProblem>) -> Vec<ToldProblem> {
    let told = |it: RowProblem| {
        let message = context.locale.pick(&it.message).to_owned();
        ToldProblem { row: it.row, part: it.part, field: it.field, code: it.code, message, value: it.value }
    };
    problems.into_iter().map(told).collect()
}
