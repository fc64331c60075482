//! Opening connections alike.

use std::path::Path;

use guanxi_kernel::store::{ExistingTable, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::SqliteOptions;
use super::error::store_error;
use super::function;
use crate::build::words;
use crate::dialect::Dialect;

/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;

/// The connection that writes; creates the file and the tables of the full-text index.
pub(crate) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(options.busy_timeout)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        prepare(&connection, options.writer_cache_kib, 0)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(words::create(Dialect::Sqlite))?;
        Ok(connection)
    };
    open().map_err(|error| unavailable(path, &error))
}

/// A connection that copies pages of the log into the file, and looks at none of them.
pub(crate) fn open_homeward(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(options.busy_timeout)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", 16)?;
        Ok(connection)
    };
    open().map_err(|error| unavailable(path, &error))
}

/// A connection that only reads.
pub(crate) fn open_reader(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(options.busy_timeout)?;
        prepare(&connection, options.reader_cache_kib, options.reader_mmap_bytes)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    };
    open().map_err(|error| unavailable(path, &error))
}

/// A connection to a file that nobody writes. SQLite then takes no locks and makes no files beside it.
pub(crate) fn open_unchanging(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let name = path.to_str().ok_or_else(|| StoreError::Unavailable(format!("{} is not a Unicode path", path.display())))?;
    let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?;
        prepare(&connection, options.reader_cache_kib, options.reader_mmap_bytes)?;
        // Whether it is a database at all is told by the first look into it.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|error| unavailable(path, &error))
}

fn unavailable(path: &Path, error: &rusqlite::Error) -> StoreError {
    match store_error(error) {
        StoreError::Other(reason) | StoreError::Unavailable(reason) => StoreError::Unavailable(format!("{}: {reason}", path.display())),
        other => other,
    }
}

/// What every connection is told: nothing in the file may run code or touch the file's innards.
fn prepare(connection: &Connection, cache_kib: u32, mmap_bytes: i64) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // A plan follows from the text of its statement alone. Otherwise a statement whose plan could depend on a value bound (any
    // that compares a column with one) is prepared anew each time it comes out of the cache, since its bindings were cleared.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    connection.pragma_update(None, "mmap_size", mmap_bytes)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    function::register(connection)
}

/// Tables that are ours to describe, with their columns and indexes.
pub(crate) fn existing_tables(connection: &Connection) -> rusqlite::Result<Vec<ExistingTable>> {
    let names = strings(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT LIKE 'gx\\_word%' ESCAPE '\\' ORDER BY name",
        [],
    )?;
    let mut columns_of = connection.prepare("SELECT name FROM pragma_table_info(?) ORDER BY cid")?;
    let mut indexes_of = connection.prepare("SELECT name FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name")?;
    names
        .into_iter()
        .map(|name| {
            let columns = columns_of.query_map([&name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let indexes = indexes_of.query_map([&name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(ExistingTable { name, columns, indexes })
        })
        .collect()
}

/// One column of text.
pub(crate) fn strings(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> rusqlite::Result<Vec<String>> {
    connection.prepare(sql)?.query_map(parameters, |row| row.get(0))?.collect()
}

/// A connection for `VACUUM INTO`, which needs an attached database and leave to write it.
pub(crate) fn open_for_backup(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let connection = open_reader(path, options)?;
    let allow = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "query_only", false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 10).map(|_| ())
    };
    allow().map_err(|error| unavailable(path, &error))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_is_synced_before_anybody_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let writer = open_writer(&folder.path().join("test.db"), &SqliteOptions::default()).unwrap();
        let pragma = |name: &str| writer.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
        assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
        assert_eq!(pragma("synchronous"), 2.into(), "FULL: a commit waits for the disk");
        assert_eq!(pragma("foreign_keys"), 1.into());
    }
}
