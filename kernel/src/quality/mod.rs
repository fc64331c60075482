//! How records stand by the rules of quality: which apply, which are broken and since when, and how that was day by day.
//!
//! What judges them stands elsewhere; here is how it is kept. Nothing of it holds a value of a record: a record's id, rules by
//! their ids and by their places in the object's plan. A place is one bit of two numbers, so that a group by both numbers and a
//! department counts every rule of a hundred thousand records at once, under whatever rights the rest of the statement has.
//! Who may see a finding follows from the record and from the fields its rule looks at: whoever shows some asks for both.

mod days;
mod findings;
mod plans;
mod standing;

use sha2::{Digest as _, Sha256};

pub use days::{Day, RuleOfDay, days_of, forget_days_before, keep_day};
pub use findings::{Finding, broken, findings_of};
pub use plans::{KeptPlan, Planned, all_plans, begin, forget_plan, plan_of, report, settle};
pub use standing::{Standing, due, forget, forget_findings, forget_gone, forget_object, put, standing, standings};

/// Tells a text from any other, in 64 digits that are the same in every release.
pub fn fingerprint(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}

/// Name of the lock under which records are judged, so that none is judged by what it was.
pub const LOCK: &str = "quality";
/// Most rules of an object that are in use: each new one needs a place no other had until all records were judged by it.
pub const MOST_RULES: usize = 30;
/// Places of a plan: bits of a number that stays positive.
pub const PLACES: u8 = 62;
/// Keys named in one condition.
const AT_ONCE: usize = 500;
