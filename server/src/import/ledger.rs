//! The notebook of imports: one row of the engine's table each, with how far it has come.

use guanxi_kernel::context::Context;
use guanxi_kernel::events::{self, NewEvent};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use guanxi_kernel::system_tables::IMPORT;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::waiting::Waiting;
use super::{Counts, ImportPlan, RowProblem};

const ID: usize = 0;
const MEMBER: usize = 1;
const STATE: usize = 4;
const DATA: usize = 5;
const CREATED_AT: usize = 6;
const UPDATED_AT: usize = 7;
/// Most imports of a member among which one is looked for.
const MAX_LOOKED_THROUGH: u64 = 100;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as docs/api.md has them")]
pub enum ImportState {
    Uploaded,
    Planned,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl ImportState {
    /// Name in the API and the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Uploaded, Self::Planned, Self::Running, Self::Done, Self::Failed, Self::Cancelled].into_iter().find(|it| it.name() == name)
    }
}

/// What is kept of an import beside its columns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportData {
    /// Encoding of a text file.
    pub encoding: String,
    /// `csv` or `xlsx`.
    pub format: String,
    /// Sheet of a workbook.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Rows in the file, unusable ones included.
    pub rows: u64,
    /// What it is to do, once that is known.
    #[serde(default)]
    pub plan: Option<ImportPlan>,
    /// What became of the rows so far.
    #[serde(default)]
    pub counts: Counts,
    /// Rows of the file passed, those that wait among them.
    #[serde(default)]
    pub done: u64,
    /// How far it has come with the rows that wait.
    #[serde(default)]
    pub waiting: Waiting,
    /// Bytes of the file of rejected rows that belong to the rows dealt with.
    #[serde(default)]
    pub rejected_bytes: u64,
    /// Change id of all its writes.
    #[serde(default)]
    pub change_id: Option<Uuid>,
    /// The first problems.
    #[serde(default)]
    pub problems: Vec<RowProblem>,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<Label>,
}

/// An import.
#[derive(Debug, Clone)]
pub struct Import {
    /// Id.
    pub id: Uuid,
    /// Who imports; nil for the command line without a member.
    pub member: Uuid,
    /// Into which object.
    pub object: String,
    /// Name of the file as uploaded.
    pub file_name: String,
    /// How far.
    pub state: ImportState,
    /// The rest.
    pub data: ImportData,
    /// When it last changed: whoever writes next proves with it that nobody came between.
    pub updated_at: Timestamp,
}

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
    /// How far it has come.
    state: ImportState,
    /// Encoding of a text file.
    encoding: String,
    /// `csv` or `xlsx`.
    format: String,
    /// Rows dealt with.
    done: u64,
    /// Rows in the file.
    total: u64,
    /// What became of the rows so far.
    counts: Counts,
    /// The change all of it is, once it has begun; undo it to take all of it back.
    change_id: Option<Uuid>,
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
    pub fn told(self, context: &Context) -> ToldImport {
        let data = self.data;
        ToldImport {
            id: self.id,
            object: self.object,
            file_name: self.file_name,
            state: self.state,
            encoding: data.encoding,
            format: data.format,
            done: data.done.saturating_sub(data.waiting.open()),
            total: data.rows,
            counts: data.counts,
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
        ToldProblem { row: it.row, field: it.field, code: it.code, message, value: it.value }
    };
    problems.into_iter().map(told).collect()
}

fn data_value(data: &ImportData) -> Result<Value> {
    serde_json::to_value(data).map(|it| Value::Json(Box::new(it))).map_err(|error| KernelError::Internal(error.to_string()))
}

/// Notes a new import.
///
/// # Errors
/// Where the database does not take it.
pub fn insert(context: &Context, import: &Import) -> Result<()> {
    let row = vec![
        Value::Id(import.id),
        Value::Id(import.member),
        Value::Text(import.object.clone()),
        Value::Text(import.file_name.clone()),
        Value::Text(import.state.name().into()),
        data_value(&import.data)?,
        Value::DateTime(import.updated_at),
        Value::DateTime(import.updated_at),
    ];
    let insert = Insert { table: IMPORT.clone(), columns: (ID..=UPDATED_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
    context.workspace.store.write_with(move |tx| Ok(tx.insert(&insert).map(drop)?))
}

/// The import of this id if it is the caller's own, or he administers the workspace.
///
/// # Errors
/// Not found otherwise.
pub fn load(context: &Context, id: Uuid) -> Result<Import> {
    let import = context.workspace.store.read_with(|tx| find(tx, id))?;
    import.filter(|it| it.member == context.actor || context.access.is_unlimited()).ok_or(KernelError::NotFound)
}

pub(super) fn find(tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<Import>> {
    let row = tx.first(&Select::all(&IMPORT, Condition::equals(ColumnRef::main(ID), Value::Id(id))))?;
    row.map(|row| read(&row).ok_or_else(|| KernelError::Internal("an import cannot be read".into()))).transpose()
}

/// The name of the file that a change came with, among the last imports of who made it.
///
/// # Errors
/// Where the database does not answer.
pub fn file_of_change(tx: &mut dyn ReadTx, member: Uuid, change: Uuid) -> Result<Option<String>> {
    let own = Condition::equals(ColumnRef::main(MEMBER), Value::Id(member));
    let rows = tx.rows(&Select::all(&IMPORT, own).order_by(CREATED_AT, true).limited(MAX_LOOKED_THROUGH))?;
    let found = rows.iter().filter_map(|it| read(it)).find(|it| it.data.change_id == Some(change));
    Ok(found.map(|it| it.file_name))
}

/// The imports that nobody touched after a moment; all of them where none is given.
pub(super) fn untouched_since(context: &Context, moment: Option<Timestamp>) -> Result<Vec<Import>> {
    let before = |it| Condition::Compare(ColumnRef::main(UPDATED_AT), CompareOp::Lt, Value::DateTime(it));
    let old = moment.map_or(Condition::True, before);
    let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&IMPORT, old.clone()))?))?;
    Ok(rows.iter().filter_map(|it| read(it)).collect())
}

fn read(row: &[Value]) -> Option<Import> {
    let [
        Value::Id(id),
        Value::Id(member),
        Value::Text(object),
        Value::Text(file_name),
        Value::Text(state),
        Value::Json(data),
        _,
        Value::DateTime(at),
    ] = row
    else {
        return None;
    };
    Some(Import {
        id: *id,
        member: *member,
        object: object.clone(),
        file_name: file_name.clone(),
        state: ImportState::of(state)?,
        data: serde_json::from_value((**data).clone()).ok()?,
        updated_at: *at,
    })
}

/// Changes an import that nobody else changed since it was read. `false`: somebody did.
pub(super) fn advance(tx: &mut dyn WriteTx, import: &mut Import, from: ImportState, now: Timestamp) -> Result<bool> {
    // Two changes within a microsecond must differ too.
    let at = now.max(import.updated_at + SignedDuration::from_micros(1));
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(import.id))
        .and(Condition::equals(ColumnRef::main(STATE), Value::Text(from.name().into())))
        .and(Condition::equals(ColumnRef::main(UPDATED_AT), Value::DateTime(import.updated_at)));
    let set = vec![
        (STATE, Set::To(Value::Text(import.state.name().into()))),
        (DATA, Set::To(data_value(&import.data)?)),
        (UPDATED_AT, Set::To(Value::DateTime(at))),
    ];
    let changed = tx.update(&Update { table: IMPORT.clone(), set, condition })? == 1;
    if changed {
        import.updated_at = at;
    }
    Ok(changed)
}

/// Ends an import that runs, and lets whoever started it be told. `false`: somebody else changed it.
pub(super) fn end(context: &Context, tx: &mut dyn WriteTx, import: &mut Import) -> Result<bool> {
    if !advance(tx, import, ImportState::Running, context.now)? {
        return Ok(false);
    }
    let counts = &import.data.counts;
    let facts = [
        ("member", json!(import.member)),
        ("object", json!(import.object)),
        ("file", json!(import.file_name)),
        ("state", json!(import.state.name())),
        ("written", json!(counts.create + counts.update)),
        ("rejected", json!(counts.reject)),
    ];
    // No record of any object: it is in nobody's feed, and told by what reads the log.
    let event = NewEvent {
        kind: "import.ended".to_owned(),
        object: "import".to_owned(),
        record: import.id,
        version: 1,
        changes: facts.into_iter().map(|(name, now)| (name.to_owned(), json!([null, now]))).collect(),
        written: None,
        stamp: None,
    };
    events::append(context, tx, context.new_id(), vec![event])?;
    Ok(true)
}

/// As [`advance`], in a transaction of its own.
pub(super) fn change(context: &Context, import: &Import, from: ImportState) -> Result<bool> {
    let (mut import, now) = (import.clone(), context.workspace.clock.now());
    context.workspace.store.write_with(move |tx| advance(tx, &mut import, from, now))
}

/// Keeps a plan with an import that has not begun.
///
/// # Errors
/// A conflict where it has.
pub fn save_plan(context: &Context, import: &Import, plan: ImportPlan) -> Result<()> {
    let mut next = Import { state: ImportState::Planned, ..import.clone() };
    next.data.plan = Some(plan);
    let free = matches!(import.state, ImportState::Uploaded | ImportState::Planned);
    if free && change(context, &next, import.state)? { Ok(()) } else { Err(wrong_state(import.state)) }
}

/// Ends an import that has not ended; what it wrote so far stays until it is undone.
///
/// # Errors
/// A conflict where it has ended already.
pub fn cancel(context: &Context, id: Uuid) -> Result<Import> {
    loop {
        let import = load(context, id)?;
        if matches!(import.state, ImportState::Done | ImportState::Failed | ImportState::Cancelled) {
            return Err(wrong_state(import.state));
        }
        let next = Import { state: ImportState::Cancelled, ..import.clone() };
        // A running import moves on between our look and our word; look again.
        if change(context, &next, import.state)? {
            return Ok(next);
        }
    }
}

pub(super) fn wrong_state(state: ImportState) -> KernelError {
    let zh_cn = match state {
        ImportState::Uploaded => "已上传",
        ImportState::Planned => "已规划",
        ImportState::Running => "进行中",
        ImportState::Done => "已完成",
        ImportState::Failed => "已失败",
        ImportState::Cancelled => "已取消",
    };
    KernelError::conflict(
        "state_conflict",
        format!("此导入{zh_cn}，不能执行此操作"),
        format!("the import is {}; that cannot be done now", state.name()),
    )
}
