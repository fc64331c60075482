//! `PATCH` of SCIM: operations on the resource as it stands, in the forms that identity systems really send.

use axum::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::attributes::{ENTERPRISE, OF_ENTERPRISE, SEVERAL, member};
use super::filter::{self, Filter};
use crate::errors::ApiError;

/// Most operations of one request.
const MOST: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

/// Which attribute, which of its values, and what of them.
#[derive(Debug, PartialEq)]
struct Target {
    extension: bool,
    attribute: String,
    of: Option<Filter>,
    part: Option<String>,
}

fn wrong(code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> ApiError {
    ApiError::http(StatusCode::BAD_REQUEST, code, zh_cn, en)
}

fn bad_path(path: &str) -> ApiError {
    let shown: String = path.chars().take(100).collect();
    wrong("invalid_path", format!("没有属性“{shown}”"), format!("there is no attribute {shown}"))
}

/// Applies a request's operations to a resource, in their order.
///
/// # Errors
/// What is no operation; paths that lead nowhere.
pub fn apply(resource: &mut Map<String, Json>, request: &Map<String, Json>, known: &[&str]) -> Result<(), ApiError> {
    let operations = member(request, "Operations").and_then(Json::as_array).filter(|it| (1..=MOST).contains(&it.len()));
    let operations =
        operations.ok_or_else(|| wrong("bad_request", "Operations 应为 1 到 1000 个操作", "Operations must hold 1 to 1000 operations"))?;
    for operation in operations {
        let operation = operation.as_object().ok_or_else(|| wrong("bad_request", "操作应为对象", "an operation must be an object"))?;
        let verb = match member(operation, "op").and_then(Json::as_str).map(str::to_ascii_lowercase).as_deref() {
            Some("add") => Verb::Add,
            Some("replace") => Verb::Replace,
            Some("remove") => Verb::Remove,
            _ => return Err(wrong("bad_request", "op 应为 add、replace 或 remove", "op must be add, replace or remove")),
        };
        let value = member(operation, "value");
        match (member(operation, "path").and_then(Json::as_str), verb) {
            (Some(path), _) => one(resource, verb, &target(path, known)?, value)?,
            (None, Verb::Remove) => return Err(wrong("no_target", "remove 需要 path", "remove needs a path")),
            (None, _) => whole(resource, verb, value, known)?,
        }
    }
    Ok(())
}

/// An object of values: each member as if it had been the path. Those that mean nothing here are passed over.
fn whole(resource: &mut Map<String, Json>, verb: Verb, value: Option<&Json>, known: &[&str]) -> Result<(), ApiError> {
    let members = value.and_then(Json::as_object).ok_or_else(|| wrong("bad_request", "value 应为对象", "value must be an object"))?;
    for (name, value) in members {
        match (name.eq_ignore_ascii_case(ENTERPRISE), value) {
            (true, Json::Object(inner)) => {
                for (name, value) in inner {
                    if let Ok(target) = target(&format!("{ENTERPRISE}:{name}"), known) {
                        one(resource, verb, &target, Some(value))?;
                    }
                }
            }
            _ => {
                if let Ok(target) = target(name, known) {
                    one(resource, verb, &target, Some(value))?;
                }
            }
        }
    }
    Ok(())
}

/// Reads `emails[type eq "work"].value`, with or without its schema before it.
fn target(path: &str, known: &[&str]) -> Result<Target, ApiError> {
    let path = path.trim();
    let lower = path.to_ascii_lowercase();
    let extension = lower.starts_with(&format!("{}:", ENTERPRISE.to_ascii_lowercase()));
    let rest = if extension {
        path.get(ENTERPRISE.len() + 1..).unwrap_or_default()
    } else if lower.starts_with("urn:") {
        let version = lower.find(":2.0:").ok_or_else(|| bad_path(path))?;
        path.get(version + 5..).and_then(|it| it.split_once(':')).ok_or_else(|| bad_path(path))?.1
    } else {
        path
    };
    let (attribute, of, part) = match rest.split_once('[') {
        Some((attribute, rest)) => {
            let (inner, rest) = rest.rsplit_once(']').ok_or_else(|| bad_path(path))?;
            (attribute, Some(filter::parse(inner)?), rest.strip_prefix('.'))
        }
        None => match rest.split_once('.') {
            Some((attribute, part)) => (attribute, None, Some(part)),
            None => (rest, None, None),
        },
    };
    let names: &[&str] = if extension { &OF_ENTERPRISE } else { known };
    let attribute = names.iter().find(|it| it.eq_ignore_ascii_case(attribute)).ok_or_else(|| bad_path(path))?;
    if *attribute == "id" {
        return Err(wrong("read_only_field", "id 不能更改", "id cannot be changed"));
    }
    Ok(Target { extension, attribute: (*attribute).to_owned(), of, part: part.map(str::to_owned) })
}

fn one(resource: &mut Map<String, Json>, verb: Verb, target: &Target, value: Option<&Json>) -> Result<(), ApiError> {
    let place = if target.extension {
        let inner = resource.entry(ENTERPRISE).or_insert_with(|| json!({}));
        inner.as_object_mut().ok_or_else(|| bad_path(ENTERPRISE))?
    } else {
        resource
    };
    if SEVERAL.contains(&target.attribute.as_str()) {
        return several(place, verb, target, value);
    }
    let value = value.filter(|_| verb != Verb::Remove);
    match (&target.part, value) {
        (None, None) => drop(place.remove(&target.attribute)),
        (None, Some(Json::Object(more))) => match place.entry(target.attribute.clone()).or_insert_with(|| json!({})) {
            // Parts that are not named stay.
            Json::Object(there) => there.extend(more.clone()),
            other => *other = Json::Object(more.clone()),
        },
        (None, Some(value)) => drop(place.insert(target.attribute.clone(), value.clone())),
        (Some(part), value) => {
            if !place.get(&target.attribute).is_some_and(Json::is_object) {
                place.insert(target.attribute.clone(), json!({}));
            }
            let Some(there) = place.get_mut(&target.attribute).and_then(Json::as_object_mut) else { return Ok(()) };
            match value {
                Some(value) => drop(there.insert(part.clone(), value.clone())),
                None => drop(there.remove(part)),
            }
        }
    }
    Ok(())
}

fn list(value: Option<&Json>) -> Vec<Json> {
    match value {
        Some(Json::Array(items)) => items.clone(),
        Some(Json::Null) | None => Vec::new(),
        Some(one) => vec![one.clone()],
    }
}

/// What tells two values of a list apart.
fn key(item: &Json) -> Option<&str> {
    item.as_str().or_else(|| item.as_object().and_then(|it| member(it, "value")).and_then(Json::as_str))
}

fn several(place: &mut Map<String, Json>, verb: Verb, target: &Target, value: Option<&Json>) -> Result<(), ApiError> {
    let entry = place.entry(target.attribute.clone()).or_insert_with(|| json!([]));
    let mut items = list(Some(entry));
    match (&target.of, verb) {
        (None, Verb::Add) => {
            let new = list(value).into_iter().filter(|it| items.iter().all(|there| key(there) != key(it))).collect::<Vec<_>>();
            items.extend(new);
        }
        (None, Verb::Replace) => items = list(value),
        // Some name those to be removed as a value instead of a filter.
        (None, Verb::Remove) if value.is_some_and(|it| !it.is_null()) => {
            let gone = list(value);
            items.retain(|it| gone.iter().all(|other| key(other) != key(it)));
        }
        (None, Verb::Remove) => items.clear(),
        (Some(of), Verb::Remove) => items.retain(|it| !of.holds(it)),
        (Some(of), _) => set_some(&mut items, verb, of, target.part.as_deref(), value)?,
    }
    *entry = Json::Array(items);
    Ok(())
}

/// Changes the values that are meant; where there is none, adding makes it as it is described.
fn set_some(items: &mut Vec<Json>, verb: Verb, of: &Filter, part: Option<&str>, value: Option<&Json>) -> Result<(), ApiError> {
    let value = value.ok_or_else(|| wrong("bad_request", "缺少 value", "value is missing"))?;
    if !items.iter().any(|it| of.holds(it)) {
        if verb == Verb::Replace {
            return Err(wrong("no_target", "没有符合条件的值", "there is no such value to replace"));
        }
        let mut described = Map::new();
        of.described(&mut described);
        items.push(Json::Object(described));
    }
    for item in items.iter_mut().filter(|it| of.holds(it)) {
        let Some(there) = item.as_object_mut() else { continue };
        match (part, value) {
            (Some(part), value) => drop(there.insert(part.to_owned(), value.clone())),
            (None, Json::Object(more)) => there.extend(more.clone()),
            (None, _) => return Err(wrong("bad_request", "value 应为对象", "value must be an object")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::attributes::{OF_GROUP, OF_USER};
    use super::*;

    fn patched(resource: &Json, operations: &Json, known: &[&str]) -> Result<Json, ApiError> {
        let mut resource = resource.as_object().unwrap().clone();
        let request = json!({ "Operations": operations });
        apply(&mut resource, request.as_object().unwrap(), known).map(|()| Json::Object(resource))
    }

    #[test]
    fn the_forms_that_are_really_sent() {
        let user = json!({ "userName": "a", "active": true, "name": { "formatted": "甲" }, "emails": [{ "value": "a@b.example", "type": "work" }] });
        let operations = json!([
            { "op": "Replace", "path": "active", "value": "False" },
            { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "c@b.example" },
            { "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+8613812345678" },
            { "op": "replace", "value": { "displayName": "乙", "name.familyName": "乙", "nickName": "passed over" } },
            { "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "7" },
            { "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:title", "value": "经理" },
        ]);
        let wanted = json!({
            "userName": "a", "active": "False", "name": { "formatted": "甲", "familyName": "乙" }, "displayName": "乙", "title": "经理",
            "emails": [{ "value": "c@b.example", "type": "work" }], "phoneNumbers": [{ "type": "mobile", "value": "+8613812345678" }],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "7" },
        });
        assert_eq!(patched(&user, &operations, &OF_USER).unwrap(), wanted);
    }

    #[test]
    fn members_come_and_go() {
        let group = json!({ "members": [{ "value": "1" }, { "value": "2" }, { "value": "3" }] });
        let left = |operations: Json| {
            patched(&group, &operations, &OF_GROUP).unwrap()["members"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["value"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(left(json!([{ "op": "add", "path": "members", "value": [{ "value": "3" }, { "value": "4" }] }])), ["1", "2", "3", "4"]);
        assert_eq!(left(json!([{ "op": "remove", "path": "members[value eq \"2\"]" }])), ["1", "3"]);
        assert_eq!(left(json!([{ "op": "Remove", "path": "members", "value": [{ "value": "1" }] }])), ["2", "3"]);
        assert_eq!(left(json!([{ "op": "replace", "path": "members", "value": [{ "value": "9" }] }])), ["9"]);
        assert_eq!(left(json!([{ "op": "remove", "path": "members" }])), Vec::<String>::new());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let user = json!({ "userName": "a" });
        for operations in [
            json!([]),
            json!([1]),
            json!([{ "op": "move", "path": "title" }]),
            json!([{ "op": "remove" }]),
            json!([{ "op": "add", "value": 1 }]),
            json!([{ "op": "add", "path": "password", "value": "x" }]),
            json!([{ "op": "replace", "path": "id", "value": "x" }]),
            json!([{ "op": "add", "path": "emails[type", "value": "x" }]),
            json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }]),
            json!([{ "op": "add", "path": "urn:x", "value": "x" }]),
        ] {
            assert!(patched(&user, &operations, &OF_USER).is_err(), "{operations}");
        }
    }
}
