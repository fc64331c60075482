//! A rule must be understood, and every change of one is worked into the scores there are.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use serde_json::json;

use crate::scoring::{LEAD, SCORE, SCORE_RULE, refused};

/// See the module.
pub struct ScoreRuleHook;

impl Hook for ScoreRuleHook {
    fn object(&self) -> &str {
        SCORE_RULE
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        ConditionOn::check(context, draft, "condition", LEAD, &refused(context))
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

/// One for each change: a job that runs already may have passed what this one changes.
fn anew(unit: &mut Unit<'_>) -> Result<()> {
    unit.enqueue(SCORE, json!({}), None)?;
    Ok(())
}
