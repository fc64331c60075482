//! Keeps, for filters, what set the fields of records where it was not typing, by the event log.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use guanxi_expr::{CompareOp, TextOp, Value};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Source, source_of};
use crate::context::Context;
use crate::error::Result;
use crate::events::Event;
use crate::readers::{Consequences, LogReader};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select};
use crate::system_tables::FIELD_SOURCE;

const RECORD: usize = 0;
const CHANGE: usize = 1;
const KIND: usize = 2;
const AT: usize = 3;
const FIELDS: usize = 4;
/// Between the names of fields, which hold letters, digits and underscores.
const BAR: char = '|';

/// What a record still has of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    change: Uuid,
    kind: String,
    at: Timestamp,
    fields: BTreeSet<String>,
}

impl Held {
    fn read(row: Vec<Value>) -> Option<(Uuid, Self)> {
        let mut cells = row.into_iter();
        let mut next = || cells.next().unwrap_or_default();
        let (Value::Id(record), Value::Id(change), Value::Text(kind), Value::DateTime(at), Value::Text(fields)) =
            (next(), next(), next(), next(), next())
        else {
            return None;
        };
        let fields = fields.split(BAR).filter(|it| !it.is_empty()).map(str::to_owned).collect();
        Some((record, Self { change, kind, at, fields }))
    }

    fn row(&self, record: Uuid) -> Vec<Value> {
        let mut names = String::from(BAR);
        for field in &self.fields {
            names.push_str(field);
            names.push(BAR);
        }
        vec![Value::Id(record), Value::Id(self.change), Value::Text(self.kind.clone()), Value::DateTime(self.at), Value::Text(names)]
    }
}

/// The name of the reader.
pub const FOLLOW_SOURCES: &str = "provenance.follow";

/// See the module.
pub struct FollowSources;

impl LogReader for FollowSources {
    fn name(&self) -> &str {
        FOLLOW_SOURCES
    }

    fn reads_all(&self) -> bool {
        true
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let told: Vec<(Uuid, &Event)> = events.iter().filter_map(|it| Some((it.record?, it))).collect();
        let records: BTreeSet<Uuid> = told.iter().map(|it| it.0).collect();
        let mut held = held_by(tx, &records)?;
        let before = held.clone();
        let mut kinds: HashMap<Uuid, Option<Source>> = HashMap::new();
        for (record, event) in told {
            if event.kind.ends_with(".erased") {
                held.remove(&record);
                continue;
            }
            let Some(object) = context.schema.object(&event.object) else { continue };
            let named: BTreeSet<String> = event.changes.keys().filter(|it| object.field(it).is_some()).cloned().collect();
            if named.is_empty() {
                continue;
            }
            let kind = match kinds.entry(event.change) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => *unknown.insert(source_of(tx, event)?.0.filter(|it| it.is_kept())),
            };
            set(&mut held, record, event, kind, named);
        }
        let changed: Vec<Uuid> = records.into_iter().filter(|it| before.get(it) != held.get(it)).collect();
        if changed.is_empty() {
            return Ok(None);
        }
        let rows: Vec<Vec<Value>> = changed.iter().flat_map(|id| held.get(id).into_iter().flatten().map(|it| it.row(*id))).collect();
        let gone: Vec<Value> = changed.into_iter().filter(|it| before.contains_key(it)).map(Value::Id).collect();
        Ok(Some(Box::new(move |unit| {
            if !gone.is_empty() {
                let condition = Condition::In(ColumnRef::main(RECORD), gone.clone(), false);
                unit.tx.delete(&Delete { table: FIELD_SOURCE.clone(), condition })?;
            }
            if !rows.is_empty() {
                let columns = (RECORD..=FIELDS).collect();
                unit.tx.insert(&Insert { table: FIELD_SOURCE.clone(), columns, rows: rows.clone(), on_conflict: OnConflict::Fail })?;
            }
            Ok(())
        })))
    }
}

/// What is kept of records; nothing stands for those of which nothing is.
fn held_by(tx: &mut dyn ReadTx, records: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Held>>> {
    let mut held: HashMap<Uuid, Vec<Held>> = HashMap::new();
    if records.is_empty() {
        return Ok(held);
    }
    let those = Condition::In(ColumnRef::main(RECORD), records.iter().copied().map(Value::Id).collect(), false);
    for (record, one) in tx.rows(&Select::all(&FIELD_SOURCE, those))?.into_iter().filter_map(Held::read) {
        held.entry(record).or_default().push(one);
    }
    Ok(held)
}

/// Notes that an event set fields: whatever set them before does not count any more.
fn set(held: &mut HashMap<Uuid, Vec<Held>>, record: Uuid, event: &Event, kind: Option<Source>, named: BTreeSet<String>) {
    let of_record = held.entry(record).or_default();
    for one in of_record.iter_mut() {
        one.fields.retain(|it| !named.contains(it));
    }
    of_record.retain(|it| !it.fields.is_empty());
    if let Some(kind) = kind {
        match of_record.iter_mut().find(|it| it.change == event.change) {
            Some(same) => same.fields.extend(named),
            None => of_record.push(Held { change: event.change, kind: kind.name().to_owned(), at: event.at, fields: named }),
        }
    }
    if of_record.is_empty() {
        held.remove(&record);
    }
}

/// What is asked of the source of a field.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    /// It is one of these kinds.
    Kind(Vec<Value>),
    /// It is one of these changes.
    Change(Vec<Value>),
    /// Its moment compares so.
    At(CompareOp, Value),
    /// Anything is kept at all.
    Anything,
}

/// Records of which a field's source is kept and is as asked (`negated`: is not, or nothing is kept), as a condition on a column of ids.
/// Asked of each row by the primary key, so that the statement's own order leads.
pub(crate) fn asked(id: ColumnRef, field: &str, kept: Kept, negated: bool) -> Condition {
    let names = Condition::Text(ColumnRef::main(FIELDS), TextOp::Contains, format!("{BAR}{field}{BAR}"), false);
    let condition = match kept {
        Kept::Kind(kinds) => Condition::In(ColumnRef::main(KIND), kinds, false),
        Kept::Change(changes) => Condition::In(ColumnRef::main(CHANGE), changes, false),
        Kept::At(op, at) => Condition::Compare(ColumnRef::main(AT), op, at),
        Kept::Anything => Condition::True,
    };
    let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&FIELD_SOURCE, condition.and(names)) };
    Condition::Exists(id, Box::new(select), negated)
}
