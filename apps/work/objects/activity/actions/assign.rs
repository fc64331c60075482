//! Assigning a task: by hand, in turn, by load or by skill.

use guanxi_kernel::Result;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use serde_json::{Map, Value as Json, json};

use crate::hand_over::give;
use crate::tasks::assign::{By, choose};
use crate::tasks::{member_in, require_giving, text_in, values};

/// See the module.
pub struct Assign(pub ActionDefinition);

impl Action for Assign {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        require_giving(unit, &task)?;
        let to = match input.get("by").and_then(Json::as_str) {
            Some("rotation") => choose(unit, By::Rotation, &task, input)?,
            Some("load") => choose(unit, By::Load, &task, input)?,
            Some("skill") => choose(unit, By::Skill, &task, input)?,
            _ => member_in(unit, input, "to")?,
        };
        let saved = give(unit, &task, &to, text_in(input, "note").as_deref(), None)?;
        unit.emit(&saved, "assigned", values([("owner", json!([task.reference("owner"), to.id()]))]));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "owner": to.id(), "name": to.title() }))
    }
}
