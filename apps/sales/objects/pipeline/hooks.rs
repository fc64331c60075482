//! One pipeline is the default, and none loses a stage in which opportunities stand.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::known_records;
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, json};

use crate::pipeline::OPPORTUNITY;

/// Up to here opportunities in the way are counted.
const MOST_COUNTED: u64 = 1_000;

/// Takes the mark from the others when a pipeline becomes the default; keeps stages that are in use.
pub struct PipelineHook;

impl Hook for PipelineHook {
    fn object(&self) -> &str {
        "pipeline"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create || !draft.changes("stages") || context.schema.object(OPPORTUNITY).is_none() {
            return Ok(());
        }
        let before = draft.before.as_ref().map(|it| texts(&it.value("stages"))).unwrap_or_default();
        let after = texts(&draft.value("stages"));
        for stage in before.iter().filter(|it| !after.contains(it)) {
            refuse_in_use(context, tx, draft, stage)?;
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if !draft.value("is_default").is_true() || !draft.changes("is_default") {
            return Ok(());
        }
        let Some(mark) = draft.object.field("is_default").and_then(|it| it.part("")) else {
            return Err(KernelError::Internal("the object pipeline lacks is_default".into()));
        };
        let condition = Condition::equals(ColumnRef::main(mark.column), Value::Bool(true))
            .and(Condition::IsNull(ColumnRef::main(DELETED_AT)))
            .and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(draft.id())));
        let others = unit.tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&draft.object.table, condition) })?;
        let no_longer = Map::from_iter([("is_default".to_owned(), json!(false))]);
        for mut row in others {
            if let Some(Value::Id(other)) = row.pop() {
                unit.update_as_system("pipeline", other, &no_longer)?;
            }
        }
        Ok(())
    }
}

fn texts(value: &Value) -> Vec<String> {
    let Value::List(items) = value else { return Vec::new() };
    items.iter().filter_map(Value::as_text).map(str::to_owned).collect()
}

/// Opportunities would stand in a stage their pipeline does not know: they are moved first.
fn refuse_in_use(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, stage: &str) -> Result<()> {
    let (pipeline, wanted) = (Value::Id(draft.id()), Value::Text(stage.to_owned()));
    let standing = known_records(
        context,
        tx,
        OPPORTUNITY,
        |it| Ok(Condition::equals(it("pipeline")?, pipeline).and(Condition::equals(it("stage")?, wanted))),
        MOST_COUNTED,
    )?;
    if standing.is_empty() {
        return Ok(());
    }
    let (count, more) = (standing.len(), if standing.len() as u64 == MOST_COUNTED { "+" } else { "" });
    let object = draft.object.clone();
    let option = object.field("stages").and_then(|it| it.definition.options.iter().find(|it| it.value == stage));
    let label = option.map(|it| it.label.clone()).unwrap_or_default();
    draft.problem(
        "stages",
        "rule",
        format!("还有{count}{more}条商机在“{}”阶段，请先把它们移到其他阶段", label.zh_cn),
        format!("{count}{more} opportunities stand in {}; move them to another stage first", label.en),
    );
    Ok(())
}
