//! Groups and measures over what the caller may see.

use std::sync::Arc;

use guanxi_expr::Value;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value as Json, json};

use super::conditions::{Tables, rights_condition, unknown_field};
use crate::access::{Verb, compile_filter};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{AnyJson, DELETED_AT, FieldKind, Label, Object, ResolvedPath, WithSources};
use crate::store::{Aggregate, Bucket, BucketUnit, ColumnRef, Condition, Measure, MeasureFunction, ReadTx, Storage};

/// Most groups of one answer.
pub const MAX_GROUPS: u32 = 1_000;
/// Most grouping keys.
const MAX_KEYS: usize = 8;
/// Most measures.
const MAX_MEASURES: usize = 20;

/// A request for groups.
#[derive(Debug, Clone, Default)]
pub struct AggregateRequest {
    /// `stage`, `created_at:month`.
    pub group_by: Vec<String>,
    /// `count`, `count_distinct(account)`, `sum(amount)`.
    pub measures: Vec<String>,
    /// Filter expression.
    pub filter: Option<String>,
    /// Words to search for.
    pub words: Option<String>,
    /// At most so many groups, up to 1,000.
    pub limit: Option<u32>,
}

/// One group.
#[derive(Debug, serde::Serialize, JsonSchema)]
pub struct Group {
    /// Values of the keys in their JSON form.
    #[schemars(with = "Vec<AnyJson>")]
    pub keys: Vec<Json>,
    /// The keys for people.
    pub labels: Vec<KeyText>,
    /// Measures by name.
    #[schemars(schema_with = "measured")]
    pub values: serde_json::Map<String, Json>,
}

/// A key of a group for people.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(untagged)]
pub enum KeyText {
    /// The name of a choice.
    Choice(Label),
    /// The title of a record, or the value itself.
    Value(#[schemars(with = "AnyJson")] Json),
}

/// Numbers keep their digits as text; whole ones, and counts, are numbers.
fn measured(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": { "type": ["string", "integer", "null"] } })
}

/// The answer.
#[derive(Debug, serde::Serialize, JsonSchema)]
pub struct AggregateAnswer {
    /// Groups in the order of their keys.
    pub groups: Vec<Group>,
    /// Whether there were more.
    pub truncated: bool,
}

enum KeyLabel {
    Plain,
    Select(Arc<Object>, usize),
    Reference(usize),
}

/// Groups and measures an object's records.
pub fn aggregate(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &AggregateRequest) -> Result<AggregateAnswer> {
    context.access.require(object, Verb::Read)?;
    if request.group_by.len() > MAX_KEYS || request.measures.len() > MAX_MEASURES {
        return Err(KernelError::bad_request(
            "bad_request",
            format!("最多按 {MAX_KEYS} 个字段分组、计算 {MAX_MEASURES} 个数值"),
            format!("group by at most {MAX_KEYS} fields and ask for at most {MAX_MEASURES} measures"),
        ));
    }
    if request.group_by.is_empty() && request.measures.is_empty() {
        return Err(bad_group("measures", "请给出分组字段或要计算的数值，例如 count", "name what to group by or what to measure, such as count"));
    }
    let mut tables = Tables::new(context, object);
    let mut condition = Condition::IsNull(ColumnRef::main(DELETED_AT));
    if let Some(source) = request.filter.as_deref().filter(|it| !it.trim().is_empty()) {
        let gate = WithSources(context.access.as_ref());
        let predicate = compile_filter(&context.schema, object, source, &gate, &context.access.member, context.now, &context.time_zone)?;
        condition = condition.and(tables.condition(&predicate)?);
    }
    if let Some(words) = request.words.as_deref().filter(|it| !it.trim().is_empty()) {
        condition = condition.and(super::list::words_condition(context, object, words));
    }
    let mut keys = Vec::new();
    let mut labels = Vec::new();
    for source in &request.group_by {
        let (key, label) = group_key(context, &mut tables, source)?;
        keys.push(key);
        // The label of a reference is a further key behind the others: the title of the record referred to.
        labels.push(label);
    }
    let mut titles = Vec::new();
    for label in &mut labels {
        if let KeyLabel::Reference(table) = label {
            let join = tables.statements.get(*table - 1).map(|it| it.table.name.clone()).unwrap_or_default();
            let target = context.schema.objects.values().find(|it| it.table.name == join).cloned();
            if let Some(target) = target.filter(|it| context.access.may_group(it, it.title_field())) {
                let cell = keys.len() + titles.len();
                titles.extend(target.title_field().part("").map(|it| (ColumnRef::of(*table, it.column), None)));
                *label = KeyLabel::Reference(cell);
            } else {
                *label = KeyLabel::Plain;
            }
        }
    }
    let n_keys = keys.len();
    keys.extend(titles);
    let measures: Vec<(String, Measure)> = request.measures.iter().map(|it| measure(context, &mut tables, it)).collect::<Result<_>>()?;
    let limit = u64::from(request.limit.unwrap_or(MAX_GROUPS).clamp(1, MAX_GROUPS));
    condition = condition.and(tables.take_uncovered());
    let mut joins = tables.statements;
    condition = condition.and(rights_condition(context, object, Verb::Read, &mut joins)?);
    let n_all_keys = keys.len();
    let statement = Aggregate {
        table: object.table.clone(),
        joins,
        condition,
        keys,
        measures: measures.iter().map(|it| it.1.clone()).collect(),
        limit: limit + 1,
    };
    let mut rows = tx.aggregate(&statement)?;
    let truncated = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let groups = rows
        .into_iter()
        .map(|row| Group {
            keys: row[..n_keys].iter().map(value_json).collect(),
            labels: labels.iter().zip(&row).map(|(label, value)| label_json(label, value, &row)).collect(),
            values: measures.iter().zip(&row[n_all_keys..]).map(|((name, _), value)| (name.clone(), value_json(value))).collect(),
        })
        .collect();
    Ok(AggregateAnswer { groups, truncated })
}

/// A path whose values the caller may see in lists.
pub(super) fn resolve_shown(context: &Context, tables: &Tables<'_>, path: &[&str]) -> Result<ResolvedPath> {
    let found = tables.resolve(path)?;
    if context.access.may_group(&found.object, found.field()) { Ok(found) } else { Err(unknown_field(&path.join("."))) }
}

fn group_key(context: &Context, tables: &mut Tables<'_>, source: &str) -> Result<((ColumnRef, Option<Bucket>), KeyLabel)> {
    let (path, unit) = source.split_once(':').map_or((source, None), |(path, unit)| (path, Some(unit)));
    let names: Vec<&str> = path.split('.').collect();
    let found = resolve_shown(context, tables, &names)?;
    let table = tables.table_of(&found)?;
    let field = found.field();
    let part = field.part(found.part).ok_or_else(|| unknown_field(path))?;
    let column = ColumnRef::of(table, part.column);
    let bucket = match unit {
        None => None,
        Some(unit) if matches!(part.storage, Storage::Date | Storage::DateTime) => {
            let unit = match unit {
                "day" => BucketUnit::Day,
                "week" => BucketUnit::Week,
                "month" => BucketUnit::Month,
                "quarter" => BucketUnit::Quarter,
                "year" => BucketUnit::Year,
                _ => {
                    return Err(bad_group(source, "时间单位应为 day、week、month、quarter 或 year", "the unit is day, week, month, quarter or year"));
                }
            };
            let time_zone = context.time_zone.iana_name().unwrap_or("UTC").to_owned();
            Some(Bucket { unit, time_zone })
        }
        Some(_) => return Err(bad_group(source, "只有日期字段可以按时间分组", "only dates can be grouped by a unit of time")),
    };
    let label = if field.is_reference() && field.target.is_some() {
        let owner = found.hops.last().map_or(&found.object, |_| &found.object).clone();
        KeyLabel::Reference(tables.join(table, &owner, found.field)?)
    } else if field.definition.kind == FieldKind::Select {
        KeyLabel::Select(found.object.clone(), found.field)
    } else {
        KeyLabel::Plain
    };
    Ok(((column, bucket), label))
}

pub(super) fn measure(context: &Context, tables: &mut Tables<'_>, source: &str) -> Result<(String, Measure)> {
    if source == "count" {
        return Ok((source.to_owned(), Measure { function: MeasureFunction::Count, column: None }));
    }
    let parsed = source.strip_suffix(')').and_then(|it| it.split_once('('));
    let (name, path) = parsed.ok_or_else(|| bad_group(source, "应写作 count 或 sum(字段)", "write count or sum(field)"))?;
    let function = match name {
        "count" => MeasureFunction::Count,
        "count_distinct" => MeasureFunction::CountDistinct,
        "sum" => MeasureFunction::Sum,
        "avg" => MeasureFunction::Avg,
        "min" => MeasureFunction::Min,
        "max" => MeasureFunction::Max,
        _ => {
            return Err(bad_group(
                source,
                "可用的函数：count、count_distinct、sum、avg、min、max",
                "the functions are count, count_distinct, sum, avg, min, max",
            ));
        }
    };
    let names: Vec<&str> = path.split('.').collect();
    let found = resolve_shown(context, tables, &names)?;
    let table = tables.table_of(&found)?;
    let part = found.field().part(found.part).ok_or_else(|| unknown_field(path))?;
    let numeric = matches!(part.storage, Storage::Int | Storage::Decimal { .. } | Storage::Duration);
    if matches!(function, MeasureFunction::Sum | MeasureFunction::Avg) && !numeric {
        return Err(bad_group(source, "只有数字字段可以求和或平均", "only numbers can be summed or averaged"));
    }
    if function == MeasureFunction::CountDistinct && matches!(part.storage, Storage::Json | Storage::TextList) {
        return Err(bad_group(source, "该字段不能按不同的值计数", "different values of this field cannot be counted"));
    }
    let ordered = !matches!(part.storage, Storage::Id | Storage::Json | Storage::TextList | Storage::Bool);
    if matches!(function, MeasureFunction::Min | MeasureFunction::Max) && !ordered {
        return Err(bad_group(source, "该字段没有大小之分", "this field has no least and greatest value"));
    }
    Ok((source.to_owned(), Measure { function, column: Some(ColumnRef::of(table, part.column)) }))
}

fn bad_group(source: &str, zh_cn: &str, en: &str) -> KernelError {
    let shown: String = source.chars().take(80).collect();
    KernelError::bad_request("bad_request", format!("“{shown}”：{zh_cn}"), format!("`{shown}`: {en}"))
}

fn value_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(it) => json!(it),
        Value::Int(it) | Value::Duration(it) => json!(it),
        Value::Decimal(it) => json!(it.to_string()),
        Value::Text(it) => json!(it),
        Value::Date(it) => json!(it.to_string()),
        Value::DateTime(it) => json!(it.to_string()),
        Value::Id(it) => json!(it.to_string()),
        Value::List(items) => items.iter().map(value_json).collect(),
        Value::Json(it) => (**it).clone(),
    }
}

fn label_json(label: &KeyLabel, value: &Value, row: &[Value]) -> KeyText {
    match label {
        KeyLabel::Plain => KeyText::Value(value_json(value)),
        KeyLabel::Select(object, field) => {
            let options = &object.fields[*field].definition.options;
            let found = value.as_text().and_then(|text| options.iter().find(|it| it.value == text));
            found.map_or_else(|| KeyText::Value(value_json(value)), |it| KeyText::Choice(it.label.clone()))
        }
        KeyLabel::Reference(cell) => KeyText::Value(row.get(*cell).map_or(Json::Null, value_json)),
    }
}
