//! Paths and schemas of each object and its actions: the routes of any object once more, with what its definition says.
//! Those that `/records/OBJECT/{id}` could be mistaken for are among them even where they are the same for all objects.
//!
//! Names have `Record` between that of the object and what they are, so that no object can be called like something else.

use std::sync::Arc;

use guanxi_kernel::app::{ActionDefinition, ActionPlace};
use guanxi_kernel::read::AggregateAnswer;
use guanxi_kernel::schema::{Field, Object};
use serde_json::{Map, Value as Json, json};

use super::any_record::page_of;
use super::operation::{Operation, Shape, delete, get, patch, post};
use super::{Document, Source, closed, fields, reference, type_name};
use crate::http::routes::batch_records::BatchAnswer;
use crate::http::routes::bulk_records::BulkAnswer;
use crate::http::routes::{AGGREGATE, EXPORT, EXPORTED, LIST, READ, UPDATE};

/// Adds those of every object.
pub(super) fn add(source: &Source<'_>, document: &mut Document) {
    for object in source.objects() {
        add_schemas(source, object, document);
        operations(object).into_iter().for_each(|it| document.add(it));
    }
    for action in source.registry.actions() {
        let definition = action.definition();
        let is_known = definition.object.is_empty() || source.objects().any(|it| it.name == definition.object);
        if is_known && source.access.may_act(&definition.object, &definition.name) {
            add_action(definition, document);
        }
    }
}

fn settable(field: &Field) -> bool {
    !field.is_computed() && !field.definition.read_only
}

fn add_schemas(source: &Source<'_>, object: &Arc<Object>, document: &mut Document) {
    let name = format!("{}Record", type_name(&object.name));
    let mut record = Map::new();
    record.insert("id".into(), json!({ "type": "string", "format": "uuid" }));
    record.insert("version".into(), json!({ "type": "integer", "format": "int64", "minimum": 1 }));
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
    if object.definition.in_circle.is_some() {
        let about = "Fields that are covered of this record until it is somebody's, or (`unopened`) until it is asked for by itself; those hidden or unopened answer null. Absent where none is.";
        record.insert(
            "_covered".into(),
            json!({ "type": "object", "description": about, "additionalProperties": { "enum": ["hidden", "masked", "unopened"] } }),
        );
    }
    let required_out = json!(["id", "version"]);
    let record = json!({ "type": "object", "title": object.definition.label.en, "required": required_out, "properties": record });
    let component = |name: &str| schemars::Schema::new_ref(format!("#/components/schemas/{name}"));
    document.components.add(format!("{name}List"), page_of(component(&name), component("Count")).into());
    document.components.add(format!("{name}Create"), closed(input.clone(), &required));
    document.components.add(format!("{name}Update"), closed(input, &[]));
    document.components.add(name, record);
}

fn operations(object: &Arc<Object>) -> Vec<Operation> {
    let name = format!("{}Record", type_name(&object.name));
    let label = object.definition.label.en.to_lowercase();
    let plural = object.definition.plural.as_ref().map_or_else(|| label.clone(), |it| it.en.to_lowercase());
    let all = format!("/records/{}", object.name);
    let one = format!("{all}/{{id}}");
    let schema = |ending: &str| Shape::Given(reference(&format!("{name}{ending}")));
    let operations = [
        get(all.clone(), format!("list{name}s"), format!("List {plural}")).with(LIST).answers_shape(200, schema("List")),
        post(all.clone(), format!("create{name}"), format!("New {label}")).dry_runs().takes_shape(schema("Create")).answers_shape(201, schema("")),
        get(one.clone(), format!("get{name}"), format!("One {label}")).with(READ).answers_shape(200, schema("")),
        patch(one.clone(), format!("update{name}"), format!("Change a {label}"))
            .with(UPDATE)
            .dry_runs()
            .takes_shape(schema("Update"))
            .answers_shape(200, schema("")),
        delete(one, format!("delete{name}"), format!("Delete a {label}")).with(&["permanent"]),
        get(format!("{all}/aggregate"), format!("aggregate{name}s"), format!("Groups and measures of {plural}"))
            .with(AGGREGATE)
            .answers::<AggregateAnswer>(),
        get(format!("{all}/export"), format!("export{name}s"), format!("{plural} as a file")).with(EXPORT).answers_bytes(EXPORTED),
        post(format!("{all}/batch"), format!("batch{name}s"), format!("Many changes of {plural}"))
            .dry_runs()
            .takes_shape(Shape::Given(batch(&name)))
            .answers::<BatchAnswer>(),
        post(format!("{all}/bulk"), format!("bulk{name}s"), format!("One change of many {plural}"))
            .dry_runs()
            .takes_shape(Shape::Given(bulk(&name)))
            .answers::<BulkAnswer>(),
    ];
    operations.into_iter().map(|it| it.tagged(object.name.clone())).collect()
}

/// As the type of the route has it, with the values of this object.
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

/// As the type of the route has it, with the values of this object.
fn bulk(name: &str) -> Json {
    let ids = json!({ "type": "array", "items": { "type": "string", "format": "uuid" } });
    json!({
        "type": "object", "additionalProperties": false, "required": ["change"],
        "properties": {
            "ids": ids, "filter": { "type": "string" }, "q": { "type": "string" }, "expected_count": { "type": "integer" },
            "change": { "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": {
                "update": reference(&format!("{name}Update")), "add_tags": ids, "remove_tags": ids, "delete": { "const": true }, "restore": { "const": true },
            } },
        },
    })
}

fn add_action(action: &ActionDefinition, document: &mut Document) {
    let input: Map<String, Json> = action.input.iter().map(|it| (it.name.clone(), fields::input(it))).collect();
    let required: Vec<String> = action.input.iter().filter(|it| it.required && it.default.is_none()).map(|it| it.name.clone()).collect();
    let of = if action.object.is_empty() { "No".to_owned() } else { type_name(&action.object) };
    let name = format!("{of}Record{}", type_name(&action.name));
    document.components.add(format!("{name}Input"), closed(input, &required));
    let path = match action.on {
        ActionPlace::Record => format!("/records/{}/{{id}}/actions/{}", action.object, action.name),
        ActionPlace::Object => format!("/records/{}/actions/{}", action.object, action.name),
        ActionPlace::Nothing => format!("/actions/{}", action.name),
    };
    let tag = if action.object.is_empty() { "actions".to_owned() } else { action.object.clone() };
    let summary = action.help.as_ref().map_or_else(|| action.label.en.clone(), |it| it.en.clone());
    let operation = post(path, format!("run{name}"), summary)
        .tagged(tag)
        .dry_runs()
        .takes_shape(Shape::Given(reference(&format!("{name}Input"))))
        .answers::<guanxi_kernel::schema::AnyJson>();
    document.add(operation);
}
