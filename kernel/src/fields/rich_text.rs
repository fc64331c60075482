//! Formatted text: HTML of a small set of harmless elements. What is not harmless is taken out on save.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::long_text::{LARGEST_MAX_LENGTH, MAX_LENGTH};
use super::text_rules::{check_length, empty, expect_text, first_text, refuse_control_characters, trim};
use super::{FieldType, ParseContext, PartSpec, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Lengths count the characters of the HTML.
pub struct RichTextField;

impl FieldType for RichTextField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_max_length(field, MAX_LENGTH, LARGEST_MAX_LENGTH, false)?;
        check_entered(self, field, &[Key::Searchable, Key::MaxLength])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let html = trim(expect_text(field, json)?);
        if html.is_empty() {
            return Ok(empty(self, field));
        }
        refuse_control_characters(field, html, true)?;
        let most = field.max_length.unwrap_or(MAX_LENGTH);
        // Before the cleaning too: its cost grows with what comes in, not with what is left.
        check_length(field, html, most.saturating_mul(4))?;
        let clean = guanxi_text::html::sanitise(html);
        let clean = trim(&clean);
        if clean.is_empty() {
            return Ok(empty(self, field));
        }
        // An entity such as `&#0;` becomes its character on the way.
        refuse_control_characters(field, clean, true)?;
        check_length(field, clean, most)?;
        Ok(vec![Value::Text(clean.to_owned())])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(html) = first_text(cells) {
            write_json_string(html, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(guanxi_text::html::plain_text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn saved(html: &str) -> String {
        let field = field(FieldKind::RichText);
        let cells = RichTextField.parse(&field, &json!(html), &context()).expect("a text");
        json_of(&field, &cells).as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn keeps_formatting_and_drops_scripts() {
        let html = saved("<p>季度<b>总结</b></p><script>alert(1)</script><img src=x onerror=alert(2)><a href=\"javascript:alert(3)\">x</a>");
        assert!(html.contains("<b>总结</b>"), "{html}");
        assert!(!html.contains("alert"), "{html}");
        assert_eq!(saved(&html), html, "cleaning twice changes nothing");
    }

    #[test]
    fn its_text_has_no_markup() {
        let cells = [Value::Text("<p>季度<b>总结</b></p><p>A &amp; B</p>".into())];
        let text = RichTextField.text(&field(FieldKind::RichText), &cells).expect("a text");
        assert!(text.contains("季度总结") && text.contains("A & B") && !text.contains('<'), "{text}");
    }

    #[test]
    fn refuses_nul_and_too_much() {
        let mut field = field(FieldKind::RichText);
        field.max_length = Some(20);
        assert_eq!(refused(&field, json!("a\0b")), "bad_format");
        assert_eq!(refused(&field, json!("<p>123456789012345</p>")), "too_long");
        assert_eq!(refused(&field, json!(["p"])), "wrong_type");
    }
}
