//! Giving a task back to who gave it, with the reason.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::accept::require_asked;
use crate::tasks::{TASK, active_member, text_in, values};

/// See the module.
pub struct Decline(pub ActionDefinition);

impl Action for Decline {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        require_asked(unit, &task)?;
        let reason = text_in(input, "reason").ok_or_else(|| KernelError::invalid("reason", "required", "请填写理由", "say why"))?;
        let mut changed = values([("acceptance", json!("declined")), ("decline_reason", json!(reason))]);
        if let Some(giver) = task.reference("assigned_by") {
            // The engine looks: whether he is still there is no secret, and the task must not stay with who does not want it.
            let context = unit.context.as_system();
            if let Some(giver) = active_member(&context, unit.tx, giver)? {
                changed.insert("owner".to_owned(), json!(giver.id()));
                changed.extend(giver.reference("department").map(|it| ("department".to_owned(), json!(it))));
            }
        }
        let saved = unit.update_as_system(TASK, task.id(), &changed)?;
        unit.emit(&saved, "declined", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version() }))
    }
}
