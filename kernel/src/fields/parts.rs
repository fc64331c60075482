//! What types with several named parts have in common.

use std::fmt::Write as _;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};

use super::money::unknown_member;
use super::text_rules::checked_str;
use super::{problem, write_json_string};
use crate::error::FieldError;
use crate::schema::FieldDefinition;

/// Refuses members of the object that are no parts.
pub(super) fn check_members(field: &FieldDefinition, members: &Map<String, Json>, known: &[&str]) -> Result<(), FieldError> {
    match members.keys().find(|it| !known.contains(&it.as_str())) {
        Some(name) => Err(unknown_member(field, name, &known.join(", "))),
        None => Ok(()),
    }
}

/// The text of a part; empty where there is none. Problems name the part below the field.
pub(super) fn part_text(field: &FieldDefinition, members: &Map<String, Json>, part: &str, max_length: u32) -> Result<String, FieldError> {
    let text = match members.get(part) {
        None | Some(Json::Null) => return Ok(String::new()),
        Some(Json::String(text)) => checked_str(field, text, max_length, false),
        Some(_) => Err(problem(field, "wrong_type", "应为文本，请填写文字", "must be a text; send a JSON string")),
    };
    text.map(Option::unwrap_or_default).map_err(|error| FieldError { field: format!("{}.{part}", field.name), ..error })
}

/// A part as a cell; nothing where it is empty.
pub(super) fn cell(text: String) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text) }
}

/// The text in a cell; empty where there is none.
pub(super) fn text_at(cells: &[Value], position: usize) -> &str {
    cells.get(position).and_then(Value::as_text).unwrap_or_default()
}

/// Writes an object of texts; parts without value are null, so that the shape is always the same.
pub(super) fn write_object(names: &[&str], cells: &[Value], out: &mut String) {
    for (position, name) in names.iter().enumerate() {
        let opening = if position == 0 { '{' } else { ',' };
        // Writing to a String cannot fail. Names of parts need no escaping.
        let _ = write!(out, "{opening}\"{name}\":");
        match cells.get(position).and_then(Value::as_text) {
            Some(text) => write_json_string(text, out),
            None => out.push_str("null"),
        }
    }
    out.push('}');
}
