//! Rows that refer to records other rows of the same file make: a company with its parent in the row below.
//!
//! Such a row waits until the record is there. What is left when nobody comes any further refers to nothing, to a row that
//! was refused, or in a circle.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::FieldError;
use guanxi_kernel::schema::Label;

use super::shortened;

/// A name that other rows may call a record by: the position of the field, and the value's key.
pub(super) type Name = (usize, String);

/// How often rows that wait are gone over; records that stand above each other are no deeper.
pub(super) const MAX_ROUNDS: u32 = 100;
/// Most rows kept for telling why they could not be made; beyond that the reason is told more plainly.
const MAX_KEPT: usize = 100_000;
/// How many rows are followed to find a circle; what is longer is told as rows that wait for each other.
const MAX_LOOKED: usize = 200;
/// Most rows of a circle that are told.
const MAX_TOLD: usize = 5;

/// What becomes of a row that refers to a record that is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// It waits: a row further down may make the record.
    #[default]
    Open,
    /// It is refused: no row did.
    Closing,
    /// It is refused only for what the rows seen say; the others may make the record.
    ClosingUnseen,
}

/// A cell that names a record of the object itself that is not there.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// Name of the field.
    pub field: String,
    /// The cell, or one of the names in it.
    pub text: String,
    /// What a record would be called that it means.
    pub names: Vec<Name>,
}

/// What is known of the rows so far.
#[derive(Debug, Default)]
pub(super) struct Kin {
    pub stage: Stage,
    /// Names of the records that rows would make, where nothing is written, with how many make one.
    made: HashMap<Name, u32>,
    /// What rows wait for, by their number.
    wants: HashMap<u64, Vec<Missing>>,
    /// Rows that wait, by the names their records would have.
    waiting: HashMap<Name, u64>,
    /// Rows that were refused, by the same.
    refused: HashMap<Name, u64>,
}

impl Kin {
    /// A new round over the rows that wait begins.
    pub fn begin(&mut self, stage: Stage) {
        self.stage = stage;
        if stage == Stage::Open {
            self.wants.clear();
            self.waiting.clear();
        }
    }

    /// Notes a record that a dry run would make or change.
    pub fn note_made(&mut self, names: Vec<Name>) {
        for name in names {
            *self.made.entry(name).or_default() += 1;
        }
    }

    /// Notes a row that waits.
    pub fn note_waiting(&mut self, row: u64, names: Vec<Name>, wants: Vec<Missing>) {
        if self.wants.len() < MAX_KEPT {
            self.wants.insert(row, wants);
            for name in names {
                self.waiting.entry(name).or_insert(row);
            }
        }
    }

    /// Notes a row that was refused.
    pub fn note_refused(&mut self, row: u64, names: Vec<Name>) {
        if self.refused.len() < MAX_KEPT {
            for name in names {
                self.refused.entry(name).or_insert(row);
            }
        }
    }

    /// Whether a dry run has met a row that would make it; or an error where several would.
    pub fn would_be_there(&self, missing: &Missing) -> Result<bool, FieldError> {
        let makers = missing.names.iter().find_map(|it| self.made.get(it)).copied().unwrap_or_default();
        if makers > 1 { Err(several(&missing.field, &missing.text)) } else { Ok(makers == 1) }
    }

    /// What is wrong with a row that still refers to what is not there. `None`: it may be in rows nobody looked at.
    pub fn verdict(&self, row: u64, missing: &Missing) -> Option<FieldError> {
        let maker = |rows: &HashMap<Name, u64>| missing.names.iter().find_map(|it| rows.get(it)).copied();
        if let Some(circle) = maker(&self.waiting).and_then(|first| self.circle(row, first)) {
            return Some(in_circle(missing, &circle));
        }
        if let Some(other) = maker(&self.refused).or_else(|| maker(&self.waiting)) {
            return Some(behind(missing, other));
        }
        (self.stage != Stage::ClosingUnseen).then(|| nowhere(missing))
    }

    /// The rows from one over those it waits for, if they lead back to it.
    fn circle(&self, row: u64, first: u64) -> Option<Vec<u64>> {
        let next = |number: u64| {
            let names = self.wants.get(&number).into_iter().flatten().flat_map(|it| &it.names);
            names.filter_map(|it| self.waiting.get(it).copied()).collect::<Vec<_>>()
        };
        let (mut path, mut seen) = (Vec::new(), HashSet::new());
        let mut open = vec![vec![first]];
        while let Some(ways) = open.last_mut() {
            match ways.pop() {
                Some(number) if number == row => {
                    path.push(row);
                    path.sort_unstable();
                    return Some(path);
                }
                Some(number) if seen.len() < MAX_LOOKED && seen.insert(number) => {
                    path.push(number);
                    open.push(next(number));
                }
                Some(_) => {}
                None => {
                    path.pop();
                    open.pop();
                }
            }
        }
        None
    }
}

/// Several records, or rows, have the name.
pub(super) fn several(field: &str, text: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "ambiguous",
        message: Label::new(
            format!("有多条记录叫“{}”，请改用唯一的编号、邮箱或 ID", shortened(text)),
            format!("several records are called `{}`; use a number, an e-mail address or the id", shortened(text)),
        ),
    }
}

fn nowhere(missing: &Missing) -> FieldError {
    let text = shortened(&missing.text);
    FieldError {
        field: missing.field.clone(),
        code: "no_such_record",
        message: Label::new(
            format!("已有记录和此文件中都没有“{text}”，请补上这一行或更正名称"),
            format!("neither the records nor this file have `{text}`; add a row for it, or mend the name"),
        ),
    }
}

fn behind(missing: &Missing, row: u64) -> FieldError {
    let text = shortened(&missing.text);
    FieldError {
        field: missing.field.clone(),
        code: "no_such_record",
        message: Label::new(
            format!("“{text}”在第 {row} 行，但该行未能导入；请更正第 {row} 行，再把两行一起导入"),
            format!("`{text}` is row {row}, which was refused; mend row {row} and import both again"),
        ),
    }
}

fn in_circle(missing: &Missing, rows: &[u64]) -> FieldError {
    let (zh_cn, en) = if let [_] = rows {
        ("此行引用了自己，请清空或更正这一格".to_owned(), "the row refers to itself; empty or mend this cell".to_owned())
    } else {
        let told = |between: &str| {
            let numbers: Vec<String> = rows.iter().take(MAX_TOLD).map(u64::to_string).collect();
            numbers.join(between) + if rows.len() > MAX_TOLD { "…" } else { "" }
        };
        (
            format!("第 {} 行互相引用，形成循环；请清空其中一行的这一格，导入后再补填", told("、")),
            format!("rows {} refer to each other in a circle; empty this cell in one of them and fill it in after the import", told(", ")),
        )
    };
    FieldError { field: missing.field.clone(), code: "circular_reference", message: Label::new(zh_cn, en) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        (1, text.to_owned())
    }

    fn wants(text: &str) -> Missing {
        Missing { field: "parent".into(), text: text.into(), names: vec![name(text)] }
    }

    fn kin(rows: &[(u64, &str, &str)]) -> Kin {
        let mut kin = Kin::default();
        for (row, own, other) in rows {
            kin.note_waiting(*row, vec![name(own)], vec![wants(other)]);
        }
        kin.begin(Stage::Closing);
        kin
    }

    #[test]
    fn circles_are_told_from_what_hangs_on_them_and_from_what_is_nowhere() {
        let kin = kin(&[(2, "a", "b"), (3, "b", "c"), (4, "c", "a"), (5, "d", "a"), (6, "e", "nothing"), (7, "f", "f")]);
        let told = |row, text| kin.verdict(row, &wants(text)).unwrap();
        for row in [(2, "b"), (3, "c"), (4, "a")] {
            let error = told(row.0, row.1);
            assert_eq!(error.code, "circular_reference");
            assert!(error.message.en.contains("rows 2, 3, 4 "), "{}", error.message.en);
        }
        assert_eq!((told(7, "f").code, told(6, "nothing").code), ("circular_reference", "no_such_record"));
        assert!(told(5, "a").message.en.contains("`a` is row 2"), "{}", told(5, "a").message.en);
        assert!(told(6, "nothing").message.en.contains("neither"), "{}", told(6, "nothing").message.en);
    }

    #[test]
    fn what_stands_behind_a_refused_row_names_that_row() {
        let mut kin = kin(&[(3, "b", "a")]);
        kin.note_refused(2, vec![name("a")]);
        assert!(kin.verdict(3, &wants("a")).unwrap().message.en.contains("row 2"));
        kin.begin(Stage::ClosingUnseen);
        assert!(kin.verdict(3, &wants("elsewhere")).is_none());
    }

    #[test]
    fn of_two_rows_with_one_name_none_is_meant() {
        let mut kin = Kin::default();
        assert!(!kin.would_be_there(&wants("a")).unwrap());
        kin.note_made(vec![name("a")]);
        assert!(kin.would_be_there(&wants("a")).unwrap());
        kin.note_made(vec![name("a")]);
        assert_eq!(kin.would_be_there(&wants("a")).unwrap_err().code, "ambiguous");
    }
}
