//! `enrich` of an enrichment source: has an outside service asked about some records. Asking, and what came of it, are the
//! server's: nothing here leaves the database.

use std::collections::BTreeSet;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self, MOST, MOST_OPEN, RunState, Terms};
use guanxi_kernel::read::{Record, load_records, object_of};
use guanxi_kernel::schema::{Field, FieldGate as _, Object};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// The object of sources.
pub const SOURCE: &str = enrichment::SOURCE_OBJECT;

/// Runs that are looked at.
const LOOKED_AT: u64 = 200;

/// See the module.
pub struct Enrich(pub ActionDefinition);

impl Action for Enrich {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let source = required_record(record)?;
        let context = unit.context;
        if !source.value("active").is_true() {
            return Err(KernelError::conflict("state_conflict", "此来源未启用", "the source is switched off"));
        }
        let name = if let Value::Text(name) = source.value("object") { name } else { String::new() };
        let object = object_of(context, &name)?;
        context.access.require(&object, Verb::Update)?;
        let ids = ids_of(input)?;
        if ids.len() > 1 {
            context.access.require(&object, Verb::Bulk)?;
        }
        let found: BTreeSet<Uuid> = load_records(context, unit.tx, &object, &ids, Verb::Update, false)?.iter().map(Record::id).collect();
        let ids: Vec<Uuid> = ids.into_iter().filter(|it| found.contains(it)).collect();
        if ids.is_empty() {
            return Err(KernelError::invalid(
                "records",
                "no_such_record",
                "没有您可以修改的记录",
                "there is no record among them that you may change",
            ));
        }
        let terms = Terms { closed: closed_to(context, &object), ..terms_of(context, &object, input)? };
        check_open(unit, source.id())?;
        let run = enrichment::begin(context, unit.tx, source.id(), &object.name, context.actor, &terms, &ids)?;
        unit.is_about(SOURCE, source.id());
        unit.note(json!({ "run": run, "object": object.name, "records": ids.len() }));
        Ok(json!({ "run": run, "records": ids.len() }))
    }
}

/// A source takes so many questions a day for all: nobody fills them by himself.
fn check_open(unit: &mut Unit<'_>, source: Uuid) -> Result<()> {
    let runs = enrichment::runs_of(unit.tx, unit.context.actor, &[RunState::Asking], LOOKED_AT)?;
    if runs.iter().filter(|it| it.source == source && !it.terms.by_itself).count() < MOST_OPEN {
        return Ok(());
    }
    Err(KernelError::conflict(
        "state_conflict",
        format!("您已有 {MOST_OPEN} 次查询在进行，请等其完成，或先放弃一次"),
        format!("{MOST_OPEN} of your runs are still asking; wait for one, or give one up"),
    ))
}

fn ids_of(input: &Map<String, Json>) -> Result<Vec<Uuid>> {
    let wrong = || KernelError::invalid("records", "wrong_type", "应为记录 id 的列表", "must be a list of the ids of records");
    let listed = input.get("records").and_then(Json::as_array).ok_or_else(wrong)?;
    if listed.len() > MOST {
        return Err(KernelError::invalid("records", "too_many", format!("一次最多 {MOST} 条"), format!("at most {MOST} at once")));
    }
    let ids = listed.iter().map(|it| it.as_str().and_then(|it| Uuid::try_parse(it).ok()).ok_or_else(wrong));
    let mut known = BTreeSet::new();
    Ok(ids.collect::<Result<Vec<_>>>()?.into_iter().filter(|it| known.insert(*it)).collect())
}

fn terms_of(context: &Context, object: &Object, input: &Map<String, Json>) -> Result<Terms> {
    if input.get("mode").and_then(Json::as_str) != Some("overwrite") {
        return Ok(Terms::default());
    }
    let named = input.get("overwrite").and_then(Json::as_array).cloned().unwrap_or_default();
    let overwrite: Vec<String> = named.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
    if overwrite.is_empty() {
        return Err(KernelError::invalid("overwrite", "required", "请选择要覆盖的字段", "choose the fields to be overwritten"));
    }
    for name in &overwrite {
        let open = object.field(name).is_some_and(|it| context.access.may_read(object, it) && context.access.may_write(object, it));
        if !open {
            return Err(KernelError::invalid(
                "overwrite",
                "unknown_field",
                format!("没有可修改的字段“{name}”"),
                format!("there is no field `{name}` you may change"),
            ));
        }
    }
    Ok(Terms { overwrite, typed: input.get("typed").and_then(Json::as_bool).unwrap_or(false), ..Terms::default() })
}

/// What an API key does not open of an object: the run goes on with the rights of the member it acts for, which may be wider.
fn closed_to(context: &Context, object: &Object) -> Vec<String> {
    if context.agent.is_none() {
        return Vec::new();
    }
    let is_closed = |it: &&Field| context.access.shown_uncovered(object, it, Place::List) != Shown::Whole;
    object.fields.iter().filter(is_closed).map(|it| it.name().to_owned()).collect()
}
