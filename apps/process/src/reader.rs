//! Cases that start by themselves: the log is read for records that come to satisfy a template's condition. What follows is a job
//! for each, put into the queue together with how far the log was read, so that no event starts anything twice.

use std::collections::BTreeSet;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::{Record, entered, known_count, known_page};
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::check::{is_made_by_cases, problems};
use crate::fill::{Who, who};
use crate::parts::{CASE, TASK, TEMPLATE, id_of, known, text};
use crate::plan::Plan;
use crate::start::{Beginning, begin, refuse_second};
use crate::tell::tell;

/// The job.
const START_CASE: &str = "process.start_case";
/// Templates read at once.
const PAGE: u64 = 200;

/// `process.start_cases`: see the module.
pub struct StartCases;

impl LogReader for StartCases {
    fn name(&self) -> &str {
        "process.start_cases"
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let changed: BTreeSet<&str> = events.iter().filter(|it| is_change(it)).map(|it| it.object.as_str()).collect();
        if changed.is_empty() || context.schema.object(TEMPLATE).is_none() {
            return Ok(None);
        }
        let by_event = |it: &dyn Fn(&str) -> Result<_>| {
            let starts = Condition::equals(it("start_by")?, Value::Text("event".to_owned()));
            Ok(starts.and(Condition::equals(it("active")?, Value::Bool(true))))
        };
        let mut jobs: Vec<Json> = Vec::new();
        let mut after = None;
        loop {
            let page = known_page(context, tx, TEMPLATE, by_event, after, PAGE)?;
            let Some(last) = page.last().map(Record::id) else { break };
            for template in page {
                let Some(object) = object_of(&template).filter(|it| changed.contains(it.as_str())) else { continue };
                jobs.extend(started(context, tx, &template, &object, events)?);
            }
            after = Some(last);
        }
        if jobs.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(move |unit| {
            for job in &jobs {
                unit.enqueue(START_CASE, job.clone(), None)?;
            }
            Ok(())
        })))
    }
}

/// The object a template starts by itself with; nothing where it would start itself.
fn object_of(template: &Record) -> Option<String> {
    text(template, "object").filter(|it| !is_made_by_cases(it))
}

/// A job for each record that comes to satisfy the condition of a template.
fn started(context: &Context, tx: &mut dyn ReadTx, template: &Record, object: &str, events: &[Event]) -> Result<Vec<Json>> {
    let Some(object) = context.schema.object(object).cloned() else { return Ok(Vec::new()) };
    let wanted = template.value("start_on").as_text().unwrap_or("any").to_owned();
    let fits = |it: &&Event| it.object == object.name && is_change(it) && (wanted == "any" || it.kind.ends_with(&format!(".{wanted}")));
    let these: Vec<&Event> = events.iter().filter(fits).collect();
    let filter = text(template, "start_when").unwrap_or_default();
    let came = match entered(context, tx, &object, &filter, &these) {
        // It names a field that is gone: the template says so when it is looked at.
        Err(KernelError::BadRequest { .. }) => return Ok(Vec::new()),
        found => found?,
    };
    let mut jobs = Vec::with_capacity(came.len());
    for event in came {
        let Some(id) = event.record else { continue };
        // A task of a case starts none: that one's tasks would start the next.
        if object.name == TASK && known(context, tx, TASK, id)?.is_none_or(|it| it.reference("process_case").is_some()) {
            continue;
        }
        jobs.push(json!({ "template": template.id(), "record": id, "object": object.name, "event": event.seq }));
    }
    Ok(jobs)
}

fn is_change(event: &Event) -> bool {
    event.record.is_some() && [".created", ".updated", ".restored"].iter().any(|it| event.kind.ends_with(it))
}

/// `process.start_case`: one case, unless the event started it already.
pub struct StartCase;

impl JobHandler for StartCase {
    fn kind(&self) -> &str {
        START_CASE
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = |name: &str| payload.get(name).and_then(id_of);
        let (Some(template), Some(record)) = (id("template"), id("record")) else { return Ok(()) };
        let object = payload.get("object").and_then(Json::as_str).unwrap_or_default().to_owned();
        let event = payload.get("event").and_then(Json::as_i64);
        let work = Box::new(move |unit: &mut Unit<'_>| start(unit, template, &object, record, event));
        match run_unit(context, context.new_id(), "start_case", work) {
            // One runs already, or the record had it.
            Err(KernelError::Conflict { code: "state_conflict", .. }) => Ok(()),
            other => other,
        }
    }
}

fn start(unit: &mut Unit<'_>, template: Uuid, object: &str, record: Uuid, event: Option<i64>) -> Result<()> {
    let context = unit.context;
    let Some(template) = known(context, unit.tx, TEMPLATE, template)?.filter(|it| it.value("active").is_true()) else { return Ok(()) };
    // It may have been laid out anew since the event.
    if template.value("start_by").as_text() != Some("event") || object_of(&template).as_deref() != Some(object) {
        return Ok(());
    }
    let Some(record) = known(context, unit.tx, object, record)? else { return Ok(()) };
    let plan = Plan::of_template(context, unit.tx, template.id())?;
    refuse_second(unit, &template, Some(&record))?;
    if is_started(context, unit.tx, &template, &record, event)? {
        return Ok(());
    }
    // People come and go: who is missing is looked for when his step begins. What cannot run at all is told.
    let broken = problems(context, unit.tx, &template, &plan)?.into_iter().any(|it| it.role.is_none());
    if broken {
        let keeper = template.reference("keeper").or_else(|| template.reference("created_by"));
        tell(unit, &template, "start_failed", "", keeper.into_iter().collect());
        return Ok(());
    }
    let mut roles = BTreeMap::new();
    for role in &plan.roles {
        if let Who::Member(member) = who(context, unit.tx, role, None, Some(&record))? {
            roles.insert(role.key, member);
        }
    }
    begin(unit, Beginning { template, plan, record: Some(record), starter: None, event, roles, due_at: None, name: None }).map(drop)
}

fn is_started(context: &Context, tx: &mut dyn ReadTx, template: &Record, record: &Record, event: Option<i64>) -> Result<bool> {
    let Some(event) = event else { return Ok(false) };
    let of = |it: &dyn Fn(&str) -> Result<_>| {
        let one = Condition::equals(it("template")?, Value::Id(template.id())).and(Condition::equals(it("record")?, Value::Id(record.id())));
        Ok(one.and(Condition::equals(it("event")?, Value::Int(event))))
    };
    Ok(known_count(context, tx, CASE, of, 1)? > 0)
}
