//! Errors of checking and of evaluation.

use std::fmt;

use crate::expression::{Expr, Place};

/// A place in the source of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Characters (Unicode scalar values) before the place.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The position of a byte offset in a source; an offset past the end is the end.
    pub fn of_byte(source: &str, byte: usize) -> Position {
        let mut position = Position { offset: 0, line: 1, column: 1 };
        for (start, character) in source.char_indices() {
            if start >= byte {
                break;
            }
            position.offset += 1;
            if character == '\n' {
                position.line += 1;
                position.column = 1;
            } else {
                position.column += 1;
            }
        }
        position
    }
}

/// Why an expression is refused: the place, a stable code, and the reason in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// Where, when the reason has one place.
    pub position: Option<Position>,
    /// Stable machine code: `syntax`, `too_long`, `too_deep`, `too_many_nodes`, `unknown_field`, `field_not_here`,
    /// `unknown_function`, `wrong_argument_count`, `wrong_type`, `bad_literal`, `unsupported`, `not_a_filter`.
    pub code: &'static str,
    /// The reason in Chinese.
    pub message_zh: String,
    /// The reason in English.
    pub message_en: String,
    /// The call that is refused, where only the tree was at hand.
    pub(crate) place: Place,
}

impl ExprError {
    /// An error without a place.
    pub fn new(code: &'static str, message_zh: impl Into<String>, message_en: impl Into<String>) -> Self {
        ExprError { position: None, code, message_zh: message_zh.into(), message_en: message_en.into(), place: Place::default() }
    }

    /// The same error; the place is that of a call unless it has one of its own.
    pub(crate) fn or_place_of(mut self, expr: &Expr) -> Self {
        if let Expr::Call { at, .. } = expr {
            self.place = Place(self.place.0.or(at.0));
        }
        self
    }

    /// The reason in Chinese with its place, as `to_string` tells it in English.
    pub fn in_chinese(&self) -> String {
        match self.position {
            Some(place) => format!("第{}行第{}列：{}", place.line, place.column, self.message_zh),
            None => self.message_zh.clone(),
        }
    }

    /// The same error at a place.
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }
}

impl fmt::Display for ExprError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(place) => write!(formatter, "line {}, column {}: {}", place.line, place.column, self.message_en),
            None => formatter.write_str(&self.message_en),
        }
    }
}

impl std::error::Error for ExprError {}

/// Why an evaluation stopped. Arithmetic never stops it: what has no result is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A text result would be longer than [`EvalError::MAX_TEXT_BYTES`].
    #[error("the expression produces a text of more than 1 MB")]
    TextTooLong,
    /// The expression was not made by `check` and does not fit its function.
    #[error("the expression calls `{0}` with arguments it does not take")]
    BadCall(&'static str),
}

impl EvalError {
    /// The longest text an expression may produce, in bytes.
    pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let source = "name == \"星河\"\n&& x";
        let byte = source.find('x').unwrap_or_default();
        let position = Position::of_byte(source, byte);
        assert_eq!((position.line, position.column), (2, 4));
        assert_eq!(position.offset, 16);
        assert_eq!(Position::of_byte("ab", 99).offset, 2);
    }

    #[test]
    fn an_error_shows_its_place() {
        let error = ExprError::new("syntax", "错", "wrong").at(Position::of_byte("abc", 2));
        assert_eq!(error.to_string(), "line 1, column 3: wrong");
    }
}
