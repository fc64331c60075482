//! The two sets of rules of each record.

use std::collections::{HashMap, HashSet};

use guanxi_expr::{CompareOp, Value};
use jiff::Timestamp;
use uuid::Uuid;

use super::AT_ONCE;
use crate::error::Result;
use crate::schema::{DELETED_AT, ID, Object};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, WriteTx};
use crate::system_tables::{QUALITY_FINDING, QUALITY_RECORD};

pub(super) const RECORD: usize = 0;
const OBJECT: usize = 1;
const APPLIES: usize = 2;
const FAILS: usize = 3;
const DUE_AT: usize = 4;

/// How one record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Rules that concern it, by their places.
    pub applies: i64,
    /// Those of them it breaks.
    pub fails: i64,
    /// When it will break another one if nobody touches it.
    pub due_at: Option<Timestamp>,
}

fn read(row: &[Value]) -> Option<(Uuid, Standing)> {
    let [Value::Id(record), _, Value::Int(applies), Value::Int(fails), due] = row else { return None };
    let due_at = if let Value::DateTime(at) = due { Some(*at) } else { None };
    Some((*record, Standing { applies: *applies, fails: *fails, due_at }))
}

fn among(ids: &[Uuid]) -> Condition {
    Condition::In(ColumnRef::main(RECORD), ids.iter().copied().map(Value::Id).collect(), false)
}

fn of_object(object: &str) -> Condition {
    Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned()))
}

/// How some records stand; those that were never judged are absent.
///
/// # Errors
/// Fails where the database does.
pub fn standings(tx: &mut (impl ReadTx + ?Sized), records: &[Uuid]) -> Result<HashMap<Uuid, Standing>> {
    let mut found = HashMap::with_capacity(records.len());
    for some in records.chunks(AT_ONCE) {
        found.extend(tx.rows(&Select::all(&QUALITY_RECORD, among(some)))?.iter().filter_map(|it| read(it)));
    }
    Ok(found)
}

/// How a record stands, if it was judged.
///
/// # Errors
/// Fails where the database does.
pub fn standing(tx: &mut (impl ReadTx + ?Sized), record: Uuid) -> Result<Option<Standing>> {
    Ok(standings(tx, &[record])?.remove(&record))
}

/// Writes how records of an object stand, and since when they break what they break: what they broke before is kept, what they no
/// longer do goes. Beside each record stand the rules it breaks.
///
/// # Errors
/// Fails where the database does.
pub fn put(tx: &mut dyn WriteTx, object: &str, judged: &[(Uuid, Standing, Vec<Uuid>)], now: Timestamp) -> Result<()> {
    for some in judged.chunks(AT_ONCE) {
        let ids: Vec<Uuid> = some.iter().map(|it| it.0).collect();
        let before = standings(tx, &ids)?;
        let changed = some.iter().filter(|it| before.get(&it.0) != Some(&it.1));
        let row = |it: &(Uuid, Standing, Vec<Uuid>)| {
            let due = it.1.due_at.map_or(Value::Null, Value::DateTime);
            vec![Value::Id(it.0), Value::Text(object.to_owned()), Value::Int(it.1.applies), Value::Int(it.1.fails), due]
        };
        let rows: Vec<Vec<Value>> = changed.map(row).collect();
        if !rows.is_empty() {
            let on_conflict = OnConflict::Replace(vec![OBJECT, APPLIES, FAILS, DUE_AT]);
            tx.insert_later(&Insert { table: QUALITY_RECORD.clone(), columns: (RECORD..=DUE_AT).collect(), rows, on_conflict })?;
        }
        put_findings(tx, object, some, &ids, now)?;
    }
    Ok(())
}

fn put_findings(tx: &mut dyn WriteTx, object: &str, judged: &[(Uuid, Standing, Vec<Uuid>)], ids: &[Uuid], now: Timestamp) -> Result<()> {
    let before: HashSet<(Uuid, Uuid)> = super::findings_of(tx, ids)?.into_iter().map(|it| (it.record, it.rule)).collect();
    let wanted: HashSet<(Uuid, Uuid)> = judged.iter().flat_map(|it| it.2.iter().map(|rule| (it.0, *rule))).collect();
    let mut over: HashMap<Uuid, Vec<Value>> = HashMap::new();
    for (record, rule) in before.difference(&wanted) {
        over.entry(*rule).or_default().push(Value::Id(*record));
    }
    for (rule, records) in over {
        let condition = Condition::equals(ColumnRef::main(1), Value::Id(rule)).and(Condition::In(ColumnRef::main(RECORD), records, false));
        tx.delete(&Delete { table: QUALITY_FINDING.clone(), condition })?;
    }
    let row = |it: &(Uuid, Uuid)| vec![Value::Id(it.0), Value::Id(it.1), Value::Text(object.to_owned()), Value::DateTime(now)];
    let mut rows: Vec<Vec<Value>> = wanted.difference(&before).map(row).collect();
    // In the order of the key: both stores write neighbours faster.
    rows.sort_by_key(|it| it.first().and_then(id_of));
    for rows in rows.chunks(AT_ONCE) {
        let insert = Insert { table: QUALITY_FINDING.clone(), columns: (0..4).collect(), rows: rows.to_vec(), on_conflict: OnConflict::Ignore };
        tx.insert_later(&insert)?;
    }
    Ok(())
}

fn id_of(value: &Value) -> Option<Uuid> {
    if let Value::Id(id) = value { Some(*id) } else { None }
}

/// Records of an object of which time alone has changed how they stand, at most so many.
///
/// # Errors
/// Fails where the database does.
pub fn due(tx: &mut (impl ReadTx + ?Sized), object: &str, now: Timestamp, most: u64) -> Result<Vec<Uuid>> {
    let condition = of_object(object).and(Condition::Compare(ColumnRef::main(DUE_AT), CompareOp::Le, Value::DateTime(now)));
    let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&QUALITY_RECORD, condition).limited(most) };
    Ok(tx.rows(&select)?.iter().filter_map(|it| it.first().and_then(id_of)).collect())
}

/// Forgets how some records stand.
///
/// # Errors
/// Fails where the database does.
pub fn forget(tx: &mut dyn WriteTx, records: &[Uuid]) -> Result<()> {
    for some in records.chunks(AT_ONCE) {
        tx.delete(&Delete { table: QUALITY_RECORD.clone(), condition: among(some) })?;
        tx.delete(&Delete { table: QUALITY_FINDING.clone(), condition: among(some) })?;
    }
    Ok(())
}

/// Forgets what breaks some rules.
///
/// # Errors
/// Fails where the database does.
pub fn forget_findings(tx: &mut dyn WriteTx, rules: &[Uuid]) -> Result<()> {
    for some in rules.chunks(AT_ONCE) {
        let condition = Condition::In(ColumnRef::main(1), some.iter().copied().map(Value::Id).collect(), false);
        tx.delete(&Delete { table: QUALITY_FINDING.clone(), condition })?;
    }
    Ok(())
}

/// Forgets how records of an object stand that are no longer there, or lie in the bin.
///
/// # Errors
/// Fails where the database does.
pub fn forget_gone(tx: &mut dyn WriteTx, object: &Object) -> Result<()> {
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let there = || Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, live.clone()) };
    let gone = |object_column: usize| {
        let own = Condition::equals(ColumnRef::main(object_column), Value::Text(object.name.clone()));
        own.and(Condition::Exists(ColumnRef::main(RECORD), Box::new(there()), true))
    };
    tx.delete(&Delete { table: QUALITY_RECORD.clone(), condition: gone(OBJECT) })?;
    tx.delete(&Delete { table: QUALITY_FINDING.clone(), condition: gone(2) })?;
    Ok(())
}

/// Forgets how all records of an object stand.
///
/// # Errors
/// Fails where the database does.
pub fn forget_object(tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    tx.delete(&Delete { table: QUALITY_RECORD.clone(), condition: of_object(object) })?;
    let condition = Condition::equals(ColumnRef::main(2), Value::Text(object.to_owned()));
    tx.delete(&Delete { table: QUALITY_FINDING.clone(), condition })?;
    Ok(())
}
