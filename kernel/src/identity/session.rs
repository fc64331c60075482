//! Sessions of browsers, kept by the hash of their token.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::MEMBER_OBJECT;
use super::api_key::leaves;
use crate::audit;
use crate::context::Context;
use crate::error::Result;
use crate::events::NewEvent;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::SESSION;

/// A session that still lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub member: Uuid,
    /// What unsafe requests must repeat.
    pub csrf: String,
    /// When it was last used, to within a few minutes.
    pub seen_at: Timestamp,
}

/// Opens a session and forgets the member's dead ones.
///
/// # Errors
/// Fails where the database does.
pub fn open_session(context: &Context, member: Uuid, token_hash: &str, csrf: &str, lifetime: SignedDuration) -> Result<()> {
    let (inner, token_hash, csrf) = (context.clone(), token_hash.to_owned(), csrf.to_owned());
    context.workspace.store.write_with(move |tx| {
        let now = Value::DateTime(inner.now);
        let dead = Condition::equals(ColumnRef::main(1), Value::Id(member)).and(Condition::Compare(ColumnRef::main(5), CompareOp::Le, now.clone()));
        tx.delete(&Delete { table: SESSION.clone(), condition: dead })?;
        let row = vec![
            Value::Text(token_hash.clone()),
            Value::Id(member),
            Value::Text(csrf.clone()),
            now.clone(),
            now,
            Value::DateTime(inner.now + lifetime),
        ];
        tx.insert(&Insert { table: SESSION.clone(), columns: (0..=5).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        audit::append(&inner, tx, "sign_in", Some(MEMBER_OBJECT), Some(member), None, 0, None)
    })
}

/// The session with this token hash, unless it is over or was unused for longer than `idle`.
///
/// # Errors
/// Fails where the database does.
pub fn session(tx: &mut (impl ReadTx + ?Sized), token_hash: &str, now: Timestamp, idle: SignedDuration) -> Result<Option<Session>> {
    let row = tx.first(&Select::all(&SESSION, Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned()))))?;
    let Some([_, Value::Id(member), Value::Text(csrf), _, Value::DateTime(seen_at), Value::DateTime(expires_at)]) = row.as_deref() else {
        return Ok(None);
    };
    let alive = *expires_at > now && *seen_at + idle > now;
    Ok(alive.then(|| Session { member: *member, csrf: csrf.clone(), seen_at: *seen_at }))
}

/// Notes that a session was used.
///
/// # Errors
/// Fails where the database does.
pub fn touch_session(context: &Context, token_hash: &str) -> Result<()> {
    let update = Update {
        table: SESSION.clone(),
        set: vec![(4, Set::To(Value::DateTime(context.now)))],
        condition: Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned())),
    };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// Ends a session.
///
/// # Errors
/// Fails where the database does.
pub fn close_session(context: &Context, token_hash: &str) -> Result<()> {
    let (inner, condition) = (context.clone(), Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned())));
    context.workspace.store.write_with(move |tx| {
        if tx.delete(&Delete { table: SESSION.clone(), condition: condition.clone() })? > 0 {
            audit::append(&inner, tx, "sign_out", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)?;
        }
        Ok(())
    })
}

/// Ends the sessions of members that a change deactivates or deletes, in its transaction: should they come back one day,
/// they sign in anew.
pub(crate) fn end_sessions_of_the_gone(tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    for event in events.iter().filter(|it| leaves(it)) {
        tx.delete(&Delete { table: SESSION.clone(), condition: Condition::equals(ColumnRef::main(1), Value::Id(event.record)) })?;
    }
    Ok(())
}

/// Forgets sessions that are over, of everybody.
///
/// # Errors
/// Fails where the database does.
pub fn forget_dead_sessions(context: &Context, idle: SignedDuration) -> Result<u64> {
    let now = context.now;
    let dead = Condition::Or(vec![
        Condition::Compare(ColumnRef::main(5), CompareOp::Le, Value::DateTime(now)),
        Condition::Compare(ColumnRef::main(4), CompareOp::Le, Value::DateTime(now - idle)),
    ]);
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: SESSION.clone(), condition: dead.clone() })?))
}
