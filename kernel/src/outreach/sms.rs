//! Text messages on their way out: counted against the day's limits, put into the queue in the transaction of what they tell of,
//! and kept with what became of them for an administrator to see. What they say is worded when they are sent.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::brief;
use super::sms_gateway::SmsGateway;
use super::sms_number::confirmed_number;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use crate::system_tables::SMS_MESSAGE;

/// Kind of the job that hands a message to the gateway; payload: `message`.
pub const SEND: &str = "sms.send";
/// Pause after the first try that failed; twice as long after each further one.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);
/// Longest such pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// A message that has not gone by then is old, and given up.
pub const TOO_LATE: SignedDuration = SignedDuration::from_hours(24);
/// Messages are kept in view for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

const ID: usize = 0;
const MEMBER: usize = 1;
const STATE: usize = 4;
const ATTEMPTS: usize = 5;
const LAST_ERROR: usize = 6;
const CREATED_AT: usize = 8;
const SENT_AT: usize = 9;

/// What a message may be for.
pub const PURPOSES: [&str; 3] = ["news", "code", "test"];
/// How far one may be: `held` is one that a limit kept back.
pub const STATES: [&str; 4] = ["waiting", "sent", "failed", "held"];

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsMessage {
    /// Its id, the same at every try: by it the gateway tells doubles.
    pub id: Uuid,
    /// To whom.
    pub member: Uuid,
    /// To which number.
    pub number: String,
    /// One of [`PURPOSES`].
    pub purpose: String,
    /// One of [`STATES`].
    pub state: String,
    /// Tries so far.
    pub attempts: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// Ids of the notifications it tells of.
    pub news: Vec<Uuid>,
    /// When it came into the queue.
    pub created_at: Timestamp,
    /// When the gateway took it.
    pub sent_at: Option<Timestamp>,
}

fn read(row: &[Value]) -> Option<SmsMessage> {
    let [Value::Id(id), Value::Id(member), Value::Text(number), Value::Text(purpose), Value::Text(state), rest @ ..] = row else { return None };
    let [Value::Int(attempts), last_error, news, Value::DateTime(created_at), sent_at] = rest else { return None };
    let ids = if let Value::Json(json) = news { json.as_array().cloned().unwrap_or_default() } else { Vec::new() };
    Some(SmsMessage {
        id: *id,
        member: *member,
        number: number.clone(),
        purpose: purpose.clone(),
        state: state.clone(),
        attempts: *attempts,
        last_error: last_error.as_text().map(str::to_owned),
        news: ids.iter().filter_map(|it| it.as_str()?.parse().ok()).collect(),
        created_at: *created_at,
        sent_at: if let Value::DateTime(at) = sent_at { Some(*at) } else { None },
    })
}

fn is(column: usize, value: Value) -> Condition {
    Condition::equals(ColumnRef::main(column), value)
}

/// Whether news may be texted to a member: this process can, the gateway is on, and he confirmed a number.
///
/// # Errors
/// Fails where the database does.
pub fn reaches(context: &Context, tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<bool> {
    if context.workspace.registry.job(SEND).is_none() || confirmed_number(&mut *tx, member)?.is_none() {
        return Ok(false);
    }
    Ok(SmsGateway::load(tx)?.is_on())
}

/// Since when today's messages count: midnight where the company is.
fn today(context: &Context) -> Timestamp {
    let zoned = context.now.to_zoned(context.workspace.time_zone());
    zoned.start_of_day().map_or(context.now, |it| it.timestamp())
}

/// How many messages went out today, or are about to: to a member, or to everybody.
///
/// # Errors
/// Fails where the database does.
pub fn sent_today(context: &Context, tx: &mut (impl ReadTx + ?Sized), member: Option<Uuid>) -> Result<u64> {
    let since = Condition::Compare(ColumnRef::main(CREATED_AT), CompareOp::Ge, Value::DateTime(today(context)));
    let counted = since.and(Condition::Compare(ColumnRef::main(STATE), CompareOp::Ne, Value::Text("held".into())));
    let counted = member.map_or(counted.clone(), |it| counted.and(is(MEMBER, Value::Id(it))));
    Ok(tx.count(&Select::all(&SMS_MESSAGE, counted), None)?)
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewSms {
    /// To whom.
    pub member: Uuid,
    /// To which number.
    pub number: String,
    /// One of [`PURPOSES`].
    pub purpose: &'static str,
    /// Ids of the notifications it tells of.
    pub news: Vec<Uuid>,
}

/// Writes a message down: as waiting, or as held back where a limit of the day is reached.
///
/// # Errors
/// Fails where the database does.
pub fn write_down(context: &Context, tx: &mut dyn WriteTx, new: &NewSms) -> Result<SmsMessage> {
    // Counted one after the other: of two at the limit only one passes.
    tx.serialise("sms")?;
    let gateway = SmsGateway::load(&mut *tx)?;
    let of_member = sent_today(context, &mut *tx, Some(new.member))? >= u64::from(gateway.member_cap);
    let of_all = sent_today(context, &mut *tx, None)? >= u64::from(gateway.daily_cap);
    let held = of_member || of_all;
    let reason = if of_member { "the member's limit of the day is reached" } else { "the workspace's limit of the day is reached" };
    let message = SmsMessage {
        id: context.new_id(),
        member: new.member,
        number: new.number.clone(),
        purpose: new.purpose.to_owned(),
        state: if held { "held" } else { "waiting" }.to_owned(),
        attempts: 0,
        last_error: held.then(|| reason.to_owned()),
        news: new.news.clone(),
        created_at: context.now,
        sent_at: None,
    };
    let row = vec![
        Value::Id(message.id),
        Value::Id(message.member),
        Value::Text(message.number.clone()),
        Value::Text(message.purpose.clone()),
        Value::Text(message.state.clone()),
        Value::Int(0),
        message.last_error.clone().map_or(Value::Null, Value::Text),
        Value::Json(Box::new(json!(message.news))),
        Value::DateTime(message.created_at),
        Value::Null,
    ];
    tx.insert(&Insert { table: SMS_MESSAGE.clone(), columns: (ID..=SENT_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
    Ok(message)
}

/// Puts what a member is told into the queue, in the transaction that marks it as told.
///
/// # Errors
/// Fails where the database does.
pub fn enqueue(context: &Context, tx: &mut dyn WriteTx, member: Uuid, news: &[Uuid]) -> Result<()> {
    if !reaches(context, &mut *tx, member)? {
        return Ok(());
    }
    let Some(number) = confirmed_number(&mut *tx, member)? else { return Ok(()) };
    let message = write_down(context, tx, &NewSms { member, number, purpose: "news", news: news.to_vec() })?;
    if message.state == "waiting" {
        jobs::enqueue(context, tx, SEND, json!({ "message": message.id }), None, context.now)?;
    }
    Ok(())
}

/// Puts the next try of a message off, as the gateway asks.
///
/// # Errors
/// Fails where the database does.
pub fn put_off(context: &Context, message: Uuid, until: Timestamp) -> Result<()> {
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, SEND, json!({ "message": message }), None, until).map(drop))
}

/// A message.
///
/// # Errors
/// Fails where the database does.
pub fn message(tx: &mut (impl ReadTx + ?Sized), id: Uuid) -> Result<Option<SmsMessage>> {
    Ok(tx.first(&Select::all(&SMS_MESSAGE, is(ID, Value::Id(id))))?.as_deref().and_then(read))
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The gateway took it.
    Sent,
    /// It did not; another try may do.
    Failed(String),
    /// It is not to be tried again.
    GivenUp(String),
}

/// Pause after a try that failed, by how many went before it.
pub fn pause_after(attempts: i64) -> SignedDuration {
    (PAUSE * (1_i32 << attempts.clamp(0, 10))).min(LONGEST_PAUSE)
}

/// Notes what became of a try. Answers whether another one is to follow.
///
/// # Errors
/// Fails where the database does.
pub fn note(context: &Context, message: &SmsMessage, outcome: &SmsOutcome) -> Result<bool> {
    let attempts = message.attempts + 1;
    let goes_on = matches!(outcome, SmsOutcome::Failed(_)) && message.created_at + TOO_LATE > context.now;
    let (state, error) = match outcome {
        SmsOutcome::Sent => ("sent", None),
        SmsOutcome::Failed(error) => (if goes_on { "waiting" } else { "failed" }, Some(error)),
        SmsOutcome::GivenUp(error) => ("failed", Some(error)),
    };
    let set = vec![
        (STATE, Set::To(Value::Text(state.into()))),
        (ATTEMPTS, Set::To(Value::Int(attempts))),
        (LAST_ERROR, Set::To(error.map_or(Value::Null, |it| Value::Text(brief(it))))),
        (SENT_AT, Set::To(if state == "sent" { Value::DateTime(context.now) } else { Value::Null })),
    ];
    let update = Update { table: SMS_MESSAGE.clone(), set, condition: is(ID, Value::Id(message.id)) };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))?;
    Ok(goes_on)
}

/// Messages for an administrator, the newest first.
///
/// # Errors
/// Forbidden to callers who are not administrators.
pub fn messages(context: &Context, tx: &mut dyn ReadTx, limit: u64) -> Result<Vec<SmsMessage>> {
    context.access.require_administrator()?;
    let rows = tx.rows(&Select::all(&SMS_MESSAGE, Condition::True).order_by(ID, true).limited(limit))?;
    Ok(rows.iter().filter_map(|it| read(it)).collect())
}

/// Forgets messages of long ago.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old(context: &Context) -> Result<u64> {
    let old = Condition::Compare(ColumnRef::main(CREATED_AT), CompareOp::Lt, Value::DateTime(context.now - KEPT));
    context.workspace.store.write_with(move |tx| Ok::<_, KernelError>(tx.delete(&Delete { table: SMS_MESSAGE.clone(), condition: old.clone() })?))
}
