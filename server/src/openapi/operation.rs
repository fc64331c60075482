//! One operation: what it is called, who may call it, what it takes and what it answers.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};

use super::components::Components;
use super::problems;
use crate::http::routes::dry_run::DryRun;

/// Text that is mostly fixed, and made from the definitions for the operations of one object.
type Text = Cow<'static, str>;

/// How JSON looks.
#[derive(Debug, Clone)]
pub enum Shape {
    /// As the type that is read from it or written to it, so that the two cannot differ.
    Of(fn(&mut SchemaGenerator) -> Schema),
    /// As the workspace's definitions say.
    Given(Json),
}

impl Shape {
    /// That of a type.
    pub fn of<T: JsonSchema>() -> Self {
        Self::Of(|generator| generator.subschema_for::<T>())
    }
}

#[derive(Debug)]
enum Body {
    None,
    Json(Shape),
    Bytes,
    Form(&'static [&'static str]),
}

#[derive(Debug)]
enum Answer {
    Nothing,
    Json(u16, Shape, Option<Shape>),
    Bytes(&'static [&'static str]),
    /// Goes on as a `WebSocket`, with messages that come in and go out.
    Socket(Shape, Shape),
}

/// See the module. Made by [`get`], [`post`], [`patch`] and [`delete`]; takes and answers nothing unless it is said.
#[derive(Debug)]
pub struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: Text,
    id: Text,
    summary: Text,
    tag: Text,
    for_everyone: bool,
    parameters: Vec<&'static str>,
    body: Body,
    answer: Answer,
    dry_runs: bool,
}

/// Reads. `id` is the operation's name in generated clients, `summary` a line for people.
pub fn get(path: impl Into<Text>, id: impl Into<Text>, summary: impl Into<Text>) -> Operation {
    Operation::new("get", path.into(), id.into(), summary.into())
}

/// Makes or does something.
pub fn post(path: impl Into<Text>, id: impl Into<Text>, summary: impl Into<Text>) -> Operation {
    Operation::new("post", path.into(), id.into(), summary.into())
}

/// Changes what is named.
pub fn patch(path: impl Into<Text>, id: impl Into<Text>, summary: impl Into<Text>) -> Operation {
    Operation::new("patch", path.into(), id.into(), summary.into())
}

/// Removes.
pub fn delete(path: impl Into<Text>, id: impl Into<Text>, summary: impl Into<Text>) -> Operation {
    Operation::new("delete", path.into(), id.into(), summary.into())
}

impl Operation {
    fn new(method: &'static str, path: Text, id: Text, summary: Text) -> Self {
        let tag = path.split('/').nth(1).unwrap_or_default().to_owned().into();
        let (body, answer) = (Body::None, Answer::Nothing);
        Self { method, path, id, summary, tag, for_everyone: false, parameters: Vec::new(), body, answer, dry_runs: false }
    }

    /// Needs no credentials.
    #[must_use]
    pub fn for_everyone(self) -> Self {
        Self { for_everyone: true, ..self }
    }
    /// Under which heading it stands, where that is not the beginning of its path.
    #[must_use]
    pub fn tagged(self, tag: impl Into<Text>) -> Self {
        Self { tag: tag.into(), ..self }
    }
    /// Takes these parameters of the query and the header, by their names in `parameters.rs`. Those of the path go without saying.
    #[must_use]
    pub fn with(self, parameters: &[&'static str]) -> Self {
        Self { parameters: parameters.to_vec(), ..self }
    }
    /// Takes JSON of this type.
    #[must_use]
    pub fn takes<T: JsonSchema>(self) -> Self {
        self.takes_shape(Shape::of::<T>())
    }
    /// Takes JSON that looks so.
    #[must_use]
    pub fn takes_shape(self, shape: Shape) -> Self {
        Self { body: Body::Json(shape), ..self }
    }
    /// Takes bytes.
    #[must_use]
    pub fn takes_bytes(self) -> Self {
        Self { body: Body::Bytes, ..self }
    }
    /// Takes a form with these fields.
    #[must_use]
    pub fn takes_form(self, fields: &'static [&'static str]) -> Self {
        Self { body: Body::Form(fields), ..self }
    }
    /// Answers 200 with JSON of this type.
    #[must_use]
    pub fn answers<T: JsonSchema>(self) -> Self {
        self.answers_shape(200, Shape::of::<T>())
    }
    /// Answers 201 with JSON of this type.
    #[must_use]
    pub fn creates<T: JsonSchema>(self) -> Self {
        self.answers_shape(201, Shape::of::<T>())
    }
    /// Answers 202 with JSON of this type: it goes on in the background.
    #[must_use]
    pub fn begins<T: JsonSchema>(self) -> Self {
        self.answers_shape(202, Shape::of::<T>())
    }
    /// Answers JSON that looks so.
    #[must_use]
    pub fn answers_shape(self, status: u16, shape: Shape) -> Self {
        Self { answer: Answer::Json(status, shape, None), ..self }
    }
    /// Beside what it answers, may answer 202 with JSON of this type: it is not done yet.
    #[must_use]
    pub fn or_begins<T: JsonSchema>(self) -> Self {
        let answer = match self.answer {
            Answer::Json(status, shape, _) => Answer::Json(status, shape, Some(Shape::of::<T>())),
            other => other,
        };
        Self { answer, ..self }
    }
    /// Answers 200 with a file of one of these media types.
    #[must_use]
    pub fn answers_bytes(self, media_types: &'static [&'static str]) -> Self {
        Self { answer: Answer::Bytes(media_types), ..self }
    }
    /// Answers 101 and goes on as a `WebSocket`: messages of the first type come in, those of the second go out.
    #[must_use]
    pub fn switches<I: JsonSchema, O: JsonSchema>(self) -> Self {
        Self { answer: Answer::Socket(Shape::of::<I>(), Shape::of::<O>()), ..self }
    }
    /// With `dry_run=true` only says what it would do.
    #[must_use]
    pub fn dry_runs(self) -> Self {
        Self { dry_runs: true, ..self }
    }

    /// The operation as OpenAPI has it.
    pub(super) fn describe(self, components: &mut Components) -> Json {
        let mut operation = json!({
            "operationId": self.id, "tags": [self.tag], "summary": self.summary, "responses": self.responses(components),
        });
        let parameters = self.parameters();
        if !parameters.is_empty() {
            operation["parameters"] = Json::Array(parameters);
        }
        if self.for_everyone {
            operation["security"] = json!([]);
        } else if self.method != "get" {
            operation["security"] = json!([{ "session": [], "csrf": [] }, { "apiKey": [] }]);
        }
        match &self.body {
            Body::None => {}
            Body::Json(shape) => {
                operation["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": components.request(shape) } } });
            }
            Body::Form(fields) => {
                let properties: Map<String, Json> = fields.iter().map(|it| ((*it).to_owned(), json!({ "type": "string" }))).collect();
                let schema = json!({ "type": "object", "required": fields, "properties": properties });
                operation["requestBody"] = json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": schema } } });
            }
            Body::Bytes => operation["requestBody"] = json!({ "required": true, "content": { "application/octet-stream": {} } }),
        }
        operation
    }

    fn parameters(&self) -> Vec<Json> {
        let in_path = self.path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
        let in_path = in_path.map(|it| json!({ "name": it, "in": "path", "required": true, "schema": { "type": "string" } }));
        let mut names = self.parameters.clone();
        if self.dry_runs {
            names.push("dry_run");
        }
        if matches!(self.method, "post" | "patch") && !self.for_everyone {
            names.push("idempotency-key");
        }
        in_path.chain(names.into_iter().map(|it| json!({ "$ref": format!("#/components/parameters/{it}") }))).collect()
    }

    fn responses(&self, components: &mut Components) -> Map<String, Json> {
        let content = |schema: Json| json!({ "description": "The answer", "content": { "application/json": { "schema": schema } } });
        let mut responses = Map::new();
        match &self.answer {
            Answer::Nothing => responses.insert("204".into(), json!({ "description": "Done" })),
            Answer::Bytes(kinds) => {
                let content: Map<String, Json> = kinds.iter().map(|it| ((*it).to_owned(), json!({}))).collect();
                if kinds == &["*/*"] {
                    responses.insert("206".into(), json!({ "description": "A stretch of the content, as `Range` asked", "content": content }));
                }
                responses.insert("200".into(), json!({ "description": "The content", "content": content }))
            }
            Answer::Socket(taken, told) => {
                let (taken, told) = (components.request(taken), components.answer(told));
                responses.insert("101".into(), json!({ "description": "The socket is open", "x-messages": { "in": taken, "out": told } }))
            }
            Answer::Json(status, shape, _) if self.dry_runs => {
                let (done, planned) = (components.answer(shape), components.answer(&Shape::of::<DryRun>()));
                if *status == 200 {
                    responses.insert("200".into(), content(json!({ "anyOf": [done, planned] })))
                } else {
                    responses.insert("200".into(), content(planned));
                    responses.insert(status.to_string(), content(done))
                }
            }
            Answer::Json(status, shape, begun) => {
                responses.extend(begun.iter().map(|it| ("202".to_owned(), content(components.answer(it)))));
                responses.insert(status.to_string(), content(components.answer(shape)))
            }
        };
        for status in self.refusals() {
            responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{status}") }));
        }
        responses.insert("default".into(), json!({ "$ref": format!("#/components/responses/{}", problems::DEFAULT) }));
        responses
    }

    /// Statuses it refuses with, as far as they follow from what it is.
    fn refusals(&self) -> Vec<u16> {
        let writes = self.method != "get";
        let takes_body = !matches!(self.body, Body::None);
        let rules = [
            (400, true),
            (401, !self.for_everyone || writes),
            (403, !self.for_everyone || writes),
            (404, self.path.contains('{')),
            (409, writes),
            (413, takes_body),
            (415, takes_body),
            (422, writes),
            (429, true),
        ];
        rules.into_iter().filter(|it| it.1).map(|it| it.0).collect()
    }
}
