//! Rows of a file that something is kept of with the import: what is wrong with them, their cells, and what people changed
//! of them. Written in the transaction that refuses or takes the row, so that a crash leaves neither too many nor too few.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use guanxi_kernel::system_tables::IMPORT_ROW;
use guanxi_kernel::{KernelError, Result, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::RowProblem;

const IMPORT: usize = 0;
const ROW: usize = 1;
const STATE: usize = 2;
const ATTEMPT: usize = 3;
const DATA: usize = 4;
/// Rows written with one statement.
const AT_ONCE: usize = 500;

/// What is the matter with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// It cannot be used as it stands.
    Problem,
    /// People changed it, and nothing is wrong with it any more.
    Fixed,
    /// It is not to be imported.
    LeftOut,
    /// It was changed and is imported.
    Done,
}

impl RowState {
    const ALL: [(Self, &'static str); 4] = [(Self::Problem, "problem"), (Self::Fixed, "fixed"), (Self::LeftOut, "left_out"), (Self::Done, "done")];

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|it| it.0 == self).map_or("", |it| it.1)
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.1 == name).map(|it| it.0)
    }
}

/// What is kept of a row beside its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowData {
    /// Its cells as the file has them; none where they cannot be read or are too long to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<String>>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<RowProblem>,
    /// Cells that people changed, by their position.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changed: BTreeMap<usize, String>,
}

/// A row with what is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRow {
    /// Its number in the file.
    pub row: u64,
    /// What is the matter with it.
    pub state: RowState,
    /// The run that refused it last; 0 where none did.
    pub attempt: u32,
    /// The rest.
    pub data: RowData,
}

/// Which rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// Those that cannot be used.
    Problems,
    /// Those that people mended.
    Fixed,
    /// Those left out.
    LeftOut,
}

impl Only {
    /// By its name in the API.
    pub fn of(name: &str) -> Option<Self> {
        [("problems", Self::Problems), ("fixed", Self::Fixed), ("left_out", Self::LeftOut)].into_iter().find(|it| it.0 == name).map(|it| it.1)
    }

    fn states(self) -> &'static [RowState] {
        match self {
            Self::Problems => &[RowState::Problem],
            Self::Fixed => &[RowState::Fixed, RowState::Done],
            Self::LeftOut => &[RowState::LeftOut],
        }
    }
}

fn of_import(import: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(IMPORT), Value::Id(import))
}

fn in_states(states: &[RowState]) -> Condition {
    Condition::In(ColumnRef::main(STATE), states.iter().map(|it| Value::Text(it.name().into())).collect(), false)
}

fn compare(column: usize, op: CompareOp, number: u64) -> Condition {
    Condition::Compare(ColumnRef::main(column), op, int(number))
}

fn int(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn read(row: &[Value]) -> Option<KeptRow> {
    let [_, Value::Int(row), Value::Text(state), Value::Int(attempt), Value::Json(data)] = row else { return None };
    Some(KeptRow {
        row: u64::try_from(*row).ok()?,
        state: RowState::of(state)?,
        attempt: u32::try_from(*attempt).ok()?,
        data: serde_json::from_value((**data).clone()).ok()?,
    })
}

fn values(import: Uuid, kept: &KeptRow) -> Result<Vec<Value>> {
    let data = serde_json::to_value(&kept.data).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok(vec![Value::Id(import), int(kept.row), Value::Text(kept.state.name().into()), int(u64::from(kept.attempt)), Value::Json(Box::new(data))])
}

/// What is kept of a row.
///
/// # Errors
/// Fails where the database does.
pub(super) fn find(tx: &mut dyn ReadTx, import: Uuid, row: u64) -> Result<Option<KeptRow>> {
    let one = Select::all(&IMPORT_ROW, of_import(import).and(Condition::equals(ColumnRef::main(ROW), int(row))));
    Ok(tx.first(&one)?.and_then(|it| read(&it)))
}

/// A page of rows, and how many there are of them in all.
pub(super) struct RowPage {
    pub items: Vec<KeptRow>,
    pub next: Option<u64>,
    pub total: u64,
    /// There may be more than the total: it was not counted further.
    pub at_least: bool,
}

/// Rows after a number, those with such a problem where one is asked for. Few rows are read for one page then, whatever there is:
/// a page may end early, and the next one goes on from there.
///
/// # Errors
/// Fails where the database does.
pub(super) fn page(
    tx: &mut dyn ReadTx,
    import: Uuid,
    only: Only,
    after: u64,
    limit: usize,
    wanted: &dyn Fn(&RowProblem) -> bool,
    filters: bool,
) -> Result<RowPage> {
    let all = of_import(import).and(in_states(only.states()));
    let behind = Select::all(&IMPORT_ROW, all.clone().and(compare(ROW, CompareOp::Gt, after))).order_by(ROW, false);
    let mut page = RowPage { items: Vec::new(), next: None, total: 0, at_least: false };
    if !filters {
        page.total = tx.count(&Select::all(&IMPORT_ROW, all), None)?;
        page.items = tx.rows(&behind.limited(limit as u64 + 1))?.iter().filter_map(|it| read(it)).collect();
        if page.items.len() > limit {
            page.items.truncate(limit);
            page.next = page.items.last().map(|it| it.row);
        }
        return Ok(page);
    }
    let is_wanted = |it: &KeptRow| it.data.problems.iter().any(wanted);
    let mut looked_at = 0;
    tx.select(&behind.limited(MOST_READ), &mut |row| {
        looked_at += 1;
        let Some(kept) = read(row) else { return ControlFlow::Continue(()) };
        let number = kept.row;
        if is_wanted(&kept) {
            if page.items.len() == limit {
                page.next = page.items.last().map(|it| it.row);
                return ControlFlow::Break(());
            }
            page.items.push(kept);
        }
        if looked_at == MOST_READ {
            page.next = Some(number);
        }
        ControlFlow::Continue(())
    })?;
    let mut counted = 0;
    tx.select(&Select::all(&IMPORT_ROW, all).order_by(ROW, false).limited(MOST_READ + 1), &mut |row| {
        counted += 1;
        if counted > MOST_READ {
            page.at_least = true;
            return ControlFlow::Break(());
        }
        page.total += u64::from(read(row).is_some_and(|it| is_wanted(&it)));
        ControlFlow::Continue(())
    })?;
    Ok(page)
}

/// All rows of an import that something is kept of, but for their cells and problems.
///
/// # Errors
/// Fails where the database does.
pub(super) fn all(tx: &mut dyn ReadTx, import: Uuid) -> Result<Vec<KeptRow>> {
    let mut found = Vec::new();
    tx.select(&Select::all(&IMPORT_ROW, of_import(import)).order_by(ROW, false), &mut |row| {
        if let Some(mut kept) = read(row) {
            kept.data.cells = None;
            kept.data.problems = Vec::new();
            found.push(kept);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Rows that people changed or left out, whole.
///
/// # Errors
/// Fails where the database does.
pub(super) fn touched(tx: &mut dyn ReadTx, import: Uuid) -> Result<HashMap<u64, KeptRow>> {
    let mut found = HashMap::new();
    tx.select(&Select::all(&IMPORT_ROW, of_import(import)), &mut |row| {
        if let Some(kept) = read(row).filter(|it| it.state == RowState::LeftOut || !it.data.changed.is_empty()) {
            found.insert(kept.row, kept);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Keeps rows, whatever was kept of them before.
///
/// # Errors
/// Fails where the database does.
pub(super) fn put(tx: &mut dyn WriteTx, import: Uuid, kept: &[KeptRow]) -> Result<()> {
    for some in kept.chunks(AT_ONCE) {
        let rows = some.iter().map(|it| values(import, it)).collect::<Result<_>>()?;
        let on_conflict = OnConflict::Replace(vec![STATE, ATTEMPT, DATA]);
        tx.insert(&Insert { table: IMPORT_ROW.clone(), columns: (IMPORT..=DATA).collect(), rows, on_conflict })?;
    }
    Ok(())
}

/// Keeps nothing of a row any more.
///
/// # Errors
/// Fails where the database does.
pub(super) fn drop_row(tx: &mut dyn WriteTx, import: Uuid, row: u64) -> Result<()> {
    let condition = of_import(import).and(Condition::equals(ColumnRef::main(ROW), int(row)));
    Ok(tx.delete(&Delete { table: IMPORT_ROW.clone(), condition }).map(drop)?)
}

/// Keeps nothing of any row of an import.
///
/// # Errors
/// Fails where the database does.
pub(super) fn forget(tx: &mut dyn WriteTx, import: Uuid) -> Result<()> {
    Ok(tx.delete(&Delete { table: IMPORT_ROW.clone(), condition: of_import(import) }).map(drop)?)
}

/// What a dry run found instead of what the one before found; what people changed stays.
///
/// # Errors
/// Fails where the database does.
pub(super) fn replace(tx: &mut dyn WriteTx, import: Uuid, refused: &[KeptRow], looked_at: u64) -> Result<()> {
    let mut before = touched(tx, import)?;
    forget(tx, import)?;
    let merged = |it: &KeptRow| match before.remove(&it.row) {
        Some(old) if old.state == RowState::LeftOut => old,
        // The cells that the dry run saw are the changed ones.
        Some(old) => KeptRow { data: RowData { cells: old.data.cells, changed: old.data.changed, ..it.data.clone() }, ..it.clone() },
        None => it.clone(),
    };
    let mut kept: Vec<KeptRow> = refused.iter().map(merged).collect();
    kept.extend(before.into_values().map(|mut it| {
        if it.state != RowState::LeftOut && it.row <= looked_at {
            it.state = RowState::Fixed;
            it.data.problems.clear();
        }
        it
    }));
    put(tx, import, &kept)
}

/// Numbers of rows that earlier runs refused and this one, of that number, has not dealt with.
///
/// # Errors
/// Fails where the database does.
pub(super) fn open_before(tx: &mut dyn ReadTx, import: Uuid, attempt: u32) -> Result<Vec<u64>> {
    let condition = of_import(import)
        .and(in_states(&[RowState::Problem, RowState::Fixed, RowState::LeftOut]))
        .and(compare(ATTEMPT, CompareOp::Gt, 0))
        .and(compare(ATTEMPT, CompareOp::Lt, u64::from(attempt)));
    let mut numbers = Vec::new();
    let select = Select { columns: vec![ColumnRef::main(ROW)], ..Select::all(&IMPORT_ROW, condition) };
    tx.select(&select.order_by(ROW, false), &mut |row| {
        if let [Value::Int(row)] = row.as_slice() {
            numbers.push(u64::try_from(*row).unwrap_or_default());
        }
        ControlFlow::Continue(())
    })?;
    Ok(numbers)
}

/// What became of rows in a run, to be kept with the batch that did it.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// Rows that are refused.
    pub refused: Vec<KeptRow>,
    /// Rows that are imported and of which something was kept.
    pub taken: Vec<u64>,
    /// Rows that wait for others.
    pub waiting: Vec<u64>,
    /// Rows left out.
    pub left_out: Vec<u64>,
}

/// Most rows read for a page of those with a certain problem, and for their number.
const MOST_READ: u64 = 10_000;

impl Outcome {
    /// Writes it.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn write(&self, tx: &mut dyn WriteTx, import: Uuid, attempt: u32) -> Result<()> {
        if !self.refused.is_empty() {
            let numbers: HashSet<u64> = self.refused.iter().map(|it| it.row).collect();
            let before = known(tx, import, &numbers)?;
            let kept: Vec<KeptRow> = self.refused.iter().map(|it| refused_again(it, before.get(&it.row), attempt)).collect();
            put(tx, import, &kept)?;
        }
        for some in self.taken.chunks(AT_ONCE) {
            let rows = of_import(import).and(Condition::In(ColumnRef::main(ROW), some.iter().copied().map(int).collect(), false));
            let numbers: HashSet<u64> = some.iter().copied().collect();
            let done: Vec<KeptRow> = known(tx, import, &numbers)?.into_values().filter_map(taken).collect();
            tx.delete(&Delete { table: IMPORT_ROW.clone(), condition: rows })?;
            put(tx, import, &done)?;
        }
        // What waits must not be begun anew by a run that goes on after a crash; what was left out is dealt with.
        for (numbers, number) in [(&self.waiting, attempt), (&self.left_out, 0)] {
            for some in numbers.chunks(AT_ONCE) {
                let rows = of_import(import).and(Condition::In(ColumnRef::main(ROW), some.iter().copied().map(int).collect(), false));
                let set = vec![(ATTEMPT, Set::To(int(u64::from(number))))];
                tx.update(&Update { table: IMPORT_ROW.clone(), set, condition: rows })?;
            }
        }
        Ok(())
    }
}

fn refused_again(now: &KeptRow, before: Option<&KeptRow>, attempt: u32) -> KeptRow {
    let mut kept = KeptRow { attempt, ..now.clone() };
    if let Some(old) = before.filter(|it| !it.data.changed.is_empty()) {
        kept.data.cells.clone_from(&old.data.cells);
        kept.data.changed.clone_from(&old.data.changed);
    }
    kept
}

/// What is kept of a row that is imported: that people changed it.
fn taken(before: KeptRow) -> Option<KeptRow> {
    let data = RowData { problems: Vec::new(), ..before.data };
    (!data.changed.is_empty()).then_some(KeptRow { state: RowState::Done, attempt: 0, data, ..before })
}

fn known(tx: &mut dyn ReadTx, import: Uuid, numbers: &HashSet<u64>) -> Result<HashMap<u64, KeptRow>> {
    let mut found = HashMap::new();
    let numbers: Vec<Value> = numbers.iter().copied().map(int).collect();
    for some in numbers.chunks(AT_ONCE) {
        let rows = of_import(import).and(Condition::In(ColumnRef::main(ROW), some.to_vec(), false));
        for row in tx.rows(&Select::all(&IMPORT_ROW, rows))? {
            found.extend(read(&row).map(|it| (it.row, it)));
        }
    }
    Ok(found)
}
