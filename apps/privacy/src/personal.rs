//! Which fields of a record tell who somebody is, and what takes their place.

use std::collections::BTreeSet;

use guanxi_kernel::Value;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{Field, FieldKind, Object};
use serde_json::{Map, Value as Json, json};

use crate::people::PEOPLE;

/// What stands where there must be a name.
pub const NOBODY: &str = "已匿名";
/// Kinds of fields that always do.
const KINDS: [FieldKind; 6] = [FieldKind::PersonName, FieldKind::Phone, FieldKind::Email, FieldKind::Address, FieldKind::Image, FieldKind::Geo];
/// Others by their names, on people.
const NAMED: [&str; 17] = [
    "wechat",
    "birthday",
    "gender",
    "interests",
    "description",
    "website",
    "legal_representative",
    "need",
    "source_detail",
    "referrer",
    "utm_term",
    "utm_content",
    "disqualify_note",
    "name",
    "company",
    "short_name",
    "title",
];
/// Parts of an address that tell where somebody is.
const ADDRESS: [&str; 4] = ["province", "city", "district", "street"];
/// Objects whose names are of companies, unless the record is a person's.
const COMPANIES: [&str; 4] = ["name", "short_name", "company", "website"];

/// On a request, once it is closed.
const OF_REQUEST: [&str; 6] = ["requester", "wish", "letter", "outcome", "identity_how", "extended_reason"];

/// Fields of an object that hold personal data, in the object's order.
pub fn personal_fields(object: &Object) -> Vec<String> {
    object.user_fields().filter(|it| can_be_emptied(it) && holds_personal_data(object, it)).map(|it| it.name().to_owned()).collect()
}

/// Whether a field is of a person by what it is, on a record of any kind.
fn holds_personal_data(object: &Object, field: &Field) -> bool {
    let is_person = PEOPLE.contains(&object.name.as_str());
    let by_name = is_person && NAMED.contains(&field.name()) && (object.name != "account" || !COMPANIES.contains(&field.name()));
    let on_request = object.name == crate::request::REQUEST && OF_REQUEST.contains(&field.name());
    KINDS.contains(&field.definition.kind) || by_name || on_request
}

/// Whether a field tells of a person, by itself or because it is computed of one that does.
pub fn tells_of_a_person(object: &Object, field: &Field) -> bool {
    let mut seen = BTreeSet::new();
    let mut left = vec![field];
    while let Some(field) = left.pop() {
        if !seen.insert(field.name().to_owned()) {
            continue;
        }
        if holds_personal_data(object, field) {
            return true;
        }
        let of = field.formula.iter().flat_map(|it| it.paths());
        left.extend(of.filter_map(|it| object.field(it.first()?)));
    }
    false
}

/// Whether the whole record is a person's: contacts and leads are, and accounts that are no company.
pub fn is_of_a_person(record: &Record) -> bool {
    match record.object.name.as_str() {
        "account" => record.value("kind").as_text() == Some("person"),
        name => PEOPLE.contains(&name),
    }
}

/// Of one record: an account that is a person's has his name.
pub fn personal_fields_of(record: &Record) -> Vec<String> {
    let mut fields = personal_fields(&record.object);
    if record.object.name == "account" && is_of_a_person(record) {
        fields.extend(["name", "short_name"].map(str::to_owned).into_iter().filter(|it| record.object.field(it).is_some()));
    }
    fields
}

/// Whether a field's values can be taken out: nothing is computed, and what must be there is a text.
pub fn can_be_emptied(field: &Field) -> bool {
    let stands_in = matches!(field.definition.kind, FieldKind::PersonName | FieldKind::Text | FieldKind::LongText);
    !field.is_computed() && !field.is_engine_managed() && (!field.definition.required || stands_in)
}

/// What takes the place of the fields' values.
pub fn anonymous(object: &Object, fields: &[String]) -> Map<String, Json> {
    let stands = |name: &String| {
        let field = object.field(name)?;
        Some((name.clone(), if field.definition.required { json!(NOBODY) } else { Json::Null }))
    };
    fields.iter().filter_map(stands).collect()
}

/// Whether nothing of the fields is left.
pub fn is_anonymous(record: &Record, fields: &[String]) -> bool {
    fields
        .iter()
        .filter_map(|it| record.object.field(it))
        .all(|it| it.is_empty_in(&record.row) || matches!(record.value(it.name()), Value::Text(text) if text == NOBODY))
}

/// The same as a filter, of what is left: `null` or what stands for a name are nothing. Fields of several records are taken
/// along with the rest.
pub fn something_left(object: &Object, fields: &[String]) -> String {
    let mut terms = Vec::new();
    for field in fields.iter().filter_map(|it| object.field(it)).filter(|it| it.link.is_none()) {
        let name = field.name();
        match field.definition.kind {
            FieldKind::Address => terms.extend(ADDRESS.map(|part| format!("{name}.{part} != null"))),
            FieldKind::Geo => terms.extend(field.parts.iter().filter(|it| it.exposed).map(|part| format!("{name}.{} != null", part.name))),
            _ if field.definition.required => terms.push(format!("{name} != '{NOBODY}'")),
            _ => terms.push(format!("{name} != null")),
        }
    }
    if terms.is_empty() { "true".to_owned() } else { terms.join(" || ") }
}
