//! Repeats, unrolled on the wall of their zone and never without end.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use super::read::Fault;
use super::times::Written;

/// Most times one thing takes place.
pub const MOST_TIMES: usize = 500;
/// How the library is told a time.
const WALL: &str = "%Y%m%dT%H%M%SZ";

/// The times on the wall at which something takes place that begins at `start`, the first one included as the rule says.
///
/// # Errors
/// A rule that is none, too often, too many times, or without end where no day is given up to which it is taken.
pub fn unroll(rule: &str, start: &Written, until: Option<Date>) -> Result<Vec<DateTime>, Fault> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for part in rule.trim().split(';').filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(Fault::BadRepeat)?;
        parts.push((name.trim().to_ascii_uppercase(), value.trim().to_ascii_uppercase()));
    }
    let of = |name: &str| parts.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    if matches!(of("FREQ"), Some("SECONDLY" | "MINUTELY" | "HOURLY")) {
        return Err(Fault::TooOften);
    }
    if of("COUNT").is_none() && of("UNTIL").is_none() && until.is_none() {
        return Err(Fault::Endless);
    }
    // The library is told that all this is UTC, where no clock is ever set.
    for (_, value) in parts.iter_mut().filter(|it| it.0 == "UNTIL") {
        let end = Written::read(value, &start.zone)?;
        let wall = if end.is_day { end.wall.saturating_add(1.day()).saturating_sub(1.second()) } else { end.on_wall_of(&start.zone)? };
        *value = wall.strftime(WALL).to_string();
    }
    let rule = parts.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";");
    let text = format!("DTSTART:{}\nRRULE:{rule}", start.wall.strftime(WALL));
    let set: icalendar::rrule::RRuleSet = text.parse().map_err(|_| Fault::BadRepeat)?;
    // A rule that never holds (30 February) is given up by the library after so many rounds.
    let most = u16::try_from(MOST_TIMES + 1).unwrap_or(u16::MAX);
    let found = set.all(most);
    let mut times = Vec::with_capacity(found.dates.len());
    for at in found.dates {
        let wall = jiff::Timestamp::from_second(at.timestamp()).map_err(|_| Fault::BadRepeat)?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        if until.is_none_or(|it| wall.date() <= it) {
            times.push(wall);
        }
    }
    if times.len() > MOST_TIMES { Err(Fault::TooMany) } else { Ok(times) }
}
