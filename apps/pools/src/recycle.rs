//! Every night rules take back what was neglected, after its owner was told.

use std::collections::HashMap;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{ListRequest, MAX_LIMIT, Record, known_records, list, load_record, object_of};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value, access::Verb};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::assign::put_in;
use crate::moves::NewMove;
use crate::pool::{MOST_POOLS, POOL, pool_of, today};
use crate::terms::Terms;
use crate::values::{number, values};

/// The object of rules.
pub const RULE: &str = "pool_rule";
/// Most rules of a pool.
const MOST_RULES: u64 = 1_000;
/// Records changed in one transaction: others write between two of them.
const AT_ONCE: usize = 50;

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
        let active = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
        let pools = context.workspace.store.read_with(|tx| known_records(context, tx, POOL, active, MOST_POOLS))?;
        for pool in pools.iter().filter(|it| is_due(context, it)) {
            let rules = context.workspace.store.read_with(|tx| in_force(context, tx, pool.id()))?;
            for rule in &rules {
                Pass { context, pool, rule, terms: Terms::of_record(rule), object: pool.value("object").as_text().unwrap_or_default().to_owned() }.run()?;
            }
            let (id, done) = (pool.id(), values([("last_run_on", json!(today(context).to_string()))]));
            run_unit(context, context.new_id(), "recycle", Box::new(move |unit| unit.update_as_system(POOL, id, &done).map(drop)))?;
        }
        Ok(())
    }
}

/// Whether a pool's hour has come today, and it was not done yet. After a night in which nobody was there it is done as soon as
/// somebody is.
fn is_due(context: &Context, pool: &Record) -> bool {
    let now = context.now.to_zoned(context.workspace.time_zone());
    let is_done = pool.value("last_run_on") == Value::Date(now.date());
    !is_done && i64::from(now.hour()) >= number(pool, "run_hour").unwrap_or(0)
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
    let request = ListRequest { fields: Some(["owner", "recycle_on", "recycle_rule"].map(str::to_owned).to_vec()), sort: Some("id".into()), ..request };
    let page = list(&system, tx, &object, &request)?;
    let items: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    let id = |it: &Json| it.as_str().and_then(|it| Uuid::try_parse(it).ok());
    let candidate = |it: &Json| {
        let on = it["recycle_on"].as_str().and_then(|it| it.parse().ok());
        Some(Candidate { id: id(&it["id"])?, owner: id(&it["owner"]["id"]), on, by: id(&it["recycle_rule"]["id"]) })
    };
    Ok((items.iter().filter_map(candidate).collect(), page.next_cursor))
}

/// Whether a member is one of those a pool is for: rules take nothing from others.
///
/// # Errors
/// Fails where the database does.
pub fn belongs(context: &Context, tx: &mut dyn ReadTx, pool: Uuid, owner: Uuid) -> Result<bool> {
    let system = context.as_system();
    // Whoever left has no rights any more, and what was his is what a pool is for.
    let Some(identity) = system.workspace.identity(tx, owner)? else { return Ok(true) };
    Ok(identity.member.circles.iter().any(|it| it.circle.id == pool && it.belongs))
}

/// One rule gone through once.
struct Pass<'a> {
    context: &'a Context,
    pool: &'a Record,
    rule: &'a Record,
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

impl Pass<'_> {
    fn run(&self) -> Result<()> {
        let today = today(self.context);
        let filter = self.terms.filter(&self.object, true);
        let rule = self.rule.id();
        let notice = Span::new().days(self.terms.warn_days);
        let goes_on = today.checked_add(notice).unwrap_or_else(|_| today.saturating_add(1.day()));
        let mut known: HashMap<Uuid, bool> = HashMap::new();
        self.go_through(&filter, |tx, it| {
            let Some(owner) = it.owner else { return Ok(None) };
            if !known.contains_key(&owner) {
                known.insert(owner, belongs(self.context, tx, self.pool.id(), owner)?);
            }
            Ok(match (it.on, it.by) {
                _ if known.get(&owner) != Some(&true) => None,
                _ if self.terms.warn_days == 0 => Some(Step::Take),
                (Some(on), Some(by)) if by == rule && on <= today => Some(Step::Take),
                (Some(_), Some(_)) => None,
                _ => Some(Step::Warn(goes_on)),
            })
        })?;
        let spared = format!("recycle_rule == '{rule}' && !({filter})");
        self.go_through(&spared, |_, _| Ok(Some(Step::Spare)))
    }

    /// Decides for each record of a filter, page by page in the order of their ids, so that none is met twice.
    fn go_through(&self, filter: &str, mut decide: impl FnMut(&mut dyn ReadTx, &Candidate) -> Result<Option<Step>>) -> Result<()> {
        let mut cursor: Option<String> = None;
        loop {
            let request = ListRequest { filter: Some(filter.to_owned()), limit: MAX_LIMIT, cursor: cursor.take(), ..ListRequest::default() };
            let (next, decided) = self.context.workspace.store.read_with(|tx| {
                let (found, next) = page_of(self.context, tx, &self.object, request.clone())?;
                let mut decided: Vec<(Uuid, Step)> = Vec::new();
                for it in &found {
                    decided.extend(decide(tx, it)?.map(|step| (it.id, step)));
                }
                Ok((next, decided))
            })?;
            for some in decided.chunks(AT_ONCE) {
                self.take_together(filter, some)?;
            }
            if next.is_none() {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// One record that cannot be changed (a lock, a rule of its own) does not keep the others back.
    fn take_together(&self, filter: &str, some: &[(Uuid, Step)]) -> Result<()> {
        match self.take(filter, some) {
            Err(KernelError::Store(error)) => Err(KernelError::Store(error)),
            Err(KernelError::Internal(error)) => Err(KernelError::Internal(error)),
            Err(_) if some.len() > 1 => some.iter().try_for_each(|it| self.take_together(filter, std::slice::from_ref(it))),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn take(&self, filter: &str, some: &[(Uuid, Step)]) -> Result<()> {
        let (pool, rule, name) = (self.pool.id(), self.rule.id(), self.rule.title());
        let (object, filter, some) = (self.object.clone(), filter.to_owned(), some.to_vec());
        let work = move |unit: &mut Unit<'_>| {
            let pool = pool_of(unit.context, unit.tx, pool)?;
            for (record, step) in still(unit, &object, &filter, &some)? {
                apply(unit, &record, step, &pool, rule, &name)?;
            }
            Ok(())
        };
        run_unit(self.context, self.context.new_id(), "recycle", Box::new(work))
    }
}

/// Those of the records for which the filter still holds, now that nobody else changes them: a claim, a transfer or a call
/// logged meanwhile counts.
fn still(unit: &mut Unit<'_>, object: &str, filter: &str, some: &[(Uuid, Step)]) -> Result<Vec<(Record, Step)>> {
    let context = unit.context;
    let system = context.as_system();
    let target = object_of(&system, object)?;
    unit.lock(&target, some.iter().map(|it| it.0).collect())?;
    let ids = some.iter().map(|it| format!("'{}'", it.0)).collect::<Vec<_>>().join(", ");
    let request = ListRequest { filter: Some(format!("id in [{ids}] && ({filter})")), limit: MAX_LIMIT, ..ListRequest::default() };
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
        Step::Spare => {
            let none = values([("recycle_on", Json::Null), ("recycle_rule", Json::Null)]);
            unit.update_as_system(&record.object.name, record.id(), &none)?;
        }
    }
    Ok(())
}
