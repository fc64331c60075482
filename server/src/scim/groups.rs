//! Teams as groups.

use guanxi_kernel::KernelError;
use serde_json::{Map, Value as Json, json};

use super::attributes::{GROUP, member, text, values as values_of};
use crate::errors::ApiError;

/// A team's resource.
pub fn resource(record: &Json) -> Json {
    let id = record["id"].as_str().unwrap_or_default();
    let one = |it: &Json| json!({ "value": it["id"], "display": it["label"], "type": "User", "$ref": format!("/Users/{}", it["id"].as_str().unwrap_or_default()) });
    let members: Vec<Json> = record["members"].as_array().into_iter().flatten().map(one).collect();
    let mut resource = json!({
        "schemas": [GROUP], "id": id, "displayName": record["name"], "members": members,
        "meta": {
            "resourceType": "Group", "created": record["created_at"], "lastModified": record["updated_at"],
            "location": format!("/Groups/{id}"), "version": format!("W/\"{}\"", record["version"]),
        },
    });
    if let Some(external) = record["external_id"].as_str() {
        resource["externalId"] = json!(external);
    }
    resource
}

/// What of a team is to be changed.
///
/// # Errors
/// A team without a name.
pub fn values(new: &Map<String, Json>, before: Option<&Map<String, Json>>) -> Result<Map<String, Json>, ApiError> {
    if text(new, "displayName").is_none() {
        return Err(KernelError::invalid("displayName", "required", "请填写", "is required").into());
    }
    let mut values = Map::new();
    for (attribute, field) in [("displayName", "name"), ("externalId", "external_id")] {
        let wanted = text(new, attribute);
        if before.is_none_or(|it| text(it, attribute) != wanted) {
            values.insert(field.into(), json!(wanted));
        }
    }
    let ids = |map: &Map<String, Json>| {
        let mut ids = member(map, "members").map(values_of).unwrap_or_default();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    if before.is_none_or(|it| ids(it) != ids(new)) {
        values.insert("members".into(), json!(ids(new)));
    }
    Ok(values)
}
