//! Leads of a campaign come from somewhere: where nothing was chosen, its kind says it. The tag of its links is kept in small
//! letters: people write it in either.

use guanxi_kernel::Result;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Draft;
use serde_json::{Value as Json, json};

/// Which source the leads of a kind of campaign have.
const OF_KIND: [(&str, &str); 5] =
    [("event", "event"), ("salon", "event"), ("social", "social"), ("referral", "referral"), ("advertisement", "website")];

/// See the module.
pub struct CampaignHook;

impl Hook for CampaignHook {
    fn object(&self) -> &str {
        "campaign"
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        keep_tag_small(context, draft)?;
        if !draft.value("source").is_null() {
            return Ok(());
        }
        let kind = draft.value("kind");
        let source = OF_KIND.iter().find(|it| kind.as_text() == Some(it.0)).map_or("other", |it| it.1);
        let options = draft.object.field("source").map(|it| it.definition.options.as_slice()).unwrap_or_default();
        // The company may have put this choice away.
        if options.iter().any(|it| it.value == source && !it.retired) { draft.set(context, "source", &json!(source)) } else { Ok(()) }
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

fn keep_tag_small(context: &Context, draft: &mut Draft) -> Result<()> {
    let Some(tag) = draft.value("utm_campaign").as_text().map(str::to_owned) else { return Ok(()) };
    let small = tag.trim().to_lowercase();
    if small == tag {
        return Ok(());
    }
    draft.set(context, "utm_campaign", &if small.is_empty() { Json::Null } else { json!(small) })
}
