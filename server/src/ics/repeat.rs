//! Repeats, unrolled on the wall of their zone and never without end.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, time};

use super::read::Fault;
use super::times::Written;

/// Most times one thing takes place.
pub const MOST_TIMES: usize = 500;

/// What of a rule is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From this day on; what lies before it counts for nothing but how many times the rule itself allows.
    pub from: Option<Date>,
    /// Up to this day.
    pub until: Option<Date>,
    /// So many times at most.
    pub most: usize,
}

/// Longest rule, in characters; one that names every day of the year is shorter.
const LONGEST_RULE: usize = 2_000;
/// What takes place first so many years after it began is none of ours.
const YEARS: i64 = 100;
/// Parts that set times within a day.
const WITHIN_DAY: [&str; 3] = ["BYHOUR", "BYMINUTE", "BYSECOND"];
/// How the library is told a time.
const WALL: &str = "%Y%m%dT%H%M%SZ";

/// How many rules of one file may be looked through in vain: one that never holds (30 February) costs a hundred thousand
/// rounds, after which the library gives it up.
#[derive(Debug)]
pub struct Patience(u32);

impl Default for Patience {
    fn default() -> Self {
        Self(20)
    }
}

/// The times on the wall at which something takes place that begins at `start`, the first one included as the rule says.
///
/// # Errors
/// A rule that is none, too often, too many times, or without end where no day is given up to which it is taken.
pub fn unroll(rule: &str, start: &Written, wanted: Wanted, patience: &mut Patience) -> Result<Vec<DateTime>, Fault> {
    let Wanted { from, until, most } = wanted;
    let mut parts = parts_of(rule)?;
    let of = |name: &str| parts.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    if matches!(of("FREQ"), Some("SECONDLY" | "MINUTELY" | "HOURLY")) || WITHIN_DAY.iter().any(|it| of(it).is_some_and(|it| it.contains(','))) {
        return Err(Fault::TooOften);
    }
    let count = of("COUNT").map(|it| it.parse::<usize>().map_err(|_| Fault::BadRepeat)).transpose()?;
    if count.is_none() && of("UNTIL").is_none() && until.is_none() {
        return Err(Fault::Endless);
    }
    // Whatever else it says, it is looked through no further than that.
    let last = last_wall(of("UNTIL"), start, until)?;
    parts.retain(|it| !["COUNT", "UNTIL"].contains(&it.0.as_str()));
    let rule: String = parts.iter().map(|(name, value)| format!("{name}={value};")).collect();
    if last < start.wall {
        return Ok(Vec::new());
    }
    if patience.0 == 0 {
        return Err(Fault::BadRepeat);
    }
    // The library is told that all this is UTC, where no clock is ever set.
    let text = format!("DTSTART:{}\nRRULE:{rule}UNTIL={}", start.wall.strftime(WALL), last.strftime(WALL));
    let set: icalendar::rrule::RRuleSet = text.parse().map_err(|_| Fault::BadRepeat)?;
    // What lies before the span is gone through all the same: a rule counts from its beginning.
    let through = count.unwrap_or(usize::MAX).min(if from.is_some() { usize::MAX } else { most + 1 });
    let found = set.all(u16::try_from(through).unwrap_or(u16::MAX));
    if found.dates.is_empty() {
        patience.0 -= 1;
    }
    let mut times = Vec::with_capacity(found.dates.len());
    for at in found.dates {
        let wall = jiff::Timestamp::from_second(at.timestamp()).map_err(|_| Fault::BadRepeat)?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        if from.is_none_or(|it| wall.date() >= it) {
            times.push(wall);
        }
    }
    if times.len() > most { Err(Fault::TooMany) } else { Ok(times) }
}

/// The parts of a rule by their names, each there once.
fn parts_of(rule: &str) -> Result<Vec<(String, String)>, Fault> {
    let mut parts: Vec<(String, String)> = Vec::new();
    if rule.len() > LONGEST_RULE || rule.trim().contains(char::is_control) {
        return Err(Fault::BadRepeat);
    }
    for part in rule.trim().split(';').filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(Fault::BadRepeat)?;
        let part = (name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase());
        if parts.iter().any(|it| it.0 == part.0) {
            return Err(Fault::BadRepeat);
        }
        parts.push(part);
    }
    Ok(parts)
}

/// The last moment on the wall that counts: by the rule, by whoever imports, and in any case a life later.
fn last_wall(of_rule: Option<&str>, start: &Written, until: Option<Date>) -> Result<DateTime, Fault> {
    let end_of = |day: Date| day.to_datetime(time(23, 59, 59, 0));
    let mut last = start.wall.saturating_add(YEARS.years());
    if let Some(value) = of_rule {
        let end = Written::read(value, &start.zone)?;
        last = last.min(if end.is_day { end_of(end.wall.date()) } else { end.on_wall_of(&start.zone)? });
    }
    if let Some(until) = until {
        last = last.min(end_of(until));
    }
    Ok(last)
}
