//! From shares to bits: what a level is worth, and what a rare value adds.

use crate::column::{Agreement, FieldKind};
use crate::estimate::Estimate;
use crate::pattern::{Pattern, Side};
use crate::rarity::{Frequencies, MOST_FOR_RARE};
use crate::table::Table;

/// Bits by column and level.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    /// Of the prior: how unlikely it is that two records are the same before anything is compared.
    pub prior: f64,
    bits: Vec<Vec<f64>>,
    /// By column: do neighbours share it?
    shared: Vec<bool>,
    /// Pairs of neighbours for each pair of strangers.
    neighbours: f64,
    frequencies: Frequencies,
}

impl Weights {
    pub(crate) fn new(kinds: &[FieldKind], estimate: &Estimate, records: usize) -> Self {
        let bits = estimate.m.iter().zip(&estimate.u).map(|(m, u)| falling_bits(m, u)).collect();
        Self {
            prior: (estimate.prevalence / (1.0 - estimate.prevalence)).log2(),
            bits,
            shared: estimate.shared.clone(),
            neighbours: estimate.neighbours / (1.0 - estimate.prevalence - estimate.neighbours),
            frequencies: Frequencies::new(kinds, estimate.u.iter().map(|u| u[0]), estimate.prevalence * records.saturating_sub(1) as f64),
        }
    }

    /// Bits of one column, and how many of them are for the rarity of the value.
    pub(crate) fn column(&self, table: &Table, column: usize, level: Option<usize>, one: &impl Side, other: &impl Side) -> (f64, f64) {
        let Some(level) = level else {
            return (0.0, 0.0);
        };
        let bits = self.bits[column][level];
        if bits <= 0.0 {
            return (bits, 0.0);
        }
        let adjusted = (bits + self.frequencies.bits(table, column, level, one, other)).max(0.0);
        (adjusted, adjusted - bits)
    }

    /// Bits of all columns, of neighbours and the prior.
    pub(crate) fn total(&self, table: &Table, pattern: Pattern, one: &impl Side, other: &impl Side) -> f64 {
        self.sum(|column| self.column(table, column, pattern.level(column), one, other).0)
    }

    /// Most that any pair with this pattern could have.
    pub(crate) fn at_most(&self, pattern: Pattern) -> f64 {
        self.sum(|column| {
            let Some(level) = pattern.level(column) else {
                return 0.0;
            };
            let bits = self.bits[column][level];
            bits + if level == 0 && bits > 0.0 { MOST_FOR_RARE } else { 0.0 }
        })
    }

    fn sum(&self, bits_of: impl Fn(usize) -> f64) -> f64 {
        let (mut own, mut shared) = (0.0, 0.0);
        for column in 0..self.bits.len() {
            *(if self.shared[column] { &mut shared } else { &mut own }) += bits_of(column);
        }
        self.prior + own + shared + self.against_neighbours(shared)
    }

    /// Bits to take off because whoever shares so much of a place may still be somebody else. However well the place
    /// agrees, all of it together says no more than that it is one place.
    pub(crate) fn against_neighbours(&self, shared_bits: f64) -> f64 {
        if self.shared.contains(&true) { -(1.0 + self.neighbours * shared_bits.exp2()).log2() } else { 0.0 }
    }

    /// Do neighbours share this column?
    pub(crate) fn is_shared(&self, column: usize) -> bool {
        self.shared[column]
    }
}

/// Probability for a number of bits.
pub(crate) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// Bits of each level, never more for a weaker one: where the data say otherwise, neighbours are taken together.
fn falling_bits(m: &[f64], u: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (m, u) in m.iter().zip(u) {
        pools.push((*m, *u, 1));
        while let [.., (m1, u1, many1), (m2, u2, many2)] = pools.as_slice()
            && m2 / u2 > m1 / u1
        {
            let pooled = (m1 + m2, u1 + u2, many1 + many2);
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    pools.into_iter().flat_map(|(m, u, many)| std::iter::repeat_n((m / u).log2(), many)).collect()
}

/// Whether rarity is worth a word beside the level.
pub(crate) fn rarity_word(agreement: Agreement, rarity: f64) -> Option<super::explain::Rarity> {
    match agreement {
        Agreement::Missing | Agreement::Different => None,
        _ if rarity >= 1.0 => Some(super::explain::Rarity::Rare),
        _ if rarity <= -1.0 => Some(super::explain::Rarity::Common),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weaker_level_never_counts_more() {
        let bits = falling_bits(&[0.5, 0.3, 0.1, 0.1], &[0.1, 0.01, 0.001, 0.889]);
        assert!(bits.is_sorted_by(|one, other| one >= other), "{bits:?}");
        assert!((bits[0] - bits[2]).abs() < 1e-9, "taken together");
        assert_eq!(falling_bits(&[0.9, 0.1], &[0.1, 0.9])[0], 9.0_f64.log2());
    }

    #[test]
    fn bits_and_probabilities() {
        assert_eq!(probability(0.0), 0.5);
        assert!(probability(2000.0) == 1.0 && probability(-2000.0) == 0.0);
    }
}
