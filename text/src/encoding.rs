//! Encodings of files people bring: what they are in, and their text as UTF-8, whole or as a stream.

use std::borrow::Cow;
use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Decoder, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::encoding_change::{Watch, count_lines, first_of_two};

/// How many bytes detection looks at.
pub const DETECTION_BYTES: usize = 64 * 1024;

/// A text with what was found out about its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without byte order mark.
    pub text: String,
    /// Name of the encoding as in the WHATWG standard: `UTF-8`, `gb18030`, `windows-1252`...
    pub encoding: &'static str,
    /// Were there bytes that stand for nothing in it (now U+FFFD)?
    pub had_errors: bool,
}

/// Decodes bytes of unknown encoding.
///
/// A byte order mark decides. Without one: UTF-16 where every other byte is zero; UTF-8 wherever the bytes are valid (or
/// all but); GB18030 where they are valid in that; else what the letter statistics say of other east Asian encodings;
/// else windows-1252.
pub fn decode(bytes: &[u8]) -> Decoded {
    let (encoding, bom) = Encoding::for_bom(bytes).unwrap_or_else(|| (detect(bytes, true), 0));
    let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[bom..]);
    Decoded { text: Cow::into_owned(text), encoding: encoding.name(), had_errors }
}

/// A reader that gives the text of `source` as UTF-8, whatever it is in. The encoding is decided when the first byte
/// beyond ASCII comes by, by the 64 KB from there on; memory does not grow with the source.
pub struct DecodingReader<R> {
    source: R,
    decoder: Option<Decoder>,
    encoding: Option<&'static Encoding>,
    raw: Vec<u8>,
    source_ended: bool,
    finished: bool,
    at_start: bool,
    text: Vec<u8>,
    text_position: usize,
    had_errors: bool,
    refuses_changes: bool,
    watch: Option<Watch>,
    /// Lines of ASCII before the encoding was known.
    ascii_lines: u64,
}

impl<R: Read> DecodingReader<R> {
    /// As [`DecodingReader::new`]; where the text goes on in another encoding than it began in, reading ends with an error
    /// that holds the [`EncodingChange`](crate::encoding_change::EncodingChange), after all that stands before.
    pub fn refusing_changes(source: R) -> Self {
        DecodingReader { refuses_changes: true, ..DecodingReader::new(source) }
    }

    /// Wraps a source; nothing is read yet.
    pub fn new(source: R) -> Self {
        DecodingReader {
            source,
            decoder: None,
            encoding: None,
            raw: Vec::new(),
            source_ended: false,
            finished: false,
            at_start: true,
            text: Vec::new(),
            text_position: 0,
            had_errors: false,
            refuses_changes: false,
            watch: None,
            ascii_lines: 0,
        }
    }

    /// The encoding's name; `UTF-8` as long as there was only ASCII.
    pub fn encoding(&self) -> &'static str {
        self.encoding.unwrap_or(UTF_8).name()
    }

    /// Were there undecodable bytes so far? They are U+FFFD in the text.
    pub fn had_errors(&self) -> bool {
        self.had_errors
    }

    fn refill_raw(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        while self.raw.len() < DETECTION_BYTES && !self.source_ended {
            let wanted = chunk.len().min(DETECTION_BYTES - self.raw.len());
            match self.source.read(&mut chunk[..wanted]) {
                Ok(0) => self.source_ended = true,
                Ok(count) => self.raw.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Decides on the encoding, or passes plain ASCII on and leaves it open.
    fn decide(&mut self) {
        if self.at_start {
            self.at_start = false;
            if let Some((encoding, bom)) = Encoding::for_bom(&self.raw) {
                self.raw.drain(..bom);
                return self.use_encoding(encoding);
            }
            if let Some(encoding) = detect_utf16(&self.raw) {
                return self.use_encoding(encoding);
            }
        }
        match self.raw.iter().position(|byte| !byte.is_ascii()) {
            None => self.text.append(&mut self.raw),
            Some(first) => match start_of_line(&self.raw, first) {
                0 => return self.use_encoding(detect(&self.raw, self.source_ended)),
                ascii => self.text.extend(self.raw.drain(..ascii)),
            },
        }
        self.ascii_lines += count_lines(&self.text);
    }

    fn use_encoding(&mut self, encoding: &'static Encoding) {
        self.encoding = Some(encoding);
        self.watch = Watch::of(encoding).filter(|_| self.refuses_changes).map(|it| it.after(self.ascii_lines));
        self.decoder = Some(encoding.new_decoder_without_bom_handling());
    }

    fn produce(&mut self) -> io::Result<()> {
        self.text.clear();
        self.text_position = 0;
        while self.text.is_empty() && !self.finished {
            self.refill_raw()?;
            if self.decoder.is_none() {
                if self.raw.is_empty() && self.source_ended {
                    self.finished = true;
                    return Ok(());
                }
                self.decide();
                if self.decoder.is_none() {
                    continue;
                }
            }
            self.decode_raw()?;
        }
        Ok(())
    }

    fn decode_raw(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
        let count = match &mut self.watch {
            Some(watch) => watch.pass(&self.raw, self.source_ended).map_err(|change| io::Error::new(io::ErrorKind::InvalidData, change))?,
            None => self.raw.len(),
        };
        let is_last = self.source_ended && count == self.raw.len();
        let capacity = decoder.max_utf8_buffer_length(count).unwrap_or(DETECTION_BYTES * 4);
        self.text.resize(capacity, 0);
        let (_, read, written, had_errors) = decoder.decode_to_utf8(&self.raw[..count], &mut self.text, is_last);
        self.text.truncate(written);
        self.raw.drain(..read);
        self.had_errors |= had_errors;
        self.finished = self.source_ended && self.raw.is_empty();
        Ok(())
    }
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if target.is_empty() {
            return Ok(0);
        }
        if self.text_position == self.text.len() {
            self.produce()?;
        }
        let count = target.len().min(self.text.len() - self.text_position);
        target[..count].copy_from_slice(&self.text[self.text_position..self.text_position + count]);
        self.text_position += count;
        Ok(count)
    }
}

/// Where the line begins that a position is in; the position itself in lines too long to be kept together.
fn start_of_line(text: &[u8], position: usize) -> usize {
    let start = text[..position].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1);
    if position - start < DETECTION_BYTES / 2 { start } else { position }
}

/// The encoding of a sample without byte order mark; `complete`: the sample is the whole text, not cut anywhere.
fn detect(sample: &[u8], complete: bool) -> &'static Encoding {
    let sample = &sample[..sample.len().min(DETECTION_BYTES * 16)];
    if let Some(encoding) = detect_utf16(sample) {
        return encoding;
    }
    let is_utf8 = match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !complete,
    };
    if is_utf8 {
        return UTF_8;
    }
    if let Some(first) = first_of_two(sample, complete) {
        return first;
    }
    let utf8 = count_sequences(sample, UTF_8, complete);
    if utf8.beyond_ascii >= 20 * utf8.errors {
        return UTF_8;
    }
    let gb18030 = count_sequences(sample, GB18030, complete);
    if gb18030.errors == 0 && !looks_latin(sample) {
        return GB18030;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, complete);
    let guess = detector.guess(None, Utf8Detection::Deny);
    if [BIG5, SHIFT_JIS, EUC_JP, EUC_KR].contains(&guess) && count_sequences(sample, guess, complete).errors == 0 {
        return guess;
    }
    if gb18030.beyond_ascii >= 20 * gb18030.errors && !looks_latin(sample) { GB18030 } else { WINDOWS_1252 }
}

/// UTF-16 without a mark: nearly all zero bytes are on one side of the pairs, and there are many.
fn detect_utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let pairs = sample.len() / 2;
    let high_zeros = sample.chunks_exact(2).filter(|pair| pair[1] == 0 && pair[0] != 0).count();
    let low_zeros = sample.chunks_exact(2).filter(|pair| pair[0] == 0 && pair[1] != 0).count();
    let many = |zeros: usize| pairs >= 2 && zeros * 5 >= pairs;
    if many(high_zeros) && high_zeros > 20 * low_zeros {
        Some(UTF_16LE)
    } else if many(low_zeros) && low_zeros > 20 * high_zeros {
        Some(UTF_16BE)
    } else {
        None
    }
}

struct Sequences {
    beyond_ascii: usize,
    errors: usize,
}

fn count_sequences(sample: &[u8], encoding: &'static Encoding, complete: bool) -> Sequences {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(sample.len()).unwrap_or(sample.len() * 4));
    let _ = decoder.decode_to_string(sample, &mut text, complete);
    let errors = text.chars().filter(|character| *character == '\u{FFFD}').count();
    let beyond_ascii = text.chars().filter(|character| !character.is_ascii()).count() - errors;
    Sequences { beyond_ascii, errors }
}

/// Bytes beyond ASCII that mostly stand before ASCII letters are accents ("Müller"); in Chinese text they come in pairs.
fn looks_latin(sample: &[u8]) -> bool {
    let (mut single, mut paired) = (0, 0);
    let mut position = 0;
    while let Some(byte) = sample.get(position) {
        position += 1;
        if byte.is_ascii() {
            continue;
        }
        match sample.get(position) {
            Some(next) if !next.is_ascii() => {
                paired += 1;
                position += 1;
            }
            // The four-byte sequences of GB18030: byte, digit, byte, digit.
            Some(next) if next.is_ascii_digit() && sample.get(position + 1).is_some_and(|third| !third.is_ascii()) => {
                paired += 1;
                position += 3;
            }
            _ => single += 1,
        }
    }
    single > paired
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb18030(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn streamed(bytes: &[u8]) -> (String, &'static str) {
        // Three bytes at a time: sequences are cut everywhere.
        struct Trickle<'b>(&'b [u8]);
        impl Read for Trickle<'_> {
            fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
                let count = self.0.len().min(target.len()).min(3);
                target[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let mut reader = DecodingReader::new(Trickle(bytes));
        let mut text = Vec::new();
        reader.read_to_end(&mut text).expect("reads");
        (String::from_utf8(text).expect("UTF-8"), reader.encoding())
    }

    #[test]
    fn encodings_are_recognised() {
        let text = "姓名,电话\n王伟,13812345678\n星河智能设备有限公司,010-65529988\n";
        let with_bom = |bom: &[u8], rest: Vec<u8>| [bom, rest.as_slice()].concat();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            (with_bom(b"\xEF\xBB\xBF", text.as_bytes().to_vec()), "UTF-8"),
            (gb18030(text), "gb18030"),
            (with_bom(b"\xFF\xFE", utf16(text, false)), "UTF-16LE"),
            (with_bom(b"\xFE\xFF", utf16(text, true)), "UTF-16BE"),
            (utf16(text, false), "UTF-16LE"),
            (utf16(text, true), "UTF-16BE"),
        ] {
            let decoded = decode(&bytes);
            assert_eq!((decoded.text.as_str(), decoded.encoding, decoded.had_errors), (text, encoding, false));
            assert_eq!(streamed(&bytes), (text.to_owned(), encoding));
        }
    }

    #[test]
    fn short_and_rare_texts() {
        assert_eq!(decode(&gb18030("王伟")).text, "王伟");
        assert_eq!(decode(&gb18030("\u{3400}𠮷朱镕基")).text, "\u{3400}𠮷朱镕基", "four-byte sequences");
        assert_eq!(decode(b"M\xFCller,Caf\xE9\nSchr\xF6der").text, "Müller,Café\nSchröder");
        assert_eq!(decode(b"M\xFCller,Caf\xE9\nSchr\xF6der").encoding, "windows-1252");
        assert_eq!(decode(b"").text, "");
        assert_eq!(decode(b"plain").encoding, "UTF-8");
        assert_eq!(decode(b"a\0b").text, "a\0b");
    }

    #[test]
    fn a_broken_byte_does_not_turn_everything_to_rubbish() {
        let mut bytes = "星河智能设备有限公司\n".repeat(50).into_bytes();
        bytes[100] = 0xFF;
        let decoded = decode(&bytes);
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.had_errors && decoded.text.contains("有限公司"));
    }

    #[test]
    fn chinese_after_megabytes_of_ascii_is_still_recognised() {
        let mut bytes = b"id,name\n".repeat(40_000);
        bytes.extend(gb18030("王伟,星河智能\n"));
        let mut reader = DecodingReader::new(bytes.as_slice());
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("reads");
        assert!(text.ends_with("王伟,星河智能\n"));
        assert_eq!(reader.encoding(), "gb18030");
    }

    proptest::proptest! {
        #[test]
        fn valid_utf8_always_wins(text in "[^\0]{0,200}") {
            if !text.starts_with('\u{FEFF}') {
                let decoded = decode(text.as_bytes());
                proptest::prop_assert_eq!((decoded.text.as_str(), decoded.encoding), (text.as_str(), "UTF-8"));
                proptest::prop_assert_eq!(streamed(text.as_bytes()).0, text);
            }
        }

        #[test]
        fn any_bytes_decode(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = decode(&bytes);
            let _ = streamed(&bytes);
        }
    }
}
