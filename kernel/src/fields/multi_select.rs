//! Several of the options, in the order of the definition, each once.

use guanxi_expr::{Type, Value};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, options, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. The cell is a [`Value::List`] of texts. A text of labels or values with `;` or `、` between is read too.
pub struct MultiSelectField;

impl FieldType for MultiSelectField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::TextList, Type::Text.list())]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        options::check(field, false)?;
        check_entered(self, field, &[Key::Searchable, Key::Options])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let mut chosen = vec![false; field.options.len()];
        let mut choose = |text: &str| -> Result<(), FieldError> {
            let option = options::find(field, text).ok_or_else(|| options::not_an_option(field, text))?;
            // Options are few and stand in one list: the address finds the position.
            let position = field.options.iter().position(|it| std::ptr::eq(it, option));
            if let Some(flag) = position.and_then(|it| chosen.get_mut(it)) {
                *flag = true;
            }
            Ok(())
        };
        match json {
            Json::Array(items) if items.len() <= field.options.len().saturating_mul(2).max(1_000) => {
                for item in items {
                    choose(item.as_str().ok_or_else(|| wrong_type(field))?)?;
                }
            }
            Json::String(text) if options::find(field, text).is_some() => choose(text)?,
            Json::String(text) => {
                for item in text.split([';', '；', '、', ',', '，', '|', '\n']).filter(|it| !trim(it).is_empty()) {
                    choose(item)?;
                }
            }
            _ => return Err(wrong_type(field)),
        }
        let values: Vec<Value> =
            field.options.iter().zip(chosen).filter(|(_, is_chosen)| *is_chosen).map(|(option, _)| Value::Text(option.value.clone())).collect();
        if values.is_empty() { Ok(empty(self, field)) } else { Ok(vec![Value::List(values)]) }
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        out.push('[');
        for (index, value) in values(cells).enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_json_string(value, out);
        }
        out.push(']');
    }

    fn text(&self, field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let labels: Vec<&str> = values(cells).map(|it| options::label(field, it)).collect();
        if labels.is_empty() { None } else { Some(labels.join("; ")) }
    }

    fn words(&self, field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        values(cells).for_each(|it| options::add_words(field, it, words));
    }
}

fn values(cells: &[Value]) -> impl Iterator<Item = &str> {
    let items = match cells.first() {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(Value::as_text)
}

fn wrong_type(field: &FieldDefinition) -> FieldError {
    problem(field, "wrong_type", "应为选项列表，例如 [\"a\", \"b\"]", "must be a list of option values, such as [\"a\", \"b\"]")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, json_of, refused, with_options};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn keeps_the_definitions_order_and_each_option_once() {
        let field = with_options(FieldKind::MultiSelect);
        for given in [json!(["won", "new", "won"]), json!("赢单；新建"), json!("Won, New"), json!(["赢单", "new"])] {
            let cells = MultiSelectField.parse(&field, &given, &context()).expect("options");
            assert_eq!(json_of(&field, &cells), json!(["new", "won"]), "{given}");
            assert_eq!(MultiSelectField.text(&field, &cells).as_deref(), Some("新建; 赢单"));
        }
    }

    #[test]
    fn nothing_chosen_is_no_value() {
        let field = with_options(FieldKind::MultiSelect);
        for given in [json!([]), json!(""), json!(" ; ")] {
            assert_eq!(MultiSelectField.parse(&field, &given, &context()), Ok(vec![Value::Null]), "{given}");
        }
    }

    #[test]
    fn a_label_with_a_comma_is_still_one_option() {
        let mut field = with_options(FieldKind::MultiSelect);
        field.options[0].label.en = "Fresh, unread".into();
        let cells = MultiSelectField.parse(&field, &json!("fresh, unread"), &context()).expect("one option");
        assert_eq!(json_of(&field, &cells), json!(["new"]));
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = with_options(FieldKind::MultiSelect);
        assert_eq!(refused(&field, json!(["lost"])), "bad_option");
        assert_eq!(refused(&field, json!([1])), "wrong_type");
        assert_eq!(refused(&field, json!({"new": true})), "wrong_type");
        assert_eq!(refused(&field, json!(vec!["new"; 1_001])), "wrong_type");
    }
}
