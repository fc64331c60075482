//! What can be wrong with a table, with the place where it is.

/// Why a file, or one row of it, cannot be used. Rows are counted from 1 as spreadsheets show them, columns from 1.
#[derive(Debug, thiserror::Error)]
pub enum TabularError {
    /// Reading or writing failed below us.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The file holds no row at all.
    #[error("the file is empty")]
    Empty,
    /// Not a table, or a kind of file that is not read.
    #[error("{found} files are not supported, save the table as .xlsx or .csv")]
    UnsupportedFormat {
        /// What the file seems to be.
        found: &'static str,
    },
    /// The workbook is protected by a password, or damaged.
    #[error("the workbook cannot be opened: {reason}")]
    BrokenWorkbook {
        /// What the reader stumbled over.
        reason: String,
    },
    /// The workbook has no sheet of that name.
    #[error("the workbook has no sheet {sheet:?}; there are: {sheets}")]
    NoSuchSheet {
        /// The name asked for.
        sheet: String,
        /// The names there are, separated by commas.
        sheets: String,
    },
    /// More than a limit allows, in the whole file.
    #[error("the file is too large: more than {limit} {what}")]
    TooLarge {
        /// What there is too much of: bytes, entries, rows.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// An archive whose directory does not say the truth about its contents.
    #[error("the workbook's archive is malformed: {entry:?} has not the size it claims")]
    LyingArchive {
        /// Name of the entry.
        entry: String,
    },
    /// A file of records none of which can be used, or nearly none.
    #[error("the file cannot be read: {reason}")]
    BrokenFile {
        /// What is wrong with the first, or the last looked at.
        reason: String,
    },
    /// A record that cannot be used; the others can.
    #[error("record {row} cannot be read: {reason}")]
    BrokenRecord {
        /// Its number in the file, counted from 1.
        row: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A row with more columns than allowed.
    #[error("row {row} has more than {limit} columns")]
    TooManyColumns {
        /// Row in the file.
        row: u64,
        /// The limit.
        limit: usize,
    },
    /// A row with another number of cells than the header row.
    #[error("row {row} has {found} cells where {expected} are expected")]
    RaggedRow {
        /// Row in the file.
        row: u64,
        /// Columns of the header row.
        expected: usize,
        /// Cells of this row.
        found: usize,
    },
    /// A cell beyond the limit; the row is skipped.
    #[error("row {row}, column {column}: the cell is longer than {limit} bytes")]
    CellTooLong {
        /// Row in the file.
        row: u64,
        /// Column of the cell.
        column: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// All cells of a row together are beyond the limit; the row is skipped.
    #[error("row {row} is longer than {limit} bytes")]
    RowTooLong {
        /// Row in the file.
        row: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// A quote that is opened and never closed.
    #[error("row {row}, column {column}: a quotation mark is opened and never closed")]
    UnbalancedQuote {
        /// Row in the file where the quote opens.
        row: u64,
        /// Column where it opens.
        column: usize,
    },
    /// Bytes that are not text in the file's encoding.
    #[error("row {row}, column {column}: there are bytes that are not valid {encoding}")]
    InvalidEncoding {
        /// Row in the file.
        row: u64,
        /// Column of the cell.
        column: usize,
        /// The encoding the file is in.
        encoding: &'static str,
    },
    /// A zero byte in a cell.
    #[error("row {row}, column {column}: there is a NUL character")]
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
        self.row().is_some() && !matches!(self, TabularError::UnbalancedQuote { .. })
    }
}
