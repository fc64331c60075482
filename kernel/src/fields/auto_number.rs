//! Number the engine gives, by a pattern: `C{yyyy}{mm}-{00000}` makes `C202611-00042`.

use std::fmt::Write as _;

use guanxi_expr::{Type, Value};
use jiff::civil::Date;
use serde_json::Value as Json;

use super::keys::{Key, check_computed};
use super::text_rules::first_text;
use super::wrong_key;
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Longest pattern in characters.
const MAX_PATTERN: usize = 60;
/// Widest counter in digits; a 64-bit counter has no more.
const MAX_WIDTH: usize = 18;

/// See the module. Equal width makes the order of texts the order of numbers, so there is no sort key.
pub struct AutoNumberField;

impl FieldType for AutoNumberField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        match &field.number_format {
            None => {
                return wrong_key(
                    "number_format",
                    "自动编号需要格式，例如 C{yyyy}-{00000}",
                    "an auto_number needs a pattern such as C{yyyy}-{00000}",
                );
            }
            Some(pattern) => check_pattern(pattern)?,
        }
        check_computed(field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::NumberFormat])
    }

    fn parse(&self, field: &FieldDefinition, _json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        Err(given_by_the_engine(field))
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(number) = first_text(cells) {
            write_json_string(number, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }
}

/// The refusal of every field whose value the engine makes.
pub(super) fn given_by_the_engine(field: &FieldDefinition) -> FieldError {
    problem(field, "read_only_field", "由系统自动生成，不能填写，请去掉这一项", "is made by the system and cannot be set; leave it out")
}

enum Piece<'pattern> {
    Text(&'pattern str),
    Year,
    ShortYear,
    Month,
    Day,
    Counter(usize),
}

/// Cuts a pattern into its pieces.
fn pieces(pattern: &str) -> Result<Vec<Piece<'_>>, Label> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(open) = rest.find(['{', '}']) {
        if open > 0 {
            pieces.push(Piece::Text(&rest[..open]));
        }
        let inner = rest[open..].strip_prefix('{').and_then(|it| it.split_once('}'));
        let Some((name, after)) = inner else {
            return wrong_key(
                "number_format",
                format_args!("“{pattern}”中的花括号没有成对"),
                format_args!("a brace in `{pattern}` is not closed or not opened"),
            );
        };
        pieces.push(match name {
            "yyyy" => Piece::Year,
            "yy" => Piece::ShortYear,
            "mm" => Piece::Month,
            "dd" => Piece::Day,
            zeros if (1..=MAX_WIDTH).contains(&zeros.len()) && zeros.bytes().all(|it| it == b'0') => Piece::Counter(zeros.len()),
            other => {
                return wrong_key(
                    "number_format",
                    format_args!("“{{{other}}}”不能用，可用 {{yyyy}} {{yy}} {{mm}} {{dd}} {{0000}}"),
                    format_args!("`{{{other}}}` is not one of {{yyyy}} {{yy}} {{mm}} {{dd}} {{0000}}"),
                );
            }
        });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// What is wrong with a pattern, if anything. It has exactly one counter, `{0000}`; `{yyyy}` `{yy}` `{mm}` `{dd}` are optional.
fn check_pattern(pattern: &str) -> Result<(), Label> {
    if pattern.chars().count() > MAX_PATTERN {
        return wrong_key("number_format", format_args!("最多{MAX_PATTERN}个字符"), format_args!("at most {MAX_PATTERN} characters"));
    }
    if pattern.trim() != pattern || pattern.chars().any(char::is_control) {
        return wrong_key("number_format", "首尾不能有空格，也不能有控制字符", "blanks at the ends and control characters are not allowed");
    }
    let counters = pieces(pattern)?.iter().filter(|it| matches!(it, Piece::Counter(_))).count();
    match counters {
        1 => Ok(()),
        0 => wrong_key(
            "number_format",
            format_args!("“{pattern}”缺少流水号，例如 {{0000}}"),
            format_args!("`{pattern}` needs a counter such as {{0000}}"),
        ),
        _ => wrong_key("number_format", format_args!("“{pattern}”只能有一个流水号"), format_args!("`{pattern}` has more than one counter")),
    }
}

/// The number a counter makes on a day. A counter too great for its zeros takes more room rather than repeating itself.
pub fn format_number(pattern: &str, counter: i64, date: Date) -> String {
    let mut text = String::with_capacity(pattern.len() + 8);
    // A definition with a wrong pattern was refused; its text is all that is left to give.
    let pieces = pieces(pattern).unwrap_or_else(|_| vec![Piece::Text(pattern)]);
    for piece in pieces {
        // Writing to a String cannot fail.
        let _ = match piece {
            Piece::Text(part) => write!(text, "{part}"),
            Piece::Year => write!(text, "{:04}", date.year()),
            Piece::ShortYear => write!(text, "{:02}", date.year().rem_euclid(100)),
            Piece::Month => write!(text, "{:02}", date.month()),
            Piece::Day => write!(text, "{:02}", date.day()),
            Piece::Counter(width) => write!(text, "{counter:0width$}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::testing::{field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use jiff::civil::date;
    use serde_json::json;

    #[test]
    fn numbers_follow_the_pattern() {
        let day = date(2026, 3, 7);
        assert_eq!(format_number("C{yyyy}{mm}-{00000}", 42, day), "C202603-00042");
        assert_eq!(format_number("合同{yy}{mm}{dd}/{000}号", 7, day), "合同260307/007号");
        assert_eq!(format_number("{0}", 12_345, day), "12345");
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for pattern in ["", "C-", "C{yyyy}", "{000}{000}", "{000", "000}", "{abc}{000}", "{}{000}", "{000}\n", " {000}", "{0000000000000000000}"] {
            assert!(check_pattern(pattern).expect_err(pattern).en.starts_with("number_format: "), "{pattern}");
        }
        assert!(check_pattern(&format!("{}{{000}}", "x".repeat(60))).is_err());
        assert_eq!(check_pattern("C{yyyy}{mm}{dd}-{00000}"), Ok(()));
    }

    #[test]
    fn only_the_engine_gives_it() {
        let mut number = field(FieldKind::AutoNumber);
        assert_eq!(refused(&number, json!("C-1")), "read_only_field");
        assert_eq!(json_of(&number, &[Value::Text("C-0001".into())]), json!("C-0001"));
        assert_eq!(AutoNumberField.check_definition(&number), Ok(()));
        number.required = true;
        assert!(AutoNumberField.check_definition(&number).expect_err("always").en.starts_with("required: "));
        number.required = false;
        number.number_format = None;
        assert!(AutoNumberField.check_definition(&number).expect_err("none").en.starts_with("number_format: "));
    }
}
