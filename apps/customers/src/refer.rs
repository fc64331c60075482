//! A lead or a customer referred to a colleague or a department: a hand-over that, once accepted, says who referred it.

use guanxi_kernel::app::{Action, ActionDefinition, Hook, required_record};
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::values::{id_of, text_in, values};

/// Objects whose records are referred.
pub const REFERABLE: [&str; 2] = ["lead", "account"];
/// The object of hand-overs.
const HANDOVER: &str = "handover";
/// How long one has to answer where nobody says.
const DAYS: i64 = 7;

/// See the module.
pub struct Refer(pub ActionDefinition);

impl Action for Refer {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let (member, department) = (input.get("to_member").and_then(id_of), input.get("to_department").and_then(id_of));
        if member.is_none() && department.is_none() {
            return Err(KernelError::invalid("to_member", "required", "请选择转介给谁或哪个部门", "say to whom or to which department"));
        }
        let in_time = || unit.context.now.checked_add(SignedDuration::from_hours(24 * DAYS)).map(|it| json!(it.to_string()));
        let due = match input.get("due_at").filter(|it| !it.is_null()) {
            Some(due) => due.clone(),
            None => in_time().map_err(|error| KernelError::Internal(error.to_string()))?,
        };
        let offer = values([
            ("record", json!({ "object": record.object.name, "id": record.id() })),
            ("to_member", json!(member)),
            ("to_department", json!(department)),
            ("known", json!(text_in(input, "note"))),
            ("due_at", due),
            ("referral", json!(true)),
        ]);
        let made = unit.create(HANDOVER, &offer)?;
        Ok(json!({ "handover": made.id() }))
    }
}

/// Who referred it is written down when it is accepted.
pub struct ReferralHook;

impl Hook for ReferralHook {
    fn object(&self) -> &str {
        HANDOVER
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let is_accepted = draft.before.is_some() && draft.changes("state") && draft.value("state").as_text() == Some("accepted");
        if !is_accepted || !draft.value("referral").is_true() {
            return Ok(());
        }
        let (Value::Id(id), Value::Text(object)) = (draft.value("record"), draft.value("record.object")) else { return Ok(()) };
        note_referrer(unit, draft, &object, id)
    }
}

/// The first who referred it stays the one, however often it goes on.
fn note_referrer(unit: &mut Unit<'_>, draft: &Draft, object: &str, id: Uuid) -> Result<()> {
    let Some(known) = unit.context.schema.object(object).cloned() else { return Ok(()) };
    if known.field("referred_by").is_none() || known.field("referred_from").is_none() {
        return Ok(());
    }
    let record = known_records(unit.context, unit.tx, object, |it| among(it("id"), [id]), 1)?.pop();
    if record.is_none_or(|it| !it.value("referred_by").is_null()) {
        return Ok(());
    }
    let referrer = values([
        ("referred_by", json!(draft.record().reference("from_member"))),
        ("referred_from", json!(draft.record().reference("from_department"))),
    ]);
    unit.update_as_system(object, id, &referrer)?;
    Ok(())
}
