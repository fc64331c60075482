//! Values to and from PostgreSQL's binary forms.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use guanxi_expr::Value;
use guanxi_kernel::store::{Storage, StoreError};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

use crate::bind::Bind;

/// Microseconds from the Unix epoch to PostgreSQL's, 2000-01-01T00:00:00Z.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

type Encoded = Result<IsNull, Box<dyn Error + Sync + Send>>;

impl ToSql for Bind<'_> {
    fn to_sql(&self, to: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Bind::Null => return Ok(IsNull::Yes),
            Bind::Bytes(_) => return Err("these bytes are SQLite's".into()),
            Bind::Bool(flag) if *to == Type::BOOL => return flag.to_sql(to, out),
            Bind::Int(number) => return integer(*number, to, out),
            Bind::Number(number) if *to == Type::NUMERIC => return number.to_sql(to, out),
            Bind::Number(number) => return integer(number.to_i64().ok_or("not a whole number")?, to, out),
            Bind::Text(text) => out.put_slice(text.as_bytes()),
            Bind::Id(id) if *to == Type::UUID => out.put_slice(id.as_bytes()),
            Bind::Date(date) if *to == Type::DATE => return date.to_sql(to, out),
            Bind::Instant(instant) if *to == Type::TIMESTAMPTZ => out.put_i64(instant.as_microsecond() - EPOCH_MICROSECONDS),
            Bind::Json(json) => {
                if *to == Type::JSONB {
                    out.put_u8(1);
                }
                out.put_slice(json.as_bytes());
            }
            Bind::List(items) => return items.to_sql(to, out),
            other => return Err(format!("PostgreSQL wants {to} for {other:?}").into()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        // Which of our values fit which type is decided by value, in `to_sql`.
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

fn integer(number: i64, to: &Type, out: &mut BytesMut) -> Encoded {
    match *to {
        Type::INT8 => out.put_i64(number),
        Type::INT4 => out.put_i32(i32::try_from(number)?),
        Type::INT2 => out.put_i16(i16::try_from(number)?),
        Type::NUMERIC => return Decimal::from(number).to_sql(to, out),
        _ => return Err(format!("PostgreSQL wants {to} for a number").into()),
    }
    Ok(IsNull::No)
}

/// An instant in its stored microseconds.
struct Instant(jiff::Timestamp);

impl<'a> FromSql<'a> for Instant {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let micros = i64::from_be_bytes(raw.try_into()?);
        Ok(Self(jiff::Timestamp::from_microsecond(micros.checked_add(EPOCH_MICROSECONDS).ok_or("an instant out of range")?)?))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::TIMESTAMPTZ
    }
}

/// A JSONB document.
struct Document(serde_json::Value);

impl<'a> FromSql<'a> for Document {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let (_version, json) = raw.split_first().ok_or("an empty document")?;
        Ok(Self(serde_json::from_slice(json)?))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::JSONB
    }
}

/// A column's value, into a slot whose text is reused where the sink left it there.
pub(crate) fn decode(row: &Row, at: usize, storage: Storage, slot: &mut Value) -> Result<(), StoreError> {
    let read = |slot: &mut Value| -> Result<Value, tokio_postgres::Error> {
        fn take<'a, T: FromSql<'a>>(row: &'a Row, at: usize, make: impl FnOnce(T) -> Value) -> Result<Value, tokio_postgres::Error> {
            Ok(row.try_get::<_, Option<T>>(at)?.map_or(Value::Null, make))
        }
        match storage {
            Storage::Text => take(row, at, |text: &str| match std::mem::take(slot) {
                Value::Text(mut old) => {
                    old.clear();
                    old.push_str(text);
                    Value::Text(old)
                }
                _ => Value::Text(text.to_owned()),
            }),
            Storage::Int => take(row, at, Value::Int),
            Storage::Id => take(row, at, Value::Id),
            Storage::DateTime => take(row, at, |instant: Instant| Value::DateTime(instant.0)),
            Storage::Bool => take(row, at, Value::Bool),
            Storage::Decimal { .. } => take(row, at, Value::Decimal),
            Storage::Duration => take(row, at, Value::Duration),
            Storage::Date => take(row, at, Value::Date),
            Storage::Json => take(row, at, |document: Document| Value::Json(Box::new(document.0))),
            Storage::TextList => take(row, at, |document: Document| text_list(&document.0)),
        }
    };
    *slot = read(slot).map_err(|error| StoreError::Other(format!("a stored value cannot be read: {error}")))?;
    Ok(())
}

/// The texts of a JSON array.
fn text_list(json: &serde_json::Value) -> Value {
    let texts = json.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    Value::List(texts.map(|it| Value::Text(it.to_owned())).collect())
}
