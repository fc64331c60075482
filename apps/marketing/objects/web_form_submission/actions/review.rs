//! A person looks at what was held.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::forms::{FORM, SUBMISSION, make_lead};

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
        let lead = make_lead(unit, &form, values.as_object().unwrap_or(&Map::new()))?;
        decide(unit, &record, [("state", json!("accepted")), ("lead", json!(lead.id()))])?;
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

fn decide(unit: &mut Unit<'_>, record: &Record, with: [(&str, Json); 2]) -> Result<()> {
    let at = Timestamp::from_second(unit.context.now.as_second()).unwrap_or(unit.context.now);
    let by = Some(unit.context.actor).filter(|it| !it.is_nil());
    let mut values: Map<String, Json> = with.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    values.insert("reviewed_by".into(), json!(by));
    values.insert("reviewed_at".into(), json!(at.to_string()));
    unit.update_as_system(SUBMISSION, record.id(), &values)?;
    Ok(())
}
