//! The steps of a hand-over: accepted, declined, withdrawn, done.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::handover::{move_record, require_answer, since_offered, step};
use crate::tasks::{text_in, values};

/// The receiver takes it: the record moves to him.
pub struct Accept(pub ActionDefinition);
/// The receiver gives it back.
pub struct Decline(pub ActionDefinition);
/// Who offered it thinks better of it.
pub struct Withdraw(pub ActionDefinition);
/// The receiver is done with what was handed over.
pub struct Finish(pub ActionDefinition);

fn told(saved: &Record) -> Json {
    json!({ "id": saved.id(), "version": saved.version(), "state": saved.text("state") })
}

/// Whether the caller is the member a field names, or stands in for him.
fn require(unit: &Unit<'_>, handover: &Record, field: &str, what: &str) -> Result<()> {
    let is_he = handover.reference(field).is_some_and(|it| unit.context.access.member.selves().contains(&it));
    if is_he { Ok(()) } else { Err(KernelError::Forbidden(what.into())) }
}

impl Action for Accept {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let handover = required_record(record)?;
        let context = unit.context;
        require_answer(context, &handover)?;
        move_record(unit, &handover)?;
        let now = context.now.to_string();
        let changed = values([
            ("state", json!("accepted")),
            ("accepted_by", json!(context.actor)),
            ("accepted_at", json!(now)),
            ("answer_time", since_offered(context, &handover)),
            ("answer_note", json!(text_in(input, "note"))),
        ]);
        step(unit, &handover, "accepted", &changed).map(|it| told(&it))
    }
}

impl Action for Decline {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let handover = required_record(record)?;
        let context = unit.context;
        require_answer(context, &handover)?;
        let reason = text_in(input, "reason").ok_or_else(|| KernelError::invalid("reason", "required", "请填写理由", "say why"))?;
        let changed = values([("state", json!("declined")), ("answer_time", since_offered(context, &handover)), ("answer_note", json!(reason))]);
        step(unit, &handover, "declined", &changed).map(|it| told(&it))
    }
}

impl Action for Withdraw {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let handover = required_record(record)?;
        require(unit, &handover, "from_member", "withdraw another's hand-over")?;
        step(unit, &handover, "withdrawn", &values([("state", json!("withdrawn"))])).map(|it| told(&it))
    }
}

impl Action for Finish {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let handover = required_record(record)?;
        require(unit, &handover, "accepted_by", "finish another's hand-over")?;
        let context = unit.context;
        let changed = values([
            ("state", json!("done")),
            ("done_at", json!(context.now.to_string())),
            ("total_time", since_offered(context, &handover)),
            ("result", json!(text_in(input, "result"))),
        ]);
        step(unit, &handover, "done", &changed).map(|it| told(&it))
    }
}
