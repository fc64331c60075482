//! Mobile numbers of members: nothing but a code goes to one before its owner has typed that code.

use guanxi_expr::Value;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use crate::system_tables::SMS_NUMBER;

/// How long a code is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// Pause before another code is sent.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);
/// So often a code may be guessed.
pub const MOST_TRIES: u32 = 5;

/// A number that waits for its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingNumber {
    /// The number, E.164.
    pub number: String,
    /// Hash of the code.
    code_hash: String,
    /// How often it was guessed.
    pub tries: u32,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl PendingNumber {
    /// Until when the code is good.
    pub fn expires_at(&self) -> Timestamp {
        self.sent_at + GOOD_FOR
    }
}

/// What is known of a member's number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SmsNumber {
    /// The number he confirmed, E.164.
    pub number: Option<String>,
    /// When.
    pub confirmed_at: Option<Timestamp>,
    /// One he is about to.
    pub pending: Option<PendingNumber>,
}

/// A member's number.
///
/// # Errors
/// Fails where the database does.
pub fn number_of(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<SmsNumber> {
    let row = tx.first(&Select::all(&SMS_NUMBER, Condition::equals(ColumnRef::main(0), Value::Id(member))))?;
    let Some([_, number, confirmed_at, pending]) = row.as_deref() else { return Ok(SmsNumber::default()) };
    Ok(SmsNumber {
        number: number.as_text().map(str::to_owned),
        confirmed_at: if let Value::DateTime(at) = confirmed_at { Some(*at) } else { None },
        pending: if let Value::Json(json) = pending { serde_json::from_value((**json).clone()).ok() } else { None },
    })
}

/// The number a member confirmed, if he did.
///
/// # Errors
/// Fails where the database does.
pub fn confirmed_number(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Option<String>> {
    Ok(number_of(tx, member)?.number)
}

fn write(tx: &mut dyn WriteTx, member: Uuid, it: &SmsNumber) -> Result<()> {
    let pending = it.pending.as_ref().map_or(Value::Null, |it| Value::Json(Box::new(json!(it))));
    let row =
        vec![Value::Id(member), it.number.clone().map_or(Value::Null, Value::Text), it.confirmed_at.map_or(Value::Null, Value::DateTime), pending];
    let on_conflict = OnConflict::Replace(vec![1, 2, 3]);
    Ok(tx.insert(&Insert { table: SMS_NUMBER.clone(), columns: vec![0, 1, 2, 3], rows: vec![row], on_conflict }).map(drop)?)
}

/// Within the transaction that queues the code: a number is about to be confirmed. The one before it stays until then.
///
/// # Errors
/// Conflict where the last code was sent a moment ago.
pub fn begin_confirmation(context: &Context, tx: &mut dyn WriteTx, number: &str, code_hash: &str) -> Result<()> {
    context.require_himself()?;
    tx.serialise(&format!("sms_number {}", context.actor))?;
    let mut known = number_of(&mut *tx, context.actor)?;
    if known.pending.as_ref().is_some_and(|it| it.sent_at + PAUSE > context.now) {
        return Err(KernelError::conflict(
            "state_conflict",
            "验证码刚刚发出，请一分钟后再试",
            "a code was sent a moment ago; wait a minute before asking for another one",
        ));
    }
    known.pending = Some(PendingNumber { number: number.to_owned(), code_hash: code_hash.to_owned(), tries: 0, sent_at: context.now });
    write(tx, context.actor, &known)
}

/// Takes a confirmation back whose code did not go out: nobody is to wait for it, and another one may be asked for at once.
///
/// # Errors
/// Fails where the database does.
pub fn take_back(context: &Context, tx: &mut dyn WriteTx, code_hash: &str) -> Result<()> {
    tx.serialise(&format!("sms_number {}", context.actor))?;
    let mut known = number_of(&mut *tx, context.actor)?;
    if known.pending.as_ref().is_some_and(|it| it.code_hash == code_hash) {
        known.pending = None;
        write(tx, context.actor, &known)?;
    }
    Ok(())
}

/// What became of a guess.
enum Guess {
    Right,
    Wrong(u32),
    Over,
}

/// Confirms the number a code was sent to. A guess counts before it is looked at, so that many at once get no more of them.
///
/// # Errors
/// Invalid where the code is wrong; conflict where there is none, it is too old or was guessed too often.
pub fn confirm(context: &Context, code_hash: &str) -> Result<()> {
    context.require_himself()?;
    let (inner, code_hash) = (context.clone(), code_hash.to_owned());
    let guess = context.workspace.store.write_with(move |tx| {
        tx.serialise(&format!("sms_number {}", inner.actor))?;
        let mut known = number_of(&mut *tx, inner.actor)?;
        let Some(pending) = known.pending.clone().filter(|it| it.expires_at() > inner.now && it.tries < MOST_TRIES) else {
            return Ok::<_, KernelError>(Guess::Over);
        };
        if pending.code_hash != code_hash {
            let tries = pending.tries + 1;
            known.pending = Some(PendingNumber { tries, ..pending });
            write(tx, inner.actor, &known)?;
            return Ok(Guess::Wrong(MOST_TRIES - tries));
        }
        known = SmsNumber { number: Some(pending.number), confirmed_at: Some(inner.now), pending: None };
        write(tx, inner.actor, &known)?;
        audit::append(&inner, tx, "confirm_sms_number", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)?;
        Ok(Guess::Right)
    })?;
    match guess {
        Guess::Right => Ok(()),
        Guess::Wrong(0) | Guess::Over => {
            Err(KernelError::conflict("state_conflict", "验证码已失效，请重新获取", "the code is good no more; ask for another one"))
        }
        Guess::Wrong(left) => {
            Err(KernelError::invalid("code", "rule", format!("验证码不正确，还可以试{left}次"), format!("that is not the code; tries left: {left}")))
        }
    }
}

/// Nothing is sent to the caller's number any more.
///
/// # Errors
/// Fails where the database does.
pub fn forget(context: &Context) -> Result<()> {
    context.require_himself()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        if number_of(&mut *tx, inner.actor)? == SmsNumber::default() {
            return Ok(());
        }
        write(tx, inner.actor, &SmsNumber::default())?;
        audit::append(&inner, tx, "remove_sms_number", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)
    })
}
