//! An archive as a folder of files: each becomes an import of its own.

use std::path::Path;

use guanxi_kernel::context::Context;
use guanxi_tabular::{FileArchive, Limits, Source};

use super::MAX_FILE;
use super::upload::file_error;
use crate::errors::ApiError;
use crate::http::intake::Incoming;

/// One of its files.
pub struct Unpacked {
    /// Its name, with the folders it is in.
    pub name: String,
    /// Where it lies, or why it cannot be used.
    pub file: Result<Incoming, ApiError>,
}

/// Whether a file is an archive of files, and not a workbook, which is one as well.
///
/// # Errors
/// Where it cannot be read.
pub fn is_archive(path: &Path) -> Result<bool, ApiError> {
    guanxi_tabular::is_archive_of_files(&Source::from(path)).map_err(|error| file_error(&error))
}

/// Unpacks its files into a folder, one after the other and each under a name of ours: what an archive calls a file is no
/// place on this machine.
///
/// # Errors
/// What is wrong with the archive as a whole.
pub fn unpack<'a>(context: &'a Context, folder: &'a Path, path: &Path) -> Result<impl Iterator<Item = Unpacked> + use<'a>, ApiError> {
    let limits = Limits { max_inflated_bytes: 2 * MAX_FILE, ..Limits::default() };
    let mut archive = FileArchive::open(&Source::from(path), &limits).map_err(|error| file_error(&error))?;
    let names: Vec<String> = archive.names().to_vec();
    Ok(names.into_iter().enumerate().map(move |(index, name)| {
        let file = Incoming::at(folder.join(format!("{}.part", context.new_id().simple()))).and_then(|file| {
            archive.unpack(index, file.path(), MAX_FILE).map_err(|error| file_error(&error))?;
            Ok(file)
        });
        Unpacked { name, file }
    }))
}
