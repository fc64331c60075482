//! Arithmetic of numbers and durations. Whatever overflows is null.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::exact;
use crate::{Function, Value};

/// Seconds of one day as `days(1)` means it.
pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// Applies a function of numbers or durations; `None` when it is not one.
pub(super) fn apply(function: Function, values: &[Value]) -> Option<Value> {
    Some(match (function, values) {
        (Function::Add, [Value::Int(left), Value::Int(right)]) => whole(left.checked_add(*right)),
        (Function::Subtract, [Value::Int(left), Value::Int(right)]) => whole(left.checked_sub(*right)),
        (Function::Multiply, [Value::Int(left), Value::Int(right)]) => whole(left.checked_mul(*right)),
        (Function::Modulo, [Value::Int(_), Value::Int(0)]) => Value::Null,
        (Function::Modulo, [Value::Int(left), Value::Int(right)]) => Value::Int(left.wrapping_rem(*right)),
        (Function::Add | Function::Subtract | Function::Multiply | Function::Divide | Function::Modulo, [left, right]) => {
            exact(decimal_arithmetic(function, left.as_decimal()?, right.as_decimal()?))
        }
        (Function::Negate, [Value::Int(number)]) => whole(number.checked_neg()),
        (Function::Negate, [Value::Decimal(number)]) => Value::Decimal(-*number),
        (Function::Negate, [Value::Duration(seconds)]) => duration(seconds.checked_neg()),
        (Function::Abs, [Value::Int(number)]) => whole(number.checked_abs()),
        (Function::Abs, [Value::Decimal(number)]) => Value::Decimal(number.abs()),
        (Function::Abs, [Value::Duration(seconds)]) => duration(seconds.checked_abs()),
        (Function::Floor, [number]) => whole(number.as_decimal()?.floor().to_i64()),
        (Function::Ceil, [number]) => whole(number.as_decimal()?.ceil().to_i64()),
        (Function::Round, [number]) => whole(exact::round(number.as_decimal()?, 0).and_then(|rounded| rounded.to_i64())),
        (Function::Round, [number, Value::Int(digits)]) => exact(exact::round(number.as_decimal()?, *digits)),
        (Function::AddDurations, [Value::Duration(left), Value::Duration(right)]) => duration(left.checked_add(*right)),
        (Function::SubtractDurations, [Value::Duration(left), Value::Duration(right)]) => duration(left.checked_sub(*right)),
        (Function::MultiplyDuration, [Value::Duration(seconds), Value::Int(times)]) => duration(seconds.checked_mul(*times)),
        (Function::Days, [Value::Int(count)]) => duration(count.checked_mul(SECONDS_PER_DAY)),
        (Function::Hours, [Value::Int(count)]) => duration(count.checked_mul(3600)),
        (Function::Minutes, [Value::Int(count)]) => duration(count.checked_mul(60)),
        _ => return None,
    })
}

fn decimal_arithmetic(function: Function, left: Decimal, right: Decimal) -> Option<Decimal> {
    match function {
        Function::Add => exact::add(left, right),
        Function::Subtract => exact::add(left, -right),
        Function::Multiply => exact::multiply(left, right),
        Function::Divide => exact::divide(left, right),
        _ => exact::remainder(left, right),
    }
}

fn whole(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Int)
}

fn exact(number: Option<Decimal>) -> Value {
    number.map_or(Value::Null, Value::Decimal)
}

fn duration(seconds: Option<i64>) -> Value {
    seconds.map_or(Value::Null, Value::Duration)
}
