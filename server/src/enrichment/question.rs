//! What of a record is put to a source.

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::Terms;
use guanxi_kernel::read::load_record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{Result, Value};
use guanxi_privacy::{is_of_a_person, may_process};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::proposals::json_of;
use super::source::EnrichmentSource;

/// What of a record is sent, or why nothing of it is: only fields the member sees whole, only people who may be.
pub(super) fn question(
    member: &Context,
    tx: &mut dyn ReadTx,
    source: &EnrichmentSource,
    terms: &Terms,
    id: Uuid,
) -> Result<std::result::Result<Map<String, Json>, &'static str>> {
    let object = &source.object;
    if member.access.require(object, Verb::Update).is_err() {
        return Ok(Err("rights"));
    }
    let Some(record) = load_record(member, tx, object, id, Verb::Update, false)? else { return Ok(Err("gone")) };
    if source.purpose.is_none() && is_of_a_person(&record) {
        return Ok(Err("no_purpose"));
    }
    let mut fields = Map::new();
    let mut has_key = false;
    for (name, there) in source.sends.iter().filter(|it| !terms.closed.contains(&it.0)) {
        let Some(field) = object.field(name) else { continue };
        if member.access.shown_of(object, field, Place::List, &record.row) != Shown::Whole {
            continue;
        }
        let cells = field.cells(&record.row);
        if cells.iter().all(Value::is_null) {
            continue;
        }
        fields.insert(there.clone(), json_of(field, &cells));
        has_key |= *name == source.matched;
    }
    if !has_key {
        return Ok(Err("no_key"));
    }
    if let Some(purpose) = source.purpose {
        let verdict = may_process(&member.as_system(), tx, &record, purpose)?;
        if !verdict.allowed {
            return Ok(Err(verdict.why));
        }
    }
    Ok(Ok(fields))
}
