//! Answers and errors as SCIM has them.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::context::Locale;
use serde_json::{Value as Json, json};

use crate::errors::{ApiFailure, PendingProblem, of_status, problem, render};
use crate::http::{RequestId, browser_locale};

const CONTENT: HeaderValue = HeaderValue::from_static("application/scim+json");

/// What a call came to.
pub struct Found {
    status: StatusCode,
    body: Option<Json>,
}

impl Found {
    /// 200 with a document.
    pub fn document(body: Json) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }
    /// 201 with a resource.
    pub fn created(body: Json) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }
    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }
}

/// The response. Addresses in it, which begin with `/`, become whole ones.
pub fn answer(base: &str, found: Found) -> Response {
    let Some(mut body) = found.body else { return respond(found.status, None) };
    complete(&mut body, base);
    let text = |key: &str| body["meta"][key].as_str().and_then(|it| HeaderValue::from_str(it).ok());
    let (version, location) = (text("version"), text("location"));
    let mut response = respond(found.status, Some(&body));
    if let Some(version) = version {
        response.headers_mut().insert(header::ETAG, version);
    }
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn complete(json: &mut Json, base: &str) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|it| complete(it, base)),
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(text) if matches!(key.as_str(), "location" | "$ref") && text.starts_with('/') => *text = format!("{base}{text}"),
                    other => complete(other, base),
                }
            }
        }
        _ => {}
    }
}

fn respond(status: StatusCode, body: Option<&Json>) -> Response {
    let mut response = (status, body.map(ToString::to_string).unwrap_or_default()).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, CONTENT);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Around all routes: what went wrong is told as SCIM tells it.
pub async fn errors(request: Request, next: Next) -> Response {
    let locale = browser_locale(request.headers());
    let id = request.extensions().get::<RequestId>().map(|it| it.0.clone()).unwrap_or_default();
    let response = next.run(request).await;
    if let Some(PendingProblem(failure)) = response.extensions().get::<PendingProblem>() {
        return failed(failure, locale, &id, response.headers());
    }
    let status = response.status();
    let is_ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| *it == CONTENT);
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    failed(&ApiFailure::from(of_status(status)), locale, &id, response.headers())
}

fn failed(failure: &ApiFailure, fallback: Locale, request_id: &str, before: &HeaderMap) -> Response {
    // As the API tells it, which also logs what is our own fault.
    let rendered = render(failure, fallback, request_id);
    let status = rendered.status();
    let locale = failure.locale.unwrap_or(fallback);
    let problem = serde_json::to_value(problem(&failure.error, locale, request_id)).unwrap_or_default();
    let fields = problem["field_errors"].as_array().cloned().unwrap_or_default();
    let has = |code: &str| problem["code"] == code || fields.iter().any(|it| it["code"] == code);
    let (status, kind) = match () {
        () if has("duplicate") || has("duplicate_value") => (StatusCode::CONFLICT, Some("uniqueness")),
        () if has("version_conflict") => (StatusCode::PRECONDITION_FAILED, None),
        () if has("bad_filter") => (StatusCode::BAD_REQUEST, Some("invalidFilter")),
        () if has("invalid_path") => (StatusCode::BAD_REQUEST, Some("invalidPath")),
        () if has("no_target") => (StatusCode::BAD_REQUEST, Some("noTarget")),
        () if has("read_only_field") => (StatusCode::BAD_REQUEST, Some("mutability")),
        () if has("bad_json") || has("bad_request") => (StatusCode::BAD_REQUEST, Some("invalidSyntax")),
        () if status == StatusCode::UNPROCESSABLE_ENTITY => (StatusCode::BAD_REQUEST, Some("invalidValue")),
        () => (status, None),
    };
    let texts: Vec<String> = fields.iter().map(|it| format!("{}: {}", text(&it["field"]), text(&it["message"]))).collect();
    let detail = if texts.is_empty() { text(&problem["detail"]).to_owned() } else { texts.join("; ") };
    let mut body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.as_str(), "detail": detail });
    if let Some(kind) = kind {
        body["scimType"] = json!(kind);
    }
    let mut response = respond(status, Some(&body));
    let headers = response.headers_mut();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    for (from, name) in [(before, header::ALLOW), (rendered.headers(), header::RETRY_AFTER)] {
        if let Some(value) = from.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    response
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
