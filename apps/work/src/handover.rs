//! Hand-overs: offering a record to another department, answering, and what moves when it is accepted.

use guanxi_kernel::access::{Verb, context_of};
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{Event, events_of_record};
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, OWNER_FIELD, Object};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, PlanOptions, Planner, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use uuid::Uuid;

use crate::tasks::{TASK, active_member, open_tasks, touches, values};

/// The object.
pub const HANDOVER: &str = "handover";
/// Most open tasks that go along.
const MOST_TASKS: u64 = 200;
/// Most hand-overs of one record that are looked at.
const MOST_HANDOVERS: u64 = 1_000;
/// So many changes of a record are looked through for one of its owner; of what changed oftener since, nothing is said.
const MOST_EVENTS: u64 = 1_000;
/// A stored moment may be coarser than the one it is of.
const WITHIN: SignedDuration = SignedDuration::from_millis(1);

/// See the module.
pub struct HandoverHook;

impl Hook for HandoverHook {
    fn object(&self) -> &str {
        HANDOVER
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.kind == DraftKind::Create {
            return offer(context, tx, draft);
        }
        if draft.changes("record") {
            draft.problem("record", "read_only_field", "已移交的记录不能更换，请撤回后重新移交", "withdraw it and offer the other record");
        }
        if draft.changes("to_member") || draft.changes("to_department") {
            receiver(context, tx, draft)?;
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if draft.kind == DraftKind::Create { refuse_second(unit, &draft.record()) } else { Ok(()) }
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        refuse_second(unit, record)
    }
}

/// Two who offer one record at once: the second finds the first one's offer.
fn refuse_second(unit: &mut Unit<'_>, handover: &Record) -> Result<()> {
    let Value::Id(record) = handover.value("record") else { return Ok(()) };
    if handover.value("state").as_text() != Some("offered") {
        return Ok(());
    }
    unit.tx.serialise(&format!("handover/{record}"))?;
    let context = unit.context;
    let others = offers_of(context, unit.tx, record)?;
    if others.iter().any(|it| it.id() != handover.id()) { Err(already_offered()) } else { Ok(()) }
}

fn already_offered() -> KernelError {
    KernelError::conflict(
        "state_conflict",
        "这条记录已有一个待接受的交接，请先撤回或等对方答复",
        "this record is offered already; withdraw that or wait for the answer",
    )
}

fn offers_of(context: &Context, tx: &mut dyn ReadTx, record: Uuid) -> Result<Vec<Record>> {
    let offered = Value::Text("offered".to_owned());
    let of = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        Ok(Condition::equals(it("record")?, Value::Id(record)).and(Condition::equals(it("state")?, offered.clone())))
    };
    known_records(context, tx, HANDOVER, of, 2)
}

/// A new one: who offers, from where, what, and to whom.
fn offer(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    // The engine itself may write down what happened elsewhere: an import, the demo company.
    if context.access.is_system() && touches(draft, "state") {
        return Ok(());
    }
    let member = &context.access.member;
    draft.set(context, "state", &json!("offered"))?;
    draft.set(context, "offered_at", &json!(context.now.to_string()))?;
    if !context.actor.is_nil() {
        draft.set(context, "from_member", &json!(context.actor))?;
    }
    draft.set(context, "from_department", &json!(member.department))?;
    if let Value::DateTime(due) = draft.value("due_at")
        && due <= context.now
    {
        draft.problem("due_at", "too_small", "最晚完成时间应在将来", "choose a time in the future");
    }
    let Some(record) = offered_record(context, tx, draft)? else { return Ok(()) };
    if let Some(department) = record.reference(DEPARTMENT_FIELD) {
        draft.set(context, "from_department", &json!(department))?;
    }
    if draft.value("subject").is_null() {
        draft.set(context, "subject", &json!(record.title().chars().take(200).collect::<String>()))?;
    }
    if !offers_of(context, tx, record.id())?.is_empty() {
        return Err(already_offered());
    }
    receiver(context, tx, draft)
}

/// The record offered: one that belongs to somebody, and that the caller may give away.
fn offered_record(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<Option<Record>> {
    let (Value::Id(id), Value::Text(object)) = (draft.value("record"), draft.value("record.object")) else { return Ok(None) };
    let Some(object) = context.schema.object(&object).filter(|it| guanxi_kernel::read::may_be_named(it)).cloned() else { return Ok(None) };
    let Some(record) = load_record(context, tx, &object, id, Verb::Read, false)? else { return Ok(None) };
    if !object.definition.owned {
        draft.problem("record", "rule", "这类记录没有负责人，不能交接", "records of this kind belong to nobody and cannot be handed over");
        return Ok(None);
    }
    if !holds_by_handover(context, tx, &record)? {
        for verb in [Verb::Update, Verb::Assign] {
            Planner::new(context).reach(tx, &object, id, verb)?;
        }
    }
    Ok(Some(record))
}

/// Whether a record is the caller's because he accepted it: who may receive may hand on, whatever else he may do with records of
/// its kind. So long as it is his by that, and by nothing that came after; not who stands in for him, either.
fn holds_by_handover(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<bool> {
    if record.reference(OWNER_FIELD) != Some(context.actor) {
        return Ok(false);
    }
    let of = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        let accepted = vec![Value::Text("accepted".into()), Value::Text("done".into())];
        Ok(Condition::equals(it("record")?, Value::Id(record.id())).and(Condition::In(it("state")?, accepted, false)))
    };
    let all = known_records(context, tx, HANDOVER, of, MOST_HANDOVERS)?;
    let accepted = |it: &Record| if let Value::DateTime(at) = it.value("accepted_at") { Some((at, it.reference("accepted_by"))) } else { None };
    match all.iter().filter_map(accepted).max() {
        Some((at, Some(by))) if by == context.actor => is_unmoved_since(tx, record, at),
        _ => Ok(false),
    }
}

/// Whether a record has had its owner ever since a hand-over was accepted, as far as its history can say.
fn is_unmoved_since(tx: &mut dyn ReadTx, record: &Record, accepted_at: Timestamp) -> Result<bool> {
    // What the acceptance itself changed is of its moment.
    let later: Vec<Event> = events_of_record(tx, record.id(), None, MOST_EVENTS)?.into_iter().take_while(|it| it.at > accepted_at + WITHIN).collect();
    Ok(later.len() as u64 != MOST_EVENTS && !later.iter().any(|it| it.changes.contains_key(OWNER_FIELD)))
}

/// Whoever receives it is somebody else who is there; his department follows from him where it is not named.
fn receiver(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Value::Id(to) = draft.value("to_member") else { return Ok(()) };
    if Value::Id(to) == draft.value("from_member") {
        draft.problem("to_member", "rule", "不能交接给自己", "choose somebody else");
        return Ok(());
    }
    match active_member(context, tx, to)? {
        None => draft.problem("to_member", "no_such_record", "没有这位同事，或已停用", "there is no such member, or he is no longer active"),
        Some(member) if draft.value("to_department").is_null() => {
            draft.set(context, "to_department", &json!(member.reference("department")))?;
        }
        Some(_) => {}
    }
    Ok(())
}

/// Whether the caller may answer an offer: who is named, or anybody of the department where nobody is.
pub fn may_answer(context: &Context, handover: &Record) -> bool {
    let member = &context.access.member;
    match (handover.reference("to_member"), handover.reference("to_department")) {
        (Some(to), _) => member.selves().contains(&to),
        (None, Some(department)) => member.own_departments.contains(&department),
        (None, None) => false,
    }
}

/// Fails unless the caller may answer.
///
/// # Errors
/// Forbidden.
pub fn require_answer(context: &Context, handover: &Record) -> Result<()> {
    if may_answer(context, handover) { Ok(()) } else { Err(KernelError::Forbidden("answer for somebody else".into())) }
}

/// Seconds since it was offered.
pub fn since_offered(context: &Context, handover: &Record) -> Json {
    match handover.value("offered_at") {
        Value::DateTime(at) => json!(context.now.duration_since(at).as_secs().max(0)),
        _ => Json::Null,
    }
}

/// Saves a step and tells of it.
///
/// # Errors
/// As changing it.
pub fn step(unit: &mut Unit<'_>, handover: &Record, verb_past: &str, changed: &Map<String, Json>) -> Result<Record> {
    let saved = unit.update_as_system(HANDOVER, handover.id(), changed)?;
    unit.emit(&saved, verb_past, Map::new());
    Ok(saved)
}

/// Moves the record to who accepts it, by the rights of who offered it: those he has now, not those he had.
///
/// # Errors
/// State conflict where he has them no more, `record_locked` where it is locked, invalid where it cannot be saved.
pub fn move_record(unit: &mut Unit<'_>, handover: &Record) -> Result<()> {
    let context = unit.context;
    let gone = || KernelError::conflict("state_conflict", "交接的记录已不存在，请退回", "the record is gone; decline the hand-over");
    let (Value::Id(id), Value::Text(object)) = (handover.value("record"), handover.value("record.object")) else { return Err(gone()) };
    let object = context.schema.object(&object).cloned().ok_or_else(gone)?;
    let department = handover.reference("to_department").or(context.access.member.department);
    let mut moved = values([(OWNER_FIELD, json!(context.actor))]);
    moved.extend(department.map(|it| (DEPARTMENT_FIELD.to_owned(), json!(it))));
    require_giver(unit, handover, &object, id, &moved)?;
    if lock_state(context, unit.tx, &object, id).is_ok_and(|it| it.binds) {
        return Err(KernelError::conflict("record_locked", "这条记录已锁定，解锁后才能接收", "the record is locked; it must be released first"));
    }
    unit.update_as_system(&object.name, id, &moved)?;
    if handover.value("with_tasks") == Value::Bool(true) {
        move_tasks(unit, handover, &object, id, department)?;
    }
    Ok(())
}

/// Who offered it must still be able to do by hand what accepting does.
fn require_giver(unit: &mut Unit<'_>, handover: &Record, object: &Arc<Object>, id: Uuid, moved: &Map<String, Json>) -> Result<()> {
    let context = unit.context;
    let no_more = || {
        KernelError::conflict(
            "state_conflict",
            "移交人已无权转交这条记录，请退回或联系其上级",
            "who offered it may no longer give this record away; decline it, or ask his manager",
        )
    };
    let giver = handover.reference("from_member").ok_or_else(no_more)?;
    let theirs = context_of(context, unit.tx, giver)?.ok_or_else(no_more)?;
    if let Some(record) = load_record(&theirs, unit.tx, object, id, Verb::Read, false)?
        && holds_by_handover(&theirs, unit.tx, &record)?
    {
        return Ok(());
    }
    for verb in [Verb::Update, Verb::Assign] {
        match Planner::new(&theirs).reach(unit.tx, object, id, verb) {
            Err(KernelError::NotFound | KernelError::Forbidden(_)) => return Err(no_more()),
            other => drop(other?),
        }
    }
    let draft = Planner::new(&theirs).update(unit.tx, object, id, moved, PlanOptions::default())?;
    if draft.problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(draft.problems)) }
}

/// Open tasks the giver has on the record go along.
fn move_tasks(unit: &mut Unit<'_>, handover: &Record, object: &Object, id: Uuid, department: Option<Uuid>) -> Result<()> {
    let context = unit.context;
    let Some(giver) = handover.reference("from_member") else { return Ok(()) };
    let through = context.schema.object(TASK).and_then(|it| it.field(&object.name)).is_some();
    let through = if through { object.name.as_str() } else { "regarding" };
    let of = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        let about = Condition::equals(it(through)?, Value::Id(id)).and(Condition::equals(it("owner")?, Value::Id(giver)));
        Ok(about.and(open_tasks(it)?))
    };
    let tasks = known_records(context, unit.tx, TASK, of, MOST_TASKS)?;
    for task in tasks {
        let mut changed = values([
            ("owner", json!(context.actor)),
            ("handover", json!(handover.id())),
            ("acceptance", json!("accepted")),
            ("assigned_by", json!(giver)),
            ("assigned_at", json!(context.now.to_string())),
            ("handed_over_by", json!(giver)),
        ]);
        changed.extend(department.map(|it| ("department".to_owned(), json!(it))));
        unit.update_as_system(TASK, task.id(), &changed)?;
    }
    Ok(())
}
