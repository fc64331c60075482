//! How quality went, day by day.
//!
//! What is kept of a day is one row for each owner and department. A row is told to those whose rights certainly reach every
//! record with that owner in that department: what rights ask beside owner and department cannot be asked of a day that is
//! past, and is taken not to hold. So whoever sees some records of a department by a condition is told nothing of its trend.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_expr::{CompareOp, Predicate};
use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::{Day, RuleOfDay, days_of, fingerprint};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::counts::{Weighed, key_field};
use crate::day::today;
use crate::rule::Fault;
use crate::seen::Seen;
use crate::summary::plan_for;
use crate::told::QualityRuleTold;

/// How a rule stood on a day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityRuleOfDay {
    /// The rule.
    pub id: Uuid,
    /// Records it concerned.
    pub applies: i64,
    /// Those that broke it.
    pub fails: i64,
}

/// A day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityDay {
    /// The day.
    pub day: String,
    /// Records there were.
    pub records: i64,
    /// The score by the weights of that day.
    pub score: Option<f64>,
    /// Rules broken because something was missing.
    pub incomplete: i64,
    /// Because something was wrong.
    pub wrong: i64,
    /// Because something was old.
    pub stale: i64,
    /// Rule by rule, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<QualityRuleOfDay>>,
}

/// How quality went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityTrend {
    /// Day by day, of the days that are known.
    pub points: Vec<QualityDay>,
    /// The rules.
    pub rules: Vec<QualityRuleTold>,
    /// The caller is told of some departments or owners alone.
    pub partial: bool,
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// How many days back, today included.
    pub days: i64,
    /// Rule by rule.
    pub by_rule: bool,
    /// Of these departments.
    pub departments: Option<Vec<Uuid>>,
    /// Of these owners.
    pub owners: Option<Vec<Uuid>>,
}

/// How the quality of an object went, as far as the caller may know.
///
/// # Errors
/// Not found where he may not read the object, a field he may not name; the database's.
pub fn trend(context: &Context, object: &str, asked: &Asked) -> Result<QualityTrend> {
    context.workspace.store.read_with(|tx| {
        let (object, plan) = plan_for(context, tx, object)?;
        let covered = covers_asked(context, &object, asked)?;
        let Some(plan) = plan else { return Ok(QualityTrend { points: Vec::new(), rules: Vec::new(), partial: false }) };
        let seen = Seen::of(context, &plan);
        let first = today(context).checked_sub((asked.days - 1).max(0).days()).unwrap_or(Date::MIN);
        let days = days_of(tx, &object.name, first)?;
        let rules: Rules = seen.open.iter().map(|it| (it.1.id, (it.1.fault, fingerprint(&it.1.asks)))).collect();
        let mut told: BTreeMap<Date, Sum> = BTreeMap::new();
        let mut partial = !seen.covered.is_empty();
        for day in &days {
            if covered || !reaches(context, &object, day) {
                partial = true;
                continue;
            }
            let among = |ids: &Option<Vec<Uuid>>, id: Option<Uuid>| ids.as_ref().is_none_or(|it| id.is_some_and(|id| it.contains(&id)));
            if among(&asked.departments, day.department) && among(&asked.owners, day.owner) {
                told.entry(day.day).or_default().add(day, &rules);
            }
        }
        let points = told.into_iter().map(|(day, sum)| sum.told(day, &rules, asked.by_rule)).collect();
        Ok(QualityTrend { points, rules: seen.open.iter().map(|it| QualityRuleTold::of(&it.1)).collect(), partial })
    })
}

/// Whether the caller asks by a field that is covered of some records: which of a day these were is not known, so none of it is
/// told. By one that is closed to him he cannot ask at all.
fn covers_asked(context: &Context, object: &Object, asked: &Asked) -> Result<bool> {
    let mut covered = false;
    for (name, ids) in [("owner", &asked.owners), ("department", &asked.departments)] {
        if ids.is_some() {
            let field = key_field(context, object, name)?;
            covered |= context.access.covers_of(object, field).next().is_some();
        }
    }
    Ok(covered)
}

/// The rules told of: what kind each is, and the fingerprint of what it asks.
type Rules = BTreeMap<Uuid, (Fault, String)>;

#[derive(Default)]
struct Sum {
    records: i64,
    weighed: Weighed,
    rules: BTreeMap<Uuid, RuleOfDay>,
}

impl Sum {
    fn add(&mut self, day: &Day, rules: &Rules) {
        self.records += day.records;
        // A rule that asked something else that day was another one.
        let same = |it: &(&Uuid, &RuleOfDay)| rules.get(it.0).is_some_and(|rule| rule.1 == it.1.asks);
        for (id, of_day) in day.rules.iter().filter(same) {
            self.weighed.applies += of_day.weight * of_day.applies;
            self.weighed.fails += of_day.weight * of_day.fails;
            let sum = self.rules.entry(*id).or_default();
            sum.applies += of_day.applies;
            sum.fails += of_day.fails;
        }
    }

    fn told(self, day: Date, rules: &Rules, by_rule: bool) -> QualityDay {
        let of = |fault: Fault| self.rules.iter().filter(|it| rules.get(it.0).is_some_and(|rule| rule.0 == fault)).map(|it| it.1.fails).sum();
        let told = |it: (&Uuid, &RuleOfDay)| QualityRuleOfDay { id: *it.0, applies: it.1.applies, fails: it.1.fails };
        QualityDay {
            day: day.to_string(),
            records: self.records,
            score: self.weighed.score(),
            incomplete: of(Fault::Incomplete),
            wrong: of(Fault::Wrong),
            stale: of(Fault::Stale),
            rules: by_rule.then(|| self.rules.iter().map(told).collect()),
        }
    }
}

/// Whether the caller's rights certainly reach every record with the day's owner in its department.
fn reaches(context: &Context, object: &Object, day: &Day) -> bool {
    if context.access.is_unlimited() {
        return true;
    }
    let bound = object.definition.follows.is_some() || object.definition.private_to.is_some();
    let certain = |it: &Predicate| holds(it, day) == Some(true);
    !bound && context.access.reach(object, Verb::Read).rules().iter().all(|it| certain(&it.allowed) && certain(&it.kept))
}

/// Whether a predicate holds of all records with an owner in a department; nothing where more would have to be known.
fn holds(predicate: &Predicate, day: &Day) -> Option<bool> {
    let of = |path: &[String]| match path {
        [name] if name == "owner" => Some(day.owner),
        [name] if name == "department" => Some(day.department),
        _ => None,
    };
    let ids = |values: &[Value]| -> BTreeSet<Uuid> { values.iter().filter_map(|it| if let Value::Id(id) = it { Some(*id) } else { None }).collect() };
    match predicate {
        Predicate::True => Some(true),
        Predicate::False => Some(false),
        Predicate::And(all) => all.iter().map(|it| holds(it, day)).try_fold(true, and).or_else(|| any_is(all, day, false)),
        Predicate::Or(any) => any.iter().map(|it| holds(it, day)).try_fold(false, or).or_else(|| any_is(any, day, true)),
        Predicate::Compare { path, op: CompareOp::Eq, value: Value::Id(id) } => Some(of(path)? == Some(*id)),
        Predicate::Compare { path, op: CompareOp::Ne, value: Value::Id(id) } => Some(of(path)? != Some(*id)),
        Predicate::In { path, values, negated } => {
            let among = of(path)?.is_some_and(|it| ids(values).contains(&it));
            Some(among != *negated)
        }
        Predicate::IsNull(path) => Some(of(path)?.is_none()),
        Predicate::NotNull(path) => Some(of(path)?.is_some()),
        _ => None,
    }
}

fn and(so_far: bool, next: Option<bool>) -> Option<bool> {
    next.map(|it| so_far && it)
}

fn or(so_far: bool, next: Option<bool>) -> Option<bool> {
    next.map(|it| so_far || it)
}

/// One that is known decides, whatever the unknown ones are.
fn any_is(all: &[Predicate], day: &Day, decides: bool) -> Option<bool> {
    all.iter().any(|it| holds(it, day) == Some(decides)).then_some(decides)
}
