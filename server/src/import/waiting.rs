//! The rows that wait for what other rows make: their numbers in a file beside the uploaded one, round after round, so that
//! a run that was interrupted goes on with them.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Bytes of a row's number.
const WIDTH: usize = 8;

/// How far a run has come with the rows that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// 0 while the file itself is read; then how often those that waited are gone over.
    pub round: u32,
    /// Rows this round goes over.
    pub rows: u64,
    /// Of these, how many it has been over.
    pub passed: u64,
    /// Rows that wait for the next round.
    pub left: u64,
}

impl Waiting {
    /// Rows that are not dealt with yet.
    pub fn open(self) -> u64 {
        self.left + self.rows.saturating_sub(self.passed)
    }

    /// The next round: over those that are left.
    pub fn next(self) -> Self {
        Self { round: self.round + 1, rows: self.left, passed: 0, left: 0 }
    }
}

/// The files of an import: one that a round reads, one that it writes.
pub(super) fn waiting_of(folder: &Path, id: Uuid) -> [PathBuf; 2] {
    ["even", "odd"].map(|it| folder.join(format!("{}.waiting.{it}", id.simple())))
}

/// Keeps them.
pub(super) struct WaitingRows {
    paths: [PathBuf; 2],
    file: Option<(u32, File)>,
}

impl WaitingRows {
    pub fn new(folder: &Path, id: Uuid) -> Self {
        Self { paths: waiting_of(folder, id), file: None }
    }

    fn path(&self, round: u32) -> &PathBuf {
        &self.paths[(round % 2) as usize]
    }

    /// Writes the numbers of rows that wait behind those a round noted. Lasts before it returns.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&mut self, waiting: Waiting, numbers: &[u64]) -> std::io::Result<()> {
        if numbers.is_empty() {
            return Ok(());
        }
        if self.file.as_ref().is_none_or(|it| it.0 != waiting.round) {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.path(waiting.round))?;
            self.file = Some((waiting.round, file));
        }
        let Some((_, file)) = &mut self.file else { return Ok(()) };
        // What an attempt that failed left behind goes.
        let committed = waiting.left * WIDTH as u64;
        file.set_len(committed)?;
        file.seek(SeekFrom::Start(committed))?;
        file.write_all(&numbers.iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<u8>>())?;
        file.sync_data()
    }

    /// The rows a round still has to go over, in the order of the file.
    ///
    /// # Errors
    /// The disk; a file that is shorter than what was noted of it.
    pub fn read(&self, waiting: Waiting) -> std::io::Result<Vec<u64>> {
        if waiting.round == 0 || waiting.passed >= waiting.rows {
            return Ok(Vec::new());
        }
        let bytes = std::fs::read(self.path(waiting.round - 1))?;
        let number = |it: &[u8]| it.try_into().map(u64::from_le_bytes).unwrap_or_default();
        let all: Vec<u64> = bytes.chunks_exact(WIDTH).map(number).collect();
        let at = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let open = all.get(at(waiting.passed)..at(waiting.rows));
        open.map(<[u64]>::to_vec).ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
    }

    /// Nothing waits any more.
    pub fn remove(&mut self) {
        self.file = None;
        for path in &self.paths {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => tracing::warn!(%error, path = %path.display(), "an old file stays"),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_committed_is_forgotten_and_what_is_passed_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let mut rows = WaitingRows::new(folder.path(), Uuid::nil());
        let first = Waiting::default();
        rows.write(first, &[2, 3, 7]).unwrap();
        rows.write(first, &[2, 5]).unwrap();
        rows.write(Waiting { left: 2, ..first }, &[9]).unwrap();
        let second = Waiting { left: 3, ..first }.next();
        assert_eq!((rows.read(second).unwrap(), second.open()), (vec![2, 5, 9], 3));
        let further = Waiting { passed: 1, ..second };
        rows.write(further, &[2]).unwrap();
        assert_eq!(rows.read(further).unwrap(), [5, 9]);
        assert_eq!(rows.read(Waiting { passed: 3, left: 1, ..second }.next()).unwrap(), [2]);
        rows.remove();
        assert!(rows.read(second).is_err());
    }
}
