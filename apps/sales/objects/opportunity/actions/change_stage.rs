//! Moving an opportunity to another stage.

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::actions::required_record;

/// Moves an opportunity. Which moves are allowed, and what a loss must tell, the fields of the object say.
pub struct ChangeStage(pub ActionDefinition);

impl Action for ChangeStage {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let before = required_record(record)?;
        let from = before.value("stage");
        if from.as_text() == input.get("stage").and_then(Json::as_str) {
            return Err(KernelError::conflict("state_conflict", "商机已经在这个阶段", "the opportunity is in this stage already"));
        }
        let saved = unit.update("opportunity", before.id(), input)?;
        let to = saved.value("stage");
        let details = Map::from_iter([("stage".to_owned(), json!([from.as_text(), to.as_text()]))]);
        unit.emit(&saved, "stage_changed", details.clone());
        if let Some(end @ ("won" | "lost")) = to.as_text() {
            unit.emit(&saved, end, details);
        }
        Ok(json!({ "id": saved.id(), "version": saved.version(), "stage": to.as_text() }))
    }
}
