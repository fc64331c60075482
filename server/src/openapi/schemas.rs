//! Schemas that all objects share.

use serde_json::{Map, Value as Json, json};

use super::reference;

/// All of them by name.
pub(super) fn shared() -> Map<String, Json> {
    let all = value_schemas().into_iter().chain(answer_schemas());
    all.map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn id() -> Json {
    json!({ "type": "string", "format": "uuid" })
}

fn text() -> Json {
    json!({ "type": "string" })
}

fn maybe(kind: &str) -> Json {
    json!({ "type": [kind, "null"] })
}

fn object(properties: Json) -> Json {
    json!({ "type": "object", "properties": properties })
}

/// Schemas of values.
fn value_schemas() -> Vec<(&'static str, Json)> {
    let address = json!({ "country": maybe("string"), "province": maybe("string"), "city": maybe("string"), "district": maybe("string"), "street": maybe("string"), "postcode": maybe("string") });
    let name = json!({ "full": maybe("string"), "family": maybe("string"), "given": maybe("string") });
    vec![
        (
            "Problem",
            json!({
                "type": "object",
                "required": ["type", "title", "status", "code", "detail", "request_id"],
                "properties": {
                    "type": text(), "title": text(), "status": { "type": "integer" }, "code": text(), "detail": text(), "request_id": text(),
                    "field_errors": { "type": "array", "items": reference("FieldError") },
                },
            }),
        ),
        ("FieldError", object(json!({ "field": text(), "code": text(), "message": text(), "row": { "type": "integer" } }))),
        ("Label", json!({ "type": "object", "required": ["zh-CN", "en"], "properties": { "zh-CN": text(), "en": text() } })),
        ("Reference", json!({ "type": "object", "required": ["id", "label"], "properties": { "id": id(), "label": maybe("string") } })),
        (
            "IdInput",
            json!({ "anyOf": [{ "type": ["string", "null"], "format": "uuid" }, { "type": "object", "required": ["id"], "properties": { "id": id() } }] }),
        ),
        (
            "Money",
            json!({ "type": "object", "required": ["amount", "currency"], "properties": { "amount": maybe("string"), "currency": maybe("string") } }),
        ),
        (
            "MoneyInput",
            json!({ "type": "object", "additionalProperties": false, "properties": { "amount": { "type": ["string", "number", "null"] }, "currency": maybe("string") } }),
        ),
        ("PersonName", object(name.clone())),
        ("PersonNameInput", json!({ "type": "object", "additionalProperties": false, "properties": name })),
        ("Address", object(address.clone())),
        ("AddressInput", json!({ "type": "object", "additionalProperties": false, "properties": address })),
        ("Geo", json!({ "type": "object", "required": ["lat", "lng"], "properties": { "lat": { "type": "number" }, "lng": { "type": "number" } } })),
        (
            "File",
            object(
                json!({ "id": id(), "name": maybe("string"), "size": maybe("integer"), "content_type": maybe("string"), "label": maybe("string") }),
            ),
        ),
        (
            "Count",
            json!({ "type": "object", "required": ["value", "exact"], "properties": { "value": { "type": "integer" }, "exact": { "type": "boolean" } } }),
        ),
        ("Actor", object(json!({ "id": maybe("string"), "label": maybe("string") }))),
        ("Change", object(json!({ "field": text(), "old": {}, "new": {} }))),
        (
            "Event",
            object(json!({
                "seq": { "type": "integer" }, "at": { "type": "string", "format": "date-time" }, "kind": text(), "object": text(), "id": id(),
                "version": { "type": "integer" }, "actor": reference("Actor"), "change_id": id(), "changes": { "type": "array", "items": reference("Change") },
            })),
        ),
        (
            "DryRun",
            json!({ "type": "object", "required": ["ok", "problems"], "properties": { "ok": { "type": "boolean" }, "problems": { "type": "array", "items": reference("FieldError") }, "record": {} } }),
        ),
        (
            "BatchAnswer",
            object(json!({
                "change_id": id(), "succeeded": { "type": "integer" }, "failed": { "type": "integer" },
                "results": { "type": "array", "items": object(json!({ "index": { "type": "integer" }, "id": id(), "version": { "type": "integer" }, "problem": reference("Problem") })) },
            })),
        ),
        (
            "BulkAnswer",
            object(json!({
                "change_id": id(), "succeeded": { "type": "integer" }, "failed": { "type": "integer" },
                "problems": { "type": "array", "items": object(json!({ "id": maybe("string"), "problem": reference("Problem") })) },
            })),
        ),
    ]
}

/// Schemas of answers.
fn answer_schemas() -> Vec<(&'static str, Json)> {
    vec![
        (
            "Me",
            object(json!({
                "user": object(json!({ "id": id(), "email": text(), "name": text(), "roles": { "type": "array", "items": text() }, "department": {} })),
                "locale": text(), "time_zone": text(), "theme": text(), "density": text(), "preferences": { "type": "object" }, "csrf_token": maybe("string"),
                "workspace": object(json!({ "id": text(), "name": text(), "demo": { "type": "boolean" }, "currency": text() })), "app": { "type": "array", "items": {} },
            })),
        ),
        (
            "ImportCounts",
            json!({
                "type": "object", "required": ["create", "update", "skip", "reject"],
                "properties": { "create": { "type": "integer" }, "update": { "type": "integer" }, "skip": { "type": "integer" }, "reject": { "type": "integer" } },
            }),
        ),
        ("ImportProblem", object(json!({ "row": { "type": "integer" }, "field": text(), "code": text(), "message": text(), "value": text() }))),
        (
            "ImportColumnOptions",
            json!({
                "type": "object", "additionalProperties": false,
                "properties": {
                    "by": { "type": "string", "description": "References: the field of the other object that the cells hold" },
                    "values": { "type": "object", "additionalProperties": text(), "description": "Cells to be read as something else" },
                    "date_order": { "enum": ["dmy", "mdy"], "description": "Dates that end with the year" },
                },
            }),
        ),
        (
            "ImportPlan",
            json!({
                "type": "object", "additionalProperties": false, "required": ["mapping"],
                "properties": {
                    "mapping": { "type": "array", "items": { "type": "object", "additionalProperties": false, "required": ["column"], "properties": {
                        "column": { "type": "integer", "minimum": 0 }, "field": maybe("string"), "options": reference("ImportColumnOptions"),
                    } } },
                    "match": { "anyOf": [{ "type": "null" }, { "type": "object", "additionalProperties": false, "required": ["field", "on_match"], "properties": {
                        "field": text(), "on_match": { "enum": ["skip", "fill", "overwrite"] },
                    } }] },
                },
            }),
        ),
        (
            "Import",
            object(json!({
                "id": id(), "object": text(), "file_name": text(), "state": { "enum": ["uploaded", "planned", "running", "done", "failed", "cancelled"] },
                "encoding": text(), "format": text(), "done": { "type": "integer" }, "total": { "type": "integer" }, "counts": reference("ImportCounts"),
                "change_id": maybe("string"), "problems": { "type": "array", "items": reference("ImportProblem") }, "more_problems": { "type": "boolean" }, "failure": maybe("string"),
            })),
        ),
        (
            "ImportUpload",
            object(json!({
                "id": id(), "object": text(), "file_name": text(), "state": text(), "encoding": text(), "format": text(), "rows": { "type": "integer" },
                "columns": { "type": "array", "items": object(json!({
                    "index": { "type": "integer" }, "header": text(), "samples": { "type": "array", "items": text() }, "field": maybe("string"),
                    "confidence": { "type": "number" }, "options": reference("ImportColumnOptions"),
                })) },
                "fields": { "type": "array", "items": object(json!({ "path": text(), "label": reference("Label"), "type": text(), "required": { "type": "boolean" }, "matchable": { "type": "boolean" } })) },
            })),
        ),
        (
            "ImportPreview",
            object(json!({
                "id": id(), "counts": reference("ImportCounts"), "problems": { "type": "array", "items": reference("ImportProblem") }, "more_problems": { "type": "boolean" },
                "rows": { "type": "integer", "description": "Rows looked at" }, "complete": { "type": "boolean", "description": "Whether those are all" },
            })),
        ),
    ]
}
