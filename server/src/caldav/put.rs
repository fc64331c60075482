//! What a program puts: read, compared with what is there, and written with the member's rights, all of it or nothing.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{ID, Label, Object, VERSION};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, StoreError, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Value};
use guanxi_work::calendar_copies::{self, CalendarCopy, Kept, SINGLE, keep};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::event::{Differences, Shown, differences, own_answer, values};
use super::people::{People, addresses_in};
use super::place::Collection;
use super::refusal::Refusal;
use super::series::{Expected, TAKEN_AHEAD, expected, repeats};
use super::shelf::{BACK, Content, Resource, Which, load, own_uid};
use super::task::PutTask;
use crate::ics::parts::Part;
use crate::ics::read::Fault;

/// Largest resource, in bytes.
pub const LARGEST: usize = 100_000;
/// Longest text kept beside each time of a repeat, in bytes.
const LARGEST_REPEAT: usize = 16_000;
/// Longest id of a program's.
const LONGEST_UID: usize = 230;
/// How often a change is made again when others were faster.
const MAX_TRIES: usize = 3;
/// The object.
const ACTIVITY: &str = "activity";

/// What a request demands of what is there.
#[derive(Debug, Clone, Default)]
pub struct Demands {
    /// `If-Match`: one of these; `*` is whatever there is.
    pub matches: Option<Vec<String>>,
    /// `If-None-Match`: none of these; `*` is that there is nothing.
    pub matches_none: Option<Vec<String>>,
}

impl Demands {
    /// Whether what is there is what was demanded.
    pub fn hold(&self, found: Option<&Resource>) -> bool {
        let etag = found.map(Resource::etag);
        let among = |all: &[String]| match &etag {
            Some(etag) => all.iter().any(|it| it == "*" || it.trim_start_matches("W/") == etag),
            None => false,
        };
        self.matches.as_ref().is_none_or(|it| among(it)) && self.matches_none.as_ref().is_none_or(|it| !among(it))
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Whether it is new.
    pub is_new: bool,
    /// Its state, where it is exactly what was put.
    pub etag: Option<String>,
}

type Outcome<T> = Result<Result<T, Refusal>, KernelError>;

/// Everything that has to be written.
#[derive(Debug, Clone, Default)]
struct Plan {
    is_new: bool,
    create: Vec<(String, Map<String, Json>)>,
    update: Vec<(Uuid, String, Map<String, Json>)>,
    delete: Vec<Uuid>,
    /// Attendances and what is answered.
    answers: Vec<(Uuid, &'static str)>,
    /// Records as they were looked at, each with its version.
    seen: Vec<(Uuid, i64)>,
    copies: Vec<CalendarCopy>,
    kept: Option<Kept>,
}

/// Puts a resource.
///
/// # Errors
/// What the engine refuses; what CalDAV refuses is in the answer.
pub fn put(context: &Context, collection: Collection, name: &str, body: &[u8], demands: &Demands) -> Outcome<Done> {
    let (source, whole) = match checked(collection, body) {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut last = KernelError::Store(StoreError::Busy);
    for _ in 0..MAX_TRIES {
        let plan = context.workspace.store.read_with(|tx| plan(context, tx, collection, name, &source, &whole, demands))?;
        let plan = match plan {
            Ok(plan) => plan,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let is_new = plan.is_new;
        match run(context, plan) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            Err(other) => return Err(other),
            Ok(()) => {
                let names = [name.to_owned()];
                let shelf = context.workspace.store.read_with(|tx| load(context, tx, collection, Which::Named(&names)))?;
                let etag = shelf.find(name).filter(|it| it.text == source).map(Resource::etag);
                return Ok(Ok(Done { is_new, etag }));
            }
        }
    }
    Err(last)
}

/// Takes a resource away. What one is only asked to is declined.
///
/// # Errors
/// As [`put`].
pub fn delete(context: &Context, collection: Collection, name: &str, demands: &Demands) -> Outcome<()> {
    let names = [name.to_owned()];
    let plan = context.workspace.store.read_with(|tx| {
        let shelf = load(context, tx, collection, Which::Named(&names))?;
        let Some(found) = shelf.find(name) else { return Ok(Err(Refusal::not_found())) };
        if !demands.hold(Some(found)) {
            return Ok(Err(Refusal::changed()));
        }
        let mut plan = Plan { seen: seen(found), ..Plan::default() };
        match &found.content {
            Content::Events(rows) => {
                for (_, shown) in rows {
                    let asked = shown.asked.iter().find(|it| it.member == context.actor);
                    match asked.filter(|_| !shown.is_mine) {
                        Some(asked) => plan.answers.push((asked.id, "declined")),
                        None => plan.delete.push(shown.id()),
                    }
                }
            }
            Content::Task(record) => plan.delete.push(record.id()),
            Content::Block(..) => {}
        }
        Ok(Ok(plan))
    })?;
    match plan {
        Ok(plan) => run(context, plan).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn seen(resource: &Resource) -> Vec<(Uuid, i64)> {
    match &resource.content {
        Content::Events(rows) => rows.iter().map(|it| (it.1.id(), it.1.own.activity.version())).collect(),
        Content::Task(record) => vec![(record.id(), record.version())],
        Content::Block(..) => Vec::new(),
    }
}

/// A body as a calendar of one resource.
fn checked(collection: Collection, body: &[u8]) -> Result<(String, Part), Refusal> {
    if body.len() > LARGEST {
        let (zh_cn, en) = (format!("一个日程最大{LARGEST}字节"), format!("a resource has at most {LARGEST} bytes"));
        return Err(Refusal { status: StatusCode::PAYLOAD_TOO_LARGE, ..Refusal::caldav("max-resource-size", zh_cn, en) });
    }
    let broken = || Refusal::caldav("valid-calendar-data", "不是有效的 iCalendar 内容", "it is no iCalendar text");
    let source = std::str::from_utf8(body).map_err(|_| broken())?.to_owned();
    let whole = Part::read(&source).filter(|it| it.name == "VCALENDAR").ok_or_else(broken)?;
    let kinds: BTreeSet<&str> = whole.parts.iter().map(|it| it.name.as_str()).filter(|it| *it != "VTIMEZONE").collect();
    let wrong = |zh_cn: &str, en: &str| Err(Refusal::caldav("valid-calendar-object-resource", zh_cn, en));
    if whole.first("METHOD").is_some() {
        return wrong("这是邮件邀请的内容（METHOD），请保存日程本身", "it is a message about an appointment (METHOD); save the appointment itself");
    }
    match kinds.iter().collect::<Vec<_>>().as_slice() {
        [] => return wrong("内容里没有日程或任务", "there is no appointment or task in it"),
        [one] if **one == collection.component() => {}
        [_] => {
            let (zh_cn, en) = if collection == Collection::Tasks {
                ("任务日历只收任务，日程请存到“我的日程”", "this calendar takes tasks; save appointments in the other one")
            } else {
                ("此日历只收日程，任务请存到“我的任务”", "this calendar takes appointments; save tasks in the other one")
            };
            return Err(Refusal::caldav("supported-calendar-component", zh_cn, en));
        }
        _ => return wrong("一个资源只能有一种内容", "a resource holds one kind of thing"),
    }
    let things: Vec<&Part> = whole.parts.iter().filter(|it| it.name != "VTIMEZONE").collect();
    let uid = things[0].first("UID").map(|it| it.value.trim().to_owned()).unwrap_or_default();
    if uid.is_empty() || uid.len() > LONGEST_UID || uid.chars().any(char::is_control) {
        return wrong("缺少编号（UID），或编号过长", "it has no id (UID), or a very long one");
    }
    if things.iter().any(|it| it.first("UID").map(|it| it.value.trim()) != Some(uid.as_str())) {
        return wrong("一个资源只能有一个编号（UID）", "a resource has one id (UID)");
    }
    let series = repeats(&whole);
    if (!series && things.len() > 1) || things.iter().filter(|it| it.first("RRULE").is_some()).count() > 1 {
        return wrong("只有一次例外而没有重复规则，请保存整个重复日程", "there are single times and no rule; save the whole repeat");
    }
    if things.iter().any(|it| it.first("RDATE").is_some() || it.first("RECURRENCE-ID").is_some_and(|it| it.parameter("RANGE").is_some())) {
        return wrong(
            "不支持另加日期（RDATE）或“此后全部”（RANGE）的重复，请改为单独的日程",
            "dates added to a repeat (RDATE) and changes of all that follow (RANGE) are not taken; make them appointments of their own",
        );
    }
    let is_private =
        |it: &&Part| it.first("CLASS").is_some_and(|it| ["PRIVATE", "CONFIDENTIAL"].contains(&it.value.trim().to_ascii_uppercase().as_str()));
    if things.iter().any(is_private) {
        return wrong(
            "这里没有“私密”日程：有权查看您日程的同事都会看到；请去掉“私密”，或存到您的个人日历",
            "there are no private appointments here: whoever may see your calendar would see it; take the mark off, or keep it in a calendar of your own",
        );
    }
    if series && source.len() > LARGEST_REPEAT {
        return wrong(
            "重复日程的内容过长（上限16KB），请缩短说明或去掉附件",
            "a repeat has at most 16 kB of text; shorten it, or leave attachments out",
        );
    }
    Ok((source, whole))
}

/// The id a resource has.
fn uid_of(whole: &Part) -> String {
    whole.parts.iter().find(|it| it.name != "VTIMEZONE").and_then(|it| it.first("UID")).map(|it| it.value.trim().to_owned()).unwrap_or_default()
}

fn plan(context: &Context, tx: &mut dyn ReadTx, collection: Collection, name: &str, source: &str, whole: &Part, demands: &Demands) -> Outcome<Plan> {
    let names = [name.to_owned()];
    let shelf = load(context, tx, collection, Which::Named(&names))?;
    let found = shelf.find(name);
    if !demands.hold(found) {
        return Ok(Err(Refusal::changed()));
    }
    let uid = uid_of(whole);
    if let Some(refusal) = uid_conflict(context, tx, collection, name, &uid, found)? {
        return Ok(Err(refusal));
    }
    let copies = match found {
        Some(found) => calendar_copies::beside(context, tx, &found.records())?,
        None => Vec::new(),
    };
    let kept = Kept { name: name.to_owned(), uid, taken: None, source: source.to_owned() };
    let base = Plan { is_new: found.is_none(), seen: found.map(seen).unwrap_or_default(), copies, kept: Some(kept), ..Plan::default() };
    if collection == Collection::Tasks { Ok(plan_task(context, whole, found, base)) } else { plan_events(context, tx, source, whole, found, base) }
}

/// The same thing twice would be shown twice, and changed in one place only.
fn uid_conflict(
    context: &Context,
    tx: &mut dyn ReadTx,
    collection: Collection,
    name: &str,
    uid: &str,
    found: Option<&Resource>,
) -> Result<Option<Refusal>, KernelError> {
    let refusal = |other: &str| {
        let path = super::place::Place::Item(context.actor, collection, other.to_owned()).path();
        let told = super::xml::href(&path);
        Refusal {
            status: StatusCode::CONFLICT,
            condition: Some((super::xml::CALDAV, "no-uid-conflict", told)),
            reason: Label::new("已有相同编号（UID）的日程，请修改原来的那一个", "there is one with this id (UID) already; change that one"),
        }
    };
    if let Some(found) = found {
        return Ok((found.uid != uid).then(|| refusal(&found.name)));
    }
    for copy in calendar_copies::with_uid(context, tx, uid)? {
        if copy.name != name {
            return Ok(Some(refusal(&copy.name)));
        }
    }
    let id = uid.strip_suffix("@guanxi").and_then(|it| Uuid::try_parse(it).ok()).filter(|it| own_uid(*it) == uid);
    if let Some(id) = id {
        let there = load(context, tx, collection, Which::Of(&[id]))?;
        return Ok(there.resources.first().filter(|it| it.name != name).map(|it| refusal(&it.name)));
    }
    Ok(None)
}

fn plan_task(context: &Context, whole: &Part, found: Option<&Resource>, mut plan: Plan) -> Result<Plan, Refusal> {
    let put = PutTask::of(context, whole).map_err(|it| Refusal::caldav("valid-calendar-object-resource", it.zh_cn, it.en))?;
    let before = found.and_then(|it| if let Content::Task(record) = &it.content { Some(record.as_ref()) } else { None });
    let mut values = put.values(context, before);
    match before {
        Some(record) => plan.update.push((record.id(), SINGLE.to_owned(), values)),
        None => {
            values.insert("kind".into(), json!("task"));
            plan.create.push((SINGLE.to_owned(), values));
        }
    }
    Ok(plan)
}

fn plan_events(context: &Context, tx: &mut dyn ReadTx, source: &str, whole: &Part, found: Option<&Resource>, mut plan: Plan) -> Outcome<Plan> {
    let earliest = context.now - BACK;
    let before_taken = plan.copies.iter().find_map(|it| it.taken);
    let taken = repeats(whole).then(|| (before_taken.map_or(earliest, |it| it.0), context.now + TAKEN_AHEAD));
    let invalid = |it: Label| Refusal::caldav("valid-calendar-object-resource", it.zh_cn, it.en);
    let all = match expected(context, source, whole, taken) {
        Ok(all) => all,
        Err(reason) if reason == Fault::TooMany.text() => {
            let (zh_cn, en) = (
                "一年里重复超过500次，请放宽间隔或分成几个日程",
                "it takes place more than 500 times in a year; make it rarer, or several appointments",
            );
            return Ok(Err(Refusal::caldav("max-instances", zh_cn, en)));
        }
        Err(reason) => return Ok(Err(invalid(reason))),
    };
    if found.is_none() && (all.is_empty() || all.iter().all(|it| it.put.until < earliest)) {
        return Ok(Err(nothing_left(whole)));
    }
    if let Some(kept) = &mut plan.kept {
        kept.taken = taken;
    }
    let mut ids = BTreeSet::new();
    let rows: &[(String, Shown)] = found.map_or(&[], |it| if let Content::Events(rows) = &it.content { rows } else { &[] });
    for (_, shown) in rows {
        ids.extend(shown.own.activity.reference(guanxi_kernel::schema::OWNER_FIELD));
        ids.extend(shown.asked.iter().map(|it| it.member));
    }
    let people = People::load(context, tx, &ids, &addresses_in(whole))?;
    compare(context, &all, rows, &people, &mut plan);
    Ok(Ok(plan))
}

/// Why there is nothing to take of something new.
fn nothing_left(whole: &Part) -> Refusal {
    let is_off = whole.parts.iter().any(|it| it.first("STATUS").is_some_and(|it| it.value.trim().eq_ignore_ascii_case("CANCELLED")));
    if is_off {
        return Refusal::caldav("valid-calendar-object-resource", "这个日程已取消，无需保存", "it was called off; there is nothing to save");
    }
    Refusal::caldav("min-date-time", "日历只收最近一年及以后的日程", "the calendar takes what is at most a year past")
}

/// What has to be written to make the records there what was put.
fn compare(context: &Context, all: &[Expected], rows: &[(String, Shown)], people: &People, plan: &mut Plan) {
    let mut left: Vec<&(String, Shown)> = rows.iter().collect();
    let mut fresh: Vec<&Expected> = Vec::new();
    let mut pairs: Vec<(&Expected, &Shown)> = Vec::new();
    for one in all {
        match left.iter().position(|it| it.0 == one.instance) {
            Some(at) => pairs.push((one, &left.remove(at).1)),
            None => fresh.push(one),
        }
    }
    // What did not repeat and does now, or the other way round, is still the same appointment.
    if !fresh.is_empty() && (rows.iter().any(|it| it.0 == SINGLE) || all.iter().any(|it| it.instance == SINGLE)) && !left.is_empty() {
        let at = left.iter().position(|it| it.1.own.from == fresh[0].put.from).unwrap_or(0);
        pairs.push((fresh.remove(0), &left.remove(at).1));
    }
    for (one, shown) in pairs {
        let of = differences(context, &one.put, shown, people);
        plan.answers.extend(own_answer(context, &one.put, shown, people));
        plan.update.push((shown.id(), one.instance.clone(), values(context, &one.put, people, of, Some(shown))));
    }
    let is_called_off = all.is_empty() && rows.len() == 1 && rows[0].0 == SINGLE;
    for (_, shown) in left {
        if is_called_off {
            // Called off there is called off here: who was asked is told, and what was noted of it stays.
            plan.update.push((shown.id(), SINGLE.to_owned(), Map::from_iter([("status".to_owned(), json!("cancelled"))])));
        } else {
            plan.delete.push(shown.id());
        }
    }
    let every = Differences { subject: true, description: true, location: true, time: true, people: true, answers: false };
    for one in fresh {
        let mut values = values(context, &one.put, people, every, None);
        values.retain(|_, it| !it.is_null() && *it != json!([]));
        values.insert("kind".into(), json!("appointment"));
        values.insert("calendar_uid".into(), json!(imported_uid(plan, one.put.from)));
        // What is over need not be done any more.
        if one.put.until < context.now {
            values.insert("status".into(), json!("done"));
        }
        plan.create.push((one.instance.clone(), values));
    }
}

/// As a file of the same calendar would name it, so that it does not come a second time by that way.
fn imported_uid(plan: &Plan, at: Timestamp) -> String {
    let uid = plan.kept.as_ref().map(|it| it.uid.as_str()).unwrap_or_default();
    format!("{uid}/{}", at.as_second())
}

fn run(context: &Context, plan: Plan) -> Result<(), KernelError> {
    let work = move |unit: &mut Unit<'_>| {
        let object = unit.context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
        require_unchanged(unit, &object, &plan.seen)?;
        for (id, answer) in &plan.answers {
            unit.call("attendance", *id, "answer", &Map::from_iter([("answer".to_owned(), json!(answer))]))?;
        }
        for id in &plan.delete {
            unit.delete(ACTIVITY, *id)?;
        }
        for (id, instance, values) in &plan.update {
            if !values.is_empty() {
                unit.update(ACTIVITY, *id, values)?;
            }
            if let Some(kept) = &plan.kept {
                keep(unit, &plan.copies, *id, instance, kept)?;
            }
        }
        for (instance, values) in &plan.create {
            let record = unit.create(ACTIVITY, values)?;
            if let Some(kept) = &plan.kept {
                keep(unit, &[], record.id(), instance, kept)?;
            }
        }
        Ok(())
    };
    run_unit(context, context.new_id(), "caldav", Box::new(work))
}

/// Fails unless the records are as they were looked at.
fn require_unchanged(unit: &mut Unit<'_>, object: &Object, seen: &[(Uuid, i64)]) -> Result<(), KernelError> {
    let ids: Vec<Uuid> = seen.iter().map(|it| it.0).collect();
    unit.lock(object, ids.clone())?;
    let mut now = BTreeSet::new();
    for chunk in ids.chunks(500) {
        let these = Condition::In(ColumnRef::main(ID), chunk.iter().copied().map(Value::Id).collect(), false);
        let columns = vec![ColumnRef::main(ID), ColumnRef::main(VERSION)];
        for row in unit.tx.rows(&Select { columns, ..Select::all(&object.table, these) })? {
            if let [Value::Id(id), Value::Int(version)] = row.as_slice() {
                now.insert((*id, *version));
            }
        }
    }
    if seen.iter().all(|it| now.contains(it)) {
        return Ok(());
    }
    Err(KernelError::conflict("version_conflict", "内容已被修改，请先重新同步", "it was changed meanwhile; read it again first"))
}
