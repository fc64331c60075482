//! By which rules an object's records are judged: each rule has a place, and keeps it while it asks the same.

use guanxi_expr::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::error::Result;
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::QUALITY_PLAN;

const OBJECT: usize = 0;
const RULES: usize = 1;
const RUN: usize = 2;
const STATE: usize = 3;
const DONE: usize = 4;
const TOTAL: usize = 5;
const JUDGED_AT: usize = 6;
const JUDGING: &str = "judging";
const CURRENT: &str = "current";

/// A rule's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Which bit it is, from 0.
    pub place: u8,
    /// The rule.
    pub rule: Uuid,
    /// What it asked when it was given the place.
    pub asks: String,
}

/// How the records of an object are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPlan {
    /// The object.
    pub object: String,
    /// Its rules.
    pub rules: Vec<Planned>,
    /// The run that judges, or judged, all records by it.
    pub run: Uuid,
    /// All have been judged by it.
    pub is_current: bool,
    /// Records judged by the run.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// When all had last been judged.
    pub judged_at: Option<Timestamp>,
}

fn plan(mut row: Vec<Value>) -> Option<KeptPlan> {
    let rules = if let Some(Value::Json(json)) = row.get_mut(RULES).map(std::mem::take) { *json } else { json!([]) };
    let [Value::Text(object), _, Value::Id(run), Value::Text(state), Value::Int(done), Value::Int(total), judged_at] = &row[..] else { return None };
    let count = |it: &i64| u64::try_from(*it).unwrap_or(0);
    Some(KeptPlan {
        object: object.clone(),
        rules: serde_json::from_value(rules).unwrap_or_default(),
        run: *run,
        is_current: state == CURRENT,
        done: count(done),
        total: count(total),
        judged_at: if let Value::DateTime(at) = judged_at { Some(*at) } else { None },
    })
}

fn of(object: &str) -> Condition {
    Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned()))
}

fn int(count: u64) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The plan of an object, if it has one.
///
/// # Errors
/// Fails where the database does.
pub fn plan_of(tx: &mut (impl ReadTx + ?Sized), object: &str) -> Result<Option<KeptPlan>> {
    Ok(tx.first(&Select::all(&QUALITY_PLAN, of(object)))?.and_then(plan))
}

/// All plans, by the names of their objects.
///
/// # Errors
/// Fails where the database does.
pub fn all_plans(tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<KeptPlan>> {
    Ok(tx.rows(&Select::all(&QUALITY_PLAN, Condition::True).order_by(OBJECT, false))?.into_iter().filter_map(plan).collect())
}

/// Begins to judge all records of an object by a plan.
///
/// # Errors
/// Fails where the database does.
pub fn begin(tx: &mut dyn WriteTx, object: &str, rules: &[Planned], run: Uuid, total: u64) -> Result<()> {
    let row = vec![
        Value::Text(object.to_owned()),
        Value::Json(Box::new(json!(rules))),
        Value::Id(run),
        Value::Text(JUDGING.to_owned()),
        Value::Int(0),
        int(total),
        Value::Null,
    ];
    let on_conflict = OnConflict::Replace(vec![RULES, RUN, STATE, DONE, TOTAL]);
    tx.insert(&Insert { table: QUALITY_PLAN.clone(), columns: (OBJECT..=JUDGED_AT).collect(), rows: vec![row], on_conflict })?;
    Ok(())
}

fn change(tx: &mut dyn WriteTx, object: &str, run: Uuid, set: Vec<(usize, Value)>) -> Result<()> {
    let set = set.into_iter().map(|(column, value)| (column, Set::To(value))).collect();
    let condition = of(object).and(Condition::equals(ColumnRef::main(RUN), Value::Id(run)));
    tx.update(&Update { table: QUALITY_PLAN.clone(), set, condition })?;
    Ok(())
}

/// Notes how far a run has come.
///
/// # Errors
/// Fails where the database does.
pub fn report(tx: &mut dyn WriteTx, object: &str, run: Uuid, done: u64) -> Result<()> {
    change(tx, object, run, vec![(DONE, int(done))])
}

/// Notes that a run has judged all.
///
/// # Errors
/// Fails where the database does.
pub fn settle(tx: &mut dyn WriteTx, object: &str, run: Uuid, at: Timestamp) -> Result<()> {
    change(tx, object, run, vec![(STATE, Value::Text(CURRENT.to_owned())), (JUDGED_AT, Value::DateTime(at))])
}

/// Forgets the plan of an object.
///
/// # Errors
/// Fails where the database does.
pub fn forget_plan(tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    tx.delete(&Delete { table: QUALITY_PLAN.clone(), condition: of(object) })?;
    Ok(())
}
