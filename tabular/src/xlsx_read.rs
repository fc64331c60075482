//! Excel workbooks: the sheet asked for, or the first one with anything in it, unfolded once into a temporary text table that is then read like
//! any other. Memory is bounded by the archive check; the cells themselves go to disk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsx};

use crate::error::TabularError;
use crate::limits::Limits;
use crate::merged::Merged;
use crate::source::{ReadSeek, Source};
use crate::zip_check::check_archive;

/// Largest workbook in bytes that is looked at for merged cells: that reads its sheet twice.
const MERGED_UP_TO: u64 = 10 << 20;

/// A sheet as lines of `row number, cell, cell...` in CSV.
pub(crate) struct Unfolded {
    pub(crate) sheet: String,
    /// All visible sheets of the workbook, in their order.
    pub(crate) sheets: Vec<String>,
    pub(crate) file: tempfile::NamedTempFile,
}

pub(crate) fn unfold(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    check_archive(source.reader()?, limits)?;
    // The workbook reader is not written for hostile files: should it panic, the file is broken and nothing else.
    let attempt = catch_unwind(AssertUnwindSafe(|| unfold_checked(source, limits, wanted)));
    attempt.unwrap_or_else(|_| Err(TabularError::BrokenWorkbook { reason: "the reader gave up".to_owned() }))
}

fn broken(error: calamine::XlsxError) -> TabularError {
    TabularError::BrokenWorkbook { reason: error.to_string() }
}

fn unfold_checked(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    let mut workbook: Xlsx<Box<dyn ReadSeek>> = Xlsx::new(source.reader()?).map_err(broken)?;
    let visible = |sheet: &&calamine::Sheet| sheet.visible == calamine::SheetVisible::Visible && sheet.typ == calamine::SheetType::WorkSheet;
    let sheets: Vec<String> = workbook.sheets_metadata().iter().filter(visible).map(|sheet| sheet.name.clone()).collect();
    let looked_at: Vec<String> = sheets.iter().filter(|it| wanted.is_none_or(|wanted| wanted == *it)).cloned().collect();
    if let (Some(wanted), []) = (wanted, looked_at.as_slice()) {
        return Err(TabularError::NoSuchSheet { sheet: wanted.to_owned(), sheets: sheets.join(", ") });
    }
    let small = source.length()? <= MERGED_UP_TO;
    for sheet in looked_at {
        let file = tempfile::NamedTempFile::new()?;
        let mut sink = SheetSink::new(file.reopen()?, limits);
        if small {
            // A sheet whose merged cells cannot be read is read without them.
            let merged = workbook.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
            sink.merged = Merged::of(merged.iter().map(|it| (it.start, it.end)));
        }
        let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            sink.add(cell.get_position(), text_of(cell.get_value()))?;
        }
        if sink.finish()? {
            return Ok(Unfolded { sheet, sheets, file });
        }
    }
    Err(TabularError::Empty)
}

/// Puts sparse cells, in order, into lines.
pub(crate) struct SheetSink<'l> {
    writer: csv::Writer<BufWriter<File>>,
    limits: &'l Limits,
    row: Option<u32>,
    cells: Vec<String>,
    text_bytes: u64,
    any: bool,
    merged: Merged,
}

impl<'l> SheetSink<'l> {
    pub(crate) fn new(file: File, limits: &'l Limits) -> Self {
        let writer = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file));
        SheetSink { writer, limits, row: None, cells: Vec::new(), text_bytes: 0, any: false, merged: Merged::default() }
    }

    pub(crate) fn add(&mut self, (row, column): (u32, u32), text: String) -> Result<(), TabularError> {
        if text.is_empty() {
            return Ok(());
        }
        if self.row != Some(row) {
            self.end_row()?;
            if self.row.is_some_and(|last| last > row) {
                return Err(TabularError::BrokenWorkbook { reason: "rows are not in order".to_owned() });
            }
            self.row = Some(row);
        }
        let number = u64::from(row) + 1;
        let column = column as usize;
        if number > self.limits.max_rows {
            return Err(TabularError::TooLarge { what: "rows", limit: self.limits.max_rows });
        }
        // One column over the limit is kept so that reading the row finds it too wide.
        let column = column.min(self.limits.max_columns);
        self.text_bytes = self.text_bytes.saturating_add(text.len() as u64);
        if self.text_bytes > self.limits.max_text_bytes {
            return Err(TabularError::TooLarge { what: "bytes of text", limit: self.limits.max_text_bytes });
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.merged.note((row, u32::try_from(column).unwrap_or(u32::MAX)), &text);
        self.cells[column] = text;
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), TabularError> {
        let Some(row) = self.row else { return Ok(()) };
        self.merged.fill(row, &mut self.cells);
        let number = (u64::from(row) + 1).to_string();
        let fields = std::iter::once(number.as_str()).chain(self.cells.iter().map(String::as_str));
        self.writer.write_record(fields).map_err(io_error)?;
        self.cells.clear();
        self.any = true;
        Ok(())
    }

    /// Whether nothing came yet.
    pub(crate) fn is_untouched(&self) -> bool {
        self.row.is_none()
    }

    /// Was there anything in the sheet?
    pub(crate) fn finish(mut self) -> Result<bool, TabularError> {
        self.end_row()?;
        self.writer.flush()?;
        self.writer.into_inner().map_err(|error| TabularError::Io(error.into_error()))?.flush()?;
        Ok(self.any)
    }
}

pub(crate) fn io_error(error: csv::Error) -> TabularError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => TabularError::Io(error),
        other => TabularError::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

/// What the cell shows, in the forms the importer reads: ISO dates, plain decimal numbers, true and false.
fn text_of(value: &DataRef<'_>) -> String {
    data_text(Data::from(value.clone()))
}

/// The same of a cell that was read whole.
pub(crate) fn data_text(value: Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(number),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(moment) => date_text(&moment),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Error(error) => error.to_string(),
    }
}

/// Whole numbers from here on do not all have a number of their own.
const EXACT_UP_TO: f64 = 9_007_199_254_740_992.0;

/// 13812345678 and not 1.3812345678E10; 0.1 and not 0.1000000000000000055. A whole number that may not be the one that was entered
/// is written as spreadsheets show it, `3.10101199001011E+17`: nobody takes it for one whose digits are all there.
pub(crate) fn number_text(number: f64) -> String {
    if !number.is_finite() || number.fract() != 0.0 {
        return number.to_string();
    }
    let size = number.abs();
    // Spreadsheets keep 15 digits and put zeros behind them; other programs may write more.
    let is_what_was_entered = size < 1e15 || (size <= EXACT_UP_TO && number % 10.0 != 0.0);
    if is_what_was_entered { format!("{number:.0}") } else { format!("{number:E}").replace('E', "E+") }
}

fn date_text(moment: &calamine::ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round();
        let sign = if seconds < 0.0 { "-" } else { "" };
        let seconds = seconds.abs();
        return format!("{sign}{:.0}:{:02.0}:{:02.0}", (seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0, seconds % 60.0);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (0.0..1.0).contains(&serial) {
        format!("{hour:02}:{minute:02}:{second:02}")
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
