//! What quality was, day by day.

use std::collections::BTreeMap;

use guanxi_expr::{CompareOp, Value};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::error::Result;
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, WriteTx};
use crate::system_tables::QUALITY_DAY;

const OBJECT: usize = 0;
const DAY: usize = 1;
/// The last one; between stand the department, the owner and how many records.
const RULES: usize = 5;

/// How a rule stood that day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleOfDay {
    /// The [`super::fingerprint`] of what it asked that day: a rule that asks something else since is another one, and is told
    /// nothing of it.
    #[serde(default)]
    pub asks: String,
    /// What it weighed.
    pub weight: i64,
    /// Records it concerned.
    pub applies: i64,
    /// Those that broke it.
    pub fails: i64,
}

/// A day of the records one member had in one department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day in the workspace's time zone.
    pub day: Date,
    /// The department; none for records without.
    pub department: Option<Uuid>,
    /// The member.
    pub owner: Option<Uuid>,
    /// How many records.
    pub records: i64,
    /// By rule.
    pub rules: BTreeMap<Uuid, RuleOfDay>,
}

fn day(mut row: Vec<Value>) -> Option<Day> {
    let rules = if let Some(Value::Json(json)) = row.get_mut(RULES).map(std::mem::take) { *json } else { json!({}) };
    let [_, Value::Text(day), Value::Id(department), Value::Id(owner), Value::Int(records), _] = &row[..] else { return None };
    let known = |it: &Uuid| Some(*it).filter(|it| !it.is_nil());
    Some(Day {
        day: day.parse().ok()?,
        department: known(department),
        owner: known(owner),
        records: *records,
        rules: serde_json::from_value(rules).unwrap_or_default(),
    })
}

/// The days of an object from one on, in their order.
///
/// # Errors
/// Fails where the database does.
pub fn days_of(tx: &mut (impl ReadTx + ?Sized), object: &str, from: Date) -> Result<Vec<Day>> {
    let condition = Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned())).and(Condition::Compare(
        ColumnRef::main(DAY),
        CompareOp::Ge,
        Value::Text(from.to_string()),
    ));
    Ok(tx.rows(&Select::all(&QUALITY_DAY, condition).order_by(DAY, false))?.into_iter().filter_map(day).collect())
}

/// Keeps what a day of an object was, in place of what was kept of it before.
///
/// # Errors
/// Fails where the database does.
pub fn keep_day(tx: &mut dyn WriteTx, object: &str, at: Date, parts: &[Day]) -> Result<()> {
    let own = Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned()))
        .and(Condition::equals(ColumnRef::main(DAY), Value::Text(at.to_string())));
    tx.delete(&Delete { table: QUALITY_DAY.clone(), condition: own })?;
    for some in parts.chunks(super::AT_ONCE) {
        let row = |it: &Day| {
            vec![
                Value::Text(object.to_owned()),
                Value::Text(at.to_string()),
                Value::Id(it.department.unwrap_or_default()),
                Value::Id(it.owner.unwrap_or_default()),
                Value::Int(it.records),
                Value::Json(Box::new(json!(it.rules))),
            ]
        };
        let rows = some.iter().map(row).collect();
        tx.insert(&Insert { table: QUALITY_DAY.clone(), columns: (OBJECT..=RULES).collect(), rows, on_conflict: OnConflict::Ignore })?;
    }
    Ok(())
}

/// Forgets days before one, of all objects.
///
/// # Errors
/// Fails where the database does.
pub fn forget_days_before(tx: &mut dyn WriteTx, first: Date) -> Result<()> {
    let condition = Condition::Compare(ColumnRef::main(DAY), CompareOp::Lt, Value::Text(first.to_string()));
    tx.delete(&Delete { table: QUALITY_DAY.clone(), condition })?;
    Ok(())
}
