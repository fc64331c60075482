//! How much of a file is taken in.

/// Bounds on what reading a table may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one cell as UTF-8; a longer cell makes its row an error.
    pub max_cell_bytes: usize,
    /// Bytes of all cells of one row as UTF-8.
    pub max_row_bytes: usize,
    /// Columns of one row.
    pub max_columns: usize,
    /// Rows of a table, the header row included.
    pub max_rows: u64,
    /// Bytes of a workbook's archive after inflating, all entries together.
    pub max_inflated_bytes: u64,
    /// Entries of a workbook's archive.
    pub max_archive_entries: usize,
    /// Bytes of text a workbook may unfold to: shared strings can be referred to any number of times.
    pub max_text_bytes: u64,
    /// Strings a workbook may share among its cells; all of them are held in memory while it is read.
    pub max_shared_strings: u64,
    /// Rows kept as samples.
    pub sample_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_cell_bytes: 1 << 20,
            max_row_bytes: 8 << 20,
            max_columns: 2_000,
            max_rows: 20_000_000,
            max_inflated_bytes: 200 << 20,
            max_archive_entries: 2_000,
            max_text_bytes: 1 << 30,
            max_shared_strings: 3_000_000,
            sample_rows: 20,
        }
    }
}
