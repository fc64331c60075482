//! What follows from the stage of an opportunity: probability, times, what its pipeline asks for, and its trail.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::schema::{DELETED_AT, ID, OptionDefinition};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};

use crate::pipeline::setting::Setting;
use crate::pipeline::{stages, tasks, trail};
use crate::splits;

/// See the module.
pub struct OpportunityHook;

impl Hook for OpportunityHook {
    fn object(&self) -> &str {
        "opportunity"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create && draft.value("pipeline").is_null() {
            fill_pipeline(context, tx, draft)?;
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

/// The default pipeline, where one is marked.
fn fill_pipeline(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Some(pipelines) = context.schema.object("pipeline") else { return Ok(()) };
    let column = |name: &str| pipelines.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let (Some(is_default), Some(active)) = (column("is_default"), column("active")) else {
        return Err(KernelError::Internal("the object pipeline lacks is_default or active".into()));
    };
    let condition = Condition::equals(is_default, Value::Bool(true))
        .and(Condition::equals(active, Value::Bool(true)))
        .and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&pipelines.table, condition).order_by(ID, false).limited(1) };
    let Some([Value::Id(id)]) = tx.first(&select)?.as_deref().and_then(|row| row.first().cloned()).map(|it| [it]) else {
        return Ok(());
    };
    draft.set(context, "pipeline", &json!(id))
}

/// Open stages must be among those the pipeline uses.
fn check_pipeline(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, stage: &OptionDefinition) -> Result<()> {
    let (false, Value::Id(id)) = (stage.closed, draft.value("pipeline")) else { return Ok(()) };
    let Some(pipelines) = context.schema.object("pipeline").cloned() else { return Ok(()) };
    let Some(pipeline) = load_record(&context.as_system(), tx, &pipelines, id, Verb::Read, false)? else { return Ok(()) };
    let Value::List(stages) = pipeline.value("stages") else { return Ok(()) };
    if !stages.iter().any(|it| it.as_text() == Some(stage.value.as_str())) {
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
