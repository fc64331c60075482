//! `POST /files`: the bytes of one file, streamed to disk; the entry of it is a record of the object `file`.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use futures_util::StreamExt as _;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use guanxi_kernel::store::StoreError;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, read::Record};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::auth::token::hex;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::cut_off;
use crate::http::content::{self, FILE_OBJECT};
use crate::http::{Answer, Caller, Query, Shared, SignedIn, transfers};

/// Longest silence of an uploading client.
const SILENCE: Duration = Duration::from_secs(30);

/// Takes a file.
pub async fn upload(State(app): State<Shared>, caller: Caller, query: Query, request: Request) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.clone().call(may_upload).await?;
    let _place = transfers::begin()?;
    let (parts, body) = request.into_parts();
    let name = content::file_name(&parts.headers)?;
    let declared = content::declared_type(&parts.headers);
    let incoming = app.blobs.incoming(&app.workspaces.ids().next(app.workspaces.clock().now()).simple().to_string());
    let incoming = Incoming(incoming.map_err(io_error)?);
    let received = receive(&parts.headers, body, incoming, app.settings.max_file).await?;
    let content_type = content::trusted_type(&declared, &received.head);
    caller
        .call(move |signed_in| {
            app.blobs.keep(&received.incoming.0, &received.sha256).map_err(io_error)?;
            let size = received.size;
            let values = json!({ "name": name, "size": size, "content_type": content_type, "sha256": received.sha256 });
            let record = save(signed_in, values)?;
            let answer = json!({ "id": record.id(), "name": name, "size": size, "content_type": content_type });
            Ok(Answer::json(&answer).with_status(StatusCode::CREATED))
        })
        .await
}

fn may_upload(signed_in: &SignedIn) -> Result<(), ApiError> {
    let object = read::object_of(&signed_in.context, FILE_OBJECT)?;
    Ok(signed_in.context.access.require(&object, Verb::Create)?)
}

/// Size, type and hash are the server's to say, so the entry is written with the engine's rights, in the caller's name.
fn save(signed_in: &SignedIn, values: Json) -> Result<Record, KernelError> {
    let context = &signed_in.context;
    let values: Map<String, Json> = serde_json::from_value(values).map_err(|error| KernelError::Internal(error.to_string()))?;
    run_unit(context, context.new_id(), "upload", Box::new(move |unit| unit.create_as_system(FILE_OBJECT, &values)))
}

/// A file on its way in; gone again unless it was kept.
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // Moved away already when all went well.
        let _ = std::fs::remove_file(&self.0);
    }
}

struct Received {
    incoming: Incoming,
    sha256: String,
    size: u64,
    head: Vec<u8>,
}

async fn receive(headers: &HeaderMap, body: Body, incoming: Incoming, limit: u64) -> Result<Received, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<u64>().ok());
    if announced.is_some_and(|it| it > limit) {
        return Err(ApiError::too_large(limit));
    }
    let (sender, receiver) = mpsc::channel::<Bytes>(8);
    let writer = tokio::task::spawn_blocking(move || write(incoming, receiver));
    let sent = send(body, sender, limit, announced).await;
    // The writer ends when the sender is gone; after a failure what it wrote goes with its answer.
    let received = writer.await.map_err(|error| ApiError::internal(error.to_string()))?.map_err(io_error);
    sent.and(received)
}

/// Hands the body on, piece by piece.
async fn send(body: Body, sender: mpsc::Sender<Bytes>, limit: u64, announced: Option<u64>) -> Result<(), ApiError> {
    let mut stream = body.into_data_stream();
    let mut size = 0_u64;
    loop {
        let next = tokio::time::timeout(SILENCE, stream.next()).await.map_err(|_| cut_off())?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|_| cut_off())?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(ApiError::too_large(limit));
        }
        // A writer that gave up says why in its own answer.
        if sender.send(chunk).await.is_err() {
            return Ok(());
        }
    }
    if announced.is_some_and(|it| it != size) { Err(cut_off()) } else { Ok(()) }
}

fn write(incoming: Incoming, mut chunks: mpsc::Receiver<Bytes>) -> std::io::Result<Received> {
    let mut file = std::fs::File::create(&incoming.0)?;
    let mut hash = Sha256::new();
    let (mut size, mut head) = (0, Vec::new());
    while let Some(chunk) = chunks.blocking_recv() {
        if head.len() < content::HEAD {
            head.extend(chunk.iter().take(content::HEAD - head.len()));
        }
        size += chunk.len() as u64;
        hash.update(&chunk);
        file.write_all(&chunk)?;
    }
    file.sync_all()?;
    Ok(Received { incoming, sha256: hex(&hash.finalize()), size, head })
}

fn io_error(error: std::io::Error) -> ApiError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full.into(),
        _ => ApiError::internal(format!("file store: {error}")),
    }
}
