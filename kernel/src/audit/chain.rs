//! The chain of hashes through the audit log.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use guanxi_expr::Value;
use schemars::JsonSchema;
use serde::Serialize;

use super::prune::anchor;
use super::{AT, DETAIL, HASH};
use crate::error::Result;
use crate::store::{Condition, ReadTx, Select, chained_hash};
use crate::system_tables::AUDIT;

/// A row's cells, from `at` to `detail`, as the text whose hash it carries.
pub(super) fn text_of(cells: &[Value]) -> String {
    let mut text = String::new();
    for cell in cells {
        // Each cell with its length, so that nothing can move from one to the next.
        let cell = plain(cell);
        let _ = write!(text, "\n{}:{cell}", cell.len());
    }
    text
}

/// Hash of a row's cells and the hash before.
fn hash(before: Option<&str>, cells: &[Value]) -> String {
    chained_hash(before, &text_of(cells))
}

/// A cell as it reads the same whatever store kept it.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Text(it) => format!("t{it}"),
        Value::Int(it) => format!("i{it}"),
        Value::Id(it) => format!("u{}", it.simple()),
        Value::DateTime(it) => format!("d{}", it.as_microsecond()),
        // Keys of a JSON object stand in the order of their names.
        Value::Json(it) => format!("j{it}"),
        other => format!("o{other:?}"),
    }
}

/// What became of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// Rows in the chain.
    pub rows: u64,
    /// Rows from before there was a chain.
    pub unchained: u64,
    /// The first row that is not as it was written, or does not follow the one before it.
    pub broken_at: Option<i64>,
}

/// Follows the chain through the whole log.
///
/// # Errors
/// Fails where the database does.
pub fn verify(tx: &mut (impl ReadTx + ?Sized)) -> Result<Verification> {
    let mut found = Verification { rows: 0, unchained: 0, broken_at: None };
    let mut before = anchor(tx)?;
    tx.select(&Select::all(&AUDIT, Condition::True).order_by(0, false), &mut |row| {
        let told = row.get(HASH).and_then(Value::as_text);
        match told {
            None if found.rows == 0 && before.is_none() => found.unchained += 1,
            _ => {
                let right = hash(before.as_deref(), row.get(AT..=DETAIL).unwrap_or_default());
                if told != Some(right.as_str()) {
                    found.broken_at = if let Some(Value::Int(seq)) = row.first() { Some(*seq) } else { Some(0) };
                    return ControlFlow::Break(());
                }
                found.rows += 1;
                before = Some(right);
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verb: &str, object: &str) -> Vec<Value> {
        vec![Value::Text(verb.into()), Value::Text(object.into()), Value::Null]
    }

    #[test]
    fn every_cell_and_the_row_before_count() {
        let first = hash(None, &row("update", "account"));
        assert_eq!(first.len(), 64);
        assert_eq!(first, hash(None, &row("update", "account")));
        for other in [row("updated", "account"), row("update", "contact"), row("updateaccount", ""), row("update", "account\n1:-")] {
            assert_ne!(first, hash(None, &other));
        }
        assert_ne!(hash(Some(&first), &row("x", "y")), hash(None, &row("x", "y")));
    }
}
