//! SCIM in machine-readable form: an OpenAPI document beside the API's, made from the attributes this server tells of itself
//! (`discovery`), so that tests, scanners and readers see each of its operations.

use serde_json::{Map, Value as Json, json};

use super::attributes::{ENTERPRISE, GROUP, USER};
use super::discovery::schemas;
use super::resource::MAX_COUNT;

const CONTENT: &str = "application/scim+json";

/// The whole document.
pub fn document() -> Json {
    let mut paths = Map::new();
    for (path, id, summary, schema) in [
        ("/ServiceProviderConfig", "scimServiceProviderConfig", "What this server can", "ServiceProviderConfig"),
        ("/ResourceTypes", "scimListResourceTypes", "What resources there are", "ResourceTypeList"),
        ("/ResourceTypes/{id}", "scimGetResourceType", "One kind of resource", "ResourceType"),
        ("/Schemas", "scimListSchemas", "Of what attributes resources are", "SchemaList"),
        ("/Schemas/{id}", "scimGetSchema", "The attributes of one schema", "Schema"),
    ] {
        let parameters = if path.ends_with("{id}") { vec![by_id("string")] } else { Vec::new() };
        paths.insert(path.into(), json!({ "get": operation(id, summary, &parameters, None, &[("200", Some(schema))]) }));
    }
    for (kind, what) in [("User", "member"), ("Group", "team")] {
        let (all, one) = of_kind(kind, what);
        paths.insert(format!("/{kind}s"), all);
        paths.insert(format!("/{kind}s/{{id}}"), one);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guanxi: members and teams by SCIM 2.0",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "RFC 7643 and 7644, for identity systems",
            "description": "Beside the API, with tokens of its own (docs/scim.md). Attributes that are not here are passed over.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": super::BASE }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": components(),
            "responses": { "Error": { "description": "What went wrong, as RFC 7644 3.12 has it", "content": { CONTENT: { "schema": reference("Error") } } } },
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "A token of Settings › Single sign-on; opens nothing else." } },
        },
    })
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn by_id(kind: &str) -> Json {
    let schema = if kind == "uuid" { json!({ "type": "string", "format": "uuid" }) } else { json!({ "type": "string" }) };
    json!({ "name": "id", "in": "path", "required": true, "schema": schema })
}

fn query(name: &str, description: &str, schema: &Json) -> Json {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// Which attributes are told.
fn selection() -> Vec<Json> {
    let text = json!({ "type": "string" });
    let of = |it: &str, what: &str| query(it, what, &text);
    vec![of("attributes", "Only these attributes, with commas"), of("excludedAttributes", "All but these, with commas")]
}

/// An operation: `body` is the schema it takes, `answers` are the statuses of success with the schema each has.
fn operation(id: &str, summary: &str, parameters: &[Json], body: Option<&str>, answers: &[(&str, Option<&str>)]) -> Json {
    let mut responses = Map::new();
    for (status, schema) in answers {
        let mut answer = json!({ "description": "Done" });
        if let Some(schema) = schema {
            answer["content"] = json!({ CONTENT: { "schema": reference(schema) } });
        }
        responses.insert((*status).to_owned(), answer);
    }
    responses.insert("default".into(), json!({ "$ref": "#/components/responses/Error" }));
    let mut described = json!({ "operationId": id, "summary": summary, "parameters": parameters, "responses": responses });
    if let Some(body) = body {
        described["requestBody"] = json!({ "required": true, "content": { CONTENT: { "schema": reference(body) } } });
    }
    described
}

/// The paths of all and of one of a kind.
fn of_kind(kind: &str, what: &str) -> (Json, Json) {
    let known = json!({ "name": "If-Match", "in": "header", "description": "W/\"3\": only that version", "schema": { "type": "string" } });
    let one = |more: Vec<Json>| [vec![by_id("uuid")], more].concat();
    let (list, new) = (format!("{kind}List"), format!("{kind}Values"));
    let whole = json!({ "type": "integer" });
    let mut pages = vec![
        query("filter", "An expression of RFC 7644 3.4.2.2", &json!({ "type": "string", "maxLength": 4000 })),
        query("startIndex", "Where the page begins, from 1", &whole),
        query("count", &format!("How many, at most {MAX_COUNT}"), &whole),
    ];
    pages.extend(selection());
    let all = json!({
        "get": operation(&format!("scimList{kind}s"), &format!("A page of {what}s"), &pages, None, &[("200", Some(&list))]),
        "post": operation(&format!("scimCreate{kind}"), &format!("A new {what}"), &[], Some(&new), &[("201", Some(kind))]),
    });
    let change = one(vec![known.clone()]);
    let changed: &[(&str, Option<&str>)] = &[("200", Some(kind))];
    let by_id = json!({
        "get": operation(&format!("scimGet{kind}"), &format!("One {what}"), &one(selection()), None, changed),
        "put": operation(&format!("scimReplace{kind}"), &format!("The whole {what} anew"), &change, Some(&new), changed),
        "patch": operation(&format!("scimPatch{kind}"), &format!("Changes of a {what}"), &change, Some("PatchRequest"), changed),
        "delete": operation(&format!("scimDelete{kind}"), &format!("A {what} to the recycle bin"), &change, None, &[("204", None)]),
    });
    (all, by_id)
}

/// Attributes as properties of an answer.
fn properties(attributes: &Json) -> Map<String, Json> {
    let list = attributes.as_array().into_iter().flatten();
    list.map(|it| (it["name"].as_str().unwrap_or_default().to_owned(), property(it))).collect()
}

fn property(attribute: &Json) -> Json {
    let one = match attribute["type"].as_str() {
        Some("boolean") => json!({ "type": "boolean" }),
        Some("complex") => {
            let mut parts = properties(&attribute["subAttributes"]);
            // Members and managers lead to resources.
            if matches!(attribute["name"].as_str(), Some("members" | "manager")) {
                parts.insert("$ref".into(), json!({ "type": "string" }));
                parts.insert("type".into(), json!({ "type": "string" }));
                for name in ["display", "displayName"] {
                    parts.entry(name).and_modify(|it| *it = json!({ "type": ["string", "null"] }));
                }
            }
            json!({ "type": "object", "properties": parts })
        }
        _ => json!({ "type": "string" }),
    };
    if attribute["multiValued"] == true { json!({ "type": "array", "items": one }) } else { one }
}

fn components() -> Json {
    let told = schemas();
    let of = |id: &str| {
        let schema = told["Resources"].as_array().into_iter().flatten().find(|it| it["id"] == id);
        properties(&schema.map(|it| it["attributes"].clone()).unwrap_or_default())
    };
    let mut all = Map::new();
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    for (kind, schema) in [("User", USER), ("Group", GROUP)] {
        let mut attributes = of(schema);
        attributes.insert("schemas".into(), texts.clone());
        attributes.insert("externalId".into(), json!({ "type": "string" }));
        if kind == "User" {
            attributes.insert(ENTERPRISE.into(), json!({ "type": "object", "properties": of(ENTERPRISE) }));
        }
        // What is sent is read leniently: names in any case, attributes of others passed over.
        let name = if kind == "User" { "userName" } else { "displayName" };
        let sent = json!({ "type": "object", "additionalProperties": true, "required": [name], "properties": attributes });
        all.insert(format!("{kind}Values"), sent);
        attributes.insert("id".into(), json!({ "type": "string", "format": "uuid" }));
        attributes.insert("meta".into(), reference("Meta"));
        all.insert(kind.into(), json!({ "type": "object", "required": ["schemas", "id", "meta"], "properties": attributes }));
    }
    for kind in ["User", "Group", "ResourceType", "Schema"] {
        all.insert(format!("{kind}List"), list_of(kind));
    }
    all.extend(of_itself());
    Json::Object(all)
}

fn list_of(kind: &str) -> Json {
    let (whole, texts) = (json!({ "type": "integer", "minimum": 0 }), json!({ "type": "array", "items": { "type": "string" } }));
    json!({
        "type": "object",
        "required": ["schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"],
        "properties": {
            "schemas": texts, "totalResults": whole, "startIndex": whole, "itemsPerPage": whole,
            "Resources": { "type": "array", "items": reference(kind) },
        },
    })
}

/// What the server says of itself, errors and changes: of the standard's form.
fn of_itself() -> Map<String, Json> {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let open =
        |required: &[&str]| json!({ "type": "object", "required": required, "properties": { "schemas": texts }, "additionalProperties": true });
    let time = json!({ "type": "string", "format": "date-time" });
    let meta = json!({
        "type": "object", "required": ["resourceType", "location"],
        "properties": { "resourceType": text, "location": text, "created": time, "lastModified": time, "version": text },
    });
    let error = json!({
        "type": "object", "required": ["schemas", "status", "detail"],
        "properties": { "schemas": texts, "status": text, "detail": text, "scimType": text },
    });
    let change = json!({
        "type": "object", "required": ["op"], "additionalProperties": true,
        "properties": { "op": { "type": "string", "description": "add, replace or remove, in any case" }, "path": text, "value": {} },
    });
    let patch = json!({
        "type": "object", "required": ["Operations"], "additionalProperties": true,
        "properties": { "schemas": texts, "Operations": { "type": "array", "minItems": 1, "items": change } },
    });
    [
        ("Meta", meta),
        ("Error", error),
        ("PatchRequest", patch),
        ("ServiceProviderConfig", open(&["schemas", "patch", "bulk", "filter", "authenticationSchemes"])),
        ("ResourceType", open(&["schemas", "id", "name", "endpoint", "schema"])),
        ("Schema", open(&["schemas", "id", "name", "attributes"])),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}
