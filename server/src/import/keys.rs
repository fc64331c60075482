//! Values as keys of maps.

use guanxi_kernel::Value;

/// A text that two values share only if they are equal.
pub(super) fn key_of(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Id(id) => id.to_string(),
        Value::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}
