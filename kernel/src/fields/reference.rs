//! One other record: any object's, a user or a department. The read path adds its label.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::keys::{Key, check_entered, kind_name};
use super::text_rules::{empty, trim};
use super::wrong_key;
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, FieldKind, Label, is_identifier};
use crate::store::Storage;

/// See the module. Reads an id, or an object with one, as the API answers it. Serves `reference`, `user` and `department`.
pub struct ReferenceField;

impl FieldType for ReferenceField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Id, Type::Id)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        let mut allowed = vec![Key::Unique, Key::Indexed, Key::OnDelete];
        if field.kind == FieldKind::Reference {
            check_target(field)?;
            allowed.extend([Key::Target, Key::OfferedWhen]);
        }
        check_entered(self, field, &allowed)
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        Ok(match read_id(field, json)? {
            Some(id) => vec![Value::Id(id)],
            None => empty(self, field),
        })
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(Value::Id(id)) = cells.first() {
            write_id(*id, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, _cells: &[Value]) -> Option<String> {
        None
    }
}

/// Checks that a target is named; whether there is such an object is the schema's to say.
pub(super) fn check_target(field: &FieldDefinition) -> Result<(), Label> {
    match &field.target {
        None => wrong_key("target", "请选择引用的对象", format_args!("a {} needs the object it refers to", kind_name(field.kind))),
        Some(target) if !is_identifier(target) => {
            wrong_key("target", format_args!("“{target}”不是对象名称"), format_args!("`{target}` is not the name of an object"))
        }
        Some(_) => Ok(()),
    }
}

/// The id in `json`: a text, or an object's member `id`. `None` for a blank text and for an object whose id is null.
pub(super) fn read_id(field: &FieldDefinition, json: &Json) -> Result<Option<Uuid>, FieldError> {
    let text = match json {
        Json::String(text) => text,
        Json::Object(members) => match members.get("id") {
            Some(Json::String(text)) => text,
            Some(Json::Null) => return Ok(None),
            _ => return Err(wrong_type(field)),
        },
        _ => return Err(wrong_type(field)),
    };
    let text = trim(text);
    if text.is_empty() {
        return Ok(None);
    }
    Uuid::try_parse(text)
        .map(Some)
        .map_err(|_| problem(field, "bad_format", "不是记录编号，请选择已有的记录", "is not the id of a record; choose one that exists"))
}

fn wrong_type(field: &FieldDefinition) -> FieldError {
    problem(field, "wrong_type", "应为记录编号（文本），或含 id 的对象", "must be the id of a record (a text), or an object with `id`")
}

/// Appends an id as a JSON string.
pub(super) fn write_id(id: Uuid, out: &mut String) {
    let mut buffer = Uuid::encode_buffer();
    out.push('"');
    out.push_str(id.hyphenated().encode_lower(&mut buffer));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use serde_json::json;

    const ID: &str = "018f2b6c-7a34-7c11-9d2e-0123456789ab";

    #[test]
    fn reads_an_id_and_what_the_api_answers() {
        let field = field(FieldKind::Reference);
        for given in [json!(ID), json!(ID.to_uppercase()), json!({"id": ID, "label": "星河"}), json!(ID.replace('-', ""))] {
            let cells = ReferenceField.parse(&field, &given, &context()).expect("an id");
            assert_eq!(json_of(&field, &cells), json!(ID), "{given}");
        }
        for given in [json!(""), json!({"id": null}), json!({"id": " "})] {
            assert_eq!(ReferenceField.parse(&field, &given, &context()), Ok(vec![Value::Null]), "{given}");
        }
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::User);
        assert_eq!(refused(&field, json!("li.wei")), "bad_format");
        assert_eq!(refused(&field, json!(format!("{ID}0"))), "bad_format");
        assert_eq!(refused(&field, json!(7)), "wrong_type");
        assert_eq!(refused(&field, json!({"label": "星河"})), "wrong_type");
        assert_eq!(refused(&field, json!([ID])), "wrong_type");
    }

    #[test]
    fn a_target_is_needed_where_the_type_does_not_say_it() {
        let mut reference = field(FieldKind::Reference);
        reference.target = None;
        assert!(ReferenceField.check_definition(&reference).expect_err("none").en.starts_with("target: "));
        reference.target = Some("Account; DROP".into());
        assert!(ReferenceField.check_definition(&reference).expect_err("no name").en.starts_with("target: "));
        reference.target = Some("account".into());
        assert_eq!(ReferenceField.check_definition(&reference), Ok(()));
        let mut user = field(FieldKind::User);
        user.default = Some(json!("@me"));
        assert_eq!(ReferenceField.check_definition(&user), Ok(()));
        user.target = Some("account".into());
        assert!(ReferenceField.check_definition(&user).expect_err("fixed").en.starts_with("target: "));
    }
}
