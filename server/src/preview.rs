//! What a file says, read on the server so that a browser never opens it: texts, tables and presentations, bounded.

use std::io::Read;
use std::sync::Arc;

use axum::http::StatusCode;
use guanxi_kernel::schema::Label;
use guanxi_kernel::{FieldError, KernelError};
use guanxi_tabular::{Block, DocumentLimits, Limits, Source, TabularError, open_sheet, read_document};
use guanxi_text::encoding::DecodingReader;
use schemars::JsonSchema;
use serde::Serialize;

use crate::errors::{ApiError, disk_error};

/// Largest file that is read to be shown, in bytes.
pub const LARGEST: u64 = 30_000_000;
/// Bytes of a plain text that are shown.
const MOST_TEXT: u64 = 300_000;
/// Rows of a table that are shown.
const MOST_ROWS: usize = 500;
/// Columns of a table that are shown.
const MOST_COLUMNS: usize = 100;
/// Characters of a cell that are shown.
const MOST_IN_CELL: usize = 500;

/// A piece of a document.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PreviewBlock {
    /// A heading.
    Heading {
        /// From 1 on.
        level: u8,
        /// What it says.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        text: String,
    },
    /// A row of a table.
    Row {
        /// Its cells.
        cells: Vec<String>,
    },
    /// A slide begins.
    Slide {
        /// From 1 on.
        number: usize,
    },
}

/// What a file says.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FilePreview {
    /// A text or a presentation.
    Document {
        /// Its pieces in order.
        blocks: Vec<PreviewBlock>,
        /// Whether there is more than is shown.
        cut: bool,
    },
    /// A table.
    Table {
        /// The sheets of a workbook.
        sheets: Vec<String>,
        /// Which one this is.
        sheet: Option<String>,
        /// Its rows, the headers first.
        rows: Vec<Vec<String>>,
        /// Whether there is more than is shown.
        cut: bool,
    },
    /// Plain text.
    Text {
        /// The text.
        text: String,
        /// Whether there is more than is shown.
        cut: bool,
    },
}

/// How a kind of file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As a document.
    Document,
    /// As a table.
    Table,
    /// As plain text.
    Text,
}

impl Way {
    /// How files of this type are read; `None` for what is shown otherwise or not at all.
    pub fn of(content_type: &str) -> Option<Self> {
        Some(match content_type {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            | "application/vnd.openxmlformats-officedocument.presentationml.presentation" => Self::Document,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" | "text/csv" | "text/tab-separated-values" => Self::Table,
            "application/json" | "application/xml" => Self::Text,
            it if it.starts_with("text/") => Self::Text,
            _ => return None,
        })
    }
}

/// Reads a file. Blocks, and takes as much memory as the file is large.
///
/// # Errors
/// What is wrong with the file; what is too large to be shown.
pub fn read(way: Way, bytes: Box<dyn Read + Send>, name: &str, sheet: Option<&str>) -> Result<FilePreview, ApiError> {
    if way == Way::Text {
        return read_text(bytes).map_err(|error| disk_error(&error).into());
    }
    let mut whole = Vec::new();
    bytes.take(LARGEST).read_to_end(&mut whole).map_err(|error| disk_error(&error))?;
    let source = Source::Bytes(Arc::from(whole));
    let read = if way == Way::Document { document(source) } else { table(source, name, sheet) };
    read.map_err(|error| told(&error))
}

fn read_text(bytes: Box<dyn Read + Send>) -> std::io::Result<FilePreview> {
    let mut decoded = Vec::new();
    DecodingReader::new(bytes.take(MOST_TEXT + 4)).take(2 * MOST_TEXT).read_to_end(&mut decoded)?;
    let cut = decoded.len() as u64 > MOST_TEXT;
    let mut text = String::from_utf8_lossy(&decoded).replace('\0', "");
    if cut {
        // The last character may be half of one.
        text.truncate(text.char_indices().nth_back(3).map_or(0, |it| it.0));
    }
    Ok(FilePreview::Text { text, cut })
}

fn document(source: Source) -> Result<FilePreview, TabularError> {
    let document = read_document(source, &DocumentLimits::default())?;
    let blocks = document.blocks.into_iter().map(|block| match block {
        Block::Heading(level, text) => PreviewBlock::Heading { level, text },
        Block::Paragraph(text) => PreviewBlock::Paragraph { text },
        Block::Row(cells) => PreviewBlock::Row { cells },
        Block::Slide(number) => PreviewBlock::Slide { number },
    });
    Ok(FilePreview::Document { blocks: blocks.collect(), cut: document.is_cut })
}

fn table(source: Source, name: &str, sheet: Option<&str>) -> Result<FilePreview, TabularError> {
    let limits = Limits { max_inflated_bytes: 100 << 20, max_shared_strings: 1_000_000, ..Limits::default() };
    let table = open_sheet(source, name, limits, sheet)?;
    let mut cut = table.headers().len() > MOST_COLUMNS;
    let cells = |row: &[String]| -> Vec<String> { row.iter().take(MOST_COLUMNS).map(|it| it.chars().take(MOST_IN_CELL).collect()).collect() };
    let mut rows = if table.has_header_row() { vec![cells(table.headers())] } else { Vec::new() };
    for row in table.rows()? {
        if rows.len() >= MOST_ROWS {
            cut = true;
            break;
        }
        match row {
            Ok(row) => rows.push(cells(&row.cells)),
            Err(error) if error.is_row_error() => cut = true,
            Err(_) => {
                cut = true;
                break;
            }
        }
    }
    Ok(FilePreview::Table { sheets: table.sheets().to_vec(), sheet: table.sheet().map(str::to_owned), rows, cut })
}

/// Why a file cannot be shown.
fn told(error: &TabularError) -> ApiError {
    let message = Label::new(
        format!("此文件无法预览，请下载后查看（{}）", short(error)),
        format!("this file cannot be shown here; download it instead ({})", short(error)),
    );
    let field = |name: &str| Some(name.to_owned());
    match error {
        TabularError::Io(error) => disk_error(error).into(),
        TabularError::UnsupportedFormat { .. } => unsupported(),
        TabularError::TooLarge { .. } => {
            ApiError::Http { status: StatusCode::PAYLOAD_TOO_LARGE, code: "too_large", message, field: field("file"), retry_after: None }
        }
        TabularError::NoSuchSheet { .. } => {
            let message = Label::new("没有这个工作表", "there is no such sheet");
            ApiError::Kernel(KernelError::Invalid(vec![FieldError { field: "sheet".into(), code: error.code(), message }]))
        }
        other => ApiError::Kernel(KernelError::Invalid(vec![FieldError { field: "file".into(), code: other.code(), message }])),
    }
}

/// The reason without what stands in the file.
fn short(error: &TabularError) -> String {
    error.to_string().chars().take(120).collect()
}

/// A kind of file that nothing is read of.
pub fn unsupported() -> ApiError {
    ApiError::http(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "此类文件没有文字预览，请下载后查看",
        "files of this kind are not read here; download it instead",
    )
    .about("file")
}

/// A file that is too large to be read here.
pub fn too_large() -> ApiError {
    ApiError::http(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!("文件超过{}MB，无法预览，请下载后查看", LARGEST / 1_000_000),
        format!("files above {} MB are not shown here; download it instead", LARGEST / 1_000_000),
    )
    .about("file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(way: Way, bytes: &'static [u8], name: &str) -> FilePreview {
        read(way, Box::new(bytes), name, None).unwrap()
    }

    #[test]
    fn texts_are_decoded_and_cut() {
        let FilePreview::Text { text, cut } = preview(Way::Text, b"\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\n\xb1\xa8\xbc\xdb", "a.txt") else {
            panic!()
        };
        assert_eq!((text.as_str(), cut), ("你好，世界\n报价", false));
        let long: &'static [u8] = Vec::leak("报".repeat(200_000).into_bytes());
        let FilePreview::Text { text, cut } = preview(Way::Text, long, "a.txt") else { panic!() };
        assert!(cut && text.chars().all(|it| it == '报'));
    }

    #[test]
    fn tables_are_read_with_their_headers() {
        let FilePreview::Table { rows, cut, .. } = preview(Way::Table, "姓名,电话\n王伟,138\n".as_bytes(), "a.csv") else { panic!() };
        assert_eq!((rows, cut), (vec![vec!["姓名".to_owned(), "电话".to_owned()], vec!["王伟".to_owned(), "138".to_owned()]], false));
    }
}
