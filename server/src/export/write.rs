//! The three kinds of file behind one face.

use std::io::Write;

use guanxi_kernel::store::StoreError;
use guanxi_kernel::{KernelError, Result};
use guanxi_tabular::{Cell, CsvOptions, CsvTableWriter, TabularError, XlsxTableWriter};

use super::Format;
use super::cells::CellValue;

/// Where the bytes go.
pub type Target = Box<dyn Write + Send>;

/// A file that is being written.
pub(crate) enum Writer {
    Csv(Box<CsvTableWriter<Target>>),
    Xlsx(Box<XlsxTableWriter>, Target),
    Json { target: Target, begun: bool },
}

impl Writer {
    pub fn begin(format: Format, mut target: Target, sheet: &str, headers: &[&str]) -> Result<Self> {
        Ok(match format {
            Format::Csv => {
                let mut writer = CsvTableWriter::new(target, CsvOptions::default()).map_err(failed)?;
                writer.write_row(headers).map_err(failed)?;
                Self::Csv(Box::new(writer))
            }
            Format::Xlsx => Self::Xlsx(Box::new(XlsxTableWriter::new(sheet, headers).map_err(failed)?), target),
            Format::Json => {
                target.write_all(b"[").map_err(|error| failed(error.into()))?;
                Self::Json { target, begun: false }
            }
        })
    }

    /// Says in a workbook who took it out and when.
    pub fn mark(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Xlsx(writer, _) => writer.mark(text).map_err(failed),
            Self::Csv(_) | Self::Json { .. } => Ok(()),
        }
    }

    pub fn row(&mut self, cells: &[CellValue]) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                let texts: Vec<&str> = cells.iter().map(CellValue::text).collect();
                writer.write_row(&texts).map_err(failed)
            }
            Self::Xlsx(writer, _) => {
                let moments: Vec<String> = cells.iter().map(|it| it.text().replacen(' ', "T", 1)).collect();
                let typed: Vec<Cell<'_>> = cells.iter().zip(&moments).map(|(cell, moment)| typed(cell, moment)).collect();
                writer.write_row(&typed).map_err(failed)
            }
            Self::Json { .. } => Ok(()),
        }
    }

    /// A JSON array of records.
    pub fn json(&mut self, items: &str) -> Result<()> {
        let Self::Json { target, begun } = self else { return Ok(()) };
        let inner = items.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or_default();
        if inner.is_empty() {
            return Ok(());
        }
        let comma: &[u8] = if *begun { b",\n" } else { b"\n" };
        *begun = true;
        target.write_all(comma).and_then(|()| target.write_all(inner.as_bytes())).map_err(|error| failed(error.into()))
    }

    pub fn finish(self) -> Result<()> {
        match self {
            Self::Csv(writer) => writer.finish().and_then(|mut it| Ok(it.flush()?)).map_err(failed),
            Self::Xlsx(writer, target) => writer.finish(target).map_err(failed),
            Self::Json { mut target, .. } => target.write_all(b"\n]\n").and_then(|()| target.flush()).map_err(|error| failed(error.into())),
        }
    }
}

fn typed<'c>(cell: &'c CellValue, moment: &'c str) -> Cell<'c> {
    match cell {
        CellValue::Empty => Cell::Empty,
        CellValue::Text(text) => Cell::Text(text),
        // More digits than a workbook's numbers keep stay text rather than be rounded.
        CellValue::Number(text) => match text.parse::<f64>() {
            Ok(number) if text.bytes().filter(u8::is_ascii_digit).count() <= 15 => Cell::Number(number),
            _ => Cell::Text(text),
        },
        CellValue::Boolean(value, _) => Cell::Boolean(*value),
        CellValue::Date(text) => Cell::Date(text),
        CellValue::DateTime(_) => Cell::DateTime(moment),
    }
}

fn failed(error: TabularError) -> KernelError {
    match error {
        TabularError::TooLarge { limit, .. } => KernelError::bad_request(
            "too_large",
            format!("一个工作表最多 {limit} 行，请缩小范围或导出 CSV"),
            format!("a sheet holds {limit} rows; narrow the filter or export CSV"),
        ),
        other => KernelError::Store(StoreError::Unavailable(other.to_string())),
    }
}
