//! A person looks at what was held.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{ColumnRef, Condition};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::forms::{Arrival, FORM, SUBMISSION, make_lead, same_content};

/// So many of the same content are looked after at once; a form takes no more of it in a day.
const MOST_ALIKE: u64 = 10_000;

/// It becomes a lead.
pub struct Accept(pub ActionDefinition);
/// It becomes none.
pub struct Reject(pub ActionDefinition);

impl Action for Accept {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let (id, context) = (record.reference("form").unwrap_or_default(), unit.context);
        let found = known_records(context, unit.tx, FORM, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop();
        let form = found.ok_or(KernelError::NotFound)?;
        let Value::Json(values) = record.value("values") else { return Err(KernelError::NotFound) };
        let lead = make_lead(unit, &form, values.as_object().unwrap_or(&Map::new()), &Arrival::of_record(&record))?;
        decide(unit, &record, [("state", json!("accepted")), ("lead", json!(lead.id()))])?;
        hang_on(unit, &record, &lead)?;
        Ok(json!({ "id": record.id(), "lead": lead.id() }))
    }
}

impl Action for Reject {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let note = input.get("note").cloned().unwrap_or_default();
        decide(unit, &record, [("state", json!("rejected")), ("review_note", note)])?;
        Ok(json!({ "id": record.id() }))
    }
}

/// The same content, sent again while this one waited, belongs to the lead too: it is erased with it.
fn hang_on(unit: &mut Unit<'_>, record: &Record, lead: &Record) -> Result<()> {
    let (Some(form), Some(digest)) = (record.reference("form"), record.text("digest")) else { return Ok(()) };
    let without_lead = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(same_content(it, form, &digest)?.and(Condition::IsNull(it("lead")?)));
    for same in known_records(unit.context, unit.tx, SUBMISSION, without_lead, MOST_ALIKE)? {
        let mut values = Map::from_iter([("lead".to_owned(), json!(lead.id()))]);
        if same.value("state").as_text() == Some("held") {
            values.insert("state".into(), json!("duplicate"));
        }
        unit.update_as_system(SUBMISSION, same.id(), &values)?;
    }
    Ok(())
}

fn decide(unit: &mut Unit<'_>, record: &Record, with: [(&str, Json); 2]) -> Result<()> {
    let at = Timestamp::from_second(unit.context.now.as_second()).unwrap_or(unit.context.now);
    let by = Some(unit.context.actor).filter(|it| !it.is_nil());
    let mut values: Map<String, Json> = with.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    values.insert("reviewed_by".into(), json!(by));
    values.insert("reviewed_at".into(), json!(at.to_string()));
    unit.update_as_system(SUBMISSION, record.id(), &values)?;
    Ok(())
}
