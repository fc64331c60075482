//! What judges without an event: a rule that changed, and time.

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::{self, LOCK, Planned};
use guanxi_kernel::read::{Record, known_count, known_page};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{Condition, StoreExt as _, WriteTx};
use guanxi_kernel::{Result, jobs};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::day;
use crate::judge::{PAGE, judge, judge_ids};
use crate::plan::{Plan, places};
use crate::rule::active_rules;

/// Judges all records of an object.
const JUDGE: &str = "quality.judge";
/// Judges all records whose rules look up values in other objects.
const LISTS: &str = "quality.lists";
const FRESH: &str = "quality.freshness";
const NIGHT: &str = "quality.night";
/// How long values that join lists are waited for, before all records are judged for them.
const WAIT: SignedDuration = SignedDuration::from_secs(60);
/// Most records counted ahead, to tell how far a run has come.
const MOST_COUNTED: u64 = 10_000_000;
/// Pages judged for one look at the time.
const MOST_PAGES_DUE: usize = 10_000;

/// Has all records of an object judged anew where its rules are others than they were judged by.
///
/// # Errors
/// Fails where the database does.
pub fn judge_changed(context: &Context, tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    jobs::enqueue(context, tx, JUDGE, json!({ "object": object }), None, context.workspace.clock.now())?;
    Ok(())
}

/// Has all records of an object judged anew, whatever they were judged by.
///
/// # Errors
/// Fails where the database does.
pub fn judge_anew(context: &Context, tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    let payload = json!({ "object": object, "anew": true });
    jobs::enqueue(context, tx, JUDGE, payload, Some(format!("{JUDGE}.{object}")), context.workspace.clock.now())?;
    Ok(())
}

/// Has all records judged anew whose rules look up values in other objects, in a while; once for all who ask before it begins.
///
/// # Errors
/// Fails where the database does.
pub fn look_up_anew(context: &Context, tx: &mut dyn WriteTx) -> Result<()> {
    if !jobs::is_waiting(tx, LISTS)? {
        let now = context.workspace.clock.now();
        jobs::enqueue(context, tx, LISTS, json!({}), None, now.checked_add(WAIT).unwrap_or(now))?;
    }
    Ok(())
}

/// Judges all records of an object by the rules that are in use.
///
/// # Errors
/// Fails where the database does.
pub fn judge_all(context: &Context, object: &str, is_anew: bool) -> Result<()> {
    let Some(run) = begin(context, object, is_anew)? else { return Ok(()) };
    let (mut after, mut done) = (None, 0);
    loop {
        let (inner, name) = (context.clone(), object.to_owned());
        let page = context.workspace.store.write_with(move |tx| {
            tx.serialise(LOCK)?;
            // Another run may have begun, by other rules; it judges all that this one has not come to.
            let plan = Plan::read(&inner, tx, &name)?.filter(|it| it.kept.run == run);
            let Some(plan) = plan else { return Ok(None) };
            let records = known_page(&inner, tx, &name, |_| Ok(Condition::True), after, PAGE)?;
            judge(&inner, tx, &plan, &records)?;
            quality::report(tx, &name, run, done + records.len() as u64)?;
            Ok(Some((records.last().map(Record::id), records.len() as u64)))
        })?;
        match page {
            None => return Ok(()),
            Some((None, _)) => break,
            Some((last, count)) => {
                after = last;
                done += count;
            }
        }
    }
    let (inner, name) = (context.clone(), object.to_owned());
    context.workspace.store.write_with(move |tx| {
        tx.serialise(LOCK)?;
        if let Some(plan) = Plan::read(&inner, tx, &name)?.filter(|it| it.kept.run == run) {
            quality::forget_gone(tx, &plan.object)?;
            quality::settle(tx, &name, run, inner.workspace.clock.now())?;
        }
        Ok(())
    })?;
    day::keep_first(context, object)
}

/// Gives the rules in use their places. Nothing is to be judged where they have them. What broke a rule when it asked something
/// else, or was not in use yet, is forgotten: it is told of what it asks now only as far as that was judged.
pub(crate) fn begin(context: &Context, object: &str, is_anew: bool) -> Result<Option<Uuid>> {
    let (context, name) = (context.clone(), object.to_owned());
    let store = context.workspace.store.clone();
    store.write_with(move |tx| {
        tx.serialise(LOCK)?;
        let rules = if context.schema.object(&name).is_some() { active_rules(&context, tx, Some(&name))? } else { Vec::new() };
        let kept = quality::plan_of(tx, &name)?;
        if rules.is_empty() {
            quality::forget_object(tx, &name)?;
            quality::forget_plan(tx, &name)?;
            return Ok(None);
        }
        let planned = match places(&rules, kept.as_ref()) {
            Some(planned) => planned,
            None => {
                quality::forget_object(tx, &name)?;
                places(&rules, None).unwrap_or_default()
            }
        };
        let same = |it: &quality::KeptPlan| it.is_current && it.rules.len() == planned.len() && planned.iter().all(|new| it.rules.contains(new));
        if !is_anew && kept.as_ref().is_some_and(same) {
            return Ok(None);
        }
        let was = |it: &Planned| kept.as_ref().is_some_and(|kept| kept.rules.iter().any(|was| was.rule == it.rule && was.asks == it.asks));
        let fresh: Vec<Uuid> = planned.iter().filter(|it| !was(it)).map(|it| it.rule).collect();
        quality::forget_findings(tx, &fresh)?;
        let run = context.new_id();
        let total = known_count(&context, tx, &name, |_| Ok(Condition::True), MOST_COUNTED)?;
        quality::begin(tx, &name, &planned, run, total)?;
        Ok(Some(run))
    })
}

/// `quality.judge`.
pub struct JudgeJob;

impl JobHandler for JudgeJob {
    fn kind(&self) -> &str {
        JUDGE
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(object) = payload["object"].as_str() else { return Ok(()) };
        judge_all(context, object, payload["anew"] == true)
    }
}

/// `quality.lists`.
pub struct ListsJob;

impl JobHandler for ListsJob {
    fn kind(&self) -> &str {
        LISTS
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let plans = context.workspace.store.read_with(|tx| {
            let kept = quality::all_plans(tx)?;
            kept.into_iter().map(|it| Plan::of(context, tx, it)).collect::<Result<Vec<_>>>()
        })?;
        let mut looking = plans.into_iter().flatten().filter(Plan::looks_elsewhere);
        looking.try_for_each(|it| judge_all(context, &it.object.name, true))
    }
}

/// `quality.freshness`: records of which nothing has changed but the time.
pub struct FreshnessJob;

impl JobHandler for FreshnessJob {
    fn kind(&self) -> &str {
        FRESH
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(3_600))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        for kept in context.workspace.store.read_with(|tx| quality::all_plans(tx))? {
            for _ in 0..MOST_PAGES_DUE {
                let (inner, name) = (context.clone(), kept.object.clone());
                let more = context.workspace.store.write_with(move |tx| {
                    tx.serialise(LOCK)?;
                    let Some(plan) = Plan::read(&inner, tx, &name)? else { return Ok(false) };
                    let due = quality::due(tx, &name, inner.workspace.clock.now(), PAGE)?;
                    judge_ids(&inner, tx, &plan, &due)?;
                    Ok(due.len() as u64 == PAGE)
                })?;
                if !more {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// `quality.night`: all records anew, for expressions that ask for the day and for what no event tells; then what the day was.
pub struct NightJob;

impl JobHandler for NightJob {
    fn kind(&self) -> &str {
        NIGHT
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("10 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        for kept in context.workspace.store.read_with(|tx| quality::all_plans(tx))? {
            judge_all(context, &kept.object, true)?;
            day::keep(context, &kept.object)?;
        }
        day::forget_old(context)
    }
}
