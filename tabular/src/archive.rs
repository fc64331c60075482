//! An archive that holds files, as people send a folder.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::TabularError;
use crate::limits::Limits;
use crate::source::{ReadSeek, Source};

/// Most files of an archive.
const MOST_FILES: usize = 200;
/// What workbooks have in them and folders of files do not.
const OF_WORKBOOKS: [&str; 3] = ["[Content_Types].xml", "mimetype", "xl/workbook.xml"];

fn broken(error: zip::result::ZipError) -> TabularError {
    TabularError::BrokenWorkbook { reason: error.to_string() }
}

/// Whether a file is an archive of files: no workbook, which is an archive as well.
///
/// # Errors
/// Where it cannot be read. An archive that is broken is left to the reader of workbooks, which says so.
pub fn is_archive_of_files(source: &Source) -> Result<bool, TabularError> {
    if !source.beginning(4)?.starts_with(b"PK\x03\x04") {
        return Ok(false);
    }
    let Ok(archive) = zip::ZipArchive::new(source.reader()?) else { return Ok(false) };
    let of_workbooks = |it: &str| OF_WORKBOOKS.contains(&it);
    Ok(!archive.file_names().any(|it| it.is_ok_and(|it| of_workbooks(&it))))
}

/// An archive of files that was opened.
pub struct FileArchive {
    archive: zip::ZipArchive<Box<dyn ReadSeek>>,
    names: Vec<String>,
    places: Vec<usize>,
    /// Bytes that may still come out of it.
    left: u64,
    /// Bytes that may still come out of the workbooks among its files: those are archives as well.
    left_within: u64,
}

impl FileArchive {
    /// Opens it. Folders, and what systems put beside files for themselves, are none of its files.
    ///
    /// # Errors
    /// A broken archive, one of too many files, one that claims to hold too much, one that holds none.
    pub fn open(source: &Source, limits: &Limits) -> Result<Self, TabularError> {
        let mut archive = zip::ZipArchive::new(source.reader()?).map_err(broken)?;
        let (mut names, mut places, mut claimed) = (Vec::new(), Vec::new(), 0_u64);
        if archive.len() > limits.max_archive_entries {
            return Err(TabularError::TooLarge { what: "entries", limit: limits.max_archive_entries as u64 });
        }
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(broken)?;
            let name = name_of(entry.name_raw());
            let is_hidden = name.split('/').any(|it| it.starts_with('.') || it == "__MACOSX" || it == "Thumbs.db");
            if entry.is_file() && !name.is_empty() && !is_hidden {
                claimed = claimed.saturating_add(entry.size());
                names.push(name);
                places.push(index);
            }
        }
        if names.len() > MOST_FILES {
            return Err(TabularError::TooLarge { what: "files", limit: MOST_FILES as u64 });
        }
        if claimed > limits.max_inflated_bytes {
            return Err(TabularError::TooLarge { what: "bytes unpacked", limit: limits.max_inflated_bytes });
        }
        if names.is_empty() {
            Err(TabularError::Empty)
        } else {
            Ok(Self { archive, names, places, left: limits.max_inflated_bytes, left_within: limits.max_inflated_bytes })
        }
    }

    /// Names of its files, with the folders they are in.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Writes one of them, of at most so many bytes.
    ///
    /// # Errors
    /// A file that is too large, encrypted, damaged, or not as large as the archive claims; the disk.
    pub fn unpack(&mut self, index: usize, target: &Path, most: u64) -> Result<(), TabularError> {
        let name = self.names.get(index).cloned().unwrap_or_default();
        let place = self.places.get(index).copied().ok_or(TabularError::Empty)?;
        let entry = self.archive.by_index(place).map_err(broken)?;
        let (size, most) = (entry.size(), most.min(self.left));
        let too_large = TabularError::TooLarge { what: "bytes unpacked", limit: most };
        if size > most {
            return Err(too_large);
        }
        let mut file = File::create(target)?;
        let mut source = Watched { inner: entry.take(most + 1), failed: false };
        let copied = io::copy(&mut source, &mut file);
        let written = match copied {
            Ok(written) => written,
            Err(_) if source.failed => return Err(TabularError::LyingArchive { entry: name }),
            Err(error) => return Err(TabularError::Io(error)),
        };
        self.left = self.left.saturating_sub(written);
        if written > most {
            return Err(too_large);
        }
        if written != size {
            return Err(TabularError::LyingArchive { entry: name });
        }
        file.flush()?;
        file.sync_all()?;
        let within = claimed_within(target)?;
        self.left_within = self.left_within.checked_sub(within).ok_or(TabularError::TooLarge { what: "bytes unpacked", limit: self.left_within })?;
        Ok(())
    }
}

/// What a file claims to hold unpacked, where it is an archive itself. Whether it says the truth is seen when it is read.
fn claimed_within(path: &Path) -> Result<u64, TabularError> {
    let source = Source::from(path);
    if !source.beginning(2)?.starts_with(b"PK") {
        return Ok(0);
    }
    let Ok(mut archive) = zip::ZipArchive::new(source.reader()?) else { return Ok(0) };
    let mut claimed = 0_u64;
    for index in 0..archive.len() {
        claimed = claimed.saturating_add(archive.by_index_raw(index).map_or(0, |it| it.size()));
    }
    Ok(claimed)
}

/// Tells what the archive does wrong from what the disk does.
struct Watched<R> {
    inner: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        self.failed |= read.is_err();
        read
    }
}

/// The name as it was meant: archives made under Windows do not say that theirs are in GB18030.
fn name_of(raw: &[u8]) -> String {
    let text = match std::str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(guanxi_text::encoding::decode(raw).text),
    };
    let text = text.replace('\\', "/");
    let pieces = text.split('/').filter(|it| !it.is_empty() && *it != "..").map(|it| it.chars().filter(|it| !it.is_control()).collect::<String>());
    pieces.collect::<Vec<_>>().join("/").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Source {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        Source::from(writer.finish().unwrap().into_inner())
    }

    #[test]
    fn files_come_out_under_names_that_lead_nowhere() {
        let source = archive(&[("a/客户.csv", b"name\nx\n"), ("../../etc/b.csv", b"name\n"), ("__MACOSX/a.csv", b"x"), (".DS_Store", b"x")]);
        assert!(is_archive_of_files(&source).unwrap());
        let mut archive = FileArchive::open(&source, &Limits::default()).unwrap();
        assert_eq!(archive.names(), ["a/客户.csv", "etc/b.csv"]);
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("x");
        archive.unpack(0, &target, 100).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"name\nx\n");
        assert_eq!(archive.unpack(0, &target, 3).unwrap_err().code(), "file_too_large");
    }

    #[test]
    fn too_much_is_refused_before_it_is_unpacked() {
        let source = archive(&[("a.csv", &vec![b'a'; 1_000_000])]);
        let limits = Limits { max_inflated_bytes: 1000, ..Limits::default() };
        assert_eq!(FileArchive::open(&source, &limits).err().unwrap().code(), "file_too_large");
        let many: Vec<String> = (0..=MOST_FILES).map(|it| format!("{it}.csv")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|it| (it.as_str(), b"x".as_slice())).collect();
        assert_eq!(FileArchive::open(&archive(&many), &Limits::default()).err().unwrap().code(), "file_too_large");
        assert_eq!(FileArchive::open(&archive(&[(".x", b"x")]), &Limits::default()).err().unwrap().code(), "file_empty");
    }

    #[test]
    fn what_workbooks_within_unfold_to_is_added_up() {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        writer.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&vec![b'a'; 600_000]).unwrap();
        let book = writer.finish().unwrap().into_inner();
        let source = archive(&[("a.xlsx", &book), ("b.xlsx", &book), ("c.csv", b"name\n")]);
        let limits = Limits { max_inflated_bytes: 1_000_000, ..Limits::default() };
        let mut archive = FileArchive::open(&source, &limits).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut unpack = |index| archive.unpack(index, &folder.path().join("x"), 1_000_000).err().map(|it| it.code());
        assert_eq!((unpack(0), unpack(1), unpack(2)), (None, Some("file_too_large"), None));
    }

    #[test]
    fn workbooks_and_tables_are_none() {
        assert!(!is_archive_of_files(&archive(&[("[Content_Types].xml", b"x")])).unwrap());
        assert!(!is_archive_of_files(&archive(&[("mimetype", b"x")])).unwrap());
        assert!(!is_archive_of_files(&Source::from(b"PK\x03\x04 nothing".to_vec())).unwrap());
        assert!(!is_archive_of_files(&Source::from(b"name\n".to_vec())).unwrap());
    }

    #[test]
    fn names_in_gb18030_are_read() {
        let (raw, ..) = encoding_rs::GB18030.encode("客户资料汇总/华东区客户名单.csv");
        assert_eq!(name_of(&raw), "客户资料汇总/华东区客户名单.csv");
    }
}
