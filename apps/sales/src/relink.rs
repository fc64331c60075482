//! What hangs on a lead goes along with it.

use guanxi_kernel::read::{Record, link_targets};
use guanxi_kernel::schema::DELETED_AT;
use guanxi_kernel::store::{ColumnRef, Condition, Select};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Objects whose records name a lead.
const HANGING: [&str; 2] = ["activity", "note"];
/// Most records of one object that go along; nobody has that many on one lead.
const MAX_RECORDS: u64 = 5_000;

/// Gives the activities and notes of a lead the account, contact and opportunity it became, where they name none.
/// They keep the lead. Answers how many were changed.
///
/// # Errors
/// Fails where the database does.
pub fn relink(unit: &mut Unit<'_>, lead: Uuid, account: Uuid, contact: Uuid, opportunity: Option<Uuid>) -> Result<u64> {
    let became = [("account", Some(account)), ("contact", Some(contact)), ("opportunity", opportunity)];
    let mut moved = 0;
    for name in HANGING {
        let Some(object) = unit.context.schema.object(name).cloned() else { continue };
        let Some(part) = object.field("lead").and_then(|it| it.part("")) else {
            return Err(KernelError::Internal(format!("the object {name} lacks the field lead")));
        };
        let condition = Condition::equals(ColumnRef::main(part.column), Value::Id(lead)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        for row in unit.tx.rows(&Select::all(&object.table, condition).limited(MAX_RECORDS))? {
            let record = Record { object: object.clone(), row };
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
