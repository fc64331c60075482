//! How often sources are asked: so many questions a minute, so many a day.

use guanxi_expr::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, Select, WriteTx};
use crate::system_tables::SETTING;

/// How often a source was asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Used {
    day: String,
    in_day: i64,
    minute: i64,
    in_minute: i64,
}

fn key(source: Uuid) -> Value {
    Value::Text(format!("enrichment_used.{source}"))
}

/// Forgets how often a source was asked.
///
/// # Errors
/// Fails where the database does.
pub fn forget_turns(tx: &mut dyn WriteTx, source: Uuid) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(0), key(source));
    Ok(tx.delete(&Delete { table: SETTING.clone(), condition }).map(drop)?)
}

/// Counts one more question to a source; where that is too many it answers when the next may be asked.
///
/// # Errors
/// Fails where the database does.
pub fn take_turn(context: &Context, tx: &mut dyn WriteTx, source: Uuid, per_minute: i64, per_day: i64) -> Result<Option<Timestamp>> {
    let now = context.workspace.clock.now();
    let zoned = now.to_zoned(context.workspace.time_zone());
    let (day, minute) = (zoned.date().to_string(), now.as_second().div_euclid(60));
    tx.serialise("enrichment")?;
    let key = key(source);
    let row = tx.first(&Select::all(&SETTING, Condition::equals(ColumnRef::main(0), key.clone())))?;
    let kept = row.and_then(|mut it| if let Some(Value::Json(json)) = it.pop() { serde_json::from_value::<Used>(*json).ok() } else { None });
    let mut used = kept.unwrap_or_default();
    if used.day != day {
        (used.day, used.in_day) = (day, 0);
    }
    if used.minute != minute {
        (used.minute, used.in_minute) = (minute, 0);
    }
    if used.in_day >= per_day {
        let tomorrow = zoned.date().tomorrow().ok().and_then(|it| it.to_zoned(context.workspace.time_zone()).ok());
        return Ok(Some(tomorrow.map_or(now, |it| it.timestamp())));
    }
    if used.in_minute >= per_minute {
        return Ok(Some(Timestamp::from_second((minute + 1) * 60).unwrap_or(now)));
    }
    used.in_day += 1;
    used.in_minute += 1;
    let used = serde_json::to_value(used).map_err(|error| KernelError::Internal(error.to_string()))?;
    let row = vec![key, Value::Json(Box::new(used))];
    tx.insert(&Insert { table: SETTING.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) })?;
    Ok(None)
}
