//! Tasks that are late by more than a rule allows are brought before somebody else, once for each step.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, StoreExt as _};
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
    to: Option<Uuid>,
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

/// Takes a step, unless the task was done, put off or brought further since it was found.
fn take(unit: &mut Unit<'_>, step: &Step) -> Result<()> {
    let context = unit.context;
    let still =
        |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("id")?, Value::Id(step.task)).and(late_by(context, it, step.hours)?));
    if known_records(context, unit.tx, TASK, still, 1)?.is_empty() {
        return Ok(());
    }
    let mut noted = values([("escalated_hours", json!(step.hours))]);
    if step.to.is_some() {
        noted.extend(values([("escalated_at", json!(context.now.to_string())), ("escalated_to", json!(step.to))]));
    }
    let saved = unit.update_as_system(TASK, step.task, &noted)?;
    if step.to.is_some() {
        unit.emit(&saved, "escalated", Map::from_iter([("to".to_owned(), json!([null, step.to]))]));
    }
    Ok(())
}

fn int(record: &Record, field: &str) -> i64 {
    if let Value::Int(value) = record.value(field) { value } else { 0 }
}

/// The steps to be taken now. Each rule asks for the tasks it is for, the latest step first, so that those no rule is for do
/// not stand in the way of the others.
fn steps(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Step>> {
    let mut rules = known_records(context, tx, RULE, |it| Ok(Condition::equals(it("active")?, Value::Bool(true))), MOST_RULES)?;
    rules.sort_by_key(|it| std::cmp::Reverse(int(it, "after_hours")));
    let mut known = BTreeMap::new();
    let mut steps: BTreeMap<Uuid, Step> = BTreeMap::new();
    for rule in &rules {
        let hours = int(rule, "after_hours");
        let wanted = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let late = late_by(context, it, hours)?;
            let priority = rule.value("priority");
            Ok(if priority.is_null() { late } else { late.and(Condition::equals(it("priority")?, priority)) })
        };
        for task in known_records(context, tx, TASK, wanted, MOST)? {
            if steps.len() as u64 >= MOST {
                break;
            }
            if let Entry::Vacant(step) = steps.entry(task.id()) {
                // Where there is nobody to be told the step is taken all the same: it is not looked for again.
                let to = whom(context, tx, &mut known, rule, &task)?;
                step.insert(Step { task: task.id(), hours, to });
            }
        }
    }
    Ok(steps.into_values().collect())
}

/// Open tasks that are late by so many hours, and were not brought before somebody for that.
fn late_by(context: &Context, it: &dyn Fn(&str) -> Result<ColumnRef>, hours: i64) -> Result<Condition> {
    let ago = |hours: i64| Value::DateTime(context.now - SignedDuration::from_hours(hours));
    let due = it("due_at")?;
    let late = Condition::Compare(due, CompareOp::Le, ago(hours)).and(Condition::Compare(due, CompareOp::Gt, ago(hours + BACK)));
    let told = it("escalated_hours")?;
    let untold = Condition::Or(vec![Condition::IsNull(told), Condition::Compare(told, CompareOp::Lt, Value::Int(hours))]);
    Ok(late.and(open_tasks(it)?).and(untold))
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
