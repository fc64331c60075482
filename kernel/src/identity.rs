//! Who signs in: members as callers, their credentials, sessions, API keys and preferences.
//!
//! Hashing is the server's: only hashes of passwords and tokens come here, so nothing in the database signs anyone in.

use std::collections::HashMap;

use guanxi_expr::Value;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::access::Member;
use crate::audit;
use crate::context::{Context, Locale};
use crate::error::{KernelError, Result};
use crate::read::Record;
use crate::schema::{DELETED_AT, ID, Schema};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::{API_KEY, CREDENTIAL, PREFERENCE, SESSION};
use crate::workspace::Settings;
use crate::write::{Unit, run_unit};

/// The object whose records are the members.
pub const MEMBER_OBJECT: &str = "user";
/// The object whose records are the departments.
pub const DEPARTMENT_OBJECT: &str = "department";
/// Most API keys of one member.
const MAX_API_KEYS: u64 = 50;
/// Most departments walked through to find those below one.
const MAX_DEPARTMENTS: u64 = 20_000;

/// A member who may act now.
#[derive(Debug, Clone)]
pub struct Identity {
    /// As far as rights are concerned.
    pub member: Member,
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// Interface language.
    pub locale: Locale,
    /// The member's own time zone, `None` where it is unset or unknown.
    pub time_zone: Option<TimeZone>,
    /// Name of the main department.
    pub department_label: Option<String>,
}

/// The member of this id; `None` where there is none, or he was deactivated or deleted.
///
/// # Errors
/// Fails where the database does.
pub fn identity(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Option<Identity>> {
    let Some(object) = schema.object(MEMBER_OBJECT) else { return Ok(None) };
    let live = Condition::equals(ColumnRef::main(ID), Value::Id(member)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let Some(row) = tx.first(&Select::all(&object.table, live))? else { return Ok(None) };
    let record = Record { object: object.clone(), row };
    if record.value("active") == Value::Bool(false) {
        return Ok(None);
    }
    let department = record.reference("department");
    let (departments, department_label) = match department {
        Some(id) => departments_below(schema, tx, id)?,
        None => (Vec::new(), None),
    };
    let text = |name: &str| record.value(name).as_text().map(str::to_owned);
    Ok(Some(Identity {
        member: Member { id: member, roles: texts(&record.value("roles")), department, departments },
        name: record.title(),
        email: text("email").unwrap_or_default(),
        locale: Locale::from_tag(text("locale").as_deref().unwrap_or_default()),
        time_zone: text("time_zone").and_then(|it| TimeZone::get(&it).ok()),
        department_label,
    }))
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Json(json) => json.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        Value::List(items) => items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// A department with all below it, and its name.
fn departments_below(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), root: Uuid) -> Result<(Vec<Uuid>, Option<String>)> {
    let Some(object) = schema.object(DEPARTMENT_OBJECT) else { return Ok((vec![root], None)) };
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let mut below: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut label = None;
    for row in tx.rows(&Select::all(&object.table, live).limited(MAX_DEPARTMENTS))? {
        let record = Record { object: object.clone(), row };
        if record.id() == root {
            label = Some(record.title());
        }
        if let Some(parent) = record.reference("parent") {
            below.entry(parent).or_default().push(record.id());
        }
    }
    let mut all = vec![root];
    let mut next = 0;
    while let Some(children) = all.get(next).map(|it| below.remove(it).unwrap_or_default()) {
        all.extend(children);
        next += 1;
    }
    Ok((all, label))
}

/// The member with this sign-in name, whatever its letters' case; active or not.
///
/// # Errors
/// Fails where the database does.
pub fn find_member(schema: &Schema, tx: &mut (impl ReadTx + ?Sized), email: &str) -> Result<Option<Uuid>> {
    let Some(object) = schema.object(MEMBER_OBJECT) else { return Ok(None) };
    let Some(part) = object.field("email").and_then(|it| it.part("")) else { return Ok(None) };
    let Ok(wanted) = guanxi_text::email::normalise(email.trim()) else { return Ok(None) };
    // Before the @ an address is stored as written; people type it in lower case.
    for spelling in [wanted.clone(), wanted.to_lowercase()] {
        let same = Condition::equals(ColumnRef::main(part.column), Value::Text(spelling)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, same).limited(1) };
        if let Some([Value::Id(id)]) = tx.first(&select)?.as_deref() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// Fails where the database does.
pub fn needs_setup(tx: &mut (impl ReadTx + ?Sized)) -> Result<bool> {
    Ok(tx.count(&Select::all(&CREDENTIAL, Condition::True), Some(1))? == 0)
}

/// A member to be made.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Values of the record, e-mail and roles among them.
    pub values: Map<String, Json>,
    /// Hash of the password.
    pub password_hash: String,
}

/// Makes the first administrator and names the company; once only.
///
/// # Errors
/// `already_set_up` afterwards; the record's own problems.
pub fn set_up(context: &Context, company: &str, member: &NewMember) -> Result<Uuid> {
    let settings = Settings { name: company.to_owned(), ..(*context.workspace.settings()).clone() };
    let member = member.clone();
    let id = run_unit(
        context,
        context.new_id(),
        "set_up",
        Box::new(move |unit| {
            unit.tx.serialise("setup")?;
            if !needs_setup(unit.tx)? {
                return Err(KernelError::conflict("already_set_up", "系统已完成初始设置，请直接登录", "this server is set up already; sign in"));
            }
            add_member_in(unit, &member)
        }),
    )?;
    context.workspace.save_settings(context, settings)?;
    Ok(id)
}

/// Makes a member who can sign in.
///
/// # Errors
/// The record's own problems.
pub fn add_member(context: &Context, member: &NewMember) -> Result<Uuid> {
    context.access.require_administrator()?;
    let member = member.clone();
    run_unit(context, context.new_id(), "add_member", Box::new(move |unit| add_member_in(unit, &member)))
}

fn add_member_in(unit: &mut Unit<'_>, member: &NewMember) -> Result<Uuid> {
    let id = unit.create_as_system(MEMBER_OBJECT, &member.values)?.id();
    write_credential(unit.tx, id, &member.password_hash, unit.context.now)?;
    Ok(id)
}

/// Hash of a member's password.
///
/// # Errors
/// Fails where the database does.
pub fn credential(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Option<String>> {
    let row = tx.first(&Select::all(&CREDENTIAL, Condition::equals(ColumnRef::main(0), Value::Id(member))))?;
    Ok(row.as_deref().and_then(|it| it.get(1)).and_then(Value::as_text).map(str::to_owned))
}

/// Sets a password: one's own, or as an administrator anyone's. All sessions end but the one whose token hash is named.
///
/// # Errors
/// Forbidden for others' passwords; not found where there is no such member.
pub fn set_credential(context: &Context, member: Uuid, hash: &str, keep_session: Option<&str>) -> Result<()> {
    if member != context.actor {
        context.access.require_administrator()?;
    }
    let (inner, hash, keep) = (context.clone(), hash.to_owned(), keep_session.map(str::to_owned));
    context.workspace.store.write_with(move |tx| {
        let object = inner.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
        let live = Condition::equals(ColumnRef::main(ID), Value::Id(member)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        if tx.count(&Select::all(&object.table, live), Some(1))? == 0 {
            return Err(KernelError::NotFound);
        }
        write_credential(tx, member, &hash, inner.now)?;
        let mut ended = Condition::equals(ColumnRef::main(1), Value::Id(member));
        if let Some(keep) = &keep {
            ended = ended.and(Condition::Compare(ColumnRef::main(0), CompareOp::Ne, Value::Text(keep.clone())));
        }
        tx.delete(&Delete { table: SESSION.clone(), condition: ended })?;
        audit::append(&inner, tx, "set_password", Some(MEMBER_OBJECT), Some(member), None, 1, None)
    })
}

/// Lets a member sign in, within a change of the engine's own.
///
/// # Errors
/// Forbidden to callers who are not administrators.
pub fn give_credential(unit: &mut Unit<'_>, member: Uuid, hash: &str) -> Result<()> {
    unit.context.access.require_administrator()?;
    write_credential(unit.tx, member, hash, unit.context.now)
}

fn write_credential(tx: &mut dyn WriteTx, member: Uuid, hash: &str, now: Timestamp) -> Result<()> {
    let row = vec![Value::Id(member), Value::Text(hash.to_owned()), Value::DateTime(now)];
    tx.insert(&Insert { table: CREDENTIAL.clone(), columns: vec![0, 1, 2], rows: vec![row], on_conflict: OnConflict::Replace(vec![1, 2]) })?;
    Ok(())
}

/// A session that still lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub member: Uuid,
    /// What unsafe requests must repeat.
    pub csrf: String,
    /// When it was last used, to within a few minutes.
    pub seen_at: Timestamp,
}

/// Opens a session and forgets the member's dead ones.
///
/// # Errors
/// Fails where the database does.
pub fn open_session(context: &Context, member: Uuid, token_hash: &str, csrf: &str, lifetime: SignedDuration) -> Result<()> {
    let (inner, token_hash, csrf) = (context.clone(), token_hash.to_owned(), csrf.to_owned());
    context.workspace.store.write_with(move |tx| {
        let now = Value::DateTime(inner.now);
        let dead = Condition::equals(ColumnRef::main(1), Value::Id(member)).and(Condition::Compare(ColumnRef::main(5), CompareOp::Le, now.clone()));
        tx.delete(&Delete { table: SESSION.clone(), condition: dead })?;
        let row = vec![
            Value::Text(token_hash.clone()),
            Value::Id(member),
            Value::Text(csrf.clone()),
            now.clone(),
            now,
            Value::DateTime(inner.now + lifetime),
        ];
        tx.insert(&Insert { table: SESSION.clone(), columns: (0..=5).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        audit::append(&inner, tx, "sign_in", Some(MEMBER_OBJECT), Some(member), None, 0, None)
    })
}

/// The session with this token hash, unless it is over or was unused for longer than `idle`.
///
/// # Errors
/// Fails where the database does.
pub fn session(tx: &mut (impl ReadTx + ?Sized), token_hash: &str, now: Timestamp, idle: SignedDuration) -> Result<Option<Session>> {
    let row = tx.first(&Select::all(&SESSION, Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned()))))?;
    let Some([_, Value::Id(member), Value::Text(csrf), _, Value::DateTime(seen_at), Value::DateTime(expires_at)]) = row.as_deref() else {
        return Ok(None);
    };
    let alive = *expires_at > now && *seen_at + idle > now;
    Ok(alive.then(|| Session { member: *member, csrf: csrf.clone(), seen_at: *seen_at }))
}

/// Notes that a session was used.
///
/// # Errors
/// Fails where the database does.
pub fn touch_session(context: &Context, token_hash: &str) -> Result<()> {
    let update = Update {
        table: SESSION.clone(),
        set: vec![(4, Set::To(Value::DateTime(context.now)))],
        condition: Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned())),
    };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// Ends a session.
///
/// # Errors
/// Fails where the database does.
pub fn close_session(context: &Context, token_hash: &str) -> Result<()> {
    let (inner, condition) = (context.clone(), Condition::equals(ColumnRef::main(0), Value::Text(token_hash.to_owned())));
    context.workspace.store.write_with(move |tx| {
        if tx.delete(&Delete { table: SESSION.clone(), condition: condition.clone() })? > 0 {
            audit::append(&inner, tx, "sign_out", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)?;
        }
        Ok(())
    })
}

/// Forgets sessions that are over, of everybody.
///
/// # Errors
/// Fails where the database does.
pub fn forget_dead_sessions(context: &Context, idle: SignedDuration) -> Result<u64> {
    let now = context.now;
    let dead = Condition::Or(vec![
        Condition::Compare(ColumnRef::main(5), CompareOp::Le, Value::DateTime(now)),
        Condition::Compare(ColumnRef::main(4), CompareOp::Le, Value::DateTime(now - idle)),
    ]);
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: SESSION.clone(), condition: dead.clone() })?))
}

/// Ends all sessions and forgets all API keys: for a copy of a workspace, which must not let in who could enter the original.
///
/// # Errors
/// Forbidden to callers who are not administrators.
pub fn forget_everyone_signed_in(context: &Context) -> Result<()> {
    context.access.require_administrator()?;
    context.workspace.store.write_with(|tx| {
        for table in [&SESSION, &API_KEY, &crate::system_tables::IDEMPOTENCY] {
            tx.delete(&Delete { table: (*table).clone(), condition: Condition::True })?;
        }
        Ok(())
    })
}

/// An API key as its owner sees it; the secret is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ApiKey {
    /// Id.
    pub id: Uuid,
    /// What its owner called it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within an hour.
    pub used_at: Option<Timestamp>,
}

fn read_api_key(row: &[Value]) -> Option<(Uuid, ApiKey)> {
    let [Value::Id(id), Value::Id(member), Value::Text(name), _, Value::DateTime(created_at), expires_at, used_at] = row else { return None };
    let time = |value: &Value| if let Value::DateTime(it) = value { Some(*it) } else { None };
    let key = ApiKey { id: *id, name: name.clone(), created_at: *created_at, expires_at: time(expires_at), used_at: time(used_at) };
    Some((*member, key))
}

/// Makes a key for the caller.
///
/// # Errors
/// A conflict where he has too many.
pub fn add_api_key(context: &Context, name: &str, key_hash: &str, expires_at: Option<Timestamp>) -> Result<ApiKey> {
    let key = ApiKey { id: context.new_id(), name: name.to_owned(), created_at: context.now, expires_at, used_at: None };
    let (inner, answer, hash) = (context.clone(), key.clone(), key_hash.to_owned());
    context.workspace.store.write_with(move |tx| {
        let own = Select::all(&API_KEY, Condition::equals(ColumnRef::main(1), Value::Id(inner.actor)));
        if tx.count(&own, Some(MAX_API_KEYS))? >= MAX_API_KEYS {
            return Err(KernelError::conflict("state_conflict", "API 密钥过多，请先删除不用的密钥", "too many API keys; remove some you do not use"));
        }
        let row = vec![
            Value::Id(key.id),
            Value::Id(inner.actor),
            Value::Text(key.name.clone()),
            Value::Text(hash.clone()),
            Value::DateTime(key.created_at),
            key.expires_at.map_or(Value::Null, Value::DateTime),
            Value::Null,
        ];
        tx.insert(&Insert { table: API_KEY.clone(), columns: (0..=6).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        audit::append(&inner, tx, "add_api_key", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, Some(serde_json::json!({ "name": key.name })))
    })?;
    Ok(answer)
}

/// The caller's keys, newest first.
///
/// # Errors
/// Fails where the database does.
pub fn api_keys(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<ApiKey>> {
    let own = Condition::equals(ColumnRef::main(1), Value::Id(context.actor));
    let rows = tx.rows(&Select::all(&API_KEY, own).order_by(0, true))?;
    Ok(rows.iter().filter_map(|it| read_api_key(it)).map(|(_, key)| key).collect())
}

/// Removes one of the caller's keys.
///
/// # Errors
/// Not found where he has none of this id.
pub fn remove_api_key(context: &Context, id: Uuid) -> Result<()> {
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let own = Condition::equals(ColumnRef::main(0), Value::Id(id)).and(Condition::equals(ColumnRef::main(1), Value::Id(inner.actor)));
        if tx.delete(&Delete { table: API_KEY.clone(), condition: own })? == 0 {
            return Err(KernelError::NotFound);
        }
        audit::append(&inner, tx, "remove_api_key", Some(MEMBER_OBJECT), Some(inner.actor), None, 0, None)
    })
}

/// The key with this hash and its owner, unless it has expired.
///
/// # Errors
/// Fails where the database does.
pub fn find_api_key(tx: &mut (impl ReadTx + ?Sized), key_hash: &str, now: Timestamp) -> Result<Option<(Uuid, ApiKey)>> {
    let row = tx.first(&Select::all(&API_KEY, Condition::equals(ColumnRef::main(3), Value::Text(key_hash.to_owned()))))?;
    let found = row.as_deref().and_then(read_api_key);
    Ok(found.filter(|(_, key)| key.expires_at.is_none_or(|it| it > now)))
}

/// Notes that a key was used.
///
/// # Errors
/// Fails where the database does.
pub fn touch_api_key(context: &Context, id: Uuid) -> Result<()> {
    let update = Update {
        table: API_KEY.clone(),
        set: vec![(6, Set::To(Value::DateTime(context.now)))],
        condition: Condition::equals(ColumnRef::main(0), Value::Id(id)),
    };
    context.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).map(|_| ())
}

/// What a member set for himself: a JSON object.
///
/// # Errors
/// Fails where the database does.
pub fn preferences(tx: &mut (impl ReadTx + ?Sized), member: Uuid) -> Result<Map<String, Json>> {
    let row = tx.first(&Select::all(&PREFERENCE, Condition::equals(ColumnRef::main(0), Value::Id(member))))?;
    Ok(match row.and_then(|mut it| it.pop()) {
        Some(Value::Json(json)) => {
            if let Json::Object(map) = *json {
                map
            } else {
                Map::new()
            }
        }
        _ => Map::new(),
    })
}

/// Stores the caller's preferences.
///
/// # Errors
/// Fails where the database does.
pub fn save_preferences(context: &Context, preferences: Map<String, Json>) -> Result<()> {
    let row = vec![Value::Id(context.actor), Value::Json(Box::new(Json::Object(preferences)))];
    let insert = Insert { table: PREFERENCE.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) };
    context.workspace.store.write_with(move |tx| Ok(tx.insert(&insert)?)).map(|_| ())
}
