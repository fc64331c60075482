//! Who may let a member in: administrators, and branch administrators of his department who could give all his roles.

use uuid::Uuid;

use super::{MEMBER_OBJECT, holdings_of};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::load_record;
use crate::store::StoreExt as _;

/// Fails unless the caller may invite a member and let him choose another password.
///
/// # Errors
/// Forbidden; not found where a branch administrator may not see the member.
pub fn require_manager_of(context: &Context, member: Uuid) -> Result<()> {
    let Some(branches) = context.access.branches() else { return context.access.require_administrator() };
    let object = context.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
    let (record, held) = context.workspace.store.read_with(|tx| {
        let record = load_record(context, tx, object, member, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        Ok::<_, KernelError>((record, holdings_of(&context.schema, tx, member, context.now)?))
    })?;
    let inside = record.reference("department").is_some_and(|it| branches.contains(&it));
    // Whoever could not have made him so does not get to sign in as him.
    if inside && held.iter().all(|it| context.access.may_give(&it.role)) {
        return Ok(());
    }
    Err(KernelError::Forbidden("manage this member".into()))
}
