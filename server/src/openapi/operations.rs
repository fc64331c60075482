//! Operations that belong to no object in particular.

use serde_json::{Map, Value as Json, json};

use super::{reference, sign_in};

/// How an operation may be called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// By everyone.
    Everyone,
    /// By members.
    Members,
}

/// What an operation takes.
pub(super) enum Body {
    None,
    Json(Json),
    Bytes,
}

/// What it answers.
pub(super) enum Answer {
    Nothing,
    Json(u16, Json),
    Bytes(&'static str),
}

/// One operation.
pub(super) struct Operation<'a> {
    pub method: &'a str,
    pub path: String,
    pub id: String,
    pub tag: &'a str,
    pub summary: String,
    pub open: Open,
    /// Names of shared parameters.
    pub parameters: &'a [&'a str],
    pub body: Body,
    pub answer: Answer,
}

impl Operation<'_> {
    /// Puts it among the paths.
    pub fn add(self, paths: &mut Map<String, Json>) {
        let in_path = self.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
        let mut parameters: Vec<Json> =
            in_path.map(|it| json!({ "name": it, "in": "path", "required": true, "schema": { "type": "string" } })).collect();
        parameters.extend(self.parameters.iter().map(|it| json!({ "$ref": format!("#/components/parameters/{it}") })));
        let writes = self.method != "get";
        if matches!(self.method, "post" | "patch") && self.open == Open::Members {
            parameters.push(json!({ "$ref": "#/components/parameters/idempotency-key" }));
        }
        let mut responses = Map::new();
        match self.answer {
            Answer::Nothing => responses.insert("204".into(), json!({ "description": "Done" })),
            Answer::Json(status, schema) => {
                responses.insert(status.to_string(), json!({ "description": "The answer", "content": { "application/json": { "schema": schema } } }))
            }
            Answer::Bytes(kind) => responses.insert("200".into(), json!({ "description": "The content", "content": { kind: {} } })),
        };
        responses.insert("default".into(), json!({ "$ref": "#/components/responses/Problem" }));
        let mut operation = json!({ "operationId": self.id, "tags": [self.tag], "summary": self.summary, "responses": responses });
        if !parameters.is_empty() {
            operation["parameters"] = Json::Array(parameters);
        }
        match self.open {
            Open::Everyone => operation["security"] = json!([]),
            Open::Members if writes => operation["security"] = json!([{ "session": [], "csrf": [] }, { "apiKey": [] }]),
            Open::Members => {}
        }
        match self.body {
            Body::None => {}
            Body::Json(schema) => operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } }),
            Body::Bytes => operation["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": {} } }),
        }
        let item = paths.entry(self.path).or_insert_with(|| json!({}));
        item[self.method] = operation;
    }
}

/// Parameters by name.
pub(super) fn parameters() -> Json {
    let query =
        |name: &str, schema: Json, about: &str| (name.to_owned(), json!({ "name": name, "in": "query", "schema": schema, "description": about }));
    let text = || json!({ "type": "string" });
    let all = [
        query("filter", text(), "Filter expression, docs/expressions.md"),
        query("sort", text(), "Fields separated by commas, - before a field for descending"),
        query("fields", text(), "Paths separated by commas; all without"),
        query("limit", json!({ "type": "integer", "minimum": 1, "maximum": 500 }), "Most items of a page"),
        query("cursor", text(), "next_cursor of the page before"),
        query("count", json!({ "enum": ["capped", "exact", "none"] }), "Whether and how to count"),
        query("deleted", json!({ "enum": ["only"] }), "The recycle bin instead"),
        query("q", text(), "Words, as search"),
        query("dry_run", json!({ "type": "boolean" }), "Only say what would happen"),
        query("permanent", json!({ "type": "boolean" }), "Erase for good; administrators"),
        query("group_by", text(), "Fields separated by commas, field:month for times"),
        query("measures", text(), "count, sum(field), avg(field), min(field), max(field)"),
        query("format", json!({ "enum": ["csv", "xlsx", "json"] }), "Kind of file"),
        query("kinds", text(), "Kinds of entries, separated by commas"),
        query("objects", text(), "Objects, separated by commas"),
        query("object", text(), "The object"),
        query("from", json!({ "type": "string", "format": "date-time" }), "From this time on"),
        query("until", json!({ "type": "string", "format": "date-time" }), "Before this time"),
        query("actor", json!({ "type": "string", "format": "uuid" }), "Who did it"),
        query("verb", text(), "create, sign_in, export, ..."),
        query("record", json!({ "type": "string", "format": "uuid" }), "The record"),
        query("member", json!({ "type": "string", "format": "uuid" }), "A member; the caller where absent"),
        query("after", json!({ "type": "integer" }), "seq of the last event known"),
        query("state", json!({ "enum": ["waiting", "running", "done", "dead"] }), "State of the jobs"),
        query("inline", json!({ "type": "boolean" }), "Shown in place where that is safe"),
    ];
    let mut map: Map<String, Json> = all.into_iter().collect();
    map.insert(
        "if-match".into(),
        json!({ "name": "If-Match", "in": "header", "schema": text(), "description": "The version the change is based on, as \"3\"" }),
    );
    map.insert("prefer".into(), json!({ "name": "Prefer", "in": "header", "schema": { "const": "merge" }, "description": "Fields nobody else changed since merge by themselves" }));
    map.insert(
        "idempotency-key".into(),
        json!({ "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "maxLength": 64 }, "description": "The same key and body give the first answer again" }),
    );
    Json::Object(map)
}

pub(super) fn object(properties: &Json, required: &[&str]) -> Json {
    let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

pub(super) fn items(of: &Json) -> Json {
    json!({ "type": "object", "required": ["items"], "properties": { "items": { "type": "array", "items": of }, "next_cursor": { "type": ["string", "null"] } } })
}

/// Method, path, id, summary, for whom, parameters, body, answer.
pub(super) type Line = (&'static str, &'static str, &'static str, &'static str, Open, &'static [&'static str], Body, Answer);

use Open::{Everyone, Members};

pub(super) fn text() -> Json {
    json!({ "type": "string" })
}

pub(super) fn any() -> Json {
    json!({})
}

pub(super) fn me() -> Answer {
    Answer::Json(200, reference("Me"))
}

pub(super) fn ok(schema: Json) -> Answer {
    Answer::Json(200, schema)
}

pub(super) fn empty() -> Body {
    Body::Json(json!({ "type": "object", "additionalProperties": false }))
}

fn definitions() -> Body {
    Body::Json(object(
        &json!({ "changes": { "type": "array", "minItems": 1, "maxItems": 500, "items": { "type": "object", "required": ["op"] } }, "accept_loss": { "type": "boolean" } }),
        &["changes"],
    ))
}

fn lines() -> Vec<Line> {
    [own_lines(), sign_in::lines(), record_lines(), transfer_lines(), administration_lines(), super::rights::lines()].into_iter().flatten().collect()
}

/// Setting up, and who one is.
fn own_lines() -> Vec<Line> {
    vec![
        ("get", "/setup", "getSetup", "Whether the server still needs its first administrator", Everyone, &[], Body::None, ok(any())),
        (
            "post",
            "/setup",
            "setUp",
            "Make the first administrator",
            Everyone,
            &[],
            Body::Json(object(
                &json!({ "company": text(), "name": text(), "email": text(), "password": text(), "locale": text(), "token": text() }),
                &["company", "name", "email", "password"],
            )),
            Answer::Json(201, reference("Me")),
        ),
        ("get", "/me", "getMe", "Who I am", Members, &[], Body::None, me()),
        (
            "patch",
            "/me",
            "changeMe",
            "Change my name and preferences",
            Members,
            &[],
            Body::Json(object(
                &json!({ "name": text(), "locale": text(), "time_zone": text(), "theme": { "enum": ["light", "dark", "system"] }, "density": { "enum": ["comfortable", "compact"] }, "preferences": { "type": "object" } }),
                &[],
            )),
            me(),
        ),
    ]
}

/// Records, search and the feed.
fn record_lines() -> Vec<Line> {
    vec![
        ("get", "/meta", "getMeta", "What there is: objects, fields, views and actions", Members, &[], Body::None, ok(any())),
        (
            "post",
            "/actions/{action}",
            "runAction",
            "Run an action that belongs to no object",
            Members,
            &["dry_run"],
            Body::Json(json!({ "type": "object" })),
            ok(any()),
        ),
        (
            "post",
            "/records/{object}/actions/{action}",
            "runObjectAction",
            "Run an action of an object as a whole",
            Members,
            &["dry_run"],
            Body::Json(json!({ "type": "object" })),
            ok(any()),
        ),
        (
            "post",
            "/changes/{id}/undo",
            "undoChange",
            "Take a change back",
            Members,
            &[],
            Body::None,
            ok(
                json!({ "type": "object", "properties": { "change_id": text(), "undone": { "type": "integer" }, "skipped": { "type": "array", "items": any() } } }),
            ),
        ),
        ("get", "/search", "search", "Find records by words", Members, &["q", "objects", "limit"], Body::None, ok(items(&any()))),
        (
            "get",
            "/events",
            "listEvents",
            "Changes in order, resumable for ever",
            Members,
            &["after", "limit", "objects"],
            Body::None,
            ok(items(&reference("Event"))),
        ),
        (
            "get",
            "/events/stream",
            "streamEvents",
            "The same as server-sent events",
            Members,
            &["after", "objects"],
            Body::None,
            Answer::Bytes("text/event-stream"),
        ),
        (
            "get",
            "/records/{object}/aggregate",
            "aggregate",
            "Groups and measures",
            Members,
            &["group_by", "measures", "filter", "q", "limit"],
            Body::None,
            ok(any()),
        ),
        ("post", "/records/{object}/{id}/restore", "restoreRecord", "Back from the recycle bin", Members, &[], Body::None, ok(any())),
        (
            "get",
            "/records/{object}/{id}/history",
            "getHistory",
            "Every change of a record",
            Members,
            &["cursor", "limit"],
            Body::None,
            ok(items(&any())),
        ),
        (
            "get",
            "/records/{object}/{id}/timeline",
            "getTimeline",
            "Everything about a record",
            Members,
            &["kinds", "cursor", "limit"],
            Body::None,
            ok(items(&any())),
        ),
    ]
}

/// Files, imports and exports.
fn transfer_lines() -> Vec<Line> {
    vec![
        ("post", "/files", "uploadFile", "Upload a file", Members, &[], Body::Bytes, Answer::Json(201, reference("File"))),
        ("get", "/files/{id}", "downloadFile", "Its content", Members, &["inline"], Body::None, Answer::Bytes("application/octet-stream")),
        (
            "post",
            "/imports",
            "uploadImport",
            "Upload a table to import",
            Members,
            &["object"],
            Body::Bytes,
            Answer::Json(201, reference("ImportUpload")),
        ),
        ("get", "/imports/{id}", "getImport", "How far an import has come", Members, &[], Body::None, ok(reference("Import"))),
        (
            "post",
            "/imports/{id}/plan",
            "planImport",
            "What an import would do",
            Members,
            &[],
            Body::Json(reference("ImportPlan")),
            ok(reference("ImportPreview")),
        ),
        ("post", "/imports/{id}/run", "runImport", "Begin it", Members, &[], empty(), Answer::Json(202, reference("Import"))),
        ("post", "/imports/{id}/cancel", "cancelImport", "End it", Members, &[], empty(), ok(reference("Import"))),
        (
            "get",
            "/imports/{id}/rejected",
            "getRejectedRows",
            "The rows refused, with the reason",
            Members,
            &[],
            Body::None,
            Answer::Bytes("text/csv"),
        ),
        (
            "get",
            "/records/{object}/export",
            "exportRecords",
            "Records as a file",
            Members,
            &["format", "filter", "sort", "fields", "q"],
            Body::None,
            Answer::Bytes("application/octet-stream"),
        ),
    ]
}

/// Definitions, jobs, members, workspaces, operations.
fn administration_lines() -> Vec<Line> {
    vec![
        ("get", "/openapi.json", "getOpenApi", "This document, as far as the caller may know", Members, &[], Body::None, ok(any())),
        ("get", "/schema/objects", "listDefinitions", "Definitions of all objects", Members, &[], Body::None, ok(items(&any()))),
        ("get", "/schema/objects/{object}", "getDefinition", "Definition of one", Members, &[], Body::None, ok(any())),
        ("post", "/schema/plan", "planDefinitions", "What changes of definitions would do", Members, &[], definitions(), ok(any())),
        ("post", "/schema/apply", "applyDefinitions", "Change definitions", Members, &[], definitions(), ok(any())),
        ("get", "/jobs", "listJobs", "Background jobs", Members, &["state", "limit"], Body::None, ok(items(&any()))),
        ("post", "/jobs/{id}/retry", "retryJob", "Give a dead job another chance", Members, &[], Body::None, Answer::Nothing),
        ("get", "/workspaces", "listWorkspaces", "Workspaces of this server", Members, &[], Body::None, ok(items(&any()))),
        (
            "post",
            "/workspaces",
            "addWorkspace",
            "Make a workspace",
            Members,
            &[],
            Body::Json(object(&json!({ "id": text(), "name": text(), "template": { "type": ["string", "null"] } }), &["id", "name"])),
            Answer::Json(201, any()),
        ),
        ("delete", "/workspaces/{id}", "removeWorkspace", "Remove a workspace with everything in it", Members, &[], Body::None, Answer::Nothing),
    ]
}

/// Adds all of them.
pub(super) fn add(paths: &mut Map<String, Json>) {
    for (method, path, id, summary, open, parameters, body, answer) in lines() {
        let tag = path.split('/').nth(1).unwrap_or_default();
        Operation { method, path: path.to_owned(), id: id.to_owned(), tag, summary: summary.to_owned(), open, parameters, body, answer }.add(paths);
    }
}
