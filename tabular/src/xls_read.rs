//! Excel workbooks of before 2007 (.xls). Their reader lays each sheet out as a rectangle in memory, so how large the
//! rectangles are is worked out before it may begin.

use std::collections::BTreeMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Xls};

use crate::error::TabularError;
use crate::limits::Limits;
use crate::source::{ReadSeek, Source};
use crate::xlsx_read::{SheetSink, Unfolded, data_text};

/// How such a file begins; so do password-protected workbooks and other old documents.
pub(crate) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Largest file in bytes: all of it is held in memory.
const LARGEST: u64 = 100 << 20;
/// Most cells, empty ones between others included, of all sheets.
const MOST_CELLS: u64 = 8_000_000;
/// Records that hold cells: number, label, label of the shared strings, short number, formula, blank, truth or error, text
/// with forms; in the versions of the format there are.
const CELLS: [u16; 13] = [0x0203, 0x0003, 0x0204, 0x0004, 0x00FD, 0x027E, 0x007E, 0x0006, 0x0406, 0x0201, 0x0205, 0x00D6, 0x0002];
/// Records that hold several cells of a row, the last column at their end.
const SEVERAL: [u16; 2] = [0x00BD, 0x00BE];
const BEGIN: u16 = 0x0809;

fn not_one() -> TabularError {
    TabularError::UnsupportedFormat { found: "password-protected Excel or another old Office document" }
}

pub(crate) fn unfold(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    if source.length()? > LARGEST {
        return Err(TabularError::TooLarge { what: "bytes", limit: LARGEST });
    }
    check_size(source)?;
    // The workbook reader is not written for hostile files: should it panic, the file is broken and nothing else.
    let attempt = catch_unwind(AssertUnwindSafe(|| unfold_checked(source, limits, wanted)));
    attempt.unwrap_or_else(|_| Err(TabularError::BrokenWorkbook { reason: "the reader gave up".to_owned() }))
}

/// Whether the sheets fit into memory, as rectangles around all their cells.
fn check_size(source: &Source) -> Result<(), TabularError> {
    let Ok(mut file) = cfb::CompoundFile::open(source.reader()?) else { return Err(not_one()) };
    let name = ["/Workbook", "/Book"].into_iter().find(|it| file.is_stream(it)).ok_or_else(not_one)?;
    let stream = file.open_stream(name).map_err(|_| not_one())?;
    let mut records = std::io::BufReader::new(stream.take(LARGEST));
    let (mut sheet, mut sheets): (u32, BTreeMap<u32, Corners>) = (0, BTreeMap::new());
    loop {
        let mut head = [0; 4];
        // One that is cut off is told by its reader.
        if records.read_exact(&mut head).is_err() {
            break;
        }
        let (kind, length) = (u16::from_le_bytes([head[0], head[1]]), u16::from_le_bytes([head[2], head[3]]));
        let mut content = vec![0; usize::from(length)];
        if records.read_exact(&mut content).is_err() {
            break;
        }
        if kind == BEGIN {
            sheet += 1;
        }
        let number = |at: usize| Some(u64::from(u16::from_le_bytes([*content.get(at)?, *content.get(at + 1)?])));
        let (Some(row), Some(column)) = (number(0), number(2)) else { continue };
        if CELLS.contains(&kind) {
            sheets.entry(sheet).or_default().hold(row, column);
        } else if SEVERAL.contains(&kind) {
            let corners = sheets.entry(sheet).or_default();
            corners.hold(row, column);
            corners.hold(row, content.len().checked_sub(2).and_then(number).unwrap_or(column));
        }
    }
    let cells = sheets.values().map(Corners::cells).fold(0, u64::saturating_add);
    if cells > MOST_CELLS { Err(TabularError::TooLarge { what: "cells", limit: MOST_CELLS }) } else { Ok(()) }
}

/// A rectangle around cells.
#[derive(Debug, Default)]
struct Corners(Option<[u64; 4]>);

impl Corners {
    fn hold(&mut self, row: u64, column: u64) {
        let [top, left, bottom, right] = self.0.unwrap_or([row, column, row, column]);
        self.0 = Some([top.min(row), left.min(column), bottom.max(row), right.max(column)]);
    }

    fn cells(&self) -> u64 {
        self.0.map_or(0, |[top, left, bottom, right]| (bottom - top + 1).saturating_mul(right - left + 1))
    }
}

fn unfold_checked(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    let broken = |error: calamine::XlsError| match error {
        calamine::XlsError::Password => not_one(),
        other => TabularError::BrokenWorkbook { reason: other.to_string() },
    };
    let mut workbook: Xls<Box<dyn ReadSeek>> = Xls::new(source.reader()?).map_err(broken)?;
    let visible = |sheet: &&calamine::Sheet| sheet.visible == calamine::SheetVisible::Visible && sheet.typ == calamine::SheetType::WorkSheet;
    let sheets: Vec<String> = workbook.sheets_metadata().iter().filter(visible).map(|sheet| sheet.name.clone()).collect();
    if let Some(wanted) = wanted.filter(|it| !sheets.iter().any(|sheet| sheet == it)) {
        return Err(TabularError::NoSuchSheet { sheet: wanted.to_owned(), sheets: sheets.join(", ") });
    }
    for sheet in sheets.iter().filter(|it| wanted.is_none_or(|wanted| wanted == *it)) {
        let file = tempfile::NamedTempFile::new()?;
        let mut sink = SheetSink::new(file.reopen()?, limits);
        let range = workbook.worksheet_range(sheet).map_err(broken)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = |first: u32, at: usize| first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            sink.add((place(top, row), place(left, column)), data_text(value.clone()))?;
        }
        if sink.finish()? {
            return Ok(Unfolded { sheet: sheet.clone(), sheets: sheets.clone(), file });
        }
    }
    Err(TabularError::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Format, open, open_sheet};

    const CUSTOMERS: &[u8] = include_bytes!("../tests/files/customers.xls");
    /// A cell in the first row and one in the last column of the last: 16 million cells around them.
    const SPARSE: &[u8] = include_bytes!("../tests/files/sparse.xls");

    #[test]
    fn an_old_workbook_is_read_like_a_new_one() {
        let table = open(CUSTOMERS, "a.xls", Limits::default()).unwrap();
        assert_eq!((table.format(), table.sheet()), (Format::Xls, Some("客户")));
        assert_eq!(table.sheets(), ["空", "客户"]);
        assert_eq!(table.headers(), ["姓名", "手机", "生日", "金额", "重点"]);
        let rows: Vec<_> = table.rows().unwrap().map(|it| it.unwrap()).map(|it| (it.number, it.cells)).collect();
        assert_eq!(rows, [(3, ["王伟", "13812345678", "1990-01-05", "0.1", "true"].map(str::to_owned).to_vec())]);
        assert_eq!(open_sheet(CUSTOMERS, "a.xls", Limits::default(), Some("x")).unwrap_err().code(), "file_no_such_sheet");
    }

    #[test]
    fn what_would_not_fit_into_memory_is_refused_before_it_is_read() {
        assert_eq!(open(SPARSE, "a.xls", Limits::default()).unwrap_err().code(), "file_too_large");
    }

    #[test]
    fn damaged_and_foreign_files_are_told() {
        for length in [8, 512, 1_000, 3_000, 5_000] {
            let error = open(&CUSTOMERS[..length], "a.xls", Limits::default()).err();
            assert!(error.is_none_or(|it| ["file_unsupported", "file_broken", "file_empty"].contains(&it.code())), "{length}");
        }
        let mut bytes = CUSTOMERS.to_vec();
        for at in (600..bytes.len()).step_by(97) {
            bytes[at] ^= 0x5a;
        }
        drop(open(bytes, "a.xls", Limits::default()));
    }
}
