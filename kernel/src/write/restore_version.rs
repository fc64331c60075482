//! Gives a record back what it held in a version before: a change like any other, under the caller's own rights.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::unit::run_unit;
use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::history::fields_changed_since;
use crate::read::{load_record, object_of};

/// What became of it.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct RestoredVersion {
    /// The change that gave the values back: undo it to have the later ones again.
    pub change_id: Uuid,
    /// The record's version now.
    pub version: i64,
    /// Fields that hold what they held then.
    pub fields: Vec<String>,
    /// Fields that changed since and stay: they are computed, or not the caller's to change.
    pub left: Vec<String>,
}

/// Gives the fields of a record what they held in a version. Others' later changes of the same fields go, too: that is what is
/// asked for, and it can be undone.
///
/// # Errors
/// Not found, forbidden; a conflict where history does not reach back so far, or nothing changed since; what the values are
/// refused for today.
pub fn restore_version(context: &Context, object: &str, id: Uuid, version: i64) -> Result<RestoredVersion> {
    context.require_himself()?;
    let object = object_of(context, object)?;
    context.access.require(&object, Verb::Update)?;
    let change = context.new_id();
    let work = move |unit: &mut super::Unit<'_>| {
        let context = unit.context;
        let record = load_record(context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        let held = fields_changed_since(unit.tx, id, version)?
            .filter(|_| version >= 1)
            .ok_or_else(|| KernelError::conflict("state_conflict", "历史记录中已没有这个版本", "the history does not reach back to this version"))?;
        let (mut values, mut left): (Map<String, Json>, Vec<String>) = (Map::new(), Vec::new());
        for (name, value) in held {
            let Some(field) = object.field(&name) else { continue };
            // Of a field he does not see whole he is not told that it changed.
            if context.access.shown_of(&object, field, Place::Record, &record.row) != Shown::Whole {
                continue;
            }
            let may_be_set = !field.is_computed() && !field.definition.read_only && context.access.may_write(&object, field);
            if may_be_set {
                values.insert(name, value);
            } else {
                left.push(name);
            }
        }
        if values.is_empty() {
            return Err(KernelError::conflict("state_conflict", "此后没有可恢复的修改", "nothing that can be given back changed since"));
        }
        let saved = unit.update(&object.name, id, &values)?;
        unit.note(serde_json::json!({ "version": version }));
        Ok(RestoredVersion { change_id: change, version: saved.version(), fields: values.keys().cloned().collect(), left })
    };
    run_unit(context, change, "restore_version", Box::new(work))
}
