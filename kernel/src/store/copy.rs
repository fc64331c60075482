//! Copying tables from any store into any other, row by row, out of one snapshot.

use std::ops::ControlFlow;
use std::sync::Arc;

use guanxi_expr::Value;

use super::{Condition, Insert, OnConflict, ReadTx, Select, Store, StoreExt, Table, WriteTx};
use crate::error::Result;

/// Rows written in one transaction: many enough that syncing them does not count, few enough to be held in memory.
const ROWS: usize = 2_000;
/// Characters of text and JSON after which a transaction is written, however few rows it has.
const CHARACTERS: usize = 8 << 20;

/// Makes `tables` in `target` and fills them with what `source` sees of them. Answers the number of rows.
///
/// # Errors
/// Where either database fails; what was made by then stays for the caller to drop.
pub fn copy_tables(source: &mut dyn ReadTx, target: &Arc<dyn Store>, tables: &[Arc<Table>]) -> Result<u64> {
    let mut rows = 0;
    for table in tables {
        let bare = Arc::new(Table { indexes: Vec::new(), ..(**table).clone() });
        let made = bare.clone();
        target.write_with(move |tx| Ok(tx.create_table(&made)?))?;
        rows += copy_rows(source, target, &bare)?;
        if table.identity {
            let (last, table) = (source.last_identity(table)?, table.clone());
            target.write_with(move |tx| Ok(tx.set_last_identity(&table, last)?))?;
        }
        // Indexes over rows that are there are made faster than they are kept up row by row.
        let table = table.clone();
        target.write_with(move |tx| {
            table.indexes.iter().try_for_each(|it| tx.create_index(&table.name, it))?;
            Ok(())
        })?;
    }
    Ok(rows)
}

fn copy_rows(source: &mut dyn ReadTx, target: &Arc<dyn Store>, table: &Arc<Table>) -> Result<u64> {
    let mut waiting = Waiting { target, table, rows: Vec::with_capacity(ROWS), characters: 0, copied: 0 };
    let mut failed = None;
    source.select(&Select::all(table, Condition::True), &mut |row| match waiting.take(std::mem::take(row)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => {
            waiting.write()?;
            Ok(waiting.copied)
        }
    }
}

/// Rows on their way.
struct Waiting<'a> {
    target: &'a Arc<dyn Store>,
    table: &'a Arc<Table>,
    rows: Vec<Vec<Value>>,
    characters: usize,
    copied: u64,
}

impl Waiting<'_> {
    fn take(&mut self, row: Vec<Value>) -> Result<()> {
        self.characters += row.iter().map(weight).sum::<usize>();
        self.rows.push(row);
        if self.rows.len() >= ROWS || self.characters >= CHARACTERS { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.copied += self.rows.len() as u64;
        self.characters = 0;
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(ROWS));
        let columns = (0..self.table.columns.len()).collect();
        let insert = Insert { table: self.table.clone(), columns, rows, on_conflict: OnConflict::Fail };
        self.target.write_with(move |tx: &mut dyn WriteTx| {
            tx.insert(&insert)?;
            Ok(())
        })
    }
}

/// Roughly how much memory a value takes beyond its place in the row.
fn weight(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::List(items) => items.iter().map(weight).sum(),
        Value::Json(json) => json_weight(json),
        _ => 0,
    }
}

fn json_weight(json: &serde_json::Value) -> usize {
    match json {
        serde_json::Value::String(text) => text.len(),
        serde_json::Value::Array(items) => items.iter().map(json_weight).sum::<usize>() + 16,
        serde_json::Value::Object(map) => map.iter().map(|(key, value)| key.len() + json_weight(value)).sum::<usize>() + 16,
        _ => 8,
    }
}
