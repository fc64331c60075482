//! Takes a change back through the same history: edits, bulk edits, imports, deletions.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::unit::{Unit, run_unit};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::{Event, events_of_change};
use crate::read::{field_json, load_record};
use crate::schema::FieldGate;
use crate::access::Verb;

/// What was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
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
#[derive(Debug, Clone, serde::Serialize)]
pub struct UndoAnswer {
    /// Id of the change that undid: undo it to redo.
    pub change_id: Uuid,
    /// Records taken back.
    pub undone: usize,
    /// What was left, and why.
    pub skipped: Vec<UndoSkipped>,
}

/// Takes back every change of `change` the caller may take back: his own, or anyone's for an administrator.
pub fn undo(context: &Context, change: Uuid) -> Result<UndoAnswer> {
    let new_change = context.new_id();
    run_unit(
        context,
        new_change,
        "undo",
        Box::new(move |unit| {
            let events = events_of_change(unit.tx, change)?;
            let own = events.iter().all(|it| it.actor == unit.context.actor) || unit.context.access.is_unlimited();
            if events.is_empty() || !own {
                return Err(KernelError::NotFound);
            }
            let mut answer = UndoAnswer { change_id: new_change, undone: 0, skipped: Vec::new() };
            for event in events.iter().rev() {
                match undo_event(unit, event) {
                    Ok(None) => answer.undone += 1,
                    Ok(Some(skipped)) => {
                        if skipped.reason == "changed_since" && !skipped.fields.is_empty() {
                            answer.undone += 1;
                        }
                        answer.skipped.push(skipped);
                    }
                    Err(KernelError::NotFound) => answer.skipped.push(skip(event, "gone")),
                    Err(KernelError::Forbidden(_)) => answer.skipped.push(skip(event, "forbidden")),
                    Err(KernelError::Invalid(_) | KernelError::Conflict { .. } | KernelError::BadRequest { .. }) => answer.skipped.push(skip(event, "invalid")),
                    Err(other) => return Err(other),
                }
            }
            Ok(answer)
        }),
    )
}

fn skip(event: &Event, reason: &'static str) -> UndoSkipped {
    UndoSkipped { object: event.object.clone(), id: event.record.unwrap_or_default(), reason, fields: Vec::new() }
}

fn undo_event(unit: &mut Unit<'_>, event: &Event) -> Result<Option<UndoSkipped>> {
    let Some(id) = event.record else { return Ok(Some(skip(event, "gone"))) };
    let verb = event.kind.rsplit('.').next().unwrap_or_default();
    match verb {
        "created" => {
            let object = unit.context.schema.object(&event.object).cloned().ok_or(KernelError::NotFound)?;
            let record = load_record(unit.context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
            if record.version() > event.version {
                return Ok(Some(skip(event, "changed_since")));
            }
            unit.delete(&event.object, id).map(|()| None)
        }
        "deleted" => match unit.restore(&event.object, id) {
            // Restored already, along with the record it was deleted with.
            Err(KernelError::NotFound) => Ok(None),
            other => other.map(|()| None),
        },
        "restored" => unit.delete(&event.object, id).map(|()| None),
        "updated" => undo_update(unit, event, id),
        _ => Ok(None),
    }
}

fn undo_update(unit: &mut Unit<'_>, event: &Event, id: Uuid) -> Result<Option<UndoSkipped>> {
    let object = unit.context.schema.object(&event.object).cloned().ok_or(KernelError::NotFound)?;
    let record = load_record(unit.context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let mut values = Map::new();
    let mut changed_since = Vec::new();
    for (name, pair) in &event.changes {
        let Some(field) = object.field(name).filter(|it| !it.is_computed() && unit.context.access.may_read(&object, it)) else { continue };
        let (old, new) = (pair.get(0).cloned().unwrap_or(Json::Null), pair.get(1).cloned().unwrap_or(Json::Null));
        let now = if field.link.is_some() { serde_json::json!(crate::read::link_targets(unit.tx, field, id)?) } else { field_json(field, &record.row) };
        if now == new {
            values.insert(name.clone(), old);
        } else {
            changed_since.push(name.clone());
        }
    }
    if !values.is_empty() {
        // Fields only the engine sets come back too: the caller already had the right to make the change.
        unit.update(&event.object, id, &values).or_else(|error| match error {
            KernelError::BadRequest { code: "read_only_field", .. } => unit.update_as_system(&event.object, id, &values),
            other => Err(other),
        })?;
    }
    if changed_since.is_empty() {
        return Ok(None);
    }
    Ok(Some(UndoSkipped { fields: changed_since, ..skip(event, "changed_since") }))
}
