//! Records a pack brings to begin with: pipelines, products, ready tags. They are made once, by who installs it, where the
//! company has none of the name (in the bin neither), and are the company's own from then on: an upgrade changes none of
//! them, and they stay when the pack goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::PackDefinition;
use super::read::Wrong;
use crate::context::Context;
use crate::error::Result;
use crate::fields::ParseContext;
use crate::schema::{AnyJson, FieldKind, Object, Schema};
use crate::store::{ColumnRef, Condition, Select, StoreExt};
use crate::write::{Batch, BatchMode, Operation, execute};

/// Most records of one object.
const MAX_RECORDS: usize = 200;
/// Objects rights and people rest on: nobody is given anything by a pack.
const NOT_THESE: [&str; 3] = ["user", "department", "file"];

/// `seeds/OBJECT.toml`: records in the form the API takes them, each with a title.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    /// The records.
    #[serde(default, rename = "record")]
    #[schemars(with = "Vec<BTreeMap<String, AnyJson>>")]
    pub records: Vec<Map<String, Json>>,
}

/// The title of a seed.
pub(super) fn title<'s>(object: &Object, seed: &'s Map<String, Json>) -> Option<&'s str> {
    seed.get(&object.definition.title_field)?.as_str().filter(|it| !it.trim().is_empty())
}

/// The first thing that is wrong with a pack's seeds in a schema that has the pack.
pub(super) fn wrong_seed(schema: &Schema, pack: &PackDefinition) -> Option<Wrong> {
    pack.seeds.iter().find_map(|(name, seeds)| {
        let file = format!("seeds/{name}.toml");
        let wrong = |key: String, zh: String, en: String| Some(Wrong::new(file.clone(), key, zh, en));
        let is_plain = |it: &&Arc<Object>| {
            let definition = &it.definition;
            let is_own = definition.internal || definition.explicit_rights || definition.follows.is_some() || definition.private_to.is_some();
            !is_own && !NOT_THESE.contains(&it.name.as_str()) && it.title_field().definition.kind == FieldKind::Text
        };
        let Some(object) = schema.object(name).filter(is_plain) else {
            return wrong(String::new(), format!("对象“{name}”不能带初始记录"), format!("records of `{name}` cannot come with a pack"));
        };
        if seeds.records.len() > MAX_RECORDS {
            return wrong("record".into(), format!("最多{MAX_RECORDS}条记录"), format!("at most {MAX_RECORDS} records"));
        }
        seeds.records.iter().enumerate().find_map(|(index, seed)| {
            let place = |field: &str| format!("record[{index}].{field}");
            if title(object, seed).is_none() {
                return wrong(place(&object.definition.title_field), "每条记录都要有名称".into(), "every record needs a title".into());
            }
            seed.iter().find_map(|(field, value)| {
                let (zh, en) = unfit(object, field, value)?;
                wrong(place(field), zh, en)
            })
        })
    })
}

/// Why a value cannot stand in a seed.
fn unfit(object: &Object, name: &str, value: &Json) -> Option<(String, String)> {
    let Some(field) = object.field(name).filter(|it| !it.is_engine_managed()) else {
        return Some((format!("没有字段“{name}”"), format!("there is no field `{name}`")));
    };
    if field.is_computed() || field.definition.read_only || field.target.is_some() || field.link.is_some() {
        return Some((format!("“{name}”不能在行业包中填写"), format!("`{name}` cannot be set by a pack")));
    }
    let parse = ParseContext { region: "CN".into(), currency: "CNY".into(), now: Timestamp::UNIX_EPOCH, time_zone: TimeZone::UTC };
    let problem = field.kind().parse(&field.definition, value, &parse).err()?;
    Some((problem.message.zh_cn, problem.message.en))
}

/// Makes the records of a pack just installed that are not there yet; answers how many. One the company's own rules refuse is
/// left out.
///
/// # Errors
/// Fails where the database does.
pub fn plant(context: &Context, pack: &PackDefinition) -> Result<usize> {
    let mut made = 0;
    for (name, seeds) in &pack.seeds {
        let Some(object) = context.schema.object(name).cloned() else { continue };
        let Some(column) = object.title_field().part("").map(|it| ColumnRef::main(it.column)) else { continue };
        let mut operations = Vec::new();
        for seed in &seeds.records {
            let Some(title) = title(&object, seed) else { continue };
            let same = Select::all(&object.table, Condition::equals(column, Value::Text(title.trim().to_owned()))).limited(1);
            if context.workspace.store.read_with(|tx| Ok::<_, crate::KernelError>(tx.first(&same)?.is_none()))? {
                operations.push(Operation::Create { values: seed.clone() });
            }
        }
        if !operations.is_empty() {
            let batch = Batch { object, operations, mode: BatchMode::RowByRow, verb: "create", change: None };
            made += execute(context, &batch)?.succeeded();
        }
    }
    Ok(made)
}
