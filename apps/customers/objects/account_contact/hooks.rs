//! A tie has a name to show.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use serde_json::json;

/// Names a tie after its kind where nothing was written.
pub struct AccountContactHook;

impl Hook for AccountContactHook {
    fn object(&self) -> &str {
        "account_contact"
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if !draft.value("title").is_null() {
            return Ok(());
        }
        let Value::Text(role) = draft.value("role") else { return Ok(()) };
        let object = draft.object.clone();
        let option = object.field("role").and_then(|it| it.definition.options.iter().find(|it| it.value == role));
        match option {
            Some(option) => draft.set(context, "title", &json!(context.locale.pick(&option.label))),
            None => Ok(()),
        }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}
