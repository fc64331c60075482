//! Around every request: its id, the log line, metrics, security headers, and problems rendered in one place.

use std::any::Any;
use std::sync::PoisonError;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guanxi_kernel::context::Locale;

use super::Shared;
use super::caller::RenewedCookie;
use crate::errors::{ApiError, ApiFailure, PendingProblem, of_status, render};

/// Header of the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Scripts come from us alone; styles may be inline because the component library writes them at run time.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Stands in a response that pages of other sites may show in a frame, as its own policy says.
#[derive(Debug, Clone, Copy)]
pub struct MayBeFramed;

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// See the module.
pub async fn envelope(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = app.workspaces.ids().next(app.workspaces.clock().now()).simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let renewed = RenewedCookie::default();
    request.extensions_mut().insert(renewed.clone());
    let locale = browser_locale(request.headers());
    let method = request.method().clone();
    // The template, not the address: addresses hold filters, and filters hold people's names.
    let path = request.extensions().get::<MatchedPath>().map_or_else(|| "(static)".to_owned(), |it| it.as_str().to_owned());
    let is_api = request.uri().path().starts_with("/api/");
    let acceptable = !is_api || accepts_json(request.headers()) || answers_files(&path);
    let response = if acceptable { next.run(request).await } else { ApiFailure::from(of_status(StatusCode::NOT_ACCEPTABLE)).into_response() };
    let mut response = as_problem(response, locale, &id, is_api);
    add_renewed_cookie(response.headers_mut(), &renewed);
    let is_framed = response.extensions().get::<MayBeFramed>().is_some();
    set_headers(response.headers_mut(), &id, is_api, app.settings.is_https());
    if is_framed {
        // It knows no list of sites, and would keep out those that the policy names.
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    let status = response.status();
    let took = began.elapsed();
    app.metrics.count_request(&path, status.as_u16(), took);
    if is_api || path.starts_with(crate::scim::BASE) {
        tracing::info!(request_id = %id, %method, path, status = status.as_u16(), ms = took.as_secs_f64() * 1000.0, "request");
    } else {
        tracing::debug!(request_id = %id, %method, path, status = status.as_u16(), ms = took.as_secs_f64() * 1000.0, "request");
    }
    response
}

fn as_problem(response: Response, locale: Locale, id: &str, is_api: bool) -> Response {
    if let Some(PendingProblem(failure)) = response.extensions().get::<PendingProblem>() {
        return render(failure, locale, id);
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"application/problem+json"));
    if !is_error || is_ours || !is_api {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut problem = render(&ApiFailure::from(of_status(status)), locale, id);
    if let Some(allow) = allow {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    problem
}

/// A session that got another token goes on with it, however the request ended; signing in or out has the last word.
fn add_renewed_cookie(headers: &mut HeaderMap, renewed: &RenewedCookie) {
    let cookie = renewed.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(cookie) = cookie.and_then(|it| HeaderValue::from_str(&it).ok()) {
        headers.entry(header::SET_COOKIE).or_insert(cookie);
    }
}

fn set_headers(headers: &mut HeaderMap, id: &str, is_api: bool, is_https: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if is_https {
        // A year: browsers that were here once come by https for so long.
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_api {
        set(header::CACHE_CONTROL, "no-store");
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// The language the browser asks for first.
pub fn browser_locale(headers: &HeaderMap) -> Locale {
    let first = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).and_then(|it| it.split([',', ';']).next());
    Locale::from_tag(first.unwrap_or_default().trim())
}

/// Whether a route answers something other than JSON.
fn answers_files(path: &str) -> bool {
    ["/files", "/calendar/feeds"].iter().any(|it| path.contains(it)) || ["/export", "/linked-file/content"].iter().any(|it| path.ends_with(it))
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let Some(accept) = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()) else { return true };
    accept.split(',').map(|it| it.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()).any(|it| {
        matches!(
            it.as_str(),
            "" | "*/*" | "application/*" | "application/json" | "application/problem+json" | "text/event-stream" | "text/plain" | "text/*"
        )
    })
}

/// A panic in a handler is an internal error like any other.
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let reason = panic.downcast_ref::<&str>().map(|it| (*it).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    ApiFailure::from(ApiError::internal(format!("a handler panicked: {}", reason.unwrap_or_default()))).into_response()
}
