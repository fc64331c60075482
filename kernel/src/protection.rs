//! What an administrator decides about data that leaves the workspace and about how long the audit log is kept.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::store::{ReadTx, StoreExt as _};
use crate::workspace::{load_setting, save_setting};

/// Key of the stored setting.
const SETTING: &str = "protection";
/// Days for which the audit log is kept at least: half a year.
pub const LEAST_AUDIT_DAYS: u32 = 183;
/// The longest time that can be named.
const MOST_AUDIT_DAYS: u32 = 100 * 366;

/// How data is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionPolicy {
    /// Whoever exports more records than this says why; nobody is asked where null.
    pub export_reason_above: Option<u64>,
    /// Most records of one export; any number where null.
    pub export_most: Option<u64>,
    /// The same for holders of single roles; of several roles the most generous counts.
    pub export_most_of_roles: BTreeMap<String, u64>,
    /// Rows of the audit log older than so many days are forgotten; none where null.
    pub audit_days: Option<u32>,
}

impl ProtectionPolicy {
    /// The policy as stored.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(tx: &mut (impl ReadTx + ?Sized)) -> Result<Self> {
        let Some(json) = load_setting(tx, SETTING)? else { return Ok(Self::default()) };
        serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the stored protection policy: {error}")))
    }

    /// Most records the caller may export at once; any number where `None`.
    pub fn export_most_for(&self, context: &Context) -> Option<u64> {
        let of_role = |role: &String| self.export_most_of_roles.get(role).copied().or(self.export_most);
        let limits: Vec<Option<u64>> = context.access.member.role_names().iter().map(of_role).collect();
        if limits.is_empty() {
            return self.export_most.filter(|_| !context.access.is_system());
        }
        // One role that sets no limit lifts it.
        limits.into_iter().collect::<Option<Vec<u64>>>().and_then(|it| it.into_iter().max())
    }

    fn problems(&self, context: &Context) -> Vec<FieldError> {
        let mut problems = Vec::new();
        if let Some(days) = self.audit_days.filter(|it| !(LEAST_AUDIT_DAYS..=MOST_AUDIT_DAYS).contains(it)) {
            let code = if days < LEAST_AUDIT_DAYS { "too_small" } else { "too_large" };
            let (zh_cn, en) = (
                format!("应在{LEAST_AUDIT_DAYS}到{MOST_AUDIT_DAYS}天之间"),
                format!("must be between {LEAST_AUDIT_DAYS} and {MOST_AUDIT_DAYS} days"),
            );
            problems.push(FieldError::new("audit_days", code, zh_cn, en));
        }
        if let Some(unknown) = self.export_most_of_roles.keys().find(|it| !context.schema.roles.contains_key(*it)) {
            let (zh_cn, en) = (format!("没有角色“{unknown}”"), format!("there is no role {unknown}"));
            problems.push(FieldError::new("export_most_of_roles", "bad_option", zh_cn, en));
        }
        problems
    }
}

/// Changes the policy.
///
/// # Errors
/// Forbidden to callers who are not administrators, who must have proved who they are; every problem at once.
pub fn save_protection_policy(context: &Context, policy: &ProtectionPolicy) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    let problems = policy.problems(context);
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    let (inner, policy) = (context.clone(), policy.clone());
    context.workspace.store.write_with(move |tx| {
        let before = ProtectionPolicy::load(tx)?;
        let json = serde_json::to_value(&policy).map_err(|error| KernelError::Internal(error.to_string()))?;
        save_setting(tx, SETTING, &json)?;
        let detail = json!({ "before": before, "after": policy });
        audit::append(&inner, tx, "change_protection_policy", None, None, None, 0, Some(detail))
    })
}
