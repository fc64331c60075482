//! Running actions.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::computed::value_to;
use super::execute::MAX_TRIES;
use super::plan::Planner;
use super::unit::{Unit, run_unit};
use crate::access::Verb;
use crate::app::{Action, ActionDefinition, ActionPlace};
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::locks::refuse_if_locked;
use crate::read::Record;
use crate::schema::{FieldDefinition, Label, ObjectScope, OpenGate};
use crate::store::{StoreError, StoreExt as _};

/// Runs an action in one transaction.
pub fn act(context: &Context, object: &str, id: Option<Uuid>, action: &str, input: &Map<String, Json>) -> Result<Json> {
    run_action(context, object, id, action, input, false)
}

/// Runs an action and takes everything back: tells what it would answer, or its problems.
pub fn dry_run_act(context: &Context, object: &str, id: Option<Uuid>, action: &str, input: &Map<String, Json>) -> Result<()> {
    match run_action(context, object, id, action, input, true) {
        Err(KernelError::Conflict { code: "dry_run", .. }) => Ok(()),
        Err(other) => Err(other),
        Ok(_) => Ok(()),
    }
}

fn run_action(context: &Context, object: &str, id: Option<Uuid>, name: &str, input: &Map<String, Json>, dry: bool) -> Result<Json> {
    let registry = context.workspace.registry.clone();
    let action = registry.action(object, name).ok_or(KernelError::NotFound)?.clone();
    let target = if object.is_empty() { None } else { Some(crate::read::object_of(context, object)?) };
    if (action.definition().on == ActionPlace::Record) != id.is_some() {
        return Err(KernelError::NotFound);
    }
    if !context.access.may_act(object, name) {
        return Err(KernelError::Forbidden(format!("{object}.{name}")));
    }
    let input = checked_input(context, &action, input)?;
    if let (None, Some(answer)) = (id, action.answer(context, &input)) {
        return answer;
    }
    if let (Some(object), Some(id), true) = (&target, id, action.only_reads()) {
        return context.workspace.store.read_with(|tx| {
            let record = Planner::new(context).reach(tx, object, id, Verb::Read)?;
            refuse_if_covered(context, action.definition(), &record)?;
            refuse_unless_shown(context, action.definition(), &record)?;
            action.answer_of(context, tx, &record, &input)
        });
    }
    let change = context.new_id();
    let mut last = KernelError::Store(StoreError::Busy);
    for _ in 0..MAX_TRIES {
        let (action, input, target) = (action.clone(), input.clone(), target.clone());
        let work = Box::new(move |unit: &mut Unit<'_>| {
            let record = match (&target, id) {
                (Some(object), Some(id)) => {
                    // Two who act on one record at once take turns: the second finds it as the first left it.
                    unit.lock(object, vec![id])?;
                    let record = match Planner::new(unit.context).reach(unit.tx, object, id, Verb::Read) {
                        Err(KernelError::NotFound) => return Err(action.refusal(unit, id, KernelError::NotFound)?),
                        other => other?,
                    };
                    // Whatever an action does by the engine's own rights, it does to this record.
                    refuse_if_locked(unit.context, unit.tx, id)?;
                    unit.refuse_part_of_locked(&record)?;
                    unit.is_about(&record.object.name, id);
                    Some(record)
                }
                _ => None,
            };
            if let Some(record) = &record {
                refuse_if_covered(unit.context, action.definition(), record)?;
                if let Err(refused) = refuse_unless_shown(unit.context, action.definition(), record) {
                    return Err(action.refusal(unit, record.id(), refused)?);
                }
            }
            let answer = action.run(unit, record, &input)?;
            if dry { Err(KernelError::conflict("dry_run", "", "")) } else { Ok(answer) }
        });
        match run_unit(context, change, "action", work) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            other => return other,
        }
    }
    Err(last)
}

/// What would carry elsewhere what a circle covers is not allowed.
pub(crate) fn refuse_if_covered(context: &Context, definition: &ActionDefinition, record: &Record) -> Result<()> {
    if !definition.covered && context.access.is_covered(&record.object, &record.row) {
        return Err(KernelError::Forbidden(format!("{}.{}: covered", record.object.name, definition.name)));
    }
    Ok(())
}

/// What is not shown on a record in its state is not allowed either.
pub(crate) fn refuse_unless_shown(context: &Context, definition: &ActionDefinition, record: &Record) -> Result<()> {
    let Some(source) = definition.visible_when.as_deref() else { return Ok(()) };
    let scope = ObjectScope { schema: &context.schema, object: &record.object, gate: &OpenGate, follow: false };
    let checked = guanxi_expr::check(source, &scope).map_err(|error| KernelError::Internal(format!("{}.visible_when: {error}", definition.name)))?;
    if value_to(context, &record.object, &record.row, &checked).is_true() {
        return Ok(());
    }
    let Label { zh_cn, en } = &definition.label;
    Err(KernelError::conflict("state_conflict", format!("当前状态下不能执行“{zh_cn}”"), format!("`{en}` is not possible in this state")))
}

/// An input of an action as it is in this workspace: one that stands for a field of the record and names no choices itself
/// offers those that the field has here.
pub fn action_input<'d>(context: &Context, action: &ActionDefinition, input: &'d FieldDefinition) -> Cow<'d, FieldDefinition> {
    let follows = input.options.is_empty() || input.options_of.is_some();
    let field = context.schema.object(&action.object).and_then(|it| it.field(&input.name));
    match field.filter(|it| follows && it.definition.kind == input.kind) {
        Some(field) => Cow::Owned(FieldDefinition { options: field.definition.options.clone(), ..input.clone() }),
        None => Cow::Borrowed(input),
    }
}

/// Checks an action's input against its declaration; unknown names are refused, values normalised.
pub(super) fn checked_input(context: &Context, action: &Arc<dyn Action>, input: &Map<String, Json>) -> Result<Map<String, Json>> {
    let definition = action.definition();
    let parse = context.parse_context();
    let mut problems = Vec::new();
    let mut checked = Map::new();
    if let Some(unknown) = input.keys().find(|name| definition.input.iter().all(|it| it.name != **name)) {
        return Err(crate::read::unknown_field(unknown));
    }
    for declared in &definition.input {
        let field = &action_input(context, definition, declared);
        let value = input.get(&field.name).filter(|it| !it.is_null()).cloned().or_else(|| field.default.clone());
        let Some(value) = value else {
            if field.required {
                let Label { zh_cn, en } = &field.label;
                problems.push(FieldError::new(&field.name, "required", format!("请填写{zh_cn}"), format!("{en} is required")));
            }
            continue;
        };
        match crate::fields::field_type(field.kind).parse(field, &value, &parse) {
            Ok(_) => {
                checked.insert(field.name.clone(), value);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(checked) } else { Err(KernelError::Invalid(problems)) }
}
