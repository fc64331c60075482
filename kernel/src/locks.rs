//! Records locked one by one: for everybody but those named, until somebody releases them or a time has come.
//!
//! A lock is a decision about a record (a contract that is signed, a price that is being approved), beside what its state
//! locks ([`crate::schema::ObjectDefinition::locked_when`]). It binds administrators too: they release it first, so that
//! the audit log tells. What the engine keeps by itself, roll-ups and numbers, goes on. A record that is locked or
//! released takes its next version, so that a change planned before is planned again.

mod among;
mod parts;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::read::{Record, load_record, load_records};
use crate::schema::Object;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use crate::system_tables::LOCK;
use crate::write::{Planner, Unit, run_unit};

pub use among::locked_among;
pub(crate) use parts::{lock_of_whole, state_lock_of_whole};

const RECORD: usize = 0;
const OBJECT: usize = 1;
const UNTIL: usize = 4;
const COLUMNS: usize = 7;
/// Most members who may change a locked record all the same.
const MAX_EXCEPT: usize = 50;
/// Longest reason, in characters.
const MAX_REASON: usize = 500;
/// Up to so many locks of one object a batch reads at once, instead of asking for each record.
const AT_ONCE: u64 = 1_000;

/// A lock that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The record.
    pub record: Uuid,
    /// Why.
    pub reason: String,
    /// Members who may change it all the same.
    pub except: Vec<Uuid>,
    /// Until when; until it is released where absent.
    pub until: Option<Timestamp>,
    /// Who locked it.
    pub locked_by: Uuid,
    /// When.
    pub locked_at: Timestamp,
}

/// A lock to be put on a record.
#[derive(Debug, Clone)]
pub struct NewLock {
    /// Why.
    pub reason: String,
    /// Members who may change it all the same.
    pub except: Vec<Uuid>,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl Lock {
    /// Whether it keeps the caller from changing the record.
    pub fn binds(&self, context: &Context) -> bool {
        !context.access.is_system() && !self.except.contains(&context.actor)
    }
}

/// What is known of a record's lock, and of what the caller may do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockState {
    /// The lock, if it is locked.
    pub lock: Option<Lock>,
    /// The object of the record that bears the lock, where that is another one this record is part of.
    pub through: Option<String>,
    /// Whether the lock keeps the caller from changing the record.
    pub binds: bool,
    /// Whether the caller may lock it.
    pub may_lock: bool,
    /// Whether the caller may release it.
    pub may_release: bool,
}

fn of_record(record: Uuid, now: Timestamp) -> Condition {
    Condition::equals(ColumnRef::main(RECORD), Value::Id(record)).and(alive(now))
}

fn alive(now: Timestamp) -> Condition {
    let until = ColumnRef::main(UNTIL);
    Condition::Or(vec![Condition::IsNull(until), Condition::Compare(until, CompareOp::Gt, Value::DateTime(now))])
}

fn read_lock(row: &[Value]) -> Option<Lock> {
    let [Value::Id(record), _, Value::Text(reason), Value::Json(except), until, Value::Id(locked_by), Value::DateTime(locked_at)] = row else {
        return None;
    };
    Some(Lock {
        record: *record,
        reason: reason.clone(),
        except: serde_json::from_value((**except).clone()).ok()?,
        until: if let Value::DateTime(at) = until { Some(*at) } else { None },
        locked_by: *locked_by,
        locked_at: *locked_at,
    })
}

/// The lock that holds on a record now, whoever asks.
pub(crate) fn lock_on(tx: &mut dyn ReadTx, record: Uuid, now: Timestamp) -> Result<Option<Lock>> {
    Ok(tx.first(&Select::all(&LOCK, of_record(record, now)))?.as_deref().and_then(read_lock))
}

/// Whether a record is locked, for those who may read it.
///
/// # Errors
/// Not found where the caller may not see the record.
pub fn lock_state(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<LockState> {
    let record = load_record(context, tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let may_lock = is_lockable(object) && load_record(context, tx, object, id, Verb::Lock, false)?.is_some();
    let own = lock_on(tx, id, context.now)?;
    let may_release = own.as_ref().is_some_and(|it| may_lock || it.locked_by == context.actor);
    let (lock, through) = match own {
        Some(lock) => (Some(lock), None),
        None => parts::lock_of_whole(context, tx, &record)?.map_or((None, None), |(whole, lock)| (Some(lock), Some(whole.name.clone()))),
    };
    Ok(LockState { binds: lock.as_ref().is_some_and(|it| it.binds(context)), may_release, may_lock, through, lock })
}

/// What rights and the engine itself rest on cannot be locked.
fn is_lockable(object: &Object) -> bool {
    !object.definition.internal && !object.definition.explicit_rights
}

/// Locks a record.
///
/// # Errors
/// Not found or forbidden as for other changes; `record_locked` where it is locked already; invalid where a value is.
pub fn lock(context: &Context, object: &Arc<Object>, id: Uuid, new: &NewLock) -> Result<()> {
    let (object, new) = (object.clone(), new.clone());
    let work = move |unit: &mut Unit<'_>| {
        unit.lock(&object, vec![id])?;
        let record = Planner::new(unit.context).reach(unit.tx, &object, id, Verb::Lock)?;
        if !is_lockable(&object) {
            return Err(KernelError::bad_request("bad_request", "这类记录不能锁定", "records of this kind cannot be locked"));
        }
        if let Some(lock) = lock_on(unit.tx, id, unit.context.now)? {
            return Err(locked(unit.context, unit.tx, &lock)?);
        }
        unit.put_lock(&record, &new)
    };
    run_unit(context, context.new_id(), "lock", Box::new(work))
}

/// Releases a record: whoever locked it may, and whoever may lock it.
///
/// # Errors
/// Not found where the caller may not see the record or it is not locked; forbidden.
pub fn release(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<()> {
    let object = object.clone();
    let work = move |unit: &mut Unit<'_>| {
        unit.lock(&object, vec![id])?;
        let state = lock_state(unit.context, unit.tx, &object, id)?;
        let lock = state.lock.filter(|_| state.through.is_none()).ok_or(KernelError::NotFound)?;
        if !state.may_release {
            return Err(KernelError::Forbidden(format!("lock {}", object.name)));
        }
        let record = load_record(unit.context, unit.tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        unit.release_lock(&record)?;
        unit.note(json!({ "reason": lock.reason, "locked_by": lock.locked_by, "locked_at": lock.locked_at.to_string() }));
        Ok(())
    };
    run_unit(context, context.new_id(), "unlock", Box::new(work))
}

impl Unit<'_> {
    /// Locks a record as part of something else.
    ///
    /// # Errors
    /// Invalid where there is no reason, the time is past or one of those named is no member.
    pub fn put_lock(&mut self, record: &Record, new: &NewLock) -> Result<()> {
        self.refuse_unfit_lock(new)?;
        let now = self.context.now;
        let except = json!(new.except);
        let row = vec![
            Value::Id(record.id()),
            Value::Text(record.object.name.clone()),
            Value::Text(new.reason.trim().to_owned()),
            Value::Json(Box::new(except.clone())),
            new.until.map_or(Value::Null, Value::DateTime),
            Value::Id(self.context.actor),
            Value::DateTime(now),
        ];
        // One that is over may still lie there.
        let on_conflict = OnConflict::Replace((OBJECT..COLUMNS).collect());
        self.tx.insert(&Insert { table: LOCK.clone(), columns: (0..COLUMNS).collect(), rows: vec![row], on_conflict })?;
        self.advance(record, "locked")?;
        self.note(json!({ "reason": new.reason.trim(), "except": except, "until": new.until.map(|it| it.to_string()) }));
        Ok(())
    }

    /// Releases a record as part of something else.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn release_lock(&mut self, record: &Record) -> Result<()> {
        forget_lock(self.tx, record.id())?;
        self.advance(record, "unlocked")
    }

    fn refuse_unfit_lock(&mut self, new: &NewLock) -> Result<()> {
        if new.reason.trim().is_empty() {
            return Err(KernelError::invalid("reason", "required", "请填写锁定原因", "say why the record is locked"));
        }
        if new.reason.chars().count() > MAX_REASON {
            return Err(KernelError::invalid("reason", "too_long", "原因最多500个字", "the reason is longer than 500 characters"));
        }
        if new.until.is_some_and(|it| it <= self.context.now) {
            return Err(KernelError::invalid("until", "too_small", "到期时间已过，请选择将来的时间", "this time is past; choose one in the future"));
        }
        if new.except.len() > MAX_EXCEPT {
            return Err(KernelError::invalid("except", "too_large", "最多可例外50名成员", "at most 50 members can be excepted"));
        }
        let wanted: HashSet<Uuid> = new.except.iter().copied().collect();
        let ids: Vec<Uuid> = wanted.into_iter().collect();
        let members = self.context.schema.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
        if load_records(self.context, self.tx, &members, &ids, Verb::Read, false)?.len() < ids.len() {
            return Err(KernelError::invalid("except", "no_such_record", "例外成员中有人不存在", "one of the excepted is no member"));
        }
        Ok(())
    }
}

/// Forgets the lock of a record.
pub(crate) fn forget_lock(tx: &mut dyn WriteTx, record: Uuid) -> Result<()> {
    tx.delete(&Delete { table: LOCK.clone(), condition: Condition::equals(ColumnRef::main(RECORD), Value::Id(record)) })?;
    Ok(())
}

/// Fails where a lock keeps the caller from changing a record.
///
/// # Errors
/// `record_locked`, which names who locked it, why, and how it is released.
pub(crate) fn refuse_if_locked(context: &Context, tx: &mut dyn ReadTx, record: Uuid) -> Result<()> {
    if context.access.is_system() {
        return Ok(());
    }
    match lock_on(tx, record, context.now)?.filter(|it| it.binds(context)) {
        Some(lock) => Err(locked(context, tx, &lock)?),
        None => Ok(()),
    }
}

/// What a planner knows of locks. A batch reads those of its object at once, as long as there are not too many.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    /// By object, the records that are locked; `None` where there are too many to know them all.
    known: HashMap<String, Option<HashSet<Uuid>>>,
}

impl Locks {
    /// Reads the locks of an object, once.
    pub(crate) fn expect(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<()> {
        if context.access.is_system() || self.known.contains_key(object) {
            return Ok(());
        }
        let of_object = Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned())).and(alive(context.now));
        let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&LOCK, of_object).limited(AT_ONCE) };
        let rows = tx.rows(&select)?;
        let all = (rows.len() as u64) < AT_ONCE;
        let ids = rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None });
        self.known.insert(object.to_owned(), all.then(|| ids.collect()));
        Ok(())
    }

    /// As [`refuse_if_locked`], with what is known of the record's object.
    pub(crate) fn refuse(&self, context: &Context, tx: &mut dyn ReadTx, object: &str, record: Uuid) -> Result<()> {
        let is_free = self.known.get(object).and_then(Option::as_ref).is_some_and(|it| !it.contains(&record));
        if is_free { Ok(()) } else { refuse_if_locked(context, tx, record) }
    }
}

/// What somebody is told who would change a locked record.
fn locked(context: &Context, tx: &mut dyn ReadTx, lock: &Lock) -> Result<KernelError> {
    let members = context.schema.object(MEMBER_OBJECT).cloned();
    let name = match members {
        Some(members) => load_record(&context.as_system(), tx, &members, lock.locked_by, Verb::Read, true)?.map(|it| it.title()),
        None => None,
    };
    let until = lock.until.map(|it| it.to_zoned(context.time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
    let (who_zh, who_en) = name.map_or_else(|| ("系统".to_owned(), "the system".to_owned()), |it| (it.clone(), it));
    let zh_until = until.as_ref().map_or_else(String::new, |it| format!("，至 {it}"));
    let en_until = until.as_ref().map_or_else(String::new, |it| format!(", until {it}"));
    let reason = &lock.reason;
    Ok(KernelError::conflict(
        "record_locked",
        format!("{who_zh}已锁定此记录（{reason}）{zh_until}。如需修改，请{who_zh}或有锁定权的人解除锁定"),
        format!("{who_en} locked this record ({reason}){en_until}; ask {who_en}, or somebody who may lock records, to release it"),
    ))
}

/// Forgets locks that are over. For a scheduled job; they hold no longer than their time anyway.
///
/// # Errors
/// Fails where the database does.
pub fn forget_expired(context: &Context) -> Result<u64> {
    context.access.require_administrator()?;
    let over = Condition::Compare(ColumnRef::main(UNTIL), CompareOp::Le, Value::DateTime(context.now));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: LOCK.clone(), condition: over.clone() })?))
}
