//! Enrichment runs: which records an outside source was asked about, for whom, and what it answered. Nothing here asks or
//! writes records; answers wait until somebody confirmed them, and are forgotten then.

use std::ops::ControlFlow;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::{ENRICHMENT_ANSWER, ENRICHMENT_RUN, SETTING};

/// Object of the sources.
pub const SOURCE_OBJECT: &str = "enrichment_source";
/// The job that asks.
pub const ASK: &str = "enrichment.ask";
/// Most records of a run.
pub const MOST: usize = 1_000;
/// A question nobody heard the answer to is asked again after this long: whoever asked it died.
const LOST: SignedDuration = SignedDuration::from_mins(5);

/// Columns of runs.
mod run {
    pub const ID: usize = 0;
    pub const STATE: usize = 4;
    pub const CHANGE: usize = 6;
    pub const CREATED_AT: usize = 7;
}

/// Columns of answers.
mod answer {
    pub const RUN: usize = 0;
    pub const RECORD: usize = 1;
    pub const SOURCE: usize = 2;
    pub const POSITION: usize = 3;
    pub const STATE: usize = 4;
    pub const REASON: usize = 5;
    pub const VALUES: usize = 6;
    pub const AT: usize = 7;
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EnrichmentState")]
pub enum RunState {
    /// Records are being asked about.
    Asking,
    /// All answers are there, to be looked at.
    Ready,
    /// They were written.
    Applied,
}

/// What stands with one record of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "EnrichmentAnswerState")]
pub enum AnswerState {
    /// Not asked yet.
    Waiting,
    /// Asked, not answered yet.
    Asked,
    /// There is an answer.
    Answered,
    /// The source knows nothing of it.
    Nothing,
    /// It was not asked about: `reason` says why.
    Withheld,
    /// The source did not answer as it should.
    Failed,
}

/// What a run does with what comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Fields that are overwritten; of the others only empty ones are filled.
    pub overwrite: Vec<String>,
    /// Also where somebody typed what they hold.
    pub typed: bool,
    /// It began by itself, with a new record, and is written without anybody looking.
    pub by_itself: bool,
}

/// A run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Id.
    pub id: Uuid,
    /// The source asked.
    pub source: Uuid,
    /// Object of the records.
    pub object: String,
    /// With whose rights.
    pub member: Uuid,
    /// How far it has come.
    pub state: RunState,
    /// What it does.
    pub terms: Terms,
    /// The change it was written as.
    pub change: Option<Uuid>,
    /// When it began.
    pub created_at: Timestamp,
}

/// One record of a run.
#[derive(Debug, Clone)]
pub struct AnswerRow {
    /// The record.
    pub record: Uuid,
    /// What stands with it.
    pub state: AnswerState,
    /// Why it was withheld or failed: a code, or a text in both languages.
    pub reason: Option<String>,
    /// What the source said, by field.
    pub values: Option<Json>,
}

fn state_text<T: Serialize>(state: T) -> Value {
    Value::Text(serde_json::to_value(state).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default())
}

fn read_state<T: for<'d> Deserialize<'d>>(text: &str) -> Option<T> {
    serde_json::from_value(Json::String(text.to_owned())).ok()
}

fn read_run(row: Vec<Value>) -> Option<Run> {
    let mut cells = row.into_iter();
    let mut next = || cells.next().unwrap_or_default();
    let (Value::Id(id), Value::Id(source), Value::Text(object), Value::Id(member)) = (next(), next(), next(), next()) else { return None };
    let (Value::Text(state), Value::Json(terms)) = (next(), next()) else { return None };
    let change = if let Value::Id(change) = next() { Some(change) } else { None };
    let Value::DateTime(created_at) = next() else { return None };
    Some(Run { id, source, object, member, state: read_state(&state)?, terms: serde_json::from_value(*terms).ok()?, change, created_at })
}

fn read_answer(row: Vec<Value>) -> Option<AnswerRow> {
    let text = |at: usize| row.get(at).and_then(Value::as_text).map(str::to_owned);
    let Some(Value::Id(record)) = row.get(answer::RECORD) else { return None };
    let values = if let Some(Value::Json(json)) = row.get(answer::VALUES) { Some((**json).clone()) } else { None };
    Some(AnswerRow { record: *record, state: read_state(&text(answer::STATE)?)?, reason: text(answer::REASON), values })
}

/// Begins a run and has it asked.
///
/// # Errors
/// Fails where the database does.
pub fn begin(context: &Context, tx: &mut dyn WriteTx, source: Uuid, object: &str, member: Uuid, terms: &Terms, records: &[Uuid]) -> Result<Uuid> {
    let id = context.new_id();
    let terms = serde_json::to_value(terms).map_err(|error| KernelError::Internal(error.to_string()))?;
    let row = vec![
        Value::Id(id),
        Value::Id(source),
        Value::Text(object.to_owned()),
        Value::Id(member),
        state_text(RunState::Asking),
        Value::Json(Box::new(terms)),
        Value::Null,
        Value::DateTime(context.now),
    ];
    let insert =
        Insert { table: ENRICHMENT_RUN.clone(), columns: (run::ID..=run::CREATED_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail };
    tx.insert(&insert)?;
    let answers = records.iter().zip(0_i64..).map(|(record, position)| {
        vec![
            Value::Id(id),
            Value::Id(*record),
            Value::Id(source),
            Value::Int(position),
            state_text(AnswerState::Waiting),
            Value::Null,
            Value::Null,
            Value::DateTime(context.now),
        ]
    });
    let insert = Insert {
        table: ENRICHMENT_ANSWER.clone(),
        columns: (answer::RUN..=answer::AT).collect(),
        rows: answers.collect(),
        on_conflict: OnConflict::Ignore,
    };
    tx.insert(&insert)?;
    ask_at(context, tx, id, context.now)?;
    Ok(id)
}

/// Has a run gone on with at a moment; once however often it is said.
///
/// # Errors
/// Fails where the database does.
pub fn ask_at(context: &Context, tx: &mut dyn WriteTx, run: Uuid, at: Timestamp) -> Result<()> {
    let key = format!("{ASK}.{run}.{}", at.as_second());
    jobs::enqueue(context, tx, ASK, serde_json::json!({ "run": run }), Some(key), at).map(drop)
}

/// A run.
///
/// # Errors
/// Fails where the database does.
pub fn run_of(tx: &mut (impl ReadTx + ?Sized), id: Uuid) -> Result<Option<Run>> {
    let row = tx.first(&Select::all(&ENRICHMENT_RUN, Condition::equals(ColumnRef::main(run::ID), Value::Id(id))))?;
    Ok(row.and_then(read_run))
}

/// The run whose answers were written with a change.
///
/// # Errors
/// Fails where the database does.
pub fn run_of_change(tx: &mut (impl ReadTx + ?Sized), change: Uuid) -> Result<Option<Run>> {
    let row = tx.first(&Select::all(&ENRICHMENT_RUN, Condition::equals(ColumnRef::main(run::CHANGE), Value::Id(change))))?;
    Ok(row.and_then(read_run))
}

fn of_run(id: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(answer::RUN), Value::Id(id))
}

fn in_states(states: &[AnswerState]) -> Condition {
    Condition::In(ColumnRef::main(answer::STATE), states.iter().map(|it| state_text(*it)).collect(), false)
}

/// The records of a run in their order.
///
/// # Errors
/// Fails where the database does.
pub fn answers(tx: &mut (impl ReadTx + ?Sized), run: Uuid) -> Result<Vec<AnswerRow>> {
    let rows = tx.rows(&Select::all(&ENRICHMENT_ANSWER, of_run(run)).order_by(answer::POSITION, false))?;
    Ok(rows.into_iter().filter_map(read_answer).collect())
}

/// Records of a run that are to be asked about, those whose answer was lost included.
///
/// # Errors
/// Fails where the database does.
pub fn to_ask(tx: &mut (impl ReadTx + ?Sized), run: Uuid, now: Timestamp, most: u64) -> Result<Vec<Uuid>> {
    let select = Select::all(&ENRICHMENT_ANSWER, of_run(run).and(is_open(now))).order_by(answer::POSITION, false).limited(most);
    Ok(tx.rows(&select)?.into_iter().filter_map(read_answer).map(|it| it.record).collect())
}

fn is_open(now: Timestamp) -> Condition {
    let before = Value::DateTime(now.checked_sub(LOST).unwrap_or(Timestamp::MIN));
    let lost = in_states(&[AnswerState::Asked]).and(Condition::Compare(ColumnRef::main(answer::AT), CompareOp::Lt, before));
    Condition::Or(vec![in_states(&[AnswerState::Waiting]), lost])
}

/// Whether any record of a run is still without an answer.
///
/// # Errors
/// Fails where the database does.
pub fn is_open_run(tx: &mut (impl ReadTx + ?Sized), run: Uuid) -> Result<bool> {
    let open = of_run(run).and(in_states(&[AnswerState::Waiting, AnswerState::Asked]));
    Ok(tx.count(&Select::all(&ENRICHMENT_ANSWER, open), Some(1))? > 0)
}

/// How many records wait to be put to a source, counted no further than `most`.
///
/// # Errors
/// Fails where the database does.
pub fn waiting_for(tx: &mut (impl ReadTx + ?Sized), source: Uuid, most: u64) -> Result<u64> {
    let of_source = Condition::equals(ColumnRef::main(answer::SOURCE), Value::Id(source)).and(in_states(&[AnswerState::Waiting]));
    Ok(tx.count(&Select::all(&ENRICHMENT_ANSWER, of_source), Some(most))?)
}

/// Takes a record to be asked about; false where somebody else has it.
///
/// # Errors
/// Fails where the database does.
pub fn take(tx: &mut dyn WriteTx, run: Uuid, record: Uuid, now: Timestamp) -> Result<bool> {
    let condition = of_run(run).and(Condition::equals(ColumnRef::main(answer::RECORD), Value::Id(record))).and(is_open(now));
    let set = vec![(answer::STATE, Set::To(state_text(AnswerState::Asked))), (answer::AT, Set::To(Value::DateTime(now)))];
    Ok(tx.update(&Update { table: ENRICHMENT_ANSWER.clone(), set, condition })? > 0)
}

/// Keeps what came of a record.
///
/// # Errors
/// Fails where the database does.
pub fn note(tx: &mut dyn WriteTx, run: Uuid, record: Uuid, state: AnswerState, reason: Option<&str>, values: Option<Json>) -> Result<()> {
    let condition = of_run(run).and(Condition::equals(ColumnRef::main(answer::RECORD), Value::Id(record)));
    put(tx, condition, state, reason, values)
}

/// Gives up what a run has not been answered yet.
///
/// # Errors
/// Fails where the database does.
pub fn give_up(tx: &mut dyn WriteTx, run: Uuid, reason: &str) -> Result<()> {
    put(tx, of_run(run).and(in_states(&[AnswerState::Waiting, AnswerState::Asked])), AnswerState::Failed, Some(reason), None)
}

fn put(tx: &mut dyn WriteTx, condition: Condition, state: AnswerState, reason: Option<&str>, values: Option<Json>) -> Result<()> {
    let set = vec![
        (answer::STATE, Set::To(state_text(state))),
        (answer::REASON, Set::To(reason.map_or(Value::Null, |it| Value::Text(it.to_owned())))),
        (answer::VALUES, Set::To(values.map_or(Value::Null, |it| Value::Json(Box::new(it))))),
    ];
    Ok(tx.update(&Update { table: ENRICHMENT_ANSWER.clone(), set, condition }).map(drop)?)
}

/// Says that all answers of a run are there.
///
/// # Errors
/// Fails where the database does.
pub fn is_ready(tx: &mut dyn WriteTx, id: Uuid) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(run::ID), Value::Id(id));
    let set = vec![(run::STATE, Set::To(state_text(RunState::Ready)))];
    Ok(tx.update(&Update { table: ENRICHMENT_RUN.clone(), set, condition }).map(drop)?)
}

/// Notes that a run was written as a change, if it was not yet; its answers are forgotten, what they said stands in the records.
///
/// # Errors
/// Fails where the database does.
pub fn is_applied(tx: &mut dyn WriteTx, id: Uuid, change: Uuid) -> Result<bool> {
    let ready = Condition::equals(ColumnRef::main(run::STATE), state_text(RunState::Ready));
    let condition = Condition::equals(ColumnRef::main(run::ID), Value::Id(id)).and(ready);
    let set = vec![(run::STATE, Set::To(state_text(RunState::Applied))), (run::CHANGE, Set::To(Value::Id(change)))];
    let first = tx.update(&Update { table: ENRICHMENT_RUN.clone(), set, condition })? > 0;
    if first {
        forget_answers(tx, of_run(id))?;
    }
    Ok(first)
}

/// Drops a run with what was answered.
///
/// # Errors
/// Fails where the database does.
pub fn drop_run(tx: &mut dyn WriteTx, id: Uuid) -> Result<()> {
    forget_answers(tx, of_run(id))?;
    let condition = Condition::equals(ColumnRef::main(run::ID), Value::Id(id));
    Ok(tx.delete(&Delete { table: ENRICHMENT_RUN.clone(), condition }).map(drop)?)
}

/// Forgets what was answered about records: they are erased, or nobody looked at it.
///
/// # Errors
/// Fails where the database does.
pub fn forget_records(tx: &mut dyn WriteTx, records: &[Uuid]) -> Result<()> {
    for some in records.chunks(500) {
        forget_answers(tx, Condition::In(ColumnRef::main(answer::RECORD), some.iter().copied().map(Value::Id).collect(), false))?;
    }
    Ok(())
}

fn forget_answers(tx: &mut dyn WriteTx, condition: Condition) -> Result<()> {
    Ok(tx.delete(&Delete { table: ENRICHMENT_ANSWER.clone(), condition }).map(drop)?)
}

/// Drops what began before a moment and was never written. What was written stays: it says where values came from.
///
/// # Errors
/// Fails where the database does.
pub fn drop_unused(tx: &mut dyn WriteTx, before: Timestamp) -> Result<u64> {
    let old = Condition::Compare(ColumnRef::main(run::CREATED_AT), CompareOp::Lt, Value::DateTime(before));
    let unused = old.and(Condition::Compare(ColumnRef::main(run::STATE), CompareOp::Ne, state_text(RunState::Applied)));
    let mut ids = Vec::new();
    let select = Select { columns: vec![ColumnRef::main(run::ID)], ..Select::all(&ENRICHMENT_RUN, unused) };
    tx.select(&select, &mut |row| {
        ids.extend(row.first().and_then(|it| if let Value::Id(id) = it { Some(*id) } else { None }));
        ControlFlow::Continue(())
    })?;
    for id in &ids {
        drop_run(tx, *id)?;
    }
    Ok(ids.len() as u64)
}

/// How often a source was asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Used {
    day: String,
    in_day: i64,
    minute: i64,
    in_minute: i64,
}

/// Counts one more question to a source; where that is too many it answers when the next may be asked.
///
/// # Errors
/// Fails where the database does.
pub fn take_turn(context: &Context, tx: &mut dyn WriteTx, source: Uuid, per_minute: i64, per_day: i64) -> Result<Option<Timestamp>> {
    let now = context.workspace.clock.now();
    let zoned = now.to_zoned(context.workspace.time_zone());
    let (day, minute) = (zoned.date().to_string(), now.as_second().div_euclid(60));
    tx.serialise("enrichment")?;
    let key = Value::Text(format!("enrichment_used.{source}"));
    let row = tx.first(&Select::all(&SETTING, Condition::equals(ColumnRef::main(0), key.clone())))?;
    let kept = row.and_then(|mut it| if let Some(Value::Json(json)) = it.pop() { serde_json::from_value::<Used>(*json).ok() } else { None });
    let mut used = kept.unwrap_or_default();
    if used.day != day {
        (used.day, used.in_day) = (day, 0);
    }
    if used.minute != minute {
        (used.minute, used.in_minute) = (minute, 0);
    }
    if used.in_day >= per_day {
        let tomorrow = zoned.date().tomorrow().ok().and_then(|it| it.to_zoned(context.workspace.time_zone()).ok());
        return Ok(Some(tomorrow.map_or(now, |it| it.timestamp())));
    }
    if used.in_minute >= per_minute {
        return Ok(Some(Timestamp::from_second((minute + 1) * 60).unwrap_or(now)));
    }
    used.in_day += 1;
    used.in_minute += 1;
    let used = serde_json::to_value(used).map_err(|error| KernelError::Internal(error.to_string()))?;
    let row = vec![key, Value::Json(Box::new(used))];
    tx.insert(&Insert { table: SETTING.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) })?;
    Ok(None)
}
