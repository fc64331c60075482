//! A consistent copy while writes go on.

use std::path::Path;

use guanxi_kernel::store::StoreError;

use super::error::store_error;
use super::{SqliteOptions, connection};

/// `VACUUM INTO` on a connection of its own: a snapshot of the whole file, compacted. The copy is synced before we say
/// it is there.
pub(crate) fn vacuum_into(path: &Path, options: &SqliteOptions, target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::Other(format!("{} exists already", target.display())));
    }
    let name = target.to_str().ok_or_else(|| StoreError::Other(format!("{} is not a Unicode path", target.display())))?;
    let reading = connection::open_for_backup(path, options)?;
    reading.execute("VACUUM INTO ?", [name]).map_err(|error| store_error(&error))?;
    std::fs::File::open(target).and_then(|file| file.sync_all()).map_err(|error| StoreError::Other(format!("{}: {error}", target.display())))
}
