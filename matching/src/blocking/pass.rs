//! Passes, and the keys they give a record.

use crate::column::FieldKind;
use crate::prepare::{Parts, Prepared, hash_of, mix};
use crate::table::View;

/// One way to find candidates. The numbers are columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Pass {
    /// The same in all columns.
    Whole,
    /// The same value.
    Value(usize),
    /// The same two values, in whichever order: given name and surname exchanged.
    Either(usize, usize),
    /// A word in common.
    Word(usize),
    /// Two rough values the same: typing errors mostly leave the beginning alone.
    Rough(usize, usize),
}

impl Pass {
    /// Adds the keys a record has in this pass.
    pub(crate) fn keys(self, number: usize, kinds: &[FieldKind], record: &View<'_>, keys: &mut Vec<u64>) {
        let value = |column: usize| record.values[column].map(|(_, value)| value);
        let salt = number as u64 + 1;
        match self {
            Self::Whole => {
                let whole = record.values.iter().fold(0, |whole, value| mix(whole, value.map_or(0, |(_, value)| hash_of(&value.key))));
                keys.extend(record.values.iter().any(Option::is_some).then_some(mix(salt, whole)));
            }
            Self::Value(column) => keys.extend(value(column).map(|value| mix(salt, fine(kinds[column], value)))),
            Self::Either(one, other) => {
                if let (Some(first), Some(second)) = (value(one), value(other)) {
                    let (first, second) = (fine(kinds[one], first), fine(kinds[other], second));
                    keys.push(mix(salt, mix(first.min(second), first.max(second))));
                }
            }
            Self::Word(column) => {
                if let Some(value) = value(column) {
                    keys.extend(value.words.iter().map(|word| mix(salt, *word)));
                }
            }
            Self::Rough(one, other) => {
                let rough_of = |column: usize| value(column).and_then(|value| rough(kinds[column], value));
                if let (Some(first), Some(second)) = (rough_of(one), rough_of(other)) {
                    keys.push(mix(salt, mix(first, second)));
                }
            }
        }
    }
}

/// Is a value by itself reason enough to look?
pub(crate) fn names_something(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Category | FieldKind::HouseNumber)
}

/// Are single words of it?
pub(crate) fn has_words(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::PersonName | FieldKind::Company | FieldKind::Text)
}

/// Can its values be taken roughly?
pub(crate) fn has_rough(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Category | FieldKind::Text)
}

/// The value, Chinese names by their pinyin.
fn fine(kind: FieldKind, value: &Prepared) -> u64 {
    match (kind, &value.spelled) {
        (FieldKind::GivenName | FieldKind::Surname | FieldKind::PersonName | FieldKind::Company, Some(spelled)) => hash_of(spelled),
        // Numbers are written with and without what comes before the subscriber's.
        (FieldKind::Phone, _) => hash_of(last(&value.key, 8)),
        _ => hash_of(&value.key),
    }
}

fn rough(kind: FieldKind, value: &Prepared) -> Option<u64> {
    let text = value.spelled.as_deref().unwrap_or(&value.key);
    let rough = match (kind, &value.parts) {
        (FieldKind::PersonName, Parts::Person { family, .. }) if value.spelled.is_none() && !family.is_empty() => first(family, 4),
        (FieldKind::Date, _) => first(text, 4),
        (FieldKind::Phone, _) => last(text, 4),
        (FieldKind::Postcode | FieldKind::HouseNumber | FieldKind::Id, _) => text,
        (FieldKind::Address, _) => return Some(hash_of(first(text.trim_start_matches(|mark: char| !mark.is_alphabetic()), 5))),
        (FieldKind::Company | FieldKind::Email, _) => first(text, 5),
        _ => first(text, 3),
    };
    (!rough.is_empty()).then(|| hash_of(rough))
}

fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn last(text: &str, characters: usize) -> &str {
    text.char_indices().rev().nth(characters - 1).map_or(text, |(start, _)| &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::prepare;

    #[test]
    fn ends_and_beginnings_stay_within_characters() {
        assert_eq!((first("星河智能", 3), last("星河智能", 3)), ("星河智", "河智能"));
        assert_eq!((first("ab", 3), last("ab", 8)), ("ab", "ab"));
    }

    #[test]
    fn exchanged_names_and_spellings_of_a_phone_share_a_key() {
        let keys = |pass: Pass, kinds: &[FieldKind], values: &[&str]| {
            let prepared: Vec<_> = kinds.iter().zip(values).map(|(kind, raw)| prepare(*kind, raw)).collect();
            let view = View { values: prepared.iter().map(|value| value.as_ref().map(|value| (0, value))).collect() };
            let mut keys = Vec::new();
            pass.keys(0, kinds, &view, &mut keys);
            keys
        };
        let names = [FieldKind::GivenName, FieldKind::Surname];
        assert_eq!(keys(Pass::Either(0, 1), &names, &["mason", "madeline"]), keys(Pass::Either(0, 1), &names, &["madeline", "mason"]));
        assert!(keys(Pass::Either(0, 1), &names, &["mason", ""]).is_empty());
        let phone = [FieldKind::Phone];
        assert_eq!(keys(Pass::Value(0), &phone, &["010-62345678"]), keys(Pass::Value(0), &phone, &["+86 10 6234 5678"]));
        let company = [FieldKind::Company];
        assert_eq!(keys(Pass::Word(0), &company, &["Arnie Mortons of Chicago"]).len(), 4);
    }
}
