//! One line of text.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::text_rules::{check_pattern, check_pattern_definition, checked_text, empty, first_text, normalised_text};
use super::{FieldType, ParseContext, PartSpec, text_form, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Longest text where the definition does not say, in characters.
const MAX_LENGTH: u32 = 255;
/// Longest text a definition may allow; longer ones are `long_text`.
const LARGEST_MAX_LENGTH: u32 = 4_000;

/// See the module.
pub struct TextField;

impl FieldType for TextField {
    fn parts(&self, field: &FieldDefinition) -> Vec<PartSpec> {
        let mut parts = vec![PartSpec::main(Storage::Text, Type::Text)];
        if field.indexed {
            parts.push(PartSpec::sort_key());
        }
        parts
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_pattern_definition(field)?;
        check_max_length(field, MAX_LENGTH, LARGEST_MAX_LENGTH, field.unique)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::MaxLength, Key::Pattern, Key::Form])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = match field.form {
            Some(form) => normalised_text(field, json, MAX_LENGTH, |text| text_form::written(field, form, text))?,
            None => checked_text(field, json, MAX_LENGTH, false)?,
        };
        let Some(text) = text.filter(|it| !it.is_empty()) else { return Ok(empty(self, field)) };
        check_pattern(field, &text)?;
        Ok(with_sort_key(field, text))
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(text) = first_text(cells) {
            write_json_string(text, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }

    fn mask(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(guanxi_text::mask::text)
    }

    fn words(&self, _field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        if let Some(text) = first_text(cells) {
            // One line is mostly a name of something: found by its pinyin too.
            words.extend(guanxi_text::search_tokens::index_name_tokens(text));
        }
    }
}

/// The cells of a text: itself and, where the field is indexed, its sort key.
pub(super) fn with_sort_key(field: &FieldDefinition, text: String) -> Vec<Value> {
    let sort = field.indexed.then(|| Value::Text(guanxi_text::pinyin::sort_text(&text)));
    std::iter::once(Value::Text(text)).chain(sort).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_trims_and_writes() {
        let field = field(FieldKind::Text);
        let cells = TextField.parse(&field, &json!("  星河 \"Galaxy\" \\ "), &context()).expect("a text");
        assert_eq!(cells, [Value::Text("星河 \"Galaxy\" \\".into())]);
        assert_eq!(json_of(&field, &cells), json!("星河 \"Galaxy\" \\"));
        assert_eq!(TextField.parse(&field, &json!(" \u{3000} "), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn an_indexed_text_sorts_by_pinyin() {
        let mut field = field(FieldKind::Text);
        field.indexed = true;
        assert_eq!(TextField.parts(&field).len(), 2);
        let key = |text: &str| TextField.parse(&field, &json!(text), &context()).expect("a text").remove(1);
        let (Value::Text(bei), Value::Text(shang)) = (key("北京"), key("上海")) else { panic!("no sort keys") };
        assert!(bei.as_bytes() < shang.as_bytes());
        assert_eq!(TextField.parse(&field, &json!(""), &context()), Ok(vec![Value::Null, Value::Null]));
    }

    #[test]
    fn refusals_carry_their_code() {
        let mut field = field(FieldKind::Text);
        field.pattern = Some("[A-Z0-9]+".into());
        field.max_length = Some(4);
        assert_eq!(refused(&field, json!(12)), "wrong_type");
        assert_eq!(refused(&field, json!("ABCDE")), "too_long");
        assert_eq!(refused(&field, json!("ab")), "bad_format");
        assert_eq!(refused(&field, json!("A\0")), "bad_format");
    }

    #[test]
    fn definitions_refuse_what_does_not_fit() {
        let mut field = field(FieldKind::Text);
        field.scale = Some(2);
        assert!(TextField.check_definition(&field).expect_err("scale").en.starts_with("scale: "));
        field.scale = None;
        field.max_length = Some(0);
        assert!(TextField.check_definition(&field).expect_err("zero").en.starts_with("max_length: "));
        field.max_length = Some(1_000);
        assert!(TextField.check_definition(&field).is_ok());
        field.unique = true;
        assert!(TextField.check_definition(&field).expect_err("too long for an index").en.starts_with("max_length: "));
        field.max_length = Some(2);
        field.default = Some(json!("abc"));
        assert!(TextField.check_definition(&field).expect_err("default").en.starts_with("default: "));
    }
}
