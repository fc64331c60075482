//! Read connections, lent one at a time.

use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guanxi_kernel::store::StoreError;
use rusqlite::Connection;

use super::error::store_error;
use super::patience::Patience;
use super::{SqliteOptions, connection};

/// How long a reader waits for a free connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection and what limits its statements.
struct Reading {
    connection: Connection,
    patience: Patience,
}

type Open = Box<dyn Fn() -> Result<Connection, StoreError> + Send + Sync>;

/// The connections not in use, and how many more may be opened: each reads the whole schema before its first statement, so
/// that one is opened only when those there are lent out.
struct Free {
    readings: Vec<Reading>,
    unopened: usize,
}

/// The read connections; the last one given back is lent first, its caches are warm.
pub(crate) struct Pool {
    free: Mutex<Free>,
    returned: Condvar,
    open: Open,
}

impl Pool {
    /// At most `size` connections; the first is opened at once.
    pub(crate) fn open(path: &Path, options: &SqliteOptions, size: usize) -> Result<Self, StoreError> {
        let (path, options) = (path.to_owned(), options.clone());
        Self::of(size, Box::new(move || connection::open_reader(&path, &options)))
    }

    /// The one connection there is.
    pub(crate) fn unchanging(path: &Path, options: &SqliteOptions) -> Result<Self, StoreError> {
        let (path, options) = (path.to_owned(), options.clone());
        Self::of(1, Box::new(move || connection::open_unchanging(&path, &options)))
    }

    fn of(size: usize, open: Open) -> Result<Self, StoreError> {
        let first = reading(open()?)?;
        Ok(Self { free: Mutex::new(Free { readings: vec![first], unopened: size.saturating_sub(1) }), returned: Condvar::new(), open })
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        // Nothing can be half done under this lock, so a panic elsewhere does not matter.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of pages and prepared statements kept in memory by the connections not in use. What is mapped counts as the
    /// process's own while it is; mapping it again, or preparing what is asked next, costs next to nothing.
    pub(crate) fn rest(&self) {
        let count = self.free().readings.len();
        for _ in 0..count {
            // The one used longest ago stands first; those lent meanwhile are at work.
            let Some(reading) = ({
                let readings = &mut self.free().readings;
                if readings.is_empty() { None } else { Some(readings.remove(0)) }
            }) else {
                return;
            };
            let reader = Reader { pool: self, reading: Some(reading) };
            let let_go = || -> rusqlite::Result<()> {
                reader.flush_prepared_statement_cache();
                let mapped: i64 = reader.query_row("PRAGMA mmap_size", [], |row| row.get(0))?;
                reader.pragma_update(None, "mmap_size", 0)?;
                reader.pragma_update(None, "mmap_size", mapped)?;
                reader.execute_batch("PRAGMA shrink_memory")
            };
            if let Err(error) = let_go() {
                tracing::debug!(%error, "a connection keeps its memory");
            }
        }
    }

    /// Lends a connection.
    pub(crate) fn take(&self) -> Result<Reader<'_>, StoreError> {
        let mut free = self.free();
        loop {
            if let Some(reading) = free.readings.pop() {
                return Ok(Reader { pool: self, reading: Some(reading) });
            }
            if free.unopened > 0 {
                free.unopened -= 1;
                drop(free);
                return self.one_more();
            }
            let (guard, waited) = self.returned.wait_timeout(free, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            free = guard;
            if waited.timed_out() && free.readings.is_empty() {
                return Err(StoreError::Busy);
            }
        }
    }

    fn one_more(&self) -> Result<Reader<'_>, StoreError> {
        match (self.open)().and_then(reading) {
            Ok(reading) => Ok(Reader { pool: self, reading: Some(reading) }),
            Err(error) => {
                self.free().unopened += 1;
                Err(error)
            }
        }
    }
}

fn reading(mut connection: Connection) -> Result<Reading, StoreError> {
    let patience = Patience::of(&mut connection).map_err(|error| store_error(&error))?;
    Ok(Reading { connection, patience })
}

/// A lent connection; goes back when dropped.
pub(crate) struct Reader<'p> {
    pool: &'p Pool,
    reading: Option<Reading>,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.reading().connection
    }
}

impl Reader<'_> {
    #[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
    fn reading(&self) -> &Reading {
        self.reading.as_ref().expect("a lent connection")
    }

    /// What limits its statements.
    pub(crate) fn patience(&self) -> &Patience {
        &self.reading().patience
    }

    /// Begins a snapshot.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        self.prepare_cached("BEGIN DEFERRED").and_then(|mut begin| begin.execute([])).map_err(|error| store_error(&error))?;
        Ok(Snapshot { connection: self, open: true })
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(reading) = self.reading.take() {
            self.pool.free().readings.push(reading);
            self.pool.returned.notify_one();
        }
    }
}

/// A snapshot being read; ends when dropped, even in a panic.
pub(crate) struct Snapshot<'c> {
    connection: &'c Connection,
    open: bool,
}

impl Snapshot<'_> {
    /// Ends it.
    pub(crate) fn end(mut self) -> Result<(), StoreError> {
        self.open = false;
        self.connection.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])).map(|_| ()).map_err(|error| store_error(&error))
    }
}

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        if self.open
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::warn!(%error, "a snapshot did not end");
        }
    }
}
