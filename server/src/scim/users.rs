//! Members as users.

use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{self, ListRequest};
use guanxi_kernel::store::StoreExt as _;
use serde_json::{Map, Value as Json, json};

use super::attributes::{ENTERPRISE, USER, member, primary, text, truth, values as values_of};
use crate::errors::ApiError;

/// A member's resource. What the caller may not see is not in it.
pub fn resource(record: &Json) -> Json {
    let id = record["id"].as_str().unwrap_or_default();
    let mut resource = json!({
        "schemas": [USER, ENTERPRISE], "id": id,
        "meta": {
            "resourceType": "User", "created": record["created_at"], "lastModified": record["updated_at"],
            "location": format!("/Users/{id}"), "version": format!("W/\"{}\"", record["version"]),
        },
    });
    let mut set = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            resource[name] = value;
        }
    };
    let string = |field: &str| record[field].as_str().map(|it| json!(it));
    set("externalId", string("external_id"));
    set("userName", string("email"));
    set("displayName", string("name"));
    set("name", string("name").map(|it| json!({ "formatted": it })));
    set("emails", string("email").map(|it| json!([{ "value": it, "type": "work", "primary": true }])));
    set("phoneNumbers", string("phone").map(|it| json!([{ "value": it, "type": "mobile", "primary": true }])));
    set("title", string("job_title"));
    set("locale", string("locale"));
    set("timezone", string("time_zone"));
    set("active", record["active"].as_bool().map(|it| json!(it)));
    set("roles", record["roles"].as_array().map(|it| it.iter().map(|it| json!({ "value": it })).collect()));
    let mut company = Map::new();
    if let Some(number) = string("employee_number") {
        company.insert("employeeNumber".into(), number);
    }
    if let Some(department) = record["department"]["label"].as_str() {
        company.insert("department".into(), json!(department));
    }
    if let Some(manager) = record["manager"]["id"].as_str() {
        company.insert("manager".into(), json!({ "value": manager, "displayName": record["manager"]["label"], "$ref": format!("/Users/{manager}") }));
    }
    set(ENTERPRISE, (!company.is_empty()).then_some(Json::Object(company)));
    resource
}

/// The first of these that is new; at the beginning the first there is.
fn chosen(new: &[Option<String>], before: Option<&[Option<String>]>) -> Option<Option<String>> {
    let Some(before) = before else { return Some(new.iter().flatten().next().cloned()) };
    let changed = new.iter().zip(before).find(|(new, before)| new != before && new.is_some()).map(|it| it.0.clone());
    changed.or_else(|| (new != before && new.iter().all(Option::is_none)).then_some(None))
}

/// The addresses a member may be meant by: his sign-in name where it is one, and the list.
fn addresses(map: &Map<String, Json>) -> [Option<String>; 2] {
    let name = text(map, "userName").filter(|it| it.contains('@')).map(str::to_owned);
    [name, primary(map, "emails").map(str::to_owned)]
}

/// The names a member may be meant by. Chinese family names stand before given ones, without a space.
fn names(map: &Map<String, Json>) -> [Option<String>; 3] {
    let of = |path: &str| text(map, path).map(str::to_owned);
    let parts = match (of("name.familyName"), of("name.givenName")) {
        (Some(family), Some(given)) if family.is_ascii() && given.is_ascii() => Some(format!("{given} {family}")),
        (Some(family), Some(given)) => Some(format!("{family}{given}")),
        (family, given) => family.or(given),
    };
    [of("displayName"), of("name.formatted"), parts]
}

/// What of a member is to be changed.
///
/// # Errors
/// No `userName`; an `active` that is neither; a department that is not there, or not one alone.
pub fn values(context: &Context, new: &Map<String, Json>, before: Option<&Map<String, Json>>) -> Result<Map<String, Json>, ApiError> {
    if text(new, "userName").is_none() {
        return Err(KernelError::invalid("userName", "required", "请填写", "is required").into());
    }
    let mut values = Map::new();
    if let Some(email) = chosen(&addresses(new), before.map(addresses).as_ref().map(<[_; 2]>::as_slice)) {
        let given = email.or_else(|| text(new, "userName").map(str::to_owned));
        values.insert("email".into(), json!(given));
    }
    if let Some(name) = chosen(&names(new), before.map(names).as_ref().map(<[_; 3]>::as_slice)) {
        let name = name.or_else(|| text(new, "userName").map(str::to_owned));
        values.insert("name".into(), json!(name));
    }
    let mut set = |field: &str, now: Option<Json>, then: Option<Json>, at_first: bool| {
        if if before.is_some() { now != then } else { at_first && now.is_some() } {
            values.insert(field.into(), now.unwrap_or(Json::Null));
        }
    };
    let company = |map: &Map<String, Json>| member(map, ENTERPRISE).and_then(Json::as_object).cloned().unwrap_or_default();
    let (inside, inside_before) = (company(new), before.map(company).unwrap_or_default());
    let of = |map: &Map<String, Json>, path: &str| text(map, path).map(|it| json!(it));
    let old = |path: &str| before.and_then(|it| of(it, path));
    set("external_id", of(new, "externalId"), old("externalId"), true);
    set("job_title", of(new, "title"), old("title"), true);
    set("phone", primary(new, "phoneNumbers").map(|it| json!(it)), before.and_then(|it| primary(it, "phoneNumbers")).map(|it| json!(it)), true);
    set("employee_number", of(&inside, "employeeNumber"), of(&inside_before, "employeeNumber"), true);
    set("manager", of(&inside, "manager.value"), of(&inside_before, "manager.value"), true);
    // These always have a value: without one they stay as they are.
    for (attribute, field) in [("locale", "locale"), ("timezone", "time_zone")] {
        let wanted = text(new, attribute).map(|it| if field == "locale" { language(it) } else { it.to_owned() });
        if let Some(wanted) = wanted.map(|it| json!(it)) {
            set(field, Some(wanted), old(attribute), true);
        }
    }
    if let Some(active) = member(new, "active").filter(|it| !it.is_null()) {
        let active = truth(active).ok_or_else(|| KernelError::invalid("active", "wrong_type", "应为 true 或 false", "must be true or false"))?;
        set("active", Some(json!(active)), before.and_then(|it| it.get("active")).cloned(), true);
    }
    let roles = |map: &Map<String, Json>| member(map, "roles").map(sorted_values);
    let held = before.and_then(roles);
    match roles(new) {
        // Who is left no role has the one that everybody has who is given none.
        Some(none) if none.is_empty() => set("roles", default_roles(context)?, held.map(|it| json!(it)), false),
        Some(wanted) => set("roles", Some(json!(wanted)), held.map(|it| json!(it)), true),
        None if before.is_some() && held.is_some() => set("roles", default_roles(context)?, held.map(|it| json!(it)), false),
        None => {}
    }
    if text(&inside, "department") != text(&inside_before, "department") {
        let found = text(&inside, "department").map(|it| department(context, it)).transpose()?;
        values.insert("department".into(), json!(found));
    }
    Ok(values)
}

fn sorted_values(list: &Json) -> Vec<String> {
    let mut values = values_of(list);
    values.sort_unstable();
    values.dedup();
    values
}

fn default_roles(context: &Context) -> Result<Option<Json>, KernelError> {
    let object = read::object_of(context, "user")?;
    Ok(object.field("roles").and_then(|it| it.definition.default.clone()))
}

/// The languages there are; others are told in Chinese or English, whichever is nearer.
fn language(tag: &str) -> String {
    if tag.to_ascii_lowercase().starts_with("zh") { "zh-CN".into() } else { "en".into() }
}

/// The department of this name.
fn department(context: &Context, name: &str) -> Result<String, ApiError> {
    let object = read::object_of(context, "department")?;
    let request = ListRequest { filter: Some(format!("name == {}", json!(name))), limit: 2, ..ListRequest::default() };
    let page = context.workspace.store.read_with(|tx| read::list(context, tx, &object, &request))?;
    let items: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    let problem = |zh_cn: String, en: String| KernelError::invalid("department", "no_such_record", zh_cn, en);
    match items.as_slice() {
        [one] => Ok(one["id"].as_str().unwrap_or_default().to_owned()),
        [] => Err(problem(format!("没有部门“{name}”"), format!("there is no department {name}")).into()),
        _ => Err(problem(format!("有多个部门名为“{name}”"), format!("several departments are called {name}")).into()),
    }
}
