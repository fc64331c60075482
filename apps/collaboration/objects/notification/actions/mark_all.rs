//! Marking everything in the inbox as read.

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::read::Record;
use guanxi_kernel::store::{ColumnRef, Condition};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};

use crate::notify::NOTIFICATION;
use guanxi_kernel::read::known_records as records;

/// Most that are marked at a time; who has more does it again.
const MOST: u64 = 1_000;

/// `notification.mark_all`.
pub struct MarkAll(pub ActionDefinition);

impl Action for MarkAll {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let archive = input.get("archive") == Some(&Json::Bool(true));
        let (context, member) = (unit.context, unit.context.actor);
        let inbox = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let mine = Condition::equals(it("member")?, Value::Id(member)).and(Condition::equals(it("archived")?, Value::Bool(false)));
            Ok(if archive { mine } else { mine.and(Condition::equals(it("read")?, Value::Bool(false))) })
        };
        let lines = records(context, unit.tx, NOTIFICATION, inbox, MOST)?;
        let mut values = Map::from_iter([("read".to_owned(), json!(true))]);
        values.extend(archive.then(|| ("archived".to_owned(), json!(true))));
        for line in &lines {
            unit.update(NOTIFICATION, line.id(), &values)?;
        }
        Ok(json!({ "marked": lines.len() }))
    }
}
