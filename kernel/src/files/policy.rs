//! What an administrator decides about files: how much there may be of them, and what they may be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::store::{ReadTx, StoreExt as _};
use crate::workspace::{load_setting, save_setting};

/// Key of the stored setting.
const SETTING: &str = "files";
/// A file may always be so large, in bytes: below it a limit is a slip.
const LEAST_LARGEST: u64 = 1_000;
/// Days a link to a file may be good for at most, whatever the policy says.
const MOST_LINK_DAYS: u32 = 366;

/// What is done with programs and scripts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Programs {
    /// They are not taken.
    #[default]
    Refuse,
    /// They are taken as bytes of no kind, to be downloaded.
    Download,
}

/// What holds for files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilePolicy {
    /// Bytes of all files and their versions together; any number where null.
    pub quota: Option<u64>,
    /// Bytes of the largest file; what the server takes at most where null.
    pub largest: Option<u64>,
    /// What is done with programs and scripts.
    pub programs: Programs,
    /// Whether links may be made that open a file to whoever has them. Where not, those there are open nothing.
    pub links: bool,
    /// Days for which a link is good at most.
    pub link_days: u32,
}

impl Default for FilePolicy {
    fn default() -> Self {
        Self { quota: None, largest: None, programs: Programs::Refuse, links: true, link_days: 30 }
    }
}

impl FilePolicy {
    /// The policy as stored.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(tx: &mut (impl ReadTx + ?Sized)) -> Result<Self> {
        let Some(json) = load_setting(tx, SETTING)? else { return Ok(Self::default()) };
        serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the stored policy of files: {error}")))
    }

    fn problems(&self) -> Vec<FieldError> {
        let mut problems = Vec::new();
        if self.largest.is_some_and(|it| it < LEAST_LARGEST) {
            problems.push(FieldError::new("largest", "too_small", "至少1000字节（1 kB）", "must be at least 1000 bytes (1 kB)"));
        }
        if !(1..=MOST_LINK_DAYS).contains(&self.link_days) {
            let code = if self.link_days == 0 { "too_small" } else { "too_large" };
            problems.push(FieldError::new(
                "link_days",
                code,
                format!("应在1到{MOST_LINK_DAYS}天之间"),
                format!("must be between 1 and {MOST_LINK_DAYS} days"),
            ));
        }
        problems
    }
}

/// Changes the policy.
///
/// # Errors
/// Forbidden to callers who are not administrators, who must have proved who they are; every problem at once.
pub fn save_file_policy(context: &Context, policy: &FilePolicy) -> Result<()> {
    context.access.require_administrator()?;
    context.require_proof()?;
    let problems = policy.problems();
    if !problems.is_empty() {
        return Err(KernelError::Invalid(problems));
    }
    let (inner, policy) = (context.clone(), policy.clone());
    context.workspace.store.write_with(move |tx| {
        let before = FilePolicy::load(tx)?;
        let json = serde_json::to_value(&policy).map_err(|error| KernelError::Internal(error.to_string()))?;
        save_setting(tx, SETTING, &json)?;
        let detail = json!({ "before": before, "after": policy });
        audit::append(&inner, tx, "change_file_policy", None, None, None, 0, Some(detail))
    })
}
