//! Keeping up a community: a visit or a message that was made, and when the next one is due.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

/// What is written to the members of a group; any other way is a visit.
const MESSAGE: &str = "message";
/// Platforms that are channels of messages too.
const CHANNELS: [&str; 2] = ["wechat", "wecom"];

/// See the module.
pub struct Maintain(pub ActionDefinition);

impl Action for Maintain {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let community = required_record(record)?;
        let now = unit.context.now;
        let done_at = input.get("done_at").and_then(Json::as_str).and_then(|it| it.parse::<Timestamp>().ok()).unwrap_or(now);
        if done_at > now {
            return Err(KernelError::invalid("done_at", "rule", "还没有发生，请改用任务或日程", "it has not happened yet; plan a task instead"));
        }
        let activity = unit.create("activity", &activity_of(&community, input, done_at))?;
        // Whoever may call it may say that he was there; the rest of the record stays its keeper's.
        let mut values = Map::new();
        if !matches!(community.value("last_maintained_at"), Value::DateTime(last) if last >= done_at) {
            values.insert("last_maintained_at".to_owned(), json!(done_at.to_string()));
        }
        if let Some(next) = input.get("next_maintenance") {
            values.insert("next_maintenance".to_owned(), next.clone());
        } else if matches!(community.value("next_maintenance"), Value::Date(due) if due <= day_of(unit, done_at)) {
            values.insert("next_maintenance".to_owned(), Json::Null);
        }
        let saved = unit.update_as_system("community", community.id(), &values)?;
        unit.emit(&saved, "maintained", Map::from_iter([("activity".to_owned(), json!(activity.id()))]));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "activity": activity.id() }))
    }
}

fn day_of(unit: &Unit<'_>, at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(unit.context.time_zone.clone()).date()
}

fn activity_of(community: &Record, input: &Map<String, Json>, done_at: Timestamp) -> Map<String, Json> {
    let is_virtual = community.value("kind").as_text() == Some("virtual");
    let usual = if is_virtual { MESSAGE } else { "door_visit" };
    let way = input.get("way").and_then(Json::as_str).unwrap_or(usual);
    let mut values = Map::from_iter([
        ("subject".to_owned(), json!(format!("村社维护：{}", community.title()))),
        ("status".to_owned(), json!("done")),
        ("start_at".to_owned(), json!(done_at.to_string())),
        ("done_at".to_owned(), json!(done_at.to_string())),
        ("description".to_owned(), input.get("note").cloned().unwrap_or_default()),
        ("regarding".to_owned(), json!({ "object": "community", "id": community.id() })),
    ]);
    if way == MESSAGE {
        values.insert("kind".to_owned(), json!(MESSAGE));
        values.insert("direction".to_owned(), json!("outgoing"));
        if let Some(channel) = community.value("platform").as_text().filter(|it| CHANNELS.contains(it)) {
            values.insert("channel".to_owned(), json!(channel));
        }
    } else {
        values.insert("kind".to_owned(), json!("visit"));
        values.insert("visit_method".to_owned(), json!(way));
    }
    values
}
