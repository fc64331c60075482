//! Length of time in whole seconds; may be negative.

use std::fmt::Write as _;

use guanxi_expr::{Type, Value};
use guanxi_text::duration::{DurationError, MAX_SECONDS};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::number::read_whole;
use super::numeric::check_limits;
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Read from seconds or from a text: `PT1H30M`, `1h30m`, `1:30`, `1小时30分钟`. `min` and `max` are seconds.
pub struct DurationField;

impl FieldType for DurationField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Duration, Type::Duration)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Indexed, Key::Min, Key::Max])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let seconds = match json {
            Json::String(text) if trim(text).is_empty() => None,
            Json::String(text) => Some(guanxi_text::duration::parse(trim(text)).map_err(|error| refusal(field, error))?),
            other => read_whole(field, other)?,
        };
        let Some(seconds) = seconds else { return Ok(empty(self, field)) };
        if !(-MAX_SECONDS..=MAX_SECONDS).contains(&seconds) {
            return Err(refusal(field, DurationError::TooLong));
        }
        check_limits(field, Decimal::from(seconds))?;
        Ok(vec![Value::Duration(seconds)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Duration(seconds)) = cells.first() {
            // Writing to a String cannot fail.
            let _ = write!(out, "{seconds}");
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::Duration(seconds)) => Some(guanxi_text::duration::to_iso(*seconds)),
            _ => None,
        }
    }
}

fn refusal(field: &FieldDefinition, error: DurationError) -> FieldError {
    let (code, zh_cn, en) = match error {
        DurationError::CalendarUnit => {
            ("bad_format", "年和月的长短不定，请用周、天、小时、分钟填写", "years and months differ in length; use weeks, days, hours or minutes")
        }
        DurationError::TooLong => ("too_large", "时长超过一万年，请缩短", "is longer than ten thousand years; shorten it"),
        DurationError::Empty | DurationError::Malformed => {
            ("bad_format", "不是时长，请填写秒数，或 1h30m、PT1H30M 的形式", "is not a duration; give seconds, or write it as 1h30m or PT1H30M")
        }
    };
    problem(field, code, zh_cn, en)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_seconds_and_texts() {
        let field = field(FieldKind::Duration);
        for given in [json!(5400), json!("5400"), json!("PT1H30M"), json!("1h30m"), json!("1:30"), json!("1小时30分钟"), json!("1.5h")] {
            let cells = DurationField.parse(&field, &given, &context()).expect("a duration");
            assert_eq!(json_of(&field, &cells), json!(5400), "{given}");
            assert_eq!(DurationField.text(&field, &cells).as_deref(), Some("PT1H30M"));
        }
        assert_eq!(DurationField.parse(&field, &json!(" "), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn refusals_carry_their_code() {
        let mut field = field(FieldKind::Duration);
        field.min = Some(0.0);
        assert_eq!(refused(&field, json!("P1M")), "bad_format");
        assert_eq!(refused(&field, json!("soon")), "bad_format");
        assert_eq!(refused(&field, json!(1.5)), "bad_format");
        assert_eq!(refused(&field, json!(9_007_199_254_740_991_i64)), "too_large");
        assert_eq!(refused(&field, json!(-1)), "too_small");
        assert_eq!(refused(&field, json!({"seconds": 1})), "wrong_type");
    }
}
