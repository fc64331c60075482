//! Converting a lead: account, contact and opportunity in one act, with everything known about it.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, known_records, load_record, record_json};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::ToSpan;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::carry::{carry, origin_of};
use crate::inherit::pass_on_first_touch;
use crate::relink::{linked_ids, relink};

/// See the module.
pub struct Convert(pub ActionDefinition);

impl Action for Convert {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let lead = required_record(record)?;
        check(unit, &lead)?;
        let known = record_json(&lead.object, &lead.row);
        let account = match chosen(unit, input, "account")? {
            Some(account) => {
                pass_on_first_touch(unit, &lead, account)?;
                account
            }
            None => make_account(unit, &lead, &known)?,
        };
        let contact = match chosen(unit, input, "contact")? {
            Some(contact) => contact,
            None => make_contact(unit, &lead, &known, account)?,
        };
        let wanted = input.get("create_opportunity").and_then(Json::as_bool).unwrap_or(true);
        let opportunity = if wanted { Some(make_opportunity(unit, &lead, &known, (account, contact), input)?) } else { None };

        let moved = relink(unit, lead.id(), account, contact, opportunity)?;
        let mut outcome = values([
            ("status", json!("converted")),
            ("converted_at", json!(unit.context.now.to_string())),
            ("converted_account", json!(account)),
            ("converted_contact", json!(contact)),
            ("converted_opportunity", json!(opportunity)),
        ]);
        if !unit.context.actor.is_nil() {
            outcome.insert("converted_by".to_owned(), json!(unit.context.actor));
        }
        let saved = unit.update_as_system("lead", lead.id(), &outcome)?;
        unit.emit(&saved, "converted", values([("account", json!(account)), ("contact", json!(contact)), ("opportunity", json!(opportunity))]));
        Ok(
            json!({ "id": saved.id(), "version": saved.version(), "account": account, "contact": contact, "opportunity": opportunity, "moved": moved }),
        )
    }
}

/// Only who may change the lead converts it, and only once.
fn check(unit: &mut Unit<'_>, lead: &Record) -> Result<()> {
    let context = unit.context;
    if load_record(context, unit.tx, &lead.object, lead.id(), Verb::Update, false)?.is_none() {
        return Err(KernelError::Forbidden("update lead".into()));
    }
    match lead.value("status").as_text() {
        Some("converted") => Err(KernelError::conflict("state_conflict", "这条线索已经转化", "this lead was converted already")),
        Some("disqualified") => {
            Err(KernelError::conflict("state_conflict", "这条线索已标为无效，请先重新启用", "this lead is disqualified; take it up again first"))
        }
        _ => Ok(()),
    }
}

/// The record chosen in the form, which the caller must be able to see.
fn chosen(unit: &mut Unit<'_>, input: &Map<String, Json>, object: &str) -> Result<Option<Uuid>> {
    let Some(value) = input.get(object) else { return Ok(None) };
    let text = value.as_str().or_else(|| value.get("id").and_then(Json::as_str)).unwrap_or_default();
    let context = unit.context;
    let found = match (text.parse(), context.schema.object(object)) {
        (Ok(id), Some(target)) => load_record(context, unit.tx, target, id, Verb::Read, false)?,
        _ => None,
    };
    match found {
        Some(record) => Ok(Some(record.id())),
        None => Err(KernelError::invalid(object, "no_such_record", "所选记录不存在", "the record chosen does not exist")),
    }
}

fn make_account(unit: &mut Unit<'_>, lead: &Record, known: &Map<String, Json>) -> Result<Uuid> {
    let company = lead.text("company");
    let kind = if company.is_some() { "company" } else { "person" };
    let mut account = taken(known, &["website", "address", "industry", "source", "preferred_channel", "do_not_contact"], &[("phone", "phone")]);
    account.insert("name".to_owned(), json!(company.unwrap_or_else(|| lead.title())));
    account.insert("kind".to_owned(), json!(kind));
    account.insert("lifecycle".to_owned(), json!("convert"));
    if kind == "company" {
        account.extend(taken(known, &["employees"], &[]));
    } else if !account.contains_key("phone") {
        account.extend(taken(known, &[], &[("mobile", "phone")]));
    }
    if let Some(next) = known.get("next_follow_up") {
        account.insert("next_follow_up".to_owned(), next.clone());
    }
    carry(unit, lead, known, "account", &mut account)?;
    belong(unit, lead, "account", &mut account)?;
    make(unit, lead, "account", account)
}

fn make_contact(unit: &mut Unit<'_>, lead: &Record, known: &Map<String, Json>, account: Uuid) -> Result<Uuid> {
    let plain = ["name", "title", "mobile", "phone", "email", "wechat", "address", "source", "preferred_channel", "do_not_contact", "description"];
    let mut contact = taken(known, &plain, &[]);
    contact.insert("account".to_owned(), json!(account));
    carry(unit, lead, known, "contact", &mut contact)?;
    belong(unit, lead, "contact", &mut contact)?;
    Ok(unit.create("contact", &contact)?.id())
}

fn make_opportunity(unit: &mut Unit<'_>, lead: &Record, known: &Map<String, Json>, of: (Uuid, Uuid), input: &Map<String, Json>) -> Result<Uuid> {
    let (account, contact) = of;
    let mut opportunity = taken(known, &["source", "need"], &[("budget", "amount")]);
    opportunity.insert("account".to_owned(), json!(account));
    opportunity.insert("primary_contact".to_owned(), json!(contact));
    let named = input.get("opportunity_name").and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty());
    let name = named.map(str::to_owned).unwrap_or_else(|| lead.text("company").unwrap_or_else(|| lead.title()));
    opportunity.insert("name".to_owned(), json!(name));
    if let Some(amount) = input.get("amount") {
        opportunity.insert("amount".to_owned(), amount.clone());
    }
    let close = input.get("close_date").cloned().unwrap_or_else(|| json!(expected_close(unit, lead).to_string()));
    opportunity.insert("close_date".to_owned(), close);
    let products = linked_ids(unit, lead, "interested_products")?;
    if let Some(line) = product_line(unit, &products)? {
        opportunity.insert("product_line".to_owned(), json!(line));
    }
    carry(unit, lead, known, "opportunity", &mut opportunity)?;
    belong(unit, lead, "opportunity", &mut opportunity)?;
    let id = make(unit, lead, "opportunity", opportunity)?;
    for product in products {
        let line = values([("opportunity", json!(id)), ("product", json!(product)), ("quantity", json!("1"))]);
        unit.create("opportunity_line", &line)?;
    }
    Ok(id)
}

/// The line of the products the lead is interested in, where they are all of one and the caller may say so.
fn product_line(unit: &mut Unit<'_>, products: &[Uuid]) -> Result<Option<String>> {
    let context = unit.context;
    let field = context.schema.object("opportunity").and_then(|it| Some((it, it.field("product_line")?)));
    if products.is_empty() || field.is_none_or(|(object, field)| !context.access.may_write(object, field)) {
        return Ok(None);
    }
    let ids = products.iter().copied().map(Value::Id).collect();
    let found = known_records(context, unit.tx, "product", |it| Ok(Condition::In(it("id")?, ids, false)), products.len() as u64)?;
    let lines: BTreeSet<String> = found.iter().filter_map(|it| it.text("family")).collect();
    Ok(lines.first().filter(|_| lines.len() == 1).cloned())
}

/// Makes a record that came from where the lead did, whether or not who converts it may see that.
fn make(unit: &mut Unit<'_>, lead: &Record, object: &str, mut values: Map<String, Json>) -> Result<Uuid> {
    let origin = origin_of(unit, lead, object)?;
    values.extend(origin.seen);
    let id = unit.create(object, &values)?.id();
    if !origin.unseen.is_empty() {
        unit.update_as_system(object, id, &origin.unseen)?;
    }
    Ok(id)
}

/// The end of the time in which the customer means to buy; three months where nothing is known.
fn expected_close(unit: &Unit<'_>, lead: &Record) -> jiff::civil::Date {
    let months = match lead.value("purchase_time").as_text() {
        Some("within_month") => 1,
        Some("within_half_year") => 6,
        Some("later") => 9,
        _ => 3,
    };
    unit.context.now.to_zoned(unit.context.time_zone.clone()).date().saturating_add(months.months())
}

/// Gives the new record the lead's tags, owner and department: whoever converts it, it stays with whom it was.
fn belong(unit: &mut Unit<'_>, lead: &Record, object: &str, values: &mut Map<String, Json>) -> Result<()> {
    for name in ["owner", "department"] {
        if let Value::Id(id) = lead.value(name) {
            values.insert(name.to_owned(), json!(id));
        }
    }
    if unit.context.schema.object(object).is_some_and(|it| it.field("tags").is_some()) {
        values.insert("tags".to_owned(), json!(linked_ids(unit, lead, "tags")?));
    }
    Ok(())
}

/// The lead's values under the same name, and under another.
fn taken(known: &Map<String, Json>, same: &[&str], renamed: &[(&str, &str)]) -> Map<String, Json> {
    let pairs = same.iter().map(|it| (*it, *it)).chain(renamed.iter().copied());
    pairs.filter_map(|(from, to)| Some((to.to_owned(), known.get(from)?.clone()))).collect()
}

fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
