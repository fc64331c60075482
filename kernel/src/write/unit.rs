//! One transaction's work: every change made in it, its events, its audit row and its jobs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::draft::{Draft, DraftKind};
use super::plan::{PlanOptions, Planner};
use super::rollups::Touched;
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{self, NewEvent};
use crate::read::{Record, field_json, load_records, record_json};
use crate::schema::{DELETED_AT, DELETED_WITH, FieldKind, ID, Object, OnDelete, SYSTEM_COLUMNS, UPDATED_AT, UPDATED_BY, VERSION};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreError, StoreExt, Update, WriteTx};
use crate::system_tables::{COUNTER, EVENT};

/// How deep actions, hooks and cascades may call each other.
const MAX_DEPTH: u32 = 16;
/// Most records one deletion may take along.
const MAX_CASCADE: u64 = 10_000;

/// One transaction.
pub struct Unit<'a> {
    /// The caller.
    pub context: &'a Context,
    /// The transaction.
    pub tx: &'a mut dyn WriteTx,
    /// Id of this change: what undo takes back.
    pub change: Uuid,
    events: Vec<NewEvent>,
    pub(super) touched: BTreeSet<Touched>,
    records: i64,
    depth: u32,
}

/// What is done in a transaction; may run again after a deadlock.
pub type Work<T> = Box<dyn FnMut(&mut Unit<'_>) -> Result<T> + Send>;

/// Runs work in one transaction of the caller's workspace and tells the feed.
pub fn run_unit<T: Send + 'static>(context: &Context, change: Uuid, verb: &'static str, mut work: Work<T>) -> Result<T> {
    let inner = context.clone();
    let answer = context.workspace.store.write_with(move |tx| {
        let mut unit = Unit { context: &inner, tx, change, events: Vec::new(), touched: BTreeSet::new(), records: 0, depth: 0 };
        let answer = work(&mut unit)?;
        unit.finish(verb)?;
        Ok(answer)
    })?;
    context.workspace.feed.announce();
    Ok(answer)
}

impl Unit<'_> {
    /// The transaction as a reader.
    pub fn reader(&mut self) -> &mut dyn ReadTx {
        self.tx
    }

    fn object(&self, name: &str) -> Result<Arc<Object>> {
        self.context.schema.object(name).cloned().ok_or_else(|| KernelError::Internal(format!("no object {name}")))
    }

    /// Creates a record with the caller's rights; answers it as saved.
    pub fn create(&mut self, object: &str, values: &Map<String, Json>) -> Result<Record> {
        let context = self.context;
        self.create_as(context, object, values)
    }

    /// Creates a record with the engine's own rights, for what follows from an act rather than being asked for.
    pub fn create_as_system(&mut self, object: &str, values: &Map<String, Json>) -> Result<Record> {
        self.create_as(&self.context.as_system(), object, values)
    }

    fn create_as(&mut self, context: &Context, object: &str, values: &Map<String, Json>) -> Result<Record> {
        let object = self.object(object)?;
        let draft = Planner::new(context).create(self.tx, &object, values, PlanOptions::default())?;
        self.save_planned(draft)
    }

    /// Changes a record with the caller's rights; answers it as saved.
    pub fn update(&mut self, object: &str, id: Uuid, values: &Map<String, Json>) -> Result<Record> {
        let context = self.context;
        self.update_as(context, object, id, values)
    }

    /// Changes a record with the engine's own rights.
    pub fn update_as_system(&mut self, object: &str, id: Uuid, values: &Map<String, Json>) -> Result<Record> {
        self.update_as(&self.context.as_system(), object, id, values)
    }

    fn update_as(&mut self, context: &Context, object: &str, id: Uuid, values: &Map<String, Json>) -> Result<Record> {
        let object = self.object(object)?;
        let draft = Planner::new(context).update(self.tx, &object, id, values, PlanOptions::default())?;
        self.save_planned(draft)
    }

    fn save_planned(&mut self, mut draft: Draft) -> Result<Record> {
        if !draft.problems.is_empty() {
            return Err(KernelError::Invalid(draft.problems));
        }
        self.save(&mut draft)?;
        Ok(draft.record())
    }

    /// Writes a planned change. A draft whose record changed since it was planned is [`StaleDraft`](KernelError::Conflict).
    pub fn save(&mut self, draft: &mut Draft) -> Result<()> {
        if draft.is_empty() {
            return Ok(());
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(KernelError::Internal(format!("changes of {} call each other without end", draft.object.name)));
        }
        match draft.kind {
            DraftKind::Create => self.insert_rows(std::slice::from_mut(draft))?,
            DraftKind::Update => self.update_row(draft)?,
        }
        self.after_save(draft)?;
        self.depth -= 1;
        Ok(())
    }

    /// Writes many new records of one object at once.
    pub fn save_new(&mut self, drafts: &mut [Draft]) -> Result<()> {
        self.insert_rows(drafts)?;
        for draft in drafts {
            self.after_save(draft)?;
        }
        Ok(())
    }

    fn after_save(&mut self, draft: &Draft) -> Result<()> {
        self.records += 1;
        self.touch_feeds(&draft.object, draft.before.as_ref().map(|it| it.row.as_slice()), Some(&draft.row));
        let registry = self.context.workspace.registry.clone();
        for hook in registry.hooks(&draft.object.name).iter().filter(|it| it.has_after_save()) {
            hook.after_save(self, draft)?;
        }
        Ok(())
    }

    fn insert_rows(&mut self, drafts: &mut [Draft]) -> Result<()> {
        let Some(object) = drafts.first().map(|it| it.object.clone()) else { return Ok(()) };
        self.number(&object, drafts)?;
        let insert = Insert {
            table: object.table.clone(),
            columns: (0..object.table.columns.len()).collect(),
            rows: drafts.iter().map(|it| it.row.clone()).collect(),
            on_conflict: OnConflict::Fail,
        };
        self.tx.insert(&insert)?;
        for draft in drafts {
            self.write_links(draft)?;
            let mut changes = Map::new();
            for (name, value) in record_json(&object, &draft.row) {
                if !matches!(name.as_str(), "version" | "created_at" | "created_by" | "updated_at" | "updated_by") {
                    changes.insert(name, json!([null, value]));
                }
            }
            self.add_link_changes(draft, &BTreeMap::new(), &mut changes);
            self.push_event(&object, "created", draft.id(), draft.version(), changes);
        }
        Ok(())
    }

    fn update_row(&mut self, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        let Some(before) = draft.before.clone() else { return Err(KernelError::Internal("an update without a record".into())) };
        let old_links = self.old_links(draft)?;
        let set: Vec<(usize, Set)> =
            draft.row.iter().enumerate().filter(|(index, value)| before.row.get(*index) != Some(*value)).map(|(index, value)| (index, Set::To(value.clone()))).collect();
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(draft.id()))
            .and(Condition::equals(ColumnRef::main(VERSION), Value::Int(before.version())))
            .and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        if self.tx.update(&Update { table: object.table.clone(), set, condition })? == 0 {
            return Err(stale());
        }
        self.write_links(draft)?;
        let mut changes = Map::new();
        for field in object.fields.iter().filter(|it| !it.is_engine_managed() && draft.changes(it.name())) {
            changes.insert(field.name().to_owned(), json!([field_json(field, &before.row), field_json(field, &draft.row)]));
        }
        self.add_link_changes(draft, &old_links, &mut changes);
        self.push_event(&object, "updated", draft.id(), draft.version(), changes);
        Ok(())
    }

    /// Gives auto-numbers to new records.
    fn number(&mut self, object: &Arc<Object>, drafts: &mut [Draft]) -> Result<()> {
        for field in object.fields.iter().filter(|it| it.definition.kind == FieldKind::AutoNumber) {
            let Some(part) = field.part("") else { continue };
            let sort = field.parts.iter().find(|it| it.name == "sort").map(|it| it.column);
            let wanted = i64::try_from(drafts.len()).unwrap_or(i64::MAX);
            let date = self.context.now.to_zoned(self.context.workspace.time_zone()).date();
            let pattern = field.definition.number_format.as_deref().unwrap_or("{000000}");
            // A pattern that names the year, month or day counts from 1 in each.
            let series = crate::fields::format_number(pattern, 0, date);
            let last = self.advance_counter(&format!("{}.{}.{series}", object.name, field.name()), wanted)?;
            for (offset, draft) in (1..=wanted).zip(drafts.iter_mut()) {
                let text = crate::fields::format_number(pattern, last - wanted + offset, date);
                if let Some(sort) = sort {
                    draft.row[sort] = Value::Text(guanxi_text::pinyin::sort_text(&text));
                }
                draft.row[part.column] = Value::Text(text);
            }
        }
        Ok(())
    }

    fn advance_counter(&mut self, name: &str, by: i64) -> Result<i64> {
        let key = Condition::equals(ColumnRef::main(0), Value::Text(name.to_owned()));
        let update = Update { table: COUNTER.clone(), set: vec![(1, Set::Add(Value::Int(by)))], condition: key.clone() };
        if self.tx.update(&update)? == 0 {
            let row = vec![Value::Text(name.to_owned()), Value::Int(0)];
            self.tx.insert(&Insert { table: COUNTER.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Ignore })?;
            self.tx.update(&update)?;
        }
        let row = self.tx.first(&Select::all(&COUNTER, key))?;
        match row.as_deref() {
            Some([_, Value::Int(value)]) => Ok(*value),
            _ => Err(KernelError::Internal(format!("the counter {name} is missing"))),
        }
    }

    fn old_links(&mut self, draft: &Draft) -> Result<BTreeMap<usize, Vec<Uuid>>> {
        let mut old = BTreeMap::new();
        for &position in draft.links.keys() {
            old.insert(position, crate::read::link_targets(self.tx, &draft.object.fields[position], draft.id())?);
        }
        Ok(old)
    }

    fn write_links(&mut self, draft: &Draft) -> Result<()> {
        for (&position, targets) in &draft.links {
            let Some(link) = draft.object.fields[position].link.clone() else { continue };
            if draft.kind == DraftKind::Update {
                self.tx.delete(&Delete { table: link.clone(), condition: Condition::equals(ColumnRef::main(0), Value::Id(draft.id())) })?;
            }
            if !targets.is_empty() {
                let rows = targets.iter().map(|it| vec![Value::Id(draft.id()), Value::Id(*it)]).collect();
                self.tx.insert(&Insert { table: link, columns: vec![0, 1], rows, on_conflict: OnConflict::Ignore })?;
            }
        }
        Ok(())
    }

    fn add_link_changes(&self, draft: &Draft, old: &BTreeMap<usize, Vec<Uuid>>, changes: &mut Map<String, Json>) {
        for (position, targets) in &draft.links {
            let before = old.get(position).cloned().unwrap_or_default();
            if before != *targets {
                changes.insert(draft.object.fields[*position].name().to_owned(), json!([before, targets]));
            }
        }
    }

    /// Moves a record to the bin, and what must go along.
    pub fn delete(&mut self, object: &str, id: Uuid) -> Result<()> {
        let object = self.object(object)?;
        let record = Planner::new(self.context).reach(self.tx, &object, id, Verb::Delete)?;
        self.delete_record(&record)
    }

    fn delete_record(&mut self, record: &Record) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(KernelError::Internal(format!("deletions from {} go round in a circle", record.object.name)));
        }
        let object = record.object.clone();
        let change = Value::Id(self.change);
        let set = vec![(DELETED_AT, Value::DateTime(self.context.now)), (DELETED_WITH, change)];
        let version = self.set_engine_columns(record, set)?;
        self.delete_dependents(record)?;
        self.records += 1;
        self.touch_feeds(&object, Some(&record.row), None);
        self.push_event(&object, "deleted", record.id(), version, Map::new());
        let registry = self.context.workspace.registry.clone();
        for hook in registry.hooks(&object.name) {
            hook.after_delete(self, record)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn delete_dependents(&mut self, record: &Record) -> Result<()> {
        for dependent in record.object.dependents.iter().filter(|it| it.on_delete != OnDelete::Keep) {
            let child = self.object(&dependent.object)?;
            let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { continue };
            let condition = Condition::equals(ColumnRef::main(part.column), Value::Id(record.id())).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
            let rows = self.tx.rows(&Select::all(&child.table, condition).limited(MAX_CASCADE + 1))?;
            if rows.is_empty() {
                continue;
            }
            if dependent.on_delete == OnDelete::Restrict {
                let plural = child.definition.plural.as_ref().unwrap_or(&child.definition.label);
                return Err(KernelError::conflict(
                    "still_referenced",
                    format!("还有{}条{}引用它，请先处理这些记录", rows.len(), plural.zh_cn),
                    format!("{} {} still refer to it; deal with them first", rows.len(), plural.en),
                ));
            }
            if rows.len() as u64 > MAX_CASCADE {
                return Err(KernelError::conflict("state_conflict", "关联记录过多，请分批删除", "too many related records; delete them in parts first"));
            }
            for row in rows {
                self.delete_record(&Record { object: child.clone(), row })?;
            }
        }
        Ok(())
    }

    /// Brings a record back from the bin, with what was deleted along with it.
    pub fn restore(&mut self, object: &str, id: Uuid) -> Result<()> {
        let object = self.object(object)?;
        let records = load_records(self.context, self.tx, &object, &[id], Verb::Delete, true)?;
        let Some(record) = records.into_iter().find(Record::is_deleted) else {
            return Err(KernelError::NotFound);
        };
        self.restore_record(&record)?;
        let Some(Value::Id(with)) = record.row.get(DELETED_WITH).cloned() else { return Ok(()) };
        let schema = self.context.schema.clone();
        let mut parents = vec![record];
        while let Some(parent) = parents.pop() {
            for dependent in parent.object.dependents.iter().filter(|it| it.on_delete == OnDelete::Cascade) {
                let Some(child) = schema.object(&dependent.object) else { continue };
                let Some(part) = child.field(&dependent.field).and_then(|it| it.part("")) else { continue };
                let condition = Condition::equals(ColumnRef::main(part.column), Value::Id(parent.id()))
                    .and(Condition::equals(ColumnRef::main(DELETED_WITH), Value::Id(with)));
                for row in self.tx.rows(&Select::all(&child.table, condition).limited(MAX_CASCADE))? {
                    let record = Record { object: child.clone(), row };
                    self.restore_record(&record)?;
                    parents.push(record);
                }
            }
        }
        Ok(())
    }

    fn restore_record(&mut self, record: &Record) -> Result<()> {
        let version = self.set_engine_columns(record, vec![(DELETED_AT, Value::Null), (DELETED_WITH, Value::Null)])?;
        self.records += 1;
        self.touch_feeds(&record.object, None, Some(&record.row));
        self.push_event(&record.object.clone(), "restored", record.id(), version, Map::new());
        Ok(())
    }

    fn set_engine_columns(&mut self, record: &Record, mut columns: Vec<(usize, Value)>) -> Result<i64> {
        let version = record.version() + 1;
        columns.push((VERSION, Value::Int(version)));
        columns.push((UPDATED_AT, Value::DateTime(self.context.now)));
        columns.push((UPDATED_BY, Value::Id(self.context.actor)));
        let set = columns.into_iter().map(|(column, value)| (column, Set::To(value))).collect();
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(record.id()))
            .and(Condition::equals(ColumnRef::main(VERSION), Value::Int(record.version())));
        if self.tx.update(&Update { table: record.object.table.clone(), set, condition })? == 0 {
            return Err(stale());
        }
        Ok(version)
    }

    /// Erases a record for good: its row, links, words and what the log tells of its content. For privacy requests.
    pub fn erase(&mut self, object: &str, id: Uuid) -> Result<()> {
        self.context.access.require_administrator()?;
        let object = self.object(object)?;
        let Some(record) = load_records(self.context, self.tx, &object, &[id], Verb::Read, true)?.pop() else { return Err(KernelError::NotFound) };
        for dependent in object.dependents.clone() {
            let child = self.object(&dependent.object)?;
            let Some(field) = child.field(&dependent.field) else { continue };
            if let Some(link) = &field.link {
                self.tx.delete(&Delete { table: link.clone(), condition: Condition::equals(ColumnRef::main(1), Value::Id(id)) })?;
                continue;
            }
            let Some(part) = field.part("") else { continue };
            let pointing = Condition::equals(ColumnRef::main(part.column), Value::Id(id));
            if dependent.on_delete == OnDelete::Cascade {
                let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&child.table, pointing).limited(MAX_CASCADE) };
                for mut row in self.tx.rows(&select)? {
                    if let Some(Value::Id(child_id)) = row.pop() {
                        self.erase(&child.name, child_id)?;
                    }
                }
            } else {
                self.tx.update(&Update { table: child.table.clone(), set: vec![(part.column, Set::To(Value::Null))], condition: pointing })?;
            }
        }
        let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
        self.tx.delete(&Delete { table: object.table.clone(), condition: own })?;
        for link in object.fields.iter().filter_map(|it| it.link.as_ref()) {
            self.tx.delete(&Delete { table: link.clone(), condition: Condition::equals(ColumnRef::main(0), Value::Id(id)) })?;
        }
        self.tx.index_words(&object.name, id, None)?;
        let log = Condition::equals(ColumnRef::main(5), Value::Id(id));
        self.tx.update(&Update { table: EVENT.clone(), set: vec![(8, Set::To(Value::Null))], condition: log })?;
        self.records += 1;
        self.touch_feeds(&object, Some(&record.row), None);
        self.push_event(&object, "erased", id, record.version() + 1, Map::new());
        Ok(())
    }

    /// Adds an event of an app's own to this change, `object.verb_past`.
    pub fn emit(&mut self, record: &Record, verb_past: &str, details: Map<String, Json>) {
        self.push_event(&record.object.clone(), verb_past, record.id(), record.version(), details);
    }

    /// Puts a job into the queue; it becomes visible when this transaction commits.
    pub fn enqueue(&mut self, kind: &str, payload: Json, unique_key: Option<String>) -> Result<Uuid> {
        crate::jobs::enqueue(self.context, self.tx, kind, payload, unique_key, self.context.now)
    }

    fn push_event(&mut self, object: &Object, verb_past: &str, record: Uuid, version: i64, changes: Map<String, Json>) {
        self.events.push(NewEvent { kind: format!("{}.{verb_past}", object.name), object: object.name.clone(), record, version, changes });
    }

    /// Brings roll-ups up to date and writes events and audit: the last statements of the transaction.
    fn finish(&mut self, verb: &str) -> Result<()> {
        self.settle_rollups()?;
        crate::idempotency::mark(self.context, self.tx, self.change)?;
        if self.events.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.events);
        let first = events.first().map(|it| (it.object.clone(), it.record));
        events::append(self.context, self.tx, self.change, events)?;
        let (object, record) = first.map_or((None, None), |(object, record)| (Some(object), (self.records == 1).then_some(record)));
        crate::audit::append(self.context, self.tx, verb, object.as_deref(), record, Some(self.change), self.records, None)
    }
}

/// The record changed between plan and run.
pub(super) fn stale() -> KernelError {
    KernelError::Store(StoreError::Busy)
}

// The engine's columns stand first in every table; drafts rely on it.
const _: () = assert!(SYSTEM_COLUMNS == 8 && DELETED_WITH == 7);
