//! Repeats: a rule a program puts becomes an appointment for each time, within a span; what is shown of them is the rule as
//! it was put, with the times that went or became otherwise here since.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use guanxi_work::calendar_copies::{Kept, SINGLE};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::event::{Put, Shown, apply, calendar, differences, time_of, utc, written, zone_of};
use super::people::{People, named_in};
use crate::ics::parts::{Line, Part, text_line};
use crate::ics::read::{Fault, read_within};
use crate::ics::repeat::Wanted;
use crate::ics::times::Written;

/// So far ahead of now times of a repeat become appointments.
pub const TAKEN_AHEAD: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Most times of a repeat that become appointments: each day from a year back to as far as they are taken, and some more.
pub const MOST_INSTANCES: usize = 800;

/// One time at which something put takes place.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Which time it is, as a program names it; [`SINGLE`] where it does not repeat.
    pub instance: String,
    /// When it takes place by the rule.
    pub at: Timestamp,
    /// What it is.
    pub put: Put,
    /// Which of the components tells it.
    component: usize,
}

/// Whether a calendar holds a rule.
pub fn repeats(whole: &Part) -> bool {
    whole.parts.iter().any(|it| it.first("RRULE").is_some())
}

fn is_event(part: &Part) -> bool {
    part.name == "VEVENT"
}

fn is_called_off(part: &Part) -> bool {
    part.first("STATUS").is_some_and(|it| it.value.trim().eq_ignore_ascii_case("CANCELLED"))
}

/// The component that has the rule, or the only one.
fn master(whole: &Part) -> Option<usize> {
    let events = || whole.parts.iter().enumerate().filter(|it| is_event(it.1));
    events().find(|it| it.1.first("RRULE").is_some()).or_else(|| events().next()).map(|it| it.0)
}

/// The zone in which a repeat is meant that names none: the one it was taken in, wherever the member is by now. Days are
/// days wherever he is.
fn meant_zone(context: &Context, whole: &Part, named: Option<&str>) -> TimeZone {
    let is_day = start_of(whole, &context.time_zone).is_some_and(|it| it.is_day);
    let kept = named.filter(|_| !is_day).and_then(|it| TimeZone::get(it).ok());
    zone_of(whole, kept.as_ref().unwrap_or(&context.time_zone))
}

/// Everything that takes place by a text, in order; of a repeat what begins within a span. `zone` is the one it was taken in.
///
/// # Errors
/// What is wrong with it, with the remedy.
pub fn expected(
    context: &Context,
    source: &str,
    whole: &Part,
    taken: Option<(Timestamp, Timestamp)>,
    zone: Option<&str>,
) -> Result<Vec<Expected>, Label> {
    let zone = meant_zone(context, whole, zone);
    // A day more at its beginning: the repeat may be of a zone where it is another day.
    let first_day = taken.map(|it| it.0.to_zoned(zone.clone()).date().saturating_sub(2.days()));
    let last_day = taken.map(|it| it.1.to_zoned(zone.clone()).date());
    let events = read_within(source, &zone, Wanted { from: first_day, until: last_day, most: MOST_INSTANCES })?;
    let told: Vec<usize> = whole.parts.iter().enumerate().filter(|it| is_event(it.1) && !is_called_off(it.1)).map(|it| it.0).collect();
    if told.len() != events.len() {
        return Err(Label::new("日程内容无法识别", "its events cannot be told apart"));
    }
    let mut all = Vec::new();
    for (component, event) in told.into_iter().zip(&events) {
        if let Some(fault) = &event.problem {
            return Err(fault.text());
        }
        let part = &whole.parts[component];
        let named = named_in(part);
        for time in &event.occurrences {
            let at = event.instead_of.unwrap_or(time.0);
            let instance = if taken.is_some() { instance_of(whole, at, &zone) } else { SINGLE.to_owned() };
            all.push(Expected { instance, at, put: Put::of(event, *time, named.clone()), component });
        }
    }
    if let Some((from, until)) = taken {
        all.retain(|it| it.at >= from && it.at <= until);
    }
    all.sort_by(|one, other| one.instance.cmp(&other.instance));
    let names: BTreeSet<&String> = all.iter().map(|it| &it.instance).collect();
    if names.len() != all.len() {
        return Err(Fault::BadRepeat.text());
    }
    Ok(all)
}

/// How a program names the time of a repeat that is at a moment.
fn instance_of(whole: &Part, at: Timestamp, zone: &TimeZone) -> String {
    let is_day = start_of(whole, zone).is_some_and(|it| it.is_day);
    if is_day { at.to_zoned(zone.clone()).strftime("%Y%m%d").to_string() } else { utc(at) }
}

/// When what a text tells begins first.
fn start_of(whole: &Part, zone: &TimeZone) -> Option<Written> {
    time_of(&whole.parts[master(whole)?].first("DTSTART")?, zone)
}

/// The times that a text takes out of its own rule, by their names.
pub fn left_out(context: &Context, whole: &Part, zone: Option<&str>) -> BTreeSet<String> {
    let zone = meant_zone(context, whole, zone);
    let events = || whole.parts.iter().filter(|it| is_event(it));
    let excepted = events().flat_map(|it| it.all("EXDATE")).chain(events().filter(|it| is_called_off(it)).flat_map(|it| it.all("RECURRENCE-ID")));
    let mut names = BTreeSet::new();
    for line in excepted {
        let times = line.value.split(',').filter_map(|value| time_of(&Line { value: value.trim(), ..line }, &zone)?.moment().ok());
        names.extend(times.map(|it| instance_of(whole, it, &zone)));
    }
    names
}

/// A line that names times of a repeat in the form its beginning is written in.
fn line_of_times(name: &str, master: &Part, times: &[Timestamp], zone: &TimeZone) -> String {
    let start = master.first("DTSTART");
    let read = start.and_then(|it| time_of(&it, zone));
    let is_floating = start.is_some_and(|it| !it.value.trim().ends_with('Z'));
    let all = |of: &dyn Fn(Timestamp) -> String| times.iter().map(|it| of(*it)).collect::<Vec<_>>().join(",");
    let wall = |at: Timestamp, zone: &TimeZone| at.to_zoned(zone.clone()).strftime("%Y%m%dT%H%M%S").to_string();
    match (start.and_then(|it| it.parameter("TZID").map(str::to_owned)), read) {
        (_, Some(written)) if written.is_day => {
            format!("{name};VALUE=DATE:{}", all(&|at| at.to_zoned(zone.clone()).strftime("%Y%m%d").to_string()))
        }
        (Some(named), Some(written)) => format!("{name};TZID={named}:{}", all(&|at| wall(at, &written.zone))),
        (None, Some(written)) if is_floating => format!("{name}:{}", all(&|at| wall(at, &written.zone))),
        _ => format!("{name}:{}", all(&utc)),
    }
}

/// What is shown of something a program put: as it was put, but for what differs by now.
pub fn as_put(context: &Context, kept: &Kept, rows: &[(String, Shown)], people: &People) -> String {
    let (source, taken, zone_taken) = (kept.source.as_str(), kept.taken, kept.zone.as_deref());
    let unchanged = || source.to_owned();
    let Some(mut whole) = Part::read(source) else { return unchanged() };
    let (Ok(all), Some(master)) = (expected(context, source, &whole, taken, zone_taken), master(&whole)) else { return unchanged() };
    let zone = meant_zone(context, &whole, zone_taken);
    let is_repeat = taken.is_some();
    let (mut removed, mut gone, mut changed) = (BTreeSet::new(), Vec::new(), false);
    for one in &all {
        let row = rows.iter().find(|it| it.0 == one.instance).map(|it| &it.1);
        let is_own = !is_repeat || one.component != master;
        match row {
            None if is_repeat => {
                if one.component != master {
                    removed.insert(one.component);
                }
                gone.push(one.at);
                changed = true;
            }
            None => {}
            Some(shown) => {
                let differ = differences(context, &one.put, shown, people);
                if differ.any() && is_own {
                    apply(&mut whole.parts[one.component], context, shown, people, differ);
                } else if differ.any() {
                    let mut part = whole.parts[master].clone();
                    for name in ["RRULE", "EXDATE", "RDATE", "RECURRENCE-ID"] {
                        part.remove(name);
                    }
                    part.lines.push(line_of_times("RECURRENCE-ID", &whole.parts[master], &[one.at], &zone));
                    let differ = super::event::Differences { time: true, ..differ };
                    apply(&mut part, context, shown, people, differ);
                    whole.parts.push(part);
                }
                changed |= differ.any();
            }
        }
    }
    if !changed {
        return unchanged();
    }
    if !gone.is_empty() {
        let line = line_of_times("EXDATE", &whole.parts[master], &gone, &zone);
        whole.parts[master].lines.push(line);
    }
    for at in removed.into_iter().rev() {
        whole.parts.remove(at);
    }
    whole.write()
}

/// Each time within a span by itself, with no rule: for programs that ask for it so.
pub fn unrolled(context: &Context, uid: &str, rows: &[(String, Shown)], span: (Timestamp, Timestamp), people: &People) -> Part {
    let within = rows.iter().filter(|it| it.1.own.from < span.1 && it.1.own.until > span.0);
    let parts = within.map(|(instance, shown)| {
        let mut part = written(context, shown, people, uid);
        if instance != SINGLE {
            let kind = if instance.len() == 8 { ";VALUE=DATE" } else { "" };
            part.lines.insert(1, format!("RECURRENCE-ID{kind}:{instance}"));
        }
        part
    });
    calendar(parts.collect())
}

/// A calendar of one appointment that no program put.
pub fn anew(context: &Context, uid: &str, shown: &Shown, people: &People) -> Part {
    calendar(vec![written(context, shown, people, uid)])
}

/// The same with somebody's name before the subject, as a calendar of several people shows it.
pub fn with_name(mut whole: Part, name: &str) -> Part {
    for part in &mut whole.parts {
        let title = part.text("SUMMARY").unwrap_or_default();
        part.set("SUMMARY", Some(text_line("SUMMARY", &format!("{name}：{title}"))));
    }
    whole
}
