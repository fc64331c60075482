//! A rule must be understood, and must know to whom.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, link_targets};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result, Value};

use crate::assigning::ASSIGNMENT_RULE;
use crate::pool::{holds, pool_of};

/// See the module.
pub struct AssignmentRuleHook;

impl Hook for AssignmentRuleHook {
    fn object(&self) -> &str {
        ASSIGNMENT_RULE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let object = draft.value("object").as_text().unwrap_or_default().to_owned();
        ConditionOn::check(context, draft, "condition", &object, &[])?;
        for name in ["pool", "return_pool"] {
            if let Value::Id(pool) = draft.value(name)
                && !pool_of(context, tx, pool).is_ok_and(|it| holds(&it, &object))
            {
                draft.problem(name, "rule", "这个公海不存放这类记录", "this pool does not hold such records");
            }
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if draft.value("method").as_text() == Some("pool") {
            return Ok(());
        }
        for name in ["members", "departments"] {
            if let Some(field) = draft.object.field(name)
                && !link_targets(unit.tx, field, draft.id())?.is_empty()
            {
                return Ok(());
            }
        }
        Err(KernelError::invalid("members", "required", "请选择成员或部门", "choose members or departments"))
    }
}
