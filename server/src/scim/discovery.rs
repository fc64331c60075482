//! What this server says of itself: what it can, what resources it has and of what attributes.

use serde_json::{Value as Json, json};

use super::attributes::{ENTERPRISE, GROUP, USER};
use super::resource::MAX_COUNT;

/// What it can.
pub fn service() -> Json {
    let (yes, no) = (json!({ "supported": true }), json!({ "supported": false }));
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": yes, "etag": yes, "changePassword": no, "sort": no,
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_COUNT },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Token", "description": "A token that an administrator made in the settings", "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": "/ServiceProviderConfig" },
    })
}

fn list(resources: &[Json]) -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(), "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources,
    })
}

/// One of a list, by its id.
pub fn one_of(list: &Json, id: &str) -> Option<Json> {
    list["Resources"].as_array()?.iter().find(|it| it["id"] == id).cloned()
}

/// What resources there are.
pub fn resource_types() -> Json {
    let one = |name: &str, endpoint: &str, schema: &str, extensions: Json| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name, "name": name, "endpoint": endpoint, "schema": schema, "schemaExtensions": extensions,
            "meta": { "resourceType": "ResourceType", "location": format!("/ResourceTypes/{name}") },
        })
    };
    list(&[one("User", "/Users", USER, json!([{ "schema": ENTERPRISE, "required": false }])), one("Group", "/Groups", GROUP, json!([]))])
}

fn attribute(name: &str, kind: &str, several: bool, required: bool, parts: &[Json]) -> Json {
    let mut it = json!({
        "name": name, "type": kind, "multiValued": several, "required": required, "caseExact": false, "mutability": "readWrite",
        "returned": "default", "uniqueness": if matches!(name, "userName" | "employeeNumber") { "server" } else { "none" },
    });
    if !parts.is_empty() {
        it["subAttributes"] = json!(parts);
    }
    it
}

fn texts(names: &[&str]) -> Vec<Json> {
    names.iter().map(|it| attribute(it, "string", false, false, &[])).collect()
}

/// Of what attributes.
pub fn schemas() -> Json {
    let schema = |id: &str, name: &str, attributes: Vec<Json>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": id, "name": name, "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("/Schemas/{id}") },
        })
    };
    let complex = |name: &str, several: bool, parts: &[&str]| attribute(name, "complex", several, false, &texts(parts));
    let mut user = vec![attribute("userName", "string", false, true, &[])];
    user.extend(texts(&["displayName", "title", "locale", "timezone"]));
    user.push(attribute("active", "boolean", false, false, &[]));
    user.push(complex("name", false, &["formatted", "familyName", "givenName"]));
    let contact = || [texts(&["value", "type"]), vec![attribute("primary", "boolean", false, false, &[])]].concat();
    user.extend(["emails", "phoneNumbers"].map(|it| attribute(it, "complex", true, false, &contact())));
    user.push(complex("roles", true, &["value"]));
    let company = vec![
        attribute("employeeNumber", "string", false, false, &[]),
        attribute("department", "string", false, false, &[]),
        complex("manager", false, &["value", "displayName"]),
    ];
    let group = vec![attribute("displayName", "string", false, true, &[]), complex("members", true, &["value", "display"])];
    list(&[schema(USER, "User", user), schema(ENTERPRISE, "EnterpriseUser", company), schema(GROUP, "Group", group)])
}
