//! Handing a task on to a colleague, with what he needs to know.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::tasks::{TASK, member_in, require_giving, text_in, values};

/// See the module.
pub struct HandOver(pub ActionDefinition);

impl Action for HandOver {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        require_giving(unit, &task)?;
        let to = member_in(unit, input, "to")?;
        let note = text_in(input, "note").ok_or_else(|| KernelError::invalid("note", "required", "请交代清楚", "say what there is to know"))?;
        if task.reference("owner") == Some(to.id()) {
            return Err(KernelError::invalid("to", "rule", "任务已经在他名下", "the task is his already"));
        }
        let from = task.reference("owner");
        let saved = give(unit, &task, &to, Some(&note), from)?;
        unit.emit(&saved, "handed_over", values([("owner", json!([from, to.id()]))]));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "owner": to.id() }))
    }
}

/// Gives a task to a member, with what he is told; `from` is who hands it on, where somebody does.
///
/// # Errors
/// As changing it.
pub fn give(unit: &mut Unit<'_>, task: &Record, to: &Record, note: Option<&str>, from: Option<uuid::Uuid>) -> Result<Record> {
    let context = unit.context;
    let is_own = to.id() == context.actor;
    let mut changed = values([
        ("owner", json!(to.id())),
        ("acceptance", json!(if is_own { "accepted" } else { "waiting" })),
        ("assigned_by", if is_own || context.actor.is_nil() { Json::Null } else { json!(context.actor) }),
        ("assigned_at", json!(context.now.to_string())),
        ("assignment_note", json!(note)),
        ("handed_over_by", json!(from.filter(|it| *it != to.id()))),
        ("decline_reason", Json::Null),
    ]);
    // It is the concern of his department from now on.
    changed.extend(to.reference("department").map(|it| ("department".to_owned(), json!(it))));
    unit.update_as_system(TASK, task.id(), &changed)
}
