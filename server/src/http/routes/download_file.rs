//! `GET /files/{id}`: the bytes of a file.

use std::fs::File;
use std::io::Read as _;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read::{self, Record};
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Value};
use tokio::sync::{SemaphorePermit, mpsc};

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::{Caller, Query, Shared, content, transfers};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;
/// What a file may do in a browser: nothing.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Sends a file, as an attachment unless it is a picture of a safe kind and `inline` is asked for.
pub async fn download(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, ApiFailure> {
    let inline = query.flag("inline")?;
    query.finish()?;
    let place = transfers::begin()?;
    let (record, file) = caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, FILE_OBJECT)?;
            let id = record_id(&id)?;
            let found = context.workspace.store.read_with(|tx| read::load_record(context, tx, &object, id, Verb::Read, false))?;
            let record = found.ok_or(KernelError::NotFound)?;
            let path = app.blobs.path(&text(&record, "sha256")).ok_or(KernelError::NotFound)?;
            let file = File::open(path).map_err(|error| ApiError::internal(format!("the content of file {id} is missing: {error}")))?;
            Ok((record, file))
        })
        .await?;
    Ok(respond(&record, (file, place), inline, &headers)?)
}

fn text(record: &Record, name: &str) -> String {
    record.value(name).as_text().unwrap_or_default().to_owned()
}

fn respond(record: &Record, content: (File, SemaphorePermit<'static>), inline: bool, asked: &HeaderMap) -> Result<Response, ApiError> {
    let tag = format!("\"{}\"", text(record, "sha256"));
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| ApiError::internal(error.to_string()));
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(stream_of(content)) };
    let content_type = text(record, "content_type");
    let inline = inline && content::is_safe_picture(&content_type);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(&tag)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    if !known {
        headers.insert(header::CONTENT_TYPE, value(&content_type)?);
        headers.insert(header::CONTENT_DISPOSITION, value(&content::disposition(inline, &text(record, "name")))?);
        if let Value::Int(size) = record.value("size") {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
        }
    }
    Ok(response)
}

/// The file's bytes, read on a blocking thread no faster than they are sent.
fn stream_of((mut file, place): (File, SemaphorePermit<'static>)) -> Body {
    let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let _place = place;
        let mut buffer = vec![0; CHUNK];
        loop {
            let chunk = match file.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(&buffer[..length])),
                Err(error) => Err(error),
            };
            let failed = chunk.is_err();
            // A client that went away needs no more.
            if !transfers::hand_over(&sender, chunk) || failed {
                return;
            }
        }
    });
    Body::from_stream(stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|chunk| (chunk, receiver)) }))
}
