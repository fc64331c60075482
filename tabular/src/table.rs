//! A table somebody brought: its headers and samples at once, its rows as a stream.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::sync::Arc;

use guanxi_text::encoding::{DETECTION_BYTES, DecodingReader};

use crate::csv_read::{CsvReader, Record};
use crate::error::TabularError;
use crate::layout;
use crate::limits::Limits;
use crate::records::Unfolded;
use crate::source::Source;
use crate::{json_read, ods_read, vcard_read, xls_read, xlsx_read};

/// What kind of file the table came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// An Excel workbook of the XML kind (.xlsx, .xlsm).
    Xlsx,
    /// An Excel workbook of before 2007 (.xls).
    Xls,
    /// An `OpenDocument` workbook (.ods).
    Ods,
    /// Objects in JSON: a list, an object a line, or one after the other.
    Json,
    /// Cards of people (.vcf).
    Vcard,
}

impl Format {
    /// `csv`, `xlsx`, `xls`, `ods`, `json` or `vcard`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Xls => "xls",
            Format::Ods => "ods",
            Format::Json => "json",
            Format::Vcard => "vcard",
        }
    }
}

/// One row of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row's number in the file, as a spreadsheet shows it, counted from 1.
    pub number: u64,
    /// As many cells as the table has columns.
    pub cells: Vec<String>,
}

/// An opened table. Opening reads the beginning only (a workbook is unfolded to a temporary file that goes with the table).
#[derive(Debug)]
pub struct Table {
    format: Format,
    encoding: &'static str,
    delimiter: u8,
    sheet: Option<String>,
    sheets: Vec<String>,
    headers: Vec<String>,
    has_header_row: bool,
    first_data_row: u64,
    samples: Vec<Row>,
    content: Content,
    limits: Limits,
}

#[derive(Clone, Debug)]
enum Content {
    Text(Source),
    Sheet(Arc<tempfile::TempPath>),
    /// Records in numbered lines, with those that cannot be used.
    Records(Arc<tempfile::TempPath>, Arc<BTreeMap<u64, String>>),
}

/// Opens a table; the file's name only helps where its bytes leave a choice.
///
/// # Errors
/// Everything that is wrong with the file as a whole: it is empty, of another kind, too large, a broken or lying archive.
/// What is wrong with single rows comes from [`Table::rows`].
pub fn open(source: impl Into<Source>, file_name: &str, limits: Limits) -> Result<Table, TabularError> {
    open_sheet(source, file_name, limits, None)
}

/// As [`open`], a certain sheet of a workbook; what is no workbook has none to choose from.
///
/// # Errors
/// As [`open`]; [`TabularError::NoSuchSheet`].
pub fn open_sheet(source: impl Into<Source>, file_name: &str, limits: Limits, sheet: Option<&str>) -> Result<Table, TabularError> {
    let source = source.into();
    let beginning = source.beginning(DETECTION_BYTES as u64)?;
    if beginning.is_empty() {
        return Err(TabularError::Empty);
    }
    if beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06") {
        let format = if ods_read::is_ods(&source)? { Format::Ods } else { Format::Xlsx };
        return open_workbook(&source, format, limits, sheet);
    }
    if beginning.starts_with(xls_read::MAGIC) {
        return open_workbook(&source, Format::Xls, limits, sheet);
    }
    if let Some(found) = foreign_kind(&beginning) {
        return Err(TabularError::UnsupportedFormat { found });
    }
    open_text(source, &beginning, file_name, limits)
}

fn foreign_kind(beginning: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 7] = [
        (b"%PDF", "PDF"),
        (b"\x89PNG", "picture"),
        (b"\xFF\xD8\xFF", "picture"),
        (b"GIF8", "picture"),
        (b"\x1F\x8B", "compressed"),
        (b"Rar!", "compressed"),
        (b"7z\xBC\xAF", "compressed"),
    ];
    let by_magic = KINDS.iter().find(|(magic, _)| beginning.starts_with(magic)).map(|(_, kind)| *kind);
    let lowered: Vec<u8> = beginning.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let text = String::from_utf8_lossy(&lowered).trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']).to_owned();
    let is_web_page = ["<html", "<!doctype", "<table", "<meta"].iter().any(|tag| text.starts_with(tag));
    let is_xml = text.starts_with("<?xml");
    by_magic.or(is_web_page.then_some("web page")).or(is_xml.then_some("XML"))
}

fn open_workbook(source: &Source, format: Format, limits: Limits, wanted: Option<&str>) -> Result<Table, TabularError> {
    let xlsx_read::Unfolded { sheet, sheets, file } = match format {
        Format::Ods => ods_read::unfold(source, &limits, wanted)?,
        Format::Xls => xls_read::unfold(source, &limits, wanted)?,
        _ => xlsx_read::unfold(source, &limits, wanted)?,
    };
    let content = Content::Sheet(Arc::new(file.into_temp_path()));
    let records = RecordStream::open(&content, b',', &limits)?;
    let mut table = arranged(records, format, b',', content, limits)?;
    table.sheet = Some(sheet);
    table.sheets = sheets;
    Ok(table)
}

fn open_text(source: Source, beginning: &[u8], file_name: &str, limits: Limits) -> Result<Table, TabularError> {
    let is_whole = beginning.len() < DETECTION_BYTES;
    let mut decoded = Vec::new();
    let mut reader = DecodingReader::new(beginning);
    reader.read_to_end(&mut decoded)?;
    let sample = String::from_utf8_lossy(&decoded).into_owned();
    let nul = sample.bytes().filter(|byte| *byte == 0).count();
    if nul * 20 > sample.len() {
        return Err(TabularError::UnsupportedFormat { found: "binary" });
    }
    if json_read::begins_like_json(&sample) {
        return of_records(json_read::unfold(&source, &limits)?, Format::Json, limits);
    }
    if vcard_read::begins_like_card(&sample) {
        return of_records(vcard_read::unfold(&source, &limits)?, Format::Vcard, limits);
    }
    let delimiter = layout::declared_delimiter(&sample).unwrap_or_else(|| layout::sniff_delimiter(&sample, is_whole, file_name));
    let content = Content::Text(source);
    let records = RecordStream::open(&content, delimiter, &limits)?;
    arranged(records, Format::Csv, delimiter, content, limits)
}

/// A table of records: their names head the columns, and each has its number in the file.
fn of_records(unfolded: Unfolded, format: Format, limits: Limits) -> Result<Table, TabularError> {
    let content = Content::Records(Arc::new(unfolded.file.into_temp_path()), unfolded.broken);
    let head = RecordStream::open(&content, b',', &limits)?.next_record()?.ok_or(TabularError::Empty)?;
    let width = head.cells.len();
    let mut table = Table {
        format,
        encoding: "UTF-8",
        delimiter: b',',
        sheet: None,
        sheets: Vec::new(),
        headers: layout::column_names(Some(&head), width),
        has_header_row: true,
        first_data_row: 1,
        samples: Vec::new(),
        content,
        limits,
    };
    table.samples = table.rows()?.filter_map(Result::ok).take(table.limits.sample_rows).collect();
    Ok(table)
}

/// Reads the first rows and decides what is header and what is data.
fn arranged(mut records: RecordStream, format: Format, delimiter: u8, content: Content, limits: Limits) -> Result<Table, TabularError> {
    let mut first: Vec<Record> = Vec::new();
    let mut skipped: Option<TabularError> = None;
    while first.len() < limits.sample_rows + 10 {
        match records.next_record() {
            Ok(Some(record)) if record.is_blank() || is_separator_hint(&record) => {}
            Ok(Some(record)) => first.push(record),
            Ok(None) => break,
            // A header row that cannot be used ends it; a row further down is told when rows are read.
            Err(error) if first.is_empty() || !error.is_row_error() => {
                skipped = Some(error);
                break;
            }
            Err(_) => {}
        }
    }
    if first.is_empty() {
        return Err(skipped.unwrap_or(TabularError::Empty));
    }
    let (header_index, has_header_row) = layout::find_header(&first);
    let filled_width = |record: &Record| record.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let width = if has_header_row && format == Format::Csv {
        first[header_index].cells.len()
    } else {
        // Sheets leave out empty cells at the end: the widest of the first rows counts.
        first[header_index..].iter().map(filled_width).max().unwrap_or(1)
    };
    let header = has_header_row.then(|| &first[header_index]);
    let headers = layout::column_names(header, width.max(1));
    let first_data_row = header.map_or(first[0].number, |row| row.number + 1);
    let encoding = records.encoding();
    let (sheet, sheets) = (None, Vec::new());
    let mut table =
        Table { format, encoding, delimiter, sheet, sheets, headers, has_header_row, first_data_row, samples: Vec::new(), content, limits };
    table.samples = table.rows()?.filter_map(Result::ok).take(table.limits.sample_rows).collect();
    Ok(table)
}

/// Excel's `sep=;` line is no row of data.
fn is_separator_hint(record: &Record) -> bool {
    record.number == 1 && record.cells.first().is_some_and(|cell| cell.starts_with("sep="))
}

impl Table {
    /// What kind of file it is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Encoding of a text table as far as its beginning tells; `UTF-8` for workbooks.
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// Delimiter of a text table.
    pub fn delimiter(&self) -> Option<char> {
        (self.format == Format::Csv).then(|| char::from(self.delimiter))
    }

    /// All visible sheets of a workbook.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// The sheet that is read, for workbooks: the one asked for, or the first visible one with anything in it.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// Names of the columns, all different: from the header row, or spreadsheet letters where it has none.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Was a header row found? Otherwise the first row is data.
    pub fn has_header_row(&self) -> bool {
        self.has_header_row
    }

    /// The first usable rows.
    pub fn samples(&self) -> &[Row] {
        &self.samples
    }

    /// All rows of data from the first on; may be called any number of times. Blank rows are passed over.
    pub fn rows(&self) -> Result<Rows, TabularError> {
        Ok(Rows {
            records: RecordStream::open(&self.content, self.delimiter, &self.limits)?,
            first_data_row: self.first_data_row,
            width: self.headers.len(),
            // Sheets do not store trailing empty cells, text rows that lack some were cut or are shifted.
            pads: self.format != Format::Csv,
            max_rows: self.limits.max_rows,
            ended: false,
        })
    }

    /// Reads through the table and counts rows, unusable ones included, as `(usable, unusable)`.
    pub fn count_rows(&self) -> Result<(u64, u64), TabularError> {
        let (mut usable, mut unusable) = (0, 0);
        for row in self.rows()? {
            match row {
                Ok(_) => usable += 1,
                Err(error) if error.is_row_error() => unusable += 1,
                Err(error) => return Err(error),
            }
        }
        Ok((usable, unusable))
    }
}

/// Rows of a table in the order of the file. An error that is a row error is about that row only; after any other the
/// iterator ends.
pub struct Rows {
    records: RecordStream,
    first_data_row: u64,
    width: usize,
    pads: bool,
    max_rows: u64,
    ended: bool,
}

impl Rows {
    fn next_row(&mut self) -> Result<Option<Row>, TabularError> {
        loop {
            let record = match self.records.next_record() {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(None),
                Err(error) if error.row().is_some_and(|row| row < self.first_data_row) && error.is_row_error() => continue,
                Err(error) => return Err(error),
            };
            if record.number > self.max_rows {
                return Err(TabularError::TooLarge { what: "rows", limit: self.max_rows });
            }
            if record.number >= self.first_data_row && !record.is_blank() {
                return self.fitted(record).map(Some);
            }
        }
    }

    /// Checks cells and brings the row to the width of the table.
    fn fitted(&self, mut record: Record) -> Result<Row, TabularError> {
        let row = record.number;
        if let Some(column) = record.cells.iter().position(|cell| cell.contains('\0')) {
            return Err(TabularError::NulCharacter { row, column: column + 1 });
        }
        if self.records.had_encoding_errors()
            && let Some(column) = record.cells.iter().position(|cell| cell.contains('\u{FFFD}'))
        {
            return Err(TabularError::InvalidEncoding { row, column: column + 1, encoding: self.records.encoding() });
        }
        let found = record.cells.len();
        while record.cells.len() > self.width && record.cells.last().is_some_and(|cell| cell.trim().is_empty()) {
            record.cells.pop();
        }
        if self.pads && record.cells.len() < self.width {
            record.cells.resize(self.width, String::new());
        }
        if record.cells.len() != self.width {
            return Err(TabularError::RaggedRow { row, expected: self.width, found });
        }
        Ok(Row { number: row, cells: record.cells })
    }
}

impl Iterator for Rows {
    type Item = Result<Row, TabularError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_row().transpose();
        self.ended = match &next {
            None => true,
            Some(Ok(_)) => false,
            Some(Err(error)) => !error.is_row_error(),
        };
        next
    }
}

/// Records of either kind of content, with their numbers in the file.
struct RecordStream {
    reader: CsvReader<DecodingReader<Box<dyn Read + Send>>>,
    /// Lines of an unfolded sheet begin with the row's number.
    numbered: bool,
    /// Why records cannot be used, by their numbers.
    broken: Option<Arc<BTreeMap<u64, String>>>,
    max_columns: usize,
}

impl RecordStream {
    fn open(content: &Content, delimiter: u8, limits: &Limits) -> Result<Self, TabularError> {
        let (bytes, numbered): (Box<dyn Read + Send>, bool) = match content {
            Content::Text(source) => (Box::new(source.reader()?), false),
            Content::Sheet(path) | Content::Records(path, _) => {
                (Box::new(HeldFile { file: BufReader::new(std::fs::File::open(path.as_ref())?), _path: Arc::clone(path) }), true)
            }
        };
        // An unfolded sheet has one column more, its row numbers, and may be one column too wide.
        let widened = Limits { max_columns: limits.max_columns + if numbered { 2 } else { 0 }, ..limits.clone() };
        // What was unfolded here is UTF-8.
        let decoded = if numbered { DecodingReader::new(bytes) } else { DecodingReader::refusing_changes(bytes) };
        let reader = CsvReader::new(decoded, delimiter, &widened);
        let broken = if let Content::Records(_, broken) = content { Some(Arc::clone(broken)) } else { None };
        Ok(RecordStream { reader, numbered, broken, max_columns: limits.max_columns })
    }

    fn next_record(&mut self) -> Result<Option<Record>, TabularError> {
        let record = self.reader.next_record();
        if !self.numbered {
            return record;
        }
        let Some(mut record) = record? else { return Ok(None) };
        let number = record.cells.first().and_then(|cell| cell.parse().ok()).unwrap_or(record.number);
        record.cells.drain(..1);
        if let Some(reason) = self.broken.as_ref().and_then(|it| it.get(&number)) {
            return Err(TabularError::BrokenRecord { row: number, reason: reason.clone() });
        }
        if record.cells.len() > self.max_columns {
            return Err(TabularError::TooManyColumns { row: number, limit: self.max_columns });
        }
        Ok(Some(Record { number, cells: record.cells }))
    }

    fn encoding(&self) -> &'static str {
        self.reader.source().encoding()
    }

    fn had_encoding_errors(&self) -> bool {
        self.reader.source().had_errors()
    }
}

/// Keeps the temporary file of a sheet for as long as somebody reads it.
struct HeldFile {
    file: BufReader<std::fs::File>,
    _path: Arc<tempfile::TempPath>,
}

impl Read for HeldFile {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(target)
    }
}

#[cfg(test)]
mod tests;
