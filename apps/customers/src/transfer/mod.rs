//! What a member had, handed over by a plan: to colleagues, into pools, or left where it is. Previewed, told record by record, and
//! taken back.

mod actions;
mod back;
mod job;
mod plan;
mod preview;
mod problems;

pub use actions::{Start, TakeBack};
pub use job::RunTransfers;
pub use preview::Preview;

/// The object of hand-overs.
pub const TRANSFER: &str = "ownership_transfer";
/// The job.
const RUN: &str = "ownership.transfer";
/// Records looked at together.
const PAGE: u64 = 500;
/// Records changed in one transaction: others write between two of them.
const AT_ONCE: usize = 50;
