//! What a handler answers: a status, JSON text and the few headers that go with records.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::errors::ApiError;

/// An answer. Also what is kept under an idempotency key, so it holds nothing but text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON; none for 204.
    pub body: Option<String>,
    /// Version of the record answered.
    pub version: Option<i64>,
    /// Where the record made stands.
    pub location: Option<String>,
}

impl Answer {
    /// 200 with JSON text.
    pub fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, body: Some(body.into()), version: None, location: None }
    }
    /// 200 with a value as JSON.
    ///
    /// # Errors
    /// A fault of the program: the value cannot be JSON.
    pub fn json(body: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_string(body).map(Self::ok).map_err(|error| ApiError::internal(format!("an answer: {error}")))
    }
    /// 204.
    pub fn empty() -> Self {
        Self { status: 204, body: None, version: None, location: None }
    }
    /// Another status.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status: status.as_u16(), ..self }
    }
    /// With the version as `ETag`.
    #[must_use]
    pub fn with_version(self, version: i64) -> Self {
        Self { version: Some(version), ..self }
    }
    /// With a `Location`.
    #[must_use]
    pub fn with_location(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let Some(body) = self.body else { return status.into_response() };
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Some(value) = self.version.and_then(|it| HeaderValue::from_str(&format!("\"{it}\"")).ok()) {
            headers.insert(header::ETAG, value);
        }
        if let Some(value) = self.location.and_then(|it| HeaderValue::from_str(&it).ok()) {
            headers.insert(header::LOCATION, value);
        }
        response
    }
}
