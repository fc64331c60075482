//! The kernel's errors: what a caller is told, with a stable code, a field and a remedy.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::schema::{AnyJson, Label};
use crate::store::StoreError;

/// One thing wrong with one field (or with the record, where `field` is empty).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Field name or path.
    pub field: String,
    /// Stable code: `required`, `wrong_type`, `too_long`, `too_small`, `too_large`, `bad_format`, `bad_option`,
    /// `no_such_record`, `duplicate`, `rule`, `unknown_field`, `read_only_field`, `field_forbidden`.
    pub code: &'static str,
    /// What is wrong and what to do, in each language.
    pub message: Label,
}

impl FieldError {
    /// A problem of a field.
    pub fn new(field: impl Into<String>, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: Label::new(zh_cn, en) }
    }
}

/// A field that two changed at once.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldConflict {
    /// The field.
    pub field: String,
    /// What it held when the caller began; null where it was empty, or that is not known.
    #[schemars(with = "AnyJson")]
    pub base: Json,
    /// What others made of it.
    #[schemars(with = "AnyJson")]
    pub theirs: Json,
    /// What the caller makes of it.
    #[schemars(with = "AnyJson")]
    pub mine: Json,
}

/// Why the engine did not do it.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// The request itself makes no sense; `code` as in `docs/api.md`.
    #[error("{code}: {}", message.en)]
    BadRequest {
        /// Stable code.
        code: &'static str,
        /// Reason and remedy.
        message: Label,
        /// Field it is about, if any.
        field: Option<String>,
        /// Character position in an expression, if any.
        position: Option<usize>,
    },
    /// No such record, or none the caller may see.
    #[error("not found")]
    NotFound,
    /// The caller may see it but not do this.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// The caller may do it, and must first prove again who he is.
    #[error("proof needed")]
    ProofNeeded,
    /// The caller looks with a member's rights, and changes nothing meanwhile.
    #[error("view only")]
    ViewOnly,
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// Problems with fields; all of them.
    #[error("invalid: {} problems", .0.len())]
    Invalid(Vec<FieldError>),
    /// Somebody changed the record since.
    #[error("version conflict")]
    VersionConflict {
        /// Version now.
        current_version: i64,
        /// Version the caller had.
        your_version: i64,
        /// Fields both changed.
        conflicting_fields: Vec<String>,
        /// The record now, as the caller may see it.
        current: Box<Json>,
        /// Of the fields both changed: what they held, what they hold, what the caller makes of them.
        conflicts: Vec<FieldConflict>,
    },
    /// The record became part of another one, which the caller may see.
    #[error("merged into {survivor}")]
    Merged {
        /// Object of both.
        object: String,
        /// What it is part of.
        survivor: uuid::Uuid,
    },
    /// It stands in a state that does not allow this; stable code, reason.
    #[error("{code}: {}", message.en)]
    Conflict {
        /// `duplicate_value`, `would_lose_data`, `state_conflict`, `still_referenced`, ...
        code: &'static str,
        /// Reason and remedy.
        message: Label,
        /// Fields it is about.
        fields: Vec<FieldError>,
    },
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the program; reported once, never shown.
    #[error("internal: {0}")]
    Internal(String),
}

impl KernelError {
    /// A bad request.
    pub fn bad_request(code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self::BadRequest { code, message: Label::new(zh_cn, en), field: None, position: None }
    }
    /// A conflict without fields.
    pub fn conflict(code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Conflict { code, message: Label::new(zh_cn, en), fields: Vec::new() }
    }
    /// One invalid field.
    pub fn invalid(field: impl Into<String>, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, zh_cn, en)])
    }
}

/// Result of the engine.
pub type Result<T> = std::result::Result<T, KernelError>;
