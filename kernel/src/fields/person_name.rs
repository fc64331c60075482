//! Name of a person, Chinese or western: the whole as written, family and given name apart.

use guanxi_expr::{Type, Value};
use guanxi_text::person_name::{PersonName, join, split};
use guanxi_text::search_tokens::index_name_tokens;
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::parts::{cell, check_members, part_text, write_object};
use super::text_rules::{check_length, checked_str, empty, first_text};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Names of the parts in JSON; the whole is the main part.
const PARTS: [&str; 3] = ["full", "family", "given"];
/// Longest name and longest part in characters.
const MAX_LENGTH: u32 = 120;

/// See the module. From one text the parts are split off; given apart, they are joined. What the caller says about a part
/// stands; only what he leaves out is worked out.
pub struct PersonNameField;

impl FieldType for PersonNameField {
    fn parts(&self, field: &FieldDefinition) -> Vec<PartSpec> {
        let mut parts = vec![
            PartSpec::main(Storage::Text, Type::Text),
            PartSpec::named("family", Storage::Text, Type::Text),
            PartSpec::named("given", Storage::Text, Type::Text),
        ];
        if field.indexed {
            parts.push(PartSpec::sort_key());
        }
        parts
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_max_length(field, MAX_LENGTH, 255, false)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::MaxLength])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let most = field.max_length.unwrap_or(MAX_LENGTH);
        let name = match json {
            Json::String(text) => split(&checked_str(field, text, most, false)?.unwrap_or_default()),
            Json::Object(members) => {
                check_members(field, members, &PARTS)?;
                let full = part_text(field, members, "full", most)?;
                let family = part_text(field, members, "family", most)?;
                let given = part_text(field, members, "given", most)?;
                let says_nothing_of_parts = !members.contains_key("family") && !members.contains_key("given");
                if says_nothing_of_parts {
                    split(&full)
                } else if full.is_empty() {
                    PersonName { full: join(&family, &given), family, given }
                } else {
                    PersonName { full, family, given }
                }
            }
            _ => {
                return Err(problem(
                    field,
                    "wrong_type",
                    "应为姓名：文本，或含 full、family、given 的对象",
                    "must be a name: a text, or an object with full, family, given",
                ));
            }
        };
        if name.full.is_empty() {
            return Ok(empty(self, field));
        }
        check_length(field, &name.full, most)?;
        let sort = field.indexed.then(|| Value::Text(guanxi_text::pinyin::sort_text(&name.full)));
        Ok([Value::Text(name.full), cell(name.family), cell(name.given)].into_iter().chain(sort).collect())
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        write_object(&PARTS, cells, out);
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }

    fn mask(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(guanxi_text::mask::person_name)
    }

    fn write_masked(&self, field: &FieldDefinition, cells: &[Value], out: &mut String) {
        write_object(&PARTS, &[self.mask(field, cells).map_or(Value::Null, Value::Text)], out);
    }

    fn words(&self, _field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        if let Some(full) = first_text(cells) {
            words.extend(index_name_tokens(full));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn read(json: Json) -> Json {
        let field = field(FieldKind::PersonName);
        json_of(&field, &PersonNameField.parse(&field, &json, &context()).unwrap_or_else(|error| panic!("{json}: {error:?}")))
    }

    #[test]
    fn one_text_is_split() {
        assert_eq!(read(json!("王小明")), json!({"full": "王小明", "family": "王", "given": "小明"}));
        assert_eq!(read(json!("欧阳娜娜")), json!({"full": "欧阳娜娜", "family": "欧阳", "given": "娜娜"}));
        assert_eq!(read(json!("Mary Smith")), json!({"full": "Mary Smith", "family": "Smith", "given": "Mary"}));
        assert_eq!(read(json!({"full": "Mary Smith"})), json!({"full": "Mary Smith", "family": "Smith", "given": "Mary"}));
    }

    #[test]
    fn parts_are_joined_in_their_order() {
        assert_eq!(read(json!({"family": "李", "given": "薇"}))["full"], "李薇");
        assert_eq!(read(json!({"family": "Smith", "given": "Mary"}))["full"], "Mary Smith");
        assert_eq!(read(json!({"given": "Mary"})), json!({"full": "Mary", "family": null, "given": "Mary"}));
    }

    #[test]
    fn what_is_said_stands() {
        let given = json!({"full": "李薇 (Vivian)", "family": "李", "given": "薇"});
        assert_eq!(read(given.clone()), given);
    }

    #[test]
    fn an_indexed_name_sorts_and_nothing_is_no_value() {
        let mut field = field(FieldKind::PersonName);
        field.indexed = true;
        let cells = PersonNameField.parse(&field, &json!("王小明"), &context()).expect("a name");
        assert_eq!(cells.len(), 4);
        assert!(cells[3].as_text().is_some_and(|it| !it.is_empty()));
        for given in [json!(""), json!({}), json!({"full": " ", "family": null})] {
            assert_eq!(PersonNameField.parse(&field, &given, &context()), Ok(vec![Value::Null; 4]), "{given}");
        }
    }

    #[test]
    fn refusals_name_the_part() {
        let field = field(FieldKind::PersonName);
        let refusal = |json: Json| PersonNameField.parse(&field, &json, &context()).map_err(|it| (it.field, it.code));
        assert_eq!(refusal(json!({"given": "a\nb"})), Err(("field.given".into(), "bad_format")));
        assert_eq!(refusal(json!({"family": "a".repeat(121)})), Err(("field.family".into(), "too_long")));
        assert_eq!(refusal(json!({"family": "a".repeat(100), "given": "b".repeat(100)})), Err(("field".into(), "too_long")));
        assert_eq!(refusal(json!({"first": "Mary"})), Err(("field".into(), "bad_format")));
        assert_eq!(refusal(json!(7)), Err(("field".into(), "wrong_type")));
    }

    #[test]
    fn search_finds_a_name_by_pinyin() {
        let mut words = Vec::new();
        PersonNameField.words(&field(FieldKind::PersonName), &[Value::Text("单小明".into())], &mut words);
        assert!(words.iter().any(|it| it.starts_with("shanxiaoming")), "{words:?}");
    }
}
