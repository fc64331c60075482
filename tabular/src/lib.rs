//! Reading and writing the tables people bring: CSV in any usual delimiter and encoding, Excel workbooks, JSON
//! records and cards of people. And what
//! their documents say, Word and PowerPoint, to be looked at.
//!
//! Reading is streaming and bounded: memory depends on the [`Limits`], never on the file. A row that cannot be used is
//! an error of its own and reading goes on; an error of the whole file ends it.

mod apart;
mod archive;
mod csv_read;
mod csv_write;
mod document;
mod error;
mod json_read;
mod layout;
mod limits;
mod merged;
mod ods_read;
mod records;
mod shared_strings;
mod source;
mod table;
mod vcard_read;
mod xls_apart;
mod xls_read;
mod xlsx_read;
mod xlsx_write;
mod zip_check;

pub use apart::{end, ended_well};
pub use archive::{FileArchive, is_archive_of_files};
pub use csv_write::{CsvOptions, CsvTableWriter};
pub use document::{Block, Document, DocumentLimits, read_document, read_pdf};
pub use error::TabularError;
pub use limits::Limits;
pub use source::Source;
pub use table::{Format, Row, Rows, Table, open, open_sheet};
pub use xls_apart::{XLS_COMMAND, read_xls_here, use_xls_program};
pub use xlsx_write::{Cell, XlsxTableWriter};
