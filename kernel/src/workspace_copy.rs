//! A whole workspace from one store into another: for backups as one file, for restoring them, for moving between
//! SQLite and PostgreSQL, and for workspaces made from a template.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::app::Registry;
use crate::error::{KernelError, Result};
use crate::schema::Schema;
use crate::search;
use crate::store::{Column, ExistingTable, Index, Store, StoreError, StoreExt, Table, copy_tables};
use crate::system_tables::{self, DEFINITION, EVENT, SETTING};
use crate::workspace::{customisation_of, schema_of};

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Rows of all tables.
    pub rows: u64,
    /// Tables and columns no definition names any more; they stay behind.
    pub left_out: Vec<String>,
}

/// Fails unless a store holds a workspace.
///
/// # Errors
/// Says what is missing; where the database fails.
pub fn require_workspace(existing: &[ExistingTable]) -> Result<()> {
    for table in [&SETTING, &DEFINITION, &EVENT] {
        let found = existing.iter().find(|it| it.name == table.name);
        let whole = found.is_some_and(|it| table.columns.iter().all(|column| it.columns.contains(&column.name)));
        if !whole {
            return Err(StoreError::Other(format!("this is no workspace: the table {} is not there or not what it was", table.name)).into());
        }
    }
    Ok(())
}

/// Copies the workspace in `source` into `target`, which must be empty: all tables as one snapshot sees them, and where
/// their counters stand. The words of search are not copied; they are made anew by whoever opens the copy.
///
/// # Errors
/// A source that is no workspace, a target that is not empty; where either database fails. What was made in the target
/// by then stays for the caller to drop.
pub fn copy_workspace(registry: &Registry, source: &Arc<dyn Store>, target: &Arc<dyn Store>) -> Result<Copied> {
    let existing = source.existing_tables()?;
    require_workspace(&existing)?;
    if let Some(table) = target.existing_tables()?.first() {
        return Err(KernelError::Store(StoreError::Other(format!("the target is not empty: it holds the table {}", table.name))));
    }
    let copied = source.read_with(|tx| {
        let schema = schema_of(registry, &customisation_of(tx)?)?;
        let (tables, left_out) = tables_of(&schema, &existing);
        Ok(Copied { rows: copy_tables(tx, target, &tables)?, left_out })
    })?;
    target.write_with(|tx| search::forget_layout(tx))?;
    Ok(copied)
}

/// The tables of a workspace as far as they exist, and what exists beside them.
pub fn tables_of(schema: &Schema, existing: &[ExistingTable]) -> (Vec<Arc<Table>>, Vec<String>) {
    let mut known: Vec<Arc<Table>> = system_tables::all().iter().map(|it| Arc::clone(it)).collect();
    for object in schema.objects.values() {
        known.push(object.table.clone());
        known.extend(object.fields.iter().filter_map(|it| it.link.clone()));
    }
    let mut tables = Vec::new();
    let mut left_out: Vec<String> = existing.iter().filter(|it| known.iter().all(|table| table.name != it.name)).map(|it| it.name.clone()).collect();
    for table in known {
        let Some(found) = existing.iter().find(|it| it.name == table.name) else { continue };
        let columns: Vec<Column> = table.columns.iter().filter(|it| found.columns.contains(&it.name)).cloned().collect();
        let names: BTreeSet<&String> = columns.iter().map(|it| &it.name).collect();
        left_out.extend(found.columns.iter().filter(|it| !names.contains(it)).map(|it| format!("{}.{it}", table.name)));
        // What a version since brought is made when the copy is opened.
        let indexes: Vec<Index> = table.indexes.iter().filter(|it| it.columns.iter().all(|it| names.contains(it))).cloned().collect();
        tables.push(if columns.len() == table.columns.len() { table } else { Arc::new(Table { columns, indexes, ..(*table).clone() }) });
    }
    (tables, left_out)
}
