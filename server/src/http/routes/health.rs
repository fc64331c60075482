//! `GET /healthz`, `GET /readyz`, `GET /metrics`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::KernelError;

use crate::errors::{ApiError, ApiFailure};
use crate::http::{Caller, Shared};

/// The process lives.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The process can serve: the database answers and the end has not begun.
pub async fn ready(State(app): State<Shared>) -> Response {
    if app.shutdown.has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let checked = app.engine(|app| Ok(app.workspaces.main()?.store.check()?)).await;
    match checked {
        Ok(()) => "ready\n".into_response(),
        Err(failure) => {
            tracing::warn!(error = ?failure.error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Numbers for Prometheus: to this machine, or to an administrator.
pub async fn metrics(State(app): State<Shared>, caller: Caller, headers: HeaderMap) -> Result<Response, ApiFailure> {
    // What a proxy on this machine hands on comes from elsewhere.
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    let local = caller.address.is_loopback() && !forwarded && !app.settings.trust_proxy;
    let workspaces = app.workspaces.all().len();
    if !local {
        caller
            .call(
                |signed_in| {
                    if signed_in.context.access.is_unlimited() { Ok(()) } else { Err(ApiError::from(KernelError::Forbidden("metrics".into()))) }
                },
            )
            .await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of workspaces, some thousands of streams")]
    let gauges =
        [("guanxi_workspaces", "Open workspaces.", workspaces as f64), ("guanxi_event_streams", "Open event streams.", app.streams.count() as f64)];
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render(&gauges)).into_response())
}
