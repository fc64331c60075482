//! The notebook of imports: one row of the engine's table each, with how far it has come.

use std::ops::ControlFlow;

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

use super::chunk::Item;
use super::preview::Preview;
use super::rows;
use super::waiting::Waiting;
use super::{Counts, ImportPlan, Kinds, PartCounts, RowProblem};

pub(super) const ID: usize = 0;
const MEMBER: usize = 1;
const OBJECT: usize = 2;
pub(super) const STATE: usize = 4;
const DATA: usize = 5;
const CREATED_AT: usize = 6;
const UPDATED_AT: usize = 7;
/// The plan of regular imports it is one of, and what files that came together have in common: the nil id where there is none,
/// nothing in rows from before there were these columns, whose data tells.
const SCHEDULE: usize = 8;
const GROUP: usize = 9;
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
    Paused,
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
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Uploaded, Self::Planned, Self::Running, Self::Paused, Self::Done, Self::Failed, Self::Cancelled];
        all.into_iter().find(|it| it.name() == name)
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
    /// Names of the columns.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Of several files that came together: what they have in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// The plan of regular imports it is one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Uuid>,
    /// What tells its file from the others of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
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
    /// Number of the last row of the file that was passed.
    #[serde(default)]
    pub reached: u64,
    /// How often it was begun, so that a run that was paused and went on is told from the one before.
    #[serde(default)]
    pub epoch: u32,
    /// Number of the run: the first is over the whole file, each later one over the rows that those before refused.
    #[serde(default)]
    pub attempt: u32,
    /// Rows that such a later run still has to go over.
    #[serde(default)]
    pub left: u64,
    /// Bytes of the cells that are kept of rows refused in runs.
    #[serde(default)]
    pub kept_bytes: u64,
    /// How far it has come with the rows that wait.
    #[serde(default)]
    pub waiting: Waiting,
    /// Bytes of the file of rejected rows that belong to the rows dealt with.
    #[serde(default)]
    pub rejected_bytes: u64,
    /// Change id of all its writes.
    #[serde(default)]
    pub change_id: Option<Uuid>,
    /// The same by object, where a row makes records of several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartCounts>,
    /// All problems by kind.
    #[serde(default, skip_serializing_if = "Kinds::is_empty")]
    pub kinds: Kinds,
    /// The first problems.
    #[serde(default)]
    pub problems: Vec<RowProblem>,
    /// Why it failed.
    #[serde(default)]
    pub failure: Option<Label>,
}

impl ImportData {
    /// Whether it goes over rows that were refused before.
    pub fn is_repeated(&self) -> bool {
        self.attempt > 1
    }

    /// Notes that rows are passed.
    pub(super) fn pass(&mut self, items: &[Item]) {
        let count = items.len() as u64;
        if self.waiting.round > 0 {
            self.waiting.passed += count;
        } else if self.is_repeated() {
            // They are counted anew, whatever becomes of them.
            self.left = self.left.saturating_sub(count);
            self.counts.reject = self.counts.reject.saturating_sub(count);
        } else {
            self.done += count;
            self.reached = items.last().map_or(self.reached, |it| self.reached.max(it.number()));
        }
    }
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
    /// When it was taken in.
    pub created_at: Timestamp,
    /// When it last changed: whoever writes next proves with it that nobody came between.
    pub updated_at: Timestamp,
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
        Value::DateTime(import.created_at),
        Value::DateTime(import.updated_at),
        Value::Id(import.data.schedule.unwrap_or_default()),
        Value::Id(import.data.group.unwrap_or_default()),
    ];
    let insert = Insert { table: IMPORT.clone(), columns: (ID..=GROUP).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
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

/// Which imports are asked for.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Into this object.
    pub object: Option<String>,
    /// That have come so far.
    pub state: Option<ImportState>,
    /// Of the files that came together.
    pub group: Option<Uuid>,
    /// Of this regular import.
    pub schedule: Option<Uuid>,
    /// Taken in before this one: moment and id.
    pub before: Option<(Timestamp, Uuid)>,
    /// At most so many.
    pub limit: usize,
}

/// The last import of a page, after which the next one begins.
pub type After = (Timestamp, Uuid);

/// Imports, newest first: the caller's own, everybody's for who administers the workspace. The second is where the next
/// page begins.
///
/// # Errors
/// Where the database does not answer.
pub fn list(context: &Context, asked: &Listing) -> Result<(Vec<Import>, Option<After>)> {
    let equals = |column, value| Condition::equals(ColumnRef::main(column), value);
    let mut condition = if context.access.is_unlimited() { Condition::True } else { equals(MEMBER, Value::Id(context.actor)) };
    if let Some(object) = &asked.object {
        condition = condition.and(equals(OBJECT, Value::Text(object.clone())));
    }
    if let Some(state) = asked.state {
        condition = condition.and(equals(STATE, Value::Text(state.name().into())));
    }
    let by_column = [(SCHEDULE, asked.schedule), (GROUP, asked.group)];
    // Until the columns of all imports are filled in, any of those without may be meant.
    let any_older = by_column.iter().any(|it| it.1.is_some()) && !context.workspace.store.read_with(|tx| older(tx, 1))?.is_empty();
    for (column, wanted) in by_column {
        if let Some(wanted) = wanted {
            let is_it = equals(column, Value::Id(wanted));
            let unknown = || Condition::IsNull(ColumnRef::main(column));
            condition = condition.and(if any_older { Condition::Or(vec![is_it, unknown()]) } else { is_it });
        }
    }
    if let Some((at, id)) = asked.before {
        let compare = |column, value| Condition::Compare(ColumnRef::main(column), CompareOp::Lt, value);
        let same = equals(CREATED_AT, Value::DateTime(at)).and(compare(ID, Value::Id(id)));
        condition = condition.and(Condition::Or(vec![compare(CREATED_AT, Value::DateTime(at)), same]));
    }
    let fits =
        |it: &Import| asked.group.is_none_or(|group| it.data.group == Some(group)) && asked.schedule.is_none_or(|id| it.data.schedule == Some(id));
    let select = Select::all(&IMPORT, condition).order_by(CREATED_AT, true).order_by(ID, true);
    let mut found = context.workspace.store.read_with(|tx| {
        let mut found = Vec::new();
        tx.select(&select, &mut |row| {
            found.extend(read(row).filter(fits));
            if found.len() > asked.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(found)
    })?;
    let more = found.len() > asked.limit;
    found.truncate(asked.limit);
    let next = found.last().filter(|_| more).map(|it| (it.created_at, it.id));
    Ok((found, next))
}

/// Imports from before there were columns for their schedule and their group, at most so many.
fn older(tx: &mut dyn ReadTx, most: u64) -> Result<Vec<Vec<Value>>> {
    Ok(tx.rows(&Select::all(&IMPORT, Condition::IsNull(ColumnRef::main(SCHEDULE))).limited(most))?)
}

/// Fills in the columns of imports from before there were these.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn fill_in(context: &Context) -> Result<()> {
    const AT_ONCE: u64 = 500;
    loop {
        let filled = context.workspace.store.write_with(|tx| {
            let rows = older(tx, AT_ONCE)?;
            for row in &rows {
                let data = read(row).map(|it| it.data).unwrap_or_default();
                let set = [(SCHEDULE, data.schedule), (GROUP, data.group)].map(|(column, it)| (column, Set::To(Value::Id(it.unwrap_or_default()))));
                let condition = Condition::equals(ColumnRef::main(ID), row.get(ID).cloned().unwrap_or(Value::Null));
                tx.update(&Update { table: IMPORT.clone(), set: set.into(), condition })?;
            }
            Ok::<_, KernelError>(rows.len())
        })?;
        if filled == 0 {
            return Ok(());
        }
    }
}

/// The import that a change came with, among the last ones of who made it.
///
/// # Errors
/// Where the database does not answer.
pub fn import_of_change(tx: &mut dyn ReadTx, member: Uuid, change: Uuid) -> Result<Option<Import>> {
    let own = Condition::equals(ColumnRef::main(MEMBER), Value::Id(member));
    let rows = tx.rows(&Select::all(&IMPORT, own).order_by(CREATED_AT, true).limited(MAX_LOOKED_THROUGH))?;
    Ok(rows.iter().filter_map(|it| read(it)).find(|it| it.data.change_id == Some(change)))
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
        Value::DateTime(created_at),
        Value::DateTime(at),
        ..,
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
        created_at: *created_at,
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

/// Keeps a plan with an import that has not begun, and what a dry run of it found of its rows.
///
/// # Errors
/// A conflict where it has, or where somebody changed it meanwhile.
pub fn save_plan(context: &Context, import: &Import, plan: ImportPlan, found: &Preview) -> Result<()> {
    let mut next = Import { state: ImportState::Planned, ..import.clone() };
    next.data.plan = Some(plan);
    if !matches!(import.state, ImportState::Uploaded | ImportState::Planned) {
        return Err(wrong_state(import.state));
    }
    let (from, now, refused, last) = (import.state, context.workspace.clock.now(), found.refused.clone(), found.last);
    let saved = context.workspace.store.write_with(move |tx| {
        if !advance(tx, &mut next.clone(), from, now)? {
            return Ok(false);
        }
        rows::replace(tx, next.id, &refused, last)?;
        Ok(true)
    })?;
    let meanwhile = || KernelError::conflict("state_conflict", "此导入刚被修改，请重试", "the import was changed a moment ago; try again");
    saved.then_some(()).ok_or_else(meanwhile)
}

/// Halts an import that runs, after the rows it is at; `run` goes on with it.
///
/// # Errors
/// A conflict where it does not run.
pub fn pause(context: &Context, id: Uuid) -> Result<Import> {
    loop {
        let import = load(context, id)?;
        if import.state != ImportState::Running {
            return Err(wrong_state(import.state));
        }
        let next = Import { state: ImportState::Paused, ..import.clone() };
        if change(context, &next, import.state)? {
            return Ok(next);
        }
    }
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
        ImportState::Paused => "已暂停",
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
