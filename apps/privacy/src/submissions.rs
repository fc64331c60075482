//! What a visitor sent by a web form stays beside the lead it became: it goes where the lead, or who he became, is anonymised.

use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::ID;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::Unit;
use uuid::Uuid;

use crate::about::SUBMISSION;
use crate::people::{PEOPLE, same_person};
use crate::personal::anonymous;

/// What was sent by the person of a record, in the bin too.
///
/// # Errors
/// Fails where the database does.
pub fn sent_by(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Vec<Uuid>> {
    let Some(object) = context.schema.object(SUBMISSION).filter(|_| PEOPLE.contains(&record.object.name.as_str())) else { return Ok(Vec::new()) };
    let Some(part) = object.field("lead").and_then(|it| it.part("")) else { return Ok(Vec::new()) };
    let people = same_person(context, tx, record)?.into_iter().map(Value::Id).collect();
    let condition = Condition::In(ColumnRef::main(part.column), people, false);
    let rows = tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, condition) })?;
    Ok(rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect())
}

/// Anonymises a record, and erases what its person sent by web forms.
///
/// # Errors
/// As anonymising's and erasing's.
pub fn anonymise(unit: &mut Unit<'_>, record: &Record, fields: &[String]) -> Result<()> {
    // Asked for before: afterwards nothing may say any more who he was.
    let sent = sent_by(unit.context, unit.tx, record)?;
    unit.anonymise_as_system(&record.object.name, record.id(), &anonymous(&record.object, fields))?;
    for id in sent {
        unit.erase_as_system(SUBMISSION, id)?;
    }
    Ok(())
}
