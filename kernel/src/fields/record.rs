//! One other record of any object that people work with: what a comment is on, what a notification leads to. The read path
//! adds its label.

use guanxi_expr::{Type, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::keys::{Key, check_entered};
use super::reference::write_id;
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label, is_identifier};
use crate::store::Storage;

/// See the module. Read from `{"object", "id"}`, as the API answers it.
pub struct RecordField;

impl FieldType for RecordField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Id, Type::Id), PartSpec::named("object", Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Indexed])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(trim).filter(|it| !it.is_empty());
        if !json.is_object() {
            return Err(wrong_type(field));
        }
        match (text("object"), text("id")) {
            (None, None) if json["id"].is_null() => Ok(empty(self, field)),
            (Some(object), Some(id)) => match Uuid::try_parse(id) {
                Ok(id) if is_identifier(object) => Ok(vec![Value::Id(id), Value::Text(object.to_owned())]),
                _ => Err(problem(field, "bad_format", "不是记录，请选择已有的记录", "is not a record; choose one that exists")),
            },
            _ => Err(wrong_type(field)),
        }
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        let (Some(Value::Id(id)), Some(Value::Text(object))) = (cells.first(), cells.get(1)) else {
            out.push_str("null");
            return;
        };
        out.push_str("{\"object\":");
        write_json_string(object, out);
        out.push_str(",\"id\":");
        write_id(*id, out);
        out.push('}');
    }

    fn text(&self, _field: &FieldDefinition, _cells: &[Value]) -> Option<String> {
        None
    }
}

fn wrong_type(field: &FieldDefinition) -> FieldError {
    let form = json!({ "object": "account", "id": "…" });
    problem(field, "wrong_type", format!("应为一条记录，例如 {form}"), "must be a record: an object with `object` and `id`")
}

/// The record cells name: its object and its id.
pub fn named_record(cells: &[Value]) -> Option<(&str, Uuid)> {
    match cells {
        [Value::Id(id), Value::Text(object)] => Some((object, *id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;

    const ID: &str = "018f2b6c-7a34-7c11-9d2e-0123456789ab";

    #[test]
    fn reads_what_the_api_answers() {
        let field = field(FieldKind::Record);
        let cells =
            RecordField.parse(&field, &json!({ "object": "account", "id": ID.to_uppercase(), "label": "星河" }), &context()).expect("a record");
        assert_eq!(json_of(&field, &cells), json!({ "object": "account", "id": ID }));
        assert_eq!(named_record(&cells).map(|it| it.0), Some("account"));
        for given in [json!({ "object": "", "id": null }), json!({ "id": null })] {
            assert_eq!(RecordField.parse(&field, &given, &context()), Ok(vec![Value::Null, Value::Null]), "{given}");
        }
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::Record);
        for given in [json!(ID), json!([ID]), json!({ "id": ID }), json!({ "object": "account", "id": null, "x": 1 })] {
            assert_eq!(refused(&field, given), "wrong_type");
        }
        assert_eq!(refused(&field, json!({ "object": "account", "id": "7" })), "bad_format");
        assert_eq!(refused(&field, json!({ "object": "o_account; --", "id": ID })), "bad_format");
    }
}
