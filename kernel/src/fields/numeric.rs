//! What number, decimal, percent, money and geo have in common: reading numbers as people and files write them.

use std::fmt::Write as _;

use guanxi_expr::Value;
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::problem;
use super::text_rules::trim;
use crate::error::FieldError;
use crate::schema::FieldDefinition;

/// Most digits of a stored decimal, those after the point included: it fits 64 bits as a scaled integer.
const MAX_DIGITS: u32 = 18;
/// Most digits after the point.
pub(super) const MAX_SCALE: u32 = 6;
/// Longest number text looked at, in bytes. What is longer is no number anybody wrote.
const MAX_TEXT: usize = 64;

/// The number in `json`: a JSON number or a text holding one (`-1,234.50`, full-width digits too). `None` for a blank text.
pub(super) fn read_decimal(field: &FieldDefinition, json: &Json) -> Result<Option<Decimal>, FieldError> {
    match json {
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Ok(Some(Decimal::from(whole))),
            None => read_float(field, &number.to_string()).map(Some),
        },
        Json::String(text) => read_decimal_text(field, text),
        _ => Err(problem(field, "wrong_type", "应为数字，例如 12.50", "must be a number or a text holding one, such as \"12.50\"")),
    }
}

/// The shortest text of a JSON number, which names exactly the decimal that was written.
fn read_float(field: &FieldDefinition, text: &str) -> Result<Decimal, FieldError> {
    let number = if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    number.map_err(|_| out_of_range(field))
}

/// The number in a text; `None` where it is blank.
pub(super) fn read_decimal_text(field: &FieldDefinition, text: &str) -> Result<Option<Decimal>, FieldError> {
    let text = trim(text);
    if text.is_empty() {
        return Ok(None);
    }
    let not_a_number = || problem(field, "bad_format", "不是数字，请按 1234.56 的形式填写", "is not a number; write it as 1234.56");
    if text.len() > MAX_TEXT {
        return Err(not_a_number());
    }
    let plain = plain_digits(text).ok_or_else(not_a_number)?;
    Decimal::from_str_exact(&plain).map(Some).map_err(|_| out_of_range(field))
}

/// `[-]digits[.digits]` of a number as people write it, or `None` where it is not one. Commas must stand between
/// groups of three, so that a decimal comma is refused rather than misread.
fn plain_digits(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut whole_digits = 0usize;
    let mut digits_since_comma: Option<usize> = None;
    let mut fraction_digits: Option<usize> = None;
    for (index, symbol) in text.chars().map(half_width).enumerate() {
        match symbol {
            '+' if index == 0 => {}
            '-' if index == 0 => plain.push('-'),
            ',' if fraction_digits.is_none() => {
                let group_is_whole = match digits_since_comma {
                    Some(count) => count == 3,
                    None => (1..=3).contains(&whole_digits),
                };
                if !group_is_whole {
                    return None;
                }
                digits_since_comma = Some(0);
            }
            '.' if fraction_digits.is_none() => {
                plain.push('.');
                fraction_digits = Some(0);
            }
            '0'..='9' => {
                plain.push(symbol);
                if let Some(count) = &mut fraction_digits {
                    *count += 1;
                } else {
                    whole_digits += 1;
                    digits_since_comma = digits_since_comma.map(|count| count + 1);
                }
            }
            _ => return None,
        }
    }
    let groups_close = digits_since_comma.is_none_or(|count| count == 3);
    (whole_digits > 0 && groups_close && fraction_digits != Some(0)).then_some(plain)
}

/// The ASCII form of a full-width digit or sign; everything else as it is. U+2212 is the minus of spreadsheets.
fn half_width(symbol: char) -> char {
    match symbol {
        '０'..='９' | '＋' | '－' | '．' | '，' | '％' => char::from_u32(u32::from(symbol) - 0xfee0).unwrap_or(symbol),
        '\u{2212}' => '-',
        _ => symbol,
    }
}

/// Brings a number to exactly `scale` digits after the point. More digits than that are refused, never rounded away.
pub(super) fn at_scale(field: &FieldDefinition, number: Decimal, scale: u32) -> Result<Decimal, FieldError> {
    let number = number.normalize();
    if number.scale() > scale {
        return Err(problem(
            field,
            "bad_format",
            format!("最多 {scale} 位小数，现有 {} 位，请先四舍五入", number.scale()),
            format!("at most {scale} digits after the point, has {}; round it first", number.scale()),
        ));
    }
    let widened = 10_i128.pow(scale - number.scale()).checked_mul(number.mantissa());
    let mantissa = widened.filter(|it| it.unsigned_abs() < 10_u128.pow(MAX_DIGITS)).ok_or_else(|| out_of_range(field))?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| out_of_range(field))
}

/// Refuses what lies outside `min` and `max`.
pub(super) fn check_limits(field: &FieldDefinition, number: Decimal) -> Result<(), FieldError> {
    // The definition was checked to hold only limits that convert.
    let limit = |it: Option<f64>| it.and_then(|it| Decimal::try_from(it).ok());
    if let Some(min) = limit(field.min).filter(|min| number < *min) {
        return Err(problem(
            field,
            "too_small",
            format!("不能小于 {min}，请改为 {min} 或更大的值"),
            format!("must not be less than {min}; enter {min} or more"),
        ));
    }
    if let Some(max) = limit(field.max).filter(|max| number > *max) {
        return Err(problem(
            field,
            "too_large",
            format!("不能大于 {max}，请改为 {max} 或更小的值"),
            format!("must not be greater than {max}; enter {max} or less"),
        ));
    }
    Ok(())
}

/// The whole of it: read, brought to scale, within limits.
pub(super) fn parse_decimal(field: &FieldDefinition, json: &Json, scale: u32) -> Result<Option<Decimal>, FieldError> {
    let Some(number) = read_decimal(field, json)? else { return Ok(None) };
    let number = at_scale(field, number, scale)?;
    check_limits(field, number)?;
    Ok(Some(number))
}

pub(super) fn out_of_range(field: &FieldDefinition) -> FieldError {
    problem(
        field,
        "too_large",
        format!("数字超出范围：总共最多 {MAX_DIGITS} 位（含小数位）"),
        format!("the number is out of range: at most {MAX_DIGITS} digits in all, those after the point included"),
    )
}

/// The number with exactly `scale` digits after the point.
pub(super) fn write_decimal(number: Decimal, scale: u32, out: &mut String) {
    let precision = scale as usize;
    // Writing to a String cannot fail.
    let _ = write!(out, "{number:.precision$}");
}

/// The decimal in the first cell; a store may hand a whole one back as an integer.
pub(super) fn first_decimal(cells: &[Value]) -> Option<Decimal> {
    cells.first().and_then(Value::as_decimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldKind, Label};
    use proptest::prelude::*;
    use serde_json::json;

    fn field() -> FieldDefinition {
        FieldDefinition::new("price", FieldKind::Decimal, Label::new("单价", "Price"))
    }

    fn read(json: Json, scale: u32) -> Result<String, &'static str> {
        let number = parse_decimal(&field(), &json, scale).map_err(|it| it.code)?;
        Ok(number.map_or("none".into(), |it| it.to_string()))
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (given, expected) in [
            (json!(12), "12.00"),
            (json!(12.5), "12.50"),
            (json!(0.1), "0.10"),
            (json!(-0.07), "-0.07"),
            (json!("1,234,567.89"), "1234567.89"),
            (json!("１２．５"), "12.50"),
            (json!("+7"), "7.00"),
            (json!("\u{2212}3.10"), "-3.10"),
            (json!("0012"), "12.00"),
            (json!("1.5000"), "1.50"),
            (json!("  "), "none"),
        ] {
            assert_eq!(read(given.clone(), 2).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["NaN", "Infinity", "1e9", "1E400", "12,5", "1,23,456", "1,2345", ",123", "1.", ".5", "--1", "1-", "12元", "0x10", "1_000", "1 2"]
        {
            assert_eq!(read(json!(text), 2), Err("bad_format"), "{text}");
        }
        assert_eq!(read(json!("9".repeat(65)), 2), Err("bad_format"));
        assert_eq!(read(json!(true), 2), Err("wrong_type"));
        assert_eq!(read(json!([1]), 2), Err("wrong_type"));
    }

    #[test]
    fn eighteen_digits_fit_and_nineteen_do_not() {
        assert_eq!(read(json!("9999999999999999.99"), 2).as_deref(), Ok("9999999999999999.99"));
        assert_eq!(read(json!("10000000000000000"), 2), Err("too_large"));
        assert_eq!(read(json!("-999999999999.999999"), 6).as_deref(), Ok("-999999999999.999999"));
        assert_eq!(read(json!("9".repeat(40)), 0), Err("too_large"));
        assert_eq!(read(json!(1e300), 2), Err("too_large"));
        assert_eq!(read(json!(u64::MAX), 0), Err("too_large"));
    }

    #[test]
    fn digits_are_never_rounded_away() {
        let error = parse_decimal(&field(), &json!("1.234"), 2).expect_err("three digits");
        assert_eq!((error.field.as_str(), error.code), ("price", "bad_format"));
        assert!(error.message.zh_cn.contains("2 位小数") && error.message.en.contains("at most 2 digits"));
        assert_eq!(read(json!(1e-7), 6), Err("bad_format"));
    }

    #[test]
    fn limits_are_inclusive() {
        let mut field = field();
        field.min = Some(0.1);
        field.max = Some(99.9);
        let code = |json: Json| parse_decimal(&field, &json, 2).map_err(|it| it.code);
        assert!(code(json!("0.10")).is_ok() && code(json!("99.9")).is_ok());
        assert_eq!(code(json!("0.09")), Err("too_small"));
        assert_eq!(code(json!(99.91)), Err("too_large"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u32..=6) {
            let number = Decimal::new(mantissa, scale);
            let mut text = String::new();
            write_decimal(number, scale, &mut text);
            prop_assert_eq!(parse_decimal(&field(), &json!(text), scale), Ok(Some(number)));
        }
    }
}
