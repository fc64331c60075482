//! Words that were nearly typed: of Latin letters (pinyin too) by edits, of Chinese names by one character.
//!
//! What is told here are only other words to look for. Whoever looks for them does so with his own rights.

use std::collections::BTreeSet;

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

/// The word by which a token of the index is known to whoever looks for what was nearly typed: the letters it begins with;
/// none of tokens that nobody misspells.
pub fn known_word(token: &str) -> Option<&str> {
    let letters = token.bytes().take(KNOWN_LETTERS).take_while(u8::is_ascii_lowercase).count();
    (letters >= MIN_LETTERS).then(|| &token[..letters])
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

/// Everything that is one edit away from a word as it was typed: a letter more, less or another, two that changed places. The
/// first letter is right. As known words are, cut to [`KNOWN_LETTERS`]; nothing shorter than what is known.
pub fn one_edit(typed: &str) -> BTreeSet<String> {
    let typed = &typed.as_bytes()[..typed.len().min(KNOWN_LETTERS)];
    let mut found: BTreeSet<Vec<u8>> = BTreeSet::new();
    for at in 1..typed.len() {
        let (before, rest) = typed.split_at(at);
        found.insert([before, &rest[1..]].concat());
        if let [one, other, after @ ..] = rest {
            found.insert([before, &[*other, *one], after].concat());
        }
        for letter in b'a'..=b'z' {
            found.insert([before, &[letter], &rest[1..]].concat());
            found.insert([before, &[letter], &rest[..rest.len().min(KNOWN_LETTERS - at - 1)]].concat());
        }
    }
    found.remove(typed);
    let long = found.into_iter().filter(|it| it.len() >= MIN_LETTERS);
    long.filter_map(|it| String::from_utf8(it).ok()).collect()
}

/// How near a known word comes to one that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness<'k> {
    /// It begins so, with so many edits between.
    Near(usize, &'k str),
    /// Nothing that begins so is near.
    Far(&'k str),
    /// Not near; what begins with it may be.
    Short,
}

/// How near a known word, or a beginning of it, comes to one that was typed: a letter more, less or another, two that changed
/// places. At most so many edits are forgiven.
pub fn nearness<'k>(typed: &str, known: &'k str, most: usize) -> Nearness<'k> {
    let (typed, letters) = (&typed.as_bytes()[..typed.len().min(KNOWN_LETTERS)], known.as_bytes());
    let width = typed.len() + 1;
    let mut before_last = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut best = (typed.len(), 0);
    let near = |best: (usize, usize)| (best.0 <= most).then(|| Nearness::Near(best.0, &known[..best.1]));
    for (row, letter) in letters.iter().enumerate() {
        let mut now = vec![row + 1; width];
        for column in 1..width {
            let same = typed[column - 1] == *letter;
            let mut cost = (last[column - 1] + usize::from(!same)).min(last[column] + 1).min(now[column - 1] + 1);
            if row > 0 && column > 1 && typed[column - 1] == letters[row - 1] && typed[column - 2] == *letter {
                cost = cost.min(before_last[column - 2] + 1);
            }
            now[column] = cost;
        }
        // Of beginnings alike near, the longest: `zhag` means `zhang` rather than `zha`.
        if now[typed.len()] <= best.0 {
            best = (now[typed.len()], row + 1);
        }
        if now.iter().min().is_none_or(|it| *it > most) {
            return near(best).unwrap_or(Nearness::Far(&known[..row + 1]));
        }
        before_last = std::mem::replace(&mut last, now);
    }
    near(best).unwrap_or(Nearness::Short)
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
            ("zhuang", "zhong", None),
            ("wang", "weng", Some((1, "weng"))),
        ] {
            let near = if let Nearness::Near(edits, meant) = nearness(typed, known, edits_of(typed)) { Some((edits, meant)) } else { None };
            assert_eq!(near, found, "{typed} for {known}");
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
        assert_eq!(known_word("xinghe2000"), Some("xinghe"), "it is found by how it begins");
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
            proptest::prop_assert!(matches!(nearness(&typed, &word, 1), Nearness::Near(..)), "{} for {}", typed, word);
            let begins = |it: &str| it.len() >= MIN_LETTERS && word.starts_with(it);
            proptest::prop_assert!(begins(&typed) || one_edit(&typed).iter().any(|it| begins(it)), "{} for {}", typed, word);
        }

        #[test]
        fn what_is_one_edit_away_is_near_and_few(word in "[a-z]{4,15}") {
            let all = one_edit(&word);
            proptest::prop_assert!(all.len() < 600 && !all.contains(&word[..word.len().min(KNOWN_LETTERS)]));
            for one in all {
                let is_near = matches!(nearness(&word, &one, 1), Nearness::Near(..));
                proptest::prop_assert!(is_near || word.len() >= KNOWN_LETTERS, "{} for {}", word, one);
                proptest::prop_assert!(one.starts_with(&word[..1]) && (MIN_LETTERS..=KNOWN_LETTERS).contains(&one.len()));
            }
        }

        #[test]
        fn nothing_is_near_that_begins_far(typed in "[ab]{8,12}", known in "[abc]{1,12}", more in "[abc]{0,6}") {
            if let Nearness::Far(beginning) = nearness(&typed, &known, 2) {
                let longer = format!("{beginning}{more}");
                proptest::prop_assert!(!matches!(nearness(&typed, &longer, 2), Nearness::Near(..)), "{} for {}", typed, longer);
            }
        }
    }
}
