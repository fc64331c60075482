//! Cells of a workbook that were merged downwards: a company beside the rows of its people. Only the first of them holds the
//! value; a row that is read by itself lacks it.

use std::collections::{BTreeMap, HashMap};

/// Most merged cells looked at: more than that nobody merges by hand.
const MOST: usize = 100_000;

/// What stands beside several rows.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    /// Last row, by the first row and column.
    ends: HashMap<(u32, u32), u32>,
    /// Last row and text of the one that reaches further down, by its column.
    open: BTreeMap<u32, (u32, String)>,
}

impl Merged {
    /// Of first and last corners: row and column each. Cells merged across alone are a title, which stands in one cell.
    pub(crate) fn of(corners: impl IntoIterator<Item = ((u32, u32), (u32, u32))>) -> Self {
        let downwards = corners.into_iter().filter(|(first, last)| last.0 > first.0).take(MOST);
        Self { ends: downwards.map(|(first, last)| (first, last.0)).collect(), open: BTreeMap::new() }
    }

    /// A cell was read.
    pub(crate) fn note(&mut self, place: (u32, u32), text: &str) {
        if self.ends.is_empty() {
            return;
        }
        if let Some(end) = self.ends.remove(&place) {
            self.open.insert(place.1, (end, text.to_owned()));
        }
    }

    /// Gives a row that is complete what stands beside it.
    pub(crate) fn fill(&mut self, row: u32, cells: &mut Vec<String>) {
        if self.open.is_empty() {
            return;
        }
        self.open.retain(|_, it| it.0 >= row);
        for (column, (_, text)) in &self.open {
            let column = *column as usize;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if cells[column].is_empty() {
                cells[column].clone_from(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Merged;

    #[test]
    fn a_value_stands_beside_all_its_rows_and_no_further() {
        let mut merged = Merged::of([((1, 0), (3, 0)), ((0, 0), (0, 5)), ((2, 2), (3, 3))]);
        let mut row = |number: u32, texts: &[&str]| {
            let mut cells: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
            for (column, text) in (0..).zip(texts).filter(|it| !it.1.is_empty()) {
                merged.note((number, column), text);
            }
            merged.fill(number, &mut cells);
            cells.join("|")
        };
        assert_eq!(row(0, &["title"]), "title");
        assert_eq!(row(1, &["星河", "王伟"]), "星河|王伟");
        assert_eq!(row(2, &["", "李娜", "甲"]), "星河|李娜|甲");
        assert_eq!(row(3, &["", "张三"]), "星河|张三|甲");
        assert_eq!(row(4, &["", "赵六"]), "|赵六");
    }

    #[test]
    fn of_a_column_one_is_open_however_many_lie_over_each_other() {
        let rows = 100_000;
        let mut merged = Merged::of((0..rows).map(|it| ((it, 0), (rows, 0))));
        for row in 0..rows {
            merged.note((row, 0), "x");
            merged.fill(row, &mut Vec::new());
            assert!(merged.open.len() == 1);
        }
    }
}
