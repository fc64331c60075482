//! Which of several departments it is.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::departments::Departments;
use super::figures::{Candidate, Figure};

/// How a tie was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// The department the record belongs to already is among the first.
    PresentKept,
    /// The one that stands first in the tree.
    FirstInOrder,
}

impl Tie {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::PresentKept => "present_kept",
            Self::FirstInOrder => "first_in_order",
        }
    }
}

/// The department with the most, and how a tie was decided. One that is closed is none, and nothing or less than nothing is no
/// figure. Of several with as much the present one is kept, else the first in the tree is taken.
pub fn choose(candidates: &[Candidate], departments: &Departments, present: Option<Uuid>) -> Option<(Uuid, Option<Tie>)> {
    let counts = |it: &&Candidate| departments.is_open(it.department) && says_something(&it.figure);
    let fit: Vec<&Candidate> = candidates.iter().filter(counts).collect();
    let most = fit.iter().copied().reduce(|most, it| if compare(&it.figure, &most.figure) == Ordering::Greater { it } else { most })?;
    let first: Vec<Uuid> = fit.iter().filter(|it| compare(&it.figure, &most.figure) == Ordering::Equal).map(|it| it.department).collect();
    match first.as_slice() {
        [one] => Some((*one, None)),
        several => match present.filter(|it| several.contains(it)) {
            Some(present) => Some((present, Some(Tie::PresentKept))),
            None => several.iter().min_by_key(|it| departments.order(**it)).map(|it| (*it, Some(Tie::FirstInOrder))),
        },
    }
}

/// What is less than a cent but more than nothing says something, too.
fn says_something(figure: &Figure) -> bool {
    if let Figure::Number(_, exact) = figure { *exact > Decimal::ZERO } else { true }
}

fn compare(one: &Figure, other: &Figure) -> Ordering {
    match (one, other) {
        (Figure::Number(_, one), Figure::Number(_, other)) => one.cmp(other),
        (Figure::Day(one), Figure::Day(other)) => one.order(other).unwrap_or(Ordering::Equal),
        _ => Ordering::Equal,
    }
}
