//! Values of records and inputs, as this app reads and writes them.

use guanxi_kernel::Value;
use guanxi_kernel::read::Record;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Members of a change.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The record an input names, by its id or as the web app sends references.
pub fn id_in(input: &Map<String, Json>, name: &str) -> Option<Uuid> {
    let value = input.get(name)?;
    let text = value.as_str().or_else(|| value.get("id").and_then(Json::as_str))?;
    Uuid::try_parse(text).ok()
}

/// A whole number of a record, where it has one.
pub fn number(record: &Record, field: &str) -> Option<i64> {
    if let Value::Int(number) = record.value(field) { Some(number) } else { None }
}

/// The names a choice of several holds.
pub fn names(value: &Value) -> Vec<String> {
    if let Value::List(items) = value { items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect() } else { Vec::new() }
}
