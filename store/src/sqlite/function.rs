//! Functions SQLite lacks: case folding, text tests, time buckets, computed conditions.

use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error};

use super::program;
use crate::fold;

/// Length of an id.
const ID_BYTES: usize = 16;

/// Makes the functions known to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function(c"gx_fold", 1, flags, |context| match context.get_raw(0) {
        ValueRef::Text(text) => Ok(Some(guanxi_expr::fold_case(&String::from_utf8_lossy(text)))),
        _ => Ok(None),
    })?;
    connection.create_scalar_function(c"gx_text", 3, flags, |context| {
        let (ValueRef::Text(text), ValueRef::Text(pattern)) = (context.get_raw(0), context.get_raw(1)) else {
            return Ok(false);
        };
        let op = fold::op_of(context.get(2)?).ok_or_else(|| failure("no such text test"))?;
        let (Ok(text), Ok(pattern)) = (std::str::from_utf8(text), std::str::from_utf8(pattern)) else {
            return Ok(false);
        };
        Ok(fold::text_matches(text, op, pattern))
    })?;
    connection.create_scalar_function(c"gx_among", 2, flags, |context| Ok(is_among(context.get_raw(0), context.get_raw(1))))?;
    connection.create_scalar_function(c"gx_bucket", 3, flags, |context| bucket(context))?;
    connection.create_scalar_function(c"gx_computed", -1, flags, |context| program::computed(context))
}

/// `gx_among(id, ids)`: whether an id is one of those that stand in order, one after the other.
fn is_among(id: ValueRef<'_>, ids: ValueRef<'_>) -> bool {
    let (ValueRef::Blob(id), ValueRef::Blob(ids)) = (id, ids) else { return false };
    id.len() == ID_BYTES && ids.as_chunks::<ID_BYTES>().0.binary_search_by(|it| it.as_slice().cmp(id)).is_ok()
}

fn failure(message: &str) -> Error {
    Error::UserFunctionError(message.into())
}

/// `gx_bucket(value, unit, zone)`: first day of the unit in which an instant (microseconds) or date (text) lies.
fn bucket(context: &Context<'_>) -> rusqlite::Result<Option<String>> {
    let date = match context.get_raw(0) {
        ValueRef::Integer(micros) => {
            let zone: Arc<TimeZone> = context.get_or_create_aux(2, |value| -> Result<TimeZone, Box<dyn std::error::Error + Send + Sync>> {
                Ok(TimeZone::get(value.as_str()?)?)
            })?;
            let instant = jiff::Timestamp::from_microsecond(micros).map_err(|error| failure(&error.to_string()))?;
            zone.to_datetime(instant).date()
        }
        ValueRef::Text(text) => {
            std::str::from_utf8(text).ok().and_then(|text| text.parse::<Date>().ok()).ok_or_else(|| failure("a date column holds something else"))?
        }
        _ => return Ok(None),
    };
    let unit = context.get_raw(1).as_str().map_err(|error| failure(&error.to_string()))?;
    Ok(Some(first_day(date, unit)?.to_string()))
}

fn first_day(date: Date, unit: &str) -> rusqlite::Result<Date> {
    let made = match unit {
        "day" => Ok(date),
        "week" => date.checked_sub(jiff::Span::new().days(i64::from(date.weekday().since(Weekday::Monday)))),
        "month" => Date::new(date.year(), date.month(), 1),
        "quarter" => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1),
        "year" => Date::new(date.year(), 1, 1),
        _ => return Err(failure("no such unit of time")),
    };
    made.map_err(|error| failure(&error.to_string()))
}
