//! Records as a file: CSV, a workbook or JSON, page by page through the read path, never all in memory.

mod cells;
mod write;

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ListRequest, MAX_LIMIT, Stream, page_sink};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result, audit};
use serde_json::{Map, Value as Json, json};

pub(crate) use cells::CellValue;
pub use write::Target;
pub(crate) use write::Writer;

use cells::Columns;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Format {
    Csv,
    Xlsx,
    Json,
}

impl Format {
    /// By its name in the API.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx, Self::Json].into_iter().find(|it| it.extension() == name)
    }
    /// Name in the API and of the file's end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }
    /// Media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// An export that may go ahead: its request is in order, and the audit log knows of it.
pub struct Export {
    context: Context,
    object: Arc<Object>,
    request: ListRequest,
    format: Format,
    columns: Columns,
}

impl Export {
    /// Checks the request and notes in the audit log who takes how many records out.
    ///
    /// # Errors
    /// Forbidden without the right to export; what is wrong with filter, sort or fields.
    pub fn begin(context: &Context, object: &Arc<Object>, request: ListRequest, format: Format) -> Result<Self> {
        let request = ListRequest { sort: request.sort.or_else(|| Some("id".into())), limit: MAX_LIMIT, ..request };
        let stream = Stream::compile(context, object, &request, Verb::Export)?;
        drop(stream);
        let columns = Columns::of(context, object, request.fields.as_deref())?;
        let bare = ListRequest { fields: Some(Vec::new()), ..request.clone() };
        let counted = Stream::compile(context, object, &bare, Verb::Export)?;
        let records = context.workspace.store.read_with(|tx| Ok(tx.count(&counted.select, None)?))?;
        let detail = json!({ "format": format.extension(), "filter": request.filter, "q": request.words, "fields": request.fields });
        let (inner, name) = (context.clone(), object.name.clone());
        let records = i64::try_from(records).unwrap_or(i64::MAX);
        context.workspace.store.write_with(move |tx| audit::append(&inner, tx, "export", Some(&name), None, None, records, Some(detail.clone())))?;
        Ok(Self { context: context.clone(), object: object.clone(), request, format, columns })
    }

    /// Writes the file; answers how many records are in it.
    ///
    /// # Errors
    /// The database's, and those of the target.
    pub fn write(self, target: Target) -> Result<u64> {
        let sheet = self.context.locale.pick(self.object.definition.plural.as_ref().unwrap_or(&self.object.definition.label)).to_owned();
        let mut writer = Writer::begin(self.format, target, &sheet, &self.columns.headers())?;
        let mut cursor: Option<String> = None;
        let mut written = 0;
        loop {
            let page = self.context.workspace.store.read_with(|tx| {
                let mut stream = Stream::compile(&self.context, &self.object, &self.request, Verb::Export)?;
                if let Some(cursor) = cursor.as_deref() {
                    stream.after(cursor)?;
                }
                stream.select.limit = Some(u64::from(MAX_LIMIT) + 1);
                page_sink(&self.context, tx, &self.object, &stream, MAX_LIMIT as usize, None)
            })?;
            if self.format == Format::Json {
                writer.json(&page.items)?;
            } else {
                let records: Vec<Map<String, Json>> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
                for record in &records {
                    writer.row(&self.columns.cells(&self.context, record))?;
                }
            }
            written += page.length as u64;
            cursor = page.next_cursor;
            if cursor.is_none() {
                writer.finish()?;
                return Ok(written);
            }
        }
    }
}
