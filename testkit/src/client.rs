//! A caller of the API: with a session cookie and its token, with a key, or nobody.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use futures_util::StreamExt as _;
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::contract::Exchange;
use crate::server::TestServer;

/// A caller.
#[derive(Clone)]
pub struct Client<'a> {
    pub(crate) server: &'a TestServer,
    /// The session cookie, `name=value`.
    pub cookie: Option<String>,
    /// What unsafe requests repeat.
    pub csrf: Option<String>,
    /// An API key.
    pub key: Option<String>,
    /// Sent with every request.
    pub headers: Vec<(String, String)>,
    /// Where the API of its workspace begins.
    pub(crate) base: String,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as it came.
    pub bytes: Vec<u8>,
    /// Body as JSON; null where it is none.
    pub json: Json,
    what: String,
}

impl Reply {
    /// Fails unless the status is this one; answers the JSON.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Json {
        assert_eq!(self.status, status, "{}: {}", self.what, String::from_utf8_lossy(&self.bytes));
        self.json.clone()
    }

    /// Fails unless it is a problem of this status and code, in the form of RFC 9457.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Json {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{}: {problem}", self.what);
        assert_eq!(self.header("content-type"), "application/problem+json; charset=utf-8", "{}", self.what);
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{}", self.what);
        assert_eq!(problem["status"], status);
        for key in ["type", "title", "detail"] {
            assert!(problem[key].as_str().is_some_and(|it| !it.is_empty()), "{}: {key} in {problem}", self.what);
        }
        problem
    }

    /// Fails unless a field problem names this field with this code.
    #[track_caller]
    pub fn field_problem(&self, status: u16, field: &str, code: &str) -> Json {
        let problem = self.expect(status);
        let found = problem["field_errors"].as_array().into_iter().flatten().any(|it| it["field"] == field && it["code"] == code);
        assert!(found, "{}: no {field}: {code} in {problem}", self.what);
        problem
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

impl<'a> Client<'a> {
    pub(crate) fn new(server: &'a TestServer) -> Self {
        Self { server, cookie: None, csrf: None, key: None, headers: Vec::new(), base: "/api/v1".to_owned() }
    }

    /// A program with a key of this member.
    pub fn with_new_key(&self) -> Self {
        let made = self.post("/me/api-keys", json!({ "name": "test" })).expect(201);
        Self { cookie: None, csrf: None, key: made["key"].as_str().map(str::to_owned), ..self.clone() }
    }

    /// The same caller, sending a header besides.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    /// The same caller asking another workspace.
    #[must_use]
    pub fn in_workspace(&self, id: &str) -> Self {
        Self { base: format!("/w/{id}/api/v1"), ..self.clone() }
    }

    /// Signs in and keeps the session.
    pub fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        let reply = self.post("/auth/login", json!({ "email": email, "password": password }));
        self.take_session(&reply);
        reply
    }

    /// Keeps the session an answer opened.
    pub fn take_session(&mut self, reply: &Reply) {
        if let Some(cookie) = reply.headers.get(header::SET_COOKIE).and_then(|it| it.to_str().ok()) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
            self.csrf = reply.json["csrf_token"].as_str().map(str::to_owned);
        }
    }

    /// Keeps the token an answer gave the session instead of the one it had.
    pub fn take_cookie(&mut self, reply: &Reply) {
        if let Some(cookie) = reply.headers.get(header::SET_COOKIE).and_then(|it| it.to_str().ok()) {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
    }

    /// GET below `/api/v1`.
    pub fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, &format!("{}{path}", self.base), None)
    }
    /// POST of JSON.
    pub fn post(&self, path: &str, body: Json) -> Reply {
        self.send(Method::POST, &format!("{}{path}", self.base), Some(("application/json", body.to_string().into_bytes())))
    }
    /// PATCH of JSON.
    pub fn patch(&self, path: &str, body: Json) -> Reply {
        self.send(Method::PATCH, &format!("{}{path}", self.base), Some(("application/json", body.to_string().into_bytes())))
    }
    /// DELETE.
    pub fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, &format!("{}{path}", self.base), None)
    }
    /// POST of anything.
    pub fn post_bytes(&self, path: &str, content_type: &str, body: &[u8]) -> Reply {
        self.send(Method::POST, &format!("{}{path}", self.base), Some((content_type, body.to_vec())))
    }

    fn request(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "guanxi.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(key) = &self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some((content_type, bytes)) = &body {
            request = request.header(header::CONTENT_TYPE, *content_type).header(header::CONTENT_LENGTH, bytes.len());
        }
        let mut request = request.body(body.map_or_else(Body::empty, |it| Body::from(it.1))).unwrap();
        for (name, value) in &self.headers {
            request.headers_mut().insert(HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request
    }

    /// Any request, path and all.
    pub fn send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Reply {
        let sent = body.as_ref().filter(|it| it.0 == "application/json").and_then(|it| serde_json::from_slice(&it.1).ok());
        self.send_request(self.request(method, path, body), sent)
    }

    /// A request with a body that comes in pieces, the last of which may be a failure.
    pub fn send_pieces(&self, path: &str, content_type: &str, pieces: Vec<std::io::Result<Vec<u8>>>) -> Reply {
        let mut request = self.request(Method::POST, &format!("{}{path}", self.base), None);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
        *request.body_mut() = Body::from_stream(futures_util::stream::iter(pieces));
        self.send_request(request, None)
    }

    fn send_request(&self, request: Request<Body>, sent: Option<Json>) -> Reply {
        let (method, target) = (request.method().clone(), request.uri().to_string());
        let deeds = self.server.meddler.deeds();
        let reply = self.server.runtime.block_on(async {
            let response = self.server.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
            let json = serde_json::from_slice(&bytes).unwrap_or_default();
            Reply { status: parts.status.as_u16(), headers: parts.headers, bytes, json, what: format!("{method} {target}") }
        });
        // What definitions an answer is by that somebody changed under it, nobody can say.
        if self.server.meddler.deeds() == deeds {
            self.check(&method, &target, sent.as_ref(), &reply);
        }
        reply
    }

    /// Fails unless request and answer are as the API tells.
    fn check(&self, method: &Method, target: &str, sent: Option<&Json>, reply: &Reply) {
        let other = target.strip_prefix("/w/").and_then(|it| it.split_once('/'));
        let workspace = other.and_then(|(id, _)| self.server.app.workspaces.get(id));
        let target = other.map_or(target, |(id, _)| &target["/w/".len() + id.len()..]);
        let exchange = Exchange { method, target, sent, status: reply.status, headers: &reply.headers, json: &reply.json };
        self.server.contract.check(workspace.as_ref().unwrap_or(&self.server.workspace), &exchange);
    }

    /// Opens the event stream, runs `meanwhile`, and answers the events that came until there were `count` of them or the
    /// stream ended.
    pub fn stream_events(&self, path: &str, count: usize, meanwhile: impl FnOnce()) -> Vec<Json> {
        let request = self.request(Method::GET, &format!("{}{path}", self.base), None);
        let response = self.server.runtime.block_on(async { self.server.router.clone().oneshot(request).await.unwrap() });
        assert_eq!(response.status(), 200);
        meanwhile();
        self.server.runtime.block_on(async {
            let mut stream = response.into_body().into_data_stream();
            let (mut text, mut events) = (String::new(), Vec::new());
            while events.len() < count {
                let next =
                    tokio::time::timeout(Duration::from_secs(30), stream.next()).await.unwrap_or_else(|_| panic!("no event came; so far {events:?}"));
                let Some(chunk) = next else { break };
                text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let data = event.lines().find_map(|it| it.strip_prefix("data: "));
                    let event = data.map(|it| serde_json::from_str::<Json>(it).unwrap());
                    event.iter().for_each(|it| self.server.contract.check_event(&self.server.workspace, it));
                    events.extend(event);
                    text = rest.to_owned();
                }
            }
            events
        })
    }
}
