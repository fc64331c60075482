//! SQLite's errors in the kernel's terms.

use guanxi_kernel::store::{StoreError, Table};
use rusqlite::ffi;

/// An error that is not about one table's unique indexes.
pub(crate) fn store_error(error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error() {
        Some(sqlite) => match (sqlite.code, sqlite.extended_code) {
            // A write that finds no room may also come as an I/O error of the write itself.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE) => StoreError::Full,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => StoreError::Busy,
            (ErrorCode::CannotOpen | ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly, _) => {
                StoreError::Unavailable(error.to_string())
            }
            (ErrorCode::Unknown, ffi::SQLITE_ERROR) if names_what_is_gone(&error.to_string()) => StoreError::Outdated(error.to_string()),
            _ => StoreError::Other(error.to_string()),
        },
        None if names_what_is_gone(&error.to_string()) => StoreError::Outdated(error.to_string()),
        None => StoreError::Other(error.to_string()),
    }
}

/// SQLite has one code for all that is wrong with a statement; its own are all right but for what they name.
fn names_what_is_gone(message: &str) -> bool {
    ["no such column: ", "no such table: ", " has no column named "].iter().any(|it| message.contains(it))
}

/// An error of a change to `table`: a duplicate is told by the name of the index that refused it.
pub(crate) fn change_error(error: &rusqlite::Error, table: &Table) -> StoreError {
    let extended = error.sqlite_extended_error_code();
    if !matches!(extended, Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID)) {
        return store_error(error);
    }
    // "UNIQUE constraint failed: accounts.name, accounts.city"
    let message = error.to_string();
    let listed = message.rsplit_once(": ").map_or("", |(_, columns)| columns);
    let columns: Vec<&str> = listed.split(", ").map(|column| column.rsplit_once('.').map_or(column, |(_, name)| name)).collect();
    let same = |names: &[String]| names.len() == columns.len() && names.iter().zip(&columns).all(|(name, column)| name == column);
    let index = if same(&table.primary_key) {
        table.name.clone()
    } else {
        table.indexes.iter().find(|index| index.unique && same(&index.columns)).map_or_else(|| listed.to_owned(), |index| index.name.clone())
    };
    StoreError::Duplicate { index }
}
