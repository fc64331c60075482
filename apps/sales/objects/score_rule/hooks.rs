//! A rule must be understood, and every change of one is worked into the scores there are.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record};
use guanxi_kernel::schema::{FieldGate, OpenGate};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::json;

use crate::scoring::{LEAD, SCORE, SCORE_RULE};

/// See the module.
pub struct ScoreRuleHook;

impl Hook for ScoreRuleHook {
    fn object(&self) -> &str {
        SCORE_RULE
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let (Some(source), Some(lead)) = (draft.record().text("condition"), context.schema.object(LEAD)) else { return Ok(()) };
        let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
        match ConditionOn::read(&context.schema, lead, &source, gate) {
            Ok(_) => Ok(()),
            Err(KernelError::BadRequest { message, .. }) => {
                draft.problem("condition", "rule", message.zh_cn, message.en);
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    fn after_save(&self, unit: &mut Unit<'_>, _draft: &Draft) -> Result<()> {
        anew(unit)
    }

    fn after_delete(&self, unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        anew(unit)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        anew(unit)
    }
}

/// Many changes make one job.
fn anew(unit: &mut Unit<'_>) -> Result<()> {
    unit.enqueue(SCORE, json!({}), Some(SCORE.to_owned()))?;
    Ok(())
}
