//! Values on their way into the database: checked against the column's storage, not yet in a driver's form.

use std::borrow::Cow;

use guanxi_expr::Value;
use guanxi_kernel::store::{Storage, StoreError};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::dialect::Dialect;

/// One bound value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Bind<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// PostgreSQL only; SQLite gets scaled integers.
    Number(Decimal),
    Text(Cow<'a, str>),
    Id(Uuid),
    Date(jiff::civil::Date),
    Instant(jiff::Timestamp),
    Json(Cow<'a, str>),
    /// SQLite only: bytes for a function of ours.
    Bytes(Vec<u8>),
    /// PostgreSQL only: an array.
    List(Vec<Bind<'a>>),
}

impl Bind<'_> {
    /// The value on its own, for a statement that outlives the call.
    pub(crate) fn into_owned(self) -> Bind<'static> {
        match self {
            Self::Null => Bind::Null,
            Self::Bool(flag) => Bind::Bool(flag),
            Self::Int(number) => Bind::Int(number),
            Self::Number(number) => Bind::Number(number),
            Self::Text(text) => Bind::Text(Cow::Owned(text.into_owned())),
            Self::Id(id) => Bind::Id(id),
            Self::Date(date) => Bind::Date(date),
            Self::Instant(instant) => Bind::Instant(instant),
            Self::Json(json) => Bind::Json(Cow::Owned(json.into_owned())),
            Self::Bytes(bytes) => Bind::Bytes(bytes),
            Self::List(items) => Bind::List(items.into_iter().map(Bind::into_owned).collect()),
        }
    }
}

/// A number against a column that holds `scale` digits after the point.
pub(crate) enum Scaled {
    /// The column can hold it.
    Exact(Decimal),
    /// It lies strictly between this amount, which the column can hold, and the next greater one.
    Above(Decimal),
    /// It is greater than anything the column can hold.
    TooLarge,
    /// It is smaller than anything the column can hold.
    TooSmall,
}

/// Places a number among those a column of this scale can hold.
pub(crate) fn place(number: Decimal, scale: u32) -> Scaled {
    let floor = number.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::ToNegativeInfinity);
    match unscale(floor, scale) {
        Some(_) if floor == number => Scaled::Exact(number),
        Some(_) => Scaled::Above(floor),
        None if number.is_sign_negative() => Scaled::TooSmall,
        None => Scaled::TooLarge,
    }
}

/// The digits of a number with exactly `scale` places, as SQLite stores it; nothing where 64 bits do not hold it.
fn unscale(number: Decimal, scale: u32) -> Option<i64> {
    let mut number = number;
    number.rescale(scale);
    if number.scale() != scale { None } else { number.mantissa().to_i64() }
}

/// Digits after the point a numeric storage holds.
pub(crate) fn scale_of(storage: Storage) -> Option<u32> {
    match storage {
        Storage::Int | Storage::Duration => Some(0),
        Storage::Decimal { scale } => Some(scale),
        _ => None,
    }
}

/// An exact number of a column's scale.
pub(crate) fn bind_number<'a>(dialect: Dialect, number: Decimal, storage: Storage) -> Result<Bind<'a>, StoreError> {
    match storage {
        Storage::Decimal { scale } => match place(number, scale) {
            Scaled::Exact(number) if dialect == Dialect::Postgres => Ok(Bind::Number(number)),
            Scaled::Exact(number) => unscale(number, scale).map(Bind::Int).ok_or_else(|| refused(&number, storage)),
            _ => Err(refused(&number, storage)),
        },
        _ if number.is_integer() => number.to_i64().map(Bind::Int).ok_or_else(|| refused(&number, storage)),
        _ => Err(refused(&number, storage)),
    }
}

fn refused(value: &dyn std::fmt::Debug, storage: Storage) -> StoreError {
    StoreError::Other(format!("a column of {storage:?} cannot hold {value:?}"))
}

/// A value for a column of this storage.
pub(crate) fn bind<'a>(dialect: Dialect, value: &'a Value, storage: Storage) -> Result<Bind<'a>, StoreError> {
    Ok(match (value, storage) {
        (Value::Null, _) => Bind::Null,
        (Value::Bool(flag), Storage::Bool) => Bind::Bool(*flag),
        (Value::Int(number) | Value::Duration(number), Storage::Int | Storage::Duration) => Bind::Int(*number),
        (Value::Int(number), Storage::Decimal { .. }) => bind_number(dialect, Decimal::from(*number), storage)?,
        (Value::Decimal(number), Storage::Decimal { .. } | Storage::Int) => bind_number(dialect, *number, storage)?,
        (Value::Text(text), Storage::Text) => Bind::Text(Cow::Borrowed(text)),
        // PostgreSQL begins in 4713 BC; a CRM begins later, and both stores shall agree.
        _ if is_too_early(value) => return Err(refused(value, storage)),
        (Value::Date(date), Storage::Date) => Bind::Date(*date),
        (Value::DateTime(instant), Storage::DateTime) => Bind::Instant(*instant),
        (Value::Id(id), Storage::Id) => Bind::Id(*id),
        (Value::Json(json), Storage::Json) => Bind::Json(Cow::Owned(json.to_string())),
        // JSON that was written ahead.
        (Value::Text(text), Storage::Json) => Bind::Json(Cow::Borrowed(text)),
        (Value::List(_), Storage::Json | Storage::TextList) => Bind::Json(Cow::Owned(json_of(value)?.to_string())),
        _ => return Err(refused(value, storage)),
    })
}

/// Whether a day or moment comes before everything a column can hold.
pub(crate) fn is_too_early(value: &Value) -> bool {
    match value {
        Value::Date(date) => date.year() < 0,
        Value::DateTime(instant) => *instant < earliest(),
        _ => false,
    }
}

/// Start of the year 0 in UTC.
fn earliest() -> jiff::Timestamp {
    jiff::Timestamp::constant(-62_167_219_200, 0)
}

/// A value as it stands in a JSON list column.
pub(crate) fn json_of(value: &Value) -> Result<serde_json::Value, StoreError> {
    Ok(match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Int(number) | Value::Duration(number) => (*number).into(),
        Value::Decimal(number) => serde_json::from_str(&number.normalize().to_string()).map_err(|error| StoreError::Other(error.to_string()))?,
        Value::Text(text) => text.as_str().into(),
        Value::Date(date) => date.to_string().into(),
        Value::DateTime(instant) => instant.to_string().into(),
        Value::Id(id) => id.to_string().into(),
        Value::List(items) => serde_json::Value::Array(items.iter().map(json_of).collect::<Result<_, _>>()?),
        Value::Json(json) => (**json).clone(),
    })
}
