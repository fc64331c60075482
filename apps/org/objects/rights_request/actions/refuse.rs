//! Refusing a request for rights.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json};

use crate::requests::{decided, is_head, refuse_own, settle, stands_for, text};

/// See the module.
pub struct Refuse(pub ActionDefinition);

impl Action for Refuse {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        refuse_own(unit.context, &request)?;
        if !may_decide(unit.context, &request) {
            return Err(KernelError::Forbidden("decide on this request".into()));
        }
        settle(unit, &request, "refused", decided(unit.context, "refused", input.get("note")))
    }
}

/// Whoever the request waits for, and administrators.
fn may_decide(context: &Context, request: &Record) -> bool {
    let role = text(request, "role");
    let grants = || stands_for(context, request, "keeper") || (!role.is_empty() && context.access.may_give(&role));
    context.access.is_unlimited() || is_head(context, request) || (text(request, "state") == "waiting_grant" && grants())
}
