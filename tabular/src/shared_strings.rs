//! The strings the cells of a workbook share. The workbook reader makes room for as many as the file claims to hold, and
//! keeps them all: a small file that claims a million million ends the process. So they are counted before.

use std::io;

use crate::error::TabularError;

/// The attribute the reader believes.
const CLAIM: &[u8] = b"uniqueCount";
/// White space taken in around the attribute's equals sign.
const MAX_SPACE: usize = 16;
/// Bytes needed to judge a claim: its name, twice the white space, the sign, two quotes and nine digits, and some.
const LOOK_AHEAD: usize = 64;
/// Tags of an ordinary shared string: `<si><t>..</t></si>`.
const TAGS_A_STRING: u64 = 4;

/// Watches the entry of shared strings go by.
pub(crate) struct SharedStrings {
    limit: u64,
    tags: u64,
    too_many: bool,
    /// Bytes no XML in UTF-8 holds: in UTF-16 or ISO-2022 a claim would read otherwise than it looks.
    foreign: bool,
    /// The last bytes, in which a claim may begin.
    tail: Vec<u8>,
}

impl SharedStrings {
    /// To watch this entry with, if it is the one.
    pub(crate) fn of_entry(name: &str, limit: u64) -> Option<Self> {
        let is_it = name.replace('\\', "/").to_lowercase().ends_with("sharedstrings.xml");
        is_it.then(|| Self { limit, tags: 0, too_many: false, foreign: false, tail: Vec::new() })
    }

    /// The verdict, when the whole entry has gone by.
    pub(crate) fn finish(mut self) -> Result<(), TabularError> {
        self.judge(self.tail.len());
        if self.foreign {
            return Err(TabularError::BrokenWorkbook { reason: "the shared strings are not UTF-8".to_owned() });
        }
        // Tags beyond those of ordinary strings are those of formatted ones.
        if self.too_many || self.tags / TAGS_A_STRING > self.limit {
            return Err(TabularError::TooLarge { what: "shared strings", limit: self.limit });
        }
        Ok(())
    }

    /// Looks at the claims that begin in the first bytes of the tail.
    fn judge(&mut self, first: usize) {
        let tail = &self.tail;
        let claims = tail.windows(CLAIM.len()).take(first).enumerate().filter(|(_, it)| *it == CLAIM);
        self.too_many |= claims.filter_map(|(at, _)| tail.get(at + CLAIM.len()..)).any(|rest| !is_modest(rest, self.limit));
    }
}

impl io::Write for SharedStrings {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tags += bytes.iter().map(|it| u64::from(*it == b'<')).sum::<u64>();
        self.foreign |= bytes.iter().any(|it| matches!(it, 0 | 0x1b));
        self.tail.extend_from_slice(bytes);
        if let Some(first) = self.tail.len().checked_sub(LOOK_AHEAD) {
            self.judge(first);
            self.tail.drain(..first);
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether what follows the attribute's name claims no more than the limit. Without an equals sign it is no attribute.
fn is_modest(rest: &[u8], limit: u64) -> bool {
    let Some(rest) = without_space(rest) else { return false };
    let Some(rest) = rest.strip_prefix(b"=") else { return true };
    let Some([quote @ (b'"' | b'\''), value @ ..]) = without_space(rest) else { return false };
    let digits = value.iter().take_while(|it| it.is_ascii_digit()).count();
    let number = value.get(..digits).and_then(|it| std::str::from_utf8(it).ok()).and_then(|it| it.parse::<u64>().ok());
    digits <= 9 && value.get(digits) == Some(quote) && number.is_some_and(|it| it <= limit)
}

/// `None` where there is more white space than anybody writes.
fn without_space(bytes: &[u8]) -> Option<&[u8]> {
    let space = bytes.iter().take_while(|it| it.is_ascii_whitespace()).count();
    if space > MAX_SPACE { None } else { bytes.get(space..) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn accepts(text: &str, piece: usize) -> bool {
        let mut watch = SharedStrings::of_entry("xl/SharedStrings.xml", 1_000).unwrap();
        text.as_bytes().chunks(piece).for_each(|it| watch.write_all(it).unwrap());
        watch.finish().is_ok()
    }

    #[test]
    fn claims_are_found_however_they_are_cut() {
        let of = |claim: &str| format!("<?xml version=\"1.0\"?>{}<sst count=\"5\" uniqueCount{claim}><si><t>a</t></si></sst>", " ".repeat(100));
        for piece in [1, 7, 64, 100, 10_000] {
            for modest in ["=\"5\"", "='1000'", " = \"7\"", " is only a word of a text"] {
                assert!(accepts(&of(modest), piece), "{modest} in pieces of {piece}");
            }
            for hostile in
                ["=\"1001\"", "=\"400000000000\"", "=\"18446744073709551615\"", "=5", "=\"+9999\"", "=\"\"", &format!("{}=\"5\"", " ".repeat(40))]
            {
                assert!(!accepts(&of(hostile), piece), "{hostile} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn strings_are_counted_too() {
        assert!(accepts(&"<si><t>a</t></si>".repeat(999), 4_096));
        assert!(!accepts(&"<si><t>a</t></si>".repeat(1_001), 4_096));
        assert!(!accepts(&"<si/>".repeat(5_000), 4_096));
    }

    #[test]
    fn claims_in_another_encoding_are_refused() {
        let claim = "<sst uniqueCount=\"400000000000\">";
        let wide: Vec<u8> = claim.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let shifted = claim.replace("Count", "\u{1b}(JCount").into_bytes();
        for bytes in [wide, shifted] {
            let mut watch = SharedStrings::of_entry("xl/sharedStrings.xml", 1_000).unwrap();
            watch.write_all(&bytes).unwrap();
            assert!(watch.finish().is_err());
        }
    }

    #[test]
    fn other_entries_are_not_watched() {
        assert!(SharedStrings::of_entry("xl/worksheets/sheet1.xml", 1).is_none());
        assert!(SharedStrings::of_entry("XL\\SHAREDSTRINGS.XML", 1).is_some());
    }
}
