//! `/imports/{id}` and what can be done with it: plan, run, look, cancel, fetch the rows refused.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared, transfers};
use crate::import::{self, Counts, ImportPlan, Recipe, ToldProblem};

/// What an import would do.
#[derive(Serialize, JsonSchema)]
pub struct ImportPreview {
    /// Id of the import.
    id: Uuid,
    /// Rows by what would become of them.
    counts: Counts,
    /// The first rows that cannot be used.
    problems: Vec<ToldProblem>,
    /// Whether there are more.
    more_problems: bool,
    /// Rows looked at.
    rows: u64,
    /// Whether those are all.
    complete: bool,
}

/// What the import would do.
pub async fn plan(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let plan: ImportPlan = body.read()?;
            let folder = import::folder(&app.settings.data);
            Answer::json(&planned(&signed_in.context, &folder, record_id(&id)?, plan)?)
        })
        .await
}

fn planned(context: &Context, folder: &std::path::Path, id: Uuid, plan: ImportPlan) -> Result<ImportPreview, ApiError> {
    let it = import::load(context, id)?;
    let object = read::object_of(context, &it.object)?;
    let table = import::check_file(import::file_of(folder, id), &it.file_name, it.data.sheet.as_deref());
    let table = table.map_err(|error| import::file_error(&error))?;
    let is_csv = table.format() == guanxi_tabular::Format::Csv;
    let recipe = Recipe::compile(context, &object, &plan, table.headers().len(), is_csv)?;
    let preview = import::preview(context, &recipe, &table).map_err(|error| import::file_error(&error))??;
    import::save_plan(context, &it, plan)?;
    Ok(ImportPreview {
        id,
        counts: preview.counts,
        problems: import::told_problems(context, preview.problems),
        more_problems: preview.more_problems,
        rows: preview.rows,
        complete: preview.complete,
    })
}

/// Puts it into the queue.
pub async fn run(caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let started = import::start(context, &import::load(context, record_id(&id)?)?)?;
            Ok(Answer::json(&started.told(context))?.with_status(StatusCode::ACCEPTED))
        })
        .await
}

/// How far it has come.
pub async fn get(caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            Answer::json(&import::load(context, record_id(&id)?)?.told(context))
        })
        .await
}

/// Ends it; what it wrote stays until it is undone.
pub async fn cancel(caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            Answer::json(&import::cancel(context, record_id(&id)?)?.told(context))
        })
        .await
}

/// The rows refused, with the reason.
pub async fn rejected(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query) -> Result<Response, ApiFailure> {
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
