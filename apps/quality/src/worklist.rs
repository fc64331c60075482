//! Records that break rules, as a list that the caller may go through and mend.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use guanxi_kernel::access::{Place, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::openings;
use guanxi_kernel::quality::{Finding, findings_of, standings};
use guanxi_kernel::read::{CAPPED_COUNT, Count, CountMode, ListRequest, MAX_LIMIT, Record, Stream, load_record, load_records, page_sink};
use guanxi_kernel::schema::{AnyJson, Object};
use guanxi_kernel::store::{ColumnRef, Condition, Counted, ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::check::text_of;
use crate::counts::{Of, score_of};
use crate::plan::Plan;
use crate::rule::{Fault, Rule};
use crate::seen::{Placed, Seen, is_shown};
use crate::summary::plan_for;
use crate::told::QualityRuleTold;

/// About how long a capped count may take, as of any list.
const LONGEST_COUNT: Duration = Duration::from_millis(10);

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The kind of fault; any where absent.
    pub fault: Option<Fault>,
    /// One rule alone.
    pub rule: Option<Uuid>,
    /// How grave; any where absent.
    pub severity: Option<String>,
    /// Records of these owners.
    pub owners: Option<Vec<Uuid>>,
    /// Records of these departments.
    pub departments: Option<Vec<Uuid>>,
    /// As of any list.
    pub list: ListRequest,
}

impl Wanted {
    fn accepts(&self, rule: &Rule) -> bool {
        self.fault.is_none_or(|it| it == rule.fault)
            && self.rule.is_none_or(|it| it == rule.id)
            && self.severity.as_ref().is_none_or(|it| *it == rule.severity)
    }

    fn of(&self) -> Of<'_> {
        // The filter stands in the list's own request.
        Of { filter: None, owners: self.owners.as_deref(), departments: self.departments.as_deref() }
    }
}

/// A rule a record breaks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityFinding {
    /// The rule.
    pub rule: Uuid,
    /// Since when.
    pub since: Timestamp,
}

/// A record with what it breaks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityRecord {
    /// The record as lists show it.
    #[schemars(with = "AnyJson")]
    pub record: Json,
    /// Its score.
    pub score: Option<f64>,
    /// What it breaks, of what was asked for.
    pub findings: Vec<QualityFinding>,
}

/// A page of records that break rules.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityWorklist {
    /// In the order asked for.
    pub items: Vec<QualityRecord>,
    /// The rules they break.
    pub rules: Vec<QualityRuleTold>,
    /// Where the next page begins; null on the last.
    pub next_cursor: Option<String>,
    /// How many there are, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// A page of the records of an object that break what was asked for, as far as the caller sees both.
///
/// # Errors
/// Not found, bad parameters; the database's.
pub fn worklist(context: &Context, object: &str, wanted: &Wanted) -> Result<QualityWorklist> {
    context.workspace.store.read_with(|tx| {
        let (object, plan) = plan_for(context, tx, object)?;
        // What is asked wrongly is told where there are no rules, too.
        narrowed(context, &object, wanted, Verb::Read, &wanted.list)?;
        let Some(plan) = plan else { return Ok(QualityWorklist { items: Vec::new(), rules: Vec::new(), next_cursor: None, count: None }) };
        let seen = Seen::of(context, &plan);
        let mut stream = stream(context, tx, &object, &seen, wanted, Verb::Read, &wanted.list)?;
        let count = count(context, tx, &object, &seen, wanted)?;
        if let Some(cursor) = wanted.list.cursor.as_deref() {
            stream.after(cursor)?;
        }
        let limit = wanted.list.limit.clamp(1, MAX_LIMIT) as usize;
        stream.select.limit = Some(limit as u64 + 1);
        let page = page_sink(context, tx, &object, &stream, limit, None)?;
        let records: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
        let (items, rules) = with_findings(context, tx, &object, &plan, &seen, wanted, records)?;
        Ok(QualityWorklist { items, rules, next_cursor: page.next_cursor, count })
    })
}

/// The records that break what was asked for, as a list.
///
/// # Errors
/// Bad parameters.
pub fn stream(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    seen: &Seen,
    wanted: &Wanted,
    verb: Verb,
    list: &ListRequest,
) -> Result<Stream> {
    let mut stream = narrowed(context, object, wanted, verb, list)?;
    let broken = seen.condition(tx, |it| wanted.accepts(it))?;
    let before = std::mem::replace(&mut stream.select.condition, Condition::True);
    stream.select.condition = before.and(broken);
    Ok(stream)
}

/// The records of the owners and departments that were asked for, whatever they break, as a list.
///
/// # Errors
/// Bad parameters.
pub fn narrowed(context: &Context, object: &Arc<Object>, wanted: &Wanted, verb: Verb, list: &ListRequest) -> Result<Stream> {
    let mut stream = Stream::compile(context, object, list, verb)?;
    let mut tables = guanxi_kernel::read::Tables::new(context, object);
    let whose = crate::counts::condition_of(context, object, &mut tables, wanted.of())?.and(tables.take_uncovered());
    let before = std::mem::replace(&mut stream.select.condition, Condition::True);
    stream.select.condition = before.and(whose);
    Ok(stream)
}

fn count(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, seen: &Seen, wanted: &Wanted) -> Result<Option<Count>> {
    if wanted.list.count == CountMode::None {
        return Ok(None);
    }
    let bare = ListRequest { fields: Some(Vec::new()), ..wanted.list.clone() };
    let stream = stream(context, tx, object, seen, wanted, Verb::Read, &bare)?;
    Ok(Some(if wanted.list.count == CountMode::Exact {
        Count { value: tx.count(&stream.select, None)?, exact: true }
    } else {
        let Counted { rows, broken_off } = tx.count_briefly(&stream.select, CAPPED_COUNT + 1, LONGEST_COUNT)?;
        Count { value: rows.min(CAPPED_COUNT), exact: !broken_off && rows <= CAPPED_COUNT }
    }))
}

fn with_findings(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    plan: &Plan,
    seen: &Seen,
    wanted: &Wanted,
    records: Vec<Json>,
) -> Result<(Vec<QualityRecord>, Vec<QualityRuleTold>)> {
    let id = |it: &Json| it["id"].as_str().and_then(|it| Uuid::try_parse(it).ok()).unwrap_or_default();
    let ids: Vec<Uuid> = records.iter().map(id).collect();
    let mut found: HashMap<Uuid, Vec<Finding>> = HashMap::new();
    for finding in findings_of(tx, &ids)? {
        found.entry(finding.record).or_default().push(finding);
    }
    let standing = standings(tx, &ids)?;
    let rows: HashMap<Uuid, Record> = load_records(context, tx, object, &ids, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    let (mut items, mut named) = (Vec::with_capacity(records.len()), BTreeSet::new());
    for (record, id) in records.into_iter().zip(ids) {
        let Some(row) = rows.get(&id) else { continue };
        let rules = seen.of_record(context, row);
        let stands = standing.get(&id).copied().unwrap_or_default();
        let mut findings: Vec<QualityFinding> = Vec::new();
        for (_, rule) in rules.iter().filter(|it| wanted.accepts(&it.1)) {
            let own = found.get(&id).into_iter().flatten().find(|it| it.rule == rule.id);
            findings.extend(own.map(|it| QualityFinding { rule: it.rule, since: it.since }));
        }
        named.extend(findings.iter().map(|it| it.rule));
        items.push(QualityRecord { record, score: score_of(&rules, stands.applies, stands.fails), findings });
    }
    let rules = plan.rules.iter().filter(|it| named.contains(&it.1.id)).map(|it| QualityRuleTold::of(&it.1)).collect();
    Ok((items, rules))
}

/// What one record breaks, with what stands there.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "QualityBrokenRule")]
pub struct BrokenRule {
    /// The rule.
    pub rule: QualityRuleTold,
    /// Since when, as far as that is known.
    pub since: Option<Timestamp>,
    /// What stands in its field now.
    pub text: Option<String>,
}

/// How one record stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityOfRecord {
    /// Its score, 0 to 100; null where no rule applies.
    pub score: Option<f64>,
    /// Whether it has been judged.
    pub judged: bool,
    /// Rules that hold.
    pub held: Vec<QualityRuleTold>,
    /// Rules that do not, the weightiest first.
    pub findings: Vec<BrokenRule>,
}

/// How one record stands, as the caller sees it on its own page.
///
/// # Errors
/// Not found where he may not see it; the database's.
pub fn of_record(context: &Context, object: &str, id: Uuid) -> Result<QualityOfRecord> {
    let object = guanxi_kernel::read::object_of(context, object)?;
    let context = &openings::open(context, &object, id)?;
    context.workspace.store.read_with(|tx| {
        let record = load_record(context, tx, &object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
        let plan = Plan::read(context, tx, &object.name)?;
        let rules: Vec<Placed> =
            plan.iter().flat_map(|it| &it.rules).filter(|it| is_shown(context, &it.1, &record, Place::Record)).cloned().collect();
        let standing = standings(tx, &[id])?.remove(&id);
        let stands = standing.unwrap_or_default();
        let since: BTreeMap<Uuid, Timestamp> = findings_of(tx, &[id])?.into_iter().map(|it| (it.rule, it.since)).collect();
        let (mut held, mut findings) = (Vec::new(), Vec::new());
        for (place, rule) in &rules {
            let bit = 1_i64 << place;
            if stands.applies & bit == 0 {
                continue;
            }
            let told = QualityRuleTold::of(rule);
            if stands.fails & bit == 0 {
                held.push(told);
            } else {
                let text = rule.field.as_deref().and_then(|it| if it.contains('.') { text_of(&record, it) } else { record.text(it) });
                findings.push(BrokenRule { rule: told, since: since.get(&rule.id).copied(), text });
            }
        }
        findings.sort_by_key(|it| std::cmp::Reverse(it.rule.weight));
        Ok(QualityOfRecord { score: score_of(&rules, stands.applies, stands.fails), judged: standing.is_some(), held, findings })
    })
}

/// The ids of records a stream finds, at most so many and one more.
///
/// # Errors
/// Fails where the database does.
pub fn ids_of(tx: &mut dyn ReadTx, stream: &Stream, most: u64) -> Result<Vec<Uuid>> {
    let mut select = stream.select.clone();
    select.columns = vec![ColumnRef::main(guanxi_kernel::schema::ID)];
    select.limit = Some(most + 1);
    Ok(tx.rows(&select)?.into_iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }).collect())
}
