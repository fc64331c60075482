//! Contents of files, kept once each by their SHA-256 under `files/ab/cd/`.

use std::path::PathBuf;

use crate::http::Incoming;

/// The folder of contents.
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// In this folder, which is made when the first file comes.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a content stands. `None` for what is no hash.
    pub fn path(&self, sha256: &str) -> Option<PathBuf> {
        let is_hash = sha256.len() == 64 && sha256.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        is_hash.then(|| self.folder.join(&sha256[..2]).join(&sha256[2..4]).join(sha256))
    }

    /// Where a content on its way in is written.
    pub fn incoming(&self, name: &str) -> PathBuf {
        self.folder.join("incoming").join(name)
    }

    /// Puts a content that was written whole and synced into its place; one that is there already stays.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn keep(&self, incoming: &Incoming, sha256: &str) -> std::io::Result<()> {
        let path = self.path(sha256).ok_or_else(|| std::io::Error::other("not a hash"))?;
        if path.exists() { Ok(()) } else { incoming.keep(&path) }
    }
}
