//! The organisation stays a tree.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result};

/// Why a parent is refused.
const CIRCLE: (&str, &str) = ("上级部门不能是自己或自己的下级", "the parent cannot be the department itself or one below it");

/// Refuses a parent that lies below the department itself.
pub struct DepartmentHook;

impl Hook for DepartmentHook {
    fn object(&self) -> &str {
        "department"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if would_close_circle(context, tx, draft, "parent")? {
            draft.problem("parent", "rule", CIRCLE.0, CIRCLE.1);
        }
        // The top of a branch stays where it is: moving it is for whoever stands above.
        crate::branch::refuse_department(context, draft, "parent");
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if closes_circle_now(unit, draft, "parent")? { Err(KernelError::invalid("parent", "rule", CIRCLE.0, CIRCLE.1)) } else { Ok(()) }
    }
}
