//! What goes on beside requests: jobs, the search index, tidying up. One thread each for every workspace.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{Result, audit, idempotency, identity, jobs, locks, openings, outreach, readers, schedule, search, shares};
use uuid::Uuid;

use crate::shutdown::Shutdown;

/// Longest time a thread sleeps without looking whether it should end.
const NAP: Duration = Duration::from_millis(500);
/// How often schedules are looked at.
const SCHEDULE: Duration = Duration::from_secs(15);
/// How often memory is given back that only serves to be faster.
const LET_GO: Duration = Duration::from_secs(20);
/// How often dead sessions and old keys are forgotten.
const TIDY: Duration = Duration::from_secs(3600);
/// For so many times as long as it worked the indexer rests while something is written in bulk: there is one writer, and
/// what nobody looks for yet can be found a little later.
const REST_DURING_BULK: u32 = 20;
/// The same at other times, when it has caught up: what is saved meanwhile is indexed together.
const REST: u32 = 3;
/// But no longer than nobody notices, who looks for what he has just saved.
const LONGEST_REST: Duration = Duration::from_millis(100);
/// How long a worker rests before it looks for jobs again.
const REST_OF_WORKER: Duration = Duration::from_millis(20);
/// Pause after a failure, so that a database that is gone is not hammered.
const AFTER_FAILURE: Duration = Duration::from_secs(3);

/// The threads of one workspace.
pub struct Background {
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts them.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn start(workspace: &Arc<Workspace>, shutdown: &Shutdown, run_jobs: bool) -> std::io::Result<Self> {
        let mut threads = vec![spawn("search-index", workspace, shutdown, index)?];
        if run_jobs {
            // Two, so that a long import does not hold up what is quick.
            threads.push(spawn("log-readers", workspace, shutdown, follow)?);
            threads.push(spawn("jobs", workspace, shutdown, run)?);
            threads.push(spawn("jobs", workspace, shutdown, run)?);
        }
        Ok(Self { threads })
    }

    /// Waits for them to end; the shutdown must have begun.
    pub fn join(self) {
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a background thread panicked");
            }
        }
    }
}

fn spawn(name: &str, workspace: &Arc<Workspace>, shutdown: &Shutdown, work: fn(&Arc<Workspace>, &Shutdown)) -> std::io::Result<JoinHandle<()>> {
    let (workspace, shutdown) = (workspace.clone(), shutdown.clone());
    std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&workspace, &shutdown))
}

/// Brings the search index up to date whenever the log grows.
fn index(workspace: &Arc<Workspace>, shutdown: &Shutdown) {
    let mut seen = None;
    let mut rested = Instant::now();
    while !shutdown.has_begun() {
        if rested.elapsed() > LET_GO {
            workspace.store.rest();
            rested = Instant::now();
        }
        // The mark is taken before the work, so that news during it are not missed. Other nodes' news come without a
        // mark; the nap's end finds them.
        let mark = workspace.feed.mark();
        let context = workspace.system_context(Uuid::nil(), "search-index");
        let began = Instant::now();
        match search::index_next(&context) {
            Ok(more) => {
                if !more {
                    seen = Some(mark);
                }
                let rest = match (workspace.bulk.is_under_way(), more) {
                    (true, _) => began.elapsed() * REST_DURING_BULK,
                    (false, true) => Duration::ZERO,
                    (false, false) => LONGEST_REST.min(began.elapsed() * REST),
                };
                shutdown.wait_at_most(rest);
                if more {
                    continue;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the search index waits");
                shutdown.wait_at_most(AFTER_FAILURE);
            }
        }
        workspace.feed.wait(seen.unwrap_or(mark), NAP);
    }
}

/// Shows what follows the event log whatever is new in it.
fn follow(workspace: &Arc<Workspace>, shutdown: &Shutdown) {
    while !shutdown.has_begun() {
        let mark = workspace.feed.mark();
        let context = workspace.system_context(Uuid::nil(), "log-readers");
        let began = Instant::now();
        match readers::read_next(&context) {
            // There is one writer: what is told a little later must not stand in the way of who writes in bulk.
            Ok(true) => shutdown.wait_at_most(began.elapsed() * if workspace.bulk.is_under_way() { REST_DURING_BULK } else { 1 }),
            Ok(false) => {
                shutdown.wait_at_most(REST_OF_WORKER);
                workspace.feed.wait(mark, NAP);
            }
            Err(error) => {
                tracing::warn!(%error, "a reader of the log waits");
                shutdown.wait_at_most(AFTER_FAILURE);
            }
        }
    }
}

/// Runs due jobs, puts scheduled ones into the queue, tidies up.
fn run(workspace: &Arc<Workspace>, shutdown: &Shutdown) {
    let worker = format!("{}-{}", std::process::id(), workspace.id);
    let (mut until_schedule, mut until_tidy) = (Duration::ZERO, Duration::ZERO);
    while !shutdown.has_begun() {
        let context = workspace.system_context(Uuid::nil(), "jobs");
        let mark = workspace.feed.mark();
        let mut work = || -> Result<bool> {
            if until_schedule.is_zero() {
                schedule::enqueue_due(&context)?;
                until_schedule = SCHEDULE;
            }
            if until_tidy.is_zero() {
                identity::forget_dead_sessions(&context, workspace.sign_in_policy()?.limits())?;
                identity::forget_old_tickets(&context)?;
                identity::forget_old_attempts(&context)?;
                idempotency::forget_old(&context)?;
                shares::forget_expired(&context)?;
                locks::forget_expired(&context)?;
                openings::forget_old(&context)?;
                outreach::sms::forget_old(&context)?;
                audit::prune(&context)?;
                until_tidy = TIDY;
            }
            jobs::run_next(&context, &worker)
        };
        match work() {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the job runner waits");
                shutdown.wait_at_most(AFTER_FAILURE);
            }
        }
        shutdown.wait_at_most(REST_OF_WORKER);
        workspace.feed.wait(mark, NAP);
        until_schedule = until_schedule.saturating_sub(NAP);
        until_tidy = until_tidy.saturating_sub(NAP);
    }
}
