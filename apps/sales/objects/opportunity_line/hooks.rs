//! A line takes name and price from its product.

use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{load_record, record_json};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use serde_json::json;

/// Fills in what was left empty.
pub struct OpportunityLineHook;

impl Hook for OpportunityLineHook {
    fn object(&self) -> &str {
        "opportunity_line"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let (lacks_name, lacks_price) = (draft.value("name").is_null(), draft.value("unit_price").is_null());
        let Value::Id(id) = draft.value("product") else { return Ok(()) };
        if !lacks_name && !lacks_price {
            return Ok(());
        }
        let Some(products) = context.schema.object("product").cloned() else { return Ok(()) };
        let Some(product) = load_record(context, tx, &products, id, Verb::Read, false)? else { return Ok(()) };
        if lacks_name {
            draft.set(context, "name", &json!(product.title()))?;
        }
        if lacks_price && let Some(price) = record_json(&products, &product.row).get("list_price") {
            draft.set(context, "unit_price", price)?;
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
