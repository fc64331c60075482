//! What a caller sees of an object's rules: those that look at nothing he may not see.
//!
//! A rule about a field that is hidden or masked from him is none to him, in findings, scores, counts and trends alike. A rule
//! about a field that a circle covers is one for the records it does not cover. A rule that looks up values in another object
//! is one for those who see all of that.

use std::sync::Arc;

use guanxi_kernel::Result;
use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::broken;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use uuid::Uuid;

use crate::check::Check;
use crate::plan::Plan;
use crate::rule::Rule;

/// Findings that are looked up first, rather than asked for row by row.
const FEW: u64 = 2_000;

/// A rule with its place.
pub type Placed = (u8, Arc<Rule>);

/// See the module.
pub struct Seen {
    /// Rules that are open of all records the caller sees.
    pub open: Vec<Placed>,
    /// Rules that are open of those records of which nothing is covered.
    pub covered: Vec<Placed>,
    /// Which these are.
    pub uncovered: Condition,
}

impl Seen {
    /// What the caller sees of a plan.
    pub fn of(context: &Context, plan: &Plan) -> Self {
        let mut seen = Self { open: Vec::new(), covered: Vec::new(), uncovered: Condition::True };
        let mut noted: Vec<Condition> = Vec::new();
        for placed in plan.rules.iter().filter(|it| may_see(context, &it.1)) {
            let covers = covers_of(context, &placed.1);
            if covers.is_empty() {
                seen.open.push(placed.clone())
            } else {
                seen.covered.push(placed.clone())
            }
            noted.extend(covers.into_iter().filter(|it| !noted.contains(it)).collect::<Vec<_>>());
        }
        seen.uncovered = noted.into_iter().fold(Condition::True, Condition::and);
        seen
    }

    /// All of them.
    pub fn all(&self) -> Vec<Placed> {
        self.open.iter().chain(&self.covered).cloned().collect()
    }

    /// The records that break one of those rules that `which` names, as a condition over the object's table.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn condition(&self, tx: &mut dyn ReadTx, which: impl Fn(&Rule) -> bool) -> Result<Condition> {
        let ids = |rules: &[Placed]| -> Vec<Uuid> { rules.iter().filter(|it| which(&it.1)).map(|it| it.1.id).collect() };
        let open = breaking(tx, &ids(&self.open))?;
        let covered = breaking(tx, &ids(&self.covered))?.and(self.uncovered.clone());
        Ok(match (open, covered) {
            (Condition::False, it) | (it, Condition::False) => it,
            (open, covered) => Condition::Or(vec![open, covered]),
        })
    }

    /// The rules that are open of one record, as lists show it.
    pub fn of_record(&self, context: &Context, record: &Record) -> Vec<Placed> {
        let mut rules = self.open.clone();
        rules.extend(self.covered.iter().filter(|it| is_shown(context, &it.1, record, Place::List)).cloned());
        rules
    }
}

/// The records that break one of some rules: few are looked up by what they break, of many each row is asked.
fn breaking(tx: &mut dyn ReadTx, rules: &[Uuid]) -> Result<Condition> {
    Ok(match broken(ColumnRef::main(ID), rules) {
        Condition::Exists(column, select, negated) => {
            let few = tx.count(&select, Some(FEW + 1))? <= FEW;
            if few { Condition::InSelect(column, select, negated) } else { Condition::Exists(column, select, negated) }
        }
        other => other,
    })
}

/// Whether a rule looks at nothing that is closed to the caller.
pub fn may_see(context: &Context, rule: &Rule) -> bool {
    let open = |object: &Object, name: &String| object.field(name).is_some_and(|it| context.access.may_group(object, it));
    rule.fields.iter().all(|it| open(&rule.object, it)) && sees_list(context, rule)
}

/// Whether what a rule looks at in other objects is open to the caller as a whole.
fn sees_list(context: &Context, rule: &Rule) -> bool {
    let listed = if let Check::ExistsIn { object, list_field, .. } = &rule.check { Some((object, list_field)) } else { None };
    let reached = rule.reached.iter().map(|((_, field), object)| (object, field));
    listed.into_iter().chain(reached).all(|(object, field)| sees_all_of(context, object, field))
}

/// Whether a field of all records of an object is open to the caller.
fn sees_all_of(context: &Context, object: &Object, field: &str) -> bool {
    let bound = object.definition.follows.is_some() || object.definition.private_to.is_some();
    let Some(field) = object.field(field) else { return false };
    let all = context.access.is_unlimited() || (!bound && context.access.reach(object, Verb::Read).is_everything());
    all && context.access.may_group(object, field) && context.access.covers_of(object, field).next().is_none()
}

/// The records of which a rule's fields are not covered, cover by cover.
fn covers_of(context: &Context, rule: &Rule) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for field in rule.fields.iter().filter_map(|it| rule.object.field(it)) {
        for cover in context.access.covers_of(&rule.object, field) {
            let others = cover.others(0);
            if !found.contains(&others) {
                found.push(others);
            }
        }
    }
    found
}

/// Whether all a rule looks at of one record is shown to the caller where he stands.
pub fn is_shown(context: &Context, rule: &Rule, record: &Record, place: Place) -> bool {
    let whole = |name: &String| {
        let field = rule.object.field(name);
        field.is_some_and(|it| context.access.shown_of(&rule.object, it, place, &record.row) == Shown::Whole)
    };
    rule.fields.iter().all(whole) && sees_list(context, rule)
}
