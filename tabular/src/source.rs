//! Where a table's bytes come from; a table is read more than once, so it can be opened again.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file on disk or bytes in memory.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file that stays where it is while the table is read.
    Path(PathBuf),
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
}

pub(crate) trait ReadSeek: Read + Seek + Send {}
impl<R: Read + Seek + Send> ReadSeek for R {}

impl Source {
    pub(crate) fn reader(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Source::Path(path) => Box::new(BufReader::new(File::open(path)?)),
            Source::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// How many bytes there are.
    pub(crate) fn length(&self) -> io::Result<u64> {
        Ok(match self {
            Source::Path(path) => std::fs::metadata(path)?.len(),
            Source::Bytes(bytes) => bytes.len() as u64,
        })
    }

    /// The first bytes, at most `length`.
    pub(crate) fn beginning(&self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader()?.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Source::Path(path.to_owned())
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Source::Path(path)
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Source::Bytes(bytes.into())
    }
}

impl From<&[u8]> for Source {
    fn from(bytes: &[u8]) -> Self {
        Source::Bytes(bytes.into())
    }
}
