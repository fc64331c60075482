//! Yes or no.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Besides `true` and `false` it reads what files hold: 是/否, yes/no, 1/0.
pub struct BooleanField;

impl FieldType for BooleanField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Bool, Type::Bool)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Indexed])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let value = match json {
            Json::Bool(value) => Some(*value),
            Json::Number(number) => match number.as_i64() {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
            Json::String(text) => match trim(text).to_lowercase().as_str() {
                "" => return Ok(empty(self, field)),
                "true" | "yes" | "y" | "t" | "1" | "是" | "对" | "有" | "√" | "✓" => Some(true),
                "false" | "no" | "n" | "f" | "0" | "否" | "错" | "无" | "×" => Some(false),
                _ => None,
            },
            _ => None,
        };
        let value = value.ok_or_else(|| problem(field, "wrong_type", "应为是或否", "must be true or false"))?;
        Ok(vec![Value::Bool(value)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Bool(value)) = cells.first() {
            out.push_str(if *value { "true" } else { "false" });
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        match cells.first() {
            Some(Value::Bool(value)) => Some(if *value { "是" } else { "否" }.to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_what_files_hold() {
        let field = field(FieldKind::Boolean);
        for (given, expected) in [
            (json!(true), true),
            (json!("是"), true),
            (json!(" Yes "), true),
            (json!(1), true),
            (json!("否"), false),
            (json!("FALSE"), false),
            (json!(0), false),
        ] {
            let cells = BooleanField.parse(&field, &given, &context()).expect("a yes or no");
            assert_eq!(json_of(&field, &cells), json!(expected), "{given}");
        }
        assert_eq!(BooleanField.parse(&field, &json!(" "), &context()), Ok(vec![Value::Null]));
    }

    #[test]
    fn does_not_guess() {
        let field = field(FieldKind::Boolean);
        for given in [json!("maybe"), json!(2), json!(0.0), json!([]), json!({})] {
            assert_eq!(refused(&field, given), "wrong_type");
        }
    }
}
