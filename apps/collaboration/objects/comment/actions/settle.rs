//! Resolving what was discussed, and opening it again.

use guanxi_kernel::Result;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use serde_json::{Map, Value as Json, json};

use crate::comments::COMMENT;

/// `comment.resolve`: whoever may take part in the discussion may say that it is settled.
pub struct Resolve(pub ActionDefinition);

impl Action for Resolve {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let (at, by) = (json!(unit.context.now.to_string()), json!(unit.context.actor));
        settle(unit, record, "resolved", at, by)
    }
}

/// `comment.reopen`.
pub struct Reopen(pub ActionDefinition);

impl Action for Reopen {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        settle(unit, record, "reopened", Json::Null, Json::Null)
    }
}

fn settle(unit: &mut Unit<'_>, record: Option<Record>, verb_past: &str, at: Json, by: Json) -> Result<Json> {
    let comment = required_record(record)?;
    let values = Map::from_iter([("resolved_at".to_owned(), at), ("resolved_by".to_owned(), by)]);
    let saved = unit.update_as_system(COMMENT, comment.id(), &values)?;
    unit.emit(&saved, verb_past, Map::new());
    Ok(json!({ "id": saved.id(), "version": saved.version() }))
}
