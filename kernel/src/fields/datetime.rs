//! Moment in time, kept to the microsecond, years 2 to 9998.

use std::fmt::Write as _;

use guanxi_expr::{Type, Value};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::date::read_date;
use super::keys::{Key, check_entered};
use super::text_rules::{empty, expect_text, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// The years whose every moment has a year of one to four digits in every zone, in Unix seconds.
const FIRST_SECOND: i64 = -62_104_060_800;
const LAST_SECOND: i64 = 253_370_764_799;

/// See the module. Read with its offset (RFC 3339), or without one in the caller's time zone: `2026-11-22T08:30`,
/// `2026-11-22 08:30:00`, `2026/11/22 8:30`, or the day alone, which is its midnight.
pub struct DatetimeField;

impl FieldType for DatetimeField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::DateTime, Type::DateTime)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Unique, Key::Indexed])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = trim(expect_text(field, json)?);
        if text.is_empty() {
            return Ok(empty(self, field));
        }
        let moment = read_moment(text, &context.time_zone).ok_or_else(|| {
            problem(
                field,
                "bad_format",
                "不是有效的日期时间，请按 2026-11-22T08:00:00+08:00 的形式填写",
                "is not a date and time; write it as 2026-11-22T08:00:00+08:00",
            )
        })?;
        Ok(vec![Value::DateTime(moment)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::DateTime(moment)) = cells.first() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\"{moment}\"");
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::DateTime(moment)) => Some(moment.to_string()),
            _ => None,
        }
    }
}

fn read_moment(text: &str, time_zone: &TimeZone) -> Option<Timestamp> {
    // The longest useful form has 35 characters; the parser need not see more than a zone name on top.
    if text.len() > 80 {
        return None;
    }
    let moment = match text.parse::<Timestamp>() {
        Ok(moment) => moment,
        // Local times that clocks skip or repeat are read as RFC 5545 does.
        Err(_) => time_zone.to_timestamp(read_local(text)?).ok()?,
    };
    let moment = Timestamp::from_microsecond(moment.as_microsecond()).ok()?;
    (FIRST_SECOND..=LAST_SECOND).contains(&moment.as_second()).then_some(moment)
}

/// A day with or without a time of day, without an offset.
fn read_local(text: &str) -> Option<civil::DateTime> {
    let (day, time) = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, trim(time)),
        None => (text, ""),
    };
    let day = read_date(day)?;
    if time.is_empty() {
        return Some(day.to_datetime(civil::Time::midnight()));
    }
    let starts_with_an_offset_free_clock = time.bytes().all(|it| it.is_ascii_digit() || matches!(it, b':' | b'.'));
    if !starts_with_an_offset_free_clock || !time.contains(':') {
        return None;
    }
    let padded = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
    padded.parse::<civil::Time>().ok().map(|it| day.to_datetime(it))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn read_in(zone: &str, text: &str) -> Json {
        let field = field(FieldKind::Datetime);
        let context = ParseContext { time_zone: TimeZone::get(zone).expect("a zone"), ..context() };
        json_of(&field, &DatetimeField.parse(&field, &json!(text), &context).expect(text))
    }

    #[test]
    fn offsets_become_utc() {
        for given in ["2026-11-22T08:00:00Z", "2026-11-22T16:00:00+08:00", "2026-11-22 03:00:00-05:00", "2026-11-22T08:00:00.0000004Z"] {
            assert_eq!(read_in("Asia/Shanghai", given), json!("2026-11-22T08:00:00Z"), "{given}");
        }
        assert_eq!(read_in("UTC", "2026-11-22T08:00:00.123456789Z"), json!("2026-11-22T08:00:00.123456Z"));
    }

    #[test]
    fn times_without_offset_are_the_callers() {
        for given in ["2026-11-22T16:00", "2026-11-22 16:00:00", "2026/11/22 16:00", "2026年11月22日 16:00"] {
            assert_eq!(read_in("Asia/Shanghai", given), json!("2026-11-22T08:00:00Z"), "{given}");
        }
        assert_eq!(read_in("Asia/Shanghai", "2026-11-22 8:30"), json!("2026-11-22T00:30:00Z"));
        assert_eq!(read_in("Asia/Shanghai", "2026-11-22"), json!("2026-11-21T16:00:00Z"));
        assert_eq!(read_in("Europe/London", "2026-07-01T09:00"), json!("2026-07-01T08:00:00Z"));
        // Skipped in London on that night: read an hour later, as RFC 5545 says.
        assert_eq!(read_in("Europe/London", "2026-03-29T01:30"), json!("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn refuses_what_is_no_moment() {
        let field = field(FieldKind::Datetime);
        for given in [
            "2026-02-30T00:00:00Z",
            "2026-11-22T25:00",
            "2026-11-22T08",
            "08:00",
            "0000-12-31T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "now",
            "2026-11-22T08:00:00+99:00",
        ] {
            assert_eq!(refused(&field, json!(given)), "bad_format", "{given}");
        }
        assert_eq!(refused(&field, json!(1_700_000_000)), "wrong_type");
        assert_eq!(refused(&field, json!("2".repeat(100))), "bad_format");
    }
}
