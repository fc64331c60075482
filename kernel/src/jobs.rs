//! Durable jobs: leased, retried with backoff, dead-lettered where an administrator sees them.

use std::ops::ControlFlow;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::JOB;

const ID: usize = 0;
const KIND: usize = 1;
const PAYLOAD: usize = 2;
const STATE: usize = 3;
const RUN_AT: usize = 4;
const ATTEMPTS: usize = 5;
const MAX_ATTEMPTS: usize = 6;
const LEASE_OWNER: usize = 7;
const LEASE_UNTIL: usize = 8;
const UNIQUE_KEY: usize = 9;
const LAST_ERROR: usize = 10;
const CREATED_AT: usize = 11;
const FINISHED_AT: usize = 12;
const ACTOR: usize = 13;
const PROGRESS: usize = 14;

/// How long a worker may be silent before another takes its job.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Tries before a job is dead.
const TRIES: i64 = 8;

/// What a job can be.
pub const STATES: [&str; 4] = ["waiting", "running", "done", "dead"];

/// A job as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Job {
    /// Id.
    pub id: Uuid,
    /// Kind, `app.verb`.
    pub kind: String,
    /// How far it has come; a dead one was given up.
    #[schemars(extend("enum" = STATES))]
    pub state: String,
    /// When it runs, or ran.
    pub run_at: Option<Timestamp>,
    /// Tries so far.
    pub attempts: i64,
    /// Tries before it is given up.
    pub max_attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it came into the queue.
    pub created_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How much of it is done, where it says so.
    pub progress: Option<JobProgress>,
}

/// How much of a job is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobProgress {
    /// Records done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// A job somebody works on.
#[derive(Debug, Clone, PartialEq)]
pub struct LeasedJob {
    /// Id.
    pub id: Uuid,
    /// Kind.
    pub kind: String,
    /// Input.
    pub payload: Json,
    /// For whom it runs.
    pub actor: Uuid,
    /// This try, from 1.
    pub attempt: i64,
    /// Fencing token: a lease that was lost cannot finish the job.
    pub lease: String,
}

/// Puts a job into the queue. A live job with the same unique key makes this a no-op that answers the nil id.
pub fn enqueue(context: &Context, tx: &mut dyn WriteTx, kind: &str, payload: Json, unique_key: Option<String>, run_at: Timestamp) -> Result<Uuid> {
    if let Some(key) = &unique_key
        && is_live(tx, key)?
    {
        return Ok(Uuid::nil());
    }
    let id = context.new_id();
    let row = vec![
        Value::Id(id),
        Value::Text(kind.to_owned()),
        Value::Json(Box::new(payload)),
        Value::Text("waiting".into()),
        Value::DateTime(run_at),
        Value::Int(0),
        Value::Int(TRIES),
        Value::Null,
        Value::Null,
        unique_key.map_or(Value::Null, Value::Text),
        Value::Null,
        Value::DateTime(context.now),
        Value::Null,
        Value::Id(context.actor),
    ];
    tx.insert(&Insert { table: JOB.clone(), columns: (ID..=ACTOR).collect(), rows: vec![row], on_conflict: OnConflict::Ignore })?;
    // On PostgreSQL another transaction may have put the same key there meanwhile.
    let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    Ok(if tx.count(&Select::all(&JOB, own), Some(1))? == 1 { id } else { Uuid::nil() })
}

/// Puts a job into the queue under a key, or has the one that waits under it do this at this time. `false`: one runs already, and
/// goes on with what it was begun with.
///
/// # Errors
/// Fails where the database does.
pub fn hasten(context: &Context, tx: &mut dyn WriteTx, kind: &str, payload: Json, unique_key: &str, run_at: Timestamp) -> Result<bool> {
    let same = Condition::equals(ColumnRef::main(UNIQUE_KEY), Value::Text(unique_key.to_owned()));
    let condition = same.and(Condition::equals(ColumnRef::main(STATE), Value::Text("waiting".into())));
    let set = vec![
        (PAYLOAD, Set::To(Value::Json(Box::new(payload.clone())))),
        (RUN_AT, Set::To(Value::DateTime(run_at))),
        (ATTEMPTS, Set::To(Value::Int(0))),
    ];
    if tx.update(&Update { table: JOB.clone(), set, condition })? > 0 {
        return Ok(true);
    }
    Ok(!enqueue(context, tx, kind, payload, Some(unique_key.to_owned()), run_at)?.is_nil())
}

/// Whether a job of a kind is waiting or running.
///
/// # Errors
/// Fails where the database does.
pub fn is_under_way(tx: &mut (impl ReadTx + ?Sized), kind: &str) -> Result<bool> {
    let live = Condition::In(ColumnRef::main(STATE), vec![Value::Text("waiting".into()), Value::Text("running".into())], false);
    let condition = live.and(Condition::equals(ColumnRef::main(KIND), Value::Text(kind.to_owned())));
    Ok(tx.count(&Select::all(&JOB, condition), Some(1))? > 0)
}

/// Whether a job of a kind waits for a worker to take it: it will look at everything that was committed before.
///
/// # Errors
/// Fails where the database does.
pub fn is_waiting(tx: &mut (impl ReadTx + ?Sized), kind: &str) -> Result<bool> {
    let waiting = Condition::equals(ColumnRef::main(STATE), Value::Text("waiting".into()));
    let condition = waiting.and(Condition::equals(ColumnRef::main(KIND), Value::Text(kind.to_owned())));
    Ok(tx.count(&Select::all(&JOB, condition), Some(1))? > 0)
}

/// Whether a job with this unique key is waiting or running.
///
/// # Errors
/// Fails where the database does.
pub fn is_live(tx: &mut (impl ReadTx + ?Sized), unique_key: &str) -> Result<bool> {
    let same = Condition::equals(ColumnRef::main(UNIQUE_KEY), Value::Text(unique_key.to_owned()));
    Ok(tx.count(&Select::all(&JOB, same), Some(1))? > 0)
}

/// Takes the next due job, if any: a waiting one, or one whose worker went silent.
pub fn lease(context: &Context, worker: &str) -> Result<Option<LeasedJob>> {
    loop {
        // Workers look after every commit, and there is seldom anything: a look must not stand in the way of writes.
        let due = Select::all(&JOB, due_at(context.workspace.clock.now()));
        if context.workspace.store.read_with(|tx| Ok(tx.count(&due, Some(1))?))? == 0 {
            return Ok(None);
        }
        match lease_next(context, worker)? {
            Leased::Job(job) => return Ok(Some(*job)),
            Leased::Nothing => return Ok(None),
            Leased::Buried => {}
        }
    }
}

fn lease_next(context: &Context, worker: &str) -> Result<Leased> {
    let now = context.workspace.clock.now();
    let token = format!("{worker}/{}", context.workspace.ids.next(now));
    context.workspace.store.write_with(move |tx| {
        let due = due_at(now);
        let mut select = Select::all(&JOB, due.clone()).order_by(RUN_AT, false).limited(1);
        select.lock = true;
        let Some(row) = tx.first(&select)? else { return Ok(Leased::Nothing) };
        let Some(mut job) = read_job(&row) else { return Err(KernelError::Internal("a job cannot be read".into())) };
        if job.attempt >= TRIES {
            // Its worker vanished each time: a job that brings the process down must not do so for ever.
            bury(tx, job.id, now)?;
            return Ok(Leased::Buried);
        }
        job.attempt += 1;
        job.lease.clone_from(&token);
        let set = vec![
            (STATE, Set::To(Value::Text("running".into()))),
            (ATTEMPTS, Set::To(Value::Int(job.attempt))),
            (LEASE_OWNER, Set::To(Value::Text(token.clone()))),
            (LEASE_UNTIL, Set::To(Value::DateTime(now + LEASE))),
        ];
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(job.id)).and(due);
        let taken = tx.update(&Update { table: JOB.clone(), set, condition })?;
        Ok(if taken == 1 { Leased::Job(Box::new(job)) } else { Leased::Nothing })
    })
}

/// Jobs that wait and are due, and those whose workers went silent.
fn due_at(now: Timestamp) -> Condition {
    let in_state = |state: &str| Condition::equals(ColumnRef::main(STATE), Value::Text(state.into()));
    let before = |column: usize, op: CompareOp| Condition::Compare(ColumnRef::main(column), op, Value::DateTime(now));
    Condition::Or(vec![in_state("waiting").and(before(RUN_AT, CompareOp::Le)), in_state("running").and(before(LEASE_UNTIL, CompareOp::Lt))])
}

enum Leased {
    Nothing,
    Buried,
    Job(Box<LeasedJob>),
}

fn bury(tx: &mut dyn WriteTx, id: Uuid, now: Timestamp) -> Result<()> {
    let set = vec![
        (STATE, Set::To(Value::Text("dead".into()))),
        (LAST_ERROR, Set::To(Value::Text("the worker vanished at every try".into()))),
        (FINISHED_AT, Set::To(Value::DateTime(now))),
        (UNIQUE_KEY, Set::To(Value::Null)),
    ];
    tx.update(&Update { table: JOB.clone(), set, condition: Condition::equals(ColumnRef::main(ID), Value::Id(id)) })?;
    Ok(())
}

fn read_job(row: &[Value]) -> Option<LeasedJob> {
    let (Value::Id(id), Value::Text(kind), Value::Json(payload), Value::Int(attempt), Value::Id(actor)) =
        (row.get(ID)?, row.get(KIND)?, row.get(PAYLOAD)?, row.get(ATTEMPTS)?, row.get(ACTOR)?)
    else {
        return None;
    };
    Some(LeasedJob { id: *id, kind: kind.clone(), payload: (**payload).clone(), actor: *actor, attempt: *attempt, lease: String::new() })
}

/// Says that the worker is still at it. `false`: the lease is lost, stop.
pub fn renew(context: &Context, job: &LeasedJob) -> Result<bool> {
    let until = context.workspace.clock.now() + LEASE;
    settle(context, job, vec![(LEASE_UNTIL, Set::To(Value::DateTime(until)))])
}

/// Notes how far the running jobs of a kind have come, in the transaction of what they did.
///
/// # Errors
/// Fails where the database does.
pub fn report(tx: &mut dyn WriteTx, kind: &str, progress: JobProgress) -> Result<()> {
    let running = Condition::equals(ColumnRef::main(STATE), Value::Text("running".into()));
    let condition = running.and(Condition::equals(ColumnRef::main(KIND), Value::Text(kind.to_owned())));
    let set = vec![(PROGRESS, Set::To(Value::Json(Box::new(json!(progress)))))];
    tx.update(&Update { table: JOB.clone(), set, condition })?;
    Ok(())
}

/// As [`report`], of the running job under a key.
///
/// # Errors
/// Fails where the database does.
pub fn report_under(tx: &mut dyn WriteTx, unique_key: &str, progress: JobProgress) -> Result<()> {
    let set = vec![(PROGRESS, Set::To(Value::Json(Box::new(json!(progress)))))];
    let condition = Condition::equals(ColumnRef::main(UNIQUE_KEY), Value::Text(unique_key.to_owned()));
    tx.update(&Update { table: JOB.clone(), set, condition })?;
    Ok(())
}

/// Ends a job well. `false`: the lease was lost meanwhile.
pub fn finish(context: &Context, job: &LeasedJob) -> Result<bool> {
    let now = context.workspace.clock.now();
    let set = vec![
        (STATE, Set::To(Value::Text("done".into()))),
        (FINISHED_AT, Set::To(Value::DateTime(now))),
        (UNIQUE_KEY, Set::To(Value::Null)),
        (LAST_ERROR, Set::To(Value::Null)),
    ];
    settle(context, job, set)
}

/// Ends a try badly: again later, twice as long each time, or dead after the last.
pub fn fail(context: &Context, job: &LeasedJob, error: &str) -> Result<bool> {
    let now = context.workspace.clock.now();
    let dead = job.attempt >= TRIES;
    let wait = SignedDuration::from_secs(5 * (1_i64 << job.attempt.clamp(0, 12)));
    let state = if dead { "dead" } else { "waiting" };
    let mut set = vec![
        (STATE, Set::To(Value::Text(state.into()))),
        (LAST_ERROR, Set::To(Value::Text(error.chars().take(2_000).collect()))),
        (RUN_AT, Set::To(Value::DateTime(now + wait))),
    ];
    if dead {
        set.push((FINISHED_AT, Set::To(Value::DateTime(now))));
        set.push((UNIQUE_KEY, Set::To(Value::Null)));
    }
    settle(context, job, set)
}

fn settle(context: &Context, job: &LeasedJob, set: Vec<(usize, Set)>) -> Result<bool> {
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(job.id))
        .and(Condition::equals(ColumnRef::main(LEASE_OWNER), Value::Text(job.lease.clone())))
        .and(Condition::equals(ColumnRef::main(STATE), Value::Text("running".into())));
    let update = Update { table: JOB.clone(), set, condition };
    Ok(context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))? == 1)
}

/// Runs one due job, if there is one. Answers whether there was.
pub fn run_next(context: &Context, worker: &str) -> Result<bool> {
    let Some(job) = lease(context, worker)? else { return Ok(false) };
    let outcome = match context.workspace.registry.job(&job.kind).cloned() {
        None => Err(KernelError::Internal(format!("no handler for jobs of kind {}", job.kind))),
        Some(handler) => {
            let inner = context.workspace.system_context(job.actor, &format!("job-{}", job.id));
            keep_leased(context, &job, || {
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| handler.run(&inner, &job.payload)))
                    .unwrap_or_else(|_| Err(KernelError::Internal("the job panicked".into())))
            })
        }
    };
    match outcome {
        Ok(()) => finish(context, &job)?,
        Err(error) => fail(context, &job, &error.to_string())?,
    };
    Ok(true)
}

/// Renews the lease for as long as the work takes, so that no other worker takes the job for abandoned.
fn keep_leased(context: &Context, job: &LeasedJob, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let (working, ended) = std::sync::mpsc::channel::<()>();
    let every = LEASE.unsigned_abs() / 3;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A database that does not answer may do so again before the lease runs out.
            while ended.recv_timeout(every) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) && !matches!(renew(context, job), Ok(false)) {}
        });
        let outcome = work();
        drop(working);
        outcome
    })
}

/// Forgets jobs that wait, run or were given up, but those of the kinds named: in a copy of a workspace they are another's.
pub(crate) fn drop_unfinished(tx: &mut dyn WriteTx, but: &[&str]) -> Result<()> {
    let unfinished = Condition::Compare(ColumnRef::main(STATE), CompareOp::Ne, Value::Text("done".into()));
    let others = Condition::In(ColumnRef::main(KIND), but.iter().map(|it| Value::Text((*it).to_owned())).collect(), true);
    let unfinished = unfinished.and(others);
    tx.delete(&crate::store::Delete { table: JOB.clone(), condition: unfinished })?;
    Ok(())
}

/// Which jobs are asked for.
#[derive(Debug, Clone, Default)]
pub struct JobsAsked {
    /// In this state.
    pub state: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Older than this one.
    pub before: Option<Uuid>,
}

impl JobsAsked {
    fn condition(&self) -> Condition {
        let equals = |column, value: &String| Condition::equals(ColumnRef::main(column), Value::Text(value.clone()));
        let mut condition = self.state.as_ref().map_or(Condition::True, |it| equals(STATE, it));
        if let Some(kind) = &self.kind {
            condition = condition.and(equals(KIND, kind));
        }
        match self.before {
            Some(before) => condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Lt, Value::Id(before))),
            None => condition,
        }
    }
}

/// Jobs for an administrator, newest first.
pub fn list(context: &Context, tx: &mut dyn ReadTx, state: Option<&str>, limit: u64) -> Result<Vec<Job>> {
    page(context, tx, &JobsAsked { state: state.map(str::to_owned), ..JobsAsked::default() }, limit)
}

/// As [`list`], of those asked for.
///
/// # Errors
/// Forbidden but for administrators.
pub fn page(context: &Context, tx: &mut dyn ReadTx, asked: &JobsAsked, limit: u64) -> Result<Vec<Job>> {
    context.access.require_administrator()?;
    let condition = asked.condition();
    let mut jobs = Vec::new();
    tx.select(&Select::all(&JOB, condition).order_by(ID, true).limited(limit), &mut |row| {
        let text = |at: usize| row.get(at).and_then(Value::as_text).map(str::to_owned);
        let time = |at: usize| if let Some(Value::DateTime(it)) = row.get(at) { Some(*it) } else { None };
        let int = |at: usize| if let Some(Value::Int(it)) = row.get(at) { *it } else { 0 };
        jobs.push(Job {
            id: if let Some(Value::Id(it)) = row.get(ID) { *it } else { Uuid::nil() },
            kind: text(KIND).unwrap_or_default(),
            state: text(STATE).unwrap_or_default(),
            run_at: time(RUN_AT),
            attempts: int(ATTEMPTS),
            max_attempts: int(MAX_ATTEMPTS),
            last_error: text(LAST_ERROR),
            created_at: time(CREATED_AT),
            finished_at: time(FINISHED_AT),
            progress: if let Some(Value::Json(it)) = row.get(PROGRESS) { serde_json::from_value((**it).clone()).ok() } else { None },
        });
        ControlFlow::Continue(())
    })?;
    Ok(jobs)
}

/// Gives a dead job another chance.
pub fn retry(context: &Context, id: Uuid) -> Result<()> {
    if revive(context, Condition::equals(ColumnRef::main(ID), Value::Id(id)))? == 0 { Err(KernelError::NotFound) } else { Ok(()) }
}

/// Gives all dead jobs another chance, or those of a kind; answers how many there were.
///
/// # Errors
/// Forbidden but for administrators.
pub fn retry_all(context: &Context, kind: Option<&str>) -> Result<u64> {
    revive(context, kind.map_or(Condition::True, |it| Condition::equals(ColumnRef::main(KIND), Value::Text(it.to_owned()))))
}

fn revive(context: &Context, which: Condition) -> Result<u64> {
    context.access.require_administrator()?;
    let set = vec![
        (STATE, Set::To(Value::Text("waiting".into()))),
        (ATTEMPTS, Set::To(Value::Int(0))),
        (RUN_AT, Set::To(Value::DateTime(context.now))),
        (FINISHED_AT, Set::To(Value::Null)),
    ];
    let condition = which.and(Condition::equals(ColumnRef::main(STATE), Value::Text("dead".into())));
    let update = Update { table: JOB.clone(), set, condition };
    let revived = context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))?;
    context.workspace.feed.announce();
    Ok(revived)
}
