//! Holds every request and answer of a test against what the API tells of itself: a route that takes or answers something
//! else than its OpenAPI operation says fails the test that calls it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::{HeaderMap, Method, header};
use guanxi_kernel::access::Access;
use guanxi_kernel::schema::{Object, Schema};
use guanxi_kernel::workspace::Workspace;
use guanxi_server::openapi::{Source, document};
use guanxi_server::scim_document;
use jsonschema::Validator;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// Where the API begins.
const BASE: &str = "/api/v1";
/// Where SCIM begins.
const SCIM: &str = "/scim/v2";

/// An exchange to be checked.
pub(crate) struct Exchange<'a> {
    pub method: &'a Method,
    /// Path and query as sent.
    pub target: &'a str,
    /// The JSON sent.
    pub sent: Option<&'a Json>,
    pub status: u16,
    pub headers: &'a HeaderMap,
    /// The JSON answered.
    pub json: &'a Json,
}

/// What a workspace with these definitions promises.
struct Promised {
    schema: Arc<Schema>,
    promise: Arc<Promise>,
}

/// All that was promised in this process: putting a document together takes longer than most tests. Definitions come back,
/// on the other store or after a field came and went.
static PROMISED: Mutex<Vec<Promised>> = Mutex::new(Vec::new());

/// Whether both describe the same objects.
fn same_objects(one: &Schema, other: &Schema) -> bool {
    let same = |(a, b): (&Arc<Object>, &Arc<Object>)| Arc::ptr_eq(a, b) || (a.definition == b.definition && a.app == b.app && a.origin == b.origin);
    one.objects.len() == other.objects.len() && one.objects.values().zip(other.objects.values()).all(same)
}

/// What the workspaces of a server promised, by their ids and the versions of their definitions.
#[derive(Default)]
pub(crate) struct Contract {
    promises: Mutex<BTreeMap<(String, i64), Arc<Promise>>>,
    kept: Mutex<BTreeSet<String>>,
    scim: OnceLock<Promise>,
}

impl Contract {
    /// Fails unless the exchange is as promised.
    pub fn check(&self, workspace: &Workspace, exchange: &Exchange<'_>) {
        let (path, query) = exchange.target.split_once('?').unwrap_or((exchange.target, ""));
        if let Some(path) = path.strip_prefix(SCIM).filter(|it| it.starts_with('/')) {
            return self.check_scim(path, query, exchange);
        }
        // What climbs out of the API again is not of it.
        let Some(path) = path.strip_prefix(BASE).filter(|it| it.starts_with('/') && !it.contains("/../")) else { return };
        let promise = self.promise(workspace);
        let what = format!("{} {path} answers {} {}", exchange.method, exchange.status, exchange.json);
        if content_type(exchange.headers) == "application/problem+json" {
            promise.hold("a problem", &json!({ "$ref": "#/components/schemas/Problem" }), exchange.json, &what);
        }
        let kept = promise.check(path, query, exchange, &what);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(kept);
    }

    fn check_scim(&self, path: &str, query: &str, exchange: &Exchange<'_>) {
        let promise = self.scim.get_or_init(|| Promise::new(scim_document()));
        let what = format!("{} {SCIM}{path} answers {} {}", exchange.method, exchange.status, exchange.json);
        if exchange.status >= 400 {
            promise.hold("an error of SCIM", &json!({ "$ref": "#/components/schemas/Error" }), exchange.json, &what);
        }
        let kept = promise.check(path, query, exchange, &what);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(kept);
    }

    /// Fails unless an event of the stream is as promised.
    pub fn check_event(&self, workspace: &Workspace, event: &Json) {
        let schema = json!({ "$ref": "#/components/schemas/Event" });
        self.promise(workspace).hold("an event", &schema, event, &event.to_string());
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert("streamEvents".into());
    }

    /// Fails unless a message of the socket is as promised.
    pub fn check_live(&self, workspace: &Workspace, message: &Json) {
        let schema = json!({ "$ref": "#/components/schemas/LiveMessage" });
        self.promise(workspace).hold("a live message", &schema, message, &message.to_string());
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert("openLive".into());
    }

    /// Ids of the operations that succeeded, as promised.
    pub fn kept(&self) -> BTreeSet<String> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn promise(&self, workspace: &Workspace) -> Arc<Promise> {
        let schema = workspace.schema();
        let make = || {
            let mut promised = PROMISED.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = promised.iter().find(|it| same_objects(&it.schema, &schema)) {
                return found.promise.clone();
            }
            let access = Access::system(Uuid::nil());
            let document = document(&Source { schema: &schema, registry: &workspace.registry, access: &access });
            let promise = Arc::new(Promise::new(document));
            promised.push(Promised { schema: schema.clone(), promise: promise.clone() });
            promise
        };
        let mut promises = self.promises.lock().unwrap_or_else(PoisonError::into_inner);
        promises.entry((workspace.id.clone(), schema.version)).or_insert_with(make).clone()
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    let text = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim()
}

/// An operation that a path may mean.
struct Fitting<'a> {
    /// How many pieces of the path are its parameters.
    parameters: usize,
    /// It names no object and no action.
    is_of_any: bool,
    operation: &'a Json,
}

fn fewest_parameters(fitting: Vec<Fitting<'_>>) -> Option<Fitting<'_>> {
    fitting.into_iter().min_by_key(|it| it.parameters)
}

struct Promise {
    document: Json,
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Promise {
    fn new(document: Json) -> Self {
        Self { document, validators: Mutex::default() }
    }

    /// Answers the ids of the operations that succeeded: what serves all objects is promised for any and for each.
    fn check(&self, path: &str, query: &str, exchange: &Exchange<'_>, what: &str) -> Vec<String> {
        if !(200..300).contains(&exchange.status) {
            return Vec::new();
        }
        let (of_any, of_each): (Vec<_>, Vec<_>) = self.fitting(exchange.method, path).into_iter().partition(|it| it.is_of_any);
        assert!(!of_any.is_empty(), "{what}, and the API tells of no such operation");
        // `/records/account/{id}` fits `/records/account/restored` too, but would not be what serves it.
        let of_each = fewest_parameters(of_each).filter(|each| of_any.iter().all(|any| each.parameters < any.parameters));
        of_each.into_iter().chain(fewest_parameters(of_any)).map(|it| self.check_operation(it.operation, query, exchange, what)).collect()
    }

    fn check_operation(&self, operation: &Json, query: &str, exchange: &Exchange<'_>, what: &str) -> String {
        for name in query.split('&').filter_map(|it| it.split('=').next()).filter(|it| !it.is_empty()) {
            assert!(self.takes_parameter(operation, name), "{what}, and the operation has no parameter `{name}`");
        }
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let promised = &operation["responses"][exchange.status.to_string()];
        assert!(promised.is_object(), "{what}, and the operation has no such answer");
        let kind = content_type(exchange.headers);
        let content = promised["content"].get(kind).or_else(|| promised["content"].get("*/*"));
        assert!(content.is_some() || exchange.status == 204, "{what}, and the operation promises no {kind:?}");
        // A file is JSON of no certain form; what is compressed was not read.
        let schema = content.and_then(|it| it.get("schema")).filter(|_| !exchange.headers.contains_key(header::CONTENT_ENCODING));
        if let Some(schema) = schema {
            self.hold(&format!("{id} {} out", exchange.status), schema, exchange.json, what);
        }
        let taken = &operation["requestBody"]["content"]["application/json"]["schema"];
        // A request that was only tried, or carried out in part, may be wrong.
        let carried_out = !query.contains("dry_run") && exchange.json["failed"].as_u64().unwrap_or(0) == 0;
        if let (Some(sent), true) = (exchange.sent, taken.is_object() && carried_out) {
            self.hold(&format!("{id} in"), taken, sent, &format!("{what} and takes {sent}"));
        }
        id
    }

    /// The operations whose path this may be.
    fn fitting<'a>(&'a self, method: &Method, path: &str) -> Vec<Fitting<'a>> {
        let method = method.as_str().to_ascii_lowercase();
        let wanted: Vec<&str> = path.split('/').collect();
        let fit = |(template, item): (&'a String, &'a Json)| {
            let pieces: Vec<&str> = template.split('/').collect();
            let is_parameter = |it: &str| it.starts_with('{');
            if pieces.len() != wanted.len() || !pieces.iter().zip(&wanted).all(|(it, other)| is_parameter(it) || it == other) {
                return None;
            }
            let named = pieces.windows(2).any(|it| matches!(it[0], "records" | "actions") && !is_parameter(it[1]));
            let parameters = pieces.iter().filter(|it| is_parameter(it)).count();
            Some(Fitting { parameters, is_of_any: !named, operation: item.get(&method)? })
        };
        self.document["paths"].as_object().into_iter().flatten().filter_map(fit).collect()
    }

    fn takes_parameter(&self, operation: &Json, name: &str) -> bool {
        let resolve = |it: &Json| it["$ref"].as_str().and_then(|it| self.document.pointer(&it[1..]).cloned()).unwrap_or_else(|| it.clone());
        operation["parameters"].as_array().into_iter().flatten().map(resolve).any(|it| it["in"] == "query" && it["name"] == name)
    }

    /// Fails unless the JSON is as the schema says, and has nothing that it does not say.
    fn hold(&self, key: &str, schema: &Json, json: &Json, what: &str) {
        let validator = {
            let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
            validators.entry(key.to_owned()).or_insert_with(|| Arc::new(self.validator(schema))).clone()
        };
        let errors: Vec<String> = validator.iter_errors(json).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{key} is not as the API tells:\n{}\n{what}", errors.join("\n"));
    }

    fn validator(&self, schema: &Json) -> Validator {
        let mut used = Map::new();
        self.collect(schema, &mut used);
        let mut whole = schema.clone();
        close(&mut whole);
        whole["components"] = json!({ "schemas": used });
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
        options.build(&whole).unwrap_or_else(|error| panic!("{schema} is no JSON Schema: {error}"))
    }

    /// Collects the schemas a schema refers to.
    fn collect(&self, json: &Json, into: &mut Map<String, Json>) {
        match json {
            Json::Object(map) => {
                let name = map.get("$ref").and_then(Json::as_str).and_then(|it| it.strip_prefix("#/components/schemas/"));
                if let Some(name) = name.filter(|it| !into.contains_key(*it)) {
                    let mut found = self.document["components"]["schemas"][name].clone();
                    assert!(!found.is_null(), "there is no schema {name}");
                    close(&mut found);
                    into.insert(name.to_owned(), found.clone());
                    self.collect(&found, into);
                }
                map.values().for_each(|it| self.collect(it, into));
            }
            Json::Array(items) => items.iter().for_each(|it| self.collect(it, into)),
            _ => {}
        }
    }
}

/// Objects that do not say otherwise have nothing but what is described. The API leaves answers open, so that clients bear
/// what is added; a test does not bear what nobody described.
fn close(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            map.values_mut().for_each(close);
            let is_object = map.get("properties").is_some_and(Json::is_object) && map.contains_key("type");
            if is_object && !map.contains_key("additionalProperties") {
                map.entry("unevaluatedProperties").or_insert(json!(false));
            }
        }
        Json::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise() -> Promise {
        let thing = json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" } } });
        let answer = |schema: Json| json!({ "200": { "content": { "application/json": { "schema": schema } } } });
        Promise::new(json!({
            "paths": {
                "/things/{id}": { "get": { "operationId": "getThing", "responses": answer(json!({ "$ref": "#/components/schemas/Thing" })) } },
                "/things/all": { "get": { "operationId": "getAll", "responses": answer(json!({ "type": "array" })) } },
            },
            "components": { "schemas": { "Thing": thing } },
        }))
    }

    fn check(target: &str, status: u16, json: &Json) -> Result<Vec<String>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let exchange = Exchange { method: &Method::GET, target, sent: None, status, headers: &headers, json };
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| promise().check(path, query, &exchange, "it")));
        checked.map_err(|it| it.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn what_was_not_promised_fails() {
        let id = "01890000-0000-7000-8000-000000000000";
        assert_eq!(check("/things/1", 200, &json!({ "id": id })), Ok(vec!["getThing".into()]));
        assert_eq!(check("/things/all", 200, &json!([])), Ok(vec!["getAll".into()]));
        assert_eq!(check("/things/1", 404, &json!({})), Ok(vec![]));
        for (target, status, json, reason) in [
            ("/things/1", 200, json!({}), "required"),
            ("/things/1", 200, json!({ "id": "1" }), "uuid"),
            ("/things/1", 200, json!({ "id": id, "more": 1 }), "more"),
            ("/things/all", 200, json!({ "id": id }), "array"),
            ("/things/1", 201, json!({ "id": id }), "no such answer"),
            ("/things/1?x=1", 200, json!({ "id": id }), "no parameter `x`"),
            ("/others", 200, json!({}), "no such operation"),
        ] {
            let failed = check(target, status, &json).unwrap_err();
            assert!(failed.contains(reason), "{target} {status} {json}: {failed}");
        }
    }
}
