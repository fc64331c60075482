//! Who has how much to do on which day: what each has planned against the hours of work he has, as far as the caller may
//! see what it is, and in sum where he may not.

use std::collections::BTreeMap;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, Record, aggregate, among, known_records, readable_ids};
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::working_days::WorkingDays;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use crate::activity::{ACTIVITY, whole_days};
use crate::busy::{Meeting, Window, absences_of, activities_of, linked_where, ways_of};

/// Hours of work of a half day, in minutes, of whoever says nothing else.
const HALF_DAY_MINUTES: i64 = 240;
/// Half days of a week.
const HALF_DAYS: i64 = 10;
/// So long is a task that says nothing of it, in minutes.
const USUAL_TASK_MINUTES: i64 = 30;
/// Most days of one board.
pub const MOST_DAYS: i32 = 31;
/// Most people of one board.
pub const MOST_PEOPLE: usize = 100;
/// Most tasks looked at for one board.
const MOST: u64 = 10_000;
/// What else people have on their hands, counted where it is there and open.
const COUNTED: [&str; 3] = ["lead", "opportunity", "ticket"];

/// A day of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Whether it is worked.
    pub working: bool,
    /// A holiday (`false`) or a weekend day worked instead (`true`).
    pub exception: Option<bool>,
}

/// One thing on a day.
#[derive(Debug, Clone)]
pub struct Item {
    /// The activity.
    pub activity: Record,
    /// So long on this day, in minutes.
    pub minutes: i64,
    /// Whether it is the person's own; else he takes part.
    pub own: bool,
}

/// A person's day.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// Minutes there are.
    pub capacity: i64,
    /// Minutes planned and still to be done, what the caller may not see included.
    pub planned: i64,
    /// Of them those of things the caller may not see.
    pub hidden: i64,
    /// Halves of the day the person is away: 0 to 2.
    pub away: u8,
    /// What the caller may see, in the order of time.
    pub items: Vec<Item>,
}

/// A person's row.
#[derive(Debug, Clone)]
pub struct Person {
    /// The member.
    pub member: Record,
    /// One for each day.
    pub days: Vec<Load>,
    /// Tasks done in these days.
    pub done: i64,
    /// Tasks past their time.
    pub overdue: i64,
    /// Open tasks without a time.
    pub undated: i64,
    /// Open records of other objects, by object.
    pub open: BTreeMap<String, i64>,
}

/// The board.
#[derive(Debug, Clone)]
pub struct Board {
    /// Its days.
    pub days: Vec<Day>,
    /// Its people.
    pub people: Vec<Person>,
}

/// The board of some members the caller sees, over some days as he counts them. A handful of statements, however many
/// people and days.
///
/// # Errors
/// Too many days; fails where the database does.
pub fn board(context: &Context, tx: &mut dyn ReadTx, members: Vec<Record>, first: Date, days: i32) -> Result<Board> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(KernelError::bad_request("bad_request", format!("天数应为1到{MOST_DAYS}"), format!("1 to {MOST_DAYS} days")));
    }
    let zone = &context.time_zone;
    let last = first.saturating_add((days - 1).days());
    let calendar = WorkingDays::load(context, tx, first, last)?;
    let dates: Vec<Date> = first.series(1.day()).take_while(|it| *it <= last).collect();
    let (Some(from), Some(until)) = (midnight(first, zone), midnight(last.saturating_add(1.day()), zone)) else {
        return Err(KernelError::bad_request("bad_request", "没有这一天", "there is no such day"));
    };
    let ids: Vec<Uuid> = members.iter().map(Record::id).collect();
    let window = Window { from, until, except: None };
    let absences = absences_of(context, tx, &members, window)?;
    let meetings = activities_of(context, tx, &ids, window)?;
    let tasks = tasks_of(context, tx, &ids, window)?;
    let mut counts = counts(context, tx, &ids, window)?;
    let (meetings_by, tasks_by) = (by_person(&meetings), by_person(&tasks));
    let people = members.into_iter().map(|member| {
        let (id, half_day) = (member.id(), half_day_of(&member));
        let meetings = meetings_by.get(&id).cloned().unwrap_or_default();
        let tasks = tasks_by.get(&id).cloned().unwrap_or_default();
        let load = |date: &Date| {
            let left = absences.iter().filter(|it| it.member == id).map(|it| it.halves_left(*date)).min().unwrap_or(2);
            let capacity = if calendar.is_working(*date) { i64::from(left) * half_day } else { 0 };
            let mut load = Load { capacity, away: 2 - left, ..Load::default() };
            let is_own = |it: &Meeting| it.activity.reference(OWNER_FIELD) == Some(id);
            meetings.iter().for_each(|it| load.take(it, meeting_minutes(&it.activity, *date, zone), is_own(it)));
            let own = tasks.iter().filter(|it| due_on(&it.activity, zone) == Some(*date));
            own.for_each(|it| load.take(it, part_of(it), is_own(it)));
            load
        };
        let days = dates.iter().map(load).collect();
        let counted = counts.remove(&id).unwrap_or_default();
        Person { member, days, done: counted.done, overdue: counted.overdue, undated: counted.undated, open: counted.open }
    });
    let people = people.collect();
    let day = |date: &Date| Day { date: *date, working: calendar.is_working(*date), exception: calendar.exception(*date) };
    Ok(Board { days: dates.iter().map(day).collect(), people })
}

/// How long a member's half day is, in minutes, by his hours of a week.
fn half_day_of(member: &Record) -> i64 {
    if let Value::Int(hours) = member.value("week_hours") { hours * 60 / HALF_DAYS } else { HALF_DAY_MINUTES }
}

/// What each takes part in: a person is not asked about the meetings of all.
fn by_person(all: &[Meeting]) -> BTreeMap<Uuid, Vec<&Meeting>> {
    let mut by_person: BTreeMap<Uuid, Vec<&Meeting>> = BTreeMap::new();
    for meeting in all {
        meeting.people.keys().for_each(|it| by_person.entry(*it).or_default().push(meeting));
    }
    by_person
}

impl Load {
    fn take(&mut self, it: &Meeting, minutes: i64, own: bool) {
        if minutes <= 0 {
            return;
        }
        if is_open(&it.activity) {
            self.planned += minutes;
            self.hidden += if it.readable { 0 } else { minutes };
        }
        if it.readable {
            self.items.push(Item { activity: it.activity.clone(), minutes, own });
        }
    }
}

fn is_open(activity: &Record) -> bool {
    matches!(activity.value("status").as_text(), Some("open" | "in_progress"))
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    day.to_zoned(zone.clone()).ok().map(|it| it.timestamp())
}

/// So much of an activity falls on a day, at most a day's work.
fn meeting_minutes(activity: &Record, day: Date, zone: &TimeZone) -> i64 {
    let span = whole_days(activity, zone).zip(midnight(day, zone).zip(midnight(day.saturating_add(1.day()), zone)));
    let Some(((from, until), (begins, ends))) = span else { return 0 };
    let seconds = until.min(ends).as_second() - from.max(begins).as_second();
    (seconds / 60).clamp(0, 2 * HALF_DAY_MINUTES)
}

fn task_minutes(task: &Record) -> i64 {
    let said = ["estimate", "duration"].iter().find_map(|it| match task.value(it) {
        Value::Duration(seconds) if seconds > 0 => Some((seconds + 59) / 60),
        _ => None,
    });
    said.unwrap_or(USUAL_TASK_MINUTES)
}

/// What each of those who do a task together has of it.
fn part_of(task: &Meeting) -> i64 {
    let people = i64::try_from(task.people.len()).unwrap_or(i64::MAX).max(1);
    task_minutes(&task.activity).div_euclid(people) + i64::from(task_minutes(&task.activity).rem_euclid(people) > 0)
}

fn due_on(task: &Record, zone: &TimeZone) -> Option<Date> {
    let Value::DateTime(due) = task.value("due_at") else { return None };
    let local = due.to_zoned(zone.clone());
    // What is due at midnight is work of the day before.
    let before = local.start_of_day().is_ok_and(|it| it == local);
    Some(if before { local.date().saturating_sub(1.day()) } else { local.date() })
}

/// Tasks of members due in a span, as meetings of those who do them together.
fn tasks_of(context: &Context, tx: &mut dyn ReadTx, members: &[Uuid], window: Window) -> Result<Vec<Meeting>> {
    let object = context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
    let owned = known_records(context, tx, ACTIVITY, |it| Ok(is_due(it, window)?.and(among(it(OWNER_FIELD), members.iter().copied())?)), MOST)?;
    let joined = linked_where(context, tx, &object, "participants", members, |it| is_due(it, window))?;
    let mut found: BTreeMap<Uuid, Record> = BTreeMap::new();
    found.extend(owned.into_iter().chain(joined).map(|it| (it.id(), it)));
    let found: Vec<Record> = found.into_values().collect();
    let mut together = ways_of(tx, &object, "participants", &found, None)?;
    let readable = readable_ids(context, tx, &object, &found.iter().map(Record::id).collect::<Vec<_>>())?;
    let readable: std::collections::BTreeSet<Uuid> = readable.into_iter().collect();
    let meeting = |activity: Record| {
        let others = together.remove(&activity.id()).unwrap_or_default();
        let people = activity.reference(OWNER_FIELD).into_iter().chain(others).map(|it| (it, true)).collect();
        Meeting { people, readable: readable.contains(&activity.id()), activity }
    };
    Ok(found.into_iter().map(meeting).collect())
}

fn is_due(it: &dyn Fn(&str) -> Result<ColumnRef>, window: Window) -> Result<Condition> {
    let due = it("due_at")?;
    let text = |it: &str| Value::Text(it.to_owned());
    Ok(Condition::Compare(due, CompareOp::Gt, Value::DateTime(window.from))
        .and(Condition::Compare(due, CompareOp::Le, Value::DateTime(window.until)))
        .and(Condition::equals(it("kind")?, text("task")))
        .and(Condition::Compare(it("status")?, CompareOp::Ne, text("cancelled"))))
}

/// What is counted of a person.
#[derive(Default)]
struct Counted {
    done: i64,
    overdue: i64,
    undated: i64,
    open: BTreeMap<String, i64>,
}

/// What people have beside their days, as far as the caller may see it.
fn counts(context: &Context, tx: &mut dyn ReadTx, members: &[Uuid], window: Window) -> Result<BTreeMap<Uuid, Counted>> {
    let mut all: BTreeMap<Uuid, Counted> = BTreeMap::new();
    if members.is_empty() {
        return Ok(all);
    }
    let open = "kind == 'task' && status in ['open', 'in_progress']";
    let done = format!("kind == 'task' && status == 'done' && done_at >= datetime(\"{}\") && done_at < datetime(\"{}\")", window.from, window.until);
    for (id, count) in count_by_owner(context, tx, ACTIVITY, members, &done)? {
        all.entry(id).or_default().done = count;
    }
    for (id, count) in count_by_owner(context, tx, ACTIVITY, members, &format!("{open} && due_at < now()"))? {
        all.entry(id).or_default().overdue = count;
    }
    for (id, count) in count_by_owner(context, tx, ACTIVITY, members, &format!("{open} && due_at == null"))? {
        all.entry(id).or_default().undated = count;
    }
    for name in COUNTED {
        let Some(open) = open_of(context, name) else { continue };
        for (id, count) in count_by_owner(context, tx, name, members, &open)? {
            all.entry(id).or_default().open.insert(name.to_owned(), count);
        }
    }
    Ok(all)
}

/// The condition under which records of an object are open: the state its board stands by is none that closes.
fn open_of(context: &Context, name: &str) -> Option<String> {
    let object = context.schema.object(name)?;
    let field = object.field(&object.definition.views.board.as_ref()?.group_by)?;
    let open: Vec<String> = field.definition.options.iter().filter(|it| !it.closed).map(|it| format!("'{}'", it.value)).collect();
    (context.access.may(object, Verb::Read) && !open.is_empty()).then(|| format!("{} in [{}]", field.name(), open.join(", ")))
}

fn count_by_owner(context: &Context, tx: &mut dyn ReadTx, name: &str, members: &[Uuid], filter: &str) -> Result<Vec<(Uuid, i64)>> {
    let Some(object) = context.schema.object(name).cloned() else { return Ok(Vec::new()) };
    // Who may not see whose records these are is told no numbers of them.
    let names_owner = object.field(OWNER_FIELD).is_some_and(|it| context.access.may_group(&object, it));
    if !names_owner || !context.access.may(&object, Verb::Read) {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = members.iter().map(|it| format!("\"{it}\"")).collect();
    let request = AggregateRequest {
        group_by: vec![OWNER_FIELD.to_owned()],
        measures: vec!["count".to_owned()],
        filter: Some(format!("{OWNER_FIELD} in [{}] && {filter}", ids.join(", "))),
        words: None,
        limit: None,
    };
    let answer = match aggregate(context, tx, &object, &request) {
        // A field of the filter is closed to the caller.
        Err(KernelError::BadRequest { .. }) => return Ok(Vec::new()),
        answer => answer?,
    };
    let read = answer.groups.iter().filter_map(|it| {
        let id = it.keys.first()?.as_str().and_then(|it| Uuid::try_parse(it).ok())?;
        Some((id, it.values.get("count")?.as_i64()?))
    });
    Ok(read.collect())
}
