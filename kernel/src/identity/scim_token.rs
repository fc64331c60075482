//! Tokens by which an identity system keeps members and teams (SCIM). Each is an API key of the administrator who made it
//! that opens nothing else, may give the roles it was made for, and goes when he goes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::api_key::{KeyScope, insert_key, read_api_key};
use super::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use crate::access::AccessScope;
use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::store::{ColumnRef, Condition, Delete, ReadTx, Select, StoreExt};
use crate::system_tables::API_KEY;

/// What a token for SCIM may do beyond reading departments and keeping members and teams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScimScope {
    /// Roles it may give and take. A member with any other role is neither deactivated nor given another address by it.
    pub roles: BTreeSet<String>,
}

impl ScimScope {
    pub(super) fn access(&self) -> AccessScope {
        let verbs = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<String>>();
        let all = verbs(&["read", "create", "update", "delete"]);
        let objects = [(MEMBER_OBJECT, all.clone()), (TEAM_OBJECT, all), (DEPARTMENT_OBJECT, verbs(&["read"]))];
        AccessScope { objects: objects.into_iter().map(|(name, verbs)| (name.to_owned(), verbs)).collect(), gives: self.roles.clone() }
    }
}

/// A token for SCIM as administrators see it; the secret is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimToken {
    /// Id.
    pub id: Uuid,
    /// What it was called.
    pub name: String,
    /// The administrator who made it.
    pub owner: Uuid,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within an hour.
    pub used_at: Option<Timestamp>,
    /// Roles it may give and take.
    pub roles: BTreeSet<String>,
}

/// Makes a token of the caller's.
///
/// # Errors
/// Forbidden to all but administrators who have just proved who they are; roles there are not; too many keys.
pub fn add_scim_token(context: &Context, name: &str, hash: &str, expires_at: Option<Timestamp>, roles: BTreeSet<String>) -> Result<ScimToken> {
    context.access.require_administrator()?;
    context.require_proof()?;
    if roles.is_empty() {
        return Err(KernelError::invalid("roles", "required", "请至少选择一个可授予的角色", "choose at least one role it may give"));
    }
    let unknown = |it: &&String| !context.schema.roles.contains_key(*it);
    let problem = |it: &String| FieldError::new("roles", "bad_option", format!("没有角色“{it}”"), format!("there is no role {it}"));
    let problems: Vec<FieldError> = roles.iter().filter(unknown).map(problem).collect();
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    let scope = KeyScope { scim: Some(ScimScope { roles: roles.clone() }), ..KeyScope::default() };
    let key = insert_key(context, name, hash, expires_at, Some(scope), "add_scim_token")?;
    Ok(ScimToken { id: key.id, name: key.name, owner: context.actor, created_at: key.created_at, expires_at, used_at: None, roles })
}

/// All tokens of the workspace, newest first.
///
/// # Errors
/// Forbidden to all but administrators.
pub fn scim_tokens(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<ScimToken>> {
    context.access.require_administrator()?;
    let rows = tx.rows(&Select::all(&API_KEY, Condition::True).order_by(0, true))?;
    let told = rows.iter().filter_map(|it| read_api_key(it)).filter_map(|(owner, key)| {
        let roles = key.scope?.scim?.roles;
        Some(ScimToken { id: key.id, name: key.name, owner, created_at: key.created_at, expires_at: key.expires_at, used_at: key.used_at, roles })
    });
    Ok(told.collect())
}

/// Removes a token, whoever made it.
///
/// # Errors
/// Forbidden to all but administrators; not found.
pub fn remove_scim_token(context: &Context, id: Uuid) -> Result<()> {
    context.access.require_administrator()?;
    context.require_himself()?;
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let this = Condition::equals(ColumnRef::main(0), guanxi_expr::Value::Id(id));
        let found = tx.first(&Select::all(&API_KEY, this.clone()))?;
        let (owner, key) = found.as_deref().and_then(read_api_key).filter(|(_, key)| key.is_for_scim()).ok_or(KernelError::NotFound)?;
        tx.delete(&Delete { table: API_KEY.clone(), condition: this })?;
        audit::append(&inner, tx, "remove_scim_token", Some(MEMBER_OBJECT), Some(owner), None, 0, Some(serde_json::json!({ "name": key.name })))
    })
}
