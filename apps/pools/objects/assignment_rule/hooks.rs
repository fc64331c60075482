//! A rule must be understood, and must know to whom.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, link_targets};
use guanxi_kernel::schema::{FieldGate, OpenGate};
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
        let Some(target) = context.schema.object(&object) else { return Ok(()) };
        if let Some(source) = draft.record().text("condition").filter(|it| !it.trim().is_empty()) {
            let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
            match ConditionOn::read(&context.schema, target, &source, gate) {
                Ok(_) => {}
                Err(KernelError::BadRequest { message, .. }) => draft.problem("condition", "rule", message.zh_cn, message.en),
                Err(other) => return Err(other),
            }
        }
        if let Value::Id(pool) = draft.value("pool")
            && !pool_of(context, tx, pool).is_ok_and(|it| holds(&it, &object))
        {
            draft.problem("pool", "rule", "这个公海不存放这类记录", "this pool does not hold such records");
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
