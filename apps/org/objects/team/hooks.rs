//! Teams of a branch are of its people.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;

use crate::branch::{is_outside, refuse_members};

/// Keeps a branch administrator to his own people: records are shared with teams.
pub struct TeamHook;

impl Hook for TeamHook {
    fn object(&self) -> &str {
        "team"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        refuse_members(context, tx, draft, "lead")?;
        refuse_members(context, tx, draft, "members")?;
        // A team is of the branch by its lead.
        if is_outside(context, None) && draft.value("lead").is_null() {
            draft.problem("lead", "required", "请指定本部门范围内的负责人", "name a lead from the departments you manage");
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
