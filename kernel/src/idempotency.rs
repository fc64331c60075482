//! Requests that may be sent twice and must be carried out once.
//!
//! A request announces its key before it begins ([`claim`]), its transaction marks the key as carried out
//! ([`mark`], in the same commit as the change), and the answer is stored behind it ([`keep_answer`]). A crash in between
//! leaves either a claim that nothing was written under, which is given away again after [`STALE`], or a mark without an
//! answer: then the change stands, and a repetition is told so instead of being carried out again.

use guanxi_expr::Value;
use jiff::SignedDuration;

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, Select, Set, StoreError, StoreExt, TextOp, Update, WriteTx};
use crate::system_tables::IDEMPOTENCY;

/// After this long a request that neither answered nor wrote is given up.
pub const STALE: SignedDuration = SignedDuration::from_mins(10);
/// How long answers are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);

const KEY: usize = 0;
const BODY_HASH: usize = 1;
const STATUS: usize = 2;
const ANSWER: usize = 3;
const AT: usize = 4;

const CLAIMED: i64 = 0;
const WRITTEN: i64 = 1;
const ANSWERED: i64 = 2;
const ERASED: i64 = 3;

/// Ids looked for in one pass over the answers.
const AT_ONCE: usize = 100;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// New: carry the request out, then [`keep_answer`] or [`release`].
    Fresh,
    /// Carried out before; this was the answer.
    Answered(String),
    /// Carried out before, but the answer was lost in a crash; the id of its change.
    Written(String),
    /// Carried out before; what it was about has been erased for good, and its answer with it.
    Erased,
    /// Being carried out right now.
    Running,
    /// Used for another request.
    Mismatch,
}

fn of_key(key: &str) -> Condition {
    Condition::equals(ColumnRef::main(KEY), Value::Text(key.to_owned()))
}

/// Announces a request.
///
/// # Errors
/// Fails where the database does.
pub fn claim(context: &Context, key: &str, body_hash: &str) -> Result<Claim> {
    let now = context.now;
    let (key, body_hash) = (key.to_owned(), body_hash.to_owned());
    let claimed = context.workspace.store.write_with(move |tx| {
        let mut select = Select::all(&IDEMPOTENCY, of_key(&key));
        select.lock = true;
        let Some(row) = tx.first(&select)? else {
            let row =
                vec![Value::Text(key.clone()), Value::Text(body_hash.clone()), Value::Int(CLAIMED), Value::Text(String::new()), Value::DateTime(now)];
            tx.insert(&Insert {
                table: IDEMPOTENCY.clone(),
                columns: vec![KEY, BODY_HASH, STATUS, ANSWER, AT],
                rows: vec![row],
                on_conflict: OnConflict::Fail,
            })?;
            return Ok(Claim::Fresh);
        };
        let [_, Value::Text(hash), Value::Int(status), Value::Text(answer), Value::DateTime(at)] = row.as_slice() else {
            return Err(KernelError::Internal("an idempotency key cannot be read".into()));
        };
        if *hash != body_hash {
            return Ok(Claim::Mismatch);
        }
        Ok(match *status {
            ANSWERED => Claim::Answered(answer.clone()),
            WRITTEN => {
                tx.settle()?;
                Claim::Written(answer.clone())
            }
            ERASED => Claim::Erased,
            _ if *at + STALE > now => Claim::Running,
            _ => {
                let set = vec![(AT, Set::To(Value::DateTime(now)))];
                tx.update(&Update { table: IDEMPOTENCY.clone(), set, condition: of_key(&key) })?;
                Claim::Fresh
            }
        })
    });
    match claimed {
        // Two at the same moment on two nodes: the other one has it.
        Err(KernelError::Store(StoreError::Duplicate { .. })) => Ok(Claim::Running),
        other => other,
    }
}

/// Marks the caller's key as carried out, in the transaction of the change.
pub(crate) fn mark(context: &Context, tx: &mut dyn WriteTx, change: uuid::Uuid) -> Result<()> {
    let Some(key) = &context.request_key else { return Ok(()) };
    let set = vec![(STATUS, Set::To(Value::Int(WRITTEN))), (ANSWER, Set::To(Value::Text(change.to_string())))];
    tx.update(&Update { table: IDEMPOTENCY.clone(), set, condition: of_key(key) })?;
    Ok(())
}

/// Keeps the answer for repetitions.
///
/// # Errors
/// Fails where the database does.
pub fn keep_answer(context: &Context, key: &str, answer: String) -> Result<()> {
    let set = vec![(STATUS, Set::To(Value::Int(ANSWERED))), (ANSWER, Set::To(Value::Text(answer)))];
    let update = Update { table: IDEMPOTENCY.clone(), set, condition: of_key(key) };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// Forgets the answers that tell of records that are erased, in the transaction that erases them. The keys stay: what was
/// carried out is not carried out again.
pub(crate) fn forget_answers(tx: &mut dyn WriteTx, erased: &[uuid::Uuid]) -> Result<()> {
    for ids in erased.chunks(AT_ONCE) {
        let mention = |id: &uuid::Uuid| Condition::Text(ColumnRef::main(ANSWER), TextOp::Contains, id.to_string(), false);
        let condition = Condition::equals(ColumnRef::main(STATUS), Value::Int(ANSWERED)).and(Condition::Or(ids.iter().map(mention).collect()));
        let set = vec![(STATUS, Set::To(Value::Int(ERASED))), (ANSWER, Set::To(Value::Text(String::new())))];
        tx.update(&Update { table: IDEMPOTENCY.clone(), set, condition })?;
    }
    Ok(())
}

/// Gives a key back under which nothing was written: the request failed and may be sent again.
///
/// # Errors
/// Fails where the database does.
pub fn release(context: &Context, key: &str) -> Result<()> {
    let condition = of_key(key).and(Condition::equals(ColumnRef::main(STATUS), Value::Int(CLAIMED)));
    let delete = Delete { table: IDEMPOTENCY.clone(), condition };
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&delete)?)).map(|_| ())
}

/// Forgets keys older than [`KEPT`].
///
/// # Errors
/// Fails where the database does.
pub fn forget_old(context: &Context) -> Result<u64> {
    let old = Condition::Compare(ColumnRef::main(AT), CompareOp::Lt, Value::DateTime(context.now - KEPT));
    let delete = Delete { table: IDEMPOTENCY.clone(), condition: old };
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&delete)?))
}
