//! Values as people read them, in their language, and as an import reads them back.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_kernel::Result;
use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::read::{shown_fields, unknown_field};
use guanxi_kernel::schema::{AmountOf, FieldDefinition, FieldKind, Object};
use guanxi_text::address::Address;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

/// One column of the file.
struct Column {
    header: String,
    /// Names from the record down.
    path: Vec<String>,
    definition: Option<FieldDefinition>,
    shows: Shows,
}

/// What of a field a column shows.
enum Shows {
    /// The value.
    Value,
    /// The currency of an amount rather than the amount.
    Currency,
    /// That of an amount worked out from others.
    CurrencyOf(AmountOf),
}

/// All columns.
pub(super) struct Columns(Vec<Column>);

/// A cell, typed as far as workbooks know types.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellValue {
    Empty,
    Text(String),
    /// As written, and as a number.
    Number(String),
    Boolean(bool, String),
    Date(String),
    DateTime(String),
}

impl CellValue {
    /// A text; nothing where it is empty.
    pub fn of_text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
    /// A moment in the caller's time zone, as spreadsheets know it.
    pub fn of_moment(context: &Context, moment: Timestamp) -> Self {
        Self::DateTime(context.time_zone.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
    /// As CSV has it.
    pub fn text(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(it) | Self::Number(it) | Self::Boolean(_, it) | Self::Date(it) | Self::DateTime(it) => it,
        }
    }
}

impl Columns {
    /// Columns of the fields asked for, all readable ones where none are named; the id stands first.
    pub fn of(context: &Context, object: &Arc<Object>, fields: Option<&[String]>) -> Result<Self> {
        let mut columns = vec![Column { header: "ID".into(), path: vec!["id".into()], definition: None, shows: Shows::Value }];
        let paths: Vec<String> = match fields {
            Some(paths) => paths.iter().filter(|it| *it != "id").cloned().collect(),
            None => shown_fields(context, object, Place::List).filter(|it| *it != "deleted_at").map(str::to_owned).collect(),
        };
        for path in paths {
            columns.extend(columns_of(context, object, &path)?);
        }
        Ok(Self(columns))
    }

    pub fn headers(&self) -> Vec<&str> {
        self.0.iter().map(|it| it.header.as_str()).collect()
    }

    pub fn cells(&self, context: &Context, record: &Map<String, Json>) -> Vec<CellValue> {
        self.0.iter().map(|it| it.cell(context, record)).collect()
    }
}

fn columns_of(context: &Context, object: &Arc<Object>, path: &str) -> Result<Vec<Column>> {
    let colon = if context.locale == Locale::ZhCn { "：" } else { ": " };
    let (mut object, mut labels, mut names) = (object.clone(), Vec::new(), Vec::new());
    let (mut definition, mut amount): (Option<FieldDefinition>, Option<AmountOf>) = (None, None);
    for name in path.split('.') {
        let Some(field) = object.field(name) else {
            // A part is answered as the whole field.
            if definition.is_some() {
                break;
            }
            return Err(unknown_field(path));
        };
        labels.push(context.locale.pick(&field.definition.label).to_owned());
        names.push(name.to_owned());
        definition = Some(field.definition.clone());
        amount = field.amount_of.clone();
        match field.target.as_deref().filter(|_| field.is_reference()).and_then(|it| context.schema.object(it)) {
            Some(target) => {
                let target = target.clone();
                object = target;
            }
            None => break,
        }
    }
    let header = labels.join(colon);
    let main = Column { header: header.clone(), path: names, definition, shows: Shows::Value };
    let is_money = main.definition.as_ref().is_some_and(|it| it.kind == FieldKind::Money);
    // Beside a related record's amounts those they follow from do not stand.
    let amount = amount.filter(|it| main.path.len() == 1 || it.fields.is_empty());
    let shows = match amount {
        Some(amount) => Shows::CurrencyOf(amount),
        None if is_money => Shows::Currency,
        None => return Ok(vec![main]),
    };
    let word = if context.locale == Locale::ZhCn { "币种" } else { "currency" };
    let currency = Column { header: format!("{header}{colon}{word}"), path: main.path.clone(), definition: main.definition.clone(), shows };
    Ok(vec![main, currency])
}

/// The fields an export needs beside those asked for: amounts whose currency another one is in.
pub(super) fn needed(context: &Context, object: &Object, fields: &[String]) -> Vec<String> {
    let sources = fields.iter().filter_map(|it| object.field(it)?.amount_of.as_ref()).flat_map(|it| &it.fields);
    let readable = |it: &&String| object.field(it).is_some_and(|it| context.access.shown_uncovered(object, it, Place::List) != Shown::No);
    let mut all = fields.to_vec();
    for source in sources.filter(readable) {
        if !all.contains(source) {
            all.push(source.clone());
        }
    }
    all
}

impl Column {
    fn cell(&self, context: &Context, record: &Map<String, Json>) -> CellValue {
        let Some((first, rest)) = self.path.split_first() else { return CellValue::Empty };
        let value = rest.iter().fold(record.get(first), |value, name| value.and_then(|it| it.get(name)));
        let Some(value) = value.filter(|it| !it.is_null()) else { return CellValue::Empty };
        if let Shows::CurrencyOf(amount) = &self.shows {
            return currency_of(context, amount, record);
        }
        match &self.definition {
            Some(definition) => cell(context, definition, value, matches!(self.shows, Shows::Currency)),
            None => CellValue::Text(plain(value)),
        }
    }
}

/// The one currency of all amounts that another one follows from; nothing where they disagree.
fn currency_of(context: &Context, amount: &AmountOf, record: &Map<String, Json>) -> CellValue {
    let own = amount.own.then(|| context.workspace.settings().currency.clone());
    let others = amount.fields.iter().filter_map(|it| record.get(it)?.get("currency")?.as_str().map(str::to_owned));
    let found: BTreeSet<String> = own.into_iter().chain(others).collect();
    if found.len() == 1 { found.into_iter().next().map_or(CellValue::Empty, CellValue::Text) } else { CellValue::Empty }
}

fn cell(context: &Context, field: &FieldDefinition, value: &Json, is_currency: bool) -> CellValue {
    let kind = if matches!(field.kind, FieldKind::Formula) { field.result.unwrap_or(FieldKind::Text) } else { field.kind };
    let text = |it: Option<&Json>| it.and_then(Json::as_str).map_or(CellValue::Empty, |it| CellValue::Text(it.to_owned()));
    match kind {
        FieldKind::Number | FieldKind::Decimal | FieldKind::Percent | FieldKind::Duration => CellValue::Number(plain(value)),
        FieldKind::Rollup if value.is_number() => CellValue::Number(plain(value)),
        FieldKind::Money | FieldKind::Rollup if is_currency => text(value.get("currency")),
        FieldKind::Money => value.get("amount").map_or(CellValue::Empty, |it| CellValue::Number(plain(it))),
        FieldKind::Boolean => {
            let is_true = value.as_bool().unwrap_or_default();
            let word = match (context.locale, is_true) {
                (Locale::ZhCn, true) => "是",
                (Locale::ZhCn, false) => "否",
                (Locale::En, true) => "Yes",
                (Locale::En, false) => "No",
            };
            CellValue::Boolean(is_true, word.to_owned())
        }
        FieldKind::Date => CellValue::Date(plain(value)),
        FieldKind::Datetime => moment(context, value),
        FieldKind::Select => CellValue::Text(option(context, field, value)),
        FieldKind::MultiSelect => joined(context, value, |it| option(context, field, it)),
        FieldKind::PersonName => text(value.get("full")),
        FieldKind::Address => address(value),
        FieldKind::Reference | FieldKind::Record | FieldKind::User | FieldKind::Department => text(value.get("label")),
        FieldKind::File | FieldKind::Image => text(value.get("name").or_else(|| value.get("label"))),
        FieldKind::Tags | FieldKind::ManyToMany => joined(context, value, |it| it.get("label").and_then(Json::as_str).unwrap_or_default().to_owned()),
        FieldKind::Geo => CellValue::Text(format!("{},{}", value["lat"], value["lng"])),
        _ => CellValue::Text(plain(value)),
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn moment(context: &Context, value: &Json) -> CellValue {
    match value.as_str().and_then(|it| it.parse::<Timestamp>().ok()) {
        Some(moment) => CellValue::of_moment(context, moment),
        None => CellValue::Text(plain(value)),
    }
}

fn option(context: &Context, field: &FieldDefinition, value: &Json) -> String {
    let found = field.options.iter().find(|it| value.as_str() == Some(&it.value));
    found.map_or_else(|| plain(value), |it| context.locale.pick(&it.label).to_owned())
}

fn joined(context: &Context, value: &Json, each: impl Fn(&Json) -> String) -> CellValue {
    let between = if context.locale == Locale::ZhCn { "、" } else { ", " };
    let texts: Vec<String> = value.as_array().into_iter().flatten().map(each).filter(|it| !it.is_empty()).collect();
    if texts.is_empty() { CellValue::Empty } else { CellValue::Text(texts.join(between)) }
}

fn address(value: &Json) -> CellValue {
    let part = |name: &str| value.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let address = Address {
        country: part("country"),
        province: part("province"),
        city: part("city"),
        district: part("district"),
        street: part("street"),
        postcode: part("postcode"),
        ..Address::default()
    };
    let is_chinese = [&address.province, &address.city, &address.street].iter().any(|it| it.chars().any(guanxi_text::script::is_han));
    let line = if is_chinese {
        address.one_line()
    } else {
        let pieces = [&address.street, &address.district, &address.city, &address.province, &address.postcode, &address.country];
        pieces.into_iter().filter(|it| !it.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    if line.is_empty() { CellValue::Empty } else { CellValue::Text(line) }
}
