//! Where in a text stands what was asked for: the other side of [`crate::search_tokens`], for texts that are shown.
//!
//! Told in units of UTF-16, as browsers count. Whoever marks a text has seen to it that the reader may see it whole.

mod readings;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use self::readings::{Folded, Readings};
use crate::pinyin::Spelled;
use crate::script::{is_cjk, is_han};
use crate::search_tokens::{MIN_PIECE, PINYIN_STARTS, PINYIN_SYLLABLES, QueryToken};

/// Places of one text that are marked.
const MOST_MARKS: usize = 40;

/// From and to where, in units of UTF-16.
pub type Mark = (usize, usize);

/// One thing that is looked for in texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A token of a query.
    Token(QueryToken),
    /// So many characters in a row of which one may be another one.
    Nearly(Vec<char>),
}

/// The places in a text of things of which any of a few will do each, in order and apart and no more than one looks at; and
/// which of those things are there.
pub fn marks(text: &str, each: &[Vec<Wanted>]) -> (Vec<Mark>, Vec<bool>) {
    if each.is_empty() || text.is_empty() {
        return (Vec::new(), vec![false; each.len()]);
    }
    let folded = Folded::of(text);
    let readings = Readings::of(&folded);
    let mut found: Vec<Range<usize>> = Vec::new();
    let is_there = |any: &Vec<Wanted>| {
        let before = found.len();
        let mut words: Vec<&str> = Vec::new();
        for one in any {
            match one {
                Wanted::Nearly(characters) => nearly(&folded, characters, &mut found),
                Wanted::Token(token) if token.text.chars().all(is_cjk) => exactly(&folded, &token.text, &mut found),
                Wanted::Token(token) => words.push(&token.text),
            }
        }
        by_words(&readings, &words, &mut found);
        found.len() > before
    };
    let there = each.iter().map(is_there).collect();
    (join(&folded, found), there)
}

fn join(folded: &Folded, mut found: Vec<Range<usize>>) -> Vec<Mark> {
    found.retain(|it| !it.is_empty());
    found.sort_unstable_by_key(|it| (it.start, it.end));
    let mut joined: Vec<Mark> = Vec::new();
    for range in found {
        let (Some(first), Some(last)) = (folded.places.get(range.start), folded.places.get(range.end - 1)) else { continue };
        match joined.last_mut() {
            Some(before) if first.0 <= before.1 => before.1 = before.1.max(last.1),
            _ => joined.push((first.0, last.1)),
        }
    }
    joined.truncate(MOST_MARKS);
    joined
}

fn exactly(folded: &Folded, wanted: &str, found: &mut Vec<Range<usize>>) {
    let wanted: Vec<char> = wanted.chars().collect();
    let all = folded.characters.windows(wanted.len().max(1)).enumerate().filter(|it| it.1 == wanted);
    found.extend(all.take(MOST_MARKS).map(|it| it.0..it.0 + wanted.len()));
}

fn nearly(folded: &Folded, wanted: &[char], found: &mut Vec<Range<usize>>) {
    let differ = |it: &[char]| it.iter().zip(wanted).filter(|(one, other)| one != other).count();
    let fits = |it: &[char]| it.iter().all(|it| is_cjk(*it)) && differ(it) <= 1;
    let all = folded.characters.windows(wanted.len().max(1)).enumerate().filter(|it| fits(it.1));
    found.extend(all.take(MOST_MARKS).map(|it| it.0..it.0 + wanted.len()));
}

/// Any of some words, however many: each place of the text is looked up among them.
fn by_words(readings: &Readings<'_>, words: &[&str], found: &mut Vec<Range<usize>>) {
    if words.is_empty() {
        return;
    }
    let wanted: HashSet<Vec<char>> = words.iter().map(|it| it.chars().collect()).collect();
    let lengths: BTreeSet<usize> = wanted.iter().map(Vec::len).collect();
    for run in readings.words().iter().chain(readings.joined()) {
        for length in lengths.iter().take_while(|it| **it <= run.characters.len()) {
            if wanted.contains(&run.characters[..*length]) {
                found.extend(run.part(0, *length));
            }
        }
    }
    for digits in words.iter().filter(|it| it.bytes().all(|it| it.is_ascii_digit())) {
        by_digits(readings, digits, found);
    }
    by_pinyin(readings, words, found);
}

/// As typed, and without the country's code or the zero before an area's, which a number shown may not have.
fn writings(digits: &str) -> Vec<&str> {
    let mut all = vec![digits];
    if digits.len() >= MIN_PIECE + 2 {
        all.extend(["86", "0"].iter().filter_map(|it| digits.strip_prefix(it)));
    }
    all
}

fn by_digits(readings: &Readings<'_>, digits: &str, found: &mut Vec<Range<usize>>) {
    for run in readings.numbers() {
        let number: String = run.characters.iter().collect();
        let fits = |it: &&&str| if it.len() >= MIN_PIECE { number.contains(**it) } else { number.starts_with(**it) };
        let Some(wanted) = writings(digits).iter().find(fits).copied() else { continue };
        let places = number.match_indices(wanted).take(if wanted.len() < MIN_PIECE { 1 } else { MOST_MARKS });
        found.extend(places.filter_map(|(at, _)| run.part(at, wanted.len())));
    }
}

/// What was typed in pinyin or its initials; a syllable begun is marked whole.
fn by_pinyin(readings: &Readings<'_>, words: &[&str], found: &mut Vec<Range<usize>>) {
    let mut by_first: HashMap<char, Vec<&str>> = HashMap::new();
    for word in words.iter().filter(|it| it.bytes().any(|it| it.is_ascii_lowercase())) {
        word.chars().next().into_iter().for_each(|first| by_first.entry(first).or_default().push(word));
    }
    if by_first.is_empty() {
        return;
    }
    let characters = readings.spelled_characters();
    for syllables in readings.spelled() {
        for start in 0..syllables.len().min(PINYIN_STARTS) {
            let window = &syllables[start..syllables.len().min(start + PINYIN_SYLLABLES)];
            let begun = window.first().and_then(|it| it.text.chars().next()).and_then(|it| by_first.get(&it));
            for typed in begun.into_iter().flatten() {
                let count = spelled_out(window, typed).or_else(|| initialled(window, typed)).unwrap_or(0);
                let covered = &window[..count];
                // Words in Latin letters are found as what they are.
                if covered.iter().any(|it| characters[it.of.clone()].iter().any(|it| is_han(*it))) {
                    found.extend(covered.iter().map(|it| it.of.clone()));
                }
            }
        }
    }
}

/// How many syllables begin with what is typed.
fn spelled_out(window: &[Spelled], typed: &str) -> Option<usize> {
    let mut rest = typed;
    for (at, syllable) in window.iter().enumerate() {
        if syllable.text.starts_with(rest) {
            return Some(at + 1);
        }
        rest = rest.strip_prefix(syllable.text.as_str())?;
    }
    None
}

fn initialled(window: &[Spelled], typed: &str) -> Option<usize> {
    let letters: Vec<char> = typed.chars().collect();
    let fits = letters.len() <= window.len() && letters.iter().zip(window).all(|(letter, it)| it.text.starts_with(*letter));
    fits.then_some(letters.len())
}

/// The part of a text around what was found first, in one line and at most `most` characters long, with the marks in it.
/// `…` stands where something is left out.
pub fn excerpt(text: &str, marks: &[Mark], most: usize) -> (String, Vec<Mark>) {
    let first = marks.first().map_or(0, |it| it.0);
    let mut units = 0;
    let place = |it: char| {
        units += it.len_utf16();
        (units - it.len_utf16(), it)
    };
    let places: Vec<(usize, char)> = text.chars().map(place).collect();
    let found = places.partition_point(|it| it.0 < first);
    // What comes before is shown as far as a fifth of the room goes, unless all of it has room.
    let start = if places.len() <= most { 0 } else { found.saturating_sub(most / 5).min(places.len().saturating_sub(most)) };
    let end = (start + most).min(places.len());
    let mut shown = if start > 0 { "…".to_owned() } else { String::new() };
    shown.extend(places[start..end].iter().map(|it| if it.1.is_whitespace() { ' ' } else { it.1 }));
    let (from, until) = (places.get(start).map_or(0, |it| it.0), places.get(end).map_or(units, |it| it.0));
    let shift = usize::from(start > 0);
    let kept = marks.iter().filter(|it| it.1 > from && it.0 < until);
    let moved = kept.map(|it| (it.0.max(from) - from + shift, it.1.min(until) - from + shift)).collect();
    if end < places.len() {
        shown.push('…');
    }
    (shown, moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search_tokens::query_tokens;

    fn wanted(query: &str) -> Vec<Vec<Wanted>> {
        query_tokens(query).into_iter().map(|it| vec![Wanted::Token(it)]).collect()
    }

    /// The text with what is marked in brackets.
    fn marked(text: &str, query: &str) -> String {
        bracketed(text, &marks(text, &wanted(query)).0)
    }

    fn bracketed(text: &str, marks: &[Mark]) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut shown = String::new();
        let mut at = 0;
        for (from, to) in marks {
            shown.push_str(&format!("{}[{}]", String::from_utf16(&units[at..*from]).unwrap(), String::from_utf16(&units[*from..*to]).unwrap()));
            at = *to;
        }
        shown + &String::from_utf16(&units[at..]).unwrap()
    }

    #[test]
    fn words_are_marked() {
        for (text, query, shown) in [
            ("北京星河智能设备有限公司", "星河", "北京[星河]智能设备有限公司"),
            ("北京星河智能设备有限公司", "设备 星河", "北京[星河]智能[设备]有限公司"),
            ("北京星河智能设备有限公司", "星河智能", "北京[星河智能]设备有限公司"),
            ("星河 星", "星", "[星]河 [星]"),
            ("XingHe Ltd.", "xing", "[Xing]He Ltd."),
            ("XingHe Ltd.", "he", "XingHe Ltd."),
            ("ＸＩＮＧＨＥ 公司", "xinghe", "[ＸＩＮＧＨＥ] 公司"),
            ("Jürgen Müller", "muller jurgen", "[Jürgen] [Müller]"),
            ("Strauße", "strausse", "[Strauße]"),
            ("O'Neil-Smith", "oneil", "[O'Neil]-Smith"),
            ("XH-2000A", "xh2000", "[XH-2000]A"),
            ("wei.wang@xinghe.example", "xinghe", "wei.wang@[xinghe].example"),
            ("𠮷野家", "野家", "𠮷[野家]"),
            ("張偉的客戶", "张伟", "[張偉]的客戶"),
            ("张伟", "張偉", "[张伟]"),
        ] {
            assert_eq!(marked(text, query), shown, "{text} by {query}");
        }
    }

    #[test]
    fn pinyin_marks_what_it_spells() {
        for (text, query, shown) in [
            ("张三", "zs", "[张三]"),
            ("张三", "zhangs", "[张三]"),
            ("张三", "zha", "[张]三"),
            ("张三", "sz", "张三"),
            ("杭州张三丰", "zs", "杭州[张三]丰"),
            ("北京星河智能（集团）", "xhznjt", "北京[星河智能]（[集团]）"),
            ("重庆银行", "chongqingyinhang", "[重庆银行]"),
            ("重慶銀行", "chongqingyinhang", "[重慶銀行]"),
            ("单田芳", "shan", "[单]田芳"),
            ("王伟", "wang wei", "[王伟]"),
            ("星河KTV", "hektv", "星[河KTV]"),
            ("張三", "zhang", "[張]三"),
        ] {
            assert_eq!(marked(text, query), shown, "{text} by {query}");
        }
    }

    #[test]
    fn digits_are_marked_within_numbers() {
        for (text, query, shown) in [
            ("138 1234 5678", "13812345678", "[138 1234 5678]"),
            ("138 1234 5678", "34567", "138 12[34 567]8"),
            ("138-1234-5678", "1234 5678", "138-[1234-5678]"),
            ("138 1234 5678", "+86 138", "[138] 1234 5678"),
            ("010 6552 9988", "010-6552 9988", "[010 6552 9988]"),
            ("+86 138 1234 5678", "1381", "+86 [138 1]234 5678"),
            ("138 1234 5678", "13", "[13]8 1234 5678"),
            ("138 1234 5678", "34", "138 1234 5678"),
            ("138 1234 5678", "8765", "138 1234 5678"),
            ("第 12 层", "12", "第 [12] 层"),
        ] {
            assert_eq!(marked(text, query), shown, "{text} by {query}");
        }
    }

    #[test]
    fn one_character_may_be_another() {
        let near = |text: &str, name: &str| bracketed(text, &marks(text, &[vec![Wanted::Nearly(name.chars().collect())]]).0);
        assert_eq!(near("客户张卫明来电", "张伟明"), "客户[张卫明]来电");
        assert_eq!(near("客户张伟来电", "张伟明"), "客户[张伟来]电");
        assert_eq!(near("张，伟明", "张伟明"), "张，伟明", "a gap is no character");
        assert_eq!(near("王小明", "张伟明"), "王小明");
    }

    #[test]
    fn it_is_told_which_of_several_are_there() {
        assert_eq!(marks("星河智能 2000", &wanted("2000 明月 星河")), (vec![(0, 2), (5, 9)], vec![true, false, true]));
        assert_eq!(marks("", &wanted("星河")), (Vec::new(), vec![false]));
    }

    #[test]
    fn many_words_and_a_long_text_take_no_long_time() {
        let text = format!("{} 张卫明 xinghe", "wzzz-wyyy ".repeat(9_000));
        let many: Vec<String> = (0..1_000).map(|it| format!("w{}", letters(it))).chain(["xinghe".into()]).collect();
        let each = [many.into_iter().map(|text| Wanted::Token(QueryToken { text, prefix: true })).collect()];
        let began = std::time::Instant::now();
        let (places, there) = marks(&text, &each);
        assert!(there[0] && bracketed(&text, &places).ends_with("[xinghe]"));
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    fn letters(number: u32) -> String {
        (0..5).map(|it| char::from(b'a' + u8::try_from((number >> (it * 2)) % 4).unwrap())).collect()
    }

    #[test]
    fn an_excerpt_shows_what_was_found() {
        let text = format!("{}\n星河{}", "一".repeat(100), "二".repeat(100));
        let found = marks(&text, &wanted("星河")).0;
        let (shown, moved) = excerpt(&text, &found, 50);
        assert_eq!(bracketed(&shown, &moved), format!("…{} [星河]{}…", "一".repeat(9), "二".repeat(38)));
        assert_eq!(excerpt("星河", &[(0, 2)], 50), ("星河".to_owned(), vec![(0, 2)]));
        assert_eq!(excerpt("", &[], 50), (String::new(), Vec::new()));
        let (shown, moved) = excerpt(&format!("𠮷{}", "星".repeat(90)), &[(0, 180)], 20);
        assert_eq!((shown.chars().count(), moved), (21, vec![(0, 21)]));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_marked_in_bounds(text in ".{0,60}|[张三星河𠮷a-z0-9 -]{0,60}", query in ".{0,20}|[张三a-z0-9]{1,6}", most in 1usize..40) {
            let found = marks(&text, &wanted(&query)).0;
            let (shown, moved) = excerpt(&text, &found, most);
            for (text, marks) in [(&text, &found), (&shown, &moved)] {
                let units: Vec<u16> = text.encode_utf16().collect();
                for (from, to) in marks {
                    proptest::prop_assert!(from < to && *to <= units.len());
                    proptest::prop_assert!(String::from_utf16(&units[*from..*to]).is_ok());
                }
                proptest::prop_assert!(marks.windows(2).all(|it| it[0].1 < it[1].0));
            }
        }
    }
}
