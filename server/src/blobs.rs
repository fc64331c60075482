//! Contents of files, kept once each by their SHA-256 under `files/ab/cd/`.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::http::Incoming;

/// A content younger than this may belong to an entry that is being written.
const YOUNG: Duration = Duration::from_secs(3600);
/// What is left of an upload that was cut off goes after this long.
const LEFT_OVER: Duration = Duration::from_secs(24 * 3600);

/// The folder of contents.
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Under this data folder; made when the first file comes.
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join("files") }
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

    /// Puts a content that was written whole and synced into its place. Over an equal one that is there already: that one
    /// may be about to be removed.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn keep(&self, incoming: &Incoming, sha256: &str) -> std::io::Result<()> {
        let path = self.path(sha256).ok_or_else(|| std::io::Error::other("not a hash"))?;
        match incoming.keep(&path) {
            // Carried out once more, after definitions changed meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound && path.exists() => Ok(()),
            outcome => outcome,
        }
    }

    /// Removes a content no entry names. `false`: it came only just now, and may be named in a moment.
    ///
    /// # Errors
    /// The disk.
    pub fn remove(&self, sha256: &str) -> std::io::Result<bool> {
        let Some(path) = self.path(sha256) else { return Ok(true) };
        if is_younger(&path, YOUNG)? {
            return Ok(false);
        }
        // Set aside first: an upload of the same content between the look and the removal puts its own into the place.
        let aside = self.incoming(&format!("{sha256}.leaving"));
        std::fs::create_dir_all(self.folder.join("incoming"))?;
        unless_missing(std::fs::rename(&path, &aside))?;
        if is_younger(&aside, YOUNG)? {
            unless_missing(std::fs::rename(&aside, &path))?;
            return Ok(false);
        }
        unless_missing(std::fs::remove_file(&aside))?;
        Ok(true)
    }

    /// Removes every content that is not among these, and what cut-off uploads left. Answers how many contents went.
    ///
    /// # Errors
    /// The disk.
    pub fn remove_all_but(&self, named: &HashSet<String>) -> std::io::Result<u64> {
        let mut removed = 0;
        for first in entries(&self.folder)? {
            if first.file_name().is_some_and(|it| it == "incoming") {
                for left in entries(&first)? {
                    if !is_younger(&left, LEFT_OVER)? {
                        unless_missing(std::fs::remove_file(&left))?;
                    }
                }
                continue;
            }
            for second in entries(&first)? {
                for content in entries(&second)? {
                    let name = content.file_name().and_then(|it| it.to_str()).unwrap_or_default();
                    let is_content = self.path(name).is_some_and(|it| it == content);
                    if is_content && !named.contains(name) && self.remove(name)? {
                        removed += 1;
                    }
                }
            }
        }
        Ok(removed)
    }
}

/// What is in a folder; nothing where there is none.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(all) => all.map(|it| it.map(|it| it.path())).collect(),
    }
}

fn unless_missing(outcome: std::io::Result<()>) -> std::io::Result<()> {
    outcome.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Whether a file changed less than so long ago; not where there is none.
fn is_younger(path: &Path, than: Duration) -> std::io::Result<bool> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        // From the future by a clock that was set back: young.
        Ok(found) => Ok(found.modified()?.elapsed().map_or(true, |it| it < than)),
    }
}
