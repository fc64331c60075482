//! Number over related records: count, sum, least, greatest, latest. The write path keeps it right.

use super::computed::{Computed, RESULTS};
use super::decimal::check_scale;
use super::keys::{Key, check_computed, kind_name};
use crate::schema::{FieldDefinition, RollupDefinition, RollupFunction, is_identifier};

/// See the module. The schema tells the type of the result through the key `result`, which follows from the field
/// computed over; a count is a number.
pub struct RollupField;

impl Computed for RollupField {
    fn check(&self, field: &FieldDefinition) -> Result<(), String> {
        check_rollup(field.rollup.as_ref().ok_or("rollup: says what is computed over which object")?)?;
        check_scale(field)?;
        if let Some(result) = field.result.filter(|it| !RESULTS.contains(it)) {
            return Err(format!("rollup: cannot be computed over a field of type {}", kind_name(result)));
        }
        check_computed(field, &[Key::Rollup, Key::Result, Key::Scale, Key::Indexed])
    }
}

fn check_rollup(rollup: &RollupDefinition) -> Result<(), String> {
    for (name, value) in [("object", Some(&rollup.object)), ("via", Some(&rollup.via)), ("field", rollup.field.as_ref())] {
        if let Some(value) = value.filter(|it| !is_identifier(it)) {
            return Err(format!("rollup: {name} `{value}` is not a name"));
        }
    }
    match (rollup.function, &rollup.field) {
        (RollupFunction::Count, Some(_)) => Err("rollup: a count has no field; leave it out".to_owned()),
        (RollupFunction::Sum | RollupFunction::Min | RollupFunction::Max | RollupFunction::Latest, None) => {
            Err("rollup: field is needed to compute over".to_owned())
        }
        _ if rollup.filter.as_ref().is_some_and(|it| it.trim().is_empty()) => Err("rollup: filter is blank; leave it out".to_owned()),
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
            RollupField.check_definition(&field).expect_err("a problem")
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
        assert!(RollupField.check_definition(&without).expect_err("none").starts_with("rollup: "));
    }
}
