//! Character classes and width folding that the other topics share.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use crate::han_variants::simplified;

/// NFKC: full-width letters and digits become half-width, compatibility forms become plain ones.
pub fn fold_width(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfkc().normalize(text).into_owned()
}

/// NFKC, lower case, Latin accents removed, traditional Chinese as simplified: the form in which words are compared ("Müller"
/// is "muller", 張 is 张).
pub fn fold_for_search(text: &str) -> String {
    let lowered = fold_width(text).to_lowercase();
    let mut folded = String::with_capacity(lowered.len());
    for character in lowered.chars() {
        if character.is_ascii() {
            folded.push(character);
            continue;
        }
        if is_cjk(character) {
            folded.push(simplified(character));
            continue;
        }
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            _ => push_without_accents(character, &mut folded),
        }
    }
    folded
}

fn push_without_accents(character: char, folded: &mut String) {
    let mut buffer = [0; 4];
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(character.encode_utf8(&mut buffer));
    folded.extend(decomposed.chars().filter(|part| !is_combining_accent(*part)));
}

fn is_combining_accent(character: char) -> bool {
    matches!(u32::from(character), 0x0300..=0x036F)
}

/// Han characters, including the rarer planes used in personal names.
pub fn is_han(character: char) -> bool {
    matches!(u32::from(character),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x3007 | 0x20000..=0x323AF)
}

/// Scripts written without spaces between words: Han, kana, Hangul, bopomofo.
pub fn is_cjk(character: char) -> bool {
    is_han(character)
        || matches!(u32::from(character),
            0x3041..=0x3096 | 0x30A1..=0x30FA | 0x30FC | 0x3105..=0x312F | 0x1100..=0x11FF | 0xAC00..=0xD7AF)
}

/// Characters that draw nothing and only get in the way when people paste: zero-width space and joiners, BOM, soft hyphen,
/// direction marks.
pub fn is_invisible(character: char) -> bool {
    matches!(u32::from(character),
        0x00AD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xFEFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_accents_fold() {
        assert_eq!(fold_width("ＡＢ１２（）＠"), "AB12()@");
        assert_eq!(fold_for_search("Müller ＳＴＲＡẞE Łódź"), "muller strasse lodz");
        assert_eq!(fold_for_search("星河ガ"), "星河ガ");
        assert_eq!(fold_for_search("張三（臺灣）"), "张三(台湾)");
    }

    #[test]
    fn scripts_are_told_apart() {
        assert!(is_han('星') && is_han('𠮷') && is_han('〇'));
        assert!(!is_han('a') && !is_han('か'));
        assert!(is_cjk('か') && is_cjk('한'));
    }
}
