//! Many changes of records of one object taken back together, as a merge made them.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::together::TOGETHER;
use super::undo::{Back, Step, skip, verb_of};
use super::unit::Unit;
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::Event;
use crate::read::{Record, load_records};

/// How many of these events, from the first on, are changes of different records of one object that can be taken back together:
/// of fields kept in their own rows. At least one.
pub(super) fn alike(context: &Context, events: &[&Event], created: &HashSet<Uuid>) -> usize {
    let Some(object) = events.first().and_then(|it| context.schema.object(&it.object)) else { return 1 };
    let mut seen = HashSet::new();
    let is_alike = |event: &&&Event| {
        let is_plain = event.changes.keys().all(|it| object.field(it).is_none_or(|field| field.link.is_none()));
        let is_its_first = event.record.is_some_and(|it| !created.contains(&it) && seen.insert(it));
        event.object == object.name && verb_of(event) == "updated" && is_plain && is_its_first
    };
    events.iter().take(TOGETHER).take_while(is_alike).count().max(1)
}

/// Takes them back; answers what became of each. `careful`: what others hold by now is looked for before.
///
/// # Errors
/// Where one of them cannot be: then none is.
pub(super) fn undo_together(unit: &mut Unit<'_>, events: &[&Event], careful: bool) -> Result<Vec<Step>> {
    let Some(first) = events.first() else { return Ok(Vec::new()) };
    let object = unit.context.schema.object(&first.object).cloned().ok_or(KernelError::NotFound)?;
    let ids: Vec<Uuid> = events.iter().filter_map(|it| it.record).collect();
    unit.lock(&object, ids.clone())?;
    let found = load_records(unit.context, unit.tx, &object, &ids, Verb::Read, false)?;
    let mut records: HashMap<Uuid, Record> = found.into_iter().map(|it| (it.id(), it)).collect();
    let (mut steps, mut drafts) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for event in events {
        let Some(record) = event.record.and_then(|it| records.remove(&it)) else {
            steps.push(Step::left(skip(event, "gone")));
            continue;
        };
        let back = Back::of(unit, event, &record)?;
        if !back.values.is_empty() {
            let draft = unit.draft_back(record, &back.values)?;
            if !draft.problems.is_empty() || (careful && unit.is_taken_by_another(&draft)?) {
                steps.push(Step::left(skip(event, "invalid")));
                continue;
            }
            drafts.push(draft);
        }
        steps.push(back.step(event));
    }
    unit.save_changed(&drafts)?;
    Ok(steps)
}
