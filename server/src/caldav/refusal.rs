//! What is refused, as WebDAV tells it: a status, the condition that does not hold where the standard names one, and why, in
//! words a person may read, with the remedy.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::context::Locale;
use guanxi_kernel::schema::Label;

use super::xml::{CALDAV, DAV, dav, document, element, told};
use crate::errors::{ApiFailure, problem, render};

/// Type of what is told.
pub const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Status.
    pub status: StatusCode,
    /// Condition of the standard that does not hold: its namespace, its name, and what is within.
    pub condition: Option<(&'static str, &'static str, String)>,
    /// Reason and remedy.
    pub reason: Label,
}

impl Refusal {
    /// With this status and no condition.
    pub fn plain(status: StatusCode, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { status, condition: None, reason: Label::new(zh_cn, en) }
    }

    /// A condition of WebDAV.
    pub fn dav(condition: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { condition: Some((DAV, condition, String::new())), ..Self::plain(StatusCode::FORBIDDEN, zh_cn, en) }
    }

    /// A condition of CalDAV.
    pub fn caldav(condition: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { condition: Some((CALDAV, condition, String::new())), ..Self::plain(StatusCode::FORBIDDEN, zh_cn, en) }
    }

    /// Neither there nor to be seen.
    pub fn not_found() -> Self {
        Self::plain(StatusCode::NOT_FOUND, "不存在，或您无权查看", "it does not exist, or you may not see it")
    }

    /// Somebody else was faster.
    pub fn changed() -> Self {
        Self::plain(StatusCode::PRECONDITION_FAILED, "内容已被修改，请先重新同步", "it was changed meanwhile; read it again first")
    }

    /// The response.
    pub fn answer(&self, locale: Locale) -> Response {
        let condition = self.condition.as_ref().map(|(space, name, within)| element(space, name, within)).unwrap_or_default();
        refused(self.status, &condition, locale.pick(&self.reason))
    }
}

/// A response that refuses.
fn refused(status: StatusCode, condition: &str, reason: &str) -> Response {
    let body = document(DAV, "error", &format!("{condition}{}", dav("responsedescription", &told(reason))));
    let mut response = (status, [(header::CONTENT_TYPE, XML)], body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Guanxi\", charset=\"UTF-8\""));
    }
    response
}

/// The response to what the engine or the server did not do. Programs for calendars know few statuses: what a person has to
/// mend is 403, what somebody else changed is 412.
pub fn failed(failure: &ApiFailure, fallback: Locale, request_id: &str) -> Response {
    let locale = failure.locale.unwrap_or(fallback);
    // As the API tells it, which also logs what is our own fault.
    let rendered = render(failure, fallback, request_id);
    let told_problem = serde_json::to_value(problem(&failure.error, locale, request_id)).unwrap_or_default();
    let fields: Vec<&str> = told_problem["field_errors"].as_array().into_iter().flatten().filter_map(|it| it["message"].as_str()).collect();
    let reason = if fields.is_empty() { told_problem["detail"].as_str().unwrap_or_default().to_owned() } else { fields.join("; ") };
    let (status, condition) = match (rendered.status(), told_problem["code"].as_str().unwrap_or_default()) {
        (_, "version_conflict" | "duplicate_value") => (StatusCode::PRECONDITION_FAILED, String::new()),
        (StatusCode::FORBIDDEN, _) => (StatusCode::FORBIDDEN, dav("need-privileges", "")),
        (StatusCode::UNPROCESSABLE_ENTITY, _) | (StatusCode::CONFLICT, _) => {
            (StatusCode::FORBIDDEN, element(CALDAV, "valid-calendar-object-resource", ""))
        }
        (status, _) => (status, String::new()),
    };
    let mut response = refused(status, &condition, &reason);
    if let Some(value) = rendered.headers().get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, value.clone());
    }
    response
}
