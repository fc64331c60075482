//! Who would lose which records by a rule, before it is made.

use std::collections::HashMap;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, Record, aggregate, list_of, load_records, object_of};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pool::{pool_of, require_keeper};
use crate::recycle::{belongs, page_of};
use crate::terms::Terms;
use crate::values::id_in;

/// How many of the records are named.
const NAMED: u32 = 100;

/// See the module.
pub struct Preview(pub ActionDefinition);

impl Action for Preview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let context = unit.context;
        let missing = || KernelError::invalid("pool", "no_such_record", "请选择公海", "choose a pool");
        let pool = match pool_of(context, unit.tx, id_in(input, "pool").unwrap_or_default()) {
            Err(KernelError::NotFound) => return Err(missing()),
            other => other?,
        };
        // What it counts is more than the caller may see of single records.
        require_keeper(context, pool.id())?;
        let object = pool.value("object").as_text().unwrap_or_default().to_owned();
        let terms = Terms::of_input(input);
        let problems = terms.problems(context, &object)?;
        if !problems.is_empty() {
            return Err(KernelError::Invalid(problems));
        }
        // As it will be on the day it takes records, not on the day it warns of it.
        let filter = terms.filter(&object, false);
        // What somebody asks himself is asked with his own eyes: counts of others' records would tell what they hold.
        let asks_himself = terms.kind == "custom" || !terms.unless.trim().is_empty();
        let system = context.as_system();
        let eyes = if asks_himself { context } else { &system };
        let mut loses = Vec::new();
        for it in by_owner(eyes, unit.tx, &object, &filter)? {
            if belongs(context, unit.tx, &pool, it.0)? {
                loses.push(it);
            }
        }
        let held = if object == "lead" { "owner != null && !(status in ['converted', 'disqualified'])" } else { "owner != null" };
        let holds: HashMap<Uuid, i64> = by_owner(eyes, unit.tx, &object, held)?.into_iter().map(|it| (it.0, it.2)).collect();
        let owners: Vec<Json> = loses
            .iter()
            .map(|(id, name, count)| json!({ "member": { "id": id, "label": name }, "loses": count, "holds": holds.get(id).copied().unwrap_or(*count) }))
            .collect();
        let total: i64 = loses.iter().map(|it| it.2).sum();
        Ok(
            json!({ "total": total, "owners": owners, "records": named(context, unit.tx, &object, &filter, &loses)?, "partial": asks_himself && !context.access.is_unlimited() }),
        )
    }
}

/// Owners of the records a filter accepts, with how many, those with most first.
fn by_owner(context: &Context, tx: &mut dyn ReadTx, object: &str, filter: &str) -> Result<Vec<(Uuid, Json, i64)>> {
    let object = object_of(context, object)?;
    let request = AggregateRequest {
        filter: Some(filter.to_owned()),
        group_by: vec!["owner".into()],
        measures: vec!["count".into()],
        ..AggregateRequest::default()
    };
    let answer = serde_json::to_value(aggregate(context, tx, &object, &request)?).map_err(|error| KernelError::Internal(error.to_string()))?;
    let mut owners: Vec<(Uuid, Json, i64)> = answer["groups"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| Some((Uuid::try_parse(it["keys"][0].as_str()?).ok()?, it["labels"][0].clone(), it["values"]["count"].as_i64()?)))
        .collect();
    owners.sort_by(|one, other| other.2.cmp(&one.2).then(one.0.cmp(&other.0)));
    Ok(owners)
}

/// The first of the records, as far as the caller may see them.
fn named(context: &Context, tx: &mut dyn ReadTx, object: &str, filter: &str, loses: &[(Uuid, Json, i64)]) -> Result<Vec<Json>> {
    let owners = loses.iter().map(|it| format!("'{}'", it.0)).collect::<Vec<_>>().join(", ");
    if owners.is_empty() {
        return Ok(Vec::new());
    }
    let request = ListRequest { filter: Some(format!("owner in [{owners}] && ({filter}\n)")), limit: NAMED, ..ListRequest::default() };
    let ids: Vec<Uuid> = page_of(context, tx, object, request)?.0.into_iter().map(|it| it.id).collect();
    let object = object_of(context, object)?;
    let title = object.definition.title_field.clone();
    let owners = list_of(context, tx, &object, &ids, &["owner".into()])?;
    let seen = load_records(context, tx, &object, &ids, Verb::Read, false)?;
    let told = |id: &Uuid| {
        let record = seen.iter().find(|it| it.id() == *id)?;
        Some(json!({ "id": id, "label": record.text_for(context, &title), "owner": owners.get(id)?["owner"] }))
    };
    Ok(ids.iter().filter_map(told).collect())
}
