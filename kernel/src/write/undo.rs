//! Takes a change back through the same history: edits, bulk edits, imports, deletions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::merge;
use super::undo_run::note_undone;
use super::undo_together::{alike, undo_together};
use super::unit::{Unit, run_unit};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{Event, events_of_change, marks_of_records};
use crate::read::{Record, field_json, link_targets, load_record, load_records};
use crate::schema::{DELETED_WITH, FieldGate};
use crate::store::{ReadTx, StoreError};

/// How often it is tried again when others were faster.
const MAX_TRIES: usize = 5;
/// Most records that may turn out impossible one after the other before the whole is refused.
const MAX_LEFT_OUT: usize = 50;
/// After how long it is not tried once more without what turned out impossible: nobody else writes to a file of SQLite meanwhile.
const LONGEST: Duration = Duration::from_secs(60);

/// What was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct UndoSkipped {
    /// Object.
    pub object: String,
    /// Record.
    pub id: Uuid,
    /// `changed_since`, `gone`, `forbidden`, `invalid`.
    pub reason: &'static str,
    /// Fields that were changed since.
    pub fields: Vec<String>,
}

/// The answer of an undo.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct UndoAnswer {
    /// Id of the change that undid: undo it to redo.
    pub change_id: Uuid,
    /// Records taken back.
    pub undone: usize,
    /// What was left, and why.
    pub skipped: Vec<UndoSkipped>,
}

/// What became of one event.
pub(super) enum Step {
    Undone,
    /// Nothing of a record to take back.
    Nothing,
    Skipped(Left),
}

/// What was left, and whether the rest of it was taken back.
pub(super) struct Left {
    what: UndoSkipped,
    partly: bool,
}

/// What tries before this one found out.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// Events that failed half way and are left out when the change is taken back again, with the reason.
    left_out: BTreeMap<i64, &'static str>,
    /// Something failed when it was written: from then on what others hold by now is looked for before.
    careful: bool,
    /// Events with which several begin that cannot be taken back together: one by one it shows which cannot.
    apart: BTreeSet<i64>,
}

impl Learned {
    /// How much is known of what cannot be.
    fn count(&self) -> usize {
        self.left_out.len() + self.apart.len() + usize::from(self.careful)
    }
}

/// Outlives the transaction that found it out.
pub(super) type Tries = Arc<Mutex<Learned>>;

/// Takes back every change of `change` the caller may take back: his own, or anyone's for an administrator.
///
/// # Errors
/// Not found where there is no such change of the caller's.
pub fn undo(context: &Context, change: Uuid) -> Result<UndoAnswer> {
    context.require_himself()?;
    let engine = merge::undoes_merge(context, change)?.then(|| context.as_system());
    let context = engine.as_ref().unwrap_or(context);
    let new_change = context.new_id();
    tried(context, new_change, move |unit, learned| undo_all(unit, change, new_change, learned))
}

/// Does a part of an undo in one transaction, anew with what was learned of it where something turned out impossible.
///
/// # Errors
/// A conflict where too much of it did; as the work.
pub(super) fn tried<T: Send + 'static>(
    context: &Context,
    new_change: Uuid,
    work: impl Fn(&mut Unit<'_>, &Tries) -> Result<T> + Clone + Send + 'static,
) -> Result<T> {
    let (before, began) = (Tries::default(), Instant::now());
    let mut tries = 0;
    loop {
        let known = lock(&before).count();
        let (shared, work) = (before.clone(), work.clone());
        let answer = run_unit(context, new_change, "undo", Box::new(move |unit| work(unit, &shared)));
        let has_learned = lock(&before).count() > known;
        match answer {
            // Nothing of that try remains. Without what failed half way the others may go through.
            Err(_) if has_learned && (known >= MAX_LEFT_OUT || began.elapsed() > LONGEST) => return Err(too_many()),
            Err(_) if has_learned => {}
            Err(KernelError::Store(StoreError::Busy)) if tries < MAX_TRIES => tries += 1,
            other => return other,
        }
    }
}

/// The code of [`too_many`].
pub(super) const TOO_MANY: &str = "state_conflict";

fn too_many() -> KernelError {
    KernelError::conflict(
        TOO_MANY,
        "无法整体撤销：其中太多数据已不能恢复原状，请逐条恢复",
        "it cannot be taken back as a whole: too many of its records cannot be what they were; take them back one by one",
    )
}

fn lock(learned: &Tries) -> std::sync::MutexGuard<'_, Learned> {
    learned.lock().unwrap_or_else(PoisonError::into_inner)
}

fn undo_all(unit: &mut Unit<'_>, change: Uuid, new_change: Uuid, learned: &Tries) -> Result<UndoAnswer> {
    let events = events_of_change(unit.tx, change)?;
    let own = events.iter().all(|it| it.actor == unit.context.actor) || unit.context.access.is_unlimited();
    if events.is_empty() || !own {
        return Err(KernelError::NotFound);
    }
    let is_merge = merge::take_back(unit, change)?;
    let made = Made { is_merge, ..Made::of(&events) };
    let mut answer = UndoAnswer { change_id: new_change, undone: 0, skipped: Vec::new() };
    let backwards: Vec<&Event> = events.iter().rev().collect();
    undo_events(unit, &backwards, &made, learned, &mut answer)?;
    note_undone(unit, change, &answer, events.len() as u64)?;
    Ok(answer)
}

/// Takes events back, the last one first.
pub(super) fn undo_events(unit: &mut Unit<'_>, backwards: &[&Event], made: &Made, learned: &Tries, answer: &mut UndoAnswer) -> Result<()> {
    let is_merge = made.is_merge;
    let mut rest = backwards;
    // How many of the next ones cannot be taken back together.
    let mut one_by_one = 0_usize;
    while let Some((event, others)) = rest.split_first() {
        // What moved with a merge did so by the thousand.
        let (careful, is_apart) = {
            let learned = lock(learned);
            (learned.careful, learned.apart.contains(&event.seq))
        };
        if is_apart {
            one_by_one = alike(unit.context, rest, &made.created);
        }
        let together = if is_merge && one_by_one == 0 { alike(unit.context, rest, &made.created) } else { 1 };
        one_by_one = one_by_one.saturating_sub(1);
        if together > 1 {
            let (some, others) = rest.split_at(together);
            match undo_together(unit, some, careful) {
                Ok(steps) => steps.into_iter().for_each(|it| answer.add(it)),
                Err(error) if fails_alone(&error) => {
                    let mut learned = lock(learned);
                    // Where looking before did not help, one of them cannot be for a reason of its own.
                    if !std::mem::replace(&mut learned.careful, true) {
                        return Err(KernelError::Store(StoreError::Busy));
                    }
                    learned.apart.insert(event.seq);
                    return Err(KernelError::Store(StoreError::Busy));
                }
                Err(error) => return Err(error),
            }
            rest = others;
            continue;
        }
        rest = others;
        undo_one(unit, event, made, learned, answer)?;
    }
    Ok(())
}

/// Whether an error is about one record, and not about all that is done.
fn fails_alone(error: &KernelError) -> bool {
    reason_of(error).is_some()
}

fn undo_one(unit: &mut Unit<'_>, event: &Event, made: &Made, learned: &Tries, answer: &mut UndoAnswer) -> Result<()> {
    let (known, careful) = {
        let learned = lock(learned);
        (learned.left_out.get(&event.seq).copied(), learned.careful)
    };
    if let Some(reason) = known {
        answer.skipped.push(skip(event, reason));
        return Ok(());
    }
    let outcome = undo_event(unit, event, made, careful);
    if let Err(error) = &outcome
        && (unit.is_half_done() || matches!(error, KernelError::Store(StoreError::Duplicate { .. })))
        && let Some(reason) = reason_of(error)
    {
        let mut learned = lock(learned);
        learned.left_out.insert(event.seq, reason);
        learned.careful = true;
        return Err(KernelError::Store(StoreError::Busy));
    }
    match outcome {
        Ok(step) => answer.add(step),
        Err(error) => answer.skipped.push(skip(event, reason_of(&error).ok_or(error)?)),
    }
    Ok(())
}

impl UndoAnswer {
    fn add(&mut self, step: Step) {
        match step {
            Step::Undone => self.undone += 1,
            Step::Nothing => {}
            Step::Skipped(skipped) => {
                self.undone += usize::from(skipped.partly);
                self.skipped.push(skipped.what);
            }
        }
    }
}

/// Why an event was left alone, where that is no fault of the program or the database.
fn reason_of(error: &KernelError) -> Option<&'static str> {
    Some(match error {
        KernelError::NotFound | KernelError::Merged { .. } => "gone",
        KernelError::Forbidden(_) => "forbidden",
        KernelError::Invalid(_)
        | KernelError::Conflict { .. }
        | KernelError::BadRequest { .. }
        | KernelError::Store(StoreError::Duplicate { .. }) => "invalid",
        _ => return None,
    })
}

/// Records the change made, and the last version it gave each record.
pub(super) struct Made {
    created: HashSet<Uuid>,
    last: HashMap<Uuid, i64>,
    /// It made one record of several.
    is_merge: bool,
}

impl Made {
    fn of(events: &[Event]) -> Self {
        let created = events.iter().filter(|it| verb_of(it) == "created").filter_map(|it| it.record).collect();
        let mut last: HashMap<Uuid, i64> = HashMap::new();
        for event in events {
            if let Some(id) = event.record {
                let version = last.entry(id).or_default();
                *version = event.version.max(*version);
            }
        }
        Self { created, last, is_merge: false }
    }

    /// The same of the records of some events of a change, that other events of it may be about too. What the undo `by` itself
    /// wrote of them so far counts as the change's own.
    pub(super) fn of_some(tx: &mut dyn ReadTx, change: Uuid, by: Uuid, events: &[Event]) -> Result<Self> {
        let mut made = Self::of(events);
        let ids: HashSet<Uuid> = events.iter().filter_map(|it| it.record).collect();
        let mut own: HashMap<Uuid, BTreeSet<i64>> = HashMap::new();
        for mark in marks_of_records(tx, &ids.into_iter().collect::<Vec<_>>())? {
            if mark.change == change {
                if mark.kind.ends_with(".created") {
                    made.created.insert(mark.record);
                }
                let last = made.last.entry(mark.record).or_default();
                *last = mark.version.max(*last);
            } else if mark.change == by {
                own.entry(mark.record).or_default().insert(mark.version);
            }
        }
        for (record, versions) in own {
            let last = made.last.entry(record).or_default();
            versions.into_iter().for_each(|it| *last += i64::from(it == *last + 1));
        }
        Ok(made)
    }
}

pub(super) fn verb_of(event: &Event) -> &str {
    event.kind.rsplit('.').next().unwrap_or_default()
}

pub(super) fn skip(event: &Event, reason: &'static str) -> UndoSkipped {
    UndoSkipped { object: event.object.clone(), id: event.record.unwrap_or_default(), reason, fields: Vec::new() }
}

fn undo_event(unit: &mut Unit<'_>, event: &Event, made: &Made, careful: bool) -> Result<Step> {
    let Some(id) = event.record else { return Ok(Step::Nothing) };
    match verb_of(event) {
        "created" => {
            let object = unit.context.schema.object(&event.object).cloned().ok_or(KernelError::NotFound)?;
            // What happened stays so; that it was taken back is told there like anything else.
            if object.definition.trail {
                return Ok(Step::Nothing);
            }
            let Some(record) = load_record(unit.context, unit.tx, &object, id, Verb::Read, false)? else {
                // Along with another record of the change that it belongs to.
                return if went_along(unit, event, id)? { Ok(Step::Undone) } else { Err(KernelError::NotFound) };
            };
            if made.last.get(&id).is_some_and(|last| record.version() > unit.last_own_version(id, *last)) {
                return Ok(Step::left(skip(event, "changed_since")));
            }
            unit.delete(&event.object, id).map(|()| Step::Undone)
        }
        "deleted" if careful && is_held_by_another(unit, event, id)? => Ok(Step::left(skip(event, "invalid"))),
        "deleted" => match unit.restore(&event.object, id) {
            // Restored already, along with the record it was deleted with.
            Err(KernelError::NotFound) if is_live(unit, event, id)? => Ok(Step::Undone),
            other => other.map(|()| Step::Undone),
        },
        "restored" => match unit.delete(&event.object, id) {
            Err(KernelError::NotFound) => Ok(Step::left(skip(event, "gone"))),
            other => other.map(|()| Step::Undone),
        },
        // It goes to the bin as a whole.
        "updated" if made.created.contains(&id) => Ok(Step::Nothing),
        "updated" => undo_update(unit, event, id, made.is_merge, careful),
        "erased" => Ok(Step::left(skip(event, "gone"))),
        // An app's own event tells of a change beside it.
        _ => Ok(Step::Nothing),
    }
}

impl Step {
    pub(super) fn left(what: UndoSkipped) -> Self {
        Self::Skipped(Left { what, partly: false })
    }
}

/// Whether another record holds by now what one in the bin held, and only one can.
fn is_held_by_another(unit: &mut Unit<'_>, event: &Event, id: Uuid) -> Result<bool> {
    let Some(object) = unit.context.schema.object(&event.object).cloned() else { return Ok(false) };
    let system = unit.context.as_system();
    let found = load_records(&system, unit.tx, &object, &[id], Verb::Read, true)?.pop();
    found.filter(Record::is_deleted).map_or(Ok(false), |it| unit.is_taken(&object.table, id, &it.row, |_| true))
}

/// Whether a record is in the bin since this undo put it there.
fn went_along(unit: &mut Unit<'_>, event: &Event, id: Uuid) -> Result<bool> {
    let Some(object) = unit.context.schema.object(&event.object).cloned() else { return Ok(false) };
    let system = unit.context.as_system();
    let found = load_records(&system, unit.tx, &object, &[id], Verb::Read, true)?.pop();
    Ok(found.is_some_and(|it| it.is_deleted() && it.row.get(DELETED_WITH) == Some(&Value::Id(unit.change))))
}

fn is_live(unit: &mut Unit<'_>, event: &Event, id: Uuid) -> Result<bool> {
    let Some(object) = unit.context.schema.object(&event.object).cloned() else { return Ok(false) };
    let system = unit.context.as_system();
    Ok(load_record(&system, unit.tx, &object, id, Verb::Read, false)?.is_some())
}

fn undo_update(unit: &mut Unit<'_>, event: &Event, id: Uuid, is_merge: bool, careful: bool) -> Result<Step> {
    let object = unit.context.schema.object(&event.object).cloned().ok_or(KernelError::NotFound)?;
    let record = load_record(unit.context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let back = Back::of(unit, event, &record)?;
    if !back.values.is_empty() && is_merge {
        let mut draft = unit.draft_back(record, &back.values)?;
        if !draft.problems.is_empty() || (careful && unit.is_taken_by_another(&draft)?) {
            return Ok(Step::left(skip(event, "invalid")));
        }
        unit.save(&mut draft)?;
    } else if !back.values.is_empty() {
        unit.take_back(&object, id, &back.values, careful)?;
    }
    Ok(back.step(event))
}

/// What a record goes back to.
pub(super) struct Back {
    /// The values it had, of the fields that still say what the change made of them.
    pub(super) values: Map<String, Json>,
    /// Fields that somebody changed since.
    changed_since: Vec<String>,
}

impl Back {
    pub(super) fn of(unit: &mut Unit<'_>, event: &Event, record: &Record) -> Result<Self> {
        let mut back = Self { values: Map::new(), changed_since: Vec::new() };
        let object = record.object.clone();
        for (name, pair) in &event.changes {
            // What a hook set goes back too, whether the caller sees it or not: half a change is none that anybody made.
            let Some(field) = object.field(name).filter(|it| !it.is_computed()) else { continue };
            let (old, new) = (pair.get(0).cloned().unwrap_or(Json::Null), pair.get(1).cloned().unwrap_or(Json::Null));
            let now =
                if field.link.is_some() { serde_json::json!(link_targets(unit.tx, field, record.id())?) } else { field_json(field, &record.row) };
            if now == new {
                back.values.insert(name.clone(), old);
            } else if unit.context.access.may_read(&object, field) {
                back.changed_since.push(name.clone());
            }
        }
        Ok(back)
    }

    /// What became of it, once the values are put back.
    pub(super) fn step(self, event: &Event) -> Step {
        let partly = !self.values.is_empty();
        if self.changed_since.is_empty() {
            return if partly { Step::Undone } else { Step::left(skip(event, "gone")) };
        }
        Step::Skipped(Left { what: UndoSkipped { fields: self.changed_since, ..skip(event, "changed_since") }, partly })
    }
}
