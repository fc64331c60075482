//! Rust source with its comments and literals blanked out, so that a search finds only code, and
//! the places of functions and of test modules in it.

use std::ops::RangeInclusive;

/// Replaces every comment and every string, byte and character literal by blanks. Lines stay where
/// they are and the length in bytes stays the same.
pub fn blank_comments_and_literals(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_or_comment_end(text, at);
        if end == at {
            at += 1;
            continue;
        }
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The end of the comment or literal that starts at byte `at`; `at` itself when none does.
fn literal_or_comment_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }
    if rest.starts_with(b"/*") {
        return at + block_comment_length(rest);
    }
    match bytes[at] {
        b'"' => at + string_length(rest),
        b'\'' => at + character_length(&text[at..]),
        b'r' if !continues_identifier(bytes, at) => at + raw_string_length(rest),
        _ => at,
    }
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a character literal; 0 for a lifetime such as `'a`.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => rest[3.min(rest.len())..].find('\'').map_or(0, |end| end + 4),
        Some(_) => match characters.next() {
            Some((end, '\'')) => end + 1,
            _ => 0,
        },
        None => 0,
    }
}

/// The length of `r"..."` or `r#"..."#`; 0 for an identifier such as `r#type`.
fn raw_string_length(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let mut closing = vec![b'"'];
    closing.extend(std::iter::repeat_n(b'#', hashes));
    let body = 2 + hashes;
    rest[body..].windows(closing.len()).position(|window| window == closing).map_or(rest.len(), |end| body + end + closing.len())
}

/// Is the letter at `at` part of a longer word? (`b` and `c` before a raw string are its prefix.)
fn continues_identifier(bytes: &[u8], at: usize) -> bool {
    let is_word = |index: usize| bytes[index].is_ascii_alphanumeric() || bytes[index] == b'_';
    match at {
        0 => false,
        1 => is_word(0) && !matches!(bytes[0], b'b' | b'c'),
        _ => is_word(at - 1) && (!matches!(bytes[at - 1], b'b' | b'c') || is_word(at - 2)),
    }
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its lines, from the one with `fn` to the closing brace (from 1).
    pub lines: RangeInclusive<usize>,
}

/// The functions in blanked source.
pub fn functions(blanked: &str) -> Vec<Function> {
    let bytes = blanked.as_bytes();
    let mut found = Vec::new();
    for (at, _) in blanked.match_indices("fn ") {
        if at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') {
            continue;
        }
        let name: String = blanked[at + 3..].trim_start().chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
        if name.is_empty() {
            continue;
        }
        if let Some(end) = item_body_end(blanked, at) {
            let lines = line_of(blanked, at)..=line_of(blanked, end);
            found.push(Function { name, lines });
        }
    }
    found
}

/// The line ranges (from 1) of the items under `#[cfg(test)]` in blanked source.
pub fn test_regions(blanked: &str) -> Vec<RangeInclusive<usize>> {
    blanked
        .match_indices("#[cfg(test)]")
        .map(|(at, attribute)| {
            let after = at + attribute.len();
            let end = item_body_end(blanked, after).or_else(|| blanked[after..].find(';').map(|end| after + end)).unwrap_or(after);
            line_of(blanked, at)..=line_of(blanked, end)
        })
        .collect()
}

/// The place of the brace that closes the body of the item at `at`; `None` when `;` ends it first.
fn item_body_end(blanked: &str, at: usize) -> Option<usize> {
    let (mut braces, mut groups) = (0_usize, 0_usize);
    for (offset, byte) in blanked.as_bytes()[at..].iter().enumerate() {
        match byte {
            b'(' | b'[' => groups += 1,
            b')' | b']' => groups = groups.saturating_sub(1),
            b'{' => braces += 1,
            b'}' => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && groups == 0 {
                    return Some(at + offset);
                }
            }
            b';' if braces == 0 && groups == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The line (from 1) of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_comments_and_literals_and_nothing_else() {
        let source = "let a = \"x{\\\"}\"; // {\nlet b = '{'; let c: &'a str = r#\"}\"}\"#; /* { /* */ } */ let d = '\\'';";
        let blanked = blank_comments_and_literals(source);
        assert_eq!(blanked.len(), source.len());
        assert!(!blanked.contains(['{', '}', '"']), "{blanked}");
        assert!(blanked.contains("let b ="));
        assert!(blanked.contains("&'a str"));
        assert!(blanked.ends_with("let d =     ;"), "{blanked}");
    }

    #[test]
    fn keeps_raw_identifiers_and_words_that_end_in_r() {
        assert_eq!(blank_comments_and_literals("let r#type = for_r;"), "let r#type = for_r;");
        assert_eq!(blank_comments_and_literals("br\"{\" + 1"), "b     + 1");
        assert_eq!(blank_comments_and_literals("'客' x"), "      x");
    }

    #[test]
    fn finds_functions_with_their_lines() {
        let source = "fn one() {\n    two();\n}\ntrait T {\n    fn declared(&self);\n    fn three(x: [u8; 2])\n    {\n    }\n}\n";
        let found = functions(source);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), &found[0].lines), ("one", &(1..=3)));
        assert_eq!((found[1].name.as_str(), &found[1].lines), ("three", &(6..=8)));
    }

    #[test]
    fn finds_test_regions() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nmod more;\n";
        assert_eq!(test_regions(source), vec![2..=5, 6..=7]);
    }
}
