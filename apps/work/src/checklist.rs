//! Checklists of tasks, and time spent on them: whoever may change the task may change these.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::known_records;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Planner};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};

use crate::tasks::{TASK, is_task};

/// The object of lines.
pub const ITEM: &str = "checklist_item";
/// Most lines of one task.
const MOST: usize = 200;

/// See the module.
pub struct ItemHook;

impl Hook for ItemHook {
    fn object(&self) -> &str {
        ITEM
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Update && draft.changes("task") {
            draft.problem("task", "read_only_field", "清单项不能移到别的任务", "a line stays with its task");
            return Ok(());
        }
        require_task(context, tx, draft)?;
        if draft.kind == DraftKind::Create {
            place(context, tx, draft)?;
        }
        keep_done(context, draft)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// What is written on a task is written by who may change it.
fn require_task(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let (Value::Id(task), Some(tasks)) = (draft.value("task"), context.schema.object(TASK).cloned()) else { return Ok(()) };
    if context.access.is_system() {
        return Ok(());
    }
    let task = match Planner::new(context).reach(tx, &tasks, task, Verb::Update) {
        // What he does not see reads like what is not there: the reference itself says so.
        Err(KernelError::NotFound) => return Ok(()),
        other => other?,
    };
    if !is_task(&task.value("kind")) {
        draft.problem("task", "rule", "只有任务有清单", "only tasks have a checklist");
    }
    Ok(())
}

/// A new line comes last.
fn place(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Value::Id(task) = draft.value("task") else { return Ok(()) };
    let items = known_records(context, tx, ITEM, |it| Ok(Condition::equals(it("task")?, Value::Id(task))), MOST as u64)?;
    if items.len() >= MOST {
        draft.problem("task", "too_long", format!("一个任务最多{MOST}个清单项"), format!("a task has {MOST} items at most"));
    }
    if !draft.value("position").is_null() {
        return Ok(());
    }
    let last = items.iter().filter_map(|it| if let Value::Int(position) = it.value("position") { Some(position) } else { None }).max();
    draft.set(context, "position", &json!(last.unwrap_or(0) + 1))
}

fn keep_done(context: &Context, draft: &mut Draft) -> Result<()> {
    let done = draft.value("done") == Value::Bool(true);
    if done != draft.value("done_at").is_null() {
        return Ok(());
    }
    let by = if done && !context.actor.is_nil() { json!(context.actor) } else { Json::Null };
    draft.set(context, "done_by", &by)?;
    draft.set(context, "done_at", &if done { json!(context.now.to_string()) } else { Json::Null })
}
