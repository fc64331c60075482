//! An appointment as a calendar program has it. What the program put is given back letter by letter but for what became
//! otherwise here since; what never came from a program is written anew.

use std::collections::BTreeSet;

use guanxi_kernel::Value;
use guanxi_kernel::access::{Place, Shown as Visible};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{Label, OWNER_FIELD};
use guanxi_work::busy::Own;
use guanxi_work::own_calendar::Asked;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::people::{Named, People, address_of, attendee_line, organizer_line, read_answer};
use crate::ics::parts::{Line, Part, text_line};
use crate::ics::read::ReadEvent;
use crate::ics::times::{Written, zone_named};

/// Longest subject.
const LONGEST_TITLE: usize = 200;
/// Longest place, as an address in one line.
const LONGEST_PLACE: usize = 500;

/// An appointment as the caller may see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The appointment and when it takes place.
    pub own: Own,
    /// Colleagues asked, and what each answered; those the caller may see.
    pub asked: Vec<Asked>,
    /// Whether it is the caller's.
    pub is_mine: bool,
    /// Colleagues asked whom he may not see: they stay, whoever is named.
    hidden: Vec<Uuid>,
    /// His own invitation, whatever he may see of it.
    invited: Option<Asked>,
    subject: Option<String>,
    description: Option<String>,
    location: Option<String>,
    all_day: bool,
}

impl Shown {
    /// What the caller may see of it; of attendances those that are readable to him.
    pub fn of(context: &Context, own: Own, mut asked: Vec<Asked>, people: &People, readable: &BTreeSet<Uuid>) -> Self {
        let text = |name: &str| own.activity.text_for(context, name).filter(|it| !it.trim().is_empty());
        let (subject, description, location) = (text("subject"), text("description"), text("location"));
        let shows_people = is_shown(context, &own.activity, "participants");
        let invited = asked.iter().find(|it| it.member == context.actor).cloned();
        let is_seen = |it: &Asked| {
            let may_know = it.member == context.actor || shows_people && readable.contains(&it.id);
            may_know && people.by_id(it.member).is_some_and(|it| it.email.is_some())
        };
        let hidden = asked.iter().filter(|it| !is_seen(it)).map(|it| it.member).collect();
        asked.retain(is_seen);
        let is_mine = own.activity.reference(OWNER_FIELD) == Some(context.actor);
        let all_day = own.activity.value("all_day") == Value::Bool(true);
        Self { own, asked, is_mine, hidden, invited, subject, description, location, all_day }
    }

    /// The record's id.
    pub fn id(&self) -> Uuid {
        self.own.activity.id()
    }

    /// When it was last changed.
    pub fn changed(&self) -> Timestamp {
        if let Value::DateTime(at) = self.own.activity.value("updated_at") { at } else { Timestamp::UNIX_EPOCH }
    }

    /// His own invitation, where he was asked.
    pub fn invited(&self) -> Option<&Asked> {
        self.invited.as_ref()
    }
}

/// Whether the caller is shown a field of a record as it is.
pub fn is_shown(context: &Context, record: &Record, name: &str) -> bool {
    let shown = |field| context.access.shown_of(&record.object, field, Place::List, &record.row);
    record.object.field(name).is_none_or(|field| shown(field) == Visible::Whole)
}

/// Whether the caller is shown when an appointment takes place: without that it has no place in a calendar.
pub fn shows_times(context: &Context, record: &Record) -> bool {
    ["start_at", "end_at", "duration", "all_day"].into_iter().all(|it| is_shown(context, record, it))
}

/// An appointment as a program put it.
#[derive(Debug, Clone)]
pub struct Put {
    /// What it is.
    pub title: String,
    /// More of it.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// From then.
    pub from: Timestamp,
    /// Until then; the same where it names no end.
    pub until: Timestamp,
    /// Who is asked, whoever that is.
    pub named: Vec<Named>,
}

impl Put {
    /// One time of an event that was read, with the people its component names.
    pub fn of(event: &ReadEvent, (from, until): (Timestamp, Timestamp), named: Vec<Named>) -> Self {
        let (description, location) = (event.description.clone(), event.location.clone());
        Self { title: event.title.clone(), description, location, all_day: event.all_day, from, until, named }
    }

    /// Its subject as we keep it: in one line, and never empty.
    pub fn subject(&self, context: &Context) -> String {
        let title: String = self.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect();
        if title.is_empty() { context.locale.pick(&Label::new("（无标题）", "(no title)")).to_owned() } else { title }
    }

    fn place(&self) -> Option<String> {
        let line: String = self.location.as_ref()?.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_PLACE).collect();
        Some(line).filter(|it| !it.is_empty())
    }

    /// Our members it asks, but for who owns it.
    pub fn members(&self, people: &People, owner: Option<Uuid>) -> BTreeSet<Uuid> {
        self.named.iter().filter_map(|it| people.by_email(&it.email)).filter(|it| Some(*it) != owner).collect()
    }
}

/// In what something put and something kept differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Differences {
    /// The subject.
    pub subject: bool,
    /// The description.
    pub description: bool,
    /// The place.
    pub location: bool,
    /// When.
    pub time: bool,
    /// Who of ours is asked.
    pub people: bool,
    /// What they answered.
    pub answers: bool,
}

impl Differences {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self != Self::default()
    }

    /// Whether there are any beside the answers.
    pub fn beyond_answers(self) -> bool {
        Self { answers: false, ..self }.any()
    }
}

/// The text a field would hold of it, in the one form it is kept in.
pub fn as_kept(context: &Context, record: &Record, name: &str, text: Option<&str>) -> Option<String> {
    let field = record.object.field(name)?;
    let cells = field.kind().parse(&field.definition, &json!(text?), &context.parse_context()).ok()?;
    field.kind().text(&field.definition, &cells)
}

/// In what they differ, as far as the caller may see it.
pub fn differences(context: &Context, put: &Put, shown: &Shown, people: &People) -> Differences {
    let record = &shown.own.activity;
    // What he may not see is not in what he puts either, and does not differ by that.
    let differs = |name: &str, put: Option<String>, shown: &Option<String>| {
        let hidden = shown.is_none() && !record.value(name).is_null();
        if hidden && put.is_none() { false } else { as_kept(context, record, name, put.as_deref()) != *shown }
    };
    let open_end = put.until == put.from && record.value("end_at").is_null() && record.value("duration").is_null();
    let same_time = put.all_day == shown.all_day && put.from == shown.own.from && (put.until == shown.own.until || open_end);
    let asked: BTreeSet<Uuid> = shown.asked.iter().map(|it| it.member).collect();
    let owner = record.reference(OWNER_FIELD);
    let answers = shown.asked.iter().any(|asked| {
        let put = put.named.iter().find(|it| people.by_email(&it.email) == Some(asked.member));
        put.is_some_and(|it| read_answer(&it.answer) != asked.answer)
    });
    Differences {
        subject: differs("subject", Some(put.subject(context)).filter(|_| !put.title.trim().is_empty() || shown.subject.is_some()), &shown.subject),
        description: differs("description", put.description.clone(), &shown.description),
        location: differs("location", put.place(), &shown.location),
        time: !same_time,
        people: put.members(people, owner) != asked,
        answers,
    }
}

/// The values of fields that would make a record what was put; all of them for a new one.
pub fn values(context: &Context, put: &Put, people: &People, of: Differences, before: Option<&Shown>) -> Map<String, Json> {
    let mut values = Map::new();
    let mut set = |name: &str, value: Json| values.insert(name.to_owned(), value);
    if of.subject {
        set("subject", json!(put.subject(context)));
    }
    if of.description {
        set("description", json!(put.description));
    }
    if of.location {
        set("location", json!(put.place()));
    }
    if of.time {
        set("start_at", json!(put.from.to_string()));
        set("end_at", if put.until > put.from { json!(put.until.to_string()) } else { Json::Null });
        set("all_day", json!(put.all_day));
        if before.is_some_and(|it| !it.own.activity.value("duration").is_null()) && put.until <= put.from {
            set("duration", Json::Null);
        }
    }
    if of.people {
        let owner = before.map_or(Some(context.actor), |it| it.own.activity.reference(OWNER_FIELD));
        let mut members = put.members(people, owner);
        members.extend(before.iter().flat_map(|it| &it.hidden));
        set("participants", json!(members));
    }
    values
}

/// What the caller answers by what he put, where that is another answer than he gave: to which attendance, and what.
pub fn own_answer(context: &Context, put: &Put, shown: &Shown, people: &People) -> Option<(Uuid, &'static str)> {
    let mine = shown.invited()?;
    let named = put.named.iter().find(|it| people.by_email(&it.email) == Some(context.actor))?;
    let answer = read_answer(&named.answer);
    (answer != mine.answer).then_some((mine.id, answer))
}

/// A calendar around components.
pub fn calendar(parts: Vec<Part>) -> Part {
    let lines = ["VERSION:2.0", "PRODID:-//Guanxi//CalDAV//ZH", "CALSCALE:GREGORIAN"].map(str::to_owned).to_vec();
    Part { name: "VCALENDAR".into(), lines, parts }
}

/// An appointment that no program put, as a component.
pub fn written(context: &Context, shown: &Shown, people: &People, uid: &str) -> Part {
    let activity = &shown.own.activity;
    let mut part = Part { name: "VEVENT".into(), lines: vec![text_line("UID", uid)], parts: Vec::new() };
    let all = Differences { subject: true, description: true, location: true, time: true, people: true, answers: true };
    apply(&mut part, context, shown, people, all);
    if let Some(url) = context.workspace.address(&format!("/r/activity/{}", activity.id())) {
        part.lines.push(format!("URL:{}", url.replace(char::is_control, "")));
    }
    part.lines.push(format!("STATUS:{}", if shown.own.certain { "CONFIRMED" } else { "TENTATIVE" }));
    part
}

/// Makes a component tell what differs.
pub fn apply(part: &mut Part, context: &Context, shown: &Shown, people: &People, of: Differences) {
    if of.subject {
        part.set("SUMMARY", shown.subject.as_deref().map(|it| text_line("SUMMARY", it)));
    }
    if of.description {
        part.set("DESCRIPTION", shown.description.as_deref().map(|it| text_line("DESCRIPTION", it)));
        // The same in another form, which says what is not so any more.
        part.remove("X-ALT-DESC");
    }
    if of.location {
        part.set("LOCATION", shown.location.as_deref().map(|it| text_line("LOCATION", it)));
        part.remove("X-APPLE-STRUCTURED-LOCATION");
        part.remove("GEO");
    }
    if of.time {
        set_times(part, context, shown);
    }
    if of.people || of.answers {
        set_people(part, shown, people);
    }
    let sequence = part.first("SEQUENCE").and_then(|it| it.value.trim().parse::<i64>().ok()).unwrap_or(0).clamp(0, 1_000_000);
    part.set("SEQUENCE", Some(format!("SEQUENCE:{}", sequence + shown.own.activity.version())));
    for name in ["DTSTAMP", "LAST-MODIFIED"] {
        part.set(name, Some(format!("{name}:{}", utc(shown.changed()))));
    }
}

fn set_times(part: &mut Part, context: &Context, shown: &Shown) {
    // The zone it was put in is kept, with the definition of it that came along.
    let zone = part.first("DTSTART").and_then(|it| it.parameter("TZID")).and_then(|it| Some((it.to_owned(), zone_named(it).ok()?)));
    part.remove("DURATION");
    let line = |name: &str, at: Timestamp| match &zone {
        _ if shown.all_day => format!("{name};VALUE=DATE:{}", at.to_zoned(context.time_zone.clone()).strftime("%Y%m%d")),
        Some((named, zone)) => format!("{name};TZID={named}:{}", at.to_zoned(zone.clone()).strftime("%Y%m%dT%H%M%S")),
        None => format!("{name}:{}", utc(at)),
    };
    part.set("DTSTART", Some(line("DTSTART", shown.own.from)));
    part.set("DTEND", Some(line("DTEND", shown.own.until)));
}

fn set_people(part: &mut Part, shown: &Shown, people: &People) {
    let owner = shown.own.activity.reference(OWNER_FIELD);
    let mut missing: Vec<&Asked> = shown.asked.iter().collect();
    let mut lines = Vec::with_capacity(part.lines.len());
    for text in part.lines.drain(..) {
        let member = Line::of(&text).filter(|it| it.name.eq_ignore_ascii_case("ATTENDEE")).and_then(|it| people.by_email(&address_of(&it)?));
        match member.filter(|it| Some(*it) != owner) {
            // Nobody of ours: it stays as it was put.
            None => lines.push(text),
            Some(member) => {
                let Some(at) = missing.iter().position(|it| it.member == member) else { continue };
                let asked = missing.remove(at);
                lines.extend(people.by_id(member).and_then(|it| attendee_line(it, &asked.answer)));
            }
        }
    }
    part.lines = lines;
    if part.first("ORGANIZER").is_none() && !shown.asked.is_empty() {
        part.lines.extend(owner.and_then(|it| people.by_id(it)).and_then(organizer_line));
    }
    part.lines.extend(missing.into_iter().filter_map(|it| attendee_line(people.by_id(it.member)?, &it.answer)));
}

/// A moment as it is written.
pub fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The zone in which the days of a text are meant: its own, or the caller's.
pub fn zone_of(whole: &Part, zone: &TimeZone) -> TimeZone {
    whole.text("X-WR-TIMEZONE").and_then(|it| zone_named(&it).ok()).unwrap_or_else(|| zone.clone())
}

/// A time of a line.
pub fn time_of(line: &Line<'_>, zone: &TimeZone) -> Option<Written> {
    let named = line.parameter("TZID").map(zone_named).transpose().ok()?;
    Written::read(line.value, named.as_ref().unwrap_or(zone)).ok()
}
