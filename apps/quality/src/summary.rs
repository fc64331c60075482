//! How the records of an object stand, as far as the caller sees them and their fields.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::all_plans;
use guanxi_kernel::read::{Count, load_records};
use guanxi_kernel::schema::{Label, Object};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::counts::{Counts, Of};
use crate::plan::Plan;
use crate::rule::Fault;
use crate::seen::Seen;
use crate::sums::{sum_of, turn};
use crate::told::QualityRuleTold;

/// How the records of one object stand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityObject {
    /// The object.
    pub object: String,
    /// Its records for people.
    pub label: Label,
    /// Records the caller sees.
    pub records: i64,
    /// Weights of the rules that hold, of the weights of those that apply, 0 to 100; null where none applies.
    pub score: Option<f64>,
    /// Records that lack something.
    pub incomplete: i64,
    /// Records of which something is wrong.
    pub wrong: i64,
    /// Records nobody has looked at for long.
    pub stale: i64,
    /// Groups of likely duplicates that wait for a decision; null to those who do not review them.
    pub duplicates: Option<Count>,
    /// Rules the caller sees.
    pub rules: usize,
    /// Whether all were judged by the rules as they are.
    #[schemars(extend("enum" = ["current", "judging", "never"]))]
    pub state: &'static str,
    /// Records judged so far, while they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
    /// Of so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// When all had last been judged.
    pub judged_at: Option<Timestamp>,
    /// The caller may have all judged anew.
    pub may_judge: bool,
    /// The caller may mend many at once.
    pub may_fix: bool,
}

/// How often each kind of rule is broken.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct QualityFaults {
    /// Something is missing.
    pub incomplete: i64,
    /// Something cannot be so.
    pub wrong: i64,
    /// Something is old.
    pub stale: i64,
}

/// How often a rule applies and is broken.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityOfRule {
    /// The rule.
    pub rule: QualityRuleTold,
    /// Records it concerns.
    pub applies: i64,
    /// Those that break it.
    pub fails: i64,
}

/// How the records of a department or of a member stand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityGroup {
    /// The department or the member; null for records without.
    pub id: Option<Uuid>,
    /// Its name; null where the caller may not see it.
    pub label: Option<String>,
    /// Records the caller sees.
    pub records: i64,
    /// As of the whole.
    pub score: Option<f64>,
    /// Records that lack something.
    pub incomplete: i64,
    /// Records of which something is wrong.
    pub wrong: i64,
    /// Records nobody has looked at for long.
    pub stale: i64,
}

/// How the records of one object stand, by rule and by group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualitySummary {
    /// All together.
    #[serde(flatten)]
    pub whole: QualityObject,
    /// Rules broken, counted one by one.
    pub findings: QualityFaults,
    /// Rule by rule, in their order.
    pub by_rule: Vec<QualityOfRule>,
    /// Group by group, the lowest score first.
    pub groups: Vec<QualityGroup>,
}

/// The plan of an object that the caller may read.
///
/// # Errors
/// Not found where he may not; the database's.
pub fn plan_for(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<(Arc<Object>, Option<Plan>)> {
    let object = guanxi_kernel::read::object_of(context, object)?;
    let plan = Plan::read(context, tx, &object.name)?;
    Ok((object, plan))
}

/// How each object stands that has rules and that the caller may read.
///
/// # Errors
/// Fails where the database does.
pub fn overview(context: &Context) -> Result<Vec<QualityObject>> {
    let _turn = turn();
    context.workspace.store.read_with(|tx| {
        let mut told = Vec::new();
        for kept in all_plans(tx)? {
            let Some(plan) = Plan::of(context, tx, kept)?.filter(|it| context.access.may(&it.object, Verb::Read)) else { continue };
            let seen = Seen::of(context, &plan);
            let found = counted(context, tx, &plan.object, Some(&plan), &seen, &[], Of::default())?;
            told.push(told_of(context, &plan.object, Some(&plan), &seen, &found.1));
        }
        Ok(told)
    })
}

/// How one object stands: as a whole, by rule, and by `key` (`department` or `owner`) where that is asked for.
///
/// # Errors
/// Not found, a bad filter, a field the caller may not name; the database's.
pub fn summary(context: &Context, object: &str, key: Option<&str>, of: Of<'_>) -> Result<QualitySummary> {
    let _turn = turn();
    context.workspace.store.read_with(|tx| {
        let (object, plan) = plan_for(context, tx, object)?;
        let keys: Vec<&str> = key.into_iter().collect();
        let seen = plan.as_ref().map_or_else(Seen::nothing, |it| Seen::of(context, it));
        let (groups, whole) = counted(context, tx, &object, plan.as_ref(), &seen, &keys, of)?;
        let of_rule = |it: &crate::seen::Placed| {
            let (applies, fails) = whole.rules.get(&it.1.id).copied().unwrap_or_default();
            QualityOfRule { rule: QualityRuleTold::of(&it.1), applies, fails }
        };
        let mut rules = seen.all();
        rules.sort_by_key(|it| plan.as_ref().and_then(|plan| plan.rules.iter().position(|rule| rule.1.id == it.1.id)));
        let fault = |it: Fault| whole.findings_by_fault.get(&it).copied().unwrap_or(0);
        Ok(QualitySummary {
            findings: QualityFaults { incomplete: fault(Fault::Incomplete), wrong: fault(Fault::Wrong), stale: fault(Fault::Stale) },
            by_rule: rules.iter().map(of_rule).collect(),
            groups: if let Some(key) = key { told_groups(context, tx, &object, key, groups)? } else { Vec::new() },
            whole: told_of(context, &object, plan.as_ref(), &seen, &whole),
        })
    })
}

impl Seen {
    /// No rule at all.
    pub fn nothing() -> Self {
        Self { open: Vec::new(), covered: Vec::new(), uncovered: Condition::True }
    }
}

type ByKey = BTreeMap<Option<Uuid>, Counts>;

/// Counts by key, and all together. Records of which something is covered are counted by the open rules alone: those that
/// stand alike, less those of them of which nothing is.
fn counted(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    plan: Option<&Plan>,
    seen: &Seen,
    keys: &[&str],
    of: Of<'_>,
) -> Result<(ByKey, Counts)> {
    let all = sum_of(context, tx, object, plan, keys, of, &Condition::True)?;
    let open = if seen.covered.is_empty() { Arc::default() } else { sum_of(context, tx, object, plan, keys, of, &seen.uncovered)? };
    let (mut by_key, mut whole) = (ByKey::new(), Counts::default());
    let every = seen.all();
    for (place @ (key, applies, fails), count) in all.iter() {
        let whole_seen = if seen.covered.is_empty() { *count } else { open.get(place).copied().unwrap_or(0) };
        let group = by_key.entry(key.first().copied().flatten()).or_default();
        for (rules, count) in [(&every, whole_seen), (&seen.open, count - whole_seen)] {
            if count > 0 {
                group.add(rules, *applies, *fails, count);
                whole.add(rules, *applies, *fails, count);
            }
        }
    }
    Ok((by_key, whole))
}

fn told_of(context: &Context, object: &Object, plan: Option<&Plan>, seen: &Seen, counts: &Counts) -> QualityObject {
    let judging = plan.is_some_and(|it| !it.kept.is_current);
    // How many there are in all is not for those who see some of them.
    let progress = plan.filter(|_| judging && context.access.is_unlimited());
    QualityObject {
        object: object.name.clone(),
        label: object.definition.plural.clone().unwrap_or_else(|| object.definition.label.clone()),
        records: counts.records,
        score: counts.weighed.score(),
        incomplete: counts.records_with(Fault::Incomplete),
        wrong: counts.records_with(Fault::Wrong),
        stale: counts.records_with(Fault::Stale),
        duplicates: None,
        rules: seen.open.len() + seen.covered.len(),
        state: match plan {
            None => "never",
            Some(_) if judging => "judging",
            Some(_) => "current",
        },
        done: progress.map(|it| it.kept.done),
        total: progress.map(|it| it.kept.total),
        judged_at: plan.and_then(|it| it.kept.judged_at),
        may_judge: context.access.require_administrator().is_ok(),
        may_fix: context.access.may(object, Verb::Bulk),
    }
}

fn told_groups(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, key: &str, groups: ByKey) -> Result<Vec<QualityGroup>> {
    let target = object.field(key).and_then(|it| it.target.as_deref()).and_then(|it| context.schema.object(it)).cloned();
    let target = target.ok_or_else(|| KernelError::Internal(format!("{}.{key} leads nowhere", object.name)))?;
    let ids: Vec<Uuid> = groups.keys().flatten().copied().collect();
    let records = load_records(context, tx, &target, &ids, Verb::Read, true)?;
    let title = target.title_field().name();
    let labels: HashMap<Uuid, String> = records.iter().filter_map(|it| Some((it.id(), it.text_for(context, title)?))).collect();
    let told = |(id, counts): (Option<Uuid>, Counts)| QualityGroup {
        id,
        label: id.and_then(|it| labels.get(&it).cloned()),
        records: counts.records,
        score: counts.weighed.score(),
        incomplete: counts.records_with(Fault::Incomplete),
        wrong: counts.records_with(Fault::Wrong),
        stale: counts.records_with(Fault::Stale),
    };
    let mut told: Vec<QualityGroup> = groups.into_iter().map(told).collect();
    told.sort_by(|a, b| a.score.unwrap_or(f64::MAX).total_cmp(&b.score.unwrap_or(f64::MAX)).then_with(|| b.records.cmp(&a.records)));
    Ok(told)
}
