//! Values there cannot be, though they may be written: typing errors in codes, places that do not exist.

use guanxi_kernel::fields::ParseContext;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::FieldKind;
use guanxi_text::address::{Address, complete};
use guanxi_text::{email, id_numbers, phone, script};
use serde_json::json;

use crate::check::{Answer, filled, is_empty};

/// As what a value is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidAs {
    /// As what the field's type would take today.
    FieldType,
    /// Unified social credit code with its check digit.
    CreditCode,
    /// Resident identity number with its check digit and its date of birth.
    IdNumber,
    /// A phone number of a numbering plan.
    Phone,
    /// An e-mail address.
    Email,
    /// An address whose places are in the divisions of China, where it lies there.
    Address,
}

impl ValidAs {
    /// From its name.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(json!(name)).ok()
    }
}

/// Whether a record's value is one there can be; silent where it has none.
pub fn is_valid(record: &Record, path: &str, form: ValidAs, parse: &ParseContext) -> Answer {
    match form {
        ValidAs::FieldType => of_field_type(record, path, parse),
        ValidAs::CreditCode => filled(record, path, |it| id_numbers::unified_social_credit_code(it).is_ok()),
        ValidAs::IdNumber => filled(record, path, |it| id_numbers::resident_id(it).is_ok()),
        ValidAs::Phone => filled(record, path, |it| phone::normalise(it, &parse.region).is_ok()),
        ValidAs::Email => filled(record, path, |it| email::normalise(it).is_ok()),
        ValidAs::Address => of_address(record, path),
    }
}

fn of_field_type(record: &Record, path: &str, parse: &ParseContext) -> Answer {
    let Some(field) = record.object.field(path) else { return Answer::Silent };
    if is_empty(record, path) || field.formula.is_some() || matches!(field.definition.kind, FieldKind::Rollup | FieldKind::AutoNumber) {
        return Answer::Silent;
    }
    let mut text = String::new();
    field.kind().write_json(&field.definition, &field.cells(&record.row), &mut text);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    field.kind().parse(&field.definition, &json, parse).is_ok().into()
}

/// The address in the parts of a field.
pub fn address_in(record: &Record, path: &str) -> Address {
    let part = |name: &str| record.value(&format!("{path}.{name}")).as_text().unwrap_or_default().to_owned();
    Address {
        country: part("country"),
        province: part("province"),
        city: part("city"),
        district: part("district"),
        street: part("street"),
        postcode: part("postcode"),
        division_code: String::new(),
    }
}

fn of_address(record: &Record, path: &str) -> Answer {
    if is_empty(record, path) {
        return Answer::Silent;
    }
    let given = address_in(record, path);
    let places = [&given.province, &given.city, &given.district];
    let is_chinese = given.country == "CN" || (given.country.is_empty() && places.iter().any(|it| it.chars().any(script::is_han)));
    if !is_chinese || places.iter().all(|it| it.is_empty()) {
        return Answer::Silent;
    }
    // Two digits of the code for each level that is given.
    let deepest = places.iter().rposition(|it| !it.is_empty()).map_or(0, |it| (it + 1) * 2);
    let found = complete(given.clone());
    let agrees = |given: &str, found: &str| given.is_empty() || given == found;
    // Counties directly below a province are written as its cities as often as not.
    let city = agrees(&given.city, &found.city) || given.city == found.district;
    let same = agrees(&given.province, &found.province) && city && agrees(&given.district, &found.district);
    (found.division_code.len() >= deepest && same).into()
}
