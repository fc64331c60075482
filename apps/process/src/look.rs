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

use crate::acts::{may_override, may_steer};
use crate::advance::holders;
use crate::parts::{CASE_STEP, TEMPLATE, goes_on, int, json_of, moment, shows, state, values};
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
        let rows = rows_of(context, tx, case)?;
        let held = if shows(context, case, "roles") { holders(case) } else { BTreeMap::new() };
        let of_row = |it: &Record| ["member", "done_by"].map(|name| it.reference(name).filter(|_| shows(context, it, name)));
        let mut named: BTreeSet<Uuid> = rows.values().flat_map(of_row).flatten().collect();
        named.extend(held.values().copied());
        let names = names_of(context, tx, named)?;
        let person = |id: Option<Uuid>| id.map_or(Json::Null, |id| json!({ "id": id, "label": names.get(&id) }));
        let steers = may_steer(context, tx, case)?;
        let overrides = steers && may_override(context, tx, case.reference("template"))?;
        let vacant = |role: Uuid| plan.steps.iter().any(|it| it.role == Some(role) && rows.get(&it.key).is_some_and(|row| state(row) == "waiting"));
        let mut roles = Vec::new();
        for it in &plan.roles {
            let may_change = goes_on(case) && steers && (overrides || it.filled_by == "hand" || vacant(it.key));
            let member = person(held.get(&it.key).copied());
            roles.push(json!({ "key": it.key, "name": it.name, "filled_by": it.filled_by, "member": member, "may_change": may_change }));
        }
        let selves = context.access.member.selves();
        let his = |row: &Record| state(row) == "open" && row.reference("member").is_some_and(|it| selves.contains(&it));
        let mut sends_back = steers;
        let laid_out = shows(context, case, "plan");
        let mut steps = Vec::new();
        for step in &plan.steps {
            let Some(row) = rows.get(&step.key) else { continue };
            let back = back_to(&plan, &rows, step);
            sends_back |= his(row) && !back.is_empty();
            let mut told = told_row(context, step, row, &person);
            if laid_out {
                told.extend(told_layout(&plan, step));
            }
            told.insert("may_send_back_to".to_owned(), json!(back));
            steps.push(Json::Object(told));
        }
        let template = match (context.schema.object(TEMPLATE).cloned(), case.reference("template").filter(|_| shows(context, case, "template"))) {
            (Some(object), Some(id)) => load_record(context, tx, &object, id, Verb::Read, false)?,
            _ => None,
        };
        let version = shows(context, case, "template_version").then(|| int(case, "template_version"));
        let template = template.map(|it| {
            let current = shows(context, &it, "edition").then(|| int(&it, "edition"));
            let name = it.text_for(context, it.object.title_field().name());
            json!({ "id": it.id(), "name": name, "version": version, "current_version": current })
        });
        Ok(json!({
            "id": case.id(), "version": case.version(), "state": shows(context, case, "state").then(|| state(case)),
            "template": template, "record": about(context, tx, case)?, "roles": roles, "steps": steps,
            "may": { "cancel": steers && goes_on(case), "change_role": steers && goes_on(case), "send_back": sends_back && goes_on(case) },
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

/// The steps of a case the caller sees, by their keys.
fn rows_of(context: &Context, tx: &mut dyn ReadTx, case: &Record) -> Result<BTreeMap<Uuid, Record>> {
    let Some(object) = context.schema.object(CASE_STEP).cloned() else { return Ok(BTreeMap::new()) };
    let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("process_case")?, Value::Id(case.id())));
    let all = known_records(&context.as_system(), tx, CASE_STEP, of, MOST_STEPS as u64)?;
    let ids: Vec<Uuid> = all.iter().map(Record::id).collect();
    let rows = load_records(context, tx, &object, &ids, Verb::Read, false)?;
    let key = |it: &Record| it.value("step_key").as_text().and_then(|it| Uuid::try_parse(it).ok());
    Ok(rows.into_iter().filter_map(|it| Some((key(&it)?, it))).collect())
}

/// How a step went, as far as the caller sees the fields that say so.
fn told_row(context: &Context, step: &Step, row: &Record, person: &dyn Fn(Option<Uuid>) -> Json) -> Map<String, Json> {
    let shown = |field: &str| shows(context, row, field);
    let at = |field: &str| if shown(field) { moment(row, field) } else { Json::Null };
    let who = |field: &str| person(row.reference(field).filter(|_| shown(field)));
    let took = if let (Value::Duration(seconds), true) = (row.value("took"), shown("took")) { Some(seconds) } else { None };
    let answers = if shown("answers") { json_of(row, "answers") } else { Json::Null };
    values([
        ("id", json!(row.id())),
        ("key", json!(step.key)),
        ("name", json!(row.text_for(context, "name"))),
        ("position", json!(step.position)),
        ("state", json!(shown("state").then(|| state(row)))),
        ("member", who("member")),
        ("task", json!(row.reference("task").filter(|_| shown("task")))),
        ("started_at", at("started_at")),
        ("due_at", at("due_at")),
        ("done_at", at("done_at")),
        ("done_by", who("done_by")),
        ("took", json!(took)),
        ("late", json!(shown("late") && row.value("late").is_true())),
        ("round", json!(if shown("round") { int(row, "round").unwrap_or(1) } else { 1 })),
        ("back_reason", json!(shown("back_reason").then(|| row.text("back_reason")))),
        ("answers", if answers.is_null() { json!({}) } else { answers }),
        // What the layout says, where the caller does not see that.
        ("role", Json::Null),
        ("role_name", json!(shown("role_name").then(|| row.text("role_name")))),
        ("after", json!([])),
        ("instructions", Json::Null),
        ("condition", Json::Null),
        ("required_fields", json!([])),
        ("questions", json!([])),
        ("checklist", json!([])),
        ("has_form", json!(false)),
    ])
}

/// How a step was laid out when the case started.
fn told_layout(plan: &Plan, step: &Step) -> Map<String, Json> {
    values([
        ("role", json!(step.role)),
        ("role_name", json!(step.role.and_then(|it| plan.role(it)).map(|it| it.name.clone()))),
        ("after", json!(step.after)),
        ("instructions", json!(step.instructions)),
        ("condition", json!(step.condition)),
        ("required_fields", json!(step.required_fields)),
        ("questions", json!(step.questions)),
        ("checklist", json!(step.checklist)),
        ("has_form", json!(step.has_form())),
    ])
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
    let (Value::Id(id), Value::Text(name), true) = (case.value("record"), case.value("record.object"), shows(context, case, "record")) else {
        return Ok(Json::Null);
    };
    let object = context.schema.object(&name).cloned();
    let seen = object.map(|it| load_record(context, tx, &it, id, Verb::Read, false)).transpose()?.flatten();
    let label = seen.and_then(|it| it.text_for(context, it.object.title_field().name()));
    Ok(json!({ "object": name, "id": id, "label": label }))
}
