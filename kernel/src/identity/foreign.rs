//! Whom a provider of identities knows as which member. Bound once, by somebody who proved to be that member; then its
//! word for the same subject signs him in, whatever his address has become.

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{MEMBER_OBJECT, session};
use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::FOREIGN_IDENTITY;
use crate::write::run_unit;

const PROVIDER: usize = 0;
const SUBJECT: usize = 1;
const MEMBER: usize = 2;
const USED_AT: usize = 5;

/// A member's identity at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundIdentity {
    /// The provider.
    pub provider: Uuid,
    /// What it knows him by.
    pub subject: String,
    /// The member.
    pub member: Uuid,
    /// The address it vouched for when it was bound.
    pub email: String,
    /// When it was bound.
    pub created_at: Timestamp,
    /// When he last signed in by it.
    pub used_at: Option<Timestamp>,
}

fn read_identity(row: &[Value]) -> Option<BoundIdentity> {
    let [Value::Id(provider), Value::Text(subject), Value::Id(member), Value::Text(email), Value::DateTime(created_at), used_at] = row else {
        return None;
    };
    let used_at = if let Value::DateTime(at) = used_at { Some(*at) } else { None };
    Some(BoundIdentity { provider: *provider, subject: subject.clone(), member: *member, email: email.clone(), created_at: *created_at, used_at })
}

fn of(provider: Uuid, subject: &str) -> Condition {
    let same = Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider));
    same.and(Condition::equals(ColumnRef::main(SUBJECT), Value::Text(subject.to_owned())))
}

/// Who a provider's subject is here.
///
/// # Errors
/// Fails where the database does.
pub fn bound_identity(tx: &mut (impl ReadTx + ?Sized), provider: Uuid, subject: &str) -> Result<Option<BoundIdentity>> {
    Ok(tx.first(&Select::all(&FOREIGN_IDENTITY, of(provider, subject)))?.as_deref().and_then(read_identity))
}

/// A member's identities at providers.
///
/// # Errors
/// Fails where the database does.
pub fn identities_of(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Vec<BoundIdentity>> {
    let own = Condition::equals(ColumnRef::main(MEMBER), Value::Id(member));
    let rows = tx.rows(&Select::all(&FOREIGN_IDENTITY, own))?;
    Ok(rows.iter().filter_map(|it| read_identity(it)).collect())
}

/// Everybody a provider knows.
///
/// # Errors
/// Fails where the database does.
pub fn identities_of_provider(tx: &mut (impl ReadTx + ?Sized), provider: Uuid) -> Result<Vec<BoundIdentity>> {
    let its = Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider));
    let rows = tx.rows(&Select::all(&FOREIGN_IDENTITY, its))?;
    Ok(rows.iter().filter_map(|it| read_identity(it)).collect())
}

/// How many members a provider knows.
///
/// # Errors
/// Fails where the database does.
pub fn count_identities(tx: &mut (impl ReadTx + ?Sized), provider: Uuid) -> Result<u64> {
    Ok(tx.count(&Select::all(&FOREIGN_IDENTITY, Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider))), None)?)
}

/// Binds a provider's subject to a member who has proved to be himself by `method`.
///
/// # Errors
/// A conflict where the subject is bound to another member who is still there.
pub fn bind_identity(context: &Context, new: &BoundIdentity, method: &'static str) -> Result<()> {
    let (inner, new) = (context.clone(), new.clone());
    context.workspace.store.write_with(move |tx| bind(&inner, tx, &new, method))
}

fn bind(context: &Context, tx: &mut dyn WriteTx, new: &BoundIdentity, method: &'static str) -> Result<()> {
    if let Some(there) = bound_identity(tx, new.provider, &new.subject)?
        && there.member != new.member
        && context.workspace.identity(tx, there.member)?.is_some()
    {
        return Err(KernelError::conflict(
            "state_conflict",
            "该外部账号已关联到另一位成员，请先由该成员或管理员解除关联",
            "this account is bound to another member; he or an administrator must release it first",
        ));
    }
    let row = vec![
        Value::Id(new.provider),
        Value::Text(new.subject.clone()),
        Value::Id(new.member),
        Value::Text(new.email.clone()),
        Value::DateTime(context.now),
        Value::Null,
    ];
    let on_conflict = OnConflict::Replace((MEMBER..=USED_AT).collect());
    tx.insert(&Insert { table: FOREIGN_IDENTITY.clone(), columns: (0..=USED_AT).collect(), rows: vec![row], on_conflict })?;
    let detail = json!({ "provider": new.provider, "method": method, "email": new.email });
    audit::append(context, tx, "bind_identity", Some(MEMBER_OBJECT), Some(new.member), None, 0, Some(detail))
}

/// Makes a member of somebody a provider vouches for, bound to it from the beginning. He has no password.
///
/// # Errors
/// The record's own problems.
pub fn add_foreign_member(context: &Context, values: Map<String, Json>, identity: &BoundIdentity) -> Result<Uuid> {
    context.access.require_administrator()?;
    let identity = identity.clone();
    run_unit(
        context,
        context.new_id(),
        "add_member",
        Box::new(move |unit| {
            let member = unit.create_as_system(MEMBER_OBJECT, &values)?.id();
            let new = BoundIdentity { member, ..identity.clone() };
            bind(unit.context, unit.tx, &new, "new_member")?;
            Ok(member)
        }),
    )
}

/// Notes that a member signed in by his identity at a provider.
///
/// # Errors
/// Fails where the database does.
pub fn note_identity_use(context: &Context, provider: Uuid, subject: &str) -> Result<()> {
    let set = vec![(USED_AT, Set::To(Value::DateTime(context.now)))];
    let update = Update { table: FOREIGN_IDENTITY.clone(), set, condition: of(provider, subject) };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// Releases a member from a provider: his own, or as an administrator anyone's. His other sessions end.
///
/// # Errors
/// Forbidden for others'; not found where there is none; where he has not just proved who he is.
pub fn release_identity(context: &Context, member: Uuid, provider: Uuid, keep_session: Option<Uuid>) -> Result<()> {
    if member != context.actor {
        context.access.require_administrator()?;
    }
    context.require_proof()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let own = Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider));
        let own = own.and(Condition::equals(ColumnRef::main(MEMBER), Value::Id(member)));
        if tx.delete(&Delete { table: FOREIGN_IDENTITY.clone(), condition: own })? == 0 {
            return Err(KernelError::NotFound);
        }
        session::end_sessions_in(tx, member, keep_session)?;
        let detail = json!({ "provider": provider });
        audit::append(&inner, tx, "release_identity", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail))
    })
}

/// Forgets whom a provider knows; answers how many there were.
pub(super) fn forget_identities_of_provider(tx: &mut dyn WriteTx, provider: Uuid) -> Result<u64> {
    let condition = Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider));
    Ok(tx.delete(&Delete { table: FOREIGN_IDENTITY.clone(), condition })?)
}
