//! Where the bytes of files are: a folder of this machine, or a store of objects elsewhere. Each content is kept once, by its
//! SHA-256, and never changes.

use std::io::{Read, Result};
use std::path::Path;

/// A stretch of a content, in bytes: the first and the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first byte.
    pub first: u64,
    /// The last byte.
    pub last: u64,
}

/// Keeps contents.
pub trait ContentStore: Send + Sync {
    /// What it is, for people who run the server; without secrets.
    fn describe(&self) -> String;

    /// Keeps the content of a file that was written whole and synced, over an equal one that is there already: that one may be
    /// about to be removed. The file may be gone afterwards.
    ///
    /// # Errors
    /// The disk, the network.
    fn keep(&self, sha256: &str, file: &Path) -> Result<()>;

    /// Reads a content, or a stretch of it.
    ///
    /// # Errors
    /// `NotFound` where there is none; the disk, the network.
    fn open(&self, sha256: &str, stretch: Option<Stretch>) -> Result<Box<dyn Read + Send>>;

    /// Whether it has a content.
    ///
    /// # Errors
    /// The disk, the network.
    fn holds(&self, sha256: &str) -> Result<bool>;

    /// Removes a content no entry names. `false`: it came only just now, and may be named in a moment.
    ///
    /// # Errors
    /// The disk, the network.
    fn remove(&self, sha256: &str) -> Result<bool>;

    /// Names every content there is.
    ///
    /// # Errors
    /// The disk, the network; what `found` fails with.
    fn each(&self, found: &mut dyn FnMut(&str) -> Result<()>) -> Result<()>;
}

/// Whether a text is a SHA-256 as contents are named by: nothing else becomes a part of a path.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}
