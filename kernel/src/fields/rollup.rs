//! Number over related records: count, sum, least, greatest, latest. The write path keeps it right.

use super::computed::{Computed, RESULTS};
use super::decimal::check_scale;
use super::keys::{Key, check_computed, kind_name};
use super::wrong_key;
use crate::schema::{FieldDefinition, Label, RollupDefinition, RollupFunction, is_identifier};

/// See the module. The schema tells the type of the result through the key `result`, which follows from the field
/// computed over; a count is a number.
pub struct RollupField;

impl Computed for RollupField {
    fn check(&self, field: &FieldDefinition) -> Result<(), Label> {
        let Some(rollup) = &field.rollup else {
            return wrong_key("rollup", "请说明对哪个对象汇总什么", "says what is computed over which object");
        };
        check_rollup(rollup)?;
        check_scale(field)?;
        if let Some(result) = field.result.filter(|it| !RESULTS.contains(it)) {
            let kind = kind_name(result);
            return wrong_key("rollup", format_args!("不能对 {kind} 类型的字段汇总"), format_args!("cannot be computed over a field of type {kind}"));
        }
        check_computed(field, &[Key::Rollup, Key::Result, Key::Scale, Key::Indexed])
    }
}

fn check_rollup(rollup: &RollupDefinition) -> Result<(), Label> {
    for (name, value) in [("object", Some(&rollup.object)), ("via", Some(&rollup.via)), ("field", rollup.field.as_ref())] {
        if let Some(value) = value.filter(|it| !is_identifier(it)) {
            return wrong_key("rollup", format_args!("{name}“{value}”不是名称"), format_args!("{name} `{value}` is not a name"));
        }
    }
    match (rollup.function, &rollup.field) {
        (RollupFunction::Count, Some(_)) => wrong_key("rollup", "计数不需要字段，请去掉", "a count has no field; leave it out"),
        (RollupFunction::Sum | RollupFunction::Min | RollupFunction::Max | RollupFunction::Latest, None) => {
            wrong_key("rollup", "请选择要汇总的字段", "field is needed to compute over")
        }
        _ if rollup.filter.as_ref().is_some_and(|it| it.trim().is_empty()) => {
            wrong_key("rollup", "筛选条件是空白，请去掉", "filter is blank; leave it out")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::FieldType;
    use super::super::testing::{field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use crate::store::Storage;
    use guanxi_expr::Value;
    use serde_json::json;

    #[test]
    fn a_count_is_a_number_and_others_follow_their_result() {
        let mut rollup = field(FieldKind::Rollup);
        assert_eq!(RollupField.parts(&rollup)[0].storage, Storage::Int);
        assert_eq!(json_of(&rollup, &[Value::Int(3)]), json!(3));
        assert_eq!(refused(&rollup, json!(3)), "read_only_field");
        rollup.result = Some(FieldKind::Datetime);
        assert_eq!(RollupField.parts(&rollup)[0].storage, Storage::DateTime);
    }

    #[test]
    fn definitions_are_checked() {
        let wrong = |change: fn(&mut FieldDefinition, &mut RollupDefinition)| {
            let mut field = field(FieldKind::Rollup);
            let mut rollup = field.rollup.take().expect("a roll-up");
            change(&mut field, &mut rollup);
            field.rollup = Some(rollup);
            RollupField.check_definition(&field).expect_err("a problem").en
        };
        assert_eq!(RollupField.check_definition(&field(FieldKind::Rollup)), Ok(()));
        assert!(wrong(|_, it| it.object = "Opportunity".into()).contains("object"));
        assert!(wrong(|_, it| it.via = String::new()).contains("via"));
        assert!(wrong(|_, it| it.field = Some("amount".into())).contains("count"));
        assert!(wrong(|_, it| it.function = RollupFunction::Sum).contains("field"));
        assert!(wrong(|_, it| it.filter = Some(" ".into())).contains("filter"));
        assert!(wrong(|it, _| it.result = Some(FieldKind::LongText)).contains("long_text"));
        assert!(wrong(|it, _| it.required = true).starts_with("required: "));
        let mut without = field(FieldKind::Rollup);
        without.rollup = None;
        assert!(RollupField.check_definition(&without).expect_err("none").en.starts_with("rollup: "));
    }
}
