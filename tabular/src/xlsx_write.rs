//! Writing Excel workbooks in constant memory: rows go to a temporary file, the archive is made at the end.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::error::TabularError;

/// Rows a sheet can hold.
const MAX_ROWS: u32 = 1_048_576;
/// Columns a sheet can hold.
const MAX_COLUMNS: usize = 16_384;
/// UTF-16 units a cell can hold.
const MAX_CELL_UNITS: usize = 32_767;

/// What goes into one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'t> {
    /// Nothing.
    Empty,
    /// Text, never read as a formula, number or link.
    Text(&'t str),
    /// A number; Excel keeps 15 digits.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A day, `2026-11-22`; other text is written as text.
    Date(&'t str),
    /// A local time, `2026-11-22T08:00:00`; other text is written as text.
    DateTime(&'t str),
}

/// Writes one sheet with a header row that stays in sight.
pub struct XlsxTableWriter {
    workbook: Workbook,
    next_row: u32,
    shortened_cells: u64,
    date_format: Format,
    date_time_format: Format,
}

impl XlsxTableWriter {
    /// Begins a workbook; characters Excel does not allow in the sheet's name are replaced.
    pub fn new(sheet_name: &str, headers: &[&str]) -> Result<Self, TabularError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(refused)?;
        sheet.set_name(allowed_sheet_name(sheet_name)).map_err(refused)?;
        sheet.set_freeze_panes(1, 0).map_err(refused)?;
        let mut writer = XlsxTableWriter {
            workbook,
            next_row: 0,
            shortened_cells: 0,
            date_format: Format::new().set_num_format("yyyy-mm-dd"),
            date_time_format: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        };
        let cells: Vec<Cell> = headers.iter().map(|header| Cell::Text(header)).collect();
        writer.write_row(&cells)?;
        Ok(writer)
    }

    /// Marks the sheet with a line above and below each page, as it is shown in page view and printed: who took it out and
    /// when. At most 200 characters; the rest is cut off.
    ///
    /// # Errors
    /// None that the text can cause.
    pub fn mark(&mut self, text: &str) -> Result<(), TabularError> {
        // An ampersand begins a code in these lines; two are one.
        let text: String = text.chars().filter(|it| !it.is_control()).take(200).collect::<String>().replace('&', "&&");
        let sheet = self.workbook.worksheet_from_index(0).map_err(refused)?;
        sheet.set_header(format!("&R{text}"));
        sheet.set_footer(format!("&L{text}&R&P / &N"));
        Ok(())
    }

    /// Writes one row.
    ///
    /// # Errors
    /// More rows or columns than a sheet can hold; the disk.
    pub fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), TabularError> {
        if self.next_row >= MAX_ROWS {
            return Err(TabularError::TooLarge { what: "rows", limit: u64::from(MAX_ROWS) });
        }
        if cells.len() > MAX_COLUMNS {
            return Err(TabularError::TooManyColumns { row: u64::from(self.next_row) + 1, limit: MAX_COLUMNS });
        }
        let row = self.next_row;
        self.next_row += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(refused)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => self.shortened_cells += write_text(sheet, row, column, text)?,
                Cell::Number(number) if number.is_finite() => {
                    sheet.write_number(row, column, *number).map_err(refused)?;
                }
                Cell::Number(number) => self.shortened_cells += write_text(sheet, row, column, &number.to_string())?,
                Cell::Boolean(value) => {
                    sheet.write_boolean(row, column, *value).map_err(refused)?;
                }
                Cell::Date(text) => write_moment(sheet, row, column, text, &self.date_format)?,
                Cell::DateTime(text) => write_moment(sheet, row, column, text, &self.date_time_format)?,
            }
        }
        Ok(())
    }

    /// How many cells had more text than a cell can hold (32,767) and were shortened.
    pub fn shortened_cells(&self) -> u64 {
        self.shortened_cells
    }

    /// Makes the workbook and writes it.
    pub fn finish<W: Write + Send>(mut self, target: W) -> Result<(), TabularError> {
        self.workbook.save_to_writer(target).map_err(refused)
    }
}

fn refused(error: XlsxError) -> TabularError {
    match error {
        XlsxError::IoError(error) => TabularError::Io(error),
        other => TabularError::Io(std::io::Error::other(other.to_string())),
    }
}

/// Answers how many cells were shortened: none or one.
fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<u64, TabularError> {
    let mut units = 0;
    let mut end = text.len();
    for (index, character) in text.char_indices() {
        units += character.len_utf16();
        if units > MAX_CELL_UNITS {
            end = index;
            break;
        }
    }
    sheet.write_string(row, column, &text[..end]).map_err(refused)?;
    Ok(u64::from(end < text.len()))
}

fn write_moment(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<(), TabularError> {
    match ExcelDateTime::parse_from_str(text) {
        Ok(moment) => sheet.write_datetime_with_format(row, column, &moment, format).map_err(refused)?,
        // Days before 1900 have no number in Excel.
        Err(_) => sheet.write_string(row, column, text).map_err(refused)?,
    };
    Ok(())
}

fn allowed_sheet_name(name: &str) -> String {
    let replaced: String = name.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c }).take(31).collect();
    let trimmed = replaced.trim().trim_matches('\'').trim();
    if trimmed.is_empty() { "Sheet1".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, open};

    #[test]
    fn a_mark_stands_on_every_page_and_changes_no_row() {
        let mut writer = XlsxTableWriter::new("a", &["姓名"]).expect("begins");
        writer.mark("甲 & 乙\n2026").expect("marks");
        writer.mark(&"长".repeat(5_000)).expect("marks");
        writer.mark("甲 & 乙 2026").expect("marks");
        writer.write_row(&[Cell::Text("x")]).expect("row");
        let mut bytes = Vec::new();
        writer.finish(&mut bytes).expect("finishes");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).expect("archive");
        let mut sheet = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").expect("sheet"), &mut sheet).expect("text");
        assert!(sheet.contains("<oddFooter>&amp;L甲 &amp;&amp; 乙 2026"), "{sheet}");
        let table = open(bytes, "a.xlsx", Limits::default()).expect("opens");
        assert_eq!(table.count_rows().expect("counts"), (1, 0));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let long = "长".repeat(40_000);
        let mut writer = XlsxTableWriter::new("客户/[2026]", &["姓名", "金额", "日期", "时间", "有效", "备注"]).expect("begins");
        let row = [
            Cell::Text("=1+1"),
            Cell::Number(1234.5),
            Cell::Date("2026-11-22"),
            Cell::DateTime("2026-11-22T08:30:05"),
            Cell::Boolean(true),
            Cell::Text("13812345678"),
        ];
        writer.write_row(&row).expect("row");
        writer
            .write_row(&[Cell::Text(&long), Cell::Number(f64::NAN), Cell::Date("1850-01-01"), Cell::Empty, Cell::Empty, Cell::Text("\u{1}")])
            .expect("row");
        assert_eq!(writer.shortened_cells(), 1);
        let mut bytes = Vec::new();
        writer.finish(&mut bytes).expect("ends");
        let table = open(bytes, "x.xlsx", Limits::default()).expect("opens");
        assert_eq!(table.headers(), ["姓名", "金额", "日期", "时间", "有效", "备注"]);
        assert_eq!(table.samples()[0].cells, ["=1+1", "1234.5", "2026-11-22", "2026-11-22T08:30:05", "true", "13812345678"]);
        assert_eq!(table.samples()[1].cells[0].chars().count(), 32_767);
        assert_eq!(table.samples()[1].cells[2], "1850-01-01");
        assert_eq!(table.sheet(), Some("客户  2026"));
    }

    #[test]
    fn no_formula_is_ever_written() {
        let mut writer = XlsxTableWriter::new("x", &["a"]).expect("begins");
        writer.write_row(&[Cell::Text("=HYPERLINK(\"http://x\")")]).expect("row");
        let mut bytes = Vec::new();
        writer.finish(&mut bytes).expect("ends");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("archive");
        let mut sheet = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").expect("sheet"), &mut sheet).expect("text");
        assert!(!sheet.contains("<f>") && sheet.contains("HYPERLINK"));
    }
}
