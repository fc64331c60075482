//! Names of the activity's parts that the calendar speaks of.

use guanxi_kernel::Value;
use guanxi_kernel::read::Record;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The object.
pub const ACTIVITY: &str = "activity";
/// Kinds that take up time at a place: people are invited to them, rooms booked for them.
pub const MEETINGS: [&str; 2] = ["appointment", "visit"];
/// So long is an activity that names neither end nor duration.
const USUAL: SignedDuration = SignedDuration::from_mins(60);
/// Longest appointment: what lasts longer is an absence.
pub const LONGEST_DAYS: i64 = 31;

/// When an activity takes place, if it is known when it begins.
fn span_of(activity: &Record) -> Option<(Timestamp, Timestamp)> {
    let Value::DateTime(start) = activity.value("start_at") else { return None };
    Some((start, end_of(start, &activity.value("end_at"), &activity.value("duration"))))
}

/// When an activity takes place; one of whole days from the first one's beginning to the last one's end.
pub fn whole_days(activity: &Record, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let span = span_of(activity)?;
    if activity.value("all_day") == Value::Bool(true) { whole_span(span, zone) } else { Some(span) }
}

/// The whole days a span of time touches.
pub fn whole_span((from, until): (Timestamp, Timestamp), zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let (first, last) = (from.to_zoned(zone.clone()), until.to_zoned(zone.clone()));
    let begins = first.start_of_day().ok()?;
    // An end at midnight is the end of the day before.
    let ends = if last == last.start_of_day().ok()? && last > begins { last } else { last.tomorrow().ok()?.start_of_day().ok()? };
    Some((begins.timestamp(), ends.timestamp()))
}

/// When what begins then ends.
pub fn end_of(start: Timestamp, end: &Value, duration: &Value) -> Timestamp {
    match (end, duration) {
        (Value::DateTime(end), _) if *end > start => *end,
        (_, Value::Duration(seconds)) if *seconds > 0 => start.checked_add(SignedDuration::from_secs(*seconds)).unwrap_or(start),
        _ => start.checked_add(USUAL).unwrap_or(start),
    }
}
