//! `POST /imports?object=`: takes a table in, tells what it is and which column seems to be which field.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt as _;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use guanxi_tabular::Table;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::cut_off;
use crate::http::{Answer, Caller, Query, Shared, SignedIn, transfers};
use crate::import::{self, Import, ImportData, ImportState};

/// Chunks of the body that may wait for the disk.
const WAITING: usize = 16;
/// Longest silence of an upload.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// Takes it in. The caller is asked who he is before the first byte is kept; what is cut off leaves nothing behind.
pub async fn upload(State(app): State<Shared>, caller: Caller, query: Query, headers: HeaderMap, body: Body) -> Result<Answer, ApiFailure> {
    let object = query.text("object").ok_or_else(|| ApiError::bad("bad_request", "object", "请指定对象", "name the object"))?;
    query.finish()?;
    let limit = import::MAX_FILE;
    if headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok()).is_some_and(|it| it > limit) {
        return Err(ApiError::too_large(limit).into());
    }
    let file_name = file_name(&headers);
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
    let incoming = Incoming::begin(&folder, id).map_err(|error| import::file_error(&error.into()))?;
    let _place = transfers::begin()?;
    receive(body, incoming.path.clone(), limit).await?;
    caller
        .call(move |signed_in| {
            let answer = take_in(signed_in, id, &object, &file_name, &incoming.path)?;
            incoming.keep(&import::file_of(&folder, id)).map_err(|error| import::file_error(&error.into()))?;
            Ok(Answer::json(&answer).with_status(StatusCode::CREATED))
        })
        .await
}

/// A file on its way in; gone unless it is kept.
struct Incoming {
    path: PathBuf,
    kept: bool,
}

impl Incoming {
    fn begin(folder: &Path, id: Uuid) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { path: folder.join(format!("{}.part", id.simple())), kept: false })
    }

    fn keep(mut self, path: &Path) -> std::io::Result<()> {
        std::fs::rename(&self.path, path)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished upload stays");
        }
    }
}

/// Writes the body to a file as it comes.
async fn receive(body: Body, path: PathBuf, limit: u64) -> Result<(), ApiError> {
    let (sender, mut chunks) = tokio::sync::mpsc::channel::<bytes::Bytes>(WAITING);
    let writing = tokio::task::spawn_blocking(move || -> std::io::Result<()> {
        let mut file = std::fs::File::create(path)?;
        while let Some(chunk) = chunks.blocking_recv() {
            file.write_all(&chunk)?;
        }
        file.sync_all()
    });
    let mut stream = body.into_data_stream();
    let mut size = 0_u64;
    let mut failure = None;
    while let Some(chunk) =
        tokio::time::timeout(PATIENCE, stream.next()).await.unwrap_or_else(|_| Some(Err(axum::Error::new(std::io::Error::other("silent")))))
    {
        let Ok(chunk) = chunk else {
            failure = Some(cut_off());
            break;
        };
        size += chunk.len() as u64;
        if size > limit {
            failure = Some(ApiError::too_large(limit));
            break;
        }
        if sender.send(chunk).await.is_err() {
            // The writer has ended; it tells why.
            break;
        }
    }
    drop(sender);
    let written = writing.await.map_err(|error| ApiError::internal(error.to_string()))?;
    match failure {
        Some(failure) => Err(failure),
        None => written.map_err(|error| import::file_error(&error.into())),
    }
}

fn take_in(signed_in: &SignedIn, id: Uuid, object: &str, file_name: &str, path: &Path) -> Result<Json, ApiError> {
    let context = &signed_in.context;
    let object = read::object_of(context, object)?;
    context.access.require(&object, Verb::Import)?;
    let table: Table = import::check_file(path, file_name).map_err(|error| import::file_error(&error))?;
    // A file that cannot be read to its end still has rows before it; they are counted when they are used.
    let (usable, unusable) = table.count_rows().map_err(|error| import::file_error(&error))?;
    let data = ImportData {
        encoding: table.encoding().to_owned(),
        format: table.format().name().to_owned(),
        rows: usable + unusable,
        ..ImportData::default()
    };
    let answer = json!({
        "id": id, "object": object.name, "file_name": file_name, "state": ImportState::Uploaded.name(), "encoding": data.encoding, "format": data.format,
        "rows": data.rows, "columns": import::guess(context, &object, &table), "fields": import::targets(context, &object),
    });
    let import = Import {
        id,
        member: context.actor,
        object: object.name.clone(),
        file_name: file_name.to_owned(),
        state: ImportState::Uploaded,
        data,
        updated_at: context.now,
    };
    import::insert(context, &import)?;
    Ok(answer)
}

/// The name in `Content-Disposition`, without any path before it.
fn file_name(headers: &HeaderMap) -> String {
    let text = headers.get(header::CONTENT_DISPOSITION).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let parameter = |name: &str| text.split(';').map(str::trim).find_map(|it| it.strip_prefix(name)?.trim_start().strip_prefix('='));
    let encoded = parameter("filename*").and_then(|it| it.split_once("''")).map(|(_, name)| percent_decoded(name));
    let plain = parameter("filename").map(|it| it.trim_matches('"').to_owned());
    let name = encoded.or(plain).unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|it| !it.is_control()).take(200).collect();
    if name.is_empty() { "import".to_owned() } else { name }
}

fn percent_decoded(text: &str) -> String {
    // A name for people: what is no valid escape stays as it stands.
    let plus_kept = text.replace('+', "%2B");
    form_urlencoded::parse(format!("n={plus_kept}").as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (header, name) in [
            ("attachment; filename*=UTF-8''%E5%AE%A2%E6%88%B7%20a+b.csv", "客户 a+b.csv"),
            ("attachment; filename=\"x.csv\"", "x.csv"),
            ("attachment; filename=\"../../etc/passwd\"", "passwd"),
            ("attachment", "import"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_DISPOSITION, header.parse().unwrap());
            assert_eq!(file_name(&headers), name);
        }
    }
}
