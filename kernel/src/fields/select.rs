//! One of the options. With successors named, a state.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::text_rules::{empty, expect_text, first_text, trim};
use super::{FieldType, ParseContext, PartSpec, options, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Labels are read too, in both languages; the value is what is stored and sent.
pub struct SelectField;

impl FieldType for SelectField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        options::check(field, true)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::Options])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = trim(expect_text(field, json)?);
        if text.is_empty() {
            return Ok(empty(self, field));
        }
        let option = options::find(field, text).ok_or_else(|| options::not_an_option(field, text))?;
        Ok(vec![Value::Text(option.value.clone())])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(value) = first_text(cells) {
            write_json_string(value, out);
        }
    }

    fn text(&self, field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(|it| options::label(field, it).to_owned())
    }

    fn words(&self, field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        if let Some(value) = first_text(cells) {
            options::add_words(field, value, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, json_of, refused, with_options};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_values_and_labels() {
        let field = with_options(FieldKind::Select);
        for given in ["won", "赢单", "Won", " WON "] {
            let cells = SelectField.parse(&field, &json!(given), &context()).expect(given);
            assert_eq!(json_of(&field, &cells), json!("won"));
            assert_eq!(SelectField.text(&field, &cells).as_deref(), Some("赢单"));
        }
    }

    #[test]
    fn an_unknown_option_lists_those_there_are() {
        let field = with_options(FieldKind::Select);
        let error = SelectField.parse(&field, &json!("lost\0"), &context()).expect_err("no option");
        assert_eq!(error.code, "bad_option");
        assert!(error.message.zh_cn.contains("新建、赢单"), "{}", error.message.zh_cn);
        assert!(error.message.en.contains("new, won") && !error.message.en.contains('\0'), "{}", error.message.en);
        assert_eq!(refused(&field, json!(1)), "wrong_type");
    }

    #[test]
    fn search_finds_both_labels() {
        let field = with_options(FieldKind::Select);
        let mut words = Vec::new();
        SelectField.words(&field, &[Value::Text("won".into())], &mut words);
        assert!(words.iter().any(|it| it == "won") && words.iter().any(|it| it.contains('赢')), "{words:?}");
    }

    #[test]
    fn a_default_is_an_option() {
        let mut field = with_options(FieldKind::Select);
        field.default = Some(json!("new"));
        assert_eq!(SelectField.check_definition(&field), Ok(()));
        field.default = Some(json!("lost"));
        assert!(SelectField.check_definition(&field).expect_err("no option").en.starts_with("default: "));
    }
}
