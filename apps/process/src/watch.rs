//! Steps past their time, and steps that wait for somebody to be there again.

use guanxi_kernel::app::{Hook, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_page};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::advance::Standing;
use crate::parts::{CASE, CASE_STEP, TASK, goes_on, id_of, known, state, values};
use crate::tasks;
use crate::tell::{tell, told_of};

/// Most steps of one page.
const PAGE: u64 = 200;

/// The job that lets a restored case go on.
const RESUME_CASE: &str = "process.resume_case";

/// `process.watch_steps`.
pub struct WatchSteps;

impl JobHandler for WatchSteps {
    fn kind(&self) -> &str {
        "process.watch_steps"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(300))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        if context.schema.object(CASE_STEP).is_none() {
            return Ok(());
        }
        let now = context.now;
        let late = move |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let open = Condition::equals(it("state")?, Value::Text("open".to_owned()));
            let due = Condition::Compare(it("due_at")?, CompareOp::Lt, Value::DateTime(now));
            Ok(open.and(due).and(Condition::equals(it("late")?, Value::Bool(false))))
        };
        let noted = each(context, late, note_late);
        if let Err(KernelError::Store(_)) = noted {
            return noted;
        }
        let waiting = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("state")?, Value::Text("waiting".to_owned())));
        let resumed = each(context, waiting, |unit, step| {
            let Some(case) = step.reference("process_case") else { return Ok(()) };
            Standing::of(unit, case)?.advance(unit, true)
        });
        noted.and(resumed)
    }
}

/// Does something for each step that satisfies a condition, each in a transaction of its own. One that cannot be saved as it is does
/// not keep the others waiting; what should not happen is answered when all the others are done, so that the job tells of it.
fn each(
    context: &Context,
    wanted: impl Fn(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
    work: fn(&mut Unit<'_>, &Record) -> Result<()>,
) -> Result<()> {
    let mut after: Option<Uuid> = None;
    let mut failed: Option<KernelError> = None;
    loop {
        let page = context.workspace.store.read_with(|tx| known_page(context, tx, CASE_STEP, &wanted, after, PAGE))?;
        let Some(last) = page.last().map(Record::id) else { return failed.map_or(Ok(()), Err) };
        for step in page {
            match run_unit(context, context.new_id(), "watch_steps", Box::new(move |unit| work(unit, &step))) {
                Ok(()) | Err(KernelError::Invalid(_) | KernelError::NotFound | KernelError::Conflict { .. }) => {}
                Err(store @ KernelError::Store(_)) => return Err(store),
                Err(other) => failed = failed.or(Some(other)),
            }
        }
        after = Some(last);
    }
}

/// Notes once that a step is late, and tells whom the template names.
fn note_late(unit: &mut Unit<'_>, step: &Record) -> Result<()> {
    let Some(case) = step.reference("process_case") else { return Ok(()) };
    let mut standing = Standing::of(unit, case)?;
    let now = unit.context.now;
    let still = |it: &&Record| {
        it.id() == step.id() && state(it) == "open" && !it.value("late").is_true() && matches!(it.value("due_at"), Value::DateTime(due) if due < now)
    };
    let Some(row) = standing.rows.values().find(still).cloned() else { return Ok(()) };
    let Some(key) = row.value("step_key").as_text().and_then(|it| Uuid::try_parse(it).ok()) else { return Ok(()) };
    standing.set(unit, key, &values([("late", json!(true))]))?;
    let tells = standing.plan.step(key).map(|it| it.tell_overdue.clone()).unwrap_or_default();
    let told: BTreeSet<Uuid> = told_of(unit, &standing, &tells, row.reference("member"))?;
    tell(unit, &standing.case, "step_overdue", &row.title(), told);
    Ok(())
}

/// A case that is deleted leaves no tasks to be done.
pub struct CaseHook;

impl Hook for CaseHook {
    fn object(&self) -> &str {
        CASE
    }

    fn after_delete(&self, unit: &mut Unit<'_>, case: &Record) -> Result<()> {
        let context = unit.context.as_system();
        let of = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
            let of_case = Condition::equals(it("process_case")?, Value::Id(case.id()));
            Ok(of_case.and(Condition::In(it("status")?, ["open", "in_progress"].map(|it| Value::Text(it.to_owned())).to_vec(), false)))
        };
        for task in guanxi_kernel::read::known_records(&context, unit.tx, TASK, of, PAGE)? {
            tasks::cancel(unit, task.id())?;
        }
        Ok(())
    }

    fn after_restore(&self, unit: &mut Unit<'_>, case: &Record) -> Result<()> {
        if matches!(state(case).as_str(), "done" | "cancelled") {
            return Ok(());
        }
        // Its steps come back after it.
        unit.enqueue(RESUME_CASE, json!({ "case": case.id() }), None)?;
        Ok(())
    }
}

/// `process.resume_case`: a case that came back from the bin goes on where it stood, with new tasks for those that were cancelled.
pub struct ResumeCase;

impl JobHandler for ResumeCase {
    fn kind(&self) -> &str {
        RESUME_CASE
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(case) = payload.get("case").and_then(id_of) else { return Ok(()) };
        let work = Box::new(move |unit: &mut Unit<'_>| resume(unit, case));
        match run_unit(context, context.new_id(), "resume_case", work) {
            // It is in the bin again.
            Err(KernelError::NotFound) => Ok(()),
            other => other,
        }
    }
}

fn resume(unit: &mut Unit<'_>, case: Uuid) -> Result<()> {
    let context = unit.context.as_system();
    let mut standing = Standing::of(unit, case)?;
    if !goes_on(&standing.case) {
        return Ok(());
    }
    let open: Vec<(Uuid, Option<Uuid>)> =
        standing.rows.iter().filter(|(_, row)| state(row) == "open").map(|(key, row)| (*key, row.reference("task"))).collect();
    for (key, task) in open {
        let task = task.map(|it| known(&context, unit.tx, TASK, it)).transpose()?.flatten();
        if !task.is_some_and(|it| matches!(it.value("status").as_text(), Some("open" | "in_progress"))) {
            standing.set(unit, key, &values([("state", json!("pending")), ("task", Json::Null)]))?;
        }
    }
    standing.advance(unit, true)
}
