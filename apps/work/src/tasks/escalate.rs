//! Tasks that are late by more than a rule allows are brought before somebody else, once for each step.

use std::collections::BTreeMap;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{TASK, open_tasks, values};

/// The object of the rules.
const RULE: &str = "escalation_rule";
/// Most rules.
const MOST_RULES: u64 = 100;
/// Most tasks of one run; the next one goes on.
const MOST: u64 = 500;
/// What is late by this much more than the last step is left in peace: rules made today do not stir up last year.
const BACK: i64 = 14 * 24;

/// `work.escalate_tasks`.
pub struct EscalateTasks;

/// One step of one task.
struct Step {
    task: Uuid,
    hours: i64,
    to: Uuid,
}

impl JobHandler for EscalateTasks {
    fn kind(&self) -> &str {
        "work.escalate_tasks"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(300))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let steps = context.workspace.store.read_with(|tx| steps(context, tx))?;
        for step in steps {
            match run_unit(context, context.new_id(), "escalate", Box::new(move |unit| take(unit, &step))) {
                // One that cannot be saved as it is does not keep the others waiting.
                Ok(()) | Err(KernelError::Invalid(_) | KernelError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

fn take(unit: &mut Unit<'_>, step: &Step) -> Result<()> {
    let now = unit.context.now.to_string();
    let noted = values([("escalated_at", json!(now)), ("escalated_to", json!(step.to)), ("escalated_hours", json!(step.hours))]);
    let saved = unit.update_as_system(TASK, step.task, &noted)?;
    unit.emit(&saved, "escalated", Map::from_iter([("to".to_owned(), json!([null, step.to]))]));
    Ok(())
}

fn int(record: &Record, field: &str) -> i64 {
    if let Value::Int(value) = record.value(field) { value } else { 0 }
}

fn steps(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Step>> {
    let rules = known_records(context, tx, RULE, |it| Ok(Condition::equals(it("active")?, Value::Bool(true))), MOST_RULES)?;
    let hours = || rules.iter().map(|it| int(it, "after_hours"));
    let (Some(least), Some(most)) = (hours().min(), hours().max()) else { return Ok(Vec::new()) };
    let ago = |hours: i64| Value::DateTime(context.now - SignedDuration::from_hours(hours));
    let late = known_records(
        context,
        tx,
        TASK,
        |it| {
            let due = it("due_at")?;
            let late = Condition::Compare(due, CompareOp::Le, ago(least)).and(Condition::Compare(due, CompareOp::Gt, ago(most + BACK)));
            let told = it("escalated_hours")?;
            let goes_on = Condition::Or(vec![Condition::IsNull(told), Condition::Compare(told, CompareOp::Lt, Value::Int(most))]);
            Ok(late.and(open_tasks(it)?).and(goes_on))
        },
        MOST,
    )?;
    let mut known = BTreeMap::new();
    let mut steps = Vec::new();
    for task in &late {
        let Some(rule) = rule_for(context, &rules, task) else { continue };
        if let Some(to) = whom(context, tx, &mut known, rule, task)? {
            steps.push(Step { task: task.id(), hours: int(rule, "after_hours"), to });
        }
    }
    Ok(steps)
}

/// The furthest step a task has come to and was not brought to yet.
fn rule_for<'r>(context: &Context, rules: &'r [Record], task: &Record) -> Option<&'r Record> {
    let Value::DateTime(due) = task.value("due_at") else { return None };
    let late = context.now.duration_since(due).as_hours();
    let told = int(task, "escalated_hours");
    let fits = |rule: &&Record| {
        let priority = rule.value("priority");
        let hours = int(rule, "after_hours");
        (priority.is_null() || priority == task.value("priority")) && hours <= late && hours > told
    };
    rules.iter().filter(fits).max_by_key(|it| int(it, "after_hours"))
}

/// Whom a rule brings a task before: somebody other than who has it.
fn whom(context: &Context, tx: &mut dyn ReadTx, known: &mut BTreeMap<Uuid, Option<Record>>, rule: &Record, task: &Record) -> Result<Option<Uuid>> {
    let owner = task.reference("owner");
    let mut load = |tx: &mut dyn ReadTx, object: &str, id: Option<Uuid>| -> Result<Option<Record>> {
        let Some(id) = id else { return Ok(None) };
        if let Some(found) = known.get(&id) {
            return Ok(found.clone());
        }
        let found = known_records(context, tx, object, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop();
        known.insert(id, found.clone());
        Ok(found)
    };
    let member = load(tx, MEMBER_OBJECT, owner)?;
    let to = match rule.value("tell").as_text() {
        Some("member") => rule.reference("member"),
        Some("department_head") => {
            let department = task.reference("department").or_else(|| member.as_ref().and_then(|it| it.reference("department")));
            load(tx, DEPARTMENT_OBJECT, department)?.and_then(|it| it.reference("head"))
        }
        _ => member.and_then(|it| it.reference("manager")),
    };
    Ok(to.filter(|it| Some(*it) != owner))
}
