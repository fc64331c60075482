//! Value of an expression over the record's own fields. The write path works it out.

use super::computed::{Computed, RESULTS};
use super::decimal::check_scale;
use super::keys::{Key, check_computed, kind_name};
use super::wrong_key;
use crate::schema::{FieldDefinition, FieldKind, Label};

/// Longest expression in characters.
const MAX_EXPRESSION: usize = 4_000;

/// See the module.
pub struct FormulaField;

impl Computed for FormulaField {
    fn check(&self, field: &FieldDefinition) -> Result<(), Label> {
        match field.expression.as_deref().map(str::trim) {
            None | Some("") => return wrong_key("expression", "公式字段需要填写表达式", "a formula needs one"),
            Some(text) if text.chars().count() > MAX_EXPRESSION => {
                return wrong_key("expression", format_args!("最多{MAX_EXPRESSION}个字符"), format_args!("at most {MAX_EXPRESSION} characters"));
            }
            Some(_) => {}
        }
        let Some(result) = field.result else {
            return wrong_key("result", "公式字段需要选择结果类型，例如小数", "a formula needs the type of its result, such as decimal");
        };
        if !RESULTS.contains(&result) {
            return wrong_key(
                "result",
                format_args!("公式的结果不能是 {}，可用 text、number、decimal、percent、boolean、date、datetime、duration", kind_name(result)),
                format_args!("a formula cannot give {}; use text, number, decimal, percent, boolean, date, datetime or duration", kind_name(result)),
            );
        }
        let mut allowed = vec![Key::Expression, Key::Result, Key::Indexed];
        match result {
            FieldKind::Text => allowed.extend([Key::Searchable, Key::Unique]),
            FieldKind::Decimal => {
                check_scale(field)?;
                allowed.push(Key::Scale);
            }
            _ => {}
        }
        check_computed(field, &allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::FieldType;
    use super::super::testing::{field, json_of, refused};
    use super::*;
    use crate::store::Storage;
    use guanxi_expr::Value;
    use rust_decimal::Decimal;
    use serde_json::json;

    fn formula(result: FieldKind) -> FieldDefinition {
        FieldDefinition { result: Some(result), ..field(FieldKind::Formula) }
    }

    #[test]
    fn is_stored_and_written_as_its_result() {
        let mut decimal = formula(FieldKind::Decimal);
        decimal.scale = Some(3);
        assert_eq!(FormulaField.parts(&decimal)[0].storage, Storage::Decimal { scale: 3 });
        assert_eq!(json_of(&decimal, &[Value::Decimal(Decimal::new(15, 1))]), json!("1.500"));
        assert_eq!(json_of(&formula(FieldKind::Boolean), &[Value::Bool(true)]), json!(true));
        let mut text = formula(FieldKind::Text);
        text.indexed = true;
        assert_eq!(FormulaField.parts(&text).len(), 2);
    }

    #[test]
    fn nobody_sets_it() {
        assert_eq!(refused(&formula(FieldKind::Number), json!(1)), "read_only_field");
        assert_eq!(refused(&formula(FieldKind::Number), json!({})), "read_only_field");
    }

    #[test]
    fn definitions_are_checked() {
        let wrong = |change: fn(&mut FieldDefinition)| {
            let mut field = formula(FieldKind::Number);
            change(&mut field);
            FormulaField.check_definition(&field).expect_err("a problem").en
        };
        assert_eq!(FormulaField.check_definition(&formula(FieldKind::Number)), Ok(()));
        assert!(wrong(|it| it.expression = None).starts_with("expression: "));
        assert!(wrong(|it| it.expression = Some(" ".into())).starts_with("expression: "));
        assert!(wrong(|it| it.result = None).starts_with("result: "));
        assert!(wrong(|it| it.result = Some(FieldKind::Formula)).starts_with("result: "));
        assert!(wrong(|it| it.scale = Some(2)).starts_with("scale: "));
        assert!(wrong(|it| it.required = true).starts_with("required: "));
        assert!(wrong(|it| it.default = Some(json!(1))).starts_with("default: "));
    }
}
