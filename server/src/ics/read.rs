//! Reading a calendar: what it holds, and what is wrong with it, one thing at a time.

use std::collections::BTreeSet;

use guanxi_kernel::schema::Label;
use icalendar::parser::unfold;
use icalendar::{Calendar, CalendarComponent, Component as _, Event, EventLike as _, Property};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};

use super::repeat::{MOST_TIMES, Patience, Wanted, unroll};
use super::times::{Written, moment_of};

/// Longest single event, in days; what lasts longer is an absence.
const LONGEST_DAYS: i64 = 31;
/// Most events of one file.
const MOST_EVENTS: usize = 2_000;
/// Most of them that repeat.
const MOST_REPEATING: usize = 500;
/// Things lie within each other so deep: an alarm in an event in a calendar. The library goes down with them.
const DEEPEST: usize = 8;

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It does not say when it begins.
    NoStart,
    /// A time that is none.
    BadTime,
    /// A zone nobody knows.
    UnknownZone(String),
    /// A day that the place never had, on the date line.
    NoSuchDay,
    /// It ends before it begins.
    EndsBefore,
    /// It lasts very long.
    TooLong,
    /// It repeats for ever.
    Endless,
    /// It repeats within the day.
    TooOften,
    /// It repeats very many times.
    TooMany,
    /// A rule of repeats that is none.
    BadRepeat,
}

impl Fault {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoStart => "no_start",
            Self::BadTime => "bad_time",
            Self::UnknownZone(_) => "unknown_zone",
            Self::NoSuchDay => "no_such_day",
            Self::EndsBefore => "ends_before",
            Self::TooLong => "too_long",
            Self::Endless => "endless",
            Self::TooOften => "too_often",
            Self::TooMany => "too_many",
            Self::BadRepeat => "bad_repeat",
        }
    }

    /// Reason and remedy.
    pub fn text(&self) -> Label {
        match self {
            Self::NoStart => Label::new("没有开始时间", "it does not say when it begins"),
            Self::BadTime => Label::new("时间写法无效", "its times cannot be read"),
            Self::UnknownZone(name) => Label::new(
                format!("不认识时区“{name}”，请改用 IANA 名称，如 Asia/Shanghai"),
                format!("there is no time zone `{name}`; use an IANA name such as Asia/Shanghai"),
            ),
            Self::NoSuchDay => {
                Label::new("当地跨越国际日期变更线，没有这一天，请改日期", "the place crossed the date line and never had this day; choose another")
            }
            Self::EndsBefore => Label::new(
                "结束早于开始；跨越国际日期变更线的日程请核对两端的时区",
                "it ends before it begins; where it crosses the date line, check the zones of both ends",
            ),
            Self::TooLong => Label::new(
                format!("超过{LONGEST_DAYS}天，请登记为请假外出"),
                format!("it lasts more than {LONGEST_DAYS} days; enter an absence instead"),
            ),
            Self::Endless => Label::new("重复没有结束；请选择导入到哪一天为止", "it repeats without end; say up to which day it is taken"),
            Self::TooOften => Label::new("一天之内重复，不能导入", "it repeats within the day, which cannot be imported"),
            Self::TooMany => Label::new(
                format!("重复超过{MOST_TIMES}次，请选择较早的截止日"),
                format!("it repeats more than {MOST_TIMES} times; choose an earlier last day"),
            ),
            Self::BadRepeat => Label::new("重复规则无效", "its rule of repeats cannot be read"),
        }
    }
}

/// An event of a file.
#[derive(Debug, Clone)]
pub struct ReadEvent {
    /// Its id there; empty where it has none.
    pub uid: String,
    /// What it is.
    pub title: String,
    /// More of it.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// Whether it is of whole days.
    pub all_day: bool,
    /// Of a time of a repeat that was moved or is otherwise than the rest: when it would take place by the rule.
    pub instead_of: Option<Timestamp>,
    /// When it takes place, each with its end; in order.
    pub occurrences: Vec<(Timestamp, Timestamp)>,
    /// Why it cannot be taken.
    pub problem: Option<Fault>,
}

/// The events of a file. What names no zone is in `zone`; repeats are taken up to `until`. Events called off are left out.
///
/// # Errors
/// Text that is no calendar, and more events than one file may hold.
pub fn read(text: &str, zone: &TimeZone, until: Option<Date>) -> Result<Vec<ReadEvent>, Label> {
    read_within(text, zone, Wanted { from: None, until, most: MOST_TIMES })
}

/// As [`read`], of repeats what is wanted of them.
///
/// # Errors
/// As [`read`].
pub fn read_within(text: &str, zone: &TimeZone, wanted: Wanted) -> Result<Vec<ReadEvent>, Label> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_calendar = text.trim_start().get(..15).is_some_and(|it| it.eq_ignore_ascii_case("BEGIN:VCALENDAR"));
    let unreadable = || Label::new("不是有效的 iCalendar（.ics）文件", "this is no iCalendar (.ics) file");
    if !is_calendar || depth(&unfold(text)) > DEEPEST {
        return Err(unreadable());
    }
    let calendar: Calendar = text.parse().map_err(|_| unreadable())?;
    let own = calendar.get_timezone().and_then(|it| TimeZone::get(it).ok());
    let zone = own.as_ref().unwrap_or(zone);
    let mut events: Vec<&Event> =
        calendar.components.iter().filter_map(|it| if let CalendarComponent::Event(event) = it { Some(event) } else { None }).collect();
    if events.len() > MOST_EVENTS {
        return Err(Label::new(format!("一个文件最多{MOST_EVENTS}个日程"), format!("at most {MOST_EVENTS} events in a file")));
    }
    if events.iter().filter(|it| it.properties().contains_key("RRULE")).count() > MOST_REPEATING {
        return Err(Label::new(
            format!("一个文件最多{MOST_REPEATING}个重复日程，请分几次导入"),
            format!("at most {MOST_REPEATING} repeating events in a file; import it in parts"),
        ));
    }
    // Single times of a repeat that were moved, or called off, stand as events of their own, and no longer where they were.
    let moved: BTreeSet<(String, Timestamp)> = events
        .iter()
        .filter_map(|it| {
            let of = it.properties().get("RECURRENCE-ID")?;
            Some((it.get_uid().unwrap_or_default().to_owned(), Written::of(of, zone).ok()?.moment().ok()?))
        })
        .collect();
    events.retain(|it| !it.property_value("STATUS").is_some_and(|it| it.trim().eq_ignore_ascii_case("CANCELLED")));
    let mut patience = Patience::default();
    Ok(events.into_iter().map(|it| read_event(it, zone, wanted, &moved, &mut patience)).collect())
}

/// How deep things lie within each other at most.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for line in text.lines() {
        let begins = |word: &str| line.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        if begins("BEGIN:") {
            depth += 1;
        } else if begins("END:") {
            depth = depth.saturating_sub(1);
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn read_event(event: &Event, zone: &TimeZone, wanted: Wanted, moved: &BTreeSet<(String, Timestamp)>, patience: &mut Patience) -> ReadEvent {
    let text = |key: &str| event.property_value(key).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
    let repeats = event.properties().contains_key("RRULE");
    let mut read = ReadEvent {
        uid: event.get_uid().unwrap_or_default().to_owned(),
        title: text("SUMMARY").unwrap_or_default(),
        description: text("DESCRIPTION"),
        location: event.get_location().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned),
        all_day: false,
        instead_of: event.properties().get("RECURRENCE-ID").and_then(|it| Written::of(it, zone).ok()?.moment().ok()),
        occurrences: Vec::new(),
        problem: None,
    };
    match occurrences(event, zone, wanted, patience) {
        Ok((all_day, mut found)) => {
            if repeats {
                found.retain(|it| !moved.contains(&(read.uid.clone(), it.0)));
            }
            (read.all_day, read.occurrences) = (all_day, found);
        }
        Err(fault) => read.problem = Some(fault),
    }
    read
}

/// When an event takes place.
fn occurrences(event: &Event, zone: &TimeZone, wanted: Wanted, patience: &mut Patience) -> Result<(bool, Vec<(Timestamp, Timestamp)>), Fault> {
    let start = Written::of(event.properties().get("DTSTART").ok_or(Fault::NoStart)?, zone)?;
    let length = Length::of(event, &start, zone)?;
    let walls = match event.properties().get("RRULE") {
        Some(rule) => unroll(rule.value(), &start, wanted, patience)?,
        None => vec![start.wall],
    };
    let left_out = exceptions(event, &start)?;
    let mut found = Vec::with_capacity(walls.len());
    let is_left_out = |it: &DateTime| left_out.contains(it) || start.is_day && left_out.iter().any(|out| out.date() == it.date());
    for wall in walls.into_iter().filter(|it| !is_left_out(it)) {
        let from = moment_of(wall, &start.zone)?;
        let end = match length {
            Length::Days(days) => moment_of(wall.saturating_add(days.days()), &start.zone)?,
            Length::Seconds(seconds) => Timestamp::from_second(from.as_second() + seconds).map_err(|_| Fault::BadTime)?,
        };
        found.push((from, end));
    }
    Ok((start.is_day, found))
}

/// How long it lasts: days on the wall, or time by the clock, which summer time does not stretch.
enum Length {
    Days(i64),
    Seconds(i64),
}

impl Length {
    fn of(event: &Event, start: &Written, zone: &TimeZone) -> Result<Self, Fault> {
        let length = match (event.properties().get("DTEND"), event.property_value("DURATION")) {
            (Some(end), _) => {
                let end = Written::of(end, zone)?;
                if start.is_day && end.is_day {
                    Self::Days(i64::from((end.wall.date() - start.wall.date()).get_days()))
                } else {
                    Self::Seconds(end.moment()?.as_second() - start.moment()?.as_second())
                }
            }
            (None, Some(written)) => {
                let span: Span = written.trim().parse().map_err(|_| Fault::BadTime)?;
                let end = start.wall.checked_add(span).map_err(|_| Fault::BadTime)?;
                let seconds = end.duration_since(start.wall).as_secs();
                if start.is_day { Self::Days(seconds / 86_400) } else { Self::Seconds(seconds) }
            }
            (None, None) if start.is_day => Self::Days(1),
            (None, None) => Self::Seconds(0),
        };
        match length {
            Self::Days(days) if days < 0 => Err(Fault::EndsBefore),
            Self::Seconds(seconds) if seconds < 0 => Err(Fault::EndsBefore),
            Self::Days(days) if days > LONGEST_DAYS => Err(Fault::TooLong),
            Self::Seconds(seconds) if seconds > LONGEST_DAYS * 86_400 => Err(Fault::TooLong),
            Self::Days(days) => Ok(Self::Days(days.max(1))),
            it @ Self::Seconds(_) => Ok(it),
        }
    }
}

/// Times left out of a repeat, on the wall of its start.
fn exceptions(event: &Event, start: &Written) -> Result<Vec<DateTime>, Fault> {
    let single = event.properties().get("EXDATE");
    let all = single.into_iter().chain(event.multi_properties().get("EXDATE").into_iter().flatten());
    let mut walls = Vec::new();
    for property in all {
        for value in property.value().split(',').filter(|it| !it.trim().is_empty()) {
            let mut one = Property::new("EXDATE", value.trim());
            if let Some(zone) = property.params().get("TZID") {
                one.add_parameter("TZID", zone.value());
            }
            walls.push(Written::of(&one, &start.zone)?.on_wall_of(&start.zone)?);
        }
    }
    Ok(walls)
}

#[cfg(test)]
mod tests;
