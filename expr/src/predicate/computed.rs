//! What a filter may compute of fields: everything whose result every database gives alike, to the last digit.
//!
//! Numbers follow the rule of `evaluate::exact`; days are counted, moments are microseconds, and the only question to a
//! calendar of zones is the day of a field's moment. Left out are texts (case and spaces differ between databases), the
//! beginning of a day as a moment, and months added to anything but a date field by a fixed number.

use crate::{Expr, ExprError, Function, Type, Value};

use super::build::{not_a_filter, refused};

/// The most months or years a filter may add to a date: what databases still know of calendars.
const MOST_MONTHS: i64 = 12_000;

/// Refuses what cannot be computed alike everywhere.
pub(super) fn require(expr: &Expr) -> Result<(), ExprError> {
    match expr {
        Expr::Path { ty, .. } if is_measure(ty) => Ok(()),
        Expr::Literal(value) if is_measure(&value.type_of()) || value.is_null() => Ok(()),
        Expr::Call { function, args, .. } => {
            let fine = match function {
                Function::ToDate => matches!(args.as_slice(), [Expr::Path { ty: Type::DateTime, .. }, Expr::Literal(Value::Text(_))]),
                Function::AddMonths => is_calendar_step(args, MOST_MONTHS),
                Function::AddYears => is_calendar_step(args, MOST_MONTHS / 12),
                Function::TextSize => matches!(args.as_slice(), [Expr::Path { ty: Type::Text, .. }]),
                function if is_arithmetic(*function) => return args.iter().try_for_each(require).map_err(|error| error.or_place_of(expr)),
                _ => false,
            };
            if fine { Ok(()) } else { Err(refused(*function).or_place_of(expr)) }
        }
        _ => Err(not_a_filter("这种计算", "such a computation")),
    }
}

/// What is measured: numbers, days, moments, lengths of time.
fn is_measure(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Decimal | Type::Date | Type::DateTime | Type::Duration)
}

fn is_calendar_step(args: &[Expr], most: i64) -> bool {
    matches!(args, [Expr::Path { ty: Type::Date, .. }, Expr::Literal(Value::Int(count))] if (-most..=most).contains(count))
}

fn is_arithmetic(function: Function) -> bool {
    matches!(
        function,
        Function::Add
            | Function::Subtract
            | Function::Multiply
            | Function::Divide
            | Function::Modulo
            | Function::Negate
            | Function::Abs
            | Function::Round
            | Function::Floor
            | Function::Ceil
            | Function::Min
            | Function::Max
            | Function::Coalesce
            | Function::AddDurations
            | Function::SubtractDurations
            | Function::MultiplyDuration
            | Function::Days
            | Function::Hours
            | Function::Minutes
            | Function::AddToDate
            | Function::SubtractFromDate
            | Function::AddToDateTime
            | Function::SubtractFromDateTime
            | Function::DateDifference
            | Function::DateTimeDifference
            | Function::DaysBetween
            | Function::Year
            | Function::Month
            | Function::Day
            | Function::StartOfWeek
            | Function::StartOfMonth
            | Function::StartOfQuarter
            | Function::StartOfYear
    )
}

/// The first choice within a computation, with both outcomes in its place: condition, then, otherwise.
pub(super) fn lifted(expr: &Expr) -> Option<(Expr, Expr, Expr)> {
    let Expr::Call { function, args, ty, at } = expr else { return None };
    if let (Function::If, [condition, then, otherwise]) = (function, args.as_slice()) {
        // A whole number among decimals goes on as a decimal, beyond 64 bits too.
        let settled = |chosen: &Expr| match (ty, chosen.ty()) {
            (Type::Decimal, Type::Int) => Expr::Call { function: Function::Coalesce, args: vec![chosen.clone()], ty: ty.clone(), at: *at },
            _ => chosen.clone(),
        };
        return Some((condition.clone(), settled(then), settled(otherwise)));
    }
    let (index, (condition, then, otherwise)) = args.iter().enumerate().find_map(|(index, arg)| Some((index, lifted(arg)?)))?;
    let with = |arg: Expr| {
        let mut args = args.clone();
        if let Some(place) = args.get_mut(index) {
            *place = arg;
        }
        Expr::Call { function: *function, args, ty: ty.clone(), at: *at }
    };
    Some((condition, with(then), with(otherwise)))
}
