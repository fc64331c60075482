//! Every operation of the API, as its document tells them.

use axum::http::Method;
use serde_json::{Value as Json, json};

use super::world::{Call, Held, World};

/// An operation of the document.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With its parameters in braces.
    pub path: String,
    /// What it takes in the query.
    pub query: Vec<String>,
    /// Takes JSON.
    pub takes_json: bool,
    /// Open to those who are not signed in.
    pub public: bool,
}

/// Where a request ends a session, never ends, or makes the caller wait for the next one.
const APART: [&str; 3] = ["signOut", "streamEvents", "signIn"];

/// All operations, those of single objects left out but for accounts: what serves all objects serves each.
pub fn operations(world: &World<'_>) -> Vec<Operation> {
    let document = world.admin.get("/openapi.json").expect(200);
    let named =
        |path: &str| path.split('/').collect::<Vec<_>>().windows(2).any(|it| it[0] == "records" && !it[1].starts_with('{') && it[1] != "account");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|it| !named(it.0)) {
        for (method, told) in item.as_object().unwrap().iter().filter(|it| it.1["operationId"].is_string()) {
            let parameter = |it: &Json| {
                let found = it["$ref"].as_str().and_then(|it| document.pointer(&it[1..])).unwrap_or(it);
                (found["in"] == "query").then(|| found["name"].as_str().unwrap().to_owned())
            };
            all.push(Operation {
                id: told["operationId"].as_str().unwrap().to_owned(),
                method: method.to_ascii_uppercase().parse().unwrap(),
                path: path.clone(),
                query: told["parameters"].as_array().into_iter().flatten().filter_map(parameter).collect(),
                takes_json: told["requestBody"]["content"]["application/json"].is_object(),
                public: told["security"] == json!([]),
            });
        }
    }
    all.retain(|it| !APART.contains(&it.id.as_str()));
    assert!(all.len() > 90, "{}", all.len());
    all
}

impl Operation {
    /// Its address with these ids, once for each kind of record where it is about records.
    pub fn addresses(&self, held: &Held, objects: &[&'static str]) -> Vec<String> {
        let pieces: Vec<&str> = self.path.split('/').collect();
        let of_any = self.path.contains("{object}");
        let objects: Vec<&str> = if of_any { objects.to_vec() } else { vec!["account"] };
        objects
            .into_iter()
            .map(|object| {
                let replace = |(at, piece): (usize, &&str)| match *piece {
                    "{object}" => object.to_owned(),
                    "{action}" => "complete".to_owned(),
                    "{kind}" => "member".to_owned(),
                    "{row}" => "2".to_owned(),
                    "{version}" => "1".to_owned(),
                    "{principal}" => held.member.clone(),
                    "{session}" => held.session.clone(),
                    "{id}" => id_in(held, object, at.checked_sub(1).map_or("", |it| pieces[it]), &pieces).to_owned(),
                    other if other.starts_with('{') => held.member.clone(),
                    other => other.to_owned(),
                };
                pieces.iter().enumerate().map(replace).collect::<Vec<_>>().join("/")
            })
            .collect()
    }

    /// A request with a body that gets as far as the ids.
    pub fn call(&self, path: String) -> Call {
        let body = match self.id.as_str() {
            "addShare" => json!({ "with": { "kind": "member", "id": "01890000-0000-7000-8000-000000000000" }, "level": "read" }),
            "lockRecord" => json!({ "reason": "x" }),
            "planImport" => json!({ "mapping": [{ "column": 0, "field": "name", "options": {} }], "match": null }),
            "tryImport" => json!({ "object": "account", "field": "name", "column": 0 }),
            "fixImportRow" => json!({ "cells": { "0": "x" } }),
            "pushImport" => json!({ "object": "account", "rows": [{ "name": "x" }] }),
            "beginImportUpload" => json!({ "object": "account", "file_name": "a.csv", "size": 10 }),
            it if it.ends_with("AssignFromPool") => json!({ "member": "01890000-0000-7000-8000-000000000000" }),
            it if it.ends_with("Refer") => json!({ "note": "x", "to_member": "01890000-0000-7000-8000-000000000000" }),
            it if it.ends_with("OfferHandover") => {
                json!({ "known": "x", "to_member": "01890000-0000-7000-8000-000000000000", "due_at": "2030-01-01T00:00:00Z" })
            }
            it if it.ends_with("MoveToPool") => json!({ "pool": "01890000-0000-7000-8000-000000000000" }),
            it if it.ends_with("StopContact") => json!({ "reason": "x" }),
            it if it.ends_with("ReturnToPool") => json!({ "reason": "other" }),
            "mendRecords" => json!({ "ids": ["01890000-0000-7000-8000-000000000000"], "fix": { "set": { "description": "x" } }, "digest": "0" }),
            "setEnrichmentSecret" => json!({ "secret": "x" }),
            "applyEnrichmentRun" => json!({ "digest": "x" }),
            it if it.ends_with("Enrich") => json!({ "records": ["01890000-0000-7000-8000-000000000000"] }),
            "answerOfProvider" => json!({ "code": "x", "state": "x" }),
            _ => json!({}),
        };
        let path = match self.id.as_str() {
            "uploadImport" | "listImportMappings" => format!("{path}?object=account"),
            "sendImportPiece" => format!("{path}?offset=0"),
            _ => path,
        };
        Call { method: self.method.clone(), path, body: (self.method == Method::POST || self.method == Method::PATCH).then_some(body) }
    }
}

fn id_in<'h>(held: &'h Held, object: &str, before: &str, pieces: &[&str]) -> &'h str {
    match before {
        _ if pieces.contains(&"records") => held.id(object),
        "files" => &held.file,
        "imports" => &held.import,
        "changes" => &held.change,
        "sessions" => &held.session,
        "api-keys" => &held.key,
        _ => &held.member,
    }
}
