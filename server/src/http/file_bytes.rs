//! The bytes of files on their way in and out: taken in under the workspace's rules, and sent so that a browser does nothing
//! with them but show or save them.

use std::io::{ErrorKind, Read};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use guanxi_kernel::contents::Stretch;
use guanxi_kernel::files::{Content, FilePolicy, check_quota};
use guanxi_kernel::store::StoreExt as _;
use tokio::sync::{SemaphorePermit, mpsc};

use super::intake::{Incoming, receive};
use super::kinds::{accepted_type, is_safe_picture};
use super::{Caller, Shared, SignedIn, content, transfers};
use crate::errors::{ApiError, ApiFailure, disk_error};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// What a file may do in a browser: nothing.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Takes the bytes of a file in and keeps them; the entry of it is the caller's to write. `allowed` is asked before the first
/// byte is read.
///
/// # Errors
/// What `allowed` says; `too_large`, `quota_exceeded`, a program or a virus, what was cut off, a full disk.
pub async fn take_in(
    app: &Shared,
    caller: &Caller,
    request: Request,
    allowed: impl Fn(&SignedIn) -> Result<(), ApiError> + Send + 'static,
) -> Result<Content, ApiFailure> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<u64>().ok());
    let policy = caller
        .clone()
        .call(move |signed_in| {
            allowed(signed_in)?;
            let context = &signed_in.context;
            // Whoever announces too much is spared the way.
            Ok(context.workspace.store.read_with(|tx| {
                check_quota(context, tx, announced.unwrap_or(0))?;
                FilePolicy::load(tx)
            })?)
        })
        .await?;
    let _place = transfers::begin()?;
    let (parts, body) = request.into_parts();
    let name = content::file_name(&parts.headers)?;
    let declared = content::declared_type(&parts.headers);
    let id = app.workspaces.ids().next(app.workspaces.clock().now());
    let file = Incoming::at(app.blobs.incoming(&id.simple().to_string()))?;
    let limit = policy.largest.map_or(app.settings.max_file, |it| it.min(app.settings.max_file));
    let received = receive(&parts.headers, body, file, limit, app.settings.client_timeout).await?;
    let content_type = accepted_type(&name, &declared, &received.head, policy.programs)?;
    let (size, sha256) = (received.size, received.sha256.clone());
    // The bytes first, what names them after: there is never an entry without its content.
    app.outside(move |app| app.blobs.keep(&received.file, &received.sha256)).await?.map_err(|error| disk_error(&error))?;
    Ok(Content { name, size, content_type, sha256 })
}

/// A file that is sent.
pub struct Sent {
    /// What it is.
    pub content: Content,
    /// Whether pictures of safe kinds are shown in place.
    pub inline: bool,
    /// The stretch asked for, where it is one.
    pub stretch: Option<Stretch>,
    bytes: Option<Box<dyn Read + Send>>,
}

impl Sent {
    /// Opens a content to be sent; nothing is read of one the client has already. Blocks.
    ///
    /// # Errors
    /// Where the content is missing or cannot be reached.
    pub fn open(app: &Shared, content: Content, inline: bool, asked: &HeaderMap) -> Result<Self, ApiError> {
        let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag_of(&content).as_bytes());
        let stretch = stretch_of(asked, &content);
        let bytes = if is_known { None } else { Some(open(app, &content, stretch)?) };
        Ok(Self { content, inline, stretch, bytes })
    }

    /// The response.
    ///
    /// # Errors
    /// Where a header cannot be written.
    pub fn respond(self, place: SemaphorePermit<'static>) -> Result<Response, ApiError> {
        let Self { content, inline, stretch, bytes } = self;
        let is_known = bytes.is_none();
        let mut response = bytes.map_or_else(|| StatusCode::NOT_MODIFIED.into_response(), |it| Response::new(stream_of((it, place))));
        let value = |text: &str| HeaderValue::from_str(text).map_err(|error| ApiError::internal(error.to_string()));
        let headers = response.headers_mut();
        headers.insert(header::ETAG, value(&tag_of(&content))?);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
        if is_known {
            return Ok(response);
        }
        let inline = inline && is_safe_picture(&content.content_type);
        headers.insert(header::CONTENT_TYPE, value(&content.content_type)?);
        headers.insert(header::CONTENT_DISPOSITION, value(&content::disposition(inline, &content.name))?);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let length = stretch.map_or(content.size, |it| it.last - it.first + 1);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        if let Some(Stretch { first, last }) = stretch {
            headers.insert(header::CONTENT_RANGE, value(&format!("bytes {first}-{last}/{}", content.size))?);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        Ok(response)
    }
}

/// Opens a content. Blocks.
///
/// # Errors
/// Where it is missing or cannot be reached.
pub fn open(app: &Shared, content: &Content, stretch: Option<Stretch>) -> Result<Box<dyn Read + Send>, ApiError> {
    app.blobs.open(&content.sha256, stretch).map_err(|error| match error.kind() {
        ErrorKind::NotFound => ApiError::internal(format!("the content of {} is missing", content.sha256)),
        _ => disk_error(&error).into(),
    })
}

fn tag_of(content: &Content) -> String {
    format!("\"{}\"", content.sha256)
}

/// The one stretch of bytes asked for, as players of sound do. Several at once, and what makes no sense, is answered whole,
/// as a server may (RFC 9110, 14.2).
fn stretch_of(asked: &HeaderMap, content: &Content) -> Option<Stretch> {
    let range = asked.get(header::RANGE)?.to_str().ok()?.trim().strip_prefix("bytes=")?;
    // Of another content than the client knows a stretch is no use to it.
    if asked.get(header::IF_RANGE).is_some_and(|it| it.as_bytes() != tag_of(content).as_bytes()) {
        return None;
    }
    let end = content.size.checked_sub(1)?;
    let (first, last) = range.split_once('-')?;
    let stretch = match (first.trim(), last.trim()) {
        ("", last) => Stretch { first: content.size.saturating_sub(last.parse().ok()?), last: end },
        (first, "") => Stretch { first: first.parse().ok()?, last: end },
        (first, last) => Stretch { first: first.parse().ok()?, last: last.parse::<u64>().ok()?.min(end) },
    };
    (stretch.first <= stretch.last).then_some(stretch)
}

/// The bytes, read on a blocking thread no faster than they are sent.
fn stream_of((mut bytes, place): (Box<dyn Read + Send>, SemaphorePermit<'static>)) -> Body {
    let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let mut buffer = vec![0; CHUNK];
        loop {
            let chunk = match bytes.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = chunk.is_err();
            // A client that went away needs no more.
            if !transfers::hand_over(&sender, chunk) || failed {
                return;
            }
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|chunk| (chunk, receiver)) });
    // Whatever compresses it asks once more after the end.
    Body::from_stream(chunks.fuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(range: &str, size: u64) -> Option<(u64, u64)> {
        let mut asked = HeaderMap::new();
        asked.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        let content = Content { name: String::new(), size, content_type: String::new(), sha256: "x".into() };
        stretch_of(&asked, &content).map(|it| (it.first, it.last))
    }

    #[test]
    fn one_stretch_is_understood_and_what_makes_no_sense_is_answered_whole() {
        assert_eq!(stretch("bytes=0-", 10), Some((0, 9)));
        assert_eq!(stretch("bytes=2-4", 10), Some((2, 4)));
        assert_eq!(stretch("bytes=2-400", 10), Some((2, 9)));
        assert_eq!(stretch("bytes=-3", 10), Some((7, 9)));
        assert_eq!(stretch("bytes=-30", 10), Some((0, 9)));
        for odd in ["bytes=10-", "bytes=4-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=-", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(stretch(odd, 10), None, "{odd}");
        }
        assert_eq!(stretch("bytes=0-", 0), None);
    }
}
