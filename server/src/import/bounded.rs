//! How much is kept of the rows that an import refuses.

use super::rows::Outcome;

/// Most bytes of cells that are kept of the rows that runs of one import refuse: those beyond are told without them, and read
/// from the file when they are mended.
const MOST_KEPT_BYTES: u64 = 64 << 20;

impl Outcome {
    /// Leaves out the cells that are too much, and their quotations; counts those that are kept.
    pub fn bound(&mut self, kept_bytes: &mut u64) {
        for row in &mut self.refused {
            let quoted = row.data.problems.iter().map(|it| it.value.len());
            let size = row.data.cells.iter().flatten().map(String::len).chain(quoted).sum::<usize>() as u64;
            if *kept_bytes + size > MOST_KEPT_BYTES {
                row.data.cells = None;
                row.data.problems.iter_mut().for_each(|it| it.value.clear());
            } else {
                *kept_bytes += size;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RowProblem;
    use super::super::rows::{KeptRow, RowData, RowState};
    use super::*;

    #[test]
    fn of_very_many_refused_rows_the_cells_are_kept_up_to_a_bound() {
        let problem = RowProblem {
            row: 1,
            part: String::new(),
            field: "name".into(),
            code: "required".into(),
            message: guanxi_kernel::schema::Label::new("必填", "required"),
            value: "x".repeat(80),
        };
        let data = RowData { cells: Some(vec!["x".repeat(30_000)]), problems: vec![problem], ..RowData::default() };
        let row = |row| KeptRow { row, state: RowState::Problem, attempt: 1, data: data.clone() };
        let mut kept_bytes = MOST_KEPT_BYTES - 50_000;
        let mut outcome = Outcome { refused: vec![row(1), row(2)], ..Outcome::default() };
        outcome.bound(&mut kept_bytes);
        let [first, second] = outcome.refused.as_slice() else { panic!() };
        assert_eq!((first, kept_bytes), (&row(1), MOST_KEPT_BYTES - 50_000 + 30_080));
        assert!(second.data.cells.is_none() && second.data.problems[0].value.is_empty());
        assert_eq!((second.row, second.data.problems[0].code.as_str()), (2, "required"), "that it is refused, and why, is kept");
    }
}
