//! PostgreSQL: one schema per workspace, a pool of connections, real concurrent transactions.

mod copy;
mod error;
mod flush;
mod later;
mod messenger;
mod pool;
mod setup;
mod transaction;
mod value;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{ExistingTable, Heard, Messenger, ReadTx, Store, StoreError, WriteWork};
use tokio::runtime::Handle;

use flush::Flush;
use pool::{Lent, Pool};
use transaction::PostgresDriver;

use crate::transaction::{Transaction, panic_text};

/// How often work is run again after a deadlock or a serialisation failure.
const ATTEMPTS: u32 = 5;

/// Which server and which schema.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database`. TLS is not spoken: `sslmode=require` is refused, and a server
    /// beyond the machine belongs behind a private network or a TLS tunnel.
    pub url: String,
    /// Schema that holds the workspace: small letters, digits and underscores. Made where it is missing.
    pub schema: String,
    /// Most connections at once.
    pub max_connections: usize,
    /// The runtime that drives the connections. The store is called from blocking threads, never from its tasks.
    pub runtime: Handle,
}

/// A workspace in one schema of a PostgreSQL server (15 or later, built with ICU as the usual packages are).
pub struct PostgresStore {
    pool: Arc<Pool>,
    flush: Flush,
}

impl PostgresStore {
    /// Connects and makes the schema where it is missing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the server cannot be reached or lacks what we need.
    pub fn connect(options: PostgresOptions) -> Result<Self, StoreError> {
        let pool = Arc::new(Pool::new(&options)?);
        let connection = pool.take()?;
        setup::prepare_schema(&connection, &options.schema)?;
        connection.give_back();
        Ok(Self { pool, flush: Flush::new() })
    }

    /// Drops a workspace's schema with everything in it.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn drop_schema(options: PostgresOptions) -> Result<(), StoreError> {
        let pool = Arc::new(Pool::new(&options)?);
        let connection = pool.take()?;
        connection.batch(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", options.schema))
    }

    /// Names of a workspace's tables in a schema; none where there is no such schema. Makes nothing.
    ///
    /// # Errors
    /// As [`PostgresStore::connect`].
    pub fn tables_in(options: PostgresOptions) -> Result<Vec<ExistingTable>, StoreError> {
        let pool = Arc::new(Pool::new(&options)?);
        let connection = pool.take()?;
        setup::existing_tables(&connection)
    }

    /// Gives a schema another name, in place of one that holds no tables of a workspace.
    ///
    /// # Errors
    /// Where the other schema holds tables; as [`PostgresStore::connect`].
    pub fn rename_schema(options: PostgresOptions, to: &str) -> Result<(), StoreError> {
        let (from, there) = (options.schema.clone(), PostgresOptions { schema: to.to_owned(), ..options });
        if let Some(table) = Self::tables_in(there.clone())?.first() {
            return Err(StoreError::Other(format!("the schema {to} is not empty: it holds the table {}", table.name)));
        }
        let pool = Arc::new(Pool::new(&there)?);
        let connection = pool.take()?;
        connection.batch(&format!("BEGIN; DROP SCHEMA IF EXISTS \"{to}\" CASCADE; ALTER SCHEMA \"{from}\" RENAME TO \"{to}\"; COMMIT"))
    }

    /// A connection that lives: those that died in the pool are passed over.
    fn alive(&self, is_sure: impl Fn(&Lent) -> bool) -> Result<Lent, StoreError> {
        loop {
            let connection = self.pool.take()?;
            if is_sure(&connection) {
                return Ok(connection);
            }
            match connection.batch("SELECT 1") {
                Ok(()) => return Ok(connection),
                Err(StoreError::Unavailable(_)) if connection.is_used() => drop(connection),
                Err(error) => return Err(error),
            }
        }
    }

    /// One run of read work; tells whether its first statement already failed for a reason that running it again may mend:
    /// the connection was lost while it lay in the pool, or a plan had gone stale.
    fn read_once(&self, work: &mut dyn FnMut(&mut dyn ReadTx) -> Result<(), KernelError>) -> (Result<(), KernelError>, bool) {
        let mut run = || -> Result<_, StoreError> {
            // Neither the beginning nor the end of a snapshot can fail on a living connection, so nobody waits for their
            // answers: a read of one statement is one round trip.
            let mut connection = self.pool.take()?;
            let used = connection.is_used();
            if let Err(error) = connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") {
                return if used { Ok((Err(error.into()), true)) } else { Err(error) };
            }
            let mut transaction = Transaction::new(PostgresDriver::reading(&mut connection, &self.pool, &self.flush));
            let result = work(&mut transaction);
            let result = transaction.outcome(result);
            let lost = used && matches!(result, Err(KernelError::Store(StoreError::Unavailable(_))));
            let again = transaction.driver().answered_nothing() && (lost || transaction.driver().may_run_again());
            if !lost && connection.send("COMMIT").is_ok() {
                connection.give_back();
            }
            Ok((result, again))
        };
        run().unwrap_or_else(|error| (Err(error.into()), false))
    }

    /// One run of write work; tells whether running it again may help.
    fn write_once(&self, work: &mut WriteWork) -> (Result<(), KernelError>, bool) {
        // Nobody waits for the beginning alone, so a connection that was lost would show when it is too late to try another.
        let mut connection = match self.alive(|it| !it.is_stale()) {
            Ok(connection) => connection,
            Err(error) => return (Err(error.into()), false),
        };
        let used = connection.is_used();
        let mut transaction = Transaction::new(PostgresDriver::writing(&mut connection, &self.pool, &self.flush));
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| work(&mut transaction)));
        let outcome =
            transaction.outcome(ran.unwrap_or_else(|panic| Err(KernelError::Internal(format!("a write panicked: {}", panic_text(&*panic))))));
        let mut driver = transaction.into_driver();
        let outcome = match outcome {
            Ok(()) => driver.commit().map_err(KernelError::from),
            Err(error) => {
                let lost = used && driver.answered_nothing() && matches!(error, KernelError::Store(StoreError::Unavailable(_)));
                let again = lost || driver.may_run_again();
                // A connection whose transaction cannot be undone is dropped, which undoes it.
                if !lost && driver.roll_back().is_ok() {
                    connection.give_back();
                }
                return (Err(error), again);
            }
        };
        let again = driver.may_run_again();
        if outcome.is_ok() {
            connection.give_back();
        }
        (outcome, again)
    }
}

impl Store for PostgresStore {
    fn kind(&self) -> &'static str {
        "postgresql"
    }

    fn read(&self, work: &mut dyn FnMut(&mut dyn ReadTx) -> Result<(), KernelError>) -> Result<(), KernelError> {
        for _ in 1..ATTEMPTS {
            match self.read_once(work) {
                (_, true) => {}
                (outcome, false) => return outcome,
            }
        }
        self.read_once(work).0
    }

    fn write(&self, mut work: WriteWork) -> Result<(), KernelError> {
        for attempt in 0..ATTEMPTS {
            match self.write_once(&mut work) {
                (_, true) => std::thread::sleep(self.pool.pause(attempt)),
                (outcome, false) => return outcome,
            }
        }
        Err(StoreError::Busy.into())
    }

    fn existing_tables(&self) -> Result<Vec<ExistingTable>, StoreError> {
        let connection = self.pool.take()?;
        let tables = setup::existing_tables(&connection)?;
        connection.give_back();
        Ok(tables)
    }

    fn backup(&self, _target: &Path) -> Result<(), StoreError> {
        Err(StoreError::Other(format!("the schema {} is no file that could be copied", self.pool.schema())))
    }

    fn messenger(&self, heard: Arc<Heard>) -> Option<Arc<dyn Messenger>> {
        Some(self.pool.messenger(heard))
    }

    fn check(&self) -> Result<(), StoreError> {
        self.alive(|_| false)?.give_back();
        Ok(())
    }
}

/// A connection as the store has it.
#[cfg(test)]
pub(crate) fn with_connection(options: &PostgresOptions, work: impl FnOnce(&mut Lent)) {
    let pool = Arc::new(Pool::new(options).unwrap());
    let mut connection = pool.take().unwrap();
    work(&mut connection);
}
