//! Mappings kept for the next file of the same kind: those that members saved, and those that come with the program for the
//! exports of other systems. Columns are found by their headers, wherever they stand.

use std::collections::{HashMap, HashSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, ListRequest};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::ready::{self, Ready};
use super::synonyms::folded;
use super::{ColumnGuess, ImportPlan, targets};
use crate::auth::token::hex;

/// Object of the mappings that members saved.
pub const MAPPING_OBJECT: &str = "import_mapping";
/// Fields of theirs that are read.
const FIELDS: [&str; 6] = ["name", "object", "headers", "plan", "shared", "owner"];
/// Most saved mappings of an object that are looked through.
const MOST_SAVED: u32 = 500;
/// Most mappings suggested for one file.
const MOST_SUGGESTED: usize = 5;
/// What fits less is not suggested.
const LEAST_FIT: f64 = 0.6;

/// Where a mapping comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ImportMappingSource")]
pub enum MappingSource {
    /// A member saved it.
    Saved,
    /// It comes with the program.
    Ready,
}

/// A mapping that can be used.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KnownImportMapping")]
pub struct KnownMapping {
    /// Id of the record, where a member saved it.
    id: Option<Uuid>,
    /// Its key, where it comes with the program.
    key: Option<String>,
    /// What it is called.
    name: String,
    /// Into which object.
    object: String,
    /// Where it comes from.
    source: MappingSource,
    /// Whether colleagues can use it.
    shared: bool,
    /// Whether it is the caller's own.
    mine: bool,
    /// Headers it knows.
    headers: Vec<String>,
    /// What it would do. Its columns are those of the file, where one was named; else those of `headers`.
    plan: Option<ImportPlan>,
    /// How well the headers of the file fit, from 0 to 1; null where no file was named.
    fit: Option<f64>,
}

/// A mapping that seems to fit a file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SuggestedImportMapping")]
pub struct SuggestedMapping {
    /// Id of the record, where a member saved it.
    id: Option<Uuid>,
    /// Its key, where it comes with the program.
    key: Option<String>,
    /// What it is called.
    name: String,
    /// Where it comes from.
    source: MappingSource,
    /// How well the headers fit: 1 where none is unknown.
    fit: f64,
}

/// A mapping a member saved.
#[derive(Debug, Clone)]
pub struct SavedMapping {
    /// Id of the record.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Into which object.
    pub object: String,
    shared: bool,
    /// Whether it is the caller's own.
    pub mine: bool,
    headers: Vec<String>,
    plan: Json,
}

/// Headers, folded, with their positions.
fn places(headers: &[String]) -> HashMap<String, usize> {
    headers.iter().enumerate().rev().map(|(at, it)| (folded(it), at)).collect()
}

impl SavedMapping {
    fn of(context: &Context, record: &Json) -> Option<Self> {
        let headers = record["headers"].as_array()?.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect();
        let owner = record["owner"]["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        Some(Self {
            id: Uuid::try_parse(record["id"].as_str()?).ok()?,
            name: record["name"].as_str()?.to_owned(),
            object: record["object"].as_str()?.to_owned(),
            shared: record["shared"].as_bool().unwrap_or_default(),
            mine: owner == Some(context.actor),
            headers,
            plan: record["plan"].clone(),
        })
    }

    /// Headers of the table it was made for.
    pub(super) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Another one where it does something else: what could not be used before may be now.
    pub(super) fn mark(&self) -> String {
        let whole = json!([self.id, self.object, self.headers, self.plan]).to_string();
        hex(&Sha256::digest(whole.as_bytes()))
    }

    /// How well the headers of a file fit, from 0 to 1.
    fn fit(&self, headers: &[String]) -> f64 {
        let own: HashSet<String> = self.headers.iter().map(|it| folded(it)).collect();
        let theirs: HashSet<String> = headers.iter().map(|it| folded(it)).collect();
        let common = own.intersection(&theirs).count();
        if common == 0 { 0.0 } else { common as f64 / own.len().max(theirs.len()) as f64 }
    }

    /// The plan for a file with these headers; columns that it has not are left out.
    ///
    /// # Errors
    /// Where what was saved is no plan.
    pub fn plan_for(&self, headers: &[String]) -> Result<ImportPlan> {
        let theirs = places(headers);
        let moved = |column: usize| self.headers.get(column).and_then(|it| theirs.get(&folded(it)).copied());
        let plan = moved_plan(&self.plan, &moved);
        serde_json::from_value(plan).map_err(|error| {
            KernelError::conflict(
                "state_conflict",
                format!("导入方案“{}”的内容有误：{error}", self.name),
                format!("the import mapping `{}` holds no plan: {error}", self.name),
            )
        })
    }
}

/// A plan whose columns are those of another file.
fn moved_plan(plan: &Json, moved: &dyn Fn(usize) -> Option<usize>) -> Json {
    let mut plan = plan.clone();
    let place = |it: &Json| it["column"].as_u64().and_then(|it| moved(usize::try_from(it).ok()?));
    let rearrange = |mapping: &mut Json| {
        let Some(columns) = mapping.as_array_mut() else { return };
        columns.retain_mut(|it| match place(it) {
            Some(column) => {
                it["column"] = json!(column);
                true
            }
            None => false,
        });
    };
    if let Some(mapping) = plan.get_mut("mapping") {
        rearrange(mapping);
    }
    for part in plan.get_mut("also").and_then(Json::as_array_mut).into_iter().flatten() {
        if let Some(mapping) = part.get_mut("mapping") {
            rearrange(mapping);
        }
    }
    for rule in ["owners", "departments"] {
        let Some(it) = plan.get_mut(rule).filter(|it| it.get("column").is_some()) else { continue };
        match place(it) {
            Some(column) => it["column"] = json!(column),
            None => *it = Json::Null,
        }
    }
    plan
}

/// The saved mappings into an object that the caller may read.
fn saved(context: &Context, object: &str) -> Result<Vec<SavedMapping>> {
    let Some(mappings) = context.schema.object(MAPPING_OBJECT).cloned() else { return Ok(Vec::new()) };
    let fields = FIELDS.map(str::to_owned).to_vec();
    let filter = Some(format!("object == \"{object}\""));
    let request = ListRequest { filter, sort: Some("name".into()), fields: Some(fields), limit: MOST_SAVED, ..ListRequest::default() };
    let page = match context.workspace.store.read_with(|tx| read::list(context, tx, &mappings, &request)) {
        Err(KernelError::Forbidden(_)) => return Ok(Vec::new()),
        other => other?,
    };
    let items: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok(items.iter().filter_map(|it| SavedMapping::of(context, it)).collect())
}

/// A saved mapping that the caller may read.
///
/// # Errors
/// Not found otherwise.
pub fn saved_mapping(context: &Context, id: Uuid) -> Result<SavedMapping> {
    let mappings = context.schema.object(MAPPING_OBJECT).cloned().ok_or(KernelError::NotFound)?;
    let fields = FIELDS.map(str::to_owned);
    let found = context.workspace.store.read_with(|tx| read::get(context, tx, &mappings, id, Some(&fields)))?;
    let record: Json = serde_json::from_str(&found.ok_or(KernelError::NotFound)?.1).map_err(|error| KernelError::Internal(error.to_string()))?;
    SavedMapping::of(context, &record).ok_or(KernelError::NotFound)
}

/// Whether the caller may set a field of an object by an import.
fn is_target(context: &Context, object: &str, path: &str) -> bool {
    context.schema.object(object).is_some_and(|it| targets(context, it).iter().any(|it| it.path == path))
}

/// A ready mapping's plan for a file, of the fields that the caller may set.
fn ready_plan(context: &Context, object: &Object, ready: &Ready, headers: &[String]) -> ImportPlan {
    ready.plan_for(&object.name, headers, &|object, path| is_target(context, object, path))
}

/// The mappings into an object: the caller's own, those shared with him, and those that come with the program. With the
/// headers of a file their plans are for that file.
///
/// # Errors
/// Fails where the database does.
pub fn known_mappings(context: &Context, object: &Object, headers: Option<&[String]>) -> Result<Vec<KnownMapping>> {
    let mut all = Vec::new();
    for it in saved(context, &object.name)? {
        let mut plan = it.plan_for(headers.unwrap_or(&it.headers)).ok();
        // What a colleague maps may be of fields that the caller is not to know of.
        if let Some(plan) = plan.as_mut().filter(|_| !it.mine) {
            plan.keep_known(&object.name, &|object, path| is_target(context, object, path));
        }
        let fit = headers.map(|headers| it.fit(headers));
        let (id, source) = (Some(it.id), MappingSource::Saved);
        all.push(KnownMapping {
            id,
            key: None,
            name: it.name,
            object: it.object,
            source,
            shared: it.shared,
            mine: it.mine,
            headers: it.headers,
            plan,
            fit,
        });
    }
    for it in ready::all()?.iter().filter(|it| it.object == object.name) {
        let own = it.headers();
        all.push(KnownMapping {
            id: None,
            key: Some(it.key.clone()),
            name: context.locale.pick(&it.name).to_owned(),
            object: it.object.clone(),
            source: MappingSource::Ready,
            shared: true,
            mine: false,
            plan: Some(ready_plan(context, object, it, headers.unwrap_or(&own))),
            fit: headers.map(|headers| it.fit(headers)),
            headers: own,
        });
    }
    let fit = |it: &KnownMapping| it.fit.unwrap_or_default();
    all.sort_by(|left, right| fit(right).total_cmp(&fit(left)).then(right.mine.cmp(&left.mine)));
    Ok(all)
}

/// The mappings that seem to fit a file, the best first, and its columns as a saved one says that knows all its headers.
///
/// # Errors
/// Fails where the database does.
pub fn suggest(context: &Context, object: &Object, headers: &[String], columns: &mut [ColumnGuess]) -> Result<Vec<SuggestedMapping>> {
    let mut known = known_mappings(context, object, Some(headers))?;
    known.retain(|it| it.fit.is_some_and(|fit| fit >= LEAST_FIT) && it.plan.as_ref().is_some_and(|it| !it.mapping.is_empty()));
    // A plain table may have no header that an export of another system lacks, and a colleague may have thought of something
    // else: only what the caller saved himself is taken unasked.
    let is_meant = |it: &&KnownMapping| it.mine && it.fit.is_some_and(|fit| fit >= 1.0);
    if let Some(plan) = known.iter().find(is_meant).and_then(|it| it.plan.as_ref()) {
        for column in columns.iter_mut() {
            let said = plan.mapping.iter().find(|it| it.column == column.index);
            column.field = said.and_then(|it| it.field.clone());
            column.options = said.map(|it| it.options.clone()).unwrap_or_default();
            column.confidence = f64::from(u8::from(column.field.is_some()));
        }
    }
    let suggested = |it: KnownMapping| SuggestedMapping { id: it.id, key: it.key, name: it.name, source: it.source, fit: it.fit.unwrap_or_default() };
    Ok(known.into_iter().take(MOST_SUGGESTED).map(suggested).collect())
}
