//! Which records would go where, before they do.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_page, load_record, object_of, readable_ids};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::PAGE;
use super::plan::{Goes, Plan, movable, objects};
use crate::values::id_of;

/// How many records are named.
const NAMED: usize = 100;

/// See the module.
pub struct Preview(pub ActionDefinition);

impl Action for Preview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        Some(preview(context, input))
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        preview(unit.context, input)
    }
}

/// The member whose records an input speaks of.
///
/// # Errors
/// Invalid, `member`, where the caller sees no such one.
pub fn member_in(context: &Context, tx: &mut dyn ReadTx, input: &Map<String, Json>) -> Result<Record> {
    let missing = || KernelError::invalid("member", "no_such_record", "请选择成员", "choose a member");
    let id = input.get("member").and_then(id_of).ok_or_else(missing)?;
    load_record(context, tx, &object_of(context, MEMBER_OBJECT)?, id, Verb::Read, false)?.ok_or_else(missing)
}

/// A page of what belongs to a member.
///
/// # Errors
/// Fails where the database does.
pub fn page_of(context: &Context, tx: &mut dyn ReadTx, object: &str, member: Uuid, after: Option<Uuid>) -> Result<Vec<Record>> {
    let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it(OWNER_FIELD)?, Value::Id(member)));
    known_page(&context.as_system(), tx, object, of, after, PAGE)
}

/// What would become of the records of an object.
#[derive(Default)]
struct Outcome {
    total: usize,
    forbidden: usize,
    by_target: BTreeMap<(Option<usize>, Goes), usize>,
}

fn preview(context: &Context, input: &Map<String, Json>) -> Result<Json> {
    let store = &context.workspace.store;
    let none = Json::Null;
    let written = input.get("plan").unwrap_or(&none);
    let (member, mut plan) = store.read_with(|tx| {
        let member = member_in(context, tx, input)?;
        let plan = Plan::read(context, tx, member.id(), written)?;
        Ok((member, plan))
    })?;
    let (mut outcomes, mut named) = (Vec::new(), Vec::new());
    for object in objects(context) {
        let outcome = of_object(context, &object, member.id(), &mut plan, &mut named)?;
        if outcome.total > 0 {
            outcomes.push((object, outcome));
        }
    }
    store.read_with(|tx| told(context, tx, &member, &outcomes, &named))
}

fn of_object(context: &Context, object: &Arc<Object>, member: Uuid, plan: &mut Plan, named: &mut Vec<(Record, Goes)>) -> Result<Outcome> {
    let (mut outcome, mut after) = (Outcome::default(), None);
    loop {
        let (last, seen, free) = context.workspace.store.read_with(|tx| {
            let page = page_of(context, tx, &object.name, member, after)?;
            let ids: Vec<Uuid> = page.iter().map(Record::id).collect();
            let seen = if ids.is_empty() { 0 } else { readable_ids(context, tx, object, &ids)?.len() };
            Ok((ids.last().copied(), seen, movable(context, tx, object, &page)?))
        })?;
        let Some(last) = last else { return Ok(outcome) };
        after = Some(last);
        outcome.total += seen;
        outcome.forbidden += seen.saturating_sub(free.len());
        for record in free {
            let (target, goes) = plan.place(context, &record);
            *outcome.by_target.entry((target, goes)).or_default() += 1;
            if named.len() < NAMED {
                named.push((record, goes));
            }
        }
    }
}

fn told(context: &Context, tx: &mut dyn ReadTx, member: &Record, outcomes: &[(Arc<Object>, Outcome)], named: &[(Record, Goes)]) -> Result<Json> {
    let names = Names::read(context, tx, outcomes)?;
    let objects: Vec<Json> = outcomes
        .iter()
        .map(|(object, outcome)| {
            let one = |((target, goes), count): (&(Option<usize>, Goes), &usize)| {
                json!({ "target": target, "kind": kind(*goes), "to": names.told(*goes), "count": count })
            };
            let targets: Vec<Json> = outcome.by_target.iter().map(one).collect();
            json!({ "object": object.name, "total": outcome.total, "forbidden": outcome.forbidden, "targets": targets })
        })
        .collect();
    let record = |(record, goes): &(Record, Goes)| {
        let label = record.text_for(context, &record.object.definition.title_field);
        json!({ "object": record.object.name, "id": record.id(), "label": label, "kind": kind(*goes), "to": names.told(*goes) })
    };
    let total: usize = outcomes.iter().map(|it| it.1.total).sum();
    let records: Vec<Json> = named.iter().map(record).collect();
    Ok(json!({ "member": { "id": member.id(), "label": member.title() }, "total": total, "objects": objects, "records": records }))
}

fn kind(goes: Goes) -> &'static str {
    match goes {
        Goes::Member(_) => "member",
        Goes::Pool(_) => "pool",
        Goes::Stays => "stay",
    }
}

/// How members and pools are called.
struct Names(BTreeMap<Uuid, String>);

impl Names {
    fn read(context: &Context, tx: &mut dyn ReadTx, outcomes: &[(Arc<Object>, Outcome)]) -> Result<Self> {
        let mut names = BTreeMap::new();
        for goes in outcomes.iter().flat_map(|it| it.1.by_target.keys().map(|it| it.1)) {
            let (object, id) = match goes {
                Goes::Member(id) => (MEMBER_OBJECT, id),
                Goes::Pool(id) => ("pool", id),
                Goes::Stays => continue,
            };
            if let Entry::Vacant(unknown) = names.entry(id) {
                let found = load_record(context, tx, &object_of(context, object)?, id, Verb::Read, false)?;
                unknown.insert(found.map(|it| it.title()).unwrap_or_default());
            }
        }
        Ok(Self(names))
    }

    fn told(&self, goes: Goes) -> Option<Json> {
        let (Goes::Member(id) | Goes::Pool(id)) = goes else { return None };
        Some(json!({ "id": id, "label": self.0.get(&id) }))
    }
}
