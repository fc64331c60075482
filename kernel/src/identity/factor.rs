//! Second factors of members, and the recovery codes that stand in for them. What proves a factor is the server's; here
//! is kept what it is proved against, and that nothing is accepted twice.

use guanxi_expr::Value;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::session::end_sessions_in;
use super::{MEMBER_OBJECT, ticket};
use crate::audit;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::{FACTOR, RECOVERY_CODE};

const ID: usize = 0;
const MEMBER: usize = 1;
const KIND: usize = 2;
const DATA: usize = 4;
const HANDLE: usize = 5;
const STEP: usize = 6;
const USED_AT: usize = 8;

/// Most factors of one member.
const MAX_FACTORS: u64 = 20;

/// Kinds of factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// Codes of an app that counts time.
    Totp,
    /// A key that signs.
    Passkey,
}

impl FactorKind {
    /// As stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
        }
    }
    fn from_name(name: &str) -> Option<Self> {
        [Self::Totp, Self::Passkey].into_iter().find(|it| it.name() == name)
    }
}

/// A factor.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// Id.
    pub id: Uuid,
    /// Whose it is.
    pub member: Uuid,
    /// Kind.
    pub kind: FactorKind,
    /// What its owner called it.
    pub name: String,
    /// What it is proved against.
    pub data: Json,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// A factor to be added.
#[derive(Debug, Clone)]
pub struct NewFactor {
    /// Kind.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub name: String,
    /// What it is proved against.
    pub data: Json,
    /// By what it is found when nobody said whose it is.
    pub handle: Option<String>,
    /// The step that was accepted when it was set up, where it counts steps.
    pub step: Option<i64>,
}

/// A recovery code: by what it is found, and the hash of the whole.
#[derive(Debug, Clone)]
pub struct RecoveryCode {
    /// First part, in the clear.
    pub selector: String,
    /// Hash of the code.
    pub hash: String,
}

fn read_factor(row: &[Value]) -> Option<Factor> {
    let [Value::Id(id), Value::Id(member), Value::Text(kind), Value::Text(name), Value::Json(data), _, _, Value::DateTime(created_at), used_at] = row
    else {
        return None;
    };
    let used_at = if let Value::DateTime(at) = used_at { Some(*at) } else { None };
    let kind = FactorKind::from_name(kind)?;
    Some(Factor { id: *id, member: *member, kind, name: name.clone(), data: (**data).clone(), created_at: *created_at, used_at })
}

fn of_member(member: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(MEMBER), Value::Id(member))
}

fn codes_of(member: Uuid) -> Condition {
    Condition::equals(ColumnRef::main(0), Value::Id(member))
}

/// A member's factors, oldest first.
///
/// # Errors
/// Fails where the database does.
pub fn factors(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Vec<Factor>> {
    let rows = tx.rows(&Select::all(&FACTOR, of_member(member)).order_by(ID, false))?;
    Ok(rows.iter().filter_map(|it| read_factor(it)).collect())
}

/// All members' factors of a kind.
///
/// # Errors
/// Fails where the database does.
pub fn factors_of_kind(tx: &mut (impl ReadTx + ?Sized), kind: FactorKind) -> Result<Vec<Factor>> {
    let same = Condition::equals(ColumnRef::main(KIND), Value::Text(kind.name().to_owned()));
    let rows = tx.rows(&Select::all(&FACTOR, same).order_by(ID, false))?;
    Ok(rows.iter().filter_map(|it| read_factor(it)).collect())
}

/// Stores a factor's secret sealed anew.
///
/// # Errors
/// Fails where the database does.
pub fn reseal_factor(context: &Context, factor: Uuid, data: Json) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(factor));
    let update = Update { table: FACTOR.clone(), set: vec![(DATA, Set::To(Value::Json(Box::new(data))))], condition };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// The factor found by this handle.
///
/// # Errors
/// Fails where the database does.
pub fn factor_by_handle(tx: &mut (impl ReadTx + ?Sized), handle: &str) -> Result<Option<Factor>> {
    let same = Condition::equals(ColumnRef::main(HANDLE), Value::Text(handle.to_owned()));
    Ok(tx.first(&Select::all(&FACTOR, same))?.as_deref().and_then(read_factor))
}

/// Adds a factor of the caller. His other sessions end. With the first one come recovery codes, which replace any there are.
///
/// # Errors
/// A conflict where he has too many, or the factor is somebody's already.
pub fn add_factor(context: &Context, factor: &NewFactor, codes: Option<&[RecoveryCode]>, session: Uuid) -> Result<Uuid> {
    context.require_proof()?;
    let (inner, factor, codes, id) = (context.clone(), factor.clone(), codes.map(<[_]>::to_vec), context.new_id());
    context.workspace.store.write_with(move |tx| {
        let member = inner.actor;
        if tx.count(&Select::all(&FACTOR, of_member(member)), Some(MAX_FACTORS))? >= MAX_FACTORS {
            return Err(KernelError::conflict("state_conflict", "验证方式过多，请先移除不用的", "too many factors; remove some you do not use"));
        }
        if let Some(handle) = &factor.handle
            && factor_by_handle(tx, handle)?.is_some()
        {
            return Err(KernelError::conflict("duplicate_value", "这个通行密钥已经添加过", "this passkey was added before"));
        }
        let row = vec![
            Value::Id(id),
            Value::Id(member),
            Value::Text(factor.kind.name().to_owned()),
            Value::Text(factor.name.clone()),
            Value::Json(Box::new(factor.data.clone())),
            factor.handle.clone().map_or(Value::Null, Value::Text),
            factor.step.map_or(Value::Null, Value::Int),
            Value::DateTime(inner.now),
            Value::Null,
        ];
        tx.insert(&Insert { table: FACTOR.clone(), columns: (ID..=USED_AT).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        if let Some(codes) = &codes {
            write_codes(&inner, tx, codes)?;
        }
        end_sessions_in(tx, member, Some(session))?;
        let detail = json!({ "kind": factor.kind, "name": factor.name });
        audit::append(&inner, tx, "add_factor", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail))
    })?;
    Ok(id)
}

/// Removes a factor of the caller; with the last one his recovery codes go. His other sessions end.
///
/// # Errors
/// Not found where he has none of this id; a conflict where the policy wants one and it is the last.
pub fn remove_factor(context: &Context, id: Uuid, session: Uuid) -> Result<()> {
    context.require_proof()?;
    let needed = context.workspace.sign_in_policy()?.needs_second_factor(&context.access.member);
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let member = inner.actor;
        let all = factors(tx, member)?;
        let factor = all.iter().find(|it| it.id == id).ok_or(KernelError::NotFound)?;
        if needed && all.len() == 1 {
            return Err(KernelError::conflict(
                "state_conflict",
                "贵公司要求两步验证，请先添加另一种方式再移除这一种",
                "your company requires a second factor; add another one before you remove this one",
            ));
        }
        tx.delete(&Delete { table: FACTOR.clone(), condition: Condition::equals(ColumnRef::main(ID), Value::Id(id)) })?;
        if all.len() == 1 {
            tx.delete(&Delete { table: RECOVERY_CODE.clone(), condition: codes_of(member) })?;
        }
        end_sessions_in(tx, member, Some(session))?;
        let detail = json!({ "kind": factor.kind, "name": factor.name });
        audit::append(&inner, tx, "remove_factor", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail))
    })
}

/// Takes all factors and recovery codes from a member who lost them. All his sessions end.
///
/// # Errors
/// Forbidden to all but administrators who have just proved who they are; not found where he has none.
pub fn reset_factors(context: &Context, member: Uuid) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let removed = tx.delete(&Delete { table: FACTOR.clone(), condition: of_member(member) })?;
        if removed == 0 {
            return Err(KernelError::NotFound);
        }
        tx.delete(&Delete { table: RECOVERY_CODE.clone(), condition: codes_of(member) })?;
        end_sessions_in(tx, member, None)?;
        ticket::revoke_all(tx, member)?;
        let detail = json!({ "removed": removed });
        audit::append(&inner, tx, "reset_factors", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail))
    })
}

/// Accepts a step of a factor that counts them: once, and none before it afterwards.
///
/// # Errors
/// Fails where the database does.
pub fn accept_step(context: &Context, factor: Uuid, step: i64) -> Result<bool> {
    let later =
        Condition::Or(vec![Condition::IsNull(ColumnRef::main(STEP)), Condition::Compare(ColumnRef::main(STEP), CompareOp::Lt, Value::Int(step))]);
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(factor)).and(later);
    let set = vec![(STEP, Set::To(Value::Int(step))), (USED_AT, Set::To(Value::DateTime(context.now)))];
    let update = Update { table: FACTOR.clone(), set, condition };
    Ok(context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?))? == 1)
}

/// Notes that a factor was used, and what it is proved against from now on.
///
/// # Errors
/// Fails where the database does.
pub fn note_factor_use(context: &Context, factor: Uuid, data: Json) -> Result<()> {
    let set = vec![(DATA, Set::To(Value::Json(Box::new(data)))), (USED_AT, Set::To(Value::DateTime(context.now)))];
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(factor));
    let update = Update { table: FACTOR.clone(), set, condition };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

fn write_codes(context: &Context, tx: &mut dyn WriteTx, codes: &[RecoveryCode]) -> Result<()> {
    let member = context.actor;
    tx.delete(&Delete { table: RECOVERY_CODE.clone(), condition: codes_of(member) })?;
    let row =
        |it: &RecoveryCode| vec![Value::Id(member), Value::Text(it.selector.clone()), Value::Text(it.hash.clone()), Value::DateTime(context.now)];
    let rows = codes.iter().map(row).collect();
    tx.insert(&Insert { table: RECOVERY_CODE.clone(), columns: (0..=3).collect(), rows, on_conflict: OnConflict::Fail })?;
    Ok(())
}

/// Gives the caller other recovery codes; the ones he had are void.
///
/// # Errors
/// A conflict where he has no factor they could stand in for.
pub fn replace_recovery_codes(context: &Context, codes: &[RecoveryCode]) -> Result<()> {
    context.require_proof()?;
    let (inner, codes) = (context.clone(), codes.to_vec());
    context.workspace.store.write_with(move |tx| {
        if tx.count(&Select::all(&FACTOR, of_member(inner.actor)), Some(1))? == 0 {
            return Err(KernelError::conflict("state_conflict", "请先设置两步验证", "set up a second factor first"));
        }
        write_codes(&inner, tx, &codes)?;
        audit::append(&inner, tx, "replace_recovery_codes", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)
    })
}

/// How many recovery codes a member has left.
///
/// # Errors
/// Fails where the database does.
pub fn recovery_codes_left(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<u64> {
    Ok(tx.count(&Select::all(&RECOVERY_CODE, codes_of(member)), None)?)
}

/// Hash of a member's recovery code.
///
/// # Errors
/// Fails where the database does.
pub fn recovery_hash(tx: &mut (impl ReadTx + ?Sized), member: Uuid, selector: &str) -> Result<Option<String>> {
    let one = codes_of(member).and(Condition::equals(ColumnRef::main(1), Value::Text(selector.to_owned())));
    Ok(tx.first(&Select::all(&RECOVERY_CODE, one))?.and_then(|row| row.get(2).and_then(Value::as_text).map(str::to_owned)))
}

/// Uses a recovery code up. Answers whether this call got it.
///
/// # Errors
/// Fails where the database does.
pub fn use_recovery_code(context: &Context, member: Uuid, selector: &str) -> Result<bool> {
    let (inner, selector) = (context.clone(), selector.to_owned());
    context.workspace.store.write_with(move |tx| {
        let one = codes_of(member).and(Condition::equals(ColumnRef::main(1), Value::Text(selector.clone())));
        if tx.delete(&Delete { table: RECOVERY_CODE.clone(), condition: one })? == 0 {
            return Ok(false);
        }
        let left = recovery_codes_left(tx, member)?;
        let detail = json!({ "left": left });
        audit::append(&inner, tx, "use_recovery_code", Some(MEMBER_OBJECT), Some(member), None, 0, Some(detail))?;
        Ok(true)
    })
}
