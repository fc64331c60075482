//! Excel workbooks of before 2007 (.xls). Their reader lays each sheet out as a rectangle in memory, so how large the
//! rectangles are is worked out before it may begin, and where a program is named for it, it reads in a process of its own.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Xls};

use crate::error::TabularError;
use crate::limits::Limits;
use crate::source::{ReadSeek, Source};
use crate::xls_apart;
use crate::xlsx_read::{SheetSink, Unfolded, data_text};

/// How such a file begins; so do password-protected workbooks and other old documents.
pub(crate) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// Largest file in bytes: all of it is held in memory.
const LARGEST: u64 = 100 << 20;
/// Most cells, empty ones between others included, of all sheets.
const MOST_CELLS: u64 = 8_000_000;
/// Most sheets.
const MOST_SHEETS: usize = 1_000;
/// Records that hold cells: number, label, label of the shared strings, short number, formula, text of a formula, blank, truth
/// or error, text with forms; in the versions of the format there are.
const CELLS: [u16; 14] = [0x0203, 0x0003, 0x0204, 0x0004, 0x00FD, 0x027E, 0x007E, 0x0006, 0x0406, 0x0207, 0x0201, 0x0205, 0x00D6, 0x0002];
/// Records that hold several cells of a row, the last column at their end.
const SEVERAL: [u16; 2] = [0x00BD, 0x00BE];
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
/// Says where a sheet begins.
const SHEET: u16 = 0x0085;
/// Says how large a sheet is; its reader makes room for that many cells.
const DIMENSIONS: u16 = 0x0200;
/// The text of the formula before it, whose place it has not.
const FORMULA_TEXT: u16 = 0x0207;

pub(crate) fn not_one() -> TabularError {
    TabularError::UnsupportedFormat { found: "password-protected Excel or another old Office document" }
}

fn too_many_cells() -> TabularError {
    TabularError::TooLarge { what: "cells", limit: MOST_CELLS }
}

pub(crate) fn unfold(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    if source.length()? > LARGEST {
        return Err(TabularError::TooLarge { what: "bytes", limit: LARGEST });
    }
    check_size(source)?;
    match xls_apart::program() {
        Some(program) => xls_apart::read(program, source, limits, wanted),
        None => unfold_here(source, limits, wanted),
    }
}

/// Reads in this process.
pub(crate) fn unfold_here(source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    // The workbook reader is not written for hostile files: should it panic, the file is broken and nothing else.
    let attempt = catch_unwind(AssertUnwindSafe(|| unfold_checked(source, limits, wanted)));
    attempt.unwrap_or_else(|_| Err(TabularError::BrokenWorkbook { reason: "the reader gave up".to_owned() }))
}

/// The records of a workbook, as its reader goes through them: kind and content, until the last whole one.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.0.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        // One that is cut off is told by the reader.
        let content = rest.get(..length)?;
        self.0 = rest.get(length..)?;
        Some((u16::from_le_bytes([head[0], head[1]]), content))
    }
}

fn short(content: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_le_bytes([*content.get(at)?, *content.get(at + 1)?])))
}

fn long(content: &[u8], at: usize) -> Option<u64> {
    Some(short(content, at)? | short(content, at + 2)? << 16)
}

/// Whether the sheets fit into memory: the rectangles around all their cells, and those they claim. Each sheet that is named is
/// weighed where it is said to begin, for so it is read, several at one place too.
fn check_size(source: &Source) -> Result<(), TabularError> {
    let Ok(mut file) = cfb::CompoundFile::open(source.reader()?) else { return Err(not_one()) };
    let name = ["/Workbook", "/Book"].into_iter().find(|it| file.is_stream(it)).ok_or_else(not_one)?;
    let stream = file.open_stream(name).map_err(|_| not_one())?;
    let mut book = Vec::new();
    stream.take(LARGEST).read_to_end(&mut book).map_err(|_| not_one())?;
    let globals = Records(&book).take_while(|it| it.0 != END);
    let places: Vec<u64> = globals.filter(|it| it.0 == SHEET).filter_map(|it| long(it.1, 0)).collect();
    if places.len() > MOST_SHEETS {
        return Err(TabularError::TooLarge { what: "entries", limit: MOST_SHEETS as u64 });
    }
    let (mut cells, mut walked) = (0_u64, 0_usize);
    for place in places {
        let sheet = usize::try_from(place).ok().and_then(|it| book.get(it..)).unwrap_or_default();
        let weight = Weight::of(sheet)?;
        cells = cells.saturating_add(weight.corners.cells().max(weight.count));
        walked = walked.saturating_add(weight.bytes);
        if cells > MOST_CELLS {
            return Err(too_many_cells());
        }
        if walked > book.len() {
            return Err(TabularError::BrokenWorkbook { reason: "its sheets lie over each other".to_owned() });
        }
    }
    Ok(())
}

/// What a sheet takes.
#[derive(Default)]
struct Weight {
    corners: Corners,
    /// Cells, those at one place too.
    count: u64,
    /// Bytes of its records.
    bytes: usize,
}

impl Weight {
    fn of(sheet: &[u8]) -> Result<Self, TabularError> {
        let (mut weight, mut claimed) = (Self::default(), 0_u64);
        // Charts stand within sheets, and hold what looks like cells.
        let (mut begun, mut inner) = (false, 0_usize);
        for (kind, content) in Records(sheet) {
            weight.bytes += content.len() + 4;
            match kind {
                BEGIN if begun => inner += 1,
                BEGIN => begun = true,
                END if inner > 0 => inner -= 1,
                END => break,
                _ if inner > 0 => {}
                DIMENSIONS => claimed = claimed.saturating_add(claim(content)),
                _ => weight.hold(kind, content),
            }
            if claimed > MOST_CELLS || weight.count > MOST_CELLS {
                return Err(too_many_cells());
            }
        }
        Ok(weight)
    }

    fn hold(&mut self, kind: u16, content: &[u8]) {
        let several = SEVERAL.contains(&kind);
        if !several && !CELLS.contains(&kind) {
            return;
        }
        self.count += 1;
        let (Some(row), Some(column)) = (short(content, 0), short(content, 2)) else { return };
        if kind == FORMULA_TEXT {
            return;
        }
        self.corners.hold(row, column);
        if several {
            let last = content.len().checked_sub(2).and_then(|it| short(content, it)).unwrap_or(column);
            self.count += last.saturating_sub(column);
            self.corners.hold(row, last);
        }
    }
}

/// For how many cells the reader makes room, as it works that out.
fn claim(content: &[u8]) -> u64 {
    let corner = match content.len() {
        10 => [short(content, 0), short(content, 2), short(content, 4), short(content, 6)],
        14 | 16 => [long(content, 0), long(content, 4), short(content, 8), short(content, 10)],
        _ => return 0,
    };
    let [Some(top), Some(bottom), Some(left), Some(right)] = corner else { return 0 };
    let left = if left > 0xFF || right < left { 0 } else { left };
    if bottom == 0 || right == 0 {
        return 1;
    }
    // One that ends before it begins is as large as can be: no file of a person's is so.
    let (rows, columns) = (bottom.checked_sub(top), right.checked_sub(left));
    rows.zip(columns).map_or(u64::MAX, |(rows, columns)| rows.saturating_mul(columns))
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

    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        [kind.to_le_bytes().as_slice(), &length.to_le_bytes(), content].concat()
    }

    fn begin() -> Vec<u8> {
        record(BEGIN, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    fn cell(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &1.5_f64.to_le_bytes()].concat())
    }

    /// A workbook of one sheet's records that so many entries name.
    fn book(entries: usize, sheet: &[Vec<u8>]) -> Vec<u8> {
        let named = |at: u32, number: usize| {
            let name = format!("{number:04}");
            record(SHEET, &[&at.to_le_bytes()[..], &[0, 0, 4, 0], name.as_bytes()].concat())
        };
        let length = begin().len() + entries * named(0, 0).len() + record(END, &[]).len();
        let at = u32::try_from(length).unwrap();
        let mut stream = begin();
        (0..entries).for_each(|it| stream.extend(named(at, it)));
        stream.extend(record(END, &[]));
        stream.extend(begin());
        sheet.iter().for_each(|it| stream.extend(it));
        stream.extend(record(END, &[]));
        let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
        std::io::Write::write_all(&mut file.create_stream("/Workbook").unwrap(), &stream).unwrap();
        file.into_inner().into_inner()
    }

    fn code(bytes: Vec<u8>) -> Option<&'static str> {
        open(bytes, "a.xls", Limits::default()).err().map(|it| it.code())
    }

    #[test]
    fn a_file_of_a_few_bytes_that_claims_much_is_refused() {
        assert_eq!(code(book(1, &[cell(0, 0), cell(1, 0)])), None);
        let claims = |top: u32, bottom: u32, left: u16, right: u16| {
            let corners = [&top.to_le_bytes()[..], &bottom.to_le_bytes(), &left.to_le_bytes(), &right.to_le_bytes(), &[0, 0]].concat();
            record(DIMENSIONS, &corners)
        };
        assert_eq!(code(book(1, &[claims(0, 2, 0, 1), cell(0, 0), cell(1, 0)])), None);
        for hostile in [claims(0, u32::MAX, 0, u16::MAX), claims(9, 1, 0, 1), claims(0, 65_536, 0, 256)] {
            assert_eq!(code(book(1, &[hostile, cell(0, 0), cell(1, 0)])), Some("file_too_large"));
        }
        // Many times less than the bound.
        assert_eq!(code(book(1, &vec![claims(0, 4_000, 0, 250); 9])), Some("file_too_large"));
    }

    #[test]
    fn sheets_that_lie_at_one_place_are_weighed_each() {
        let corners = [cell(0, 0), cell(30_000, 200)];
        assert_eq!(code(book(1, &corners)), None);
        assert_eq!(code(book(2, &corners)), Some("file_too_large"));
        assert_eq!(code(book(400, &[cell(0, 0), cell(1, 0)])), Some("file_broken"));
        assert_eq!(code(book(MOST_SHEETS + 1, &[cell(0, 0)])), Some("file_too_large"));
        // A chart within the sheet is none of its cells.
        assert_eq!(code(book(1, &[cell(0, 0), cell(1, 0), begin(), cell(65_000, 255), record(END, &[])])), None);
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
