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
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::dry_run;
use crate::errors::{ApiError, ApiFailure, problem_json};
use crate::http::body::LargeJsonBody;
use crate::http::{Answer, Caller, Query};

/// Most records of one bulk change.
const MAX_RECORDS: usize = 10_000;
/// Most problems told.
const MAX_PROBLEMS: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    ids: Option<Vec<Uuid>>,
    filter: Option<String>,
    change: Change,
    expected_count: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Change {
    Update(Map<String, Json>),
    AddTags(Vec<Uuid>),
    RemoveTags(Vec<Uuid>),
    Delete(bool),
    Restore(bool),
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
            let request: Request = body.read()?;
            let ids = chosen(context, &object, &request)?;
            let operations = operations(context, &object, ids, request.change)?;
            let batch = Batch { object, operations, mode: BatchMode::RowByRow, verb: "bulk", change: None };
            if dry {
                return dry_run::answer(context, &batch);
            }
            let result = execute(context, &batch)?;
            let (succeeded, total) = (result.succeeded(), result.results.len());
            let failed = result.results.into_iter().zip(&batch.operations).filter_map(|(it, operation)| Some((it.err()?, id_of(operation))));
            let problems: Vec<Json> = failed
                .take(MAX_PROBLEMS)
                .map(|(error, id)| json!({ "id": id, "problem": problem_json(&error.into(), context.locale, &context.request_id) }))
                .collect();
            let answer = json!({ "change_id": result.change, "succeeded": succeeded, "failed": total - succeeded, "problems": problems });
            Ok(Answer::json(&answer))
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
fn chosen(context: &Context, object: &Arc<Object>, request: &Request) -> std::result::Result<Vec<Uuid>, ApiError> {
    let ids = match (&request.ids, &request.filter) {
        (Some(ids), None) => {
            let mut ids = ids.clone();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        (None, Some(filter)) => {
            let deleted = if matches!(request.change, Change::Restore(_)) { Deleted::Only } else { Deleted::Without };
            let list =
                ListRequest { filter: Some(filter.clone()), sort: Some("id".into()), fields: Some(Vec::new()), deleted, ..ListRequest::default() };
            let mut stream = Stream::compile(context, object, &list, Verb::Bulk)?;
            stream.select.limit = Some(MAX_RECORDS as u64 + 1);
            let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&stream.select)?))?;
            rows.into_iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }).collect()
        }
        _ => return Err(ApiError::bad("bad_request", "ids", "请给出 ids 或 filter 之一", "give either ids or filter")),
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

fn operations(context: &Context, object: &Arc<Object>, ids: Vec<Uuid>, change: Change) -> std::result::Result<Vec<Operation>, ApiError> {
    let update = |id, values| Operation::Update { id, values, options: PlanOptions::default() };
    Ok(match change {
        Change::Update(values) => ids.into_iter().map(|id| update(id, values.clone())).collect(),
        Change::Delete(true) => ids.into_iter().map(|id| Operation::Delete { id }).collect(),
        Change::Restore(true) => ids.into_iter().map(|id| Operation::Restore { id }).collect(),
        Change::AddTags(tags) => {
            retag(context, object, &ids, |all| all.extend(tags.iter().copied().filter(|it| !all.contains(it)).collect::<Vec<_>>()))?
                .into_iter()
                .map(|(id, values)| update(id, values))
                .collect()
        }
        Change::RemoveTags(tags) => {
            retag(context, object, &ids, |all| all.retain(|it| !tags.contains(it)))?.into_iter().map(|(id, values)| update(id, values)).collect()
        }
        Change::Delete(false) | Change::Restore(false) => {
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
