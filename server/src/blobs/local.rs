//! Contents in a folder of this machine, under `ab/cd/`.

use std::fs::File;
use std::io::{ErrorKind, Read, Result, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_kernel::contents::{ContentStore, Stretch, is_sha256};

/// A content younger than this may belong to an entry that is being written.
const YOUNG: Duration = Duration::from_secs(3600);

/// The folder of contents.
pub struct LocalFolder {
    folder: PathBuf,
    /// On the same disk, for what is about to leave.
    aside: PathBuf,
}

impl LocalFolder {
    /// Contents in this folder.
    pub fn new(folder: PathBuf, aside: PathBuf) -> Self {
        Self { folder, aside }
    }

    /// Where a content stands. `None` for what is no hash.
    fn path(&self, sha256: &str) -> Option<PathBuf> {
        is_sha256(sha256).then(|| self.folder.join(&sha256[..2]).join(&sha256[2..4]).join(sha256))
    }
}

fn missing() -> std::io::Error {
    std::io::Error::from(ErrorKind::NotFound)
}

impl ContentStore for LocalFolder {
    fn describe(&self) -> String {
        self.folder.display().to_string()
    }

    fn keep(&self, sha256: &str, file: &Path) -> Result<()> {
        let path = self.path(sha256).ok_or_else(missing)?;
        let folder = path.parent().ok_or_else(missing)?;
        std::fs::create_dir_all(folder)?;
        std::fs::rename(file, &path)?;
        // The entry in the folder must last as the content does.
        File::open(folder)?.sync_all()
    }

    fn open(&self, sha256: &str, stretch: Option<Stretch>) -> Result<Box<dyn Read + Send>> {
        let mut file = File::open(self.path(sha256).ok_or_else(missing)?)?;
        let Some(Stretch { first, last }) = stretch else { return Ok(Box::new(file)) };
        file.seek(SeekFrom::Start(first))?;
        Ok(Box::new(file.take(last.saturating_sub(first).saturating_add(1))))
    }

    fn holds(&self, sha256: &str) -> Result<bool> {
        Ok(self.path(sha256).is_some_and(|it| it.is_file()))
    }

    fn remove(&self, sha256: &str) -> Result<bool> {
        let Some(path) = self.path(sha256) else { return Ok(true) };
        if is_younger(&path, YOUNG)? {
            return Ok(false);
        }
        // Set aside first: an upload of the same content between the look and the removal puts its own into the place.
        let aside = self.aside.join(format!("{sha256}.leaving"));
        std::fs::create_dir_all(&self.aside)?;
        unless_missing(std::fs::rename(&path, &aside))?;
        if is_younger(&aside, YOUNG)? {
            unless_missing(std::fs::rename(&aside, &path))?;
            return Ok(false);
        }
        unless_missing(std::fs::remove_file(&aside))?;
        Ok(true)
    }

    fn each(&self, found: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        for first in entries(&self.folder)?.into_iter().filter(|it| *it != self.aside) {
            for second in entries(&first)? {
                for content in entries(&second)? {
                    let name = content.file_name().and_then(|it| it.to_str()).unwrap_or_default();
                    if self.path(name).is_some_and(|it| it == content) {
                        found(name)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What is in a folder; nothing where there is none.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(all) => all.map(|it| it.map(|it| it.path())).collect(),
    }
}

pub(super) fn unless_missing(outcome: Result<()>) -> Result<()> {
    outcome.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Whether a file changed less than so long ago; not where there is none.
pub(super) fn is_younger(path: &Path, than: Duration) -> Result<bool> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        // From the future by a clock that was set back: young.
        Ok(found) => Ok(found.modified()?.elapsed().map_or(true, |it| it < than)),
    }
}
