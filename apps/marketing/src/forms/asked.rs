//! Which fields a form asks for, and what a visitor may write into them.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{Field, FieldDefinition, FieldKind, Label, Object, OptionDefinition};
use guanxi_kernel::{FieldError, Value};
use serde_json::{Map, Value as Json};

use super::{Form, SAID};

/// Characters of a form's key: 128 bits in hexadecimal.
pub const KEY_LENGTH: usize = 32;
/// Most fields of a form.
const MOST_FIELDS: usize = 30;
/// Longest label of its own.
const LONGEST_LABEL: usize = 120;
/// What visitors fill in. Whatever leads to other records, holds a file or is kept by the engine is none of these.
const KINDS: [FieldKind; 15] = [
    FieldKind::Text,
    FieldKind::LongText,
    FieldKind::Number,
    FieldKind::Decimal,
    FieldKind::Money,
    FieldKind::Boolean,
    FieldKind::Date,
    FieldKind::Select,
    FieldKind::MultiSelect,
    FieldKind::Email,
    FieldKind::Phone,
    FieldKind::Url,
    FieldKind::Address,
    FieldKind::PersonName,
    FieldKind::Percent,
];
/// What the company says of a lead, not the lead of himself.
const COMPANYS_OWN: [&str; 9] =
    ["status", "rating", "score", "source", "source_detail", "do_not_contact", "next_follow_up", "disqualify_reason", "disqualify_note"];
/// By what somebody is reached; no lead is made without one of them (the rule `reachable` of leads, told of the first).
pub(super) const REACHED_BY: [&str; 5] = ["mobile", "phone", "email", "wechat", "company"];
/// Kinds that tell who somebody is.
const PERSONAL: [FieldKind; 4] = [FieldKind::PersonName, FieldKind::Phone, FieldKind::Email, FieldKind::Address];

/// A field a form asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The field of the lead.
    pub field: FieldDefinition,
    /// What it is called here, where that is not its own label.
    pub label: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
}

impl Asked {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// What can be chosen: not what is kept for old records alone.
    pub fn offered(&self) -> impl Iterator<Item = &OptionDefinition> {
        self.field.options.iter().filter(|it| !it.retired)
    }
}

/// Whether visitors may be asked for a field.
pub(super) fn may_be_asked(field: &Field) -> bool {
    let name = field.name();
    !field.is_computed()
        && !field.definition.read_only
        && KINDS.contains(&field.definition.kind)
        && !COMPANYS_OWN.contains(&name)
        && !SAID.contains(&name)
}

/// Whether a lead cannot be made without it.
fn is_needed(field: &Field) -> bool {
    field.definition.required && field.definition.default.is_none() && may_be_asked(field)
}

/// Whether what is asked for tells who somebody is.
pub(crate) fn asks_personal_data(asked: &[Asked]) -> bool {
    asked.iter().any(|it| PERSONAL.contains(&it.field.kind) || it.name() == "wechat")
}

/// Whether one of the things is asked for without which no lead is made. Forms there are already are not held to it.
pub(crate) fn asks_how_to_reach(asked: &[Asked]) -> bool {
    asked.iter().any(|it| REACHED_BY.contains(&it.name()))
}

/// Reads `fields` of a form.
///
/// # Errors
/// Says what is wrong.
pub(crate) fn read_asked(lead: &Object, json: &Json) -> Result<Vec<Asked>, Label> {
    let list = json.as_array().filter(|it| (1..=MOST_FIELDS).contains(&it.len()));
    let list = list.ok_or_else(|| Label::new(format!("应为 1 到 {MOST_FIELDS} 项的列表"), format!("must be a list of 1 to {MOST_FIELDS} items")))?;
    let asked: Vec<Asked> = list.iter().map(|it| one(lead, it)).collect::<Result<_, _>>()?;
    let mut names = BTreeSet::new();
    if let Some(twice) = asked.iter().find(|it| !names.insert(it.name())) {
        return Err(Label::new(format!("“{}”出现了两次", twice.name()), format!("`{}` is there twice", twice.name())));
    }
    if let Some(missing) = lead.fields.iter().find(|it| is_needed(it) && !names.contains(it.name())) {
        let Label { zh_cn, en } = &missing.definition.label;
        return Err(Label::new(format!("没有“{zh_cn}”不能生成线索，请加入"), format!("no lead is made without `{en}`; ask for it")));
    }
    Ok(asked)
}

fn one(lead: &Object, json: &Json) -> Result<Asked, Label> {
    let wrong =
        || Label::new("每项应为 {\"field\": …, \"required\": …, \"label\": …}", "each must be {\"field\": .., \"required\": .., \"label\": ..}");
    let item = json.as_object().ok_or_else(wrong)?;
    if item.keys().any(|it| !["field", "required", "label"].contains(&it.as_str())) {
        return Err(wrong());
    }
    let name = item.get("field").and_then(Json::as_str).ok_or_else(wrong)?;
    let known = lead.field(name).filter(|it| may_be_asked(it));
    let field = known.ok_or_else(|| Label::new(format!("不能让访客填写“{name}”"), format!("visitors cannot be asked for `{name}`")))?;
    let required = match item.get("required") {
        None | Some(Json::Null) => false,
        Some(it) => it.as_bool().ok_or_else(wrong)?,
    };
    let label = match item.get("label") {
        None | Some(Json::Null) => None,
        Some(it) => Some(it.as_str().map(str::trim).filter(|it| it.chars().count() <= LONGEST_LABEL).ok_or_else(wrong)?.to_owned()),
    };
    let label = label.filter(|it| !it.is_empty());
    Ok(Asked { field: field.definition.clone(), label, required: required || is_needed(field) })
}

/// Reads what a visitor wrote as the engine reads it from everybody; answers it in its one form, in the order of the form.
///
/// # Errors
/// Everything wrong with it, by field: what is missing, what does not fit, what the form does not ask for.
pub fn check(context: &Context, form: &Form, given: &Map<String, Json>) -> Result<Map<String, Json>, Vec<FieldError>> {
    let parse = context.parse_context();
    let (mut values, mut problems) = (Map::new(), Vec::new());
    for name in given.keys().filter(|name| form.asked.iter().all(|it| it.name() != **name)) {
        let shown: String = name.chars().filter(|it| !it.is_control()).take(60).collect();
        problems.push(FieldError::new(shown, "unknown_field", "表单中没有此项", "the form does not ask for it"));
    }
    for asked in &form.asked {
        let field = &asked.field;
        let kind = guanxi_kernel::fields::field_type(field.kind);
        let given = given.get(asked.name()).filter(|it| !it.is_null());
        let cells = given.map_or(Ok(Vec::new()), |it| kind.parse(field, it, &parse));
        match cells {
            Err(problem) => {
                let name = problem.field.split('.').next().unwrap_or_default().to_owned();
                problems.push(FieldError { field: name, ..problem });
            }
            Ok(cells) if cells.iter().all(Value::is_null) || (asked.required && cells == [Value::Bool(false)]) => {
                if asked.required {
                    problems.push(required(asked));
                }
            }
            Ok(cells) => {
                let mut text = String::new();
                kind.write_json(field, &cells, &mut text);
                values.insert(asked.name().to_owned(), serde_json::from_str(&text).unwrap_or(Json::Null));
            }
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

fn required(asked: &Asked) -> FieldError {
    let Label { zh_cn, en } = asked.label.as_ref().map_or_else(|| asked.field.label.clone(), |it| Label::new(it.clone(), it.clone()));
    FieldError::new(asked.name(), "required", format!("请填写{zh_cn}"), format!("{en} is required"))
}
