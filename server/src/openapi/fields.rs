//! Field types as schemas: what comes out, what goes in.

use guanxi_kernel::schema::{FieldDefinition, FieldKind};
use serde_json::{Value as Json, json};

use super::reference;

/// What a field's value looks like when it comes out; null where there is none.
pub(super) fn out(field: &FieldDefinition) -> Json {
    let kind = if field.kind == FieldKind::Formula { field.result.unwrap_or(FieldKind::Text) } else { field.kind };
    let schema = match kind {
        FieldKind::Number | FieldKind::Duration => json!({ "type": ["integer", "null"] }),
        FieldKind::Decimal | FieldKind::Percent => json!({ "type": ["string", "null"], "format": "decimal" }),
        FieldKind::Boolean => json!({ "type": ["boolean", "null"] }),
        FieldKind::Date => json!({ "type": ["string", "null"], "format": "date" }),
        FieldKind::Datetime => json!({ "type": ["string", "null"], "format": "date-time" }),
        FieldKind::Money => nullable("Money"),
        FieldKind::MultiSelect => json!({ "type": ["array", "null"], "items": choice(field) }),
        FieldKind::Select => json!({ "type": ["string", "null"], "description": values(field) }),
        FieldKind::PersonName => nullable("PersonName"),
        FieldKind::Address => nullable("Address"),
        FieldKind::Reference | FieldKind::User | FieldKind::Department => nullable("LinkedRecord"),
        FieldKind::Record => nullable("AnyLinkedRecord"),
        FieldKind::Tags | FieldKind::ManyToMany => json!({ "type": "array", "items": reference("LinkedRecord") }),
        FieldKind::File | FieldKind::Image => nullable("FileValue"),
        FieldKind::Geo => nullable("Geo"),
        FieldKind::Json | FieldKind::Rollup => reference("Json"),
        _ => json!({ "type": ["string", "null"] }),
    };
    described(field, schema)
}

/// What a field takes.
pub(super) fn input(field: &FieldDefinition) -> Json {
    let schema = match field.kind {
        FieldKind::Number => json!({ "type": ["integer", "string", "null"] }),
        FieldKind::Duration => json!({ "type": ["integer", "string", "null"], "description": "Seconds, or ISO 8601 such as PT1H30M" }),
        FieldKind::Decimal | FieldKind::Percent => json!({ "type": ["string", "number", "null"] }),
        FieldKind::Boolean => json!({ "type": ["boolean", "integer", "string", "null"] }),
        FieldKind::Date => json!({ "type": ["string", "null"], "format": "date" }),
        FieldKind::Datetime => json!({ "type": ["string", "null"], "format": "date-time" }),
        FieldKind::Money => json!({ "anyOf": [reference("MoneyInput"), { "type": ["string", "number", "null"] }] }),
        FieldKind::MultiSelect => json!({ "type": ["array", "null"], "items": choice(field) }),
        FieldKind::Select => json!({ "type": ["string", "null"], "description": values(field) }),
        FieldKind::PersonName => json!({ "anyOf": [reference("PersonNameInput"), { "type": ["string", "null"] }] }),
        FieldKind::Address => json!({ "anyOf": [reference("AddressInput"), { "type": ["string", "null"] }] }),
        FieldKind::Reference | FieldKind::User | FieldKind::Department | FieldKind::File | FieldKind::Image => reference("IdInput"),
        FieldKind::Tags | FieldKind::ManyToMany => json!({ "type": ["array", "null"], "items": reference("IdInput") }),
        FieldKind::Geo => nullable("Geo"),
        FieldKind::Record => nullable("AnyRecordInput"),
        FieldKind::Json => reference("Json"),
        FieldKind::Phone => json!({ "type": ["string", "integer", "null"] }),
        _ => {
            let mut schema = json!({ "type": ["string", "null"] });
            if let Some(longest) = field.max_length {
                schema["maxLength"] = json!(longest);
            }
            schema
        }
    };
    described(field, schema)
}

fn nullable(name: &str) -> Json {
    json!({ "anyOf": [reference(name), { "type": "null" }] })
}

fn choice(field: &FieldDefinition) -> Json {
    json!({ "type": "string", "description": values(field) })
}

/// Options change while the system runs, so that they are told but not enforced.
fn values(field: &FieldDefinition) -> String {
    let values: Vec<&str> = field.options.iter().filter(|it| !it.retired).map(|it| it.value.as_str()).collect();
    format!("One of {}", values.join(", "))
}

fn described(field: &FieldDefinition, mut schema: Json) -> Json {
    schema["title"] = json!(field.label.en);
    if let (Some(help), None) = (&field.help, schema.get("description")) {
        schema["description"] = json!(help.en);
    }
    schema
}
