//! The event log: what happened, in one order, written in the transaction of the change itself.

use std::collections::{HashMap, HashSet};

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{Record, load_records};
use crate::schema::{Field, ID};
use crate::store::{ColumnRef, CompareOp, Condition, Insert, OnConflict, ReadTx, Select, WriteTx};
use crate::system_tables::EVENT;
use crate::write::Stamp;

const SEQ: usize = 0;
const AT: usize = 1;
const ACTOR: usize = 2;
const KIND: usize = 3;
const OBJECT: usize = 4;
const RECORD: usize = 5;
const VERSION: usize = 6;
const CHANGE: usize = 7;
const CHANGES: usize = 8;

/// Most events looked at for one answer of the feed.
const MAX_FEED: u64 = 1_000;

/// Records of an object's table that a change made or changed.
pub(crate) fn records_of_change(change: Uuid) -> Condition {
    let of_change = Condition::equals(ColumnRef::main(CHANGE), Value::Id(change)).and(Condition::NotNull(ColumnRef::main(RECORD)));
    let records = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&EVENT, of_change) };
    Condition::InSelect(ColumnRef::main(ID), Box::new(records), false)
}

/// An event about to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// `object.verb_past`.
    pub kind: String,
    /// Object name.
    pub object: String,
    /// The record.
    pub record: Uuid,
    /// Its version after.
    pub version: i64,
    /// `[old, new]` by field.
    pub changes: Map<String, Json>,
    /// The same as JSON text, where that was written ahead; `changes` is empty then.
    pub written: Option<String>,
    /// When and by whom, if not now and by the caller.
    pub stamp: Option<Stamp>,
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Place in the order.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Uuid,
    /// `object.verb_past`.
    pub kind: String,
    /// Object name.
    pub object: String,
    /// The record.
    pub record: Option<Uuid>,
    /// Its version after.
    pub version: i64,
    /// The change it belongs to.
    pub change: Uuid,
    /// `[old, new]` by field; empty for erased content.
    pub changes: Map<String, Json>,
}

/// Appends events. The lock makes sequence order the order of commit on every node.
pub fn append(context: &Context, tx: &mut dyn WriteTx, change: Uuid, events: Vec<NewEvent>) -> Result<()> {
    tx.serialise("events")?;
    let rows = events
        .into_iter()
        .map(|it| {
            vec![
                Value::DateTime(it.stamp.map_or(context.now, |it| it.at)),
                Value::Id(it.stamp.map_or(context.actor, |it| it.actor)),
                Value::Text(it.kind),
                Value::Text(it.object),
                Value::Id(it.record),
                Value::Int(it.version),
                Value::Id(change),
                match it.written {
                    Some(text) => Value::Text(text),
                    None if it.changes.is_empty() => Value::Null,
                    None => Value::Json(Box::new(Json::Object(it.changes))),
                },
            ]
        })
        .collect();
    Ok(tx.insert_later(&Insert { table: EVENT.clone(), columns: (AT..=CHANGES).collect(), rows, on_conflict: OnConflict::Fail })?)
}

fn read_event(row: &mut Vec<Value>) -> Option<Event> {
    let mut cells = std::mem::take(row).into_iter();
    let mut next = || cells.next().unwrap_or_default();
    let (Value::Int(seq), Value::DateTime(at), Value::Id(actor), Value::Text(kind), Value::Text(object)) = (next(), next(), next(), next(), next())
    else {
        return None;
    };
    let record = if let Value::Id(id) = next() { Some(id) } else { None };
    let version = if let Value::Int(version) = next() { version } else { 0 };
    let Value::Id(change) = next() else { return None };
    let changes = match next() {
        Value::Json(json) => {
            if let Json::Object(map) = *json {
                map
            } else {
                Map::new()
            }
        }
        _ => Map::new(),
    };
    Some(Event { seq, at, actor, kind, object, record, version, change, changes })
}

/// Raw events after a sequence, for the engine's own readers of the log.
pub fn read_after(tx: &mut dyn ReadTx, after: i64, limit: u64) -> Result<Vec<Event>> {
    let select = Select::all(&EVENT, Condition::Compare(ColumnRef::main(SEQ), CompareOp::Gt, Value::Int(after))).order_by(SEQ, false).limited(limit);
    collect(tx, &select)
}

/// As [`read_after`], of some objects alone.
pub fn read_after_of(tx: &mut dyn ReadTx, after: i64, objects: &[&str], limit: u64) -> Result<Vec<Event>> {
    let of = Condition::In(ColumnRef::main(OBJECT), objects.iter().map(|it| Value::Text((*it).to_owned())).collect(), false);
    let later = Condition::Compare(ColumnRef::main(SEQ), CompareOp::Gt, Value::Int(after));
    collect(tx, &Select::all(&EVENT, later.and(of)).order_by(SEQ, false).limited(limit))
}

/// Of some records of an object those that lay in the recycle bin at a place in the log.
pub fn in_bin_at(tx: &mut dyn ReadTx, object: &str, records: &[Uuid], seq: i64) -> Result<HashSet<Uuid>> {
    let mut in_bin = HashSet::new();
    let kinds = ["deleted", "restored"].map(|it| Value::Text(format!("{object}.{it}"))).to_vec();
    for chunk in records.chunks(500) {
        let condition = Condition::In(ColumnRef::main(RECORD), chunk.iter().copied().map(Value::Id).collect(), false)
            .and(Condition::In(ColumnRef::main(KIND), kinds.clone(), false))
            .and(Condition::Compare(ColumnRef::main(SEQ), CompareOp::Le, Value::Int(seq)));
        for event in collect(tx, &Select::all(&EVENT, condition).order_by(SEQ, false))? {
            let Some(record) = event.record else { continue };
            if event.kind.ends_with(".deleted") {
                in_bin.insert(record);
            } else {
                in_bin.remove(&record);
            }
        }
    }
    Ok(in_bin)
}

/// All events of a change, in order.
pub fn events_of_change(tx: &mut dyn ReadTx, change: Uuid) -> Result<Vec<Event>> {
    collect(tx, &Select::all(&EVENT, Condition::equals(ColumnRef::main(CHANGE), Value::Id(change))).order_by(SEQ, false))
}

/// Events of a change before a sequence, the last one first.
pub fn events_of_change_before(tx: &mut dyn ReadTx, change: Uuid, before: i64, limit: u64) -> Result<Vec<Event>> {
    let of_change = Condition::equals(ColumnRef::main(CHANGE), Value::Id(change));
    let earlier = Condition::Compare(ColumnRef::main(SEQ), CompareOp::Lt, Value::Int(before));
    collect(tx, &Select::all(&EVENT, of_change.and(earlier)).order_by(SEQ, true).limited(limit))
}

/// How many events a change has, at most so many.
pub fn count_of_change(tx: &mut (impl ReadTx + ?Sized), change: Uuid, most: Option<u64>) -> Result<u64> {
    Ok(tx.count(&Select::all(&EVENT, Condition::equals(ColumnRef::main(CHANGE), Value::Id(change))), most)?)
}

/// How many records a change is about, by so many of its events at most, and whether those are all.
///
/// # Errors
/// Fails where the database does.
pub fn records_in_change(tx: &mut dyn ReadTx, change: Uuid, most: u64) -> Result<(u64, bool)> {
    let of_change = Condition::equals(ColumnRef::main(CHANGE), Value::Id(change));
    let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&EVENT, of_change).order_by(SEQ, false).limited(most + 1) };
    let (mut records, mut events) = (HashSet::new(), 0_u64);
    tx.select(&select, &mut |row| {
        events += 1;
        if let Some(Value::Id(id)) = row.first() {
            records.insert(*id);
        }
        std::ops::ControlFlow::Continue(())
    })?;
    Ok((records.len() as u64, events <= most))
}

/// Whether a change is one member's alone; not where there is no such change.
pub fn is_change_of(tx: &mut (impl ReadTx + ?Sized), change: Uuid, actor: Uuid) -> Result<bool> {
    let of_change = Condition::equals(ColumnRef::main(CHANGE), Value::Id(change));
    let by_another = of_change.clone().and(Condition::Compare(ColumnRef::main(ACTOR), CompareOp::Ne, Value::Id(actor)));
    Ok(tx.count(&Select::all(&EVENT, of_change), Some(1))? > 0 && tx.count(&Select::all(&EVENT, by_another), Some(1))? == 0)
}

/// That something happened to a record, without what.
#[derive(Debug, Clone)]
pub(crate) struct EventMark {
    pub(crate) kind: String,
    pub(crate) record: Uuid,
    pub(crate) version: i64,
    pub(crate) change: Uuid,
}

/// All that ever happened to some records, without what.
pub(crate) fn marks_of_records(tx: &mut dyn ReadTx, records: &[Uuid]) -> Result<Vec<EventMark>> {
    let mut marks = Vec::new();
    for some in records.chunks(200) {
        let condition = Condition::In(ColumnRef::main(RECORD), some.iter().copied().map(Value::Id).collect(), false);
        let columns = [KIND, RECORD, VERSION, CHANGE].map(ColumnRef::main).to_vec();
        tx.select(&Select { columns, ..Select::all(&EVENT, condition) }, &mut |row| {
            if let [Value::Text(kind), Value::Id(record), version, Value::Id(change)] = row.as_slice() {
                let version = if let Value::Int(version) = version { *version } else { 0 };
                marks.push(EventMark { kind: kind.clone(), record: *record, version, change: *change });
            }
            std::ops::ControlFlow::Continue(())
        })?;
    }
    Ok(marks)
}

/// Events of a record, newest first, before a sequence.
pub fn events_of_record(tx: &mut dyn ReadTx, record: Uuid, before: Option<i64>, limit: u64) -> Result<Vec<Event>> {
    let mut condition = Condition::equals(ColumnRef::main(RECORD), Value::Id(record));
    if let Some(before) = before {
        condition = condition.and(Condition::Compare(ColumnRef::main(SEQ), CompareOp::Lt, Value::Int(before)));
    }
    collect(tx, &Select::all(&EVENT, condition).order_by(SEQ, true).limited(limit))
}

/// Events of some records, newest first, before a sequence. Found by record, never by going back through the log: it is as
/// long as these records' own history, however long the log is.
///
/// # Errors
/// Fails where the database does.
pub fn events_of_records(tx: &mut dyn ReadTx, records: &[Uuid], before: Option<i64>, limit: u64) -> Result<Vec<Event>> {
    let mut newest: Vec<i64> = Vec::new();
    for some in records.chunks(200) {
        let mut condition = Condition::In(ColumnRef::main(RECORD), some.iter().copied().map(Value::Id).collect(), false);
        if let Some(before) = before {
            condition = condition.and(Condition::Compare(ColumnRef::main(SEQ), CompareOp::Lt, Value::Int(before)));
        }
        let select = Select { columns: vec![ColumnRef::main(SEQ)], ..Select::all(&EVENT, condition) };
        tx.select(&select, &mut |row| {
            newest.extend(if let Some(Value::Int(seq)) = row.first() { Some(*seq) } else { None });
            std::ops::ControlFlow::Continue(())
        })?;
    }
    newest.sort_unstable_by_key(|seq| std::cmp::Reverse(*seq));
    newest.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Condition::In(ColumnRef::main(SEQ), newest.into_iter().map(Value::Int).collect(), false);
    collect(tx, &Select::all(&EVENT, wanted).order_by(SEQ, true))
}

/// Sequence of the last event, 0 where there is none: where somebody may go on from.
pub fn head(tx: &mut dyn ReadTx) -> Result<i64> {
    let head = last(tx)?;
    tx.settle()?;
    Ok(head)
}

fn last(tx: &mut dyn ReadTx) -> Result<i64> {
    let select = Select { columns: vec![ColumnRef::main(SEQ)], ..Select::all(&EVENT, Condition::True).order_by(SEQ, true).limited(1) };
    Ok(match tx.first(&select)?.as_deref() {
        Some([Value::Int(seq)]) => *seq,
        _ => 0,
    })
}

fn collect(tx: &mut dyn ReadTx, select: &Select) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    let mut broken = 0_u64;
    tx.select(select, &mut |row| {
        match read_event(row) {
            Some(event) => events.push(event),
            None => broken += 1,
        }
        std::ops::ControlFlow::Continue(())
    })?;
    if broken > 0 {
        return Err(KernelError::Internal(format!("{broken} rows of the event log cannot be read")));
    }
    Ok(events)
}

/// One answer of the feed.
#[derive(Debug)]
pub struct FeedPage {
    /// What the caller may see, with fields he may not see left out.
    pub events: Vec<Event>,
    /// Go on after this.
    pub next: i64,
    /// Sequence of the last event there is.
    pub head: i64,
}

/// The feed as a caller may see it: each event passed his row and field rights as they are now.
pub fn feed(context: &Context, tx: &mut dyn ReadTx, after: i64, limit: u64, objects: Option<&[String]>) -> Result<FeedPage> {
    let head = last(tx)?;
    let events = read_after(tx, after, limit.clamp(1, MAX_FEED))?;
    if head > after {
        // Nobody is told of an event that a crash may still take back, with its sequence then given to another.
        tx.settle()?;
    }
    let next = events.last().map_or(after, |it| it.seq);
    let wanted: Vec<Event> = events.into_iter().filter(|it| objects.is_none_or(|objects| objects.contains(&it.object))).collect();
    Ok(FeedPage { events: visible(context, tx, wanted, Place::List)?, next, head })
}

/// The events whose record the caller may see, without the fields he may not. Of a record in the bin that is not his to
/// restore he learns that it went, not what it held.
pub fn visible(context: &Context, tx: &mut dyn ReadTx, events: Vec<Event>, place: Place) -> Result<Vec<Event>> {
    let mut ids: HashMap<String, HashSet<Uuid>> = HashMap::new();
    for event in &events {
        ids.entry(event.object.clone()).or_default().extend(event.record);
    }
    let mut seen: HashSet<Uuid> = HashSet::new();
    let mut closed: HashSet<Uuid> = HashSet::new();
    // Rows of records that circles cover something of.
    let mut covered: HashMap<Uuid, Vec<Value>> = HashMap::new();
    for (name, ids) in ids {
        let Some(object) = context.schema.object(&name).filter(|it| context.access.may(it, Verb::Read)) else { continue };
        let ids: Vec<Uuid> = ids.into_iter().collect();
        // What is one member's alone is closed to administrators too.
        if context.access.is_system() || (context.access.is_unlimited() && object.definition.private_to.is_none()) {
            seen.extend(ids);
            continue;
        }
        let records = load_records(context, tx, object, &ids, Verb::Read, true)?;
        let deleted: Vec<Uuid> = records.iter().filter(|it| it.is_deleted()).map(Record::id).collect();
        seen.extend(records.iter().map(Record::id));
        let under = records.iter().filter(|it| context.access.is_covered(object, &it.row));
        covered.extend(under.map(|it| (it.id(), it.row.clone())));
        if !deleted.is_empty() {
            closed.extend(&deleted);
            for record in load_records(context, tx, object, &deleted, Verb::Restore, true)? {
                closed.remove(&record.id());
            }
        }
    }
    let visible = events.into_iter().filter(|it| it.record.is_some_and(|id| seen.contains(&id)));
    Ok(visible
        .map(|mut event| {
            if event.record.is_some_and(|id| closed.contains(&id)) {
                event.changes.clear();
            } else if let Some(object) = context.schema.object(&event.object) {
                let row = event.record.and_then(|id| covered.get(&id));
                let shown = |field: &Field| match row {
                    Some(row) => context.access.shown_of(object, field, place, row),
                    None => context.access.shown_uncovered(object, field, place),
                };
                event.changes.retain(|name, _| object.field(name).is_some_and(|it| shown(it) == Shown::Whole));
            }
            event
        })
        .collect())
}
