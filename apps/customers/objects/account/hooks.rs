//! Groups of companies stay trees.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, would_close_circle};

/// Refuses a parent that lies below the account itself.
pub struct AccountHook;

impl Hook for AccountHook {
    fn object(&self) -> &str {
        "account"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if would_close_circle(context, tx, draft, "parent")? {
            draft.problem("parent", "rule", "上级公司不能是自己或自己的下属公司", "the parent cannot be the account itself or one below it");
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
