//! One pipeline is the default.

use guanxi_kernel::app::Hook;
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Select};
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, json};

/// Takes the mark from the others when a pipeline becomes the default.
pub struct PipelineHook;

impl Hook for PipelineHook {
    fn object(&self) -> &str {
        "pipeline"
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
