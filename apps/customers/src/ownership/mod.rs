//! To which department records belong: rules as data, asked of many records at once, previewed, explained, and kept in a trail.

mod choose;
mod decide;
mod decide_now;
mod departments;
mod explain;
mod figures;
mod job;
mod preview;
mod problems;
mod reasons;
mod rule;
mod rule_check;
mod seen;
mod window;

use guanxi_kernel::context::Context;

pub use decide_now::DecideNow;
pub use departments::Departments;
pub use explain::{Explain, ExplainAccount};
pub use job::DecideOwnership;
pub use preview::Preview;
pub use rule_check::OwnershipRuleHook;

/// The object of rules.
pub const RULE: &str = "ownership_rule";
/// The object of the trail.
pub const DECISION: &str = "ownership_decision";
/// The field that keeps rules away from a record, and the one that says which rule was the last.
pub const FIXED: &str = "ownership_fixed";
/// The job.
const DECIDE: &str = "ownership.decide";
/// Records looked at together.
const PAGE: u64 = 500;

/// The engine's own eyes and the company's calendar: what belongs to whom depends on nobody who asks.
fn of_company(context: &Context) -> Context {
    Context { time_zone: context.workspace.time_zone(), ..context.as_system() }
}
