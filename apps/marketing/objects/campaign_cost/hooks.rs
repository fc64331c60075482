//! What a campaign cost was spent for its source, where no other is named.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;

/// See the module.
pub struct CostHook;

impl Hook for CostHook {
    fn object(&self) -> &str {
        "campaign_cost"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let (true, Value::Id(campaign)) = (draft.value("source").is_null(), draft.value("campaign")) else { return Ok(()) };
        let Some(campaigns) = context.schema.object("campaign").cloned() else { return Ok(()) };
        // One that is not his to see is refused where references are checked.
        let Some(campaign) = load_record(context, tx, &campaigns, campaign, Verb::Read, false)? else { return Ok(()) };
        match campaign.value("source").as_text() {
            Some(source) => draft.set(context, "source", &json!(source)),
            None => {
                draft.problem("source", "required", "请选择来源", "choose a source");
                Ok(())
            }
        }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
