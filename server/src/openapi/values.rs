//! Values of more than one part, as the field types of the engine write and read them.

use serde_json::{Value as Json, json};

use super::reference;

fn maybe(kind: &str) -> Json {
    json!({ "type": [kind, "null"] })
}

fn parts(names: &[&str], required: bool) -> Json {
    let properties: serde_json::Map<String, Json> = names.iter().map(|it| ((*it).to_owned(), maybe("string"))).collect();
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if required {
        schema["required"] = json!(names);
    }
    schema
}

/// The schemas by name.
pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let name = ["full", "family", "given"];
    let address = ["country", "province", "city", "district", "street", "postcode"];
    let id = json!({ "type": "string", "format": "uuid" });
    vec![
        (
            "IdInput",
            json!({ "anyOf": [{ "type": ["string", "null"], "format": "uuid" }, { "type": "object", "required": ["id"], "properties": { "id": id } }] }),
        ),
        (
            "LinkedRecord",
            json!({
                "description": "A pointer to a record, with the fields that were asked for through it. The label is null where the caller may not see it.",
                "type": "object", "required": ["id", "label"],
                "properties": { "id": id, "label": maybe("string") }, "additionalProperties": reference("Json"),
            }),
        ),
        (
            "AnyLinkedRecord",
            json!({
                "description": "A pointer to a record of whatever object. The label is null where the caller may not see it, or it is gone.",
                "type": "object", "required": ["object", "id", "label"], "additionalProperties": false,
                "properties": { "object": { "type": "string" }, "id": id, "label": maybe("string") },
            }),
        ),
        (
            "AnyRecordInput",
            json!({
                "type": "object", "required": ["object", "id"],
                "properties": { "object": { "type": "string" }, "id": id, "label": maybe("string") },
            }),
        ),
        (
            "Money",
            json!({
                "type": "object", "additionalProperties": false, "required": ["amount", "currency"],
                "properties": { "amount": { "type": "string", "format": "decimal" }, "currency": { "type": "string", "description": "ISO 4217" } },
            }),
        ),
        (
            "MoneyInput",
            json!({ "type": "object", "additionalProperties": false, "properties": { "amount": { "type": ["string", "number", "null"] }, "currency": maybe("string") } }),
        ),
        (
            "PersonName",
            json!({
                "type": "object", "additionalProperties": false, "required": name,
                "properties": { "full": { "type": "string" }, "family": maybe("string"), "given": maybe("string") },
            }),
        ),
        ("PersonNameInput", parts(&name, false)),
        ("Address", parts(&address, true)),
        ("AddressInput", parts(&address, false)),
        ("Geo", json!({ "type": "object", "required": ["lat", "lng"], "properties": { "lat": { "type": "number" }, "lng": { "type": "number" } } })),
        (
            "FileValue",
            json!({
                "description": "A file, as far as the caller may see what is known of it.",
                "type": "object", "required": ["id", "label"],
                "properties": {
                    "id": id, "label": maybe("string"), "name": { "type": "string" }, "size": { "type": "integer", "description": "Bytes" },
                    "content_type": { "type": "string" },
                },
            }),
        ),
    ]
}
