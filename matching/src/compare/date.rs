//! Dates: mistyped, day and month exchanged, a part wrong.

use super::similarity::{within_one_edit, within_two_edits};
use super::{Level, level};
use crate::column::Agreement::{self, Different, Equal, Near, Part, Similar, Swapped};
use crate::prepare::{Parts, Prepared};

pub(super) const DATE: &[Level] = &[
    level(Equal, 0.85, 0.000_1),
    level(Swapped, 0.01, 0.000_05),
    level(Near, 0.06, 0.001),
    level(Part, 0.02, 0.003),
    level(Similar, 0.02, 0.01),
    level(Different, 0.04, 0.985_85),
];

pub(super) fn compare(one: &Prepared, other: &Prepared) -> Agreement {
    if let (Parts::Date { year, month, day }, Parts::Date { year: other_year, month: other_month, day: other_day }) = (&one.parts, &other.parts) {
        if year == other_year && month == other_day && day == other_month {
            return Swapped;
        }
        if within_one_edit(one, other) {
            return Near;
        }
        let equal = [year == other_year, month == other_month, day == other_day].iter().filter(|same| **same).count();
        if equal == 2 {
            return Part;
        }
        let wrong = one.key.bytes().zip(other.key.bytes()).filter(|(left, right)| left != right).count();
        return if wrong <= 2 { Similar } else { Different };
    }
    if within_one_edit(one, other) {
        return Near;
    }
    if within_two_edits(&one.key, &other.key) { Similar } else { Different }
}
