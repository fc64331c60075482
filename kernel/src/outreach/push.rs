//! Browsers of members that take what is pushed to them (RFC 8030). A subscription belongs to the session in which it was made:
//! who signed out there, or was shut out, is told nothing there any more.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::brief;
use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::{self, MEMBER_OBJECT};
use crate::jobs;
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use crate::system_tables::PUSH_SUBSCRIPTION;

/// Kind of the job that pushes to one browser; payload: `subscription`, `news` (ids of notifications), `since`, `again`.
pub const SEND: &str = "push.send";
/// Most browsers of one member; the oldest gives way.
const MOST: usize = 20;
/// Longest address of a push service, in characters.
const LONGEST_ENDPOINT: usize = 2_000;
/// Most characters kept of what a browser says it is.
const LONGEST_DEVICE: usize = 300;
/// News of which a push has not come through by then are old.
pub const TOO_LATE: SignedDuration = SignedDuration::from_hours(24);

const ID: usize = 0;
const MEMBER: usize = 1;
const SESSION: usize = 2;
const ENDPOINT_HASH: usize = 4;
const USED_AT: usize = 8;
const LAST_ERROR: usize = 9;

/// A browser that takes pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Id.
    pub id: Uuid,
    /// Whose it is.
    pub member: Uuid,
    /// The session in which he said so.
    pub session: Uuid,
    /// Where its push service listens.
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    /// The browser's secret for telling us from others, base64url.
    pub auth: String,
    /// What the browser says it is.
    pub device: String,
    /// When.
    pub created_at: Timestamp,
    /// When something last came through.
    pub used_at: Option<Timestamp>,
    /// Why the last push did not.
    pub last_error: Option<String>,
}

/// A browser that is to take pushes.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// The session in which its holder says so.
    pub session: Uuid,
    /// Where its push service listens.
    pub endpoint: String,
    /// The browser's public key, base64url.
    pub p256dh: String,
    /// The browser's secret, base64url.
    pub auth: String,
    /// What the browser says it is.
    pub device: String,
}

fn read(row: &[Value]) -> Option<Subscription> {
    let [Value::Id(id), Value::Id(member), Value::Id(session), Value::Text(endpoint), _, Value::Json(keys), rest @ ..] = row else { return None };
    let [Value::Text(device), Value::DateTime(created_at), used_at, last_error] = rest else { return None };
    let key = |name: &str| keys[name].as_str().unwrap_or_default().to_owned();
    Some(Subscription {
        id: *id,
        member: *member,
        session: *session,
        endpoint: endpoint.clone(),
        p256dh: key("p256dh"),
        auth: key("auth"),
        device: device.clone(),
        created_at: *created_at,
        used_at: if let Value::DateTime(at) = used_at { Some(*at) } else { None },
        last_error: last_error.as_text().map(str::to_owned),
    })
}

fn is(column: usize, value: Value) -> Condition {
    Condition::equals(ColumnRef::main(column), value)
}

fn hash(endpoint: &str) -> String {
    Sha256::digest(endpoint.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}

/// Whether this process can push at all.
pub fn is_configured(context: &Context) -> bool {
    context.workspace.registry.job(SEND).is_some()
}

/// Whether any browser of a member takes pushes.
///
/// # Errors
/// Fails where the database does.
pub fn has_any(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<bool> {
    Ok(tx.count(&Select::all(&PUSH_SUBSCRIPTION, is(MEMBER, Value::Id(member))), Some(1))? > 0)
}

/// The browsers of a member, the newest first; those of sessions that are over among them.
///
/// # Errors
/// Fails where the database does.
pub fn subscriptions_of(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Vec<Subscription>> {
    let rows = tx.rows(&Select::all(&PUSH_SUBSCRIPTION, is(MEMBER, Value::Id(member))).order_by(ID, true))?;
    Ok(rows.iter().filter_map(|it| read(it)).collect())
}

/// The caller's browsers whose sessions still live.
///
/// # Errors
/// Fails where the database does.
pub fn own_subscriptions(context: &Context) -> Result<Vec<Subscription>> {
    let limits = context.workspace.sign_in_policy()?.limits();
    context.workspace.store.read_with(|tx| {
        let alive = identity::sessions_of(tx, context.actor, context.now, limits)?;
        let all = subscriptions_of(tx, context.actor)?;
        Ok(all.into_iter().filter(|it| alive.iter().any(|session| session.id == it.session)).collect())
    })
}

/// A browser that may still be told: `None` where it was revoked, its session is over or its holder is gone.
///
/// # Errors
/// Fails where the database does.
pub fn live_subscription(context: &Context, id: Uuid) -> Result<Option<Subscription>> {
    let limits = context.workspace.sign_in_policy()?.limits();
    context.workspace.store.read_with(|tx| {
        let row = tx.first(&Select::all(&PUSH_SUBSCRIPTION, is(ID, Value::Id(id))))?;
        let Some(found) = row.as_deref().and_then(read) else { return Ok(None) };
        if context.workspace.identity(tx, found.member)?.is_none() {
            return Ok(None);
        }
        let alive = identity::sessions_of(tx, found.member, context.now, limits)?;
        Ok(alive.iter().any(|it| it.id == found.session).then_some(found))
    })
}

/// Takes a browser of the caller in; one that was somebody else's before is his alone from now on.
///
/// # Errors
/// An address that is too long.
pub fn subscribe(context: &Context, new: &NewSubscription) -> Result<Subscription> {
    context.require_himself()?;
    if new.endpoint.chars().count() > LONGEST_ENDPOINT {
        return Err(KernelError::invalid("endpoint", "too_long", "推送地址过长", "the address of the push service is too long"));
    }
    let made = Subscription {
        id: context.new_id(),
        member: context.actor,
        session: new.session,
        endpoint: new.endpoint.clone(),
        p256dh: new.p256dh.clone(),
        auth: new.auth.clone(),
        device: new.device.chars().filter(|it| !it.is_control()).take(LONGEST_DEVICE).collect(),
        created_at: context.now,
        used_at: None,
        last_error: None,
    };
    let (inner, kept) = (context.clone(), made.clone());
    context.workspace.store.write_with(move |tx| {
        let endpoint_hash = hash(&kept.endpoint);
        let same = is(ENDPOINT_HASH, Value::Text(endpoint_hash.clone()));
        tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: same })?;
        for old in subscriptions_of(tx, kept.member)?.iter().skip(MOST - 1) {
            tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: is(ID, Value::Id(old.id)) })?;
        }
        let row = vec![
            Value::Id(kept.id),
            Value::Id(kept.member),
            Value::Id(kept.session),
            Value::Text(kept.endpoint.clone()),
            Value::Text(endpoint_hash),
            Value::Json(Box::new(json!({ "p256dh": kept.p256dh, "auth": kept.auth }))),
            Value::Text(kept.device.clone()),
            Value::DateTime(kept.created_at),
            Value::Null,
            Value::Null,
        ];
        tx.insert(&Insert {
            table: PUSH_SUBSCRIPTION.clone(),
            columns: (ID..=LAST_ERROR).collect(),
            rows: vec![row],
            on_conflict: OnConflict::Fail,
        })?;
        let detail = json!({ "subscription": kept.id, "device": kept.device });
        audit::append(&inner, tx, "add_push", Some(MEMBER_OBJECT), Some(kept.member), None, 0, Some(detail))
    })?;
    Ok(made)
}

/// Takes a browser of the caller out.
///
/// # Errors
/// Not found where he has none of this id.
pub fn unsubscribe(context: &Context, id: Uuid) -> Result<()> {
    context.require_himself()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let own = is(ID, Value::Id(id)).and(is(MEMBER, Value::Id(inner.actor)));
        if tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: own })? == 0 {
            return Err(KernelError::NotFound);
        }
        let detail = json!({ "subscription": id });
        audit::append(&inner, tx, "remove_push", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, Some(detail))
    })
}

/// Forgets a browser that is no more, or may be told nothing any more.
///
/// # Errors
/// Fails where the database does.
pub fn forget(context: &Context, id: Uuid) -> Result<()> {
    let condition = is(ID, Value::Id(id));
    context.workspace.store.write_with(move |tx| {
        tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: condition.clone() })?;
        Ok(())
    })
}

/// Forgets the browsers of sessions that ended, in the transaction that ends them.
///
/// # Errors
/// Fails where the database does.
pub(crate) fn forget_of_sessions(tx: &mut dyn WriteTx, sessions: &Condition) -> Result<()> {
    let ended = tx.rows(&Select { columns: vec![ColumnRef::main(SESSION_ID)], ..Select::all(&crate::system_tables::SESSION, sessions.clone()) })?;
    let ids: Vec<Value> = ended.into_iter().filter_map(|mut it| it.pop()).filter(|it| !it.is_null()).collect();
    if !ids.is_empty() {
        let condition = Condition::In(ColumnRef::main(SESSION), ids, false);
        tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition })?;
    }
    Ok(())
}

/// Where the table of sessions holds their ids.
const SESSION_ID: usize = 6;

/// Notes that a push came through, or why it did not.
///
/// # Errors
/// Fails where the database does.
pub fn note(context: &Context, id: Uuid, error: Option<&str>) -> Result<()> {
    let error_kept = error.map_or(Value::Null, |it| Value::Text(brief(it)));
    let mut set = vec![(LAST_ERROR, Set::To(error_kept))];
    if error.is_none() {
        set.push((USED_AT, Set::To(Value::DateTime(context.now))));
    }
    let update = Update { table: PUSH_SUBSCRIPTION.clone(), set, condition: is(ID, Value::Id(id)) };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(drop)
}

/// Puts what a member is told into the queue, once for each of his browsers, in the transaction that marks it as told.
///
/// # Errors
/// Fails where the database does.
pub fn enqueue(context: &Context, tx: &mut dyn WriteTx, member: Uuid, news: &[Uuid]) -> Result<()> {
    if !is_configured(context) {
        return Ok(());
    }
    for found in subscriptions_of(tx, member)? {
        let payload = json!({ "subscription": found.id, "news": news, "since": context.now.to_string(), "again": 0 });
        jobs::enqueue(context, tx, SEND, payload, None, context.now)?;
    }
    Ok(())
}

/// Puts a push off, as its push service asks: the job it is of ends, and another one goes on at the time named.
///
/// # Errors
/// Fails where the database does.
pub fn put_off(context: &Context, payload: &Json, until: Timestamp) -> Result<()> {
    let (inner, mut payload) = (context.clone(), payload.clone());
    payload["again"] = json!(payload["again"].as_i64().unwrap_or_default() + 1);
    context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, SEND, payload.clone(), None, until).map(drop))
}
