//! Tasks that come again: the next one is made when the one before is done, or when its time has come.

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records, link_targets, record_json};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Draft, DraftKind, Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value as Json, json};

use super::repeat::Repeat;
use super::{TASK, is_task, touches, values};
use crate::checklist::ITEM;

/// What the next one takes over as it stands.
const KEPT: [&str; 19] = [
    "subject",
    "kind",
    "priority",
    "description",
    "account",
    "contact",
    "lead",
    "opportunity",
    "regarding",
    "skill",
    "estimate",
    "owner",
    "department",
    "repeat_every",
    "repeat_interval",
    "repeat_days",
    "repeat_from",
    "repeat_until",
    "repeat_times",
];
/// Links it takes over.
const LINKED: [&str; 3] = ["watchers", "tags", "participants"];
/// Lines of a checklist it takes over, unticked.
const MOST_ITEMS: u64 = 200;
/// What changes how the series goes on: it counts anew from the time this one is due.
const RULE: [&str; 3] = ["repeat_every", "repeat_interval", "repeat_days"];
/// Most tasks of one run.
const MOST: u64 = 200;

/// Keeps what a series goes by, and says where a rule makes no sense.
///
/// # Errors
/// Fails where a value does not fit its field.
pub fn keep(context: &Context, draft: &mut Draft) -> Result<()> {
    if draft.value("repeat_every").is_null() {
        return forget(context, draft);
    }
    if !is_task(&draft.value("kind")) {
        draft.problem("repeat_every", "rule", "只有任务可以重复", "only tasks come again");
        return Ok(());
    }
    let Value::DateTime(due) = draft.value("due_at") else { return Ok(()) };
    if let Value::Date(until) = draft.value("repeat_until")
        && until < local(context, due).date()
    {
        draft.problem("repeat_until", "too_small", "重复的结束日期早于截止时间", "it would end before the first one is due");
    }
    let anew = RULE.iter().any(|it| draft.changes(it)) && !touches(draft, "series_start");
    if anew || draft.value("series_start").is_null() {
        draft.set(context, "series_start", &json!(due.to_string()))?;
    }
    if draft.value("occurrence").is_null() {
        draft.set(context, "occurrence", &json!(1))?;
    }
    // What is written down as done already (an import of the past) calls for nothing.
    let done = draft.kind == DraftKind::Update && draft.value("status").as_text() == Some("done") && draft.changes("status");
    match draft.value("repeated") {
        Value::Null => draft.set(context, "repeated", &json!(false))?,
        Value::Bool(true) => return Ok(()),
        _ => {}
    }
    // The next one is made by whoever turns this: once, since rows are changed one after the other.
    if done { draft.set(context, "repeated", &json!(true)) } else { Ok(()) }
}

fn forget(context: &Context, draft: &mut Draft) -> Result<()> {
    for name in ["series_start", "repeated"] {
        if !draft.value(name).is_null() {
            draft.set(context, name, &Json::Null)?;
        }
    }
    Ok(())
}

/// After a task was saved: makes the next one, where this is the change that calls for it.
///
/// # Errors
/// As creating it.
pub fn settle(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let turned = draft.kind == DraftKind::Update && draft.value("repeated") == Value::Bool(true) && draft.changes("repeated");
    if turned { make_next(unit, &draft.record()) } else { Ok(()) }
}

fn local(context: &Context, at: Timestamp) -> DateTime {
    at.to_zoned(context.workspace.time_zone()).datetime()
}

/// When the one after a task is due; nothing where the series is over.
fn next_due(context: &Context, task: &Record) -> Option<Timestamp> {
    let rule = Repeat::read(|it| task.value(it))?;
    let (Value::DateTime(due), Value::DateTime(start)) = (task.value("due_at"), task.value("series_start")) else { return None };
    let start = local(context, start);
    let next = match (task.value("repeat_from").as_text(), task.value("done_at")) {
        (Some("done"), Value::DateTime(done)) => {
            let done = local(context, done).date().to_datetime(start.time());
            rule.next(done, done)?
        }
        // Those that nobody made in their time, with the server down, are not made up for.
        _ => rule.next(start, local(context, due.max(context.now)))?,
    };
    if let Value::Date(until) = task.value("repeat_until")
        && next.date() > until
    {
        return None;
    }
    if let (Value::Int(times), Value::Int(occurrence)) = (task.value("repeat_times"), task.value("occurrence"))
        && occurrence >= times
    {
        return None;
    }
    next.to_zoned(context.workspace.time_zone()).ok().map(|it| it.timestamp())
}

fn make_next(unit: &mut Unit<'_>, task: &Record) -> Result<()> {
    let context = unit.context;
    let Some(due) = next_due(context, task) else { return Ok(()) };
    let known = record_json(&task.object, &task.row);
    let mut next: Map<String, Json> =
        KEPT.iter().filter_map(|it| Some(((*it).to_owned(), known.get(*it)?.clone()))).filter(|it| !it.1.is_null()).collect();
    for name in LINKED {
        if let Some(field) = task.object.field(name).cloned() {
            let targets = link_targets(unit.tx, &field, task.id())?;
            if !targets.is_empty() {
                next.insert(name.to_owned(), json!(targets));
            }
        }
    }
    let occurrence = if let Value::Int(occurrence) = task.value("occurrence") { occurrence } else { 1 };
    next.extend(values([
        ("due_at", json!(due.to_string())),
        ("series_start", known.get("series_start").cloned().unwrap_or_default()),
        ("occurrence", json!(occurrence + 1)),
        ("previous_task", json!(task.id())),
        ("assigned_by", known.get("assigned_by").cloned().unwrap_or_default()),
        // Who took it on took on all of it.
        ("acceptance", known.get("acceptance").filter(|it| *it != "declined").cloned().unwrap_or_default()),
    ]));
    let made = unit.create_as_system(TASK, &next)?;
    copy_items(unit, task, &made)?;
    unit.emit(&made, "repeated", Map::new());
    Ok(())
}

fn copy_items(unit: &mut Unit<'_>, from: &Record, to: &Record) -> Result<()> {
    let context = unit.context;
    let items = known_records(context, unit.tx, ITEM, |it| Ok(Condition::equals(it("task")?, Value::Id(from.id()))), MOST_ITEMS)?;
    for item in items {
        let position = if let Value::Int(position) = item.value("position") { json!(position) } else { Json::Null };
        let copy = values([("task", json!(to.id())), ("text", json!(item.text("text"))), ("position", position)]);
        unit.create_as_system(ITEM, &copy)?;
    }
    Ok(())
}

/// `work.repeat_tasks`: makes the next one of tasks that go by the calendar and have come to their time.
pub struct RepeatTasks;

impl JobHandler for RepeatTasks {
    fn kind(&self) -> &str {
        "work.repeat_tasks"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(300))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let due = context.workspace.store.read_with(|tx| come(context, tx))?;
        for task in due {
            let work = move |unit: &mut Unit<'_>| {
                // The hook makes the next one: whoever turns this first, and nobody after him.
                unit.update_as_system(TASK, task.id(), &values([("repeated", json!(true))])).map(drop)
            };
            match run_unit(context, context.new_id(), "repeat_task", Box::new(work)) {
                // One that cannot be made any more (its customer is gone) does not keep the others waiting.
                Ok(()) | Err(KernelError::Invalid(_) | KernelError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

fn come(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Record>> {
    let found = known_records(
        context,
        tx,
        TASK,
        |it| {
            let waits = Condition::equals(it("repeated")?, Value::Bool(false));
            let due = Condition::Compare(it("due_at")?, CompareOp::Le, Value::DateTime(context.now));
            let by_calendar =
                Condition::Or(vec![Condition::IsNull(it("repeat_from")?), Condition::equals(it("repeat_from")?, Value::Text("due".to_owned()))]);
            let goes_on = Condition::Compare(it("status")?, CompareOp::Ne, Value::Text("cancelled".to_owned()));
            Ok(waits.and(due).and(by_calendar).and(goes_on))
        },
        MOST,
    )?;
    Ok(found)
}
