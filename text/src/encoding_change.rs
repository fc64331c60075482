//! Does a text change its encoding half way? Two exports put together do, and most of what is UTF-8 is valid GB18030 too: it
//! would come out as other characters (刘洋 as 鍒樻磱) and nobody would be told. So each line is looked at on its own.

use encoding_rs::{Encoding, GB18030, UTF_8};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// So many characters of three bytes in a line are no coincidence.
const NO_COINCIDENCE: usize = 4;

/// A text that goes on in another encoding than it began in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is in {from} up to here, and from line {line} on in {to}")]
pub struct EncodingChange {
    /// The first line in the other encoding, counted from 1.
    pub line: u64,
    /// Name of the encoding before it.
    pub from: &'static str,
    /// Name of the encoding from there on.
    pub to: &'static str,
}

/// What a line says of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// It is ASCII, which is the same in all.
    Nothing,
    /// It may well be in the text's own.
    Own,
    /// It is in another, unless by coincidence.
    Perhaps(&'static Encoding),
    /// It is in another.
    Surely(&'static Encoding),
}

/// Looks at the lines of a text that is decoded piece by piece.
#[derive(Debug)]
pub(crate) struct Watch {
    own: &'static Encoding,
    /// Lines that went by.
    lines: u64,
    /// The next byte is in the middle of a line that is too long to be looked at.
    within_line: bool,
}

impl Watch {
    /// For a text in an encoding; `None` for those that nothing can be told of.
    pub(crate) fn of(own: &'static Encoding) -> Option<Watch> {
        own.is_ascii_compatible().then_some(Watch { own, lines: 0, within_line: false })
    }

    /// As [`Watch::of`], after some lines that were ASCII.
    pub(crate) fn after(mut self, ascii_lines: u64) -> Watch {
        self.lines = ascii_lines;
        self
    }

    /// How many of the bytes are in the text's own encoding and may be decoded: some, where there are any. `ended`: no more
    /// follow; otherwise there are as many as are ever looked at together.
    pub(crate) fn pass(&mut self, raw: &[u8], ended: bool) -> Result<usize, EncodingChange> {
        let whole = if ended { raw.len() } else { end_of_lines(raw) };
        if whole == 0 {
            self.within_line = true;
            return Ok(raw.len());
        }
        let passed = if self.own == UTF_8 && std::str::from_utf8(&raw[..whole]).is_ok() { whole } else { self.look(&raw[..whole], ended)? };
        self.lines += count_lines(&raw[..passed]);
        self.within_line = false;
        Ok(passed)
    }

    /// Up to where the lines are in the text's own encoding; an error where the first is not any more.
    fn look(&self, lines: &[u8], ended: bool) -> Result<usize, EncodingChange> {
        let mut suspect: Option<(usize, &'static Encoding)> = None;
        let mut start = 0;
        while start < lines.len() {
            let line = &lines[start..start + line_length(&lines[start..])];
            let sign = if start == 0 && self.within_line { Sign::Own } else { sign_of(line, self.own) };
            suspect = match (sign, suspect) {
                (Sign::Nothing, before) => before,
                (Sign::Own, _) => None,
                (Sign::Surely(to) | Sign::Perhaps(to), Some((at, before))) if before == to => return self.ends(at, to),
                (Sign::Surely(to), _) => return self.ends(start, to),
                (Sign::Perhaps(to), _) => Some((start, to)),
            };
            start += line.len();
        }
        match suspect {
            // What follows decides; where nothing does within reach, it was a coincidence, or a broken line.
            Some((at, _)) if at > 0 && !ended => Ok(at),
            _ => Ok(lines.len()),
        }
    }

    /// What stands before the change is passed first.
    fn ends(&self, at: usize, to: &'static Encoding) -> Result<usize, EncodingChange> {
        if at > 0 { Ok(at) } else { Err(EncodingChange { line: self.lines + 1, from: self.own.name(), to: to.name() }) }
    }
}

/// Which encoding a text begins in that has lines in UTF-8 and lines in GB18030; `None` where it has not both.
pub(crate) fn first_of_two(text: &[u8], complete: bool) -> Option<&'static Encoding> {
    let mut first = None;
    let mut rest = if complete { text } else { &text[..end_of_lines(text)] };
    while !rest.is_empty() {
        let (line, after) = rest.split_at(line_length(rest));
        rest = after;
        let here = match sign_of(line, GB18030) {
            Sign::Surely(encoding) => encoding,
            _ if is_gb18030(line) && std::str::from_utf8(line).is_err() => GB18030,
            _ => continue,
        };
        if *first.get_or_insert(here) != here {
            return first;
        }
    }
    None
}

/// Lines in a text, as their ends say.
pub(crate) fn count_lines(text: &[u8]) -> u64 {
    let count = |end: u8| text.iter().filter(|byte| **byte == end).count() as u64;
    match count(b'\n') {
        0 => count(b'\r'),
        lines => lines,
    }
}

/// Where the last line that is there as a whole ends; 0 where none is.
fn end_of_lines(text: &[u8]) -> usize {
    let is_end = |index: usize| text[index] == b'\n' || text[index] == b'\r' && index + 1 < text.len();
    (0..text.len()).rev().find(|index| is_end(*index)).map_or(0, |index| index + 1)
}

/// Bytes of the first line, with its end.
fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(text.len(), |index| index + 1)
}

fn sign_of(line: &[u8], own: &'static Encoding) -> Sign {
    if line.is_ascii() {
        return Sign::Nothing;
    }
    match std::str::from_utf8(line) {
        Ok(_) if own == UTF_8 => Sign::Own,
        Ok(text) => sign_of_utf8(text, own),
        // A broken byte makes one line invalid, and seldom all of it Chinese.
        Err(_) if own == UTF_8 && is_gb18030(line) => Sign::Perhaps(GB18030),
        Err(_) => Sign::Own,
    }
}

/// A line that is valid UTF-8 amid a text in another encoding.
fn sign_of_utf8(text: &str, own: &'static Encoding) -> Sign {
    let wide = text.chars().filter(|it| u32::from(*it) >= 0x800).count();
    let narrow = text.chars().filter(|it| !it.is_ascii()).count() - wide;
    let bytes = text.as_bytes();
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Sign::Surely(UTF_8);
    }
    if own.is_single_byte() {
        return if wide + narrow >= 2 { Sign::Surely(UTF_8) } else { Sign::Perhaps(UTF_8) };
    }
    if wide == 0 || narrow > wide {
        return Sign::Own;
    }
    // The characters of GB 2312, that is nearly all there are in a text, have no bytes below A1.
    let is_rare_gb = own == GB18030 && bytes.iter().any(|byte| (0x80..=0xA0).contains(byte));
    let is_sure = wide >= NO_COINCIDENCE || is_rare_gb || own.decode_without_bom_handling(bytes).1;
    if is_sure { Sign::Surely(UTF_8) } else { Sign::Perhaps(UTF_8) }
}

/// Whether a line is GB18030, and nearly all of it everyday characters.
fn is_gb18030(line: &[u8]) -> bool {
    let (mut everyday, mut rare) = (0_usize, 0_usize);
    let mut position = 0;
    while let Some(first) = line.get(position) {
        match (first, line.get(position + 1), line.get(position + 2), line.get(position + 3)) {
            (0..=0x7F, ..) => position += 1,
            (0xA1..=0xF7, Some(0xA1..=0xFE), ..) => {
                everyday += 1;
                position += 2;
            }
            (0x81..=0xFE, Some(0x40..=0x7E | 0x80..=0xFE), ..) => {
                rare += 1;
                position += 2;
            }
            (0x81..=0xFE, Some(0x30..=0x39), Some(0x81..=0xFE), Some(0x30..=0x39)) => {
                rare += 1;
                position += 4;
            }
            _ => return false,
        }
    }
    everyday >= 2 && everyday >= 4 * rare
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use encoding_rs::WINDOWS_1252;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::encoding::{DecodingReader, decode};

    fn in_encoding(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    /// The text up to the change, and the change.
    fn read(bytes: &[u8]) -> (String, Option<EncodingChange>) {
        let mut reader = DecodingReader::refusing_changes(bytes);
        let mut text = Vec::new();
        let change = reader
            .read_to_end(&mut text)
            .err()
            .map(|error| *error.get_ref().and_then(|it| it.downcast_ref::<EncodingChange>()).expect("nothing else can fail"));
        (String::from_utf8(text).expect("UTF-8"), change)
    }

    #[test]
    fn two_exports_put_together_are_told_apart_at_the_line() {
        let one = "姓名,公司\n王伟,星河智能设备有限公司\n李娜,上海远景贸易有限公司\n";
        let two = "张敏,广州南方电子\n刘洋,深圳科创\n";
        for (first, second, from, to) in [(GB18030, UTF_8, "gb18030", "UTF-8"), (UTF_8, GB18030, "UTF-8", "gb18030")] {
            let bytes = [in_encoding(first, one), in_encoding(second, two)].concat();
            let (text, change) = read(&bytes);
            assert_eq!(change, Some(EncodingChange { line: 4, from, to }), "{from} to {to}");
            assert_eq!(text, one, "what stands before is read as it is");
        }
        let latin = [in_encoding(WINDOWS_1252, "name,city\nMüller,Köln\nSchröder,Düren\n"), "Jürgen,Münster\n".as_bytes().to_vec()].concat();
        assert_eq!(read(&latin).1.map(|it| (it.line, it.to)), Some((4, "UTF-8")));
    }

    #[test]
    fn a_change_beyond_what_detection_sees_is_found_too() {
        let row = "10086,王伟,星河智能设备有限公司\r\n";
        for (first, second) in [(GB18030, UTF_8), (UTF_8, GB18030)] {
            for lines in [1_u64, 50, 3_000, 20_000] {
                let before = in_encoding(first, row).repeat(usize::try_from(lines).expect("few"));
                let ascii = b"1,a,b\r\n".repeat(2_000);
                let after = in_encoding(second, row).repeat(2);
                let (text, change) = read(&[before, ascii, after].concat());
                assert_eq!(change.map(|it| it.line), Some(lines + 2_001), "{} then {}", first.name(), second.name());
                assert!(text.starts_with(row) && text.ends_with("1,a,b\r\n"));
            }
        }
    }

    #[test]
    fn a_header_of_ascii_and_a_byte_order_mark_half_way_count() {
        let bytes = [b"name,company\n".to_vec(), in_encoding(GB18030, "王伟,星河\n"), b"\xEF\xBB\xBFname,company\n".to_vec()].concat();
        assert_eq!(read(&bytes).1.map(|it| it.line), Some(3));
    }

    #[test]
    fn one_broken_line_is_no_change() {
        let mut bytes = "星河智能,上海\n".repeat(20).into_bytes();
        bytes.extend(in_encoding(GB18030, "远景贸易,北京\n"));
        bytes.extend("星河智能,上海\n".repeat(20).into_bytes());
        let (text, change) = read(&bytes);
        assert_eq!(change, None, "it is told as a row that cannot be read");
        assert_eq!(text.matches("星河智能").count(), 40);
        assert!(text.contains('\u{FFFD}'));
    }

    #[test]
    fn rare_characters_are_no_change() {
        for text in ["朱镕基,昇腾\n陶喆,玥𠮷\n", "濾鍒,樻磱\n", "镕\n喆\n玥\n", "\u{3400},\u{3401}\n"] {
            let bytes = in_encoding(GB18030, &text.repeat(3));
            if std::str::from_utf8(&bytes).is_err() {
                assert_eq!(read(&bytes).1, None, "{text}");
            }
        }
    }

    #[test]
    fn a_text_in_both_is_not_taken_for_a_third() {
        let bytes = [in_encoding(UTF_8, "王伟,星河智能\n"), in_encoding(GB18030, "李娜,远景贸易\n").repeat(3)].concat();
        assert_eq!(decode(&bytes).encoding, "UTF-8");
        let bytes = [in_encoding(GB18030, "李娜,远景贸易\n"), in_encoding(UTF_8, "王伟,星河智能\n").repeat(3)].concat();
        assert_eq!(decode(&bytes).encoding, "gb18030");
    }

    /// Rows of everyday Chinese: the 3755 characters of the first level of GB 2312.
    fn rows(most: usize) -> impl Strategy<Value = Vec<String>> {
        let character = (0xB0_u8..=0xD6, 0xA1_u8..=0xFE).prop_map(|(row, cell)| GB18030.decode_without_bom_handling(&[row, cell]).0.into_owned());
        let word = |least: usize, most: usize| vec(character.clone(), least..=most).prop_map(|it| it.concat());
        vec((word(2, 4), word(4, 12), 0_u32..1_000_000).prop_map(|(name, company, id)| format!("{name},{company},{id}\n")), 2..most)
    }

    proptest! {
        #[test]
        fn a_change_is_found_wherever_it_is(before in rows(40), after in rows(10), gb_first in proptest::bool::ANY) {
            let (first, second) = if gb_first { (GB18030, UTF_8) } else { (UTF_8, GB18030) };
            let bytes = [in_encoding(first, &before.concat()), in_encoding(second, &after.concat())].concat();
            let (text, change) = read(&bytes);
            prop_assert_eq!(change, Some(EncodingChange { line: before.len() as u64 + 1, from: first.name(), to: second.name() }));
            prop_assert_eq!(text, before.concat());
        }

        #[test]
        fn what_does_not_change_is_read_whole(all in rows(200), gb in proptest::bool::ANY) {
            let bytes = in_encoding(if gb { GB18030 } else { UTF_8 }, &all.concat());
            prop_assert_eq!(read(&bytes), (all.concat(), None));
        }

        #[test]
        fn any_bytes_come_to_an_end(bytes in vec(proptest::num::u8::ANY, 0..300)) {
            let _ = read(&bytes);
        }
    }
}
