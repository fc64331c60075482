//! Measures of likeness that several comparators share.

use rapidfuzz::distance::{jaro_winkler, osa};

use super::WordWeights;
use crate::prepare::Prepared;

/// Jaro-Winkler, 0 to 1; below `at_least` 0 may be given instead.
pub(super) fn alike(one: &Prepared, other: &Prepared, at_least: f64) -> f64 {
    if most_alike(one, other, at_least) < at_least { 0.0 } else { jaro_winkler(&one.key, &other.key, at_least) }
}

/// No more than this, by their letters and beginnings alone; 0 where that is below `at_least`. Most pairs are strangers, and this is much cheaper.
fn most_alike(one: &Prepared, other: &Prepared, at_least: f64) -> f64 {
    let (short, long) = if one.length <= other.length { (one, other) } else { (other, one) };
    let missing = (short.letters & !long.letters).count_ones();
    let common = f64::from(short.length.saturating_sub(missing));
    if common < 1.0 {
        return 0.0;
    }
    let jaro = (common / f64::from(short.length) + common / f64::from(long.length) + 1.0) / 3.0;
    let with_beginning = |characters: f64| jaro + characters * 0.1 * (1.0 - jaro);
    if with_beginning(4.0) < at_least {
        return 0.0;
    }
    let beginning = short.key.chars().zip(long.key.chars()).take(4).take_while(|(left, right)| left == right).count();
    with_beginning(beginning as f64)
}

/// Jaro-Winkler of two texts.
pub(super) fn jaro_winkler(one: &str, other: &str, at_least: f64) -> f64 {
    // In rare cases it depends on which comes first: so the order is always the same.
    let (one, other) = if one <= other { (one, other) } else { (other, one) };
    let arguments = jaro_winkler::Args::default().score_cutoff(at_least);
    if one.is_ascii() && other.is_ascii() {
        jaro_winkler::similarity_with_args(one.bytes(), other.bytes(), &arguments).unwrap_or(0.0)
    } else {
        jaro_winkler::similarity_with_args(one.chars(), other.chars(), &arguments).unwrap_or(0.0)
    }
}

/// Are they at most two insertions, deletions, replacements and exchanges of neighbours apart?
pub(super) fn within_two_edits(one: &str, other: &str) -> bool {
    osa::distance_with_args(one.chars(), other.chars(), &osa::Args::default().score_cutoff(2)).is_some()
}

/// The same for at most one, which what is left between the same beginning and the same end tells.
pub(super) fn within_one_edit(one: &Prepared, other: &Prepared) -> bool {
    let foreign = |letters: u64, others: u64| (letters & !others).count_ones();
    let is_possible = one.length.abs_diff(other.length) <= 1 && foreign(one.letters, other.letters) <= 1 && foreign(other.letters, one.letters) <= 1;
    is_possible && differ_by_one_edit(&one.key, &other.key)
}

fn differ_by_one_edit(one: &str, other: &str) -> bool {
    let start: usize = one.chars().zip(other.chars()).take_while(|(left, right)| left == right).map(|(left, _)| left.len_utf8()).sum();
    let (one, other) = (&one[start..], &other[start..]);
    let end: usize = one.chars().rev().zip(other.chars().rev()).take_while(|(left, right)| left == right).map(|(left, _)| left.len_utf8()).sum();
    let (mut left, mut right) = (one[..one.len() - end].chars(), other[..other.len() - end].chars());
    match ((left.next(), left.next(), left.next()), (right.next(), right.next(), right.next())) {
        ((_, None, _), (_, None, _)) => true,
        ((Some(first), Some(second), None), (Some(third), Some(fourth), None)) => first == fourth && second == third,
        _ => false,
    }
}

/// Shares of what the words of two texts say, a rare word saying more.
pub(super) struct SharedWords {
    /// Of both together: what they have in common. 0 to 1.
    pub of_all: f64,
    /// Of the one that says less. 0 to 1.
    pub of_shorter: f64,
    /// Bits they have in common.
    pub bits: f64,
}

/// Compares two sorted lists of words.
pub(super) fn shared_words(one: &[u64], other: &[u64], words: &impl WordWeights) -> SharedWords {
    let common = || one.iter().filter(|word| other.contains(word));
    if common().next().is_none() {
        return SharedWords { of_all: 0.0, of_shorter: 0.0, bits: 0.0 };
    }
    let sum = |list: &[u64]| list.iter().map(|word| words.weight(*word)).sum::<f64>();
    let bits: f64 = common().map(|word| words.weight(*word)).sum();
    let (first, second) = (sum(one), sum(other));
    let share = |of: f64| if of > 0.0 { bits / of } else { 0.0 };
    SharedWords { of_all: share(first + second - bits), of_shorter: share(first.min(second)), bits }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::column::FieldKind;
    use crate::prepare::prepare;

    proptest! {
        #[test]
        fn one_edit_is_what_the_library_says(one in "[ab王]{0,6}", other in "[ab王]{0,6}") {
            let distance = osa::distance(one.chars(), other.chars());
            prop_assert_eq!(differ_by_one_edit(&one, &other), distance <= 1);
            if let (Some(first), Some(second)) = (prepare(FieldKind::Place, &one), prepare(FieldKind::Place, &other)) {
                prop_assert_eq!(within_one_edit(&first, &second), distance <= 1);
            }
            prop_assert_eq!(within_two_edits(&one, &other), distance <= 2);
        }

        #[test]
        fn the_bound_is_one(one in "[a-f王张]{1,9}", other in "[a-f王张]{1,9}") {
            if let (Some(first), Some(second)) = (prepare(FieldKind::Place, &one), prepare(FieldKind::Place, &other)) {
                prop_assert!(most_alike(&first, &second, 0.0) + 1e-9 >= jaro_winkler(&first.key, &second.key, 0.0));
            }
        }
    }
}
