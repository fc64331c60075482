//! Whole number.

use std::fmt::Write as _;

use guanxi_expr::{Type, Value};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::numeric::{check_limits, read_decimal};
use super::text_rules::empty;
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Largest amount on either side of zero: every JSON reader holds it exactly (2^53 - 1).
pub(super) const LARGEST: i64 = 9_007_199_254_740_991;

/// See the module.
pub struct NumberField;

impl FieldType for NumberField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Int, Type::Int)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::Min, Key::Max])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let Some(number) = read_whole(field, json)? else { return Ok(empty(self, field)) };
        check_limits(field, Decimal::from(number))?;
        Ok(vec![Value::Int(number)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Int(number)) = cells.first() {
            // Writing to a String cannot fail.
            let _ = write!(out, "{number}");
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::Int(number)) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// A whole number; `None` for a blank text.
pub(super) fn read_whole(field: &FieldDefinition, json: &Json) -> Result<Option<i64>, FieldError> {
    let Some(number) = read_decimal(field, json)? else { return Ok(None) };
    if !number.fract().is_zero() {
        return Err(problem(field, "bad_format", "应为整数，请去掉小数", "must be a whole number; leave out the fraction"));
    }
    let whole = i64::try_from(number.trunc()).ok().filter(|it| (-LARGEST..=LARGEST).contains(it));
    whole.map(Some).ok_or_else(|| {
        problem(
            field,
            "too_large",
            format!("数字超出范围：应在 -{LARGEST} 与 {LARGEST} 之间"),
            format!("the number is out of range: enter one from -{LARGEST} to {LARGEST}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_integers_and_texts_of_them() {
        let field = field(FieldKind::Number);
        for given in [json!(1200), json!("1,200"), json!(1200.0), json!("１２００"), json!("1200.00")] {
            let cells = NumberField.parse(&field, &given, &context()).expect("a number");
            assert_eq!(cells, [Value::Int(1200)], "{given}");
            assert_eq!(json_of(&field, &cells), json!(1200));
        }
    }

    #[test]
    fn refuses_fractions_giants_and_other_kinds() {
        let mut field = field(FieldKind::Number);
        assert_eq!(refused(&field, json!(1.5)), "bad_format");
        assert_eq!(refused(&field, json!(9_007_199_254_740_992_i64)), "too_large");
        assert_eq!(refused(&field, json!(i64::MIN)), "too_large");
        assert_eq!(refused(&field, json!({})), "wrong_type");
        field.min = Some(1.0);
        field.max = Some(5.0);
        assert_eq!(refused(&field, json!(0)), "too_small");
        assert_eq!(refused(&field, json!(6)), "too_large");
    }

    #[test]
    fn a_definition_has_sensible_limits() {
        let mut field = field(FieldKind::Number);
        field.min = Some(5.0);
        field.max = Some(1.0);
        assert!(NumberField.check_definition(&field).expect_err("crossed").en.starts_with("min: "));
        field.max = Some(f64::INFINITY);
        assert!(NumberField.check_definition(&field).expect_err("infinite").en.starts_with("max: "));
    }
}
