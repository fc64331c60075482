//! A rule as it is declared, read once and asked of many records.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use guanxi_kernel::context::Context;
use guanxi_kernel::quality::MOST_RULES;
use guanxi_kernel::read::{ConditionOn, Reached, Record, known_records, may_be_named};
use guanxi_kernel::schema::{Field, FieldGate, FieldKind, Label, Object, OpenGate, Schema};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use regex::Regex;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::check::Check;

/// The object of the rules.
pub const RULE: &str = "quality_rule";
/// Most rules of all objects.
const MOST: u64 = 2_000;
/// Most rules kept read.
const MOST_KNOWN: usize = 4_000;
/// What says what a rule asks; where one of these is another, all records are judged anew.
const ASKS: [&str; 10] = ["object", "field", "check", "filter", "pattern", "values", "list_object", "list_field", "expression", "days"];

/// What kind of fault a broken rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "QualityKind")]
pub enum Fault {
    /// Something is missing.
    Incomplete,
    /// Something cannot be so.
    Wrong,
    /// Something has not been looked at for long.
    Stale,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Incomplete, Self::Wrong, Self::Stale];

    /// From its name.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(json!(name)).ok()
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its record.
    pub id: Uuid,
    /// What it is called.
    pub name: Label,
    /// Whose records it is about.
    pub object: Arc<Object>,
    /// The field, or the part of one.
    pub field: Option<String>,
    /// Which records it concerns; all where absent.
    pub filter: Option<ConditionOn>,
    /// What it expects.
    pub check: Check,
    /// The name of that.
    pub check_name: String,
    /// What kind of fault it is where it does not hold.
    pub fault: Fault,
    /// `low`, `medium` or `high`.
    pub severity: String,
    /// How much it weighs, 1-100.
    pub weight: i64,
    /// What is said where it does not hold.
    pub message: Label,
    /// How it may be mended in bulk: `none`, `normalise`, `fill_address` or `set`.
    pub fix: String,
    /// Which field would be.
    pub fix_field: Option<String>,
    /// To what it would be set.
    pub fix_value: Option<Json>,
    /// What it asks, to tell another version by.
    pub asks: String,
    /// Fields it looks at.
    pub fields: BTreeSet<String>,
    /// Fields of records referred to that it looks at.
    pub reached: Reached,
}

/// Why a rule cannot be one.
#[derive(Debug)]
pub struct Wrong {
    /// The field of the rule.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: Label,
}

/// Says what is wrong with a field of a rule.
pub fn wrong<T>(field: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> std::result::Result<T, Wrong> {
    Err(Wrong { field, message: Label::new(zh_cn.into(), en.into()) })
}

impl Rule {
    /// Reads a rule; what it names must be open by the gate.
    ///
    /// # Errors
    /// Which field of it is wrong, and why.
    pub fn read(schema: &Schema, gate: &dyn FieldGate, record: &Record) -> std::result::Result<Self, Wrong> {
        let text = |name: &str| record.text(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let object = object_named(schema, &text("object").unwrap_or_default())?;
        let field = text("field");
        if let Some(path) = &field {
            field_named(&object, gate, path, "field")?;
        }
        let filter = text("filter").map(|it| condition(schema, &object, gate, "filter", &it)).transpose()?;
        let check_name = record.value("check").as_text().unwrap_or("required").to_owned();
        let check = Check::read(schema, gate, &object, record, field.as_deref(), &check_name)?;
        let mut fields: BTreeSet<String> = field.iter().map(|it| root(it).to_owned()).collect();
        fields.extend(filter.iter().flat_map(ConditionOn::fields));
        fields.extend(check.fields());
        let mut reached: Reached = filter.as_ref().map(|it| it.reached().clone()).unwrap_or_default();
        if let Check::Expression(condition) = &check {
            reached.extend(condition.reached().clone());
        }
        let fix = record.value("fix").as_text().unwrap_or("none").to_owned();
        let fix_field = text("fix_field").or_else(|| field.clone()).filter(|_| fix != "none");
        if let Some(path) = &fix_field {
            fixable(&object, gate, path, &fix)?;
        }
        let label = |zh: &str, en: &str| {
            let zh = text(zh).unwrap_or_default();
            Label::new(zh.clone(), text(en).unwrap_or(zh))
        };
        let fault = record.value("kind").as_text().and_then(Fault::named).unwrap_or(Fault::Wrong);
        let number = |name: &str| if let Value::Int(it) = record.value(name) { it } else { 0 };
        Ok(Self {
            id: record.id(),
            name: label("name", "name_en"),
            field,
            filter,
            check,
            check_name,
            fault,
            severity: record.value("severity").as_text().unwrap_or("medium").to_owned(),
            weight: number("weight").clamp(1, 100),
            message: label("message", "message_en"),
            fix_value: text("fix_value").filter(|_| fix == "set").map(value_of),
            fix,
            fix_field,
            asks: asks(record),
            fields,
            reached,
            object,
        })
    }

    /// The name of the field it is about, for people.
    pub fn field_label(&self) -> Option<&Label> {
        Some(&self.object.field(root(self.field.as_deref()?))?.definition.label)
    }
}

/// JSON where it is some, otherwise the text itself: an administrator writes `c`, not `"c"`.
fn value_of(text: String) -> Json {
    serde_json::from_str(&text).unwrap_or(Json::String(text))
}

fn asks(record: &Record) -> String {
    let parts: Vec<String> = ASKS.iter().chain(&["valid_as"]).map(|it| record.text(it).unwrap_or_default()).collect();
    parts.join("\u{1f}")
}

/// The field a path begins with.
pub fn root(path: &str) -> &str {
    path.split_once('.').map_or(path, |it| it.0)
}

fn object_named(schema: &Schema, name: &str) -> std::result::Result<Arc<Object>, Wrong> {
    let found = schema.object(name).filter(|it| may_be_named(it));
    match found {
        Some(object) => Ok(object.clone()),
        None => wrong(
            "object",
            format!("没有可判断质量的对象“{name}”，请填写对象的名称，如 account"),
            format!("there is no object `{name}` whose quality could be judged; give the name of one, such as account"),
        ),
    }
}

/// A field that rules can look at, by its name or the name of a part.
///
/// # Errors
/// Where there is none, or it is closed by the gate.
pub fn field_named<'o>(object: &'o Object, gate: &dyn FieldGate, path: &str, of: &'static str) -> std::result::Result<&'o Field, Wrong> {
    let (name, part) = path.split_once('.').map_or((path, None), |(name, part)| (name, Some(part)));
    let found = object.field(name).filter(|it| gate.may_read(object, it));
    let found = found.filter(|it| part.is_none_or(|part| it.part(part).is_some_and(|it| it.exposed)));
    match found {
        Some(field) if field.link.is_none() => Ok(field),
        Some(_) => wrong(of, format!("“{path}”可有多个值，不能用于规则"), format!("`{path}` holds any number of links and is not for rules")),
        None => wrong(of, format!("没有字段“{path}”，请检查名称"), format!("there is no field `{path}`; check the name")),
    }
}

fn fixable(object: &Object, gate: &dyn FieldGate, path: &str, fix: &str) -> std::result::Result<(), Wrong> {
    let field = field_named(object, gate, root(path), "fix_field")?;
    if field.definition.read_only || field.is_engine_managed() || field.formula.is_some() || field.definition.kind == FieldKind::Rollup {
        return wrong("fix_field", format!("字段“{path}”不能修改"), format!("the field `{path}` cannot be changed"));
    }
    if fix == "fill_address" && field.definition.kind != FieldKind::Address {
        return wrong("fix_field", format!("“{path}”不是地址"), format!("`{path}` is no address"));
    }
    Ok(())
}

/// A condition over the object's own fields and those of records it refers to.
///
/// # Errors
/// What is wrong with it.
pub fn condition(
    schema: &Schema,
    object: &Arc<Object>,
    gate: &dyn FieldGate,
    of: &'static str,
    source: &str,
) -> std::result::Result<ConditionOn, Wrong> {
    ConditionOn::read_reaching(schema, object, source, gate).map_err(|error| match error {
        KernelError::BadRequest { message, .. } => Wrong { field: of, message },
        other => Wrong { field: of, message: Label::new("无法读取这个条件".to_owned(), format!("it cannot be read: {other}")) },
    })
}

/// Compiles a pattern that must match a whole text; patterns that would take much memory are refused, and none takes more time
/// than the text is long.
///
/// # Errors
/// What is wrong with it.
pub fn pattern(source: &str) -> std::result::Result<Regex, Wrong> {
    let build = |text: &str| regex::RegexBuilder::new(text).size_limit(1 << 18).dfa_size_limit(1 << 20).build();
    // On its own first: `)|(` must not close the group around it.
    match build(source).and_then(|_| build(&format!("^(?:{source})$"))) {
        Ok(regex) => Ok(regex),
        Err(error) => wrong("pattern", format!("不是可用的正则表达式：{error}"), format!("is no regular expression that can be used: {error}")),
    }
}

/// Rules read before, by record, while the record's version and the definitions are the same.
type Known = HashMap<Uuid, (i64, Arc<Schema>, Option<Arc<Rule>>)>;

fn known(context: &Context, record: &Record) -> Option<Arc<Rule>> {
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((version, schema, rule)) = known.get(&record.id())
        && *version == record.version()
        && Arc::ptr_eq(schema, &context.schema)
    {
        return rule.clone();
    }
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    let rule = Rule::read(&context.schema, &OpenGate, record).ok().map(Arc::new);
    known.insert(record.id(), (record.version(), context.schema.clone(), rule.clone()));
    rule
}

/// The rules in use that are understood, of one object or of all, in their order; of each object as many as may be in use.
///
/// # Errors
/// Fails where the database does.
pub fn active_rules(context: &Context, tx: &mut dyn ReadTx, object: Option<&str>) -> Result<Vec<Arc<Rule>>> {
    if context.schema.object(RULE).is_none() {
        return Ok(Vec::new());
    }
    let wanted = |column: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        let active = Condition::equals(column("active")?, Value::Bool(true));
        Ok(match object {
            Some(name) => active.and(Condition::equals(column("object")?, Value::Text(name.to_owned()))),
            None => active,
        })
    };
    let mut records = known_records(context, tx, RULE, wanted, MOST)?;
    let position = |it: &Record| if let Value::Int(position) = it.value("position") { position } else { 0 };
    records.sort_by_key(|it| (position(it), it.id()));
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut rules: Vec<Arc<Rule>> = records.iter().filter_map(|it| known(context, it)).collect();
    rules.retain(|it| {
        let count = counts.entry(it.object.name.clone()).or_default();
        *count += 1;
        *count <= MOST_RULES
    });
    Ok(rules)
}
