//! A change of very many records taken back as a durable job: page by page, the last event first, each page one transaction
//! that notes how far it has come. Ended in between, it goes on where it stopped.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::merge;
use super::undo::{Made, TOO_MANY, UndoAnswer, UndoSkipped, tried, undo, undo_events};
use super::unit::Unit;
use crate::app::JobHandler;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{Event, count_of_change, events_of_change_before, is_change_of};
use crate::jobs::{self, JobProgress};
use crate::schema::{FieldGate, Label};
use crate::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreError, StoreExt, Update, WriteTx};
use crate::system_tables;
use crate::workspace::Workspace;

/// The kind of the job.
pub const UNDO: &str = "change.undo";
/// A change of so many events is taken back at once; one of more by the job.
pub const AT_ONCE: u64 = 2_000;
/// Events of one transaction: whoever writes meanwhile waits no longer than that.
const PAGE: u64 = 200;
/// Most records told that were left.
const KEPT: usize = 200;
/// Most undos of undos that are followed.
const MOST_TURNS: usize = 64;

const CHANGE: usize = 0;
const STATE: usize = 3;
const PLACE: usize = 4;
const DONE: usize = 5;
const DATA: usize = 7;
const UPDATED_AT: usize = 9;

/// How it stands with a change that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UndoState {
    /// It is being taken back.
    Undoing,
    /// It was, but for what is told.
    Undone,
    /// It stopped half way; taken back again it goes on from there.
    Failed,
}

impl UndoState {
    fn name(self) -> &'static str {
        match self {
            Self::Undoing => "undoing",
            Self::Undone => "undone",
            Self::Failed => "failed",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Undoing, Self::Undone, Self::Failed].into_iter().find(|it| it.name() == name)
    }
}

/// A change that was taken back, or is about to be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UndoRun {
    /// Id of the change that undoes: undo it to redo.
    pub change_id: Uuid,
    /// Who takes it back.
    pub member: Uuid,
    /// How it stands.
    pub state: UndoState,
    /// Events gone over.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// Records taken back.
    pub undone: u64,
    /// How many were left.
    pub left: u64,
    /// The first 200 of those, and why.
    pub skipped: Vec<UndoSkipped>,
    /// Why it stopped.
    pub failure: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When something last became of it.
    pub updated_at: Timestamp,
    /// The change that is taken back.
    #[serde(skip)]
    change: Uuid,
    /// The sequence below which it goes on.
    #[serde(skip)]
    place: i64,
    #[serde(skip)]
    reason: Option<Label>,
}

/// What became of the wish to take a change back.
#[derive(Debug)]
pub enum UndoBegun {
    /// It was.
    Done(UndoAnswer),
    /// It goes on in the background.
    Running(UndoRun),
}

/// A record that was left, as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptSkip {
    object: String,
    id: Uuid,
    reason: String,
    fields: Vec<String>,
}

/// What is kept of an undo beside its columns.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Data {
    undone: u64,
    left: u64,
    skipped: Vec<KeptSkip>,
    failure: Option<Label>,
}

/// Takes a change back at once where that is soon done, and as a job where it is not.
///
/// # Errors
/// As [`undo`].
pub fn begin_undo(context: &Context, change: Uuid) -> Result<UndoBegun> {
    context.require_himself()?;
    let store = &context.workspace.store;
    let events = store.read_with(|tx| count_of_change(tx, change, Some(AT_ONCE + 1)))?;
    // A job has the rights of a member, which those of a key may be less than; a merge is one thing.
    if events <= AT_ONCE || context.access.is_narrowed() || merge::undoes_merge(context, change)? {
        return undo(context, change).map(UndoBegun::Done);
    }
    let is_own = context.access.is_unlimited() || store.read_with(|tx| is_change_of(tx, change, context.actor))?;
    if !is_own {
        return Err(KernelError::NotFound);
    }
    let (inner, new_change, now) = (context.clone(), context.new_id(), context.workspace.clock.now());
    let run = store.write_with(move |tx| {
        tx.serialise(UNDO)?;
        let run = match find(tx, change)? {
            Some(run) if run.state == UndoState::Undoing && jobs::is_live(tx, &key_of(change))? => return Ok(run),
            Some(run) if run.state != UndoState::Undone => UndoRun { state: UndoState::Undoing, reason: None, member: inner.actor, ..run },
            _ => UndoRun {
                total: count_of_change(tx, change, None)?,
                member: inner.actor,
                place: i64::MAX,
                ..UndoRun::new(change, new_change, UndoState::Undoing, now)
            },
        };
        insert(tx, &run)?;
        jobs::enqueue(&inner, tx, UNDO, json!({ "change": change }), Some(key_of(change)), now)?;
        Ok(run)
    })?;
    context.note_written();
    context.workspace.feed.announce();
    Ok(UndoBegun::Running(run.told(context)))
}

/// How it stands with taking a change back; nothing where nobody did, or where that was taken back in turn.
///
/// # Errors
/// Fails where the database does.
pub fn undo_of_change(context: &Context, tx: &mut dyn ReadTx, change: Uuid) -> Result<Option<UndoRun>> {
    let Some(mut run) = find(tx, change)? else { return Ok(None) };
    if run.state == UndoState::Undone && is_taken_back(tx, run.change_id)? {
        return Ok(None);
    }
    if run.state == UndoState::Undoing && !jobs::is_live(tx, &key_of(change))? {
        run.state = UndoState::Failed;
    }
    Ok(Some(run.told(context)))
}

/// Whether a change is out of force: taken back, and that not taken back.
fn is_taken_back(tx: &mut dyn ReadTx, change: Uuid) -> Result<bool> {
    let (mut is_back, mut at) = (false, change);
    for _ in 0..MOST_TURNS {
        let Some(run) = find(tx, at)?.filter(|it| it.state == UndoState::Undone) else { break };
        (is_back, at) = (!is_back, run.change_id);
    }
    Ok(is_back)
}

fn key_of(change: Uuid) -> String {
    format!("{UNDO}.{change}")
}

impl UndoRun {
    fn new(change: Uuid, by: Uuid, state: UndoState, now: Timestamp) -> Self {
        Self {
            change_id: by,
            member: Uuid::nil(),
            state,
            done: 0,
            total: 0,
            undone: 0,
            left: 0,
            skipped: Vec::new(),
            failure: None,
            created_at: now,
            updated_at: now,
            change,
            place: 0,
            reason: None,
        }
    }

    /// The same once more was taken back.
    fn after(&self, answer: &UndoAnswer, place: i64, events: u64, now: Timestamp) -> Self {
        let mut next = Self { place, done: self.done + events, updated_at: now, ..self.clone() };
        next.undone += answer.undone as u64;
        next.left += answer.skipped.len() as u64;
        let room = KEPT.saturating_sub(next.skipped.len());
        next.skipped.extend(answer.skipped.iter().take(room).cloned());
        next
    }

    /// In the caller's language, and without the names of fields he may not see.
    fn told(mut self, context: &Context) -> Self {
        self.failure = self.reason.as_ref().map(|it| context.locale.pick(it).to_owned());
        if self.member != context.actor {
            for skipped in &mut self.skipped {
                let object = context.schema.object(&skipped.object);
                skipped.fields.retain(|name| {
                    object.and_then(|object| Some((object, object.field(name)?))).is_some_and(|it| context.access.may_read(it.0, it.1))
                });
            }
        }
        self
    }

    fn data(&self) -> Result<Value> {
        let kept = |it: &UndoSkipped| KeptSkip { object: it.object.clone(), id: it.id, reason: it.reason.to_owned(), fields: it.fields.clone() };
        let data = Data { undone: self.undone, left: self.left, skipped: self.skipped.iter().map(kept).collect(), failure: self.reason.clone() };
        serde_json::to_value(data).map(|it| Value::Json(Box::new(it))).map_err(|error| KernelError::Internal(error.to_string()))
    }
}

fn number(of: u64) -> Value {
    Value::Int(i64::try_from(of).unwrap_or(i64::MAX))
}

fn insert(tx: &mut dyn WriteTx, run: &UndoRun) -> Result<()> {
    let row = vec![
        Value::Id(run.change),
        Value::Id(run.change_id),
        Value::Id(run.member),
        Value::Text(run.state.name().into()),
        Value::Int(run.place),
        number(run.done),
        number(run.total),
        run.data()?,
        Value::DateTime(run.created_at),
        Value::DateTime(run.updated_at),
    ];
    let columns: Vec<usize> = (0..row.len()).collect();
    let on_conflict = OnConflict::Replace((1..row.len()).collect());
    tx.insert(&Insert { table: system_tables::UNDO.clone(), columns, rows: vec![row], on_conflict })?;
    Ok(())
}

fn find(tx: &mut (impl ReadTx + ?Sized), change: Uuid) -> Result<Option<UndoRun>> {
    let row = tx.first(&Select::all(&system_tables::UNDO, Condition::equals(ColumnRef::main(CHANGE), Value::Id(change))))?;
    row.map(|row| read(&row).ok_or_else(|| KernelError::Internal("an undo cannot be read".into()))).transpose()
}

fn read(row: &[Value]) -> Option<UndoRun> {
    let [
        Value::Id(change),
        Value::Id(by),
        Value::Id(member),
        Value::Text(state),
        Value::Int(place),
        Value::Int(done),
        Value::Int(total),
        Value::Json(data),
        Value::DateTime(created_at),
        Value::DateTime(updated_at),
        ..,
    ] = row
    else {
        return None;
    };
    let data: Data = serde_json::from_value((**data).clone()).ok()?;
    let skipped = data.skipped.into_iter().map(|it| {
        let reason = ["changed_since", "gone", "forbidden"].into_iter().find(|known| *known == it.reason).unwrap_or("invalid");
        UndoSkipped { object: it.object, id: it.id, reason, fields: it.fields }
    });
    Some(UndoRun {
        member: *member,
        done: u64::try_from(*done).unwrap_or_default(),
        total: u64::try_from(*total).unwrap_or_default(),
        undone: data.undone,
        left: data.left,
        skipped: skipped.collect(),
        reason: data.failure,
        created_at: *created_at,
        updated_at: *updated_at,
        place: *place,
        ..UndoRun::new(*change, *by, UndoState::of(state)?, *created_at)
    })
}

/// Notes in its own transaction that a change was taken back at once. One that was before, and of which nothing more could be,
/// stays as it was told.
pub(super) fn note_undone(unit: &mut Unit<'_>, change: Uuid, answer: &UndoAnswer, events: u64) -> Result<()> {
    if answer.undone == 0 && find(unit.tx, change)?.is_some() {
        return Ok(());
    }
    let now = unit.context.now;
    let begun = UndoRun { member: unit.context.actor, total: events, ..UndoRun::new(change, answer.change_id, UndoState::Undone, now) };
    insert(unit.tx, &begun.after(answer, 0, events, now))
}

/// Moves an undo on from the place it stood at. `false`: somebody else did.
fn advance(tx: &mut dyn WriteTx, from: &UndoRun, next: &UndoRun) -> Result<bool> {
    let condition = Condition::equals(ColumnRef::main(CHANGE), Value::Id(from.change))
        .and(Condition::equals(ColumnRef::main(1), Value::Id(from.change_id)))
        .and(Condition::equals(ColumnRef::main(STATE), Value::Text(UndoState::Undoing.name().into())))
        .and(Condition::Compare(ColumnRef::main(PLACE), CompareOp::Eq, Value::Int(from.place)));
    let set = vec![
        (STATE, Set::To(Value::Text(next.state.name().into()))),
        (PLACE, Set::To(Value::Int(next.place))),
        (DONE, Set::To(number(next.done))),
        (DATA, Set::To(next.data()?)),
        (UPDATED_AT, Set::To(Value::DateTime(next.updated_at))),
    ];
    Ok(tx.update(&Update { table: system_tables::UNDO.clone(), set, condition })? == 1)
}

/// Takes back what is left of a change, page by page.
pub struct UndoJob {
    /// Whether the process is to end: asked between pages.
    stop: Box<dyn Fn() -> bool + Send + Sync>,
}

impl UndoJob {
    /// One that stops between two pages where this says so; the next process goes on.
    pub fn until(stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { stop: Box::new(stop) }
    }
}

impl Default for UndoJob {
    fn default() -> Self {
        Self::until(|| false)
    }
}

impl JobHandler for UndoJob {
    fn kind(&self) -> &str {
        UNDO
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let change = payload["change"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let change = change.ok_or_else(|| KernelError::Internal("a change to take back without an id".into()))?;
        while next_page(&context.workspace, change, &context.request_id)? {
            if (self.stop)() {
                return Err(KernelError::Store(StoreError::Busy));
            }
        }
        Ok(())
    }
}

/// Takes the next page back; answers whether there may be more.
fn next_page(workspace: &Arc<Workspace>, change: Uuid, request_id: &str) -> Result<bool> {
    workspace.follow_definitions()?;
    let found = workspace.store.read_with(|tx| find(tx, change))?;
    let Some(run) = found.filter(|it| it.state == UndoState::Undoing) else { return Ok(false) };
    let events = workspace.store.read_with(|tx| events_of_change_before(tx, change, run.place, PAGE))?;
    let context = match member_of(workspace, run.member, request_id)? {
        Some(context) if context.access.is_unlimited() || events.iter().all(|it| it.actor == run.member) => context,
        _ => {
            let reason = Label::new("您已没有撤销此更改的权限", "you may not take this change back any more");
            return end(workspace, &run, UndoState::Failed, Some(reason));
        }
    };
    if events.is_empty() {
        return end(workspace, &run, UndoState::Undone, None);
    }
    take_back(&context, &run, events).map(|()| true)
}

fn end(workspace: &Arc<Workspace>, run: &UndoRun, state: UndoState, reason: Option<Label>) -> Result<bool> {
    let next = UndoRun { state, reason, updated_at: workspace.clock.now(), ..run.clone() };
    let run = run.clone();
    workspace.store.write_with(move |tx| advance(tx, &run, &next))?;
    workspace.feed.announce();
    Ok(false)
}

/// The member's own rights, as they are now; nothing where he is gone. The nil id is the engine itself.
fn member_of(workspace: &Arc<Workspace>, member: Uuid, request_id: &str) -> Result<Option<Context>> {
    if member.is_nil() {
        return Ok(Some(workspace.system_context(member, request_id)));
    }
    let Some(identity) = workspace.store.read_with(|tx| workspace.identity(tx, member))? else { return Ok(None) };
    let time_zone = identity.time_zone.clone().unwrap_or_else(|| workspace.time_zone());
    Ok(Some(workspace.member_context(identity.member, identity.name, identity.locale, time_zone, request_id.to_owned())))
}

/// Takes events back in one transaction; where too many of them cannot be, each half by itself.
fn take_back(context: &Context, run: &UndoRun, mut events: Vec<Event>) -> Result<()> {
    let made = context.workspace.store.read_with(|tx| Made::of_some(tx, run.change, run.change_id, &events))?;
    let (from, shared) = (run.clone(), Arc::new((events, made)));
    let again = shared.clone();
    let outcome = tried(context, run.change_id, move |unit, learned| {
        // Another worker may have been here first.
        if find(unit.tx, from.change)?.is_none_or(|now| now.place != from.place || now.state != UndoState::Undoing) {
            return Ok(());
        }
        let (events, made) = &*again;
        let place = events.last().map_or(from.place, |it| it.seq);
        let backwards: Vec<&Event> = events.iter().collect();
        let mut answer = UndoAnswer { change_id: from.change_id, undone: 0, skipped: Vec::new() };
        undo_events(unit, &backwards, made, learned, &mut answer)?;
        let next = from.after(&answer, place, events.len() as u64, unit.context.workspace.clock.now());
        let progress = JobProgress { done: next.done.min(next.total), total: next.total };
        jobs::report_under(unit.tx, &key_of(from.change), progress)?;
        // One came between: nothing of this may stay.
        if advance(unit.tx, &from, &next)? { Ok(()) } else { Err(KernelError::Store(StoreError::Busy)) }
    });
    match outcome {
        Err(KernelError::Conflict { code: TOO_MANY, .. }) if shared.0.len() > 1 => {
            events = shared.0.clone();
            let earlier = events.split_off(events.len() / 2);
            take_back(context, run, events)?;
            let now = context.workspace.store.read_with(|tx| find(tx, run.change))?;
            // Whoever went on meanwhile goes on.
            match (now, earlier.first()) {
                (Some(now), Some(first)) if now.state == UndoState::Undoing && now.place > first.seq => take_back(context, &now, earlier),
                _ => Ok(()),
            }
        }
        // Where somebody else went on, the next look finds the place.
        Err(KernelError::Store(StoreError::Busy)) => {
            let now = context.workspace.store.read_with(|tx| find(tx, run.change))?;
            let moved = now.is_none_or(|it| it.place != run.place || it.state != UndoState::Undoing);
            if moved { Ok(()) } else { Err(KernelError::Store(StoreError::Busy)) }
        }
        other => other,
    }
}
