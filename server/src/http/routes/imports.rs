//! `/imports/{id}` and what can be done with it: plan, run, look, cancel, fetch the rows refused.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path as Segment, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Object;
use guanxi_kernel::{KernelError, Value, read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::duplicates::{DuplicateCandidate, candidates};
use super::get_record::record_id;
use crate::duplicates::{self, Residents};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared, transfers};
use crate::import::{self, Counts, ImportPlan, PartCounts, Preview, Recipe, RowsWanted, ToldKind, ToldProblem};

/// Most rows told that likely mean a record that is there.
const MOST_TOLD: usize = 50;

/// What an import would do.
#[derive(Serialize, JsonSchema)]
pub struct ImportPreview {
    /// Id of the import.
    id: Uuid,
    /// Rows by what would become of them.
    counts: Counts,
    /// What would become of the records of each object; empty where a row makes one record.
    parts: Vec<PartCounts>,
    /// The first rows that cannot be used.
    problems: Vec<ToldProblem>,
    /// Whether there are more.
    more_problems: bool,
    /// All problems by kind, the most frequent first.
    kinds: Vec<ToldKind>,
    /// Rows looked at.
    rows: u64,
    /// Whether those are all.
    complete: bool,
    /// Values, and lists of links, of records that would be emptied, where rows become new versions of records.
    emptied: u64,
    /// Rows that would be new records and likely mean one that is there; null where nobody looks for duplicates.
    duplicates: Option<ImportDuplicates>,
    /// Rows of the file that mean the same record as a row before them.
    repeated: ImportRepeats,
}

/// Rows of the file that mean the same record as a row before them.
#[derive(Default, Serialize, JsonSchema)]
struct ImportRepeats {
    /// How many.
    rows: u64,
    /// The first of them.
    first: Vec<ImportRepeat>,
}

/// A row that means the same record as a row before it.
#[derive(Serialize, JsonSchema)]
struct ImportRepeat {
    /// Number of the row in the file.
    row: u64,
    /// Number of the row before.
    of: u64,
    /// Key of the further record of the row that it is about; empty for the main one.
    part: String,
    /// What the record is called.
    value: String,
    /// True where the fields to match by are equal: one record becomes of both. False where they are only alike: two do.
    certain: bool,
}

/// Rows that likely mean a record that is there, of this object or of another one.
#[derive(Serialize, JsonSchema)]
struct ImportDuplicates {
    /// False while records are still being read: plan again in some seconds.
    ready: bool,
    /// Objects that nothing is compared with here, for they have too many records.
    left_out: Vec<String>,
    /// New records that were looked at: the first ones.
    checked: u64,
    /// So many of them likely are there.
    rows: u64,
    /// The first of those.
    first: Vec<ImportDuplicate>,
}

/// A row that likely means a record that is there.
#[derive(Serialize, JsonSchema)]
struct ImportDuplicate {
    /// Number of the row in the file.
    row: u64,
    /// What the record would be called.
    value: String,
    /// Which it may be, the likeliest first.
    candidates: Vec<DuplicateCandidate>,
}

/// What the import would do.
pub async fn plan(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let residents = caller.residents();
    caller
        .write(body, move |signed_in, body| {
            let plan: ImportPlan = body.read()?;
            let folder = import::folder(&app.settings.data);
            Answer::json(&planned(&signed_in.context, &residents, &folder, record_id(&id)?, plan)?)
        })
        .await
}

fn planned(context: &Context, residents: &Arc<Residents>, folder: &Path, id: Uuid, plan: ImportPlan) -> Result<ImportPreview, ApiError> {
    let it = import::load(context, id)?;
    let object = read::object_of(context, &it.object)?;
    let table = import::check_file(import::file_of(folder, id), &it.file_name, it.data.sheet.as_deref());
    let table = table.map_err(|error| import::file_error(&error))?;
    let is_csv = table.format() == guanxi_tabular::Format::Csv;
    let plan_parts: Vec<String> = plan.also.iter().map(|it| it.key.clone()).collect();
    let recipe = Recipe::compile(context, &object, &plan, table.headers(), is_csv)?;
    let preview = import::preview(context, &recipe, &table, Some(id)).map_err(|error| import::file_error(&error))??;
    import::save_plan(context, &it, plan, &preview)?;
    let parts: Vec<String> = std::iter::once(String::new()).chain(plan_parts).collect();
    let duplicates = if object.definition.duplicates.is_empty() { None } else { Some(likely(context, residents, &object, &preview.new)?) };
    let repeated = repeats(&object, &parts, &preview);
    Ok(ImportPreview {
        id,
        counts: preview.counts,
        parts: preview.parts,
        kinds: preview.kinds.told(context),
        problems: import::told_problems(context, preview.problems),
        more_problems: preview.more_problems,
        rows: preview.rows,
        complete: preview.complete,
        emptied: preview.emptied,
        duplicates,
        repeated,
    })
}

/// Rows of the file that mean the same record: by the fields to match by, or that are alike.
fn repeats(object: &Object, parts: &[String], preview: &Preview) -> ImportRepeats {
    let title = |number: u64| preview.new.iter().find(|it| it.0 == number).map(|it| object.title_of(&it.1)).unwrap_or_default();
    let part = |place: usize| parts.get(place).cloned().unwrap_or_default();
    let certain = preview.first_repeats.iter().map(|it| {
        let value = if it.part == 0 { title(it.of) } else { String::new() };
        ImportRepeat { row: it.row, of: it.of, part: part(it.part), value, certain: true }
    });
    let alike = duplicates::alike_rows(object, &preview.new);
    let rows = preview.repeats + alike.len() as u64;
    let alike = alike.into_iter().map(|(row, of)| ImportRepeat { row, of, part: String::new(), value: title(row), certain: false });
    let mut first: Vec<ImportRepeat> = certain.chain(alike).collect();
    first.sort_by_key(|it| it.row);
    first.truncate(MOST_TOLD);
    ImportRepeats { rows, first }
}

/// Which of the new records likely are there already.
fn likely(context: &Context, residents: &Arc<Residents>, object: &Arc<Object>, new: &[(u64, Vec<Value>)]) -> Result<ImportDuplicates, KernelError> {
    let checked = duplicates::check_rows(context, residents, object, new)?;
    let (rows, ready, checked_rows) = (checked.found.len() as u64, checked.is_ready, checked.checked);
    let title = |number: u64| new.iter().find(|it| it.0 == number).map(|it| object.title_of(&it.1)).unwrap_or_default();
    let told = checked.found.into_iter().take(MOST_TOLD).map(|(row, found)| {
        let candidates = candidates(context, found)?;
        Ok(ImportDuplicate { row, value: title(row), candidates })
    });
    let first = told.collect::<Result<_, KernelError>>()?;
    Ok(ImportDuplicates { ready, left_out: checked.left_out, checked: checked_rows, rows, first })
}

/// Which rows a run is over.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportRun {
    /// All that are left, where absent.
    rows: RowsWanted,
}

/// Halts it after the rows it is at.
pub async fn pause(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            Answer::json(&import::pause(context, record_id(&id)?)?.told(context)?)
        })
        .await
}

/// Puts it into the queue.
pub async fn run(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let (context, asked) = (&signed_in.context, body.read::<ImportRun>()?);
            let started = import::start(context, record_id(&id)?, asked.rows)?;
            Ok(Answer::json(&started.told(context)?)?.with_status(StatusCode::ACCEPTED))
        })
        .await
}

/// How far it has come.
pub async fn get(caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            Answer::json(&import::load(context, record_id(&id)?)?.told(context)?)
        })
        .await
}

/// Ends it; what it wrote stays until it is undone.
pub async fn cancel(caller: Caller, Segment(id): Segment<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            Answer::json(&import::cancel(context, record_id(&id)?)?.told(context)?)
        })
        .await
}

/// The rows refused, with the reason.
pub async fn rejected(State(app): State<Shared>, caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Response, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    let (name, path, length) = caller
        .call(move |signed_in| {
            let it = import::load(&signed_in.context, record_id(&id)?)?;
            let path = import::rejected_of(&folder, it.id);
            if it.data.rejected_bytes == 0 || !path.exists() {
                return Err(KernelError::NotFound.into());
            }
            Ok((format!("rejected-{}.csv", it.id.simple()), path, it.data.rejected_bytes))
        })
        .await?;
    let place = transfers::begin()?;
    let body = Body::from_stream(super::export_records::stream_of(move |mut send| {
        let _place = place;
        use std::io::Read as _;
        // Bytes beyond belong to a batch that is not committed yet.
        let mut file = std::fs::File::open(path)?.take(length);
        loop {
            let mut piece = vec![0; 64 * 1024];
            let read = file.read(&mut piece)?;
            piece.truncate(read);
            if read == 0 || !send(piece.into()) {
                return Ok(());
            }
        }
    }));
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((headers, body).into_response())
}
