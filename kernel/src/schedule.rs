//! When scheduled jobs run: every so often, or at times of the workspace's own clock.

mod cron;

use std::str::FromStr as _;

use guanxi_expr::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

pub use cron::Cron;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs::enqueue;
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update};
use crate::system_tables::COUNTER;

/// Stands for the moment of a job that was never queued.
const NEVER: i64 = 0;

/// When a scheduled job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many seconds, in slots counted from 1970.
    Every(u32),
    /// At the times a [`Cron`] tells, in the time zone of the workspace.
    At(&'static str),
}

impl Schedule {
    /// When it is due next, if it was last looked at then. `last` is 0 where it never was.
    fn next(self, last: Timestamp, zone: &TimeZone) -> Result<Option<Timestamp>> {
        match self {
            Self::Every(seconds) => {
                let seconds = i64::from(seconds.max(1));
                Ok(Timestamp::from_second((last.as_second().div_euclid(seconds) + 1) * seconds).ok())
            }
            Self::At(times) => Ok(Cron::from_str(times).map_err(KernelError::Internal)?.next(last, zone)),
        }
    }
    fn text(self) -> String {
        match self {
            Self::Every(seconds) => format!("@every {seconds}s"),
            Self::At(times) => times.to_owned(),
        }
    }
}

/// A scheduled job as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScheduledJob {
    /// Kind, `app.verb`.
    pub kind: String,
    /// When it runs: `minute hour day month weekday` in the workspace's time zone, or `@every 3600s`.
    pub schedule: String,
    /// When it runs next; null where it never does.
    pub next_at: Option<Timestamp>,
}

/// The name under which the moment is kept at which a job last came into the queue.
fn counter_of(kind: &str) -> String {
    format!("schedule.{kind}")
}

fn last_of(tx: &mut (impl ReadTx + ?Sized), kind: &str) -> Result<Option<i64>> {
    let key = Condition::equals(ColumnRef::main(0), Value::Text(counter_of(kind)));
    Ok(tx
        .first(&Select::all(&COUNTER, key))?
        .and_then(|row| if let Some(Value::Int(it)) = row.get(1) { Some(*it).filter(|it| *it != NEVER) } else { None }))
}

/// From where a job is due that was last queued then. One never seen before waits for its first time of day, but does not
/// wait for the end of a slot.
fn since(schedule: Schedule, last: Option<i64>, now: Timestamp) -> Timestamp {
    match (schedule, last) {
        (_, Some(last)) => Timestamp::from_second(last).unwrap_or(now),
        (Schedule::Every(_), None) => Timestamp::UNIX_EPOCH,
        (Schedule::At(_), None) => now,
    }
}

/// The scheduled jobs, by when they are due.
///
/// # Errors
/// Forbidden but for administrators; fails where the database does.
pub fn scheduled(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<ScheduledJob>> {
    context.access.require_administrator()?;
    let (now, zone) = (context.workspace.clock.now(), context.workspace.time_zone());
    let mut all = Vec::new();
    for (kind, schedule) in schedules(context) {
        let last = last_of(tx, &kind)?;
        let next_at = schedule.next(since(schedule, last, now), &zone)?.map(|it| it.max(now));
        all.push(ScheduledJob { kind, schedule: schedule.text(), next_at });
    }
    all.sort_by(|a, b| (a.next_at.is_none(), a.next_at, &a.kind).cmp(&(b.next_at.is_none(), b.next_at, &b.kind)));
    Ok(all)
}

fn schedules(context: &Context) -> Vec<(String, Schedule)> {
    context.workspace.registry.jobs().filter_map(|it| Some((it.kind().to_owned(), it.schedule()?))).collect()
}

/// Puts scheduled jobs into the queue whose time has come, once however many nodes ask: one live job of a kind at a time.
/// What was due several times while nobody asked runs once.
///
/// # Errors
/// A schedule that cannot be read; fails where the database does.
pub fn enqueue_due(context: &Context) -> Result<()> {
    let zone = context.workspace.time_zone();
    for (kind, schedule) in schedules(context) {
        let now = context.workspace.clock.now();
        let last = context.workspace.store.read_with(|tx| last_of(tx, &kind))?;
        let is_due = schedule.next(since(schedule, last, now), &zone)?.is_some_and(|it| it <= now);
        if last.is_some() && !is_due {
            continue;
        }
        let (inner, counter) = (context.clone(), counter_of(&kind));
        context.workspace.store.write_with(move |tx| {
            if last.is_none() {
                let row = vec![Value::Text(counter.clone()), Value::Int(NEVER)];
                tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Ignore })?;
            }
            let key = Condition::equals(ColumnRef::main(0), Value::Text(counter.clone()));
            let unchanged = key.and(Condition::equals(ColumnRef::main(1), Value::Int(last.unwrap_or(NEVER))));
            let set = vec![(1, Set::To(Value::Int(now.as_second())))];
            if tx.update(&Update { table: COUNTER.clone(), set, condition: unchanged })? == 0 {
                // Another node was faster.
                return Ok(());
            }
            if is_due {
                enqueue(&inner, tx, &kind, json!({}), Some(counter.clone()), now)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
