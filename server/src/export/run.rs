//! The notebook of exports that are made in the background: what was asked for, how far it has come, and until when the file is kept.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use guanxi_kernel::access::Place;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{self, NewEvent};
use guanxi_kernel::files::Content;
use guanxi_kernel::protection::ProtectionPolicy;
use guanxi_kernel::read::{ListRequest, object_of, shown_fields};
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use guanxi_kernel::system_tables::EXPORT;
use guanxi_kernel::write::TRACES;
use guanxi_kernel::{KernelError, Result, Value, audit, jobs};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::job::{KIND, key_of};
use super::{Export, Format, Wanted};
use crate::auth::token::sha256_hex;

const ID: usize = 0;
const MEMBER: usize = 1;
const STATE: usize = 3;
const DATA: usize = 4;
/// Column of the hash of the file.
pub const CONTENT: usize = 5;
const CREATED_AT: usize = 6;
const UPDATED_AT: usize = 7;
/// Most records of a selection.
const MAX_IDS: usize = 10_000;
/// Most exports of a member that are being made at once.
const MOST_OPEN: u64 = 3;
/// So long a file is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long it is told what became of an export.
const TOLD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// One that nobody works on for this long will not come any more.
const LOST: SignedDuration = SignedDuration::from_hours(1);

/// How far an export has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// Nobody has begun it.
    Waiting,
    /// It is being written.
    Running,
    /// The file can be fetched.
    Ready,
    /// There will be no file.
    Failed,
    /// Its member did not want it any more.
    Cancelled,
    /// The file is gone.
    Expired,
}

impl ExportState {
    const ALL: [Self; 6] = [Self::Waiting, Self::Running, Self::Ready, Self::Failed, Self::Cancelled, Self::Expired];

    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Whether somebody is about it, or will be.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// An export that is to be made in the background.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewExport")]
pub struct ExportAsked {
    /// Of which object.
    pub object: String,
    /// Kind of file; csv where absent.
    #[serde(default)]
    pub format: Format,
    /// Filter expression.
    #[serde(default)]
    pub filter: Option<String>,
    /// Words, as of a list.
    #[serde(default)]
    pub q: Option<String>,
    /// Only these records, at most 10,000.
    #[serde(default)]
    pub ids: Option<Vec<Uuid>>,
    /// Fields separated by commas, - before a field for descending.
    #[serde(default)]
    pub sort: Option<String>,
    /// Paths; all where absent.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
    /// Why so many records are exported; asked for above a limit.
    #[serde(default)]
    pub reason: Option<String>,
}

impl ExportAsked {
    /// As an export takes it.
    pub(super) fn wanted(&self) -> Wanted {
        let list = ListRequest {
            filter: self.filter.clone(),
            words: self.q.clone(),
            sort: self.sort.clone(),
            fields: self.fields.clone(),
            ..ListRequest::default()
        };
        Wanted { list, ids: self.ids.clone() }
    }
}

/// What is kept of an export beside its columns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExportData {
    /// What was asked for; without the records chosen once the file is made.
    pub asked: ExportAsked,
    /// The fields in it.
    columns: Vec<String>,
    /// What its member was when it was asked for: roles, departments, people below.
    held: BTreeSet<String>,
    /// Name of the file.
    name: String,
    /// Records there are.
    pub records: u64,
    /// Records written.
    pub done: u64,
    /// Bytes of the file.
    #[serde(default)]
    size: Option<u64>,
    /// Until when the file is kept.
    #[serde(default)]
    until: Option<Timestamp>,
    /// Why there will be none.
    #[serde(default)]
    failure: Option<Label>,
}

/// An export that is made in the background.
#[derive(Debug, Clone)]
pub struct ExportRun {
    /// Id.
    pub id: Uuid,
    /// Whose it is.
    pub member: Uuid,
    /// Of which object.
    pub object: String,
    /// How far.
    pub state: ExportState,
    /// The rest.
    pub data: ExportData,
    /// Hash of the file.
    pub content: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An export as its member is told of it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Export")]
pub struct ToldExport {
    /// Id.
    id: Uuid,
    /// Of which object.
    object: String,
    /// Kind of file.
    format: Format,
    /// Name of the file.
    file_name: String,
    /// How far it has come.
    state: ExportState,
    /// Records there are; those of the file once it is made.
    records: u64,
    /// Records written.
    done: u64,
    /// Bytes of the file; null before it is made.
    size: Option<u64>,
    /// When it was asked for.
    created_at: Timestamp,
    /// Until when the file can be fetched; null where there is none.
    expires_at: Option<Timestamp>,
    /// Why there will be no file.
    failure: Option<String>,
}

impl ExportRun {
    /// As the API tells it. One whose time is over is so even before somebody tidied it away.
    pub fn told(self, context: &Context) -> ToldExport {
        let state = if self.is_over(context.now) { ExportState::Expired } else { self.state };
        let data = self.data;
        ToldExport {
            id: self.id,
            object: self.object,
            format: data.asked.format,
            file_name: data.name,
            state,
            records: data.records,
            done: data.done,
            size: data.size,
            created_at: self.created_at,
            expires_at: data.until.filter(|_| state == ExportState::Ready),
            failure: data.failure.map(|it| context.locale.pick(&it).to_owned()),
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.state == ExportState::Ready && self.data.until.is_none_or(|it| it <= now)
    }
}

/// What a member is, as far as it decides what he may see. A file made when he was more is not his any more.
fn held_by(context: &Context) -> BTreeSet<String> {
    let member = &context.access.member;
    let mut held = BTreeSet::new();
    for role in &member.roles {
        let definition = context.schema.roles.get(&role.name).and_then(|it| serde_json::to_vec(it).ok()).unwrap_or_default();
        let told = format!("role {} {}", role.name, sha256_hex(&definition));
        match &role.within {
            None => drop(held.insert(told)),
            Some(departments) => held.extend(departments.iter().map(|it| format!("{told} within {it}"))),
        }
    }
    let groups =
        [("department", &member.departments), ("below", &member.subordinates), ("stands in for", &member.substitutes), ("team", &member.teams)];
    held.extend(groups.iter().flat_map(|(what, ids)| ids.iter().map(move |it| format!("{what} {it}"))));
    held
}

/// Notes an export and puts it into the queue; the audit log knows of it from now on.
///
/// # Errors
/// As [`Export::begin`]; a bad request with too many ids; a conflict where too many exports of the member are being made.
pub fn begin(context: &Context, asked: ExportAsked) -> Result<ExportRun> {
    let object = object_of(context, &asked.object)?;
    if asked.ids.as_ref().is_some_and(|it| it.len() > MAX_IDS) {
        return Err(KernelError::bad_request("bad_request", "一次最多选择10,000条记录", "choose at most 10,000 records"));
    }
    let own = equals(MEMBER, Value::Id(context.actor)).and(in_states(&[ExportState::Waiting, ExportState::Running]));
    if context.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&EXPORT, own.clone()), Some(MOST_OPEN))?))? >= MOST_OPEN {
        let (zh_cn, en) = ("您已有3个导出正在准备，请等其中一个完成", "three exports of yours are being made; wait until one of them is there");
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    }
    let export = Export::begin(context, &object, asked.wanted(), asked.format, asked.reason.as_deref())?;
    let columns = match &asked.fields {
        Some(fields) => fields.clone(),
        None => shown_fields(context, &object, Place::List).filter(|it| *it != "deleted_at").map(str::to_owned).collect(),
    };
    let day = context.now.to_zoned(context.time_zone.clone()).date();
    let name = format!("{}-{day}.{}", object.name, asked.format.extension());
    let data = ExportData { asked, columns, held: held_by(context), name, records: export.records, ..ExportData::default() };
    let run = ExportRun {
        id: context.new_id(),
        member: context.actor,
        object: object.name.clone(),
        state: ExportState::Waiting,
        data,
        content: None,
        created_at: context.now,
        updated_at: context.now,
    };
    let (inner, row, id) = (context.clone(), row_of(&run)?, run.id);
    context.workspace.store.write_with(move |tx| {
        let rows = vec![row.clone()];
        tx.insert(&Insert { table: EXPORT.clone(), columns: (ID..=UPDATED_AT).collect(), rows, on_conflict: OnConflict::Fail })?;
        jobs::enqueue(&inner, tx, KIND, json!({ "id": id }), Some(key_of(id)), inner.now).map(drop)
    })?;
    context.workspace.feed.announce();
    Ok(run)
}

/// An export of the caller's own.
///
/// # Errors
/// Not found otherwise.
pub fn load(context: &Context, id: Uuid) -> Result<ExportRun> {
    let run = context.workspace.store.read_with(|tx| find(tx, id))?;
    run.filter(|it| it.member == context.actor).ok_or(KernelError::NotFound)
}

/// Behind which export a page begins: when it was asked for, and its id.
pub type PageStart = (Timestamp, Uuid);

/// The caller's exports, the latest first, and behind which the next page begins.
///
/// # Errors
/// Where the database does not answer.
pub fn list(context: &Context, before: Option<PageStart>, limit: usize) -> Result<(Vec<ExportRun>, Option<PageStart>)> {
    let mut condition = equals(MEMBER, Value::Id(context.actor));
    if let Some((at, id)) = before {
        let less = |column, value| Condition::Compare(ColumnRef::main(column), CompareOp::Lt, value);
        let same = equals(CREATED_AT, Value::DateTime(at)).and(less(ID, Value::Id(id)));
        condition = condition.and(Condition::Or(vec![less(CREATED_AT, Value::DateTime(at)), same]));
    }
    let select = Select::all(&EXPORT, condition).order_by(CREATED_AT, true).order_by(ID, true).limited(limit as u64 + 1);
    let mut found = runs(context, &select)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|it| (it.created_at, it.id));
    Ok((found, next))
}

/// Ends an export of the caller's own that is being made, or takes its file away. One that is over stays as it is.
///
/// # Errors
/// Not found where it is not his.
pub fn cancel(context: &Context, id: Uuid) -> Result<ExportRun> {
    let run = load(context, id)?;
    let open = [ExportState::Waiting, ExportState::Running, ExportState::Ready];
    let (inner, content) = (context.clone(), run.content.clone());
    context.workspace.store.write_with(move |tx| {
        let set = vec![(STATE, state_value(ExportState::Cancelled)), (CONTENT, Set::To(Value::Null)), touched(&inner)];
        let condition = equals(ID, Value::Id(id)).and(in_states(&open));
        if tx.update(&Update { table: EXPORT.clone(), set, condition })? > 0 {
            remove_contents(&inner, tx, content.clone().into_iter().collect())?;
        }
        Ok::<_, KernelError>(())
    })?;
    load(context, id)
}

/// The file of an export of the caller's own, for whom the right to export is asked again: who may no longer do so, may no longer
/// see one of its fields or records, or may take out less at once than is in it, does not get it.
///
/// # Errors
/// Not found; a conflict before there is a file, when its time is over, and where the caller's rights have become less;
/// forbidden without the right to export.
pub fn fetch(context: &Context, id: Uuid) -> Result<Content> {
    let run = load(context, id)?;
    let Some(sha256) = run.content.clone().filter(|_| run.state == ExportState::Ready && !run.is_over(context.now)) else {
        let (zh_cn, en) = if run.state.is_open() {
            ("文件还在准备", "the file is still being made")
        } else {
            ("文件已不在，请重新导出", "the file is gone; export again")
        };
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    };
    let object = object_of(context, &run.object)?;
    let mut wanted = run.data.asked.wanted();
    wanted.list.fields = Some(run.data.columns.clone());
    drop(Export::prepare(context, &object, wanted, run.data.asked.format)?);
    if !run.data.held.is_subset(&held_by(context)) {
        let (zh_cn, en) = ("导出之后您的权限有变化，请重新导出", "your rights have changed since; export again");
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    }
    let (inner, name, done) = (context.clone(), run.object.clone(), run.data.done);
    context.workspace.store.write_with(move |tx| {
        if let Some(most) = ProtectionPolicy::load(tx)?.export_most_for(&inner).filter(|it| done > *it) {
            let zh_cn = format!("文件中有{done}条，超过您一次最多可导出的{most}条");
            return Err(KernelError::conflict("export_limit", zh_cn, format!("{done} records are in it and you may export {most} at once")));
        }
        let records = i64::try_from(done).unwrap_or(i64::MAX);
        audit::append(&inner, tx, "export_fetched", Some(&name), None, None, records, Some(json!({ "export": id })))
    })?;
    let content_type = run.data.asked.format.content_type().to_owned();
    Ok(Content { name: run.data.name, size: run.data.size.unwrap_or_default(), content_type, sha256 })
}

pub(super) fn find(tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<ExportRun>> {
    let row = tx.first(&Select::all(&EXPORT, equals(ID, Value::Id(id))))?;
    row.map(|row| read(&row).ok_or_else(|| KernelError::Internal("an export cannot be read".into()))).transpose()
}

/// Notes how far it has come. `false`: it was cancelled.
pub(super) fn note(context: &Context, id: Uuid, data: &ExportData) -> Result<bool> {
    let (inner, data) = (context.clone(), data.clone());
    context.workspace.store.write_with(move |tx| {
        let set = vec![(STATE, state_value(ExportState::Running)), (DATA, data_value(&data)?), touched(&inner)];
        let condition = equals(ID, Value::Id(id)).and(in_states(&[ExportState::Waiting, ExportState::Running]));
        Ok(tx.update(&Update { table: EXPORT.clone(), set, condition })? > 0)
    })
}

/// A file that was made.
pub(super) struct Made {
    pub sha256: String,
    pub size: u64,
    pub written: u64,
}

/// Ends an export, and lets its member be told: with the file, or with the reason why there is none.
pub(super) fn end(context: &Context, run: &ExportRun, made: std::result::Result<Made, Label>) -> Result<()> {
    let mut data = run.data.clone();
    data.asked.ids = None;
    let (state, content) = match made {
        Ok(made) => {
            (data.size, data.records, data.done) = (Some(made.size), made.written, made.written);
            data.until = Some(context.workspace.clock.now() + KEPT);
            (ExportState::Ready, Value::Text(made.sha256))
        }
        Err(reason) => {
            data.failure = Some(reason);
            (ExportState::Failed, Value::Null)
        }
    };
    let facts = [
        ("member", json!(run.member)),
        ("object", json!(run.object)),
        ("file", json!(data.name)),
        ("state", json!(state.name())),
        ("written", json!(data.done)),
    ];
    // Nobody's doing: of what one did oneself one is not told.
    let (inner, id) = (context.workspace.system_context(Uuid::nil(), "export"), run.id);
    context.workspace.store.write_with(move |tx| {
        let set = vec![(STATE, state_value(state)), (DATA, data_value(&data)?), (CONTENT, Set::To(content.clone())), touched(&inner)];
        let condition = equals(ID, Value::Id(id)).and(in_states(&[ExportState::Waiting, ExportState::Running]));
        if tx.update(&Update { table: EXPORT.clone(), set, condition })? == 0 {
            return Ok(());
        }
        // No record of any object: it is in nobody's feed, and told by what reads the log.
        let event = NewEvent {
            kind: "export.ended".to_owned(),
            object: "export".to_owned(),
            record: id,
            version: 1,
            changes: facts.iter().map(|(name, now)| ((*name).to_owned(), json!([null, now]))).collect(),
            written: None,
            stamp: None,
        };
        events::append(&inner, tx, inner.new_id(), vec![event])
    })?;
    context.workspace.feed.announce();
    Ok(())
}

/// Takes files away whose time is over, ends exports that nobody is about any more, and forgets those long past.
///
/// # Errors
/// Where the database does not answer.
pub(super) fn tidy(context: &Context) -> Result<()> {
    let now = context.workspace.clock.now();
    let alive = in_states(&[ExportState::Waiting, ExportState::Running, ExportState::Ready]);
    for run in runs(context, &Select::all(&EXPORT, alive))? {
        if run.is_over(now) {
            expire(context, &run, true)?;
        } else if run.state.is_open() && run.updated_at + LOST < now && !context.workspace.store.read_with(|tx| jobs::is_live(tx, &key_of(run.id)))? {
            end(context, &run, Err(Label::new("未能完成，请重新导出", "it could not be finished; export again")))?;
        }
    }
    let old = Condition::Compare(ColumnRef::main(UPDATED_AT), CompareOp::Lt, Value::DateTime(now - TOLD));
    let ended = in_states(&[ExportState::Failed, ExportState::Cancelled, ExportState::Expired]).and(old);
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: EXPORT.clone(), condition: ended.clone() }).map(drop)?))
}

/// Ends the exports that may hold records of these objects, some of which were erased: what was erased stays in no file. Answers the
/// contents nobody names any more.
///
/// # Errors
/// Where the database does not answer.
pub fn forget_of(context: &Context, objects: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let may_hold = |name: &str| {
        let refers =
            context.schema.object(name).is_none_or(|it| it.fields.iter().any(|it| it.target.as_ref().is_some_and(|it| objects.contains(it))));
        objects.contains(name) || refers
    };
    let alive = in_states(&[ExportState::Waiting, ExportState::Running, ExportState::Ready]);
    let mut contents = BTreeSet::new();
    for run in runs(context, &Select::all(&EXPORT, alive))?.into_iter().filter(|it| may_hold(&it.object)) {
        match run.state {
            ExportState::Ready => {
                expire(context, &run, false)?;
                contents.extend(run.content);
            }
            // It reads from the beginning what there is now.
            ExportState::Waiting => {}
            _ => end(context, &run, Err(Label::new("其间有记录被彻底删除，请重新导出", "records were erased meanwhile; export again")))?,
        }
    }
    Ok(contents)
}

/// Takes the file of an export away; `remove`: its content too.
fn expire(context: &Context, run: &ExportRun, remove: bool) -> Result<()> {
    let (inner, id, content) = (context.clone(), run.id, run.content.clone().filter(|_| remove));
    context.workspace.store.write_with(move |tx| {
        let set = vec![(STATE, state_value(ExportState::Expired)), (CONTENT, Set::To(Value::Null)), touched(&inner)];
        tx.update(&Update { table: EXPORT.clone(), set, condition: equals(ID, Value::Id(id)).and(in_states(&[ExportState::Ready])) })?;
        remove_contents(&inner, tx, content.clone().into_iter().collect())
    })
}

/// Has contents removed that no entry names any more.
fn remove_contents(context: &Context, tx: &mut dyn WriteTx, contents: Vec<String>) -> Result<()> {
    if contents.is_empty() {
        return Ok(());
    }
    jobs::enqueue(context, tx, TRACES, json!({ "contents": contents }), None, context.workspace.clock.now()).map(drop)
}

fn equals(column: usize, value: Value) -> Condition {
    Condition::equals(ColumnRef::main(column), value)
}

fn in_states(states: &[ExportState]) -> Condition {
    Condition::In(ColumnRef::main(STATE), states.iter().map(|it| Value::Text(it.name().into())).collect(), false)
}

fn state_value(state: ExportState) -> Set {
    Set::To(Value::Text(state.name().into()))
}

fn touched(context: &Context) -> (usize, Set) {
    (UPDATED_AT, Set::To(Value::DateTime(context.workspace.clock.now())))
}

fn data_value(data: &ExportData) -> Result<Set> {
    json_of(data).map(Set::To)
}

fn json_of(data: &ExportData) -> Result<Value> {
    serde_json::to_value(data).map(|it| Value::Json(Box::new(it))).map_err(|error| KernelError::Internal(error.to_string()))
}

fn row_of(run: &ExportRun) -> Result<Vec<Value>> {
    Ok(vec![
        Value::Id(run.id),
        Value::Id(run.member),
        Value::Text(run.object.clone()),
        Value::Text(run.state.name().into()),
        json_of(&run.data)?,
        Value::Null,
        Value::DateTime(run.created_at),
        Value::DateTime(run.updated_at),
    ])
}

fn runs(context: &Context, select: &Select) -> Result<Vec<ExportRun>> {
    context.workspace.store.read_with(|tx| {
        let mut found = Vec::new();
        tx.select(select, &mut |row| {
            found.extend(read(row));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    })
}

fn read(row: &[Value]) -> Option<ExportRun> {
    let [
        Value::Id(id),
        Value::Id(member),
        Value::Text(object),
        Value::Text(state),
        Value::Json(data),
        content,
        Value::DateTime(made),
        Value::DateTime(at),
    ] = row
    else {
        return None;
    };
    Some(ExportRun {
        id: *id,
        member: *member,
        object: object.clone(),
        state: ExportState::ALL.into_iter().find(|it| it.name() == state)?,
        data: serde_json::from_value((**data).clone()).ok()?,
        content: content.as_text().map(str::to_owned),
        created_at: *made,
        updated_at: *at,
    })
}
