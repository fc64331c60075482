//! What rights say of a change beyond the rows and fields they open.

use uuid::Uuid;

use super::computed::value_of;
use super::draft::{Draft, DraftKind};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::Record;
use crate::schema::{DEPARTMENT_FIELD, OWNER_FIELD};

/// Whether an update gives the record to another owner or department.
pub(super) fn gives_away(draft: &Draft) -> bool {
    draft.object.definition.owned && draft.kind == DraftKind::Update && (draft.changes(OWNER_FIELD) || draft.changes(DEPARTMENT_FIELD))
}

/// A new record belongs to the caller and a department of his, unless he may assign; and to the departments within which
/// he holds the roles that let him create.
pub(super) fn refuse_foreign(context: &Context, draft: &Draft) -> Result<()> {
    let (access, object) = (&context.access, &draft.object);
    if access.is_unlimited() {
        return Ok(());
    }
    let record = draft.record();
    let department = record.reference(DEPARTMENT_FIELD);
    if let Some(within) = access.create_within(object)
        && !department.is_some_and(|it| within.contains(&it))
    {
        return Err(KernelError::Forbidden(format!("create {} outside the departments of the role", object.name)));
    }
    if !object.definition.owned || access.may(object, Verb::Assign) {
        return Ok(());
    }
    let member = &access.member;
    let is_own = |id: Option<Uuid>, own: &[Uuid]| id.is_none_or(|it| own.contains(&it));
    if is_own(record.reference(OWNER_FIELD), &member.selves()) && is_own(department, &member.departments) {
        return Ok(());
    }
    Err(KernelError::Forbidden(format!("assign {}", object.name)))
}

/// A record whose state locks it is changed by nobody but an administrator.
pub(crate) fn refuse_locked(context: &Context, record: Option<&Record>) -> Result<()> {
    let Some(record) = record.filter(|_| !context.access.is_unlimited()) else { return Ok(()) };
    let locked = record.object.locked_when.as_ref().is_some_and(|it| value_of(context, &record.object, &record.row, it).is_true());
    if !locked {
        return Ok(());
    }
    Err(KernelError::conflict(
        "record_locked",
        "此记录在当前状态下已锁定，如需修改请联系管理员",
        "this record is locked in its present state; ask an administrator to change it",
    ))
}
