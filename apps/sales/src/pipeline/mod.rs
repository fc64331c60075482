//! Pipelines: what their stages ask for and give, the way opportunities took through them, and what becomes of those that
//! stand too long.

pub mod choose;
pub mod setting;
pub mod stages;
pub mod tasks;
pub mod trail;
pub mod watch;

use serde_json::{Map, Value as Json};

/// The object of opportunities.
pub const OPPORTUNITY: &str = "opportunity";

/// Values by field.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
