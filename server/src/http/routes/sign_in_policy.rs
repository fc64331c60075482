//! `GET /sign-in-policy`, `PATCH /sign-in-policy`: how members sign in, as an administrator decides.

use guanxi_kernel::identity::save_sign_in_policy;

use super::policy::changed;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};

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
            save_sign_in_policy(context, &changed(&*context.workspace.sign_in_policy()?, body)?)?;
            Answer::json(&*context.workspace.sign_in_policy()?)
        })
        .await
}
