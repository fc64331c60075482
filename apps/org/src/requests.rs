//! What the actions on requests for rights share: who decides, and what a decision leaves on the request.

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{KernelError, Result, access};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// The object.
pub const REQUEST: &str = "rights_request";
/// Most departments walked up to find a head.
const MAX_DEPTH: usize = 50;

/// The text of a field; empty where there is none.
pub fn text(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

/// Who asked.
///
/// # Errors
/// An internal error where nobody did.
pub fn asked_by(request: &Record) -> Result<Uuid> {
    request.reference("member").ok_or_else(|| KernelError::Internal("a request for rights without a member".into()))
}

/// Nobody decides on what he asked for himself, not even an administrator.
///
/// # Errors
/// Forbidden.
pub fn refuse_own(context: &Context, request: &Record) -> Result<()> {
    if asked_by(request)? == context.actor { Err(KernelError::Forbidden("decide on one's own request".into())) } else { Ok(()) }
}

/// Whether the caller is the head of department the request waits for, or stands in for him.
pub fn is_head(context: &Context, request: &Record) -> bool {
    text(request, "state") == "waiting_head" && stands_for(context, request, "approver")
}

/// Whether the caller is the member a field names, or stands in for him.
pub fn stands_for(context: &Context, request: &Record, field: &str) -> bool {
    request.reference(field).is_some_and(|it| context.access.member.selves().contains(&it))
}

/// Writes a decision down on the request, tells of it, and notes it in the audit log.
///
/// # Errors
/// Busy where the request was changed meanwhile: the action runs again on what it is then.
pub fn settle(unit: &mut Unit<'_>, request: &Record, verb_past: &str, mut values: Map<String, Json>) -> Result<Json> {
    values.retain(|_, it| !it.is_null());
    let saved = unit.update_as_system(REQUEST, request.id(), &values)?;
    unit.emit(&saved, verb_past, Map::new());
    unit.note(json!({ "request": request.id(), "number": request.title(), "member": asked_by(request)?, "decision": verb_past, "values": values }));
    Ok(json!({ "id": saved.id(), "version": saved.version(), "state": text(&saved, "state") }))
}

/// Who decides, and when.
pub fn decided(context: &Context, state: &str, note: Option<&Json>) -> Map<String, Json> {
    Map::from_iter([
        ("state".to_owned(), json!(state)),
        ("decided_by".to_owned(), if context.actor.is_nil() { Json::Null } else { json!(context.actor) }),
        ("decided_at".to_owned(), json!(context.now.to_string())),
        ("decision_note".to_owned(), note.cloned().unwrap_or_default()),
    ])
}

/// The nearest head of a department above a member that is somebody else and active; his manager where there is none.
///
/// # Errors
/// Fails where the database does.
pub fn head_above(unit: &mut Unit<'_>, member: Uuid, department: Option<Uuid>) -> Result<Option<Uuid>> {
    let mut next = department;
    for _ in 0..MAX_DEPTH {
        let Some(department) = next.map(|it| known(unit, DEPARTMENT_OBJECT, it)).transpose()?.flatten() else { break };
        if let Some(head) = active(unit, department.reference("head"), member)? {
            return Ok(Some(head));
        }
        next = department.reference("parent");
    }
    let manager = known(unit, MEMBER_OBJECT, member)?.and_then(|it| it.reference("manager"));
    active(unit, manager, member)
}

/// Somebody near a record who may share it: its owner, his manager, the head of its department. Whether there is such a
/// record must not be told to who asked.
///
/// # Errors
/// Fails where the database does.
pub fn keeper_of(unit: &mut Unit<'_>, member: Uuid, object: &str, id: Uuid) -> Result<Option<Uuid>> {
    let Some(object) = unit.context.schema.object(object).filter(|it| !it.definition.internal).cloned() else { return Ok(None) };
    let Some(record) = known(unit, &object.name, id)? else { return Ok(None) };
    let owner = record.reference("owner");
    let manager = owner.map(|it| known(unit, MEMBER_OBJECT, it)).transpose()?.flatten().and_then(|it| it.reference("manager"));
    let head = record.reference("department").map(|it| head_above(unit, member, Some(it))).transpose()?.flatten();
    for candidate in [owner, manager, head] {
        let Some(candidate) = active(unit, candidate, member)? else { continue };
        let Some(theirs) = access::context_of(unit.context, unit.tx, candidate)? else { continue };
        match Planner::new(&theirs).reach(unit.tx, &object, id, Verb::Share) {
            Ok(_) => return Ok(Some(candidate)),
            Err(KernelError::NotFound | KernelError::Forbidden(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

/// A record as the engine knows it.
fn known(unit: &mut Unit<'_>, object: &str, id: Uuid) -> Result<Option<Record>> {
    let Some(object) = unit.context.schema.object(object).cloned() else { return Ok(None) };
    load_record(&unit.context.as_system(), unit.tx, &object, id, Verb::Read, false)
}

/// A member who is not the one who asks, and may act.
fn active(unit: &mut Unit<'_>, member: Option<Uuid>, not: Uuid) -> Result<Option<Uuid>> {
    let Some(member) = member.filter(|it| *it != not) else { return Ok(None) };
    Ok(unit.context.workspace.identity(unit.tx, member)?.map(|_| member))
}
