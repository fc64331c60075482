//! What records break, one row each.

use guanxi_expr::Value;
use jiff::Timestamp;
use uuid::Uuid;

use super::AT_ONCE;
use crate::error::Result;
use crate::store::{ColumnRef, Condition, ReadTx, Select};
use crate::system_tables::QUALITY_FINDING;

const RECORD: usize = 0;
const RULE: usize = 1;

/// A rule a record breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The record.
    pub record: Uuid,
    /// The rule.
    pub rule: Uuid,
    /// Since when it does, as far as that is known.
    pub since: Timestamp,
}

/// What some records break, whoever may see it.
///
/// # Errors
/// Fails where the database does.
pub fn findings_of(tx: &mut (impl ReadTx + ?Sized), records: &[Uuid]) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for some in records.chunks(AT_ONCE) {
        let those = Condition::In(ColumnRef::main(RECORD), some.iter().copied().map(Value::Id).collect(), false);
        for row in tx.rows(&Select::all(&QUALITY_FINDING, those))? {
            if let [Value::Id(record), Value::Id(rule), _, Value::DateTime(since)] = row[..] {
                found.push(Finding { record, rule, since });
            }
        }
    }
    Ok(found)
}

/// The records that break one of some rules, as a condition over a column of ids: asked of each row, so that the statement's
/// own order leads.
pub fn broken(id: ColumnRef, rules: &[Uuid]) -> Condition {
    if rules.is_empty() {
        return Condition::False;
    }
    let those = Condition::In(ColumnRef::main(RULE), rules.iter().copied().map(Value::Id).collect(), false);
    let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&QUALITY_FINDING, those) };
    Condition::Exists(id, Box::new(select), false)
}
