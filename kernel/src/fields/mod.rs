//! Field types: one file each. A type says which columns it needs, how JSON becomes cells and cells become JSON, and
//! which words it gives to search. The engine does everything else (rights, history, filters, import, export).
//!
//! To add one: a file here, a line in [`field_type`], a folder in `web/src/fields/` (`docs/adding-a-field-type.md`).

mod address;
mod auto_number;
mod boolean;
mod computed;
mod currency;
mod date;
mod datetime;
mod decimal;
mod duration;
mod email;
mod file;
mod formula;
mod geo;
mod json;
mod keys;
mod links;
mod long_text;
mod money;
mod multi_select;
mod number;
mod numeric;
mod options;
mod parts;
mod percent;
mod person_name;
mod phone;
mod record;
mod reference;
mod rich_text;
mod rollup;
mod select;
mod text;
pub mod text_form;
mod text_rules;
mod url;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use auto_number::format_number;
pub use currency::{CURRENCIES, is_currency};
pub use geo::{Point, metres_between};
pub use record::named_record;

use guanxi_expr::{Type, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::error::FieldError;
use crate::schema::{FieldDefinition, FieldKind, Label};
use crate::store::Storage;

/// One column of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSpec {
    /// `""` for the main part; otherwise the name below the field (`currency`, `city`) and the column suffix.
    pub name: &'static str,
    /// Column storage.
    pub storage: Storage,
    /// Type in expressions.
    pub ty: Type,
    /// Named in filters and sorts. Sort keys are not.
    pub exposed: bool,
}

impl PartSpec {
    /// The main part.
    pub fn main(storage: Storage, ty: Type) -> Self {
        Self { name: "", storage, ty, exposed: true }
    }
    /// A part with a name.
    pub fn named(name: &'static str, storage: Storage, ty: Type) -> Self {
        Self { name, storage, ty, exposed: true }
    }
    /// The sort key of a text, `sort`.
    pub fn sort_key() -> Self {
        Self { name: "sort", storage: Storage::Text, ty: Type::Text, exposed: false }
    }
}

/// What reading a value from JSON may use.
#[derive(Debug, Clone)]
pub struct ParseContext {
    /// Two-letter region whose national phone forms are understood.
    pub region: String,
    /// Currency of amounts that name none.
    pub currency: String,
    /// Now.
    pub now: Timestamp,
    /// The caller's time zone.
    pub time_zone: TimeZone,
}

/// A field type. Cells stand in the order of [`FieldType::parts`]; a field without a value has [`Value::Null`] in every cell.
pub trait FieldType: Sync + Send {
    /// The columns of a field of this type. Empty for links (tags, many-to-many), which live in a table of their own.
    fn parts(&self, field: &FieldDefinition) -> Vec<PartSpec>;

    /// What is wrong with a definition, if anything: a key that is missing or does not fit. English, names the key.
    fn check_definition(&self, _field: &FieldDefinition) -> Result<(), Label> {
        Ok(())
    }

    /// Reads and normalises a value. `json` is not null. The error's `field` is the field's name.
    fn parse(&self, field: &FieldDefinition, json: &Json, context: &ParseContext) -> Result<Vec<Value>, FieldError>;

    /// Writes the value as JSON onto `out`; the cells are not all null.
    fn write_json(&self, field: &FieldDefinition, cells: &[Value], out: &mut String);

    /// Text of the value for titles, exports and search; `None` where it has none.
    fn text(&self, field: &FieldDefinition, cells: &[Value]) -> Option<String>;

    /// The value with most of it covered, for callers who may not see it whole; `None` where nothing of it is shown.
    fn mask(&self, _field: &FieldDefinition, _cells: &[Value]) -> Option<String> {
        None
    }

    /// Writes the covered value as JSON onto `out`, in the form of [`FieldType::write_json`]; the cells are not all null.
    fn write_masked(&self, field: &FieldDefinition, cells: &[Value], out: &mut String) {
        match self.mask(field, cells) {
            Some(text) => write_json_string(&text, out),
            None => out.push_str("null"),
        }
    }

    /// Words by which search finds it (already tokenised by `guanxi_text::search_tokens`).
    fn words(&self, field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        if let Some(text) = self.text(field, cells) {
            words.extend(guanxi_text::search_tokens::index_tokens(&text));
        }
    }
}

/// The type behind a kind.
pub fn field_type(kind: FieldKind) -> &'static dyn FieldType {
    match kind {
        FieldKind::Text => &text::TextField,
        FieldKind::LongText => &long_text::LongTextField,
        FieldKind::RichText => &rich_text::RichTextField,
        FieldKind::Number => &number::NumberField,
        FieldKind::Decimal => &decimal::DecimalField,
        FieldKind::Money => &money::MoneyField,
        FieldKind::Percent => &percent::PercentField,
        FieldKind::Boolean => &boolean::BooleanField,
        FieldKind::Date => &date::DateField,
        FieldKind::Datetime => &datetime::DatetimeField,
        FieldKind::Duration => &duration::DurationField,
        FieldKind::Select => &select::SelectField,
        FieldKind::MultiSelect => &multi_select::MultiSelectField,
        FieldKind::Email => &email::EmailField,
        FieldKind::Phone => &phone::PhoneField,
        FieldKind::Url => &url::UrlField,
        FieldKind::Address => &address::AddressField,
        FieldKind::PersonName => &person_name::PersonNameField,
        FieldKind::Tags | FieldKind::ManyToMany => &links::LinksField,
        FieldKind::Reference | FieldKind::User | FieldKind::Department => &reference::ReferenceField,
        FieldKind::Record => &record::RecordField,
        FieldKind::File | FieldKind::Image => &file::FileField,
        FieldKind::AutoNumber => &auto_number::AutoNumberField,
        FieldKind::Geo => &geo::GeoField,
        FieldKind::Json => &json::JsonField,
        FieldKind::Formula => &formula::FormulaField,
        FieldKind::Rollup => &rollup::RollupField,
    }
}

/// A definition that is wrong, said of one of its keys in both languages.
pub(crate) fn wrong_key<T>(key: &str, zh_cn: impl std::fmt::Display, en: impl std::fmt::Display) -> Result<T, Label> {
    Err(Label::new(format!("{key}: {zh_cn}"), format!("{key}: {en}")))
}

/// A problem of a field, in both languages.
pub fn problem(field: &FieldDefinition, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> FieldError {
    FieldError::new(field.name.clone(), code, zh_cn, en)
}

/// Appends a JSON string.
pub fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[start..index]);
        if escape.is_empty() {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        start = index + 1;
    }
    out.push_str(&text[start..]);
    out.push('"');
}
