//! Values of inputs, as this app reads and writes them.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// Members of a change.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A record's id, by itself or as the web app sends references.
pub fn id_of(value: &Json) -> Option<Uuid> {
    let text = value.as_str().or_else(|| value.get("id").and_then(Json::as_str))?;
    Uuid::try_parse(text).ok()
}

/// A text that is not blank.
pub fn text_in(input: &Map<String, Json>, name: &str) -> Option<String> {
    input.get(name).and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}
