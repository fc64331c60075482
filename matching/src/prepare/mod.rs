//! Values in the form in which they are compared: normalised once, when a record comes in.

mod address;
mod date;
mod hash;
mod words;

use guanxi_text::han_variants::simplify;
use guanxi_text::script::{fold_for_search, fold_width, is_han, is_invisible};
use guanxi_text::{company_name, email, person_name, pinyin};

pub(crate) use hash::{PassThrough, hash_of, mix};
pub(crate) use words::words_of;

use crate::column::FieldKind;
use std::sync::Arc;

/// Longest value looked at, in characters: comparing costs by length, and what follows decides nothing. The rest goes
/// into a hash, so that only what is equal to the end is equal.
pub(crate) const MAX_CHARS: usize = 160;

/// What people write where they know nothing.
const PLACEHOLDERS: [&str; 17] =
    ["-", "--", "?", ".", "n/a", "na", "null", "none", "nil", "unknown", "无", "没有", "未知", "暂无", "不详", "空", "/"];

/// A value ready to be compared.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// Normalised text; two values are equal when their keys are.
    pub key: Arc<str>,
    /// Which letters are in it, folded into 64 bits: tells at once that two texts cannot be alike.
    pub letters: u64,
    /// How many characters it has.
    pub length: u32,
    /// Pinyin, for names with Han characters.
    pub spelled: Option<Box<str>>,
    /// Hashes of its words, sorted, each once.
    pub words: Box<[u64]>,
    /// What only some kinds have.
    pub parts: Parts,
}

impl Prepared {
    /// Are the two the same value? Looks at the texts only where all else is the same: they lie elsewhere in memory.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.letters == other.letters && self.length == other.length && self.key == other.key
    }
}

/// Parts that a comparator looks at by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// None.
    None,
    /// Of a whole name of a person.
    Person { family: Box<str>, given: Box<str> },
    /// Of a date.
    Date { year: u16, month: u8, day: u8 },
    /// Numbers in an address, sorted: houses and units.
    Numbers(Box<[u64]>),
}

/// The value of a column, or nothing where it says nothing.
pub(crate) fn prepare(kind: FieldKind, raw: &str) -> Option<Prepared> {
    let cleaned = clean(raw);
    if cleaned.is_empty() || PLACEHOLDERS.contains(&cleaned.to_lowercase().as_str()) {
        return None;
    }
    let prepared = match kind {
        FieldKind::PersonName => person(&cleaned),
        FieldKind::GivenName | FieldKind::Surname => {
            let key = compact_words(&fold_for_search(&cleaned));
            let spelled = spell(&key, kind == FieldKind::Surname);
            Prepared { spelled, ..plain(key) }
        }
        FieldKind::Company => company(&cleaned),
        FieldKind::Phone => plain(phone(&cleaned)),
        FieldKind::Email => plain(email::comparison_key(&cleaned).unwrap_or_else(|| fold_for_search(&cleaned).replace(' ', ""))),
        FieldKind::Address => address(&cleaned),
        FieldKind::HouseNumber | FieldKind::Postcode | FieldKind::Id => plain(alphanumerics(&fold_for_search(&cleaned))),
        FieldKind::Place | FieldKind::Category => plain(compact_words(&fold_for_search(&cleaned))),
        FieldKind::Date => dated(&cleaned),
        FieldKind::Text => {
            let key = compact_words(&fold_for_search(&cleaned));
            Prepared { words: words_of(&key), ..plain(key) }
        }
    };
    (!prepared.key.is_empty()).then_some(prepared)
}

/// Without what draws nothing, white space in order, traditional Chinese as simplified, and no longer than is looked at.
fn clean(raw: &str) -> String {
    // A megabyte in a cell is cut before anything else looks at it.
    let mut kept: String = raw
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_CHARS + 1)
        .collect();
    if kept.chars().count() > MAX_CHARS {
        kept = kept.chars().take(MAX_CHARS).collect();
        kept.push_str(&format!(" {:016x}", hash_of(raw)));
    }
    simplify(&fold_width(&kept)).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(key: String) -> Prepared {
    let letters = key.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64));
    let length = u32::try_from(key.chars().count()).unwrap_or(u32::MAX);
    Prepared { key: key.into(), letters, length, spelled: None, words: Box::default(), parts: Parts::None }
}

fn person(cleaned: &str) -> Prepared {
    let split = person_name::split(cleaned);
    let folded = |part: &str| compact_words(&fold_for_search(part));
    let (family, given) = (folded(&split.family), folded(&split.given));
    // "Smith, Dr. John" and "John Smith" are the same name: the key is made of the parts where there are any.
    let key = if family.is_empty() || given.is_empty() { folded(cleaned) } else { format!("{given} {family}") };
    let spelled = key.chars().any(is_han).then(|| {
        let whole = if split.family.is_empty() { cleaned.to_owned() } else { format!("{}{}", split.family, split.given) };
        pinyin::full_name(&whole).into()
    });
    let words = words_of(&key);
    Prepared { spelled, words, parts: Parts::Person { family: family.into(), given: given.into() }, ..plain(key) }
}

fn company(cleaned: &str) -> Prepared {
    let key = company_name::comparison_key(cleaned);
    // The key runs words together; they are taken from the name as it was written.
    let words = words_of(&compact_words(&fold_for_search(cleaned)));
    let spelled = key.chars().any(is_han).then(|| pinyin::full(&key).into());
    Prepared { spelled, words, ..plain(key) }
}

fn address(cleaned: &str) -> Prepared {
    let key = address::normalise(&fold_for_search(cleaned));
    let parts = Parts::Numbers(address::numbers(&key));
    Prepared { words: words_of(&key), parts, ..plain(key) }
}

fn dated(cleaned: &str) -> Prepared {
    match date::parse(cleaned) {
        Some((year, month, day)) => Prepared { parts: Parts::Date { year, month, day }, ..plain(format!("{year:04}{month:02}{day:02}")) },
        None => plain(alphanumerics(&fold_for_search(cleaned))),
    }
}

/// Digits, without an extension. All the same digit is no number but a filled-in required field.
fn phone(cleaned: &str) -> String {
    let lower = cleaned.to_lowercase();
    let main = ["ext", "x", "转", "分机", "#", ";"].iter().filter_map(|mark| lower.find(mark)).min().map_or(lower.as_str(), |end| &lower[..end]);
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches("00");
    let first = digits.chars().next();
    if digits.chars().all(|digit| Some(digit) == first) { String::new() } else { digits.to_owned() }
}

fn alphanumerics(folded: &str) -> String {
    folded.chars().filter(|character| character.is_alphanumeric()).collect()
}

/// Letters, digits and what else means something, one space between words. Apostrophes and full stops join.
fn compact_words(folded: &str) -> String {
    let spaced: String = folded
        .chars()
        .filter(|character| !matches!(character, '\'' | '.' | '’' | '`'))
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    let compact = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    // Only emoji or punctuation: then that is the value.
    if compact.is_empty() { folded.trim().to_owned() } else { compact }
}

fn spell(key: &str, is_surname: bool) -> Option<Box<str>> {
    key.chars().any(is_han).then(|| if is_surname { pinyin::full_name(key) } else { pinyin::full(key) }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: FieldKind, raw: &str) -> Option<String> {
        prepare(kind, raw).map(|prepared| prepared.key.to_string())
    }

    #[test]
    fn spellings_of_one_value_agree() {
        for (kind, one, other) in [
            (FieldKind::PersonName, "Smith, John", "Dr. John Smith"),
            (FieldKind::PersonName, "王 小明", "王小明"),
            (FieldKind::Company, "星河智能设备（上海）有限公司", "星河智能设备上海"),
            (FieldKind::Phone, "+86 138-0013-8000", "0086 13800138000 转 5"),
            (FieldKind::Phone, "310/246-1501", "310-246-1501"),
            (FieldKind::Email, "Ann@Example.com", "ann@example.COM"),
            (FieldKind::Address, "14016 Ventura Blvd.", "14016  ventura boulevard"),
            (FieldKind::Date, "1949-07-22", "19490722"),
            (FieldKind::Date, "1949年7月22日", "1949/7/22"),
            (FieldKind::Surname, "O'Neil", "ONeil"),
            (FieldKind::Id, "91-3100 00MA", "913100００ma"),
        ] {
            assert_eq!(key(kind, one), key(kind, other), "{one} and {other}");
        }
    }

    #[test]
    fn says_nothing_where_nothing_is_said() {
        for raw in ["", "  ", "\0", "\u{200b}", "N/A", "无", "-", "UNKNOWN"] {
            for kind in [FieldKind::PersonName, FieldKind::Phone, FieldKind::Text, FieldKind::Date] {
                assert_eq!(key(kind, raw), None, "{raw:?} as {kind:?}");
            }
        }
        assert_eq!(key(FieldKind::Phone, "00000000"), None);
        assert_eq!(key(FieldKind::Phone, "11111111111"), None);
        assert_eq!(key(FieldKind::GivenName, "😀").as_deref(), Some("😀"));
    }

    #[test]
    fn long_values_are_bounded_and_stay_different() {
        let (one, other) = ("长".repeat(1_000_000), "长".repeat(1_000_001));
        let prepared = prepare(FieldKind::Text, &one).unwrap();
        assert!(prepared.key.chars().count() <= MAX_CHARS + 20);
        assert_ne!(prepared.key, prepare(FieldKind::Text, &other).unwrap().key);
    }
}
