//! What somebody else gives one waits to be accepted; what one takes oneself does not.

use guanxi_kernel::context::Context;
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};

use super::{is_open, is_open_task, is_task, touches};

/// What is forgotten when a task goes to somebody else.
const OF_THE_LAST: [&str; 3] = ["handed_over_by", "assignment_note", "decline_reason"];

/// Notes who gave the task to whom, and that it waits for an answer. Actions that say so themselves are let be.
///
/// # Errors
/// Fails where a value does not fit its field.
pub fn keep_acceptance(context: &Context, draft: &mut Draft) -> Result<()> {
    if !is_task(&draft.value("kind")) || touches(draft, "acceptance") {
        return Ok(());
    }
    if draft.changes("owner") && is_open_task(draft) {
        return given(context, draft);
    }
    begun(context, draft)
}

fn given(context: &Context, draft: &mut Draft) -> Result<()> {
    let Value::Id(owner) = draft.value("owner") else { return Ok(()) };
    // What the engine itself gives (an import, a task that comes again) asks nobody.
    if context.actor.is_nil() {
        return Ok(());
    }
    let is_own = owner == context.actor;
    if is_own && draft.kind == DraftKind::Create {
        return Ok(());
    }
    draft.set(context, "acceptance", &json!(if is_own { "accepted" } else { "waiting" }))?;
    draft.set(context, "assigned_by", &if is_own { Json::Null } else { json!(context.actor) })?;
    draft.set(context, "assigned_at", &json!(context.now.to_string()))?;
    for name in OF_THE_LAST {
        if !touches(draft, name) {
            draft.set(context, name, &Json::Null)?;
        }
    }
    Ok(())
}

/// Who begins with a task has accepted it.
fn begun(context: &Context, draft: &mut Draft) -> Result<()> {
    let waits = draft.value("acceptance").as_text() == Some("waiting");
    let is_own = draft.value("owner") == Value::Id(context.actor);
    let goes_on = matches!(draft.value("status").as_text(), Some("in_progress" | "done"));
    if waits && is_own && goes_on && draft.changes("status") {
        return draft.set(context, "acceptance", &json!("accepted"));
    }
    Ok(())
}

/// A task put off is late anew: what was brought before somebody begins again.
///
/// # Errors
/// Fails where a value does not fit its field.
pub fn forget_escalation(context: &Context, draft: &mut Draft) -> Result<()> {
    let moved = draft.kind == DraftKind::Update && draft.changes("due_at");
    let closed = !is_open(&draft.value("status"));
    if draft.value("escalated_hours").is_null() || touches(draft, "escalated_hours") || !(moved || closed) {
        return Ok(());
    }
    draft.set(context, "escalated_hours", &Json::Null)
}
