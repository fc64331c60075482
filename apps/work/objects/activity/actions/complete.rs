//! Completing an activity.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};

/// What the next task takes over.
const KEPT: [&str; 4] = ["account", "contact", "lead", "opportunity"];

/// Marks an activity done with its outcome; plans the next step where one is named.
pub struct Complete(pub ActionDefinition);

impl Action for Complete {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let activity = required_record(record)?;
        if matches!(activity.value("status").as_text(), Some("done" | "cancelled")) {
            return Err(KernelError::conflict("state_conflict", "这个活动已经结束", "the activity is closed already"));
        }
        let mut values = Map::from_iter([("status".to_owned(), json!("done"))]);
        for name in ["outcome", "done_at"] {
            if let Some(value) = input.get(name) {
                values.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(told) = told_below(&activity, input) {
            values.insert("description".to_owned(), told);
        }
        let saved = unit.update("activity", activity.id(), &values)?;
        let next = next_task(unit, &activity, input)?;
        unit.emit(&saved, "completed", Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version(), "next": next }))
    }
}

/// What the activity tells with what is told now below it, if anything is.
pub fn told_below(activity: &Record, input: &Map<String, Json>) -> Option<Json> {
    let told = input.get("description").and_then(Json::as_str)?;
    let before = activity.text("description").map(|it| format!("{it}\n\n")).unwrap_or_default();
    Some(json!(format!("{before}{told}")))
}

/// The id of the task made, if one was asked for.
fn next_task(unit: &mut Unit<'_>, activity: &Record, input: &Map<String, Json>) -> Result<Option<uuid::Uuid>> {
    let Some(subject) = input.get("next_subject").filter(|it| it.as_str().is_some_and(|it| !it.trim().is_empty())) else { return Ok(None) };
    let mut values = Map::from_iter([("subject".to_owned(), subject.clone()), ("kind".to_owned(), json!("task"))]);
    if let Some(due) = input.get("next_due_at") {
        values.insert("due_at".to_owned(), due.clone());
    }
    for name in KEPT {
        if let Value::Id(id) = activity.value(name) {
            values.insert(name.to_owned(), json!(id));
        }
    }
    Ok(Some(unit.create("activity", &values)?.id()))
}
