//! What a visitor agrees to on a web form is a consent of the lead it becomes, word for word.

use guanxi_kernel::app::Hook;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::json;
use uuid::Uuid;

use crate::may::{CONSENT, PURPOSE};
use crate::values::{moment, values};

/// The purpose that is made where none is for web forms yet.
const READY: &str = "回复咨询";

/// Watches what is sent by web forms.
pub struct SubmissionHook;

impl Hook for SubmissionHook {
    fn object(&self) -> &str {
        "web_form_submission"
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if !draft.changes("lead") {
            return Ok(());
        }
        let sent = draft.record();
        let (Some(lead), Some(wording), Some(at)) = (sent.reference("lead"), sent.text("consent_text"), moment(&sent, "consent_at")) else {
            return Ok(());
        };
        let of_sent = known_records(unit.context, unit.tx, CONSENT, |it| Ok(Condition::equals(it("submission")?, Value::Id(sent.id()))), 1)?;
        if !of_sent.is_empty() {
            return Ok(());
        }
        let purpose = purpose(unit)?;
        let consent = values([
            ("person", json!({ "object": "lead", "id": lead })),
            ("purpose", json!(purpose)),
            ("channel", json!("any")),
            ("given_at", json!(at.to_string())),
            ("wording", json!(wording)),
            ("source", json!("web_form")),
            ("submission", json!(sent.id())),
        ]);
        unit.create_as_system(CONSENT, &consent)?;
        Ok(())
    }
}

/// The purpose of what web forms ask for.
fn purpose(unit: &mut Unit<'_>) -> Result<Uuid> {
    let ready = |record: Option<Record>| record.map(|it| it.id());
    let flagged = known_records(unit.context, unit.tx, PURPOSE, |it| Ok(Condition::equals(it("for_forms")?, Value::Bool(true))), 1)?.pop();
    if let Some(id) = ready(flagged) {
        return Ok(id);
    }
    // Two forms that are filled in at once make one purpose.
    unit.tx.serialise("privacy.for_forms")?;
    let named = known_records(unit.context, unit.tx, PURPOSE, |it| Ok(Condition::equals(it("name")?, Value::Text(READY.into()))), 1)?.pop();
    if let Some(id) = ready(named) {
        return Ok(id);
    }
    let made = values([("name", json!(READY)), ("legal_ground", json!("consent")), ("for_forms", json!(true))]);
    Ok(unit.create_as_system(PURPOSE, &made)?.id())
}
