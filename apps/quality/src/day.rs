//! What the quality of an object was on a day, kept for trends.

use std::collections::BTreeMap;

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::{self, Day, RuleOfDay};
use guanxi_kernel::store::{Condition, StoreExt as _};
use jiff::ToSpan as _;
use jiff::civil::Date;
use uuid::Uuid;

use crate::counts::{Alike, Of, alike};
use crate::plan::Plan;
use crate::rule::Rule;

/// How long days are kept.
const DAYS_KEPT: i64 = 800;

/// Today in the company's time zone.
pub fn today(context: &Context) -> Date {
    context.workspace.clock.now().to_zoned(context.workspace.time_zone()).date()
}

/// Keeps what today is, where nothing of it was kept: a trend begins on the day there are rules.
///
/// # Errors
/// Fails where the database does.
pub fn keep_first(context: &Context, object: &str) -> Result<()> {
    let day = today(context);
    let is_there = context.workspace.store.read_with(|tx| Ok(!quality::days_of(tx, object, day)?.is_empty()))?;
    if is_there { Ok(()) } else { keep(context, object) }
}

/// Keeps what today is. While records are being judged it is not known, and what was kept of it stays.
///
/// # Errors
/// Fails where the database does.
pub fn keep(context: &Context, object: &str) -> Result<()> {
    let context = context.as_system();
    let day = today(&context);
    let read = context.workspace.store.read_with(|tx| {
        let Some(plan) = Plan::read(&context, tx, object)?.filter(|it| it.kept.is_current) else { return Ok(None) };
        let keys = keys_of(&plan);
        let found = alike(&context, tx, &plan.object, keys, Of::default(), &Condition::True)?;
        Ok(Some((plan, found)))
    })?;
    let Some((plan, found)) = read else { return Ok(()) };
    let (parts, name) = (parts(&plan, &found, day), object.to_owned());
    context.workspace.store.write_with(move |tx| quality::keep_day(tx, &name, day, &parts))
}

/// By what the records of a day are told apart.
fn keys_of(plan: &Plan) -> &'static [&'static str] {
    if plan.object.definition.owned { &["department", "owner"] } else { &[] }
}

fn parts(plan: &Plan, found: &Alike, day: Date) -> Vec<Day> {
    let mut parts: BTreeMap<(Option<Uuid>, Option<Uuid>), Day> = BTreeMap::new();
    for ((key, applies, fails), count) in found {
        let (department, owner) = (key.first().copied().flatten(), key.get(1).copied().flatten());
        let part = parts.entry((department, owner)).or_insert_with(|| Day { day, department, owner, records: 0, rules: BTreeMap::new() });
        part.records += count;
        for (place, rule) in plan.rules.iter().filter(|it| applies & (1_i64 << it.0) != 0) {
            let of_rule = part.rules.entry(rule.id).or_insert_with(|| of_day(rule));
            of_rule.applies += count;
            of_rule.fails += if fails & (1_i64 << place) == 0 { 0 } else { *count };
        }
    }
    parts.into_values().collect()
}

fn of_day(rule: &Rule) -> RuleOfDay {
    RuleOfDay { asks: quality::fingerprint(&rule.asks), weight: rule.weight, ..RuleOfDay::default() }
}

/// Forgets days that are long past.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old(context: &Context) -> Result<()> {
    let first = today(context).checked_sub(DAYS_KEPT.days()).unwrap_or(Date::MIN);
    context.workspace.store.write_with(move |tx| quality::forget_days_before(tx, first))
}
