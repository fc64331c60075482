//! `GET|POST /files/{id}/versions`, `POST /files/{id}/versions/{number}/restore`: what a file held before, another content for
//! it, and back to an older one.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::files::{self, FileVersion};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::get_record::record_id;
use super::upload_file::UploadedFile;
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::Actor;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query, Shared, file_bytes};

/// A version of a file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FileVersion")]
pub struct ToldVersion {
    /// From 1 on.
    number: i64,
    /// Name it had.
    name: String,
    /// Bytes.
    size: u64,
    /// Media type.
    content_type: String,
    /// Who uploaded it.
    made_by: Actor,
    /// When.
    made_at: Timestamp,
    /// Whether it is what the file holds now.
    current: bool,
}

/// The versions of a file, the newest first.
#[derive(Serialize, JsonSchema)]
pub struct FileVersions {
    /// The versions.
    items: Vec<ToldVersion>,
    /// Whether the caller may replace the file, and so restore an older version.
    may_replace: bool,
}

/// All versions.
pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let found = context.workspace.store.read_with(|tx| {
                let versions = files::versions_of(context, tx, id)?;
                let mut titles = Titles::default();
                versions.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.made_by));
                titles.load(context, tx)?;
                Ok((versions, titles, files::require_may_replace(context, tx, id).is_ok()))
            })?;
            let (versions, titles, may_replace) = found;
            let items = versions.into_iter().map(|it| told(context, it, &titles)).collect();
            Answer::json(&FileVersions { items, may_replace })
        })
        .await
}

fn told(context: &Context, version: FileVersion, titles: &Titles) -> ToldVersion {
    let FileVersion { number, content, made_by, made_at, current } = version;
    let made_by = titles.actor(context, made_by);
    ToldVersion { number, name: content.name, size: content.size, content_type: content.content_type, made_by, made_at, current }
}

/// Takes another content for a file; its id and whatever names it stay.
pub async fn add(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query, request: Request) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let id = record_id(&id)?;
    let content = file_bytes::take_in(&app, &caller, request, move |signed_in| {
        let context = &signed_in.context;
        Ok(context.workspace.store.read_with(|tx| files::require_may_replace(context, tx, id))?)
    })
    .await?;
    let fingerprint = json!([id, content.name, content.content_type, content.sha256]).to_string();
    caller
        .write_once(fingerprint, move |signed_in| {
            files::add_version(&signed_in.context, id, &content)?;
            Ok(Answer::json(&UploadedFile::new(id, &content))?.with_status(StatusCode::CREATED))
        })
        .await
}

/// Puts an older version in the place of the present one.
pub async fn restore(caller: Caller, Path((id, number)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            // What is no number names no version.
            let number = number.parse().map_err(|_| KernelError::NotFound)?;
            files::restore_version(context, id, number)?;
            let version = context.workspace.store.read_with(|tx| files::present_version(context, tx, id))?;
            Answer::json(&UploadedFile::new(id, &version.content))
        })
        .await
}
