//! What a step asks for, and completing it with that.

use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, get_json, known_records, load_record};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::parts::{CASE, CASE_STEP, TASK, json_of, known, shows, state, values};
use crate::plan::{Plan, Step};
use crate::questions::{take_answers, unanswered};

/// Most lines of a checklist.
const MOST_ITEMS: u64 = 200;

/// What a task that is a step belongs to.
struct Asked {
    case: Record,
    row: Record,
    step: Step,
    record: Option<(Arc<Object>, Uuid)>,
}

fn asked(context: &Context, tx: &mut dyn ReadTx, task: &Record) -> Result<Asked> {
    let gone = || KernelError::conflict("state_conflict", "这个任务不是流程的步骤", "this task is no step of a process");
    let row = task.reference("process_step").ok_or_else(gone)?;
    let row = known(context, tx, CASE_STEP, row)?.ok_or_else(gone)?;
    let case = row.reference("process_case").ok_or_else(gone)?;
    let case = known(context, tx, CASE, case)?.ok_or_else(gone)?;
    let step = step_of(&case, &row)?.ok_or_else(gone)?;
    let record = match (case.value("record"), case.value("record.object")) {
        (Value::Id(id), Value::Text(object)) => context.schema.object(&object).cloned().map(|it| (it, id)),
        _ => None,
    };
    Ok(Asked { case, row, step, record })
}

fn step_of(case: &Record, row: &Record) -> Result<Option<Step>> {
    let key = row.value("step_key").as_text().and_then(|it| Uuid::try_parse(it).ok());
    let plan = Plan::of_case(case)?;
    Ok(key.and_then(|it| plan.step(it)).cloned())
}

/// What is missing before a step can be done: answers, fields of the record, lines of the checklist. Of fields the caller does not see
/// it tells no more than that something is missing.
///
/// # Errors
/// Fails where the database does.
pub fn missing(context: &Context, tx: &mut dyn ReadTx, row: &Record, task: Uuid) -> Result<Vec<FieldError>> {
    let system = context.as_system();
    let case = row.reference("process_case").map(|it| known(&system, tx, CASE, it)).transpose()?.flatten();
    let Some((case, step)) = case.map(|case| step_of(&case, row).map(|step| step.map(|it| (case, it)))).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let mut missing: Vec<FieldError> = Vec::new();
    for question in unanswered(&step.questions, &json_of(row, "answers")) {
        let label = &question.label;
        let (zh, en) = (or(&label.zh_cn, &label.en), or(&label.en, &label.zh_cn));
        missing.push(FieldError::new(format!("answers.{}", question.name), "required", format!("请回答“{zh}”"), format!("answer {en}")));
    }
    missing.extend(empty_fields(context, tx, &case, &step)?);
    let open = checklist(&system, tx, task)?.1;
    if !open.is_empty() {
        let few: Vec<&str> = open.iter().take(5).map(String::as_str).collect();
        let (zh, en) = (format!("请先勾选清单：{}", few.join("、")), format!("first tick the checklist: {}", few.join(", ")));
        missing.push(FieldError::new("checklist", "required", zh, en));
    }
    Ok(missing)
}

/// Fields of the record the step asks for that are empty, by name where the caller sees them.
fn empty_fields(context: &Context, tx: &mut dyn ReadTx, case: &Record, step: &Step) -> Result<Vec<FieldError>> {
    let mut missing: Vec<FieldError> = Vec::new();
    let (Value::Id(id), Value::Text(object), false) = (case.value("record"), case.value("record.object"), step.required_fields.is_empty()) else {
        return Ok(missing);
    };
    let Some(record) = known(&context.as_system(), tx, &object, id)? else { return Ok(missing) };
    let sees = load_record(context, tx, &record.object, id, Verb::Read, false)?.is_some();
    let mut hidden = false;
    for field in step.required_fields.iter().filter_map(|it| record.object.field(it)).filter(|it| it.is_empty_in(&record.row)) {
        if !sees || context.access.shown_of(&record.object, field, Place::Record, &record.row) == Shown::No {
            hidden = true;
            continue;
        }
        let label = &field.definition.label;
        let (zh, en) = (format!("请填写记录的“{}”", label.zh_cn), format!("fill in {} of the record", label.en));
        missing.push(FieldError::new(format!("values.{}", field.name()), "required", zh, en));
    }
    if hidden {
        let (zh, en) = ("记录上还有必填的内容没有填，请让能看到的同事填写", "the record still lacks something; let somebody fill it in who sees it");
        missing.push(FieldError::new("values", "required", zh, en));
    }
    Ok(missing)
}

fn or<'a>(one: &'a str, other: &'a str) -> &'a str {
    if one.trim().is_empty() { other } else { one }
}

/// How many lines a task has, and those not ticked.
fn checklist(context: &Context, tx: &mut dyn ReadTx, task: Uuid) -> Result<(usize, Vec<String>)> {
    let items = known_records(context, tx, "checklist_item", |it| Ok(Condition::equals(it("task")?, Value::Id(task))), MOST_ITEMS)?;
    let open = items.iter().filter(|it| !it.value("done").is_true()).map(Record::title).collect();
    Ok((items.len(), open))
}

/// `activity.step_form`.
pub struct StepForm(pub ActionDefinition);

impl Action for StepForm {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, task: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let system = context.as_system();
        let it = asked(&system, tx, task)?;
        let (total, open) = checklist(&system, tx, task.id())?;
        let (record, fields) = match &it.record {
            Some((object, id)) => fields_of(context, tx, object, *id, &it.step)?,
            None => (Json::Null, Vec::new()),
        };
        // What was written down belongs to the case and its step: to who may see those, as far as he may.
        let case = load_record(context, tx, &it.case.object, it.case.id(), Verb::Read, false)?;
        let row = load_record(context, tx, &it.row.object, it.row.id(), Verb::Read, false)?;
        let of_case = |field: &str| case.as_ref().filter(|case| shows(context, case, field)).map(|case| case.text(field));
        let of_row = |field: &str| row.as_ref().filter(|row| shows(context, row, field)).map(|row| row.text(field));
        let answers = row.as_ref().filter(|row| shows(context, row, "answers")).map_or(Json::Null, |row| json_of(row, "answers"));
        Ok(json!({
            "case": { "id": it.case.id(), "name": of_case("name"), "number": of_case("number") },
            "step": { "id": it.row.id(), "key": it.step.key, "name": it.step.name, "instructions": it.step.instructions,
                      "state": of_row("state"), "round": of_row("round"), "back_reason": of_row("back_reason") },
            "record": record,
            "fields": fields,
            "questions": it.step.questions,
            "answers": if answers.is_null() { json!({}) } else { answers },
            "checklist": { "total": total, "done": total - open.len() },
        }))
    }

    fn run(&self, _unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("activity.step_form only reads".into()))
    }
}

/// The record and the fields of it a step asks for, as the caller may see them.
fn fields_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, step: &Step) -> Result<(Json, Vec<Json>)> {
    let Some(record) = load_record(context, tx, object, id, Verb::Read, false)? else {
        return Ok((json!({ "object": object.name, "id": id, "label": null, "version": null }), Vec::new()));
    };
    let shown = get_json(context, tx, object, id)?.unwrap_or_default();
    let may_change = load_record(context, tx, object, id, Verb::Update, false)?.is_some();
    let fields = step.required_fields.iter().filter_map(|it| object.field(it));
    let fields = fields.filter(|it| context.access.shown_of(object, it, Place::Record, &record.row) != Shown::No);
    let told = fields.map(|it| {
        let may_write = may_change && context.access.may_write(object, it);
        json!({ "name": it.name(), "label": it.definition.label, "type": it.definition.kind, "required": true, "may_write": may_write, "value": shown.get(it.name()) })
    });
    let told = told.collect();
    let title = record.text_for(context, object.title_field().name());
    Ok((json!({ "object": object.name, "id": id, "label": title, "version": record.version() }), told))
}

/// `activity.complete_step`.
pub struct CompleteStep(pub ActionDefinition);

impl Action for CompleteStep {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let task = required_record(record)?;
        let context = unit.context;
        Planner::new(context).reach(unit.tx, &task.object, task.id(), Verb::Update)?;
        let system = context.as_system();
        let it = asked(&system, unit.tx, &task)?;
        if state(&it.row) != "open" || it.row.reference("task") != Some(task.id()) {
            return Err(KernelError::conflict("state_conflict", "这一步已经不在办理", "this step is not under way any more"));
        }
        fill_in(unit, &it, input.get("values").unwrap_or(&Json::Null))?;
        let given = input.get("answers").unwrap_or(&Json::Null);
        let answers = take_answers(&it.step.questions, &json_of(&it.row, "answers"), given).map_err(KernelError::Invalid)?;
        if answers.as_object().is_some_and(|it| !it.is_empty()) {
            unit.update_as_system(CASE_STEP, it.row.id(), &values([("answers", answers)]))?;
        }
        let row = known(&system, unit.tx, CASE_STEP, it.row.id())?.unwrap_or(it.row);
        let missing = missing(context, unit.tx, &row, task.id())?;
        if !missing.is_empty() {
            return Err(KernelError::Invalid(missing));
        }
        let outcome = ["outcome", "description"].into_iter().filter_map(|name| Some((name.to_owned(), input.get(name)?.clone())));
        let done = unit.call(TASK, task.id(), "complete", &outcome.collect())?;
        let stands = known(&system, unit.tx, CASE, it.case.id())?.map(|it| state(&it));
        Ok(json!({ "id": task.id(), "version": done.get("version"), "case": it.case.id(), "state": stands }))
    }
}

/// Writes what the step asks of the record, with the rights of who completes it.
fn fill_in(unit: &mut Unit<'_>, it: &Asked, given: &Json) -> Result<()> {
    let given = match given {
        Json::Null => return Ok(()),
        Json::Object(members) => members,
        _ => return Err(KernelError::invalid("values", "wrong_type", "应为字段和值的对象", "must be an object of fields and values")),
    };
    if let Some(name) = given.keys().find(|name| !it.step.required_fields.contains(name)) {
        let shown: String = name.chars().take(40).collect();
        return Err(KernelError::invalid(
            format!("values.{shown}"),
            "unknown_field",
            "这一步不填这个字段，请在记录上修改",
            "this step does not ask for it; change it on the record",
        ));
    }
    let (Some((object, id)), false) = (&it.record, given.is_empty()) else { return Ok(()) };
    match unit.update(&object.name, *id, given) {
        Ok(_) => Ok(()),
        Err(KernelError::Invalid(mut problems)) => {
            for problem in &mut problems {
                problem.field = format!("values.{}", problem.field);
            }
            Err(KernelError::Invalid(problems))
        }
        Err(KernelError::NotFound | KernelError::Forbidden(_)) => Err(KernelError::invalid(
            "values",
            "field_forbidden",
            "您不能修改这条记录，请让能修改的同事填写后再完成",
            "you may not change the record; let somebody fill it in who may, then complete the step",
        )),
        Err(other) => Err(other),
    }
}
