//! What all texts have in common: what may be stored, how long, which pattern.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use guanxi_expr::Value;
use regex::Regex;
use serde_json::Value as Json;

use super::wrong_key;
use super::{FieldType, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};

/// Cells of a field without a value.
pub(super) fn empty(kind: &dyn FieldType, field: &FieldDefinition) -> Vec<Value> {
    vec![Value::Null; kind.parts(field).len()]
}

/// The text in the first cell.
pub(super) fn first_text(cells: &[Value]) -> Option<&str> {
    cells.first().and_then(Value::as_text)
}

/// The JSON string in `json`, or the problem.
pub(super) fn expect_text<'json>(field: &FieldDefinition, json: &'json Json) -> Result<&'json str, FieldError> {
    json.as_str().ok_or_else(|| problem(field, "wrong_type", "应为文本，请填写文字", "must be a text; send a JSON string"))
}

/// Without blank and invisible characters at the ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|it: char| it.is_whitespace() || matches!(it, '\u{200b}' | '\u{2060}' | '\u{feff}'))
}

/// A text that may be stored: trimmed, without control characters (line breaks only where `multiline`), not too long.
/// `None` for a text without content.
pub(super) fn checked_text(field: &FieldDefinition, json: &Json, max_length: u32, multiline: bool) -> Result<Option<String>, FieldError> {
    checked_str(field, expect_text(field, json)?, field.max_length.unwrap_or(max_length), multiline)
}

/// As [`checked_text`], of a text already taken out of its JSON; the limit is `max_length` whatever the field says.
pub(super) fn checked_str(field: &FieldDefinition, text: &str, max_length: u32, multiline: bool) -> Result<Option<String>, FieldError> {
    let text = trim(text);
    if text.is_empty() {
        return Ok(None);
    }
    refuse_control_characters(field, text, multiline)?;
    let text = if multiline && text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    check_length(field, &text, max_length)?;
    Ok(Some(text))
}

/// The text in its one form: trimmed, without control characters, and as `normalise` writes it or refuses it.
/// Length and pattern are those of the form. `None` for a text without content.
pub(super) fn normalised_text(
    field: &FieldDefinition,
    json: &Json,
    max_length: u32,
    normalise: impl FnOnce(&str) -> Result<String, FieldError>,
) -> Result<Option<String>, FieldError> {
    let text = trim(expect_text(field, json)?);
    if text.is_empty() {
        return Ok(None);
    }
    refuse_control_characters(field, text, false)?;
    let text = normalise(text)?;
    check_length(field, &text, field.max_length.unwrap_or(max_length))?;
    check_pattern(field, &text)?;
    Ok(Some(text))
}

/// Refuses NUL and its kin, and in one-line texts also line breaks.
pub(super) fn refuse_control_characters(field: &FieldDefinition, text: &str, multiline: bool) -> Result<(), FieldError> {
    let is_forbidden = |it: char| match it {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => !multiline,
        _ => it.is_control(),
    };
    if !text.chars().any(is_forbidden) {
        return Ok(());
    }
    let (zh_cn, en) = if multiline {
        ("包含不允许的控制字符，请删除后再试", "contains control characters; remove them")
    } else {
        ("包含不允许的控制字符或换行，请删除后再试", "contains control characters or line breaks; remove them")
    };
    Err(problem(field, "bad_format", zh_cn, en))
}

/// Refuses a text of more characters than allowed.
pub(super) fn check_length(field: &FieldDefinition, text: &str, max_length: u32) -> Result<(), FieldError> {
    let most = usize::try_from(max_length).unwrap_or(usize::MAX);
    // A character has at least one byte: short texts need no counting.
    if text.len() <= most {
        return Ok(());
    }
    let length = text.chars().count();
    if length <= most {
        return Ok(());
    }
    Err(problem(
        field,
        "too_long",
        format!("最多 {max_length} 个字，现有 {length} 个，请缩短"),
        format!("at most {max_length} characters, has {length}; shorten it"),
    ))
}

/// Refuses a text that the field's pattern does not match as a whole.
pub(super) fn check_pattern(field: &FieldDefinition, text: &str) -> Result<(), FieldError> {
    let Some(pattern) = &field.pattern else { return Ok(()) };
    if compiled_pattern(pattern).is_ok_and(|it| it.is_match(text)) {
        return Ok(());
    }
    Err(problem(
        field,
        "bad_format",
        format!("格式不符合要求，请按此格式填写：{pattern}"),
        format!("does not match the pattern {pattern}; write it in that form"),
    ))
}

/// Checks that the definition's pattern is one.
pub(super) fn check_pattern_definition(field: &FieldDefinition) -> Result<(), Label> {
    field.pattern.as_deref().map_or(Ok(()), |it| compiled_pattern(it).map(drop))
}

/// Most patterns kept compiled. A schema has dozens; the bound only keeps abandoned ones from adding up.
const PATTERNS_KEPT: usize = 1_000;

/// Imports match millions of values against the same few patterns, so each is compiled once for the whole process.
fn compiled_pattern(pattern: &str) -> Result<Arc<Regex>, Label> {
    static COMPILED: LazyLock<RwLock<HashMap<String, Arc<Regex>>>> = LazyLock::new(RwLock::default);
    if let Some(regex) = COMPILED.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Ok(Arc::clone(regex));
    }
    // On its own first: `)|(` must not close the group around it.
    let build = |text: &str| {
        regex::RegexBuilder::new(text)
            .size_limit(1 << 18)
            .build()
            .or_else(|error| wrong_key("pattern", format_args!("不是正确的正则表达式：{error}"), error.to_string()))
    };
    build(pattern)?;
    let regex = Arc::new(build(&format!("^(?:{pattern})$"))?);
    let mut compiled = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    if compiled.len() >= PATTERNS_KEPT {
        compiled.clear();
    }
    compiled.insert(pattern.to_owned(), Arc::clone(&regex));
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldKind, Label};

    fn field() -> FieldDefinition {
        FieldDefinition::new("note", FieldKind::Text, Label::new("备注", "Note"))
    }

    #[test]
    fn invisible_text_is_no_text() {
        assert_eq!(checked_str(&field(), " \u{3000}\u{200b}\u{feff}\t\n", 10, false), Ok(None));
    }

    #[test]
    fn control_characters_are_refused_and_the_field_named() {
        for text in ["a\0b", "a\u{7f}b", "a\u{85}b", "a\nb", "a\u{2028}b"] {
            let error = checked_str(&field(), text, 10, false).expect_err(text);
            assert_eq!((error.field.as_str(), error.code), ("note", "bad_format"));
        }
        assert!(checked_str(&field(), "a\0b", 10, true).is_err());
        assert_eq!(checked_str(&field(), "a\r\nb\rc\n", 10, true), Ok(Some("a\nb\nc".into())));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(checked_str(&field(), "星河银行", 4, false), Ok(Some("星河银行".into())));
        assert_eq!(checked_str(&field(), "星河银行行", 4, false).map_err(|it| it.code), Err("too_long"));
    }

    #[test]
    fn a_pattern_covers_the_whole_text_and_cannot_break_out() {
        let mut field = field();
        field.pattern = Some("[A-Z]{2}|[0-9]+".into());
        assert!(check_pattern(&field, "AB").is_ok());
        assert!(check_pattern(&field, "AB1").is_err());
        assert!(check_pattern(&field, "1AB").is_err());
        field.pattern = Some("a)|(b".into());
        assert!(check_pattern_definition(&field).is_err());
        field.pattern = Some("[a".into());
        assert!(check_pattern_definition(&field).expect_err("unclosed").en.starts_with("pattern"));
    }

    #[test]
    fn patterns_are_compiled_once() {
        let first = compiled_pattern("[a-f]{7}").expect("compiles");
        let second = compiled_pattern("[a-f]{7}").expect("compiles");
        assert!(Arc::ptr_eq(&first, &second));
    }
}
