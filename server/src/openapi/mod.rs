//! The API in machine-readable form: OpenAPI 3.1, made from the registry as it runs, custom objects included.

mod definitions;
mod fields;
mod operations;
mod records;
mod rights;
mod schemas;
mod sign_in;

use std::sync::Arc;

use guanxi_kernel::access::{Access, Place, Shown, Verb};
use guanxi_kernel::app::Registry;
use guanxi_kernel::schema::{Field, Object, Schema};
use serde_json::{Map, Value as Json, json};

pub use definitions::definition_schema;

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
        object.fields.iter().filter(|it| self.access.shown(object, it, Place::Record) != Shown::No)
    }
}

/// The whole document.
pub fn document(source: &Source<'_>) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    let mut schemas = schemas::shared();
    operations::add(&mut paths);
    records::add(source, &mut paths, &mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guanxi",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A collaborative CRM on your own machine",
            "description": "Values, errors, filters and paging are described in docs/api.md. Every object of the workspace has its own paths and schemas here, those it added itself included.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "session": [] }, { "apiKey": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": operations::parameters(),
            "responses": { "Problem": {
                "description": "What went wrong, in the caller's language (RFC 9457)",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            } },
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

/// `sales_order` as `SalesOrder`.
fn type_name(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|it| it.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
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
