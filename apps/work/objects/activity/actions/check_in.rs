//! Checking in at a visit.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::visits::{Moment, own_picture, require_there, standing};

/// Records where and when a visit began. What it records stands: nobody changes it afterwards.
pub struct CheckIn(pub ActionDefinition);

impl Action for CheckIn {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let visit = required_record(record)?;
        if !visit.value("check_in_at").is_null() {
            return Err(KernelError::conflict("state_conflict", "这次拜访已经签到", "this visit was checked in already"));
        }
        require_there(unit, &visit)?;
        let moment = Moment::read(unit.context, input)?;
        let standing = standing(unit, &self.0, &visit, input)?;
        let mut values = Map::from_iter([
            ("check_in".to_owned(), input.get("position").cloned().unwrap_or_default()),
            ("check_in_at".to_owned(), json!(moment.at.to_string())),
            ("check_in_sent_at".to_owned(), json!(moment.sent_at.map(|it| it.to_string()))),
            ("check_in_accuracy".to_owned(), input.get("accuracy").cloned().unwrap_or_default()),
            ("check_in_distance".to_owned(), json!(standing.distance)),
            ("check_in_place".to_owned(), json!(standing.place())),
            ("check_in_photo".to_owned(), json!(own_picture(unit, input)?)),
            ("checked_in_by".to_owned(), json!(unit.context.actor)),
        ]);
        if visit.value("status").as_text() == Some("open") {
            values.insert("status".to_owned(), json!("in_progress"));
        }
        let saved = unit.update_as_system("activity", visit.id(), &values)?;
        unit.emit(&saved, "checked_in", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version(), "distance": standing.distance, "place": standing.place() }))
    }
}
