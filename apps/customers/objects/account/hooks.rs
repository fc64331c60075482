//! Groups of companies stay trees.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result};

/// Why a parent is refused.
const CIRCLE: (&str, &str) = ("上级公司不能是自己或自己的下属公司", "the parent cannot be the account itself or one below it");

/// Refuses a parent that lies below the account itself.
pub struct AccountHook;

impl Hook for AccountHook {
    fn object(&self) -> &str {
        "account"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if would_close_circle(context, tx, draft, "parent")? {
            draft.problem("parent", "rule", CIRCLE.0, CIRCLE.1);
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if closes_circle_now(unit, draft, "parent")? { Err(KernelError::invalid("parent", "rule", CIRCLE.0, CIRCLE.1)) } else { Ok(()) }
    }
}
