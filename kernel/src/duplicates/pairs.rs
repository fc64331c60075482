//! The pairs as they are kept: read by record, by group and in the order of the queue; written by searches and decisions.

use std::collections::HashSet;
use std::ops::ControlFlow;

use guanxi_expr::{CompareOp, Value};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::store::{
    Aggregate, ColumnRef, Condition, Delete, Insert, Measure, MeasureFunction, OnConflict, Order, ReadTx, Select, Set, Update, WriteTx,
};
use crate::system_tables::DUPLICATE;

const SMALLER: usize = 0;
const LARGER: usize = 1;
const OBJECT: usize = 2;
const BITS: usize = 3;
const IS_AUTOMATIC: usize = 4;
const REASONS: usize = 5;
const CLUSTER: usize = 6;
const CERTAINTY: usize = 7;
const STATE: usize = 8;
const RUN: usize = 9;
const FOUND_AT: usize = 10;
const DECIDED_BY: usize = 11;
const DECIDED_AT: usize = 12;
/// Keys named in one condition.
const AT_ONCE: usize = 500;

/// What became of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairState {
    /// Nobody has decided yet.
    Open,
    /// Somebody said that the two are not the same.
    Different,
}

impl PairState {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Different => "different",
        }
    }
    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Different].into_iter().find(|it| it.name() == name)
    }
}

/// What one field says of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairReason {
    /// The field.
    pub field: String,
    /// The part of it that was compared, where not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How far the values agree, as a code.
    pub agreement: String,
    /// How often the value is met, as a code, where that says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rarity: Option<String>,
    /// Bits it adds.
    pub bits: f64,
}

/// A pair as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPair {
    /// The record with the smaller id.
    pub left: Uuid,
    /// The other one.
    pub right: Uuid,
    /// Bits for their being the same, in thousandths.
    pub bits: i64,
    /// Sure enough to be merged without a look.
    pub is_automatic: bool,
    /// What speaks for it and against it.
    pub reasons: Vec<PairReason>,
    /// The group it stands in.
    pub group: String,
    /// How sure the whole group is, in thousandths of a bit.
    pub certainty: i64,
    /// What became of it.
    pub state: PairState,
    /// The search that found it last.
    pub run: Uuid,
    /// When it was found first.
    pub found_at: Timestamp,
    /// Who decided, and when.
    pub decided: Option<(Uuid, Timestamp)>,
}

/// A place in the queue: the certainty of a group and its name.
pub type QueuePlace = (i64, String);

fn pair(mut row: Vec<Value>) -> Option<StoredPair> {
    let reasons = if let Some(Value::Json(json)) = row.get_mut(REASONS).map(std::mem::take) { *json } else { json!([]) };
    let id = |at: usize| if let Some(Value::Id(id)) = row.get(at) { Some(*id) } else { None };
    let int = |at: usize| if let Some(Value::Int(it)) = row.get(at) { Some(*it) } else { None };
    let time = |at: usize| if let Some(Value::DateTime(it)) = row.get(at) { Some(*it) } else { None };
    Some(StoredPair {
        left: id(SMALLER)?,
        right: id(LARGER)?,
        bits: int(BITS)?,
        is_automatic: row.get(IS_AUTOMATIC) == Some(&Value::Bool(true)),
        reasons: serde_json::from_value(reasons).unwrap_or_default(),
        group: row.get(CLUSTER)?.as_text()?.to_owned(),
        certainty: int(CERTAINTY)?,
        state: PairState::named(row.get(STATE)?.as_text()?)?,
        run: id(RUN)?,
        found_at: time(FOUND_AT)?,
        decided: id(DECIDED_BY).zip(time(DECIDED_AT)),
    })
}

fn text(column: usize, text: &str) -> Condition {
    Condition::equals(ColumnRef::main(column), Value::Text(text.to_owned()))
}

fn among(column: usize, ids: &[Uuid]) -> Condition {
    Condition::In(ColumnRef::main(column), ids.iter().copied().map(Value::Id).collect(), false)
}

fn in_state(object: &str, state: PairState) -> Condition {
    text(OBJECT, object).and(text(STATE, state.name()))
}

fn read(tx: &mut (impl ReadTx + ?Sized), select: &Select) -> Result<Vec<StoredPair>> {
    Ok(tx.rows(select)?.into_iter().filter_map(pair).collect())
}

/// Pairs of an object in one state after a place, the surest groups first, those of a group together.
///
/// # Errors
/// Fails where the database does.
pub fn queue(tx: &mut (impl ReadTx + ?Sized), object: &str, state: PairState, after: Option<&QueuePlace>, limit: u64) -> Result<Vec<StoredPair>> {
    let mut condition = in_state(object, state);
    if let Some((certainty, group)) = after {
        let descending = |column| Order { column: ColumnRef::main(column), descending: true };
        let place = vec![(descending(CERTAINTY), Value::Int(*certainty)), (descending(CLUSTER), Value::Text(group.clone()))];
        condition = condition.and(Condition::After(place));
    }
    read(tx, &Select::all(&DUPLICATE, condition).order_by(CERTAINTY, true).order_by(CLUSTER, true).limited(limit))
}

/// How many groups of an object there are in a state, counted no further than `cap`.
///
/// # Errors
/// Fails where the database does.
pub fn count_groups(tx: &mut (impl ReadTx + ?Sized), object: &str, state: PairState, cap: u64) -> Result<u64> {
    let groups = tx.aggregate(&Aggregate {
        table: DUPLICATE.clone(),
        joins: Vec::new(),
        condition: in_state(object, state),
        keys: vec![(ColumnRef::main(CLUSTER), None)],
        measures: vec![Measure { function: MeasureFunction::Count, column: None }],
        limit: cap,
    })?;
    Ok(groups.len() as u64)
}

/// All pairs of some records, in whatever state.
///
/// # Errors
/// Fails where the database does.
pub fn pairs_of_records(tx: &mut (impl ReadTx + ?Sized), records: &[Uuid]) -> Result<Vec<StoredPair>> {
    let mut found = Vec::new();
    for ids in records.chunks(AT_ONCE) {
        let either = Condition::Or(vec![among(SMALLER, ids), among(LARGER, ids)]);
        found.extend(read(tx, &Select::all(&DUPLICATE, either))?);
    }
    let mut seen = HashSet::new();
    found.retain(|it| seen.insert((it.left, it.right)));
    Ok(found)
}

/// Of an object those of these pairs that are kept.
///
/// # Errors
/// Fails where the database does.
pub fn named_pairs(tx: &mut (impl ReadTx + ?Sized), object: &str, pairs: &[(Uuid, Uuid)]) -> Result<Vec<StoredPair>> {
    let wanted: HashSet<(Uuid, Uuid)> = pairs.iter().copied().collect();
    let mut found = Vec::new();
    for some in pairs.chunks(AT_ONCE) {
        let (left, right): (Vec<Uuid>, Vec<Uuid>) = some.iter().copied().unzip();
        let condition = text(OBJECT, object).and(among(SMALLER, &left)).and(among(LARGER, &right));
        found.extend(read(tx, &Select::all(&DUPLICATE, condition))?.into_iter().filter(|it| wanted.contains(&(it.left, it.right))));
    }
    Ok(found)
}

/// Open pairs of some groups, at most `limit`.
///
/// # Errors
/// Fails where the database does.
pub fn pairs_of_groups(tx: &mut (impl ReadTx + ?Sized), object: &str, groups: &[String], limit: u64) -> Result<Vec<StoredPair>> {
    let mut found = Vec::new();
    for some in groups.chunks(AT_ONCE) {
        let those = Condition::In(ColumnRef::main(CLUSTER), some.iter().cloned().map(Value::Text).collect(), false);
        found.extend(read(tx, &Select::all(&DUPLICATE, in_state(object, PairState::Open).and(those)).limited(limit))?);
    }
    Ok(found)
}

/// The pairs of an object that somebody said are not the same.
///
/// # Errors
/// Fails where the database does.
pub fn different_pairs(tx: &mut (impl ReadTx + ?Sized), object: &str) -> Result<Vec<(Uuid, Uuid)>> {
    let columns = vec![ColumnRef::main(SMALLER), ColumnRef::main(LARGER)];
    let select = Select { columns, ..Select::all(&DUPLICATE, in_state(object, PairState::Different)) };
    let mut found = Vec::new();
    tx.select(&select, &mut |row| {
        if let [Value::Id(left), Value::Id(right)] = row[..] {
            found.push((left, right));
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Writes pairs of an object. One that somebody decided stays as it is; one that was found before keeps when.
///
/// # Errors
/// Fails where the database does.
pub fn put(tx: &mut dyn WriteTx, object: &str, pairs: &[StoredPair]) -> Result<()> {
    for some in pairs.chunks(AT_ONCE) {
        let keys: Vec<(Uuid, Uuid)> = some.iter().map(|it| (it.left, it.right)).collect();
        let is_decided = |it: &StoredPair| it.state == PairState::Different;
        let decided: HashSet<(Uuid, Uuid)> = named_pairs(tx, object, &keys)?.into_iter().filter(is_decided).map(|it| (it.left, it.right)).collect();
        let rows: Vec<Vec<Value>> = some.iter().filter(|it| !decided.contains(&(it.left, it.right))).map(|it| row(object, it)).collect();
        if rows.is_empty() {
            continue;
        }
        let on_conflict = OnConflict::Replace(vec![BITS, IS_AUTOMATIC, REASONS, CLUSTER, CERTAINTY, RUN]);
        tx.insert(&Insert { table: DUPLICATE.clone(), columns: (SMALLER..=DECIDED_AT).collect(), rows, on_conflict })?;
    }
    Ok(())
}

fn row(object: &str, pair: &StoredPair) -> Vec<Value> {
    vec![
        Value::Id(pair.left),
        Value::Id(pair.right),
        Value::Text(object.to_owned()),
        Value::Int(pair.bits),
        Value::Bool(pair.is_automatic),
        Value::Json(Box::new(json!(pair.reasons))),
        Value::Text(pair.group.clone()),
        Value::Int(pair.certainty),
        Value::Text(pair.state.name().to_owned()),
        Value::Id(pair.run),
        Value::DateTime(pair.found_at),
        pair.decided.map_or(Value::Null, |it| Value::Id(it.0)),
        pair.decided.map_or(Value::Null, |it| Value::DateTime(it.1)),
    ]
}

fn key(pair: (Uuid, Uuid)) -> Condition {
    Condition::equals(ColumnRef::main(SMALLER), Value::Id(pair.0)).and(Condition::equals(ColumnRef::main(LARGER), Value::Id(pair.1)))
}

/// Puts a pair into a group.
///
/// # Errors
/// Fails where the database does.
pub fn regroup(tx: &mut dyn WriteTx, pair: (Uuid, Uuid), group: &str, certainty: i64) -> Result<()> {
    let set = vec![(CLUSTER, Set::To(Value::Text(group.to_owned()))), (CERTAINTY, Set::To(Value::Int(certainty)))];
    Ok(tx.update_later(&Update { table: DUPLICATE.clone(), set, condition: key(pair) })?)
}

/// Notes what the caller decided of a pair, and gives it the group that goes with it.
///
/// # Errors
/// Fails where the database does.
pub fn decide(context: &Context, tx: &mut dyn WriteTx, pair: (Uuid, Uuid), state: PairState, group: &str, certainty: i64) -> Result<()> {
    let is_decided = state == PairState::Different;
    let set = vec![
        (STATE, Value::Text(state.name().to_owned())),
        (CLUSTER, Value::Text(group.to_owned())),
        (CERTAINTY, Value::Int(certainty)),
        (DECIDED_BY, if is_decided { Value::Id(context.actor) } else { Value::Null }),
        (DECIDED_AT, if is_decided { Value::DateTime(context.now) } else { Value::Null }),
    ];
    let set = set.into_iter().map(|(column, value)| (column, Set::To(value))).collect();
    Ok(tx.update_later(&Update { table: DUPLICATE.clone(), set, condition: key(pair) })?)
}

/// Forgets pairs that nobody decided, one by one.
///
/// # Errors
/// Fails where the database does.
pub fn forget_open(tx: &mut dyn WriteTx, pairs: &[(Uuid, Uuid)]) -> Result<()> {
    for pair in pairs {
        tx.delete(&Delete { table: DUPLICATE.clone(), condition: key(*pair).and(text(STATE, PairState::Open.name())) })?;
    }
    Ok(())
}

/// Forgets the open pairs of an object that another search found than this one.
///
/// # Errors
/// Fails where the database does.
pub fn forget_others(tx: &mut dyn WriteTx, object: &str, run: Uuid) -> Result<()> {
    let others = Condition::Compare(ColumnRef::main(RUN), CompareOp::Ne, Value::Id(run));
    tx.delete(&Delete { table: DUPLICATE.clone(), condition: in_state(object, PairState::Open).and(others) })?;
    Ok(())
}

/// Forgets the pairs of a record that is gone for good.
pub(crate) fn forget(tx: &mut dyn WriteTx, record: Uuid) -> Result<()> {
    for column in [SMALLER, LARGER] {
        let own = Condition::equals(ColumnRef::main(column), Value::Id(record));
        tx.delete(&Delete { table: DUPLICATE.clone(), condition: own })?;
    }
    Ok(())
}
