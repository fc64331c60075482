//! Answering an invitation.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::activity::ACTIVITY;
use crate::attendance::ATTENDANCE;

/// `attendance.answer`: by whoever is invited or stands in for him; for a customer's people by who may change the activity.
pub struct Answer(pub ActionDefinition);

impl Action for Answer {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let invitation = required_record(record)?;
        let activity = activity_of(unit, &invitation)?;
        match invitation.reference("member") {
            Some(member) if unit.context.access.member.selves().contains(&member) => {}
            Some(_) => {
                return Err(KernelError::Forbidden("attendance.answer: only who is invited, or his deputy, answers".into()));
            }
            None => {
                let (context, object) = (unit.context, activity.object.clone());
                Planner::new(context).reach(unit.tx, &object, activity.id(), Verb::Update)?;
            }
        }
        if !matches!(activity.value("status").as_text(), Some("open" | "in_progress")) {
            return Err(KernelError::conflict(
                "state_conflict",
                "这个活动已经结束或取消，不必再答复",
                "this is over or was called off; no answer is needed",
            ));
        }
        let answer = input.get("answer").cloned().unwrap_or_default();
        let answered = answer != json!("none");
        let values = Map::from_iter([
            ("answer".to_owned(), answer.clone()),
            ("note".to_owned(), input.get("note").cloned().unwrap_or_default()),
            ("answered_at".to_owned(), if answered { json!(unit.context.now.to_string()) } else { Json::Null }),
        ]);
        let saved = unit.update_as_system(ATTENDANCE, invitation.id(), &values)?;
        Ok(json!({ "id": saved.id(), "version": saved.version(), "answer": answer }))
    }
}

/// What somebody is invited to.
fn activity_of(unit: &mut Unit<'_>, invitation: &Record) -> Result<Record> {
    let object = unit.context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
    let id = invitation.reference("activity").ok_or(KernelError::NotFound)?;
    let context = unit.context;
    Planner::new(context).reach(unit.tx, &object, id, Verb::Read)
}
