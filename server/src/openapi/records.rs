//! Paths and schemas of each object and its actions.

use std::sync::Arc;

use guanxi_kernel::app::{ActionDefinition, ActionPlace};
use guanxi_kernel::schema::{Field, Object};
use serde_json::{Map, Value as Json, json};

use super::operations::{Answer, Body, Open, Operation};
use super::{Source, closed, fields, reference, type_name};

/// Adds those of every object.
pub(super) fn add(source: &Source<'_>, paths: &mut Map<String, Json>, schemas: &mut Map<String, Json>) {
    for object in source.objects() {
        add_schemas(source, object, schemas);
        add_paths(object, paths);
    }
    for action in source.registry.actions() {
        let definition = action.definition();
        let is_known = definition.object.is_empty() || source.objects().any(|it| it.name == definition.object);
        if is_known && source.access.may_act(&definition.object, &definition.name) {
            add_action(definition, paths, schemas);
        }
    }
}

fn settable(field: &Field) -> bool {
    !field.is_computed() && !field.definition.read_only
}

fn add_schemas(source: &Source<'_>, object: &Arc<Object>, schemas: &mut Map<String, Json>) {
    let name = type_name(&object.name);
    let mut record = Map::new();
    record.insert("id".into(), json!({ "type": "string", "format": "uuid" }));
    record.insert("version".into(), json!({ "type": "integer", "minimum": 1 }));
    let (mut input, mut required) = (Map::new(), Vec::new());
    for field in source.fields(object).filter(|it| !matches!(it.name(), "id" | "version")) {
        record.insert(field.name().to_owned(), fields::out(&field.definition));
        if settable(field) {
            input.insert(field.name().to_owned(), fields::input(&field.definition));
            if field.definition.required && field.definition.default.is_none() {
                required.push(field.name().to_owned());
            }
        }
    }
    let required_out = json!(["id", "version"]);
    schemas.insert(name.clone(), json!({ "type": "object", "title": object.definition.label.en, "required": required_out, "properties": record }));
    schemas.insert(format!("{name}Create"), closed(input.clone(), &required));
    schemas.insert(format!("{name}Update"), closed(input, &[]));
    let list = json!({
        "type": "object", "required": ["items", "next_cursor"],
        "properties": { "items": { "type": "array", "items": reference(&name) }, "next_cursor": { "type": ["string", "null"] }, "count": reference("Count") },
    });
    schemas.insert(format!("{name}List"), list);
}

fn add_paths(object: &Arc<Object>, paths: &mut Map<String, Json>) {
    let (name, tag) = (type_name(&object.name), object.name.as_str());
    let label = object.definition.label.en.to_lowercase();
    let plural = object.definition.plural.as_ref().map_or_else(|| label.clone(), |it| it.en.to_lowercase());
    let all = format!("/records/{}", object.name);
    let one = format!("{all}/{{id}}");
    let operation = |method, path: &str, id: String, summary: String, parameters, body, answer| Operation {
        method,
        path: path.to_owned(),
        id,
        tag,
        summary,
        open: Open::Members,
        parameters,
        body,
        answer,
    };
    let list_parameters: &[&str] = &["filter", "sort", "fields", "limit", "cursor", "count", "deleted", "q"];
    let operations = [
        operation(
            "get",
            &all,
            format!("list{name}"),
            format!("List {plural}"),
            list_parameters,
            Body::None,
            Answer::Json(200, reference(&format!("{name}List"))),
        ),
        operation(
            "post",
            &all,
            format!("create{name}"),
            format!("New {label}"),
            &["dry_run"],
            Body::Json(reference(&format!("{name}Create"))),
            Answer::Json(201, reference(&name)),
        ),
        operation("get", &one, format!("get{name}"), format!("One {label}"), &["fields"], Body::None, Answer::Json(200, reference(&name))),
        operation(
            "patch",
            &one,
            format!("update{name}"),
            format!("Change a {label}"),
            &["if-match", "prefer", "dry_run"],
            Body::Json(reference(&format!("{name}Update"))),
            Answer::Json(200, reference(&name)),
        ),
        operation("delete", &one, format!("delete{name}"), format!("Delete a {label}"), &["permanent"], Body::None, Answer::Nothing),
        operation(
            "post",
            &format!("{all}/batch"),
            format!("batch{name}"),
            format!("Many changes of {plural}"),
            &["dry_run"],
            Body::Json(batch(&name)),
            Answer::Json(200, reference("BatchAnswer")),
        ),
        operation(
            "post",
            &format!("{all}/bulk"),
            format!("bulk{name}"),
            format!("One change of many {plural}"),
            &["dry_run"],
            Body::Json(bulk(&name)),
            Answer::Json(200, reference("BulkAnswer")),
        ),
    ];
    operations.into_iter().for_each(|it| it.add(paths));
}

fn batch(name: &str) -> Json {
    let id = json!({ "type": "string", "format": "uuid" });
    let one = |op: &str, more: Json, required: Json| {
        let mut properties = json!({ "op": { "const": op } });
        if let (Some(all), Some(more)) = (properties.as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
        json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
    };
    json!({
        "type": "object", "additionalProperties": false, "required": ["mode", "operations"],
        "properties": {
            "mode": { "enum": ["all_or_nothing", "row_by_row"] },
            "operations": { "type": "array", "maxItems": 10_000, "items": { "oneOf": [
                one("create", json!({ "values": reference(&format!("{name}Create")) }), json!(["op", "values"])),
                one("update", json!({ "id": id, "version": { "type": ["integer", "null"] }, "values": reference(&format!("{name}Update")) }), json!(["op", "id", "values"])),
                one("delete", json!({ "id": id }), json!(["op", "id"])),
                one("restore", json!({ "id": id }), json!(["op", "id"])),
            ] } },
        },
    })
}

fn bulk(name: &str) -> Json {
    let ids = json!({ "type": "array", "items": { "type": "string", "format": "uuid" } });
    json!({
        "type": "object", "additionalProperties": false, "required": ["change"],
        "properties": {
            "ids": ids, "filter": { "type": "string" }, "expected_count": { "type": "integer" },
            "change": { "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": {
                "update": reference(&format!("{name}Update")), "add_tags": ids, "remove_tags": ids, "delete": { "const": true }, "restore": { "const": true },
            } },
        },
    })
}

fn add_action(action: &ActionDefinition, paths: &mut Map<String, Json>, schemas: &mut Map<String, Json>) {
    let input: Map<String, Json> = action.input.iter().map(|it| (it.name.clone(), fields::input(it))).collect();
    let required: Vec<String> = action.input.iter().filter(|it| it.required && it.default.is_none()).map(|it| it.name.clone()).collect();
    let name = format!("{}{}Input", type_name(&action.object), type_name(&action.name));
    schemas.insert(name.clone(), closed(input, &required));
    let path = match action.on {
        ActionPlace::Record => format!("/records/{}/{{id}}/actions/{}", action.object, action.name),
        ActionPlace::Object => format!("/records/{}/actions/{}", action.object, action.name),
        ActionPlace::Nothing => format!("/actions/{}", action.name),
    };
    let tag = if action.object.is_empty() { "actions" } else { action.object.as_str() };
    let id = format!("run{}{}", type_name(&action.object), type_name(&action.name));
    let summary = action.help.as_ref().map_or_else(|| action.label.en.clone(), |it| it.en.clone());
    let (body, answer) = (Body::Json(reference(&name)), Answer::Json(200, json!({})));
    Operation { method: "post", path, id, tag, summary, open: Open::Members, parameters: &["dry_run"], body, answer }.add(paths);
}
