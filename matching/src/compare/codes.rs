//! Numbers and codes: phone, e-mail, postcode, house number, identifiers, categories.

use super::similarity::within_one_edit;
use super::{Level, level};
use crate::column::Agreement::{self, Different, Ending, Equal, Near};
use crate::prepare::Prepared;

pub(super) const PHONE: &[Level] =
    &[level(Equal, 0.75, 0.000_05), level(Ending, 0.05, 0.000_01), level(Near, 0.05, 0.000_05), level(Different, 0.15, 0.999_89)];

pub(super) const EMAIL: &[Level] = &[level(Equal, 0.70, 0.000_01), level(Near, 0.05, 0.000_02), level(Different, 0.25, 0.999_97)];

pub(super) const HOUSE_NUMBER: &[Level] = &[level(Equal, 0.85, 0.02), level(Near, 0.05, 0.1), level(Different, 0.10, 0.88)];
pub(super) const POSTCODE: &[Level] = &[level(Equal, 0.85, 0.003), level(Near, 0.08, 0.01), level(Different, 0.07, 0.987)];
pub(super) const ID: &[Level] = &[level(Equal, 0.85, 0.000_001), level(Near, 0.08, 0.000_01), level(Different, 0.07, 0.999_989)];
pub(super) const CATEGORY: &[Level] = &[level(Equal, 0.90, 0.2), level(Different, 0.10, 0.8)];

/// Fewest digits by which the end of a number says something: a subscriber's number without area code.
const MIN_ENDING: usize = 7;

pub(super) fn phone(one: &Prepared, other: &Prepared) -> Agreement {
    if ends_like(&one.key, &other.key) || ends_like(&other.key, &one.key) {
        Ending
    } else if one.length.min(other.length) as usize >= MIN_ENDING && within_one_edit(one, other) {
        Near
    } else {
        Different
    }
}

/// A national number begins with a zero that the international one lacks: 010 6 and +86 10 6.
fn ends_like(long: &str, short: &str) -> bool {
    let national = short.trim_start_matches('0');
    national.len() >= MIN_ENDING && long.ends_with(national)
}

/// At another host the same mailbox says something only where it is more than a name: every company has its zhang.wei, and
/// that the names agree is counted already. Nor do mailboxes at one host that are only alike: colleagues share a surname.
pub(super) fn email(one: &Prepared, other: &Prepared) -> Agreement {
    let [first, second] = [one, other].map(|address| address.key.split('@').next().unwrap_or_default());
    let is_own = first.len() >= 6 && first.bytes().any(|it| it.is_ascii_digit());
    if within_one_edit(one, other) || (first == second && is_own) { Near } else { Different }
}

pub(super) fn house_number(one: &Prepared, other: &Prepared) -> Agreement {
    let (short, long) = if one.length <= other.length { (one, other) } else { (other, one) };
    // 12 and 12a; 17 and 177; 45 and 54.
    if long.key.starts_with(&*short.key) || (short.length >= 2 && within_one_edit(short, long)) { Near } else { Different }
}

pub(super) fn one_off(one: &Prepared, other: &Prepared) -> Agreement {
    if one.length.min(other.length) >= 3 && within_one_edit(one, other) { Near } else { Different }
}
