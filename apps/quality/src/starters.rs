//! Ready rules for accounts, contacts and leads.

use std::collections::BTreeSet;

use guanxi_kernel::Result;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::Unit;
use serde_json::{Map, Value as Json, json};

use crate::rule::RULE;

/// Most rules looked at for those that are there.
const MOST: u64 = 2_000;

/// The ready rules as values of their fields.
///
/// # Errors
/// Where the file is wrong.
pub fn starters() -> std::result::Result<Vec<Map<String, Json>>, String> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        rule: Vec<Map<String, Json>>,
    }
    let file: File = toml::from_str(include_str!("../starters.toml")).map_err(|error| format!("starters.toml: {error}"))?;
    // In the file they stand beside each other under a name of their own, as `name` does: no label of a definition.
    let as_field = |(name, value): (String, Json)| match name.as_str() {
        "says" => ("message".to_owned(), value),
        "says_en" => ("message_en".to_owned(), value),
        _ => (name, value),
    };
    Ok(file.rule.into_iter().map(|rule| rule.into_iter().map(as_field).collect()).collect())
}

/// Adds those that are not there.
pub struct AddStarters(pub ActionDefinition);

impl Action for AddStarters {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let wanted = input.get("object").and_then(Json::as_str).map(str::to_owned);
        let schema = unit.context.schema.clone();
        let key = |it: &Record| (it.text("object").unwrap_or_default(), it.text("name").unwrap_or_default());
        let known: BTreeSet<(String, String)> = known_records(unit.context, unit.tx, RULE, |_| Ok(Condition::True), MOST)?.iter().map(key).collect();
        let mut made = 0;
        for rule in starters().map_err(guanxi_kernel::KernelError::Internal)? {
            let text = |it: &str| rule.get(it).and_then(Json::as_str).unwrap_or_default().to_owned();
            let (object, name) = (text("object"), text("name"));
            let is_wanted = wanted.as_ref().is_none_or(|it| *it == object) && schema.object(&object).is_some();
            if is_wanted && !known.contains(&(object, name)) {
                unit.create(RULE, &rule)?;
                made += 1;
            }
        }
        Ok(json!({ "made": made }))
    }
}
