//! When members and rooms are taken: to plan with somebody one needs to know that he is, not what by. What a caller may see
//! is named to him; of the rest he learns when it is, and neither how many things nor what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, among, known_records, load_records, readable_ids};
use guanxi_kernel::schema::{ID, OWNER_FIELD, Object};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::absences::{self, Absence};
use crate::activity::{ACTIVITY, whole_days};
use crate::attendance::{ATTENDANCE, reach_back};
use crate::bookings::RESOURCE;

/// Kinds of activity during which one is not to be had.
pub(crate) const KINDS: [&str; 3] = ["appointment", "visit", "call"];
/// Most members and rooms asked about at once.
pub const MOST_ASKED: usize = 60;
/// Most activities looked at for one answer.
const MOST: u64 = 10_000;

/// How somebody is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// In an appointment, a visit, a call.
    Busy,
    /// Asked, and has not said that he comes.
    Tentative,
    /// On leave, travelling, absent.
    Away,
}

/// A time at which somebody is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// How.
    pub how: How,
    /// By which activity, where the caller may see it.
    pub activity: Option<Uuid>,
}

/// A span of time asked about.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// From then.
    pub from: Timestamp,
    /// Until then.
    pub until: Timestamp,
    /// An activity left out: the one being planned.
    pub except: Option<Uuid>,
}

/// Somebody or something and when it is taken.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The member or room.
    pub record: Record,
    /// In the order of time.
    pub taken: Vec<Taken>,
}

/// When members are taken. Those the caller may not see at all are left out.
///
/// # Errors
/// Fails where the database does.
pub fn of_members(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid], window: Window) -> Result<Vec<Schedule>> {
    let members = seen(context, tx, MEMBER_OBJECT, ids)?;
    let ids: Vec<Uuid> = members.iter().map(Record::id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found = activities_of(context, tx, &ids, window)?;
    let absences = absences::between(context, tx, &members, window.from, window.until)?;
    let schedule = |member: Record| {
        let id = member.id();
        let zone = zone_of(context, &member);
        let mut taken: Vec<Taken> = found.iter().filter_map(|it| it.taken_by(id, &zone)).collect();
        taken.extend(absences.iter().filter(|it| it.member == id).flat_map(|it| it.spans(&zone)).map(|(from, until)| Taken {
            from,
            until,
            how: How::Away,
            activity: None,
        }));
        Schedule { record: member, taken: told(taken, window) }
    };
    Ok(members.into_iter().map(schedule).collect())
}

/// When rooms, vehicles and equipment are booked.
///
/// # Errors
/// Fails where the database does.
pub fn of_resources(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid], window: Window) -> Result<Vec<Schedule>> {
    let rooms = seen(context, tx, RESOURCE, ids)?;
    let ids: Vec<Uuid> = rooms.iter().map(Record::id).collect();
    let object = activity_object(context)?;
    let booked = linked(context, tx, &object, "resources", &ids, window)?;
    let readable: BTreeSet<Uuid> = readable_ids(context, tx, &object, &booked.0.iter().map(Record::id).collect::<Vec<_>>())?.into_iter().collect();
    let zone = context.time_zone.clone();
    let schedule = |room: Record| {
        let others = booked.0.iter().filter(|it| Some(it.id()) != window.except);
        let by = others.filter(|it| booked.1.get(&it.id()).is_some_and(|to| to.contains(&room.id())));
        let taken = by.filter_map(|it| {
            let (from, until) = whole_days(it, &zone)?;
            Some(Taken { from, until, how: How::Busy, activity: readable.get(&it.id()).copied() })
        });
        let taken = told(taken.collect(), window);
        Schedule { record: room, taken }
    };
    Ok(rooms.into_iter().map(schedule).collect())
}

/// An activity and whose time it takes.
pub(crate) struct Meeting {
    /// The activity, whatever the caller may see of it.
    pub activity: Record,
    /// Those who take part and have not declined: whether they have said so.
    pub people: BTreeMap<Uuid, bool>,
    /// Whether the caller may see it.
    pub readable: bool,
}

impl Meeting {
    fn taken_by(&self, member: Uuid, zone: &TimeZone) -> Option<Taken> {
        let sure = *self.people.get(&member)?;
        let (from, until) = whole_days(&self.activity, zone)?;
        let how = if sure { How::Busy } else { How::Tentative };
        Some(Taken { from, until, how, activity: self.readable.then(|| self.activity.id()) })
    }
}

/// What takes the time of some members in a span: what they own and what they take part in.
pub(crate) fn activities_of(context: &Context, tx: &mut dyn ReadTx, members: &[Uuid], window: Window) -> Result<Vec<Meeting>> {
    let object = activity_object(context)?;
    let owned = known_records(context, tx, ACTIVITY, |it| Ok(takes_time(it, window)?.and(among(it(OWNER_FIELD), members.iter().copied())?)), MOST)?;
    let (joined, ways) = linked(context, tx, &object, "participants", members, window)?;
    let mut meetings: BTreeMap<Uuid, Meeting> = BTreeMap::new();
    for activity in owned.into_iter().chain(joined).filter(|it| Some(it.id()) != window.except) {
        let people = activity.reference(OWNER_FIELD).map(|it| (it, true)).into_iter().collect();
        meetings.entry(activity.id()).or_insert(Meeting { activity, people, readable: false });
    }
    // Those an appointment names and who were never asked, in what was entered before there were invitations.
    for (id, people) in ways {
        if let Some(meeting) = meetings.get_mut(&id) {
            for member in people {
                meeting.people.entry(member).or_insert(false);
            }
        }
    }
    let ids: Vec<Uuid> = meetings.keys().copied().collect();
    for chunk in ids.chunks(500) {
        let attending = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(among(it("activity"), chunk.to_vec())?.and(Condition::NotNull(it("member")?)));
        for attendance in known_records(context, tx, ATTENDANCE, attending, MOST)? {
            let answer = attendance.value("answer");
            let meeting = attendance.reference("activity").and_then(|it| meetings.get_mut(&it));
            let (Some(meeting), Some(member)) = (meeting, attendance.reference("member")) else { continue };
            if answer.as_text() == Some("declined") {
                meeting.people.remove(&member);
            } else {
                meeting.people.insert(member, answer.as_text() == Some("accepted"));
            }
        }
    }
    for id in readable_ids(context, tx, &object, &ids)? {
        if let Some(meeting) = meetings.get_mut(&id) {
            meeting.readable = true;
        }
    }
    Ok(meetings.into_values().collect())
}

/// Something in the caller's own calendar.
#[derive(Debug, Clone)]
pub struct Own {
    /// What it is.
    pub activity: Record,
    /// From then.
    pub from: Timestamp,
    /// Until then; of whole days the end of the last.
    pub until: Timestamp,
    /// Whether it is his, or he said that he comes.
    pub certain: bool,
}

/// The caller's own calendar between two moments: what he owns and what he takes part in, as far as he may see it.
///
/// # Errors
/// Fails where the database does.
pub fn own(context: &Context, tx: &mut dyn ReadTx, from: Timestamp, until: Timestamp) -> Result<Vec<Own>> {
    let me = context.actor;
    let found = activities_of(context, tx, &[me], Window { from, until, except: None })?;
    let mine = found.into_iter().filter(|it| it.readable).filter_map(|it| {
        let certain = *it.people.get(&me)?;
        let (from, until) = whole_days(&it.activity, &context.time_zone)?;
        Some(Own { activity: it.activity, from, until, certain })
    });
    let mut mine: Vec<Own> = mine.collect();
    mine.sort_by_key(|it| (it.from, it.activity.id()));
    Ok(mine)
}

fn activity_object(context: &Context) -> Result<Arc<Object>> {
    context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)
}

fn seen(context: &Context, tx: &mut dyn ReadTx, object: &str, ids: &[Uuid]) -> Result<Vec<Record>> {
    let object = context.schema.object(object).cloned().ok_or(KernelError::NotFound)?;
    let mut found = load_records(context, tx, &object, ids, Verb::Read, false)?;
    found.sort_by_key(|it| ids.iter().position(|id| *id == it.id()));
    Ok(found)
}

fn takes_time(it: &dyn Fn(&str) -> Result<ColumnRef>, window: Window) -> Result<Condition> {
    let start = it("start_at")?;
    let text = |it: &str| Value::Text(it.to_owned());
    Ok(Condition::Compare(start, CompareOp::Lt, Value::DateTime(window.until))
        .and(Condition::Compare(start, CompareOp::Gt, Value::DateTime(reach_back(window.from))))
        .and(Condition::In(it("kind")?, KINDS.map(text).to_vec(), false))
        .and(Condition::Compare(it("status")?, CompareOp::Ne, text("cancelled"))))
}

/// Which records a link leads to, by the one it comes from.
pub(crate) type Ways = BTreeMap<Uuid, BTreeSet<Uuid>>;

/// Activities in a span that a link field leads from to some records, and which of them each leads to.
fn linked(context: &Context, tx: &mut dyn ReadTx, object: &Object, field: &str, targets: &[Uuid], window: Window) -> Result<(Vec<Record>, Ways)> {
    let found = linked_where(context, tx, object, field, targets, |it| takes_time(it, window))?;
    let ways = ways_of(tx, object, field, &found, Some(targets))?;
    Ok((found, ways))
}

/// Activities of some kind that a link field leads from to some records.
pub(crate) fn linked_where(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Object,
    field: &str,
    targets: &[Uuid],
    wanted: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
) -> Result<Vec<Record>> {
    let Some(link) = object.field(field).and_then(|it| it.link.clone()).filter(|_| !targets.is_empty()) else { return Ok(Vec::new()) };
    let targets = targets.iter().copied().map(Value::Id).collect();
    let led = Condition::Linked { link, source: ColumnRef::main(ID), targets, negated: false };
    known_records(context, tx, ACTIVITY, |it| Ok(wanted(it)?.and(led)), MOST)
}

/// Which records a link field of some activities leads to, or which of those asked about.
pub(crate) fn ways_of(tx: &mut dyn ReadTx, object: &Object, field: &str, of: &[Record], asked: Option<&[Uuid]>) -> Result<Ways> {
    let mut ways = Ways::new();
    let Some(link) = object.field(field).and_then(|it| it.link.clone()) else { return Ok(ways) };
    let asked = asked.map(|it| Condition::In(ColumnRef::main(1), it.iter().copied().map(Value::Id).collect(), false));
    for chunk in of.chunks(500) {
        let sources = chunk.iter().map(|it| Value::Id(it.id())).collect();
        let these = Condition::In(ColumnRef::main(0), sources, false).and(asked.clone().unwrap_or(Condition::True));
        for row in tx.rows(&Select::all(&link, these))? {
            if let [Value::Id(source), Value::Id(target), ..] = row.as_slice() {
                ways.entry(*source).or_default().insert(*target);
            }
        }
    }
    Ok(ways)
}

/// Where a member's days begin.
pub(crate) fn zone_of(context: &Context, member: &Record) -> TimeZone {
    let named = member.text("time_zone").and_then(|it| TimeZone::get(&it).ok());
    named.unwrap_or_else(|| context.workspace.time_zone())
}

/// What is said of times taken: cut to the span, in order; of what may not be seen only when it is, run together.
fn told(taken: Vec<Taken>, window: Window) -> Vec<Taken> {
    let within = taken.into_iter().filter_map(|it| {
        let (from, until) = (it.from.max(window.from), it.until.min(window.until));
        (from < until).then_some(Taken { from, until, ..it })
    });
    let (mut told, mut covered): (Vec<Taken>, Vec<Taken>) = within.partition(|it| it.activity.is_some());
    covered.sort_by_key(|it| (it.how, it.from));
    for next in covered {
        match told.last_mut() {
            Some(last) if last.activity.is_none() && last.how == next.how && last.until >= next.from => last.until = last.until.max(next.until),
            _ => told.push(next),
        }
    }
    told.sort();
    told
}

/// The absences of members, for the board of who has how much to do.
pub(crate) fn absences_of(context: &Context, tx: &mut dyn ReadTx, members: &[Record], window: Window) -> Result<Vec<Absence>> {
    absences::between(context, tx, members, window.from, window.until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn taken(from: i64, until: i64, how: How, activity: Option<u128>) -> Taken {
        Taken { from: at(from), until: at(until), how, activity: activity.map(Uuid::from_u128) }
    }

    #[test]
    fn what_may_not_be_seen_runs_together_and_is_cut_to_the_span() {
        let window = Window { from: at(8), until: at(20), except: None };
        let all = vec![
            taken(7, 9, How::Busy, None),
            taken(9, 10, How::Busy, None),
            taken(9, 11, How::Tentative, None),
            taken(10, 11, How::Busy, Some(1)),
            taken(12, 13, How::Busy, None),
            taken(21, 22, How::Busy, None),
        ];
        let expected = vec![
            taken(8, 10, How::Busy, None),
            taken(9, 11, How::Tentative, None),
            taken(10, 11, How::Busy, Some(1)),
            taken(12, 13, How::Busy, None),
        ];
        assert_eq!(told(all, window), expected);
    }
}
