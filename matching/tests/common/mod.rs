//! Persons made up for tests, the same on every run.

use std::collections::HashSet;

use guanxi_matching::{Column, FieldKind, Table};

/// SplitMix64.
pub struct Dice(pub u64);

impl Dice {
    /// A number below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((mixed ^ (mixed >> 31)) >> 33) as usize) % limit
    }

    fn word(&mut self, of: usize) -> String {
        const BITS: [&str; 16] = ["ka", "lo", "mi", "ren", "sta", "ber", "tu", "vi", "gon", "pe", "sil", "dra", "um", "fa", "jo", "nex"];
        let number = self.below(of);
        [BITS[number % 16], BITS[(number / 16 + number) % 16], BITS[(number / 256 + number * 7) % 16]].concat()
    }
}

/// Given name, surname, date of birth, phone, address.
pub type Person = [String; 5];

/// Columns of the persons.
pub fn columns() -> [Column; 5] {
    [
        Column::new("given name", FieldKind::GivenName),
        Column::new("surname", FieldKind::Surname),
        Column::new("birth", FieldKind::Date),
        Column::new("phone", FieldKind::Phone),
        Column::new("address", FieldKind::Address),
    ]
}

/// So many persons and copies of a part of them, each with one value mistyped or left out; which are the same.
pub fn persons(many: usize, copies: usize, seed: u64) -> (Vec<Person>, HashSet<(u64, u64)>) {
    let mut dice = Dice(seed);
    let mut persons: Vec<Person> = (0..many)
        .map(|_| {
            let birth = format!("{}-{:02}-{:02}", 1940 + dice.below(60), 1 + dice.below(12), 1 + dice.below(28));
            let phone = format!("138{:08}", dice.below(100_000_000));
            [dice.word(200), dice.word(900), birth, phone, format!("{} {} street", 1 + dice.below(200), dice.word(3000))]
        })
        .collect();
    let mut same = HashSet::new();
    for original in 0..copies {
        let mut copy = persons[original].clone();
        let column = dice.below(5);
        if dice.below(3) == 0 {
            copy[column].clear();
        } else {
            let place = dice.below(copy[column].len() - 1);
            let mut bytes: Vec<char> = copy[column].chars().collect();
            bytes.swap(place, place + 1);
            copy[column] = bytes.into_iter().collect();
        }
        same.insert((original as u64, persons.len() as u64));
        persons.push(copy);
    }
    (persons, same)
}

/// A table of them, their places as ids, in the order given.
pub fn table_of(persons: &[Person], order: impl IntoIterator<Item = usize>) -> Table {
    let mut table = Table::new(columns());
    for place in order {
        table.add(place as u64, &persons[place].each_ref().map(String::as_str));
    }
    table
}
