//! Percentage: 12.5 % is stored, sent and computed with as 12.50.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::numeric::{at_scale, check_limits, first_decimal, read_decimal, read_decimal_text, write_decimal};
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Digits after the point.
const SCALE: u32 = 2;

/// See the module. A text may carry the sign: `12.5%`.
pub struct PercentField;

impl FieldType for PercentField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Decimal { scale: SCALE }, Type::Decimal)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Indexed, Key::Min, Key::Max])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let number = match json.as_str().and_then(|it| trim(it).strip_suffix(['%', '％'])) {
            Some(text) => read_decimal_text(field, text)?,
            None => read_decimal(field, json)?,
        };
        let Some(number) = number else { return Ok(empty(self, field)) };
        let number = at_scale(field, number, SCALE)?;
        check_limits(field, number)?;
        Ok(vec![Value::Decimal(number)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(number) = first_decimal(cells) {
            out.push('"');
            write_decimal(number, SCALE, out);
            out.push('"');
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let number = first_decimal(cells)?;
        let mut text = String::new();
        write_decimal(number, SCALE, &mut text);
        text.push('%');
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_with_and_without_the_sign() {
        let field = field(FieldKind::Percent);
        for given in [json!(12.5), json!("12.5"), json!("12.5%"), json!("１２.５％"), json!("12.5 %")] {
            let cells = PercentField.parse(&field, &given, &context()).expect("a percentage");
            assert_eq!(json_of(&field, &cells), json!("12.50"), "{given}");
            assert_eq!(PercentField.text(&field, &cells).as_deref(), Some("12.50%"));
        }
        assert_eq!(PercentField.parse(&field, &json!("%"), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn refuses_a_third_digit_and_a_scale() {
        let mut field = field(FieldKind::Percent);
        assert_eq!(refused(&field, json!(0.125)), "bad_format");
        field.scale = Some(3);
        assert!(PercentField.check_definition(&field).expect_err("fixed").en.starts_with("scale: "));
    }
}
