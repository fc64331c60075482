//! Is it safe to open this archive? Workbook readers inflate whatever an archive holds, so everything is inflated here
//! once, into nothing, and counted.

use std::io::{self, Read, Seek};

use crate::error::TabularError;
use crate::limits::Limits;

pub(crate) fn check_archive<R: Read + Seek>(source: R, limits: &Limits) -> Result<(), TabularError> {
    let broken = |error: zip::result::ZipError| TabularError::BrokenWorkbook { reason: error.to_string() };
    let mut archive = zip::ZipArchive::new(source).map_err(broken)?;
    if archive.len() > limits.max_archive_entries {
        return Err(TabularError::TooLarge { what: "entries", limit: limits.max_archive_entries as u64 });
    }
    let too_large = || TabularError::TooLarge { what: "bytes unpacked", limit: limits.max_inflated_bytes };
    // What the directory claims is checked first, because it costs nothing.
    let mut claimed: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(broken)?;
        claimed = claimed.saturating_add(entry.size());
    }
    if claimed > limits.max_inflated_bytes {
        return Err(too_large());
    }
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(broken)?;
        let (name, size) = (entry.name().map_err(broken)?.into_owned(), entry.size());
        let allowed = limits.max_inflated_bytes - total;
        let inflated = io::copy(&mut entry.take(allowed + 1), &mut io::sink()).map_err(|_| TabularError::LyingArchive { entry: name.clone() })?;
        if inflated > allowed {
            return Err(too_large());
        }
        if inflated != size {
            return Err(TabularError::LyingArchive { entry: name });
        }
        total += inflated;
    }
    Ok(())
}
