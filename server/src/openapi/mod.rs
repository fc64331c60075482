//! The API in machine-readable form: OpenAPI 3.1, made from the routes and the registry as they run, custom objects included.
//!
//! An operation is declared where it is routed (`http/routes/mod.rs`), with the Rust types it reads and writes; their
//! schemas follow from the types. What is said here by hand is what no type says: records, which the engine writes as
//! text by their definitions.

mod any_record;
mod components;
mod definitions;
mod fields;
mod operation;
mod parameters;
mod problems;
mod records;
mod values;

use std::sync::Arc;

use guanxi_kernel::access::{Access, Place, Shown, Verb};
use guanxi_kernel::app::Registry;
use guanxi_kernel::read::Count;
use guanxi_kernel::schema::{Field, Object, Schema};
use serde_json::{Map, Value as Json, json};

pub use any_record::{AnyRecord, AnyRecordPage, AnyValues};
pub use definitions::{definition_schema, extension_schema, pack_schema};
pub use operation::{Operation, Shape, delete, get, patch, post};

use crate::errors::Problem;
use crate::http::{Reference, routes};
use components::Components;

/// What the document is made of.
pub struct Source<'a> {
    /// Objects and fields.
    pub schema: &'a Schema,
    /// Actions.
    pub registry: &'a Registry,
    /// For whom: what he may not know of is absent.
    pub access: &'a Access,
}

impl Source<'_> {
    fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.schema.objects.values().filter(|it| self.access.may(it, Verb::Read))
    }

    fn fields<'o>(&'o self, object: &'o Object) -> impl Iterator<Item = &'o Field> {
        object.fields.iter().filter(|it| self.access.shown_uncovered(object, it, Place::Record) != Shown::No)
    }
}

/// A document that grows.
struct Document {
    paths: Map<String, Json>,
    components: Components,
}

impl Document {
    fn add(&mut self, operation: Operation) {
        let (path, method) = (operation.path.to_string(), operation.method);
        let described = operation.describe(&mut self.components);
        self.paths.entry(path).or_insert_with(|| json!({}))[method] = described;
    }
}

/// The whole document.
pub fn document(source: &Source<'_>) -> Json {
    let mut document = Document { paths: Map::new(), components: Components::new() };
    // Those that records and responses name by hand.
    for shape in [Shape::of::<Problem>(), Shape::of::<Reference>(), Shape::of::<Count>()] {
        document.components.answer(&shape);
    }
    values::schemas().into_iter().for_each(|(name, schema)| document.components.add(name, schema));
    routes::api_routes().into_iter().for_each(|it| document.add(it.operation));
    records::add(source, &mut document);
    let mut paths = Json::Object(document.paths);
    let schemas = document.components.finish(&mut paths);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guanxi",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A collaborative CRM on your own machine",
            "description": "Values, errors, filters and paging are described in docs/api.md. Every object of the workspace has its own paths and schemas here, those it added itself included; the same routes stand once more for any object.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "session": [] }, { "apiKey": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters::parameters(),
            "responses": problems::responses(),
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "guanxi_session", "description": "Set by signing in. Over https its name is __Host-guanxi_session." },
                "csrf": { "type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "csrf_token of Me; needed with the session for every method but GET and HEAD." },
                "apiKey": { "type": "http", "scheme": "bearer", "description": "A key of /me/api-keys, gx_..." },
            },
        },
    })
}

/// `{"$ref": ...}` to a schema.
fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// `sales_order` as `SalesOrder`, `line_2` as `Line_2`: no two names become the same.
fn type_name(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next();
        let apart = if first.is_some_and(|it| it.is_ascii_digit()) { "_" } else { "" };
        apart.chars().chain(first.map(|it| it.to_ascii_uppercase())).chain(letters).collect::<String>()
    };
    name.split('_').map(capital).collect()
}

/// A JSON object schema that takes nothing else.
fn closed(properties: Map<String, Json>, required: &[String]) -> Json {
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}
