//! Rows mended where they are: cells changed with the import, the file left as it came.

use std::collections::BTreeMap;
use std::path::Path;

use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result, audit};
use guanxi_tabular::{Table, TabularError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::chunk::Item;
use super::kin::Stage;
use super::ledger::{self, Import, ImportState};
use super::overlay::{changed_item, kept_cells};
use super::recipe::Recipe;
use super::rows::{self, KeptRow, Only, RowData, RowState};
use super::told::told_problems;
use super::trial::Trial;
use super::upload::{file_problem, headers_of};
use super::{RowProblem, ToldProblem, check_file, file_of, importer};

/// Most cells that are changed at once.
const MOST_CELLS: usize = 2_000;
/// Longest text of a cell that is changed, in bytes.
const LONGEST_CELL: usize = 100_000;
/// How often a change is tried again that others came before with.
const TRIES: usize = 100;

/// What is changed of a row.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "ImportRowFix")]
pub struct RowFix {
    /// Texts of cells by the position of their column, from 0.
    pub cells: BTreeMap<usize, String>,
    /// Whether it is left out of the import.
    pub leave_out: Option<bool>,
}

/// A row of an import that something is kept of.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportRow")]
pub struct ToldRow {
    /// Number of the row in the file.
    row: u64,
    /// Its cells as they are meant now; none where it can be read in no way or is very long.
    cells: Vec<String>,
    /// What is wrong with it.
    problems: Vec<ToldProblem>,
    /// Whether people changed cells of it.
    fixed: bool,
    /// Whether it is left out of the import.
    left_out: bool,
    /// Whether it is imported.
    imported: bool,
}

/// Rows of an import.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ImportRows")]
pub struct ToldRows {
    /// In the order of the file.
    items: Vec<ToldRow>,
    /// `after` of the next page; null on the last.
    next: Option<u64>,
    /// So many there are in all.
    total: u64,
    /// Whether there are more than `total`: of rows with a certain problem 10,000 are counted.
    at_least: bool,
}

/// Which rows are asked for.
#[derive(Debug, Clone)]
pub struct RowsAsked {
    /// Of these.
    pub only: Only,
    /// After this number.
    pub after: u64,
    /// At most so many.
    pub limit: usize,
    /// With a problem of this field: its path, before it the key of the part and a dot where it is of one.
    pub field: Option<String>,
    /// With a problem of this code.
    pub code: Option<String>,
    /// With a problem of the records of this key; empty for the main ones.
    pub part: Option<String>,
}

fn told(context: &Context, kept: KeptRow) -> ToldRow {
    let mut cells = kept.data.cells.unwrap_or_default();
    if !cells.is_empty() || !kept.data.changed.is_empty() {
        let width = kept.data.changed.keys().last().map_or(0, |it| it + 1);
        cells.resize(width.max(cells.len()), String::new());
    }
    let fixed = !kept.data.changed.is_empty();
    for (column, text) in kept.data.changed {
        cells[column] = text;
    }
    ToldRow {
        row: kept.row,
        cells,
        problems: told_problems(context, kept.data.problems),
        fixed,
        left_out: kept.state == RowState::LeftOut,
        imported: kept.state == RowState::Done,
    }
}

/// Rows with something to tell.
///
/// # Errors
/// Not found where the import is not the caller's.
pub fn page(context: &Context, id: Uuid, asked: &RowsAsked) -> Result<ToldRows> {
    let import = ledger::load(context, id)?;
    let wanted = |it: &RowProblem| {
        let path = if it.part.is_empty() { it.field.clone() } else { format!("{}.{}", it.part, it.field) };
        asked.field.as_ref().is_none_or(|field| *field == it.field || *field == path)
            && asked.code.as_ref().is_none_or(|code| *code == it.code)
            && asked.part.as_ref().is_none_or(|part| *part == it.part)
    };
    let filters = asked.field.is_some() || asked.code.is_some() || asked.part.is_some();
    let page = context.workspace.store.read_with(|tx| rows::page(tx, import.id, asked.only, asked.after, asked.limit, &wanted, filters))?;
    Ok(ToldRows { items: page.items.into_iter().map(|it| told(context, it)).collect(), next: page.next, total: page.total, at_least: page.at_least })
}

/// Changes a row; `None` puts it back to what the file says. Answers the row as it stands then, with what is wrong with it.
///
/// # Errors
/// A conflict while the import runs, has ended, or the row is imported already; a bad request by the column that does not fit.
pub fn fix(context: &Context, folder: &Path, id: Uuid, row: u64, fix: Option<&RowFix>) -> Result<ToldRow> {
    let mut from_file = None;
    for _ in 0..TRIES {
        let import = ledger::load(context, id)?;
        let from = import.state;
        if !matches!(from, ImportState::Planned | ImportState::Paused | ImportState::Failed | ImportState::Done) {
            return Err(ledger::wrong_state(from));
        }
        let importer = importer(&context.workspace, import.member, &context.request_id)?;
        let changed = Mending { context: &importer, folder, import: &import, from_file: &mut from_file }.mended(row, fix)?;
        let (mut next, now) = (import.clone(), context.workspace.clock.now());
        if changed.back_among_refused {
            next.data.counts.skip = next.data.counts.skip.saturating_sub(1);
            next.data.counts.reject += 1;
        }
        let (kept, inner) = (changed.kept.clone(), context.clone());
        let told_who = (import.member != context.actor).then(|| json!({ "import": import.id, "file": import.file_name, "row": row }));
        let written = context.workspace.store.write_with(move |tx| {
            if !ledger::advance(tx, &mut next.clone(), from, now)? {
                return Ok(false);
            }
            if kept.state == RowState::Problem || kept.state == RowState::LeftOut || !kept.data.changed.is_empty() {
                rows::put(tx, next.id, std::slice::from_ref(&kept))?;
            } else {
                rows::drop_row(tx, next.id, kept.row)?;
            }
            // Of a colleague's import: what comes of it is written in his name.
            if let Some(detail) = &told_who {
                audit::append(&inner, tx, "update", Some(&next.object), None, None, 1, Some(detail.clone()))?;
            }
            Ok(true)
        })?;
        // Somebody changed another row of it meanwhile: look again.
        if written {
            return Ok(told(context, changed.kept));
        }
    }
    Err(KernelError::Store(guanxi_kernel::store::StoreError::Busy))
}

struct Mending<'a> {
    /// Of who imports: with whose rights it will be done.
    context: &'a Context,
    folder: &'a Path,
    import: &'a Import,
    /// The row as the file has it, once it was read: the file is opened once at most.
    from_file: &'a mut Option<Item>,
}

struct Mended {
    kept: KeptRow,
    /// A run passed it over as left out; now a later one is to take it.
    back_among_refused: bool,
}

impl Mending<'_> {
    fn table(&self) -> Result<Table> {
        let path = file_of(self.folder, self.import.id);
        check_file(path, &self.import.file_name, self.import.data.sheet.as_deref()).map_err(failed)
    }

    fn item(&mut self, row: u64) -> Result<Item> {
        if self.from_file.is_none() {
            *self.from_file = Some(row_of(&self.table()?, row)?);
        }
        self.from_file.clone().ok_or(KernelError::NotFound)
    }

    fn mended(&mut self, row: u64, fix: Option<&RowFix>) -> Result<Mended> {
        let data = &self.import.data;
        let (id, context) = (self.import.id, self.context);
        let known = context.workspace.store.read_with(|tx| rows::find(tx, id, row))?;
        let passed = data.attempt > 0 && row <= data.reached;
        let is_done = known.as_ref().is_none_or(|it| it.state == RowState::Done);
        if is_done && (passed || self.import.state == ImportState::Done) {
            return Err(KernelError::conflict(
                "state_conflict",
                format!("第 {row} 行已导入，请直接修改记录"),
                format!("row {row} is imported already; change the record"),
            ));
        }
        let headers = headers_of(self.import, self.folder).map_err(failed)?;
        let width = headers.len();
        let before = known.unwrap_or(KeptRow { row, state: RowState::Fixed, attempt: 0, data: RowData::default() });
        let item = match &before.data.cells {
            Some(cells) => Item::Row(guanxi_tabular::Row { number: row, cells: cells.clone() }),
            None => self.item(row)?,
        };
        let mut kept = before.clone();
        kept.data.cells = kept_cells(&item);
        match fix {
            Some(fix) => change(&mut kept, fix, width)?,
            None => {
                kept.data.changed.clear();
                kept.state = RowState::Problem;
            }
        }
        let back_among_refused = passed && before.state == RowState::LeftOut && before.attempt == 0 && kept.state != RowState::LeftOut;
        if back_among_refused {
            kept.attempt = data.attempt;
        }
        if kept.state != RowState::LeftOut {
            kept.data.problems = self.problems(&headers, changed_item_or_as_it_is(item, &kept, width))?;
            // What is right in itself may be refused once more in the run: for what it was refused, it is tried again.
            kept.state = if kept.data.problems.is_empty() && (kept.attempt == 0 || !kept.data.changed.is_empty()) {
                RowState::Fixed
            } else {
                RowState::Problem
            };
        }
        Ok(Mended { kept, back_among_refused })
    }

    /// What is wrong with a row: a dry run of it alone.
    fn problems(&self, headers: &[String], item: Item) -> Result<Vec<RowProblem>> {
        let (context, import) = (self.context, self.import);
        let object = read::object_of(context, &import.object)?;
        let plan = import.data.plan.as_ref().ok_or_else(|| ledger::wrong_state(import.state))?;
        let is_csv = import.data.format == guanxi_tabular::Format::Csv.name();
        let recipe = Recipe::compile(context, &object, plan, headers, is_csv)?;
        let mut trial = Trial::new(&recipe);
        trial.begin(Stage::ClosingUnseen);
        let planned = trial.plan(context, &[item])?;
        Ok(planned.refused.into_iter().flat_map(|it| it.problems).collect())
    }
}

fn changed_item_or_as_it_is(item: Item, kept: &KeptRow, width: usize) -> Item {
    if kept.data.changed.is_empty() { item } else { changed_item(item, &kept.data.changed, width) }
}

fn change(kept: &mut KeptRow, fix: &RowFix, width: usize) -> Result<()> {
    let refuse = |column: usize, zh_cn: String, en: String| KernelError::BadRequest {
        code: "bad_request",
        message: Label::new(zh_cn, en),
        field: Some(format!("cells.{column}")),
        position: None,
    };
    if fix.cells.is_empty() && fix.leave_out.is_none() {
        return Err(KernelError::bad_request(
            "bad_request",
            "请给出要修改的单元格，或说明是否不导入此行",
            "give cells to change, or whether to leave the row out",
        ));
    }
    for (column, text) in &fix.cells {
        if *column >= width {
            return Err(refuse(*column, format!("没有第{}列", column + 1), format!("there is no column {}", column + 1)));
        }
        if text.len() > LONGEST_CELL || text.contains('\0') || fix.cells.len() > MOST_CELLS {
            let zh_cn = format!("单元格最长 {LONGEST_CELL} 字节，且不能含空字符（NUL）");
            return Err(refuse(*column, zh_cn, format!("a cell has at most {LONGEST_CELL} bytes, and no NUL")));
        }
        if kept.data.cells.as_ref().and_then(|it| it.get(*column)) == Some(text) {
            kept.data.changed.remove(column);
        } else {
            kept.data.changed.insert(*column, text.clone());
        }
    }
    match fix.leave_out {
        Some(true) => kept.state = RowState::LeftOut,
        Some(false) if kept.state == RowState::LeftOut => kept.state = RowState::Problem,
        _ => {}
    }
    Ok(())
}

fn failed(error: TabularError) -> KernelError {
    KernelError::Conflict { code: error.code(), message: file_problem(&error), fields: Vec::new() }
}

/// A row of a table by its number.
fn row_of(table: &Table, number: u64) -> Result<Item> {
    for row in table.rows().map_err(failed)? {
        let item = Item::of(row, table.headers()).map_err(failed)?;
        if item.number() == number {
            return Ok(item);
        }
        if item.number() > number {
            break;
        }
    }
    Err(KernelError::NotFound)
}
