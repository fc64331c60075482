//! Records as a file: CSV, a workbook or JSON, page by page through the read path, never all in memory. Small ones are streamed
//! while they are made; large ones are made in the background and fetched when they are there.

mod cells;
mod job;
mod run;
mod write;

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::protection::ProtectionPolicy;
use guanxi_kernel::read::{ListRequest, MAX_LIMIT, Stream, page_sink};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result, audit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

pub(crate) use cells::CellValue;
pub use job::{TidyExports, WriteExport};
pub(crate) use run::CONTENT;
pub use run::{ExportAsked, ExportRun, ExportState, ToldExport, begin as begin_run, cancel, fetch, forget_of, list, load};
pub use write::Target;
pub(crate) use write::Writer;

use cells::Columns;

/// Characters of the longest reason.
const MAX_REASON: usize = 500;
/// An export of more records than this is better made in the background: a browser does not wait for it.
pub const BACKGROUND_ABOVE: u64 = 20_000;

/// What kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ExportFormat")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Format {
    #[default]
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

/// Which records are exported, and what of them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// As of a list.
    pub list: ListRequest,
    /// Only these of them.
    pub ids: Option<Vec<Uuid>>,
}

impl Wanted {
    fn compile(&self, context: &Context, object: &Arc<Object>) -> Result<Stream> {
        let stream = Stream::compile(context, object, &self.list, Verb::Export)?;
        Ok(match &self.ids {
            Some(ids) => stream.among(ids),
            None => stream,
        })
    }
}

impl From<ListRequest> for Wanted {
    fn from(list: ListRequest) -> Self {
        Self { list, ids: None }
    }
}

/// An export that may go ahead: its request is in order, and the audit log knows of it.
pub struct Export {
    context: Context,
    object: Arc<Object>,
    wanted: Wanted,
    format: Format,
    columns: Columns,
    /// The most the caller may export: records made meanwhile do not lift it.
    most: Option<u64>,
    /// Records there were when it began.
    records: u64,
}

/// What holds for an export before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExportTerms {
    /// Records in it now.
    pub records: u64,
    /// The most the caller may export at once; any number where null.
    pub most: Option<u64>,
    /// So many are exported only with a reason.
    pub reason_needed: bool,
    /// More than so many are better asked for with `POST /exports`, which makes the file in the background.
    pub background_above: u64,
}

impl ExportTerms {
    /// What holds for this request of the caller.
    ///
    /// # Errors
    /// Forbidden without the right to export; what is wrong with filter, sort or fields.
    pub fn of(context: &Context, object: &Arc<Object>, wanted: &Wanted) -> Result<Self> {
        let list = ListRequest { fields: Some(Vec::new()), ..wanted.list.clone() };
        let counted = Wanted { list, ids: wanted.ids.clone() }.compile(context, object)?;
        let (policy, records) =
            context.workspace.store.read_with(|tx| Ok::<_, KernelError>((ProtectionPolicy::load(tx)?, tx.count(&counted.select, None)?)))?;
        let reason_needed = policy.export_reason_above.is_some_and(|it| records > it);
        Ok(Self { records, most: policy.export_most_for(context), reason_needed, background_above: BACKGROUND_ABOVE })
    }

    fn check(&self, reason: Option<&str>) -> Result<()> {
        if let Some(most) = self.most.filter(|it| self.records > *it) {
            let records = self.records;
            return Err(KernelError::conflict(
                "export_limit",
                format!("共{records}条，超过您一次最多可导出的{most}条，请缩小筛选范围，或申请更大的额度"),
                format!("these are {records} records and you may export {most} at once; narrow the filter, or ask for more"),
            ));
        }
        if self.reason_needed && reason.is_none() {
            return Err(KernelError::invalid("reason", "required", "导出这么多记录需要填写理由", "say why so many records are exported"));
        }
        Ok(())
    }
}

/// Who takes data out, and when: stands on every page of a workbook.
pub(crate) fn mark_of(context: &Context) -> String {
    let company = context.workspace.settings().name.clone();
    let at = context.time_zone.to_datetime(context.now).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let who = context.viewer.as_ref().map_or(&context.actor_name, |it| &it.name);
    format!("{company} · {who} · {} · {at}", context.actor.simple())
}

impl Export {
    /// Checks the request and notes in the audit log who takes how many records out and why; or that it was refused.
    ///
    /// # Errors
    /// Forbidden without the right to export; what is wrong with filter, sort or fields; `export_limit` where there are
    /// more than the caller may export; invalid where a reason is needed and missing.
    pub fn begin(context: &Context, object: &Arc<Object>, wanted: impl Into<Wanted>, format: Format, reason: Option<&str>) -> Result<Self> {
        let wanted = wanted.into();
        let asked = wanted.list.fields.clone();
        let mut export = Self::prepare(context, object, wanted, format)?;
        let reason = reason.map(str::trim).filter(|it| !it.is_empty());
        if reason.is_some_and(|it| it.chars().count() > MAX_REASON) {
            let (zh_cn, en) = (format!("最多{MAX_REASON}个字符"), format!("at most {MAX_REASON} characters"));
            return Err(KernelError::invalid("reason", "too_long", zh_cn, en));
        }
        let terms = ExportTerms::of(context, object, &export.wanted)?;
        let refused = terms.check(reason);
        let verb = if refused.is_ok() { "export" } else { "export_refused" };
        let request = &export.wanted.list;
        let detail = json!({
            "format": format.extension(), "filter": request.filter, "q": request.words, "fields": asked,
            "reason": reason, "most": terms.most, "chosen": export.wanted.ids.as_ref().map(Vec::len),
        });
        let (inner, name) = (context.clone(), object.name.clone());
        let records = i64::try_from(terms.records).unwrap_or(i64::MAX);
        context.workspace.store.write_with(move |tx| audit::append(&inner, tx, verb, Some(&name), None, None, records, Some(detail.clone())))?;
        refused?;
        export.most = terms.most;
        export.records = terms.records;
        Ok(export)
    }

    /// As [`Self::begin`], for one the audit log knows of already: the rights and the limit of now count.
    ///
    /// # Errors
    /// As of that, but for the reason.
    pub(crate) fn again(context: &Context, object: &Arc<Object>, wanted: Wanted, format: Format) -> Result<Self> {
        let export = Self::prepare(context, object, wanted, format)?;
        let terms = ExportTerms::of(context, object, &export.wanted)?;
        ExportTerms { reason_needed: false, ..terms }.check(None)?;
        Ok(Self { most: terms.most, records: terms.records, ..export })
    }

    fn prepare(context: &Context, object: &Arc<Object>, wanted: Wanted, format: Format) -> Result<Self> {
        let Wanted { list, ids } = wanted;
        let list = ListRequest { sort: list.sort.or_else(|| Some("id".into())), limit: MAX_LIMIT, ..list };
        let mut wanted = Wanted { list, ids };
        drop(wanted.compile(context, object)?);
        let columns = Columns::of(context, object, wanted.list.fields.as_deref())?;
        if let Some(fields) = wanted.list.fields.as_deref().filter(|_| format != Format::Json) {
            wanted.list.fields = Some(cells::needed(context, object, fields));
        }
        Ok(Self { context: context.clone(), object: object.clone(), wanted, format, columns, most: None, records: 0 })
    }

    /// Writes the file; answers how many records are in it.
    ///
    /// # Errors
    /// The database's, and those of the target.
    pub fn write(self, target: Target) -> Result<u64> {
        self.write_and_tell(target, &mut |_| Ok(()))
    }

    /// As [`Self::write`]; `heard` is told after each page how many records are written, and may end it.
    ///
    /// # Errors
    /// As of that, and what `heard` says.
    pub(crate) fn write_and_tell(self, target: Target, heard: &mut dyn FnMut(u64) -> Result<()>) -> Result<u64> {
        let sheet = self.context.locale.pick(self.object.definition.plural.as_ref().unwrap_or(&self.object.definition.label)).to_owned();
        let mut writer = Writer::begin(self.format, target, &sheet, &self.columns.headers())?;
        writer.mark(&mark_of(&self.context))?;
        let mut cursor: Option<String> = None;
        let mut written = 0;
        loop {
            let page = self.context.workspace.store.read_with(|tx| {
                let mut stream = self.wanted.compile(&self.context, &self.object)?;
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
            if self.most.is_some_and(|it| written > it) {
                return Err(KernelError::conflict(
                    "export_limit",
                    "导出过程中记录增多，超过了额度",
                    "records were added meanwhile, beyond the limit",
                ));
            }
            heard(written)?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                writer.finish()?;
                return Ok(written);
            }
        }
    }
}
