//! Bodies: read within a limit and a time, as strict JSON where JSON is meant.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use guanxi_kernel::KernelError;
use guanxi_kernel::schema::Label;
use serde_json::{Map, Value as Json};

use super::Shared;
use super::pieces::Pieces;
use super::strict_json::{self, Broken};
use crate::errors::{ApiError, ApiFailure, of_status};

/// Largest JSON body but for batches, in bytes.
pub const MAX_JSON: usize = 1_000_000;

/// Largest form, in bytes.
const MAX_FORM: usize = 64_000;

/// Reads a whole body, at most so many bytes of it.
///
/// # Errors
/// `too_large`, `too_slow`; `bad_request` for a body that was cut off.
pub(crate) async fn read_body(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
    read_pieces(headers, body, limit, patience).await.map_err(|error| error.about("body"))
}

async fn read_pieces(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Bytes, ApiError> {
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
    let bytes = read_body(&parts.headers, body, limit, app.settings.client_timeout).await?;
    if !bytes.is_empty() && !is_json(&parts.headers) {
        return Err(of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE).into());
    }
    Ok(JsonBody(bytes))
}

/// A form, as providers send it that follow standards older than JSON.
#[derive(Debug, Clone)]
pub struct FormBody(Bytes);

impl FromRequest<Shared> for FormBody {
    type Rejection = ApiFailure;

    async fn from_request(request: Request, app: &Shared) -> Result<Self, ApiFailure> {
        let (parts, body) = request.into_parts();
        let text = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if text.split(';').next().is_none_or(|it| !it.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
            return Err(of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE).into());
        }
        Ok(Self(read_body(&parts.headers, body, MAX_FORM, app.settings.client_timeout).await?))
    }
}

impl FormBody {
    /// A field of the form, which must be there once. Others are for others.
    ///
    /// # Errors
    /// `bad_request`, by its name.
    pub fn field(&self, name: &str) -> Result<String, ApiError> {
        let mut found = form_urlencoded::parse(&self.0).filter(|it| it.0 == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value.into_owned()),
            _ => Err(ApiError::bad("bad_request", name, "应出现一次且不为空", "must be there once, and not be empty")),
        }
    }
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
        strict_json::parse(&self.0).map_err(|Broken { field, reason }| {
            let (zh_cn, en) = if std::str::from_utf8(&self.0).is_err() {
                ("内容不是 UTF-8 文本".to_owned(), "the body is not UTF-8".to_owned())
            } else {
                (format!("JSON 格式有误：{reason}"), format!("not valid JSON: {reason}"))
            };
            let error = ApiError::http(StatusCode::BAD_REQUEST, "bad_json", zh_cn, en);
            if field.is_empty() { error } else { error.about(&field) }
        })
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
    /// `bad_json` for what is no JSON, `bad_request` for what is not of this type, with the member that does not fit.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        let value = self.value()?;
        if !value.is_object() {
            // A list would be taken for a type's members in their order.
            return Err(KernelError::bad_request("bad_request", "内容应为 JSON 对象", "the body must be a JSON object").into());
        }
        serde_path_to_error::deserialize(value).map_err(|error| {
            let place = error.path().to_string();
            let reason: String = error.inner().to_string().chars().take(300).collect();
            // A member that nobody knows stands at the root, and its name in the reason.
            let field = Some(place).filter(|it| !it.is_empty() && it != ".");
            let message = match &field {
                Some(field) => Label::new(format!("“{field}”的值有误：{reason}"), format!("the value of `{field}` does not fit: {reason}")),
                None => Label::new(format!("内容有误：{reason}"), format!("the body does not fit: {reason}")),
            };
            KernelError::BadRequest { code: "bad_request", message, field, position: None }.into()
        })
    }
}
