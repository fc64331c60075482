//! Writing many rows at once. Each row of a large table touches a page of each of its indexes, somewhere; what makes the
//! difference is how often the same page goes to the log and from there to the file. So while whole batches come in, the
//! writer keeps more pages and lets the log grow longer; afterwards it brings the log home and goes back to everyday use,
//! in which no single change shall wait for a long checkpoint.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use guanxi_kernel::store::StoreError;
use rusqlite::Connection;

use super::SqliteOptions;
use super::checkpoint::Checkpoints;
use super::error::store_error;

/// Changed rows of one commit from which on it counts as one of many.
const MANY: u64 = 2_000;
/// Everyday use begins again when nothing came for this long.
const QUIET: Duration = Duration::from_millis(500);

/// The log in everyday use: fewer, larger checkpoints than SQLite's own, and its file shrinks again after a burst.
const EVERYDAY: Log = Log { pages: 16_000, kept_bytes: 64 << 20 };
/// The log while many rows are written; its file keeps its size.
const LONG: Log = Log { pages: 64_000, kept_bytes: -1 };

/// How the log is kept.
#[derive(Debug, Clone, Copy)]
struct Log {
    /// Pages in it after which they are brought home.
    pages: u32,
    /// What stays of its file when it begins anew; all of it where negative.
    kept_bytes: i64,
}

/// How the writer's connection is set up at the moment.
pub(super) struct Pace {
    everyday_cache_kib: u32,
    large_cache_kib: u32,
    many: bool,
    checkpoints: Checkpoints,
}

impl Pace {
    /// Sets the writer's connection up for everyday use. The other one brings the log home.
    ///
    /// # Errors
    /// Where one of them refuses.
    pub(super) fn everyday(connection: &mut Connection, homeward: Connection, options: &SqliteOptions) -> Result<Self, StoreError> {
        let checkpoints = Checkpoints::start(connection, homeward, EVERYDAY.pages)?;
        let pace = Self { everyday_cache_kib: options.writer_cache_kib, large_cache_kib: options.writer_bulk_cache_kib, many: false, checkpoints };
        set_up(connection, pace.everyday_cache_kib, EVERYDAY).map_err(|error| store_error(&error))?;
        Ok(pace)
    }

    /// What comes next, and `None` when nothing will come any more.
    pub(super) fn next<T>(&mut self, connection: &Connection, queue: &Receiver<T>) -> Option<T> {
        if self.many {
            match queue.recv_timeout(QUIET) {
                Ok(next) => return Some(next),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.end(connection),
            }
        }
        queue.recv().ok()
    }

    /// Takes note of how many rows a commit changed.
    pub(super) fn note(&mut self, connection: &Connection, changed: u64) {
        if !self.many && changed >= MANY {
            self.many = true;
            told(set_up(connection, self.large_cache_kib, LONG));
            self.checkpoints.limit(LONG.pages);
        }
    }

    fn end(&mut self, connection: &Connection) {
        self.many = false;
        told(set_up(connection, self.everyday_cache_kib, EVERYDAY));
        self.checkpoints.limit(EVERYDAY.pages);
        // Readers may hold some of it back; the next checkpoint takes the rest.
        self.checkpoints.now();
        told(connection.execute_batch("PRAGMA shrink_memory"));
    }
}

fn set_up(connection: &Connection, cache_kib: u32, log: Log) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    connection.pragma_update(None, "journal_size_limit", log.kept_bytes)
}

/// Nothing of this changes what is stored: where it fails, writing is slower.
fn told(outcome: rusqlite::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "the writer's connection could not be set up");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{EVERYDAY, LONG, MANY, Pace};
    use crate::sqlite::{SqliteOptions, connection, open_for_test};

    #[test]
    fn the_log_grows_longer_while_many_rows_come_in_and_is_brought_home_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let mut connection = open_for_test(&path);
        let cache = |it: &rusqlite::Connection| it.query_row("PRAGMA cache_size", [], |row| row.get::<_, i64>(0)).unwrap();
        let options = SqliteOptions::default();
        let homeward = connection::open_homeward(&path, &options).unwrap();
        let mut pace = Pace::everyday(&mut connection, homeward, &options).unwrap();
        let everyday = (EVERYDAY.pages, -i64::from(options.writer_cache_kib));
        let long = (LONG.pages, -i64::from(options.writer_bulk_cache_kib));

        pace.note(&connection, MANY - 1);
        assert_eq!((pace.checkpoints.from(), cache(&connection)), everyday);
        pace.note(&connection, MANY);
        assert_eq!((pace.checkpoints.from(), cache(&connection)), long);

        connection.execute_batch("CREATE TABLE many (row INTEGER); INSERT INTO many VALUES (1);").unwrap();
        let (queue, jobs) = channel();
        queue.send(1).unwrap();
        assert_eq!(pace.next(&connection, &jobs), Some(1));
        assert_eq!(pace.checkpoints.from(), LONG.pages);
        pace.end(&connection);
        assert_eq!((pace.checkpoints.from(), cache(&connection)), everyday);
        drop(queue);
        assert_eq!(pace.next(&connection, &jobs), None);
        // Ended with what it was told to do.
        drop(pace);
        let pages = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))).unwrap();
        assert_eq!(pages.0, pages.1);
    }
}
