//! What can be wrong with a table, with the place where it is.

use guanxi_text::encoding_change::EncodingChange;

/// Why a file, or one row of it, cannot be used. Rows are counted from 1 as spreadsheets show them, columns from 1.
#[derive(Debug, thiserror::Error)]
pub enum TabularError {
    /// Reading or writing failed below us.
    #[error("the file cannot be read or written, try again: {0}")]
    Io(#[source] std::io::Error),
    /// The file holds no row at all.
    #[error("the file is empty: export it again, with at least one row below its headers")]
    Empty,
    /// Not a table, or a kind of file that is not read.
    #[error("{found} files are not supported, save the table as .xlsx or .csv")]
    UnsupportedFormat {
        /// What the file seems to be.
        found: &'static str,
    },
    /// The workbook is protected by a password, or damaged.
    #[error("the workbook cannot be opened: {reason}; take its password away, or open it and save it anew as .xlsx")]
    BrokenWorkbook {
        /// What the reader stumbled over.
        reason: String,
    },
    /// The workbook has no sheet of that name.
    #[error("the workbook has no sheet {sheet:?}; choose one of these: {sheets}")]
    NoSuchSheet {
        /// The name asked for.
        sheet: String,
        /// The names there are, separated by commas.
        sheets: String,
    },
    /// More than a limit allows, in the whole file.
    #[error("the file is too large: more than {limit} {what}; split it and import the parts one after the other")]
    TooLarge {
        /// What there is too much of: bytes, entries, rows.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// An archive whose directory does not say the truth about its contents.
    #[error("the workbook's archive is malformed: {entry:?} has not the size it claims; open it in a spreadsheet and save it anew")]
    LyingArchive {
        /// Name of the entry.
        entry: String,
    },
    /// A file of records none of which can be used, or nearly none.
    #[error("the file cannot be read: {reason}; export it again, or save the table as .xlsx or .csv")]
    BrokenFile {
        /// What is wrong with the first, or the last looked at.
        reason: String,
    },
    /// A record that cannot be used; the others can.
    #[error("record {row} cannot be read: {reason}; correct it in the file, or leave it out")]
    BrokenRecord {
        /// Its number in the file, counted from 1.
        row: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A row with more columns than allowed.
    #[error("row {row} has more than {limit} columns; delete those that are not needed")]
    TooManyColumns {
        /// Row in the file.
        row: u64,
        /// The limit.
        limit: usize,
    },
    /// A row with another number of cells than the header row.
    #[error("row {row} has {found} cells where {expected} are expected; add or delete cells, and put cells with commas in quotation marks")]
    RaggedRow {
        /// Row in the file.
        row: u64,
        /// Columns of the header row.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
    /// A cell beyond the limit; the row is skipped.
    #[error("row {row}, column {column}: the cell is longer than {limit} bytes; shorten it")]
    CellTooLong {
        /// Row in the file.
        row: u64,
        /// Column of the cell.
        column: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// All cells of a row together are beyond the limit; the row is skipped.
    #[error("row {row} is longer than {limit} bytes; shorten its cells")]
    RowTooLong {
        /// Row in the file.
        row: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// A quote that is opened and never closed.
    #[error("row {row}, column {column}: a quotation mark is opened and never closed; close or delete it, or save the table as .xlsx")]
    UnbalancedQuote {
        /// Row in the file where the quote opens.
        row: u64,
        /// Column where it opens.
        column: usize,
    },
    /// Bytes that are not text in the file's encoding.
    #[error(
        "row {row}, column {column}: there are bytes that are not valid {encoding}; type the cell anew, or save the table as .xlsx or as CSV in UTF-8"
    )]
    InvalidEncoding {
        /// Row in the file.
        row: u64,
        /// Column of the cell.
        column: usize,
        /// The encoding the file is in.
        encoding: &'static str,
    },
    /// The file goes on in another encoding than it began in: what follows would come out as other characters.
    #[error(
        "up to row {row} the file is in {from}, from there on in {to}: two files were put together; import each on its own, or save the whole \
         as .xlsx or as CSV in UTF-8"
    )]
    EncodingChanges {
        /// The first row in the other encoding.
        row: u64,
        /// The encoding before it.
        from: &'static str,
        /// The encoding from there on.
        to: &'static str,
    },
    /// A zero byte in a cell.
    #[error("row {row}, column {column}: there is a NUL character; type the cell anew")]
    NulCharacter {
        /// Row in the file.
        row: u64,
        /// Column of the cell.
        column: usize,
    },
}

impl TabularError {
    /// The stable machine code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            TabularError::Io(_) => "file_io",
            TabularError::Empty => "file_empty",
            TabularError::UnsupportedFormat { .. } => "file_unsupported",
            TabularError::BrokenWorkbook { .. } => "file_broken",
            TabularError::BrokenFile { .. } => "file_broken",
            TabularError::BrokenRecord { .. } => "row_broken",
            TabularError::NoSuchSheet { .. } => "file_no_such_sheet",
            TabularError::TooLarge { .. } => "file_too_large",
            TabularError::LyingArchive { .. } => "file_lying_archive",
            TabularError::TooManyColumns { .. } => "row_too_many_columns",
            TabularError::RaggedRow { .. } => "row_ragged",
            TabularError::CellTooLong { .. } => "cell_too_long",
            TabularError::RowTooLong { .. } => "row_too_long",
            TabularError::UnbalancedQuote { .. } => "row_unbalanced_quote",
            TabularError::InvalidEncoding { .. } => "cell_encoding",
            TabularError::EncodingChanges { .. } => "file_encoding_changes",
            TabularError::NulCharacter { .. } => "cell_nul",
        }
    }

    /// The row in the file, if the error is about one.
    pub fn row(&self) -> Option<u64> {
        match self {
            TabularError::BrokenRecord { row, .. }
            | TabularError::TooManyColumns { row, .. }
            | TabularError::RaggedRow { row, .. }
            | TabularError::CellTooLong { row, .. }
            | TabularError::RowTooLong { row, .. }
            | TabularError::UnbalancedQuote { row, .. }
            | TabularError::InvalidEncoding { row, .. }
            | TabularError::EncodingChanges { row, .. }
            | TabularError::NulCharacter { row, .. } => Some(*row),
            _ => None,
        }
    }

    /// The column, counted from 1, if the error is about one cell.
    pub fn column(&self) -> Option<usize> {
        match self {
            TabularError::CellTooLong { column, .. }
            | TabularError::UnbalancedQuote { column, .. }
            | TabularError::InvalidEncoding { column, .. }
            | TabularError::NulCharacter { column, .. } => Some(*column),
            _ => None,
        }
    }

    /// Is it only this row that cannot be used, so that reading goes on with the next?
    pub fn is_row_error(&self) -> bool {
        self.row().is_some() && !matches!(self, TabularError::UnbalancedQuote { .. } | TabularError::EncodingChanges { .. })
    }

    /// The same, of a row: whoever counts rows knows better than whoever counts lines.
    pub(crate) fn at_row(self, row: u64) -> Self {
        match self {
            TabularError::EncodingChanges { from, to, .. } => TabularError::EncodingChanges { row, from, to },
            other => other,
        }
    }
}

impl From<std::io::Error> for TabularError {
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|it| it.downcast_ref::<EncodingChange>()) {
            Some(change) => TabularError::EncodingChanges { row: change.line, from: change.from, to: change.to },
            None => TabularError::Io(error),
        }
    }
}
