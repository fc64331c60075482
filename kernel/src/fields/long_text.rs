//! Text of several lines. It is not sorted by.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::text_rules::{check_pattern, check_pattern_definition, checked_text, empty, first_text};
use super::{FieldType, ParseContext, PartSpec, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Longest text where the definition does not say, in characters.
pub(super) const MAX_LENGTH: u32 = 65_536;
/// Longest text a definition may allow; longer ones are files.
pub(super) const LARGEST_MAX_LENGTH: u32 = 1_048_576;

/// See the module.
pub struct LongTextField;

impl FieldType for LongTextField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_pattern_definition(field)?;
        check_max_length(field, MAX_LENGTH, LARGEST_MAX_LENGTH, false)?;
        check_entered(self, field, &[Key::Searchable, Key::MaxLength, Key::Pattern])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let Some(text) = checked_text(field, json, MAX_LENGTH, true)? else { return Ok(empty(self, field)) };
        check_pattern(field, &text)?;
        Ok(vec![Value::Text(text)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(text) = first_text(cells) {
            write_json_string(text, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn keeps_lines() {
        let field = field(FieldKind::LongText);
        let cells = LongTextField.parse(&field, &json!("第一行\r\n\tsecond\r\n"), &context()).expect("a text");
        assert_eq!(cells, [Value::Text("第一行\n\tsecond".into())]);
        assert_eq!(json_of(&field, &cells), json!("第一行\n\tsecond"));
    }

    #[test]
    fn refuses_nul_and_too_much() {
        let field = field(FieldKind::LongText);
        assert_eq!(refused(&field, json!("a\0b")), "bad_format");
        assert_eq!(refused(&field, json!("长".repeat(65_537))), "too_long");
        assert!(LongTextField.parse(&field, &json!("长".repeat(65_536)), &context()).is_ok());
    }

    #[test]
    fn is_neither_indexed_nor_unique() {
        let mut field = field(FieldKind::LongText);
        field.indexed = true;
        assert!(LongTextField.check_definition(&field).expect_err("no sort").en.starts_with("indexed: "));
    }
}
