//! Checking out of a visit.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};

use crate::complete::told_below;
use crate::visits::{Moment, require_there, standing};

/// Records when a visit ended and how long it was; the visit is done with it.
pub struct CheckOut(pub ActionDefinition);

impl Action for CheckOut {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let visit = required_record(record)?;
        let Value::DateTime(began) = visit.value("check_in_at") else {
            return Err(KernelError::conflict("state_conflict", "还没有签到", "the visit was not checked in"));
        };
        require_there(unit, &visit)?;
        let moment = Moment::read(unit.context, input)?;
        // Two clocks may disagree by a little: nobody leaves before he came.
        let left = moment.at.max(began);
        let onsite = left.as_second() - began.as_second();
        let standing = standing(unit, &self.0, &visit, input)?;
        let mut values = Map::from_iter([
            ("check_out".to_owned(), input.get("position").cloned().unwrap_or_default()),
            ("check_out_at".to_owned(), json!(left.to_string())),
            ("check_out_sent_at".to_owned(), json!(moment.sent_at.map(|it| it.to_string()))),
            ("check_out_distance".to_owned(), json!(standing.distance)),
            ("onsite".to_owned(), json!(onsite)),
        ]);
        if visit.value("duration").is_null() {
            values.insert("duration".to_owned(), json!(onsite));
        }
        if visit.value("status").as_text() != Some("done") {
            values.insert("status".to_owned(), json!("done"));
            values.insert("done_at".to_owned(), json!(left.to_string()));
        }
        if let Some(outcome) = input.get("outcome") {
            values.insert("outcome".to_owned(), outcome.clone());
        }
        if let Some(told) = told_below(&visit, input) {
            values.insert("description".to_owned(), told);
        }
        let saved = unit.update_as_system("activity", visit.id(), &values)?;
        unit.emit(&saved, "checked_out", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version(), "onsite": onsite }))
    }
}
