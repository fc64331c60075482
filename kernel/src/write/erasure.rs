//! Gone for good: a record, what belongs to it, and whatever else tells of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::merge;
use super::removal::MAX_GENERATIONS;
use super::unit::Unit;
use crate::access::Verb;
use crate::error::{KernelError, Result};
use crate::events::events_of_record;
use crate::locks::{forget_lock, refuse_if_locked};
use crate::read::{Record, hangs_somewhere, link_targets, load_records};
use crate::schema::{Dependent, FILE_OBJECT, FILE_VERSION_OBJECT, Field, ID, Object, OnDelete};
use crate::store::{ColumnRef, Condition, Delete, Select, Set, Update};
use crate::system_tables::EVENT;

/// Kind of the job that removes what is kept of erased records outside the database, where the server has one. Its
/// payload: `records`, their ids, and `contents`, the SHA-256 of the files among them.
pub const TRACES: &str = "erasure.traces";
/// Object of hooks that are asked about records of every object.
const OF_EVERY_OBJECT: &str = "*";
/// Records loaded at once to be asked about.
const ASKED_AT_ONCE: usize = 200;
/// Most events of a record that are searched for files it once held.
const MAX_EVENTS: u64 = 10_000;
/// Position of `changes` and `record` in the event log.
const EVENT_CHANGES: usize = 8;
const EVENT_RECORD: usize = 5;

/// What one change erases.
#[derive(Default)]
pub(super) struct Erased {
    records: Vec<Uuid>,
    contents: BTreeSet<String>,
    /// Records that nothing keeps, as far as hooks were asked.
    asked: BTreeSet<Uuid>,
}

impl Erased {
    fn note(&mut self, record: &Record) {
        self.records.push(record.id());
        if [FILE_OBJECT, FILE_VERSION_OBJECT].contains(&record.object.name.as_str()) {
            self.contents.extend(record.value("sha256").as_text().map(str::to_owned));
        }
    }
}

/// The ids in what the log tells of a field: one, or a list of them.
fn ids_in(told: &Json, ids: &mut BTreeSet<Uuid>) {
    match told {
        Json::String(text) => ids.extend(Uuid::try_parse(text).ok()),
        Json::Array(all) => all.iter().for_each(|it| ids_in(it, ids)),
        _ => {}
    }
}

impl Unit<'_> {
    /// Answers given under idempotency keys must not tell of what is erased; files outside the database are a job's.
    pub(super) fn erase_traces(&mut self) -> Result<()> {
        let Erased { records, contents, .. } = std::mem::take(&mut self.erased);
        if records.is_empty() {
            return Ok(());
        }
        crate::idempotency::forget_answers(self.tx, &records)?;
        crate::enrichment::forget_records(self.tx, &records)?;
        if self.context.workspace.registry.job(TRACES).is_some() {
            self.enqueue(TRACES, json!({ "records": records, "contents": contents }), None)?;
        }
        Ok(())
    }

    /// The files a record holds, and those its history says it held.
    fn files_of(&mut self, record: &Record) -> Result<BTreeSet<Uuid>> {
        let holds_files = |it: &&Field| record.object.keeps_files_in(it);
        let fields: Vec<&Field> = record.object.fields.iter().filter(holds_files).collect();
        if fields.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut files: BTreeSet<Uuid> = fields.iter().filter_map(|it| record.reference(it.name())).collect();
        for field in &fields {
            files.extend(link_targets(self.tx, field, record.id())?);
        }
        for event in events_of_record(self.tx, record.id(), None, MAX_EVENTS)? {
            for told in fields.iter().filter_map(|it| event.changes.get(it.name())) {
                ids_in(told, &mut files);
            }
        }
        Ok(files)
    }

    /// Erases a file that hung on an erased record, unless it hangs on another one too.
    pub(crate) fn erase_file(&mut self, file: Uuid) -> Result<()> {
        if !hangs_somewhere(self.context, self.tx, file)? {
            let object = self.object(FILE_OBJECT)?;
            self.erase_record(&object, file)?;
        }
        Ok(())
    }

    /// Erases a record for good: its row, links, words and what the log tells of its content. For privacy requests.
    /// What belongs to it is erased along; other references to it are emptied.
    pub fn erase(&mut self, object: &str, id: Uuid) -> Result<()> {
        self.context.access.require_administrator()?;
        let object = self.object(object)?;
        if load_records(self.context, self.tx, &object, &[id], Verb::Read, true)?.is_empty() {
            return Err(KernelError::NotFound);
        }
        if self.erase_record(&object, id)? { Ok(()) } else { Err(KernelError::NotFound) }
    }

    /// The same with the engine's own rights, for an act that has checked the caller's: what belongs to the record goes along
    /// even where he may not see it. A lock on it still binds him.
    ///
    /// # Errors
    /// Not found; a lock; a record that must not lose this one.
    pub fn erase_as_system(&mut self, object: &str, id: Uuid) -> Result<()> {
        let object = self.object(object)?;
        if self.erase_record(&object, id)? { Ok(()) } else { Err(KernelError::NotFound) }
    }

    /// Notes that what is kept of a record outside it must go.
    pub(super) fn note_erased(&mut self, id: Uuid) {
        self.erased.records.push(id);
    }

    /// Asks what may keep a record, and what belongs to it, before any of it is gone: what keeps one of them may look at others.
    fn ask_keepers(&mut self, record: &Record) -> Result<()> {
        if !self.erased.asked.insert(record.id()) {
            return Ok(());
        }
        self.ask_before_erase(record, true)?;
        let system = self.context.as_system();
        for dependent in record.object.dependents.iter().filter(|it| it.on_delete == OnDelete::Cascade) {
            let child = self.object(&dependent.object)?;
            let Some(part) = child.field(&dependent.field).filter(|it| it.link.is_none()).and_then(|it| it.part("")) else { continue };
            let ids = self.ids_where(&child, Condition::equals(ColumnRef::main(part.column), Value::Id(record.id())))?;
            for some in ids.chunks(ASKED_AT_ONCE) {
                for belonging in load_records(&system, self.tx, &child, some, Verb::Read, true)? {
                    self.ask_keepers(&belonging)?;
                }
            }
        }
        Ok(())
    }

    /// Asks the hooks of a record's object, and those of every object.
    pub(super) fn ask_before_erase(&mut self, record: &Record, whole: bool) -> Result<()> {
        let registry = self.context.workspace.registry.clone();
        let mut hooks = registry.hooks(&record.object.name).iter().chain(registry.hooks(OF_EVERY_OBJECT));
        hooks.try_for_each(|hook| hook.before_erase(self, record, whole))
    }

    fn ids_where(&mut self, object: &Object, condition: Condition) -> Result<Vec<Uuid>> {
        let rows = self.tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, condition) })?;
        Ok(rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect())
    }

    /// What follows a record of whatever object, or is a member's own affair about it, names it by a field that refers to none in
    /// particular: comments, what members were told.
    fn erase_followers(&mut self, id: Uuid) -> Result<()> {
        let schema = self.context.schema.clone();
        for child in schema.objects.values() {
            for field in child.fields.iter().filter(|it| child.goes_with(it)) {
                let Some(part) = field.part("") else { continue };
                for follower in self.ids_where(child, Condition::equals(ColumnRef::main(part.column), Value::Id(id)))? {
                    self.erase_record(child, follower)?;
                }
            }
        }
        Ok(())
    }

    /// Answers whether there was such a record.
    pub(super) fn erase_record(&mut self, object: &Arc<Object>, id: Uuid) -> Result<bool> {
        self.guarded(&object.name, MAX_GENERATIONS, |unit| {
            let system = unit.context.as_system();
            let Some(record) = load_records(&system, unit.tx, object, &[id], Verb::Read, true)?.pop() else { return Ok(false) };
            refuse_if_locked(unit.context, unit.tx, id)?;
            unit.refuse_part_of_locked(&record)?;
            unit.refuse_if_needed(&record)?;
            unit.ask_keepers(&record)?;
            unit.wrote();
            let files = unit.files_of(&record)?;
            // The row goes first: records that belong to each other in a circle come round to nothing.
            let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
            unit.forget_known();
            unit.tx.delete(&Delete { table: object.table.clone(), condition: own })?;
            for link in object.fields.iter().filter_map(|it| it.link.as_ref()) {
                unit.tx.delete(&Delete { table: link.clone(), condition: Condition::equals(ColumnRef::main(0), Value::Id(id)) })?;
            }
            crate::search::forget(unit.tx, &unit.context.schema, &record)?;
            unit.forget_shares_of(id)?;
            unit.end_shares_of(id)?;
            forget_lock(unit.tx, id)?;
            crate::files::forget_links_to(unit.tx, id)?;
            crate::coedit::forget(unit.tx, id)?;
            crate::duplicates::forget(unit.tx, id)?;
            crate::quality::forget(unit.tx, &[id])?;
            // From the bin it had gone already. What refers to it is still there to be looked at.
            if !record.is_deleted() {
                let registry = unit.context.workspace.registry.clone();
                registry.hooks(&object.name).iter().try_for_each(|hook| hook.after_delete(unit, &record))?;
            }
            let log = Condition::equals(ColumnRef::main(EVENT_RECORD), Value::Id(id));
            unit.tx.update(&Update { table: EVENT.clone(), set: vec![(EVENT_CHANGES, Set::To(Value::Null))], condition: log })?;
            unit.forget_own_events(id);
            for dependent in object.dependents.clone() {
                unit.let_go(&dependent, id)?;
            }
            unit.erase_followers(id)?;
            for file in files {
                unit.erase_file(file)?;
            }
            for part in merge::erase_traces(unit, id)? {
                unit.erase_record(object, part)?;
            }
            unit.erased.note(&record);
            unit.file_bytes -= crate::files::bytes_of(object, &record.row);
            unit.records += 1;
            // From the bin it counted for nothing any more.
            if !record.is_deleted() {
                unit.touch_feeds(object, Some(&record.row), None);
            }
            unit.push_event(object, "erased", id, record.version() + 1, Map::new());
            Ok(true)
        })
    }

    /// Erases what belongs to an erased record, and empties other references to it.
    fn let_go(&mut self, dependent: &Dependent, id: Uuid) -> Result<()> {
        let child = self.object(&dependent.object)?;
        let Some(field) = child.field(&dependent.field) else { return Ok(()) };
        if let Some(link) = &field.link {
            self.tx.delete(&Delete { table: link.clone(), condition: Condition::equals(ColumnRef::main(1), Value::Id(id)) })?;
            return Ok(());
        }
        let Some(part) = field.part("") else { return Ok(()) };
        let pointing = Condition::equals(ColumnRef::main(part.column), Value::Id(id));
        if dependent.on_delete != OnDelete::Cascade {
            self.tx.update(&Update { table: child.table.clone(), set: vec![(part.column, Set::To(Value::Null))], condition: pointing })?;
            return Ok(());
        }
        for child_id in self.ids_where(&child, pointing)? {
            self.erase_record(&child, child_id)?;
        }
        Ok(())
    }
}
