//! Bodies: read within a limit and a time, as strict JSON where JSON is meant.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use guanxi_kernel::KernelError;
use serde_json::{Map, Value as Json};

use super::pieces::Pieces;
use super::{Shared, strict_json};
use crate::errors::{ApiError, ApiFailure, of_status};

/// Largest JSON body but for batches, in bytes.
pub const MAX_JSON: usize = 1_000_000;

/// Reads a whole body.
async fn read(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<u64>().ok());
    if announced.is_some_and(|it| it > limit as u64) {
        return Err(ApiError::too_large(limit as u64));
    }
    let mut bytes = BytesMut::new();
    let mut pieces = Pieces::new(body, patience);
    while let Some(piece) = pieces.next().await? {
        if bytes.len() + piece.len() > limit {
            return Err(ApiError::too_large(limit as u64));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

/// A body meant as JSON, parsed when it is used: the caller is asked who he is first.
#[derive(Debug, Clone)]
pub struct JsonBody(pub Bytes);

impl FromRequest<Shared> for JsonBody {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiFailure> {
        from_request(request, MAX_JSON, app).await
    }
}

/// As [`JsonBody`], as large as a batch may be.
#[derive(Debug, Clone)]
pub struct LargeJsonBody(pub JsonBody);

impl FromRequest<Shared> for LargeJsonBody {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiFailure> {
        from_request(request, app.settings.max_body, app).await.map(Self)
    }
}

async fn from_request(request: Request, limit: usize, app: &Shared) -> Result<JsonBody, ApiFailure> {
    let (parts, body) = request.into_parts();
    let bytes = read(&parts.headers, body, limit, app.settings.client_timeout).await?;
    if !bytes.is_empty() && !is_json(&parts.headers) {
        return Err(of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE).into());
    }
    Ok(JsonBody(bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut pieces = text.split(';').map(|it| it.trim().to_ascii_lowercase());
    pieces.next().is_some_and(|it| it == "application/json" || it == "application/scim+json")
        && pieces.all(|it| !it.starts_with("charset=") || it == "charset=utf-8" || it == "charset=\"utf-8\"")
}

impl JsonBody {
    /// The value. An empty body is an empty object.
    ///
    /// # Errors
    /// `bad_json`, with what is wrong and where.
    pub fn value(&self) -> Result<Json, ApiError> {
        if self.0.is_empty() {
            return Ok(Json::Object(Map::new()));
        }
        if std::str::from_utf8(&self.0).is_err() {
            return Err(KernelError::bad_request("bad_json", "内容不是 UTF-8 文本", "the body is not UTF-8").into());
        }
        strict_json::parse(&self.0)
            .map_err(|error| KernelError::bad_request("bad_json", format!("JSON 格式有误：{error}"), format!("not valid JSON: {error}")).into())
    }

    /// The value, which must be an object.
    ///
    /// # Errors
    /// `bad_json`.
    pub fn object(&self) -> Result<Map<String, Json>, ApiError> {
        match self.value()? {
            Json::Object(map) => Ok(map),
            _ => Err(KernelError::bad_request("bad_json", "内容应为 JSON 对象", "the body must be a JSON object").into()),
        }
    }

    /// The value as a type; unknown members are refused by the type itself.
    ///
    /// # Errors
    /// `bad_json` for what is no JSON, `bad_request` for what is not of this type.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        let value = self.value()?;
        if !value.is_object() {
            // A list would be taken for a type's members in their order.
            return Err(KernelError::bad_request("bad_request", "内容应为 JSON 对象", "the body must be a JSON object").into());
        }
        serde_json::from_value(value).map_err(|error| {
            let reason: String = error.to_string().chars().take(300).collect();
            KernelError::bad_request("bad_request", format!("内容有误：{reason}"), format!("the body does not fit: {reason}")).into()
        })
    }
}
