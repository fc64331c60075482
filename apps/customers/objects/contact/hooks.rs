//! One main contact an account, and lines of reporting without circles.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, json};

/// Why a superior is refused.
const CIRCLE: (&str, &str) = ("汇报对象不能是本人或其下属", "the superior cannot be the person or someone below");

/// See the module.
pub struct ContactHook;

impl Hook for ContactHook {
    fn object(&self) -> &str {
        "contact"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if would_close_circle(context, tx, draft, "reports_to")? {
            draft.problem("reports_to", "rule", CIRCLE.0, CIRCLE.1);
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if closes_circle_now(unit, draft, "reports_to")? {
            return Err(KernelError::invalid("reports_to", "rule", CIRCLE.0, CIRCLE.1));
        }
        let moved = draft.changes("primary") || draft.changes("account");
        let Value::Id(account) = draft.value("account") else { return Ok(()) };
        if !draft.value("primary").is_true() || !moved {
            return Ok(());
        }
        let column = |name: &str| draft.object.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
        let (Some(of_account), Some(primary)) = (column("account"), column("primary")) else {
            return Err(KernelError::Internal("the object contact lacks account or primary".into()));
        };
        let condition = Condition::equals(of_account, Value::Id(account))
            .and(Condition::equals(primary, Value::Bool(true)))
            .and(Condition::IsNull(ColumnRef::main(DELETED_AT)))
            .and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(draft.id())));
        let others = unit.reader().rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&draft.object.table, condition) })?;
        let no_longer = Map::from_iter([("primary".to_owned(), json!(false))]);
        for mut row in others {
            if let Some(Value::Id(other)) = row.pop() {
                unit.update_as_system("contact", other, &no_longer)?;
            }
        }
        Ok(())
    }
}
