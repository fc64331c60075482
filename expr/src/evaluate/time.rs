//! Dates and times. Days begin and end in the context's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::check::{WrittenDateTime, read_datetime};
use crate::{EvalContext, Function, Value};

use super::number::SECONDS_PER_DAY;

/// Applies a function of dates and times; `None` when it is not one.
pub(super) fn apply(function: Function, values: &[Value], context: &EvalContext<'_>) -> Option<Value> {
    let zone = context.time_zone;
    Some(match (function, values) {
        (Function::Today, []) => Value::Date(zone.to_datetime(context.now).date()),
        (Function::Now, []) => Value::DateTime(context.now),
        (Function::ToDate, [value]) => day(to_date(value, zone)),
        // Folding wrote the name of the zone in.
        (Function::ToDate, [value, Value::Text(name)]) => day(TimeZone::get(name).ok().and_then(|zone| to_date(value, &zone))),
        (Function::ToDateTime, [value]) => moment(to_moment(value, zone)),
        (Function::AddToDate, [Value::Date(date), Value::Duration(seconds)]) => day(add_days(*date, *seconds, 1)),
        (Function::SubtractFromDate, [Value::Date(date), Value::Duration(seconds)]) => day(add_days(*date, *seconds, -1)),
        (Function::AddToDateTime, [Value::DateTime(start), Value::Duration(seconds)]) => {
            moment(start.checked_add(SignedDuration::from_secs(*seconds)).ok())
        }
        (Function::SubtractFromDateTime, [Value::DateTime(start), Value::Duration(seconds)]) => {
            moment(start.checked_sub(SignedDuration::from_secs(*seconds)).ok())
        }
        (Function::DateTimeDifference, [Value::DateTime(left), Value::DateTime(right)]) => Value::Duration(left.duration_since(*right).as_secs()),
        (Function::DateDifference, [Value::Date(left), Value::Date(right)]) => Value::Duration(left.duration_since(*right).as_secs()),
        (Function::DaysBetween, [from, to]) => {
            let seconds = to_date(to, zone)?.duration_since(to_date(from, zone)?).as_secs();
            Value::Int(seconds / SECONDS_PER_DAY)
        }
        (Function::AddMonths | Function::AddYears, [value, Value::Int(count)]) => add_calendar(function, value, *count, zone),
        (_, [value]) => of_day(function, to_date(value, zone)?, zone)?,
        _ => return None,
    })
}

/// Functions of the day a date or a datetime falls on.
fn of_day(function: Function, date: Date, zone: &TimeZone) -> Option<Value> {
    Some(match function {
        Function::Year => Value::Int(date.year().into()),
        Function::Month => Value::Int(date.month().into()),
        Function::Day => Value::Int(date.day().into()),
        Function::StartOfDay => moment(start_of_day(date, zone)),
        Function::StartOfWeek => {
            let since_monday = i64::from(date.weekday().to_monday_zero_offset());
            day(add_days(date, since_monday * SECONDS_PER_DAY, -1))
        }
        Function::StartOfMonth => Value::Date(date.first_of_month()),
        Function::StartOfQuarter => {
            let first_month = (date.month() - 1) / 3 * 3 + 1;
            day(Date::new(date.year(), first_month, 1).ok())
        }
        Function::StartOfYear => Value::Date(date.first_of_year()),
        _ => return None,
    })
}

/// The first moment of a day in a zone.
pub(crate) fn start_of_day(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

fn to_date(value: &Value, zone: &TimeZone) -> Option<Date> {
    match value {
        Value::Date(date) => Some(*date),
        Value::DateTime(moment) => Some(zone.to_datetime(*moment).date()),
        Value::Text(text) => match read_datetime(text)? {
            WrittenDateTime::Moment(moment) => Some(zone.to_datetime(moment).date()),
            WrittenDateTime::Local(local) => Some(local.date()),
        },
        _ => None,
    }
}

fn to_moment(value: &Value, zone: &TimeZone) -> Option<Timestamp> {
    match value {
        Value::Date(date) => start_of_day(*date, zone),
        Value::DateTime(moment) => Some(*moment),
        Value::Text(text) => match read_datetime(text)? {
            WrittenDateTime::Moment(moment) => Some(moment),
            WrittenDateTime::Local(local) => zone.to_timestamp(local).ok(),
        },
        _ => None,
    }
}

/// Moves a date by the whole days of a duration.
fn add_days(date: Date, seconds: i64, sign: i64) -> Option<Date> {
    let days = (seconds / SECONDS_PER_DAY).checked_mul(sign)?;
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Moves by months or years; a datetime keeps its time of day in the zone.
fn add_calendar(function: Function, value: &Value, count: i64, zone: &TimeZone) -> Value {
    let span = match function {
        Function::AddMonths => Span::new().try_months(count),
        _ => Span::new().try_years(count),
    };
    let Ok(span) = span else { return Value::Null };
    match value {
        Value::Date(date) => day(date.checked_add(span).ok()),
        Value::DateTime(start) => {
            let moved = start.to_zoned(zone.clone()).checked_add(span);
            moment(moved.ok().map(|zoned| zoned.timestamp()))
        }
        _ => Value::Null,
    }
}

fn day(date: Option<Date>) -> Value {
    date.map_or(Value::Null, Value::Date)
}

fn moment(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, Value::DateTime)
}
