//! A decision chain stays within its opportunity and leads to a top.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result, Value};

/// The field of who stands above.
const ABOVE: &str = "reports_to";

/// See the module.
pub struct OpportunityContactHook;

impl Hook for OpportunityContactHook {
    fn object(&self) -> &str {
        "opportunity_contact"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let Value::Id(above) = draft.value(ABOVE) else { return Ok(()) };
        if !draft.changes(ABOVE) && !draft.changes("opportunity") {
            return Ok(());
        }
        let object = draft.object.clone();
        let above = load_record(&context.as_system(), tx, &object, above, Verb::Read, false)?;
        if above.is_some_and(|it| it.value("opportunity") != draft.value("opportunity")) {
            draft.problem(ABOVE, "rule", "上一级须在同一商机的决策链里", "whoever stands above must be in the chain of the same opportunity");
        } else if would_close_circle(context, tx, draft, ABOVE)? {
            draft.problem(ABOVE, "rule", CIRCLE.0, CIRCLE.1);
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if closes_circle_now(unit, draft, ABOVE)? {
            return Err(KernelError::invalid(ABOVE, "rule", CIRCLE.0, CIRCLE.1));
        }
        Ok(())
    }
}

/// What is said of a circle.
const CIRCLE: (&str, &str) = ("决策链形成循环：不能听命于自己或自己的下级", "nobody reports to himself or to somebody below");
