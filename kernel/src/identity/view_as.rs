//! Looking at the workspace with a member's rights: for administrators who want to see what he sees.
//!
//! The session stays the administrator's. Nothing can be changed meanwhile, and whatever the audit log notes names the
//! administrator, with the member beside it.

use guanxi_expr::Value;
use serde_json::json;
use uuid::Uuid;

use super::session::{Session, set_viewed};
use super::{Identity, MEMBER_OBJECT};
use crate::audit;
use crate::context::{Context, Viewer};
use crate::error::{KernelError, Result};
use crate::store::StoreExt as _;

/// Has a session look with a member's rights from its next request on.
///
/// # Errors
/// Forbidden to all but administrators, who must have proved who they are; not found where the member is not active; a
/// conflict where it is the administrator himself.
pub fn begin_view(context: &Context, session: &Session, member: Uuid) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    if member == context.actor {
        return Err(KernelError::conflict("state_conflict", "这就是您自己的身份", "that is yourself"));
    }
    let (inner, session) = (context.clone(), session.clone());
    context.workspace.store.write_with(move |tx| {
        inner.workspace.identity(tx, member)?.ok_or(KernelError::NotFound)?;
        set_viewed(tx, &session, Value::Id(member))?;
        audit::append(&inner, tx, "view_as", Some(MEMBER_OBJECT), Some(member), None, 0, Some(json!({ "session": session.id })))
    })
}

/// Has a session look with its own holder's rights again. It need not have looked with others.
///
/// # Errors
/// Fails where the database does.
pub fn end_view(context: &Context, session: &Session) -> Result<()> {
    let Some(member) = session.viewed else { return Ok(()) };
    let (inner, session) = (context.clone(), session.clone());
    context.workspace.store.write_with(move |tx| {
        set_viewed(tx, &session, Value::Null)?;
        audit::append(&inner, tx, "end_view_as", Some(MEMBER_OBJECT), Some(member), None, 0, Some(json!({ "session": session.id })))
    })
}

/// The context of an administrator who looks with a member's rights, in his own language and time.
///
/// # Errors
/// Where the rights of the member's roles do not compile.
pub fn context_of_view(administrator: &Context, member: &Identity) -> Result<Context> {
    let workspace = &administrator.workspace;
    let (locale, time_zone) = (administrator.locale, administrator.time_zone.clone());
    let seen = workspace.member_context(member.member.clone(), member.name.clone(), locale, time_zone, administrator.request_id.clone());
    let viewer = Some(Viewer { id: administrator.actor, name: administrator.actor_name.clone() });
    Ok(Context { viewer, proved: false, ..seen })
}
