//! Times as calendars write them.

use icalendar::Property;
use jiff::civil::{Date, DateTime, time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::read::Fault;

/// A gap of more than that is no summer time: a place that crossed the date line had no such day.
const LONGEST_GAP: SignedDuration = SignedDuration::from_hours(3);

/// Zones by the names Windows and Outlook give them, the likely ones.
const WINDOWS: [(&str, &str); 14] = [
    ("China Standard Time", "Asia/Shanghai"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("India Standard Time", "Asia/Kolkata"),
    ("GMT Standard Time", "Europe/London"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
];

/// A time as written: on a wall, and whose wall it is.
#[derive(Debug, Clone)]
pub struct Written {
    /// What the wall shows; midnight for a day.
    pub wall: DateTime,
    /// Where.
    pub zone: TimeZone,
    /// Whether only the day is meant.
    pub is_day: bool,
}

impl Written {
    /// Reads a property of a time. What names no zone is in `zone`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(property: &Property, zone: &TimeZone) -> Result<Self, Fault> {
        let named = property.params().get("TZID").map(|it| zone_named(it.value())).transpose()?;
        Self::read(property.value(), named.as_ref().unwrap_or(zone))
    }

    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(value: &str, zone: &TimeZone) -> Result<Self, Fault> {
        let value = value.trim();
        if let Ok(day) = Date::strptime("%Y%m%d", value) {
            return Ok(Self { wall: day.to_datetime(time(0, 0, 0, 0)), zone: zone.clone(), is_day: true });
        }
        let (text, zone) = value.strip_suffix('Z').map_or((value, zone.clone()), |it| (it, TimeZone::UTC));
        let wall = DateTime::strptime("%Y%m%dT%H%M%S", text).map_err(|_| Fault::BadTime)?;
        Ok(Self { wall, zone, is_day: false })
    }

    /// The moment it is. A time that summer time leaps over is read as RFC 5545 says, by the clock before; a day that a
    /// place never had is refused.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn moment(&self) -> Result<Timestamp, Fault> {
        moment_of(self.wall, &self.zone)
    }

    /// What the wall of another zone shows then.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn on_wall_of(&self, zone: &TimeZone) -> Result<DateTime, Fault> {
        if self.is_day { Ok(self.wall) } else { Ok(self.moment()?.to_zoned(zone.clone()).datetime()) }
    }
}

/// The moment at which the wall of a zone shows something.
///
/// # Errors
/// A day the place never had.
pub fn moment_of(wall: DateTime, zone: &TimeZone) -> Result<Timestamp, Fault> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    if let AmbiguousOffset::Gap { before, after } = ambiguous.offset()
        && SignedDuration::from_secs(i64::from(after.seconds() - before.seconds())) > LONGEST_GAP
    {
        return Err(Fault::NoSuchDay);
    }
    ambiguous.compatible().map_err(|_| Fault::BadTime)
}

/// A zone by the name a program gives it.
///
/// # Errors
/// A name nobody knows.
pub fn zone_named(name: &str) -> Result<TimeZone, Fault> {
    let name = name.trim_matches('"');
    let known = WINDOWS.iter().find(|it| it.0 == name).map_or(name, |it| it.1);
    // Some programs put who made the definition before the name: /example.org/Asia/Shanghai.
    let behind = known.char_indices().filter(|it| it.1 == '/').map(|(at, _)| &known[at + 1..]);
    let found = std::iter::once(known).chain(behind).find_map(|it| TimeZone::get(it).ok());
    found.ok_or_else(|| Fault::UnknownZone(name.to_owned()))
}
