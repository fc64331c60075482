//! A rule is changed by a new version that takes over the next day, and ended the same way.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, load_record, record_json};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::pool::today;
use crate::recycle::RULE;
use crate::values::{id_in, number, values};

/// Makes the next version.
pub struct Replace(pub ActionDefinition);
/// Ends a rule.
pub struct Stop(pub ActionDefinition);

/// What a new version takes over where it is not said anew.
const KEPT: [&str; 10] = ["name", "kind", "days", "days_a", "days_b", "days_c", "days_d", "condition", "unless", "warn_days"];

/// Ends a rule tomorrow; one that is not in force yet never was.
fn end(unit: &mut Unit<'_>, rule: &Record) -> Result<Record> {
    let context = unit.context;
    if load_record(context, unit.tx, &rule.object, rule.id(), Verb::Update, false)?.is_none() {
        return Err(KernelError::Forbidden(format!("update {RULE}")));
    }
    let tomorrow = today(context).tomorrow().map_err(|error| KernelError::Internal(error.to_string()))?;
    unit.update_as_system(RULE, rule.id(), &values([("ends_on", json!(tomorrow.to_string()))]))
}

impl Action for Replace {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let rule = required_record(record)?;
        end(unit, &rule)?;
        let known = record_json(&rule.object, &rule.row);
        let mut next: Map<String, Json> =
            KEPT.iter().filter_map(|name| Some(((*name).to_owned(), input.get(*name).or_else(|| known.get(*name))?.clone()))).collect();
        next.insert("pool".to_owned(), json!(rule.reference("pool")));
        let into = if input.contains_key("into") { id_in(input, "into") } else { rule.reference("into") };
        next.insert("into".to_owned(), json!(into));
        // Made by the caller, who must be able to make one.
        let made = unit.create(RULE, &next)?;
        let lineage = values([("supersedes", json!(rule.id())), ("edition", json!(number(&rule, "edition").unwrap_or(1) + 1))]);
        let made = unit.update_as_system(RULE, made.id(), &lineage)?;
        Ok(json!({ "id": made.id(), "version": made.version(), "effective_from": made.text("effective_from") }))
    }
}

impl Action for Stop {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let rule = required_record(record)?;
        let ended = end(unit, &rule)?;
        Ok(json!({ "id": ended.id(), "version": ended.version(), "ends_on": ended.text("ends_on") }))
    }
}
