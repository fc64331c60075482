//! A CSV reader with bounds. By hand and not by the csv crate, because that grows its buffers with the field: a quote that
//! is never closed would read a whole file into memory, and nobody would be told.

use std::io::Read;

use crate::error::TabularError;
use crate::limits::Limits;

const CHUNK_BYTES: usize = 64 * 1024;

/// Cells of one record, not yet checked against the header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Counted from 1, as spreadsheets number the rows of such a file.
    pub(crate) number: u64,
    pub(crate) cells: Vec<String>,
}

impl Record {
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Splits UTF-8 text into records: RFC 4180, lenient where Excel is (quotes in the middle of a cell are text, any line end).
pub(crate) struct CsvReader<R> {
    source: R,
    delimiter: u8,
    max_cell_bytes: usize,
    max_row_bytes: usize,
    max_columns: usize,
    chunk: Vec<u8>,
    position: usize,
    number: u64,
    ended: bool,
    /// A carriage return was the end of the last record: a line feed right after it belongs to it.
    skip_line_feed: bool,
}

enum Place {
    CellStart,
    Unquoted,
    Quoted,
    /// After a quote inside a quoted cell: its end, or the first of a doubled quote.
    QuoteInQuoted,
}

/// A record being built; once it has a problem, the rest of it is read but not kept.
struct Building {
    number: u64,
    cells: Vec<String>,
    cell: Vec<u8>,
    row_bytes: usize,
    column: usize,
    quote_opened: Option<usize>,
    problem: Option<TabularError>,
}

impl<R: Read> CsvReader<R> {
    pub(crate) fn new(source: R, delimiter: u8, limits: &Limits) -> Self {
        CsvReader {
            source,
            delimiter,
            max_cell_bytes: limits.max_cell_bytes,
            max_row_bytes: limits.max_row_bytes,
            max_columns: limits.max_columns,
            chunk: Vec::new(),
            position: 0,
            number: 0,
            ended: false,
            skip_line_feed: false,
        }
    }

    pub(crate) fn source(&self) -> &R {
        &self.source
    }

    fn next_byte(&mut self) -> Result<Option<u8>, TabularError> {
        if self.position == self.chunk.len() {
            if self.ended {
                return Ok(None);
            }
            self.chunk.resize(CHUNK_BYTES, 0);
            let count = self.source.read(&mut self.chunk).map_err(|error| TabularError::from(error).at_row(self.number + 1))?;
            self.chunk.truncate(count);
            self.position = 0;
            if count == 0 {
                self.ended = true;
                return Ok(None);
            }
        }
        let byte = self.chunk[self.position];
        self.position += 1;
        Ok(Some(byte))
    }

    /// The next record; `None` at the end. A blank line is a record with one empty cell.
    pub(crate) fn next_record(&mut self) -> Result<Option<Record>, TabularError> {
        let mut building = Building::new(self.number + 1);
        let mut place = Place::CellStart;
        let mut read_any = false;
        loop {
            let Some(byte) = self.next_byte()? else {
                if !read_any {
                    return Ok(None);
                }
                self.number += 1;
                if matches!(place, Place::Quoted) {
                    let column = building.quote_opened.unwrap_or(1);
                    return Err(TabularError::UnbalancedQuote { row: building.number, column });
                }
                return self.finished(building).map(Some);
            };
            if std::mem::take(&mut self.skip_line_feed) && byte == b'\n' && !read_any {
                continue;
            }
            read_any = true;
            place = match (place, byte) {
                (Place::CellStart, b'"') => {
                    building.quote_opened = Some(building.column);
                    Place::Quoted
                }
                (Place::Quoted, b'"') => Place::QuoteInQuoted,
                (Place::Quoted, _) => {
                    self.keep(&mut building, byte);
                    Place::Quoted
                }
                (Place::QuoteInQuoted, b'"') => {
                    self.keep(&mut building, byte);
                    Place::Quoted
                }
                (_, b'\n' | b'\r') => {
                    self.skip_line_feed = byte == b'\r';
                    self.number += 1;
                    return self.finished(building).map(Some);
                }
                (_, byte) if byte == self.delimiter => {
                    self.end_cell(&mut building);
                    Place::CellStart
                }
                (_, byte) => {
                    self.keep(&mut building, byte);
                    Place::Unquoted
                }
            };
        }
    }

    fn keep(&self, building: &mut Building, byte: u8) {
        if building.problem.is_some() {
            return;
        }
        if building.cell.len() >= self.max_cell_bytes {
            let (row, column) = (building.number, building.column);
            return building.fail(TabularError::CellTooLong { row, column, limit: self.max_cell_bytes });
        }
        if building.row_bytes >= self.max_row_bytes {
            let row = building.number;
            return building.fail(TabularError::RowTooLong { row, limit: self.max_row_bytes });
        }
        building.cell.push(byte);
        building.row_bytes += 1;
    }

    fn end_cell(&self, building: &mut Building) {
        building.column += 1;
        if building.problem.is_some() {
            return;
        }
        if building.cells.len() >= self.max_columns {
            let row = building.number;
            return building.fail(TabularError::TooManyColumns { row, limit: self.max_columns });
        }
        building.cells.push(String::from_utf8_lossy(&building.cell).into_owned());
        building.cell.clear();
    }

    fn finished(&self, mut building: Building) -> Result<Record, TabularError> {
        self.end_cell(&mut building);
        match building.problem {
            Some(problem) => Err(problem),
            None => Ok(Record { number: building.number, cells: building.cells }),
        }
    }
}

impl Building {
    fn new(number: u64) -> Self {
        Building { number, cells: Vec::new(), cell: Vec::new(), row_bytes: 0, column: 1, quote_opened: None, problem: None }
    }

    fn fail(&mut self, problem: TabularError) {
        self.problem = Some(problem);
        self.cells = Vec::new();
        self.cell = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, limits: &Limits) -> Vec<Result<Vec<String>, &'static str>> {
        let mut reader = CsvReader::new(text.as_bytes(), b',', limits);
        let mut all = Vec::new();
        loop {
            match reader.next_record() {
                Ok(Some(record)) => all.push(Ok(record.cells)),
                Ok(None) => return all,
                Err(error) => {
                    all.push(Err(error.code()));
                    if !error.is_row_error() {
                        return all;
                    }
                }
            }
        }
    }

    fn plain(text: &str) -> Vec<Vec<String>> {
        records(text, &Limits::default()).into_iter().map(|record| record.expect("no problem")).collect()
    }

    #[test]
    fn quotes_line_ends_and_blank_lines() {
        assert_eq!(plain("a,b\r\n1,\"x,\"\"y\"\"\nz\"\r3,4"), [["a", "b"], ["1", "x,\"y\"\nz"], ["3", "4"]]);
        assert_eq!(plain("a,\n\n\"\",b\"c"), vec![vec!["a", ""], vec![""], vec!["", "b\"c"]]);
        assert_eq!(plain("\"a\"b,c"), [["ab", "c"]]);
        assert!(plain("").is_empty());
    }

    #[test]
    fn long_cells_and_rows_are_row_errors() {
        let limits = Limits { max_cell_bytes: 10, max_row_bytes: 15, max_columns: 3, ..Limits::default() };
        let text = format!("a,b\n{},x\n\"{}\",y\n123456789,123456789\n1,2,3,4\nc,d\n", "1".repeat(11), "2\n".repeat(50));
        let codes: Vec<_> = records(&text, &limits).into_iter().map(|record| record.err()).collect();
        assert_eq!(codes, [None, Some("cell_too_long"), Some("cell_too_long"), Some("row_too_long"), Some("row_too_many_columns"), None]);
    }

    #[test]
    fn an_open_quote_is_told_with_its_place() {
        let mut reader = CsvReader::new("a,b\n1,\"open\n2,3\n".as_bytes(), b',', &Limits::default());
        assert!(reader.next_record().is_ok());
        let error = reader.next_record().expect_err("quote");
        assert_eq!((error.code(), error.row(), error.column()), ("row_unbalanced_quote", Some(2), Some(2)));
        assert!(reader.next_record().is_ok_and(|record| record.is_none()));
    }

    proptest::proptest! {
        #[test]
        fn reads_what_the_csv_crate_writes(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\n\r 星']{0,6}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("writes");
            }
            let text = String::from_utf8(writer.into_inner().expect("flushes")).expect("UTF-8");
            proptest::prop_assert_eq!(plain(&text), rows);
        }
    }
}
