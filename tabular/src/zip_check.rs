//! Is it safe to open this archive? Workbook readers inflate whatever an archive holds, so everything is inflated here
//! once, into nothing, and counted.

use std::io::{self, Read, Seek};

use crate::error::TabularError;
use crate::limits::Limits;
use crate::shared_strings::SharedStrings;

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
        let mut watch = SharedStrings::of_entry(&name, limits.max_shared_strings);
        let mut sink: Box<dyn io::Write + '_> = watch.as_mut().map_or_else(|| Box::new(io::sink()) as _, |it| Box::new(it) as _);
        let inflated = io::copy(&mut entry.take(allowed + 1), &mut sink).map_err(|_| TabularError::LyingArchive { entry: name.clone() })?;
        drop(sink);
        if let Some(watch) = watch {
            watch.finish()?;
        }
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
