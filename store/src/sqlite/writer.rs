//! The one thread that writes: group commit.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{StoreError, WriteWork};
use rusqlite::Connection;

use super::SqliteOptions;
use super::error::store_error;
use super::inserts::Inserts;
use super::pace::Pace;
use super::transaction::SqliteDriver;
use crate::transaction::{Transaction, panic_text};

/// Most pieces of work in one commit.
const MOST_WORKS: usize = 256;
/// No further work joins a group that has run this long.
const LONGEST_GROUP: Duration = Duration::from_millis(10);

/// Lets the planner's statistics be taken from no more than a few hundred entries of an index.
pub(super) const LOOK_BRIEFLY: &str = "PRAGMA analysis_limit=400;";

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
    /// Starts the thread; the connections are its own from now on. The second one brings the log home.
    pub(crate) fn start(mut connection: Connection, homeward: Connection, options: &SqliteOptions) -> Result<Self, StoreError> {
        let (queue, jobs) = channel();
        let mut pace = Pace::everyday(&mut connection, homeward, options)?;
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || {
                let mut statistics_at = FIRST_STATISTICS;
                let inserts = Inserts::default();
                while let Some(first) = pace.next(&connection, &jobs) {
                    let before = connection.total_changes();
                    Group { connection: &connection, inserts: &inserts, works: Vec::new(), careful: false, broken: None }.commit(first, &jobs);
                    pace.note(&connection, connection.total_changes() - before);
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

/// Makes every connection, of other processes too, read the definitions anew, and with them the statistics, which it would
/// otherwise keep as they were when it was opened: with those of an empty table a page of a large one is found by sorting.
const READ_ANEW: &str = "BEGIN IMMEDIATE; CREATE TABLE gx_statistics (gathered); DROP TABLE gx_statistics; COMMIT;";

/// Tells the query planner how the tables have grown. Looks only at tables that grew tenfold since the last time.
fn gather_statistics(connection: &Connection) {
    if let Err(error) = connection.execute_batch(&format!("{LOOK_BRIEFLY} PRAGMA optimize=0x10002; {READ_ANEW}")) {
        tracing::warn!(%error, "statistics could not be gathered");
        if !connection.is_autocommit()
            && let Err(error) = connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "what was begun for statistics does not end");
        }
    }
}

/// One piece of work of a group, and how it went.
struct Done {
    job: Job,
    outcome: Outcome,
}

/// The work of one commit.
///
/// Savepoints cost a copy of every page a piece of work touches, for the sake of the few that fail. So there are none at
/// first; where one fails that had written something, all is undone and done again with a savepoint for each.
struct Group<'w> {
    connection: &'w Connection,
    inserts: &'w Inserts,
    works: Vec<Done>,
    /// Each piece of work has a savepoint of its own.
    careful: bool,
    /// What failed could not be undone: nothing may be committed.
    broken: Option<StoreError>,
}

impl Group<'_> {
    /// Runs one job and all that wait behind it in one transaction, then tells each caller.
    fn commit(mut self, first: Job, jobs: &Receiver<Job>) {
        let began = Instant::now();
        if let Err(error) = run_cached(self.connection, "BEGIN IMMEDIATE") {
            answer(&first.reply, Err(store_error(&error).into()));
            return;
        }
        let mut next = Some(first);
        while let Some(job) = next {
            self.run(job);
            // Some failures (no space, I/O) make SQLite end the whole transaction: nothing of the group remains.
            if self.connection.is_autocommit() {
                return self.fail_all(&StoreError::Other("the transaction was ended by the database".into()));
            }
            if let Some(error) = self.broken.take() {
                return self.undo(&error);
            }
            next = if self.works.len() < MOST_WORKS && began.elapsed() < LONGEST_GROUP { jobs.try_recv().ok() } else { None };
        }
        match run_cached(self.connection, "COMMIT") {
            Ok(()) => self.works.into_iter().for_each(|it| answer(&it.job.reply, it.outcome)),
            Err(error) => self.undo(&store_error(&error)),
        }
    }

    /// Ends the transaction without anything of it and tells each caller.
    fn undo(self, error: &StoreError) {
        if !self.connection.is_autocommit()
            && let Err(error) = run_cached(self.connection, "ROLLBACK")
        {
            tracing::error!(%error, "a failed commit could not be undone");
        }
        self.fail_all(error);
    }

    fn run(&mut self, mut job: Job) {
        if self.careful {
            let outcome = self.in_savepoint(&mut job.work);
            self.works.push(Done { job, outcome });
            return;
        }
        let (outcome, wrote) = self.work(&mut job.work);
        let is_torn = outcome.is_err() && wrote;
        self.works.push(Done { job, outcome });
        if is_torn && !self.connection.is_autocommit() {
            self.run_again();
        }
    }

    /// Undoes everything and does it again with care.
    fn run_again(&mut self) {
        self.careful = true;
        let restart = run_cached(self.connection, "ROLLBACK").and_then(|()| run_cached(self.connection, "BEGIN IMMEDIATE"));
        if let Err(error) = restart {
            self.broken = Some(store_error(&error));
            return;
        }
        let mut works = std::mem::take(&mut self.works);
        for done in &mut works {
            done.outcome = self.in_savepoint(&mut done.job.work);
            if self.connection.is_autocommit() {
                break;
            }
        }
        self.works = works;
    }

    /// Runs work; answers also whether it changed anything.
    fn work(&self, work: &mut WriteWork) -> (Outcome, bool) {
        let mut transaction = Transaction::new(SqliteDriver::writing(self.connection, self.inserts));
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| work(&mut transaction)));
        let outcome = ran.unwrap_or_else(|panic| Err(KernelError::Internal(format!("a write panicked: {}", panic_text(&*panic)))));
        (transaction.outcome(outcome), transaction.has_written())
    }

    /// Runs work; on an error or a panic nothing of it remains.
    fn in_savepoint(&self, work: &mut WriteWork) -> Outcome {
        run_cached(self.connection, "SAVEPOINT work").map_err(|error| store_error(&error))?;
        let (outcome, _) = self.work(work);
        if self.connection.is_autocommit() {
            return outcome.and(Err(StoreError::Other("the transaction was ended by the database".into()).into()));
        }
        if outcome.is_err() {
            run_cached(self.connection, "ROLLBACK TO work").map_err(|error| store_error(&error))?;
        }
        run_cached(self.connection, "RELEASE work").map_err(|error| store_error(&error))?;
        outcome
    }

    /// Everything that seemed to succeed did not; what failed by itself keeps its own reason.
    fn fail_all(self, error: &StoreError) {
        let cause = self.works.iter().rev().find_map(|it| match &it.outcome {
            Err(KernelError::Store(StoreError::Full)) => Some(StoreError::Full),
            Err(KernelError::Store(StoreError::Busy)) => Some(StoreError::Busy),
            _ => None,
        });
        for Done { job, outcome } in self.works {
            let cause = cause.as_ref().unwrap_or(error);
            answer(&job.reply, outcome.and_then(|()| Err(cause.clone().into())));
        }
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
