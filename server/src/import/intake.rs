//! A file becomes an import: looked at, counted, noted, and moved to its place.

use std::path::Path;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::store::{ColumnRef, Condition, Delete, StoreExt as _};
use guanxi_kernel::system_tables::IMPORT;
use guanxi_kernel::{Result as KernelResult, Value};
use guanxi_tabular::Table;
use uuid::Uuid;

use super::upload::{check_file, file_error};
use super::{Import, ImportData, ImportState, file_of, ledger};
use crate::errors::{ApiError, disk_error};

/// What is known of a file beside its content.
#[derive(Debug, Clone, Default)]
pub struct NewFile {
    /// Id the import is to have.
    pub id: Uuid,
    /// Into which object.
    pub object: String,
    /// What it is called.
    pub file_name: String,
    /// The sheet of a workbook that is meant.
    pub sheet: Option<String>,
    /// What it has in common with others that came with it.
    pub group: Option<Uuid>,
    /// The regular import that fetched it.
    pub schedule: Option<Uuid>,
    /// What tells it from the other files of that.
    pub source: Option<String>,
}

/// Takes a file in. `keep` moves it to its place, once all is well with it.
///
/// # Errors
/// Forbidden without the right to import; what is wrong with the file as a whole; the disk and the database.
pub fn take_in(
    context: &Context,
    folder: &Path,
    new: &NewFile,
    at: &Path,
    keep: impl FnOnce(&Path) -> std::io::Result<()>,
) -> Result<(Import, Table), ApiError> {
    let object = read::object_of(context, &new.object)?;
    context.access.require(&object, Verb::Import)?;
    let table = check_file(at, &new.file_name, new.sheet.as_deref()).map_err(|error| file_error(&error))?;
    // A file that cannot be read to its end still has rows before it; they are counted when they are used.
    let (usable, unusable) = table.count_rows().map_err(|error| file_error(&error))?;
    let data = ImportData {
        encoding: table.encoding().to_owned(),
        format: table.format().name().to_owned(),
        sheet: table.sheet().map(str::to_owned),
        headers: table.headers().to_vec(),
        rows: usable + unusable,
        group: new.group,
        schedule: new.schedule,
        source: new.source.clone(),
        ..ImportData::default()
    };
    let import = Import {
        id: new.id,
        member: context.actor,
        object: object.name.clone(),
        file_name: new.file_name.clone(),
        state: ImportState::Uploaded,
        data,
        created_at: context.now,
        updated_at: context.now,
    };
    // The file first: an entry without one would be of no use.
    let place = file_of(folder, new.id);
    keep(&place).map_err(|error| disk_error(&error))?;
    if let Err(error) = ledger::insert(context, &import) {
        std::fs::remove_file(&place).map_err(|error| disk_error(&error))?;
        return Err(error.into());
    }
    Ok((import, table))
}

/// Takes an import that never began out of the notebook. `false`: it began, or is not there.
pub(super) fn remove(context: &Context, id: Uuid) -> KernelResult<bool> {
    let condition = Condition::equals(ColumnRef::main(ledger::ID), Value::Id(id))
        .and(Condition::equals(ColumnRef::main(ledger::STATE), Value::Text(ImportState::Uploaded.name().into())));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: IMPORT.clone(), condition: condition.clone() })? > 0))
}
