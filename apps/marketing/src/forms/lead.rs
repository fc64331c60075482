//! The lead a submission becomes.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::asked::may_be_asked;
use super::{Arrival, LEAD};

/// The tag of a link, and the same on the campaign it was made for.
const TAG: &str = "utm_campaign";

/// Makes the lead, with the engine's own rights: what visitors may say as it was sent, and beside it what the form says and
/// the link he came by. Whatever else stands in `values` is left out. A campaign whose tag the link bears goes before that of
/// the form, and its source, where it has one, before the form's: it says more exactly what brought him.
///
/// # Errors
/// What keeps a lead from being made; the database's.
pub(crate) fn make_lead(unit: &mut Unit<'_>, form: &Record, values: &Map<String, Json>, arrival: &Arrival) -> Result<Record> {
    let schema = unit.context.schema.clone();
    let object = schema.object(LEAD).ok_or(KernelError::NotFound)?;
    let said = values.iter().filter(|(name, _)| object.field(name).is_some_and(may_be_asked));
    let mut lead: Map<String, Json> = said.map(|(name, value)| (name.clone(), value.clone())).collect();
    lead.extend(arrival.values().into_iter().filter(|(name, _)| object.field(name).is_some()));
    let tagged = campaign_of(unit.context, unit.tx, arrival)?;
    lead.extend(tagged.as_ref().map(|it| ("campaign".to_owned(), json!(it.id()))));
    let tag_says = tagged.as_ref().is_some_and(has_source);
    // Its source follows from a campaign that has one, and from any community.
    let mut follows = tag_says;
    for name in ["campaign", "community"] {
        // What was deleted meanwhile keeps nobody out.
        let Some(id) = form.reference(name).filter(|_| object.field(name).is_some() && !lead.contains_key(name)) else { continue };
        if let Some(found) = alive(unit.context, unit.tx, name, id)? {
            lead.insert(name.to_owned(), json!(id));
            follows |= name == "community" || has_source(&found);
        }
    }
    match form.value("source").as_text() {
        Some(source) if !tag_says => drop(lead.insert("source".into(), json!(source))),
        _ if follows => {}
        _ => drop(lead.insert("source".into(), json!("website"))),
    }
    lead.insert("source_detail".into(), json!(form.title()));
    let (owner, pool) = place(unit.context, unit.tx, form)?;
    let department = owner.as_ref().and_then(|it| it.reference("department"));
    lead.insert("owner".into(), json!(owner.map(|it| it.id())));
    lead.insert("department".into(), json!(department));
    if let Some(pool) = pool {
        lead.insert("pool".into(), json!(pool));
    }
    unit.create_as_system(LEAD, &lead)
}

/// The campaign that has the tag of the link.
fn campaign_of(context: &Context, tx: &mut dyn ReadTx, arrival: &Arrival) -> Result<Option<Record>> {
    let Some(tag) = arrival.said(TAG).map(str::to_lowercase) else { return Ok(None) };
    Ok(known_records(context, tx, "campaign", |it| Ok(Condition::equals(it(TAG)?, Value::Text(tag))), 1)?.pop())
}

fn has_source(campaign: &Record) -> bool {
    !campaign.value("source").is_null()
}

/// A record, unless it was deleted.
fn alive(context: &Context, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<Option<Record>> {
    Ok(known_records(context, tx, object, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop())
}

/// Whose it will be, or where it will lie. A member who left gets nothing, and nothing is laid into a pool that is gone or not
/// in use: then rules decide, as where the form says so.
fn place(context: &Context, tx: &mut dyn ReadTx, form: &Record) -> Result<(Option<Record>, Option<Uuid>)> {
    match form.value("goes_to").as_text() {
        Some("member") => {
            let Some(member) = form.reference("lead_owner") else { return Ok((None, None)) };
            Ok((alive(context, tx, "user", member)?.filter(|it| it.value("active") != Value::Bool(false)), None))
        }
        Some("pool") => {
            let Some(pool) = form.reference("lead_pool") else { return Ok((None, None)) };
            let found = alive(context, tx, "pool", pool)?.filter(|it| it.value("active") != Value::Bool(false));
            Ok((None, found.map(|it| it.id())))
        }
        _ => Ok((None, None)),
    }
}
