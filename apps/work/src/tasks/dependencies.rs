//! What a task waits for: never in a circle, and it cannot be done before.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records, link_targets, load_records};
use guanxi_kernel::schema::{Field, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{TASK, is_open, is_task, open_tasks, values};

const FIELD: &str = "depends_on";
/// Most tasks one task depends on itself.
const MOST: usize = 50;
/// Most tasks looked at along chains; a longer one is refused like a circle.
const MOST_OF_CHAIN: usize = 2_000;
/// Most tasks that wait for one.
const MOST_WAITING: u64 = 500;

/// Adds a problem where the tasks a task depends on lead back to it, counts those that are open, and refuses to call it
/// done while any of them is.
///
/// # Errors
/// Fails where the database does.
pub fn check(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    // Only what was given something to wait for has a count; everything else is none of this module's concern.
    let counted = draft.kind == DraftKind::Update && !draft.value("blockers").is_null() && draft.changes("status");
    if !is_changed(draft) && !counted {
        return Ok(());
    }
    let Some(field) = draft.object.field(FIELD).cloned() else { return Ok(()) };
    let targets = targets_of(tx, draft, &field)?;
    if is_changed(draft) {
        if targets.len() > MOST {
            draft.problem(FIELD, "too_long", format!("前置任务最多{MOST}个"), format!("at most {MOST} tasks"));
            return Ok(());
        }
        if let Some(chain) = circle(tx, &field, draft.id(), &targets)? {
            let (zh, en) = told(context, tx, &draft.object, &chain)?;
            draft.problem(
                FIELD,
                "rule",
                format!("前置任务形成循环：{zh}。请去掉其中一个"),
                format!("the tasks wait for each other: {en}; take one of them out"),
            );
            return Ok(());
        }
    }
    let open = open_among(context, tx, &targets)?;
    draft.set(context, "blockers", &json!(open.len()))?;
    let is_done = is_task(&draft.value("kind")) && draft.value("status").as_text() == Some("done");
    if is_done && draft.changes("status") && !open.is_empty() {
        let (zh, en) = told(context, tx, &draft.object, &open)?;
        draft.problem("status", "rule", format!("还在等前置任务完成：{zh}"), format!("it still waits for other tasks: {en}"));
    }
    Ok(())
}

fn is_changed(draft: &Draft) -> bool {
    draft.object.field_position(FIELD).is_some_and(|it| draft.links.contains_key(&it))
}

/// What it depends on as it will be.
fn targets_of(tx: &mut dyn ReadTx, draft: &Draft, field: &Field) -> Result<Vec<Uuid>> {
    match draft.object.field_position(FIELD).and_then(|it| draft.links.get(&it)) {
        Some(targets) => Ok(targets.clone()),
        None => link_targets(tx, field, draft.id()),
    }
}

/// The way from a task through what it depends on back to itself.
fn circle(tx: &mut dyn ReadTx, field: &Field, task: Uuid, targets: &[Uuid]) -> Result<Option<Vec<Uuid>>> {
    let Some(link) = field.link.clone() else { return Ok(None) };
    let mut from: BTreeMap<Uuid, Uuid> = targets.iter().map(|it| (*it, task)).collect();
    let mut next: Vec<Uuid> = targets.to_vec();
    while !next.is_empty() && !from.contains_key(&task) {
        if from.len() > MOST_OF_CHAIN {
            return Ok(Some(vec![task]));
        }
        let sources = next.iter().copied().map(Value::Id).collect();
        let rows = tx.rows(&Select::all(&link, Condition::In(ColumnRef::main(0), sources, false)))?;
        next = Vec::new();
        for row in rows {
            if let [Value::Id(source), Value::Id(target)] = row.as_slice()
                && !from.contains_key(target)
            {
                from.insert(*target, *source);
                next.push(*target);
            }
        }
    }
    if !from.contains_key(&task) {
        return Ok(None);
    }
    let mut chain = vec![task];
    let mut at = from.get(&task).copied();
    while let Some(id) = at.filter(|it| *it != task) {
        chain.push(id);
        at = from.get(&id).copied();
    }
    chain.push(task);
    chain.reverse();
    Ok(Some(chain))
}

/// Names of tasks for people; those the caller may not see are not named.
fn told(context: &Context, tx: &mut dyn ReadTx, object: &std::sync::Arc<Object>, ids: &[Uuid]) -> Result<(String, String)> {
    let seen = load_records(context, tx, object, ids, Verb::Read, false)?;
    let name = |id: &Uuid, hidden: &str| seen.iter().find(|it| it.id() == *id).map_or_else(|| hidden.to_owned(), Record::title);
    let all = |hidden: &str, between: &str| ids.iter().map(|it| name(it, hidden)).collect::<Vec<_>>().join(between);
    Ok((all("（您看不到的任务）", " → "), all("(a task you cannot see)", " → ")))
}

fn open_among(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = ids.iter().copied().map(Value::Id).collect();
    let found = known_records(context, tx, TASK, |it| Ok(open_tasks(it)?.and(Condition::In(it("id")?, wanted, false))), MOST as u64)?;
    Ok(found.iter().map(Record::id).collect())
}

/// After a task was saved: together with what others committed meanwhile there must still be no circle, and those that
/// waited for it are told when it ends.
///
/// # Errors
/// State conflict where two made a circle at once; fails where the database does.
pub fn settle(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let before = draft.before.as_ref().map(|it| is_open(&it.value("status")));
    let turned = before.is_some_and(|it| it != is_open(&draft.value("status")));
    // Nobody waits for a new task yet, and nothing leads back to it.
    if draft.kind == DraftKind::Create || !(turned || is_changed(draft)) {
        return Ok(());
    }
    let Some(field) = draft.object.field(FIELD).cloned() else { return Ok(()) };
    if is_changed(draft) {
        unit.tx.serialise(FIELD)?;
        let targets = link_targets(unit.tx, &field, draft.id())?;
        if circle(unit.tx, &field, draft.id(), &targets)?.is_some() {
            return Err(KernelError::conflict("state_conflict", "前置任务形成循环，请重新选择", "the tasks wait for each other; choose again"));
        }
    }
    if turned { recount_waiting(unit, &field, draft.id()) } else { Ok(()) }
}

/// Counts anew what those that wait for a task still wait for.
///
/// # Errors
/// Fails where the database does.
pub fn recount(unit: &mut Unit<'_>, task: &Record) -> Result<()> {
    match task.object.field(FIELD).cloned() {
        Some(field) => recount_waiting(unit, &field, task.id()),
        None => Ok(()),
    }
}

/// After a task came back from the bin: what it waits for may have ended meanwhile, and those that wait for it wait again.
///
/// # Errors
/// Fails where the database does.
pub fn come_back(unit: &mut Unit<'_>, task: &Record) -> Result<()> {
    let Some(field) = task.object.field(FIELD).cloned() else { return Ok(()) };
    if !link_targets(unit.tx, &field, task.id())?.is_empty() {
        unit.tx.serialise(FIELD)?;
        count_anew(unit, &field, task)?;
    }
    recount_waiting(unit, &field, task.id())
}

fn recount_waiting(unit: &mut Unit<'_>, field: &Field, task: Uuid) -> Result<()> {
    let Some(link) = field.link.clone() else { return Ok(()) };
    let by = Select::all(&link, Condition::equals(ColumnRef::main(1), Value::Id(task))).limited(MOST_WAITING);
    let rows = unit.tx.rows(&by)?;
    let waiting: BTreeSet<Uuid> = rows.iter().filter_map(|it| if let Some(Value::Id(id)) = it.first() { Some(*id) } else { None }).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    // Two that are done at once count one after the other, each seeing what the one before committed.
    unit.tx.serialise(FIELD)?;
    let context = unit.context;
    let ids = waiting.into_iter().map(Value::Id).collect();
    let tasks = known_records(context, unit.tx, TASK, |it| Ok(Condition::In(it("id")?, ids, false)), MOST_WAITING)?;
    tasks.iter().try_for_each(|it| count_anew(unit, field, it))
}

/// Counts what a task waits for, and tells where that has become nothing.
fn count_anew(unit: &mut Unit<'_>, field: &Field, waiting: &Record) -> Result<()> {
    let context = unit.context;
    let targets = link_targets(unit.tx, field, waiting.id())?;
    let open = open_among(context, unit.tx, &targets)?.len();
    let before = if let Value::Int(count) = waiting.value("blockers") { count } else { 0 };
    if usize::try_from(before).is_ok_and(|it| it == open) {
        return Ok(());
    }
    let saved = unit.update_as_system(TASK, waiting.id(), &values([("blockers", json!(open))]))?;
    if open == 0 && is_open(&saved.value("status")) {
        unit.emit(&saved, "unblocked", Map::new());
    }
    Ok(())
}
