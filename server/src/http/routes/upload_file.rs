//! `POST /files`: the bytes of one file, streamed to disk; the entry of it is a record of the object `file`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read::{self, Record};
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::write::run_unit;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure, disk_error};
use crate::http::content;
use crate::http::intake::{Incoming, receive};
use crate::http::{Answer, Caller, Query, Shared, SignedIn, transfers};

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

/// Takes a file.
pub async fn upload(State(app): State<Shared>, caller: Caller, query: Query, request: Request) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.clone().call(may_upload).await?;
    let _place = transfers::begin()?;
    let (parts, body) = request.into_parts();
    let name = content::file_name(&parts.headers)?;
    let declared = content::declared_type(&parts.headers);
    let id = app.workspaces.ids().next(app.workspaces.clock().now());
    let file = Incoming::at(app.blobs.incoming(&id.simple().to_string()))?;
    let received = receive(&parts.headers, body, file, app.settings.max_file, app.settings.client_timeout).await?;
    let content_type = content::trusted_type(&declared, &received.head);
    let fingerprint = json!([name, content_type, received.sha256]).to_string();
    caller
        .write_once(fingerprint, move |signed_in| {
            app.blobs.keep(&received.file, &received.sha256).map_err(|error| disk_error(&error))?;
            let size = received.size;
            let values = json!({ "name": name, "size": size, "content_type": content_type, "sha256": received.sha256 });
            let record = save(signed_in, values)?;
            Ok(Answer::json(&UploadedFile { id: record.id(), name: name.clone(), size, content_type: content_type.clone() })?
                .with_status(StatusCode::CREATED))
        })
        .await
}

fn may_upload(signed_in: &SignedIn) -> Result<(), ApiError> {
    let object = read::object_of(&signed_in.context, FILE_OBJECT)?;
    Ok(signed_in.context.access.require(&object, Verb::Create)?)
}

/// Size, type and hash are the server's to say, so the entry is written with the engine's rights, in the caller's name.
fn save(signed_in: &SignedIn, values: Json) -> Result<Record, KernelError> {
    let context = &signed_in.context;
    let values: Map<String, Json> = serde_json::from_value(values).map_err(|error| KernelError::Internal(error.to_string()))?;
    run_unit(context, context.new_id(), "upload", Box::new(move |unit| unit.create_as_system(FILE_OBJECT, &values)))
}
