//! The SQL of inserts, built once: a wide table's takes as long to build as its row to write.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::store::{Insert, OnConflict, StoreError, Table};

use crate::dialect::Dialect;
use crate::shape;

/// Most texts kept; a company has a table for each object and each kind of link.
const CAPACITY: usize = 512;

/// Texts by the place of their table in memory.
#[derive(Default)]
pub(crate) struct Inserts(RefCell<HashMap<usize, Vec<Known>>>);

/// The text of one kind of insert.
struct Known {
    /// Kept, so that no other table comes to stand in its place.
    table: Arc<Table>,
    columns: Vec<usize>,
    on_conflict: OnConflict,
    sql: Arc<str>,
}

impl Inserts {
    /// The text of an insert of one row.
    pub(crate) fn sql(&self, insert: &Insert) -> Result<Arc<str>, StoreError> {
        let place = Arc::as_ptr(&insert.table) as usize;
        let mut all = self.0.borrow_mut();
        let same = |it: &&Known| Arc::ptr_eq(&it.table, &insert.table) && it.columns == insert.columns && it.on_conflict == insert.on_conflict;
        if let Some(known) = all.get(&place).and_then(|it| it.iter().find(same)) {
            return Ok(known.sql.clone());
        }
        let sql = sql(insert)?;
        // Definitions that change leave tables behind that are of no use any more.
        if all.len() >= CAPACITY {
            all.clear();
        }
        let known = Known { table: insert.table.clone(), columns: insert.columns.clone(), on_conflict: insert.on_conflict.clone(), sql: sql.clone() };
        all.entry(place).or_default().push(known);
        Ok(sql)
    }
}

/// The text of an insert of one row, built.
pub(crate) fn sql(insert: &Insert) -> Result<Arc<str>, StoreError> {
    let first = insert.rows.get(..1).unwrap_or_default();
    Ok(shape::insert(Dialect::Sqlite, insert, first)?.sql)
}
