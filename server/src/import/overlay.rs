//! What people changed of a file's rows, laid over what the file says.

use std::collections::{BTreeMap, HashMap, HashSet};

use guanxi_kernel::Result;
use guanxi_kernel::store::ReadTx;
use guanxi_tabular::Row;
use uuid::Uuid;

use super::chunk::{Item, Planned};
use super::rows::{self, KeptRow, Outcome, RowData, RowState};

/// Bytes of the longest row whose cells are kept beside the file.
const LONGEST_ROW: usize = 32_000;

/// The changes of an import's rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    changed: HashMap<u64, BTreeMap<usize, String>>,
    left_out: HashSet<u64>,
    /// Rows of which anything is kept.
    known: HashSet<u64>,
}

impl Overlay {
    /// Of an import, as they are now.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(tx: &mut dyn ReadTx, import: Uuid) -> Result<Self> {
        let mut overlay = Self::default();
        for kept in rows::all(tx, import)? {
            overlay.known.insert(kept.row);
            if kept.state == RowState::LeftOut {
                overlay.left_out.insert(kept.row);
            } else if !kept.data.changed.is_empty() {
                overlay.changed.insert(kept.row, kept.data.changed);
            }
        }
        Ok(overlay)
    }

    /// A row as it is meant, of a table with so many columns.
    pub fn lay(&self, item: Item, width: usize) -> Item {
        let number = item.number();
        if self.left_out.contains(&number) {
            return Item::LeftOut(number);
        }
        match self.changed.get(&number) {
            Some(changed) => changed_item(item, changed, width),
            None => item,
        }
    }

    /// What is to be kept of the rows of a batch.
    pub fn outcome(&self, items: &[Item], planned: &Planned) -> Outcome {
        let refused: HashMap<usize, _> = planned.refused.iter().map(|it| (it.item, &it.problems)).collect();
        let mut outcome = Outcome { waiting: planned.waiting.clone(), ..Outcome::default() };
        for (index, item) in items.iter().enumerate() {
            let row = item.number();
            if let Some(problems) = refused.get(&index) {
                let data = RowData { cells: kept_cells(item), problems: (*problems).clone(), ..RowData::default() };
                outcome.refused.push(KeptRow { row, state: RowState::Problem, attempt: 0, data });
            } else if let Item::LeftOut(_) = item {
                outcome.left_out.push(row);
            } else if self.known.contains(&row) && planned.waiting.binary_search(&row).is_err() {
                outcome.taken.push(row);
            }
        }
        outcome
    }
}

/// A row with some of its cells changed. One that could not be read is what was typed and nothing else.
pub(super) fn changed_item(item: Item, changed: &BTreeMap<usize, String>, width: usize) -> Item {
    let (number, mut cells) = match item {
        Item::Row(row) => (row.number, row.cells),
        Item::Unusable(problem) => (problem.row, Vec::new()),
        Item::LeftOut(number) => return Item::LeftOut(number),
    };
    cells.resize(width.max(cells.len()), String::new());
    for (column, text) in changed {
        if let Some(cell) = cells.get_mut(*column) {
            cell.clone_from(text);
        }
    }
    Item::Row(Row { number, cells })
}

/// The cells of a row that are kept beside the file.
pub(super) fn kept_cells(item: &Item) -> Option<Vec<String>> {
    match item {
        Item::Row(row) if row.cells.iter().map(String::len).sum::<usize>() <= LONGEST_ROW => Some(row.cells.clone()),
        _ => None,
    }
}
