//! How two records agree, column by column, in one number.

use crate::column::{Agreement, FieldKind};
use crate::compare::{compare, compare_different, levels, position};
use crate::prepare::Prepared;
use crate::table::{MAX_COLUMNS, Table, View};

/// Stands for a column in which one side says nothing.
const MISSING: u64 = 15;
const BITS: usize = 4;

/// The level of each column, four bits a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pattern(u64);

impl Pattern {
    /// Position of the level, or nothing where one side says nothing.
    pub(crate) fn level(self, column: usize) -> Option<usize> {
        let level = (self.0 >> (column * BITS)) & MISSING;
        (level != MISSING).then_some(level as usize)
    }

    /// With the level of a column.
    pub(crate) fn with(self, column: usize, level: Option<usize>) -> Self {
        let level = level.map_or(MISSING, |level| level as u64);
        Self((self.0 & !(MISSING << (column * BITS))) | (level << (column * BITS)))
    }
}

/// Number and value of a column, where it says something.
type Cell<'t> = Option<(u32, &'t Prepared)>;

/// A record on one side of a comparison.
pub(crate) trait Side {
    /// Number and value of a column.
    fn value(&self, column: usize) -> Option<(u32, &Prepared)>;
}

impl Side for View<'_> {
    fn value(&self, column: usize) -> Option<(u32, &Prepared)> {
        self.values[column]
    }
}

/// A record of the table.
pub(crate) struct Place<'t> {
    table: &'t Table,
    numbers: &'t [u32],
}

impl<'t> Place<'t> {
    pub(crate) fn new(table: &'t Table, slot: u32) -> Self {
        Self { table, numbers: table.numbers(slot) }
    }
}

impl Side for Place<'_> {
    fn value(&self, column: usize) -> Option<(u32, &Prepared)> {
        let number = self.numbers[column];
        self.table.store(column).value(number).map(|value| (number, value))
    }
}

/// What is compared with what.
#[derive(Clone, Debug)]
pub(crate) struct Comparisons {
    kinds: Vec<FieldKind>,
    /// Columns between which values get exchanged: given name and surname, two lines of address.
    exchanged: Option<(usize, usize)>,
    exchanged_lines: Option<(usize, usize)>,
}

impl Comparisons {
    pub(crate) fn of(table: &Table) -> Self {
        let kinds: Vec<FieldKind> = table.columns().iter().take(MAX_COLUMNS).map(|column| column.kind).collect();
        let nth = |kind: FieldKind, nth: usize| kinds.iter().enumerate().filter(|(_, other)| **other == kind).map(|(place, _)| place).nth(nth);
        let exchanged = nth(FieldKind::GivenName, 0).zip(nth(FieldKind::Surname, 0));
        let exchanged_lines = nth(FieldKind::Address, 0).zip(nth(FieldKind::Address, 1));
        Self { kinds, exchanged, exchanged_lines }
    }

    pub(crate) fn kinds(&self) -> &[FieldKind] {
        &self.kinds
    }

    /// What the level at that position says.
    pub(crate) fn agreement(&self, column: usize, level: Option<usize>) -> Agreement {
        level.and_then(|level| levels(self.kinds[column]).get(level)).map_or(Agreement::Missing, |level| level.agreement)
    }

    /// Is that level the last one, "different"?
    pub(crate) fn is_different(&self, column: usize, level: usize) -> bool {
        level + 1 == levels(self.kinds[column]).len()
    }

    /// How two records of the table, or one of it and one that is only asked about, agree.
    pub(crate) fn compare(&self, table: &Table, one: &impl Side, other: &impl Side) -> Pattern {
        let mut pattern = Pattern::default();
        for (column, kind) in self.kinds.iter().enumerate() {
            let level = match (one.value(column), other.value(column)) {
                (Some((number, _)), Some((other_number, _))) if number == other_number && number != 0 => Some(0),
                (Some((number, value)), Some((other_number, other_value))) => {
                    // Two numbers of the table are two values; one that is only asked about has none if it is new.
                    let of_table = number != 0 && other_number != 0;
                    let compare = if of_table { compare_different } else { compare };
                    Some(position(*kind, compare(*kind, value, other_value, table.store(column))))
                }
                _ => None,
            };
            pattern = pattern.with(column, level);
        }
        for (first, second) in self.exchanged.into_iter().chain(self.exchanged_lines) {
            if self.are_exchanged(table, one, other, pattern, (first, second)) {
                pattern = pattern.with(first, Some(position(self.kinds[first], Agreement::Swapped)));
                pattern = pattern.with(second, Some(position(self.kinds[second], Agreement::Swapped)));
            }
        }
        pattern
    }

    fn are_exchanged(&self, table: &Table, one: &impl Side, other: &impl Side, pattern: Pattern, (first, second): (usize, usize)) -> bool {
        let is_weak = |column: usize| pattern.level(column).is_some_and(|level| level > position(self.kinds[column], Agreement::Near));
        if !is_weak(first) || !is_weak(second) {
            return false;
        }
        let crossed = [(one.value(first), other.value(second)), (one.value(second), other.value(first))];
        let keys = crossed.map(|(left, right)| left.zip(right).is_some_and(|((_, left), (_, right))| left.is_same(right)));
        let near = |(left, right): (Cell<'_>, Cell<'_>)| {
            left.zip(right).is_some_and(|((_, left), (_, right))| {
                matches!(compare(self.kinds[first], left, right, table.store(first)), Agreement::Equal | Agreement::Near | Agreement::SameSound)
            })
        };
        match keys {
            [true, true] => true,
            [true, false] => near(crossed[1]),
            [false, true] => near(crossed[0]),
            [false, false] => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;

    #[test]
    fn holds_sixteen_columns() {
        let pattern = (0..MAX_COLUMNS).fold(Pattern::default(), |pattern, column| pattern.with(column, (column % 3 > 0).then_some(column % 15)));
        for column in 0..MAX_COLUMNS {
            assert_eq!(pattern.level(column), (column % 3 > 0).then_some(column % 15));
        }
    }

    #[test]
    fn sees_exchanged_names_and_missing_ones() {
        let mut table = Table::new([Column::new("given", FieldKind::GivenName), Column::new("surname", FieldKind::Surname)]);
        for (id, values) in [["madeline", "mason"], ["masno", "madeline"], ["", "mason"], ["oliver", "berry"]].iter().enumerate() {
            table.add(id as u64, values);
        }
        let comparisons = Comparisons::of(&table);
        let agreements = |one: u32, other: u32| {
            let pattern = comparisons.compare(&table, &Place::new(&table, one), &Place::new(&table, other));
            [0, 1].map(|column| comparisons.agreement(column, pattern.level(column)))
        };
        assert_eq!(agreements(0, 1), [Agreement::Swapped, Agreement::Swapped]);
        assert_eq!(agreements(1, 0), agreements(0, 1));
        assert_eq!(agreements(0, 2), [Agreement::Missing, Agreement::Equal]);
        assert_eq!(agreements(0, 3), [Agreement::Different, Agreement::Different]);
    }
}
