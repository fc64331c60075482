//! Addresses, places and other texts of several words.

use super::similarity::{alike, shared_words, within_one_edit};
use super::{Level, WordWeights, level};
use crate::column::Agreement::{self, Different, Equal, Near, Similar, Swapped};
use crate::prepare::{Parts, Prepared};

pub(super) const ADDRESS: &[Level] = &[
    level(Equal, 0.70, 0.000_2),
    level(Swapped, 0.01, 0.000_01),
    level(Near, 0.18, 0.001),
    level(Similar, 0.06, 0.01),
    level(Different, 0.05, 0.988_79),
];

pub(super) const PLACE: &[Level] = &[level(Equal, 0.80, 0.005), level(Near, 0.10, 0.002), level(Similar, 0.03, 0.02), level(Different, 0.07, 0.973)];

pub(super) const TEXT: &[Level] = &[level(Equal, 0.60, 0.002), level(Near, 0.20, 0.003), level(Similar, 0.10, 0.02), level(Different, 0.10, 0.975)];

pub(super) fn address(one: &Prepared, other: &Prepared, words: &impl WordWeights) -> Agreement {
    let measure = alike(one, other, 0.85);
    let shared = shared_words(&one.words, &other.words, words);
    // Two numbers of one street look alike and are two houses.
    let same_house = match (&one.parts, &other.parts) {
        (Parts::Numbers(numbers), Parts::Numbers(others)) if !numbers.is_empty() && !others.is_empty() => {
            numbers.iter().any(|number| others.binary_search(number).is_ok())
        }
        _ => true,
    };
    if same_house && (measure >= 0.92 || shared.of_all >= 0.6 || (shared.of_shorter >= 0.9 && shared.bits >= 8.0)) {
        Near
    } else if measure >= 0.85 || shared.of_all >= 0.35 {
        Similar
    } else {
        Different
    }
}

pub(super) fn place(one: &Prepared, other: &Prepared) -> Agreement {
    let measure = alike(one, other, 0.82);
    if measure >= 0.92 || (one.length.min(other.length) >= 4 && within_one_edit(one, other)) {
        Near
    } else if measure >= 0.82 || starts_whole_words(&one.key, &other.key) {
        Similar
    } else {
        Different
    }
}

pub(super) fn text(one: &Prepared, other: &Prepared, words: &impl WordWeights) -> Agreement {
    let shared = shared_words(&one.words, &other.words, words);
    let measure = alike(one, other, 0.85);
    if measure >= 0.94 || shared.of_all >= 0.75 {
        Near
    } else if measure >= 0.88 || shared.of_all >= 0.4 {
        Similar
    } else {
        Different
    }
}

/// 上海 and 上海市, west la and west: one goes on where the other ends.
fn starts_whole_words(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let rest = long.strip_prefix(short);
    rest.is_some_and(|rest| !short.is_ascii() || rest.starts_with(' ')) && short.chars().count() >= 2
}
