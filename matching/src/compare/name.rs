//! Names of persons: Jaro-Winkler for western ones, characters and pinyin for Chinese ones.

use guanxi_text::script::is_han;

use super::similarity::{alike, within_one_edit};
use super::{Level, level};
use crate::column::Agreement::{self, Beginning, Different, Equal, Near, Part, SameSound, Similar, Swapped};
use crate::prepare::{Parts, Prepared};

pub(super) const GIVEN: &[Level] = &[
    level(Equal, 0.85, 0.004),
    level(SameSound, 0.01, 0.001),
    level(Swapped, 0.01, 0.000_02),
    level(Near, 0.06, 0.004),
    level(Beginning, 0.01, 0.01),
    level(Similar, 0.02, 0.02),
    level(Different, 0.04, 0.960_98),
];

pub(super) const SURNAME: &[Level] = &[
    level(Equal, 0.86, 0.003),
    level(SameSound, 0.01, 0.001),
    level(Swapped, 0.01, 0.000_02),
    level(Near, 0.06, 0.004),
    level(Similar, 0.02, 0.02),
    level(Different, 0.04, 0.971_98),
];

pub(super) const PERSON: &[Level] = &[
    level(Equal, 0.80, 0.000_1),
    level(SameSound, 0.01, 0.000_1),
    level(Swapped, 0.02, 0.000_02),
    level(Near, 0.08, 0.001),
    level(Beginning, 0.01, 0.001),
    level(Similar, 0.02, 0.005),
    level(Part, 0.02, 0.01),
    level(Different, 0.04, 0.982_78),
];

/// From here two names are spellings of one rather than two names.
const NEAR: f64 = 0.92;
const SIMILAR: f64 = 0.82;

pub(super) fn given(one: &Prepared, other: &Prepared) -> Agreement {
    if sounds_the_same(one, other) {
        return SameSound;
    }
    match likeness(one, other) {
        Near => Near,
        _ if begins(&one.key, &other.key) => Beginning,
        otherwise => otherwise,
    }
}

pub(super) fn surname(one: &Prepared, other: &Prepared) -> Agreement {
    if sounds_the_same(one, other) { SameSound } else { likeness(one, other) }
}

pub(super) fn person(one: &Prepared, other: &Prepared) -> Agreement {
    if sounds_the_same(one, other) {
        return SameSound;
    }
    let (Parts::Person { family, given }, Parts::Person { family: other_family, given: other_given }) = (&one.parts, &other.parts) else {
        return likeness(one, other);
    };
    if (one.words.len() > 1 && one.words == other.words) || (!given.is_empty() && given == other_family && family == other_given) {
        return Swapped;
    }
    let same_family = !family.is_empty() && family == other_family;
    let whole = likeness(one, other);
    if whole == Near && (!has_han(&one.key) || same_family) {
        return Near;
    }
    if same_family {
        return if begins(given, other_given) { Beginning } else { Part };
    }
    if whole == Different { Different } else { Similar }
}

/// Chinese against Chinese by pinyin, and Chinese against its own transcription.
fn sounds_the_same(one: &Prepared, other: &Prepared) -> bool {
    match (&one.spelled, &other.spelled) {
        (None, None) => false,
        (Some(spelled), Some(other)) => spelled == other,
        (Some(spelled), None) | (None, Some(spelled)) => {
            let latin = if one.spelled.is_none() { one } else { other };
            let letters: String = latin.key.chars().filter(|character| *character != ' ').collect();
            if **spelled == letters {
                return true;
            }
            // Wang Wei and Wei Wang: both orders are written.
            matches!(&latin.parts, Parts::Person { family, given } if **spelled == format!("{family}{given}").replace(' ', ""))
        }
    }
}

/// Near, similar or different. A Chinese name has so few characters that one of them makes another name.
fn likeness(one: &Prepared, other: &Prepared) -> Agreement {
    let shorter = one.length.min(other.length);
    if shorter < 4 && (one.spelled.is_some() || other.spelled.is_some()) {
        return if shorter == 3 && within_one_edit(one, other) { Similar } else { Different };
    }
    let measure = alike(one, other, SIMILAR);
    if measure >= NEAR || (shorter >= 4 && within_one_edit(one, other)) {
        Near
    } else if measure >= SIMILAR {
        Similar
    } else {
        Different
    }
}

fn has_han(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_han)
}

/// J and John, Chris and Christopher: whole at its first word.
fn begins(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    !short.is_empty() && !has_han(short) && long.starts_with(short)
}
