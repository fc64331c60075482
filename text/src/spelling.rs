//! Words that were nearly typed: of Latin letters (pinyin too) by edits, of Chinese names by one character.
//!
//! What is told here are only other words to look for. Whoever looks for them does so with his own rights.

use crate::script::{fold_for_search, is_han};
use crate::search_tokens::{Run, phone_digits, runs};

/// Fewest letters of a word that may be misspelled.
pub const MIN_LETTERS: usize = 4;
/// From so many letters on, two edits are forgiven.
const TWO_EDITS_FROM: usize = 8;
/// Words are known by so many letters; what follows is not looked at.
pub const KNOWN_LETTERS: usize = 12;
/// Fewest characters of a Chinese name of which one may be wrong...
const MIN_CHARACTERS: usize = 3;
/// ...and most.
const MAX_CHARACTERS: usize = 8;
/// Words of a query of which one may be wrong.
const MAX_WORDS: usize = 4;

/// The word by which a token of the index is known to whoever looks for what was nearly typed; none of tokens that nobody
/// misspells.
pub fn known_word(token: &str) -> Option<&str> {
    let is_word = token.len() >= MIN_LETTERS && token.bytes().all(|it| it.is_ascii_lowercase());
    is_word.then(|| &token[..token.len().min(KNOWN_LETTERS)])
}

/// How many edits are forgiven of a word as it was typed; none of what is short or no word.
pub fn edits_of(word: &str) -> usize {
    match word.len() {
        _ if !word.bytes().all(|it| it.is_ascii_lowercase()) => 0,
        0..MIN_LETTERS => 0,
        MIN_LETTERS..TWO_EDITS_FROM => 1,
        _ => 2,
    }
}

/// The beginning of `known` that was meant by `typed`, with the number of edits between them: a letter more, less or another,
/// two that changed places. The first letter is right. Nothing where it takes more than `most` edits.
pub fn meant<'k>(typed: &str, known: &'k str, most: usize) -> Option<(usize, &'k str)> {
    let (typed, letters) = (typed.as_bytes(), known.as_bytes());
    let typed = &typed[..typed.len().min(KNOWN_LETTERS)];
    if typed.is_empty() || typed.first() != letters.first() {
        return None;
    }
    let width = letters.len().min(typed.len() + most) + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, letter) in typed.iter().enumerate() {
        let mut now = vec![row + 1; width];
        for column in 1..width {
            let same = *letter == letters[column - 1];
            let mut cost = (last[column - 1] + usize::from(!same)).min(last[column] + 1).min(now[column - 1] + 1);
            if row > 0 && column > 1 && *letter == letters[column - 2] && typed[row - 1] == letters[column - 1] {
                cost = cost.min(before_last[column - 2] + 1);
            }
            now[column] = cost;
        }
        if now.iter().min().is_none_or(|it| *it > most) {
            return None;
        }
        before_last = std::mem::replace(&mut last, now);
    }
    // Of beginnings alike near, the longest: `zhag` means `zhang` rather than `zha`.
    let best = (1..width).min_by_key(|column| (last[*column], std::cmp::Reverse(*column)))?;
    (last[best] <= most).then(|| (last[best], &known[..best]))
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedWord {
    /// Letters, of which some may be wrong.
    Letters(String),
    /// A Chinese name, of which a character may be wrong.
    Name(Vec<char>),
    /// Anything else: it has to be there as it is.
    Exact(String),
}

/// The words of a query, or nothing where none of them can have been misspelled.
pub fn typed_words(query: &str) -> Vec<TypedWord> {
    let query: String = query.chars().take(200).collect();
    if phone_digits(&query).is_some() {
        return Vec::new();
    }
    let words: Vec<TypedWord> = runs(&fold_for_search(&query))
        .into_iter()
        .map(|run| match run {
            Run::Word(word) if edits_of(&word) > 0 => TypedWord::Letters(word),
            Run::Word(word) => TypedWord::Exact(word),
            Run::Cjk(name) if (MIN_CHARACTERS..=MAX_CHARACTERS).contains(&name.len()) && name.iter().all(|it| is_han(*it)) => TypedWord::Name(name),
            Run::Cjk(other) => TypedWord::Exact(other.into_iter().collect()),
        })
        .collect();
    let may_be_wrong = words.iter().any(|it| !matches!(it, TypedWord::Exact(_)));
    if may_be_wrong && words.len() <= MAX_WORDS { words } else { Vec::new() }
}

/// What a record has that has a name but for one character, as tokens of the index: each time without one of them, the pairs
/// that are left and the characters beside the gap.
pub fn names_nearly(name: &[char]) -> Vec<Vec<String>> {
    (0..name.len())
        .map(|wrong| {
            let mut tokens: Vec<String> = Vec::new();
            for part in [&name[..wrong], &name[wrong + 1..]] {
                match part {
                    [] => {}
                    [one] => tokens.push(one.to_string()),
                    more => tokens.extend(more.windows(2).map(|it| it.iter().collect::<String>())),
                }
            }
            tokens
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_forgiven_by_length() {
        for (typed, known, found) in [
            ("zhnag", "zhangwei", Some((1, "zhang"))),
            ("zhag", "zhangwei", Some((1, "zhang"))),
            ("xinghi", "xinghezhinen", Some((1, "xinghe"))),
            ("xinnghe", "xinghe", Some((1, "xinghe"))),
            ("microsfot", "microsoft", Some((1, "microsoft"))),
            ("micorsofr", "microsoft", Some((2, "microsoft"))),
            ("xignhezhinneg", "xinghezhinen", Some((2, "xinghezhinen"))),
            ("zhang", "zhang", Some((0, "zhang"))),
            ("shang", "zhang", None),
            ("zhuang", "zhong", None),
            ("wang", "weng", Some((1, "weng"))),
        ] {
            assert_eq!(meant(typed, known, edits_of(typed)), found, "{typed} for {known}");
        }
        assert_eq!([edits_of("wan"), edits_of("wang"), edits_of("xinghez"), edits_of("xinghezh"), edits_of("xh2000")], [0, 1, 1, 2, 0]);
    }

    #[test]
    fn words_that_may_be_wrong_are_told_from_others() {
        let name = |it: &str| TypedWord::Name(it.chars().collect());
        assert_eq!(typed_words("張偉明 Zhnag 2000"), [name("张伟明"), TypedWord::Letters("zhnag".into()), TypedWord::Exact("2000".into())]);
        for query in ["张三", "138 1234 5678", "abc", "a b c d efgh", "", "!!", &"星".repeat(30)] {
            assert_eq!(typed_words(query), [], "{query}");
        }
    }

    #[test]
    fn a_name_without_a_character() {
        let all: Vec<String> = names_nearly(&['张', '伟', '明']).iter().map(|it| it.join(" ")).collect();
        assert_eq!(all, ["伟明", "张 明", "张伟"]);
        let all: Vec<String> = names_nearly(&['星', '河', '智', '能']).iter().map(|it| it.join(" ")).collect();
        assert_eq!(all, ["河智 智能", "星 智能", "星河 能", "星河 河智"]);
    }

    #[test]
    fn the_index_knows_words_of_letters() {
        assert_eq!(known_word("xinghezhinengshebei"), Some("xinghezhinen"));
        for token in ["xh", "xh2000", "138", "星河", "müller", ""] {
            assert_eq!(known_word(token), None, "{token}");
        }
    }

    proptest::proptest! {
        #[test]
        fn one_edit_is_always_forgiven(word in "[a-z]{5,12}", at in 1usize..12, letter in b'a'..=b'z', kind in 0u8..4) {
            let mut typed = word.clone().into_bytes();
            let at = at.min(typed.len() - 1);
            match kind {
                0 => typed[at] = letter,
                1 => { typed.remove(at); }
                2 => typed.insert(at, letter),
                _ => if at + 1 < typed.len() { typed.swap(at, at + 1) },
            }
            let typed = String::from_utf8(typed).unwrap();
            proptest::prop_assert!(meant(&typed, &word, 1).is_some(), "{} for {}", typed, word);
        }
    }
}
