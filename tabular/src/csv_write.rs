//! Writing CSV that spreadsheets open without harm.

use std::io::Write;

use guanxi_text::csv_safe;

use crate::error::TabularError;
use crate::xlsx_read::io_error;

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// Begin with a byte order mark: without it, Excel takes UTF-8 for the system's encoding.
    pub byte_order_mark: bool,
    /// Make cells harmless that a spreadsheet would run as formulas. Off only for files no spreadsheet will see.
    pub neutralise_formulas: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        CsvOptions { byte_order_mark: true, neutralise_formulas: true }
    }
}

/// Writes rows to `W` as they come; lines end with CR LF as RFC 4180 has it.
pub struct CsvTableWriter<W: Write> {
    writer: csv::Writer<W>,
    options: CsvOptions,
    width: Option<usize>,
    written: u64,
}

impl<W: Write> CsvTableWriter<W> {
    /// Begins the file.
    pub fn new(mut target: W, options: CsvOptions) -> Result<Self, TabularError> {
        if options.byte_order_mark {
            target.write_all("\u{FEFF}".as_bytes())?;
        }
        let writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(target);
        Ok(CsvTableWriter { writer, options, width: None, written: 0 })
    }

    /// Writes one row; all rows must have the same number of cells.
    pub fn write_row<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<(), TabularError> {
        let expected = *self.width.get_or_insert(cells.len());
        self.written += 1;
        if cells.len() != expected {
            return Err(TabularError::RaggedRow { row: self.written, expected, found: cells.len() });
        }
        for cell in cells {
            let cell = cell.as_ref();
            let written = if self.options.neutralise_formulas { csv_safe::neutralise(cell) } else { cell.into() };
            self.writer.write_field(written.as_bytes()).map_err(io_error)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)
    }

    /// Hands on what is still buffered.
    pub fn flush(&mut self) -> Result<(), TabularError> {
        Ok(self.writer.flush()?)
    }

    /// Ends the file and gives the target back.
    pub fn finish(self) -> Result<W, TabularError> {
        self.writer.into_inner().map_err(|error| TabularError::Io(error.into_error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_marks_and_formulas() {
        let mut writer = CsvTableWriter::new(Vec::new(), CsvOptions::default()).expect("begins");
        writer.write_row(&["姓名", "备注"]).expect("row");
        writer.write_row(&["王, 伟", "=cmd|'/C calc'!A0"]).expect("row");
        writer.write_row(&["-12.50", "a\"b\nc"]).expect("row");
        let text = String::from_utf8(writer.finish().expect("ends")).expect("UTF-8");
        assert_eq!(text, "\u{FEFF}姓名,备注\r\n\"王, 伟\",'=cmd|'/C calc'!A0\r\n-12.50,\"a\"\"b\nc\"\r\n");
    }

    #[test]
    fn other_programs_may_get_the_text_as_it_is() {
        let options = CsvOptions { byte_order_mark: false, neutralise_formulas: false };
        let mut writer = CsvTableWriter::new(Vec::new(), options).expect("begins");
        writer.write_row(&["=1"]).expect("row");
        assert!(writer.write_row(&["a", "b"]).is_err(), "ragged rows are refused");
        assert_eq!(writer.finish().expect("ends"), b"=1\r\n");
    }
}
