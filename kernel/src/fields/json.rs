//! Any JSON document.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::check_entered;
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Deepest nesting: a text or number is 0, a list of them 1.
const MAX_DEPTH: usize = 32;
/// Longest document as compact JSON, in bytes.
const MAX_BYTES: usize = 65_536;

/// See the module. A text is a document too, taken as it is; a blank one is no value.
pub struct JsonField;

impl FieldType for JsonField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Json, Type::Json)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        if json.as_str().is_some_and(|it| trim(it).is_empty()) {
            return Ok(empty(self, field));
        }
        check_tree(field, json, 0)?;
        let length = json.to_string().len();
        if length > MAX_BYTES {
            return Err(problem(
                field,
                "too_long",
                format!("JSON 最大 {MAX_BYTES} 字节，现有 {length} 字节，请缩短"),
                format!("at most {MAX_BYTES} bytes of JSON, has {length}; shorten it"),
            ));
        }
        Ok(vec![Value::Json(Box::new(json.clone()))])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Json(json)) = cells.first() {
            out.push_str(&json.to_string());
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::Json(json)) => Some(json.to_string()),
            _ => None,
        }
    }

    fn words(&self, _field: &FieldDefinition, _cells: &[Value], _words: &mut Vec<String>) {}
}

/// Refuses what is nested too deep and NUL in texts, which PostgreSQL's JSON cannot hold.
fn check_tree(field: &FieldDefinition, json: &Json, depth: usize) -> Result<(), FieldError> {
    let below = match json {
        Json::String(text) => return check_text(field, text),
        Json::Array(_) | Json::Object(_) => depth + 1,
        _ => return Ok(()),
    };
    if below > MAX_DEPTH {
        return Err(problem(
            field,
            "bad_format",
            format!("JSON 嵌套超过 {MAX_DEPTH} 层，请减少层数"),
            format!("is nested more than {MAX_DEPTH} levels deep; flatten it"),
        ));
    }
    match json {
        Json::Array(items) => items.iter().try_for_each(|it| check_tree(field, it, below)),
        Json::Object(members) => members.iter().try_for_each(|(name, value)| {
            check_text(field, name)?;
            check_tree(field, value, below)
        }),
        _ => Ok(()),
    }
}

fn check_text(field: &FieldDefinition, text: &str) -> Result<(), FieldError> {
    if text.contains('\0') {
        return Err(problem(field, "bad_format", "JSON 中包含空字符（NUL），请删除", "the JSON contains a NUL character; remove it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn nested(levels: usize) -> Json {
        (0..levels).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn keeps_any_document() {
        let field = field(FieldKind::Json);
        for given in [json!({"a": [1, 2.5, "星河\n", null, true]}), json!([]), json!(false), json!("[1]"), json!(0), nested(32)] {
            let cells = JsonField.parse(&field, &given, &context()).expect("a document");
            assert_eq!(json_of(&field, &cells), given);
        }
        assert_eq!(JsonField.parse(&field, &json!(" "), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::Json);
        assert_eq!(refused(&field, nested(33)), "bad_format");
        assert_eq!(refused(&field, json!({"a": ["b\0"]})), "bad_format");
        assert_eq!(refused(&field, json!({"a\0": 1})), "bad_format");
        assert_eq!(refused(&field, json!("x".repeat(65_535))), "too_long");
        assert!(JsonField.parse(&field, &json!("x".repeat(65_534)), &context()).is_ok());
    }
}
