//! Running built statements on a SQLite connection.

use std::time::Duration;

use guanxi_expr::Value;
use guanxi_kernel::store::{Counted, Insert, RowSink, Storage, StoreError, Table};
use rusqlite::types::{ToSql, ToSqlOutput, Value as SqlValue, ValueRef};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::connection::strings;
use super::error::{change_error, store_error};
use super::inserts::{self, Inserts};
use super::patience::Patience;
use super::writer::LOOK_BRIEFLY;
use crate::bind::{Bind, bind};
use crate::build::{Statement, words};
use crate::dialect::Dialect;
use crate::driver::{Driver, Streamed};
use crate::tokens;

/// A transaction on a connection; beginning and ending it is its owner's task.
pub(crate) struct SqliteDriver<'c> {
    connection: &'c Connection,
    /// Texts of inserts, where there are any to come.
    inserts: Option<&'c Inserts>,
    /// What limits the time of a statement, where anything does.
    patience: Option<&'c Patience>,
}

impl<'c> SqliteDriver<'c> {
    /// One that reads.
    pub(crate) fn reading(connection: &'c Connection, patience: &'c Patience) -> Self {
        Self { connection, inserts: None, patience: Some(patience) }
    }

    /// One that writes, with the texts of inserts known so far.
    pub(crate) fn writing(connection: &'c Connection, inserts: &'c Inserts) -> Self {
        Self { connection, inserts: Some(inserts), patience: None }
    }

    fn prepared(&self, statement: &Statement<'_>) -> rusqlite::Result<CachedStatement<'c>> {
        let mut prepared = self.connection.prepare_cached(&statement.sql)?;
        for (at, bind) in statement.binds.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, bind)?;
        }
        Ok(prepared)
    }

    fn change(&self, statement: &Statement<'_>) -> rusqlite::Result<u64> {
        Ok(self.prepared(statement)?.raw_execute()? as u64)
    }
}

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Bind::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Bind::Bool(flag) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*flag))),
            Bind::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Bind::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Bind::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id.as_bytes())),
            Bind::Date(date) => ToSqlOutput::Owned(SqlValue::Text(date.to_string())),
            Bind::Instant(instant) => ToSqlOutput::Borrowed(ValueRef::Integer(instant.as_microsecond())),
            Bind::Json(json) => ToSqlOutput::Borrowed(ValueRef::Text(json.as_bytes())),
            Bind::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Bind::Number(_) | Bind::List(_) => return Err(rusqlite::Error::ToSqlConversionFailure("this value is PostgreSQL's".into())),
        })
    }
}

/// A column's value, into a slot whose text is reused where the sink left it there.
pub(super) fn decode(cell: ValueRef<'_>, storage: Storage, slot: &mut Value) -> Result<(), StoreError> {
    let value = match (cell, storage) {
        (ValueRef::Null, _) => Value::Null,
        (ValueRef::Text(text), Storage::Text) => {
            let text = std::str::from_utf8(text).map_err(|error| strange(&error))?;
            if let Value::Text(old) = slot {
                old.clear();
                old.push_str(text);
                return Ok(());
            }
            Value::Text(text.to_owned())
        }
        (ValueRef::Integer(number), Storage::Int) => Value::Int(number),
        (ValueRef::Blob(bytes), Storage::Id) => Value::Id(Uuid::from_slice(bytes).map_err(|error| strange(&error))?),
        (ValueRef::Integer(number), Storage::DateTime) => {
            Value::DateTime(jiff::Timestamp::from_microsecond(number).map_err(|error| strange(&error))?)
        }
        (ValueRef::Integer(number), Storage::Bool) => Value::Bool(number != 0),
        (ValueRef::Integer(number), Storage::Decimal { scale }) => Value::Decimal(Decimal::new(number, scale)),
        (ValueRef::Integer(number), Storage::Duration) => Value::Duration(number),
        (ValueRef::Text(text), Storage::Date) => Value::Date(date(text)?),
        (ValueRef::Text(json), Storage::TextList) => {
            let texts: Vec<String> = serde_json::from_slice(json).map_err(|error| strange(&error))?;
            Value::List(texts.into_iter().map(Value::Text).collect())
        }
        (ValueRef::Text(json), Storage::Json) => Value::Json(Box::new(serde_json::from_slice(json).map_err(|error| strange(&error))?)),
        (cell, storage) => return Err(StoreError::Other(format!("a column of {storage:?} holds {}", cell.data_type()))),
    };
    *slot = value;
    Ok(())
}

/// `YYYY-MM-DD`, read without a general parser: lists decode millions of these.
fn date(text: &[u8]) -> Result<jiff::civil::Date, StoreError> {
    let digits = |range: &[u8]| range.iter().try_fold(0_i16, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0')));
    let parsed = match text {
        [year @ .., b'-', month_tens, month, b'-', day_tens, day] if year.len() == 4 => {
            digits(year).zip(digits(&[*month_tens, *month])).zip(digits(&[*day_tens, *day]))
        }
        _ => None,
    };
    let ((year, month), day) = parsed.ok_or_else(|| StoreError::Other("a date column holds something else".into()))?;
    #[expect(clippy::cast_possible_truncation, reason = "two digits")]
    jiff::civil::Date::new(year, month as i8, day as i8).map_err(|error| strange(&error))
}

fn strange(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Other(format!("a stored value cannot be read: {error}"))
}

/// The table of an index, where another index of it was looked over when it had half as many rows or fewer.
const GROWN: &str = "SELECT made.tbl FROM sqlite_stat1 AS made, sqlite_stat1 AS other WHERE made.idx = ? AND other.tbl = made.tbl \
                     AND CAST(other.stat AS INTEGER) * 2 < CAST(made.stat AS INTEGER) LIMIT 1";

impl Driver for SqliteDriver<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn query(&mut self, statement: &Statement<'_>, storages: &[Storage], sink: &mut RowSink<'_>) -> Result<Streamed, StoreError> {
        let mut prepared = self.prepared(statement).map_err(|error| store_error(&error))?;
        let mut rows = prepared.raw_query();
        let mut buffer = Vec::with_capacity(storages.len());
        let mut count = 0;
        while let Some(row) = rows.next().map_err(|error| store_error(&error))? {
            buffer.resize(storages.len(), Value::Null);
            for (at, (storage, slot)) in storages.iter().zip(&mut buffer).enumerate() {
                decode(row.get_ref(at).map_err(|error| store_error(&error))?, *storage, slot)?;
            }
            count += 1;
            if sink(&mut buffer).is_break() {
                return Ok(Streamed { rows: count, stopped: true });
            }
        }
        Ok(Streamed { rows: count, stopped: false })
    }

    fn count_briefly(&mut self, statement: &Statement<'_>, _table: &Table, patience: Duration) -> Result<Counted, StoreError> {
        let mut prepared = self.prepared(statement).map_err(|error| store_error(&error))?;
        let limit = self.patience.map(|it| it.limit(patience));
        let mut rows = prepared.raw_query();
        let mut counted = Counted { rows: 0, broken_off: false };
        loop {
            match rows.next() {
                Ok(Some(_)) => counted.rows += 1,
                Ok(None) => break,
                Err(error) if limit.is_some() && error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => {
                    counted.broken_off = true;
                    break;
                }
                Err(error) => return Err(store_error(&error)),
            }
        }
        Ok(counted)
    }

    fn execute(&mut self, statement: &Statement<'_>, table: &Table) -> Result<u64, StoreError> {
        self.change(statement).map_err(|error| change_error(&error, table))
    }

    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError> {
        // One prepared statement run for each row: one of many rows costs more to build, to find and to run.
        if insert.rows.is_empty() {
            return Ok(0);
        }
        let sql = match self.inserts {
            Some(known) => known.sql(insert)?,
            None => inserts::sql(insert)?,
        };
        let table = &*insert.table;
        let storages: Vec<Storage> = insert.columns.iter().filter_map(|at| Some(table.columns.get(*at)?.storage)).collect();
        let failed = |error: rusqlite::Error| change_error(&error, table);
        let mut prepared = self.connection.prepare_cached(&sql).map_err(failed)?;
        let mut inserted = 0;
        for row in &insert.rows {
            for (at, (value, storage)) in row.iter().zip(&storages).enumerate() {
                prepared.raw_bind_parameter(at + 1, bind(Dialect::Sqlite, value, *storage)?).map_err(failed)?;
            }
            inserted = prepared.raw_execute().map_err(failed)?;
        }
        Ok(if table.identity && inserted > 0 { self.connection.last_insert_rowid() } else { 0 })
    }

    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError> {
        let found = self.connection.query_row("SELECT seq FROM sqlite_sequence WHERE name = ?", [&table.name], |row| row.get(0));
        match found {
            Err(rusqlite::Error::QueryReturnedNoRows) => Ok(0),
            found => found.map_err(|error| store_error(&error)),
        }
    }

    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            self.connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [&table.name])?;
            self.connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (&table.name, last)).map(|_| ())
        };
        write().map_err(|error| store_error(&error))
    }

    fn schema(&mut self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| store_error(&error))
    }

    fn look_over(&mut self, index: &str) -> Result<(), StoreError> {
        // Beside indexes that were looked over, the planner would make little of one that was not.
        let look = || -> rusqlite::Result<()> {
            self.connection.execute_batch(&format!("{LOOK_BRIEFLY} ANALYZE \"{index}\""))?;
            // And it walks along whichever it takes for shorter, to sort what it finds: those that were looked over while the
            // table was small are looked over with this one.
            let grown: Option<String> = self.connection.prepare_cached(GROWN)?.query_row([index], |row| row.get(0)).optional()?;
            grown.map_or(Ok(()), |table| self.connection.execute_batch(&format!("ANALYZE \"{table}\"")))
        };
        look().map_err(|error| store_error(&error))
    }

    fn serialise(&mut self, _name: &str) -> Result<(), StoreError> {
        // There is one writer.
        Ok(())
    }

    fn required_columns(&mut self, _table: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    fn indexes_with(&mut self, table: &str, column: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT list.name FROM pragma_index_list(?) AS list WHERE list.origin = 'c' \
                   AND EXISTS (SELECT 1 FROM pragma_index_info(list.name) AS info WHERE info.name = ?)";
        strings(self.connection, sql, [table, column]).map_err(|error| store_error(&error))
    }

    fn index_words(&mut self, object: &str, record: Uuid, words: Option<&str>) -> Result<(), StoreError> {
        let write = || -> rusqlite::Result<()> {
            let tokens = words.map(|words| tokens::tokens(words).collect::<Vec<_>>().join(" ")).filter(|tokens| !tokens.is_empty());
            let mut find = self.connection.prepare_cached(words::sqlite::FIND)?;
            let mut found = find.query((object, record.as_bytes()))?;
            let key: Option<i64> = match found.next()? {
                Some(row) => Some(row.get(0)?),
                None => None,
            };
            drop(found);
            if let Some(key) = key {
                self.connection.prepare_cached(words::sqlite::DROP)?.execute([key])?;
            }
            match (key, tokens) {
                (Some(key), None) => {
                    self.connection.prepare_cached(words::sqlite::DROP_KEY)?.execute([key])?;
                }
                (Some(key), Some(tokens)) => {
                    self.connection.prepare_cached(words::sqlite::ADD)?.execute((key, tokens))?;
                }
                (None, Some(tokens)) => {
                    self.connection.prepare_cached(words::sqlite::ADD_KEY)?.execute((object, record.as_bytes()))?;
                    let key = self.connection.last_insert_rowid();
                    self.connection.prepare_cached(words::sqlite::ADD)?.execute((key, tokens))?;
                }
                (None, None) => {}
            }
            Ok(())
        };
        write().map_err(|error| store_error(&error))
    }
}
