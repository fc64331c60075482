//! A deal came from where its customer first came from, unless whoever makes it names something else. So what a campaign cost
//! is held against what it brought: not only the deal of the conversion, but the ones after it.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// What says where something came from. Who names one of a deal has said it.
const NAMED: [&str; 2] = ["source", "campaign"];
/// What a customer has from the lead it was.
const FIRST_TOUCH: [&str; 3] = ["source", "campaign", "community"];
/// Leads of one customer looked through for the one that came first.
const MOST_LEADS: u64 = 200;

/// Of opportunities. Before [`super::origin::OriginHook`], which asks what is named.
pub struct InheritHook;

impl Hook for InheritHook {
    fn object(&self) -> &str {
        "opportunity"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let Some(first) = inherited(context, tx, draft)? else { return Ok(()) };
        match first.campaign {
            // He may not refer to it: it is put in where nothing is checked any more.
            Some(campaign) if !is_seen(context, tx, campaign)? => Ok(()),
            _ => first.put(context, draft),
        }
    }

    fn has_before_insert(&self) -> bool {
        true
    }

    fn before_insert(&self, unit: &mut Unit<'_>, drafts: &mut [Draft]) -> Result<()> {
        for draft in drafts {
            if let Some(first) = inherited(unit.context, unit.tx, draft)? {
                first.put(unit.context, draft)?;
            }
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// Where a customer first came from.
#[derive(Debug, Default)]
struct Origin {
    source: Option<String>,
    campaign: Option<Uuid>,
}

impl Origin {
    /// What a record says, where it says anything; a campaign that lies in the bin is left out.
    fn of(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Option<Self>> {
        let campaign = record.reference("campaign").filter(|_| context.schema.object("campaign").is_some());
        let campaign = match campaign {
            Some(id) if is_seen(&context.as_system(), tx, id)? => Some(id),
            _ => None,
        };
        let source = record.value("source").as_text().map(str::to_owned);
        Ok((source.is_some() || campaign.is_some()).then_some(Self { source, campaign }))
    }

    fn put(self, context: &Context, draft: &mut Draft) -> Result<()> {
        if let Some(campaign) = self.campaign.filter(|_| draft.object.field("campaign").is_some()) {
            draft.set(context, "campaign", &json!(campaign))?;
        }
        let options = draft.object.field("source").map(|it| it.definition.options.as_slice()).unwrap_or_default();
        // The company may have put this choice away since.
        if let Some(source) = self.source.filter(|it| options.iter().any(|option| option.value == *it && !option.retired)) {
            draft.set(context, "source", &json!(source))?;
        }
        Ok(())
    }
}

/// What a new deal has from its customer; nothing where its maker named anything.
fn inherited(context: &Context, tx: &mut dyn ReadTx, draft: &Draft) -> Result<Option<Origin>> {
    let is_named = NAMED.iter().any(|it| !draft.value(it).is_null());
    let (DraftKind::Create, false, Value::Id(account)) = (draft.kind, is_named, draft.value("account")) else { return Ok(None) };
    let (system, Some(accounts)) = (context.as_system(), context.schema.object("account").cloned()) else { return Ok(None) };
    let Some(account) = load_record(&system, tx, &accounts, account, Verb::Read, false)? else { return Ok(None) };
    match Origin::of(context, tx, &account)? {
        Some(origin) => Ok(Some(origin)),
        None => first_lead(context, tx, account.id())?.map_or(Ok(None), |lead| Origin::of(context, tx, &lead)),
    }
}

/// The lead that became this customer first: of customers that were there before leads passed on where they came from.
fn first_lead(context: &Context, tx: &mut dyn ReadTx, account: Uuid) -> Result<Option<Record>> {
    let of_it = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("converted_account")?, Value::Id(account)));
    let leads = known_records(context, tx, "lead", of_it, MOST_LEADS)?;
    let at = |it: &Record| if let Value::DateTime(at) = it.value("converted_at") { Some(at) } else { None };
    Ok(leads.into_iter().filter(|it| at(it).is_some()).min_by_key(|it| (at(it), it.id())))
}

fn is_seen(context: &Context, tx: &mut dyn ReadTx, campaign: Uuid) -> Result<bool> {
    let Some(campaigns) = context.schema.object("campaign").cloned() else { return Ok(false) };
    Ok(load_record(context, tx, &campaigns, campaign, Verb::Read, false)?.is_some())
}

/// A lead that becomes part of a customer there is already is his first touch where nothing is known of one. What somebody
/// locked stays as it is.
///
/// # Errors
/// Fails where the database does.
pub fn pass_on_first_touch(unit: &mut Unit<'_>, lead: &Record, account: Uuid) -> Result<()> {
    let context = unit.context;
    let Some(accounts) = context.schema.object("account").cloned() else { return Ok(()) };
    let Some(record) = load_record(&context.as_system(), unit.tx, &accounts, account, Verb::Read, false)? else { return Ok(()) };
    let is_known = FIRST_TOUCH.iter().any(|it| !record.value(it).is_null());
    if is_known || !locked_among(context, unit.tx, &[account])?.is_empty() {
        return Ok(());
    }
    let mut values = Map::new();
    if let Some(origin) = Origin::of(context, unit.tx, lead)? {
        let options = accounts.field("source").map(|it| it.definition.options.as_slice()).unwrap_or_default();
        let source = origin.source.filter(|it| options.iter().any(|option| option.value == *it && !option.retired));
        values.extend(source.map(|it| ("source".to_owned(), json!(it))));
        values.extend(origin.campaign.map(|it| ("campaign".to_owned(), json!(it))));
    }
    let came = super::carry::origin_of(unit, lead, "account")?;
    values.extend([came.seen, came.unseen].into_iter().flatten().filter(|(name, _)| name == "community"));
    if values.values().all(Json::is_null) {
        return Ok(());
    }
    unit.update_as_system("account", account, &values)?;
    Ok(())
}
