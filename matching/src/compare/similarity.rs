//! Measures of likeness that several comparators share.

use rapidfuzz::distance::{jaro_winkler, osa};

use super::WordWeights;

/// Jaro-Winkler, 0 to 1; below `at_least` 0 may be given instead.
pub(super) fn jaro_winkler(one: &str, other: &str, at_least: f64) -> f64 {
    let arguments = jaro_winkler::Args::default().score_cutoff(at_least);
    if one.is_ascii() && other.is_ascii() {
        jaro_winkler::similarity_with_args(one.bytes(), other.bytes(), &arguments).unwrap_or(0.0)
    } else {
        jaro_winkler::similarity_with_args(one.chars(), other.chars(), &arguments).unwrap_or(0.0)
    }
}

/// Are they at most so many insertions, deletions, replacements and exchanges of neighbours apart?
pub(super) fn within_edits(one: &str, other: &str, most: usize) -> bool {
    // Bytes are never fewer edits than characters, and mostly the same.
    if one.is_ascii() && other.is_ascii() {
        if one.len().abs_diff(other.len()) > most {
            return false;
        }
        return osa::distance_with_args(one.bytes(), other.bytes(), &osa::Args::default().score_cutoff(most)).is_some();
    }
    osa::distance_with_args(one.chars(), other.chars(), &osa::Args::default().score_cutoff(most)).is_some()
}

/// Characters of a text.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
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
    let common: Vec<u64> = one.iter().copied().filter(|word| other.binary_search(word).is_ok()).collect();
    if common.is_empty() {
        return SharedWords { of_all: 0.0, of_shorter: 0.0, bits: 0.0 };
    }
    let sum = |list: &[u64]| list.iter().map(|word| words.weight(*word)).sum::<f64>();
    let (bits, first, second) = (sum(&common), sum(one), sum(other));
    let share = |of: f64| if of > 0.0 { bits / of } else { 0.0 };
    SharedWords { of_all: share(first + second - bits), of_shorter: share(first.min(second)), bits }
}
