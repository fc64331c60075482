//! What went wrong, by status.

use serde_json::{Map, Value as Json, json};

use super::reference;
use crate::errors::CODES;

/// Name of the response for what has none of its own.
pub(super) const DEFAULT: &str = "default";

/// The responses by their names: the statuses, and [`DEFAULT`].
pub(super) fn responses() -> Map<String, Json> {
    let problem = |about: String| {
        let content = json!({ "application/problem+json": { "schema": reference("Problem") } });
        json!({ "description": about, "content": content })
    };
    let mut all: Map<String, Json> = CODES.iter().map(|(status, codes)| (status.to_string(), problem(codes.join(", ")))).collect();
    for busy in ["429", "503"] {
        let seconds = json!({ "schema": { "type": "integer" }, "description": "Seconds after which another try makes sense" });
        all[busy]["headers"] = json!({ "Retry-After": seconds });
    }
    all.insert(DEFAULT.to_owned(), problem("What went wrong, in the caller's language (RFC 9457)".to_owned()));
    all
}
