//! Whose value each field of the survivor has.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::access::{Place, Shown};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{Record, field_json, link_targets, unknown_field};
use crate::schema::{Field, FieldKind};
use crate::store::ReadTx;

/// Whose value a field has afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldChoice {
    /// The field.
    pub name: String,
    /// The record whose value it is; null where all are empty, or what all of them link to is put together.
    pub chosen: Option<Uuid>,
    /// Two of them say different things.
    pub differs: bool,
    /// The caller may choose another one.
    pub may_choose: bool,
}

/// What was chosen.
pub(super) struct Chosen {
    /// As the caller may see it.
    pub(super) fields: Vec<FieldChoice>,
    /// What the survivor must be given.
    pub(super) values: Map<String, Json>,
}

/// Chooses: what the caller says, else what the survivor has, else the first of the others that has something; of several
/// targets all. Fields the caller does not see are filled as well, so that nothing is lost by who merges.
pub(super) fn choose(context: &Context, tx: &mut dyn ReadTx, records: &[Record], take: &BTreeMap<String, Uuid>) -> Result<Chosen> {
    let mut chosen = Chosen { fields: Vec::new(), values: Map::new() };
    let Some(object) = records.first().map(|it| it.object.clone()) else { return Ok(chosen) };
    // What is covered of one of them would stand in the other.
    if records.iter().any(|it| context.access.is_covered(&object, &it.row)) {
        return Err(KernelError::Forbidden(format!("merge {}: covered", object.name)));
    }
    let is_whole = |it: &Field| records.iter().all(|record| context.access.shown_of(&object, it, Place::Record, &record.row) == Shown::Whole);
    if let Some(name) = take.keys().find(|&it| !object.field(it).is_some_and(is_carried)) {
        return Err(unknown_field(name));
    }
    for field in object.fields.iter().filter(|it| is_carried(it)) {
        let of_each = values_of(tx, records, field)?;
        let may_choose = is_whole(field) && context.access.may_write(&object, field);
        let wanted = take.get(field.name()).copied();
        if wanted.is_some() && !may_choose {
            return Err(KernelError::Forbidden(format!("field {}", field.name())));
        }
        let (from, value) = one_of(records, &of_each, field, wanted);
        if of_each.first() != Some(&value) {
            chosen.values.insert(field.name().to_owned(), value);
        }
        if is_whole(field) {
            let different: BTreeSet<String> = of_each.iter().filter(|it| !is_nothing(it)).map(Json::to_string).collect();
            chosen.fields.push(FieldChoice { name: field.name().to_owned(), chosen: from, differs: different.len() > 1, may_choose });
        }
    }
    Ok(chosen)
}

/// Whether a field's value can come from another record: not what is computed, or kept by the engine, or a number of its own.
fn is_carried(field: &Field) -> bool {
    !field.is_computed() && !field.is_engine_managed() && field.definition.kind != FieldKind::AutoNumber
}

fn values_of(tx: &mut dyn ReadTx, records: &[Record], field: &Field) -> Result<Vec<Json>> {
    let value = |it: &Record| if field.link.is_some() { Ok(json!(link_targets(tx, field, it.id())?)) } else { Ok(field_json(field, &it.row)) };
    records.iter().map(value).collect()
}

fn is_nothing(value: &Json) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn one_of(records: &[Record], of_each: &[Json], field: &Field, wanted: Option<Uuid>) -> (Option<Uuid>, Json) {
    if let Some(place) = wanted.and_then(|id| records.iter().position(|it| it.id() == id)) {
        return (wanted, of_each[place].clone());
    }
    if field.link.is_some() {
        let all: BTreeSet<&str> = of_each.iter().filter_map(Json::as_array).flatten().filter_map(Json::as_str).collect();
        return (None, json!(all));
    }
    match of_each.iter().position(|it| !is_nothing(it)) {
        Some(place) => (records.get(place).map(Record::id), of_each[place].clone()),
        None => (None, Json::Null),
    }
}
