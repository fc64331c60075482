//! Day of the calendar, years 1 to 9999.

use std::fmt::Write as _;

use guanxi_expr::{Type, Value};
use jiff::civil::Date;
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::text_rules::{empty, expect_text, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Read year first: `2026-11-22`, and as files hold it `2026/11/22`, `2026.1.5`, `2026年11月22日`,
/// `20261122`, also with a midnight behind it. Forms that begin with day or month are refused: nobody can tell which is which.
pub struct DateField;

impl FieldType for DateField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Date, Type::Date)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Unique, Key::Indexed])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = trim(expect_text(field, json)?);
        if text.is_empty() {
            return Ok(empty(self, field));
        }
        let date = read_date(without_midnight(text)).ok_or_else(|| {
            problem(field, "bad_format", "不是有效的日期，请按 2026-11-22 的形式填写", "is not a date of the calendar; write it as 2026-11-22")
        })?;
        Ok(vec![Value::Date(date)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Date(date)) = cells.first() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\"{date}\"");
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::Date(date)) => Some(date.to_string()),
            _ => None,
        }
    }
}

/// Spreadsheets add a midnight to days.
fn without_midnight(text: &str) -> &str {
    let Some(at) = text.find([' ', 'T']) else { return text };
    let time = text[at + 1..].trim_start();
    let is_midnight = matches!(time, "0:00" | "00:00" | "0:00:00" | "00:00:00" | "00:00:00.000");
    if is_midnight { &text[..at] } else { text }
}

/// A day written year first; `None` for anything else and for days that do not exist.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let (year, month, day) = if text.len() == 8 && text.bytes().all(|it| it.is_ascii_digit()) {
        (&text[..4], &text[4..6], &text[6..])
    } else {
        let (year, rest) = text.split_once(['-', '/', '.', '年'])?;
        let (month, day) = rest.split_once(['-', '/', '.', '月'])?;
        (year, month, day.strip_suffix('日').unwrap_or(day))
    };
    let number = |digits: &str, longest: usize| -> Option<i16> {
        let fits = !digits.is_empty() && digits.len() <= longest && digits.bytes().all(|it| it.is_ascii_digit());
        if fits { digits.parse().ok() } else { None }
    };
    let year = number(year, 4).filter(|it| *it >= 1 && year.len() == 4)?;
    Date::new(year, i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_year_first_forms() {
        let field = field(FieldKind::Date);
        for given in ["2026-01-05", " 2026/1/5", "2026.1.5", "2026年1月5日", "20260105", "2026-01-05 00:00:00", "2026-01-05T00:00"] {
            let cells = DateField.parse(&field, &json!(given), &context()).expect(given);
            assert_eq!(json_of(&field, &cells), json!("2026-01-05"), "{given}");
        }
    }

    #[test]
    fn refuses_days_that_do_not_exist_and_forms_that_mislead() {
        let field = field(FieldKind::Date);
        for given in [
            "2026-02-30",
            "2025-02-29",
            "2026-13-01",
            "0000-01-01",
            "26-01-05",
            "05/01/2026",
            "1/5/26",
            "2026-01-05T08:00",
            "2026-1",
            "+2026-01-05",
            "20261",
            "today",
            "２０２６-01-05",
            "年月日",
        ] {
            assert_eq!(refused(&field, json!(given)), "bad_format", "{given}");
        }
        assert_eq!(refused(&field, json!(20_260_105)), "wrong_type");
    }

    #[test]
    fn the_calendar_ends_where_the_stores_do() {
        let field = field(FieldKind::Date);
        for given in ["0001-01-01", "9999-12-31", "2024-02-29"] {
            let cells = DateField.parse(&field, &json!(given), &context()).expect(given);
            assert_eq!(json_of(&field, &cells), json!(given));
        }
    }

    #[test]
    fn a_default_may_be_today() {
        let mut field = field(FieldKind::Date);
        field.default = Some(json!("@today"));
        assert_eq!(DateField.check_definition(&field), Ok(()));
        field.default = Some(json!("@me"));
        assert!(DateField.check_definition(&field).expect_err("no date").en.starts_with("default: "));
        field.default = None;
        field.min = Some(1.0);
        assert!(DateField.check_definition(&field).expect_err("no number").en.starts_with("min: "));
    }
}
