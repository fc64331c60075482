//! PostgreSQL's errors in the kernel's terms.

use std::error::Error as _;

use guanxi_kernel::store::{StoreError, Table};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// An error that is not about one table's unique indexes.
pub(crate) fn store_error(error: &Error) -> StoreError {
    let Some(code) = error.code() else {
        let reason = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        let broken = error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
        return if broken || reason.starts_with("error connecting") { StoreError::Unavailable(reason) } else { StoreError::Other(reason) };
    };
    let reason = error.as_db_error().map_or_else(|| error.to_string(), |error| format!("{} ({})", error.message(), code.code()));
    match code {
        &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::LOCK_NOT_AVAILABLE => StoreError::Busy,
        &SqlState::UNDEFINED_COLUMN | &SqlState::UNDEFINED_TABLE => StoreError::Outdated(reason),
        &SqlState::DISK_FULL => StoreError::Full,
        code if code.code().starts_with("08") || code.code().starts_with("57P") || code.code().starts_with("53") || code.code().starts_with("28") => {
            StoreError::Unavailable(reason)
        }
        _ => StoreError::Other(reason),
    }
}

/// An error of a change to `table`: a duplicate is told by the name of the index that refused it.
pub(crate) fn change_error(error: &Error, table: &Table) -> StoreError {
    if error.code() != Some(&SqlState::UNIQUE_VIOLATION) {
        return store_error(error);
    }
    let named = error.as_db_error().and_then(|error| error.constraint()).unwrap_or_default();
    let index = if table.indexes.iter().any(|index| index.name == named) { named } else { &table.name };
    StoreError::Duplicate { index: index.to_owned() }
}

/// Whether the same work may succeed when it is run again.
pub(crate) fn may_run_again(error: &Error) -> bool {
    match error.code() {
        Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE) => true,
        // A plan prepared before a column changed its type; the connection has forgotten it by then.
        Some(&SqlState::FEATURE_NOT_SUPPORTED) => error.as_db_error().is_some_and(|error| error.message().contains("cached plan")),
        _ => false,
    }
}
