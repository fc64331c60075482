//! Cells that a spreadsheet would run as formulas, made harmless on export and restored on import.
//!
//! After OWASP "CSV injection": a cell that begins with `= + - @`, tab, carriage return or line feed (full-width forms and
//! leading spaces included) gets an apostrophe in front. Plain numbers such as `-12.50` and `+8613812345678` stay.

use std::borrow::Cow;

/// The cell as it may be written to a file that spreadsheets open.
pub fn neutralise(cell: &str) -> Cow<'_, str> {
    if is_dangerous(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The inverse of [`neutralise`]: for every text, `restore(neutralise(text)) == text`.
pub fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(original) if is_dangerous(original) => original,
        _ => cell,
    }
}

/// A text that already begins with apostrophes counts as what follows them, so that neutralising can be taken back.
fn is_dangerous(cell: &str) -> bool {
    let bare = cell.trim_start_matches('\'');
    let begins = bare.trim_start_matches([' ', '\u{3000}', '\u{A0}', '\u{FEFF}', '\0']);
    begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫', '−', '|', '%']) && !is_number(begins)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole.split(',').enumerate().all(|(index, group)| all_digits(group) && (index == 0 || group.len() == 3));
    grouped && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised() {
        for cell in [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
            "＋1+1",
            "－a",
            "＠x",
            " =1",
            "\u{3000}=1",
            "-",
            "+",
            "-12.",
            "+86-138",
            "%0",
            "|x",
        ] {
            assert_eq!(neutralise(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "a=b", "-12.50", "+8613812345678", "-1,234.50", "-5%", "星河", "a@b.cn", "O'Neil", "'quoted'", "1-2"] {
            assert_eq!(neutralise(cell), cell, "{cell:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn restoring_gives_the_text_back(text in "['=+@\\- \t0-9.,%a＝]{0,8}|.{0,20}") {
            let written = neutralise(&text);
            proptest::prop_assert!(!is_dangerous(&written) || written.starts_with('\''));
            proptest::prop_assert_eq!(restore(&written), text.as_str());
        }
    }
}
