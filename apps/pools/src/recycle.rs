//! Every night rules take back what was neglected, after its owner was told.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{ListRequest, MAX_LIMIT, Record, known_records, link_targets, list, load_record, object_of};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps, run_unit};
use guanxi_kernel::{KernelError, Result, Value, access::Verb};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::along::lay_strays;
use crate::assign::put_in;
use crate::moves::NewMove;
use crate::pool::{MOST_POOLS, POOL, holds, pool_of, today};
use crate::terms::Terms;
use crate::values::{names, number, values};

/// The object of rules.
pub const RULE: &str = "pool_rule";
/// Most rules of a pool.
const MOST_RULES: u64 = 1_000;
/// Records changed in one transaction: others write between two of them.
const AT_ONCE: usize = 20;

/// `pools.recycle`.
pub struct Recycle;

impl JobHandler for Recycle {
    fn kind(&self) -> &str {
        "pools.recycle"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("5 * * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        lay_strays(context)?;
        let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
        let store = &context.workspace.store;
        let pools = store.read_with(|tx| known_records(context, tx, POOL, active, MOST_POOLS))?;
        let mut rules: Vec<(Uuid, Record)> = Vec::new();
        for pool in &pools {
            rules.extend(store.read_with(|tx| in_force(context, tx, pool.id()))?.into_iter().map(|it| (pool.id(), it)));
        }
        let valid: Arc<HashSet<Uuid>> = Arc::new(rules.iter().map(|it| it.1.id()).collect());
        let due: Vec<&Record> = pools.iter().filter(|it| is_due(context, it)).collect();
        for pool in &due {
            for (_, known) in rules.iter().filter(|it| it.0 == pool.id()) {
                let object = pool.value("object").as_text().unwrap_or_default().to_owned();
                let into = store.read_with(|tx| destination(context, tx, known, &object))?;
                let is_lost = into.is_none() && known.reference("into").is_some();
                let (pool, into) = ((*pool).clone(), into.unwrap_or_else(|| (*pool).clone()));
                let rule = Rule { pool, into, rule: known.clone(), valid: valid.clone(), terms: Terms::of_record(known), object };
                let outcome = run_rule(context, &Arc::new(rule));
                note_problem(context, known, outcome, is_lost)?;
            }
            let (id, done) = (pool.id(), values([("last_run_on", json!(today(context).to_string()))]));
            run_unit(context, context.new_id(), "recycle", Box::new(move |unit| unit.update_as_system(POOL, id, &done).map(drop)))?;
        }
        // A pool that is not in use any more warns nobody either.
        let unused = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(false)));
        let unused = store.read_with(|tx| known_records(context, tx, POOL, unused, MOST_POOLS))?;
        due.into_iter().chain(&unused).try_for_each(|pool| spare_others(context, pool, &valid))
    }
}

/// A rule that cannot be asked any more (a field it names is gone) says so and does not keep the others back.
fn note_problem(context: &Context, rule: &Record, outcome: Result<()>, is_lost: bool) -> Result<()> {
    let problem = match outcome {
        Ok(()) => is_lost.then(|| "“收回到”的公海已停用或不存在，暂时收回到本公海".to_owned()),
        Err(KernelError::BadRequest { message, .. }) => Some(message.zh_cn),
        Err(other) => return Err(other),
    };
    if rule.text("problem") == problem {
        return Ok(());
    }
    let (id, noted) = (rule.id(), values([("problem", json!(problem))]));
    run_unit(context, context.new_id(), "recycle", Box::new(move |unit| unit.update_as_system(RULE, id, &noted).map(drop)))
}

/// The pool that what a rule takes lies in afterwards, where it names one that can take it.
fn destination(context: &Context, tx: &mut dyn ReadTx, rule: &Record, object: &str) -> Result<Option<Record>> {
    let Some(into) = rule.reference("into") else { return Ok(None) };
    match pool_of(context, tx, into) {
        Ok(pool) => Ok(Some(pool).filter(|it| holds(it, object) && it.value("active").is_true())),
        Err(KernelError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Warnings of a pool's rules that are not in force any more are taken back, where no other rule took them over.
fn spare_others(context: &Context, pool: &Record, valid: &HashSet<Uuid>) -> Result<()> {
    let of_pool = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("pool")?, Value::Id(pool.id())));
    let all = context.workspace.store.read_with(|tx| known_records(context, tx, RULE, of_pool, MOST_RULES))?;
    let ended: Vec<String> = all.iter().map(Record::id).filter(|it| !valid.contains(it)).map(|it| format!("'{it}'")).collect();
    let object = pool.value("object").as_text().unwrap_or_default().to_owned();
    if ended.is_empty() {
        return Ok(());
    }
    let filter = format!("recycle_rule in [{}]", ended.join(", "));
    go_through(context, &object, &filter, &mut |_, _| Ok(Some(Step::Spare)), &mut |some| {
        take_together(context, &object, &filter, some, &|unit, record, _| spare(unit, record))
    })
}

/// Whether a pool's hour has come today, and it was not done yet. After a night in which nobody was there it is done as soon as
/// somebody is.
fn is_due(context: &Context, pool: &Record) -> bool {
    let now = context.now.to_zoned(context.workspace.time_zone());
    let last = if let Value::Date(date) = pool.value("last_run_on") { Some(date) } else { None };
    // A whole day left out is made up for at once, whatever the hour.
    let missed = last.is_some_and(|it| it < now.date().yesterday().unwrap_or(now.date()));
    // A clock that was set back runs nothing again.
    last.is_none_or(|it| it < now.date()) && (missed || i64::from(now.hour()) >= number(pool, "run_hour").unwrap_or(0))
}

/// The rules of a pool that hold today, in the order of their names.
fn in_force(context: &Context, tx: &mut dyn ReadTx, pool: Uuid) -> Result<Vec<Record>> {
    let today = today(context);
    let date = |rule: &Record, field: &str| if let Value::Date(date) = rule.value(field) { Some(date) } else { None };
    let mut rules = known_records(context, tx, RULE, |it| Ok(Condition::equals(it("pool")?, Value::Id(pool))), MOST_RULES)?;
    rules.retain(|it| date(it, "effective_from").is_some_and(|from| from <= today) && date(it, "ends_on").is_none_or(|end| today < end));
    rules.sort_by_key(|it| (it.title(), it.id()));
    Ok(rules)
}

/// A record a filter accepts.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The record.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Option<Uuid>,
    /// When it is to be recycled, as its owner was told.
    on: Option<Date>,
    /// By which rule.
    by: Option<Uuid>,
}

/// Records a filter accepts whoever sees them, in the order of their ids, and where the page ended if more follow.
///
/// # Errors
/// A filter that does not compile; the database's.
pub fn page_of(context: &Context, tx: &mut dyn ReadTx, object: &str, request: ListRequest) -> Result<(Vec<Candidate>, Option<String>)> {
    let system = context.as_system();
    let object = object_of(&system, object)?;
    let request =
        ListRequest { fields: Some(["owner", "recycle_on", "recycle_rule"].map(str::to_owned).to_vec()), sort: Some("id".into()), ..request };
    let page = list(&system, tx, &object, &request)?;
    let items: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    let id = |it: &Json| it.as_str().and_then(|it| Uuid::try_parse(it).ok());
    let candidate = |it: &Json| {
        let on = it["recycle_on"].as_str().and_then(|it| it.parse().ok());
        Some(Candidate { id: id(&it["id"])?, owner: id(&it["owner"]["id"]), on, by: id(&it["recycle_rule"]["id"]) })
    };
    Ok((items.iter().filter_map(candidate).collect(), page.next_cursor))
}

/// Whether a member is one of those a pool is for: rules take nothing from others. Of somebody who left it counts where he was.
///
/// # Errors
/// Fails where the database does.
pub fn belongs(context: &Context, tx: &mut dyn ReadTx, pool: &Record, owner: Uuid) -> Result<bool> {
    let system = context.as_system();
    if let Some(identity) = system.workspace.identity(tx, owner)? {
        return Ok(identity.member.circles.iter().any(|it| it.circle.id == pool.id() && it.belongs));
    }
    let Some(gone) = known_records(&system, tx, MEMBER_OBJECT, |it| Ok(Condition::equals(it("id")?, Value::Id(owner))), 1)?.pop() else {
        return Ok(false);
    };
    let linked = |tx: &mut dyn ReadTx, name: &str| pool.object.field(name).map_or(Ok(Vec::new()), |it| link_targets(tx, it, pool.id()));
    let roles = names(&pool.value("roles"));
    if linked(tx, "members")?.contains(&owner) || names(&gone.value("roles")).iter().any(|it| roles.contains(it)) {
        return Ok(true);
    }
    let departments = linked(tx, "departments")?;
    Ok(!departments.is_empty() && above(&system, tx, gone.reference("department"))?.iter().any(|it| departments.contains(it)))
}

/// A department and all above it.
fn above(system: &Context, tx: &mut dyn ReadTx, department: Option<Uuid>) -> Result<Vec<Uuid>> {
    let (mut chain, mut next) = (Vec::new(), department);
    while let Some(id) = next.filter(|it| !chain.contains(it)) {
        chain.push(id);
        let found = known_records(system, tx, DEPARTMENT_OBJECT, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?;
        next = found.first().and_then(|it| it.reference("parent"));
    }
    Ok(chain)
}

/// One rule of one pool.
struct Rule {
    /// Whose members it takes from.
    pool: Record,
    /// Where what it takes goes.
    into: Record,
    rule: Record,
    /// Rules in force, of all pools.
    valid: Arc<HashSet<Uuid>>,
    terms: Terms,
    object: String,
}

/// What becomes of records found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Into the pool.
    Take,
    /// Its owner is told, and from when on it goes.
    Warn(Date),
    /// It is not concerned any more.
    Spare,
}

/// What becomes of a record, if anything does.
type Decide<'a> = &'a mut dyn FnMut(&mut dyn ReadTx, &Candidate) -> Result<Option<Step>>;
/// Does it.
type Take<'a> = &'a mut dyn FnMut(&[(Uuid, Step)]) -> Result<()>;

/// Goes through a rule once.
fn run_rule(context: &Context, rule: &Arc<Rule>) -> Result<()> {
    let filter = rule.terms.filter(&rule.object, true);
    let mut known: HashMap<Uuid, bool> = HashMap::new();
    let mut decide = |tx: &mut dyn ReadTx, it: &Candidate| -> Result<Option<Step>> {
        let Some(owner) = it.owner else { return Ok(None) };
        let his = match known.entry(owner) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(belongs(context, tx, &rule.pool, owner)?),
        };
        Ok(rule.step(context, it, his))
    };
    let inner = rule.clone();
    // Decided once more under the lock: it may be somebody else's by now, or warned of by another rule.
    let apply = move |unit: &mut Unit<'_>, record: &Record, _: Step| inner.take(unit, record);
    go_through(context, &rule.object, &filter, &mut decide, &mut |some| take_together(context, &rule.object, &filter, some, &apply))?;
    let spared = format!("recycle_rule == '{}' && !({filter}\n)", rule.rule.id());
    go_through(context, &rule.object, &spared, &mut |_, _| Ok(Some(Step::Spare)), &mut |some| {
        take_together(context, &rule.object, &spared, some, &|unit, record, _| spare(unit, record))
    })
}

impl Rule {
    /// What becomes of a record the rule finds.
    fn step(&self, context: &Context, it: &Candidate, belongs: bool) -> Option<Step> {
        let today = today(context);
        let is_ours = it.by == Some(self.rule.id());
        if !belongs {
            return is_ours.then_some(Step::Spare);
        }
        let later = today.checked_add(Span::new().days(self.terms.warn_days)).unwrap_or_else(|_| today.saturating_add(1.day()));
        match (it.on, it.by) {
            _ if self.terms.warn_days == 0 => Some(Step::Take),
            (Some(on), _) if is_ours => (on <= today).then_some(Step::Take),
            // Another rule that holds was first.
            (Some(_), Some(by)) if self.valid.contains(&by) => None,
            // The version before this one told the owner already.
            (Some(on), Some(by)) if self.rule.reference("supersedes") == Some(by) => Some(Step::Warn(on.max(today))),
            _ => Some(Step::Warn(later)),
        }
    }

    fn take(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        let on = if let Value::Date(on) = record.value("recycle_on") { Some(on) } else { None };
        let it = Candidate { id: record.id(), owner: record.reference("owner"), on, by: record.reference("recycle_rule") };
        let Some(owner) = it.owner else { return Ok(()) };
        let his = belongs(unit.context, unit.tx, &self.pool, owner)?;
        match self.step(unit.context, &it, his) {
            Some(step) => apply(unit, record, step, &self.into, self.rule.id(), &self.rule.title()),
            None => Ok(()),
        }
    }
}

/// Decides for each record of a filter, page by page in the order of their ids, so that none is met twice.
fn go_through(context: &Context, object: &str, filter: &str, decide: Decide<'_>, take: Take<'_>) -> Result<()> {
    let mut cursor: Option<String> = None;
    loop {
        let request = ListRequest { filter: Some(filter.to_owned()), limit: MAX_LIMIT, cursor: cursor.take(), ..ListRequest::default() };
        let (found, next) = context.workspace.store.read_with(|tx| page_of(context, tx, object, request.clone()))?;
        let decided = context.workspace.store.read_with(|tx| {
            let steps = found.iter().map(|it| Ok(decide(tx, it)?.map(|step| (it.id, step))));
            Ok(steps.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect::<Vec<_>>())
        })?;
        take(&decided)?;
        if next.is_none() {
            return Ok(());
        }
        cursor = next;
    }
}

fn take_together<F>(context: &Context, object: &str, filter: &str, some: &[(Uuid, Step)], apply: &F) -> Result<()>
where
    F: Fn(&mut Unit<'_>, &Record, Step) -> Result<()> + Clone + Send + Sync + 'static,
{
    let (object, filter, apply) = (object.to_owned(), filter.to_owned(), apply.clone());
    in_steps(context, "recycle", some, AT_ONCE, &move |unit: &mut Unit<'_>, some: &[(Uuid, Step)]| {
        still(unit, &object, &filter, some)?.iter().try_for_each(|(record, step)| apply(unit, record, *step))
    })
}

/// Those of the records for which the filter still holds, now that nobody else changes them: a claim, a transfer or a call
/// logged meanwhile counts.
fn still(unit: &mut Unit<'_>, object: &str, filter: &str, some: &[(Uuid, Step)]) -> Result<Vec<(Record, Step)>> {
    let context = unit.context;
    let system = context.as_system();
    let target = object_of(&system, object)?;
    unit.lock(&target, some.iter().map(|it| it.0).collect())?;
    let ids = some.iter().map(|it| format!("'{}'", it.0)).collect::<Vec<_>>().join(", ");
    let request = ListRequest { filter: Some(format!("id in [{ids}] && ({filter}\n)")), limit: MAX_LIMIT, ..ListRequest::default() };
    let mut found = Vec::new();
    for Candidate { id, .. } in page_of(context, unit.tx, object, request)?.0 {
        let step = some.iter().find(|it| it.0 == id).map(|it| it.1);
        // A lock is somebody's word that it stays as it is.
        if step == Some(Step::Take) && lock_state(&system, unit.tx, &target, id)?.lock.is_some() {
            continue;
        }
        let record = load_record(&system, unit.tx, &target, id, Verb::Read, false)?;
        found.extend(record.zip(step));
    }
    Ok(found)
}

fn apply(unit: &mut Unit<'_>, record: &Record, step: Step, pool: &Record, rule: Uuid, name: &str) -> Result<()> {
    match step {
        Step::Take => {
            let how = NewMove { kind: "recycled", reason: Some("rule".into()), note: Some(name.to_owned()), rule: Some(rule), ..NewMove::default() };
            put_in(unit, record, pool, &how)?;
        }
        Step::Warn(on) => {
            let noted = values([("recycle_on", json!(on.to_string())), ("recycle_rule", json!(rule))]);
            let saved = unit.update_as_system(&record.object.name, record.id(), &noted)?;
            unit.emit(&saved, "recycle_warned", Map::from_iter([("recycle_on".to_owned(), json!([null, on.to_string()]))]));
        }
        Step::Spare => spare(unit, record)?,
    }
    Ok(())
}

fn spare(unit: &mut Unit<'_>, record: &Record) -> Result<()> {
    let none = values([("recycle_on", Json::Null), ("recycle_rule", Json::Null)]);
    unit.update_as_system(&record.object.name, record.id(), &none)?;
    Ok(())
}
