//! Links by which a member gets to choose a password: the invitation of a new one, and for who has forgotten his.
//!
//! A link is good for the address it was made for: should the member's change meanwhile, it is void.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::manager::require_manager_of;
use super::ticket::{self, NewTicket};
use super::{MEMBER_OBJECT, credential, session, write_credential};
use crate::audit;
use crate::context::{Context, Locale};
use crate::error::{KernelError, Result};
use crate::schema::{DELETED_AT, ID};
use crate::store::{ColumnRef, Condition, ReadTx, Select, StoreExt};
use crate::system_tables::CREDENTIAL;
use crate::workspace::Workspace;

const ACTIVATION: &str = "activation";
const RESET: &str = "reset";
const KINDS: [&str; 2] = [ACTIVATION, RESET];
/// Most members without a password that are listed.
const MAX_WAITING: u64 = 2_000;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The first password of a new member.
    Activation,
    /// Another password.
    Reset,
}

impl LinkKind {
    fn name(self) -> &'static str {
        match self {
            Self::Activation => ACTIVATION,
            Self::Reset => RESET,
        }
    }
}

/// A link that is still good, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub kind: LinkKind,
    /// The member.
    pub member: Uuid,
    /// Full name.
    pub name: String,
    /// The address it was made for.
    pub email: String,
    /// The member's language.
    pub locale: Locale,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What kind of link a member needs: who has a password needs no invitation.
///
/// # Errors
/// Not found where there is no such member or he was deactivated.
pub fn link_wanted(context: &Context, member: Uuid) -> Result<LinkKind> {
    require_manager_of(context, member)?;
    context.workspace.store.read_with(|tx| {
        context.workspace.identity(tx, member)?.ok_or(KernelError::NotFound)?;
        Ok(if credential(tx, member)?.is_some() { LinkKind::Reset } else { LinkKind::Activation })
    })
}

/// Makes a link; earlier ones of the member are void.
///
/// # Errors
/// Forbidden to all but administrators; not found where there is no such member or he was deactivated.
pub fn make_link(context: &Context, member: Uuid, kind: LinkKind, token_hash: &str) -> Result<Link> {
    require_manager_of(context, member)?;
    let policy = context.workspace.sign_in_policy()?;
    let lifetime = match kind {
        LinkKind::Activation => SignedDuration::from_hours(i64::from(policy.invitation_hours)),
        LinkKind::Reset => SignedDuration::from_mins(i64::from(policy.reset_minutes)),
    };
    let (inner, token_hash) = (context.clone(), token_hash.to_owned());
    context.workspace.store.write_with(move |tx| {
        let found = inner.workspace.identity(tx, member)?.ok_or(KernelError::NotFound)?;
        ticket::revoke(tx, member, &KINDS)?;
        let data = json!({ "email": found.email });
        let new = NewTicket { kind: kind.name(), member: Some(member), token_hash: token_hash.clone(), data, lifetime };
        ticket::issue(&inner, tx, &new)?;
        let verb = if kind == LinkKind::Activation { "invite" } else { "make_reset_link" };
        audit::append(&inner, tx, verb, Some(MEMBER_OBJECT), Some(member), None, 0, None)?;
        Ok(Link { kind, member, name: found.name, email: found.email, locale: found.locale, expires_at: inner.now + lifetime })
    })
}

/// Makes a member's links void.
///
/// # Errors
/// Forbidden to all but administrators; not found where there is none.
pub fn revoke_links(context: &Context, member: Uuid) -> Result<()> {
    require_manager_of(context, member)?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        if ticket::revoke(tx, member, &KINDS)? == 0 {
            return Err(KernelError::NotFound);
        }
        audit::append(&inner, tx, "revoke_link", Some(MEMBER_OBJECT), Some(member), None, 0, None)
    })
}

fn check(workspace: &Workspace, tx: &mut (impl ReadTx + ?Sized), ticket: &ticket::Ticket) -> Result<Option<Link>> {
    let Some(member) = ticket.member else { return Ok(None) };
    let Some(found) = workspace.identity(tx, member)? else { return Ok(None) };
    if ticket.data["email"] != found.email.as_str() {
        return Ok(None);
    }
    let kind = if ticket.kind == ACTIVATION { LinkKind::Activation } else { LinkKind::Reset };
    Ok(Some(Link { kind, member, name: found.name, email: found.email, locale: found.locale, expires_at: ticket.expires_at }))
}

/// The link with this token hash, if it is still good.
///
/// # Errors
/// Fails where the database does.
pub fn link(workspace: &Workspace, tx: &mut (impl ReadTx + ?Sized), token_hash: &str) -> Result<Option<Link>> {
    match ticket::ticket(tx, token_hash, &KINDS, workspace.clock.now())? {
        Some(ticket) => check(workspace, tx, &ticket),
        None => Ok(None),
    }
}

/// Sets the password a link is for and uses it up. All sessions of the member end.
///
/// # Errors
/// `link_void` where the link is good no more.
pub fn use_link(context: &Context, token_hash: &str, password_hash: &str) -> Result<Link> {
    let (inner, token_hash, password_hash) = (context.clone(), token_hash.to_owned(), password_hash.to_owned());
    context.workspace.store.write_with(move |tx| {
        let taken = ticket::take(tx, &token_hash, &KINDS, inner.now)?;
        let link = match taken {
            Some(ticket) => check(&inner.workspace, tx, &ticket)?,
            None => None,
        };
        let link = link.ok_or_else(link_void)?;
        write_credential(tx, link.member, &password_hash, inner.now)?;
        ticket::revoke(tx, link.member, &KINDS)?;
        session::end_sessions_in(tx, link.member, None)?;
        let verb = if link.kind == LinkKind::Activation { "activate" } else { "reset_password" };
        audit::append(&inner, tx, verb, Some(MEMBER_OBJECT), Some(link.member), None, 1, None)?;
        Ok(link)
    })
}

/// The link is good no more, or never was: the two are not told apart.
pub fn link_void() -> KernelError {
    KernelError::conflict(
        "link_void",
        "此链接已失效：可能已被使用、已过期或被新的链接取代。请索取新的链接",
        "this link is no longer valid: it was used, has expired or was replaced; ask for another one",
    )
}

/// A member who cannot sign in yet: he has no password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Waiting {
    /// The member.
    pub member: Uuid,
    /// When he was invited last, if ever.
    pub invited_at: Option<Timestamp>,
    /// When the invitation ends or ended.
    pub expires_at: Option<Timestamp>,
}

/// Members who may sign in and have no password yet; to a branch administrator those of his branches.
///
/// # Errors
/// Forbidden to all but administrators and branch administrators.
pub fn members_waiting(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Waiting>> {
    if context.access.branches().is_none() {
        context.access.require_administrator()?;
    }
    let object = context.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
    let have = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&CREDENTIAL, Condition::True) };
    let mut wanted = Condition::IsNull(ColumnRef::main(DELETED_AT)).and(Condition::InSelect(ColumnRef::main(ID), Box::new(have), true));
    if let Some(active) = object.field("active").and_then(|it| it.part("")) {
        wanted = wanted.and(Condition::equals(ColumnRef::main(active.column), Value::Bool(true)));
    }
    if let Some(branches) = context.access.branches() {
        let department = object.field("department").and_then(|it| it.part("")).ok_or(KernelError::NotFound)?;
        let own = branches.iter().copied().map(Value::Id).collect();
        wanted = wanted.and(Condition::In(ColumnRef::main(department.column), own, false));
    }
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, wanted).limited(MAX_WAITING) };
    let invitations = ticket::of_kind(tx, ACTIVATION)?;
    let members = tx.rows(&select)?;
    let ids = members.iter().filter_map(|row| if let [Value::Id(id)] = row.as_slice() { Some(*id) } else { None });
    let waiting = ids.map(|member| {
        let sent = invitations.get(&member);
        Waiting { member, invited_at: sent.map(|it| it.created_at), expires_at: sent.map(|it| it.expires_at) }
    });
    Ok(waiting.collect())
}
