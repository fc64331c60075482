//! Many rows at once, by PostgreSQL's binary COPY: no statement with ten thousand values is parsed, planned and run.

use std::pin::pin;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt as _;
use guanxi_expr::Value;
use guanxi_kernel::store::{Insert, Storage, StoreError};
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Client, Error, Statement};

use crate::bind::bind;
use crate::dialect::Dialect;

/// From so many rows on it is worth it.
pub(crate) const MANY: usize = 32;
/// Bytes sent at once.
const PART: usize = 256 << 10;
/// What a binary copy begins with: the signature, no flags, no further header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// And ends with.
const TRAILER: i16 = -1;

/// The statement that takes the rows.
pub(crate) fn sql(insert: &Insert) -> Result<Arc<str>, StoreError> {
    let names = columns(insert).map(|column| Ok(format!("\"{}\"", column?.0))).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(format!("COPY \"{}\" ({}) FROM STDIN (FORMAT binary)", insert.table.name, names.join(", ")).into())
}

/// The rows in the form it takes.
pub(crate) fn encode(insert: &Insert) -> Result<Vec<Bytes>, StoreError> {
    let columns = columns(insert).collect::<Result<Vec<_>, _>>()?;
    let n_columns = i16::try_from(columns.len()).map_err(|error| StoreError::Other(error.to_string()))?;
    let mut parts = Vec::new();
    let mut out = BytesMut::with_capacity(PART);
    out.put_slice(HEADER);
    for row in &insert.rows {
        if out.len() > PART {
            parts.push(out.split().freeze());
        }
        out.put_i16(n_columns);
        for ((_, storage), value) in columns.iter().zip(row) {
            put(value, *storage, &mut out)?;
        }
    }
    out.put_i16(TRAILER);
    parts.push(out.freeze());
    Ok(parts)
}

/// Sends them and waits for the end.
pub(crate) async fn send(client: &Client, statement: &Statement, parts: Vec<Bytes>) -> Result<u64, Error> {
    let mut sink = pin!(client.copy_in(statement).await?);
    for part in parts {
        sink.send(part).await?;
    }
    sink.finish().await
}

/// Name and storage of each column given.
fn columns(insert: &Insert) -> impl Iterator<Item = Result<(&str, Storage), StoreError>> {
    let table = &*insert.table;
    let column = |at: &usize| table.columns.get(*at).map(|column| (column.name.as_str(), column.storage));
    insert.columns.iter().map(move |at| column(at).ok_or_else(|| StoreError::Other(format!("table {} has no column {at}", table.name))))
}

/// One value with its length before it.
fn put(value: &Value, storage: Storage, out: &mut BytesMut) -> Result<(), StoreError> {
    let failed = |error: Box<dyn std::error::Error + Sync + Send>| StoreError::Other(error.to_string());
    let start = out.len();
    out.put_i32(-1);
    if let IsNull::No = bind(Dialect::Postgres, value, storage)?.to_sql(&type_of(storage), out).map_err(failed)? {
        let length = i32::try_from(out.len() - start - 4).map_err(|error| failed(error.into()))?;
        if let Some(place) = out.get_mut(start..start + 4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(())
}

/// The type of a column.
fn type_of(storage: Storage) -> Type {
    match storage {
        Storage::Bool => Type::BOOL,
        Storage::Int | Storage::Duration => Type::INT8,
        Storage::Decimal { .. } => Type::NUMERIC,
        Storage::Text => Type::TEXT,
        Storage::Date => Type::DATE,
        Storage::DateTime => Type::TIMESTAMPTZ,
        Storage::Id => Type::UUID,
        Storage::Json | Storage::TextList => Type::JSONB,
    }
}
