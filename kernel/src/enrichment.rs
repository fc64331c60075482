//! Enrichment runs: which records an outside source was asked about, for whom, and what it answered. Nothing here asks or
//! writes records; answers wait until somebody confirmed them, and are forgotten then.

mod ending;
mod turns;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs;
use crate::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::{ENRICHMENT_ANSWER, ENRICHMENT_RUN};

pub use ending::{asking_since, claim, drop_ended, drop_run, drop_unused, forget_records, give_back, is_ready, is_written};
pub use turns::{forget_turns, take_turn};

/// Object of the sources.
pub const SOURCE_OBJECT: &str = "enrichment_source";
/// The job that asks.
pub const ASK: &str = "enrichment.ask";
/// Most records of a run.
pub const MOST: usize = 1_000;
/// Most runs that one member has a source asked for at once.
pub const MOST_OPEN: usize = 3;
/// New records are asked about together, as many as come to be before the run ends, but no more than these.
pub const TOGETHER: usize = 100;
/// A question nobody heard the answer to is asked again after this long: whoever asked it died.
const LOST: SignedDuration = SignedDuration::from_mins(5);

/// Columns of runs.
mod run {
    pub const ID: usize = 0;
    pub const SOURCE: usize = 1;
    pub const MEMBER: usize = 3;
    pub const STATE: usize = 4;
    pub const CHANGE: usize = 6;
    pub const CREATED_AT: usize = 7;
    pub const READY_AT: usize = 8;
    pub const FAILURES: usize = 9;
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
    /// Fields that are not sent: a program began the run, by an API key that does not open them.
    pub closed: Vec<String>,
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
    /// Questions in a row that the service did not answer.
    pub failures: i64,
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
    let (Value::DateTime(created_at), _ready_at) = (next(), next()) else { return None };
    let failures = if let Value::Int(count) = next() { count } else { 0 };
    Some(Run { id, source, object, member, state: read_state(&state)?, terms: serde_json::from_value(*terms).ok()?, change, created_at, failures })
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
    let run = Run {
        id: context.new_id(),
        source,
        object: object.to_owned(),
        member,
        state: RunState::Asking,
        terms: terms.clone(),
        change: None,
        created_at: context.now,
        failures: 0,
    };
    insert_run(tx, &run, None)?;
    add_records(context, tx, run.id, source, records)?;
    ask_at(context, tx, run.id, context.now)?;
    Ok(run.id)
}

/// Has new records asked about: with those that wait already, as far as they still do.
///
/// # Errors
/// Fails where the database does.
pub fn begin_by_itself(context: &Context, tx: &mut dyn WriteTx, source: Uuid, object: &str, member: Uuid, records: &[Uuid]) -> Result<()> {
    tx.serialise("enrichment")?;
    let mut rest = records;
    if let Some(run) = open_by_itself(tx, source, member)? {
        let room = TOGETHER.saturating_sub(usize::try_from(progress(tx, run.id)?.1).unwrap_or(TOGETHER));
        let (some, others) = rest.split_at(room.min(rest.len()));
        if !some.is_empty() {
            add_records(context, tx, run.id, source, some)?;
            // A service in trouble is left in peace for as long as was said.
            if run.failures == 0 {
                ask_at(context, tx, run.id, context.now)?;
            }
        }
        rest = others;
    }
    let terms = Terms { by_itself: true, ..Terms::default() };
    for some in rest.chunks(TOGETHER) {
        begin(context, tx, source, object, member, &terms, some)?;
    }
    Ok(())
}

/// The last run of a source that began by itself and is still asking.
fn open_by_itself(tx: &mut (impl ReadTx + ?Sized), source: Uuid, member: Uuid) -> Result<Option<Run>> {
    let of_source = Condition::equals(ColumnRef::main(run::SOURCE), Value::Id(source));
    let open = in_state(RunState::Asking).and(Condition::equals(ColumnRef::main(run::MEMBER), Value::Id(member))).and(of_source);
    let rows = tx.rows(&Select::all(&ENRICHMENT_RUN, open).order_by(run::CREATED_AT, true))?;
    Ok(rows.into_iter().filter_map(read_run).find(|it| it.terms.by_itself))
}

fn insert_run(tx: &mut dyn WriteTx, run: &Run, ready_at: Option<Timestamp>) -> Result<()> {
    let terms = serde_json::to_value(&run.terms).map_err(|error| KernelError::Internal(error.to_string()))?;
    let row = vec![
        Value::Id(run.id),
        Value::Id(run.source),
        Value::Text(run.object.clone()),
        Value::Id(run.member),
        state_text(run.state),
        Value::Json(Box::new(terms)),
        run.change.map_or(Value::Null, Value::Id),
        Value::DateTime(run.created_at),
        ready_at.map_or(Value::Null, Value::DateTime),
        Value::Int(run.failures),
    ];
    let columns = (run::ID..=run::FAILURES).collect();
    tx.insert(&Insert { table: ENRICHMENT_RUN.clone(), columns, rows: vec![row], on_conflict: OnConflict::Fail })?;
    Ok(())
}

fn add_records(context: &Context, tx: &mut dyn WriteTx, id: Uuid, source: Uuid, records: &[Uuid]) -> Result<()> {
    let first = i64::try_from(progress(tx, id)?.1).unwrap_or_default();
    let answers = records.iter().zip(first..).map(|(record, position)| {
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
    Ok(())
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

/// The runs of a member in some states, the newest first.
///
/// # Errors
/// Fails where the database does.
pub fn runs_of(tx: &mut (impl ReadTx + ?Sized), member: Uuid, states: &[RunState], most: u64) -> Result<Vec<Run>> {
    let of_member = Condition::equals(ColumnRef::main(run::MEMBER), Value::Id(member));
    let among = Condition::In(ColumnRef::main(run::STATE), states.iter().map(|it| state_text(*it)).collect(), false);
    let select = Select::all(&ENRICHMENT_RUN, of_member.and(among)).order_by(run::CREATED_AT, true).limited(most);
    Ok(tx.rows(&select)?.into_iter().filter_map(read_run).collect())
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

fn in_state(state: RunState) -> Condition {
    Condition::equals(ColumnRef::main(run::STATE), state_text(state))
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

/// How many records of a run have their answer, of how many.
///
/// # Errors
/// Fails where the database does.
pub fn progress(tx: &mut (impl ReadTx + ?Sized), run: Uuid) -> Result<(u64, u64)> {
    let open = of_run(run).and(in_states(&[AnswerState::Waiting, AnswerState::Asked]));
    let total = tx.count(&Select::all(&ENRICHMENT_ANSWER, of_run(run)), None)?;
    Ok((total - tx.count(&Select::all(&ENRICHMENT_ANSWER, open), None)?.min(total), total))
}

/// When the first of the questions that are out is lost, if nobody hears of it.
///
/// # Errors
/// Fails where the database does.
pub fn next_lost(tx: &mut (impl ReadTx + ?Sized), run: Uuid) -> Result<Option<Timestamp>> {
    let asked = of_run(run).and(in_states(&[AnswerState::Asked]));
    let row = tx.first(&Select::all(&ENRICHMENT_ANSWER, asked).order_by(answer::AT, false).limited(1))?;
    Ok(row.and_then(|it| if let Some(Value::DateTime(at)) = it.get(answer::AT) { Some(*at + LOST) } else { None }))
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

/// Puts a record that was taken back among those that wait: it was not asked about.
///
/// # Errors
/// Fails where the database does.
pub fn release(tx: &mut dyn WriteTx, run: Uuid, record: Uuid) -> Result<()> {
    free(tx, run, record, Set::Add(Value::Int(0)))
}

/// The same, behind all others: its question was not answered.
///
/// # Errors
/// Fails where the database does.
pub fn hand_back(tx: &mut dyn WriteTx, run: Uuid, record: Uuid) -> Result<()> {
    free(tx, run, record, Set::Add(Value::Int(i64::try_from(MOST).unwrap_or(i64::MAX))))
}

fn free(tx: &mut dyn WriteTx, run: Uuid, record: Uuid, position: Set) -> Result<()> {
    let asked = of_run(run).and(Condition::equals(ColumnRef::main(answer::RECORD), Value::Id(record))).and(in_states(&[AnswerState::Asked]));
    let set = vec![(answer::STATE, Set::To(state_text(AnswerState::Waiting))), (answer::POSITION, position)];
    Ok(tx.update(&Update { table: ENRICHMENT_ANSWER.clone(), set, condition: asked }).map(drop)?)
}

/// Keeps how many questions of a run were not answered, one after the other.
///
/// # Errors
/// Fails where the database does.
pub fn count_failures(tx: &mut dyn WriteTx, id: Uuid, failures: i64) -> Result<()> {
    change_run(tx, own(id), vec![(run::FAILURES, Set::To(Value::Int(failures)))]).map(drop)
}

fn own(id: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(run::ID), Value::Id(id))
}

fn change_run(tx: &mut dyn WriteTx, condition: Condition, set: Vec<(usize, Set)>) -> Result<bool> {
    Ok(tx.update(&Update { table: ENRICHMENT_RUN.clone(), set, condition })? > 0)
}
