//! `POST /records/{object}/{id}/merge`, `GET /records/{object}/{id}/merges`: several records that mean one become one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::Path;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{self, get_json};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::merge::{self, FieldChoice, MergeRequest, Moves};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure, FieldProblem, field_problems};
use crate::http::body::JsonBody;
use crate::http::parts::{Actor, Items};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyRecord;

/// Which records become part of this one.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MergeInput")]
pub struct WantedMerge {
    /// Those that go: 1 to 20.
    #[serde(default)]
    others: Vec<Uuid>,
    /// By the name of a field, the record whose value it gets. Else its own, and where that is empty the first of the
    /// others that has one; of tags and the like all.
    #[serde(default)]
    take: BTreeMap<String, Uuid>,
}

/// What became of a merge, or would.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum MergeResult {
    /// It is done.
    Done(Merged),
    /// What would become of it, with `dry_run=true`.
    Planned(MergePlan),
}

/// Records that became one.
#[derive(Serialize, JsonSchema)]
pub struct Merged {
    /// Id of the change: undo takes it back.
    change_id: Uuid,
    /// The record that stayed.
    #[schemars(with = "AnyRecord")]
    record: Json,
    /// Records that refer to it now and did not before.
    moved: u64,
    /// Records that said of two of them what can only be said once; they went to the bin too.
    removed: u64,
}

/// Records that would become one.
#[derive(Serialize, JsonSchema)]
pub struct MergePlan {
    /// Nothing is wrong with it.
    ok: bool,
    /// What is wrong with the record as it would be.
    problems: Vec<FieldProblem>,
    /// The records as they are, the one that stays first.
    #[schemars(with = "Vec<AnyRecord>")]
    records: Vec<Json>,
    /// Whose value each field would have, of those the caller may see.
    fields: Vec<FieldChoice>,
    /// What would come along, as far as the caller may see it.
    moves: Vec<Moves>,
}

/// A record that is part of another one now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MergedRecord")]
pub struct ToldMerge {
    /// Its id.
    id: Uuid,
    /// Its title; null where the caller may not see it.
    label: Option<String>,
    /// The change that made it so: undo takes it back.
    change_id: Uuid,
    /// Who did.
    by: Actor,
    /// When.
    at: Timestamp,
}

/// Merges, or says what would become of it.
pub async fn merge(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    let dry = query.flag("dry_run")?;
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let WantedMerge { others, take } = body.read()?;
            let request = MergeRequest { survivor: record_id(&id)?, others, take };
            Answer::json(&if dry {
                MergeResult::Planned(plan(context, &object, &request)?)
            } else {
                MergeResult::Done(run(context, &object, &request)?)
            })
        })
        .await
}

/// Lists what became part of a record.
pub async fn list(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let items = context.workspace.store.read_with(|tx| {
                let found = merge::merges_of(context, tx, &object, id)?;
                let mut titles = Titles::default();
                found.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.by));
                titles.load(context, tx)?;
                let told = |it: merge::MergedRecord| {
                    let by = titles.actor(context, it.by);
                    ToldMerge { id: it.id, label: it.title, change_id: it.change, by, at: it.at }
                };
                Ok(found.into_iter().map(told).collect())
            })?;
            Answer::json(&Items { items })
        })
        .await
}

fn run(context: &Context, object: &Arc<Object>, request: &MergeRequest) -> Result<Merged, ApiError> {
    let done = merge::merge(context, object, request)?;
    let record = record(context, object, request.survivor)?;
    Ok(Merged { change_id: done.change_id, record, moved: done.moved, removed: done.removed })
}

fn plan(context: &Context, object: &Arc<Object>, request: &MergeRequest) -> Result<MergePlan, ApiError> {
    let preview = merge::preview_merge(context, object, request)?;
    let ids = std::iter::once(&request.survivor).chain(&request.others);
    let records = ids.map(|it| record(context, object, *it)).collect::<Result<_, _>>()?;
    let problems = field_problems(&preview.problems, context.locale);
    Ok(MergePlan { ok: problems.is_empty(), problems, records, fields: preview.fields, moves: preview.moves })
}

/// A record as the caller sees it; only its id where he does not any more.
fn record(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<Json, ApiError> {
    let found = context.workspace.store.read_with(|tx| get_json(context, tx, object, id))?;
    Ok(found.unwrap_or_else(|| serde_json::json!({ "id": id })))
}
