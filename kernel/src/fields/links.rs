//! Several other records: tags and many-to-many. They live in a link table, not in columns.

use guanxi_expr::Value;
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::reference::{check_target, read_id, write_id};
use super::text_rules::trim;
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, FieldKind, Label};

/// Most records one field links to.
const MAX_LINKS: usize = 1_000;

/// See the module. There are no parts; [`FieldType::parse`] answers one [`Value::List`] of ids, each once and in the order
/// given, and [`FieldType::write_json`] takes the same. An empty list unlinks all.
pub struct LinksField;

impl FieldType for LinksField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        Vec::new()
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        // Tags have an object of their own unless told otherwise.
        if field.kind == FieldKind::ManyToMany || field.target.is_some() {
            check_target(field)?;
        }
        check_entered(self, field, &[Key::Target, Key::OfferedWhen])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let items = match json {
            Json::Array(items) => items.as_slice(),
            Json::String(text) if trim(text).is_empty() => &[],
            _ => {
                return Err(problem(field, "wrong_type", "应为记录编号的列表，例如 [\"编号\"]", "must be a list of record ids, such as [\"id\"]"));
            }
        };
        if items.len() > MAX_LINKS {
            return Err(problem(
                field,
                "too_long",
                format!("最多 {MAX_LINKS} 项，现有 {} 项，请减少", items.len()),
                format!("at most {MAX_LINKS} records, has {}; take some out", items.len()),
            ));
        }
        let mut seen = std::collections::HashSet::with_capacity(items.len());
        let mut ids = Vec::with_capacity(items.len());
        for item in items {
            if let Some(id) = read_id(field, item)?
                && seen.insert(id)
            {
                ids.push(Value::Id(id));
            }
        }
        Ok(vec![Value::List(ids)])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        out.push('[');
        if let Some(Value::List(items)) = cells.first() {
            let ids = items.iter().filter_map(|it| if let Value::Id(id) = it { Some(*id) } else { None });
            for (index, id) in ids.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_id(id, out);
            }
        }
        out.push(']');
    }

    fn text(&self, _field: &FieldDefinition, _cells: &[Value]) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use serde_json::json;

    const FIRST: &str = "018f2b6c-7a34-7c11-9d2e-0123456789ab";
    const SECOND: &str = "018f2b6c-7a34-7c11-9d2e-0123456789ac";

    #[test]
    fn keeps_the_order_and_each_record_once() {
        let field = field(FieldKind::Tags);
        let cells = LinksField.parse(&field, &json!([SECOND, {"id": FIRST, "label": "VIP"}, SECOND]), &context()).expect("ids");
        assert_eq!(cells.len(), 1);
        assert_eq!(json_of(&field, &cells), json!([SECOND, FIRST]));
        assert!(LinksField.parts(&field).is_empty());
    }

    #[test]
    fn an_empty_list_unlinks_all() {
        let field = field(FieldKind::Tags);
        for given in [json!([]), json!(" ")] {
            assert_eq!(LinksField.parse(&field, &given, &context()), Ok(vec![Value::List(Vec::new())]), "{given}");
        }
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::ManyToMany);
        assert_eq!(refused(&field, json!(FIRST)), "wrong_type");
        assert_eq!(refused(&field, json!([7])), "wrong_type");
        assert_eq!(refused(&field, json!(["VIP"])), "bad_format");
        assert_eq!(refused(&field, json!(vec![FIRST; 1_001])), "too_long");
    }

    #[test]
    fn many_to_many_needs_a_target_and_tags_do_not() {
        assert_eq!(LinksField.check_definition(&field(FieldKind::Tags)), Ok(()));
        let mut links = field(FieldKind::ManyToMany);
        assert_eq!(LinksField.check_definition(&links), Ok(()));
        links.target = None;
        assert!(LinksField.check_definition(&links).expect_err("none").en.starts_with("target: "));
        links.target = Some("account".into());
        links.indexed = true;
        assert!(LinksField.check_definition(&links).expect_err("no column").en.starts_with("indexed: "));
    }
}
