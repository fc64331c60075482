//! Sessions of browsers, kept by the hash of their token.
//!
//! A session begins at a stage: only at the last one is its holder signed in, before that he can do nothing but take the
//! next step, which gives him another session. When a member's rights change his sessions are due for another token,
//! which the next request brings; requests that were under way with the old one still pass for a moment.

use std::collections::BTreeSet;

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::api_key::leaves;
use super::foreign::bound_identity;
use super::provider::ForeignSignOut;
use super::ticket::{NewTicket, issue};
use super::{JOB_POST_OBJECT, MEMBER_OBJECT, ROLE_GRANT_OBJECT, note_sign_ins};
use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::events::NewEvent;
use crate::outreach::push;
use crate::read::Record;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreError, StoreExt, Update, WriteTx};
use crate::system_tables::SESSION;

const HASH: usize = 0;
const MEMBER: usize = 1;
const CREATED_AT: usize = 3;
const SEEN_AT: usize = 4;
const EXPIRES_AT: usize = 5;
const ID: usize = 6;
const PROVED_AT: usize = 10;
const PREVIOUS: usize = 11;
const RENEWED_AT: usize = 12;
const DUE: usize = 13;
const VIEWED: usize = 14;
const PROVIDER: usize = 15;
const THERE: usize = 16;

/// How long a token that was replaced still serves requests that were under way.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Kind of the ticket that remembers what a provider said of somebody who signed out there, and for how long.
const SIGNED_OUT: &str = "provider_signed_out";
const REMEMBERED: SignedDuration = SignedDuration::from_mins(30);
/// Most characters kept of what a browser says it is.
const MAX_DEVICE: usize = 300;

/// How far somebody has come with signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The password was right; a second factor is still to come.
    SecondFactor,
    /// Everything was right; a second factor must be set up first.
    Enrolment,
    /// Signed in.
    Full,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::Enrolment => "enrolment",
            Self::Full => "full",
        }
    }
    fn from_name(name: &str) -> Option<Self> {
        [Self::SecondFactor, Self::Enrolment, Self::Full].into_iter().find(|it| it.name() == name)
    }
}

/// When sessions are over.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Unused for this long.
    pub idle: SignedDuration,
    /// This long after they began.
    pub absolute: SignedDuration,
}

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose it is.
    pub member: Uuid,
    /// SHA-256 of its token.
    pub token_hash: String,
    /// What unsafe requests must repeat.
    pub csrf: String,
    /// How far its holder has come.
    pub stage: Stage,
    /// What the browser says it is.
    pub device: String,
    /// Where it is.
    pub address: String,
    /// When it is over at the latest.
    pub lifetime: SignedDuration,
    /// How its holder proved who he is, for the audit log: `password`, `totp`...
    pub method: &'static str,
    /// The provider of identities that vouched for him.
    pub provider: Option<ThereSignedIn>,
}

/// A session at a provider of identities by which one here was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThereSignedIn {
    /// The provider.
    pub provider: Uuid,
    /// What it calls the session, where it says.
    pub session: Option<String>,
}

/// A session that still lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it to people; says nothing of its token.
    pub id: Uuid,
    /// Whose it is.
    pub member: Uuid,
    /// What unsafe requests must repeat.
    pub csrf: String,
    /// How far its holder has come.
    pub stage: Stage,
    /// What the browser says it is.
    pub device: String,
    /// Where it was opened.
    pub address: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to within a few minutes.
    pub seen_at: Timestamp,
    /// When its holder last proved who he is.
    pub proved_at: Timestamp,
    /// Hash of its token now.
    pub token_hash: String,
    /// Wants another token: rights have changed.
    pub due: bool,
    /// The token before this one still passes.
    pub replaced: bool,
    /// The member with whose rights its holder looks.
    pub viewed: Option<Uuid>,
    /// The provider of identities by which its holder signed in.
    pub provider: Option<ThereSignedIn>,
}

fn read_session(row: &[Value]) -> Option<(Session, Timestamp, Option<Timestamp>)> {
    let [
        Value::Text(token_hash),
        Value::Id(member),
        Value::Text(csrf),
        Value::DateTime(created_at),
        Value::DateTime(seen_at),
        Value::DateTime(expires_at),
        Value::Id(id),
        Value::Text(stage),
        device,
        address,
        Value::DateTime(proved_at),
        previous,
        renewed_at,
        due,
        viewed,
        provider,
        there,
    ] = row
    else {
        return None;
    };
    let text = |it: &Value| it.as_text().unwrap_or_default().to_owned();
    let session = Session {
        id: *id,
        member: *member,
        csrf: csrf.clone(),
        stage: Stage::from_name(stage)?,
        device: text(device),
        address: text(address),
        created_at: *created_at,
        seen_at: *seen_at,
        proved_at: *proved_at,
        token_hash: token_hash.clone(),
        due: due.is_true(),
        replaced: !previous.is_null(),
        viewed: if let Value::Id(id) = viewed { Some(*id) } else { None },
        provider: if let Value::Id(provider) = provider {
            Some(ThereSignedIn { provider: *provider, session: there.as_text().map(str::to_owned) })
        } else {
            None
        },
    };
    Some((session, *expires_at, if let Value::DateTime(at) = renewed_at { Some(*at) } else { None }))
}

fn of_member(member: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(MEMBER), Value::Id(member))
}

fn of_token(token_hash: &str) -> Condition {
    Condition::equals(ColumnRef::main(HASH), Value::Text(token_hash.to_owned()))
}

/// Opens a session and forgets the member's dead ones; one that the browser had ends.
///
/// # Errors
/// Fails where the database does.
pub fn open_session(context: &Context, session: &NewSession, before: Option<&str>) -> Result<Uuid> {
    let (inner, session, before, id) = (context.clone(), session.clone(), before.map(str::to_owned), context.new_id());
    context.workspace.store.write_with(move |tx| {
        let now = Value::DateTime(inner.now);
        let dead = of_member(session.member).and(Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Le, now.clone()));
        tx.delete(&Delete { table: SESSION.clone(), condition: dead })?;
        if let Some(before) = &before {
            push::forget_of_sessions(tx, &of_token(before))?;
            tx.delete(&Delete { table: SESSION.clone(), condition: of_token(before) })?;
            note_sign_ins(tx)?;
        }
        let row = vec![
            Value::Text(session.token_hash.clone()),
            Value::Id(session.member),
            Value::Text(session.csrf.clone()),
            now.clone(),
            now.clone(),
            Value::DateTime(inner.now + session.lifetime),
            Value::Id(id),
            Value::Text(session.stage.name().to_owned()),
            Value::Text(session.device.chars().filter(|it| !it.is_control()).take(MAX_DEVICE).collect()),
            Value::Text(session.address.clone()),
            now,
            Value::Null,
            Value::Null,
            Value::Bool(false),
            Value::Null,
            session.provider.as_ref().map_or(Value::Null, |it| Value::Id(it.provider)),
            session.provider.as_ref().and_then(|it| it.session.clone()).map_or(Value::Null, Value::Text),
        ];
        tx.insert(&Insert { table: SESSION.clone(), columns: (HASH..=THERE).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        let verb = if session.stage == Stage::Full { "sign_in" } else { "sign_in_step" };
        let detail =
            json!({ "method": session.method, "address": session.address, "session": id, "stage": session.stage, "provider": session.provider.as_ref().map(|it| it.provider) });
        audit::append(&inner, tx, verb, Some(MEMBER_OBJECT), Some(session.member), None, 0, Some(detail))
    })?;
    Ok(id)
}

/// The session with this token hash, unless it is over.
///
/// # Errors
/// Fails where the database does.
pub fn session(tx: &mut (impl ReadTx + ?Sized), token_hash: &str, now: Timestamp, limits: Limits) -> Result<Option<Session>> {
    let mut row = tx.first(&Select::all(&SESSION, of_token(token_hash)))?;
    let current = row.is_some();
    if !current {
        let replaced = Condition::equals(ColumnRef::main(PREVIOUS), Value::Text(token_hash.to_owned()));
        row = tx.first(&Select::all(&SESSION, replaced))?;
    }
    let Some((session, expires_at, renewed_at)) = row.as_deref().and_then(read_session) else { return Ok(None) };
    let passes = current || renewed_at.is_some_and(|it| it + GRACE > now);
    let alive = expires_at > now && session.created_at + limits.absolute > now && session.seen_at + limits.idle > now;
    Ok((passes && alive).then_some(session))
}

/// A member's sessions that still live, the last used first.
///
/// # Errors
/// Fails where the database does.
pub fn sessions_of(tx: &mut (impl ReadTx + ?Sized), member: Uuid, now: Timestamp, limits: Limits) -> Result<Vec<Session>> {
    let rows = tx.rows(&Select::all(&SESSION, of_member(member)))?;
    let all = rows.iter().filter_map(|it| read_session(it));
    let mut alive: Vec<Session> = all
        .filter(|(it, expires_at, _)| *expires_at > now && it.created_at + limits.absolute > now && it.seen_at + limits.idle > now)
        .map(|it| it.0)
        .filter(|it| it.stage == Stage::Full)
        .collect();
    alive.sort_by_key(|it| std::cmp::Reverse((it.seen_at, it.id)));
    Ok(alive)
}

/// Notes that a session was used, with the token it has now: the one before passes no more.
///
/// # Errors
/// Fails where the database does.
pub fn touch_session(context: &Context, session: &Session) -> Result<()> {
    let set = vec![(SEEN_AT, Set::To(Value::DateTime(context.now))), (PREVIOUS, Set::To(Value::Null))];
    let update = Update { table: SESSION.clone(), set, condition: of_token(&session.token_hash) };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// Gives a session another token. Where it was `due`, one of several requests at once gets it and the old one passes
/// for the others; else the old one is dead. Answers whether this call got it.
///
/// # Errors
/// Fails where the database does.
pub fn renew_session(context: &Context, session: &Session, token_hash: &str) -> Result<bool> {
    let previous = if session.due { Value::Text(session.token_hash.clone()) } else { Value::Null };
    let set = vec![
        (HASH, Set::To(Value::Text(token_hash.to_owned()))),
        (PREVIOUS, Set::To(previous)),
        (RENEWED_AT, Set::To(Value::DateTime(context.now))),
        (DUE, Set::To(Value::Bool(false))),
    ];
    let mut condition = of_token(&session.token_hash);
    if session.due {
        condition = condition.and(Condition::equals(ColumnRef::main(DUE), Value::Bool(true)));
    }
    let update = Update { table: SESSION.clone(), set, condition };
    Ok(context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))? == 1)
}

/// Notes with whose rights the holder of a session looks; null for his own.
pub(super) fn set_viewed(tx: &mut dyn WriteTx, session: &Session, member: Value) -> Result<()> {
    let one = Condition::equals(ColumnRef::main(ID), Value::Id(session.id));
    tx.update(&Update { table: SESSION.clone(), set: vec![(VIEWED, Set::To(member))], condition: one })?;
    note_sign_ins(tx)
}

/// Notes that the holder of a session proved again who he is.
///
/// # Errors
/// Fails where the database does.
pub fn note_proof(context: &Context, session: &Session, method: &'static str) -> Result<()> {
    let (inner, session) = (context.clone(), session.clone());
    context.workspace.store.write_with(move |tx| {
        let set = vec![(PROVED_AT, Set::To(Value::DateTime(inner.now)))];
        tx.update(&Update { table: SESSION.clone(), set, condition: of_token(&session.token_hash) })?;
        let detail = json!({ "method": method, "session": session.id });
        audit::append(&inner, tx, "prove_identity", Some(MEMBER_OBJECT), Some(session.member), None, 0, Some(detail))
    })
}

/// Ends the session of this token.
///
/// # Errors
/// Fails where the database does.
pub fn close_session(context: &Context, token_hash: &str) -> Result<()> {
    let (inner, condition) = (context.clone(), of_token(token_hash));
    context.workspace.store.write_with(move |tx| {
        push::forget_of_sessions(tx, &condition)?;
        if tx.delete(&Delete { table: SESSION.clone(), condition: condition.clone() })? > 0 {
            note_sign_ins(tx)?;
            audit::append(&inner, tx, "sign_out", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)?;
        }
        Ok(())
    })
}

/// Ends the sessions that were opened by what a provider says is signed out there: of the session it names, else all of the
/// member it knows by this subject. Answers how many; `None` where it said the same before.
///
/// # Errors
/// Fails where the database does.
pub fn end_sessions_there(context: &Context, provider: Uuid, said: &ForeignSignOut, token_hash: &str) -> Result<Option<u64>> {
    let (inner, said, token_hash) = (context.clone(), said.clone(), token_hash.to_owned());
    let ended = context.workspace.store.write_with(move |tx| {
        let kept = NewTicket { kind: SIGNED_OUT, member: None, token_hash: token_hash.clone(), data: json!(null), lifetime: REMEMBERED };
        issue(&inner, tx, &kept)?;
        let member = match &said.subject {
            Some(subject) => bound_identity(tx, provider, subject)?.map(|it| it.member),
            None => None,
        };
        let mut there = Condition::equals(ColumnRef::main(PROVIDER), Value::Id(provider));
        match (&said.subject, member) {
            (Some(_), None) => return Ok(0),
            (Some(_), Some(member)) => there = there.and(of_member(member)),
            (None, _) => {}
        }
        if let Some(session) = &said.session {
            there = there.and(Condition::equals(ColumnRef::main(THERE), Value::Text(session.clone())));
        }
        let holders = tx.rows(&Select { columns: vec![ColumnRef::main(MEMBER)], ..Select::all(&SESSION, there.clone()) })?;
        let holders: BTreeSet<Uuid> =
            holders.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect();
        push::forget_of_sessions(tx, &there)?;
        let ended = tx.delete(&Delete { table: SESSION.clone(), condition: there })?;
        note_sign_ins(tx)?;
        for holder in holders {
            audit::append(
                &inner,
                tx,
                "sign_out",
                Some(MEMBER_OBJECT),
                Some(holder),
                None,
                0,
                Some(json!({ "by": "provider", "provider": provider })),
            )?;
        }
        Ok(ended)
    });
    match ended {
        Err(KernelError::Store(StoreError::Duplicate { .. })) => Ok(None),
        other => other.map(Some),
    }
}

/// Ends one session of a member: one's own, or as an administrator anybody's.
///
/// # Errors
/// Forbidden for others' sessions; not found where the member has none of this id.
pub fn end_session(context: &Context, member: Uuid, id: Uuid) -> Result<()> {
    let one = of_member(member).and(Condition::equals(ColumnRef::main(ID), Value::Id(id)));
    if end(context, member, one, json!({ "session": id }))? == 0 { Err(KernelError::NotFound) } else { Ok(()) }
}

/// Ends all sessions of a member but the one to be kept; answers how many.
///
/// # Errors
/// Forbidden for others' sessions.
pub fn end_sessions(context: &Context, member: Uuid, keep: Option<Uuid>) -> Result<u64> {
    let all = of_member(member);
    let others = match keep {
        Some(id) => all.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(id))),
        None => all,
    };
    end(context, member, others, json!({ "session": "all", "kept": keep }))
}

fn end(context: &Context, member: Uuid, condition: Condition, detail: serde_json::Value) -> Result<u64> {
    if member != context.actor {
        context.access.require_administrator()?;
    }
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        push::forget_of_sessions(tx, &condition)?;
        let ended = tx.delete(&Delete { table: SESSION.clone(), condition: condition.clone() })?;
        if ended > 0 {
            note_sign_ins(tx)?;
            audit::append(&inner, tx, "end_session", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail.clone()))?;
        }
        Ok(ended)
    })
}

/// Ends all sessions of a member but the one to be kept, as part of another change.
pub(super) fn end_sessions_in(tx: &mut dyn WriteTx, member: Uuid, keep: Option<Uuid>) -> Result<()> {
    let all = of_member(member);
    let condition = match keep {
        Some(id) => all.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(id))),
        None => all,
    };
    push::forget_of_sessions(tx, &condition)?;
    tx.delete(&Delete { table: SESSION.clone(), condition })?;
    note_sign_ins(tx)
}

/// Follows changes of members in their transaction. Who is deactivated or deleted is out: should he come back one day,
/// he signs in anew. Whose roles change gets other tokens: one that somebody planted before does not gain the new rights.
pub(crate) fn follow_member_changes(context: &Context, tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    for event in events.iter().filter(|it| it.object == MEMBER_OBJECT) {
        if leaves(event) {
            push::forget_of_sessions(tx, &of_member(event.record))?;
            tx.delete(&Delete { table: SESSION.clone(), condition: of_member(event.record) })?;
            note_sign_ins(tx)?;
        } else if event.changes.contains_key("roles") || event.changes.contains_key("posts") {
            renew_sessions_in(tx, event.record)?;
        }
    }
    renew_holders_of_posts(context, tx, events)?;
    let grants: Vec<&NewEvent> = events.iter().filter(|it| it.object == ROLE_GRANT_OBJECT).collect();
    if grants.is_empty() {
        return Ok(());
    }
    // To whom a role is given, and from whom a grant was moved away.
    let mut members: BTreeSet<Uuid> = BTreeSet::new();
    for change in grants.iter().filter_map(|it| it.changes.get("member")?.as_array()) {
        members.extend(change.iter().filter_map(|it| it.as_str()?.parse::<Uuid>().ok()));
    }
    if let Some(object) = context.schema.object(ROLE_GRANT_OBJECT) {
        let ids = grants.iter().map(|it| Value::Id(it.record)).collect();
        for row in tx.rows(&Select::all(&object.table, Condition::In(ColumnRef::main(crate::schema::ID), ids, false)))? {
            members.extend(Record { object: object.clone(), row }.reference("member"));
        }
    }
    members.into_iter().try_for_each(|it| renew_sessions_in(tx, it))
}

/// The sessions of who holds a post that gives something else now.
fn renew_holders_of_posts(context: &Context, tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    let posts: Vec<Value> = events.iter().filter(|it| it.object == JOB_POST_OBJECT).map(|it| Value::Id(it.record)).collect();
    let link = context.schema.object(MEMBER_OBJECT).and_then(|it| it.field("posts")?.link.clone());
    let Some(link) = link.filter(|_| !posts.is_empty()) else { return Ok(()) };
    let holders = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&link, Condition::In(ColumnRef::main(1), posts, false)) };
    for mut row in tx.rows(&holders)? {
        if let Some(Value::Id(member)) = row.pop() {
            renew_sessions_in(tx, member)?;
        }
    }
    Ok(())
}

/// Has a member's sessions take other tokens: to be called in the transaction that changes his rights.
///
/// # Errors
/// Fails where the database does.
pub fn renew_sessions_in(tx: &mut dyn WriteTx, member: Uuid) -> Result<()> {
    let set = vec![(DUE, Set::To(Value::Bool(true)))];
    tx.update(&Update { table: SESSION.clone(), set, condition: of_member(member) })?;
    Ok(())
}

/// Forgets sessions that are over, of everybody.
///
/// # Errors
/// Fails where the database does.
pub fn forget_dead_sessions(context: &Context, limits: Limits) -> Result<u64> {
    let now = context.now;
    let before = |column: usize, then: Timestamp| Condition::Compare(ColumnRef::main(column), CompareOp::Le, Value::DateTime(then));
    let dead = Condition::Or(vec![before(EXPIRES_AT, now), before(SEEN_AT, now - limits.idle), before(CREATED_AT, now - limits.absolute)]);
    context.workspace.store.write_with(move |tx| {
        push::forget_of_sessions(tx, &dead)?;
        Ok(tx.delete(&Delete { table: SESSION.clone(), condition: dead.clone() })?)
    })
}
