//! Records in memory: every value of a column kept once, a record as the numbers of its values.

use std::collections::HashMap;
use std::sync::Arc;

use crate::column::Column;
use crate::compare::WordWeights;
use crate::prepare::{PassThrough, Prepared, hash_of, mix, prepare};

/// Most columns that are compared; further ones are left aside.
pub const MAX_COLUMNS: usize = 16;
/// Number of no value.
const MISSING: u32 = 0;

/// One of the two lists that are linked; without a second list everything is in the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum List {
    /// The first, or only, list.
    #[default]
    First,
    /// The second list.
    Second,
}

/// The records that are searched for duplicates.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    stores: Vec<ValueStore>,
    cells: Vec<u32>,
    slots: Vec<Slot>,
    slot_of: HashMap<u64, u32>,
    free: Vec<u32>,
    /// How many records are the same in all columns, by the hash of these.
    same_rows: HashMap<u64, u32, PassThrough>,
    in_second: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    id: u64,
    list: List,
    is_live: bool,
}

/// The values of one column.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValueStore {
    numbers: HashMap<Arc<str>, u32>,
    values: Vec<Option<Prepared>>,
    hashes: Vec<u64>,
    /// Records that have it.
    uses: Vec<u32>,
    /// The same, records alike in everything counted once.
    distinct_uses: Vec<u32>,
    words: HashMap<u64, u32, PassThrough>,
    free: Vec<u32>,
}

/// A record as it is compared: in the table or only asked about.
pub(crate) struct View<'t> {
    /// By column: the value's number (0 where the table does not have it) and the value.
    pub values: Vec<Option<(u32, &'t Prepared)>>,
}

impl Table {
    /// An empty table. Columns beyond [`MAX_COLUMNS`] are left aside.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        let columns: Vec<Column> = columns.into_iter().take(MAX_COLUMNS).collect();
        let stores = columns.iter().map(|_| ValueStore::new()).collect();
        Self {
            columns,
            stores,
            cells: Vec::new(),
            slots: Vec::new(),
            slot_of: HashMap::new(),
            free: Vec::new(),
            same_rows: HashMap::default(),
            in_second: 0,
        }
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.slot_of.len()
    }

    /// Holds it no record?
    pub fn is_empty(&self) -> bool {
        self.slot_of.is_empty()
    }

    /// Is there a record of that id?
    pub fn contains(&self, id: u64) -> bool {
        self.slot_of.contains_key(&id)
    }

    /// Adds a record, in place of the one that has the id. Values missing at the end are empty.
    pub fn add(&mut self, id: u64, values: &[&str]) {
        self.add_to(List::First, id, values);
    }

    /// Adds a record to one of two lists that are to be linked.
    pub fn add_to(&mut self, list: List, id: u64, values: &[&str]) {
        self.insert(list, id, values);
    }

    pub(crate) fn insert(&mut self, list: List, id: u64, values: &[&str]) -> u32 {
        self.remove(id);
        let slot = self.take_slot(Slot { id, list, is_live: true });
        self.slot_of.insert(id, slot);
        self.in_second += usize::from(list == List::Second);
        let width = self.columns.len();
        for column in 0..width {
            let number = match values.get(column).and_then(|raw| prepare(self.columns[column].kind, raw)) {
                Some(prepared) => self.stores[column].take(prepared),
                None => MISSING,
            };
            self.cells[slot as usize * width + column] = number;
        }
        let same = self.same_rows.entry(self.row_hash(slot)).or_insert(0);
        *same += 1;
        if *same == 1 {
            self.count_distinct(slot, true);
        }
        slot
    }

    fn take_slot(&mut self, slot: Slot) -> u32 {
        if let Some(free) = self.free.pop() {
            self.slots[free as usize] = slot;
            return free;
        }
        self.slots.push(slot);
        self.cells.resize(self.slots.len() * self.columns.len(), MISSING);
        // A table of more than four thousand million records does not fit into memory.
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    /// Takes a record out; says whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(slot) = self.slot_of.remove(&id) else {
            return false;
        };
        let hash = self.row_hash(slot);
        if let Some(same) = self.same_rows.get_mut(&hash) {
            *same -= 1;
            if *same == 0 {
                self.same_rows.remove(&hash);
                self.count_distinct(slot, false);
            }
        }
        let width = self.columns.len();
        for column in 0..width {
            let cell = &mut self.cells[slot as usize * width + column];
            if *cell != MISSING {
                self.stores[column].give_back(*cell);
            }
            *cell = MISSING;
        }
        let taken = &mut self.slots[slot as usize];
        taken.is_live = false;
        self.in_second -= usize::from(taken.list == List::Second);
        self.free.push(slot);
        true
    }

    fn count_distinct(&mut self, slot: u32, comes: bool) {
        let start = slot as usize * self.columns.len();
        for (store, number) in self.stores.iter_mut().zip(&self.cells[start..]) {
            if *number != MISSING {
                store.count_distinct(*number, comes);
            }
        }
    }

    pub(crate) fn slot(&self, id: u64) -> Option<u32> {
        self.slot_of.get(&id).copied()
    }

    pub(crate) fn id(&self, slot: u32) -> u64 {
        self.slots[slot as usize].id
    }

    pub(crate) fn list(&self, slot: u32) -> List {
        self.slots[slot as usize].list
    }

    /// Records in the second list.
    pub(crate) fn in_second(&self) -> usize {
        self.in_second
    }

    /// Places of records, taken or free.
    pub(crate) fn places(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn live_slots(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).zip(&self.slots).filter(|(_, slot)| slot.is_live).map(|(number, _)| number)
    }

    /// Records, those alike in everything counted once.
    pub(crate) fn distinct_rows(&self) -> usize {
        self.same_rows.len()
    }

    pub(crate) fn store(&self, column: usize) -> &ValueStore {
        &self.stores[column]
    }

    pub(crate) fn numbers(&self, slot: u32) -> &[u32] {
        let start = slot as usize * self.columns.len();
        &self.cells[start..start + self.columns.len()]
    }

    /// Hash of all values: what it says does not depend on when the record came.
    pub(crate) fn row_hash(&self, slot: u32) -> u64 {
        self.numbers(slot).iter().zip(&self.stores).fold(0, |hash, (number, store)| mix(hash, store.hash(*number)))
    }

    pub(crate) fn view(&self, slot: u32) -> View<'_> {
        let values = self.numbers(slot).iter().zip(&self.stores).map(|(number, store)| store.value(*number).map(|value| (*number, value)));
        View { values: values.collect() }
    }

    /// Values as a record of this table would have them.
    pub(crate) fn prepare(&self, values: &[&str]) -> Vec<Option<Prepared>> {
        self.columns.iter().enumerate().map(|(column, kind)| values.get(column).and_then(|raw| prepare(kind.kind, raw))).collect()
    }

    /// A record that is not in the table.
    pub(crate) fn view_of<'t>(&self, prepared: &'t [Option<Prepared>]) -> View<'t> {
        let values = prepared
            .iter()
            .zip(&self.stores)
            .map(|(value, store)| value.as_ref().map(|value| (store.numbers.get(&value.key).copied().unwrap_or(MISSING), value)));
        View { values: values.collect() }
    }
}

impl ValueStore {
    fn new() -> Self {
        let mut store = Self::default();
        store.push(None, 0);
        store
    }

    fn push(&mut self, value: Option<Prepared>, hash: u64) -> u32 {
        self.values.push(value);
        self.hashes.push(hash);
        self.uses.push(0);
        self.distinct_uses.push(0);
        u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX)
    }

    fn take(&mut self, value: Prepared) -> u32 {
        if let Some(number) = self.numbers.get(&value.key) {
            self.uses[*number as usize] += 1;
            return *number;
        }
        for word in &value.words {
            *self.words.entry(*word).or_insert(0) += 1;
        }
        let (key, hash) = (value.key.clone(), hash_of(&value.key));
        let number = match self.free.pop() {
            Some(free) => {
                self.values[free as usize] = Some(value);
                self.hashes[free as usize] = hash;
                free
            }
            None => self.push(Some(value), hash),
        };
        self.uses[number as usize] = 1;
        self.numbers.insert(key, number);
        number
    }

    fn give_back(&mut self, number: u32) {
        let uses = &mut self.uses[number as usize];
        *uses -= 1;
        if *uses > 0 {
            return;
        }
        if let Some(value) = self.values[number as usize].take() {
            self.numbers.remove(&value.key);
            for word in &value.words {
                if let Some(count) = self.words.get_mut(word) {
                    *count -= 1;
                    if *count == 0 {
                        self.words.remove(word);
                    }
                }
            }
        }
        self.free.push(number);
    }

    fn count_distinct(&mut self, number: u32, comes: bool) {
        let count = &mut self.distinct_uses[number as usize];
        *count = if comes { *count + 1 } else { *count - 1 };
    }

    fn hash(&self, number: u32) -> u64 {
        self.hashes[number as usize]
    }

    pub(crate) fn value(&self, number: u32) -> Option<&Prepared> {
        self.values[number as usize].as_ref()
    }

    /// How likely two records that say something here, and are not alike in everything, say the same.
    pub(crate) fn chance_of_equal(&self) -> f64 {
        let counts = || self.distinct_uses.iter().map(|count| f64::from(*count)).filter(|count| *count > 0.0);
        let all: f64 = counts().sum();
        let equal: f64 = counts().map(|count| count * (count - 1.0)).sum();
        (equal + 0.5) / (all * (all - 1.0)).max(1.0)
    }

    /// Records with this value, those alike in everything counted once.
    pub(crate) fn count(&self, number: u32) -> u32 {
        self.distinct_uses[number as usize]
    }
}

impl WordWeights for ValueStore {
    fn weight(&self, word: u64) -> f64 {
        let of = self.numbers.len() as f64 + 1.0;
        let having = f64::from(self.words.get(&word).copied().unwrap_or(0)).max(1.0);
        (of / having).log2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::FieldKind;

    fn table() -> Table {
        Table::new([Column::new("name", FieldKind::Surname), Column::new("note", FieldKind::Text)])
    }

    #[test]
    fn counts_records_alike_once() {
        let mut table = table();
        table.add(1, &["Smith", "a b"]);
        table.add(2, &["smith", "A B"]);
        table.add(3, &["Smith", "c"]);
        let number = table.numbers(0)[0];
        assert_eq!((table.len(), table.distinct_rows(), table.store(0).count(number)), (3, 2, 2));
        table.remove(1);
        assert_eq!((table.len(), table.distinct_rows(), table.store(0).count(number)), (2, 2, 2));
    }

    #[test]
    fn keeps_nothing_of_what_was_removed() {
        let mut table = table();
        table.add(1, &["Smith", "a b"]);
        assert!(table.remove(1) && !table.remove(1) && table.is_empty());
        assert!(table.stores.iter().all(|store| store.numbers.is_empty() && store.words.is_empty()));
        table.add(2, &["Jones"]);
        assert_eq!((table.places(), table.stores[0].values.len()), (1, 2), "places are used again");
    }

    #[test]
    fn an_id_added_again_replaces() {
        let mut table = table();
        table.add(1, &["Smith"]);
        table.add_to(List::Second, 1, &["Jones"]);
        assert_eq!((table.len(), table.in_second()), (1, 1));
    }
}
