//! Which figures somebody may see: those he would get himself from the records he may read.

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use super::departments::Departments;
use super::figures::{Candidate, Figure, Found, figures};
use super::rule::{Finds, Rule};

/// What a rule finds for some records with the caller's own eyes; nothing where he may not ask that.
pub struct Seen {
    all: bool,
    /// The record says itself where it belongs: a department that is not seen is not told of, either.
    only_seen: bool,
    /// He may not ask what the rule asks.
    blind: bool,
    found: Found,
}

impl Seen {
    /// Asks the rule as the caller.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn by(context: &Context, tx: &mut dyn ReadTx, rule: &Rule, ids: &[Uuid]) -> Result<Self> {
        let only_seen = matches!(rule.finds, Finds::Reference(_));
        let seen = |all: bool, found: Option<Found>| Self { all, only_seen, blind: !all && found.is_none(), found: found.unwrap_or_default() };
        if context.access.is_unlimited() {
            return Ok(seen(true, None));
        }
        let object = if let Finds::Related(related) = &rule.finds { &related.object } else { &rule.object };
        if !context.access.may(object, Verb::Read) {
            return Ok(seen(false, None));
        }
        // The company's calendar, the caller's rights.
        let theirs = Context { time_zone: context.workspace.time_zone(), ..context.clone() };
        match figures(&theirs, tx, rule, ids) {
            Err(KernelError::BadRequest { .. } | KernelError::Forbidden(_)) => Ok(seen(false, None)),
            other => Ok(seen(false, Some(other?))),
        }
    }

    /// Whether the departments found for a record may be told, or that there are none.
    pub fn shows(&self, record: Uuid, candidates: &[Candidate]) -> bool {
        !self.only_seen || !self.blind && (self.all || candidates.iter().all(|it| self.own(record).contains(it)))
    }

    fn own(&self, record: Uuid) -> &[Candidate] {
        self.found.get(&record).map_or(&[][..], Vec::as_slice)
    }

    /// The candidates of a record for people, those with most first. A figure into which others' records went is left out.
    pub fn told(&self, record: Uuid, candidates: &[Candidate], departments: &Departments, most: usize) -> Vec<Json> {
        let own = self.own(record);
        let is_told = |it: &&Candidate| self.all || !self.only_seen || own.contains(it);
        let mut sorted: Vec<&Candidate> = candidates.iter().filter(is_told).collect();
        sorted.sort_by(|one, other| rank(other).partial_cmp(&rank(one)).unwrap_or(std::cmp::Ordering::Equal));
        sorted.into_iter().take(most).map(|it| it.told(departments, self.all || own.contains(it))).collect()
    }
}

/// Only for the order in which candidates are told.
fn rank(candidate: &Candidate) -> (rust_decimal::Decimal, String) {
    match &candidate.figure {
        Figure::Number(_, exact) => (*exact, String::new()),
        Figure::Day(guanxi_kernel::Value::Date(day)) => (rust_decimal::Decimal::ZERO, day.to_string()),
        Figure::Day(guanxi_kernel::Value::DateTime(at)) => (rust_decimal::Decimal::ZERO, at.to_string()),
        Figure::Day(_) | Figure::Given => (rust_decimal::Decimal::ZERO, String::new()),
    }
}
