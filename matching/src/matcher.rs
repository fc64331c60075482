//! The whole of it: records in, duplicates out, at once or one by one.

use crate::blocking::{Blocks, Seen, choose};
use crate::column::{Agreement, FieldKind};
use crate::estimate::{Sampler, fit};
use crate::explain::{Explanation, Reason};
use crate::pattern::{Comparisons, Pattern, Place, Side};
use crate::table::{List, Table, View};
use crate::weights::{Weights, probability, rarity_word};

/// From here on a pair is worth a person's look.
pub const REVIEW: f64 = 0.5;
/// From here on a pair may be merged without one.
pub const AUTOMATIC: f64 = 0.99;

/// Up to so many records every pair is compared.
const COMPARE_ALL: usize = 2000;
/// Duplicates expected among so many records even where none were found.
const BELIEVED_DUPLICATES: f64 = 0.002;
/// But in a table of two records no larger share of its pairs than this.
const MOST_BELIEVED: f64 = 0.1;

/// Two records that may be the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The one with the smaller id; of two lists, the one in the first.
    pub left: u64,
    /// The other.
    pub right: u64,
    /// Bits for their being the same.
    pub bits: f64,
    /// The same as a probability, 0 to 1.
    pub probability: f64,
    /// May it be merged without a person's look: from [`AUTOMATIC`] on, and the names agree? A shared phone and address
    /// do not make two names one.
    pub is_automatic: bool,
}

/// A record that may be the same as the one asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub id: u64,
    /// Bits for its being the same.
    pub bits: f64,
    /// The same as a probability, 0 to 1.
    pub probability: f64,
    /// May it be merged without a person's look: from [`AUTOMATIC`] on, and the names agree? A shared phone and address
    /// do not make two names one.
    pub is_automatic: bool,
}

/// Records with what was learnt from them.
#[derive(Clone, Debug)]
pub struct Matcher {
    table: Table,
    comparisons: Comparisons,
    blocks: Blocks,
    weights: Weights,
}

impl Matcher {
    /// Learns from the records: which comparisons there are follows from the kinds of their columns, which candidates are
    /// looked at and what agreement is worth from the values. Takes seconds for a million records.
    pub fn fit(table: Table) -> Self {
        let (passes, largest) = choose(&table);
        let comparisons = Comparisons::of(&table);
        let mut blocks = Blocks::new(passes, comparisons.kinds().to_vec(), largest);
        for slot in table.live_slots() {
            blocks.add(slot, &table.view(slot));
        }
        let sampler = Sampler::new(&table, &comparisons);
        let chance = sampler.chance_pairs();
        let candidates = sampler.candidate_pairs((table.len() > COMPARE_ALL).then_some(&blocks));
        let fewest = (BELIEVED_DUPLICATES.max(1.0 / table.len().max(1) as f64) / table.len().max(2) as f64).min(MOST_BELIEVED);
        let estimate = fit(comparisons.kinds(), &candidates, &chance, fewest);
        let weights = Weights::new(comparisons.kinds(), &estimate, table.len());
        Self { table, comparisons, blocks, weights }
    }

    /// The records.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Ends the use of this one, for instance to learn anew from the same records.
    pub fn into_table(self) -> Table {
        self.table
    }

    /// Pairs that are the same with at least this probability, likeliest first. Of two lists, pairs across them only.
    pub fn pairs(&self, at_least: f64, threads: usize) -> Vec<Pair> {
        let slots: Vec<u32> = self.table.live_slots().collect();
        let threads = threads.clamp(1, slots.len().max(1));
        let mut pairs: Vec<Pair> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|worker| {
                    let own = slots.iter().copied().skip(worker).step_by(threads);
                    scope.spawn(move || self.pairs_of(own, at_least))
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        });
        pairs.sort_by(|one, other| other.bits.total_cmp(&one.bits).then((one.left, one.right).cmp(&(other.left, other.right))));
        pairs
    }

    fn pairs_of(&self, slots: impl Iterator<Item = u32>, at_least: f64) -> Vec<Pair> {
        let mut pairs = Vec::new();
        let mut seen = Seen::default();
        for slot in slots {
            let view = self.table.view(slot);
            self.each_candidate(&view, &mut seen, |other| {
                // Each pair is met from both sides; across lists from the first.
                if other >= slot && self.table.in_second() == 0 || self.is_within_list(slot, other) {
                    return;
                }
                if let Some((bits, is_automatic)) = self.bits_at_least(&view, other, at_least) {
                    pairs.push(self.pair(slot, other, bits, is_automatic));
                }
            });
        }
        pairs
    }

    fn is_within_list(&self, slot: u32, other: u32) -> bool {
        self.table.in_second() > 0 && !(self.table.list(slot) == List::First && self.table.list(other) == List::Second)
    }

    fn pair(&self, slot: u32, other: u32, bits: f64, is_automatic: bool) -> Pair {
        let (one, other) = (self.table.id(slot), self.table.id(other));
        let (left, right) = if self.table.in_second() > 0 { (one, other) } else { (one.min(other), one.max(other)) };
        Pair { left, right, bits, probability: probability(bits), is_automatic }
    }

    fn each_candidate(&self, view: &View<'_>, seen: &mut Seen, found: impl FnMut(u32)) {
        if self.table.len() <= COMPARE_ALL {
            self.table.live_slots().for_each(found);
        } else {
            self.blocks.candidates(view, self.table.places(), seen, found);
        }
    }

    fn bits_at_least(&self, view: &View<'_>, other: u32, at_least: f64) -> Option<(f64, bool)> {
        let place = Place::new(&self.table, other);
        let pattern = self.comparisons.compare(&self.table, view, &place);
        if probability(self.weights.at_most(pattern)) < at_least {
            return None;
        }
        let bits = self.weights.total(&self.table, pattern, view, &place);
        let is_automatic = || probability(bits) >= AUTOMATIC && self.names_agree(pattern, view, &place);
        (probability(bits) >= at_least).then(|| (bits, is_automatic()))
    }

    /// Do the names speak for the pair, one of them clearly? True where there are none. Not where two given names differ, however
    /// rare the surname: those are of one family.
    fn names_agree(&self, pattern: Pattern, one: &impl Side, other: &impl Side) -> bool {
        let (mut bits, mut is_named, mut is_clear) = (0.0, false, false);
        for (column, kind) in self.comparisons.kinds().iter().enumerate().filter(|(_, kind)| kind.is_name()) {
            let level = pattern.level(column);
            let agreement = self.comparisons.agreement(column, level);
            if *kind == FieldKind::GivenName && agreement == Agreement::Different {
                return false;
            }
            is_named |= level.is_some();
            is_clear |= !matches!(agreement, Agreement::Missing | Agreement::Similar | Agreement::Part | Agreement::Different);
            bits += self.weights.column(&self.table, column, level, one, other).0;
        }
        !is_named || (is_clear && bits > 0.0)
    }

    /// Bits for two records' being the same, candidates or not. Nothing where there is no such record.
    pub fn bits(&self, left: u64, right: u64) -> Option<f64> {
        let (left, right) = (self.table.slot(left)?, self.table.slot(right)?);
        let (left, right) = (Place::new(&self.table, left), Place::new(&self.table, right));
        let pattern = self.comparisons.compare(&self.table, &left, &right);
        Some(self.weights.total(&self.table, pattern, &left, &right))
    }

    /// Why two records are, or are not, the same. Nothing where there is no such record.
    pub fn explain(&self, left: u64, right: u64) -> Option<Explanation> {
        let (left, right) = (self.table.slot(left)?, self.table.slot(right)?);
        Some(self.explanation(&Place::new(&self.table, left), &Place::new(&self.table, right)))
    }

    /// Why a record that is not in the table is, or is not, the same as one that is.
    pub fn explain_values(&self, values: &[&str], id: u64) -> Option<Explanation> {
        let slot = self.table.slot(id)?;
        let prepared = self.table.prepare(values);
        Some(self.explanation(&self.table.view_of(&prepared), &Place::new(&self.table, slot)))
    }

    fn explanation(&self, one: &impl Side, other: &impl Side) -> Explanation {
        let pattern = self.comparisons.compare(&self.table, one, other);
        let reasons: Vec<Reason> = self
            .table
            .columns()
            .iter()
            .enumerate()
            .map(|(column, named)| {
                let level = pattern.level(column);
                let agreement = self.comparisons.agreement(column, level);
                let (bits, rarity) = self.weights.column(&self.table, column, level, one, other);
                Reason { column: named.name.clone(), agreement, rarity: rarity_word(agreement, rarity), bits }
            })
            .collect();
        let shared = reasons.iter().enumerate().filter(|(column, _)| self.weights.is_shared(*column)).map(|(_, reason)| reason.bits).sum();
        let neighbours = self.weights.against_neighbours(shared);
        let total = reasons.iter().map(|reason| reason.bits).sum::<f64>() + neighbours + self.weights.prior;
        Explanation { reasons, neighbours, prior: self.weights.prior, total, probability: probability(total) }
    }

    /// Records that are the same as these values with at least this probability, likeliest first, no more than `most`.
    pub fn check(&self, values: &[&str], at_least: f64, most: usize) -> Vec<Candidate> {
        self.check_with(&mut Checking::default(), values, at_least, most)
    }

    /// As [`Matcher::check`], with memory kept between checks.
    pub fn check_with(&self, checking: &mut Checking, values: &[&str], at_least: f64, most: usize) -> Vec<Candidate> {
        let prepared = self.table.prepare(values);
        let view = self.table.view_of(&prepared);
        let mut found = Vec::new();
        self.each_candidate(&view, &mut checking.0, |other| {
            if let Some((bits, is_automatic)) = self.bits_at_least(&view, other, at_least) {
                found.push(Candidate { id: self.table.id(other), bits, probability: probability(bits), is_automatic });
            }
        });
        found.sort_by(|one, other| other.bits.total_cmp(&one.bits).then(one.id.cmp(&other.id)));
        found.truncate(most);
        found
    }

    /// Adds a record, in place of the one that has the id. What was learnt stays as it is.
    pub fn add(&mut self, id: u64, values: &[&str]) {
        self.add_to(List::First, id, values);
    }

    /// Adds a record to one of two lists.
    pub fn add_to(&mut self, list: List, id: u64, values: &[&str]) {
        self.remove(id);
        let slot = self.table.insert(list, id, values);
        self.blocks.add(slot, &self.table.view(slot));
    }

    /// Takes a record out; says whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        if let Some(slot) = self.table.slot(id) {
            self.blocks.remove(slot, &self.table.view(slot));
        }
        self.table.remove(id)
    }
}

/// Memory that many checks share: as long as the table, so that it is not asked for anew each time.
#[derive(Clone, Debug, Default)]
pub struct Checking(Seen);
