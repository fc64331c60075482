//! Settings have a name to show, are of a stage the pipeline uses, and list tasks that can be made.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, load_record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;

use crate::pipeline::OPPORTUNITY;
use crate::pipeline::setting::{SETTING, tasks_in};
use crate::pipeline::tasks::{LONGEST, MOST};

/// Stages that are always there.
const ALWAYS: [&str; 2] = ["won", "lost"];

/// See the module.
pub struct PipelineStageHook;

impl Hook for PipelineStageHook {
    fn object(&self) -> &str {
        SETTING
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        check_tasks(draft);
        ConditionOn::check(context, draft, "close_when", OPPORTUNITY, &[])?;
        if !draft.changes("pipeline") && !draft.changes("stage") && !draft.value("name").is_null() {
            return Ok(());
        }
        let (Value::Id(id), Some(pipelines)) = (draft.value("pipeline"), context.schema.object("pipeline").cloned()) else { return Ok(()) };
        let Some(pipeline) = load_record(&context.as_system(), tx, &pipelines, id, Verb::Read, false)? else { return Ok(()) };
        check_stage(draft, &pipeline);
        fill_name(context, draft, &pipeline)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

fn check_tasks(draft: &mut Draft) {
    let Value::Text(text) = draft.value("tasks") else { return };
    let tasks = tasks_in(&text);
    if !draft.changes("tasks") {
        return;
    }
    if tasks.len() > MOST || tasks.iter().any(|it| it.subject.chars().count() > LONGEST) {
        draft.problem(
            "tasks",
            "too_long",
            format!("最多{MOST}个任务，每个不超过{LONGEST}字"),
            format!("at most {MOST} tasks of at most {LONGEST} characters"),
        );
    }
}

/// A stage the pipeline does not use needs no settings.
fn check_stage(draft: &mut Draft, pipeline: &Record) {
    let (Value::Text(stage), Value::List(used)) = (draft.value("stage"), pipeline.value("stages")) else { return };
    if !ALWAYS.contains(&stage.as_str()) && !used.iter().any(|it| it.as_text() == Some(stage.as_str())) {
        draft.problem("stage", "bad_option", "该流程没有使用这个阶段", "the pipeline does not use this stage");
    }
}

fn fill_name(context: &Context, draft: &mut Draft, pipeline: &Record) -> Result<()> {
    let named = draft.object.field_position("name").is_some_and(|it| draft.touched.contains(&it)) && !draft.value("name").is_null();
    let Value::Text(stage) = draft.value("stage") else { return Ok(()) };
    let object = draft.object.clone();
    let option = object.field("stage").and_then(|it| it.definition.options.iter().find(|it| it.value == stage));
    match option.filter(|_| !named) {
        Some(option) => draft.set(context, "name", &json!(format!("{} · {}", pipeline.title(), context.locale.pick(&option.label)))),
        None => Ok(()),
    }
}
