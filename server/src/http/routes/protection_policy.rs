//! `GET /protection-policy`, `PATCH /protection-policy`: what may leave the workspace and how long the audit log is kept.

use guanxi_kernel::protection::{ProtectionPolicy, save_protection_policy};
use guanxi_kernel::store::StoreExt as _;

use super::policy::changed;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

/// The policy.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.access.require_auditor()?;
            Answer::json(&signed_in.context.workspace.store.read_with(|tx| ProtectionPolicy::load(tx))?)
        })
        .await
}

/// Changes what is named.
pub async fn change(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, |signed_in, body| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let before = context.workspace.store.read_with(|tx| ProtectionPolicy::load(tx))?;
            let policy = changed(&before, body)?;
            save_protection_policy(context, &policy)?;
            Answer::json(&policy)
        })
        .await
}
