//! Records by small numbers: the matcher knows them by 64 bits.

use std::collections::HashMap;

use uuid::Uuid;

/// Which record has which number.
#[derive(Debug, Default)]
pub struct Ids {
    numbers: HashMap<Uuid, u64>,
    records: Vec<Uuid>,
    free: Vec<u64>,
}

impl Ids {
    /// The number of a record, a new one where it has none.
    pub fn take(&mut self, record: Uuid) -> u64 {
        if let Some(number) = self.numbers.get(&record) {
            return *number;
        }
        let number = self.free.pop().unwrap_or(self.records.len() as u64);
        match usize::try_from(number).ok().and_then(|at| self.records.get_mut(at)) {
            Some(place) => *place = record,
            None => self.records.push(record),
        }
        self.numbers.insert(record, number);
        number
    }

    /// The number of a record.
    pub fn number(&self, record: Uuid) -> Option<u64> {
        self.numbers.get(&record).copied()
    }

    /// The record of a number.
    pub fn record(&self, number: u64) -> Option<Uuid> {
        let record = self.records.get(usize::try_from(number).ok()?).copied()?;
        (self.numbers.get(&record) == Some(&number)).then_some(record)
    }

    /// Gives the number of a record back; answers which it was.
    pub fn give_back(&mut self, record: Uuid) -> Option<u64> {
        let number = self.numbers.remove(&record)?;
        self.free.push(number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_used_again_and_mean_one_record() {
        let (one, two, three) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let mut ids = Ids::default();
        assert_eq!((ids.take(one), ids.take(two), ids.take(one)), (0, 1, 0));
        assert_eq!((ids.give_back(one), ids.give_back(one)), (Some(0), None));
        assert_eq!((ids.record(0), ids.number(one), ids.record(1)), (None, None, Some(two)));
        assert_eq!((ids.take(three), ids.record(0), ids.record(7)), (0, Some(three), None));
    }
}
