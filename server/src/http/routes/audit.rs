//! `GET /audit`, `GET /audit/export`, `GET /audit/verify`: who did what, for auditors.

use std::io::BufWriter;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::audit::{self, AuditEntry, AuditRequest};
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::store::StoreExt as _;
use guanxi_tabular::{CsvOptions, CsvTableWriter};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::export_records::{PIECE, Pieces, stream_of};
use super::record_history::page_size;
use crate::errors::ApiFailure;
use crate::http::parts::{Actor, Page};
use crate::http::{Answer, Caller, Query};

/// The first row of an exported log.
const HEADER: [&str; 11] = ["seq", "at", "actor", "actor_name", "verb", "object", "record", "change", "records", "request_id", "detail"];

fn request(query: &Query) -> Result<AuditRequest, ApiFailure> {
    Ok(AuditRequest {
        from: query.value::<Timestamp>("from")?,
        until: query.value::<Timestamp>("until")?,
        actor: query.value::<Uuid>("actor")?,
        verb: query.text("verb"),
        object: query.text("object"),
        record: query.value::<Uuid>("record")?,
        before: None,
        limit: 0,
    })
}

/// An entry of the audit log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub struct ToldEntry {
    /// Place in the log.
    seq: i64,
    /// When.
    at: Timestamp,
    /// Who did it, by the name he had then.
    actor: Actor,
    /// What was done: `create`, `sign_in`, `export`...
    verb: String,
    /// Object it was done to.
    object: Option<String>,
    /// Record it was done to.
    record: Option<Uuid>,
    /// The change it was.
    change_id: Option<Uuid>,
    /// How many records it was done to.
    records: i64,
    /// The request it came with.
    request_id: String,
    /// What else is to be said.
    #[schemars(with = "AnyJson")]
    detail: Option<Json>,
}

/// A page, newest first.
pub async fn list(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let request = AuditRequest { before: query.value("cursor")?, limit: page_size(&query)?, ..request(&query)? };
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let page = context.workspace.store.read_with(|tx| audit::list(context, tx, &request))?;
            Answer::json(&Page { items: page.entries.into_iter().map(told).collect(), next_cursor: page.next.map(|it| it.to_string()) })
        })
        .await
}

fn told(it: AuditEntry) -> ToldEntry {
    ToldEntry {
        seq: it.seq,
        at: it.at,
        actor: Actor { id: (!it.actor.is_nil()).then_some(it.actor), label: Some(it.actor_name) },
        verb: it.verb,
        object: it.object,
        record: it.record,
        change_id: it.change,
        records: it.records,
        request_id: it.request_id,
        detail: it.detail,
    }
}

/// Whether the log is as it was written.
pub async fn verify(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(|signed_in| {
            let context = &signed_in.context;
            context.access.require_auditor()?;
            Answer::json(&context.workspace.store.read_with(|tx| audit::verify(tx))?)
        })
        .await
}

/// The rows looked for as CSV, oldest first.
pub async fn export(caller: Caller, query: Query) -> Result<Response, ApiFailure> {
    let request = request(&query)?;
    query.finish()?;
    let context = caller
        .call(|signed_in| {
            let context = signed_in.context.clone();
            context.access.require_auditor()?;
            let inner = context.clone();
            context.workspace.store.write_with(move |tx| audit::append(&inner, tx, "export", Some("audit"), None, None, 0, None))?;
            Ok(context)
        })
        .await?;
    let name = format!("audit-{}.csv", context.now.to_zoned(context.time_zone.clone()).date());
    let body = stream_of(move |send| {
        let other = |error: &dyn std::fmt::Display| std::io::Error::other(error.to_string());
        let target = BufWriter::with_capacity(PIECE, Pieces(send));
        let mut file = CsvTableWriter::new(target, CsvOptions::default()).map_err(|it| other(&it))?;
        file.write_row(&HEADER).map_err(|it| other(&it))?;
        let mut after = 0;
        loop {
            // Page by page: no transaction is held open for a slow reader.
            let rows = context.workspace.store.read_with(|tx| audit::following(&context, tx, &request, after)).map_err(|it| other(&it))?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            rows.iter().try_for_each(|it| file.write_row(&cells(it))).map_err(|it| other(&it))?;
        }
        file.finish().map(drop).map_err(|it| other(&it))
    });
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((headers, axum::body::Body::from_stream(body)).into_response())
}

fn cells(entry: &AuditEntry) -> [String; 11] {
    let id = |it: Option<Uuid>| it.map(|it| it.to_string()).unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.at.to_string(),
        id(Some(entry.actor)),
        entry.actor_name.clone(),
        entry.verb.clone(),
        entry.object.clone().unwrap_or_default(),
        id(entry.record),
        id(entry.change),
        entry.records.to_string(),
        entry.request_id.clone(),
        entry.detail.as_ref().map(Json::to_string).unwrap_or_default(),
    ]
}
