//! A step that stands open is a task like any other: made here, and when it is done the case moves on.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::advance::Standing;
use crate::fill::Who;
use crate::form::missing;
use crate::parts::{CASE, CASE_STEP, TASK, goes_on, int, known, moment, state, values};
use crate::plan::Step;
use crate::tell::{tell, told_of};
use crate::time::{after_days, after_hours};

/// Objects a task has a reference of its own to.
const REFERENCES: [&str; 4] = ["account", "contact", "lead", "opportunity"];

/// Makes the task of a step that begins, for who does it, with its checklist.
///
/// # Errors
/// As making it.
pub fn make(unit: &mut Unit<'_>, standing: &Standing, step: &Step, found: Who) -> Result<Record> {
    let context = unit.context.as_system();
    let owner = match found {
        Who::Member(member) => Some(member),
        // Until somebody is chosen it is that of who answers for the case.
        _ => standing.owner(),
    };
    let row = standing.rows.get(&step.key).ok_or_else(|| KernelError::Internal("a step without its row".into()))?;
    let due = match step.due_in {
        Some(hours) if step.in_hours => Some(after_hours(&context, unit.tx, context.now, hours)?),
        Some(days) => Some(after_days(&context, unit.tx, context.now, days)?),
        None => None,
    };
    let back =
        row.value("back_reason").as_text().filter(|_| int(row, "round").unwrap_or(1) > 1).map(|it| context.locale.pick(&sent_back(it)).to_owned());
    let description: Vec<String> = back.into_iter().chain(step.instructions.clone()).collect();
    let giver = standing.owner().filter(|it| Some(*it) != owner);
    let mut new = values([
        ("subject", json!(step.name)),
        ("kind", json!("task")),
        ("owner", json!(owner)),
        ("description", if description.is_empty() { Json::Null } else { json!(description.join("\n\n")) }),
        ("due_at", json!(due.map(|it| it.to_string()))),
        ("process_case", json!(standing.case.id())),
        ("process_step", json!(row.id())),
        ("acceptance", json!(if giver.is_some() { "waiting" } else { "accepted" })),
        ("assigned_by", json!(giver)),
        ("assigned_at", json!(context.now.to_string())),
    ]);
    let member = owner.map(|it| known(&context, unit.tx, MEMBER_OBJECT, it)).transpose()?.flatten();
    new.extend(member.and_then(|it| it.reference("department")).map(|it| ("department".to_owned(), json!(it))));
    if let Some(record) = &standing.record {
        let name = record.object.name.clone();
        if REFERENCES.contains(&name.as_str()) {
            new.insert(name, json!(record.id()));
        } else {
            new.insert("regarding".to_owned(), json!({ "object": name, "id": record.id() }));
        }
    }
    let task = unit.create_as_system(TASK, &new)?;
    for (position, line) in step.checklist.iter().enumerate() {
        let line: String = line.chars().take(300).collect();
        let item = values([("task", json!(task.id())), ("text", json!(line)), ("position", json!(position + 1))]);
        unit.create_as_system("checklist_item", &item)?;
    }
    if let Who::Chosen(by, input, group) = found {
        assign(unit, &task, &values([("by", json!(by)), (input, json!(group))]))?;
        given_by_owner(unit, standing, task.id())?;
    }
    known(&context, unit.tx, TASK, task.id())?.ok_or_else(|| KernelError::Internal("a task that was just made".into()))
}

/// Whoever sets a step off, it is given by who answers for the case: to him it comes back where it is declined.
fn given_by_owner(unit: &mut Unit<'_>, standing: &Standing, task: Uuid) -> Result<()> {
    let context = unit.context.as_system();
    let owner = known(&context, unit.tx, TASK, task)?.and_then(|it| it.reference("owner"));
    let giver = standing.owner().filter(|it| Some(*it) != owner);
    let acceptance = if giver.is_some() { "waiting" } else { "accepted" };
    unit.update_as_system(TASK, task, &values([("assigned_by", json!(giver)), ("acceptance", json!(acceptance))]))?;
    Ok(())
}

fn sent_back(reason: &str) -> guanxi_kernel::schema::Label {
    guanxi_kernel::schema::Label::new(format!("退回重做：{reason}"), format!("Sent back: {reason}"))
}

/// Lets the tasks' own action choose: whose turn it is, who has least to do. Where it finds nobody after all, the task stays with
/// who answers for the case.
fn assign(unit: &mut Unit<'_>, task: &Record, input: &Map<String, Json>) -> Result<()> {
    match unit.call(TASK, task.id(), "assign", input) {
        Ok(_) | Err(KernelError::Invalid(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Gives the open task of a step to another member, as its action does.
///
/// # Errors
/// As assigning it.
pub fn hand_to(unit: &mut Unit<'_>, task: Uuid, member: Uuid, note: Option<&str>) -> Result<()> {
    let input = values([("by", json!("hand")), ("to", json!(member)), ("note", json!(note))]);
    let input = input.into_iter().filter(|it| !it.1.is_null()).collect();
    unit.call(TASK, task, "assign", &input).map(drop)
}

/// Cancels the open task of a step.
///
/// # Errors
/// As changing it.
pub fn cancel(unit: &mut Unit<'_>, task: Uuid) -> Result<()> {
    let context = unit.context.as_system();
    let open = known(&context, unit.tx, TASK, task)?.filter(|it| matches!(it.value("status").as_text(), Some("open" | "in_progress")));
    if open.is_some() {
        unit.update_as_system(TASK, task, &values([("status", json!("cancelled"))]))?;
    }
    Ok(())
}

/// Tasks that are steps keep to the process, and move it.
pub struct TaskHook;

impl Hook for TaskHook {
    fn object(&self) -> &str {
        TASK
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let (Some(step), DraftKind::Update) = (draft.record().reference("process_step"), draft.kind) else { return Ok(()) };
        if draft.is_by_engine() {
            return Ok(());
        }
        if draft.changes("kind") {
            draft.problem("kind", "rule", "流程步骤是任务，不能改成别的", "a step of a process is a task and stays one");
        }
        if draft.changes("repeat_every") {
            draft.problem("repeat_every", "rule", "流程步骤不能设为重复", "a step of a process does not repeat");
        }
        if !draft.changes("status") {
            return Ok(());
        }
        let before = draft.before.as_ref().map(|it| it.value("status"));
        let was_open = before.as_ref().and_then(Value::as_text).is_some_and(|it| matches!(it, "open" | "in_progress"));
        match draft.value("status").as_text() {
            Some("done") if was_open => may_be_done(context, tx, draft, step),
            Some("cancelled") => {
                draft.problem(
                    "status",
                    "rule",
                    "这是流程的一步，请退回或取消整个流程",
                    "this is a step of a process; send it back, or cancel the case",
                );
                Ok(())
            }
            Some("open" | "in_progress") if !was_open => {
                draft.problem("status", "rule", "流程已经往下走，要重做请退回到这一步", "the process has moved on; send it back to this step");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let task = draft.record();
        let (Some(step), Some(before)) = (task.reference("process_step"), &draft.before) else { return Ok(()) };
        let done = draft.changes("status") && task.value("status").as_text() == Some("done");
        let moved = draft.changes("owner") || draft.changes("due_at");
        if !done && !moved {
            return Ok(());
        }
        let actor = Some(unit.context.actor).filter(|it| !it.is_nil()).or_else(|| before.reference("owner"));
        unit.as_system(|unit| if done { finish(unit, step, &task, actor) } else { follow(unit, step, &task) })
    }

    fn after_delete(&self, unit: &mut Unit<'_>, task: &Record) -> Result<()> {
        let Some(step) = task.reference("process_step").filter(|_| !unit.context.access.is_system()) else { return Ok(()) };
        let context = unit.context.as_system();
        let open = known(&context, unit.tx, CASE_STEP, step)?.filter(|it| state(it) == "open" && it.reference("task") == Some(task.id()));
        if open.is_some() {
            return Err(KernelError::conflict(
                "state_conflict",
                "这是流程正在办的一步，不能删除；请退回，或取消整个流程",
                "this is a step of a process that is under way; send it back, or cancel the case",
            ));
        }
        Ok(())
    }
}

/// A step is done only with all it asks for. What is missing is told by what it is.
fn may_be_done(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, step: Uuid) -> Result<()> {
    let Some(row) = known(&context.as_system(), tx, CASE_STEP, step)? else { return Ok(()) };
    let missing = missing(context, tx, &row, draft.id())?;
    if !missing.is_empty() {
        let zh: Vec<&str> = missing.iter().map(|it| it.message.zh_cn.as_str()).collect();
        let en: Vec<&str> = missing.iter().map(|it| it.message.en.as_str()).collect();
        draft.problem(
            "status",
            "required",
            format!("请用“完成步骤”填好再完成：{}", zh.join("；")),
            format!("complete the step with its form: {}", en.join("; ")),
        );
    }
    Ok(())
}

/// The step is done: the case moves on.
fn finish(unit: &mut Unit<'_>, step: Uuid, task: &Record, actor: Option<Uuid>) -> Result<()> {
    let context = unit.context.as_system();
    let Some(case) = known(&context, unit.tx, CASE_STEP, step)?.and_then(|it| it.reference("process_case")) else { return Ok(()) };
    let mut standing = Standing::of(unit, case)?;
    let found = standing.rows.iter().find(|it| it.1.id() == step).map(|it| (*it.0, it.1.clone()));
    // A task of an earlier round moves nothing.
    let Some((key, row)) = found.filter(|it| state(&it.1) == "open" && it.1.reference("task") == Some(task.id())) else { return Ok(()) };
    let took = if let Value::DateTime(began) = row.value("started_at") { context.now.duration_since(began).as_secs().max(0) } else { 0 };
    let done = values([
        ("state", json!("done")),
        ("done_at", json!(context.now.to_string())),
        ("done_by", json!(actor)),
        ("took", json!(took)),
        ("late", json!(matches!(row.value("due_at"), Value::DateTime(due) if due < context.now))),
    ]);
    standing.set(unit, key, &done)?;
    if let Some(step) = standing.plan.step(key).cloned() {
        let mut told = told_of(unit, &standing, &step.tell_finish, task.reference("owner"))?;
        // Who gave the task is told of that already.
        if let Some(giver) = task.reference("assigned_by") {
            told.remove(&giver);
        }
        tell(unit, &standing.case, "step_finished", &step.name, told);
    }
    standing.advance(unit, false)
}

/// The task went to somebody else, or was put off: the step shows it. Under the lock of the case, so that it does not write over what
/// another transaction makes of the step meanwhile.
fn follow(unit: &mut Unit<'_>, step: Uuid, task: &Record) -> Result<()> {
    let context = unit.context.as_system();
    let Some(case) = known(&context, unit.tx, CASE_STEP, step)?.and_then(|it| it.reference("process_case")) else { return Ok(()) };
    let mut standing = Standing::of(unit, case)?;
    let is_it = |it: &&Record| it.id() == step && state(it) == "open" && it.reference("task") == Some(task.id());
    let found = standing.rows.iter().find(|it| is_it(&it.1)).map(|it| *it.0);
    let Some(key) = found.filter(|_| goes_on(&standing.case)) else { return Ok(()) };
    let late = matches!(task.value("due_at"), Value::DateTime(due) if due < context.now);
    let mut changed = values([("member", json!(task.reference("owner"))), ("due_at", moment(task, "due_at"))]);
    if !late {
        changed.insert("late".to_owned(), json!(false));
    }
    standing.set(unit, key, &changed)?;
    let Some(member) = task.reference("owner") else { return Ok(()) };
    let Some(field) = standing.case.object.field("participants").cloned() else { return Ok(()) };
    let mut people = guanxi_kernel::read::link_targets(unit.tx, &field, case)?;
    if !people.contains(&member) {
        people.push(member);
        unit.update_as_system(CASE, case, &values([("participants", json!(people))]))?;
    }
    Ok(())
}
