//! Taking on a task somebody gave.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::tasks::{TASK, values};

/// See the module.
pub struct Accept(pub ActionDefinition);

impl Action for Accept {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        require_asked(unit, &task)?;
        let saved = unit.update_as_system(TASK, task.id(), &values([("acceptance", json!("accepted"))]))?;
        unit.emit(&saved, "accepted", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version() }))
    }
}

/// Only who was asked answers, or who stands in for him. That the task waits for an answer the definition says.
///
/// # Errors
/// Forbidden.
pub fn require_asked(unit: &Unit<'_>, task: &Record) -> Result<()> {
    let is_asked = task.reference("owner").is_some_and(|it| unit.context.access.member.selves().contains(&it));
    if is_asked { Ok(()) } else { Err(KernelError::Forbidden("answer for somebody else".into())) }
}
