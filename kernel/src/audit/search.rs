//! Looking into the audit log: for auditors.

use std::ops::ControlFlow;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{ACTOR, ACTOR_NAME, AT, DETAIL, OBJECT, RECORD, VERB};
use crate::context::Context;
use crate::error::Result;
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use crate::system_tables::AUDIT;

/// Most rows of one page.
pub const MAX_PAGE: u64 = 500;

/// What is looked for; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditRequest {
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Who did it.
    pub actor: Option<Uuid>,
    /// `create`, `sign_in`, `export`, ...
    pub verb: Option<String>,
    /// Object.
    pub object: Option<String>,
    /// The record.
    pub record: Option<Uuid>,
    /// Before this row.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u64,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Place in the order.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Uuid,
    /// His name at the time.
    pub actor_name: String,
    /// What.
    pub verb: String,
    /// To records of which object.
    pub object: Option<String>,
    /// To which record, where it was one.
    pub record: Option<Uuid>,
    /// The change made.
    pub change: Option<Uuid>,
    /// How many records.
    pub records: i64,
    /// The request.
    pub request_id: String,
    /// More about it.
    pub detail: Option<Json>,
}

/// One page, newest first.
#[derive(Debug)]
pub struct AuditPage {
    /// The rows.
    pub entries: Vec<AuditEntry>,
    /// Go on before this row.
    pub next: Option<i64>,
}

fn condition(request: &AuditRequest) -> Condition {
    let column = ColumnRef::main;
    let text = |it: &String| Value::Text(it.clone());
    let all = [
        request.from.map(|it| Condition::Compare(column(AT), CompareOp::Ge, Value::DateTime(it))),
        request.until.map(|it| Condition::Compare(column(AT), CompareOp::Lt, Value::DateTime(it))),
        request.actor.map(|it| Condition::equals(column(ACTOR), Value::Id(it))),
        request.verb.as_ref().map(|it| Condition::equals(column(VERB), text(it))),
        request.object.as_ref().map(|it| Condition::equals(column(OBJECT), text(it))),
        request.record.map(|it| Condition::equals(column(RECORD), Value::Id(it))),
        request.before.map(|it| Condition::Compare(column(0), CompareOp::Lt, Value::Int(it))),
    ];
    all.into_iter().flatten().fold(Condition::True, Condition::and)
}

/// A page of the log, newest first.
///
/// # Errors
/// Forbidden to those who are no auditors.
pub fn list(context: &Context, tx: &mut dyn ReadTx, request: &AuditRequest) -> Result<AuditPage> {
    context.access.require_auditor()?;
    let limit = request.limit.clamp(1, MAX_PAGE);
    let mut entries = Vec::new();
    tx.select(&Select::all(&AUDIT, condition(request)).order_by(0, true).limited(limit + 1), &mut |row| {
        entries.extend(entry(row));
        ControlFlow::Continue(())
    })?;
    let more = entries.len() as u64 > limit;
    entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(AuditPage { next: entries.last().filter(|_| more).map(|it| it.seq), entries })
}

/// The next rows after one, oldest first: for reading the log from end to end.
///
/// # Errors
/// Forbidden to those who are no auditors.
pub fn following(context: &Context, tx: &mut dyn ReadTx, request: &AuditRequest, after: i64) -> Result<Vec<AuditEntry>> {
    context.access.require_auditor()?;
    let later = condition(request).and(Condition::Compare(ColumnRef::main(0), CompareOp::Gt, Value::Int(after)));
    let mut entries = Vec::new();
    tx.select(&Select::all(&AUDIT, later).order_by(0, false).limited(MAX_PAGE), &mut |row| {
        entries.extend(entry(row));
        ControlFlow::Continue(())
    })?;
    Ok(entries)
}

fn entry(row: &mut [Value]) -> Option<AuditEntry> {
    let text = |at: usize| row.get(at).and_then(Value::as_text).map(str::to_owned);
    let id = |at: usize| if let Some(Value::Id(id)) = row.get(at) { Some(*id) } else { None };
    let int = |at: usize| if let Some(Value::Int(it)) = row.get(at) { Some(*it) } else { None };
    let Some(Value::DateTime(at)) = row.get(AT).cloned() else { return None };
    Some(AuditEntry {
        seq: int(0)?,
        at,
        actor: id(ACTOR)?,
        actor_name: text(ACTOR_NAME)?,
        verb: text(VERB)?,
        object: text(OBJECT),
        record: id(RECORD),
        change: id(RECORD + 1),
        records: int(RECORD + 2)?,
        request_id: text(RECORD + 3)?,
        detail: if let Some(Value::Json(json)) = row.get(DETAIL) { Some((**json).clone()) } else { None },
    })
}
