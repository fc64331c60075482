//! Running built statements on a PostgreSQL connection.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::StreamExt;
use guanxi_expr::Value;
use guanxi_kernel::store::{Counted, Insert, RowSink, Storage, StoreError, Table};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, RowStream};
use uuid::Uuid;

use super::error::{change_error, may_run_again, store_error};
use super::pool::Lent;
use super::value::decode;
use crate::bind::Bind;
use crate::build::{Page, Statement, words};
use crate::dialect::Dialect;
use crate::driver::{Driver, Streamed};
use crate::shape;

/// Most values one statement may bind: the protocol's 16 bits.
const MOST_BINDS: usize = 65_000;
/// Most rows of one insert.
const MOST_ROWS: usize = 256;
/// Bytes of a table that is always counted to the end.
const SMALL_TABLE: i64 = 4 << 20;
/// Rows taken from the connection at once; the sink runs between, outside the runtime.
const CHUNK: usize = 256;

/// A transaction on a connection; beginning and ending it is its owner's task.
pub(crate) struct PostgresDriver<'c> {
    connection: &'c mut Lent,
    schema: &'c str,
    again: bool,
    answered: bool,
}

impl<'c> PostgresDriver<'c> {
    pub(crate) fn new(connection: &'c mut Lent, schema: &'c str) -> Self {
        Self { connection, schema, again: false, answered: false }
    }

    /// Did a statement fail in a way that running all the work again may mend?
    pub(crate) fn may_run_again(&self) -> bool {
        self.again
    }

    /// Has no query been answered yet?
    pub(crate) fn answered_nothing(&self) -> bool {
        !self.answered
    }

    fn failed(&mut self, error: Error) -> Error {
        if may_run_again(&error) {
            self.again = true;
            self.connection.forget_prepared();
        }
        error
    }

    /// The names a question to the catalogue answers.
    fn names(&mut self, sql: &str, binds: &[&(dyn ToSql + Sync)]) -> Result<Vec<String>, StoreError> {
        let rows = self.connection.block_on(self.connection.client().query(sql, binds));
        let rows = rows.map_err(|error| store_error(&self.failed(error)))?;
        rows.iter().map(|row| row.try_get(0).map_err(|error| store_error(&error))).collect()
    }

    fn change(&mut self, statement: &Statement<'_>) -> Result<u64, Error> {
        let ran = self.connection.prepared(&statement.sql).and_then(|prepared| {
            let client = self.connection.client();
            self.connection.block_on(client.execute_raw(&prepared, &statement.binds))
        });
        ran.map_err(|error| self.failed(error))
    }

    fn insert_identity(&mut self, statement: &Statement<'_>, table: &Table) -> Result<i64, StoreError> {
        let mut stream = std::pin::pin!(self.stream(statement).map_err(|error| change_error(&error, table))?);
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
            Err(error) => return (0, Some(error)),
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

    fn stream(&mut self, statement: &Statement<'_>) -> Result<RowStream, Error> {
        let ran = self.connection.prepared(&statement.sql).and_then(|prepared| {
            let client = self.connection.client();
            self.connection.block_on(client.query_raw(&prepared, &statement.binds))
        });
        ran.map_err(|error| self.failed(error))
    }
}

impl Driver for PostgresDriver<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&mut self, statement: &Statement<'_>, storages: &[Storage], sink: &mut RowSink<'_>) -> Result<Streamed, StoreError> {
        let stream = self.stream(statement).map_err(|error| store_error(&error))?;
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

    fn merge(&mut self, _page: &Page<'_>) -> Result<Vec<i64>, StoreError> {
        Err(StoreError::Other("PostgreSQL finds its own ways into a page".into()))
    }

    fn count_briefly(&mut self, statement: &Statement<'_>, table: &Table, patience: Duration) -> Result<Counted, StoreError> {
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
        self.change(statement).map_err(|error| change_error(&error, table))
    }

    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError> {
        let mut identity = 0;
        for rows in insert.rows.chunks((MOST_BINDS / insert.columns.len()).clamp(1, MOST_ROWS)) {
            let statement = shape::insert(Dialect::Postgres, insert, rows)?;
            if insert.table.identity {
                identity = self.insert_identity(&statement, &insert.table)?;
            } else {
                self.execute(&statement, &insert.table)?;
            }
        }
        Ok(identity)
    }

    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(quote_ident($1), $2)::regclass), 0)";
        let key = table.primary_key.first().map_or("", String::as_str);
        let row = self.connection.block_on(self.connection.client().query_one(sql, &[&table.name, &key]));
        row.and_then(|row| row.try_get(0)).map_err(|error| store_error(&self.failed(error)))
    }

    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError> {
        // A sequence that was never asked begins at 1 by itself, and cannot be set to less.
        if last < 1 {
            return Ok(());
        }
        let sql = "SELECT setval(pg_get_serial_sequence(quote_ident($1), $2)::regclass, $3)";
        let key = table.primary_key.first().map_or("", String::as_str);
        let ran = self.connection.block_on(self.connection.client().execute(sql, &[&table.name, &key, &last]));
        ran.map(|_| ()).map_err(|error| store_error(&self.failed(error)))
    }

    fn schema(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.forget_prepared();
        let ran = self.connection.block_on(self.connection.client().batch_execute(sql));
        ran.map_err(|error| store_error(&self.failed(error)))
    }

    fn serialise(&mut self, name: &str) -> Result<(), StoreError> {
        let key = format!("{}/{name}", self.schema);
        let statement =
            Statement { sql: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))".into(), binds: vec![crate::bind::Bind::Text(key.into())] };
        self.change(&statement).map(|_| ()).map_err(|error| store_error(&error))
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
        self.change(&statement).map(|_| ()).map_err(|error| store_error(&error))
    }
}
