//! Everything a workspace's database holds, so that a test can say that nothing of it changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::store::{Condition, Select, StoreExt as _, Table};
use guanxi_kernel::system_tables::{self, API_KEY, ATTEMPT, AUDIT, SESSION};
use guanxi_kernel::workspace::Workspace;

/// Columns that tell when a session or a key was last used and by which token it goes on: they move with every request.
const TOUCHED: [&str; 6] = ["seen_at", "used_at", "token_hash", "previous_hash", "renewed_at", "due"];

/// Rows by table, each as text. The audit log is not in it, nor are counts of attempts: refusals may leave
/// rows there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(BTreeMap<String, BTreeSet<String>>);

impl Digest {
    /// Of a workspace as it is now.
    pub fn of(workspace: &Workspace) -> Self {
        let schema = workspace.schema();
        let objects = schema.objects.values().flat_map(|it| std::iter::once(&it.table).chain(it.fields.iter().filter_map(|it| it.link.as_ref())));
        let system = system_tables::all().into_iter().map(|it| &**it).filter(|it| ![&AUDIT.name, &ATTEMPT.name].contains(&&it.name));
        let tables: Vec<Arc<Table>> = system.chain(objects).cloned().collect();
        let read = |table: &Arc<Table>| {
            let columns: Vec<usize> = (0..table.columns.len()).filter(|it| !is_touched(table, *it)).collect();
            let select = Select::all(table, Condition::True);
            let rows = workspace.store.read_with(|tx| Ok(tx.rows(&select)?)).unwrap();
            let text = |row: &Vec<guanxi_kernel::Value>| {
                let cells: Vec<String> = columns.iter().map(|it| format!("{} = {:?}", table.columns[*it].name, row[*it])).collect();
                cells.join(", ")
            };
            (table.name.clone(), rows.iter().map(text).collect())
        };
        Self(tables.iter().map(read).collect())
    }

    /// What is in one and not in the other, `-` before what is gone and `+` before what came.
    pub fn changes(&self, after: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        let none = BTreeSet::new();
        for table in self.0.keys().chain(after.0.keys()).collect::<BTreeSet<_>>() {
            let (old, new) = (self.0.get(table).unwrap_or(&none), after.0.get(table).unwrap_or(&none));
            changes.extend(old.difference(new).map(|it| format!("- {table}: {it}")));
            changes.extend(new.difference(old).map(|it| format!("+ {table}: {it}")));
        }
        changes
    }
}

fn is_touched(table: &Table, column: usize) -> bool {
    let moves = table.name == SESSION.name || table.name == API_KEY.name;
    moves && TOUCHED.contains(&table.columns[column].name.as_str())
}
