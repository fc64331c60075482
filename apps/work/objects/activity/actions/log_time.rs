//! Noting time spent on a task.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::tasks::{require_change, text_in, values};

/// The object of time spent.
const ENTRY: &str = "time_entry";
/// Longest time of one entry, in seconds.
const LONGEST: i64 = 24 * 60 * 60;

/// See the module.
pub struct LogTime(pub ActionDefinition);

impl Action for LogTime {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        require_change(unit, &task)?;
        let context = unit.context;
        let today = context.now.to_zoned(context.time_zone.clone()).date();
        let day = input.get("day").and_then(Json::as_str).and_then(|it| it.parse::<Date>().ok()).unwrap_or(today);
        if day > today {
            return Err(KernelError::invalid("day", "too_large", "还没到这一天", "this day is still to come"));
        }
        let entry = values([
            ("task", json!(task.id())),
            ("member", json!(context.actor)),
            ("spent", input.get("spent").cloned().unwrap_or_default()),
            ("day", json!(day.to_string())),
            ("note", json!(text_in(input, "note"))),
        ]);
        let made = unit.create_as_system(ENTRY, &entry)?;
        match made.value("spent") {
            Value::Duration(seconds) if (1..=LONGEST).contains(&seconds) => {}
            _ => return Err(KernelError::invalid("spent", "rule", "用时应大于零，一次最多24小时", "more than nothing, and 24 hours at most")),
        }
        unit.emit(&task, "time_logged", Map::new());
        Ok(json!({ "id": task.id(), "version": task.version(), "time_entry": made.id() }))
    }
}
