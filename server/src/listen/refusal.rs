//! What is said to a client whose request never reached the routes: a problem like any other.

use axum::http::StatusCode;
use guanxi_kernel::context::Locale;

use crate::errors::{ApiError, problem, status_of};
use crate::http::REQUEST_ID;

/// Longest address of a request in bytes: what the HTTP library takes.
pub const MAX_ADDRESS: usize = 65_534;

/// Why a request never reached the routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No HTTP/1.1.
    Unreadable,
    /// The address is too long.
    LongAddress,
    /// The head is too long, or has too many fields.
    LargeHead,
    /// The head did not come in time.
    Slow,
    /// Too many connections.
    Busy,
    /// HTTP without TLS where there must be TLS.
    PlainHttp,
}

impl Refusal {
    /// Why a connection ended, by the error, the library's own answer and what was read and not parsed. `None` where
    /// nobody waits for an answer.
    pub fn of(error: &hyper::Error, held: Option<&[u8]>, unread: &[u8]) -> Option<Self> {
        if error.is_timeout() {
            // A connection nothing was asked on was kept for the next request; it ends without a word.
            return (!unread.is_empty()).then_some(Self::Slow);
        }
        let status = held?.get(9..12)?;
        let line_goes_on = unread.len() > MAX_ADDRESS && !unread[..MAX_ADDRESS].contains(&b'\n');
        Some(match status {
            b"414" => Self::LongAddress,
            b"431" if line_goes_on => Self::LongAddress,
            b"431" => Self::LargeHead,
            _ => Self::Unreadable,
        })
    }

    fn error(self) -> ApiError {
        let (status, code, zh_cn, en) = match self {
            Self::Unreadable => (StatusCode::BAD_REQUEST, "bad_request", "请求不是有效的 HTTP/1.1", "the request is not valid HTTP/1.1"),
            Self::LongAddress => {
                (StatusCode::URI_TOO_LONG, "uri_too_long", "请求地址过长，请缩短筛选条件", "the address is too long; shorten the filter")
            }
            Self::LargeHead => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                "请求头过大，请清除此网站的 Cookie 后重试",
                "the headers are too large; clear this site's cookies and try again",
            ),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "too_slow", "请求到达过慢，请重试", "the request came too slowly; try again"),
            Self::Busy => return ApiError::busy(),
            Self::PlainHttp => (StatusCode::BAD_REQUEST, "https_only", "此端口仅支持 https 访问", "this port speaks https; use an https address"),
        };
        ApiError::http(status, code, zh_cn, en)
    }

    /// The status.
    pub fn status(self) -> StatusCode {
        status_of(&self.error())
    }
}

/// The whole response. Nothing is known of the caller's language.
pub fn response(refusal: &Refusal, request_id: &str) -> Vec<u8> {
    let (error, status) = (refusal.error(), refusal.status());
    let body = problem(&error, Locale::default(), request_id).to_json();
    let retry = if *refusal == Refusal::Busy { "retry-after: 1\r\n" } else { "" };
    format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: {}\r\n{REQUEST_ID}: {request_id}\r\n{retry}\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n{body}",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        body.len(),
    )
    .into_bytes()
}
