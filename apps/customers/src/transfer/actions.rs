//! A hand-over is started, and taken back.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};

use super::plan::Plan;
use super::preview::member_in;
use super::{RUN, TRANSFER};
use crate::values::{text_in, values};

/// Starts one.
pub struct Start(pub ActionDefinition);
/// Takes one back.
pub struct TakeBack(pub ActionDefinition);

impl Action for Start {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let context = unit.context;
        let member = member_in(context, unit.tx, input)?;
        let plan = input.get("plan").cloned().unwrap_or_default();
        Plan::read(context, unit.tx, member.id(), &plan)?;
        let day = context.now.to_zoned(context.workspace.time_zone()).date();
        let row = values([
            ("name", json!(format!("{} {day}", member.title()))),
            ("member", json!(member.id())),
            ("reason", input.get("reason").cloned().unwrap_or_default()),
            ("note", json!(text_in(input, "note"))),
            ("plan", plan),
            ("state", json!("waiting")),
        ]);
        let made = unit.create_as_system(TRANSFER, &row)?;
        unit.enqueue(RUN, json!({ "transfer": made.id() }), None)?;
        Ok(json!({ "id": made.id(), "version": made.version() }))
    }
}

impl Action for TakeBack {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let transfer = required_record(record)?;
        let context = unit.context;
        if transfer.value("created_by") != Value::Id(context.actor) && !context.access.is_unlimited() {
            return Err(KernelError::Forbidden("take another's hand-over back".into()));
        }
        let saved = unit.update_as_system(TRANSFER, transfer.id(), &values([("state", json!("taking_back"))]))?;
        unit.enqueue(RUN, json!({ "transfer": transfer.id() }), None)?;
        Ok(json!({ "id": saved.id(), "version": saved.version() }))
    }
}
