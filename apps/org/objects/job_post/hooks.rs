//! Who holds a post has its roles: nobody makes or changes one that gives more than he may.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};

use crate::giving::{refuse_draft, refuse_record};

/// See the module.
pub struct JobPostHook;

/// What of a post says which roles its holders have, and where.
const GIVES: [&str; 3] = ["roles", "active", "department"];

impl Hook for JobPostHook {
    fn object(&self) -> &str {
        "job_post"
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.before.is_some() && GIVES.iter().any(|it| draft.changes(it)) {
            context.require_proof()?;
            // Another place, or another life, of a post gives all its roles anew.
            let both: Vec<Record> = draft.before.iter().cloned().chain([draft.record()]).collect();
            if both.iter().any(|it| refuse_record(context, it, "roles").is_err()) {
                draft.problem("roles", "rule", "您不能授予或收回此岗位的角色", "the roles of this post are not yours to give or take");
                return Ok(());
            }
        }
        refuse_draft(context, draft, "roles");
        if !draft.value("department").is_null() {
            crate::branch::refuse_department(context, draft, "department");
        }
        Ok(())
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        refuse_record(unit.context, record, "roles")
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        self.after_delete(unit, record)
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
