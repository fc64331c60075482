//! How much rarer a value is than values of its column are on average: two rare surnames that agree say more.

use crate::column::FieldKind;
use crate::pattern::Side;
use crate::table::Table;

/// A rare value adds at most so much: two typists make the same error now and then.
pub(crate) const MOST_FOR_RARE: f64 = 6.0;
const MOST_FOR_COMMON: f64 = -10.0;

/// What is rare and what is common in each column.
#[derive(Clone, Debug)]
pub(crate) struct Frequencies {
    /// By column: how likely two records that are not the same agree; nothing where rarity says nothing.
    average: Vec<Option<f64>>,
    /// Copies of a record there are besides it, on average, and at least the one that is looked at.
    copies: f64,
}

impl Frequencies {
    /// With what was found for each column.
    pub(crate) fn new(kinds: &[FieldKind], average: impl Iterator<Item = f64>, copies: f64) -> Self {
        // The same house number in two streets is no rarer a thing for being a high one.
        let average = kinds.iter().zip(average).map(|(kind, average)| (*kind != FieldKind::HouseNumber).then_some(average));
        Self { average: average.collect(), copies: copies.max(1.0) }
    }

    /// With what the table says by itself, before anything was compared.
    pub(crate) fn of(table: &Table, kinds: &[FieldKind]) -> Self {
        Self::new(kinds, (0..kinds.len()).map(|column| table.store(column).chance_of_equal()), 1.0)
    }

    /// Bits for the values of a column in which two records agree to some level, 0 being equality.
    pub(crate) fn bits(&self, table: &Table, column: usize, level: usize, one: &impl Side, other: &impl Side) -> f64 {
        let (Some(average), Some((number, _)), Some((other_number, _))) = (self.average[column], one.value(column), other.value(column)) else {
            return 0.0;
        };
        let store = table.store(column);
        let count = f64::from(store.count(number).max(store.count(other_number)));
        let records = table.distinct_rows().max(1) as f64;
        // A value's own copies do not make it frequent.
        let others = (count - 1.0 - self.copies).max(0.0);
        let frequency = (others + (records * average).clamp(1e-9, 1.0)) / records;
        let bits = (average.max(1e-12) / frequency).log2().clamp(MOST_FOR_COMMON, MOST_FOR_RARE);
        // Nearly the frequent value is nearly nothing; that a typing error is rare says nothing.
        if level == 0 { bits } else { bits.min(0.0) }
    }
}
