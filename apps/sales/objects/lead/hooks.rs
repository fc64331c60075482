//! A lead taken up again loses the reason for which it was put away; its score follows from the rules.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use serde_json::Value as Json;

use crate::scoring::Rules;

/// See the module.
pub struct LeadHook;

impl Hook for LeadHook {
    fn object(&self) -> &str {
        "lead"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        match Rules::read(context, tx)?.score(context, &draft.record()) {
            Some(score) if !score.is_of(&draft.record()) => {
                for (name, value) in score.values() {
                    draft.set(context, &name, &value)?;
                }
            }
            // Without rules people say it, and there are no reasons.
            None if !draft.value("score_reasons").is_null() => draft.set(context, "score_reasons", &Json::Null)?,
            Some(_) | None => {}
        }
        if draft.value("status").as_text() == Some("disqualified") || !draft.changes("status") {
            return Ok(());
        }
        for field in ["disqualify_reason", "disqualify_note"] {
            if !draft.value(field).is_null() {
                draft.set(context, field, &Json::Null)?;
            }
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
