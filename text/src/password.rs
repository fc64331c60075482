//! Passwords that are guessed first: a list of those many people have, and words that say too much about somebody.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::pinyin;

/// In the order of their bytes, in small letters, none shorter than 8 characters (`NOTICE` names the sources).
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("../data/common-passwords.txt").lines().collect());

/// What people put behind a word to make it longer.
const MAX_TAIL: usize = 4;
/// Shortest word of a person that counts as saying something about him.
const MIN_WORD: usize = 4;
/// A date, a telephone or an identity number has up to so many digits.
const NUMBER: usize = 18;

/// Whether a password is one that many people have, with or without a few digits or signs behind it.
pub fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let listed = |word: &str| COMMON.binary_search(&word).is_ok();
    let word = lower.trim_end_matches(|it: char| !it.is_alphabetic());
    listed(&lower) || (lower.chars().count() - word.chars().count() <= MAX_TAIL && listed(word))
}

/// Whether it is a number such as a date or a telephone number, or one short piece over and over.
pub fn is_monotonous(password: &str) -> bool {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let distinct = letters.iter().collect::<BTreeSet<_>>().len();
    let is_number = letters.iter().all(char::is_ascii_digit) && letters.len() <= NUMBER;
    let repeats =
        (1..=4).any(|period| letters.len() > 2 * period && letters.iter().zip(letters.iter().skip(period)).all(|(left, right)| left == right));
    let follows =
        |step: i64| letters.windows(2).all(|it| matches!(it, [left, right] if i64::from(u32::from(*right)) - i64::from(u32::from(*left)) == step));
    is_number || (letters.len() < 32 && (distinct < 4 || repeats)) || follows(1) || follows(-1)
}

/// Whether a password is made of what everybody knows about its owner: fewer than `rest` characters of it are neither a
/// word of `about` (a name, an address, a company) nor its pinyin.
pub fn is_personal<'a>(password: &str, about: impl IntoIterator<Item = &'a str>, rest: usize) -> bool {
    let lower = password.to_lowercase();
    let mut words: Vec<String> = about.into_iter().flat_map(words_of).collect();
    words.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let mut left = lower.clone();
    for word in &words {
        left = left.replace(word.as_str(), "");
    }
    left.len() < lower.len() && left.chars().count() < rest
}

fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let pieces = lower.split(|it: char| !it.is_alphanumeric()).map(str::to_owned);
    let joined: String = lower.chars().filter(|it| it.is_alphanumeric()).collect();
    let all = pieces.chain([joined, pinyin::full_name(text), pinyin::full(text)]);
    // Two characters of Chinese say as much as four letters.
    all.filter(|it| it.len() >= MIN_WORD).map(|it| it.replace(' ', "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_people_have_is_common() {
        for password in ["password", "Password", "password123", "Password!1", "qwertyuiop", "woaini1314", "iloveyou2024", "1q2w3e4r5t"] {
            assert!(is_common(password), "{password}");
        }
        for password in ["correct horse battery", "Guanxi-demo-2026", "一个很长也很安全的密码", "sunshine-in-kunming", "password9537201"] {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_clean() {
        assert!(COMMON.is_sorted() && COMMON.len() > 20_000);
        assert!(COMMON.iter().all(|it| it.len() >= 8 && it.bytes().all(|it| it.is_ascii_graphic() && !it.is_ascii_uppercase())));
    }

    #[test]
    fn numbers_and_repetitions_are_monotonous() {
        for password in ["20261116", "13812345678", "110101199003070011", "aaaaaaaaaa", "abcabcabcabc", "哈哈哈哈哈哈哈哈", "abcdefghij", "zyxwvuts"]
        {
            assert!(is_monotonous(password), "{password}");
        }
        for password in ["8273910264819273645", "correct horse", "春眠不觉晓处处闻啼鸟", "x7y7x7z7q"] {
            assert!(!is_monotonous(password), "{password}");
        }
    }

    #[test]
    fn what_everybody_knows_of_somebody_is_personal() {
        let about = ["林晓峰", "linxf@xinghe.example", "星河智能设备有限公司"];
        for password in ["linxiaofeng1", "LinXiaoFeng88", "xinghe2026", "linxf@2026", "林晓峰123"] {
            assert!(is_personal(password, about, 6), "{password}");
        }
        for password in ["linxiaofeng eats noodles", "kunming-2026!", "xinghe-mountain-tea"] {
            assert!(!is_personal(password, about, 6), "{password}");
        }
    }
}
