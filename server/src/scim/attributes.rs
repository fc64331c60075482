//! Attributes by their names, whose letters' case does not count, and the values under them.

use serde_json::{Map, Value as Json};

use crate::http::Query;

/// The schema of members.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// What companies add to it.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The schema of teams.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Attributes of members that are kept, as the standard writes them.
pub const OF_USER: [&str; 12] =
    ["userName", "displayName", "name", "emails", "phoneNumbers", "title", "active", "locale", "timezone", "roles", "externalId", "id"];
/// Attributes of companies that are kept.
pub const OF_ENTERPRISE: [&str; 3] = ["employeeNumber", "department", "manager"];
/// Attributes of teams that are kept.
pub const OF_GROUP: [&str; 4] = ["displayName", "members", "externalId", "id"];

/// Attributes with several values.
pub const SEVERAL: [&str; 4] = ["emails", "phoneNumbers", "roles", "members"];

/// The member of this name, whatever its letters' case.
pub fn member<'a>(map: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    map.get(name).or_else(|| map.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1))
}

/// A text by a path such as `name.formatted`; `None` where it is missing or empty.
pub fn text<'a>(map: &'a Map<String, Json>, path: &str) -> Option<&'a str> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let found = member(map, first)?;
    match rest {
        Some(rest) => text(found.as_object()?, rest),
        None => found.as_str().map(str::trim).filter(|it| !it.is_empty()),
    }
}

/// Yes or no, also as some programs write it.
pub fn truth(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(it) => Some(*it),
        Json::String(it) if it.eq_ignore_ascii_case("true") => Some(true),
        Json::String(it) if it.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The value of a list that counts: the one said to be primary, or the first.
pub fn primary<'a>(map: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    let items = member(map, name)?.as_array()?;
    let is_primary = |it: &&Json| it.as_object().and_then(|it| member(it, "primary")).and_then(truth) == Some(true);
    let found = items.iter().find(is_primary).or_else(|| items.first())?;
    found.as_str().or_else(|| text(found.as_object()?, "value"))
}

/// The values of a list.
pub fn values(list: &Json) -> Vec<String> {
    let one = |it: &Json| it.as_str().map(str::to_owned).or_else(|| text(it.as_object()?, "value").map(str::to_owned));
    list.as_array().into_iter().flatten().filter_map(one).collect()
}

/// What of a resource is asked for: `attributes` or `excludedAttributes`. Of an attribute with parts all of it or nothing;
/// `id` and `schemas` are always told.
#[derive(Debug, Default)]
pub struct Selection {
    only: Option<Vec<String>>,
    without: Vec<String>,
}

impl Selection {
    /// Reads the parameters.
    pub fn of(query: &Query) -> Self {
        let names = |list: Vec<String>| list.iter().map(|it| first_part(it).to_ascii_lowercase()).collect::<Vec<_>>();
        Self { only: query.list("attributes").map(names), without: query.list("excludedAttributes").map(names).unwrap_or_default() }
    }

    /// Leaves of a resource what is asked for.
    pub fn apply(&self, resource: &mut Json) {
        let Some(members) = resource.as_object_mut() else { return };
        let named = |names: &[String], name: &str| names.contains(&name.to_ascii_lowercase());
        members.retain(|name, _| {
            matches!(name.as_str(), "id" | "schemas" | "meta") || (self.only.as_ref().is_none_or(|it| named(it, name)) && !named(&self.without, name))
        });
    }
}

/// The attribute, or the extension, that a path leads into.
fn first_part(path: &str) -> &str {
    if path.get(..ENTERPRISE.len()).is_some_and(|it| it.eq_ignore_ascii_case(ENTERPRISE)) {
        return ENTERPRISE;
    }
    let own = without_schema(path);
    own.split_once('.').map_or(own, |it| it.0)
}

/// `urn:ietf:params:scim:schemas:core:2.0:User:name.givenName` is `name.givenName`.
pub fn without_schema(path: &str) -> &str {
    let is_urn = path.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("urn:"));
    if is_urn { path.rsplit(':').next().unwrap_or(path) } else { path }
}
