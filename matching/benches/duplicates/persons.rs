//! Persons made up: names as unevenly spread as real ones, families at one address, copies with errors.

use std::collections::HashSet;

use guanxi_matching::{Column, FieldKind, Table};

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文斌志鹏宇浩然子轩雨涵欣怡梓晨思远嘉琪晓东海燕春生立新永健天佑佳慧雪莹博文俊熙诗雅家豪一鸣";
const BEGINNINGS: [&str; 24] = [
    "al", "ber", "car", "dan", "el", "fer", "gar", "har", "is", "jo", "kel", "lau", "mar", "nor", "os", "pat", "quin", "ro", "sta", "tho", "ul",
    "vin", "wal", "ze",
];
const MIDDLES: [&str; 16] = ["a", "be", "ci", "do", "e", "fi", "go", "hi", "la", "me", "ni", "ra", "si", "ta", "vi", "ze"];
const ENDS: [&str; 12] = ["n", "son", "ley", "man", "ton", "ra", "sen", "ski", "by", "wick", "field", "ne"];
const STREETS: [&str; 5] = ["street", "road", "avenue", "place", "circuit"];

/// SplitMix64: the same persons on every machine.
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same each time for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A number below the limit, small ones much more often.
    fn often_small(&mut self, limit: u64) -> u64 {
        let share = self.below(1_000_000) as f64 / 1_000_000.0;
        (limit as f64).powf(share) as u64 - 1
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Values of one person, in the order of the columns.
pub type Person = [String; 8];

/// Columns of the table of persons.
pub fn columns() -> [Column; 8] {
    [
        Column::new("given name", FieldKind::GivenName),
        Column::new("surname", FieldKind::Surname),
        Column::new("birth", FieldKind::Date),
        Column::new("phone", FieldKind::Phone),
        Column::new("email", FieldKind::Email),
        Column::new("address", FieldKind::Address),
        Column::new("city", FieldKind::Place),
        Column::new("postcode", FieldKind::Postcode),
    ]
}

fn spelled(number: u64) -> String {
    let (begin, rest) = (number % 24, number / 24);
    let (middle, end) = (rest % 16, rest / 16);
    format!("{}{}{}", BEGINNINGS[begin as usize], MIDDLES[middle as usize], ENDS[(end % 12) as usize])
}

fn character(text: &str, place: u64) -> char {
    text.chars().nth(place as usize).unwrap_or('一')
}

fn make_up(dice: &mut Dice) -> Person {
    let is_chinese = dice.one_in(2);
    let (given, surname) = if is_chinese {
        let length = GIVEN.chars().count() as u64;
        let mut given = character(GIVEN, dice.below(length)).to_string();
        if !dice.one_in(4) {
            given.push(character(GIVEN, dice.below(length)));
        }
        (given, character(SURNAMES, dice.often_small(SURNAMES.chars().count() as u64)).to_string())
    } else {
        (spelled(dice.often_small(900)), spelled(dice.often_small(4000)))
    };
    let city = dice.often_small(1500);
    let email = if dice.one_in(2) { String::new() } else { format!("{}{}@mail{}.com", spelled(dice.below(4000)), dice.below(9999), dice.below(9)) };
    [
        given,
        surname,
        format!("{}-{:02}-{:02}", 1940 + dice.below(66), 1 + dice.below(12), 1 + dice.below(28)),
        format!("1{}{:09}", 3 + dice.below(7), dice.below(1_000_000_000)),
        email,
        format!("{} {} {}", 1 + dice.below(240), spelled(dice.below(4600)), STREETS[dice.below(5) as usize]),
        spelled(city),
        format!("{:06}", 100_000 + city * 37 + dice.below(4)),
    ]
}

fn mistype(text: &str, dice: &mut Dice) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    if characters.len() < 2 {
        return text.to_owned();
    }
    let place = dice.below(characters.len() as u64 - 1) as usize;
    let other = if characters[place].is_ascii_digit() { b'0' + dice.below(10) as u8 } else { b'a' + dice.below(26) as u8 };
    match dice.below(4) {
        0 => characters.swap(place, place + 1),
        1 => {
            characters.remove(place);
        }
        2 => characters.insert(place, char::from(other)),
        _ => characters[place] = char::from(other),
    }
    characters.into_iter().collect()
}

/// The person once more, entered by somebody else.
fn copy(person: &Person, dice: &mut Dice) -> Person {
    let mut copy = person.clone();
    for _ in 0..=dice.below(3) {
        match dice.below(10) {
            0 => copy.swap(0, 1),
            1 => copy[3] = String::new(),
            2 => copy[4] = String::new(),
            3 => copy[2] = String::new(),
            4 => {
                let elsewhere = make_up(dice);
                copy[5..].clone_from_slice(&elsewhere[5..]);
            }
            5 => copy[5] = copy[5].replace("street", "st.").replace("road", "rd").replace("avenue", "ave"),
            _ => {
                let column = [0, 1, 2, 3, 5, 6, 7][dice.below(7) as usize];
                copy[column] = mistype(&copy[column], dice);
            }
        }
    }
    copy
}

/// So many persons, a fifth of them copies, and which are the same.
pub fn persons(many: usize, seed: u64) -> (Vec<Person>, HashSet<(u64, u64)>) {
    let mut dice = Dice::new(seed);
    let mut persons: Vec<Person> = Vec::with_capacity(many);
    let mut originals: Vec<u64> = Vec::new();
    let mut same = HashSet::new();
    let mut copied = HashSet::new();
    while persons.len() < many {
        let id = persons.len() as u64;
        if !originals.is_empty() && dice.one_in(5) {
            let original = originals[dice.below(originals.len() as u64) as usize];
            // One copy each, so that the truth is a list of pairs.
            if copied.insert(original) {
                persons.push(copy(&persons[original as usize], &mut dice));
                same.insert((original, id));
                continue;
            }
        }
        let mut person = make_up(&mut dice);
        if !originals.is_empty() && dice.one_in(10) {
            // One of the family: surname, address and, for some, the phone.
            let relative = &persons[originals[dice.below(originals.len() as u64) as usize] as usize];
            person[1].clone_from(&relative[1]);
            person[5..].clone_from_slice(&relative[5..]);
            if dice.one_in(3) {
                person[3].clone_from(&relative[3]);
            }
        }
        originals.push(id);
        persons.push(person);
    }
    (persons, same)
}

/// The persons as a table, their places as ids.
pub fn table_of(persons: &[Person]) -> Table {
    let mut table = Table::new(columns());
    for (id, person) in (0..).zip(persons) {
        table.add(id, &person.each_ref().map(String::as_str));
    }
    table
}
