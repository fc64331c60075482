//! Contents of files, kept once each by their SHA-256 under `files/ab/cd/`.

use std::path::{Path, PathBuf};

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

    /// A new file for a content on its way in.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn incoming(&self, name: &str) -> std::io::Result<PathBuf> {
        let folder = self.folder.join("incoming");
        std::fs::create_dir_all(&folder)?;
        Ok(folder.join(name))
    }

    /// Puts a content that was written whole and synced into its place.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn keep(&self, incoming: &Path, sha256: &str) -> std::io::Result<()> {
        let path = self.path(sha256).ok_or_else(|| std::io::Error::other("not a hash"))?;
        if path.exists() {
            return std::fs::remove_file(incoming);
        }
        let folder = path.parent().ok_or_else(|| std::io::Error::other("no folder"))?;
        std::fs::create_dir_all(folder)?;
        std::fs::rename(incoming, &path)?;
        // The entry in the folder must last as the content does.
        std::fs::File::open(folder)?.sync_all()
    }
}
