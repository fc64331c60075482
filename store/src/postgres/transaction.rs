//! Running built statements on a PostgreSQL connection.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use guanxi_expr::Value;
use guanxi_kernel::store::{Counted, Insert, OnConflict, RowSink, Storage, StoreError, Table};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, RowStream};
use uuid::Uuid;

use super::copy;
use super::error::{change_error, may_run_again, store_error};
use super::flush::{FLUSH, Flush};
use super::later::{Failed, Later, MOST, send_all};
use super::pool::{Lent, Pool};
use super::value::decode;
use crate::bind::Bind;
use crate::build::{Statement, words};
use crate::dialect::Dialect;
use crate::driver::{Driver, Streamed};
use crate::shape;

/// Most values one statement may bind: the protocol's 16 bits.
const MOST_BINDS: usize = 65_000;
/// Most rows of one insert.
const MOST_ROWS: usize = 256;
/// Bytes of a table that is always counted to the end.
const SMALL_TABLE: i64 = 4 << 20;
/// Takes a lock of the workspace until the transaction ends.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
/// How far the log goes that the snapshot can have seen, and whether it is on the disk.
const SEEN: &str = "SELECT seen::text, seen <= pg_current_wal_flush_lsn() FROM pg_current_wal_insert_lsn() AS seen";
/// Whether the log is on the disk as far as that.
const DURABLE: &str = "SELECT $1::text::pg_lsn <= pg_current_wal_flush_lsn()";
/// Rows taken from the connection at once; the sink runs between, outside the runtime.
const CHUNK: usize = 256;

/// How a transaction that writes begins.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// How one ends that others do not wait for.
const COMMIT: &str = "COMMIT";
/// How one ends whose lock others wait for: not for the disk, so that the lock is free.
const COMMIT_AT_ONCE: &str = "SET LOCAL synchronous_commit TO off; COMMIT";

/// A transaction on a connection.
pub(crate) struct PostgresDriver<'c> {
    connection: &'c mut Lent,
    pool: &'c Arc<Pool>,
    flush: &'c Flush,
    /// What begins it, until that is sent.
    begin: Option<&'static str>,
    /// Statements nobody waited for yet.
    later: Vec<Later>,
    /// Names of the locks it takes.
    held: Vec<String>,
    again: bool,
    answered: bool,
}

impl<'c> PostgresDriver<'c> {
    /// A snapshot, begun and ended by its owner.
    pub(crate) fn reading(connection: &'c mut Lent, pool: &'c Arc<Pool>, flush: &'c Flush) -> Self {
        Self { connection, pool, flush, begin: None, later: Vec::new(), held: Vec::new(), again: false, answered: false }
    }

    /// A transaction that begins with its first statement.
    pub(crate) fn writing(connection: &'c mut Lent, pool: &'c Arc<Pool>, flush: &'c Flush) -> Self {
        Self { begin: Some(BEGIN), ..Self::reading(connection, pool, flush) }
    }

    /// Did a statement fail in a way that running all the work again may mend?
    pub(crate) fn may_run_again(&self) -> bool {
        self.again
    }

    /// Has no query been answered yet?
    pub(crate) fn answered_nothing(&self) -> bool {
        !self.answered
    }

    /// Commits; it is durable when this returns.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        if self.begin.is_some() && self.later.is_empty() {
            return Ok(());
        }
        // Where no line can be had, the lock is held until the disk has it.
        let line = if self.held.is_empty() { None } else { self.flush.line(self.pool).ok() };
        let how = if line.is_some() { COMMIT_AT_ONCE } else { COMMIT };
        self.after_waiting(async |client| client.batch_execute(how).await).map_err(|failed| self.told(failed, None))?;
        match line {
            // This connection lived through it too, so it can tell as well.
            Some(line) if !self.flush.wait(self.pool, line) => self.connection.batch(FLUSH),
            _ => Ok(()),
        }
    }

    /// Undoes everything.
    pub(crate) fn roll_back(&mut self) -> Result<(), StoreError> {
        self.later.clear();
        if self.begin.is_some() { Ok(()) } else { self.connection.batch("ROLLBACK") }
    }

    /// Sends what waits and then what is given; waits for all.
    fn after_waiting<T>(&mut self, last: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, Failed> {
        let (begin, waiting) = (self.begin.take(), std::mem::take(&mut self.later));
        let client = self.connection.client();
        let ran = self.connection.block_on(send_all(client, begin, waiting, last(client)));
        self.answered |= ran.is_ok();
        ran
    }

    /// Waits for what was left for later.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        if self.begin.is_none() && self.later.is_empty() {
            return Ok(());
        }
        self.after_waiting(async |_| Ok(())).map_err(|failed| self.told(failed, None))
    }

    /// Leaves a statement for later; where many wait already, they are sent first.
    fn wait_for_later(&mut self, statement: Statement<'_>, table: Option<&Arc<Table>>) -> Result<(), StoreError> {
        let n_binds: usize = self.later.iter().map(|it| it.binds.len()).sum();
        if self.later.len() >= MOST || n_binds + statement.binds.len() > MOST_BINDS {
            self.catch_up()?;
        }
        let prepared = self.connection.prepared(&statement.sql).map_err(|error| self.told(error.into(), table.map(|it| &**it)))?;
        let binds = statement.binds.into_iter().map(Bind::into_owned).collect();
        self.later.push(Later { statement: prepared, binds, table: table.cloned() });
        Ok(())
    }

    fn failed(&mut self, error: Error) -> Error {
        if may_run_again(&error) {
            self.again = true;
            self.connection.forget_prepared();
        }
        error
    }

    /// A failure in the kernel's terms: of the statement before, or of this one with its table.
    fn told(&mut self, failed: Failed, table: Option<&Table>) -> StoreError {
        let error = self.failed(failed.error);
        match failed.table.as_deref().or(table) {
            Some(table) => change_error(&error, table),
            None => store_error(&error),
        }
    }

    /// The names a question to the catalogue answers.
    fn names(&mut self, sql: &str, binds: &[&(dyn ToSql + Sync)]) -> Result<Vec<String>, StoreError> {
        let rows = self.after_waiting(async |client| client.query(sql, binds).await).map_err(|failed| self.told(failed, None))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| store_error(&error))).collect()
    }

    fn change(&mut self, statement: &Statement<'_>) -> Result<u64, Failed> {
        let prepared = self.connection.prepared(&statement.sql)?;
        self.after_waiting(async |client| client.execute_raw(&prepared, &statement.binds).await)
    }

    fn insert_identity(&mut self, statement: &Statement<'_>, table: &Table) -> Result<i64, StoreError> {
        let mut stream = std::pin::pin!(self.stream(statement).map_err(|failed| self.told(failed, Some(table)))?);
        let last = self.connection.block_on(async {
            let mut last = 0_i64;
            while let Some(row) = stream.next().await {
                last = last.max(row?.try_get(0)?);
            }
            Ok::<_, Error>(last)
        });
        last.map_err(|error| change_error(&self.failed(error), table))
    }

    /// How many rows a statement answers before it ends or fails.
    fn rows_until_error(&mut self, statement: &Statement<'_>) -> (u64, Option<Error>) {
        let stream = match self.stream(statement) {
            Ok(stream) => stream,
            Err(failed) => return (0, Some(self.failed(failed.error))),
        };
        let mut stream = std::pin::pin!(stream);
        let ended = self.connection.block_on(async {
            let mut rows = 0;
            while let Some(row) = stream.next().await {
                match row {
                    Ok(_) => rows += 1,
                    Err(error) => return (rows, Some(error)),
                }
            }
            (rows, None)
        });
        self.answered = true;
        ended
    }

    /// Whether reading a whole table takes no time worth speaking of.
    fn is_small(&mut self, table: &Table) -> Result<bool, StoreError> {
        let statement = Statement {
            sql: "SELECT pg_relation_size(quote_ident($1)::regclass) < $2".into(),
            binds: vec![Bind::Text(Cow::Borrowed(&table.name)), Bind::Int(SMALL_TABLE)],
        };
        let mut small = false;
        self.query(&statement, &[Storage::Bool], &mut |row| {
            small = row.first() == Some(&Value::Bool(true));
            ControlFlow::Break(())
        })?;
        Ok(small)
    }

    fn stream(&mut self, statement: &Statement<'_>) -> Result<RowStream, Failed> {
        let prepared = self.connection.prepared(&statement.sql)?;
        self.after_waiting(async |client| client.query_raw(&prepared, &statement.binds).await)
    }
}

impl Driver for PostgresDriver<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, statement: &Statement<'_>, storages: &[Storage], sink: &mut RowSink<'_>) -> Result<Streamed, StoreError> {
        let stream = self.stream(statement).map_err(|failed| self.told(failed, None))?;
        let mut chunks = std::pin::pin!(stream.ready_chunks(CHUNK));
        let mut buffer = Vec::with_capacity(storages.len());
        let mut rows = 0;
        while let Some(chunk) = self.connection.block_on(chunks.next()) {
            for row in chunk {
                let row = row.map_err(|error| store_error(&self.failed(error)))?;
                self.answered = true;
                buffer.resize(storages.len(), Value::Null);
                for (at, (storage, slot)) in storages.iter().zip(&mut buffer).enumerate() {
                    decode(&row, at, *storage, slot)?;
                }
                rows += 1;
                if let ControlFlow::Break(()) = sink(&mut buffer) {
                    return Ok(Streamed { rows, stopped: true });
                }
            }
        }
        self.answered = true;
        Ok(Streamed { rows, stopped: false })
    }

    fn count_briefly(&mut self, statement: &Statement<'_>, table: &Table, patience: Duration) -> Result<Counted, StoreError> {
        self.catch_up()?;
        // Prepared before the clock runs.
        self.connection.prepared(&statement.sql).map_err(|error| store_error(&self.failed(error)))?;
        self.connection.batch(&format!("SAVEPOINT brief; SET LOCAL statement_timeout TO {}", patience.as_millis().max(1)))?;
        let (rows, error) = self.rows_until_error(statement);
        // Whether it ended well or not, this brings back the time a statement may take.
        self.connection.batch("ROLLBACK TO SAVEPOINT brief; RELEASE SAVEPOINT brief")?;
        match error {
            None => Ok(Counted { rows, broken_off: false }),
            Some(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => {
                if self.is_small(table)? {
                    // The machine was slow, not the count long.
                    let (rows, error) = self.rows_until_error(statement);
                    return error.map_or(Ok(Counted { rows, broken_off: false }), |error| Err(store_error(&self.failed(error))));
                }
                Ok(Counted { rows, broken_off: true })
            }
            Some(error) => Err(store_error(&self.failed(error))),
        }
    }

    fn execute(&mut self, statement: &Statement<'_>, table: &Table) -> Result<u64, StoreError> {
        self.change(statement).map_err(|failed| self.told(failed, Some(table)))
    }

    fn execute_later(&mut self, statement: Statement<'_>, table: &Arc<Table>) -> Result<bool, StoreError> {
        self.wait_for_later(statement, Some(table)).map(|()| true)
    }

    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError> {
        let mut identity = 0;
        for rows in rows_at_once(insert) {
            let statement = shape::insert(Dialect::Postgres, insert, rows)?;
            if insert.table.identity {
                identity = self.insert_identity(&statement, &insert.table)?;
            } else {
                self.execute(&statement, &insert.table)?;
            }
        }
        Ok(identity)
    }

    fn insert_later(&mut self, insert: &Insert) -> Result<(), StoreError> {
        if insert.rows.len() >= copy::MANY && insert.on_conflict == OnConflict::Fail {
            let table = Some(&*insert.table);
            let (sql, parts) = (copy::sql(insert)?, copy::encode(insert)?);
            let prepared = self.connection.prepared(&sql).map_err(|error| self.told(error.into(), table))?;
            let sent = self.after_waiting(async |client| copy::send(client, &prepared, parts).await);
            return sent.map(|_| ()).map_err(|failed| self.told(failed, table));
        }
        for rows in rows_at_once(insert) {
            self.wait_for_later(shape::insert(Dialect::Postgres, insert, rows)?, Some(&insert.table))?;
        }
        Ok(())
    }

    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(quote_ident($1), $2)::regclass), 0)";
        let key = table.primary_key.first().map_or("", String::as_str);
        let row = self.after_waiting(async |client| client.query_one(sql, &[&table.name, &key]).await?.try_get(0));
        row.map_err(|failed| self.told(failed, None))
    }

    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError> {
        // A sequence that was never asked begins at 1 by itself, and cannot be set to less.
        if last < 1 {
            return Ok(());
        }
        let sql = "SELECT setval(pg_get_serial_sequence(quote_ident($1), $2)::regclass, $3)";
        let key = table.primary_key.first().map_or("", String::as_str);
        let ran = self.after_waiting(async |client| client.execute(sql, &[&table.name, &key, &last]).await);
        ran.map(|_| ()).map_err(|failed| self.told(failed, None))
    }

    fn schema(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.forget_prepared();
        self.after_waiting(async |client| client.batch_execute(sql).await).map_err(|failed| self.told(failed, None))
    }

    fn serialise(&mut self, name: &str) -> Result<(), StoreError> {
        if self.held.iter().any(|it| it == name) {
            return Ok(());
        }
        self.held.push(name.to_owned());
        let key = format!("{}/{name}", self.pool.schema());
        let statement = Statement { sql: LOCK.into(), binds: vec![Bind::Text(Cow::Owned(key))] };
        self.wait_for_later(statement, None)
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.catch_up()?;
        let asked = |error: Error| store_error(&error);
        let row = self.connection.block_on(self.connection.client().query_one(SEEN, &[])).map_err(asked)?;
        let (seen, durable): (String, bool) = (row.try_get(0).map_err(asked)?, row.try_get(1).map_err(asked)?);
        if durable {
            return Ok(());
        }
        let gone = || StoreError::Unavailable("PostgreSQL has not written its log to the disk".into());
        let line = self.flush.line(self.pool)?;
        if !self.flush.wait(self.pool, line) {
            return Err(gone());
        }
        // Asked on this connection once more: it would not have lived through a restart in between.
        let row = self.connection.block_on(self.connection.client().query_one(DURABLE, &[&seen])).map_err(asked)?;
        if row.try_get(0).map_err(asked)? { Ok(()) } else { Err(gone()) }
    }

    fn required_columns(&mut self, table: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND attnotnull";
        self.names(sql, &[&table])
    }

    fn indexes_with(&mut self, table: &str, column: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT class.relname::text FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid \
                   JOIN pg_attribute AS held ON held.attrelid = index.indrelid AND held.attnum = ANY (index.indkey) \
                   WHERE index.indrelid = to_regclass(quote_ident($1)) AND held.attname = $2 AND NOT index.indisprimary";
        self.names(sql, &[&table, &column])
    }

    fn index_words(&mut self, object: &str, record: Uuid, words: Option<&str>) -> Result<(), StoreError> {
        let statement = match words {
            Some(words) if crate::tokens::tokens(words).next().is_some() => words::remember(object, record, words),
            _ => words::forget(object, record),
        };
        // The index is filled record by record: nobody waits for each.
        self.wait_for_later(statement, None)
    }
}

/// The rows of an insert in parts a statement can hold.
fn rows_at_once(insert: &Insert) -> std::slice::Chunks<'_, Vec<Value>> {
    insert.rows.chunks((MOST_BINDS / insert.columns.len().max(1)).clamp(1, MOST_ROWS))
}
