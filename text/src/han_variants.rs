//! Traditional Chinese written as simplified, character by character: enough to compare and to find, too little to translate.

use std::sync::LazyLock;

/// Where the table comes from is told in its head and in NOTICE.
const DATA: &str = include_str!("../data/han-variants.txt");
/// Every character of the table stands between these.
const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// What each character from [`FIRST`] on is written as; 0 where it stays.
static SIMPLIFIED: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut table = vec![0; (LAST - FIRST + 1) as usize];
    for line in DATA.lines().filter(|it| !it.starts_with('#')) {
        let mut characters = line.chars();
        let Some(simplified) = characters.next().and_then(|it| u16::try_from(u32::from(it)).ok()) else { continue };
        for traditional in characters {
            if let Some(place) = place_of(traditional).and_then(|it| table.get_mut(it)) {
                *place = simplified;
            }
        }
    }
    table.into()
});

fn place_of(character: char) -> Option<usize> {
    usize::try_from(u32::from(character).checked_sub(FIRST)?).ok()
}

/// A traditional character as it is written in simplified Chinese; any other one as it is. Of a simplified character with
/// two origins (发 of 發 and 髮) nothing is told apart.
pub fn simplified(character: char) -> char {
    match place_of(character).and_then(|it| SIMPLIFIED.get(it)) {
        Some(0) | None => character,
        Some(code) => char::from_u32(u32::from(*code)).unwrap_or(character),
    }
}

/// A text in simplified characters.
pub fn simplify(text: &str) -> String {
    text.chars().map(simplified).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_writings_come_to_one() {
        for (traditional, plain) in [
            ("張偉", "张伟"),
            ("歐陽娜娜", "欧阳娜娜"),
            ("臺灣積體電路製造股份有限公司", "台湾积体电路制造股份有限公司"),
            ("鴻海精密工業", "鸿海精密工业"),
            ("衞生署", "卫生署"),
            ("衛生署", "卫生署"),
            ("龍騰", "龙腾"),
            ("發髮", "发发"),
            ("群峯", "群峰"),
        ] {
            assert_eq!(simplify(traditional), plain);
            assert_eq!(simplify(plain), plain, "what is simplified stays");
        }
        assert_eq!(simplify("abc １２ 한 か 𠮷 \u{10FFFF}"), "abc １２ 한 か 𠮷 \u{10FFFF}");
    }

    #[test]
    fn the_table_leads_nowhere_else() {
        let all = (FIRST..=LAST).filter_map(char::from_u32);
        let mut told = 0;
        for character in all {
            let plain = simplified(character);
            assert_eq!(simplified(plain), plain, "{character}");
            told += usize::from(plain != character);
        }
        assert!(told > 2_900, "{told}");
    }
}
