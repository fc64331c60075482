//! All of a case at once: for the screen that shows where it stands.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_records, load_record, load_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::acts::may_steer;
use crate::advance::holders;
use crate::parts::{CASE_STEP, TEMPLATE, int, json_of, known, moment, state};
use crate::plan::{MOST_STEPS, Plan, Step};

/// `process_case.look`.
pub struct Look(pub ActionDefinition);

impl Action for Look {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, case: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let plan = Plan::of_case(case)?;
        let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("process_case")?, Value::Id(case.id())));
        let rows = known_records(context, tx, CASE_STEP, of, MOST_STEPS as u64)?;
        let key = |it: &Record| it.value("step_key").as_text().and_then(|it| Uuid::try_parse(it).ok());
        let rows: BTreeMap<Uuid, Record> = rows.into_iter().filter_map(|it| Some((key(&it)?, it))).collect();
        let holders = holders(case);
        let mut named: BTreeSet<Uuid> = rows.values().flat_map(|it| [it.reference("member"), it.reference("done_by")]).flatten().collect();
        named.extend(holders.values().copied());
        let names = names_of(context, tx, named)?;
        let person = |id: Option<Uuid>| id.map_or(Json::Null, |id| json!({ "id": id, "label": names.get(&id) }));
        let roles = plan
            .roles
            .iter()
            .map(|it| json!({ "key": it.key, "name": it.name, "filled_by": it.filled_by, "member": person(holders.get(&it.key).copied()) }));
        let roles: Vec<Json> = roles.collect();
        let steers = may_steer(context, tx, case)?;
        let selves = context.access.member.selves();
        let his = |row: &Record| state(row) == "open" && row.reference("member").is_some_and(|it| selves.contains(&it));
        let goes_on = matches!(state(case).as_str(), "running" | "waiting");
        let mut sends_back = steers;
        let mut steps = Vec::new();
        for step in &plan.steps {
            let Some(row) = rows.get(&step.key) else { continue };
            let back = back_to(&plan, &rows, step);
            sends_back |= his(row) && !back.is_empty();
            steps.push(told_step(&plan, step, row, &person, &back));
        }
        let template = case.reference("template").map(|it| known(context, tx, TEMPLATE, it)).transpose()?.flatten();
        Ok(json!({
            "id": case.id(), "version": case.version(), "state": state(case),
            "template": template.map(|it| json!({ "id": it.id(), "name": it.title(), "version": int(case, "template_version"), "current_version": int(&it, "edition") })),
            "record": about(context, tx, case)?,
            "roles": roles, "steps": steps,
            "may": { "cancel": steers && goes_on, "change_role": steers && goes_on, "send_back": sends_back && goes_on },
        }))
    }

    fn run(&self, _unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("process_case.look only reads".into()))
    }
}

/// Steps that were done and that an open one comes after.
fn back_to(plan: &Plan, rows: &BTreeMap<Uuid, Record>, step: &Step) -> Vec<Uuid> {
    if rows.get(&step.key).is_none_or(|it| state(it) != "open") {
        return Vec::new();
    }
    let done = |it: &&Step| rows.get(&it.key).is_some_and(|it| state(it) == "done") && plan.followers(it.key).contains(&step.key);
    plan.steps.iter().filter(done).map(|it| it.key).collect()
}

fn told_step(plan: &Plan, step: &Step, row: &Record, person: &dyn Fn(Option<Uuid>) -> Json, back: &[Uuid]) -> Json {
    let took = if let Value::Duration(seconds) = row.value("took") { Some(seconds) } else { None };
    let answers = json_of(row, "answers");
    json!({
        "id": row.id(), "key": step.key, "name": step.name, "position": step.position, "state": state(row),
        "role": step.role, "role_name": step.role.and_then(|it| plan.role(it)).map(|it| it.name.clone()),
        "member": person(row.reference("member")), "task": row.reference("task"), "after": step.after,
        "started_at": moment(row, "started_at"), "due_at": moment(row, "due_at"), "done_at": moment(row, "done_at"),
        "done_by": person(row.reference("done_by")), "took": took, "late": row.value("late").is_true(),
        "round": int(row, "round").unwrap_or(1), "back_reason": row.text("back_reason"),
        "instructions": step.instructions, "condition": step.condition, "required_fields": step.required_fields,
        "questions": step.questions, "answers": if answers.is_null() { json!({}) } else { answers },
        "checklist": step.checklist, "has_form": step.has_form(), "may_send_back_to": back,
    })
}

/// Names of members the caller sees.
fn names_of(context: &Context, tx: &mut dyn ReadTx, ids: BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Option<String>>> {
    let Some(members) = context.schema.object(MEMBER_OBJECT).cloned() else { return Ok(BTreeMap::new()) };
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = load_records(context, tx, &members, &ids, Verb::Read, false)?;
    let title = members.title_field().name().to_owned();
    Ok(found.iter().map(|it| (it.id(), it.text_for(context, &title))).collect())
}

/// What the case is about; its title only to who may see it.
fn about(context: &Context, tx: &mut dyn ReadTx, case: &Record) -> Result<Json> {
    let (Value::Id(id), Value::Text(name)) = (case.value("record"), case.value("record.object")) else { return Ok(Json::Null) };
    let object = context.schema.object(&name).cloned();
    let seen = object.map(|it| load_record(context, tx, &it, id, Verb::Read, false)).transpose()?.flatten();
    let label = seen.and_then(|it| it.text_for(context, &it.object.title_field().name().to_owned()));
    Ok(json!({ "object": name, "id": id, "label": label }))
}
