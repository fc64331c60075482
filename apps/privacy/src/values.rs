//! Values of records and inputs, as this app reads and writes them.

use guanxi_kernel::Value;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Members of a change.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The text of an input, without blanks around it, where it has one.
pub fn text_in<'a>(input: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty())
}

/// The record an input names, by its id or as the web app sends references.
pub fn id_in(input: &Map<String, Json>, name: &str) -> Option<Uuid> {
    let value = input.get(name)?;
    let text = value.as_str().or_else(|| value.get("id").and_then(Json::as_str))?;
    Uuid::try_parse(text).ok()
}

/// The text of a field, as it is kept.
pub fn kept(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

/// A whole number of a record, where it has one.
pub fn number(record: &Record, field: &str) -> Option<i64> {
    if let Value::Int(number) = record.value(field) { Some(number) } else { None }
}

/// A moment of a record.
pub fn moment(record: &Record, field: &str) -> Option<Timestamp> {
    if let Value::DateTime(at) = record.value(field) { Some(at) } else { None }
}

/// A day of a record.
pub fn day(record: &Record, field: &str) -> Option<Date> {
    if let Value::Date(day) = record.value(field) { Some(day) } else { None }
}

/// Whether a field says yes.
pub fn is_set(record: &Record, field: &str) -> bool {
    matches!(record.value(field), Value::Bool(true))
}

/// The names a choice of several holds.
pub fn names(value: &Value) -> Vec<String> {
    if let Value::List(items) = value { items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect() } else { Vec::new() }
}

/// Today in the workspace.
pub fn today(context: &Context) -> Date {
    context.now.to_zoned(context.workspace.time_zone()).date()
}

/// Now, as moments on records are kept: to the second.
pub fn now(context: &Context) -> String {
    to_second(context.now).to_string()
}

/// A moment to the second.
pub fn to_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
