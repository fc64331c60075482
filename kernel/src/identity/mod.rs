//! Who signs in: members as callers, their credentials, sessions, API keys and preferences.
//!
//! Hashing is the server's: only hashes of passwords and tokens come here, so nothing in the database signs anyone in.

mod api_key;
mod attempt;
mod circles;
mod directory;
mod factor;
mod foreign;
mod holdings;
mod link;
mod manager;
mod organisation;
mod policy;
mod provider;
mod scim_token;
mod session;
mod ticket;
mod view_as;

use guanxi_expr::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::access::Member;
use crate::audit;
use crate::context::{Context, Locale};
use crate::error::{KernelError, Result};
use crate::read::Record;
use crate::schema::{DELETED_AT, ID, Schema};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt, WriteTx};
use crate::system_tables::{API_KEY, ATTEMPT, CREDENTIAL, FILE_LINK, PREFERENCE, PUSH_SUBSCRIPTION, SESSION, SMS_MESSAGE, TICKET};
use crate::workspace::Settings;
use crate::write::{RECOMPUTE, Unit, run_unit};

pub use api_key::{
    ApiKey, CalDavScope, KeyScope, KeysOfAll, add_api_key, api_keys, api_keys_of_all, find_api_key, remove_api_key, remove_api_key_of_anybody,
    touch_api_key,
};
pub(crate) use api_key::{end_keys_of_the_gone, forget_the_erased};
pub use attempt::{Attempt, MOST_ATTEMPTS, Wait, begin_attempt, forget_old_attempts, succeed_attempt};
pub use directory::{
    DirectoryCheck, DirectoryConnector, DirectoryPerson, DirectoryUnit, Encryption, LdapAttributes, LdapOrganisation, LdapSettings, Organisation,
};
pub use factor::{
    Factor, FactorKind, NewFactor, RecoveryCode, accept_step, add_factor, factor_by_handle, factors, factors_of_kind, note_factor_use,
    recovery_codes_left, recovery_hash, remove_factor, replace_recovery_codes, reseal_factor, reset_factors, use_recovery_code,
};
pub use foreign::{
    BoundIdentity, add_foreign_member, bind_identity, bound_identity, count_identities, identities_of, identities_of_provider, note_identity_use,
    release_identity,
};
pub use holdings::{Holder, HolderRequest, Holding, holders, holdings_of};
pub use link::{Link, LinkKind, Waiting, link, link_void, link_wanted, make_link, members_waiting, revoke_links, use_link};
pub use manager::require_manager_of;
use organisation::note_sign_ins;
pub(crate) use organisation::{OrganisationCache, SCHEMA, SETTINGS, SIGN_INS, Versions, counter, note_changes, set_version, versions};
pub(crate) use policy::PolicyCache;
pub use policy::{SignInPolicy, save_sign_in_policy};
pub use provider::{
    Asked, ForeignIdentity, ForeignSignOut, NewMembers, OidcConnector, OidcSettings, Provider, ProviderAnswer, ProviderCheck, ProviderDraft,
    ProviderError, ProviderSettings, SignInRequest, add_provider, change_provider, provider, providers, remove_provider, reseal_provider,
};
pub use scim_token::{ScimScope, ScimToken, add_scim_token, remove_scim_token, scim_tokens};
pub(crate) use session::follow_member_changes;
pub use session::{
    Limits, NewSession, Session, Stage, ThereSignedIn, close_session, end_session, end_sessions, end_sessions_there, forget_dead_sessions,
    note_proof, open_session, renew_session, renew_sessions_in, session, sessions_of, touch_session,
};
pub use ticket::{NewTicket, Ticket, forget_old_tickets, give_ticket, take_ticket, ticket};
pub use view_as::{begin_view, context_of_view, end_view};

/// The object whose records are the members.
pub const MEMBER_OBJECT: &str = "user";
/// Its field of what members are good at.
pub const SKILLS_FIELD: &str = "skills";
/// The object whose records are the departments.
pub const DEPARTMENT_OBJECT: &str = "department";
/// The object whose records are teams across departments.
pub const TEAM_OBJECT: &str = "team";
/// The object whose records are posts that roles come with.
pub const JOB_POST_OBJECT: &str = "job_post";
/// The object whose records give roles for a time or within a department.
pub const ROLE_GRANT_OBJECT: &str = "role_grant";

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

/// The member of a record, with what rights follow from.
fn identity_of(record: &Record, member: Member, department_label: Option<String>) -> Identity {
    let text = |name: &str| record.value(name).as_text().map(str::to_owned);
    Identity {
        member,
        name: record.title(),
        email: text("email").unwrap_or_default(),
        locale: Locale::from_tag(text("locale").as_deref().unwrap_or_default()),
        time_zone: text("time_zone").and_then(|it| TimeZone::get(&it).ok()),
        department_label,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Json(json) => json.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        Value::List(items) => items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
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

/// Sets a password: one's own, or as an administrator anyone's. All sessions end but the one named.
///
/// # Errors
/// Forbidden for others' passwords; not found where there is no such member.
pub fn set_credential(context: &Context, member: Uuid, hash: &str, keep_session: Option<Uuid>) -> Result<()> {
    if member != context.actor {
        context.access.require_administrator()?;
    }
    let (inner, hash) = (context.clone(), hash.to_owned());
    context.workspace.store.write_with(move |tx| {
        let object = inner.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
        let live = Condition::equals(ColumnRef::main(ID), Value::Id(member)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
        if tx.count(&Select::all(&object.table, live), Some(1))? == 0 {
            return Err(KernelError::NotFound);
        }
        write_credential(tx, member, &hash, inner.now)?;
        session::end_sessions_in(tx, member, keep_session)?;
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

/// Ends all sessions, forgets all API keys and links to files, switches all providers off and drops what was still to be done: for a copy of a
/// workspace, which must not let in who could enter the original, nor take its members from a directory day by day, nor send
/// the same mail a second time. Only what is still to be worked out of the data itself goes along ([`RECOMPUTE`]).
///
/// # Errors
/// Forbidden to callers who are not administrators.
pub fn forget_everyone_signed_in(context: &Context) -> Result<()> {
    context.access.require_administrator()?;
    context.workspace.store.write_with(|tx| {
        for table in [&SESSION, &TICKET, &ATTEMPT, &API_KEY, &FILE_LINK, &PUSH_SUBSCRIPTION, &SMS_MESSAGE, &crate::system_tables::IDEMPOTENCY] {
            tx.delete(&Delete { table: (*table).clone(), condition: Condition::True })?;
        }
        crate::jobs::drop_unfinished(tx, &[RECOMPUTE])?;
        crate::outreach::sms_gateway::switch_off(tx)?;
        note_sign_ins(tx)?;
        provider::switch_all_off(tx)
    })
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

/// Changes the caller's preferences, read in the same transaction: of two who change different parts at once, neither
/// loses what the other wrote. May be called again after a deadlock.
///
/// # Errors
/// What `change` refuses; fails where the database does.
pub fn change_preferences(context: &Context, change: impl Fn(&mut Map<String, Json>) -> Result<()> + Send + 'static) -> Result<()> {
    let actor = context.actor;
    context.workspace.store.write_with(move |tx| {
        tx.serialise(&format!("preferences {actor}"))?;
        let before = preferences(&mut *tx, actor)?;
        let mut after = before.clone();
        change(&mut after)?;
        if after == before {
            return Ok(());
        }
        let row = vec![Value::Id(actor), Value::Json(Box::new(Json::Object(after)))];
        let on_conflict = OnConflict::Replace(vec![1]);
        tx.insert(&Insert { table: PREFERENCE.clone(), columns: vec![0, 1], rows: vec![row], on_conflict })?;
        Ok(())
    })
}
