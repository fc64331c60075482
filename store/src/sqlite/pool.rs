//! Read connections, lent one at a time.

use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guanxi_kernel::store::StoreError;
use rusqlite::Connection;

use super::error::store_error;
use super::{SqliteOptions, connection};

/// How long a reader waits for a free connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connections not in use; the last one given back is lent first, its caches are warm.
pub(crate) struct Pool {
    free: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Pool {
    pub(crate) fn open(path: &Path, options: &SqliteOptions, size: usize) -> Result<Self, StoreError> {
        Ok(Self::of((0..size.max(1)).map(|_| connection::open_reader(path, options)).collect::<Result<Vec<_>, _>>()?))
    }

    /// Of connections that are open.
    pub(crate) fn of(free: Vec<Connection>) -> Self {
        Self { free: Mutex::new(free), returned: Condvar::new() }
    }

    fn free(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nothing can be half done under this lock, so a panic elsewhere does not matter.
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a connection.
    pub(crate) fn take(&self) -> Result<Reader<'_>, StoreError> {
        let mut free = self.free();
        loop {
            if let Some(connection) = free.pop() {
                return Ok(Reader { pool: self, connection: Some(connection) });
            }
            let (guard, waited) = self.returned.wait_timeout(free, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            free = guard;
            if waited.timed_out() && free.is_empty() {
                return Err(StoreError::Busy);
            }
        }
    }
}

/// A lent connection; goes back when dropped.
pub(crate) struct Reader<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    #[expect(clippy::expect_used, reason = "the connection leaves only in drop")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a lent connection")
    }
}

impl Reader<'_> {
    /// Begins a snapshot.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        self.prepare_cached("BEGIN DEFERRED").and_then(|mut begin| begin.execute([])).map_err(|error| store_error(&error))?;
        Ok(Snapshot { connection: self, open: true })
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.free().push(connection);
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
