//! Pieces of answers that several routes share.

use guanxi_kernel::schema::AnyJson;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

/// All there is of something.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Items<T> {
    /// In order.
    pub items: Vec<T>,
}

/// A page of something.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
}

/// A pointer to a record.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Reference {
    /// Which record.
    pub id: Uuid,
    /// Its title; null where it exists and the caller may not see it.
    pub label: Option<String>,
}

/// Who acted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Actor {
    /// The member; null for the system itself.
    pub id: Option<Uuid>,
    /// The name; null where the caller may not see it.
    pub label: Option<String>,
}

/// What became of a field.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Change {
    /// The field.
    pub field: String,
    /// Its value before.
    #[schemars(with = "AnyJson")]
    pub old: Json,
    /// Its value after.
    #[schemars(with = "AnyJson")]
    pub new: Json,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct ToldEvent {
    /// Place in the order of the workspace.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `object.verb_past`.
    pub kind: String,
    /// Object.
    pub object: String,
    /// The record.
    pub id: Option<Uuid>,
    /// Its version after.
    pub version: i64,
    /// Who did it.
    pub actor: Actor,
    /// The change it was part of.
    pub change_id: Uuid,
    /// Fields that changed, in the order of the object.
    pub changes: Vec<Change>,
}
