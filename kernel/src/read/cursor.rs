//! Where a page ended, as an opaque text: the sort values and the id of its last row.
//!
//! A cursor holds only values that bind as parameters under the caller's own rights, so a forged one can do no harm.

use guanxi_expr::Value;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use std::str::FromStr;

use crate::error::{KernelError, Result};
use crate::store::{Column, Storage};

/// Encodes the position after a row.
pub fn encode(sort: &str, values: &[Value]) -> String {
    let values: Vec<Json> = values.iter().map(to_json).collect();
    let text = json!([sort, values]).to_string();
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The refusal of a cursor that is none of ours, or of another list.
pub fn bad() -> KernelError {
    KernelError::bad_request(
        "bad_cursor",
        "分页位置无效，请从第一页重新开始",
        "the cursor is not valid for this list; start again from the first page",
    )
}

/// Whether a column can hold the value, so that it can be compared with it.
pub fn fits(value: &Value, column: &Column) -> bool {
    match (value, column.storage) {
        (Value::Null, _) => column.nullable,
        (Value::Bool(_), Storage::Bool)
        | (Value::Int(_), Storage::Int)
        | (Value::Text(_), Storage::Text)
        | (Value::Date(_), Storage::Date)
        | (Value::DateTime(_), Storage::DateTime)
        | (Value::Duration(_), Storage::Duration)
        | (Value::Id(_), Storage::Id) => true,
        (Value::Decimal(number), Storage::Decimal { scale }) => {
            let mut scaled = *number;
            scaled.rescale(scale);
            scaled == *number && scaled.scale() == scale && i64::try_from(scaled.mantissa()).is_ok()
        }
        _ => false,
    }
}

/// Reads a cursor made for the same sort.
pub fn decode(sort: &str, expected: usize, cursor: &str) -> Result<Vec<Value>> {
    if cursor.len() > 16_384 || !cursor.len().is_multiple_of(2) || !cursor.is_ascii() {
        return Err(bad());
    }
    let bytes: Option<Vec<u8>> = (0..cursor.len()).step_by(2).map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok()).collect();
    let (name, values): (String, Vec<Json>) = bytes.and_then(|it| serde_json::from_slice(&it).ok()).ok_or_else(bad)?;
    if name != sort || values.len() != expected {
        return Err(bad());
    }
    values.iter().map(from_json).collect::<Option<_>>().ok_or_else(bad)
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Bool(it) => json!({ "b": it }),
        Value::Int(it) => json!({ "i": it }),
        Value::Decimal(it) => json!({ "n": it.to_string() }),
        Value::Text(it) => json!({ "t": it }),
        Value::Date(it) => json!({ "d": it.to_string() }),
        Value::DateTime(it) => json!({ "m": it.as_microsecond() }),
        Value::Duration(it) => json!({ "s": it }),
        Value::Id(it) => json!({ "u": it.to_string() }),
        Value::Null | Value::List(_) | Value::Json(_) => Json::Null,
    }
}

fn from_json(json: &Json) -> Option<Value> {
    if json.is_null() {
        return Some(Value::Null);
    }
    let (tag, value) = json.as_object()?.iter().next()?;
    Some(match tag.as_str() {
        "b" => Value::Bool(value.as_bool()?),
        "i" => Value::Int(value.as_i64()?),
        "n" => Value::Decimal(Decimal::from_str(value.as_str()?).ok()?),
        "t" => Value::Text(value.as_str().filter(|it| !it.contains('\0'))?.to_owned()),
        "d" => Value::Date(value.as_str()?.parse().ok()?),
        "m" => Value::DateTime(jiff::Timestamp::from_microsecond(value.as_i64()?).ok()?),
        "s" => Value::Duration(value.as_i64()?),
        "u" => Value::Id(uuid::Uuid::from_str(value.as_str()?).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_fits_only_its_sort() {
        let values = vec![Value::Text("星河\u{1}".into()), Value::Null, Value::Decimal(Decimal::new(1250, 2)), Value::Id(uuid::Uuid::nil())];
        let cursor = encode("name", &values);
        assert_eq!(decode("name", 4, &cursor).unwrap(), values);
        for (sort, expected, cursor) in [("-name", 4, cursor.as_str()), ("name", 3, &cursor), ("name", 4, "zz"), ("name", 4, "é"), ("name", 4, "")] {
            assert!(matches!(decode(sort, expected, cursor), Err(KernelError::BadRequest { code: "bad_cursor", .. })));
        }
    }
}
