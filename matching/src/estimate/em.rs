//! Expectation-maximisation over patterns of agreement.

use std::collections::HashMap;

use crate::column::{FieldKind, shared_by_neighbours};
use crate::compare::levels;
use crate::pattern::Pattern;

/// What is thought before data weighs as much as so many pairs.
const M_BELIEF: f64 = 4.0;
const U_BELIEF: f64 = 20.0;
const MOST_ROUNDS: usize = 200;
/// Neighbours believed in where none were found, for each pair of the same that is believed in.
const FEWEST_NEIGHBOURS: f64 = 0.1;
/// No more than this share of all pairs is the same, or of neighbours.
const MOST_OF_A_SORT: f64 = 0.4;
const CONVERGED: f64 = 1e-5;
/// No level is impossible between two that are the same.
const SMALLEST_M: f64 = 1e-5;
/// A share no smaller than this much of one pair among those that were looked at.
const SMALLEST_COUNT: f64 = 0.3;

/// How a pair agrees, with how rare what it agrees in is: whole bits, of what neighbours share and of the rest. Without
/// these, two who bear the most common names would be taken for the same whenever names are unevenly spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Observation {
    /// Levels.
    pub pattern: Pattern,
    /// Rarity of what is shared by neighbours, in bits.
    pub shared: i8,
    /// Rarity of the rest, in bits.
    pub own: i8,
}

/// Pairs that were compared, by how they agree, and how many there are to be found in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// Sorted, so that sums do not depend on the order of records.
    pub patterns: Vec<(Observation, f64)>,
    /// Pairs of which these are all that matter.
    pub out_of: f64,
}

impl Counts {
    pub(crate) fn new(counted: HashMap<Observation, f64>, out_of: f64) -> Self {
        let mut patterns: Vec<(Observation, f64)> = counted.into_iter().collect();
        patterns.sort_by_key(|(observation, _)| *observation);
        Self { patterns, out_of }
    }

    fn total(&self) -> f64 {
        self.patterns.iter().map(|(_, count)| count).sum()
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// Share of all pairs that are the same.
    pub prevalence: f64,
    /// Share of all pairs that are not the same and yet at the same place: families, departments, shops of one house.
    pub neighbours: f64,
    /// By column: do neighbours share it?
    pub shared: Vec<bool>,
    /// By column and level: share among pairs of the same.
    pub m: Vec<Vec<f64>>,
    /// By column and level: share among others.
    pub u: Vec<Vec<f64>>,
}

impl Estimate {
    fn start(kinds: &[FieldKind], fewest: f64) -> Self {
        let m = kinds.iter().map(|kind| levels(*kind).iter().map(|level| level.m).collect()).collect();
        let u = kinds.iter().map(|kind| levels(*kind).iter().map(|level| level.u).collect()).collect();
        Self { prevalence: fewest, neighbours: fewest, shared: shared_by_neighbours(kinds), m, u }
    }

    /// Probabilities that a pair with this pattern is the same, and that it is one of neighbours.
    fn probabilities(&self, observation: Observation) -> (f64, f64) {
        let pattern = observation.pattern;
        let (mut own, mut shared) = (f64::from(observation.own).exp2(), f64::from(observation.shared).exp2());
        for (column, (m, u)) in self.m.iter().zip(&self.u).enumerate() {
            if let Some(level) = pattern.level(column) {
                *(if self.shared[column] { &mut shared } else { &mut own }) *= m[level] / u[level];
            }
        }
        let neighbours = if self.shared.contains(&true) { self.neighbours * shared } else { 0.0 };
        let same = self.prevalence * own * shared;
        let all = same + neighbours + (1.0 - self.prevalence - self.neighbours);
        if all.is_finite() { (same / all, neighbours / all) } else { (1.0, 0.0) }
    }

    fn distance(&self, other: &Self) -> f64 {
        let shares = |of: &[Vec<f64>], others: &[Vec<f64>]| {
            of.iter().flatten().zip(others.iter().flatten()).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
        };
        let rates = (self.prevalence / other.prevalence).ln().abs().max((self.neighbours / other.neighbours).ln().abs());
        shares(&self.m, &other.m).max(shares(&self.u, &other.u)).max(rates)
    }
}

/// Finds m, u and the share of pairs that are the same.
///
/// `candidates` are the pairs worth comparing, `chance` random ones. `fewest` is the share of pairs that are the same
/// which is believed in any case: where no duplicates are in the data, one may come tomorrow.
pub(crate) fn fit(kinds: &[FieldKind], candidates: &Counts, chance: &Counts, fewest: f64) -> Estimate {
    let start = Estimate::start(kinds, fewest);
    let m_of = |weights: &[f64]| shares(kinds, candidates, weights, M_BELIEF, |level| level.m, SMALLEST_M);
    let u_of = |weights: &[f64]| shares(kinds, chance, weights, U_BELIEF, |level| level.u, smallest(chance));
    let share = |sum: f64, fewest: f64| (sum / candidates.out_of.max(1.0)).clamp(fewest, MOST_OF_A_SORT);
    let mut estimate = Estimate { u: u_of(&vec![1.0; chance.patterns.len()]), ..start };
    for _ in 0..MOST_ROUNDS {
        let (mut same, mut neighbours) = (0.0, 0.0);
        let mut are_same = Vec::with_capacity(candidates.patterns.len());
        for (observation, count) in &candidates.patterns {
            let (is_same, are_neighbours) = estimate.probabilities(*observation);
            same += count * is_same;
            neighbours += count * are_neighbours;
            are_same.push(is_same);
        }
        // Of the random pairs some are the same after all; in a small table these are most of those that agree.
        let are_other: Vec<f64> = chance.patterns.iter().map(|(observation, _)| 1.0 - estimate.probabilities(*observation).0).collect();
        let next = Estimate {
            prevalence: share(same, fewest),
            neighbours: share(neighbours, fewest * FEWEST_NEIGHBOURS),
            shared: estimate.shared.clone(),
            m: m_of(&are_same),
            u: u_of(&are_other),
        };
        let moved = next.distance(&estimate);
        estimate = next;
        if moved < CONVERGED {
            break;
        }
    }
    estimate
}

fn smallest(chance: &Counts) -> f64 {
    SMALLEST_COUNT / (chance.total() + U_BELIEF)
}

/// Shares of the levels of each column among the pairs, each counted by its weight.
fn shares(
    kinds: &[FieldKind],
    counts: &Counts,
    weights: &[f64],
    strength: f64,
    belief: impl Fn(&crate::compare::Level) -> f64,
    smallest: f64,
) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = kinds.iter().map(|kind| levels(*kind).iter().map(|level| strength * belief(level)).collect()).collect();
    for ((observation, count), weight) in counts.patterns.iter().zip(weights) {
        let weighed = count * weight;
        for (column, sums) in sums.iter_mut().enumerate() {
            if let Some(level) = observation.pattern.level(column) {
                sums[level] += weighed;
            }
        }
    }
    for (sums, kind) in sums.iter_mut().zip(kinds) {
        let total: f64 = sums.iter().sum();
        for (share, level) in sums.iter_mut().zip(levels(*kind)) {
            *share = (*share / total).max(smallest.min(belief(level)));
        }
    }
    sums
}

#[cfg(test)]
mod tests;
