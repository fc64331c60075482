//! One transaction's work: every change made in it, its events, its audit row and its jobs.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::computed::fill_formulas;
use super::draft::{Draft, DraftKind};
use super::erasure::Erased;
use super::execute::explain;
use super::plan::{PlanOptions, Planner};
use super::rollups::RollupChanges;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{self, NewEvent};
use crate::files::{add_bytes, bytes_of};
use crate::read::{Record, field_json};
use crate::schema::{DELETED_AT, DELETED_WITH, ID, Object, OnDelete, SYSTEM_COLUMNS, VERSION};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreError, StoreExt, Update, WriteTx};

/// How deep actions and hooks may call each other.
pub(super) const MAX_DEPTH: u32 = 16;

/// One transaction.
pub struct Unit<'a> {
    /// The caller.
    pub context: &'a Context,
    /// The transaction.
    pub tx: &'a mut dyn WriteTx,
    /// Id of this change: what undo takes back.
    pub change: Uuid,
    events: Vec<NewEvent>,
    pub(super) touched: RollupChanges,
    pub(super) records: i64,
    pub(super) erased: Erased,
    /// Bytes of the files that came, less those that went.
    pub(super) file_bytes: i64,
    depth: u32,
    /// What the audit row tells beside its columns.
    note: Option<Json>,
    /// The record that was asked to be changed: what follows from that is not what the audit row is about.
    subject: Option<(String, Uuid)>,
    /// Statements that changed rows so far.
    written: u64,
    /// A change failed after it had written something; this transaction must not commit.
    half_done: bool,
    /// What parts of the program know in this transaction, by type.
    kept: HashMap<TypeId, Box<dyn Any>>,
    /// Records that are there, by object: read or found by the engine's own planners.
    known: HashMap<String, HashSet<Uuid>>,
}

/// What is done in a transaction; may run again after a deadlock.
pub type Work<T> = Box<dyn FnMut(&mut Unit<'_>) -> Result<T> + Send>;

/// Runs work in one transaction of the caller's workspace and tells the feed.
pub fn run_unit<T: Send + 'static>(context: &Context, change: Uuid, verb: &'static str, mut work: Work<T>) -> Result<T> {
    context.require_himself()?;
    let inner = context.clone();
    let answer = context.workspace.store.write_with(move |tx| {
        let mut unit = Unit::new(&inner, tx, change);
        let answer = work(&mut unit)?;
        unit.finish(verb)?;
        Ok(answer)
    });
    let answer = answer.map_err(|error| explain(&context.schema, error))?;
    context.note_written();
    context.workspace.feed.announce();
    Ok(answer)
}

impl<'a> Unit<'a> {
    /// A transaction's work that begins.
    pub(super) fn new(context: &'a Context, tx: &'a mut dyn WriteTx, change: Uuid) -> Self {
        Self {
            context,
            tx,
            change,
            events: Vec::new(),
            touched: RollupChanges::new(),
            records: 0,
            erased: Erased::default(),
            file_bytes: 0,
            depth: 0,
            note: None,
            subject: None,
            written: 0,
            half_done: false,
            kept: HashMap::new(),
            known: HashMap::new(),
        }
    }
}

impl Unit<'_> {
    /// Does a part of the work with the engine's own rights, in the same transaction: what an administrator laid out in advance
    /// (the next step of a process) happens whoever sets it off. What it answers must not tell the caller more than he may know.
    ///
    /// # Errors
    /// As the work.
    pub fn as_system<T>(&mut self, work: impl FnOnce(&mut Unit<'_>) -> Result<T>) -> Result<T> {
        let system = self.context.as_system();
        let mut inner = Unit {
            context: &system,
            tx: &mut *self.tx,
            change: self.change,
            events: std::mem::take(&mut self.events),
            touched: std::mem::take(&mut self.touched),
            records: self.records,
            erased: std::mem::take(&mut self.erased),
            file_bytes: self.file_bytes,
            depth: self.depth,
            note: self.note.take(),
            subject: self.subject.take(),
            written: self.written,
            half_done: self.half_done,
            kept: std::mem::take(&mut self.kept),
            known: std::mem::take(&mut self.known),
        };
        let answer = work(&mut inner);
        let Unit { events, touched, records, erased, file_bytes, note, subject, written, half_done, kept, known, .. } = inner;
        (self.events, self.touched, self.records, self.erased, self.file_bytes) = (events, touched, records, erased, file_bytes);
        (self.note, self.subject, self.written, self.half_done) = (note, subject, written, half_done);
        (self.kept, self.known) = (kept, known);
        answer
    }

    /// The transaction as a reader.
    pub fn reader(&mut self) -> &mut dyn ReadTx {
        self.tx
    }

    /// Runs one change. Where it fails after something of it was written, the transaction must not commit, even if the
    /// caller swallows the error.
    pub(super) fn guarded<T>(&mut self, object: &str, deepest: u32, change: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (written, depth) = (self.written, self.depth);
        if depth >= deepest {
            return Err(KernelError::conflict(
                "state_conflict",
                format!("对{object}的更改层层相连，超过{deepest}层，请分步进行"),
                format!("changes of {object} call each other more than {deepest} deep; do it in steps"),
            ));
        }
        self.depth += 1;
        let outcome = change(self);
        self.depth = depth;
        self.half_done |= outcome.is_err() && self.written > written;
        outcome
    }

    /// Whether a change failed half way, so that nothing of this transaction may stay.
    pub(super) fn is_half_done(&self) -> bool {
        self.half_done
    }

    /// Notes that a statement changed rows.
    pub(super) fn wrote(&mut self) {
        self.written += 1;
    }

    pub(super) fn object(&self, name: &str) -> Result<Arc<Object>> {
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
        let mut planner = self.planner(context);
        let draft = planner.create(self.tx, &object, values, PlanOptions::default())?;
        self.know(context, planner);
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
        let mut planner = self.planner(context);
        let draft = planner.update(self.tx, &object, id, values, PlanOptions::default())?;
        self.know(context, planner);
        self.save_planned(draft)
    }

    /// Changes a record with the engine's own rights, as this transaction read it under its lock; answers it as saved.
    pub fn change_as_system(&mut self, record: &Record, values: &Map<String, Json>) -> Result<Record> {
        let context = &self.context.as_system();
        let mut planner = self.planner(context);
        let draft = planner.change(self.tx, record.clone(), values, PlanOptions::default())?;
        self.know(context, planner);
        self.save_planned(draft)
    }

    /// Notes that a record was read in this transaction: what the engine itself lets refer to it need not look for it.
    pub fn has_read(&mut self, record: &Record) {
        self.known.entry(record.object.name.clone()).or_default().insert(record.id());
    }

    /// Lets nothing be taken to be there any more: something was removed.
    pub(super) fn forget_known(&mut self) {
        self.known.clear();
    }

    /// A planner, which knows what was found to be there where it is the engine's own.
    fn planner<'c>(&mut self, context: &'c Context) -> Planner<'c> {
        if context.access.is_system() { Planner::knowing(context, std::mem::take(&mut self.known)) } else { Planner::new(context) }
    }

    fn know(&mut self, context: &Context, planner: Planner<'_>) {
        if context.access.is_system() {
            self.known = planner.known();
        }
    }

    /// Gives a record back values it had: the order of states and fields only the engine sets do not stand in the way,
    /// since the caller had the right to make the change that is taken back.
    pub(super) fn take_back(&mut self, object: &Arc<Object>, id: Uuid, values: &Map<String, Json>, check_unique: bool) -> Result<Record> {
        let options = PlanOptions { check_unique, ..PlanOptions::default() };
        let draft = Planner::backwards(self.context).update(self.tx, object, id, values, options)?;
        self.save_planned(draft)
    }

    /// Locks rows in one order, so that what is planned next in this transaction is not overtaken.
    pub fn lock(&mut self, object: &Object, mut ids: Vec<Uuid>) -> Result<()> {
        ids.sort_unstable();
        ids.dedup();
        for chunk in ids.chunks(500) {
            let wanted = Condition::In(ColumnRef::main(ID), chunk.iter().copied().map(Value::Id).collect(), false);
            let select = Select { columns: vec![ColumnRef::main(ID)], lock: true, ..Select::all(&object.table, wanted).order_by(ID, false) };
            self.tx.rows(&select)?;
        }
        Ok(())
    }

    fn save_planned(&mut self, mut draft: Draft) -> Result<Record> {
        if !draft.problems.is_empty() {
            return Err(KernelError::Invalid(draft.problems));
        }
        self.save(&mut draft)?;
        Ok(draft.record())
    }

    /// Writes a planned change.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where the record changed since it was planned: plan it again.
    pub fn save(&mut self, draft: &mut Draft) -> Result<()> {
        if draft.is_empty() {
            return Ok(());
        }
        let name = draft.object.name.clone();
        self.guarded(&name, MAX_DEPTH, |unit| {
            unit.before_insert(std::slice::from_mut(draft))?;
            unit.hold_owners(std::slice::from_ref(draft))?;
            unit.refuse_parts_of_locked(std::slice::from_ref(draft))?;
            match draft.kind {
                DraftKind::Create => unit.insert_rows(std::slice::from_mut(draft))?,
                DraftKind::Update => unit.update_row(draft)?,
            }
            unit.after_save(draft)
        })
    }

    /// Writes many new records of one object at once.
    pub fn save_new(&mut self, drafts: &mut [Draft]) -> Result<()> {
        let Some(name) = drafts.first().map(|it| it.object.name.clone()) else { return Ok(()) };
        self.guarded(&name, MAX_DEPTH, |unit| {
            unit.before_insert(drafts)?;
            unit.hold_owners(drafts)?;
            unit.refuse_parts_of_locked(drafts)?;
            unit.insert_rows(drafts)?;
            drafts.iter().try_for_each(|it| unit.after_save(it))
        })
    }

    /// Lets hooks set more of new records. Where the transaction runs again, they begin with what was planned.
    fn before_insert(&mut self, drafts: &mut [Draft]) -> Result<()> {
        let Some(object) = drafts.first().filter(|it| it.kind == DraftKind::Create).map(|it| it.object.clone()) else { return Ok(()) };
        let registry = self.context.workspace.registry.clone();
        let hooks: Vec<_> = registry.hooks(&object.name).iter().filter(|it| it.has_before_insert()).collect();
        if hooks.is_empty() {
            return Ok(());
        }
        for draft in drafts.iter_mut() {
            match &draft.planned {
                Some(row) => draft.row.clone_from(row),
                None => draft.planned = Some(draft.row.clone()),
            }
        }
        hooks.iter().try_for_each(|it| it.before_insert(self, drafts))?;
        for draft in drafts.iter_mut().filter(|it| it.planned.as_ref() != Some(&it.row)) {
            if !draft.problems.is_empty() {
                return Err(KernelError::Invalid(std::mem::take(&mut draft.problems)));
            }
            fill_formulas(self.context, &object, &mut draft.row);
        }
        Ok(())
    }

    /// What a part of the program keeps for the length of the transaction, taken out; put it back with [`Self::keep`].
    pub fn take_kept<T: Default + Any>(&mut self) -> T {
        self.kept.remove(&TypeId::of::<T>()).and_then(|it| it.downcast::<T>().ok()).map(|it| *it).unwrap_or_default()
    }

    /// What a part of the program keeps for the length of the transaction, where it does.
    pub fn kept<T: Any>(&mut self) -> Option<&mut T> {
        self.kept.get_mut(&TypeId::of::<T>())?.downcast_mut()
    }

    /// Keeps something for the length of the transaction, one of each type.
    pub fn keep<T: Any>(&mut self, what: T) {
        self.kept.insert(TypeId::of::<T>(), Box::new(what));
    }

    /// What a record is made to belong to must still be there when it is written, and stay until the transaction ends:
    /// somebody may have deleted it since the plan was made, with all that belonged to it then.
    pub(super) fn hold_owners(&mut self, drafts: &[Draft]) -> Result<()> {
        let Some(object) = drafts.first().map(|it| it.object.clone()) else { return Ok(()) };
        let schema = self.context.schema.clone();
        for field in object.fields.iter().filter(|it| it.is_reference() && it.definition.on_delete != OnDelete::Keep) {
            let target = field.target.as_deref().and_then(|it| schema.object(it));
            let (Some(part), Some(target)) = (field.part(""), target) else { continue };
            let changed = drafts.iter().filter(|it| it.changes(field.name())).filter_map(|it| it.row.get(part.column));
            let ids: Vec<Value> = changed.filter(|it| !it.is_null()).cloned().collect::<HashSet<_>>().into_iter().collect();
            for chunk in ids.chunks(500) {
                let wanted = Condition::In(ColumnRef::main(ID), chunk.to_vec(), false).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
                let select = Select { columns: vec![ColumnRef::main(ID)], lock: true, ..Select::all(&target.table, wanted).order_by(ID, false) };
                if self.tx.rows(&select)?.len() < chunk.len() {
                    return Err(stale());
                }
            }
        }
        Ok(())
    }

    pub(super) fn after_save(&mut self, draft: &Draft) -> Result<()> {
        self.records += 1;
        let before = draft.before.as_ref().map(|it| it.row.as_slice());
        self.file_bytes += bytes_of(&draft.object, &draft.row) - before.map_or(0, |it| bytes_of(&draft.object, it));
        self.touch_feeds(&draft.object, before, Some(&draft.row));
        self.settle_lends(&draft.object, draft.id(), before, Some(&draft.row))?;
        let registry = self.context.workspace.registry.clone();
        for hook in registry.hooks(&draft.object.name).iter().filter(|it| it.has_after_save()) {
            hook.after_save(self, draft)?;
        }
        Ok(())
    }

    fn insert_rows(&mut self, drafts: &mut [Draft]) -> Result<()> {
        let Some(object) = drafts.first().map(|it| it.object.clone()) else { return Ok(()) };
        self.number(&object, drafts)?;
        self.wrote();
        // Lent to the statement and given back: rows are wide, and there may be thousands.
        let rows = drafts.iter_mut().map(|it| std::mem::take(&mut it.row)).collect();
        let columns = (0..object.table.columns.len()).collect();
        let insert = Insert { table: object.table.clone(), columns, rows, on_conflict: OnConflict::Fail };
        let inserted = self.tx.insert_later(&insert);
        drafts.iter_mut().zip(insert.rows).for_each(|(draft, row)| draft.row = row);
        inserted?;
        for draft in drafts {
            self.write_links(draft)?;
            let mut changes = if draft.told.is_some() { Map::new() } else { draft.first_values() };
            self.add_link_changes(draft, &BTreeMap::new(), &mut changes);
            self.push_stamped(&object, "created", draft, changes);
            if let Some(event) = self.events.last_mut() {
                event.written.clone_from(&draft.told);
            }
        }
        Ok(())
    }

    fn update_row(&mut self, draft: &mut Draft) -> Result<()> {
        let object = draft.object.clone();
        let Some(before) = draft.before.clone() else { return Err(KernelError::Internal("an update without a record".into())) };
        let old_links = self.old_links(draft)?;
        let set: Vec<(usize, Set)> = draft
            .row
            .iter()
            .enumerate()
            .filter(|(index, value)| before.row.get(*index) != Some(*value))
            .map(|(index, value)| (index, Set::To(value.clone())))
            .collect();
        let condition = Condition::equals(ColumnRef::main(ID), Value::Id(draft.id()))
            .and(Condition::equals(ColumnRef::main(VERSION), Value::Int(before.version())))
            .and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        if self.tx.update(&Update { table: object.table.clone(), set, condition })? == 0 {
            return Err(stale());
        }
        self.wrote();
        self.write_links(draft)?;
        self.push_updated(draft, &old_links);
        Ok(())
    }

    /// Tells what a change made of a record.
    pub(super) fn push_updated(&mut self, draft: &Draft, old_links: &BTreeMap<usize, Vec<Uuid>>) {
        let mut changes = Map::new();
        let before = draft.before.as_ref().map(|it| it.row.as_slice()).unwrap_or_default();
        for field in draft.object.fields.iter().filter(|it| !it.is_engine_managed() && draft.changes(it.name())) {
            changes.insert(field.name().to_owned(), Json::Array(vec![field_json(field, before), field_json(field, &draft.row)]));
        }
        self.add_link_changes(draft, old_links, &mut changes);
        self.push_stamped(&draft.object.clone(), "updated", draft, changes);
        if let Some(verb_past) = draft.also_tells {
            self.push_stamped(&draft.object.clone(), verb_past, draft, Map::new());
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
                self.tx.insert_later(&Insert { table: link, columns: vec![0, 1], rows, on_conflict: OnConflict::Ignore })?;
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

    /// Adds an event of an app's own to this change, `object.verb_past`.
    pub fn emit(&mut self, record: &Record, verb_past: &str, details: Map<String, Json>) {
        self.push_event(&record.object.clone(), verb_past, record.id(), record.version(), details);
    }

    /// What the audit row of this change tells beside who, what and when.
    pub fn note(&mut self, detail: Json) {
        self.note = Some(detail);
    }

    /// Says which record was asked to be changed. The audit row names it, whatever else is written along with it.
    pub fn is_about(&mut self, object: &str, id: Uuid) {
        self.subject = Some((object.to_owned(), id));
    }

    /// Puts a job into the queue; it becomes visible when this transaction commits.
    pub fn enqueue(&mut self, kind: &str, payload: Json, unique_key: Option<String>) -> Result<Uuid> {
        crate::jobs::enqueue(self.context, self.tx, kind, payload, unique_key, self.context.now)
    }

    /// The version a record has after what this transaction did to it on top of `last`.
    pub(super) fn last_own_version(&self, id: Uuid, last: i64) -> i64 {
        self.events.iter().filter(|it| it.record == id).fold(last, |last, it| if it.version == last + 1 { it.version } else { last })
    }

    /// Forgets what the events of this change tell of a record.
    pub(super) fn forget_own_events(&mut self, id: Uuid) {
        self.events.iter_mut().filter(|it| it.record == id).for_each(|it| {
            it.changes.clear();
            it.written = None;
        });
    }

    pub(super) fn push_event(&mut self, object: &Object, verb_past: &str, record: Uuid, version: i64, changes: Map<String, Json>) {
        self.events.push(NewEvent {
            kind: format!("{}.{verb_past}", object.name),
            object: object.name.clone(),
            record,
            version,
            changes,
            written: None,
            stamp: None,
        });
    }

    fn push_stamped(&mut self, object: &Object, verb_past: &str, draft: &Draft, changes: Map<String, Json>) {
        self.push_event(object, verb_past, draft.id(), draft.version(), changes);
        if let Some(event) = self.events.last_mut() {
            event.stamp = draft.stamp;
        }
    }

    /// Brings roll-ups up to date and writes events and audit: the last statements of the transaction.
    fn finish(&mut self, verb: &str) -> Result<()> {
        if self.half_done {
            return Err(KernelError::Internal("a change failed half way and its error was passed over".into()));
        }
        self.settle_rollups()?;
        add_bytes(self.tx, std::mem::take(&mut self.file_bytes))?;
        self.erase_traces()?;
        crate::idempotency::mark(self.context, self.tx, self.change)?;
        if self.events.is_empty() {
            if self.written == 0 {
                // All is as it was asked for already; that must stay so, whoever made it so.
                self.tx.settle()?;
            }
            return Ok(());
        }
        let events = std::mem::take(&mut self.events);
        crate::identity::follow_member_changes(self.context, self.tx, &events)?;
        crate::identity::end_keys_of_the_gone(self.tx, &events)?;
        crate::identity::forget_the_erased(self.tx, &events)?;
        crate::identity::note_changes(&self.context.schema, self.tx, &events)?;
        let first = events.first().map(|it| (it.object.clone(), it.record));
        events::append(self.context, self.tx, self.change, events)?;
        let (object, record) = match (self.subject.take(), first) {
            (Some((object, record)), _) => (Some(object), Some(record)),
            (None, Some((object, record))) => (Some(object), (self.records == 1).then_some(record)),
            (None, None) => (None, None),
        };
        crate::audit::append(self.context, self.tx, verb, object.as_deref(), record, Some(self.change), self.records, self.note.take())
    }
}

/// The record changed between plan and run.
pub(super) fn stale() -> KernelError {
    KernelError::Store(StoreError::Busy)
}

// The engine's columns stand first in every table; drafts rely on it.
const _: () = assert!(SYSTEM_COLUMNS == 8 && DELETED_WITH == 7);
