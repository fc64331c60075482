//! Limits of a pool are for who looks after it to set.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};

use crate::holding::LIMIT;
use crate::pool::require_keeper;

/// See the module.
pub struct LimitHook;

impl Hook for LimitHook {
    fn object(&self) -> &str {
        LIMIT
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        match draft.value("pool") {
            Value::Id(pool) if !draft.is_by_engine() => require_keeper(context, pool),
            _ => Ok(()),
        }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
