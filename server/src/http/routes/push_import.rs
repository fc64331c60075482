//! `POST /imports/from-rows`: rows that a program sends become an import like any other.

use std::io::Write as _;

use axum::extract::State;
use axum::http::StatusCode;
use guanxi_kernel::access::Verb;
use guanxi_kernel::read;
use guanxi_kernel::schema::AnyJson;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::upload_import::taken_in;
use crate::errors::{ApiError, ApiFailure, disk_error};
use crate::http::body::LargeJsonBody;
use crate::http::intake::Incoming;
use crate::http::{Answer, Caller, Query, Shared};
use crate::import::{self, NewFile};

/// Most rows of one call.
const MOST_ROWS: usize = 10_000;
/// What rows without a name are called.
const NAMELESS: &str = "rows.json";

/// Rows to be imported.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedRows {
    /// Into which object.
    object: String,
    /// The rows, at most 10,000: values by the names of their columns.
    #[schemars(with = "Vec<std::collections::BTreeMap<String, AnyJson>>", length(max = 10_000))]
    rows: Vec<Map<String, Json>>,
    /// What the import is called.
    #[serde(default)]
    name: Option<String>,
}

/// Takes rows in.
pub async fn push(State(app): State<Shared>, caller: Caller, query: Query, LargeJsonBody(body): LargeJsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let folder = import::folder(&app.settings.data);
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let pushed: ImportedRows = body.read()?;
            let object = read::object_of(context, &pushed.object)?;
            context.access.require(&object, Verb::Import)?;
            if pushed.rows.is_empty() || pushed.rows.len() > MOST_ROWS {
                return Err(ApiError::bad(
                    "bad_request",
                    "rows",
                    format!("一次应有 1 到 {MOST_ROWS} 行，更多请分次发送或上传文件"),
                    format!("1 to {MOST_ROWS} rows at once; send more in several calls, or as a file"),
                ));
            }
            let id = context.new_id();
            let file = Incoming::at(folder.join(format!("{}.part", id.simple())))?;
            write(&file, &pushed.rows).map_err(|error| disk_error(&error))?;
            let file_name = pushed.name.map(|it| it.chars().filter(|it| !it.is_control()).take(200).collect::<String>());
            let file_name = file_name.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| NAMELESS.to_owned());
            let new = NewFile { id, object: object.name.clone(), file_name, ..NewFile::default() };
            Ok(Answer::json(&taken_in(context, &folder, &new, &file)?)?.with_status(StatusCode::CREATED))
        })
        .await
}

fn write(file: &Incoming, rows: &[Map<String, Json>]) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file.path())?);
    out.write_all(b"[")?;
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.write_all(b",\n")?;
        }
        serde_json::to_writer(&mut out, row)?;
    }
    out.write_all(b"]")?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}
