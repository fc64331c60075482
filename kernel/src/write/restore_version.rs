//! Gives a record back what it held in a version before: a change like any other, under the caller's own rights.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::plan::{PlanOptions, Planner};
use super::unit::{Unit, run_unit};
use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::history::{MAX_VERSION_DISTANCE, fields_of_version};
use crate::read::{load_record, object_of};
use crate::schema::Object;

/// What became of it.
#[derive(Debug, Clone)]
pub struct RestoredVersion {
    /// The change that gave the values back: undo it to have the later ones again.
    pub change: Uuid,
    /// The record's version now.
    pub version: i64,
    /// Fields that hold what they held then.
    pub fields: Vec<String>,
    /// Fields that changed since and stay: they are computed, not the caller's to change, or cannot hold that today.
    pub left: Vec<String>,
    /// Why fields that could be set are left.
    pub problems: Vec<FieldError>,
}

/// Gives the fields of a record what they held in a version. Others' later changes of the same fields go, too: that is what is
/// asked for, and it can be undone. What a field may not be given today (an owner without the right to assign, a state there is
/// no way back to, a record that is gone) is left, and the others are given back.
///
/// # Errors
/// Not found, forbidden; a conflict where history does not reach back so far, or nothing changed since; what the values are
/// refused for today, where all of them are.
pub fn restore_version(context: &Context, object: &str, id: Uuid, version: i64) -> Result<RestoredVersion> {
    context.require_himself()?;
    let object = object_of(context, object)?;
    context.access.require(&object, Verb::Update)?;
    let change = context.new_id();
    let work = move |unit: &mut Unit<'_>| {
        let context = unit.context;
        let record = load_record(context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        let held = fields_of_version(unit.tx, id, version)?.filter(|_| version >= 1).ok_or_else(out_of_reach)?;
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
        let (values, problems) = fitting(unit, &object, id, values)?;
        left.extend(problems.iter().map(|it| it.field.clone()));
        let saved = unit.update(&object.name, id, &values)?;
        unit.note(serde_json::json!({ "version": version }));
        let fields = values.keys().cloned().collect();
        Ok(RestoredVersion { change, version: saved.version(), fields, left, problems })
    };
    run_unit(context, change, "restore_version", Box::new(work))
}

fn out_of_reach() -> KernelError {
    KernelError::conflict(
        "state_conflict",
        format!("历史记录回溯不到这个版本（最多回溯最近 {MAX_VERSION_DISTANCE} 次修改）"),
        format!("the history does not reach back to this version (at most {MAX_VERSION_DISTANCE} changes are gone back)"),
    )
}

/// Those of the values that the record may be given together, and why the others may not.
///
/// # Errors
/// What forbids all of them.
fn fitting(unit: &mut Unit<'_>, object: &Arc<Object>, id: Uuid, values: Map<String, Json>) -> Result<(Map<String, Json>, Vec<FieldError>)> {
    let Some(of_all) = refusal(unit, object, id, &values)? else { return Ok((values, Vec::new())) };
    let mut fitting = Map::new();
    let mut open: Vec<(String, Json)> = values.into_iter().collect();
    // One field may ask for another: as long as any comes along, the others are tried again.
    let problems = loop {
        let (mut refused, mut problems) = (Vec::new(), Vec::new());
        let before = fitting.len();
        for (name, value) in open {
            fitting.insert(name.clone(), value);
            let Some(error) = refusal(unit, object, id, &fitting)? else { continue };
            problems.push(problem_of(&name, error));
            refused.extend(fitting.remove(&name).map(|it| (name, it)));
        }
        if refused.is_empty() || fitting.len() == before {
            break problems;
        }
        open = refused;
    };
    if fitting.is_empty() { Err(of_all) } else { Ok((fitting, problems)) }
}

/// What forbids giving a record some values; nothing where they fit.
///
/// # Errors
/// What is not about the values.
fn refusal(unit: &mut Unit<'_>, object: &Arc<Object>, id: Uuid, values: &Map<String, Json>) -> Result<Option<KernelError>> {
    let options = PlanOptions { check_unique: true, ..PlanOptions::default() };
    match Planner::new(unit.context).update(unit.tx, object, id, values, options) {
        Ok(draft) if draft.problems.is_empty() => Ok(None),
        Ok(draft) => Ok(Some(KernelError::Invalid(draft.problems))),
        Err(error @ (KernelError::Invalid(_) | KernelError::Forbidden(_) | KernelError::BadRequest { .. } | KernelError::Conflict { .. })) => {
            Ok(Some(error))
        }
        Err(other) => Err(other),
    }
}

/// Why a field is left, in the words of what forbids it.
fn problem_of(field: &str, error: KernelError) -> FieldError {
    match error {
        KernelError::Invalid(problems) if !problems.is_empty() => {
            let at = problems.iter().position(|it| it.field.split('.').next() == Some(field)).unwrap_or_default();
            problems.into_iter().nth(at).map_or_else(|| forbidden(field), |it| FieldError { field: field.to_owned(), ..it })
        }
        KernelError::Conflict { code, message, .. } | KernelError::BadRequest { code, message, .. } => {
            FieldError { field: field.to_owned(), code, message }
        }
        _ => forbidden(field),
    }
}

fn forbidden(field: &str) -> FieldError {
    FieldError::new(field, "field_forbidden", "您无权修改此字段", "this field is not yours to change")
}
