//! Counts of how records stand, by rule and by kind of fault, and the score that follows.
//!
//! Records with the same owner, department and sets of rules are one group of the database; here groups are added up, each rule
//! only where the caller sees it. The score is the same formula for one record and for many: the weights of the rules that
//! hold, of the weights of those that apply.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::{Verb, compile_filter};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Tables, rights_condition, unknown_field};
use guanxi_kernel::schema::{DELETED_AT, Field, ID, Object, WithSources};
use guanxi_kernel::store::{Aggregate, ColumnRef, Condition, Join, Measure, MeasureFunction, ReadTx};
use guanxi_kernel::system_tables::QUALITY_RECORD;
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

use crate::rule::{Fault, Rule};

/// Most groups of one look.
const MOST_GROUPS: u64 = 1_000_000;

/// Records that stand alike: by keys, rules that apply and rules that are broken, how many.
pub type Alike = BTreeMap<(Vec<Option<Uuid>>, i64, i64), i64>;

/// Which records are counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Of<'a> {
    /// Those a filter accepts.
    pub filter: Option<&'a str>,
    /// Those whose owner is one of these.
    pub owners: Option<&'a [Uuid]>,
    /// Those whose department is one of these.
    pub departments: Option<&'a [Uuid]>,
}

/// The condition of these records over an object's table, as far as the caller may ask for it.
///
/// # Errors
/// A bad filter, or a field he may not name.
pub fn condition_of(context: &Context, object: &Arc<Object>, tables: &mut Tables<'_>, of: Of<'_>) -> Result<Condition> {
    let mut condition = Condition::IsNull(ColumnRef::main(DELETED_AT));
    if let Some(source) = of.filter.filter(|it| !it.trim().is_empty()) {
        let gate = WithSources(context.access.as_ref());
        let predicate = compile_filter(&context.schema, object, source, &gate, &context.access.member, context.now, &context.time_zone)?;
        condition = condition.and(tables.condition(&predicate)?);
    }
    for (name, ids) in [("owner", of.owners), ("department", of.departments)] {
        if let Some(ids) = ids {
            let column = key_column(context, object, tables, name)?;
            condition = condition.and(Condition::In(column, ids.iter().copied().map(Value::Id).collect(), false));
        }
    }
    Ok(condition)
}

/// The column of a field that records are told apart by.
fn key_column(context: &Context, object: &Arc<Object>, tables: &mut Tables<'_>, name: &str) -> Result<ColumnRef> {
    let field = key_field(context, object, name)?;
    tables.note_covers(object, field, 0);
    Ok(ColumnRef::main(field.part("").ok_or_else(|| unknown_field(name))?.column))
}

/// A field that records are told apart by, which the caller may name.
///
/// # Errors
/// Unknown where he may not.
pub fn key_field<'o>(context: &Context, object: &'o Object, name: &str) -> Result<&'o Field> {
    object.field(name).filter(|it| context.access.may_group(object, it)).ok_or_else(|| unknown_field(name))
}

/// Counts records by keys and by how they stand: those the caller may read, that `more` accepts too.
///
/// # Errors
/// A bad filter, a field he may not name, more than can be summed up; the database's.
pub fn alike(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, keys: &[&str], of: Of<'_>, more: &Condition) -> Result<Alike> {
    let mut tables = Tables::new(context, object);
    let condition = condition_of(context, object, &mut tables, of)?.and(more.clone());
    let mut columns = keys.iter().map(|it| key_column(context, object, &mut tables, it)).collect::<Result<Vec<_>>>()?;
    let condition = condition.and(tables.take_uncovered());
    let mut joins = tables.statements;
    let condition = condition.and(rights_condition(context, object, Verb::Read, &mut joins)?);
    joins.push(Join { table: QUALITY_RECORD.clone(), from: ColumnRef::main(ID), to: 0, condition: Condition::True });
    let standing = joins.len();
    columns.extend([ColumnRef::of(standing, 2), ColumnRef::of(standing, 3)]);
    let rows = tx.aggregate(&Aggregate {
        table: object.table.clone(),
        joins,
        condition,
        keys: columns.into_iter().map(|it| (it, None)).collect(),
        measures: vec![Measure { function: MeasureFunction::Count, column: None }],
        limit: MOST_GROUPS,
    })?;
    if rows.len() as u64 >= MOST_GROUPS {
        return Err(KernelError::bad_request("bad_request", "数据太多，无法汇总，请用筛选缩小范围", "too much to sum up; narrow it with a filter"));
    }
    let mut found = Alike::new();
    for row in rows {
        let id = |it: &Value| if let Value::Id(id) = it { Some(*id) } else { None };
        let int = |at: usize| if let Some(Value::Int(it)) = row.get(at) { *it } else { 0 };
        let key = row.iter().take(keys.len()).map(id).collect();
        *found.entry((key, int(keys.len()), int(keys.len() + 1))).or_default() += int(keys.len() + 2);
    }
    Ok(found)
}

/// Weights of rules that apply, and of those of them that are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weighed {
    /// Of those that apply.
    pub applies: i64,
    /// Of those that are broken.
    pub fails: i64,
}

impl Weighed {
    /// The score, 0 to 100 in tenths; none where no rule applies. Rounded down, so that 100 means nothing is broken.
    pub fn score(self) -> Option<f64> {
        let tenths = (self.applies - self.fails).checked_mul(1_000)?.checked_div(self.applies)?;
        let tenths = i32::try_from(tenths).ok()?;
        Some(f64::from(tenths) / 10.0)
    }
}

/// What some records come to.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// How many there are.
    pub records: i64,
    /// Those that break a rule of a kind.
    pub records_by_fault: BTreeMap<Fault, i64>,
    /// Rules broken, by kind.
    pub findings_by_fault: BTreeMap<Fault, i64>,
    /// By rule, how often it applies and is broken.
    pub rules: BTreeMap<Uuid, (i64, i64)>,
    /// All rules together.
    pub weighed: Weighed,
}

impl Counts {
    /// Adds records that stand alike, as far as the rules given say.
    pub fn add(&mut self, rules: &[(u8, Arc<Rule>)], applies: i64, fails: i64, count: i64) {
        self.records += count;
        let mut faults: BTreeMap<Fault, i64> = BTreeMap::new();
        for (place, rule) in rules {
            let bit = 1_i64 << place;
            if applies & bit == 0 {
                continue;
            }
            let of_rule = self.rules.entry(rule.id).or_default();
            of_rule.0 += count;
            self.weighed.applies += rule.weight * count;
            if fails & bit != 0 {
                of_rule.1 += count;
                self.weighed.fails += rule.weight * count;
                *faults.entry(rule.fault).or_default() += 1;
            }
        }
        for (fault, findings) in faults {
            *self.records_by_fault.entry(fault).or_default() += count;
            *self.findings_by_fault.entry(fault).or_default() += findings * count;
        }
    }

    /// Records that break a rule of a kind.
    pub fn records_with(&self, fault: Fault) -> i64 {
        self.records_by_fault.get(&fault).copied().unwrap_or(0)
    }
}

/// The score of one record by some rules.
pub fn score_of(rules: &[(u8, Arc<Rule>)], applies: i64, fails: i64) -> Option<f64> {
    let mut counts = Counts::default();
    counts.add(rules, applies, fails, 1);
    counts.weighed.score()
}
