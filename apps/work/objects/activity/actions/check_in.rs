//! Checking in at a visit.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

/// Records where and when a visit began.
pub struct CheckIn(pub ActionDefinition);

impl Action for CheckIn {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let visit = required_record(record)?;
        if visit.value("kind").as_text() != Some("visit") {
            return Err(KernelError::conflict("state_conflict", "只有拜访可以签到", "only visits can be checked in"));
        }
        if !visit.value("check_in_at").is_null() {
            return Err(KernelError::conflict("state_conflict", "这次拜访已经签到", "this visit was checked in already"));
        }
        let mut values = Map::from_iter([
            ("check_in".to_owned(), input.get("position").cloned().unwrap_or_default()),
            ("check_in_at".to_owned(), json!(unit.context.now.to_string())),
        ]);
        if visit.value("status").as_text() == Some("open") {
            values.insert("status".to_owned(), json!("in_progress"));
        }
        let saved = unit.update("activity", visit.id(), &values)?;
        unit.emit(&saved, "checked_in", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version() }))
    }
}
