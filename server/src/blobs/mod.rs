//! Contents of files, kept once each by their SHA-256: in the data folder under `files/`, or in a store of objects.

mod copy;
mod local;

use std::collections::HashSet;
use std::io::{Read, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use guanxi_kernel::contents::{ContentStore, Stretch};
use guanxi_storage::S3Store;

pub use copy::copy_contents;
pub use local::LocalFolder;
use local::{entries, is_younger, unless_missing};

use crate::http::Incoming;
use crate::settings::Settings;

/// What is left of an upload that was cut off goes after this long.
const LEFT_OVER: Duration = Duration::from_secs(24 * 3600);

/// The contents.
#[derive(Clone)]
pub struct Blobs {
    incoming: PathBuf,
    store: Arc<dyn ContentStore>,
}

impl Blobs {
    /// Where the settings say. Folders are made when the first file comes; a store elsewhere is not asked before.
    pub fn of(settings: &Settings) -> Self {
        let store: Arc<dyn ContentStore> = match &settings.file_store {
            Some(address) => Arc::new(S3Store::new(address.clone())),
            None => Arc::new(local(&settings.data)),
        };
        Self { store, incoming: incoming_of(&settings.data) }
    }

    /// What keeps them.
    pub fn store(&self) -> &Arc<dyn ContentStore> {
        &self.store
    }

    /// Where a content on its way in is written.
    pub fn incoming(&self, name: &str) -> PathBuf {
        self.incoming.join(name)
    }

    /// Puts a content that was written whole and synced into its place.
    ///
    /// # Errors
    /// Where it cannot be moved.
    pub fn keep(&self, incoming: &Incoming, sha256: &str) -> Result<()> {
        self.store.keep(sha256, incoming.path())
    }

    /// Reads a content, or a stretch of it.
    ///
    /// # Errors
    /// `NotFound` where there is none; the disk, the network.
    pub fn open(&self, sha256: &str, stretch: Option<Stretch>) -> Result<Box<dyn Read + Send>> {
        self.store.open(sha256, stretch)
    }

    /// Whether a content is there.
    ///
    /// # Errors
    /// The disk, the network.
    pub fn holds(&self, sha256: &str) -> Result<bool> {
        self.store.holds(sha256)
    }

    /// Removes a content no entry names. `false`: it came only just now, and may be named in a moment.
    ///
    /// # Errors
    /// The disk, the network.
    pub fn remove(&self, sha256: &str) -> Result<bool> {
        self.store.remove(sha256)
    }

    /// Removes every content that is not among these, and what cut-off uploads left. Answers how many contents went.
    ///
    /// # Errors
    /// The disk, the network.
    pub fn remove_all_but(&self, named: &HashSet<String>) -> Result<u64> {
        for left in entries(&self.incoming)? {
            if !is_younger(&left, LEFT_OVER)? {
                unless_missing(std::fs::remove_file(&left))?;
            }
        }
        let mut removed = 0;
        self.store.each(&mut |sha256| {
            if !named.contains(sha256) && self.store.remove(sha256)? {
                removed += 1;
            }
            Ok(())
        })?;
        Ok(removed)
    }
}

/// The folder of contents within a data folder.
pub fn local(data: &Path) -> LocalFolder {
    LocalFolder::new(data.join("files"), incoming_of(data))
}

fn incoming_of(data: &Path) -> PathBuf {
    data.join("files").join("incoming")
}
