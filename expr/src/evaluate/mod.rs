//! Evaluation of a checked expression in memory.

mod exact;
mod number;
mod text;
mod time;

use crate::{EvalContext, EvalError, Expr, Function, Type, Value};

pub(crate) use time::start_of_day;

/// Computes an expression. Total: what has no result (a division by zero, an overflow, a date past the calendar) is
/// null. The cost is bounded by the size of the expression, as there are no loops.
///
/// # Errors
/// [`EvalError::TextTooLong`]; [`EvalError::BadCall`] only for a tree that `check` did not make.
pub fn evaluate(expr: &Expr, context: &EvalContext<'_>) -> Result<Value, EvalError> {
    match expr {
        Expr::Literal(value) => Ok(value.clone()),
        Expr::Path { segments, ty } => Ok(settle((context.lookup)(segments), ty)),
        Expr::Call { function, args, ty, .. } => call(*function, args, context).map(|value| settle(value, ty)),
        Expr::List(items, item_type) => {
            let items = items.iter().map(|item| evaluate(item, context).map(|value| settle(value, item_type))).collect::<Result<Vec<_>, _>>()?;
            Ok(Value::List(items))
        }
    }
}

/// Makes a whole number a decimal where the type says decimal, so that results have the type promised.
pub(crate) fn settle(value: Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::Int(number), Type::Decimal) => Value::Decimal(number.into()),
        (Value::List(items), Type::List(inner)) if **inner == Type::Decimal => {
            Value::List(items.into_iter().map(|item| settle(item, inner)).collect())
        }
        (value, _) => value,
    }
}

fn call(function: Function, args: &[Expr], context: &EvalContext<'_>) -> Result<Value, EvalError> {
    match (function, args) {
        (Function::And, _) => {
            for arg in args {
                if !evaluate(arg, context)?.is_true() {
                    return Ok(Value::Bool(false));
                }
            }
            Ok(Value::Bool(true))
        }
        (Function::Or, _) => {
            for arg in args {
                if evaluate(arg, context)?.is_true() {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        (Function::If, [condition, then, otherwise]) => {
            let chosen = if evaluate(condition, context)?.is_true() { then } else { otherwise };
            evaluate(chosen, context)
        }
        (Function::Coalesce, _) => {
            for arg in args {
                let value = evaluate(arg, context)?;
                if !value.is_absent() {
                    return Ok(value);
                }
            }
            Ok(Value::Null)
        }
        _ => {
            let values = args.iter().map(|arg| evaluate(arg, context)).collect::<Result<Vec<_>, _>>()?;
            apply(function, &values, context)
        }
    }
}

/// Applies a function to values.
fn apply(function: Function, values: &[Value], context: &EvalContext<'_>) -> Result<Value, EvalError> {
    if function.is_strict() && values.iter().any(Value::is_null) {
        let boolean = is_test(function);
        return Ok(if boolean { Value::Bool(false) } else { Value::Null });
    }
    let result = match (function, values) {
        (Function::Not, [value]) => Value::Bool(!value.is_true()),
        (Function::Equal, [left, right]) => Value::Bool(left.equals(right)),
        (Function::NotEqual, [left, right]) => Value::Bool(!left.equals(right)),
        (Function::Less, [left, right]) => Value::Bool(left.order(right).is_some_and(|order| order.is_lt())),
        (Function::LessOrEqual, [left, right]) => Value::Bool(left.order(right).is_some_and(|order| order.is_le())),
        (Function::Greater, [left, right]) => Value::Bool(left.order(right).is_some_and(|order| order.is_gt())),
        (Function::GreaterOrEqual, [left, right]) => Value::Bool(left.order(right).is_some_and(|order| order.is_ge())),
        (Function::In, [item, list]) => Value::Bool(holds(list, item)),
        (Function::ContainsAny, [list, Value::List(items)]) => Value::Bool(items.iter().any(|item| holds(list, item))),
        (Function::IsNull, [value]) => Value::Bool(value.is_absent()),
        (Function::Has, [value]) => Value::Bool(!value.is_absent()),
        (Function::ListSize, [Value::List(items)]) => Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)),
        (Function::ListSize, [Value::Null]) => Value::Int(0),
        (Function::Min | Function::Max, [first, rest @ ..]) => extreme(function, first, rest),
        _ => {
            if let Some(value) = number::apply(function, values) {
                value
            } else if let Some(value) = text::apply(function, values, context)? {
                value
            } else if let Some(value) = time::apply(function, values, context) {
                value
            } else {
                return Err(EvalError::BadCall(function.name()));
            }
        }
    };
    Ok(result)
}

/// Whether a strict function answers yes or no.
pub(crate) fn is_test(function: Function) -> bool {
    matches!(
        function,
        Function::Less
            | Function::LessOrEqual
            | Function::Greater
            | Function::GreaterOrEqual
            | Function::In
            | Function::ContainsAny
            | Function::Contains
            | Function::StartsWith
            | Function::EndsWith
            | Function::EqualsIgnoreCase
    )
}

fn holds(list: &Value, item: &Value) -> bool {
    match list {
        Value::List(items) => items.iter().any(|other| other.equals(item)),
        _ => false,
    }
}

fn extreme(function: Function, first: &Value, rest: &[Value]) -> Value {
    let wanted = if function == Function::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
    let mut best = first;
    for value in rest {
        if value.order(best) == Some(wanted) {
            best = value;
        }
    }
    best.clone()
}

#[cfg(test)]
mod tests;
