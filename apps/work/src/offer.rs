//! A record offered to another department from where it stands, or several of a list with the same words.

use guanxi_kernel::Result;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use serde_json::{Map, Value as Json, json};

use crate::handover::HANDOVER;

/// Objects whose records go from department to department.
const OFFERED: [&str; 4] = ["lead", "account", "contact", "opportunity"];
/// What the action asks for beside the record.
const INPUTS: [&str; 7] = ["to_department", "to_member", "known", "promised", "open_points", "due_at", "with_tasks"];

/// See the module.
struct Offer(ActionDefinition);

impl Action for Offer {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let mut offer = Map::from_iter([("record".to_owned(), json!({ "object": record.object.name, "id": record.id() }))]);
        offer.extend(INPUTS.into_iter().filter_map(|it| Some((it.to_owned(), input.get(it).filter(|it| !it.is_null())?.clone()))));
        let made = unit.create(HANDOVER, &offer)?;
        Ok(json!({ "handover": made.id() }))
    }
}

/// One for each of those objects.
///
/// # Errors
/// Says why the file is wrong.
pub fn actions() -> std::result::Result<Vec<std::sync::Arc<dyn Action>>, String> {
    let text = include_str!("../objects/handover/actions/offer.toml");
    let definition: ActionDefinition = toml::from_str(text).map_err(|error| format!("handover/actions/offer.toml: {error}"))?;
    let of = |object: &str| -> std::sync::Arc<dyn Action> {
        std::sync::Arc::new(Offer(ActionDefinition { object: object.to_owned(), ..definition.clone() }))
    };
    Ok(OFFERED.into_iter().map(of).collect())
}
