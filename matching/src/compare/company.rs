//! Names of companies: without legal forms and the like; then by what their words say.

use super::similarity::{alike, shared_words};
use super::{Level, WordWeights, level};
use crate::column::Agreement::{self, Different, Equal, Near, SameSound, Similar};
use crate::prepare::Prepared;

pub(super) const COMPANY: &[Level] = &[
    level(Equal, 0.70, 0.000_1),
    level(SameSound, 0.02, 0.000_05),
    level(Near, 0.15, 0.000_2),
    level(Similar, 0.08, 0.004),
    level(Different, 0.05, 0.995_65),
];

pub(super) fn compare(one: &Prepared, other: &Prepared, words: &impl WordWeights) -> Agreement {
    if let (Some(spelled), Some(other_spelled)) = (&one.spelled, &other.spelled)
        && spelled == other_spelled
    {
        return SameSound;
    }
    let shared = shared_words(&one.words, &other.words, words);
    let measure = alike(one, other, 0.88);
    if measure >= 0.94 || shared.of_all >= 0.75 {
        Near
    } else if measure >= 0.88 || shared.of_all >= 0.4 || (shared.of_shorter >= 0.8 && shared.bits >= 6.0) {
        Similar
    } else {
        Different
    }
}
