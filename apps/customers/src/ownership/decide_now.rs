//! Rules applied now instead of tonight.

use guanxi_kernel::Result;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use serde_json::{Map, Value as Json, json};

use super::DECIDE;

/// See the module.
pub struct DecideNow(pub ActionDefinition);

impl Action for DecideNow {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        // One for each press: a run that is under way may have passed what was changed since.
        let job = unit.enqueue(DECIDE, json!({}), None)?;
        Ok(json!({ "job": job }))
    }
}
