//! API keys of programs that act as a member, kept by the hash of their secret.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::MEMBER_OBJECT;
use super::scim_token::ScimScope;
use crate::access::{AccessScope, Member, Verb};
use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::events::NewEvent;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::{
    API_KEY, CREDENTIAL, FACTOR, FOREIGN_IDENTITY, PREFERENCE, PUSH_SUBSCRIPTION, RECOVERY_CODE, SESSION, SMS_MESSAGE, SMS_NUMBER, TICKET,
};

/// Most API keys of one member.
const MAX_API_KEYS: u64 = 50;

/// An API key as its owner sees it; the secret is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    /// What it has of its owner's rights; all of them where absent.
    pub scope: Option<KeyScope>,
}

/// What an API key has of its owner's rights. Never more than these: what the owner may not, no scope opens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyScope {
    /// Verbs by object; `*` holds for objects not named, actions are written `action NAME`. Every object where absent.
    pub objects: Option<BTreeMap<String, BTreeSet<String>>>,
    /// Those of the owner's roles that count; all of them where absent.
    pub roles: Option<BTreeSet<String>>,
    /// It opens its owner's calendar to a calendar program, and nothing else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub calendar: bool,
    /// It opens its owner's calendars to calendar programs (CalDAV), and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caldav: Option<CalDavScope>,
    /// It speaks SCIM and nothing else. Such keys are made by [`super::add_scim_token`] alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub scim: Option<ScimScope>,
}

/// What a calendar program may do with its owner's calendars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CalDavScope {
    /// It may also make, change and delete; otherwise it only reads.
    pub write: bool,
    /// It is also shown the calendars of colleagues, teams and rooms, to read.
    pub others: bool,
}

impl ApiKey {
    /// Whether it speaks SCIM and nothing else.
    pub fn is_for_scim(&self) -> bool {
        self.scope.as_ref().is_some_and(|it| it.scim.is_some())
    }
}

impl KeyScope {
    /// Leaves a member the roles that count.
    pub fn limit_roles(&self, member: &mut Member) {
        if let Some(roles) = &self.roles {
            member.roles.retain(|it| roles.contains(&it.name));
        }
    }

    /// Leaves a context the objects and verbs that count.
    pub fn limit(&self, context: &mut Context) {
        let scope = match (&self.scim, &self.objects) {
            (Some(scim), _) => Some(scim.access()),
            (None, Some(objects)) => Some(AccessScope { objects: objects.clone(), ..AccessScope::default() }),
            (None, None) => None,
        };
        if let Some(scope) = scope {
            context.access = Arc::new(context.access.limited_to(&context.schema, &scope));
        }
    }

    fn problems(&self, context: &Context) -> Vec<FieldError> {
        let mut problems = Vec::new();
        let mut unknown = |what: &str, zh_cn: &str, name: &str| {
            problems.push(FieldError::new("scope", "bad_option", format!("没有{zh_cn}“{name}”"), format!("there is no {what} {name}")));
        };
        for (object, verbs) in self.objects.iter().flatten() {
            let known = context.schema.object(object).filter(|it| context.access.may(it, Verb::Read));
            if object != "*" && known.is_none() {
                unknown("object", "对象", object);
            }
            for verb in verbs.iter().filter(|it| Verb::named(it).is_none() && !it.starts_with("action ")) {
                unknown("verb", "操作", verb);
            }
        }
        if self.scim.is_some() {
            unknown("part of a scope called", "此项范围", "scim");
        }
        if self.caldav.is_some() && (self.calendar || self.objects.is_some()) {
            problems.push(FieldError::new(
                "scope",
                "bad_option",
                "日历程序的密钥不能再有其他用途，请分别新建",
                "a key for calendar programs is for nothing else; make another one",
            ));
        }
        for role in self.roles.iter().flatten() {
            if !context.access.member.roles.iter().any(|it| it.name == *role) {
                problems.push(FieldError::new("scope", "bad_option", format!("您没有角色“{role}”"), format!("you do not have the role {role}")));
            }
        }
        problems
    }
}

pub(super) fn read_api_key(row: &[Value]) -> Option<(Uuid, ApiKey)> {
    let [Value::Id(id), Value::Id(member), Value::Text(name), _, Value::DateTime(created_at), expires_at, used_at, scope] = row else { return None };
    let time = |value: &Value| if let Value::DateTime(it) = value { Some(*it) } else { None };
    let scope = match scope {
        // A scope that cannot be read opens nothing: the key is as good as gone.
        Value::Json(json) => Some(serde_json::from_value((**json).clone()).ok()?),
        _ => None,
    };
    let key = ApiKey { id: *id, name: name.clone(), created_at: *created_at, expires_at: time(expires_at), used_at: time(used_at), scope };
    Some((*member, key))
}

/// Makes a key for the caller.
///
/// # Errors
/// A conflict where he has too many; proof needed where he has not proved lately who he is; unknown objects, verbs and
/// roles in the scope.
pub fn add_api_key(context: &Context, name: &str, key_hash: &str, expires_at: Option<Timestamp>, scope: Option<KeyScope>) -> Result<ApiKey> {
    context.require_proof()?;
    let mut problems = scope.as_ref().map(|it| it.problems(context)).unwrap_or_default();
    let policy = context.workspace.sign_in_policy()?;
    let last = policy.last_of_key(context.now);
    if expires_at.zip(last).is_some_and(|(wanted, last)| wanted > last) {
        let days = policy.key_days;
        problems.push(FieldError::new(
            "expires_at",
            "too_large",
            format!("公司规定密钥最多{days}天有效"),
            format!("a key is good for {days} days at most"),
        ));
    }
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    insert_key(context, name, key_hash, expires_at.or(last), scope, "add_api_key")
}

/// Stores a key of the caller's and notes it in the audit log.
pub(super) fn insert_key(
    context: &Context,
    name: &str,
    key_hash: &str,
    expires_at: Option<Timestamp>,
    scope: Option<KeyScope>,
    verb: &'static str,
) -> Result<ApiKey> {
    let stored = scope.as_ref().map(serde_json::to_value).transpose().map_err(|error| KernelError::Internal(error.to_string()))?;
    let key = ApiKey { id: context.new_id(), name: name.to_owned(), created_at: context.now, expires_at, used_at: None, scope };
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
            stored.clone().map_or(Value::Null, |it| Value::Json(Box::new(it))),
        ];
        tx.insert(&Insert { table: API_KEY.clone(), columns: (0..=7).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
        audit::append(
            &inner,
            tx,
            verb,
            Some(MEMBER_OBJECT),
            Some(inner.actor),
            None,
            0,
            Some(serde_json::json!({ "name": key.name, "scope": key.scope })),
        )
    })?;
    Ok(answer)
}

/// The caller's keys, newest first; tokens for SCIM are the workspace's and not among them.
///
/// # Errors
/// Fails where the database does.
pub fn api_keys(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<ApiKey>> {
    let own = Condition::equals(ColumnRef::main(1), Value::Id(context.actor));
    let rows = tx.rows(&Select::all(&API_KEY, own).order_by(0, true))?;
    Ok(rows.iter().filter_map(|it| read_api_key(it)).map(|(_, key)| key).filter(|it| !it.is_for_scim()).collect())
}

/// Keys with their owners, and after which key to go on where there are more.
pub type KeysOfAll = (Vec<(Uuid, ApiKey)>, Option<Uuid>);

/// The keys of all members, newest first, `limit` of them after `after`.
///
/// # Errors
/// Forbidden to all but auditors.
pub fn api_keys_of_all(context: &Context, tx: &mut dyn ReadTx, member: Option<Uuid>, after: Option<Uuid>, limit: u64) -> Result<KeysOfAll> {
    context.access.require_auditor()?;
    let mut condition = member.map_or(Condition::True, |it| Condition::equals(ColumnRef::main(1), Value::Id(it)));
    if let Some(after) = after {
        condition = condition.and(Condition::Compare(ColumnRef::main(0), CompareOp::Lt, Value::Id(after)));
    }
    let rows = tx.rows(&Select::all(&API_KEY, condition).order_by(0, true).limited(limit))?;
    let last = rows.last().and_then(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None });
    let next = last.filter(|_| rows.len() as u64 == limit);
    Ok((rows.iter().filter_map(|it| read_api_key(it)).filter(|it| !it.1.is_for_scim()).collect(), next))
}

/// Removes a key, whosever it is.
///
/// # Errors
/// Forbidden to all but administrators; not found where there is none of this id.
pub fn remove_api_key_of_anybody(context: &Context, id: Uuid) -> Result<()> {
    context.access.require_administrator()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let this = Condition::equals(ColumnRef::main(0), Value::Id(id));
        let found = tx.first(&Select::all(&API_KEY, this.clone()))?.as_deref().and_then(read_api_key);
        let Some((owner, key)) = found.filter(|it| !it.1.is_for_scim()) else { return Err(KernelError::NotFound) };
        tx.delete(&Delete { table: API_KEY.clone(), condition: this })?;
        super::note_sign_ins(tx)?;
        let detail = serde_json::json!({ "name": key.name });
        audit::append(&inner, tx, "remove_api_key", Some(MEMBER_OBJECT), Some(owner), None, 0, Some(detail))
    })
}

/// No key of a member goes on for longer than to this time: the longest life of keys was set, in this transaction.
pub(super) fn end_keys_by(tx: &mut dyn WriteTx, last: Timestamp) -> Result<()> {
    let end = ColumnRef::main(5);
    let longer = Condition::Or(vec![Condition::IsNull(end), Condition::Compare(end, CompareOp::Gt, Value::DateTime(last))]);
    let found: Vec<Uuid> = tx
        .rows(&Select::all(&API_KEY, longer))?
        .iter()
        .filter_map(|it| read_api_key(it))
        .filter(|it| !it.1.is_for_scim())
        .map(|it| it.1.id)
        .collect();
    for id in found {
        let condition = Condition::equals(ColumnRef::main(0), Value::Id(id));
        tx.update(&Update { table: API_KEY.clone(), set: vec![(5, Set::To(Value::DateTime(last)))], condition })?;
    }
    Ok(())
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
        super::note_sign_ins(tx)?;
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

/// Takes the keys from members that a change deactivates or deletes, in its transaction: should they come back one day,
/// their programs do not come back with them.
pub(crate) fn end_keys_of_the_gone(tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    for event in events.iter().filter(|it| leaves(it)) {
        tx.delete(&Delete { table: API_KEY.clone(), condition: Condition::equals(ColumnRef::main(1), Value::Id(event.record)) })?;
        super::note_sign_ins(tx)?;
    }
    Ok(())
}

/// Forgets what the engine knows of members a change erases, in its transaction: password, sessions with their devices
/// and addresses, factors, links, what providers call them, what they set for themselves.
pub(crate) fn forget_the_erased(tx: &mut dyn WriteTx, events: &[NewEvent]) -> Result<()> {
    let erased = events.iter().filter(|it| it.object == MEMBER_OBJECT && it.kind.ends_with(".erased"));
    for event in erased {
        for table in
            [&CREDENTIAL, &SESSION, &TICKET, &FACTOR, &RECOVERY_CODE, &FOREIGN_IDENTITY, &PREFERENCE, &PUSH_SUBSCRIPTION, &SMS_NUMBER, &SMS_MESSAGE]
        {
            let Some(member) = table.columns.iter().position(|it| it.name == "member") else { continue };
            tx.delete(&Delete { table: (*table).clone(), condition: Condition::equals(ColumnRef::main(member), Value::Id(event.record)) })?;
        }
    }
    Ok(())
}

/// Whether a member is deactivated, deleted or erased by what happened.
pub(super) fn leaves(event: &NewEvent) -> bool {
    let deactivated = event.changes.get("active").and_then(|it| it.get(1)).is_some_and(|it| *it == false);
    event.object == MEMBER_OBJECT && (deactivated || event.kind.ends_with(".deleted") || event.kind.ends_with(".erased"))
}
