//! SQLite: one file, one writer thread with group commit, a pool of readers on snapshots.

mod backup;
mod checkpoint;
mod connection;
mod error;
mod function;
mod inserts;
mod pace;
mod patience;
mod pool;
pub(crate) mod program;
mod transaction;
mod writer;

use std::path::{Path, PathBuf};

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{ExistingTable, ReadTx, Store, StoreError, WriteWork};

use pool::Pool;
use writer::Writer;

use crate::transaction::Transaction;

/// How the file is used. The defaults suit a server with tens of users on small machines.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Most read connections; 0 takes twice the number of cores, at least 4.
    pub readers: usize,
    /// Page cache of the writer in KiB.
    pub writer_cache_kib: u32,
    /// The same while many rows are written at once.
    pub writer_bulk_cache_kib: u32,
    /// Page cache of each reader in KiB.
    pub reader_cache_kib: u32,
    /// Bytes of the file that readers map into memory; a page beyond is copied each time it is read. The writer maps
    /// nothing: it has a cache of its own, and whatever it touches in a long import would count as the server's memory.
    pub reader_mmap_bytes: i64,
    /// How long another process may hold the lock before we answer busy.
    pub busy_timeout: std::time::Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 0,
            writer_cache_kib: 65_536,
            writer_bulk_cache_kib: 131_072,
            reader_cache_kib: 4_096,
            reader_mmap_bytes: i64::MAX,
            busy_timeout: std::time::Duration::from_secs(5),
        }
    }
}

/// A workspace in one SQLite file.
///
/// Writes are queued to one thread, which runs whatever is waiting in one transaction, takes back what failed of it, and
/// commits once with a full sync: acknowledged means durable. Reads never wait for writes. A read within a read takes a
/// second connection; more than the pool holds at once wait for each other.
pub struct SqliteStore {
    path: PathBuf,
    options: SqliteOptions,
    readers: Pool,
    /// None for a file that is only read.
    writer: Option<Writer>,
}

impl SqliteStore {
    /// Opens or creates the file. Another process may use the same file at the same time; its writes make ours wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the file cannot be opened or is no database of ours.
    pub fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let writing = connection::open_writer(&path, &options)?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let readers = if options.readers == 0 { (2 * cores).max(4) } else { options.readers };
        let readers = Pool::open(&path, &options, readers)?;
        let writer = Some(Writer::start(writing, connection::open_homeward(&path, &options)?, &options)?);
        Ok(Self { path, options, readers, writer })
    }

    /// Opens a file that nobody writes, such as a backup's, and leaves it byte for byte as it is.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and where there is no such file.
    pub fn open_unchanging(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let options = SqliteOptions::default();
        let readers = Pool::unchanging(&path, &options)?;
        Ok(Self { path, options, readers, writer: None })
    }

    fn writer(&self) -> Result<&Writer, StoreError> {
        self.writer.as_ref().ok_or_else(|| StoreError::Other(format!("{} is only read", self.path.display())))
    }
}

impl Store for SqliteStore {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn read(&self, work: &mut dyn FnMut(&mut dyn ReadTx) -> Result<(), KernelError>) -> Result<(), KernelError> {
        let reader = self.readers.take()?;
        let snapshot = reader.snapshot()?;
        let mut transaction = Transaction::new(transaction::SqliteDriver::reading(&snapshot, reader.patience()));
        let result = work(&mut transaction);
        let result = transaction.outcome(result);
        snapshot.end()?;
        result
    }

    fn write(&self, work: WriteWork) -> Result<(), KernelError> {
        self.writer()?.run(work)
    }

    fn rest(&self) {
        self.readers.rest();
    }

    fn gains_by_late_indexes(&self) -> bool {
        true
    }

    fn existing_tables(&self) -> Result<Vec<ExistingTable>, StoreError> {
        let reader = self.readers.take()?;
        connection::existing_tables(&reader).map_err(|error| error::store_error(&error))
    }

    fn backup(&self, target: &Path) -> Result<(), StoreError> {
        backup::vacuum_into(&self.path, &self.options, target)
    }

    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let reader = self.readers.take()?;
        let found = connection::strings(&reader, "PRAGMA integrity_check", []).map_err(|error| error::store_error(&error))?;
        Ok(found.into_iter().filter(|it| it != "ok").collect())
    }

    fn check(&self) -> Result<(), StoreError> {
        let reader = self.readers.take()?;
        reader.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(error::store_error(&other)),
        })?;
        self.writer.as_ref().map_or(Ok(()), Writer::alive)
    }
}

/// A connection as the writer has it.
#[cfg(test)]
pub(crate) fn open_for_test(path: &Path) -> rusqlite::Connection {
    connection::open_writer(path, &SqliteOptions::default()).unwrap()
}

/// A writer on a connection of the test's choice.
#[cfg(test)]
pub(crate) fn start_for_test(connection: rusqlite::Connection) -> Writer {
    let options = SqliteOptions::default();
    let homeward = connection::open_homeward(Path::new(connection.path().unwrap()), &options).unwrap();
    Writer::start(connection, homeward, &options).unwrap()
}
