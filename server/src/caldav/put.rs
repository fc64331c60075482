//! What a program puts: read, compared with what is there, and written with the member's rights, all of it or nothing.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::schema::{ID, Label, OWNER_FIELD, Object, VERSION};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, StoreError, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Value};
use guanxi_work::busy::Own;
use guanxi_work::calendar_copies::{self, CALENDAR_COPY, CalendarCopy, Kept, SINGLE, keep};
use guanxi_work::own_calendar::{asked_to, own_among, readable_attendances, span_of, tasks_among};
use serde_json::{Map, json};
use uuid::Uuid;

use super::compare::{Plan, Told, compare};
use super::event::Shown;
use super::people::{People, addresses_in};
use super::place::Collection;
use super::refusal::Refusal;
use super::series::{TAKEN_AHEAD, expected, left_out, repeats};
use super::shelf::{BACK, Content, Resource, Which, id_in, load, own_name, own_uid};
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
/// Who is asked to one.
const ATTENDANCE: &str = "attendance";

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
                    match shown.invited() {
                        _ if shown.is_mine => plan.delete.push(shown.id()),
                        Some(invited) => plan.answers.push((invited.id, "declined")),
                        // It is another's, and there is no invitation to decline: for everybody it would be gone.
                        None => {
                            return Ok(Err(Refusal::dav(
                                "need-privileges",
                                "这是别人的日程，只有组织者能删除；请让对方把您移出参与人",
                                "it is somebody else's, who alone may delete it; ask to be taken out of those who take part",
                            )));
                        }
                    }
                }
            }
            Content::Task(record, _) => plan.delete.push(record.id()),
            Content::Block(..) => {}
        }
        Ok(Ok(plan))
    })?;
    match plan {
        Ok(plan) => run(context, plan).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// What a resource was made of when it was looked at: its records, and the caller's own answers to them.
fn seen(resource: &Resource) -> Vec<(&'static str, Uuid, i64)> {
    match &resource.content {
        Content::Events(rows) => {
            let records = rows.iter().map(|it| (ACTIVITY, it.1.id(), it.1.own.activity.version()));
            let answers = rows.iter().filter_map(|it| it.1.invited()).map(|it| (ATTENDANCE, it.id, it.version));
            records.chain(answers).collect()
        }
        Content::Task(record, _) => vec![(ACTIVITY, record.id(), record.version())],
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
    let all = calendar_copies::named(context, tx, &names)?;
    let there: BTreeSet<Uuid> = found.map(Resource::records).unwrap_or_default().into_iter().collect();
    let (copies, others): (Vec<CalendarCopy>, Vec<CalendarCopy>) = all.into_iter().partition(|it| there.contains(&it.activity));
    let stale = match require_here(context, tx, collection, &others)?.and(uid_conflict(context, tx, collection, name, &uid, found)?) {
        Ok(stale) => stale,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut plan = Plan { is_new: found.is_none(), seen: found.map(seen).unwrap_or_default(), ..Plan::default() };
    plan.seen.extend(copies.iter().map(|it| (CALENDAR_COPY, it.id, it.version)));
    plan.stale = others.iter().map(|it| it.id).chain(stale).collect();
    plan.copies = copies;
    plan.kept = Some(Kept { name: name.to_owned(), uid, taken: None, zone: None, source: source.to_owned() });
    if collection == Collection::Tasks {
        return if found.is_none() && is_taken(context, tx, name)? { Ok(Err(taken())) } else { Ok(plan_task(context, whole, found, plan)) };
    }
    let called_off = if found.is_none() { called_off(context, tx, &others, whole)? } else { None };
    let rows: Vec<(String, Shown)> = match (found.map(|it| &it.content), called_off) {
        (Some(Content::Events(rows)), _) => rows.clone(),
        (_, Some(shown)) => {
            // Called off and taken up again, it is the same appointment.
            let id = shown.id();
            plan.seen.push((ACTIVITY, id, shown.own.activity.version()));
            plan.copies = others.into_iter().filter(|it| it.activity == id).collect();
            plan.stale.retain(|stale| plan.copies.iter().all(|it| it.id != *stale));
            vec![(SINGLE.to_owned(), shown)]
        }
        _ if is_taken(context, tx, name)? => return Ok(Err(taken())),
        _ => Vec::new(),
    };
    plan_events(context, tx, source, whole, &rows, plan)
}

/// Refuses a name under which something stands in another calendar of the caller's; what else it was once given to is gone.
fn require_here(context: &Context, tx: &mut dyn ReadTx, collection: Collection, copies: &[CalendarCopy]) -> Outcome<()> {
    let ids: Vec<Uuid> = copies.iter().map(|it| it.activity).collect();
    let is_elsewhere = match collection {
        _ if ids.is_empty() => false,
        Collection::Tasks => !own_among(context, tx, &ids)?.is_empty(),
        _ => !tasks_among(context, tx, &ids)?.is_empty(),
    };
    let reason = || {
        let (zh_cn, en) = ("您的另一个日历里已有同名的内容，请换一个名称", "another calendar of yours holds one of this name; take another one");
        Refusal::plain(StatusCode::CONFLICT, zh_cn, en)
    };
    Ok(if is_elsewhere { Err(reason()) } else { Ok(()) })
}

/// Whether a name is the one that an activity has which no program put: it would be shown under the same, once it comes to
/// whoever took the name.
fn is_taken(context: &Context, tx: &mut dyn ReadTx, name: &str) -> Result<bool, KernelError> {
    let (Some(id), Some(object)) = (id_in(name), context.schema.object(ACTIVITY)) else { return Ok(false) };
    let one = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    Ok(tx.first(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, one) })?.is_some())
}

fn taken() -> Refusal {
    let (zh_cn, en) = (
        "这个名称属于另一条记录，请另存为新的；删除的日程可在回收站恢复",
        "this name is that of another record; save it as a new one. What was deleted is restored from the recycle bin",
    );
    Refusal::plain(StatusCode::CONFLICT, zh_cn, en)
}

/// An appointment of the caller's that was called off, where it is taken up again.
fn called_off(context: &Context, tx: &mut dyn ReadTx, copies: &[CalendarCopy], whole: &Part) -> Result<Option<Shown>, KernelError> {
    let ids: Vec<Uuid> = copies.iter().filter(|it| it.instance == SINGLE && !repeats(whole)).map(|it| it.activity).collect();
    let object = context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
    let found: Vec<Record> = load_records(context, tx, &object, &ids, Verb::Read, false)?;
    let is_off = |it: &Record| it.value("status").as_text() == Some("cancelled") && it.value("kind").as_text() != Some("task");
    let own = found.into_iter().find(|it| is_off(it) && it.reference(OWNER_FIELD) == Some(context.actor));
    let Some((activity, (from, until))) = own.and_then(|it| span_of(context, &it).map(|span| (it, span))) else { return Ok(None) };
    let asked = asked_to(context, tx, &[activity.id()])?;
    let readable = readable_attendances(context, tx, &asked)?;
    let people = People::load(context, tx, &asked.iter().map(|it| it.member).collect(), &BTreeSet::new())?;
    Ok(Some(Shown::of(context, Own { activity, from, until, certain: true }, asked, &people, &readable)))
}

/// The same thing twice would be shown twice, and changed in one place only. Copies of it beside nothing that is in the
/// calendar any more give way.
fn uid_conflict(
    context: &Context,
    tx: &mut dyn ReadTx,
    collection: Collection,
    name: &str,
    uid: &str,
    found: Option<&Resource>,
) -> Outcome<Vec<Uuid>> {
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
        return Ok(if found.uid == uid { Ok(Vec::new()) } else { Err(refusal(&found.name)) });
    }
    let others: Vec<CalendarCopy> = calendar_copies::with_uid(context, tx, uid)?.into_iter().filter(|it| it.name != name).collect();
    let ids: Vec<Uuid> = others.iter().map(|it| it.activity).collect();
    if !ids.is_empty() {
        let mut alive: BTreeSet<Uuid> = own_among(context, tx, &ids)?.iter().map(|it| it.activity.id()).collect();
        alive.extend(tasks_among(context, tx, &ids)?.iter().map(Record::id));
        if let Some(other) = others.iter().find(|it| alive.contains(&it.activity)) {
            return Ok(Err(refusal(&other.name)));
        }
    }
    let id = uid.strip_suffix("@guanxi").and_then(|it| Uuid::try_parse(it).ok()).filter(|it| own_uid(*it) == uid);
    if let Some(id) = id {
        let there = load(context, tx, collection, Which::Of(&[id]))?;
        if let Some(other) = there.resources.first().filter(|it| it.name != name) {
            return Ok(Err(refusal(&other.name)));
        }
    }
    Ok(Ok(others.into_iter().map(|it| it.id).collect()))
}

fn plan_task(context: &Context, whole: &Part, found: Option<&Resource>, mut plan: Plan) -> Result<Plan, Refusal> {
    let put = PutTask::of(context, whole).map_err(|it| Refusal::caldav("valid-calendar-object-resource", it.zh_cn, it.en))?;
    let before = found.and_then(|it| if let Content::Task(record, _) = &it.content { Some(record.as_ref()) } else { None });
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

fn plan_events(context: &Context, tx: &mut dyn ReadTx, source: &str, whole: &Part, rows: &[(String, Shown)], mut plan: Plan) -> Outcome<Plan> {
    let earliest = context.now - BACK;
    let taken = repeats(whole).then(|| (earliest, context.now + TAKEN_AHEAD));
    let here = context.time_zone.iana_name().map(str::to_owned);
    let zone = plan.copies.iter().find_map(|it| it.zone.clone()).or(here).filter(|_| taken.is_some());
    let invalid = |it: Label| Refusal::caldav("valid-calendar-object-resource", it.zh_cn, it.en);
    let all = match expected(context, source, whole, taken, zone.as_deref()) {
        Ok(all) => all,
        Err(reason) if reason == Fault::TooMany.text() => {
            let (zh_cn, en) = ("重复次数过多，请放宽间隔或分成几个日程", "it takes place too many times; make it rarer, or several appointments");
            return Ok(Err(Refusal::caldav("max-instances", zh_cn, en)));
        }
        Err(reason) => return Ok(Err(invalid(reason))),
    };
    if plan.is_new && (all.is_empty() || all.iter().all(|it| it.put.until < earliest)) {
        return Ok(Err(nothing_left(whole)));
    }
    let left_out = left_out(context, whole, zone.as_deref());
    if let Some(kept) = &mut plan.kept {
        (kept.taken, kept.zone) = (taken, zone);
    }
    let mut ids = BTreeSet::new();
    for (_, shown) in rows {
        ids.extend(shown.own.activity.reference(OWNER_FIELD));
        ids.extend(shown.asked.iter().map(|it| it.member));
    }
    let people = People::load(context, tx, &ids, &addresses_in(whole))?;
    if let Err(refusal) = compare(context, &Told { all: &all, left_out: &left_out }, rows, &people, &mut plan) {
        return Ok(Err(refusal));
    }
    for (id, _, values) in &mut plan.update {
        let is_off = rows.iter().any(|it| it.1.id() == *id && it.1.own.activity.value("status").as_text() == Some("cancelled"));
        if is_off {
            values.insert("status".to_owned(), json!("open"));
        }
    }
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

fn run(context: &Context, plan: Plan) -> Result<(), KernelError> {
    let work = move |unit: &mut Unit<'_>| {
        for name in [ACTIVITY, ATTENDANCE, CALENDAR_COPY] {
            let object = unit.context.schema.object(name).cloned().ok_or(KernelError::NotFound)?;
            let seen: Vec<(Uuid, i64)> = plan.seen.iter().filter(|it| it.0 == name).map(|it| (it.1, it.2)).collect();
            require_unchanged(unit, &object, &seen)?;
        }
        for id in &plan.stale {
            unit.erase_as_system(CALENDAR_COPY, *id)?;
        }
        for copy in plan.copies.iter().filter(|it| plan.let_go.contains(&it.activity)) {
            let_go(unit, copy)?;
        }
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

/// From now on the record stands by itself, under its own name, by which a program is told of it.
fn let_go(unit: &mut Unit<'_>, copy: &CalendarCopy) -> Result<(), KernelError> {
    let values = [("name", own_name(copy.activity)), ("uid", own_uid(copy.activity)), ("instance", SINGLE.to_owned())];
    unit.update_as_system(CALENDAR_COPY, copy.id, &values.into_iter().map(|it| (it.0.to_owned(), json!(it.1))).collect())?;
    unit.delete_as_system(CALENDAR_COPY, copy.id)
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
