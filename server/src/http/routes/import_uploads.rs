//! `/imports/uploads`: a file in pieces, for lines that break.

use axum::body::Body;
use axum::extract::{Path as Segment, State};
use axum::http::{HeaderMap, StatusCode};
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::get_record::record_id;
use super::upload_import::taken_in;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::intake::{Incoming, receive};
use crate::http::{Answer, Caller, Query, Shared, transfers};
use crate::import::parcels::{self, Parcel};
use crate::import::{self, NewFile};

/// Longest name of a file.
const LONGEST_NAME: usize = 200;

/// A file that is to come.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImportUpload {
    /// Into which object.
    object: String,
    /// Its name.
    file_name: String,
    /// Its bytes.
    size: u64,
    /// The sheet of a workbook that is meant.
    #[serde(default)]
    sheet: Option<String>,
}

/// How much of a file came.
#[derive(Serialize, JsonSchema)]
pub struct ImportUploadProgress {
    /// Id of the upload.
    id: Uuid,
    /// Bytes that came; the next piece begins there.
    received: u64,
    /// Bytes there will be.
    size: u64,
    /// Largest piece in bytes.
    piece: u64,
}

fn told(parcel: &Parcel, received: u64) -> ImportUploadProgress {
    ImportUploadProgress { id: parcel.id, received, size: parcel.size, piece: parcels::LARGEST_PIECE }
}

/// Begins one.
pub async fn begin(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let new: NewImportUpload = body.read()?;
            let object = read::object_of(context, &new.object)?;
            context.access.require(&object, Verb::Import)?;
            let name: String =
                new.file_name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|it| !it.is_control()).take(LONGEST_NAME).collect();
            if name.trim().is_empty() {
                return Err(ApiError::bad("bad_request", "file_name", "请给出文件名", "name the file"));
            }
            let sheet = new.sheet.filter(|it| !it.is_empty());
            let parcel = parcels::begin(context, &folder, &object.name, name, sheet, new.size)?;
            Ok(Answer::json(&told(&parcel, 0))?.with_status(StatusCode::CREATED))
        })
        .await
}

/// How much came.
pub async fn get(State(app): State<Shared>, caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .call(move |signed_in| {
            let (parcel, received) = parcels::find(&signed_in.context, &folder, record_id(&id)?)?;
            Answer::json(&told(&parcel, received))
        })
        .await
}

/// Takes the next piece.
pub async fn piece(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, ApiFailure> {
    let offset: Option<u64> = query.value("offset")?;
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    let (asked, wanted) = (folder.clone(), id.clone());
    caller.clone().call(move |signed_in| Ok(parcels::find(&signed_in.context, &asked, record_id(&wanted)?).map(drop)?)).await?;
    let name = app.workspaces.ids().next(app.workspaces.clock().now());
    let file = Incoming::at(folder.join(format!("{}.part", name.simple())))?;
    let offset = offset.ok_or_else(|| ApiError::bad("bad_request", "offset", "请给出此段的起始位置", "say where the piece begins"))?;
    let _place = transfers::begin()?;
    let received = receive(&headers, body, file, parcels::LARGEST_PIECE, app.settings.client_timeout).await?;
    caller
        .call(move |signed_in| {
            let (parcel, length) = parcels::append(&signed_in.context, &folder, record_id(&id)?, offset, received.file.path())?;
            Answer::json(&told(&parcel, length))
        })
        .await
}

/// All of it came: it becomes an import.
pub async fn finish(
    State(app): State<Shared>,
    caller: Caller,
    Segment(id): Segment<String>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let (parcel, file) = parcels::finish(context, &folder, record_id(&id)?)?;
            let new = NewFile { id: context.new_id(), object: parcel.object, file_name: parcel.file_name, sheet: parcel.sheet, ..NewFile::default() };
            Ok(Answer::json(&taken_in(context, &folder, &new, &file)?)?.with_status(StatusCode::CREATED))
        })
        .await
}

/// Gives it up.
pub async fn give_up(State(app): State<Shared>, caller: Caller, Segment(id): Segment<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .call(move |signed_in| {
            parcels::give_up(&signed_in.context, &folder, record_id(&id)?)?;
            Ok(Answer::empty())
        })
        .await
}
