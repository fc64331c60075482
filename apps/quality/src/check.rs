//! What a rule expects of a record.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::Value;
use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::read::{ConditionOn, Record};
use guanxi_kernel::schema::{FieldGate, FieldKind, Object, Schema};
use guanxi_kernel::store::Storage;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;
use uuid::Uuid;

use crate::rule::{Wrong, condition, field_named, pattern, root, wrong};
use crate::valid::{ValidAs, is_valid};

/// Most values of a list.
const MOST_VALUES: usize = 2_000;
/// Characters of a text that a pattern looks at; nothing longer is a number, a code or a name.
const LONGEST_MATCHED: usize = 2_000;
const SECONDS_OF_DAY: i64 = 86_400;

/// See the module.
#[derive(Debug)]
pub enum Check {
    /// The field is filled.
    Required(String),
    /// Its text has a form.
    Pattern(String, Regex),
    /// Its text is one of these.
    OneOf(String, HashSet<String>),
    /// Its text stands in a field of a live record of another object.
    ExistsIn {
        /// The field.
        field: String,
        /// The other object.
        object: Arc<Object>,
        /// Its field.
        list_field: String,
        /// The column of that.
        column: usize,
    },
    /// A condition holds.
    Expression(ConditionOn),
    /// The date in the field is no more than so many days ago.
    Fresh(String, i64),
    /// The value is one there can be.
    Valid(String, ValidAs),
}

/// What the moment and the database add to a check.
pub struct Asking<'a> {
    /// Now.
    pub now: Timestamp,
    /// How texts are read.
    pub parse: &'a ParseContext,
    /// Texts found in the lists of [`Check::ExistsIn`].
    pub listed: &'a HashSet<String>,
    /// Live records that those asked about refer to.
    pub others: &'a HashMap<Uuid, Record>,
}

/// What a check says of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It does not concern it.
    Silent,
    /// It holds; until this moment, if nobody touches the record.
    Holds(Option<Timestamp>),
    /// It does not.
    Fails,
}

impl From<bool> for Answer {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds(None) } else { Self::Fails }
    }
}

impl Check {
    /// Reads what a rule expects.
    ///
    /// # Errors
    /// Which field of the rule is wrong, and why.
    pub fn read(
        schema: &Schema,
        gate: &dyn FieldGate,
        object: &Arc<Object>,
        rule: &Record,
        field: Option<&str>,
        name: &str,
    ) -> std::result::Result<Self, Wrong> {
        let text = |it: &str| rule.text(it).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        if name == "expression" {
            return Ok(Self::Expression(condition(schema, object, gate, "expression", &text("expression").unwrap_or_default())?));
        }
        let Some(path) = field else { return wrong("field", "请填写字段", "name the field") };
        let path = path.to_owned();
        match name {
            "required" => Ok(Self::Required(path)),
            "pattern" => Ok(Self::Pattern(path, pattern(&text("pattern").unwrap_or_default())?)),
            "one_of" => {
                let values: HashSet<String> =
                    text("values").unwrap_or_default().lines().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
                if values.is_empty() || values.len() > MOST_VALUES {
                    return wrong(
                        "values",
                        format!("请填写 1 到 {MOST_VALUES} 个值，一行一个"),
                        format!("give 1 to {MOST_VALUES} values, one on each line"),
                    );
                }
                Ok(Self::OneOf(path, values))
            }
            "exists_in" => exists_in(schema, gate, path, &text("list_object").unwrap_or_default(), &text("list_field").unwrap_or_default()),
            "fresh" => {
                let is_moment = matches!(kind_of(object, &path), Some(Storage::Date | Storage::DateTime));
                if !is_moment {
                    return wrong("field", format!("“{path}”不是日期或时间"), format!("`{path}` is no date or moment"));
                }
                let days = if let Value::Int(days) = rule.value("days") { days } else { 0 };
                if days < 1 { wrong("days", "请填写天数", "give the days") } else { Ok(Self::Fresh(path, days)) }
            }
            "valid" => {
                let form = rule.value("valid_as").as_text().and_then(ValidAs::named);
                let Some(form) = form else { return wrong("valid_as", "请选择作为什么检查", "choose what it is checked as") };
                let is_address = object.field(root(&path)).is_some_and(|it| it.definition.kind == FieldKind::Address);
                if (form == ValidAs::Address) != is_address && form != ValidAs::FieldType {
                    return wrong("valid_as", format!("“{path}”不能这样检查"), format!("`{path}` cannot be checked as this"));
                }
                Ok(Self::Valid(path, form))
            }
            _ => wrong("check", "没有这种要求", "there is no such check"),
        }
    }

    /// The fields it looks at.
    pub fn fields(&self) -> BTreeSet<String> {
        match self {
            Self::Expression(condition) => condition.fields(),
            Self::Fresh(path, _) => BTreeSet::from([root(path).to_owned(), "created_at".to_owned()]),
            Self::Required(path) | Self::Pattern(path, _) | Self::OneOf(path, _) | Self::Valid(path, _) | Self::ExistsIn { field: path, .. } => {
                BTreeSet::from([root(path).to_owned()])
            }
        }
    }

    /// What it says of a record.
    pub fn ask(&self, record: &Record, asking: &Asking<'_>) -> Answer {
        match self {
            Self::Required(path) => (!is_empty(record, path)).into(),
            Self::Pattern(path, regex) => filled(record, path, |text| is_short(text) && regex.is_match(text)),
            Self::OneOf(path, values) => filled(record, path, |text| values.contains(text)),
            Self::ExistsIn { field, .. } => filled(record, field, |text| asking.listed.contains(text)),
            Self::Expression(condition) => condition.holds_with(record, asking.others, asking.now, &asking.parse.time_zone).into(),
            Self::Fresh(path, days) => fresh(record, path, *days, asking),
            Self::Valid(path, form) => is_valid(record, path, *form, asking.parse),
        }
    }
}

/// Whether a text has no more characters than patterns look at.
fn is_short(text: &str) -> bool {
    text.len() <= LONGEST_MATCHED || text.chars().nth(LONGEST_MATCHED).is_none()
}

fn exists_in(schema: &Schema, gate: &dyn FieldGate, field: String, object: &str, list_field: &str) -> std::result::Result<Check, Wrong> {
    let Some(object) = schema.object(object).filter(|it| it.definition.private_to.is_none()) else {
        return wrong("list_object", format!("没有对象“{object}”"), format!("there is no object `{object}`"));
    };
    let found = field_named(object, gate, list_field, "list_field")?;
    match found.part("") {
        Some(part) if part.storage == Storage::Text && !list_field.contains('.') => {
            Ok(Check::ExistsIn { field, object: object.clone(), list_field: list_field.to_owned(), column: part.column })
        }
        _ => wrong("list_field", format!("“{list_field}”不是文本"), format!("`{list_field}` is no text")),
    }
}

fn kind_of(object: &Object, path: &str) -> Option<Storage> {
    let (name, part) = path.split_once('.').unwrap_or((path, ""));
    Some(object.field(name)?.part(part)?.storage)
}

/// Whether a field, or the part of one, has no value.
pub fn is_empty(record: &Record, path: &str) -> bool {
    match (path.contains('.'), record.object.field(path)) {
        (true, _) | (false, None) => record.value(path).is_null(),
        (false, Some(field)) => field.is_empty_in(&record.row),
    }
}

/// The text of a field, or of a part, as it is kept; as people read it where it is kept in parts.
pub fn text_of(record: &Record, path: &str) -> Option<String> {
    match record.value(path) {
        Value::Text(text) => Some(text),
        _ if path.contains('.') => None,
        _ => record.text(path),
    }
}

/// What is asked of a text does not concern a record without one: that it is missing is for another rule to say.
pub fn filled(record: &Record, path: &str, holds: impl FnOnce(&str) -> bool) -> Answer {
    text_of(record, path).filter(|it| !it.is_empty()).map_or(Answer::Silent, |it| holds(&it).into())
}

fn fresh(record: &Record, path: &str, days: i64, asking: &Asking<'_>) -> Answer {
    let moment = |path: &str| match record.value(path) {
        Value::DateTime(at) => Some(at),
        Value::Date(date) => date.to_zoned(asking.parse.time_zone.clone()).ok().map(|it| it.timestamp()),
        _ => None,
    };
    // What was never done counts from when it could first have been.
    let Some(from) = moment(path).or_else(|| moment("created_at")) else { return Answer::Silent };
    match from.checked_add(SignedDuration::from_secs(days.saturating_mul(SECONDS_OF_DAY))) {
        Ok(until) if asking.now < until => Answer::Holds(Some(until)),
        Ok(_) => Answer::Fails,
        Err(_) => Answer::Holds(None),
    }
}
