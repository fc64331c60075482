//! Pinyin: the order of Chinese text, and the Latin spelling by which people look names up.

use std::ops::Range;
use std::sync::LazyLock;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;
use pinyin::ToPinyin;

use crate::script::{fold_for_search, fold_width, is_han};

mod readings;

/// Length limit of a sort key, in bytes.
pub const MAX_SORT_KEY_BYTES: usize = 64;
/// Only the beginning of a text can matter to a key of bounded length.
const MAX_SORT_CHARS: usize = 128;

static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    Collator::try_new(locale!("zh-u-co-pinyin").into(), options).ok()
});

/// A key whose byte order is the order of the texts: Chinese by pinyin, Latin without regard to case, width and accents
/// unless everything else is equal.
///
/// At most [`MAX_SORT_KEY_BYTES`]: about twenty Chinese characters or sixty Latin letters decide, texts that agree that
/// far get the same key, so a list needs a further criterion (the id) to be in total order. Keys depend on the
/// collation data compiled in; they have to be rebuilt when [`SORT_KEY_VERSION`] changes.
pub fn sort_key(text: &str) -> Vec<u8> {
    let beginning: String = text.trim_start().chars().take(MAX_SORT_CHARS).collect();
    let mut key = Vec::with_capacity(MAX_SORT_KEY_BYTES * 2);
    let written = COLLATOR.as_ref().is_some_and(|collator| {
        let Ok(()) = collator.write_sort_key_to(&beginning, &mut key);
        true
    });
    if !written {
        key = fold_for_search(&beginning).into_bytes();
    }
    key.truncate(MAX_SORT_KEY_BYTES);
    key
}

/// [`sort_key`] as text of the same order, for columns of text that compare byte by byte: every byte `b` of the key is
/// the character U+0001 + `b`, so that there is no NUL and one-byte characters precede two-byte ones as their bytes do.
pub fn sort_text(text: &str) -> String {
    sort_key(text).into_iter().map(|byte| char::from_u32(u32::from(byte) + 1).unwrap_or(char::MAX)).collect()
}

/// Changes whenever stored sort keys stop being comparable with new ones (collation data or strength).
pub const SORT_KEY_VERSION: u32 = 1;

/// Syllables of the Chinese in `text`, everything else as lower-case words: "星河A1" is `xing he a1`.
pub fn syllables(text: &str) -> Vec<String> {
    spell(&fold_width(text), false)
}

/// As [`syllables`], with the first character read as a surname: 单 is `shan`, 曾 is `zeng`, 解 is `xie`.
pub fn name_syllables(name: &str) -> Vec<String> {
    spell(&fold_width(name), true)
}

/// Pinyin in one word: 星河智能 is `xinghezhineng`.
pub fn full(text: &str) -> String {
    syllables(text).concat()
}

/// Pinyin of a person's name in one word, surname readings respected.
pub fn full_name(name: &str) -> String {
    name_syllables(name).concat()
}

/// First letters: 星河智能 is `xhzn`.
pub fn initials(text: &str) -> String {
    syllables(text).iter().filter_map(|syllable| syllable.chars().next()).collect()
}

/// A syllable, or a word that is not Chinese, and the characters it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spelled {
    /// How it is spelled.
    pub text: String,
    /// From the first to behind the last character.
    pub of: Range<usize>,
}

fn spell(text: &str, is_name: bool) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    spell_characters(&characters, is_name).into_iter().map(|it| it.text).collect()
}

/// Spells characters in their plain form, as [`crate::script::fold_width`] leaves them.
pub(crate) fn spell_characters(characters: &[char], is_name: bool) -> Vec<Spelled> {
    let mut spelled = Vec::new();
    let mut position = 0;
    let mut word = 0..0;
    while position < characters.len() {
        let rest = &characters[position..];
        let known = if is_name && spelled.is_empty() && word.is_empty() { readings::surname(rest) } else { None };
        if let Some((taken, reading)) = known.or_else(|| readings::phrase(rest)) {
            flush(characters, &mut word, &mut spelled);
            // A reading has a syllable for each character it takes.
            let syllables = reading.split(' ').enumerate();
            spelled.extend(syllables.map(|(at, it)| Spelled { text: it.to_owned(), of: position + at..position + (at + 1).min(taken) }));
            position += taken;
            continue;
        }
        let character = characters[position];
        position += 1;
        match character.to_pinyin() {
            Some(reading) => {
                flush(characters, &mut word, &mut spelled);
                spelled.push(Spelled { text: plain(reading.plain()), of: position - 1..position });
            }
            None if character.is_alphanumeric() && !is_han(character) => {
                word = if word.is_empty() { position - 1 } else { word.start }..position;
            }
            None => flush(characters, &mut word, &mut spelled),
        }
    }
    flush(characters, &mut word, &mut spelled);
    spelled
}

fn flush(characters: &[char], word: &mut Range<usize>, spelled: &mut Vec<Spelled>) {
    let of = std::mem::take(word);
    if !of.is_empty() {
        let text: String = characters[of.clone()].iter().collect();
        spelled.push(Spelled { text: fold_for_search(&text), of });
    }
}

/// 吕 is typed `lv`, and so it is indexed.
fn plain(reading: &str) -> String {
    reading.replace('ü', "v").replace("ê", "e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| sort_key(name));
        names
    }

    #[test]
    fn chinese_sorts_by_pinyin() {
        assert_eq!(
            sorted(vec!["张伟", "安徽", "王芳", "李娜", "北京", "上海", "重庆", "陈静", "白云"]),
            ["安徽", "白云", "北京", "陈静", "重庆", "李娜", "上海", "王芳", "张伟"]
        );
        assert_eq!(sorted(vec!["王五", "王二", "王", "汪五"]), ["汪五", "王", "王二", "王五"]);
    }

    #[test]
    fn case_and_width_matter_last() {
        assert_eq!(sorted(vec!["b", "A", "B", "a", "ａ"]), ["a", "ａ", "A", "b", "B"]);
        assert!(sort_key("apple") < sort_key("Banana"));
        assert!(sort_key("张伟") < sort_key("Apple"), "Chinese before Latin, as the zh collation has it");
        assert!(sort_key("2号") < sort_key("阿里"));
    }

    #[test]
    fn keys_are_bounded_and_agree_on_prefixes() {
        let long = "星".repeat(1_000_000);
        assert!(sort_key(&long).len() <= MAX_SORT_KEY_BYTES);
        assert!(sort_key("").len() <= 8);
        assert_eq!(sort_key(&"星河".repeat(50)), sort_key(&"星河".repeat(60)));
        assert!(sort_key("星河智能设备有限公司") < sort_key("星河智能制造有限公司"), "she before zhi");
    }

    #[test]
    fn spelling() {
        assert_eq!(full("星河智能"), "xinghezhineng");
        assert_eq!(initials("星河智能"), "xhzn");
        assert_eq!(full("重庆银行"), "chongqingyinhang");
        assert_eq!(full("厦门长江大厦"), "xiamenchangjiangdasha");
        assert_eq!(full("绿城 A座"), "lvchenga".to_owned() + "zuo");
        assert_eq!(syllables("ＫＴＶ星河2号"), ["ktv", "xing", "he", "2", "hao"]);
        assert_eq!(full("!?"), "");
    }

    #[test]
    fn surnames_have_their_own_readings() {
        for (name, spelled) in [
            ("单田芳", "shantianfang"),
            ("曾国藩", "zengguofan"),
            ("解晓东", "xiexiaodong"),
            ("仇英", "qiuying"),
            ("尉迟恭", "yuchigong"),
            ("长孙无忌", "zhangsunwuji"),
            ("吕布", "lvbu"),
            ("区成", "oucheng"),
            ("查良镛", "zhaliangyong"),
            ("任平", "renping"),
        ] {
            assert_eq!(full_name(name), spelled, "{name}");
        }
        assert_eq!(full("单位"), "danwei");
    }

    proptest::proptest! {
        #[test]
        fn as_text_keys_keep_their_order(one in "[a-zA-Z星河王伟张 0-9é]{0,12}|.{0,12}", other in "[a-zA-Z星河王伟张 0-9é]{0,12}|.{0,12}") {
            proptest::prop_assert_eq!(sort_text(&one).cmp(&sort_text(&other)), sort_key(&one).cmp(&sort_key(&other)));
            proptest::prop_assert!(!sort_text(&one).contains('\0'));
        }
    }
}
