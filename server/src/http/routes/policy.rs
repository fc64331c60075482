//! Policies are changed by naming what of them changes.

use guanxi_kernel::KernelError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::errors::ApiError;
use crate::http::body::JsonBody;

/// A policy with what a body names of it changed.
///
/// # Errors
/// `bad_request` where the body does not fit.
pub fn changed<P: Serialize + DeserializeOwned>(policy: &P, body: &JsonBody) -> Result<P, ApiError> {
    let mut all = serde_json::to_value(policy).map_err(|error| KernelError::Internal(format!("a policy: {error}")))?;
    if let Some(known) = all.as_object_mut() {
        known.extend(body.object()?);
    }
    serde_json::from_value(all).map_err(|error| {
        let reason = error.to_string();
        KernelError::bad_request("bad_request", format!("内容有误：{reason}"), format!("the body does not fit: {reason}")).into()
    })
}
