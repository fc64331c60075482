//! How members sign in: what an administrator decides for the whole workspace.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::session::Limits;
use crate::access::Member;
use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::store::{Store, StoreExt};
use crate::workspace::{load_setting, save_setting};

/// Key of the stored setting.
const SETTING: &str = "sign_in";
/// How long another node's change may stay unseen here.
const CACHED: SignedDuration = SignedDuration::from_secs(5);

/// The sign-in policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignInPolicy {
    /// Everybody needs a second factor.
    pub second_factor_for_all: bool,
    /// Members with one of these roles need a second factor.
    pub second_factor_roles: Vec<String>,
    /// A session unused for so many minutes is over.
    pub idle_minutes: u32,
    /// A session is over so many hours after it began.
    pub session_hours: u32,
    /// For so many minutes after proving who he is, a member makes sensitive changes without doing so again.
    pub proof_minutes: u32,
    /// An invitation is good for so many hours.
    pub invitation_hours: u32,
    /// A link for another password is good for so many minutes.
    pub reset_minutes: u32,
    /// Characters of the shortest password.
    pub password_length: u32,
    /// An API key is good for so many days at most; for good where 0.
    pub key_days: u32,
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            second_factor_for_all: false,
            second_factor_roles: Vec::new(),
            idle_minutes: 7 * 24 * 60,
            session_hours: 30 * 24,
            proof_minutes: 15,
            invitation_hours: 72,
            reset_minutes: 30,
            password_length: 8,
            key_days: 0,
        }
    }
}

impl SignInPolicy {
    /// When sessions are over.
    pub fn limits(&self) -> Limits {
        Limits { idle: SignedDuration::from_mins(i64::from(self.idle_minutes)), absolute: SignedDuration::from_hours(i64::from(self.session_hours)) }
    }
    /// How long a proof of who somebody is lasts.
    pub fn proof(&self) -> SignedDuration {
        SignedDuration::from_mins(i64::from(self.proof_minutes))
    }
    /// When a key made now is over at the latest.
    pub fn last_of_key(&self, now: Timestamp) -> Option<Timestamp> {
        (self.key_days > 0).then(|| now.checked_add(SignedDuration::from_hours(24 * i64::from(self.key_days))).ok()).flatten()
    }
    /// Whether a member needs a second factor: for what he may, wherever he may it.
    pub fn needs_second_factor(&self, member: &Member) -> bool {
        self.second_factor_for_all || member.roles.iter().any(|it| self.second_factor_roles.contains(&it.name))
    }

    fn problems(&self, context: &Context) -> Vec<FieldError> {
        let mut problems = Vec::new();
        let ranges = [
            ("idle_minutes", self.idle_minutes, 5, 90 * 24 * 60),
            ("session_hours", self.session_hours, 1, 365 * 24),
            ("proof_minutes", self.proof_minutes, 1, 24 * 60),
            ("invitation_hours", self.invitation_hours, 1, 30 * 24),
            ("reset_minutes", self.reset_minutes, 5, 24 * 60),
            ("password_length", self.password_length, 8, 64),
            ("key_days", self.key_days, 0, 3_650),
        ];
        for (field, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                let code = if value < least { "too_small" } else { "too_large" };
                problems.push(FieldError::new(field, code, format!("应在{least}到{most}之间"), format!("must be between {least} and {most}")));
            }
        }
        if let Some(unknown) = self.second_factor_roles.iter().find(|it| !context.schema.roles.contains_key(*it)) {
            problems.push(FieldError::new(
                "second_factor_roles",
                "bad_option",
                format!("没有角色“{unknown}”"),
                format!("there is no role {unknown}"),
            ));
        }
        problems
    }
}

/// The policy as this process last saw it.
#[derive(Default)]
pub(crate) struct PolicyCache {
    seen: RwLock<Option<(Timestamp, Arc<SignInPolicy>)>>,
}

impl PolicyCache {
    pub(crate) fn get(&self, store: &Arc<dyn Store>, now: Timestamp) -> Result<Arc<SignInPolicy>> {
        if let Some((at, policy)) = self.seen.read().unwrap_or_else(PoisonError::into_inner).as_ref()
            && now.duration_since(*at).abs() < CACHED
        {
            return Ok(policy.clone());
        }
        let policy = match store.read_with(|tx| load_setting(tx, SETTING))? {
            Some(json) => serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the stored sign-in policy: {error}")))?,
            None => SignInPolicy::default(),
        };
        let policy = Arc::new(policy);
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some((now, policy.clone()));
        Ok(policy)
    }

    pub(crate) fn forget(&self) {
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Changes the policy.
///
/// # Errors
/// Forbidden to all but administrators who have just proved who they are; values out of their range.
pub fn save_sign_in_policy(context: &Context, policy: &SignInPolicy) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    let problems = policy.problems(context);
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    let internal = |error: serde_json::Error| KernelError::Internal(error.to_string());
    let before = serde_json::to_value(&*context.workspace.sign_in_policy()?).map_err(internal)?;
    let after = serde_json::to_value(policy).map_err(internal)?;
    let (inner, last) = (context.clone(), policy.last_of_key(context.now));
    context.workspace.store.write_with(move |tx| {
        save_setting(tx, SETTING, &after)?;
        if let Some(last) = last {
            super::api_key::end_keys_by(tx, last)?;
        }
        super::note_sign_ins(tx)?;
        let detail = json!({ "before": before, "after": after });
        audit::append(&inner, tx, "change_sign_in_policy", None, None, None, 0, Some(detail))
    })?;
    context.workspace.sign_in_policy_changed();
    Ok(())
}
