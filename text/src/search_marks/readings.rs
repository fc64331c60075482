//! A text as it is compared with what was asked for, and the ways it can be read.

use std::cell::OnceCell;
use std::ops::Range;

use super::Mark;
use crate::han_variants::simplified;
use crate::pinyin::{self, Spelled};
use crate::script::{fold_for_search, is_cjk, is_han};
use crate::search_tokens::{MAX_LONG_NUMBER, MIN_LONG_NUMBER};

/// Only so many characters of a text are looked at.
const MOST_CHARS: usize = 100_000;
/// Pinyin is indexed of so many characters.
const MOST_SPELLED: usize = 200;

/// A text in the form in which words are compared, and where each character of that form stands in it.
pub(super) struct Folded {
    pub(super) characters: Vec<char>,
    /// From and to where in the text each was, in units of UTF-16.
    pub(super) places: Vec<Mark>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self { characters: Vec::with_capacity(text.len().min(MOST_CHARS)), places: Vec::with_capacity(text.len().min(MOST_CHARS)) };
        let mut at = 0;
        for character in text.chars().take(MOST_CHARS) {
            let end = at + character.len_utf16();
            match character {
                it if it.is_ascii() => folded.push(it.to_ascii_lowercase(), (at, end)),
                '\u{3400}'..='\u{9FFF}' => folded.push(simplified(character), (at, end)),
                _ => fold_for_search(character.encode_utf8(&mut [0; 4])).chars().for_each(|it| folded.push(it, (at, end))),
            }
            at = end;
        }
        folded
    }

    fn push(&mut self, character: char, place: Mark) {
        self.characters.push(character);
        self.places.push(place);
    }

    /// Runs of characters for which something holds.
    fn runs(&self, is: impl Fn(char) -> bool) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (at, character) in self.characters.iter().enumerate() {
            match found.last_mut() {
                _ if !is(*character) => {}
                Some(last) if last.end == at => last.end = at + 1,
                _ => found.push(at..at + 1),
            }
        }
        found
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() && !is_cjk(character)
}

/// `xh-2000` is found as `xh2000` as well.
fn is_joined(character: char) -> bool {
    is_word(character) || matches!(character, '-' | '_' | '\'' | '’' | '.' | '/')
}

fn is_of_number(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, ' ' | '-' | '(' | ')' | '+')
}

/// The readings of a text, each made once, and only if something asks for it.
pub(super) struct Readings<'f> {
    folded: &'f Folded,
    words: OnceCell<Vec<Spread>>,
    joined: OnceCell<Vec<Spread>>,
    numbers: OnceCell<Vec<Spread>>,
    spelled: OnceCell<[Vec<Spelled>; 2]>,
}

/// Characters that are read as one word, and where each stands.
pub(super) struct Spread {
    pub(super) characters: Vec<char>,
    at: Vec<usize>,
}

impl Spread {
    /// From its `from`th character on, so many.
    pub(super) fn part(&self, from: usize, count: usize) -> Option<Range<usize>> {
        let (first, last) = (self.at.get(from)?, self.at.get(from + count.checked_sub(1)?)?);
        Some(*first..*last + 1)
    }
}

impl<'f> Readings<'f> {
    pub(super) fn of(folded: &'f Folded) -> Self {
        Self { folded, words: OnceCell::new(), joined: OnceCell::new(), numbers: OnceCell::new(), spelled: OnceCell::new() }
    }

    fn spread(&self, runs: Vec<Range<usize>>, is_own: impl Fn(char) -> bool) -> Vec<Spread> {
        let own = |run: Range<usize>| {
            let at: Vec<usize> = run.filter(|at| is_own(self.folded.characters[*at])).collect();
            Spread { characters: at.iter().map(|at| self.folded.characters[*at]).collect(), at }
        };
        runs.into_iter().map(own).collect()
    }

    pub(super) fn words(&self) -> &[Spread] {
        self.words.get_or_init(|| self.spread(self.folded.runs(is_word), is_word))
    }

    pub(super) fn joined(&self) -> &[Spread] {
        self.joined.get_or_init(|| self.spread(self.folded.runs(is_joined), is_word))
    }

    pub(super) fn numbers(&self) -> &[Spread] {
        let is_long = |it: &Spread| (MIN_LONG_NUMBER..=MAX_LONG_NUMBER).contains(&it.at.len());
        self.numbers.get_or_init(|| {
            let mut numbers = self.spread(self.folded.runs(is_of_number), |it| it.is_ascii_digit());
            numbers.retain(is_long);
            numbers
        })
    }

    /// Its beginning in pinyin: as a name, and as any text.
    pub(super) fn spelled(&self) -> &[Vec<Spelled>; 2] {
        self.spelled.get_or_init(|| {
            let characters = self.spelled_characters();
            let has_han = characters.iter().any(|it| is_han(*it));
            [true, false].map(|is_name| if has_han { pinyin::spell_characters(characters, is_name) } else { Vec::new() })
        })
    }

    pub(super) fn spelled_characters(&self) -> &[char] {
        &self.folded.characters[..self.folded.characters.len().min(MOST_SPELLED)]
    }
}
