//! The log is brought home beside the writer: a checkpoint of some ten thousand pages takes a quarter of a second, for which
//! nobody's commit shall wait.
//!
//! A thread with a connection of its own copies the pages while commits go on. What they added meanwhile is little, and is
//! copied by the writer itself, in one of its commits: only then does the log begin anew instead of growing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use guanxi_kernel::store::StoreError;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode, MAIN_DB};

use super::error::store_error;

/// Pages that the writer copies within a commit: some milliseconds.
const FEW: u32 = 256;
/// Times the thread goes after what was added while it copied.
const PASSES: usize = 8;
/// A log that grew so many times over its limit, since the thread cannot keep up, is brought home by the writer after all: the
/// disk comes first.
const FAR_BEYOND: u32 = 4;

/// What the writer and the thread tell each other.
#[derive(Default)]
struct Told {
    /// Pages in the log from which on they are brought home.
    limit: AtomicU32,
    /// Few pages are left: the writer's next commit copies them.
    nearly: AtomicBool,
}

/// The thread, seen from the writer. Dropping it ends it.
pub(super) struct Checkpoints {
    told: Arc<Told>,
    /// The only strong one: the thread ends when it is gone, though the connection's hook outlives it.
    wake: Option<Arc<SyncSender<()>>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread with a connection of its own, and has the writer's connection wake it.
    ///
    /// # Errors
    /// Where the thread cannot be started or the connection refuses.
    pub(super) fn start(writing: &mut Connection, own: Connection, limit: u32) -> Result<Self, StoreError> {
        let told = Arc::new(Told::default());
        told.limit.store(limit, Ordering::Relaxed);
        let (wake, woken) = sync_channel(1);
        let inner = told.clone();
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".into())
            .spawn(move || bring_home(&own, &inner, &woken))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let wake = Arc::new(wake);
        let (inner, waking) = (told.clone(), Arc::downgrade(&wake));
        let hook = move |log: &mut rusqlite::hooks::Wal, pages: i32| {
            let (pages, limit) = (u32::try_from(pages).unwrap_or(0), inner.limit.load(Ordering::Relaxed));
            let nearly = inner.nearly.swap(false, Ordering::Relaxed);
            if nearly || pages >= limit.saturating_mul(FAR_BEYOND) {
                // Busy where the thread is at it: then it is done another time. The commit itself stands.
                if let Err(error) = log.checkpoint() {
                    tell(&error);
                }
            } else if pages >= limit
                && let Some(waking) = waking.upgrade()
            {
                wake_up(&waking);
            }
            Ok(())
        };
        writing.wal_hook(Some(hook)).map_err(|error| store_error(&error))?;
        Ok(Self { told, wake: Some(wake), thread: Some(thread) })
    }

    /// From how many pages on the log is brought home.
    pub(super) fn limit(&self, pages: u32) {
        self.told.limit.store(pages, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(super) fn from(&self) -> u32 {
        self.told.limit.load(Ordering::Relaxed)
    }

    /// Brings home what there is, whatever the limit.
    pub(super) fn now(&self) {
        if let Some(wake) = &self.wake {
            wake_up(wake);
        }
    }
}

/// One that is told already need not be told again.
fn wake_up(wake: &SyncSender<()>) {
    if let Err(TrySendError::Disconnected(())) = wake.try_send(()) {
        tracing::error!("the thread that brings the log home has ended");
    }
}

/// Nothing is lost by it, but where it goes on, the log grows until the disk is full: somebody is to know.
fn tell(error: &rusqlite::Error) {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => tracing::debug!(%error, "the log is brought home by another one"),
        _ => tracing::error!(%error, "the log could not be brought home"),
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that brings the log home ended in a panic");
        }
    }
}

fn bring_home(connection: &Connection, told: &Told, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        copy_what_is_there(connection, told);
    }
}

/// Copies the log until little is left of it, which the writer is told of, or a reader of long ago holds the rest back.
fn copy_what_is_there(connection: &Connection, told: &Told) {
    let mut before = -1;
    for _ in 0..PASSES {
        let (in_log, home) = match connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE) {
            Ok(pages) => pages,
            Err(error) => return tell(&error),
        };
        if u32::try_from(in_log - home).is_ok_and(|it| it <= FEW) {
            return told.nearly.store(in_log > home, Ordering::Relaxed);
        }
        if home <= before {
            return;
        }
        before = home;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sqlite::{SqliteOptions, connection, open_for_test};

    /// Pages in the log and pages of them that are home.
    fn log_of(connection: &Connection) -> (i32, i32) {
        connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::NOOP).unwrap()
    }

    fn opened(path: &Path) -> (Connection, Connection) {
        let writing = open_for_test(path);
        writing.execute_batch("CREATE TABLE many (text TEXT)").unwrap();
        (writing, connection::open_homeward(path, &SqliteOptions::default()).unwrap())
    }

    fn fill(writing: &Connection, rows: u32) {
        for row in 0..rows {
            writing.execute("INSERT INTO many VALUES (hex(zeroblob(2500)) || ?)", [row]).unwrap();
        }
    }

    #[test]
    fn commits_leave_the_log_to_the_thread_and_copy_the_little_it_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writing, homeward) = opened(&folder.path().join("c.db"));
        let checkpoints = Checkpoints::start(&mut writing, homeward, u32::MAX / FAR_BEYOND).unwrap();
        fill(&writing, 400);
        let (in_log, home) = log_of(&writing);
        assert!(in_log > 800 && home == 0, "no commit copies: {in_log}, {home}");

        let other = connection::open_homeward(&folder.path().join("c.db"), &SqliteOptions::default()).unwrap();
        copy_what_is_there(&other, &checkpoints.told);
        assert_eq!(log_of(&writing), (in_log, in_log));
        assert!(!checkpoints.told.nearly.load(Ordering::Relaxed), "nothing is left for the writer");

        fill(&writing, 1);
        let begun_anew = log_of(&writing).0;
        assert!(begun_anew < 20, "the log begins anew: {begun_anew}");
        checkpoints.told.nearly.store(true, Ordering::Relaxed);
        fill(&writing, 1);
        let (in_log, home) = log_of(&writing);
        assert!(in_log > begun_anew && home == in_log, "the writer copied what was left: {in_log}, {home}");
    }

    #[test]
    fn a_log_over_its_limit_wakes_the_thread_and_one_far_beyond_is_the_writers() {
        let folder = tempfile::tempdir().unwrap();
        let (mut writing, homeward) = opened(&folder.path().join("c.db"));
        let checkpoints = Checkpoints::start(&mut writing, homeward, 50).unwrap();
        fill(&writing, 2_000);
        // Ended with whatever it was told to do.
        let told = checkpoints.told.clone();
        drop(checkpoints);
        let (in_log, home) = log_of(&writing);
        assert!(in_log < 2_000, "the log does not grow with what is written: {in_log}, {home}");
        told.limit.store(1, Ordering::Relaxed);
        fill(&writing, 400);
        let (in_log, _) = log_of(&writing);
        assert!(in_log < 50, "without the thread the writer copies: {in_log}");
    }

    #[test]
    fn a_reader_of_long_ago_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.db");
        let (writing, homeward) = opened(&path);
        let reader = connection::open_reader(&path, &SqliteOptions::default()).unwrap();
        reader.execute_batch("BEGIN").unwrap();
        reader.query_row("SELECT count(*) FROM many", [], |row| row.get::<_, i64>(0)).unwrap();
        fill(&writing, 400);
        let told = Told::default();
        copy_what_is_there(&homeward, &told);
        let (in_log, home) = log_of(&writing);
        assert!(home < in_log && !told.nearly.load(Ordering::Relaxed), "{in_log}, {home}");
        reader.execute_batch("COMMIT").unwrap();
        copy_what_is_there(&homeward, &told);
        assert_eq!(log_of(&writing), (in_log, in_log));
    }
}
