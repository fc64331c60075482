//! `POST /imports?object=`: takes a table in, tells what it is and which column seems to be which field.

use std::path::Path;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use guanxi_tabular::Table;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure, disk_error};
use crate::http::content;
use crate::http::intake::{Incoming, receive};
use crate::http::{Answer, Caller, Query, Shared, SignedIn, transfers};
use crate::import::{self, ColumnGuess, Import, ImportData, ImportState, ImportTarget};

/// What a table without a name is called.
const NAMELESS: &str = "import";

/// A table that was taken in.
#[derive(Serialize, JsonSchema)]
pub struct ImportUpload {
    /// Id of the import.
    id: Uuid,
    /// Into which object.
    object: String,
    /// Name of the file.
    file_name: String,
    /// How far it has come.
    state: ImportState,
    /// Encoding of a text file.
    encoding: String,
    /// `csv` or `xlsx`.
    format: String,
    /// The sheet of a workbook that is read.
    sheet: Option<String>,
    /// All its sheets; send the file again with another one where that is meant.
    sheets: Vec<String>,
    /// Rows in the file.
    rows: u64,
    /// Its columns, with the fields they seem to be.
    columns: Vec<ColumnGuess>,
    /// What a column can become.
    fields: Vec<ImportTarget>,
}

/// Takes it in. The caller is asked who he is before the first byte is kept; what is cut off leaves nothing behind.
pub async fn upload(State(app): State<Shared>, caller: Caller, query: Query, headers: HeaderMap, body: Body) -> Result<Answer, ApiFailure> {
    let object = query.text("object").ok_or_else(|| ApiError::bad("bad_request", "object", "请指定对象", "name the object"))?;
    let sheet = query.text("sheet").filter(|it| !it.is_empty());
    query.finish()?;
    let file_name = content::file_name(&headers).unwrap_or_else(|_| NAMELESS.to_owned());
    let wanted = object.clone();
    caller
        .clone()
        .call(move |signed_in| {
            let object = read::object_of(&signed_in.context, &wanted)?;
            Ok(signed_in.context.access.require(&object, Verb::Import)?)
        })
        .await?;
    let id = app.workspaces.ids().next(app.workspaces.clock().now());
    let folder = import::folder(&app.settings.data);
    let file = Incoming::at(folder.join(format!("{}.part", id.simple())))?;
    let _place = transfers::begin()?;
    let received = receive(&headers, body, file, import::MAX_FILE, app.settings.client_timeout).await?;
    let fingerprint = serde_json::json!([file_name, sheet, received.sha256]).to_string();
    caller
        .write_once(fingerprint, move |signed_in| {
            let new = NewImport { id, object: &object, file_name: &file_name, sheet: sheet.as_deref() };
            let answer = take_in(signed_in, &new, &received.file, &folder)?;
            Ok(Answer::json(&answer)?.with_status(StatusCode::CREATED))
        })
        .await
}

/// What the caller says of the table he sends.
struct NewImport<'a> {
    id: Uuid,
    object: &'a str,
    file_name: &'a str,
    sheet: Option<&'a str>,
}

fn take_in(signed_in: &SignedIn, new: &NewImport<'_>, file: &Incoming, folder: &Path) -> Result<ImportUpload, ApiError> {
    let context = &signed_in.context;
    let NewImport { id, object, file_name, sheet } = *new;
    let object = read::object_of(context, object)?;
    context.access.require(&object, Verb::Import)?;
    let table: Table = import::check_file(file.path(), file_name, sheet).map_err(|error| import::file_error(&error))?;
    // A file that cannot be read to its end still has rows before it; they are counted when they are used.
    let (usable, unusable) = table.count_rows().map_err(|error| import::file_error(&error))?;
    let data = ImportData {
        encoding: table.encoding().to_owned(),
        format: table.format().name().to_owned(),
        sheet: table.sheet().map(str::to_owned),
        rows: usable + unusable,
        ..ImportData::default()
    };
    let answer = ImportUpload {
        id,
        object: object.name.clone(),
        file_name: file_name.to_owned(),
        state: ImportState::Uploaded,
        encoding: data.encoding.clone(),
        format: data.format.clone(),
        sheet: data.sheet.clone(),
        sheets: table.sheets().to_vec(),
        rows: data.rows,
        columns: import::guess(context, &object, &table),
        fields: import::targets(context, &object),
    };
    let import = Import {
        id,
        member: context.actor,
        object: object.name.clone(),
        file_name: file_name.to_owned(),
        state: ImportState::Uploaded,
        data,
        updated_at: context.now,
    };
    // The file first: an entry without one would be of no use.
    let place = import::file_of(folder, id);
    file.keep(&place).map_err(|error| disk_error(&error))?;
    if let Err(error) = import::insert(context, &import) {
        std::fs::remove_file(&place).map_err(|error| disk_error(&error))?;
        return Err(error.into());
    }
    Ok(answer)
}
