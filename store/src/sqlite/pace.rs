//! Writing many rows at once. Each row of a large table touches a page of each of its indexes, somewhere; what makes the
//! difference is how often the same page goes to the log and from there to the file. So while whole batches come in, the
//! writer keeps more pages and lets the log grow longer; afterwards it brings the log home and goes back to everyday use,
//! in which no single change shall wait for a long checkpoint.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::Connection;

use super::SqliteOptions;

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
}

impl Pace {
    /// Sets up for everyday use.
    pub(super) fn everyday(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<Self> {
        let pace = Self { everyday_cache_kib: options.writer_cache_kib, large_cache_kib: options.writer_bulk_cache_kib, many: false };
        set_up(connection, pace.everyday_cache_kib, EVERYDAY)?;
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
        }
    }

    fn end(&mut self, connection: &Connection) {
        self.many = false;
        told(set_up(connection, self.everyday_cache_kib, EVERYDAY));
        // Readers may hold some of it back; the next checkpoint takes the rest.
        told(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
        told(connection.execute_batch("PRAGMA shrink_memory"));
    }
}

fn set_up(connection: &Connection, cache_kib: u32, log: Log) -> rusqlite::Result<()> {
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    connection.pragma_update(None, "journal_size_limit", log.kept_bytes)?;
    connection.pragma_update(None, "wal_autocheckpoint", log.pages)
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
    use crate::sqlite::{SqliteOptions, open_for_test};

    #[test]
    fn the_log_grows_longer_while_many_rows_come_in_and_is_brought_home_after() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_for_test(&folder.path().join("w.db"));
        let log = || connection.query_row("PRAGMA wal_autocheckpoint", [], |row| row.get::<_, u32>(0)).unwrap();
        let cache = || connection.query_row("PRAGMA cache_size", [], |row| row.get::<_, i64>(0)).unwrap();
        let options = SqliteOptions::default();
        let mut pace = Pace::everyday(&connection, &options).unwrap();

        pace.note(&connection, MANY - 1);
        assert_eq!((log(), cache()), (EVERYDAY.pages, -i64::from(options.writer_cache_kib)));
        pace.note(&connection, MANY);
        assert_eq!((log(), cache()), (LONG.pages, -i64::from(options.writer_bulk_cache_kib)));

        connection.execute_batch("CREATE TABLE many (row INTEGER); INSERT INTO many VALUES (1);").unwrap();
        let (queue, jobs) = channel();
        queue.send(1).unwrap();
        assert_eq!(pace.next(&connection, &jobs), Some(1));
        assert_eq!(log(), LONG.pages);
        pace.end(&connection);
        assert_eq!((log(), cache()), (EVERYDAY.pages, -i64::from(options.writer_cache_kib)));
        let (_, left, home): (i64, i64, i64) =
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        assert_eq!(left, home);
        drop(queue);
        assert_eq!(pace.next(&connection, &jobs), None);
    }
}
