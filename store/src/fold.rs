//! Text tests without regard to case, for SQLite's own functions.

use std::cell::RefCell;

use guanxi_expr::{TextOp, fold_case};

thread_local! {
    static FOLDED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Whether `text` passes the test against an already folded pattern. Allocates nothing once its buffer has grown.
pub(crate) fn text_matches(text: &str, op: TextOp, folded_pattern: &str) -> bool {
    FOLDED.with_borrow_mut(|folded| {
        folded.clear();
        if text.is_ascii() {
            folded.push_str(text);
            folded.make_ascii_lowercase();
        } else {
            folded.extend(text.chars().flat_map(char::to_lowercase));
        }
        match op {
            TextOp::Contains => folded.contains(folded_pattern),
            TextOp::StartsWith => folded.starts_with(folded_pattern),
            TextOp::EndsWith => folded.ends_with(folded_pattern),
            TextOp::EqualsIgnoreCase => folded == folded_pattern,
        }
    })
}

/// The number by which a text test is named in SQL.
pub(crate) fn op_number(op: TextOp) -> i64 {
    match op {
        TextOp::Contains => 0,
        TextOp::StartsWith => 1,
        TextOp::EndsWith => 2,
        TextOp::EqualsIgnoreCase => 3,
    }
}

/// The text test of a number.
pub(crate) fn op_of(number: i64) -> Option<TextOp> {
    [TextOp::Contains, TextOp::StartsWith, TextOp::EndsWith, TextOp::EqualsIgnoreCase].into_iter().find(|op| op_number(*op) == number)
}

/// A LIKE pattern (escape `\`) for a literal text, folded.
pub(crate) fn like_pattern(op: TextOp, literal: &str) -> String {
    let mut pattern = String::with_capacity(literal.len() + 2);
    if matches!(op, TextOp::Contains | TextOp::EndsWith) {
        pattern.push('%');
    }
    for character in fold_case(literal).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    if matches!(op, TextOp::Contains | TextOp::StartsWith) {
        pattern.push('%');
    }
    pattern
}
