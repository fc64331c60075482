//! Where a new lead, account or opportunity came from follows from what it names: the campaign, the community, who
//! recommended it, the visit on which it was found. The campaign of a lead follows from the tag of the link it came by.

use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The field.
const SOURCE: &str = "source";
/// The tag of a link, on a lead, and the same on the campaign it was made for.
const TAG: &str = "utm_campaign";
/// Tags that say that a link brought a lead, and the moment that is kept of it: lists of such leads go along it.
const LINK_TAGS: [&str; 3] = ["utm_source", "utm_medium", TAG];
const LINKED_AT: &str = "linked_at";
/// What a record names, and the source that means; the campaign, asked first, says its own.
const MEANS: [(&str, &str); 3] = [("community", "community"), ("recommended_by", "merchant"), ("visit", "outreach")];

/// Of an object with a source.
pub struct OriginHook(pub &'static str);

impl Hook for OriginHook {
    fn object(&self) -> &str {
        self.0
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        require_visit(context, tx, draft)?;
        note_link(context, draft)?;
        let tagged = name_campaign(context, tx, draft)?;
        if draft.kind != DraftKind::Create || is_named(draft) {
            return Ok(());
        }
        let Some(source) = source_of(context, tx, draft, tagged)? else { return Ok(()) };
        let options = draft.object.field(SOURCE).map(|it| it.definition.options.as_slice()).unwrap_or_default();
        // The company may have put this choice away.
        if options.iter().any(|it| it.value == source && !it.retired) {
            draft.set(context, SOURCE, &json!(source))?;
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// Whether somebody said where it came from. The choice a form begins with says nothing: it means that it was typed in.
fn is_named(draft: &Draft) -> bool {
    let default = draft.object.field(SOURCE).and_then(|it| it.definition.default.as_ref()).and_then(serde_json::Value::as_str);
    let value = draft.value(SOURCE);
    !value.is_null() && value.as_text() != default
}

/// `tagged` is the campaign it names, where its tag named it.
fn source_of(context: &Context, tx: &mut dyn ReadTx, draft: &Draft, tagged: Option<Record>) -> Result<Option<String>> {
    let campaign = match (tagged, draft.value("campaign")) {
        (Some(campaign), _) => Some(campaign),
        (None, Value::Id(campaign)) => known(context, tx, "campaign", campaign)?,
        (None, _) => None,
    };
    if let Some(source) = campaign.and_then(|it| it.value(SOURCE).as_text().map(str::to_owned)) {
        return Ok(Some(source));
    }
    let named = MEANS.iter().find(|(field, _)| matches!(draft.value(field), Value::Id(_)));
    Ok(named.map(|it| it.1.to_owned()))
}

/// A lead that has a tag of a link was brought by one, when it was entered or when somebody filled the tag in.
fn note_link(context: &Context, draft: &mut Draft) -> Result<()> {
    let has_tag = LINK_TAGS.iter().any(|it| !draft.value(it).is_null());
    let is_noted = !draft.value(LINKED_AT).is_null();
    if draft.object.field(LINKED_AT).is_none() || has_tag == is_noted {
        return Ok(());
    }
    draft.set(context, LINKED_AT, &if has_tag { json!(context.now.to_string()) } else { Json::Null })
}

/// The campaign of a new lead by the tag of its link, where it names none and whoever makes it may refer to that one; answers it.
fn name_campaign(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<Option<Record>> {
    if draft.kind != DraftKind::Create || !draft.value("campaign").is_null() {
        return Ok(None);
    }
    let Some(tag) = draft.value(TAG).as_text().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()) else { return Ok(None) };
    let Some(campaigns) = context.schema.object("campaign").cloned() else { return Ok(None) };
    let found = known_records(context, tx, "campaign", |it| Ok(Condition::equals(it(TAG)?, Value::Text(tag))), 1)?.pop();
    let seen = match found {
        // The engine itself sees what there is.
        Some(found) if context.access.is_system() => Some(found),
        Some(found) => load_record(context, tx, &campaigns, found.id(), Verb::Read, false)?,
        None => None,
    };
    if let Some(campaign) = &seen {
        draft.set(context, "campaign", &json!(campaign.id()))?;
    }
    Ok(seen)
}

/// What a lead was found on is a visit, no other activity.
fn require_visit(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Value::Id(visit) = draft.value("visit") else { return Ok(()) };
    if !draft.changes("visit") {
        return Ok(());
    }
    // One that is not his to see is refused where references are checked.
    if known(context, tx, "activity", visit)?.is_some_and(|it| it.value("kind").as_text() != Some("visit")) {
        draft.problem("visit", "rule", "请选择一次拜访", "choose a visit");
    }
    Ok(())
}

fn known(context: &Context, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<Option<Record>> {
    let Some(object) = context.schema.object(object).cloned() else { return Ok(None) };
    load_record(&context.as_system(), tx, &object, id, Verb::Read, false)
}
