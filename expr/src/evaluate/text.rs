//! Functions of texts.

use crate::value::fold_case;
use crate::{EvalContext, EvalError, Function, Value};

/// Applies a function of texts; `None` when it is not one.
pub(super) fn apply(function: Function, values: &[Value], context: &EvalContext<'_>) -> Result<Option<Value>, EvalError> {
    let value = match (function, values) {
        (Function::Concat, [Value::Text(left), Value::Text(right)]) => {
            if left.len() + right.len() > EvalError::MAX_TEXT_BYTES {
                return Err(EvalError::TextTooLong);
            }
            Value::Text(format!("{left}{right}"))
        }
        (Function::Lower, [Value::Text(text)]) => limited(fold_case(text))?,
        (Function::Upper, [Value::Text(text)]) => limited(text.chars().flat_map(char::to_uppercase).collect())?,
        (Function::Trim, [Value::Text(text)]) => Value::Text(text.trim().to_owned()),
        (Function::TextSize, [Value::Text(text)]) => Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Value::Bool(fold_case(text).contains(&fold_case(part))),
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => Value::Bool(fold_case(text).starts_with(&fold_case(part))),
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Value::Bool(fold_case(text).ends_with(&fold_case(part))),
        (Function::EqualsIgnoreCase, [Value::Text(text), Value::Text(other)]) => Value::Bool(fold_case(text) == fold_case(other)),
        (Function::ToText, [value]) => match shown(value, context) {
            Some(text) => Value::Text(text),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn limited(text: String) -> Result<Value, EvalError> {
    if text.len() > EvalError::MAX_TEXT_BYTES {
        return Err(EvalError::TextTooLong);
    }
    Ok(Value::Text(text))
}

/// A single value as text. Not localised: the result may be stored.
fn shown(value: &Value, context: &EvalContext<'_>) -> Option<String> {
    Some(match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Date(date) => date.to_string(),
        Value::DateTime(moment) => {
            let local = context.time_zone.to_datetime(*moment);
            local.strftime("%Y-%m-%d %H:%M").to_string()
        }
        Value::Duration(seconds) => {
            let sign = if *seconds < 0 { "-" } else { "" };
            let minutes = seconds.unsigned_abs() / 60;
            format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
        }
        Value::Id(id) => id.to_string(),
        Value::Null | Value::List(_) | Value::Json(_) => return None,
    })
}
