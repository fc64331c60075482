//! Who follows is who asks: nobody makes others follow.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use serde_json::json;

use crate::notify::FOLLOW;

/// See the module.
pub struct FollowHook;

impl Hook for FollowHook {
    fn object(&self) -> &str {
        FOLLOW
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if context.access.is_system() { Ok(()) } else { draft.set(context, "member", &json!(context.actor)) }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
