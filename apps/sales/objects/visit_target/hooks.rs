//! A target has a name to show.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;

/// Names a target after whom it is for, where nothing was written.
pub struct VisitTargetHook;

impl Hook for VisitTargetHook {
    fn object(&self) -> &str {
        "visit_target"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if !draft.value("name").is_null() {
            return Ok(());
        }
        for (field, object) in [("department", DEPARTMENT_OBJECT), ("member", MEMBER_OBJECT)] {
            let (Value::Id(id), Some(object)) = (draft.value(field), context.schema.object(object).cloned()) else { continue };
            if let Some(found) = load_record(context, tx, &object, id, Verb::Read, false)? {
                return draft.set(context, "name", &json!(found.title()));
            }
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
