//! Records shared one by one: with a member, a team or a department, for a time or until something ends.
//!
//! A share is part of the record's rights, not of its content: it makes an audit row and an event of its own, and the
//! record keeps its version.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::access::{Member, Principal, ShareLevel, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use crate::read::{Record, load_record};
use crate::schema::{ID, Object};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::{SHARE, SHARED_OBJECT};
use crate::write::{Planner, Unit, run_unit};

const OBJECT: usize = 1;
const RECORD: usize = 2;
const PRINCIPAL: usize = 3;
const LEVEL: usize = 4;
const EXPIRES_AT: usize = 5;
const SOURCE: usize = 7;
const SOURCE_OBJECT: usize = 10;
const COLUMNS: usize = 11;
/// Where the event `shared` tells with whom, as [`Principal::key`] writes it.
pub const SHARED_WITH: &str = "shared with";
/// Most shares of one record.
const MAX_SHARES: u64 = 500;

/// A share as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: Uuid,
    /// Object of the record.
    pub object: String,
    /// The record.
    pub record: Uuid,
    /// Whom.
    pub principal: Principal,
    /// How much.
    pub level: ShareLevel,
    /// Until when; for good where absent.
    pub expires_at: Option<Timestamp>,
    /// `manual`, or what made it: `task`, `approval`, `request`.
    pub reason: String,
    /// The record it ends with, by its object and id.
    pub source: Option<(String, Uuid)>,
    /// Who gave it.
    pub granted_by: Uuid,
    /// When.
    pub created_at: Timestamp,
}

/// A share to be made.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// Whom.
    pub principal: Principal,
    /// How much.
    pub level: ShareLevel,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

/// The rows of an object that are shared with the caller now, at this level or above.
pub(crate) fn shared_rows(context: &Context, object: &str, level: ShareLevel) -> Condition {
    let member = &context.access.member;
    let levels = ShareLevel::ALL.into_iter().filter(|it| *it >= level).map(|it| Value::Text(it.name().into())).collect();
    let condition = Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned()))
        .and(Condition::In(ColumnRef::main(PRINCIPAL), principals(member), false))
        .and(Condition::In(ColumnRef::main(LEVEL), levels, false))
        .and(alive(context.now));
    let select = Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&SHARE, condition) };
    Condition::InSelect(ColumnRef::main(ID), Box::new(select), false)
}

fn principals(member: &Member) -> Vec<Value> {
    member.principals().into_iter().map(Value::Text).collect()
}

fn alive(now: Timestamp) -> Condition {
    let expires_at = ColumnRef::main(EXPIRES_AT);
    Condition::Or(vec![Condition::IsNull(expires_at), Condition::Compare(expires_at, CompareOp::Gt, Value::DateTime(now))])
}

/// Objects of which records are or were shared with a member.
///
/// # Errors
/// Fails where the database does.
pub fn shared_objects(tx: &mut (impl ReadTx + ?Sized), member: &Member) -> Result<std::collections::BTreeSet<String>> {
    let select =
        Select { columns: vec![ColumnRef::main(1)], ..Select::all(&SHARED_OBJECT, Condition::In(ColumnRef::main(0), principals(member), false)) };
    let rows = tx.rows(&select)?;
    Ok(rows.into_iter().filter_map(|mut row| if let Some(Value::Text(object)) = row.pop() { Some(object) } else { None }).collect())
}

/// With whom a record is shared, for those who may read it.
///
/// # Errors
/// Not found where the caller may not see the record.
pub fn shares_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<Vec<Share>> {
    load_record(context, tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let of_record = Condition::equals(ColumnRef::main(RECORD), Value::Id(id)).and(alive(context.now));
    let rows = tx.rows(&Select::all(&SHARE, of_record).order_by(ID, false).limited(MAX_SHARES))?;
    Ok(rows.iter().filter_map(|it| share_of(it)).collect())
}

/// The shares of a record that reach the caller himself.
pub(crate) fn shares_reaching(context: &Context, tx: &mut dyn ReadTx, object: &Object, id: Uuid) -> Result<Vec<Share>> {
    let reaching = Condition::equals(ColumnRef::main(RECORD), Value::Id(id))
        .and(Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.name.clone())))
        .and(Condition::In(ColumnRef::main(PRINCIPAL), principals(&context.access.member), false))
        .and(alive(context.now));
    let rows = tx.rows(&Select::all(&SHARE, reaching).order_by(ID, false).limited(MAX_SHARES))?;
    Ok(rows.iter().filter_map(|it| share_of(it)).collect())
}

fn share_of(row: &[Value]) -> Option<Share> {
    let [Value::Id(id), Value::Text(object), Value::Id(record), Value::Text(principal), Value::Text(level), expires_at, rest @ ..] = row else {
        return None;
    };
    let [Value::Text(reason), source, Value::Id(granted_by), Value::DateTime(created_at), source_object] = rest else { return None };
    Some(Share {
        id: *id,
        object: object.clone(),
        record: *record,
        principal: Principal::from_key(principal)?,
        level: ShareLevel::named(level)?,
        expires_at: if let Value::DateTime(at) = expires_at { Some(*at) } else { None },
        reason: reason.clone(),
        source: if let (Value::Text(object), Value::Id(id)) = (source_object, source) { Some((object.clone(), *id)) } else { None },
        granted_by: *granted_by,
        created_at: *created_at,
    })
}

/// Shares a record; what was shared with the same principal by hand is replaced.
///
/// # Errors
/// Not found or forbidden as for other changes; invalid where there is no such principal or the time is past.
pub fn share(context: &Context, object: &Arc<Object>, id: Uuid, new: &NewShare) -> Result<()> {
    let (object, new) = (object.clone(), new.clone());
    run_unit(context, context.new_id(), "share", Box::new(move |unit| unit.share(&object, id, &new)))
}

/// Ends what is shared with a principal, whatever made it: whoever may share a record may take it back.
///
/// # Errors
/// Not found or forbidden as for other changes; not found where nothing is shared.
pub fn unshare(context: &Context, object: &Arc<Object>, id: Uuid, principal: Principal) -> Result<()> {
    let object = object.clone();
    run_unit(
        context,
        context.new_id(),
        "unshare",
        Box::new(move |unit| {
            let record = Planner::new(unit.context).reach(unit.tx, &object, id, Verb::Share)?;
            let all = with_principal(record.id(), principal);
            if unit.tx.delete(&Delete { table: SHARE.clone(), condition: all })? == 0 {
                return Err(KernelError::NotFound);
            }
            unit.emit(&record, "unshared", Map::new());
            unit.note(detail(principal, None, None));
            Ok(())
        }),
    )
}

fn take_away(unit: &mut Unit<'_>, record: &Record, principal: Principal) -> Result<u64> {
    let by_hand = with_principal(record.id(), principal).and(Condition::IsNull(ColumnRef::main(SOURCE)));
    Ok(unit.tx.delete(&Delete { table: SHARE.clone(), condition: by_hand })?)
}

fn with_principal(record: Uuid, principal: Principal) -> Condition {
    let of_record = Condition::equals(ColumnRef::main(RECORD), Value::Id(record));
    of_record.and(Condition::equals(ColumnRef::main(PRINCIPAL), Value::Text(principal.key())))
}

/// A share must reach somebody, and not be over before it begins.
fn refuse_unfit(unit: &mut Unit<'_>, object: &Object, new: &NewShare) -> Result<()> {
    if object.definition.internal {
        return Err(KernelError::bad_request("bad_request", "这类记录不能单独共享", "records of this kind cannot be shared one by one"));
    }
    if new.expires_at.is_some_and(|it| it <= unit.context.now) {
        return Err(KernelError::invalid("expires_at", "too_small", "到期时间已过，请选择将来的时间", "this time is past; choose one in the future"));
    }
    let target = match new.principal {
        Principal::Member(_) => MEMBER_OBJECT,
        Principal::Team(_) => TEAM_OBJECT,
        Principal::Department(_) | Principal::DepartmentTree(_) => DEPARTMENT_OBJECT,
    };
    let found = match unit.context.schema.object(target).cloned() {
        Some(target) => load_record(unit.context, unit.tx, &target, new.principal.id(), Verb::Read, false)?,
        None => None,
    };
    found
        .map(|_| ())
        .ok_or_else(|| KernelError::invalid("principal", "no_such_record", "没有这个成员、团队或部门", "there is no such member, team or department"))
}

/// What the audit log keeps of a share.
fn detail(principal: Principal, level: Option<ShareLevel>, expires_at: Option<Timestamp>) -> Json {
    let with = json!({ "kind": principal.kind(), "id": principal.id() });
    json!({ "with": with, "level": level.map(ShareLevel::name), "expires_at": expires_at.map(|it| it.to_string()) })
}

impl Unit<'_> {
    /// Shares a record by hand within a larger change; see [`share`].
    ///
    /// # Errors
    /// As of [`share`].
    pub fn share(&mut self, object: &Arc<Object>, id: Uuid, new: &NewShare) -> Result<()> {
        let record = Planner::new(self.context).reach(self.tx, object, id, Verb::Share)?;
        refuse_unfit(self, object, new)?;
        take_away(self, &record, new.principal)?;
        self.grant(&record, new, "manual", None)
    }

    /// Shares a record as part of something else, until `source` ends it with [`Unit::end_shares_of`].
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn share_until(&mut self, record: &Record, principal: Principal, level: ShareLevel, reason: &str, source: (&str, Uuid)) -> Result<()> {
        self.grant(record, &NewShare { principal, level, expires_at: None }, reason, Some(source))
    }

    /// Shares a record as the caller could by hand, because of another record: a request that is granted.
    ///
    /// # Errors
    /// As of [`share`].
    pub fn share_because(&mut self, object: &Arc<Object>, id: Uuid, new: &NewShare, reason: &str, source: (&str, Uuid)) -> Result<()> {
        let record = Planner::new(self.context).reach(self.tx, object, id, Verb::Share)?;
        refuse_unfit(self, object, new)?;
        self.grant(&record, new, reason, Some(source))
    }

    /// Ends what was shared because of a record: a task is done, an approval decided.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn end_shares_of(&mut self, source: Uuid) -> Result<()> {
        self.tx.delete(&Delete { table: SHARE.clone(), condition: Condition::equals(ColumnRef::main(SOURCE), Value::Id(source)) })?;
        Ok(())
    }

    /// Ends what was shared of one record with somebody because of another.
    pub(crate) fn end_share(&mut self, record: Uuid, principal: Principal, source: Uuid) -> Result<()> {
        let condition = with_principal(record, principal).and(Condition::equals(ColumnRef::main(SOURCE), Value::Id(source)));
        self.tx.delete(&Delete { table: SHARE.clone(), condition })?;
        Ok(())
    }

    fn grant(&mut self, record: &Record, new: &NewShare, reason: &str, source: Option<(&str, Uuid)>) -> Result<()> {
        let key = Value::Text(new.principal.key());
        let object = Value::Text(record.object.name.clone());
        let mut row = vec![Value::Null; COLUMNS];
        row[ID] = Value::Id(self.context.new_id());
        row[OBJECT] = object.clone();
        row[RECORD] = Value::Id(record.id());
        row[PRINCIPAL] = key.clone();
        row[LEVEL] = Value::Text(new.level.name().into());
        row[EXPIRES_AT] = new.expires_at.map_or(Value::Null, Value::DateTime);
        row[6] = Value::Text(reason.to_owned());
        row[SOURCE] = source.map_or(Value::Null, |it| Value::Id(it.1));
        row[SOURCE_OBJECT] = source.map_or(Value::Null, |it| Value::Text(it.0.to_owned()));
        row[8] = Value::Id(self.context.actor);
        row[9] = Value::DateTime(self.context.now);
        self.tx.insert(&Insert { table: SHARE.clone(), columns: (0..COLUMNS).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        let seen = Insert { table: SHARED_OBJECT.clone(), columns: vec![0, 1], rows: vec![vec![key, object]], on_conflict: OnConflict::Ignore };
        self.tx.insert(&seen)?;
        // Readers of the log learn with whom; callers see of events what stands in fields, and this is none.
        self.emit(record, "shared", Map::from_iter([(SHARED_WITH.to_owned(), json!([null, new.principal.key()]))]));
        self.note(detail(new.principal, Some(new.level), new.expires_at));
        Ok(())
    }

    /// Ends what was shared of a record that is gone for good.
    pub fn forget_shares_of(&mut self, record: Uuid) -> Result<()> {
        self.tx.delete(&Delete { table: SHARE.clone(), condition: Condition::equals(ColumnRef::main(RECORD), Value::Id(record)) })?;
        Ok(())
    }
}

/// Lets what is shared of one record be shared of another one that takes its place, except what is shared of that one already;
/// answers which.
pub(crate) fn move_shares(tx: &mut dyn WriteTx, from: Uuid, to: Uuid) -> Result<Vec<Uuid>> {
    let mut of = |record: Uuid| -> Result<Vec<Share>> {
        let rows = tx.rows(&Select::all(&SHARE, Condition::equals(ColumnRef::main(RECORD), Value::Id(record))).limited(MAX_SHARES))?;
        Ok(rows.iter().filter_map(|it| share_of(it)).collect())
    };
    let there = of(to)?;
    let is_there = |share: &Share| {
        there.iter().any(|it| (it.principal, it.level, it.expires_at, &it.source) == (share.principal, share.level, share.expires_at, &share.source))
    };
    let moved: Vec<Uuid> = of(from)?.iter().filter(|it| !is_there(it)).map(|it| it.id).collect();
    move_back(tx, &moved, to)?;
    Ok(moved)
}

/// Lets these shares, as far as they are still there, be of this record.
pub(crate) fn move_back(tx: &mut dyn WriteTx, shares: &[Uuid], record: Uuid) -> Result<()> {
    if shares.is_empty() {
        return Ok(());
    }
    let those = Condition::In(ColumnRef::main(ID), shares.iter().copied().map(Value::Id).collect(), false);
    tx.update(&Update { table: SHARE.clone(), set: vec![(RECORD, Set::To(Value::Id(record)))], condition: those })?;
    Ok(())
}

/// Forgets shares that are over. For a scheduled job; rights do not wait for it.
///
/// # Errors
/// Fails where the database does.
pub fn forget_expired(context: &Context) -> Result<()> {
    use crate::store::StoreExt as _;
    context.access.require_administrator()?;
    let over = Condition::Compare(ColumnRef::main(EXPIRES_AT), CompareOp::Le, Value::DateTime(context.now));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: SHARE.clone(), condition: over.clone() })?)).map(|_| ())
}
