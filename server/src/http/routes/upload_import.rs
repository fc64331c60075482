//! `POST /imports?object=`: takes a table in, tells what it is and which column seems to be which field.

use std::path::Path;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_tabular::Table;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure, detail_of};
use crate::http::content;
use crate::http::intake::{Incoming, receive};
use crate::http::{Answer, Caller, Query, Shared, transfers};
use crate::import::{self, ColumnGuess, Import, ImportState, ImportTarget, NewFile, SuggestedMapping};

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
    /// `csv`, `xlsx`, `xls`, `ods`, `json` or `vcard`.
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
    /// Saved and ready mappings that seem to fit, the best first. The columns are as a saved one says that fits wholly.
    suggested: Vec<SuggestedMapping>,
    /// All files that came: several where it was an archive of them. This answer is about the first that can be used.
    files: Vec<ImportFile>,
}

/// One of the files that came together.
#[derive(Serialize, JsonSchema)]
pub struct ImportFile {
    /// Id of its import; null where it cannot be used.
    id: Option<Uuid>,
    /// Its name.
    file_name: String,
    /// Rows in it.
    rows: u64,
    /// What is wrong with it.
    problem: Option<String>,
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
            let new = NewFile { id, object: object.clone(), file_name: file_name.clone(), sheet: sheet.clone(), ..NewFile::default() };
            let answer = taken_in(&signed_in.context, &folder, &new, &received.file)?;
            Ok(Answer::json(&answer)?.with_status(StatusCode::CREATED))
        })
        .await
}

/// Takes a file in that has come whole, or all that an archive holds.
///
/// # Errors
/// What is wrong with it.
pub(super) fn taken_in(context: &Context, folder: &Path, new: &NewFile, file: &Incoming) -> Result<ImportUpload, ApiError> {
    if !import::is_archive(file.path())? {
        let (import, table) = import::take_in(context, folder, new, file.path(), |place| file.keep(place))?;
        return told(context, &import, &table, Vec::new());
    }
    let group = context.new_id();
    let (mut files, mut first, mut failure) = (Vec::new(), None, None);
    for entry in import::unpack(context, folder, file.path())? {
        let id = if first.is_none() { new.id } else { context.new_id() };
        let own = NewFile { id, file_name: entry.name.clone(), sheet: None, group: Some(group), ..new.clone() };
        let taken = entry.file.and_then(|file| import::take_in(context, folder, &own, file.path(), |place| file.keep(place)));
        match taken {
            Ok((import, table)) => {
                files.push(ImportFile { id: Some(id), file_name: entry.name, rows: import.data.rows, problem: None });
                first = first.or(Some((import, table)));
            }
            Err(error) => {
                files.push(ImportFile { id: None, file_name: entry.name, rows: 0, problem: Some(detail_of(&error, context.locale)) });
                failure = failure.or(Some(error));
            }
        }
    }
    match (first, failure) {
        (Some((import, table)), _) => told(context, &import, &table, files),
        (None, Some(error)) => Err(error),
        (None, None) => Err(import::file_error(&guanxi_tabular::TabularError::Empty)),
    }
}

/// What is told of a table that was taken in.
///
/// # Errors
/// Fails where the database does.
pub(super) fn told(context: &Context, import: &Import, table: &Table, files: Vec<ImportFile>) -> Result<ImportUpload, ApiError> {
    let object = read::object_of(context, &import.object)?;
    let mut columns = import::guess(context, &object, table);
    let suggested = import::suggest(context, &object, table.headers(), &mut columns)?;
    let own = ImportFile { id: Some(import.id), file_name: import.file_name.clone(), rows: import.data.rows, problem: None };
    Ok(ImportUpload {
        id: import.id,
        object: object.name.clone(),
        file_name: import.file_name.clone(),
        state: import.state,
        encoding: import.data.encoding.clone(),
        format: import.data.format.clone(),
        sheet: import.data.sheet.clone(),
        sheets: table.sheets().to_vec(),
        rows: import.data.rows,
        columns,
        fields: import::targets(context, &object),
        suggested,
        files: if files.is_empty() { vec![own] } else { files },
    })
}
