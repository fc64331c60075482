//! Calendars of colleagues, teams and rooms, to read: what the caller may see of each appointment, and of the rest only that
//! somebody is taken.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::schema::{Label, OWNER_FIELD};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use guanxi_work::busy::{How, MOST_ASKED, Own, Schedule, Taken, Window, of_members, of_resources};
use guanxi_work::calendar_copies::SINGLE;
use guanxi_work::own_calendar::{Asked, asked_to, members_of_team, readable_attendances};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::event::{Shown, calendar, shows_times, utc};
use super::people::People;
use super::place::Collection;
use super::series::{anew, with_name};
use super::shelf::{Content, Resource, Shelf, changed_at, own_name, own_uid};
use crate::ics::parts::{Part, text_line};

/// So far back they reach.
const BACK: SignedDuration = SignedDuration::from_hours(31 * 24);
/// So far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Most colleagues, teams and rooms, each, that a program is shown: it reads each of them over and over.
const MOST: usize = 40;

/// A calendar of somebody or something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub collection: Collection,
    /// Whose, in words.
    pub name: String,
}

/// Those the caller is offered: people below him and in his teams, his teams, and what is booked.
///
/// # Errors
/// Fails where the database does.
pub fn offered(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Other>> {
    let member = &context.access.member;
    let mut colleagues: BTreeSet<Uuid> = member.subordinates.iter().copied().collect();
    for team in &member.teams {
        match members_of_team(context, tx, *team) {
            Ok(members) => colleagues.extend(members),
            Err(KernelError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    colleagues.remove(&context.actor);
    let colleagues: Vec<Uuid> = colleagues.into_iter().collect();
    let resources = bookable(context, tx)?;
    let mut all = Vec::new();
    for (id, name) in titled(context, tx, "team", &member.teams)? {
        let name = match named_team(context, tx, id, name.clone()) {
            Err(KernelError::NotFound) => name,
            other => other?,
        };
        all.push(Other { collection: Collection::Team(id), name });
    }
    all.extend(titled(context, tx, MEMBER_OBJECT, &colleagues)?.into_iter().map(|(id, name)| Other { collection: Collection::Colleague(id), name }));
    all.extend(titled(context, tx, "resource", &resources)?.into_iter().map(|(id, name)| Other { collection: Collection::Resource(id), name }));
    Ok(all)
}

fn bookable(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Uuid>> {
    if context.schema.object("resource").is_none() {
        return Ok(Vec::new());
    }
    let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
    Ok(guanxi_kernel::read::known_records(context, tx, "resource", active, MOST as u64)?.iter().map(Record::id).collect())
}

/// Records the caller may see, by their titles.
fn titled(context: &Context, tx: &mut dyn ReadTx, object: &str, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let Some(object) = context.schema.object(object).cloned() else { return Ok(Vec::new()) };
    let found = load_records(context, tx, &object, ids, Verb::Read, false)?;
    let is_active = |it: &&Record| it.value("active") != Value::Bool(false);
    let mut named: Vec<(Uuid, String)> =
        found.iter().filter(is_active).filter_map(|it| Some((it.id(), it.text_for(context, object.title_field().name())?))).collect();
    named.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    named.truncate(MOST);
    Ok(named)
}

/// What lies in one of them. It need not be one of those offered: whoever the caller may see, he may look at.
///
/// # Errors
/// Not found where he may not; and where the database fails.
pub fn load(context: &Context, tx: &mut dyn ReadTx, collection: Collection) -> Result<Shelf> {
    title(context, tx, collection)?;
    // Whole days: what is cut off at its edges stays the same from one look to the next.
    let today = Timestamp::from_second(context.now.as_second().div_euclid(86_400) * 86_400).unwrap_or(context.now);
    let window = Window { from: today - BACK, until: today + AHEAD, except: None };
    let schedules = match collection {
        Collection::Colleague(id) => of_members(context, tx, &[id], window)?,
        Collection::Team(id) => {
            let mut members = members_of_team(context, tx, id)?;
            members.truncate(MOST_ASKED);
            of_members(context, tx, &members, window)?
        }
        Collection::Resource(id) => of_resources(context, tx, &[id], window)?,
        Collection::Appointments | Collection::Tasks => Vec::new(),
    };
    told(context, tx, &schedules, matches!(collection, Collection::Team(_)))
}

/// The name of one of them; of a large team it says how many are in it.
///
/// # Errors
/// Not found where he may not look; and where the database fails.
pub fn title(context: &Context, tx: &mut dyn ReadTx, collection: Collection) -> Result<String> {
    let (object, id) = match collection {
        Collection::Colleague(id) => (MEMBER_OBJECT, id),
        Collection::Team(id) => ("team", id),
        Collection::Resource(id) => ("resource", id),
        Collection::Appointments | Collection::Tasks => return Err(KernelError::NotFound),
    };
    let (_, title) = titled(context, tx, object, &[id])?.into_iter().next().ok_or(KernelError::NotFound)?;
    if object == "team" { named_team(context, tx, id, title) } else { Ok(title) }
}

/// A team of more members than are shown says so.
fn named_team(context: &Context, tx: &mut dyn ReadTx, id: Uuid, title: String) -> Result<String> {
    let members = members_of_team(context, tx, id)?.len();
    if members <= MOST_ASKED {
        return Ok(title);
    }
    let more = Label::new(format!("（{members}人中的{MOST_ASKED}人）"), format!(" ({MOST_ASKED} of {members} members)"));
    Ok(format!("{title}{}", context.locale.pick(&more)))
}

fn told(context: &Context, tx: &mut dyn ReadTx, schedules: &[Schedule], is_team: bool) -> Result<Shelf> {
    let object = context.schema.object("activity").cloned().ok_or(KernelError::NotFound)?;
    let ids: BTreeSet<Uuid> = schedules.iter().flat_map(|it| &it.taken).filter_map(|it| it.activity).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let records: BTreeMap<Uuid, Record> = load_records(context, tx, &object, &ids, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    let mut asked: BTreeMap<Uuid, Vec<Asked>> = BTreeMap::new();
    let all = asked_to(context, tx, &ids)?;
    let readable = readable_attendances(context, tx, &all)?;
    for one in all {
        asked.entry(one.activity).or_default().push(one);
    }
    let mut members: BTreeSet<Uuid> = asked.values().flatten().map(|it| it.member).collect();
    members.extend(records.values().filter_map(|it| it.reference(OWNER_FIELD)));
    let people = People::load(context, tx, &members, &BTreeSet::new())?;
    let mut resources: BTreeMap<String, Resource> = BTreeMap::new();
    for schedule in schedules {
        let name = schedule.record.text_for(context, schedule.record.object.title_field().name()).unwrap_or_default();
        let name = name.as_str();
        for taken in &schedule.taken {
            // What does not show when it is, is no more than a time at which somebody is taken.
            let record = taken.activity.and_then(|it| records.get(&it)).filter(|it| shows_times(context, it));
            let resource = match record {
                Some(record) => {
                    let own = whole(context, record, taken);
                    let shown = Shown::of(context, own, asked.get(&record.id()).cloned().unwrap_or_default(), &people, &readable);
                    let uid = own_uid(record.id());
                    let text = anew(context, &uid, &shown, &people);
                    let text = if is_team { with_name(text, name) } else { text }.write();
                    Resource {
                        name: own_name(record.id()),
                        uid,
                        text,
                        changed: changed_at(record),
                        content: Content::Events(vec![(SINGLE.to_owned(), shown)]),
                    }
                }
                None => block(context, schedule.record.id(), taken, is_team.then_some(name)),
            };
            resources.entry(resource.name.clone()).or_insert(resource);
        }
    }
    Ok(Shelf { resources: resources.into_values().collect(), people })
}

/// An appointment with the whole of its time, of which only what lies in the span was told.
fn whole(context: &Context, record: &Record, taken: &Taken) -> Own {
    let span = guanxi_work::own_calendar::span_of(context, record).unwrap_or((taken.from, taken.until));
    Own { activity: record.clone(), from: span.0, until: span.1, certain: taken.how != How::Tentative }
}

/// A time at which somebody is taken, and no more of it.
fn block(context: &Context, of: Uuid, taken: &Taken, name: Option<&str>) -> Resource {
    let text = match taken.how {
        How::Busy => Label::new("忙碌", "Busy"),
        How::Tentative => Label::new("待定", "Tentative"),
        How::Away => Label::new("不在", "Away"),
    };
    // Two kinds may take the same time.
    let how = match taken.how {
        How::Busy => "busy",
        How::Tentative => "tentative",
        How::Away => "away",
    };
    let key = format!("{how}-{of}-{}-{}", taken.from.as_second(), taken.until.as_second());
    let uid = format!("{key}@guanxi");
    let status = if taken.how == How::Tentative { "TENTATIVE" } else { "CONFIRMED" };
    let lines = vec![
        format!("UID:{uid}"),
        // It says nothing of when what takes the time was entered.
        format!("DTSTAMP:{}", utc(taken.from)),
        format!("DTSTART:{}", utc(taken.from)),
        format!("DTEND:{}", utc(taken.until)),
        text_line("SUMMARY", context.locale.pick(&text)),
        format!("STATUS:{status}"),
        "TRANSP:OPAQUE".to_owned(),
    ];
    let mut whole = calendar(vec![Part { name: "VEVENT".into(), lines, parts: Vec::new() }]);
    if let Some(name) = name {
        whole = with_name(whole, name);
    }
    let content = Content::Block(taken.from, taken.until);
    Resource { name: format!("{key}.ics"), uid, text: whole.write(), changed: Timestamp::UNIX_EPOCH, content }
}
