//! Targets of sales: their periods, what was reached of them and what open deals promise, and the steps of their life.

pub mod counting;
pub mod deals;
pub mod period;
pub mod steps;
pub mod target;

/// The object.
pub const TARGET: &str = "sales_target";
/// The object of deals.
pub const DEAL: &str = "opportunity";
