//! `OpenDocument` sheets (.ods), read as a stream: a file of some bytes may claim billions of repeated cells, so nothing is
//! laid out before it is known to hold something.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::error::TabularError;
use crate::limits::Limits;
use crate::source::{ReadSeek, Source};
use crate::xlsx_read::{SheetSink, Unfolded, number_text};
use crate::zip_check::check_archive;

/// What the archive of such a file says of itself.
const MEDIA_TYPE: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
/// Elements within each other.
const DEEPEST: usize = 200;
/// Longest text of one cell that is gathered, in bytes; longer ones are told as too long by who reads the row.
const LONGEST: usize = 2 << 20;
/// Most sheets.
const MOST_SHEETS: usize = 1_000;

fn broken(reason: impl std::fmt::Display) -> TabularError {
    TabularError::BrokenWorkbook { reason: reason.to_string() }
}

/// Whether an archive is such a file.
pub(crate) fn is_ods(source: &Source) -> Result<bool, TabularError> {
    let Ok(mut archive) = zip::ZipArchive::new(source.reader()?) else { return Ok(false) };
    let Ok(entry) = archive.by_name("mimetype") else { return Ok(false) };
    let mut text = Vec::new();
    let read = entry.take(MEDIA_TYPE.len() as u64 + 20).read_to_end(&mut text);
    Ok(read.is_ok() && text.trim_ascii().starts_with(MEDIA_TYPE))
}

pub(crate) fn unfold(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    check_archive(source.reader()?, limits)?;
    let mut archive = zip::ZipArchive::new(source.reader()?).map_err(broken)?;
    if archive.by_name("META-INF/manifest.xml").is_ok_and(has_encryption) {
        return Err(broken("it is protected by a password"));
    }
    let sheets = sheets_of(&mut archive)?;
    if let Some(wanted) = wanted.filter(|it| !sheets.iter().any(|sheet| sheet == it)) {
        return Err(TabularError::NoSuchSheet { sheet: wanted.to_owned(), sheets: sheets.join(", ") });
    }
    // All sheets in one pass, until one holds something: a file may name a thousand of them.
    let looked_at: HashSet<&str> = sheets.iter().map(String::as_str).filter(|it| wanted.is_none_or(|wanted| wanted == *it)).collect();
    let file = tempfile::NamedTempFile::new()?;
    let mut sink = SheetSink::new(file.reopen()?, limits);
    let entry = archive.by_name("content.xml").map_err(broken)?;
    let sheet = SheetReader::new(&looked_at, limits).read(BufReader::new(entry), &mut sink)?;
    match sheet {
        Some(sheet) if sink.finish()? => Ok(Unfolded { sheet, sheets, file }),
        _ => Err(TabularError::Empty),
    }
}

fn has_encryption(manifest: impl Read) -> bool {
    let mut text = String::new();
    manifest.take(1 << 20).read_to_string(&mut text).is_ok() && text.contains("encryption-data")
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().filter_map(Result::ok).find(|it| it.key.local_name().into_inner() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn reader<R: BufRead>(source: R) -> Reader<R> {
    let mut reader = Reader::from_reader(source);
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// Names of the visible sheets.
fn sheets_of(archive: &mut zip::ZipArchive<Box<dyn ReadSeek>>) -> Result<Vec<String>, TabularError> {
    let entry = archive.by_name("content.xml").map_err(broken)?;
    let mut reader = reader(BufReader::new(entry));
    let (mut sheets, mut hidden, mut style) = (Vec::new(), HashSet::new(), None);
    let (mut buffer, mut depth, mut tables) = (Vec::new(), 0_usize, 0_usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Eof => return Ok(sheets),
            Event::DocType(_) => return Err(broken("it defines a document type")),
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(broken("its elements are nested too deep"));
                }
                match start.local_name().into_inner() {
                    "style" => style = attribute(&start, "name"),
                    "table-properties" if attribute(&start, "display").as_deref() == Some("false") => hidden.extend(style.take()),
                    "table" => {
                        tables += 1;
                        let is_hidden = attribute(&start, "style-name").is_some_and(|it| hidden.contains(&it));
                        if tables == 1 && !is_hidden {
                            sheets.push(attribute(&start, "name").unwrap_or_default());
                        }
                        if sheets.len() > MOST_SHEETS {
                            return Err(TabularError::TooLarge { what: "entries", limit: MOST_SHEETS as u64 });
                        }
                    }
                    _ => {}
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if end.local_name().into_inner() == "table" {
                    tables = tables.saturating_sub(1);
                }
            }
            _ => {}
        }
    }
}

/// Reads the first sheet that holds anything.
struct SheetReader<'a> {
    /// Among these.
    sheets: &'a HashSet<&'a str>,
    /// The one it is in.
    sheet: String,
    limits: &'a Limits,
    /// How deep within tables, and from which on it is the sheet.
    tables: usize,
    inside: bool,
    /// Number of the next row, from 0.
    row: u64,
    row_repeats: u64,
    column: u64,
    /// Cells of the row that hold something: first column, how many, text.
    cells: Vec<(u64, u64, String)>,
    cell: Option<OpenCell>,
    /// How deep within what is no text of the cell: a note, a picture.
    aside: usize,
}

struct OpenCell {
    repeats: u64,
    /// Its value, where it is no text.
    value: Option<String>,
    text: String,
    paragraphs: usize,
}

impl<'a> SheetReader<'a> {
    fn new(sheets: &'a HashSet<&'a str>, limits: &'a Limits) -> Self {
        let (cells, sheet) = (Vec::new(), String::new());
        Self { sheets, sheet, limits, tables: 0, inside: false, row: 0, row_repeats: 1, column: 0, cells, cell: None, aside: 0 }
    }

    fn read<R: BufRead>(mut self, source: R, sink: &mut SheetSink<'_>) -> Result<Option<String>, TabularError> {
        let mut reader = reader(source);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(broken)? {
                Event::Eof => return Ok((!sink.is_untouched()).then_some(self.sheet)),
                Event::Start(start) => self.begin(&start),
                Event::End(end) if self.end(end.local_name().into_inner(), sink)? => return Ok(Some(self.sheet)),
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok().flatten() {
                    Some(it) => self.text(it.encode_utf8(&mut [0; 4])),
                    None => self.text(quick_xml::escape::resolve_predefined_entity(&reference.xml10_content()).unwrap_or_default()),
                },
                _ => {}
            }
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) {
        let name = start.local_name().into_inner();
        match name {
            "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    let name = attribute(start, "name").unwrap_or_default();
                    self.inside = self.sheets.contains(name.as_str());
                    if self.inside {
                        (self.sheet, self.row) = (name, 0);
                    }
                }
            }
            _ if !self.inside || self.tables > 1 => {}
            "table-row" => {
                self.row_repeats = repeats(start, "number-rows-repeated");
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" => {
                let repeats = repeats(start, "number-columns-repeated");
                self.cell = Some(OpenCell { repeats, value: value_of(start), text: String::new(), paragraphs: 0 });
            }
            "annotation" | "frame" | "shapes" => self.aside += 1,
            _ if self.aside > 0 => {}
            "p" => {
                if let Some(cell) = &mut self.cell {
                    cell.paragraphs += 1;
                    if cell.paragraphs > 1 {
                        cell.text.push('\n');
                    }
                }
            }
            "s" => {
                let count = attribute(start, "c").and_then(|it| it.parse().ok()).unwrap_or(1_usize);
                self.text(&" ".repeat(count.min(1_000)));
            }
            "tab" => self.text("\t"),
            "line-break" => self.text("\n"),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.aside == 0
            && let Some(cell) = &mut self.cell
            && cell.paragraphs > 0
            && cell.text.len() <= LONGEST
        {
            cell.text.push_str(text);
        }
    }

    /// Whether the sheet is over.
    fn end(&mut self, name: &str, sink: &mut SheetSink<'_>) -> Result<bool, TabularError> {
        match name {
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                return Ok(self.inside && self.tables == 0 && !sink.is_untouched());
            }
            _ if !self.inside || self.tables > 1 => {}
            "annotation" | "frame" | "shapes" => self.aside = self.aside.saturating_sub(1),
            "table-cell" | "covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    let text = cell.value.unwrap_or(cell.text);
                    if !text.is_empty() {
                        self.cells.push((self.column, cell.repeats, text));
                    }
                    self.column = self.column.saturating_add(cell.repeats);
                }
            }
            "table-row" => self.end_row(sink)?,
            _ => {}
        }
        Ok(false)
    }

    fn end_row(&mut self, sink: &mut SheetSink<'_>) -> Result<(), TabularError> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            // Millions of empty rows behind the last one with something in it are no rows.
            self.row = self.row.saturating_add(self.row_repeats);
            return Ok(());
        }
        // One column over the limit is enough to find the row too wide.
        let widest = self.limits.max_columns as u64 + 1;
        for _ in 0..self.row_repeats {
            let row = u32::try_from(self.row).map_err(|_| TabularError::TooLarge { what: "rows", limit: self.limits.max_rows })?;
            for (first, count, text) in &cells {
                let last = first.saturating_add(*count).min(widest);
                for column in (*first).min(widest - 1)..last {
                    sink.add((row, u32::try_from(column).unwrap_or(u32::MAX)), text.clone())?;
                }
            }
            self.row += 1;
        }
        Ok(())
    }
}

fn repeats(start: &BytesStart<'_>, name: &str) -> u64 {
    attribute(start, name).and_then(|it| it.parse().ok()).unwrap_or(1).max(1)
}

/// The value of a cell that is not plain text, in the forms the importer reads.
fn value_of(start: &BytesStart<'_>) -> Option<String> {
    match attribute(start, "value-type")?.as_str() {
        "float" | "percentage" | "currency" => {
            let value = attribute(start, "value")?;
            Some(value.parse().map_or(value, number_text))
        }
        "date" => attribute(start, "date-value").map(|it| it.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(it)),
        "time" => attribute(start, "time-value").map(|it| clock_of(&it).unwrap_or(it)),
        "boolean" => attribute(start, "boolean-value"),
        "string" => attribute(start, "string-value"),
        _ => None,
    }
}

/// `PT08H30M00S` as `08:30:00`.
fn clock_of(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split('.').next()?;
    let number = |it: &str| it.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", number(hours)?, number(minutes)?, number(seconds)?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::table::{Format, Table, open, open_sheet};

    fn ods(tables: &str) -> Vec<u8> {
        let content = format!(
            "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\">\
            <office:automatic-styles><style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>\
            </office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
        );
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_str())] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn cell(text: &str) -> String {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    }

    fn rows(table: &Table) -> Vec<(u64, Vec<String>)> {
        table.rows().unwrap().map(|it| it.unwrap()).map(|it| (it.number, it.cells)).collect()
    }

    #[test]
    fn a_thousand_empty_sheets_before_the_full_one_are_passed_in_one_go() {
        let empty = |at: usize| {
            let row = "<table:table-row><table:table-cell/></table:table-row>".repeat(1_000);
            format!("<table:table table:name=\"s{at}\">{row}</table:table>")
        };
        let row = |it: &str| format!("<table:table-row>{}</table:table-row>", cell(it));
        let full = |name: &str| format!("<table:table table:name=\"{name}\">{}{}</table:table>", row("姓名"), row(name));
        let tables = (0..900).map(empty).chain([full("甲"), full("乙")]).collect::<String>();
        let began = std::time::Instant::now();
        let table = open(ods(&tables), "a.ods", Limits::default()).unwrap();
        assert_eq!((table.sheet(), rows(&table)), (Some("甲"), vec![(2, vec!["甲".to_owned()])]));
        // 900 times as long where each sheet is looked for from the beginning.
        assert!(began.elapsed().as_secs() < 60);
        let table = open_sheet(ods(&tables), "a.ods", Limits::default(), Some("乙")).unwrap();
        assert_eq!(rows(&table), [(2, vec!["乙".to_owned()])]);
    }

    #[test]
    fn values_come_in_the_forms_the_importer_reads() {
        let head: String = ["姓名", "生日", "金额", "时间", "是否", "备注"].map(cell).concat();
        let tables = format!(
            "<table:table table:name=\"隐藏\" table:style-name=\"ta2\"><table:table-row>{}</table:table-row></table:table>\
            <table:table table:name=\"空\"><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
            <table:table table:name=\"客户\"><table:table-row>{head}</table:table-row>\
            <table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-repeated=\"9\"/></table:table-row>\
            <table:table-row>{}<table:table-cell office:value-type=\"date\" office:date-value=\"1990-01-05T00:00:00\"><text:p>5.1.90</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"float\" office:value=\"13812345678\"><text:p>1.38E+10</text:p></table:table-cell>\
            <table:table-cell office:value-type=\"time\" office:time-value=\"PT08H30M00S\"/>\
            <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
            <table:table-cell office:value-type=\"string\"><office:annotation><text:p>nobody</text:p></office:annotation><text:p>一<text:s text:c=\"2\"/>&amp;</text:p><text:p>二</text:p></table:table-cell>\
            </table:table-row></table:table>",
            cell("x"),
            cell("王伟"),
        );
        let bytes = ods(&tables);
        let table = open(bytes.clone(), "a.ods", Limits::default()).unwrap();
        assert_eq!((table.format(), table.sheet(), table.sheets()), (Format::Ods, Some("客户"), ["空".to_owned(), "客户".to_owned()].as_slice()));
        assert_eq!(table.headers(), ["姓名", "生日", "金额", "时间", "是否", "备注"]);
        let expected = ["王伟", "1990-01-05", "13812345678", "08:30:00", "true", "一  &\n二"].map(str::to_owned).to_vec();
        assert_eq!(rows(&table), [(4, expected)]);
        assert_eq!(open_sheet(bytes.clone(), "a.ods", Limits::default(), Some("空")).unwrap_err().code(), "file_empty");
        assert_eq!(open_sheet(bytes, "a.ods", Limits::default(), Some("别的")).unwrap_err().code(), "file_no_such_sheet");
    }

    #[test]
    fn billions_of_cells_cost_nothing_or_are_refused() {
        let empty = "<table:table-row table:number-rows-repeated=\"99999999999\"><table:table-cell table:number-columns-repeated=\"99999999999\"/></table:table-row>";
        let tables = format!(
            "<table:table table:name=\"a\"><table:table-row>{0}</table:table-row><table:table-row>{0}</table:table-row>{empty}</table:table>",
            cell("name")
        );
        assert_eq!(rows(&open(ods(&tables), "a.ods", Limits::default()).unwrap()).len(), 1);
        let full = format!("<table:table-row table:number-rows-repeated=\"99999999999\">{}</table:table-row>", cell("a"));
        let limits = Limits { max_rows: 1_000, ..Limits::default() };
        let error = open(ods(&format!("<table:table table:name=\"a\">{full}</table:table>")), "a.ods", limits).unwrap_err();
        assert_eq!(error.code(), "file_too_large");
        let wide = "<table:table-row><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"99999999999\"><text:p>a</text:p></table:table-cell></table:table-row>";
        let opened = open(ods(&format!("<table:table table:name=\"a\">{wide}</table:table>")), "a.ods", Limits::default());
        assert!(opened.is_err() || opened.is_ok_and(|it| it.rows().unwrap().all(|it| it.is_err())), "a row too wide is told");
    }

    #[test]
    fn what_is_hostile_or_cut_off_is_told() {
        let deep = format!("{}{}", "<x>".repeat(10_000), "</x>".repeat(10_000));
        assert_eq!(open(ods(&deep), "a.ods", Limits::default()).unwrap_err().code(), "file_broken");
        assert_eq!(open(ods("<table:table table:name=\"a\"></table:wrong>"), "a.ods", Limits::default()).unwrap_err().code(), "file_broken");
    }
}
