//! Uploads: bodies written to disk as they come, under a bound, with what tells one content from another.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::content;
use super::pieces::{Pieces, cut_off};
use crate::auth::token::hex;
use crate::errors::{ApiError, disk_error};

/// Pieces that may wait for the disk.
const WAITING: usize = 8;

/// A file on its way in; gone again unless it is kept.
pub struct Incoming {
    path: PathBuf,
}

impl Incoming {
    /// To be written here, in a folder that is made where it is missing.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn at(path: PathBuf) -> Result<Self, ApiError> {
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(|error| disk_error(&error))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn keep(&self, target: &Path) -> std::io::Result<()> {
        let folder = target.parent().ok_or_else(|| std::io::Error::other("no folder"))?;
        std::fs::create_dir_all(folder)?;
        std::fs::rename(&self.path, target)?;
        // The entry in the folder must last as the content does.
        std::fs::File::open(folder)?.sync_all()
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // One that was kept is not here any more.
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished upload stays");
        }
    }
}

/// A content that came whole.
pub struct Received {
    /// Where it is.
    pub file: Incoming,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Its first bytes.
    pub head: Vec<u8>,
}

/// Takes a body in, at most so many bytes.
///
/// # Errors
/// `too_large`, `too_slow`, what was cut off, a full disk. Nothing of it stays then.
pub async fn receive(headers: &HeaderMap, body: Body, file: Incoming, limit: u64, patience: Duration) -> Result<Received, ApiError> {
    take_in(headers, body, file, limit, patience).await.map_err(|error| error.about("file"))
}

async fn take_in(headers: &HeaderMap, body: Body, file: Incoming, limit: u64, patience: Duration) -> Result<Received, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<u64>().ok());
    if announced.is_some_and(|it| it > limit) {
        return Err(ApiError::too_large(limit));
    }
    let (sender, receiver) = mpsc::channel::<Bytes>(WAITING);
    let writer = tokio::task::spawn_blocking(move || write(file, receiver));
    let sent = send(Pieces::new(body, patience), sender, limit, announced).await;
    // The writer ends when the sender is gone; after a failure what it wrote goes with its answer.
    let received = writer.await.map_err(|error| ApiError::internal(error.to_string()))?.map_err(|error| disk_error(&error).into());
    sent.and(received)
}

/// Hands the body on, piece by piece.
async fn send(mut pieces: Pieces, sender: mpsc::Sender<Bytes>, limit: u64, announced: Option<u64>) -> Result<(), ApiError> {
    let mut size = 0_u64;
    while let Some(piece) = pieces.next().await? {
        size += piece.len() as u64;
        if size > limit {
            return Err(ApiError::too_large(limit));
        }
        // A writer that gave up says why in its own answer.
        if sender.send(piece).await.is_err() {
            return Ok(());
        }
    }
    if announced.is_some_and(|it| it != size) { Err(cut_off()) } else { Ok(()) }
}

fn write(incoming: Incoming, mut pieces: mpsc::Receiver<Bytes>) -> std::io::Result<Received> {
    let mut file = std::fs::File::create(&incoming.path)?;
    let mut hash = Sha256::new();
    let (mut size, mut head) = (0, Vec::new());
    while let Some(piece) = pieces.blocking_recv() {
        if head.len() < content::HEAD {
            head.extend(piece.iter().take(content::HEAD - head.len()));
        }
        size += piece.len() as u64;
        hash.update(&piece);
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    Ok(Received { file: incoming, sha256: hex(&hash.finalize()), size, head })
}
