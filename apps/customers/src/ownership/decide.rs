//! Rules asked of records, all of them at once and one rule after the other.

use std::collections::HashMap;

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, OWNER_FIELD, Object, OpenGate};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::FIXED;
use super::choose::{Tie, choose};
use super::departments::Departments;
use super::figures::{Candidate, figures};
use super::rule::Rule;

/// Most departments a decision tells of.
const MOST_TOLD: usize = 20;

/// What a rule decides about a record.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Which of the rules.
    pub rule: usize,
    /// The department.
    pub to: Uuid,
    /// How a tie was decided.
    pub tie: Option<Tie>,
    /// All it found.
    pub candidates: Vec<Candidate>,
}

impl Decided {
    /// What it rests on, for the trail.
    pub fn figures(&self, rule: &Rule, departments: &Departments) -> Json {
        let (finds, measure) = rule.finds.names();
        let window = rule.finds.window().map(|it| json!({ "from": it.from.to_string(), "until": it.until.to_string() }));
        let candidates: Vec<Json> = self.candidates.iter().take(MOST_TOLD).map(|it| it.told(departments, true)).collect();
        json!({ "finds": finds, "measure": measure, "window": window, "tie": self.tie.map(Tie::name), "candidates": candidates })
    }
}

/// Why rules leave a record as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Somebody fixed it.
    Fixed,
    /// It is nobody's and lies in a pool.
    InPool,
    /// Its state locks it.
    Locked,
}

/// Which records rules leave alone.
pub struct Exempt(Option<ConditionOn>);

impl Exempt {
    /// Of an object.
    ///
    /// # Errors
    /// Where what locks its records is no condition.
    pub fn of(context: &Context, object: &std::sync::Arc<Object>) -> Result<Self> {
        let locks = object.definition.locked_when.as_deref();
        Ok(Self(locks.map(|it| ConditionOn::read(&context.schema, object, it, &OpenGate)).transpose()?))
    }

    /// Why a record is left as it is, if it is.
    pub fn why(&self, context: &Context, record: &Record) -> Option<Kept> {
        if record.value(FIXED).is_true() {
            Some(Kept::Fixed)
        } else if record.reference(OWNER_FIELD).is_none() && record.reference("pool").is_some() {
            Some(Kept::InPool)
        } else if self.0.as_ref().is_some_and(|it| it.holds(record, context.now, &context.time_zone)) {
            Some(Kept::Locked)
        } else {
            None
        }
    }
}

/// What is wrong with one of the rules: it cannot be asked any more.
#[derive(Debug)]
pub struct Broken {
    /// Which.
    pub rule: Uuid,
    /// Why.
    pub error: KernelError,
}

/// What the rules decide about records of their object, one statement for each rule. Of a record for which none finds anything
/// nothing is said.
///
/// # Errors
/// The database's. A rule that cannot be asked is answered as the inner error: what comes after it must not decide in its place.
pub fn decide(
    context: &Context,
    tx: &mut dyn ReadTx,
    rules: &[Rule],
    departments: &Departments,
    records: &[&Record],
) -> Result<std::result::Result<HashMap<Uuid, Decided>, Broken>> {
    let mut decided: HashMap<Uuid, Decided> = HashMap::new();
    for (at, rule) in rules.iter().enumerate() {
        let left: Vec<&Record> = records.iter().copied().filter(|it| !decided.contains_key(&it.id()) && rule.is_for(context, it)).collect();
        let ids: Vec<Uuid> = left.iter().map(|it| it.id()).collect();
        let mut found = match figures(context, tx, rule, &ids) {
            Err(error @ KernelError::BadRequest { .. }) => return Ok(Err(Broken { rule: rule.id, error })),
            other => other?,
        };
        for record in left {
            let Some(candidates) = found.remove(&record.id()) else { continue };
            if let Some((to, tie)) = choose(&candidates, departments, record.reference(DEPARTMENT_FIELD)) {
                decided.insert(record.id(), Decided { rule: at, to, tie, candidates });
            }
        }
    }
    Ok(Ok(decided))
}
