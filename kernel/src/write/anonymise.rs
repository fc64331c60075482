//! What tells who somebody is goes out of a record for good; the record stays for counting.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::merge;
use super::plan::{PlanOptions, Planner};
use super::unit::Unit;
use crate::access::Verb;
use crate::error::{KernelError, Result};
use crate::events::events_of_record;
use crate::locks::refuse_if_locked;
use crate::read::{Record, link_targets, load_record};
use crate::schema::Object;
use crate::store::{ColumnRef, Condition, Set, Update};
use crate::system_tables::EVENT;

/// Most events of a record that are searched for what it held.
const MAX_EVENTS: u64 = 10_000;
/// Positions of `seq` and `changes` in the event log.
const EVENT_SEQ: usize = 0;
const EVENT_CHANGES: usize = 8;
/// What a value must not be for reasons other than that it cannot be kept: a rule about ways to be reached does not stand in
/// the way of taking them out.
const PASSED_OVER: [&str; 3] = ["rule", "required", "read_only"];

impl Unit<'_> {
    /// Takes the present values of some fields out of a live record, out of its history and out of whatever else keeps them,
    /// and puts others there: null, or what stands for a name where there must be one. With the engine's own rights, for an act
    /// that has checked the caller's. Answers the record as saved.
    ///
    /// # Errors
    /// Not found; a lock on the record; a value that its field cannot hold.
    pub fn anonymise_as_system(&mut self, object: &str, id: Uuid, values: &Map<String, Json>) -> Result<Record> {
        let object = self.object(object)?;
        self.guarded(&object.name, super::removal::MAX_GENERATIONS, |unit| unit.anonymise_record(&object, id, values))
    }

    fn anonymise_record(&mut self, object: &Arc<Object>, id: Uuid, values: &Map<String, Json>) -> Result<Record> {
        let system = self.context.as_system();
        let record = load_record(&system, self.tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        refuse_if_locked(self.context, self.tx, id)?;
        self.refuse_part_of_locked(&record)?;
        self.ask_before_erase(&record, false)?;
        let files = self.files_in(&record, values)?;
        let before = record.clone();
        let mut draft = Planner::new(&system).change(self.tx, record, values, PlanOptions::default())?;
        draft.problems.retain(|it| !PASSED_OVER.contains(&it.code));
        if !draft.problems.is_empty() {
            return Err(KernelError::Invalid(draft.problems));
        }
        self.save(&mut draft)?;
        // Words nobody else has go with what they were in; those of what stays are noted again.
        crate::search::forget(self.tx, &self.context.schema, &before)?;
        crate::search::index_records(&system, self.tx, object, &[id])?;
        self.forget_values(id, values)?;
        crate::coedit::forget(self.tx, id)?;
        crate::duplicates::forget(self.tx, id)?;
        crate::enrichment::forget_records(self.tx, &[id])?;
        for file in files {
            self.erase_file(file)?;
        }
        // Records that became part of this one kept what they held.
        for part in merge::erase_traces(self, id)? {
            self.erase_record(object, part)?;
        }
        self.note_erased(id);
        let saved = draft.record();
        self.push_event(object, "anonymised", id, saved.version(), Map::new());
        Ok(saved)
    }

    /// The files in fields that are emptied.
    fn files_in(&mut self, record: &Record, values: &Map<String, Json>) -> Result<BTreeSet<Uuid>> {
        let mut files = BTreeSet::new();
        for field in record.object.fields.iter().filter(|it| values.contains_key(it.name()) && record.object.keeps_files_in(it)) {
            files.extend(record.reference(field.name()));
            files.extend(link_targets(self.tx, field, record.id())?);
        }
        Ok(files)
    }

    /// Takes some fields out of what the log tells of a record, this change included.
    fn forget_values(&mut self, id: Uuid, values: &Map<String, Json>) -> Result<()> {
        for event in events_of_record(self.tx, id, None, MAX_EVENTS)? {
            let mut changes = event.changes;
            let told = changes.len();
            changes.retain(|name, _| !values.contains_key(name));
            if changes.len() < told {
                let left = if changes.is_empty() { Value::Null } else { Value::Json(Box::new(Json::Object(changes))) };
                let this = Condition::equals(ColumnRef::main(EVENT_SEQ), Value::Int(event.seq));
                self.tx.update(&Update { table: EVENT.clone(), set: vec![(EVENT_CHANGES, Set::To(left))], condition: this })?;
            }
        }
        self.forget_own_events(id);
        Ok(())
    }
}
