//! Who would lose which records by a rule, before it is made.

use std::collections::HashMap;

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, Record, aggregate, list_of, object_of};
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
        let mut loses = Vec::new();
        for it in by_owner(context, unit.tx, &object, &filter)? {
            if belongs(context, unit.tx, pool.id(), it.0)? {
                loses.push(it);
            }
        }
        let holds: HashMap<Uuid, i64> = by_owner(context, unit.tx, &object, "owner != null")?.into_iter().map(|it| (it.0, it.2)).collect();
        let owners: Vec<Json> = loses
            .iter()
            .map(|(id, name, count)| json!({ "member": { "id": id, "label": name }, "loses": count, "holds": holds.get(id).copied().unwrap_or(*count) }))
            .collect();
        let total: i64 = loses.iter().map(|it| it.2).sum();
        Ok(json!({ "total": total, "owners": owners, "records": named(context, unit.tx, &object, &filter, &loses)? }))
    }
}

/// Owners of the records a filter accepts, with how many, those with most first.
fn by_owner(context: &Context, tx: &mut dyn ReadTx, object: &str, filter: &str) -> Result<Vec<(Uuid, Json, i64)>> {
    let system = context.as_system();
    let object = object_of(&system, object)?;
    let request =
        AggregateRequest { filter: Some(filter.to_owned()), group_by: vec!["owner".into()], measures: vec!["count".into()], ..AggregateRequest::default() };
    let answer = serde_json::to_value(aggregate(&system, tx, &object, &request)?).map_err(|error| KernelError::Internal(error.to_string()))?;
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
    let request = ListRequest { filter: Some(filter.to_owned()), limit: NAMED, ..ListRequest::default() };
    let concerned = |owner: Option<Uuid>| loses.iter().any(|it| Some(it.0) == owner);
    let ids: Vec<Uuid> = page_of(context, tx, object, request)?.0.into_iter().filter(|it| concerned(it.owner)).map(|it| it.id).collect();
    let object = object_of(context, object)?;
    let title = object.definition.title_field.clone();
    let shown = list_of(context, tx, &object, &ids, &[title.clone(), "owner".into()])?;
    let told = |id: &Uuid| shown.get(id).map(|it| json!({ "id": id, "label": it[&title], "owner": it["owner"] }));
    Ok(ids.iter().filter_map(told).collect())
}
