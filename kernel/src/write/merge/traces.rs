//! Where the ids of records lead that became part of another one.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::{Map, json};
use uuid::Uuid;

use super::UNMERGED;
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{load_record, load_records, readable_ids};
use crate::schema::Object;
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _};
use crate::system_tables::MERGED_RECORD;
use crate::write::unit::Unit;

const RECORD: usize = 0;
const SURVIVOR: usize = 2;
const CHANGE: usize = 3;
/// Longest way from a record by what it became part of.
const MAX_STEPS: usize = 64;

/// A record that is part of another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedRecord {
    /// Its id.
    pub id: Uuid,
    /// Its title; absent where the caller may not see it.
    pub title: Option<String>,
    /// The change that made it so: what undo takes back.
    pub change: Uuid,
    /// Who did.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
}

/// A row of the table.
struct Trace {
    record: Uuid,
    object: String,
    survivor: Uuid,
    change: Uuid,
    by: Uuid,
    at: Timestamp,
    shares: Vec<Uuid>,
}

fn trace_of(row: &[Value]) -> Option<Trace> {
    let [Value::Id(record), Value::Text(object), Value::Id(survivor), Value::Id(change), Value::Id(by), Value::DateTime(at), Value::Text(shares)] =
        row
    else {
        return None;
    };
    let shares = serde_json::from_str(shares).ok()?;
    Some(Trace { record: *record, object: object.clone(), survivor: *survivor, change: *change, by: *by, at: *at, shares })
}

fn traces(tx: &mut (impl ReadTx + ?Sized), column: usize, id: Uuid) -> Result<Vec<Trace>> {
    let select = Select::all(&MERGED_RECORD, Condition::equals(ColumnRef::main(column), Value::Id(id)));
    Ok(tx.rows(&select)?.iter().filter_map(|it| trace_of(it)).collect())
}

/// Keeps where a record went.
pub(super) fn note(unit: &mut Unit<'_>, object: &Object, record: Uuid, survivor: Uuid, shares: &[Uuid]) -> Result<()> {
    let row = vec![
        Value::Id(record),
        Value::Text(object.name.clone()),
        Value::Id(survivor),
        Value::Id(unit.change),
        Value::Id(unit.context.actor),
        Value::DateTime(unit.context.now),
        Value::Text(json!(shares).to_string()),
    ];
    let columns = (0..row.len()).collect();
    unit.tx.insert(&Insert { table: MERGED_RECORD.clone(), columns, rows: vec![row], on_conflict: OnConflict::Fail })?;
    Ok(())
}

/// The record another one became part of, however many steps away.
fn merged_into(tx: &mut (impl ReadTx + ?Sized), record: Uuid) -> Result<Option<Uuid>> {
    let mut survivor = None;
    for _ in 0..MAX_STEPS {
        match traces(tx, RECORD, survivor.unwrap_or(record))?.pop() {
            Some(trace) => survivor = Some(trace.survivor),
            None => break,
        }
    }
    Ok(survivor)
}

/// The live record the caller may read that this one became part of.
///
/// # Errors
/// Fails where the database does.
pub fn survivor_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, record: Uuid) -> Result<Option<Uuid>> {
    let Some(survivor) = merged_into(tx, record)? else { return Ok(None) };
    Ok(readable_ids(context, tx, object, &[survivor])?.pop())
}

/// The records that became part of one the caller may read, the latest first.
///
/// # Errors
/// Not found where he may not.
pub fn merges_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, survivor: Uuid) -> Result<Vec<MergedRecord>> {
    load_record(context, tx, object, survivor, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let mut found = traces(tx, SURVIVOR, survivor)?;
    found.sort_by_key(|it| (std::cmp::Reverse(it.at), it.record));
    let ids: Vec<Uuid> = found.iter().map(|it| it.record).collect();
    let records = load_records(context, tx, object, &ids, Verb::Read, true)?;
    let title = |id: Uuid| records.iter().find(|it| it.id() == id)?.text_for(context, object.title_field().name());
    Ok(found.into_iter().map(|it| MergedRecord { id: it.record, title: title(it.record), change: it.change, by: it.by, at: it.at }).collect())
}

/// Fails where a record in the bin is part of another one: it comes back by taking the merge back, with what was its.
pub(in crate::write) fn refuse_merged(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, record: Uuid) -> Result<()> {
    let Some(survivor) = survivor_of(context, tx, object, record)? else { return Ok(()) };
    Err(KernelError::Merged { object: object.name.clone(), survivor })
}

/// What references to records that became part of another one should say now.
pub(in crate::write) fn redirected(context: &Context, tx: &mut dyn ReadTx, target: &Arc<Object>, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut found = Vec::new();
    for &id in ids {
        found.extend(survivor_of(context, tx, target, id)?.map(|it| (id, it)));
    }
    Ok(found)
}

/// Whether a change is a merge the caller may take back. Everything of it is taken back with the engine's own rights then:
/// what he made refer to the survivor, he may not see at all.
pub(in crate::write) fn undoes_merge(context: &Context, change: Uuid) -> Result<bool> {
    context.workspace.store.read_with(|tx| {
        let found = traces(tx, CHANGE, change)?;
        let Some(first) = found.first() else { return Ok(false) };
        if first.by != context.actor && !context.access.is_unlimited() {
            return Err(KernelError::NotFound);
        }
        let object = context.schema.object(&first.object).cloned().ok_or(KernelError::NotFound)?;
        if merged_into(tx, first.survivor)?.is_some() {
            return Err(KernelError::conflict(
                "state_conflict",
                "保留的记录后来又并入了另一条记录，请先撤销那次合并",
                "the surviving record became part of another one since; take that merge back first",
            ));
        }
        match load_record(context, tx, &object, first.survivor, Verb::Update, false)? {
            Some(_) => Ok(true),
            None if context.access.is_unlimited() => Ok(true),
            None => Err(KernelError::Forbidden(format!("update {}", object.name))),
        }
    })
}

/// Forgets, before all else, that the records of a change are part of another one, and gives them back whom they were shared
/// with. Answers whether there was such a record.
pub(in crate::write) fn take_back(unit: &mut Unit<'_>, change: Uuid) -> Result<bool> {
    let found = traces(unit.tx, CHANGE, change)?;
    for trace in &found {
        crate::shares::move_back(unit.tx, &trace.shares, trace.record)?;
    }
    forget(unit, CHANGE, change)?;
    let survivors: BTreeSet<(&str, Uuid)> = found.iter().map(|it| (it.object.as_str(), it.survivor)).collect();
    for (object, survivor) in survivors {
        let object = unit.object(object)?;
        let system = unit.context.as_system();
        if let Some(record) = load_record(&system, unit.tx, &object, survivor, Verb::Read, false)? {
            let ids: Vec<String> = found.iter().map(|it| it.record.to_string()).collect();
            unit.emit(&record, UNMERGED, Map::from_iter([(UNMERGED.to_owned(), json!([null, ids]))]));
        }
    }
    Ok(!found.is_empty())
}

/// Of a record that is erased nothing leads anywhere any more. Answers the records that are part of it: they are about the
/// same person, and go with it.
pub(in crate::write) fn erase_traces(unit: &mut Unit<'_>, record: Uuid) -> Result<Vec<Uuid>> {
    let parts = traces(unit.tx, SURVIVOR, record)?.into_iter().map(|it| it.record).collect();
    forget(unit, RECORD, record)?;
    Ok(parts)
}

fn forget(unit: &mut Unit<'_>, column: usize, id: Uuid) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(column), Value::Id(id));
    unit.tx.delete(&Delete { table: MERGED_RECORD.clone(), condition })?;
    Ok(())
}
