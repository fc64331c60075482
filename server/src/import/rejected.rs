//! The file of rows that were refused: as they came, with the reason behind, to be mended and imported again.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use guanxi_kernel::context::Locale;
use guanxi_tabular::{CsvOptions, CsvTableWriter};

use super::chunk::{Item, Refused};

/// Grows with the import; what lies beyond the bytes that an import has noted belongs to a batch that was never committed.
pub(super) struct RejectedRows {
    path: PathBuf,
    headers: Vec<String>,
    locale: Locale,
    file: Option<File>,
    /// Bytes that belong to committed batches.
    committed: u64,
}

impl RejectedRows {
    pub fn new(path: &Path, headers: &[String], locale: Locale, committed: u64) -> Self {
        Self { path: path.to_owned(), headers: headers.to_vec(), locale, file: None, committed }
    }

    /// The rows of a batch, as they are to stand after those committed.
    ///
    /// # Errors
    /// Where they cannot be written as a table.
    pub fn lines(&self, items: &[Item], refused: &[Refused]) -> std::io::Result<Vec<u8>> {
        if refused.is_empty() { Ok(Vec::new()) } else { self.text(items, refused, self.committed == 0).map_err(std::io::Error::other) }
    }

    /// Writes such rows after those committed. Lasts before it returns.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&mut self, text: &[u8]) -> std::io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let (path, committed) = (self.path.clone(), self.committed);
        if self.file.is_none() {
            self.file = Some(OpenOptions::new().create(true).truncate(false).write(true).open(path)?);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        // What an attempt that failed left behind goes.
        file.set_len(committed)?;
        file.seek(SeekFrom::Start(committed))?;
        file.write_all(text)?;
        file.sync_data()
    }

    /// The batch is committed.
    pub fn commit(&mut self, bytes: u64) {
        self.committed = bytes;
    }

    fn text(&self, items: &[Item], refused: &[Refused], from_the_start: bool) -> Result<Vec<u8>, guanxi_tabular::TabularError> {
        let zh = self.locale == Locale::ZhCn;
        let mut writer = CsvTableWriter::new(Vec::new(), CsvOptions { byte_order_mark: from_the_start, neutralise_formulas: true })?;
        if from_the_start {
            let added = if zh { ["行号", "问题"] } else { ["Row", "Problem"] };
            let headers: Vec<&str> = self.headers.iter().map(String::as_str).chain(added).collect();
            writer.write_row(&headers)?;
        }
        for refused in refused {
            let Some(item) = items.get(refused.item) else { continue };
            let reasons: Vec<String> = refused
                .problems
                .iter()
                .map(|it| {
                    let reason = self.locale.pick(&it.message);
                    match (it.part.as_str(), it.field.as_str()) {
                        (_, "") => reason.to_owned(),
                        ("", field) => format!("{field}: {reason}"),
                        (part, field) => format!("{part}.{field}: {reason}"),
                    }
                })
                .collect();
            let number = item.number();
            let empty = String::new();
            let cells = (0..self.headers.len()).map(|at| if let Item::Row(row) = item { row.cells.get(at).unwrap_or(&empty) } else { &empty });
            let mut line: Vec<String> = cells.cloned().collect();
            line.push(number.to_string());
            line.push(reasons.join(if zh { "；" } else { "; " }));
            writer.write_row(&line)?;
        }
        writer.finish()
    }
}
