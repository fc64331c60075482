//! Forgetting old rows by rule, so that the rest can still be proved whole.
//!
//! What goes goes from the beginning, and a row says so in the log itself: through which row, and the hash that row had.
//! The first row left follows that hash, and the row that says so is part of the chain like any other ([`super::verify`]).

use guanxi_expr::Value;
use jiff::SignedDuration;
use serde_json::{Value as Json, json};

use super::{AT, DETAIL, HASH, PRUNED, VERB, append};
use crate::context::Context;
use crate::error::Result;
use crate::protection::ProtectionPolicy;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, ReadTx, Select, StoreExt as _};
use crate::system_tables::AUDIT;

/// Rows forgotten in one transaction at most.
const AT_ONCE: i64 = 50_000;
/// Rows are let grow old for a day more, so that the log does not tell of its own pruning every hour.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

/// Forgets rows older than the policy keeps them; answers how many. For a scheduled job.
///
/// # Errors
/// Forbidden to callers who are not administrators.
pub fn prune(context: &Context) -> Result<u64> {
    context.access.require_administrator()?;
    let Some(days) = context.workspace.store.read_with(|tx| ProtectionPolicy::load(tx))?.audit_days else { return Ok(0) };
    let cutoff = context.now - SignedDuration::from_hours(24 * i64::from(days));
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        // The lock of the log: what is read here is what is forgotten.
        tx.serialise("events")?;
        let end = |down: bool| Select {
            columns: vec![ColumnRef::main(0), ColumnRef::main(AT)],
            ..Select::all(&AUDIT, Condition::True).order_by(0, down).limited(1)
        };
        let (Some(oldest), Some(newest)) = (tx.first(&end(false))?, tx.first(&end(true))?) else { return Ok(0) };
        let ([Value::Int(first), Value::DateTime(began)], [Value::Int(last), _]) = (oldest.as_slice(), newest.as_slice()) else { return Ok(0) };
        if *began + SLACK >= cutoff {
            return Ok(0);
        }
        // The newest row stays in any case: the next one follows its hash.
        let old = Condition::Compare(ColumnRef::main(AT), CompareOp::Lt, Value::DateTime(cutoff)).and(Condition::Compare(
            ColumnRef::main(0),
            CompareOp::Lt,
            Value::Int((*last).min(first.saturating_add(AT_ONCE))),
        ));
        let Some(boundary) = tx.first(&Select::all(&AUDIT, old).order_by(0, true).limited(1))? else { return Ok(0) };
        let Some(Value::Int(through)) = boundary.first().cloned() else { return Ok(0) };
        let upto = Condition::Compare(ColumnRef::main(0), CompareOp::Le, Value::Int(through));
        let rows = tx.delete(&Delete { table: AUDIT.clone(), condition: upto })?;
        let hash = boundary.get(HASH).and_then(Value::as_text);
        let detail = json!({ "through": through, "hash": hash, "before": cutoff.to_string(), "days": days });
        append(&inner, tx, PRUNED, None, None, None, i64::try_from(rows).unwrap_or(i64::MAX), Some(detail))?;
        Ok(rows)
    })
}

/// The hash that the first row left follows, where rows were forgotten by rule.
pub(super) fn anchor(tx: &mut (impl ReadTx + ?Sized)) -> Result<Option<String>> {
    let pruned = Condition::equals(ColumnRef::main(VERB), Value::Text(PRUNED.to_owned()));
    let select = Select { columns: vec![ColumnRef::main(DETAIL)], ..Select::all(&AUDIT, pruned).order_by(0, true).limited(1) };
    Ok(match tx.first(&select)?.as_deref() {
        Some([Value::Json(detail)]) => detail.get("hash").and_then(Json::as_str).map(str::to_owned),
        _ => None,
    })
}
