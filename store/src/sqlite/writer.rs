//! The one thread that writes: group commit.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{StoreError, WriteWork};
use rusqlite::Connection;

use super::error::store_error;
use super::transaction::SqliteDriver;
use crate::transaction::{Transaction, panic_text};

/// Most pieces of work in one commit.
const MOST_WORKS: usize = 256;
/// No further work joins a group that has run this long.
const LONGEST_GROUP: Duration = Duration::from_millis(10);

/// Changed rows after which the planner's statistics are gathered; again whenever their number has doubled.
const FIRST_STATISTICS: u64 = 10_000;

type Outcome = Result<(), KernelError>;

/// Work and where its outcome goes.
struct Job {
    work: WriteWork,
    reply: SyncSender<Outcome>,
}

/// The writer's thread, seen from outside. Dropping it lets the queue run out and waits for the thread.
pub(crate) struct Writer {
    queue: Option<Sender<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; the connection is its own from now on.
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, jobs) = channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || {
                let mut statistics_at = FIRST_STATISTICS;
                while let Ok(first) = jobs.recv() {
                    commit_group(&connection, first, &jobs);
                    if connection.total_changes() > statistics_at {
                        statistics_at = connection.total_changes() * 2;
                        gather_statistics(&connection);
                    }
                }
            })
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue: Some(queue), thread: Mutex::new(Some(thread)) })
    }

    /// Runs work in the next group; answers when it is durable or undone.
    pub(crate) fn run(&self, work: WriteWork) -> Outcome {
        let (reply, outcome) = sync_channel(1);
        let gone = || KernelError::from(StoreError::Unavailable("the writer has stopped".into()));
        self.queue.as_ref().ok_or_else(gone)?.send(Job { work, reply }).map_err(|_| gone())?;
        outcome.recv().map_err(|_| gone())?
    }

    /// Fails where the thread has ended.
    pub(crate) fn alive(&self) -> Result<(), StoreError> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        match thread.as_ref() {
            Some(thread) if !thread.is_finished() => Ok(()),
            _ => Err(StoreError::Unavailable("the writer has stopped".into())),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the sqlite writer ended in a panic");
        }
    }
}

/// Tells the query planner how the tables have grown. Looks at no more than a few hundred entries of an index, and only
/// at tables that grew tenfold since the last time.
fn gather_statistics(connection: &Connection) {
    if let Err(error) = connection.execute_batch("PRAGMA analysis_limit=400; PRAGMA optimize=0x10002;") {
        tracing::warn!(%error, "statistics could not be gathered");
    }
}

/// Runs one job and all that wait behind it in one transaction, then tells each caller.
fn commit_group(connection: &Connection, first: Job, jobs: &Receiver<Job>) {
    let began = Instant::now();
    if let Err(error) = run_cached(connection, "BEGIN IMMEDIATE") {
        answer(&first.reply, Err(store_error(&error).into()));
        return;
    }
    let mut done: Vec<(SyncSender<Outcome>, Outcome)> = Vec::new();
    let mut next = Some(first);
    while let Some(mut job) = next {
        let outcome = run_in_savepoint(connection, &mut job.work);
        done.push((job.reply, outcome));
        // Some failures (no space, I/O) make SQLite end the whole transaction: nothing of the group remains.
        if connection.is_autocommit() {
            return fail_all(done, &StoreError::Other("the transaction was ended by the database".into()));
        }
        next = if done.len() < MOST_WORKS && began.elapsed() < LONGEST_GROUP { jobs.try_recv().ok() } else { None };
    }
    match run_cached(connection, "COMMIT") {
        Ok(()) => {
            for (reply, outcome) in done {
                answer(&reply, outcome);
            }
        }
        Err(error) => {
            if !connection.is_autocommit()
                && let Err(error) = run_cached(connection, "ROLLBACK")
            {
                tracing::error!(%error, "a failed commit could not be undone");
            }
            fail_all(done, &store_error(&error));
        }
    }
}

/// Everything that seemed to succeed did not; what failed by itself keeps its own reason.
fn fail_all(done: Vec<(SyncSender<Outcome>, Outcome)>, error: &StoreError) {
    let cause = done.iter().rev().find_map(|(_, outcome)| match outcome {
        Err(KernelError::Store(StoreError::Full)) => Some(StoreError::Full),
        Err(KernelError::Store(StoreError::Busy)) => Some(StoreError::Busy),
        _ => None,
    });
    for (reply, outcome) in done {
        let cause = cause.as_ref().unwrap_or(error);
        answer(&reply, outcome.and_then(|()| Err(cause.clone().into())));
    }
}

fn answer(reply: &SyncSender<Outcome>, outcome: Outcome) {
    if reply.send(outcome).is_err() {
        tracing::debug!("a caller did not wait for its write");
    }
}

fn run_cached(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(|_| ())
}

/// Runs work; on an error or a panic nothing of it remains.
fn run_in_savepoint(connection: &Connection, work: &mut WriteWork) -> Outcome {
    run_cached(connection, "SAVEPOINT work").map_err(|error| store_error(&error))?;
    let mut transaction = Transaction::new(SqliteDriver::new(connection));
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| work(&mut transaction)));
    let outcome = ran.unwrap_or_else(|panic| Err(KernelError::Internal(format!("a write panicked: {}", panic_text(&*panic)))));
    let outcome = transaction.outcome(outcome);
    if connection.is_autocommit() {
        return outcome.and(Err(StoreError::Other("the transaction was ended by the database".into()).into()));
    }
    if outcome.is_err() {
        run_cached(connection, "ROLLBACK TO work").map_err(|error| store_error(&error))?;
    }
    run_cached(connection, "RELEASE work").map_err(|error| store_error(&error))?;
    outcome
}
