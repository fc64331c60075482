//! Exact decimal number with a fixed number of digits after the point.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::numeric::{MAX_SCALE, first_decimal, parse_decimal, write_decimal};
use super::text_rules::empty;
use super::wrong_key;
use super::{FieldType, ParseContext, PartSpec};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Digits after the point where the definition does not say.
const DEFAULT_SCALE: u32 = 2;

/// See the module.
pub struct DecimalField;

/// Digits after the point; never more than a column holds, whatever the definition says.
pub(super) fn scale_of(field: &FieldDefinition) -> u32 {
    field.scale.unwrap_or(DEFAULT_SCALE).min(MAX_SCALE)
}

/// Refuses a scale no column has.
pub(super) fn check_scale(field: &FieldDefinition) -> Result<(), Label> {
    match field.scale {
        Some(scale) if scale > MAX_SCALE => {
            wrong_key("scale", format_args!("小数位应为0到{MAX_SCALE}，现为{scale}"), format_args!("must be from 0 to {MAX_SCALE}, is {scale}"))
        }
        _ => Ok(()),
    }
}

impl FieldType for DecimalField {
    fn parts(&self, field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Decimal { scale: scale_of(field) }, Type::Decimal)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_scale(field)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::Scale, Key::Min, Key::Max])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        Ok(match parse_decimal(field, json, scale_of(field))? {
            Some(number) => vec![Value::Decimal(number)],
            None => empty(self, field),
        })
    }

    fn write_json(&self, field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(number) = first_decimal(cells) {
            out.push('"');
            write_decimal(number, scale_of(field), out);
            out.push('"');
        }
    }

    fn text(&self, field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let number = first_decimal(cells)?;
        let mut text = String::new();
        write_decimal(number, scale_of(field), &mut text);
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use rust_decimal::Decimal;
    use serde_json::json;

    #[test]
    fn keeps_its_scale() {
        let mut field = field(FieldKind::Decimal);
        let cells = DecimalField.parse(&field, &json!(12.5), &context()).expect("a number");
        assert_eq!(cells, [Value::Decimal(Decimal::new(1250, 2))]);
        assert_eq!(json_of(&field, &cells), json!("12.50"));
        field.scale = Some(4);
        assert_eq!(json_of(&field, &[Value::Int(3)]), json!("3.0000"));
        field.scale = Some(0);
        assert_eq!(refused(&field, json!("1.5")), "bad_format");
    }

    #[test]
    fn a_definition_has_a_scale_that_exists() {
        let mut field = field(FieldKind::Decimal);
        field.scale = Some(7);
        assert!(DecimalField.check_definition(&field).expect_err("seven").en.starts_with("scale: "));
        field.scale = Some(6);
        assert_eq!(DecimalField.check_definition(&field), Ok(()));
    }
}
