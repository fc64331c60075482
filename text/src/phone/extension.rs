//! Labels before a number and extensions behind it.

/// Longest extension, in digits.
const MAX_EXTENSION: usize = 11;

const LABELS: [&str; 14] = ["tel", "phone", "mobile", "mob", "cell", "fax", "联系电话", "手机号码", "电话", "手机号", "手机", "固话", "座机", "传真"];

/// Longer marks before shorter ones that they contain.
const MARKS: [&str; 15] = [";ext=", "extension", "extn", "ext.", "ext", "分机号", "分机", "內線", "内线", "转接", "转", "轉", "#", "x", "*"];

/// Drops a label such as "tel:" or "手机:" that was copied along.
pub(super) fn without_label(text: &str) -> &str {
    for label in LABELS {
        let Some(head) = text.get(..label.len()) else { continue };
        if !head.eq_ignore_ascii_case(label) {
            continue;
        }
        let rest = text[label.len()..].trim_start_matches(['.', ' ']);
        return rest.trim_start_matches([':', ' ']).trim_start();
    }
    text
}

/// Splits the extension off; marks are only taken as such between a number and one to eleven final digits.
pub(super) fn split(text: &str) -> (&str, Option<String>) {
    let lowered = text.to_ascii_lowercase();
    for mark in MARKS {
        let Some(position) = lowered.rfind(mark) else { continue };
        let number = text[..position].trim_end_matches([' ', '-', ',', ';', ':', '(', '.']);
        let tail = lowered[position + mark.len()..].trim_matches([' ', '.', ':', '-', ')', '号', '#']);
        let is_extension = !tail.is_empty() && tail.len() <= MAX_EXTENSION && tail.bytes().all(|b| b.is_ascii_digit());
        let has_number = number.bytes().filter(u8::is_ascii_digit).count() >= 3;
        if is_extension && has_number {
            // "(转 8001" may leave marks of its own before the digits: 转分机 8001.
            let (number, _) = trailing_mark(number);
            return (number, Some(tail.to_owned()));
        }
    }
    (text, None)
}

fn trailing_mark(number: &str) -> (&str, bool) {
    for mark in ["转", "轉", ",", "("] {
        if let Some(rest) = number.strip_suffix(mark) {
            return (rest.trim_end_matches([' ', '-', ',', '(']), true);
        }
    }
    (number, false)
}

/// `010-65529988-8001` to `010-65529988` and `8001`; the caller decides whether that makes sense.
pub(super) fn split_hyphenated(text: &str) -> Option<(&str, &str)> {
    let (number, tail) = text.rsplit_once(['-', '\u{2014}', '\u{2013}', '/', ' '])?;
    let is_extension = (1..=6).contains(&tail.len()) && tail.bytes().all(|byte| byte.is_ascii_digit());
    is_extension.then_some((number.trim_end_matches(['-', ' ']), tail))
}
