//! Browsers of members that take what is pushed to them (RFC 8030). A subscription belongs to the session in which it was made:
//! who signed out there, or was shut out, is told nothing there any more.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
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

/// Kind of the job that pushes to a member's browsers; payload: `member`, `news` (ids of notifications), `since`, and `to`, ids of
/// those of his browsers that are still to be told, where it is not all of them.
pub const SEND: &str = "push.send";
/// Most browsers of one member; the oldest gives way.
const MOST: usize = 10;
/// A browser whose push service refused so many pushes in a row is forgotten.
const MOST_REFUSALS: u32 = 5;
/// One whose push service has not answered for so long is forgotten.
const SILENT: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Pause after the first push that did not come through; twice as long after each further one in a row.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);
/// Longest such pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// Pause after a push that took its service long.
const REST: SignedDuration = SignedDuration::from_mins(5);
/// Most ids of one statement.
const CHUNK: usize = 500;
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
const KEYS: usize = 5;
const USED_AT: usize = 8;
const LAST_ERROR: usize = 9;

/// How a push service has behaved of late: kept beside the keys of the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trouble {
    /// Pushes it refused, in a row.
    refused: u32,
    /// Pushes that did not come through, in a row.
    failed: u32,
    /// Since when none has.
    since: Option<Timestamp>,
    /// Not asked before then.
    again_at: Option<Timestamp>,
}

/// What became of a push to one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// It came through.
    Came,
    /// It came through, and its service took long for it.
    CameSlowly,
    /// The service wants to be asked later.
    Later(Timestamp, String),
    /// The service does not want it, however often it comes.
    Refused(String),
    /// The service was not there.
    Failed(String),
}

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
    trouble: Trouble,
}

impl Subscription {
    /// Until when its push service is not asked, where that is later than a moment.
    pub fn rests_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.trouble.again_at.filter(|it| *it > now)
    }

    fn keys(&self) -> Value {
        Value::Json(Box::new(json!({ "p256dh": self.p256dh, "auth": self.auth, "trouble": self.trouble })))
    }
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
        trouble: serde_json::from_value(keys["trouble"].clone()).unwrap_or_default(),
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

/// The browsers of a member that may still be told; those of sessions that are over are forgotten, and all where he is gone.
///
/// # Errors
/// Fails where the database does.
pub fn live_subscriptions(context: &Context, member: Uuid) -> Result<Vec<Subscription>> {
    let limits = context.workspace.sign_in_policy()?.limits();
    let (alive, over): (Vec<_>, Vec<_>) = context.workspace.store.read_with(|tx| {
        let all = subscriptions_of(tx, member)?;
        let is_there = context.workspace.identity(tx, member)?.is_some();
        let sessions = identity::sessions_of(tx, member, context.now, limits)?;
        Ok(all.into_iter().partition(|it| is_there && sessions.iter().any(|session| session.id == it.session)))
    })?;
    over.iter().try_for_each(|it| forget(context, it.id))?;
    Ok(alive)
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
        trouble: Trouble::default(),
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
            kept.keys(),
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
    // A statement takes only so many values, and after a long stop very many sessions end at once.
    for chunk in ids.chunks(CHUNK) {
        let condition = Condition::In(ColumnRef::main(SESSION), chunk.to_vec(), false);
        tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition })?;
    }
    Ok(())
}

/// Forgets every browser, in the transaction that gives the workspace another key: push services take nothing from it for those
/// that came by the old one.
///
/// # Errors
/// Fails where the database does.
pub fn forget_all(tx: &mut dyn WriteTx) -> Result<u64> {
    Ok(tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: Condition::True })?)
}

/// Where the table of sessions holds their ids.
const SESSION_ID: usize = 6;

/// Notes what became of a push. Answers when it may be tried again, where it may: a service that does not answer is asked ever
/// more seldom, whatever there is to tell, and one that refuses or is silent for too long is forgotten with its browser.
///
/// # Errors
/// Fails where the database does.
pub fn note(context: &Context, id: Uuid, outcome: &PushOutcome) -> Result<Option<Timestamp>> {
    let (inner, outcome) = (context.clone(), outcome.clone());
    context.workspace.store.write_with(move |tx| {
        let row = tx.first(&Select::all(&PUSH_SUBSCRIPTION, is(ID, Value::Id(id))))?;
        let Some(mut found) = row.as_deref().and_then(read) else { return Ok(None) };
        let (again, error) = judge(&mut found.trouble, &outcome, inner.now);
        if found.trouble.refused >= MOST_REFUSALS || found.trouble.since.is_some_and(|it| it + SILENT < inner.now) {
            tx.delete(&Delete { table: PUSH_SUBSCRIPTION.clone(), condition: is(ID, Value::Id(id)) })?;
            return Ok(None);
        }
        let mut set = vec![(KEYS, Set::To(found.keys())), (LAST_ERROR, Set::To(error.as_deref().map_or(Value::Null, |it| Value::Text(brief(it)))))];
        if error.is_none() {
            set.push((USED_AT, Set::To(Value::DateTime(inner.now))));
        }
        tx.update(&Update { table: PUSH_SUBSCRIPTION.clone(), set, condition: is(ID, Value::Id(id)) })?;
        Ok::<_, KernelError>(again)
    })
}

/// What an outcome makes of the trouble with a push service: when to try again, and what to tell its member.
fn judge(trouble: &mut Trouble, outcome: &PushOutcome, now: Timestamp) -> (Option<Timestamp>, Option<String>) {
    match outcome {
        PushOutcome::Came => {
            *trouble = Trouble::default();
            (None, None)
        }
        PushOutcome::CameSlowly => {
            *trouble = Trouble { again_at: Some(now + REST), ..Trouble::default() };
            (None, None)
        }
        PushOutcome::Later(until, reason) => {
            *trouble = Trouble { again_at: Some(*until), ..trouble.clone() };
            (Some(*until), Some(reason.clone()))
        }
        PushOutcome::Refused(reason) => {
            // It answers: what it does not want is another matter.
            *trouble = Trouble { refused: trouble.refused + 1, ..Trouble::default() };
            (None, Some(reason.clone()))
        }
        PushOutcome::Failed(reason) => {
            let again = now + pause_after(trouble.failed);
            let since = trouble.since.or(Some(now));
            *trouble = Trouble { failed: trouble.failed.saturating_add(1), since, again_at: Some(again), refused: trouble.refused };
            (Some(again), Some(reason.clone()))
        }
    }
}

/// Pause after a failure that so many went before.
fn pause_after(failures: u32) -> SignedDuration {
    (PAUSE * (1_i32 << failures.min(10))).min(LONGEST_PAUSE)
}

/// Puts what a member is told into the queue, once for all of his browsers, in the transaction that marks it as told.
///
/// # Errors
/// Fails where the database does.
pub fn enqueue(context: &Context, tx: &mut dyn WriteTx, member: Uuid, news: &[Uuid]) -> Result<()> {
    if !is_configured(context) || !has_any(tx, member)? {
        return Ok(());
    }
    let payload = json!({ "member": member, "news": news, "since": context.now.to_string() });
    jobs::enqueue(context, tx, SEND, payload, None, context.now).map(drop)
}

/// Puts a push off, to all of the browsers it was meant for or to some: the job it is of ends, and another one goes on then.
///
/// # Errors
/// Fails where the database does.
pub fn put_off(context: &Context, payload: &Json, to: Option<&[Uuid]>, until: Timestamp) -> Result<()> {
    let (inner, mut payload) = (context.clone(), payload.clone());
    if let Some(to) = to {
        payload["to"] = json!(to);
    }
    context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, SEND, payload.clone(), None, until).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_asked_ever_more_seldom() {
        let start: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
        let (mut trouble, mut now, mut tries) = (Trouble::default(), start, 0);
        while now < start + TOO_LATE {
            now = judge(&mut trouble, &PushOutcome::Failed("no".into()), now).0.unwrap();
            tries += 1;
        }
        assert!((40..70).contains(&tries), "a day of silence is tried over all of it, and costs {tries} calls");
        assert_eq!((trouble.since, trouble.refused), (Some(start), 0));
        assert_eq!(judge(&mut trouble, &PushOutcome::Came, now), (None, None));
        assert_eq!(trouble, Trouble::default());
        judge(&mut trouble, &PushOutcome::CameSlowly, now);
        assert_eq!(trouble.again_at, Some(now + REST));
    }
}
