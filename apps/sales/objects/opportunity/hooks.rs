//! What follows from the stage of an opportunity: probability, times, what its pipeline asks for, and its trail.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::OptionDefinition;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};

use crate::pipeline::setting::{Setting, choices_of};
use crate::pipeline::{choose, stages, tasks, trail};
use crate::splits;

/// See the module.
pub struct OpportunityHook;

impl Hook for OpportunityHook {
    fn object(&self) -> &str {
        "opportunity"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create {
            begin(context, tx, draft)?;
        }
        if draft.kind == DraftKind::Update && !draft.changes("stage") && !draft.changes("pipeline") {
            return stages::keep_required(context, tx, draft);
        }
        let Some(stage) = stage_of(draft) else { return Ok(()) };
        check_pipeline(context, tx, draft, &stage)?;
        let setting = Setting::of(context, tx, &draft.value("pipeline"), &stage.value)?;
        // Who names the time tells what was, or takes something back; the engine closes what stands too long.
        let is_bound = !context.access.is_system() && !is_named(draft, "stage_changed_at");
        if draft.kind == DraftKind::Create || draft.changes("stage") {
            enter_stage(context, draft, &stage, setting.as_ref())?;
        }
        set_due(context, draft, &stage, setting.as_ref())?;
        if is_bound {
            stages::check(context, tx, draft, &stage, setting.as_ref())?;
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        trail::note(unit, draft)?;
        tasks::make(unit, draft)?;
        tasks::hand_over(unit, draft)?;
        splits::settle_owner(unit, draft)
    }
}

/// The option the draft's stage stands for.
fn stage_of(draft: &Draft) -> Option<OptionDefinition> {
    let value = draft.value("stage");
    let stage = draft.object.field("stage")?;
    stage.definition.options.iter().find(|it| value.as_text() == Some(it.value.as_str())).cloned()
}

/// Whether the caller set this field himself in this change.
fn is_named(draft: &Draft, field: &str) -> bool {
    draft.object.field_position(field).is_some_and(|it| draft.touched.contains(&it)) && !draft.value(field).is_null()
}

fn enter_stage(context: &Context, draft: &mut Draft, stage: &OptionDefinition, setting: Option<&Setting>) -> Result<()> {
    if !is_named(draft, "probability") {
        let set = setting.and_then(|it| if let Value::Decimal(percent) = it.0.value("probability") { Some(percent.to_string()) } else { None });
        if let Some(probability) = set.or_else(|| stage.probability.map(|it| it.to_string())) {
            draft.set(context, "probability", &json!(probability))?;
        }
    }
    let now = json!(context.now.to_string());
    if !is_named(draft, "stage_changed_at") {
        draft.set(context, "stage_changed_at", &now)?;
    }
    if stage.closed {
        if !is_named(draft, "closed_at") {
            draft.set(context, "closed_at", &now)?;
        }
        let other = if stage.won { ["loss_reason", "loss_note"].as_slice() } else { ["win_reason"].as_slice() };
        return clear(context, draft, other);
    }
    clear(context, draft, &["closed_at", "win_reason", "loss_reason", "loss_note"])
}

/// When the limit of the stage ends; nobody was told of that one yet.
fn set_due(context: &Context, draft: &mut Draft, stage: &OptionDefinition, setting: Option<&Setting>) -> Result<()> {
    let Value::DateTime(entered) = draft.value("stage_changed_at") else { return Ok(()) };
    let due = setting.filter(|_| !stage.closed).and_then(|it| it.due(context, entered));
    match due {
        Some(due) => draft.set(context, "stage_due", &json!(due.to_string()))?,
        None => clear(context, draft, &["stage_due"])?,
    }
    clear(context, draft, &["stage_told"])
}

fn clear(context: &Context, draft: &mut Draft, fields: &[&str]) -> Result<()> {
    for field in fields {
        if !draft.value(field).is_null() {
            draft.set(context, field, &Json::Null)?;
        }
    }
    Ok(())
}

/// A new one goes through the pipeline that is for it where none is named, and begins with the first stage that has.
fn begin(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    if draft.value("pipeline").is_null()
        && let Some(id) = choose::usual(context, tx, draft)?
    {
        draft.set(context, "pipeline", &json!(id))?;
    }
    let is_said = draft.object.field_position("stage").is_some_and(|it| draft.touched.contains(&it));
    let Some(pipeline) = pipeline_of(context, tx, draft)?.filter(|_| !is_said) else { return Ok(()) };
    let used = choices_of(&pipeline, "stages");
    let begins = draft.value("stage").as_text().is_some_and(|it| used.iter().any(|stage| stage == it));
    let object = draft.object.clone();
    let options = object.field("stage").map(|it| it.definition.options.as_slice()).unwrap_or_default();
    match options.iter().find(|it| !it.closed && used.contains(&it.value)) {
        Some(first) if !begins => draft.set(context, "stage", &json!(first.value)),
        _ => Ok(()),
    }
}

/// The pipeline it goes through, whether or not the caller sees that.
fn pipeline_of(context: &Context, tx: &mut dyn ReadTx, draft: &Draft) -> Result<Option<Record>> {
    let (Value::Id(id), Some(pipelines)) = (draft.value("pipeline"), context.schema.object(choose::PIPELINE).cloned()) else { return Ok(None) };
    load_record(&context.as_system(), tx, &pipelines, id, Verb::Read, false)
}

/// Open stages must be among those the pipeline uses, and none is put into a pipeline that is not in use any more.
fn check_pipeline(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, stage: &OptionDefinition) -> Result<()> {
    let changed = draft.changes("pipeline");
    if stage.closed && !changed {
        return Ok(());
    }
    let Some(pipeline) = pipeline_of(context, tx, draft)? else { return Ok(()) };
    if changed && pipeline.value("active") == Value::Bool(false) && !context.access.is_system() {
        let title = pipeline.title();
        draft.problem("pipeline", "rule", format!("销售流程“{title}”已停用"), format!("the pipeline {title} is not in use any more"));
    }
    if !stage.closed && !choices_of(&pipeline, "stages").contains(&stage.value) {
        let (zh_cn, en) = (&stage.label.zh_cn, &stage.label.en);
        draft.problem(
            "stage",
            "bad_option",
            format!("该商机的销售流程没有“{zh_cn}”阶段"),
            format!("the pipeline of this opportunity has no stage {en}"),
        );
    }
    Ok(())
}
