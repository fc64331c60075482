//! `POST /files`: the bytes of one file, streamed to disk; the entry of it is a record of the object `file`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::access::Verb;
use guanxi_kernel::files::{Content, take_room};
use guanxi_kernel::read::{self, Record};
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::write::run_unit;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::{Answer, Caller, Query, Shared, SignedIn, file_bytes};

/// A file that was kept. Its id goes into a field of a record.
#[derive(Serialize, JsonSchema)]
pub struct UploadedFile {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
    /// Bytes.
    size: u64,
    /// Media type, as far as the content agrees with it.
    content_type: String,
}

impl UploadedFile {
    /// What is told of a content that a file holds now.
    pub fn new(id: Uuid, content: &Content) -> Self {
        let Content { name, size, content_type, .. } = content.clone();
        Self { id, name, size, content_type }
    }
}

/// Takes a file.
pub async fn upload(State(app): State<Shared>, caller: Caller, query: Query, request: Request) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let content = file_bytes::take_in(&app, &caller, request, may_upload).await?;
    let fingerprint = json!([content.name, content.content_type, content.sha256]).to_string();
    caller
        .write_once(fingerprint, move |signed_in| {
            let record = save(signed_in, &content)?;
            Ok(Answer::json(&UploadedFile::new(record.id(), &content))?.with_status(StatusCode::CREATED))
        })
        .await
}

fn may_upload(signed_in: &SignedIn) -> Result<(), ApiError> {
    let object = read::object_of(&signed_in.context, FILE_OBJECT)?;
    Ok(signed_in.context.access.require(&object, Verb::Create)?)
}

/// Size, type and hash are the server's to say, so the entry is written with the engine's rights, in the caller's name.
fn save(signed_in: &SignedIn, content: &Content) -> Result<Record, KernelError> {
    let context = &signed_in.context;
    let Content { name, size, content_type, sha256 } = content.clone();
    let values: Json = json!({ "name": name, "size": size, "content_type": content_type, "sha256": sha256 });
    let values: Map<String, Json> = serde_json::from_value(values).map_err(|error| KernelError::Internal(error.to_string()))?;
    run_unit(
        context,
        context.new_id(),
        "upload",
        Box::new(move |unit| {
            take_room(unit.context, unit.tx, size)?;
            unit.create_as_system(FILE_OBJECT, &values)
        }),
    )
}
