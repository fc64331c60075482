//! From the text of a filter to a predicate of this caller at this moment.

use std::sync::Arc;

use guanxi_expr::{Checked, EvalContext, Predicate, Value, check, fold};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Member;
use crate::error::{KernelError, Result};
use crate::schema::{FieldGate, Label, Object, ObjectScope, OpenGate, Schema};

/// Checks a filter over an object, folds in the caller and the time, and gives its predicate.
pub fn compile_filter(
    schema: &Schema,
    object: &Arc<Object>,
    source: &str,
    gate: &dyn FieldGate,
    member: &Member,
    now: Timestamp,
    time_zone: &TimeZone,
) -> Result<Predicate> {
    let checked = fold_condition(schema, object, source, gate, member, now, time_zone)?;
    let predicate = checked.to_filter().map_err(|it| bad_filter(&it))?;
    if has_nul(&predicate) {
        return Err(KernelError::bad_request("bad_filter", "筛选条件中不能有空字符（NUL）", "a filter cannot hold the NUL character"));
    }
    Ok(predicate)
}

/// Whether a filter over an object asks who the caller is. One that does not make sense asks nothing.
pub fn asks_for_caller(schema: &Schema, object: &Arc<Object>, source: &str) -> bool {
    let scope = ObjectScope { schema, object, gate: &OpenGate, follow: true };
    check(source, &scope).is_ok_and(|it| it.paths().any(|path| path.first().is_some_and(|it| it == "me")))
}

/// Checks a condition over an object and folds in the caller and the time.
pub(crate) fn fold_condition(
    schema: &Schema,
    object: &Arc<Object>,
    source: &str,
    gate: &dyn FieldGate,
    member: &Member,
    now: Timestamp,
    time_zone: &TimeZone,
) -> Result<Checked> {
    let scope = ObjectScope { schema, object, gate, follow: true };
    let checked = check(source, &scope).map_err(|it| bad_filter(&it))?;
    if checked.ty != guanxi_expr::Type::Bool {
        return Err(KernelError::bad_request("bad_filter", "筛选条件的结果应为“是/否”", "a filter must be true or false"));
    }
    let lookup = |path: &[String]| match path.get(1).map(String::as_str) {
        // Which roles one may give follows from what his roles say, not from who he is.
        Some("gives") => Value::List(member.gives(schema).into_iter().map(|it| Value::Text(it.to_owned())).collect()),
        Some("branches") => Value::List(member.branches(schema).into_iter().map(Value::Id).collect()),
        Some(name) => member.value(name),
        None => Value::Null,
    };
    let context = EvalContext { now, time_zone, lookup: &lookup };
    let root = fold(checked.root.clone(), &context, &|path| path.first().is_some_and(|it| it == "me"))
        .map_err(|error| KernelError::bad_request("bad_filter", error.to_string(), error.to_string()))?;
    Ok(Checked { root, ..checked })
}

fn bad_filter(error: &guanxi_expr::ExprError) -> KernelError {
    KernelError::BadRequest {
        code: "bad_filter",
        message: Label::new(error.message_zh.clone(), error.message_en.clone()),
        field: None,
        position: error.position.as_ref().map(|it| it.offset),
    }
}

/// Whether a text in it holds the character no text of a record can hold.
fn has_nul(predicate: &Predicate) -> bool {
    let nul = |value: &Value| value.as_text().is_some_and(|it| it.contains('\0'));
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(has_nul),
        Predicate::Compare { value, .. } | Predicate::ListContains { value, .. } => nul(value),
        Predicate::In { values, .. } | Predicate::ListContainsAny { values, .. } => values.iter().any(nul),
        Predicate::Text { value, .. } => value.contains('\0'),
        Predicate::True
        | Predicate::False
        | Predicate::ComparePaths { .. }
        | Predicate::IsNull(_)
        | Predicate::NotNull(_)
        | Predicate::Computed { .. } => false,
    }
}
