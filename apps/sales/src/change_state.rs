//! Moving a record to another state.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

/// Moves a record. Which moves are allowed, and what an end must tell, the fields of the object say.
pub struct ChangeState {
    /// The declaration; its input `field` is the new state.
    pub definition: ActionDefinition,
    /// The select field that holds the state.
    pub field: &'static str,
    /// What the event is called.
    pub event: &'static str,
}

impl Action for ChangeState {
    fn definition(&self) -> &ActionDefinition {
        &self.definition
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let before = required_record(record)?;
        let from = before.value(self.field);
        if from.as_text() == input.get(self.field).and_then(Json::as_str) {
            return Err(KernelError::conflict("state_conflict", "已经处于这个状态", "the record is in this state already"));
        }
        let saved = unit.update(&self.definition.object, before.id(), input)?;
        let to = saved.value(self.field);
        let details = Map::from_iter([(self.field.to_owned(), json!([from.as_text(), to.as_text()]))]);
        unit.emit(&saved, self.event, details.clone());
        let options = saved.object.field(self.field).map(|it| it.definition.options.as_slice()).unwrap_or_default();
        if let Some(end) = options.iter().find(|it| it.closed && to.as_text() == Some(it.value.as_str())) {
            unit.emit(&saved, &end.value, details);
        }
        Ok(json!({ "id": saved.id(), "version": saved.version(), self.field: to.as_text() }))
    }
}
