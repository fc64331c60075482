//! `POST /records/{object}/bulk`: one change of many records, named by id or by filter.

use std::sync::Arc;

use axum::extract::Path;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, Deleted, ListRequest, Stream, link_targets};
use guanxi_kernel::schema::{FieldKind, Object};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute};
use guanxi_kernel::{KernelError, Result, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::dry_run;
use crate::errors::{ApiError, ApiFailure, Problem, problem};
use crate::http::body::LargeJsonBody;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyValues;

/// Most records of one bulk change.
const MAX_RECORDS: usize = 10_000;
/// Most problems told.
const MAX_PROBLEMS: usize = 100;

/// One change of many records, named by id or by filter.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// These records; either this, or a filter or words.
    ids: Option<Vec<Uuid>>,
    /// All records this expression accepts.
    filter: Option<String>,
    /// All records these words find, as those of a list.
    q: Option<String>,
    /// What is done to each.
    change: BulkChange,
    /// Refused where the records are not so many.
    expected_count: Option<u64>,
}

/// What is done to each record.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum BulkChange {
    /// Sets these fields.
    Update(#[schemars(with = "AnyValues")] Map<String, Json>),
    /// Adds tags to those it has.
    AddTags(Vec<Uuid>),
    /// Takes tags away.
    RemoveTags(Vec<Uuid>),
    /// To the recycle bin.
    Delete(#[schemars(extend("const" = true))] bool),
    /// Back from the recycle bin.
    Restore(#[schemars(extend("const" = true))] bool),
}

/// What became of a bulk change.
#[derive(Serialize, JsonSchema)]
pub struct BulkAnswer {
    /// The change all of it is; undo it to take all of it back.
    change_id: Uuid,
    /// Records changed.
    succeeded: usize,
    /// Records that were not.
    failed: usize,
    /// The first reasons.
    problems: Vec<BulkProblem>,
}

/// Why one record was not changed.
#[derive(Serialize, JsonSchema)]
struct BulkProblem {
    /// The record.
    id: Option<Uuid>,
    /// The reason.
    problem: Problem,
}

/// Changes many records alike; each stands for itself.
pub async fn bulk(caller: Caller, Path(object): Path<String>, query: Query, body: LargeJsonBody) -> std::result::Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller
        .write(body.0, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            context.access.require(&object, Verb::Bulk)?;
            let request: BulkRequest = body.read()?;
            let ids = chosen(context, &object, &request)?;
            let operations = operations(context, &object, ids, request.change)?;
            let batch = Batch { object, operations, mode: BatchMode::RowByRow, verb: "bulk", change: None };
            if dry {
                return dry_run::answer(context, &batch);
            }
            let result = execute(context, &batch)?;
            let (succeeded, total) = (result.succeeded(), result.results.len());
            let failed = result.results.into_iter().zip(&batch.operations).filter_map(|(it, operation)| Some((it.err()?, id_of(operation))));
            let told = |(error, id): (KernelError, _)| BulkProblem { id, problem: problem(&error.into(), context.locale, &context.request_id) };
            let problems = failed.take(MAX_PROBLEMS).map(told).collect();
            Answer::json(&BulkAnswer { change_id: result.change, succeeded, failed: total - succeeded, problems })
        })
        .await
}

fn id_of(operation: &Operation) -> Option<Uuid> {
    match operation {
        Operation::Update { id, .. } | Operation::Delete { id } | Operation::Restore { id } | Operation::Erase { id } => Some(*id),
        Operation::Create { .. } => None,
    }
}

/// The records meant: those named, or those of the filter the caller may change in bulk.
fn chosen(context: &Context, object: &Arc<Object>, request: &BulkRequest) -> std::result::Result<Vec<Uuid>, ApiError> {
    let ids = match (&request.ids, request.filter.is_some() || request.q.is_some()) {
        (Some(ids), false) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        (None, true) => {
            let deleted = if matches!(request.change, BulkChange::Restore(_)) { Deleted::Only } else { Deleted::Without };
            let mut stream = matching(context, object, request.filter.clone(), request.q.clone(), deleted)?;
            stream.select.limit = Some(MAX_RECORDS as u64 + 1);
            let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&stream.select)?))?;
            rows.into_iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }).collect()
        }
        _ => return Err(ApiError::bad("bad_request", "ids", "请给出 ids，或 filter 和 q", "give either ids, or filter and q")),
    };
    if ids.len() > MAX_RECORDS {
        return Err(ApiError::bad("bad_request", "filter", "一次最多10,000条，请缩小范围", "at most 10,000 records at once; narrow the filter"));
    }
    if let Some(expected) = request.expected_count.filter(|it| *it != ids.len() as u64) {
        let found = ids.len();
        return Err(KernelError::conflict(
            "state_conflict",
            format!("符合条件的记录已变为{found}条（原{expected}条），请重新确认"),
            format!("{found} records match now, not {expected}; confirm again"),
        )
        .into());
    }
    Ok(ids)
}

/// The records of a filter and of words that the caller may change in bulk.
fn matching(context: &Context, object: &Arc<Object>, filter: Option<String>, words: Option<String>, deleted: Deleted) -> Result<Stream> {
    let list = ListRequest { filter, words, sort: Some("id".into()), fields: Some(Vec::new()), deleted, ..ListRequest::default() };
    Stream::compile(context, object, &list, Verb::Bulk)
}

/// What holds for a bulk change before it is asked for.
#[derive(Serialize, JsonSchema)]
pub struct BulkTerms {
    /// Records it would meet now.
    records: u64,
    /// Most records of one change.
    most: u64,
}

/// How many records a change of everything a filter and words find would meet.
pub async fn terms(caller: Caller, Path(object): Path<String>, query: Query) -> std::result::Result<Answer, ApiFailure> {
    let (filter, words) = (query.text("filter"), query.text("q"));
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let stream = matching(context, &object, filter.clone(), words.clone(), Deleted::Without)?;
            let records = context.workspace.store.read_with(|tx| Ok::<_, KernelError>(tx.count(&stream.select, None)?))?;
            Answer::json(&BulkTerms { records, most: MAX_RECORDS as u64 })
        })
        .await
}

fn operations(context: &Context, object: &Arc<Object>, ids: Vec<Uuid>, change: BulkChange) -> std::result::Result<Vec<Operation>, ApiError> {
    let update = |id, values| Operation::Update { id, values, options: PlanOptions::default() };
    Ok(match change {
        BulkChange::Update(values) => ids.into_iter().map(|id| update(id, values.clone())).collect(),
        BulkChange::Delete(true) => ids.into_iter().map(|id| Operation::Delete { id }).collect(),
        BulkChange::Restore(true) => ids.into_iter().map(|id| Operation::Restore { id }).collect(),
        BulkChange::AddTags(tags) => {
            retag(context, object, &ids, |all| all.extend(tags.iter().copied().filter(|it| !all.contains(it)).collect::<Vec<_>>()))?
                .into_iter()
                .map(|(id, values)| update(id, values))
                .collect()
        }
        BulkChange::RemoveTags(tags) => {
            retag(context, object, &ids, |all| all.retain(|it| !tags.contains(it)))?.into_iter().map(|(id, values)| update(id, values)).collect()
        }
        BulkChange::Delete(false) | BulkChange::Restore(false) => {
            return Err(ApiError::bad("bad_request", "change", "值应为 true", "the value must be true"));
        }
    })
}

/// The tags of each record after a change of the list.
fn retag(context: &Context, object: &Arc<Object>, ids: &[Uuid], change: impl Fn(&mut Vec<Uuid>)) -> Result<Vec<(Uuid, Map<String, Json>)>> {
    let field = object.fields.iter().find(|it| it.definition.kind == FieldKind::Tags);
    let field = field.ok_or_else(|| KernelError::bad_request("bad_request", "该对象没有标签字段", "this object has no tags"))?;
    context.workspace.store.read_with(|tx| {
        let mut changed = Vec::with_capacity(ids.len());
        for &id in ids {
            let mut tags = link_targets(tx, field, id)?;
            change(&mut tags);
            changed.push((id, Map::from_iter([(field.name().to_owned(), json!(tags))])));
        }
        Ok(changed)
    })
}
