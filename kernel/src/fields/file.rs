//! One uploaded file or picture: a reference to a record of the object `file`. The read path adds name, size and type.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_computed};
use super::reference::{read_id, write_id};
use super::text_rules::empty;
use super::{FieldType, ParseContext, PartSpec};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. Serves `file` and `image`. A file belongs to the record it was uploaded for, so there is no default.
pub struct FileField;

impl FieldType for FileField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Id, Type::Id)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_computed(field, &[Key::Required, Key::RequiredWhen, Key::ReadOnlyWhen])
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

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn reads_an_id_and_what_the_api_answers() {
        let field = field(FieldKind::Image);
        let id = "018f2b6c-7a34-7c11-9d2e-0123456789ab";
        for given in [json!(id), json!({"id": id, "name": "合同.pdf", "size": 3, "content_type": "application/pdf"})] {
            let cells = FileField.parse(&field, &given, &context()).expect("an id");
            assert_eq!(json_of(&field, &cells), json!(id));
        }
        assert_eq!(refused(&field, json!("合同.pdf")), "bad_format");
    }

    #[test]
    fn has_no_default_and_no_target() {
        let mut field = field(FieldKind::File);
        assert_eq!(FileField.check_definition(&field), Ok(()));
        field.target = Some("account".into());
        assert!(FileField.check_definition(&field).expect_err("fixed").en.starts_with("target: "));
        field.target = None;
        field.default = Some(json!("018f2b6c-7a34-7c11-9d2e-0123456789ab"));
        assert!(FileField.check_definition(&field).expect_err("none").en.starts_with("default: "));
    }
}
