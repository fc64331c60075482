//! Several ordered selects read side by side, as far as a page goes.

use std::cmp::Ordering;
use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{CachedStatement, Rows};

use crate::build::{Page, Statement};

/// The next row of one way in.
struct Head {
    keys: Vec<Value>,
    row: i64,
}

/// The numbers of a page's rows. Ways of the same text are different statements, told apart by a remark: each stands at a
/// row of its own.
pub(super) fn numbers<'c>(page: &Page<'_>, prepare: impl Fn(&Statement<'_>) -> rusqlite::Result<CachedStatement<'c>>) -> rusqlite::Result<Vec<i64>> {
    let prepared = page.ways.iter().enumerate().map(|(at, way)| {
        let sql = format!("{} /* {at} */", way.sql).into();
        prepare(&Statement { sql, binds: way.binds.clone() })
    });
    let mut prepared = prepared.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut ways: Vec<Rows<'_>> = prepared.iter_mut().map(|it| it.raw_query()).collect();
    let mut heads = ways.iter_mut().map(|it| head(it, page.keys)).collect::<rusqlite::Result<Vec<_>>>()?;
    let (mut numbers, mut seen) = (Vec::new(), HashSet::new());
    while (numbers.len() as u64) < page.limit {
        let Some(at) = first(&heads, page.descending) else { break };
        let Some(next) = head(&mut ways[at], page.keys).map(|it| std::mem::replace(&mut heads[at], it))? else { break };
        // The same record may come by several ways.
        if seen.insert(next.row) {
            numbers.push(next.row);
        }
    }
    Ok(numbers)
}

fn head(rows: &mut Rows<'_>, keys: usize) -> rusqlite::Result<Option<Head>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let values = (0..keys).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<Value>>>()?;
    Ok(Some(Head { keys: values, row: row.get(keys)? }))
}

/// The way whose row comes first.
fn first(heads: &[Option<Head>], descending: bool) -> Option<usize> {
    let there = heads.iter().enumerate().filter_map(|(at, head)| Some((at, head.as_ref()?)));
    let by_keys = |left: &Head, right: &Head| {
        let order = left.keys.iter().zip(&right.keys).map(|(left, right)| compare(left, right)).find(|it| it.is_ne()).unwrap_or(Ordering::Equal);
        if descending { order.reverse() } else { order }
    };
    there.min_by(|left, right| by_keys(left.1, right.1)).map(|it| it.0)
}

/// As SQLite orders values: NULL, numbers, texts by their bytes, other bytes.
fn compare(left: &Value, right: &Value) -> Ordering {
    let class = |it: &Value| match it {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Real(left), Value::Real(right)) => left.total_cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Blob(left), Value::Blob(right)) => left.cmp(right),
        _ => class(left).cmp(&class(right)),
    }
}
