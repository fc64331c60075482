//! `/imports/{id}/guess` and `/imports/{id}/try`: what columns of an uploaded table seem to be, and what cells become.

use axum::extract::{Path as Segment, State};
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use schemars::JsonSchema;
use serde::Serialize;

use super::get_record::record_id;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};
use crate::import::{self, ColumnGuess, ImportTarget, TryAsked};

/// What the columns of a table seem to be.
#[derive(Serialize, JsonSchema)]
pub struct ImportGuess {
    /// Of which object.
    object: String,
    /// Its columns, with the fields they seem to be.
    columns: Vec<ColumnGuess>,
    /// What a column can become.
    fields: Vec<ImportTarget>,
}

/// The columns as fields of any object the caller may import into; of the import's own where none is named.
pub async fn guess(State(app): State<Shared>, caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    let object = query.text("object").filter(|it| !it.is_empty());
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let it = import::load(context, record_id(&id)?)?;
            let object = read::object_of(context, object.as_ref().unwrap_or(&it.object))?;
            context.access.require(&object, Verb::Import)?;
            let table = import::check_file(import::file_of(&folder, it.id), &it.file_name, it.data.sheet.as_deref());
            let table = table.map_err(|error| import::file_error(&error))?;
            let (columns, fields) = (import::guess(context, &object, &table), import::targets(context, &object));
            Answer::json(&ImportGuess { object: object.name.clone(), columns, fields })
        })
        .await
}

/// What the first cells of a column, or what an expression gives, become in a field. Writes nothing.
pub async fn try_cells(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .write(body, move |signed_in, body| {
            let (context, asked) = (&signed_in.context, body.read::<TryAsked>()?);
            let it = import::load(context, record_id(&id)?)?;
            let table = import::check_file(import::file_of(&folder, it.id), &it.file_name, it.data.sheet.as_deref());
            let table = table.map_err(|error| import::file_error(&error))?;
            let tried = import::tried(context, &table, &asked)?.map_err(|error| import::file_error(&error))?;
            Answer::json(&tried)
        })
        .await
}
