//! Nobody gives a role that is not his to give.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};

use crate::giving::{refuse_draft, refuse_record};

/// Refuses grants of roles the caller may not give, and their withdrawal.
pub struct RoleGrantHook;

impl Hook for RoleGrantHook {
    fn object(&self) -> &str {
        "role_grant"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        refuse_draft(context, draft, "role");
        crate::branch::refuse_members(context, tx, draft, "member")?;
        if !draft.value("department").is_null() {
            crate::branch::refuse_department(context, draft, "department");
        }
        Ok(())
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        refuse_record(unit.context, record, "role")?;
        crate::branch::refuse_record_of(unit.context, unit.tx, record)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        self.after_delete(unit, record)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
