//! `GET /sign-in-policy`, `PATCH /sign-in-policy`: how members sign in, as an administrator decides.

use guanxi_kernel::KernelError;
use guanxi_kernel::identity::{SignInPolicy, save_sign_in_policy};
use serde_json::Value as Json;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

fn internal(error: impl std::fmt::Display) -> KernelError {
    KernelError::Internal(format!("the sign-in policy: {error}"))
}

/// The policy.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            signed_in.context.access.require_administrator()?;
            Answer::json(&*signed_in.context.workspace.sign_in_policy()?)
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
            let mut policy = serde_json::to_value(&*context.workspace.sign_in_policy()?).map_err(internal)?;
            if let Some(known) = policy.as_object_mut() {
                known.extend(body.object()?);
            }
            save_sign_in_policy(context, &read(policy)?)?;
            Answer::json(&*context.workspace.sign_in_policy()?)
        })
        .await
}

fn read(policy: Json) -> Result<SignInPolicy, ApiError> {
    serde_json::from_value(policy).map_err(|error| {
        let reason = error.to_string();
        KernelError::bad_request("bad_request", format!("内容有误：{reason}"), format!("the body does not fit: {reason}")).into()
    })
}
