//! A deal came from where its customer first came from, unless whoever makes it names something else. So what a campaign cost
//! is held against what it brought: not only the deal of the conversion, but the ones after it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, load_record, load_records, readable_ids};
use guanxi_kernel::schema::{DELETED_AT, ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// What says where something came from. Who names one of a deal has said it.
const NAMED: [&str; 2] = ["source", "campaign"];
/// What a customer has from the lead it was.
const FIRST_TOUCH: [&str; 3] = ["source", "campaign", "community"];
/// Customers whose leads are asked for together.
const AT_ONCE: usize = 500;

/// Of opportunities. Before [`super::origin::OriginHook`], which asks what is named.
pub struct InheritHook;

impl Hook for InheritHook {
    fn object(&self) -> &str {
        "opportunity"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let Some(account) = heir_of(draft) else { return Ok(()) };
        let Some(first) = first_touches(context, tx, &[account])?.remove(&account) else { return Ok(()) };
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
        let accounts: BTreeSet<Uuid> = drafts.iter().filter_map(heir_of).collect();
        let accounts: Vec<Uuid> = accounts.into_iter().collect();
        let firsts = first_touches(unit.context, unit.tx, &accounts)?;
        for draft in drafts {
            if let Some(first) = heir_of(draft).and_then(|it| firsts.get(&it)) {
                first.put(unit.context, draft)?;
            }
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// The customer whose first touch a new deal has; nothing where its maker named anything.
fn heir_of(draft: &Draft) -> Option<Uuid> {
    let is_named = NAMED.iter().any(|it| !draft.value(it).is_null());
    match (draft.kind, is_named, draft.value("account")) {
        (DraftKind::Create, false, Value::Id(account)) => Some(account),
        _ => None,
    }
}

/// Where a customer first came from.
#[derive(Debug)]
struct Origin {
    source: Option<String>,
    campaign: Option<Uuid>,
}

impl Origin {
    fn of(record: &Record) -> Self {
        Self { source: record.value("source").as_text().map(str::to_owned), campaign: record.reference("campaign") }
    }

    fn put(&self, context: &Context, draft: &mut Draft) -> Result<()> {
        if let Some(campaign) = self.campaign.filter(|_| draft.object.field("campaign").is_some()) {
            draft.set(context, "campaign", &json!(campaign))?;
        }
        match &self.source {
            Some(source) if is_offered(&draft.object, source) => draft.set(context, "source", &json!(source)),
            _ => Ok(()),
        }
    }
}

/// The company may have put this choice away since.
fn is_offered(object: &Object, source: &str) -> bool {
    let options = object.field("source").map(|it| it.definition.options.as_slice()).unwrap_or_default();
    options.iter().any(|option| option.value == source && !option.retired)
}

/// Where some customers first came from, of those of whom it is known: what they say themselves, or else what the lead said
/// that became each of them first. Asked for all together: an import makes many deals at once.
fn first_touches(context: &Context, tx: &mut dyn ReadTx, accounts: &[Uuid]) -> Result<HashMap<Uuid, Origin>> {
    let Some(object) = context.schema.object("account").cloned().filter(|_| !accounts.is_empty()) else { return Ok(HashMap::new()) };
    let records = load_records(&context.as_system(), tx, &object, accounts, Verb::Read, false)?;
    let mut known: HashMap<Uuid, Origin> = records.iter().map(|it| (it.id(), Origin::of(it))).collect();
    keep_live(context, tx, &mut known)?;
    let silent: Vec<Uuid> = records.iter().map(Record::id).filter(|it| !known.contains_key(it)).collect();
    let mut said = first_leads(context, tx, &silent)?;
    keep_live(context, tx, &mut said)?;
    known.extend(said);
    Ok(known)
}

/// Leaves out campaigns that lie in the bin, and what says nothing then.
fn keep_live(context: &Context, tx: &mut dyn ReadTx, origins: &mut HashMap<Uuid, Origin>) -> Result<()> {
    let named: BTreeSet<Uuid> = origins.values().filter_map(|it| it.campaign).collect();
    let named: Vec<Uuid> = named.into_iter().collect();
    let live: HashSet<Uuid> = match context.schema.object("campaign") {
        Some(campaigns) if !named.is_empty() => readable_ids(&context.as_system(), tx, campaigns, &named)?.into_iter().collect(),
        _ => HashSet::new(),
    };
    for origin in origins.values_mut() {
        origin.campaign = origin.campaign.filter(|it| live.contains(it));
    }
    origins.retain(|_, it| it.source.is_some() || it.campaign.is_some());
    Ok(())
}

/// What the lead said that became each customer first: of customers that were there before leads passed on where they came from.
/// A customer may have many leads: of each only what is asked about is read, and no more than one is kept.
fn first_leads(context: &Context, tx: &mut dyn ReadTx, accounts: &[Uuid]) -> Result<HashMap<Uuid, Origin>> {
    let mut first: HashMap<Uuid, (Timestamp, Uuid, Origin)> = HashMap::new();
    let Some(leads) = context.schema.object("lead").cloned() else { return Ok(HashMap::new()) };
    let column = |name: &str| leads.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let (Some(account), Some(at), Some(source)) = (column("converted_account"), column("converted_at"), column("source")) else {
        return Ok(HashMap::new());
    };
    let columns: Vec<ColumnRef> = [account, at, ColumnRef::main(ID), source].into_iter().chain(column("campaign")).collect();
    for some in accounts.chunks(AT_ONCE) {
        let of_them = Condition::In(account, some.iter().copied().map(Value::Id).collect(), false);
        let select = Select { columns: columns.clone(), ..Select::all(&leads.table, of_them.and(Condition::IsNull(ColumnRef::main(DELETED_AT)))) };
        tx.select(&select, &mut |row| {
            if let [Value::Id(account), Value::DateTime(at), Value::Id(id), source, campaign @ ..] = row.as_slice()
                && first.get(account).is_none_or(|it| (*at, *id) < (it.0, it.1))
            {
                let campaign = if let [Value::Id(campaign)] = campaign { Some(*campaign) } else { None };
                first.insert(*account, (*at, *id, Origin { source: source.as_text().map(str::to_owned), campaign }));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(first.into_iter().map(|(account, (_, _, origin))| (account, origin)).collect())
}

fn is_seen(context: &Context, tx: &mut dyn ReadTx, campaign: Uuid) -> Result<bool> {
    // Of what is inherited it is known already that it is there.
    if context.access.is_system() {
        return Ok(true);
    }
    let Some(campaigns) = context.schema.object("campaign").cloned() else { return Ok(false) };
    Ok(load_record(context, tx, &campaigns, campaign, Verb::Read, false)?.is_some())
}

/// A lead that becomes part of a customer there is already is his first touch where nothing is known of one and whoever converts
/// it may say so of that customer. Where he may only look at him, and what somebody locked, stays as it is: deals of the customer
/// are told of his first lead all the same.
///
/// # Errors
/// Fails where the database does.
pub fn pass_on_first_touch(unit: &mut Unit<'_>, lead: &Record, account: Uuid) -> Result<()> {
    let context = unit.context;
    let Some(accounts) = context.schema.object("account").cloned() else { return Ok(()) };
    let Some(record) = load_record(context, unit.tx, &accounts, account, Verb::Update, false)? else { return Ok(()) };
    let is_known = FIRST_TOUCH.iter().any(|it| !record.value(it).is_null());
    if is_known || !locked_among(context, unit.tx, &[account])?.is_empty() {
        return Ok(());
    }
    let mut values = Map::new();
    let mut origins = HashMap::from([(lead.id(), Origin::of(lead))]);
    keep_live(context, unit.tx, &mut origins)?;
    if let Some(origin) = origins.remove(&lead.id()) {
        values.extend(origin.source.filter(|it| is_offered(&accounts, it)).map(|it| ("source".to_owned(), json!(it))));
        values.extend(origin.campaign.map(|it| ("campaign".to_owned(), json!(it))));
    }
    let came = super::carry::origin_of(unit, lead, "account")?;
    values.extend([came.seen, came.unseen].into_iter().flatten().filter(|(name, _)| name == "community"));
    values.retain(|name, _| accounts.field(name).is_some_and(|it| context.access.may_write(&accounts, it)));
    if values.values().all(Json::is_null) {
        return Ok(());
    }
    unit.update_as_system("account", account, &values)?;
    Ok(())
}
