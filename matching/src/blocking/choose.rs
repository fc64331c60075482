//! Which passes serve these records, and how large a block may be.

use super::pass::{Pass, has_rough, has_words, names_something};
use crate::column::FieldKind;
use crate::table::Table;

/// Most passes over two rough values.
const MAX_ROUGH: usize = 14;
/// Of these, most that look at one column.
const MAX_ROUGH_OF_COLUMN: usize = 5;
/// Largest block that is looked at, whatever the data.
const LARGEST_BLOCK: usize = 1000;
const SMALLEST_BLOCK: usize = 20;
/// Pairs to compare, per record and at least.
const PAIRS_PER_RECORD: f64 = 60.0;
const MIN_PAIRS: f64 = 3_000_000.0;

/// Sizes of the blocks of one pass that hold more than one record, by size, with how many there are.
struct Sizes(Vec<(usize, usize)>);

impl Sizes {
    fn of(mut keys: Vec<u64>) -> Self {
        keys.sort_unstable();
        let mut sizes: Vec<usize> = keys.chunk_by(|one, other| one == other).map(<[u64]>::len).filter(|size| *size > 1).collect();
        sizes.sort_unstable();
        Self(sizes.chunk_by(|one, other| one == other).map(|run| (run[0], run.len())).collect())
    }

    fn up_to(&self, largest: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.0.iter().copied().take_while(move |(size, _)| *size <= largest)
    }

    fn pairs(&self, largest: usize) -> f64 {
        self.up_to(largest).map(|(size, many)| many as f64 * size as f64 * (size as f64 - 1.0) / 2.0).sum()
    }

    /// Records whose block is not too large.
    fn records(&self, largest: usize) -> usize {
        self.up_to(largest).map(|(size, many)| size * many).sum()
    }

    fn records_beyond(&self, largest: usize) -> usize {
        self.0.iter().filter(|(size, _)| *size > largest).map(|(size, many)| size * many).sum()
    }
}

/// The passes, and the largest block that is looked at.
pub(crate) fn choose(table: &Table) -> (Vec<Pass>, usize) {
    let kinds: Vec<FieldKind> = table.columns().iter().map(|column| column.kind).collect();
    let budget = (table.len() as f64 * PAIRS_PER_RECORD).max(MIN_PAIRS);
    let single: Vec<(Pass, Sizes)> = singles(&kinds).into_iter().map(|pass| (pass, measure(table, &kinds, pass))).collect();
    let mut largest = LARGEST_BLOCK;
    while largest > SMALLEST_BLOCK && single.iter().map(|(_, sizes)| sizes.pairs(largest)).sum::<f64>() > budget / 2.0 {
        largest = (largest * 3 / 4).max(SMALLEST_BLOCK);
    }
    let mut left = budget - single.iter().map(|(_, sizes)| sizes.pairs(largest)).sum::<f64>();
    let mut passes: Vec<Pass> = std::iter::once(Pass::Whole).chain(single.iter().map(|(pass, _)| *pass)).collect();
    let mut rough: Vec<(usize, f64, [usize; 2])> = roughs(&kinds)
        .into_iter()
        .map(|columns| {
            let sizes = measure(table, &kinds, Pass::Rough(columns[0], columns[1]));
            // Who stands in a block that is too large gains nothing from the pass; who stands alone in it costs nothing.
            (sizes.records_beyond(largest) * 8 / table.len().max(1), sizes.pairs(largest), sizes.records(largest), columns)
        })
        .filter(|(_, _, records, _)| *records > 0)
        .map(|(beyond, pairs, _, columns)| (beyond, pairs, columns))
        .collect();
    rough.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut looks_at = vec![0; kinds.len()];
    let mut taken = 0;
    for (_, pairs, columns) in rough {
        if taken < MAX_ROUGH && pairs <= left && columns.iter().all(|column| looks_at[*column] < MAX_ROUGH_OF_COLUMN) {
            left -= pairs;
            taken += 1;
            columns.iter().for_each(|column| looks_at[*column] += 1);
            passes.push(Pass::Rough(columns[0], columns[1]));
        }
    }
    (passes, largest)
}

fn singles(kinds: &[FieldKind]) -> Vec<Pass> {
    let columns = || (0..kinds.len()).filter(|column| names_something(kinds[*column]));
    let mut passes: Vec<Pass> = columns().map(Pass::Value).collect();
    passes.extend((0..kinds.len()).filter(|column| has_words(kinds[*column])).map(Pass::Word));
    let of = |kind: FieldKind| kinds.iter().position(|other| *other == kind);
    if let (Some(given), Some(surname)) = (of(FieldKind::GivenName), of(FieldKind::Surname)) {
        passes.push(Pass::Either(given, surname));
    }
    passes
}

fn roughs(kinds: &[FieldKind]) -> Vec<[usize; 2]> {
    let columns: Vec<usize> = (0..kinds.len()).filter(|column| has_rough(kinds[*column])).collect();
    let pairs = columns.iter().enumerate().flat_map(|(place, one)| columns[place + 1..].iter().map(|other| [*one, *other]));
    pairs.collect()
}

fn measure(table: &Table, kinds: &[FieldKind], pass: Pass) -> Sizes {
    let mut keys = Vec::with_capacity(table.len());
    for slot in table.live_slots() {
        pass.keys(0, kinds, &table.view(slot), &mut keys);
    }
    Sizes::of(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;

    #[test]
    fn large_blocks_are_left_out_and_bounded() {
        let mut table = Table::new([Column::new("surname", FieldKind::Surname), Column::new("phone", FieldKind::Phone)]);
        for id in 0..20_000_u64 {
            table.add(id, &["Smith", &format!("1380{id:07}")]);
        }
        let (passes, largest) = choose(&table);
        assert!(passes.contains(&Pass::Value(1)) && largest <= LARGEST_BLOCK);
        let sizes = measure(&table, &[FieldKind::Surname, FieldKind::Phone], Pass::Value(0));
        assert_eq!((sizes.pairs(largest), sizes.records_beyond(largest)), (0.0, 20_000));
    }
}
