//! What hangs on a lead goes along with it.

use guanxi_kernel::read::{Record, known_page, link_targets};
use guanxi_kernel::store::{ColumnRef, Condition};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Objects whose records name a lead.
const HANGING: [&str; 2] = ["activity", "note"];
/// Records looked at together.
const PAGE: u64 = 500;

/// Gives the activities and notes of a lead the account, contact and opportunity it became, where they name none.
/// They keep the lead. Answers how many were changed.
///
/// # Errors
/// Fails where the database does.
pub fn relink(unit: &mut Unit<'_>, lead: Uuid, account: Uuid, contact: Uuid, opportunity: Option<Uuid>) -> Result<u64> {
    let became = [("account", Some(account)), ("contact", Some(contact)), ("opportunity", opportunity)];
    let mut moved = 0;
    for name in HANGING {
        if unit.context.schema.object(name).is_none() {
            continue;
        }
        let of_it = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("lead")?, Value::Id(lead)));
        let mut after = None;
        loop {
            let some = known_page(unit.context, unit.tx, name, of_it, after, PAGE)?;
            let Some(last) = some.last().map(Record::id) else { break };
            for record in some {
                let missing: Map<String, Json> = became
                    .iter()
                    .filter(|(field, id)| id.is_some() && record.value(field).is_null())
                    .map(|(field, id)| ((*field).to_owned(), json!(id)))
                    .collect();
                if !missing.is_empty() {
                    unit.update_as_system(name, record.id(), &missing)?;
                    moved += 1;
                }
            }
            after = Some(last);
        }
    }
    Ok(moved)
}

/// Ids a link field of a record points to.
///
/// # Errors
/// Fails where the database does.
pub fn linked_ids(unit: &mut Unit<'_>, record: &Record, field: &str) -> Result<Vec<Uuid>> {
    match record.object.field(field) {
        Some(field) => link_targets(unit.tx, field, record.id()),
        None => Ok(Vec::new()),
    }
}
