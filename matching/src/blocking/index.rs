//! The blocks themselves, kept as records come and go.

use std::collections::HashMap;

use super::pass::Pass;
use crate::column::FieldKind;
use crate::prepare::PassThrough;
use crate::table::View;

/// Of records alike in everything, more of which there are than a block may hold, so many are looked at.
const MOST_ALIKE: usize = 20;

/// Who has a key. Most keys are had by one record only.
#[derive(Clone, Debug)]
enum Block {
    One(u32),
    Many(Vec<u32>),
}

impl Block {
    fn members(&self) -> &[u32] {
        match self {
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }
}

/// All blocks of all passes.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    passes: Vec<Pass>,
    kinds: Vec<FieldKind>,
    largest: usize,
    blocks: HashMap<u64, Block, PassThrough>,
}

/// Which records were met already in one search; kept over many searches, for it is as long as the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    met: Vec<u32>,
    search: u32,
    keys: Vec<u64>,
}

impl Seen {
    fn begin(&mut self, places: usize) {
        self.search = self.search.wrapping_add(1);
        if self.search == 0 || self.met.len() < places {
            self.met.clear();
            self.met.resize(places, 0);
            self.search = 1;
        }
    }
}

impl Blocks {
    pub(crate) fn new(passes: Vec<Pass>, kinds: Vec<FieldKind>, largest: usize) -> Self {
        Self { passes, kinds, largest, blocks: HashMap::default() }
    }

    fn keys(&self, record: &View<'_>, keys: &mut Vec<u64>) {
        keys.clear();
        for (number, pass) in self.passes.iter().enumerate() {
            pass.keys(number, &self.kinds, record, keys);
        }
    }

    pub(crate) fn add(&mut self, slot: u32, record: &View<'_>) {
        let mut keys = Vec::new();
        self.keys(record, &mut keys);
        for key in keys {
            self.blocks
                .entry(key)
                .and_modify(|block| match block {
                    Block::One(only) => *block = Block::Many(vec![*only, slot]),
                    Block::Many(slots) => slots.push(slot),
                })
                .or_insert(Block::One(slot));
        }
    }

    pub(crate) fn remove(&mut self, slot: u32, record: &View<'_>) {
        let mut keys = Vec::new();
        self.keys(record, &mut keys);
        for key in keys {
            let Some(block) = self.blocks.get_mut(&key) else {
                continue;
            };
            if let Block::Many(slots) = block {
                if let Some(place) = slots.iter().position(|member| *member == slot) {
                    slots.swap_remove(place);
                }
                if let [only] = slots.as_slice() {
                    *block = Block::One(*only);
                }
            } else {
                self.blocks.remove(&key);
            }
        }
    }

    /// Calls for each record that shares a block with this one, once. `places` is how many the table has.
    pub(crate) fn candidates(&self, record: &View<'_>, places: usize, seen: &mut Seen, mut found: impl FnMut(u32)) {
        let mut keys = std::mem::take(&mut seen.keys);
        self.keys(record, &mut keys);
        seen.begin(places);
        for (place, block) in keys.iter().enumerate().filter_map(|(place, key)| Some((place, self.blocks.get(key)?))) {
            // The first key is that of the whole record. Of those alike in everything a few lead to all the others.
            let members = match block.members() {
                members if members.len() <= self.largest => members,
                members if place == 0 && self.passes.first() == Some(&Pass::Whole) => &members[..MOST_ALIKE.min(members.len())],
                _ => continue,
            };
            for slot in members {
                let met = &mut seen.met[*slot as usize];
                if *met != seen.search {
                    *met = seen.search;
                    found(*slot);
                }
            }
        }
        seen.keys = keys;
    }

    /// No key of any record left?
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;
    use crate::table::{List, Table};

    #[test]
    fn finds_each_once_and_forgets_what_was_removed() {
        let kinds = vec![FieldKind::GivenName, FieldKind::Surname];
        let mut table = Table::new(kinds.iter().map(|kind| Column::new("c", *kind)));
        let mut blocks = Blocks::new(vec![Pass::Value(0), Pass::Value(1)], kinds, 3);
        for (id, values) in [["ann", "smith"], ["ann", "smith"], ["bob", "smith"], ["bob", "jones"], ["eve", "jones"]].iter().enumerate() {
            let slot = table.insert(List::First, id as u64, values);
            blocks.add(slot, &table.view(slot));
        }
        let mut seen = Seen::default();
        let mut find = |blocks: &Blocks, slot: u32| {
            let mut found = Vec::new();
            blocks.candidates(&table.view(slot), table.places(), &mut seen, |other| found.push(other));
            found.sort_unstable();
            found
        };
        assert_eq!(find(&blocks, 0), [0, 1, 2]);
        assert_eq!(find(&blocks, 2), [0, 1, 2, 3]);
        let mut fewer = blocks.clone();
        fewer.largest = 2;
        assert_eq!(find(&fewer, 0), [0, 1], "three smiths are too many");
        for slot in 0..5 {
            blocks.remove(slot, &table.view(slot));
        }
        assert!(blocks.is_empty());
    }
}
