//! Tickets: secrets given out for one purpose, kept by the hash of their token, of use once and for a while.
//!
//! A link in a mail is one, and so is what leads from one step of signing in to the next. Whoever adds another way in
//! (a provider's answer to wait for, say) takes a kind of its own.

use std::collections::HashMap;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::error::Result;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt, WriteTx};
use crate::system_tables::TICKET;

const HASH: usize = 0;
const KIND: usize = 1;
const MEMBER: usize = 2;
const EXPIRES_AT: usize = 6;

/// A ticket to be given out.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// What it is for.
    pub kind: &'static str,
    /// Whose it is, where that is known.
    pub member: Option<Uuid>,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// What must be remembered with it.
    pub data: Json,
    /// How long it is good for.
    pub lifetime: SignedDuration,
}

/// A ticket that is still good.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// What it is for.
    pub kind: String,
    /// Whose it is.
    pub member: Option<Uuid>,
    /// What was remembered with it.
    pub data: Json,
    /// When it was given out.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

fn read_ticket(row: &[Value]) -> Option<Ticket> {
    let [_, Value::Text(kind), member, data, Value::DateTime(created_at), _, Value::DateTime(expires_at)] = row else { return None };
    let member = if let Value::Id(id) = member { Some(*id) } else { None };
    let data = if let Value::Json(json) = data { (**json).clone() } else { Json::Null };
    Some(Ticket { kind: kind.clone(), member, data, created_at: *created_at, expires_at: *expires_at })
}

fn of_member(member: Uuid, kinds: &[&str]) -> Condition {
    let kinds = kinds.iter().map(|it| Value::Text((*it).to_owned())).collect();
    Condition::equals(ColumnRef::main(MEMBER), Value::Id(member)).and(Condition::In(ColumnRef::main(KIND), kinds, false))
}

/// Gives a ticket out; the member's earlier ones of this kind are void.
pub(super) fn issue(context: &Context, tx: &mut dyn WriteTx, ticket: &NewTicket) -> Result<()> {
    if let Some(member) = ticket.member {
        revoke(tx, member, &[ticket.kind])?;
    }
    let row = vec![
        Value::Text(ticket.token_hash.clone()),
        Value::Text(ticket.kind.to_owned()),
        ticket.member.map_or(Value::Null, Value::Id),
        Value::Json(Box::new(ticket.data.clone())),
        Value::DateTime(context.now),
        Value::Id(context.actor),
        Value::DateTime(context.now + ticket.lifetime),
    ];
    tx.insert(&Insert { table: TICKET.clone(), columns: (0..=EXPIRES_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
    Ok(())
}

/// Gives a ticket out.
///
/// # Errors
/// Fails where the database does.
pub fn give_ticket(context: &Context, ticket: &NewTicket) -> Result<()> {
    let (inner, ticket) = (context.clone(), ticket.clone());
    context.workspace.store.write_with(move |tx| issue(&inner, tx, &ticket))
}

/// The ticket with this hash, if it is of one of these kinds and still good.
///
/// # Errors
/// Fails where the database does.
pub fn ticket(tx: &mut (impl ReadTx + ?Sized), token_hash: &str, kinds: &[&str], now: Timestamp) -> Result<Option<Ticket>> {
    let row = tx.first(&Select::all(&TICKET, Condition::equals(ColumnRef::main(HASH), Value::Text(token_hash.to_owned()))))?;
    Ok(row.as_deref().and_then(read_ticket).filter(|it| it.expires_at > now && kinds.contains(&it.kind.as_str())))
}

/// Takes a ticket: of two who come with it, one gets it.
pub(super) fn take(tx: &mut dyn WriteTx, token_hash: &str, kinds: &[&str], now: Timestamp) -> Result<Option<Ticket>> {
    let found = ticket(tx, token_hash, kinds, now)?;
    let same = Condition::equals(ColumnRef::main(HASH), Value::Text(token_hash.to_owned()));
    let taken = found.is_some() && tx.delete(&Delete { table: TICKET.clone(), condition: same })? == 1;
    Ok(found.filter(|_| taken))
}

/// Takes a ticket outside any other change.
///
/// # Errors
/// Fails where the database does.
pub fn take_ticket(context: &Context, token_hash: &str, kinds: &'static [&'static str]) -> Result<Option<Ticket>> {
    let (now, token_hash) = (context.now, token_hash.to_owned());
    context.workspace.store.write_with(move |tx| take(tx, &token_hash, kinds, now))
}

/// The tickets of a kind by their member, good or not.
pub(super) fn of_kind(tx: &mut (impl ReadTx + ?Sized), kind: &str) -> Result<HashMap<Uuid, Ticket>> {
    let rows = tx.rows(&Select::all(&TICKET, Condition::equals(ColumnRef::main(KIND), Value::Text(kind.to_owned()))))?;
    Ok(rows.iter().filter_map(|it| read_ticket(it)).filter_map(|it| Some((it.member?, it))).collect())
}

/// Makes a member's tickets of these kinds void; answers how many there were.
pub(super) fn revoke(tx: &mut dyn WriteTx, member: Uuid, kinds: &[&str]) -> Result<u64> {
    Ok(tx.delete(&Delete { table: TICKET.clone(), condition: of_member(member, kinds) })?)
}

/// Makes all of a member's tickets void.
pub(super) fn revoke_all(tx: &mut dyn WriteTx, member: Uuid) -> Result<()> {
    tx.delete(&Delete { table: TICKET.clone(), condition: Condition::equals(ColumnRef::main(MEMBER), Value::Id(member)) })?;
    Ok(())
}

/// Forgets tickets that ended a week ago: until then an administrator sees that an invitation ran out.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old_tickets(context: &Context) -> Result<u64> {
    let then = context.now - SignedDuration::from_hours(7 * 24);
    let old = Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Lt, Value::DateTime(then));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: TICKET.clone(), condition: old.clone() })?))
}
