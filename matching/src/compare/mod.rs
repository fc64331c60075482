//! Comparators: two values of one kind in, the level of their agreement out.
//!
//! Levels stand strongest first, and the last one is "different". Every comparator is symmetric.

mod codes;
mod company;
mod date;
mod name;
mod similarity;
mod street;

use crate::column::{Agreement, FieldKind};
use crate::prepare::Prepared;

/// What a word of a column is worth: a rare one more.
pub(crate) trait WordWeights {
    /// Bits the word carries.
    fn weight(&self, word: u64) -> f64;
}

/// A level with what is thought of it before any data is seen: its share among pairs of the same thing, and among others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Level {
    /// What the level says.
    pub agreement: Agreement,
    /// Expected share among matches.
    pub m: f64,
    /// Expected share among others.
    pub u: f64,
}

const fn level(agreement: Agreement, m: f64, u: f64) -> Level {
    Level { agreement, m, u }
}

/// The levels of a kind, strongest first.
pub(crate) fn levels(kind: FieldKind) -> &'static [Level] {
    match kind {
        FieldKind::GivenName => name::GIVEN,
        FieldKind::Surname => name::SURNAME,
        FieldKind::PersonName => name::PERSON,
        FieldKind::Company => company::COMPANY,
        FieldKind::Phone => codes::PHONE,
        FieldKind::Email => codes::EMAIL,
        FieldKind::Address => street::ADDRESS,
        FieldKind::Place => street::PLACE,
        FieldKind::Text => street::TEXT,
        FieldKind::HouseNumber => codes::HOUSE_NUMBER,
        FieldKind::Postcode => codes::POSTCODE,
        FieldKind::Id => codes::ID,
        FieldKind::Category => codes::CATEGORY,
        FieldKind::Date => date::DATE,
    }
}

/// How far two values of a kind agree that are not the same. Never [`Agreement::Swapped`] between columns: that needs the whole record.
pub(crate) fn compare_different(kind: FieldKind, one: &Prepared, other: &Prepared, words: &impl WordWeights) -> Agreement {
    match kind {
        FieldKind::GivenName => name::given(one, other),
        FieldKind::Surname => name::surname(one, other),
        FieldKind::PersonName => name::person(one, other),
        FieldKind::Company => company::compare(one, other, words),
        FieldKind::Phone => codes::phone(one, other),
        FieldKind::Email => codes::email(one, other),
        FieldKind::Address => street::address(one, other, words),
        FieldKind::Place => street::place(one, other),
        FieldKind::Text => street::text(one, other, words),
        FieldKind::HouseNumber => codes::house_number(one, other),
        FieldKind::Postcode | FieldKind::Id => codes::one_off(one, other),
        FieldKind::Category => Agreement::Different,
        FieldKind::Date => date::compare(one, other),
    }
}

/// How far two values of a kind agree.
pub(crate) fn compare(kind: FieldKind, one: &Prepared, other: &Prepared, words: &impl WordWeights) -> Agreement {
    if one.is_same(other) { Agreement::Equal } else { compare_different(kind, one, other, words) }
}

/// Position of an agreement among the levels of a kind; one the kind does not know counts as different.
pub(crate) fn position(kind: FieldKind, agreement: Agreement) -> usize {
    let levels = levels(kind);
    levels.iter().position(|level| level.agreement == agreement).unwrap_or(levels.len() - 1)
}

#[cfg(test)]
mod tests;
