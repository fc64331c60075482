//! Which pairs are counted.

use std::collections::HashMap;

use super::em::{Counts, Observation};
use crate::blocking::{Blocks, Seen};
use crate::column::shared_by_neighbours;
use crate::pattern::{Comparisons, Place, Side};
use crate::prepare::mix;
use crate::rarity::Frequencies;
use crate::table::{List, Table};

/// Random pairs that are compared; where there are no more than that, all are.
const CHANCE_PAIRS: usize = 600_000;
/// Records are learnt from until so many of their candidates were compared.
const CANDIDATE_PAIRS: usize = 1_000_000;

/// Records in an order that follows from what they say, not from when they came; those alike in everything once if wanted.
fn ordered(table: &Table, list: Option<List>, once: bool) -> Vec<u32> {
    let mut slots: Vec<(u64, u32)> =
        table.live_slots().filter(|slot| list.is_none_or(|list| table.list(*slot) == list)).map(|slot| (table.row_hash(slot), slot)).collect();
    slots.sort_unstable();
    if once {
        slots.dedup_by_key(|(hash, _)| *hash);
    }
    slots.into_iter().map(|(_, slot)| slot).collect()
}

/// Compares pairs and counts how they agree.
pub(crate) struct Sampler<'t> {
    table: &'t Table,
    comparisons: &'t Comparisons,
    frequencies: Frequencies,
    shared: Vec<bool>,
}

impl<'t> Sampler<'t> {
    pub(crate) fn new(table: &'t Table, comparisons: &'t Comparisons) -> Self {
        let kinds = comparisons.kinds();
        Self { table, comparisons, frequencies: Frequencies::of(table, kinds), shared: shared_by_neighbours(kinds) }
    }

    fn observe(&self, one: &impl Side, other: &impl Side) -> Observation {
        let pattern = self.comparisons.compare(self.table, one, other);
        let (mut own, mut shared) = (0.0, 0.0);
        for (column, is_shared) in self.shared.iter().enumerate() {
            if let Some(level) = pattern.level(column).filter(|level| !self.comparisons.is_different(column, *level)) {
                *(if *is_shared { &mut shared } else { &mut own }) += self.frequencies.bits(self.table, column, level, one, other);
            }
        }
        // Sixteen columns of ten bits at most; beyond these limits a pair is decided anyway.
        let whole = |bits: f64| bits.round().clamp(-60.0, 60.0) as i8;
        Observation { pattern, shared: whole(shared), own: whole(own) }
    }

    /// How random pairs agree. Records alike in everything count once: they say nothing about chance.
    pub(crate) fn chance_pairs(&self) -> Counts {
        let table = self.table;
        let two_lists = table.in_second() > 0;
        let first = ordered(table, two_lists.then_some(List::First), true);
        let second = if two_lists { ordered(table, Some(List::Second), true) } else { first.clone() };
        let mut counted: HashMap<Observation, f64> = HashMap::new();
        let mut count = |one: u32, other: u32| {
            *counted.entry(self.observe(&Place::new(table, one), &Place::new(table, other))).or_insert(0.0) += 1.0;
        };
        let all = if two_lists { first.len() * second.len() } else { first.len() * first.len().saturating_sub(1) / 2 };
        if all <= CHANCE_PAIRS {
            for (place, one) in first.iter().enumerate() {
                let others = if two_lists { &second[..] } else { &second[place + 1..] };
                others.iter().for_each(|other| count(*one, *other));
            }
        } else {
            for draw in 0..CHANCE_PAIRS as u64 {
                let one = below(mix(draw, 1), first.len());
                let other = below(mix(draw, 2), second.len());
                if two_lists || one != other {
                    count(first[one], second[other]);
                }
            }
        }
        Counts::new(counted, all as f64)
    }

    /// How candidates agree; without blocks every pair is one.
    pub(crate) fn candidate_pairs(&self, blocks: Option<&Blocks>) -> Counts {
        let table = self.table;
        let two_lists = table.in_second() > 0;
        let all = ordered(table, two_lists.then_some(List::First), false);
        let others = if two_lists { table.in_second() } else { table.len().saturating_sub(1) };
        let mut counted: HashMap<Observation, f64> = HashMap::new();
        let mut seen = Seen::default();
        let (mut compared, mut teachers) = (0, 0.0);
        // The order is that of a hash: its beginning is a random choice.
        for teacher in &all {
            if compared > CANDIDATE_PAIRS {
                break;
            }
            teachers += 1.0;
            let view = table.view(*teacher);
            let mut count = |other: u32| {
                if other == *teacher || (two_lists && table.list(other) == List::First) {
                    return;
                }
                compared += 1;
                *counted.entry(self.observe(&view, &Place::new(table, other))).or_insert(0.0) += 1.0;
            };
            match blocks {
                Some(blocks) => blocks.candidates(&view, table.places(), &mut seen, count),
                None => table.live_slots().for_each(&mut count),
            }
        }
        Counts::new(counted, teachers * others as f64)
    }
}

/// A number below the limit out of a random one; the limit is that of a table, far below 2^32.
fn below(random: u64, limit: usize) -> usize {
    (((random >> 32) * limit as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_below() {
        for limit in [1, 2, 7, 1_000_000] {
            assert!((0..1000).all(|draw| below(mix(draw, 1), limit) < limit));
        }
    }
}
